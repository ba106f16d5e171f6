#include "outlook.h"

#include <math.h>

#include "rtn_money.h"


void
rta_outlook_judge(const struct rta_outlook *outlook,
    const struct rta_buyer *buyer, struct rta_prospect *prospect)
{
    double               mean = 0, minor;
    struct rta_bg_point  point = {
        buyer->x, buyer->t_x_days, buyer->t_days
    };

    prospect->p_alive = rta_bg_nbd_alive(&outlook->bg, &point);
    prospect->orders = rta_bg_nbd_expected(&outlook->bg, &point,
                                           outlook->horizon_days);
    prospect->has_value = false;
    prospect->order_minor = 0;
    prospect->value_minor = 0;

    if (!outlook->has_gamma || buyer->is_mixed || buyer->repeat_minor < 0) {
        return;
    }

    if (buyer->x > 0) {
        mean = (double) buyer->repeat_minor / outlook->minor_per_unit
               / buyer->x;
    }

    prospect->order_minor = outlook->minor_per_unit
                            * rta_gamma_gamma_mean(&outlook->gamma, buyer->x,
                                                   mean);
    minor = prospect->orders * prospect->order_minor;

    if (fabs(minor) <= (double) RTN_MONEY_MAX) {
        prospect->has_value = true;
        prospect->value_minor = llround(minor);
    }
}
