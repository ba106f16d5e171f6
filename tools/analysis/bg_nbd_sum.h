/* Private to bg_nbd_*.c: the log-likelihood summed over cells. */

#ifndef RTA_BG_NBD_SUM_H_INCLUDED
#define RTA_BG_NBD_SUM_H_INCLUDED

#include "bg_nbd_fit.h"

/* For one likelihood after another over the same cells. */
struct bg_sum {
    const struct rta_bg_cells  *cells;
    enum rta_bg_variant         variant;
    bool                        is_nbd;     /* nobody leaves; a, b are not
                                               looked at */
    double                     *logs;       /* log(alpha + day), by day */
    double                     *inverses;   /* 1 / (alpha + day) */
};

/* RTN_ERR_NOMEM.  Released after a failure as well. */
int bg_sum_init(struct bg_sum *sum, const struct rta_bg_cells *cells,
    enum rta_bg_variant variant, bool is_nbd);
void bg_sum_release(struct bg_sum *sum);

/* An rta_fit_value_pt of a struct bg_sum: a customer's mean. */
double bg_sum_value(void *data, const double *logs, double *gradient);

#endif /* RTA_BG_NBD_SUM_H_INCLUDED */
