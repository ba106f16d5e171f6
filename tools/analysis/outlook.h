/*
 * What the purchase models say about one customer: how probably he still is
 * one, and what he will order within a time, and of what value.
 */

#ifndef RTA_OUTLOOK_H_INCLUDED
#define RTA_OUTLOOK_H_INCLUDED

#include "bg_nbd.h"
#include "gamma_gamma.h"
#include "history.h"

/* 52 weeks: the time of expected values where none is asked for. */
#define RTA_OUTLOOK_DAYS  364

/* The fitted models; times are days. */
struct rta_outlook {
    struct rta_bg_nbd       bg;
    bool                    has_gamma;      /* else no value is known */
    struct rta_gamma_gamma  gamma;          /* of whole units */
    double                  minor_per_unit; /* 100 for two digits */
    double                  horizon_days;
};

struct rta_prospect {
    double   p_alive;
    double   orders;                /* within the horizon; NaN: see
                                       rta_bg_nbd_expected */
    bool     has_value;
    double   order_minor;           /* the amount to expect of an order */
    int64_t  value_minor;           /* of orders, rounded */
};

/*
 * What is expected of a customer in several currencies cannot be added, so
 * who pays in another one has no value; nor has one whose repeat days ended
 * in debt, nor one beyond what money holds.  Any thread.
 */
void rta_outlook_judge(const struct rta_outlook *outlook,
    const struct rta_buyer *buyer, struct rta_prospect *prospect);

#endif /* RTA_OUTLOOK_H_INCLUDED */
