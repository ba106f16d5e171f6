/*
 * Recency, frequency and monetary value of customers in one currency, each
 * scored from 1 (the worst fifth) to 5, and a named segment from the scores.
 *
 *     recency     days since the last purchase; marketing's, not t_x of the
 *                 models
 *     frequency   purchase days; all orders of a day are one
 *     monetary    what was paid in all, or an order's mean, rounded to the
 *                 minor unit
 *
 * Fifths come in two forms, which give different answers:
 *
 *     cut points  the nearest-rank percentiles 20, 40, 60 and 80; a value
 *                 scores one more for each that it is above.  Equal values
 *                 score the same, and a score may have no customer.  Recency
 *                 is scored the other way round: 6 less the score of its days
 *     ntile       customers sorted by value, then by id in the order of its
 *                 bytes, the worst first, and cut into five counts that differ
 *                 by one at most, as SQL's NTILE(5); equal values may differ
 */

#ifndef RTA_RFM_H_INCLUDED
#define RTA_RFM_H_INCLUDED

#include "days.h"
#include "names.h"
#include "purchase.h"

#define RTA_RFM_SCORES  5

enum rta_rfm_monetary {
    RTA_RFM_SUM = 0,
    RTA_RFM_AVERAGE
};

enum rta_rfm_form {
    RTA_RFM_CUT = 0,
    RTA_RFM_NTILE
};

/* Each pair of R and F has one; the best first. */
enum rta_rfm_segment {
    RTA_RFM_CHAMPIONS = 0,
    RTA_RFM_LOYAL,
    RTA_RFM_POTENTIAL,
    RTA_RFM_NEW,
    RTA_RFM_PROMISING,
    RTA_RFM_ATTENTION,
    RTA_RFM_SLEEPING,
    RTA_RFM_AT_RISK,
    RTA_RFM_CANNOT_LOSE,
    RTA_RFM_HIBERNATING,
    RTA_RFM_LOST,
    RTA_RFM_SEGMENTS
};

/* "champions", ..., "lost", NULL. */
extern const char *const  rta_rfm_names[RTA_RFM_SEGMENTS + 1];

struct rta_rfm_row {
    size_t                place;        /* of the customer's id */
    int64_t               recency_days;
    int64_t               frequency;
    int64_t               monetary;     /* minor units */
    int64_t               paid_minor;   /* in all, whatever monetary is */
    uint8_t               r;            /* 1 to 5, once scored */
    uint8_t               f;
    uint8_t               m;
    uint8_t               segment;      /* enum rta_rfm_segment */
};

/* Begun by rta_rfm_init, ended by rta_rfm_release. */
struct rta_rfm {
    struct rta_rfm_row     *rows;       /* in the order they were added */
    size_t                  n;
    size_t                  size;
    struct rta_names        ids;
    rtn_currency_t          currency;
    rtn_day_t               as_of;
    enum rta_rfm_monetary   monetary;
};

/* The percentiles 20, 40, 60 and 80 of each value. */
struct rta_rfm_cuts {
    int64_t  recency_days[RTA_RFM_SCORES - 1];
    int64_t  frequency[RTA_RFM_SCORES - 1];
    int64_t  monetary[RTA_RFM_SCORES - 1];
};

/* A segment as a whole. */
struct rta_rfm_sum {
    uint64_t         customers;
    uint64_t         frequency;
    int64_t          paid_minor;
    struct rta_days  recency;
};

/* Makes an empty one.  Any thread, as all below for one at a time. */
void rta_rfm_init(struct rta_rfm *rfm, const rtn_currency_t currency,
    rtn_day_t as_of, enum rta_rfm_monetary monetary);

/*
 * Adds a customer; one without a purchase in the currency is not taken.
 *
 * purchases   n of them, by time, none after the as-of day
 *
 * RTN_ERR_NOMEM.
 */
int rta_rfm_add(struct rta_rfm *rfm, const char *id,
    const struct rta_purchase *purchases, size_t n);

/* Scores all rows, once they are added.  RTN_ERR_NOMEM. */
int rta_rfm_score(struct rta_rfm *rfm, enum rta_rfm_form form);

/*
 * Where the cut points of what was added lie; all 0 for nobody.
 * RTN_ERR_NOMEM.
 */
int rta_rfm_cut(const struct rta_rfm *rfm, struct rta_rfm_cuts *cuts);

/* Scores a row by cut points, and names its segment.  Any thread. */
void rta_rfm_place(const struct rta_rfm_cuts *cuts, struct rta_rfm_row *row);

/*
 * A row of purchases that is in no struct rta_rfm: place is 0, nothing is
 * scored.  false: none was in the currency.  Any thread.
 */
bool rta_rfm_row_of(const struct rta_rfm *rfm,
    const struct rta_purchase *purchases, size_t n, struct rta_rfm_row *row);

/* The segment of two scores, 1 to 5 each. */
enum rta_rfm_segment rta_rfm_segment(unsigned r, unsigned f);

/*
 * Adds up the scored rows by segment.
 * sums   zeros; each ended by rta_days_release of its recency
 * RTN_ERR_NOMEM.
 */
int rta_rfm_sum(const struct rta_rfm *rfm,
    struct rta_rfm_sum sums[RTA_RFM_SEGMENTS]);

/* Frees what it holds. */
void rta_rfm_release(struct rta_rfm *rfm);

#endif /* RTA_RFM_H_INCLUDED */
