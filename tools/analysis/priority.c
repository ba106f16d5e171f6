#include "priority.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int priority_compare(const void *a, const void *b);


bool
rta_priority_judge(const struct rta_outlook *outlook,
    const struct rta_buyer *buyer, const struct rta_prospect *prospect,
    int32_t window_days, const struct rta_priority_offer *offer,
    struct rta_priority_row *row)
{
    double               orders;
    struct rta_bg_point  point = {
        buyer->x, buyer->t_x_days, buyer->t_days
    };

    if (!prospect->has_value) {
        return false;
    }

    orders = rta_bg_nbd_expected(&outlook->bg, &point, window_days);

    row->p_gone = 1 - prospect->p_alive;
    row->value_minor = prospect->orders / prospect->p_alive
                       * prospect->order_minor;
    row->discount_minor = offer->share * prospect->order_minor
                          + fmin(offer->fixed_minor, prospect->order_minor);
    row->returns = fmin(orders, 1);

    return isfinite(row->value_minor) && isfinite(orders);
}


void
rta_priority_rank(const struct rta_priority_terms *terms,
    struct rta_priority_row *rows, size_t n)
{
    size_t                    i;
    struct rta_priority_row  *row;

    for (i = 0; i < n; i++) {
        row = &rows[i];

        row->stake_minor = row->p_gone * (terms->margin * row->value_minor
                                          - row->discount_minor);
        row->cost_minor = terms->message_minor
                          + row->discount_minor * row->returns;
        row->break_even = row->stake_minor > 0
                          ? row->cost_minor / row->stake_minor : INFINITY;
    }

    qsort(rows, n, sizeof(*rows), priority_compare);
}


size_t
rta_priority_within(const struct rta_priority_row *rows, size_t n, size_t top,
    int64_t budget_minor, double treated)
{
    size_t  i;
    double  spent = 0;

    if (top != 0 && top < n) {
        n = top;
    }

    for (i = 0; budget_minor != 0 && i < n; i++) {
        spent += rows[i].cost_minor * treated;

        if (spent > (double) budget_minor) {
            return i;
        }
    }

    return n;
}


void
rta_priority_sum(const struct rta_priority_row *rows, size_t n,
    double *stake_minor, double *cost_minor)
{
    size_t  i;

    *stake_minor = 0;
    *cost_minor = 0;

    for (i = 0; i < n; i++) {
        *stake_minor += fmax(rows[i].stake_minor, 0);
        *cost_minor += rows[i].cost_minor;
    }
}


static int
priority_compare(const void *a, const void *b)
{
    const struct rta_priority_row  *x = a, *y = b;

    if (x->break_even != y->break_even) {
        return x->break_even < y->break_even ? -1 : 1;
    }

    if (x->stake_minor != y->stake_minor) {
        return x->stake_minor > y->stake_minor ? -1 : 1;
    }

    return strcmp(x->id, y->id);
}
