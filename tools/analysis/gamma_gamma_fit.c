#include <math.h>
#include <stddef.h>

#include "digamma.h"
#include "gamma_gamma_fit.h"

#define GAMMA_COARSE  4000          /* customers of the first search */

/*
 * The likelihood over cells, of amounts in units of the customers' mean.  The
 * terms (p x - 1) log m + p x log x add up to p * slope - logs, whatever the
 * parameters.
 */
struct gamma_sum {
    const struct rta_gamma_cells  *cells;
    double                         unit;    /* minor units */
    double                         slope;   /* of w x (log m + log x) */
    double                         logs;    /* of w log m */
};

/* Where parameters may go and where searches begin; gamma in the same
   units. */
static const double  gamma_lower[RTA_GAMMA_PARAMETERS] = { 1e-3, 1e-3, 1e-4 };
static const double  gamma_upper[RTA_GAMMA_PARAMETERS] = { 1e4, 1e4, 1e5 };

static const double  gamma_starts[][RTA_GAMMA_PARAMETERS] = {
    { 6.0,  3.5,  0.4 },
    { 1.0,  3.0,  2.0 },
    { 20.0, 2.0,  0.05 },
    { 2.0,  15.0, 7.0 }
};

#define GAMMA_STARTS  (sizeof(gamma_starts) / sizeof(gamma_starts[0]))


static void
gamma_sum_init(struct gamma_sum *sum, const struct rta_gamma_cells *cells,
    double unit)
{
    size_t  i;
    double  total;

    const struct rta_gamma_cell  *cell;

    sum->cells = cells;
    sum->unit = unit;
    sum->slope = 0;
    sum->logs = 0;

    for (i = 0; i < cells->n; i++) {
        cell = &cells->items[i];
        total = log((double) cell->minor / unit);
        sum->slope += cell->weight * cell->x * total;
        sum->logs += cell->weight * (total - log(cell->x));
    }
}


/* Sums over the cells of one x. */
struct gamma_run {
    double  weight;
    double  logs;                   /* of w log(gamma + x m) */
    double  inverses;               /* of w / (gamma + x m) */
};


static size_t
gamma_run_cells(const struct gamma_sum *sum, size_t first, double gamma,
    struct gamma_run *run)
{
    size_t  i;
    double  spread;

    const struct rta_gamma_cell  *cells = sum->cells->items;

    *run = (struct gamma_run) { 0 };

    for (i = first; i < sum->cells->n && cells[i].x == cells[first].x; i++) {
        spread = gamma + (double) cells[i].minor / sum->unit;
        run->weight += cells[i].weight;
        run->logs += cells[i].weight * log(spread);
        run->inverses += cells[i].weight / spread;
    }

    return i;
}


static double
gamma_run_value(const struct rta_gamma_gamma *model, double x,
    const struct gamma_run *run, double *gradient)
{
    double  px = model->p * x, both, log_gamma = log(model->gamma);

    if (gradient != NULL) {
        both = rta_digamma(px + model->q);
        gradient[RTA_GAMMA_P] += x * (run->weight * (both - rta_digamma(px))
                                      - run->logs);
        gradient[RTA_GAMMA_Q] += run->weight
                                 * (both - rta_digamma(model->q) + log_gamma)
                                 - run->logs;
        gradient[RTA_GAMMA_GAMMA] += run->weight * model->q / model->gamma
                                     - (px + model->q) * run->inverses;
    }

    return run->weight * (rta_log_gamma(px + model->q) - rta_log_gamma(px)
                          - rta_log_gamma(model->q) + model->q * log_gamma)
           - (px + model->q) * run->logs;
}


static double
gamma_sum_value(void *data, const double *logs, double *gradient)
{
    double                   total, parts[RTA_GAMMA_PARAMETERS] = { 0 };
    double                   values[RTA_GAMMA_PARAMETERS];
    size_t                   i, first, next;
    struct gamma_run         run;
    struct gamma_sum        *sum = data;
    struct rta_gamma_gamma   model;

    for (i = 0; i < RTA_GAMMA_PARAMETERS; i++) {
        values[i] = exp(logs[i]);
    }

    model.p = values[RTA_GAMMA_P];
    model.q = values[RTA_GAMMA_Q];
    model.gamma = values[RTA_GAMMA_GAMMA];

    total = model.p * sum->slope - sum->logs;
    parts[RTA_GAMMA_P] = sum->slope;

    for (first = 0; first < sum->cells->n; first = next) {
        next = gamma_run_cells(sum, first, model.gamma, &run);
        total += gamma_run_value(&model, sum->cells->items[first].x, &run,
                                 gradient != NULL ? parts : NULL);
    }

    for (i = 0; gradient != NULL && i < RTA_GAMMA_PARAMETERS; i++) {
        gradient[i] = parts[i] * values[i] / sum->cells->customers;
    }

    return total / sum->cells->customers;
}


static void
gamma_problem(struct rta_fit_problem *problem,
    double (*starts)[RTA_FIT_PARAMETERS_MAX])
{
    size_t  i, k;

    for (i = 0; i < RTA_GAMMA_PARAMETERS; i++) {
        problem->lower[i] = log(gamma_lower[i]);
        problem->upper[i] = log(gamma_upper[i]);

        for (k = 0; k < GAMMA_STARTS; k++) {
            starts[k][i] = log(gamma_starts[k][i]);
        }
    }

    problem->n = RTA_GAMMA_PARAMETERS;
    problem->value = gamma_sum_value;
    problem->starts = (const double (*)[RTA_FIT_PARAMETERS_MAX]) starts;
    problem->starts_n = GAMMA_STARTS;
}


/* From units of the customers' mean to whole units. */

static void
gamma_fit_scale(struct rta_gamma_fit *fit, double customers, double scale)
{
    fit->fit.values[RTA_GAMMA_GAMMA] *= scale;
    fit->fit.errors[RTA_GAMMA_GAMMA] *= scale;
    fit->fit.log_likelihood -= customers * log(scale);

    fit->model.p = fit->fit.values[RTA_GAMMA_P];
    fit->model.q = fit->fit.values[RTA_GAMMA_Q];
    fit->model.gamma = fit->fit.values[RTA_GAMMA_GAMMA];
}


int
rta_gamma_fit_run(const struct rta_gamma_cells *cells, double minor_per_unit,
    bool (*stop)(void *), void *stop_data, struct rta_gamma_fit *fit)
{
    int                     rc;
    double                  starts[GAMMA_STARTS][RTA_FIT_PARAMETERS_MAX];
    struct gamma_sum        full, coarse;
    struct rta_gamma_cells  thin;
    struct rta_fit_problem  problem = {
        .full = &full, .coarse = &coarse, .customers = cells->customers,
        .stop = stop, .stop_data = stop_data
    };

    if (cells->n == 0) {
        return RTN_ERR_LIMIT;
    }

    rc = rta_gamma_cells_thin(cells, GAMMA_COARSE, &thin);

    if (rc != 0) {
        return rc;
    }

    gamma_sum_init(&full, cells, cells->mean);
    gamma_sum_init(&coarse, &thin, cells->mean);
    gamma_problem(&problem, starts);

    rc = rta_fit_run(&problem, &fit->fit);

    if (rc == 0) {
        gamma_fit_scale(fit, cells->customers, cells->mean / minor_per_unit);
    }

    rta_gamma_cells_release(&thin);

    return rc;
}
