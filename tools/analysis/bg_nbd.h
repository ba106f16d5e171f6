/*
 * BG/NBD and MBG/NBD: how often a customer buys, and whether he still does,
 * from x, t_x and T alone.
 *
 * While alive a customer buys at a Poisson rate that is gamma(r, alpha) over
 * customers; after a purchase he leaves for good with a probability that is
 * beta(a, b) over customers.  In BG/NBD (Fader, Hardie and Lee, Marketing
 * Science 24:275, 2005) he may leave after repeat purchases only, so that who
 * bought once is alive for ever.  In MBG/NBD (Batislam, Denizel and
 * Filiztekin, IJRM 24:201, 2007) the first purchase may be the last.
 *
 * In what follows s is 0 for BG/NBD and 1 for MBG/NBD; so both are one set of
 * formulas, in the arrangement of Fader and Hardie (2013, note 027), on a log
 * scale throughout: nothing overflows for hundreds of purchase days.
 *
 * All are pure; any thread.
 */

#ifndef RTA_BG_NBD_H_INCLUDED
#define RTA_BG_NBD_H_INCLUDED

enum rta_bg_variant {
    RTA_BG_NBD = 0,
    RTA_MBG_NBD = 1                 /* the values are s */
};

/* All above 0 and finite. */
struct rta_bg_nbd {
    enum rta_bg_variant  variant;
    double               r;
    double               alpha;     /* in the unit of t_x and T */
    double               a;
    double               b;
};

/* A customer; 0 <= t_x <= t, t_x is 0 when x is 0. */
struct rta_bg_point {
    double  x;                      /* repeat purchases, whole */
    double  t_x;
    double  t;
};

/*
 * The log-likelihood of one customer:
 *
 *     lg(r+x) - lg(r) + r log alpha + lbeta(a, b+x+s) - lbeta(a, b)
 *     + log((alpha+T)^-(r+x) + a/(b+x+s-1) (alpha+t_x)^-(r+x))
 *
 * where the second term of the last line is absent for x + s = 0.
 */
double rta_bg_nbd_log_likelihood(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point);

/*
 * P(alive) at T:
 *
 *     1 / (1 + a/(b+x+s-1) ((alpha+T)/(alpha+t_x))^(r+x)),
 *
 * and 1 for x + s = 0.
 */
double rta_bg_nbd_alive(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point);

/*
 * The purchases to expect in (T, T + horizon], P(alive) included:
 *
 *     (a+b+x+s-1)/(a-1) [1 - (1-z)^(r+x) 2F1(r+x, b+x+s; a+b+x+s-1; z)]
 *     * P(alive),   z = horizon / (alpha + T + horizon)
 *
 * By Euler's transformation the bracket is 1 - (1-z)^(a-1) F with
 * F = 2F1(a+b+s-1-r, a-1; a+b+x+s-1; z), where no parameter grows with x but
 * the third, c; and with F = 1 + (a-1) G / c the division by a - 1 is done
 * before any number is formed, so that a = 1 is a point like others, and so
 * is c = 0, which BG/NBD has at x = 0 and a + b = 1:
 *
 *     c bracket / (a-1) = -c expm1((a-1) L) / (a-1) - exp((a-1) L) G,
 *     L = log(1-z)
 *
 * F grows as (1-z)^(1-a).  Where the probability to leave hardly differs
 * between customers, a and b run to thousands and it does not fit a double;
 * from a = 20 on, unless r + x is larger, the published form is summed itself,
 * which then has no cancellation and grows as (1-z)^-(r+x) at most.
 *
 * horizon   0 or more, in the unit of T
 *
 * NaN: the series for G does not converge, which needs a horizon of thousands
 * of times alpha + T.
 */
double rta_bg_nbd_expected(const struct rta_bg_nbd *model,
    const struct rta_bg_point *point, double horizon);

#endif /* RTA_BG_NBD_H_INCLUDED */
