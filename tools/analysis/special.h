/*
 * Special functions of the tests: incomplete beta and gamma, normal, Student
 * and chi-square tails and their inverses.
 *
 * All are pure and take finite numbers in the ranges given; a number outside
 * is a mistake of the caller's and stops at an assert.  Results have a
 * relative error below 1e-10 in the ranges named, tails included: no tail is
 * formed as 1 minus something near 1.  Any thread.
 *
 * "DLMF" is the NIST Digital Library of Mathematical Functions.
 */

#ifndef RTA_SPECIAL_H_INCLUDED
#define RTA_SPECIAL_H_INCLUDED

/*
 * The regularised incomplete beta function I_x(a, b): the continued fraction
 * of DiDonato and Morris (ACM Trans. Math. Softw. 18:360, 1992, section 4),
 * the even part of DLMF 8.17.22, by Lentz's method (Applied Optics 15:668,
 * 1976, as modified by Thompson and Barnett, J. Comput. Phys. 64:490, 1986),
 * with I_x(a, b) = 1 - I_(1-x)(b, a) where it converges slowly.
 *
 * a, b   above 0; the precision holds where the smaller is below 100 and the
 *        larger below 1e8, or both are below 1e4
 * x      0 to 1
 */
double rta_beta_inc(double a, double b, double x);

/*
 * The regularised upper incomplete gamma function Q(a, x): power series of
 * DLMF 8.7.1 below x = a + 1, continued fraction of DLMF 8.9.2 from there.
 *
 * a   above 0, up to 1e4 for the precision
 * x   0 or more
 */
double rta_gamma_q(double a, double x);

/* P(|Z| >= |z|) of the standard normal, as erfc(|z| / sqrt 2). */
double rta_normal_p(double z);

/*
 * The z with P(|Z| <= z) = level: 1.959964 for 0.95.  Start from Abramowitz
 * and Stegun 26.2.23, then Newton's steps on erfc.
 *
 * level   above 0, below 1
 */
double rta_normal_z(double level);

/*
 * P(|T| >= |t|) of Student's t with df degrees of freedom, which is
 * I_x(df/2, 1/2) at x = df / (df + t^2) (Abramowitz and Stegun 26.7.1).
 *
 * df   above 0, need not be whole; up to 1e8 for the precision
 */
double rta_student_p(double t, double df);

/*
 * The t with P(|T| <= t) = level: 2.228139 for 0.95 and 10 degrees.  Newton's
 * steps on rta_student_p, kept within a bracket by bisection.
 *
 * level   above 0, below 1
 * df      above 0; 1 or more for the precision
 */
double rta_student_t(double level, double df);

/*
 * P(X >= chi2) of chi-square with df degrees of freedom, Q(df/2, chi2/2).
 *
 * chi2   0 or more
 * df     1 or more
 */
double rta_chi2_p(double chi2, unsigned df);

#endif /* RTA_SPECIAL_H_INCLUDED */
