#include <assert.h>
#include <string.h>

#include "history.h"


void
rta_history_init(struct rta_history *history, const rtn_currency_t currency,
    rtn_day_t until)
{
    memset(history, 0, sizeof(*history));
    memcpy(history->currency, currency, sizeof(history->currency));
    history->until = until;
}


void
rta_history_add(struct rta_history *history, const struct rtn_order *order,
    rtn_day_t day)
{
    struct rta_purchase  purchase;

    if (rta_order_is_purchase(order)) {
        rta_purchase_init(&purchase, order, day);
        rta_history_purchase(history, &purchase);
    }
}


void
rta_history_purchase(struct rta_history *history,
    const struct rta_purchase *purchase)
{
    if (purchase->day > history->until) {
        return;
    }

    assert(history->days == 0 || purchase->day >= history->last);

    if (history->days == 0) {
        history->first = purchase->day;
    }

    if (history->days == 0 || purchase->day > history->last) {
        history->last = purchase->day;
        history->days++;
    }

    if (!rta_purchase_is_in(purchase, history->currency)) {
        history->is_mixed = true;

    } else if (purchase->day > history->first) {
        rta_minor_add(&history->repeat_minor, purchase->paid_minor);
    }
}


bool
rta_history_buyer(const struct rta_history *history, struct rta_buyer *buyer)
{
    if (history->days == 0) {
        return false;
    }

    buyer->x = history->days - 1;
    buyer->t_x_days = (uint32_t) (history->last - history->first);
    buyer->t_days = (uint32_t) (history->until - history->first);
    buyer->is_mixed = history->is_mixed;
    buyer->repeat_minor = history->repeat_minor;

    return true;
}
