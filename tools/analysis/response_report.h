/*
 * What the counting function of response.h ends in: the report of a campaign
 * as plain numbers, which every format tells.
 */

#ifndef RTA_RESPONSE_REPORT_H_INCLUDED
#define RTA_RESPONSE_REPORT_H_INCLUDED

#include "interval.h"
#include "rtn.h"
#include "rtn_event.h"
#include "rtn_money.h"
#include "rtn_time.h"
#include "sample_ratio.h"
#include "survival.h"

#define RTA_CURRENCIES_MAX    16    /* of a report; a note counts the rest */
#define RTA_CONFLICTS_MAX     20    /* listed; all are counted */
#define RTA_OVERLAPS_MAX      20    /* campaigns listed; all are counted */
#define RTA_NOTES_MAX        128
#define RTA_NOTE_MAX         300    /* bytes, with NUL */
#define RTA_ARM_HOLDOUT        0
#define RTA_ARM_ALL_TREATED  255    /* in a comparison: the arms together */
#define RTA_CAMPAIGN_MAX      65    /* bytes of another's name, with NUL */
#define RTA_SILENT_DAYS        3    /* of a window without an open or click */
#define RTA_ROUGH_BUYERS     200    /* fewer: an interval of money is rough */

/* What people do, in the order of a report's columns. */
enum rta_response_kind {
    RTA_OPENED = 0,
    RTA_CLICKED,
    RTA_VISITED,
    RTA_VIEWED,
    RTA_CARTED,
    RTA_CHECKED_OUT,
    RTA_RESPONSE_KINDS
};

#define RTA_MESSAGE_KINDS  2        /* opened and clicked are a message's */

/* "opened", "clicked", ...  Static. */
const char *rta_response_name(enum rta_response_kind kind);

struct rta_plan;

struct rta_money {
    uint64_t  orders;
    int64_t   revenue_minor;        /* amounts less refunds */
    int64_t   discount_minor;       /* by this campaign's coupons */
    int64_t   refund_minor;         /* taken off the revenue */
    int64_t   average_minor;        /* of an order; 0 without one */
    uint64_t  costed;               /* orders whose cost is known */
    int64_t   margin_minor;         /* revenue less cost, of those */
};

/* What a group of recipients did.  A recipient stands in each class that it
   has, so classes overlap. */
struct rta_tally {
    uint64_t          recipients;
    uint64_t          buyers;
    double            bought;       /* the share of buyers; 0 for nobody */
    uint64_t          orders;
    double            frequency;    /* orders a buyer; 0 without one */
    uint64_t          unsubscribed;
    uint64_t          issued;       /* coupons */
    uint64_t          redeemed;
    uint64_t          expired;      /* neither redeemed nor void by then */
    uint64_t          unique[RTA_RESPONSE_KINDS][RTN_CLASS_COUNT];
    uint64_t          total[RTA_RESPONSE_KINDS][RTN_CLASS_COUNT];
    uint64_t          any[RTA_RESPONSE_KINDS];  /* recipients, whatever the
                                                   class */
    struct rta_money  money[RTA_CURRENCIES_MAX];    /* by report->currencies */
};

struct rta_arm_row {
    const char        *name;        /* "holdout" for arm 0 */
    struct rta_tally   tally;

    /* Of the revenue in a currency, the part of the 1 % of buyers who spent
       most, at least one; 0 without revenue. */
    double             top_share[RTA_CURRENCIES_MAX];
};

struct rta_tier_row {
    const char              *name;  /* "" for recipients without a tier */
    const char              *arm;
    const struct rta_tally  *tally;
};

/* All arms together. */
struct rta_message_row {
    const char  *name;
    uint64_t     unique[RTA_MESSAGE_KINDS][RTN_CLASS_COUNT];
    uint64_t     total[RTA_MESSAGE_KINDS][RTN_CLASS_COUNT];
};

enum rta_metric {
    RTA_METRIC_BUYERS = 0,
    RTA_METRIC_VISITED,
    RTA_METRIC_ORDERS,              /* a customer */
    RTA_METRIC_REVENUE,
    RTA_METRIC_MARGIN,              /* revenue less cost */
    RTA_METRICS
};

/* "buyers", "visited", "orders", "revenue", "margin".  Static. */
const char *rta_metric_name(enum rta_metric metric);

/* A treated arm, or all of them, against the hold-out; with by, only those
   of one segment.  Money is in major units, ready to print. */
