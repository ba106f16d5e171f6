/*
 * Finds the maximum of a log-likelihood over a few positive parameters.
 *
 * The search runs over their logarithms, within bounds, from several starts:
 * Nelder and Mead's simplex and then sequential quadratic programming (Kraft
 * 1988), both of NLopt, on a coarse likelihood.  Ends on one level of it are
 * one, others go on alone with the full likelihood, and the best is polished
 * by Newton's steps.  Standard errors are from the inverse Hessian at the
 * end, of central differences of the gradient.  Nothing in it is left to
 * chance, so the same data give the same numbers.
 */

#ifndef RTA_FIT_H_INCLUDED
#define RTA_FIT_H_INCLUDED

#include "rtn.h"

#define RTA_FIT_PARAMETERS_MAX  4
#define RTA_FIT_STARTS_MAX      8
#define RTA_FIT_STEPS_MAX     500   /* evaluations of one search */

/*
 * The log-likelihood, divided by the number of customers so that tolerances
 * mean the same for all data.
 *
 * logs       of the parameters
 * gradient   with respect to logs; NULL when it is not wanted
 */
typedef double (*rta_fit_value_pt)(void *data, const double *logs,
    double *gradient);

struct rta_fit_problem {
    unsigned           n;           /* parameters */
    rta_fit_value_pt   value;
    void              *full;        /* data of all customers */
    void              *coarse;      /* of some of them, or full again */
    double             customers;   /* of full */
    const double     (*starts)[RTA_FIT_PARAMETERS_MAX];     /* logs */
    unsigned           starts_n;    /* 1 to RTA_FIT_STARTS_MAX */
    double             lower[RTA_FIT_PARAMETERS_MAX];       /* logs */
    double             upper[RTA_FIT_PARAMETERS_MAX];
    bool             (*stop)(void *stop_data);      /* asked now and then;
                                                       NULL: never */
    void              *stop_data;
};

struct rta_fit {
    double    values[RTA_FIT_PARAMETERS_MAX];       /* not their logs */
    double    errors[RTA_FIT_PARAMETERS_MAX];       /* standard errors; NaN at
                                                       a bound, or where the
                                                       data do not say */
    double    log_likelihood;       /* of all customers */
    double    gradient_norm;        /* largest part, a customer, by logs;
                                       without those at a bound */
    unsigned  at_bound;             /* bit i: parameter i */
    unsigned  starts;
    unsigned  starts_agreed;        /* that came to the best end */
    bool      has_converged;        /* gradient_norm is below 1e-6, and what
                                       is at a bound would go further */
};

/*
 * RTN_ERR_NOMEM.  RTN_ERR_LIMIT: no start has a finite likelihood.
 * RTN_ERR_NOT_FOUND: stop returned true.
 *
 * Any thread; the same data in one thread at a time.
 */
int rta_fit_run(const struct rta_fit_problem *problem, struct rta_fit *fit);

#endif /* RTA_FIT_H_INCLUDED */
