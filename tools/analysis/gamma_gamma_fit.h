/*
 * Fits Gamma-Gamma to the customers who bought again in one currency.
 *
 * Left out: customers without a repeat purchase, those who paid in another
 * currency as well, and those whose repeat purchases brought nothing (given
 * away, or refunded), for which the model has no density.
 */

#ifndef RTA_GAMMA_GAMMA_FIT_H_INCLUDED
#define RTA_GAMMA_GAMMA_FIT_H_INCLUDED

#include "fit.h"
#include "gamma_gamma.h"
#include "history.h"

#define RTA_GAMMA_PARAMETERS  3

struct rta_gamma_cell {
    uint32_t  x;
    int64_t   minor;                /* of all repeat purchases, above 0 */
    double    weight;               /* customers */
};

struct rta_gamma_cells {
    struct rta_gamma_cell  *items;  /* sorted by x, then money */
    size_t                  n;
    double                  customers;
    double                  mean;   /* of the customers' m, minor units */
    double                  correlation;    /* Pearson's, of x and m; NaN
                                               when one does not vary */
    size_t                  mixed;  /* left out, by reason */
    size_t                  worthless;
};

/* RTN_ERR_NOMEM.  cells are freed by rta_gamma_cells_release. */
int rta_gamma_cells_init(struct rta_gamma_cells *cells,
    const struct rta_buyer *buyers, size_t n);

/* Customers at equal distances, as rta_bg_cells_thin.  RTN_ERR_NOMEM. */
int rta_gamma_cells_thin(const struct rta_gamma_cells *cells,
    size_t customers, struct rta_gamma_cells *thin);

void rta_gamma_cells_release(struct rta_gamma_cells *cells);

/* Indices of rta_fit's arrays. */
enum rta_gamma_parameter {
    RTA_GAMMA_P,
    RTA_GAMMA_Q,
    RTA_GAMMA_GAMMA
};

struct rta_gamma_fit {
    struct rta_gamma_gamma  model;  /* of amounts in whole units */
    struct rta_fit          fit;
};

/*
 * minor_per_unit   100 where the currency has two digits: gamma and the
 *                  log-likelihood are those of whole units
 * stop             as in struct rta_fit_problem
 *
 * RTN_ERR_LIMIT: no customer is left, or no likelihood is finite.
 * RTN_ERR_NOMEM.  RTN_ERR_NOT_FOUND: stop returned true.
 */
int rta_gamma_fit_run(const struct rta_gamma_cells *cells,
    double minor_per_unit, bool (*stop)(void *), void *stop_data,
    struct rta_gamma_fit *fit);

#endif /* RTA_GAMMA_GAMMA_FIT_H_INCLUDED */
