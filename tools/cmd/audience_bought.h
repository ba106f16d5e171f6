/*
 * Who bought what an audience asks about, by name: from the lists of imported
 * orders' items, and from purchase events.  An order id counts once, and an
 * import wins: a purchase that it says was cancelled or refunded is none.
 * Private to audience_*.c.
 */

#ifndef CMD_AUDIENCE_BOUGHT_H_INCLUDED
#define CMD_AUDIENCE_BOUGHT_H_INCLUDED

#include "../analysis/expression.h"
#include "rtn_crm.h"

struct cmd_bought;

/* RTN_ERR_NOMEM.  Ended by cmd_bought_free. */
int cmd_bought_new(const struct rta_asks *asks, struct cmd_bought **bought);

/* Takes the items of an order; those that nobody asks about are passed over.
   RTN_ERR_NOMEM. */
int cmd_bought_items(struct cmd_bought *bought,
    const struct rtn_order_items *items);

/* Takes a purchase event with an order id, of an ask, on a day.
   RTN_ERR_NOMEM. */
int cmd_bought_claim(struct cmd_bought *bought, uint32_t customer, size_t ask,
    rtn_day_t day, struct rtn_str order_id);

/* Once all is taken. */
void cmd_bought_sort(struct cmd_bought *bought);

/*
 * For one customer after the other, by number: _order for each of his orders,
 * then _customer.
 *
 * is_purchase   by the as-of day, too
 * days          of the asks, days before as_of; lowered where he bought later
 */
void cmd_bought_order(struct cmd_bought *bought, const struct rtn_order *order,
    bool is_purchase, int64_t days_ago, int64_t *days);
void cmd_bought_customer(struct cmd_bought *bought, uint32_t customer,
    rtn_day_t as_of, int64_t *days);

/* NULL is none. */
void cmd_bought_free(struct cmd_bought *bought);

#endif /* CMD_AUDIENCE_BOUGHT_H_INCLUDED */
