/*
 * The campaign file: a YAML mapping of the keys below, read into the
 * definition that 'campaign create' stores.
 *
 *     id          slug                                  required
 *     title       text                                  else the id
 *     starts      YYYY-MM-DD                            required
 *     window      30d or 4w                             required
 *     holdout     10%, 0% to below 100%                 required unless the
 *                                                       recipients are imported
 *     recipients  imported                              else they are drawn
 *     audience    condition of expression.h             required, or refused
 *                                                       with imported ones
 *     top         5000                                  else all of them; by
 *                                                       priority.h
 *     budget      "2000.00 EUR"                         the same
 *     message_cost "0.02 EUR"                           else nothing
 *     batches     20000/day                             else one batch
 *     arms        list of name, share                   else one, "treated"
 *     tiers       list of name, when, offer, expires    else none
 *     messages    list of name, after, unless           else one, "first"
 *     hosts       list of hosts                         required by links
 *     links       mapping of name to url, survey        else none
 *     cost        "120.00 EUR"                          else none
 *
 * No anchors, aliases, tags or second documents; a key may not repeat.
 */

#ifndef RTI_CAMPAIGN_FILE_H_INCLUDED
#define RTI_CAMPAIGN_FILE_H_INCLUDED

#include "rtn_campaign.h"

#define RTI_CAMPAIGN_BYTES_MAX   (256 * 1024)
#define RTI_CAMPAIGN_DEPTH_MAX   8          /* mappings and lists in others */
#define RTI_BATCH_MAX            100000000  /* recipients a day */
#define RTI_TOP_MAX              1000000000
#define RTI_POINTS_MAX           1000000000

#define RTI_CAMPAIGN_FAULT_MAX            320

/* Where and why a file was refused. */
struct rti_campaign_fault {
    size_t  line;               /* from 1; 0: at no place */
    size_t  column;             /* in characters, from 1; 0 with line */
    char    message[RTI_CAMPAIGN_FAULT_MAX];
};

/*
 * Reads a campaign file.
 *
 * text       the whole file, UTF-8, with or without a byte order mark
 * campaign   the definition and its digest; number, status, created_ms,
 *            as_of, recipients and batches are 0; released by the caller with
 *            rtn_campaign_release
 * fault      written when RTN_ERR_LIMIT is returned
 *
 * The digest covers what may not change once the campaign exists: all but the
 * title, the cost and the links.
 *
 * RTN_ERR_LIMIT: refused; fault says where and why.  RTN_ERR_NOMEM.
 * sodium_init() has been called.  Any thread.
 */
int rti_campaign_read(struct rtn_str text, struct rtn_campaign *campaign,
    struct rti_campaign_fault *fault);

/*
 * Whether new keeps the links of old: each at its place, under its name, with
 * its url and survey; more may follow.
 *
 * fault   written when RTN_ERR_LIMIT is returned; at no place
 *
 * RTN_ERR_LIMIT: it does not.  Any thread.
 */
int rti_campaign_same_links(const struct rtn_campaign *old,
    const struct rtn_campaign *new, struct rti_campaign_fault *fault);

/* Whether a host is one of those where a campaign's links may lead.  Any
   thread. */
bool rti_campaign_has_host(const struct rtn_campaign *campaign,
    struct rtn_str host);

#endif /* RTI_CAMPAIGN_FILE_H_INCLUDED */
