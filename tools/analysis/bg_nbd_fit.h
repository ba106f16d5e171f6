/*
 * Fits BG/NBD or MBG/NBD to customers, and asks whether they leave at all.
 *
 * Customers of equal x, t_x and T are one cell with a weight, and cells are
 * sorted, so that neither the order of the customers nor their number of
 * equals changes a digit.  The fit itself is in days; rta_bg_fit_weeks turns
 * it into weeks, which changes alpha and the log-likelihood and nothing else.
 */

#ifndef RTA_BG_NBD_FIT_H_INCLUDED
#define RTA_BG_NBD_FIT_H_INCLUDED

#include "bg_nbd.h"
#include "fit.h"
#include "history.h"

#define RTA_BG_PARAMETERS   4
#define RTA_BG_EVIDENCE     0.05    /* p below this is evidence */

struct rta_bg_cell {
    uint32_t  x;
    uint32_t  t_x_days;
    uint32_t  t_days;
    double    weight;               /* customers */
};

struct rta_bg_cells {
    struct rta_bg_cell  *items;     /* sorted by x, t_x, T */
    size_t               n;
    double               customers;
    double               repeats;   /* sum of x */
    double               days;      /* sum of T */
    uint32_t             days_max;  /* the largest T */
};

/*
 * Sums equal customers.
 *
 * cells   freed by rta_bg_cells_release
 *
 * RTN_ERR_NOMEM.
 */
int rta_bg_cells_init(struct rta_bg_cells *cells,
    const struct rta_buyer *buyers, size_t n);

/*
 * About as many of the customers as asked for: each of an equal share, taken
 * at equal distances in the order of the cells.  RTN_ERR_NOMEM.
 */
int rta_bg_cells_thin(const struct rta_bg_cells *cells, size_t customers,
    struct rta_bg_cells *thin);

void rta_bg_cells_release(struct rta_bg_cells *cells);

/* What is fitted; the values are the indices of rta_fit's arrays. */
enum rta_bg_parameter {
    RTA_BG_R,
    RTA_BG_ALPHA,
    RTA_BG_A,
    RTA_BG_B
};

struct rta_bg_fit {
    struct rta_bg_nbd  model;
    struct rta_fit     fit;         /* in the order of rta_bg_parameter */
    double             nbd_log_likelihood;  /* of the plain NBD, in which
                                               nobody ever leaves */
    double             likelihood_ratio;    /* twice the difference */
    double             p;           /* of the plain NBD, see below */
    bool               has_dropout; /* p is below RTA_BG_EVIDENCE */
};

/*
 * Fits a model, and the plain NBD beside it.
 *
 * The NBD is the model's edge where the mean probability to leave is 0, and
 * there the second parameter of the beta distribution means nothing.  So the
 * likelihood ratio is no chi-square: for one parameter at its bound it is one
 * half a point at 0 and one half chi-square with 1 degree of freedom (Self
 * and Liang, JASA 82:605, 1987, case 5); the parameter without meaning adds
 * to it by at most as much as the length of a curve (Davies, Biometrika
 * 74:33, 1987).  We take one half each of chi-square with 1 and with 2
 * degrees (as Stram and Lee, Biometrics 50:1171, 1994, for a variance that
 * brings a second parameter), which errs on the side of "no evidence".
 *
 * stop   as in struct rta_fit_problem
 *
 * RTN_ERR_LIMIT: no customer bought again, or no likelihood is finite.
 * RTN_ERR_NOMEM.  RTN_ERR_NOT_FOUND: stop returned true.
 */
int rta_bg_fit_run(const struct rta_bg_cells *cells,
    enum rta_bg_variant variant, bool (*stop)(void *), void *stop_data,
    struct rta_bg_fit *fit);

/* The same fit with times in weeks. */
void rta_bg_fit_weeks(struct rta_bg_fit *fit,
    const struct rta_bg_cells *cells);

/*
 * The log-likelihood of all customers, times in days; gradient, with respect
 * to the logs of the parameters, may be NULL.  RTN_ERR_NOMEM.
 */
int rta_bg_log_likelihood(const struct rta_bg_cells *cells,
    const struct rta_bg_nbd *model, double *log_likelihood,
    double gradient[RTA_BG_PARAMETERS]);

#endif /* RTA_BG_NBD_FIT_H_INCLUDED */
