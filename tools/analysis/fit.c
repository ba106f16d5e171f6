#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <nlopt.h>

#include "fit.h"

#define FIT_LEVEL         1e-5      /* log-likelihoods, a customer: the same
                                       level of the coarse one */
#define FIT_AGREES        1e-7      /* and of the full one */
#define FIT_FLAT          1e-7      /* steps of the whole log-likelihood */
#define FIT_BOUND         1e-3      /* logs nearer than this: at the bound */
#define FIT_STEP          1e-4      /* of the differences for the Hessian */
#define FIT_POLISHES_MAX  8
#define FIT_CONVERGED     1e-6
#define FIT_POLISHED      1e-11     /* of gradient_norm */
#define FIT_ERROR_MAX     1e3       /* of a log: the data do not say */

#define N  RTA_FIT_PARAMETERS_MAX

struct fit_end {
    double  logs[N];
    double  value;                  /* -INFINITY: none */
};

struct fit_search {
    const struct rta_fit_problem  *problem;
    void                          *data;
    nlopt_opt                      opt;
    bool                           is_stopped;
    struct fit_end                 best;    /* of all that was looked at */
};

struct fit_matrix {
    double  at[N][N];
};


static double
fit_evaluate(unsigned n, const double *logs, double *gradient, void *data)
{
    double              value;
    struct fit_search  *search = data;

    if (search->problem->stop != NULL
        && search->problem->stop(search->problem->stop_data))
    {
        search->is_stopped = true;
        nlopt_force_stop(search->opt);
    }

    value = search->problem->value(search->data, logs, gradient);

    if (!isfinite(value)) {
        return -HUGE_VAL;
    }

    if (value > search->best.value) {
        memcpy(search->best.logs, logs, n * sizeof(*logs));
        search->best.value = value;
    }

    return value;
}


/* One search from end->logs, which is where it leaves its own end.  That
   NLopt gives up at the limits of rounding is no failure: the gradient
   decides later. */

static int
fit_search(const struct rta_fit_problem *problem, nlopt_algorithm algorithm,
    double tolerance, void *data, struct fit_end *end)
{
    double             value;
    struct fit_search  search = {
        .problem = problem, .data = data, .best = *end
    };

    search.best.value = -INFINITY;
    search.opt = nlopt_create(algorithm, problem->n);

    if (search.opt == NULL) {
        return RTN_ERR_NOMEM;
    }

    if (nlopt_set_max_objective(search.opt, fit_evaluate, &search) < 0
        || nlopt_set_lower_bounds(search.opt, problem->lower) < 0
        || nlopt_set_upper_bounds(search.opt, problem->upper) < 0
        || nlopt_set_ftol_abs(search.opt, tolerance) < 0
        || nlopt_set_maxeval(search.opt, RTA_FIT_STEPS_MAX) < 0)
    {
        nlopt_destroy(search.opt);
        return RTN_ERR_NOMEM;
    }

    (void) nlopt_optimize(search.opt, end->logs, &value);
    nlopt_destroy(search.opt);
    *end = search.best;

    return search.is_stopped ? RTN_ERR_NOT_FOUND : 0;
}


static int
fit_coarse(const struct rta_fit_problem *problem, unsigned start,
    struct fit_end *end)
{
    int       rc;
    unsigned  i;

    for (i = 0; i < problem->n; i++) {
        end->logs[i] = fmin(fmax(problem->starts[start][i],
                                 problem->lower[i]), problem->upper[i]);
    }

    rc = fit_search(problem, NLOPT_LN_NELDERMEAD, 1e-7, problem->coarse, end);

    if (rc == 0) {
        rc = fit_search(problem, NLOPT_LD_SLSQP, 1e-14, problem->coarse, end);
    }

    return rc;
}


static int
fit_compare(const void *a, const void *b)
{
    const struct fit_end  *left = a, *right = b;

    return (left->value < right->value) - (left->value > right->value);
}


/* Ends on one level of the coarse likelihood are one end, or places of one
   ridge, which the full likelihood is searched along once. */