struct rta_comparison_row {
    const char             *arm;
    const char             *against;
    const char             *by;             /* "tier", "stage"; NULL: all */
    const char             *segment;        /* its name; "" for no tier */
    bool                    is_headline;    /* all of the treated */
    enum rta_metric         metric;
    rtn_currency_t          currency;       /* of revenue; else empty */
    bool                    is_withheld;    /* comparison says nothing */
    uint64_t                treated;        /* recipients */
    uint64_t                heldout;
    double                  treated_value;  /* share, or money a customer */
    double                  heldout_value;
    struct rta_comparison   comparison;
    bool                    has_holm;       /* one of several of its family */
    double                  p_holm;         /* p by Holm (holm.h) */
    double                  incremental;    /* customers, or money; 0 where */
    double                  incremental_low;    /* comparison has no such */
    double                  incremental_high;
};

/* The headline's differences found in another way. */
enum rta_estimate {
    RTA_ESTIMATE_ALWAYS = 0,        /* always valid: for who looks each day */
    RTA_ESTIMATE_CUPED,             /* by orders or spend of the year before */
    RTA_ESTIMATE_STRATIFIED,        /* by tier */
    RTA_ESTIMATE_WINSORISED,        /* the largest spends cut to a cap */
    RTA_ESTIMATE_BOOTSTRAP,         /* for few buyers */
    RTA_ESTIMATES
};

/* "always-valid", "cuped", "post-stratified", "winsorised", "bootstrap".
   Static. */
const char *rta_estimate_name(enum rta_estimate estimate);

#define RTA_BEFORE_DAYS      365        /* that cuped looks back from t0 */
#define RTA_WINSOR_PERCENT    99        /* of buyers spend up to the cap */

struct rta_estimate_row {
    enum rta_estimate  estimate;
    const char        *arm;
    const char        *against;
    enum rta_metric    metric;
    rtn_currency_t     currency;        /* of money; else empty */
    double             difference;      /* a share, or major units */
    bool               has_interval;    /* always-valid: enough buyers */
    double             low;
    double             high;
    bool               has_p;
    double             p;
    double             detail;          /* tau; rho; strata; the cap, major
                                           units; the seed */
    bool               has_saved;
    double             saved;           /* of the variance */
};

struct rta_day_arm {
    uint64_t  recipients;
    uint64_t  buyers;
};

/* All treated and the hold-out by the end of a day; buyers as comparisons
   count them. */
struct rta_day_row {
    rtn_day_t                  day;
    uint64_t                   treated;     /* whose window has begun */
    uint64_t                   heldout;
    uint64_t                   treated_buyers;
    uint64_t                   heldout_buyers;
    const struct rta_day_arm  *arms;        /* the same, as report->arms */
};

/*
 * What all treated arms brought in one currency, in major units:
 *
 *     value = incremental margin - discounts - cost
 *
 * where every order of the windows carries its cost (is_margin), else of the
 * incremental revenue, and then it is no profit but a return on revenue.
 */
struct rta_return_row {
    rtn_currency_t  currency;
    bool            is_margin;
    double          incremental;
    double          incremental_low;
    double          incremental_high;
    int64_t         discount_minor;
    int64_t         cost_minor;     /* 0: of another currency, or none */
    double          value;
    double          low;
    double          high;

    bool            has_ratio;      /* something was spent */
    double          ratio;          /* value / (discounts + cost) */

    /* Discounts that leave nothing: incremental less cost, and that for each
       coupon redeemed. */
    double          break_even;
    bool            has_break_even_each;
    double          break_even_each;

    /* Of the discounts, the part of buyers who would have bought anyway,
       taking coupons to be as frequent among them: discounts times the
       hold-out's share that bought / the treated's, within 0 and all. */
    bool            has_anyway;
    double          anyway;
    double          anyway_low;
    double          anyway_high;
};

/* What the hold-out did that it should not have been able to: each is a
   number of its customers, who stay in their arm. */
struct rta_contamination {
    uint64_t  customers;            /* with one or more of these */
    uint64_t  touched;              /* opened or clicked */
    uint64_t  unsubscribed;         /* by a mail of this campaign */
    uint64_t  redeemed;             /* ordered with a coupon of it */
};

#define RTA_AFTER_MONTH_DAYS     30
#define RTA_AFTER_QUARTER_DAYS   91
#define RTA_AFTER_WEEKS          13     /* of the curve */

enum rta_after_group {
    RTA_AFTER_TREATED = 0,          /* who bought in their windows */
    RTA_AFTER_HOLDOUT,
    RTA_AFTER_NEW,                  /* first order ever in that time, and no
                                       recipient */
    RTA_AFTER_GROUPS
};

/* "treated", "holdout", "new".  Static. */
const char *rta_after_name(enum rta_after_group group);

