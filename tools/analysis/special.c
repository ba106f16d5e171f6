#include "special.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define SPECIAL_EPSILON         1e-15
#define SPECIAL_TINY            1e-300
#define SPECIAL_STIRLING_MIN    10.0

/* Series and fractions need some sqrt(a) steps where they are slowest. */
#define SPECIAL_STEPS_MAX       100000
#define SPECIAL_ROOT_STEPS_MAX  200

/* A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) on the way. */
struct special_fraction {
    double  value;
    double  c;
    double  d;
};


static double special_beta(double a, double b, double x, double y);
static double special_beta_fraction(double a, double b, double x, double y);
static double special_gamma_series(double a, double x);
static double special_gamma_fraction(double a, double x);
static void special_fraction_init(struct special_fraction *f, double b0);
static bool special_fraction_step(struct special_fraction *f, double a,
    double b);
static double special_log_gamma(double x);
static double special_log_beta(double a, double b);
static double special_stirling_rest(double x);
static double special_student_density(double t, double df);


double
rta_beta_inc(double a, double b, double x)
{
    assert(a > 0 && b > 0 && x >= 0 && x <= 1);

    return special_beta(a, b, x, 1 - x);
}


double
rta_gamma_q(double a, double x)
{
    double  front;

    assert(a > 0 && x >= 0);

    if (x == 0) {
        return 1;
    }

    if (isinf(x)) {
        return 0;
    }

    front = exp(a * log(x) - x - special_log_gamma(a));

    if (x < a + 1) {
        return fmax(1 - front * special_gamma_series(a, x), 0);
    }

    return front / special_gamma_fraction(a, x);
}


double
rta_normal_p(double z)
{
    return erfc(fabs(z) * M_SQRT1_2);
}


double
rta_normal_z(double level)
{
    int     i;
    double  alpha, t, z, density;

    assert(level > 0 && level < 1);

    alpha = 1 - level;

    t = sqrt(-2 * log(alpha / 2));
    z = t - (2.515517 + t * (0.802853 + t * 0.010328))
            / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

    /* From an error of 4.5e-4 each step squares it; four are enough. */

    for (i = 0; i < 4; i++) {
        density = M_SQRT1_2 * M_2_SQRTPI / 2 * exp(-z * z / 2);
        z += (rta_normal_p(z) - alpha) / (2 * density);
    }

    return z;
}


double
rta_student_p(double t, double df)
{
    double  square;

    assert(df > 0 && !isnan(t));

    square = t * t;

    if (square == 0) {
        return 1;
    }

    return special_beta(df / 2, 0.5, 1 / (1 + square / df),
                        1 / (1 + df / square));
}


double
rta_student_t(double level, double df)
{
    int     i;
    double  alpha, low, high, t, next, rest;

    assert(level > 0 && level < 1 && df > 0);

    alpha = 1 - level;
    low = 0;
    high = 1;

    while (rta_student_p(high, df) > alpha && isfinite(high * high)) {
        low = high;
        high *= 2;
    }

    t = (low + high) / 2;

    for (i = 0; i < SPECIAL_ROOT_STEPS_MAX; i++) {
        rest = rta_student_p(t, df) - alpha;

        if (rest > 0) {
            low = t;

        } else {
            high = t;
        }

        next = t + rest / (2 * special_student_density(t, df));

        if (!(next > low && next < high)) {
            next = (low + high) / 2;
        }

        if (fabs(next - t) <= SPECIAL_EPSILON * t) {
            break;
        }

        t = next;
    }

    return t;
}


double
rta_chi2_p(double chi2, unsigned df)
{
    assert(df >= 1);

    return rta_gamma_q(df / 2.0, chi2 / 2);
}


/* y is 1 - x, given apart because one of them may be too near 1 to tell. */

static double
special_beta(double a, double b, double x, double y)
{
    double  log_front, log_x, log_y;

    if (x <= 0) {
        return 0;
    }

    if (y <= 0) {
        return 1;
    }

    log_x = (x > 0.5) ? log1p(-y) : log(x);
    log_y = (y > 0.5) ? log1p(-x) : log(y);
    log_front = a * log_x + b * log_y - special_log_beta(a, b);

    if (x < (a + 1) / (a + b + 2)) {
        return exp(log_front) / special_beta_fraction(a, b, x, y);
    }

    return 1 - exp(log_front) / special_beta_fraction(b, a, y, x);
}


