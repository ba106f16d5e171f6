/*
 * What makes it fast: all that depends on x alone is done once for each x,
 * the logs of alpha + t once for each day, and an exp and a log1p are left
 * for a cell.
 */

#include <math.h>
#include <stdlib.h>

#include "bg_nbd_sum.h"
#include "digamma.h"

#define BG_SMALL  1e-17

/* Sums over the cells of one x; w is the weight, v the probability that the
   customer has left. */
struct bg_run {
    double  weight;
    double  log_odds;               /* of log(alpha+T)^-(r+x) (1 + odds) */
    double  carry;                  /* what the sum above lost (Kahan) */
    double  left;                   /* of w v */
    double  logs;                   /* of w ((1-v) log(alpha+T)
                                              + v log(alpha+t_x)) */
    double  inverses;               /* the same of 1/(alpha+t) */
};


int
bg_sum_init(struct bg_sum *sum, const struct rta_bg_cells *cells,
    enum rta_bg_variant variant, bool is_nbd)
{
    sum->cells = cells;
    sum->variant = variant;
    sum->is_nbd = is_nbd;
    sum->logs = calloc((size_t) cells->days_max + 1, sizeof(*sum->logs));
    sum->inverses = calloc((size_t) cells->days_max + 1,
                           sizeof(*sum->inverses));

    return sum->logs != NULL && sum->inverses != NULL ? 0 : RTN_ERR_NOMEM;
}


void
bg_sum_release(struct bg_sum *sum)
{
    free(sum->logs);
    free(sum->inverses);
    sum->logs = NULL;
    sum->inverses = NULL;
}


static void
bg_run_add(struct bg_run *run, double term)
{
    double  corrected, next;

    corrected = term - run->carry;
    next = run->log_odds + corrected;
    run->carry = next - run->log_odds - corrected;
    run->log_odds = next;
}


/*
 * Sums the cells of one x and returns the first of the next.
 *
 * power       r + x
 * log_leave   log(a / (b+x+s-1)); -INFINITY: nobody has left
 */

static size_t
bg_run_cells(const struct bg_sum *sum, size_t first, double power,
    double log_leave, struct bg_run *run)
{
    size_t                     i;
    double                     logs, odds, small, log_small, left;
    const struct rta_bg_cell  *cell;

    *run = (struct bg_run) { 0 };

    for (i = first; i < sum->cells->n; i++) {
        cell = &sum->cells->items[i];

        if (cell->x != sum->cells->items[first].x) {
            break;
        }

        logs = sum->logs[cell->t_days];
        odds = log_leave + power * (logs - sum->logs[cell->t_x_days]);
        small = exp(-fabs(odds));
        left = (odds > 0 ? 1 : small) / (1 + small);
        log_small = small;

        /* Below this, and where nobody leaves, log1p is the number itself. */

        if (small > BG_SMALL) {
            log_small = log1p(small);
        }

        bg_run_add(run, cell->weight * ((odds > 0 ? odds : 0) + log_small
                                        - power * logs));
        run->weight += cell->weight;
        run->left += cell->weight * left;
        run->logs += cell->weight
                     * (logs + left * (sum->logs[cell->t_x_days] - logs));
        run->inverses += cell->weight
                         * ((1 - left) * sum->inverses[cell->t_days]
                            + left * sum->inverses[cell->t_x_days]);
    }

    return i;
}


/* Adds to the gradient by the parameters themselves, not yet their logs. */

static void
bg_run_gradient(const struct bg_sum *sum, const struct rta_bg_nbd *model,
    double x, const struct bg_run *run, double *gradient)
{
    double  a = model->a, b = model->b, chances, both;

    gradient[RTA_BG_R] += run->weight * (rta_digamma(model->r + x)
                                         - rta_digamma(model->r)
                                         + log(model->alpha)) - run->logs;
    gradient[RTA_BG_ALPHA] += run->weight * model->r / model->alpha
                              - (model->r + x) * run->inverses;

    chances = x + (double) sum->variant;

    if (sum->is_nbd || chances == 0) {
        return;
    }

    both = rta_digamma(a + b) - rta_digamma(a + b + chances);
    gradient[RTA_BG_A] += run->weight * both + run->left / a;
    gradient[RTA_BG_B] += run->weight * (rta_digamma(b + chances)
                                         - rta_digamma(b) + both)
                          - run->left / (b + chances - 1);
}


/* What all customers of one x share. */

static double
bg_run_constant(const struct bg_sum *sum, const struct rta_bg_nbd *model,
    double x)
{
    double  constant, chances = x + (double) sum->variant;

    constant = rta_log_gamma(model->r + x) - rta_log_gamma(model->r)
               + model->r * log(model->alpha);

    if (sum->is_nbd || chances == 0) {
        return constant;
    }

    return constant + rta_log_gamma(model->b + chances)
           - rta_log_gamma(model->a + model->b + chances)
           + rta_log_gamma(model->a + model->b) - rta_log_gamma(model->b);
}


static void
bg_sum_days(struct bg_sum *sum, double alpha)
{
    uint32_t  day;

    for (day = 0; day <= sum->cells->days_max; day++) {
        sum->logs[day] = log(alpha + day);
        sum->inverses[day] = 1 / (alpha + day);
    }
}


static double
bg_sum_runs(struct bg_sum *sum, const struct rta_bg_nbd *model,
    double *gradient)
{
    size_t         first, next;
    double         x, chances, log_leave, total = 0, carry = 0, term, grown;
    struct bg_run  run;

    for (first = 0; first < sum->cells->n; first = next) {
        x = sum->cells->items[first].x;
        chances = x + (double) sum->variant;
        log_leave = -INFINITY;

        if (!sum->is_nbd && chances > 0) {
            log_leave = log(model->a / (model->b + chances - 1));
        }

        next = bg_run_cells(sum, first, model->r + x, log_leave, &run);

        term = run.weight * bg_run_constant(sum, model, x) + run.log_odds
               - carry;
        grown = total + term;
        carry = grown - total - term;
        total = grown;

        if (gradient != NULL) {
            bg_run_gradient(sum, model, x, &run, gradient);
        }
    }

    return total;
}


double
bg_sum_value(void *data, const double *logs, double *gradient)
{
    double          total, values[RTA_BG_PARAMETERS] = { 1, 1, 1, 1 };
    double          parts[RTA_BG_PARAMETERS] = { 0 };
    size_t          i, n;
    struct bg_sum  *sum = data;

    n = sum->is_nbd ? RTA_BG_A : RTA_BG_PARAMETERS;

    for (i = 0; i < n; i++) {
        values[i] = exp(logs[i]);
    }

    bg_sum_days(sum, values[RTA_BG_ALPHA]);

    total = bg_sum_runs(sum, &(struct rta_bg_nbd) {
        sum->variant, values[RTA_BG_R], values[RTA_BG_ALPHA],
        values[RTA_BG_A], values[RTA_BG_B]
    }, gradient != NULL ? parts : NULL);

    for (i = 0; gradient != NULL && i < n; i++) {
        gradient[i] = parts[i] * values[i] / sum->cells->customers;
    }

    return total / sum->cells->customers;
}
