#include "moments.h"

static double moments_squares_about_mean(const struct rta_moments *moments);


void
rta_moments_init(struct rta_moments *moments)
{
    moments->n = 0;
    moments->sum = 0;
    moments->sum_squares = 0;
}


int
rta_moments_add(struct rta_moments *moments, int64_t value_minor)
{
    __int128           value;
    unsigned __int128  square, sum_squares;

    value = value_minor;
    square = (unsigned __int128) (value * value);

    /* The sum is safe: n values of 63 bits with n below 2^63. */

    if (moments->n >= INT64_MAX
        || __builtin_add_overflow(moments->sum_squares, square, &sum_squares)
        || sum_squares >> 127)
    {
        return RTN_ERR_LIMIT;
    }

    moments->n++;
    moments->sum += value;
    moments->sum_squares = sum_squares;

    return RTN_OK;
}


int
rta_moments_add_zeros(struct rta_moments *moments, uint64_t n)
{
    if (n > INT64_MAX - moments->n) {
        return RTN_ERR_LIMIT;
    }

    moments->n += n;

    return RTN_OK;
}


void
rta_moments_summary(const struct rta_moments *moments,
    struct rta_summary *summary)
{
    summary->n = moments->n;
    summary->mean = 0;
    summary->variance = 0;

    if (moments->n == 0) {
        return;
    }

    summary->mean = (double) moments->sum / (double) moments->n;

    if (moments->n > 1) {
        summary->variance = moments_squares_about_mean(moments)
                            / (double) (moments->n - 1);
    }
}


/*
 * |q * sum| is at most sum^2 / n, which is at most sum_squares, and |r| is
 * below n: every term fits 127 bits.
 */

static double
moments_squares_about_mean(const struct rta_moments *moments)
{
    __int128           n, q, r, whole;
    unsigned __int128  r_square;

    n = moments->n;
    q = moments->sum / n;
    r = moments->sum % n;
    r_square = (unsigned __int128) (r * r);

    whole = (__int128) moments->sum_squares - q * moments->sum - q * r
            - (__int128) (r_square / moments->n);

    return (double) whole
           - (double) (r_square % moments->n) / (double) moments->n;
}
