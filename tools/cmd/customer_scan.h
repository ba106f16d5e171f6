/* Customers with their orders, in one scan of both: each comes by the
   customer's number. */

#ifndef CMD_CUSTOMER_SCAN_H_INCLUDED
#define CMD_CUSTOMER_SCAN_H_INCLUDED

#include "rtn_crm.h"
#include "rtn_store.h"

struct cmd_customer_scan;

/*
 * Starts a scan; crm is open.
 *
 * scan   closed by cmd_customer_scan_close
 *
 * RTN_ERR_NOMEM and what the store says.
 */
int cmd_customer_scan_open(struct rtn_store *store,
    struct cmd_customer_scan **scan);

/*
 * The next customer or guest; lives until the next call.
 * RTN_ERR_NOT_FOUND: the end.  What the store says.
 */
int cmd_customer_scan_next(struct cmd_customer_scan *scan,
    const struct rtn_customer **customer);

/*
 * The next order of this customer, by time, whatever its status; lives until
 * the next call.  Those that are not asked for are passed over.
 *
 * RTN_ERR_NOT_FOUND: there is no other.  What the store says.
 */
int cmd_customer_scan_order(struct cmd_customer_scan *scan,
    const struct rtn_order **order);

/* NULL is allowed. */
void cmd_customer_scan_close(struct cmd_customer_scan *scan);

#endif /* CMD_CUSTOMER_SCAN_H_INCLUDED */