/*
 * The even part of the fraction, whose terms do not cancel for large a as
 * those of DLMF 8.17.22 do; lambda is a - (a + b) x.
 */

static double
special_beta_fraction(double a, double b, double x, double y)
{
    int                      n;
    double                   lambda, numerator, denominator;
    struct special_fraction  f;

    lambda = (a > b) ? (a + b) * y - b : a - (a + b) * x;

    special_fraction_init(&f, a / (a + 1) * (lambda + 1));

    for (n = 1; n < SPECIAL_STEPS_MAX; n++) {
        numerator = (a + n - 1) / (a + 2.0 * n - 1)
                    * ((a + b + n - 1) / (a + 2.0 * n - 1))
                    * n * (b - n) * x * x;
        denominator = n + n * (b - n) * x / (a + 2.0 * n - 1)
                      + (a + n) / (a + 2.0 * n + 1)
                        * (lambda + 1 + n * (1 + y));

        if (special_fraction_step(&f, numerator, denominator)) {
            break;
        }
    }

    return f.value;
}


/* The series of P(a, x), without x^a e^-x / Gamma(a). */

static double
special_gamma_series(double a, double x)
{
    int     n;
    double  term, sum;

    term = 1 / a;
    sum = term;

    for (n = 1; n < SPECIAL_STEPS_MAX && term > sum * SPECIAL_EPSILON; n++) {
        term *= x / (a + n);
        sum += term;
    }

    return sum;
}


static double
special_gamma_fraction(double a, double x)
{
    int                      n;
    struct special_fraction  f;

    special_fraction_init(&f, x + 1 - a);

    for (n = 1; n < SPECIAL_STEPS_MAX; n++) {
        if (special_fraction_step(&f, -n * (n - a), x + 1 - a + 2.0 * n)) {
            break;
        }
    }

    return f.value;
}


static void
special_fraction_init(struct special_fraction *f, double b0)
{
    f->value = (b0 == 0) ? SPECIAL_TINY : b0;
    f->c = f->value;
    f->d = 0;
}


/* Takes in the next a and b; true once they no longer change the value. */

static bool
special_fraction_step(struct special_fraction *f, double a, double b)
{
    double  change;

    f->d = b + a * f->d;
    f->c = b + a / f->c;

    if (f->d == 0) {
        f->d = SPECIAL_TINY;
    }

    if (f->c == 0) {
        f->c = SPECIAL_TINY;
    }

    f->d = 1 / f->d;
    change = f->c * f->d;
    f->value *= change;

    return fabs(change - 1) <= SPECIAL_EPSILON;
}


/* lgamma() writes the global signgam, which two threads must not. */

static double
special_log_gamma(double x)
{
    int  sign;

    return lgamma_r(x, &sign);
}


/*
 * For a large argument the two large terms of lgamma(a) - lgamma(a + b) are
 * taken out of Stirling's series (DLMF 5.11.1) before they can cancel.
 */

static double
special_log_beta(double a, double b)
{
    double  large, small;

    large = fmax(a, b);
    small = fmin(a, b);

    if (large < SPECIAL_STIRLING_MIN) {
        return special_log_gamma(large) + special_log_gamma(small)
               - special_log_gamma(large + small);
    }

    return special_log_gamma(small) + small - small * log(large + small)
           - (large - 0.5) * log1p(small / large)
           + special_stirling_rest(large)
           - special_stirling_rest(large + small);
}


/* lgamma(x) less (x - 1/2) log x - x + log(2 pi) / 2, for x of 10 or more. */

static double
special_stirling_rest(double x)
{
    size_t  i;
    double  power, sum;

    static const double  factors[] = {
        1 / 12.0, -1 / 360.0, 1 / 1260.0, -1 / 1680.0, 1 / 1188.0
    };

    power = 1 / x;
    sum = 0;

    for (i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
        sum += factors[i] * power;
        power /= x * x;
    }

    return sum;
}


static double
special_student_density(double t, double df)
{
    return exp(-special_log_beta(df / 2, 0.5) - log(df) / 2
               - (df + 1) / 2 * log1p(t * t / df));
}
