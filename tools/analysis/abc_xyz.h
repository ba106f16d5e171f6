/*
 * ABC by what customers spent in a period, XYZ by how steadily they bought,
 * and the same of the period of equal length before it.
 *
 *     A  the biggest spenders who make up the first 80 % of all spend: the
 *        share of those above is below 80 %
 *     B  the share of those above is below 95 %
 *     C  the rest, and all who spent nothing
 *
 * Who spent the same has the same letter.  Negative spend counts as none.
 *
 * XYZ by frequency: the days in the period with a purchase, by limits that
 * fit its length.  XYZ by variability, the textbook's: the coefficient of
 * variation (standard deviation of the 12, not of a sample, over their mean)
 * of the spend of 12 equal sub-periods; X up to 10 %, Y up to 25 %.  The
 * sub-periods of a period that 12 does not divide differ by a day at most.
 *
 * A letter is ' ' for who bought nothing in the period.
 */

#ifndef RTA_ABC_XYZ_H_INCLUDED
#define RTA_ABC_XYZ_H_INCLUDED

#include "names.h"
#include "purchase.h"

#define RTA_ABC_PARTS       12      /* sub-periods of XYZ by variability */
#define RTA_ABC_PERIOD_MIN  RTA_ABC_PARTS       /* days */
#define RTA_ABC_PERIOD_MAX  3660

enum rta_xyz_form {
    RTA_XYZ_FREQUENCY = 0,
    RTA_XYZ_VARIABILITY
};

enum rta_abc_period {
    RTA_ABC_NOW = 0,
    RTA_ABC_BEFORE,
    RTA_ABC_PERIODS
};

struct rta_abc_row {
    size_t    place;                            /* of the customer's id */
    int64_t   spend_minor[RTA_ABC_PERIODS];
    uint32_t  days[RTA_ABC_PERIODS];            /* with a purchase */
    char      abc[RTA_ABC_PERIODS];             /* once lettered */
    char      xyz[RTA_ABC_PERIODS];
};

/* Begun by rta_abc_init, ended by rta_abc_release. */
struct rta_abc {
    struct rta_abc_row  *rows;      /* in the order they were added */
    size_t               n;
    size_t               size;
    struct rta_names     ids;
    rtn_currency_t       currency;
    rtn_day_t            until;     /* the last day of the period */
    uint32_t             period_days;
    enum rta_xyz_form    form;
    uint32_t             x_days;    /* purchase days of X, at least */
    uint32_t             y_days;
};

/*
 * Makes an empty one, with limits of X and Y from the table; x_days and
 * y_days may be set to others after it.
 *
 * until         the period's last day
 * period_days   RTA_ABC_PERIOD_MIN to RTA_ABC_PERIOD_MAX
 *
 * Any thread, as all below for one at a time.
 */
void rta_abc_init(struct rta_abc *abc, const rtn_currency_t currency,
    rtn_day_t until, uint32_t period_days, enum rta_xyz_form form);

/*
 * Adds a customer; one without a purchase in both periods is not taken.
 *
 * purchases   n of them, by time, none after until
 *
 * RTN_ERR_NOMEM.
 */
int rta_abc_add(struct rta_abc *abc, const char *id,
    const struct rta_purchase *purchases, size_t n);

/* Sets the letters of A, B and C, once all rows are added.  RTN_ERR_NOMEM. */
int rta_abc_letter(struct rta_abc *abc);

/* What is spent in a period by all, negative spend as none. */
int64_t rta_abc_total(const struct rta_abc *abc, enum rta_abc_period period);

/* Frees what it holds. */
void rta_abc_release(struct rta_abc *abc);

#endif /* RTA_ABC_XYZ_H_INCLUDED */
