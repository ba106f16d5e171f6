#include <math.h>
#include <stdbool.h>

#include "bg_nbd.h"
#include "digamma.h"
#include "hypergeometric.h"

#define BG_EXPONENT_MAX  700        /* exp of more overflows */
#define BG_DIRECT_A      20


static double
bg_log_beta(double a, double b)
{
    return rta_log_gamma(a) + rta_log_gamma(b) - rta_log_gamma(a + b);
}


/* Purchases after which the customer might have left. */

static double
bg_chances(const struct rta_bg_nbd *model, const struct rta_bg_point *point)
{
    return point->x + (double) model->variant;
}


/* log of the odds of having left, a/(b+x+s-1) ((alpha+T)/(alpha+t_x))^(r+x);
   x + s is above 0. */

static double
bg_log_odds_left(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point)
{
    double  silence;

    silence = (point->t - point->t_x) / (model->alpha + point->t_x);

    return log(model->a / (model->b + bg_chances(model, point) - 1))
           + (model->r + point->x) * log1p(silence);
}


double
rta_bg_nbd_log_likelihood(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point)
{
    double  odds, sum, chances = bg_chances(model, point);

    sum = rta_log_gamma(model->r + point->x) - rta_log_gamma(model->r)
          + model->r * log(model->alpha)
          - (model->r + point->x) * log(model->alpha + point->t);

    if (chances == 0) {
        return sum;
    }

    sum += bg_log_beta(model->a, model->b + chances)
           - bg_log_beta(model->a, model->b);
    odds = bg_log_odds_left(model, point);

    return sum + (odds > 0 ? odds + log1p(exp(-odds)) : log1p(exp(odds)));
}


double
rta_bg_nbd_alive(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point)
{
    if (bg_chances(model, point) == 0) {
        return 1;
    }

    return 1 / (1 + exp(fmin(bg_log_odds_left(model, point),
                             BG_EXPONENT_MAX)));
}


/* By Euler's transformation, but for P(alive). */

static double
bg_expected_euler(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point, double z)
{
    double  c, rest, exponent, power, a_less_1, bracket;

    a_less_1 = model->a - 1;
    c = model->a + model->b + bg_chances(model, point) - 1;

    rest = rta_hypergeometric_rest(c - model->r - point->x, a_less_1, c, z);
    exponent = log1p(-z);
    power = exp(a_less_1 * exponent);
    bracket = -exponent;

    if (a_less_1 != 0) {
        bracket = -expm1(a_less_1 * exponent) / a_less_1;
    }

    return c * bracket - power * rest;
}


/* As it is published: a sum of terms above 0, and a - 1 is far from 0. */

static double
bg_expected_direct(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point, double z)
{
    double  b, c, orders, hyper;

    orders = model->r + point->x;
    b = model->b + bg_chances(model, point);
    c = model->a + b - 1;
    hyper = 1 + b / c * rta_hypergeometric_rest(orders, b, c, z);

    return c / (model->a - 1) * (1 - exp(orders * log1p(-z)) * hyper);
}


double
rta_bg_nbd_expected(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point, double horizon)
{
    double  z, expected;

    z = horizon / (model->alpha + point->t + horizon);

    if (!(z < 1)) {
        return NAN;
    }

    expected = model->a > BG_DIRECT_A && model->a - 1 > model->r + point->x
               ? bg_expected_direct(model, point, z)
               : bg_expected_euler(model, point, z);

    return expected * rta_bg_nbd_alive(model, point);
}
