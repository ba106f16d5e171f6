/*
 * Gamma-Gamma: what a purchase of a customer is worth (Fader and Hardie 2013,
 * note 025; Fader, Hardie and Lee, JMR 42:415, 2005).
 *
 * A customer's purchases are gamma(p, nu), with nu gamma(q, gamma) over
 * customers, whatever their number: the model takes spend and frequency for
 * independent, so their correlation is worth a look.
 *
 * All are pure; any thread.
 */

#ifndef RTA_GAMMA_GAMMA_H_INCLUDED
#define RTA_GAMMA_GAMMA_H_INCLUDED

/* All above 0 and finite. */
struct rta_gamma_gamma {
    double  p;
    double  q;
    double  gamma;                  /* in the unit of the mean */
};

/*
 * The log-likelihood of one customer:
 *
 *     lg(px+q) - lg(px) - lg(q) + q log gamma + (px-1) log m + px log x
 *     - (px+q) log(gamma + x m)
 *
 * x      repeat purchases, above 0
 * mean   m, of their amounts, above 0
 */
double rta_gamma_gamma_log_likelihood(const struct rta_gamma_gamma *model,
    double x, double mean);

/*
 * The amount to expect of a purchase: p (gamma + x m) / (p x + q - 1).
 *
 * x      0 or more; at 0 it is the population's mean, p gamma / (q - 1)
 * mean   0 or more; not looked at for x = 0
 *
 * NaN: p x + q is not above 1, and the mean is infinite.
 */
double rta_gamma_gamma_mean(const struct rta_gamma_gamma *model, double x,
    double mean);

#endif /* RTA_GAMMA_GAMMA_H_INCLUDED */
