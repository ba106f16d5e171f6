/* From what a post says to what is recorded: names become numbers. */

#include "ngx_http_retention_posted.h"
#include "ngx_http_retention_metrics.h"
#include "rtn_campaign.h"
#include "rtn_crm.h"


/* Fills a fault whose place is an event's field. */
static int
ngx_http_retention_posted_fault(struct rtn_json_fault *fault, ngx_uint_t index,
    const char *field, const char *sentence, struct rtn_str value)
{
    fault->index = index;

    (void) ngx_snprintf((u_char *) fault->message, sizeof(fault->message),
                        "[%ui].%s: %s '%*s'%Z", index, field, sentence,
                        value.len > 64 ? 64 : value.len, value.data);

    fault->message[sizeof(fault->message) - 1] = '\0';

    return RTN_ERR_JSON;
}


static ngx_flag_t
ngx_http_retention_posted_same(struct rtn_str one, struct rtn_str two)
{
    return one.len == two.len && ngx_memcmp(one.data, two.data, one.len) == 0;
}


static int
ngx_http_retention_posted_number(struct rtn_store *store, struct rtn_str slug,
    ngx_http_retention_posted_names_t *names, uint32_t *number)
{
    int  rc;

    if (names->slug.len == 0
        || !ngx_http_retention_posted_same(names->slug, slug))
    {
        names->slug.len = 0;

        rc = rtn_campaign_number(store, slug, &names->number);
        if (rc != RTN_OK) {
            return rc;
        }

        names->slug = slug;
    }

    *number = names->number;

    return RTN_OK;
}


static int
ngx_http_retention_posted_link(struct rtn_store *store, uint32_t campaign,
    struct rtn_str name, ngx_http_retention_posted_names_t *names,
    uint8_t *link)
{
    int  rc;

    if (names->link_name.len == 0 || names->link_campaign != campaign
        || !ngx_http_retention_posted_same(names->link_name, name))
    {
        names->link_name.len = 0;

        rc = rtn_link_number(store, campaign, name, &names->link);
        if (rc != RTN_OK) {
            return rc;
        }

        names->link_campaign = campaign;
        names->link_name = name;
    }

    *link = names->link;

    return RTN_OK;
}


static int
ngx_http_retention_posted_campaign(struct rtn_store *store,
    const struct rtn_posted_event *posted, ngx_uint_t index,
    ngx_http_retention_posted_names_t *names, struct rtn_event *event,
    struct rtn_json_fault *fault)
{
    int       rc;
    uint8_t   link;
    uint32_t  number;

    number = event->campaign;

    if (posted->campaign.len != 0) {
        rc = ngx_http_retention_posted_number(store, posted->campaign, names,
                                              &number);

        if (rc == RTN_ERR_NOT_FOUND
            || (rc == RTN_OK && event->campaign != 0
                && event->campaign != number))
        {
            return ngx_http_retention_posted_fault(fault, index, "campaign",
                           rc == RTN_OK ? "the token is of another campaign,"
                                        : "unknown campaign",
                           posted->campaign);
        }

        if (rc != RTN_OK) {
            return rc;
        }

        event->campaign = number;
    }

    if (posted->link.len == 0) {
        return RTN_OK;
    }

    rc = ngx_http_retention_posted_link(store, number, posted->link, names,
                                        &link);

    if (rc == RTN_ERR_NOT_FOUND) {
        return ngx_http_retention_posted_fault(fault, index, "link",
                                             "unknown link", posted->link);
    }

    if (rc == RTN_OK) {
        event->link = link;
    }

    return rc;
}


/* Who the event is of: a visit token says, or the server by name. */
static int
ngx_http_retention_posted_customer(ngx_http_request_t *r,
    struct rtn_store *store, const struct rtn_posted_event *posted,
    ngx_uint_t index, struct rtn_event *event, struct rtn_json_fault *fault)
{
    int               rc;
    struct rtn_token  token;

    if (posted->token.len != 0) {
        rc = rtn_token_open(&ngx_http_retention_worker.ring, posted->token,
                            RTN_PURPOSE_VISIT, ngx_http_retention_now_ms(),
                            &token);
        if (rc != RTN_OK) {
            ngx_http_retention_count_rejected_err(r, rc);
            return ngx_http_retention_posted_fault(fault, index, "token",
                                                 rtn_strerror(rc),
                                                 posted->token);
        }

        event->campaign = token.campaign;
        event->message = token.message;
        event->customer = token.recipient;

        return RTN_OK;
    }

    event->names_customer = true;

    rtn_customer_hash(store, posted->customer, event->customer_hash);

    rc = rtn_customer_by_hash(store, event->customer_hash, &event->customer);

    if (rc == RTN_OK) {
        ngx_memzero(event->customer_hash, RTN_HASH_LEN);
    }

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


/* A repeat is known by its sender: the key's name, or campaign and
   recipient. */
static void
ngx_http_retention_posted_repeat(const struct rtn_posted_event *posted,
    const struct rtn_apikey *key, struct rtn_event *event)
{
    u_char          name[NGX_INT64_LEN * 2 + 2];
    struct rtn_str  sender;

    if (posted->event_id.len == 0) {
        return;
    }

    if (key != NULL) {
        sender.data = key->name;
        sender.len = ngx_strlen(key->name);

    } else {
        sender.data = (char *) name;
        sender.len = ngx_sprintf(name, "%uD/%uD", event->campaign,
                                 event->customer)
                     - name;
    }

    event->has_repeat_hash = true;
    rtn_repeat_hash(sender, posted->event_id, event->repeat_hash);
}


static void
ngx_http_retention_posted_classify(ngx_http_request_t *r,
    struct rtn_event *event)
{
    struct rtn_verdict      verdict;
    struct rtn_fingerprint  fingerprint;

    ngx_http_retention_fingerprint(r, event->kind, &fingerprint);

    verdict = rtn_classify(&fingerprint);

    event->class = verdict.class;
    event->reasons = verdict.reasons;
}


int
ngx_http_retention_posted_resolve(ngx_http_request_t *r,
    const struct rtn_posted_event *posted, const struct rtn_apikey *key,
    ngx_uint_t index, ngx_http_retention_posted_names_t *names,
    struct rtn_event *event, struct rtn_json_fault *fault)
{
    int                rc;
    struct rtn_store  *store;

    store = ngx_http_retention_store_usable();

    /* without the room for items that it has not */

    ngx_memcpy(event, &posted->event,
               offsetof(struct rtn_event, items)
               + posted->event.item_count * sizeof(struct rtn_item));

    event->source = key != NULL ? RTN_SOURCE_SERVER : RTN_SOURCE_BROWSER;

    rc = ngx_http_retention_posted_customer(r, store, posted, index, event,
                                            fault);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = ngx_http_retention_posted_campaign(store, posted, index, names,
                                            event, fault);
    if (rc != RTN_OK) {
        return rc;
    }

    ngx_http_retention_posted_repeat(posted, key, event);

    if (key == NULL) {
        ngx_http_retention_posted_classify(r, event);
    }

    return RTN_OK;
}
