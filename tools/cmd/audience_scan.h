/* All customers with what their orders add up to, in one scan of both. */

#ifndef CMD_AUDIENCE_SCAN_H_INCLUDED
#define CMD_AUDIENCE_SCAN_H_INCLUDED

#include "audience_facts.h"
#include "rtn_campaign.h"
#include "rtn_store.h"

/* Who unsubscribed by a mail, asked in the order of customers' numbers.
   Zeros begin. */
struct cmd_suppressions {
    struct rtn_suppression  next;
    bool                    is_at_end;
};

/* number is not below that of the last call.  An RTN_ERR_*. */
int cmd_suppressions_ask(struct rtn_store *store,
    struct cmd_suppressions *suppressions, uint32_t number,
    bool *is_suppressed);

struct cmd_audience_scan;

/* What the scan stands on; lives until the next call. */
struct cmd_audience_row {
    const struct rtn_customer  *customer;       /* guests as well */
    const struct rta_subject   *subject;
    const struct rta_audience  *audience;       /* of which subject is one */
    bool                        is_suppressed;  /* by a mail */
};

/*
 * Starts a scan by customer number.  The zone is in use, crm is open.
 *
 * facts   what is judged by; lives as long as the scan
 * scan    closed by cmd_audience_scan_close
 *
 * RTN_ERR_NOMEM and what the store says.
 */
int cmd_audience_scan_open(struct rtn_store *store,
    const struct cmd_audience_facts *facts, struct cmd_audience_scan **scan);

/* RTN_ERR_NOT_FOUND: the end. */
int cmd_audience_scan_next(struct cmd_audience_scan *scan,
    struct cmd_audience_row *row);

/* NULL is allowed. */
void cmd_audience_scan_close(struct cmd_audience_scan *scan);

#endif /* CMD_AUDIENCE_SCAN_H_INCLUDED */