/*
 * What became of those who bought: their time from that day to their next
 * order on a later day, by Kaplan and Meier, watched up to the day until
 * which orders are known.  A difference is that of the treated less this
 * group; it compares those who came back with those who came back, which the
 * draw did not make alike, so it is no effect of the campaign.
 */
struct rta_after_row {
    const char                *name;
    uint64_t                   customers;
    uint64_t                   again;       /* seen to order again */
    struct rta_survival_point  month;       /* share that ordered again */
    struct rta_survival_point  quarter;
    bool                       has_median;  /* half of them did */
    uint32_t                   median_days;
    struct rta_survival_point  weeks[RTA_AFTER_WEEKS + 1];  /* by its end */

    bool                       has_difference;  /* at the quarter's end */
    double                     difference;
    double                     low;
    double                     high;
};

/* What happened on a day of the shop.  Days follow each other from the first
   window's first to the last window's last, or the cutoff. */
struct rta_activity_row {
    rtn_day_t        day;
    uint64_t         human[RTA_RESPONSE_KINDS];     /* times, all arms */
    const uint64_t  *orders;        /* by arm, as report->arms */
};

/* Clicks on a link, all arms; those without a link are in no row. */
struct rta_link_row {
    uint8_t   message;              /* number */
    uint8_t   link;                 /* number, RTN_LINK_TRAP: the honeypot */
    uint64_t  clicks[RTN_CLASS_COUNT];
};

/* Another campaign that counts some of the recipients at the same time. */
struct rta_overlap {
    char      campaign[RTA_CAMPAIGN_MAX];
    uint64_t  recipients;
};

/* Two sources that tell an order differently; the winner's stands. */
struct rta_conflict {
    char             order_id[RTN_ORDER_ID_MAX + 1];
    enum rtn_source  winner;        /* RTN_SOURCE_IMPORT, ... */
    enum rtn_source  loser;
    const char      *what;          /* "customer", "currency", "amount" */
};

struct rta_report {
    const struct rta_plan      *plan;
    bool                        has_holdout;
    bool                        window_complete;
    bool                        is_withheld;    /* not split as planned */
    bool                        holdout_orders_missing; /* all of them */
    bool                        ratio_is_tested;
    int64_t                     last_until_ms;  /* 0: no recipients */
    struct rta_sample_ratio     sample_ratio;
    struct rta_sample_ratio     remaining_ratio;    /* of those who did not
                                                       unsubscribe */

    size_t                      currency_count;
    const rtn_currency_t       *currencies;
    size_t                      arm_count;      /* hold-out included: first */
    struct rta_arm_row         *arms;
    size_t                      tier_count;     /* rows with recipients */
    struct rta_tier_row        *tiers;
    size_t                      message_count;
    struct rta_message_row     *messages;
    size_t                      comparison_count;
    struct rta_comparison_row  *comparisons;
    size_t                      segment_count;
    struct rta_comparison_row  *segments;       /* exploratory */
    size_t                      estimate_count;
    struct rta_estimate_row    *estimates;
    size_t                      day_count;
    struct rta_day_row         *days;           /* without a gap */
    size_t                      return_count;
    struct rta_return_row       returns[RTA_CURRENCIES_MAX];

    size_t                      after_count;    /* 0: nobody came back */
    struct rta_after_row        after[RTA_AFTER_GROUPS];

    size_t                          activity_count;
    const struct rta_activity_row  *activity;       /* by day */
    size_t                      link_count;
    const struct rta_link_row  *links;

    uint64_t                    records_damaged;
    uint64_t                    repeats_dropped;
    uint64_t                    strays;         /* events of no recipient */
    uint64_t                    outside;        /* events outside a window */
    uint64_t                    currencies_over;    /* orders left out */
    uint64_t                    uncosted;       /* orders without a cost */
    uint64_t                    net;            /* imported orders that are
                                                   known to be less their
                                                   coupon's discount */
    uint64_t                    silent;         /* recipients that were
                                                   treated, when none of them
                                                   opened or clicked */
    uint64_t                    redeemed_here;  /* times; restored ones too */
    uint64_t                    redeemed_elsewhere; /* by imported orders */
    struct rta_contamination    contamination;
    uint64_t                    overlap_count;
    struct rta_overlap          overlaps[RTA_OVERLAPS_MAX];
    uint64_t                    conflict_count;
    struct rta_conflict         conflicts[RTA_CONFLICTS_MAX];

    size_t                      note_count;
    char                      (*notes)[RTA_NOTE_MAX];
};

#endif /* RTA_RESPONSE_REPORT_H_INCLUDED */
