#include <math.h>
#include <string.h>

#include "bg_nbd_fit.h"
#include "bg_nbd_sum.h"
#include "special.h"

#define BG_COARSE     4000          /* customers of the first search */
#define BG_WEEK_DAYS     7

/* Where parameters may go; alpha in days. */
static const double  bg_lower[RTA_BG_PARAMETERS] = { 1e-4, 1e-3, 1e-4, 1e-4 };
static const double  bg_upper[RTA_BG_PARAMETERS] = { 1e4, 1e7, 1e4, 1e4 };

/* Where searches begin.  The rate is in units of what all customers together
   bought in all their time; alpha follows from it. */
static const struct {
    double  r;
    double  rate;
    double  a;
    double  b;
} bg_starts[] = {
    { 0.25, 2.0, 0.8, 2.5 },
    { 1.0,  1.5, 1.0, 1.0 },
    { 0.5,  3.0, 0.2, 1.0 },
    { 3.0,  1.2, 0.5, 10.0 },
    { 0.1,  4.0, 2.0, 2.0 }
};

#define BG_STARTS  (sizeof(bg_starts) / sizeof(bg_starts[0]))


static void
bg_fit_starts(const struct rta_bg_cells *cells,
    double (*starts)[RTA_FIT_PARAMETERS_MAX])
{
    size_t  i;
    double  rate = cells->repeats / cells->days;

    for (i = 0; i < BG_STARTS; i++) {
        starts[i][RTA_BG_R] = log(bg_starts[i].r);
        starts[i][RTA_BG_ALPHA] = log(bg_starts[i].r
                                      / (bg_starts[i].rate * rate));
        starts[i][RTA_BG_A] = log(bg_starts[i].a);
        starts[i][RTA_BG_B] = log(bg_starts[i].b);
    }
}


/* is_nbd: the plain NBD, of the first two parameters. */

static int
bg_fit_one(const struct rta_bg_cells *cells, const struct rta_bg_cells *thin,
    enum rta_bg_variant variant, bool is_nbd, struct rta_fit_problem *problem,
    struct rta_fit *fit)
{
    int            rc;
    size_t         i;
    double         starts[BG_STARTS][RTA_FIT_PARAMETERS_MAX];
    struct bg_sum  full = { 0 }, coarse = { 0 };

    bg_fit_starts(cells, starts);

    problem->n = is_nbd ? RTA_BG_A : RTA_BG_PARAMETERS;
    problem->value = bg_sum_value;
    problem->full = &full;
    problem->coarse = &coarse;
    problem->customers = cells->customers;
    problem->starts = (const double (*)[RTA_FIT_PARAMETERS_MAX]) starts;
    problem->starts_n = BG_STARTS;

    for (i = 0; i < RTA_BG_PARAMETERS; i++) {
        problem->lower[i] = log(bg_lower[i]);
        problem->upper[i] = log(bg_upper[i]);
    }

    rc = bg_sum_init(&full, cells, variant, is_nbd);

    if (rc == 0) {
        rc = bg_sum_init(&coarse, thin, variant, is_nbd);
    }

    if (rc == 0) {
        rc = rta_fit_run(problem, fit);
    }

    bg_sum_release(&coarse);
    bg_sum_release(&full);

    return rc;
}


static void
bg_fit_compare(struct rta_bg_fit *fit, const struct rta_fit *nbd)
{
    fit->nbd_log_likelihood = nbd->log_likelihood;
    fit->likelihood_ratio = fmax(2 * (fit->fit.log_likelihood
                                      - nbd->log_likelihood), 0);
    fit->p = (rta_chi2_p(fit->likelihood_ratio, 1)
              + rta_chi2_p(fit->likelihood_ratio, 2)) / 2;
    fit->has_dropout = fit->p < RTA_BG_EVIDENCE;
}


int
rta_bg_fit_run(const struct rta_bg_cells *cells, enum rta_bg_variant variant,
    bool (*stop)(void *), void *stop_data, struct rta_bg_fit *fit)
{
    int                     rc;
    struct rta_fit          nbd;
    struct rta_bg_cells     thin;
    struct rta_fit_problem  problem = { .stop = stop, .stop_data = stop_data };

    if (cells->repeats == 0) {
        return RTN_ERR_LIMIT;
    }

    rc = rta_bg_cells_thin(cells, BG_COARSE, &thin);

    if (rc == 0) {
        rc = bg_fit_one(cells, &thin, variant, false, &problem, &fit->fit);
    }

    if (rc == 0) {
        rc = bg_fit_one(cells, &thin, variant, true, &problem, &nbd);
    }

    rta_bg_cells_release(&thin);

    if (rc == 0) {
        fit->model.variant = variant;
        fit->model.r = fit->fit.values[RTA_BG_R];
        fit->model.alpha = fit->fit.values[RTA_BG_ALPHA];
        fit->model.a = fit->fit.values[RTA_BG_A];
        fit->model.b = fit->fit.values[RTA_BG_B];

        bg_fit_compare(fit, &nbd);
    }

    return rc;
}


void
rta_bg_fit_weeks(struct rta_bg_fit *fit, const struct rta_bg_cells *cells)
{
    double  gain = cells->repeats * log(BG_WEEK_DAYS);

    fit->model.alpha /= BG_WEEK_DAYS;
    fit->fit.values[RTA_BG_ALPHA] /= BG_WEEK_DAYS;
    fit->fit.errors[RTA_BG_ALPHA] /= BG_WEEK_DAYS;
    fit->fit.log_likelihood += gain;
    fit->nbd_log_likelihood += gain;
}


int
rta_bg_log_likelihood(const struct rta_bg_cells *cells,
    const struct rta_bg_nbd *model, double *log_likelihood,
    double gradient[RTA_BG_PARAMETERS])
{
    int            rc;
    size_t         i;
    struct bg_sum  sum;
    const double   logs[RTA_BG_PARAMETERS] = {
        log(model->r), log(model->alpha), log(model->a), log(model->b)
    };

    rc = bg_sum_init(&sum, cells, model->variant, false);

    if (rc == 0) {
        *log_likelihood = bg_sum_value(&sum, logs, gradient)
                          * cells->customers;

        for (i = 0; gradient != NULL && i < RTA_BG_PARAMETERS; i++) {
            gradient[i] *= cells->customers;
        }
    }

    bg_sum_release(&sum);

    return rc;
}