static int
fit_starts(const struct rta_fit_problem *problem, struct fit_end *ends)
{
    int       rc;
    double    level = INFINITY;
    unsigned  i;

    for (i = 0; i < problem->starts_n; i++) {
        rc = fit_coarse(problem, i, &ends[i]);

        if (rc != 0) {
            return rc;
        }
    }

    qsort(ends, problem->starts_n, sizeof(*ends), fit_compare);

    for (i = 0; i < problem->starts_n; i++) {
        if (ends[i].value >= level - FIT_LEVEL) {
            ends[i] = ends[i - 1];
            continue;
        }

        level = ends[i].value;
        rc = fit_search(problem, NLOPT_LD_SLSQP,
                        FIT_FLAT / problem->customers, problem->full,
                        &ends[i]);

        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}


static const struct fit_end *
fit_best(const struct rta_fit_problem *problem, const struct fit_end *ends,
    unsigned *agreed)
{
    unsigned               i;
    const struct fit_end  *best = NULL;

    for (i = 0; i < problem->starts_n; i++) {
        if (isfinite(ends[i].value)
            && (best == NULL || ends[i].value > best->value))
        {
            best = &ends[i];
        }
    }

    *agreed = 0;

    for (i = 0; best != NULL && i < problem->starts_n; i++) {
        *agreed += ends[i].value >= best->value - FIT_AGREES;
    }

    return best;
}


/* Minus the Hessian of the mean log-likelihood by logs; rows and columns of
   parameters at a bound are those of the unit matrix. */

static void
fit_information(const struct rta_fit_problem *problem, const double *logs,
    unsigned at_bound, struct fit_matrix *information)
{
    double    up[N], down[N], moved[N];
    unsigned  i, k;

    for (i = 0; i < problem->n; i++) {
        memcpy(moved, logs, sizeof(moved));
        moved[i] = logs[i] + FIT_STEP;
        problem->value(problem->full, moved, up);
        moved[i] = logs[i] - FIT_STEP;
        problem->value(problem->full, moved, down);

        for (k = 0; k < problem->n; k++) {
            information->at[i][k] = (down[k] - up[k]) / (2 * FIT_STEP);
        }
    }

    for (i = 0; i < problem->n; i++) {
        for (k = 0; k <= i; k++) {
            information->at[i][k] = information->at[k][i] =
                (at_bound & (1u << i | 1u << k)) != 0
                    ? i == k
                    : (information->at[i][k] + information->at[k][i]) / 2;
        }
    }
}


/* The inverse by Cholesky's factor; false: not positive definite. */

static bool
fit_invert(const struct fit_matrix *matrix, unsigned n,
    struct fit_matrix *inverse)
{
    double             sum;
    unsigned           i, j, k;
    struct fit_matrix  factor = { 0 }, half = { 0 };

    for (i = 0; i < n; i++) {
        for (j = 0; j <= i; j++) {
            sum = matrix->at[i][j];

            for (k = 0; k < j; k++) {
                sum -= factor.at[i][k] * factor.at[j][k];
            }

            if (i == j && !(sum > 0)) {
                return false;
            }

            factor.at[i][j] = i == j ? sqrt(sum) : sum / factor.at[j][j];
        }
    }

    /* half is the factor's inverse, the result half's transpose times half. */

    for (j = 0; j < n; j++) {
        for (i = j; i < n; i++) {
            sum = i == j;

            for (k = j; k < i; k++) {
                sum -= factor.at[i][k] * half.at[k][j];
            }

            half.at[i][j] = sum / factor.at[i][i];
        }
    }

    for (i = 0; i < n; i++) {
        for (j = 0; j < n; j++) {
            inverse->at[i][j] = 0;

            for (k = 0; k < n; k++) {
                inverse->at[i][j] += half.at[k][i] * half.at[k][j];
            }
        }
    }

    return true;
}


static unsigned
fit_at_bound(const struct rta_fit_problem *problem, const double *logs)
{
    unsigned  i, at_bound = 0;

    for (i = 0; i < problem->n; i++) {
        if (logs[i] < problem->lower[i] + FIT_BOUND
            || logs[i] > problem->upper[i] - FIT_BOUND)
        {
            at_bound |= 1u << i;
        }
    }

    return at_bound;
}


/* The largest part of the gradient; one at a bound counts when it points
   inside. */

static double
fit_norm(const struct rta_fit_problem *problem, const double *logs,
    unsigned at_bound, const double *gradient)
{
    bool      is_lower;
    double    norm = 0;
    unsigned  i;

    for (i = 0; i < problem->n; i++) {
        is_lower = logs[i] < problem->lower[i] + FIT_BOUND;

        if ((at_bound & 1u << i) == 0 || (gradient[i] > 0) == is_lower) {
            norm = fmax(norm, fabs(gradient[i]));
        }
    }

    return norm;
}


/* Newton's steps with one Hessian, which near the end is as good as new. */

static void
fit_polish(const struct rta_fit_problem *problem, unsigned at_bound,
    const struct fit_matrix *inverse, struct fit_end *end)
{
    int             step;
    double          gradient[N], moved_gradient[N], norm;
    unsigned        i, k;
    struct fit_end  moved;

    problem->value(problem->full, end->logs, gradient);
    norm = fit_norm(problem, end->logs, at_bound, gradient);

    for (step = 0; step < FIT_POLISHES_MAX && norm > FIT_POLISHED; step++) {
        moved = *end;

        for (i = 0; i < problem->n; i++) {
            for (k = 0; k < problem->n && !(at_bound & 1u << i); k++) {
                moved.logs[i] += at_bound & 1u << k
                                 ? 0 : inverse->at[i][k] * gradient[k];
            }
        }

        moved.value = problem->value(problem->full, moved.logs,
                                     moved_gradient);

        if (!isfinite(moved.value)
            || fit_at_bound(problem, moved.logs) != at_bound
            || fit_norm(problem, moved.logs, at_bound, moved_gradient) >= norm)
        {
            return;
        }

        *end = moved;
        memcpy(gradient, moved_gradient, sizeof(gradient));
        norm = fit_norm(problem, end->logs, at_bound, gradient);
    }
}


/* Standard errors of the parameters from those of their logs, by the delta
   method. */

static void
fit_finish(const struct rta_fit_problem *problem, struct fit_end *end,
    struct rta_fit *fit)
{
    bool               is_definite;
    double             error, gradient[N];
    unsigned           i;
    struct fit_matrix  information, inverse;

    fit->at_bound = fit_at_bound(problem, end->logs);
    fit_information(problem, end->logs, fit->at_bound, &information);
    is_definite = fit_invert(&information, problem->n, &inverse);

    if (is_definite) {
        fit_polish(problem, fit->at_bound, &inverse, end);
    }

    end->value = problem->value(problem->full, end->logs, gradient);

    for (i = 0; i < problem->n; i++) {
        error = NAN;

        if (is_definite && (fit->at_bound & 1u << i) == 0) {
            error = sqrt(inverse.at[i][i] / problem->customers);
        }

        fit->values[i] = exp(end->logs[i]);
        fit->errors[i] = error < FIT_ERROR_MAX ? error * fit->values[i] : NAN;
    }

    fit->log_likelihood = end->value * problem->customers;
    fit->gradient_norm = fit_norm(problem, end->logs, fit->at_bound, gradient);
    fit->has_converged = fit->gradient_norm < FIT_CONVERGED;
}


int
rta_fit_run(const struct rta_fit_problem *problem, struct rta_fit *fit)
{
    int                    rc;
    unsigned               agreed;
    struct fit_end         ends[RTA_FIT_STARTS_MAX], end;
    const struct fit_end  *best;

    assert(problem->n > 0 && problem->n <= RTA_FIT_PARAMETERS_MAX
           && problem->starts_n > 0
           && problem->starts_n <= RTA_FIT_STARTS_MAX);

    rc = fit_starts(problem, ends);

    if (rc != 0) {
        return rc;
    }

    best = fit_best(problem, ends, &agreed);

    if (best == NULL) {
        return RTN_ERR_LIMIT;
    }

    end = *best;
    fit->starts = problem->starts_n;
    fit->starts_agreed = agreed;
    fit_finish(problem, &end, fit);

    return 0;
}
