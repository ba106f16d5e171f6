/*
 * The rules.  Agents name themselves, and so do prefetching browsers; what
 * hides among people needs behaviour and networks, which are not seen here.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE     /* memmem() */
#endif

#include <string.h>
#include <strings.h>

#include "rtn_classify.h"

enum classify_match {
    CLASSIFY_IS,        /* the agent is this text */
    CLASSIFY_HAS,       /* it holds this text */
    CLASSIFY_ENDS       /* it ends with this text */
};

struct classify_agent {
    enum classify_match  match;
    const char          *text;
    uint32_t             reason;
};

struct classify_reason {
    uint32_t        reason;
    enum rtn_class  class;
};

static const struct classify_agent  classify_agents[] = {

    /* Apple Mail Privacy Protection fetches before anybody reads. */
    { CLASSIFY_IS, "Mozilla/5.0", RTN_REASON_PRIVACY },

    /* Gmail fetches for a person who looks, ... */
    { CLASSIFY_HAS, "GoogleImageProxy", RTN_REASON_PROXIED },

    /* ... ahead of one, and for its own filters. */
    { CLASSIFY_ENDS, "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 "
                     "Mozilla/5.0", RTN_REASON_AGENT },
    { CLASSIFY_HAS, "Gmail-content-sampling", RTN_REASON_AGENT },

    { CLASSIFY_HAS, "YahooMailProxy", RTN_REASON_PROXIED },
    { CLASSIFY_HAS, "YandexImageResizer", RTN_REASON_PROXIED }
};

static const char *const  classify_purposes[] = {
    "prefetch", "preview", "prerender"
};

static const struct classify_reason  classify_reasons[] = {
    { RTN_REASON_HEAD,     RTN_CLASS_MACHINE },
    { RTN_REASON_PREFETCH, RTN_CLASS_MACHINE },
    { RTN_REASON_AGENT,    RTN_CLASS_MACHINE },
    { RTN_REASON_PRIVACY,  RTN_CLASS_UNKNOWN },
    { RTN_REASON_PROXIED,  RTN_CLASS_HUMAN },
    { RTN_REASON_HONEYPOT, RTN_CLASS_MACHINE }
};

#define CLASSIFY_ROWS(table)  (sizeof(table) / sizeof(table[0]))


static bool
classify_agent_matches(const struct classify_agent *row, struct rtn_str agent)
{
    size_t  len = strlen(row->text);

    if (agent.len < len) {
        return false;
    }

    switch (row->match) {

    case CLASSIFY_IS:
        return agent.len == len && memcmp(agent.data, row->text, len) == 0;

    case CLASSIFY_ENDS:
        return memcmp(agent.data + agent.len - len, row->text, len) == 0;

    default:
        return memmem(agent.data, agent.len, row->text, len) != NULL;
    }
}


static uint32_t
classify_agent(struct rtn_str agent)
{
    uint32_t  reasons;
    size_t    i;

    reasons = 0;

    for (i = 0; i < CLASSIFY_ROWS(classify_agents); i++) {
        if (classify_agent_matches(&classify_agents[i], agent)) {
            reasons |= classify_agents[i].reason;
        }
    }

    return reasons;
}


/* Whether a header says that nobody has asked yet, in any case of letters. */
static bool
classify_is_prefetch(struct rtn_str header)
{
    size_t  i, at, len;

    for (i = 0; i < CLASSIFY_ROWS(classify_purposes); i++) {
        len = strlen(classify_purposes[i]);

        for (at = 0; at + len <= header.len; at++) {
            if (strncasecmp(header.data + at, classify_purposes[i], len) == 0) {
                return true;
            }
        }
    }

    return false;
}


struct rtn_verdict
rtn_classify(const struct rtn_fingerprint *fingerprint)
{
    struct rtn_verdict  verdict;
    size_t              i;

    verdict.class = RTN_CLASS_HUMAN;
    verdict.reasons = classify_agent(fingerprint->user_agent);

    if (fingerprint->is_head) {
        verdict.reasons |= RTN_REASON_HEAD;
    }

    if (fingerprint->is_trap) {
        verdict.reasons |= RTN_REASON_HONEYPOT;
    }

    if (classify_is_prefetch(fingerprint->sec_purpose)
        || classify_is_prefetch(fingerprint->purpose)
        || classify_is_prefetch(fingerprint->x_purpose)
        || classify_is_prefetch(fingerprint->x_moz))
    {
        verdict.reasons |= RTN_REASON_PREFETCH;
    }

    for (i = 0; i < CLASSIFY_ROWS(classify_reasons); i++) {
        if ((verdict.reasons & classify_reasons[i].reason)
            && classify_reasons[i].class > verdict.class)
        {
            verdict.class = classify_reasons[i].class;
        }
    }

    return verdict;
}
