/* Counting what recipients did: what they were before, and did after. */

#include <math.h>
#include <stdlib.h>

#include "response_state.h"
#include "zone.h"

#define HISTORY_FIRST_SIZE    64        /* purchases of a customer */

/* By chance there are none where 10 are expected in 1 of 22,026 campaigns. */
#define HISTORY_EXPECTED_MIN  10

/* The limits between stages are those of 'segment lifecycle'. */
static const struct rta_stage_limits  history_limits = { 90, 180, 360 };

static const char *const  history_names[RTA_AFTER_GROUPS] = {
    [RTA_AFTER_TREATED] = "treated",
    [RTA_AFTER_HOLDOUT] = "holdout",
    [RTA_AFTER_NEW] = "new"
};

/* The customer whose orders come, and what the customers before left. */
struct response_history {
    uint8_t               *stages;      /* by recipient; 0: a visitor */
    struct rta_rhythm      rhythm;

    uint32_t               customer;    /* 0: none yet */
    size_t                 at;
    bool                   is_known;    /* bought before what counts */
    bool                   has_order;   /* of whatever time */
    bool                   has_start;   /* bought in the window */
    bool                   has_next;    /* and on a later day */
    rtn_day_t              start;
    rtn_day_t              next;
    struct rta_purchase   *purchases;   /* before t0 */
    size_t                 n;
    size_t                 size;

    /* New customers are those of the time from the first t0 to the last
       window's end. */
    int64_t                from_ms;
    int64_t                until_ms;
    int64_t                known_ms;    /* all orders before it are known */
    rtn_day_t              known;       /* the last day that is known */
    struct rta_survival    groups[RTA_AFTER_GROUPS];
    uint64_t               with_orders[RTA_AFTER_GROUPS];   /* recipients */
};


const char *
rta_after_name(enum rta_after_group group)
{
    return history_names[group];
}


static int
history_begin(struct rta_response *response)
{
    const struct rta_plan    *plan = &response->plan;
    struct response_history  *history;

    history = calloc(1, sizeof(*history));

    if (history == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->history = history;
    history->stages = calloc(response->n + 1, sizeof(*history->stages));

    if (history->stages == NULL) {
        return RTN_ERR_NOMEM;
    }

    history->from_ms = response->first_t0_ms;
    history->until_ms = response->report.last_until_ms;
    history->known_ms = plan->orders_until_ms < plan->cutoff_ms
                        ? plan->orders_until_ms : plan->cutoff_ms;

    if (plan->has_orders) {
        history->known = rta_zone_day(history->known_ms - 1);
    }

    return 0;
}


void
response_history_free(struct response_history *history)
{
    if (history != NULL) {
        rta_rhythm_release(&history->rhythm);
        free(history->purchases);
        free(history->stages);
        free(history);
    }
}


static int
history_before(struct response_history *history, rtn_day_t day)
{
    size_t  size;
    void   *p;

    if (history->n == history->size) {
        size = history->size == 0 ? HISTORY_FIRST_SIZE : history->size * 2;
        p = realloc(history->purchases, size * sizeof(*history->purchases));

        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        history->purchases = p;
        history->size = size;
    }

    history->purchases[history->n++] = (struct rta_purchase) { .day = day };

    return 0;
}


/* The stage as of the day on which the window begins. */

static int
history_judge(struct rta_response *response, struct response_history *history)
{
    int                  rc;
    rtn_day_t            day;
    struct rta_standing  standing;

    day = rta_zone_day(response->recipients[history->at].t0_ms);
    rc = rta_lifecycle_judge(&history_limits, &history->rhythm,
                             history->purchases, history->n, day, &standing);

    if (rc == 0) {
        history->stages[history->at] = (uint8_t) standing.stage;
    }

    return rc;
}


static enum rta_after_group
history_group(const struct rta_response *response, size_t at)
{
    if (at == RESPONSE_NOBODY) {
        return RTA_AFTER_NEW;
    }

    return response->recipients[at].arm == RTA_ARM_HOLDOUT
           ? RTA_AFTER_HOLDOUT : RTA_AFTER_TREATED;
}


/* Ends the customer at hand. */

static int
history_flush(struct rta_response *response, struct response_history *history)
{
    int                   rc = 0;
    enum rta_after_group  group = RTA_AFTER_NEW;

    if (history->customer != 0) {
        group = history_group(response, history->at);
    }

    if (history->n > 0) {
        rc = history_judge(response, history);
    }

    if (history->has_start) {
        rta_survival_add(&history->groups[group],
                         (history->has_next ? history->next : history->known)
                         - history->start, history->has_next);
    }

    history->with_orders[group] += history->has_order;

    history->is_known = false;
    history->has_order = false;
    history->has_start = false;
    history->has_next = false;
    history->n = 0;

    return rc;
}


/* A purchase day that counts: the first one begins, the next one ends. */

static void
history_after(struct response_history *history, bool is_inside, rtn_day_t day)
{
    if (!history->has_start) {
        history->has_start = is_inside;
        history->start = day;

    } else if (!history->has_next && day > history->start) {
        history->has_next = true;
        history->next = day;
    }
}


int
response_history_order(struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    int                       rc = 0;
    rtn_day_t                 day;
    struct response_history  *history = response->history;

    if (history == NULL) {
        rc = history_begin(response);
        history = response->history;
    }

    if (rc == 0 && order->customer != history->customer) {
        rc = history_flush(response, history);
        history->customer = order->customer;
        history->at = at;
        history->has_order = true;
    }

    if (rc != 0 || history->is_known
        || order->ordered_ms >= response->plan.cutoff_ms)
    {
        return rc;
    }

    if (at == RESPONSE_NOBODY && !history->has_start
        && (order->ordered_ms < history->from_ms
            || order->ordered_ms >= history->until_ms))
    {
        history->is_known = true;
        return 0;
    }

    day = rta_zone_day(order->ordered_ms);

    if (at != RESPONSE_NOBODY
        && order->ordered_ms < response->recipients[at].t0_ms)
    {
        rc = history_before(history, day);

        return rc != 0 ? rc : response_before_order(response, at, order);
    }

    /* what comes after is watched only while all orders are known */

    if (order->ordered_ms < history->known_ms) {
        history_after(history,
                      at == RESPONSE_NOBODY
                      || order->ordered_ms < response->recipients[at].until_ms,
                      day);
    }

    return 0;
}


/* The treated less this group; the interval from those of both, as Newcombe's
   is (Zou and Donner, Statistics in Medicine 27:1693, 2008). */

static void
history_compare(const struct rta_after_row *treated,
    struct rta_after_row *row)
{
    double                            d;
    const struct rta_survival_point  *a = &treated->quarter;
    const struct rta_survival_point  *b = &row->quarter;

    if (!a->has_interval || !b->has_interval) {
        return;
    }

    d = a->share - b->share;
    row->has_difference = true;
    row->difference = d;
    row->low = d - hypot(a->share - a->interval.low,
                         b->interval.high - b->share);
    row->high = d + hypot(a->interval.high - a->share,
                          b->share - b->interval.low);
}


static void
history_row(const struct rta_survival *survival, struct rta_after_row *row)
{
    uint32_t  day, week;

    for (day = 0; day <= RTA_SURVIVAL_DAYS_MAX; day++) {
        row->again += survival->events[day];
        row->customers += survival->events[day] + survival->censored[day];
    }

    for (week = 0; week <= RTA_AFTER_WEEKS; week++) {
        rta_survival_at(survival, 7 * week, RTA_LEVEL, &row->weeks[week]);
    }

    rta_survival_at(survival, RTA_AFTER_MONTH_DAYS, RTA_LEVEL, &row->month);
    rta_survival_at(survival, RTA_AFTER_QUARTER_DAYS, RTA_LEVEL,
                    &row->quarter);
    row->has_median = rta_survival_median(survival, &row->median_days);
}


/* Not one order of the hold-out, of whatever time, where the treated's share
   of customers with one lets some be expected: then they were left out. */

static void
history_missing(struct rta_response *response,
    const struct response_history *history)
{
    size_t              arm;
    double              treated = 0, heldout;
    struct rta_report  *report = &response->report;

    for (arm = 1; arm < report->arm_count; arm++) {
        treated += (double) report->arms[arm].tally.recipients;
    }

    heldout = (double) report->arms[RTA_ARM_HOLDOUT].tally.recipients;

    report->holdout_orders_missing
        = history->with_orders[RTA_AFTER_HOLDOUT] == 0
          && (double) history->with_orders[RTA_AFTER_TREATED] * heldout
             >= HISTORY_EXPECTED_MIN * treated
          && treated > 0 && heldout > 0;
}


int
response_history_close(struct rta_response *response)
{
    int                       rc;
    size_t                    i;
    struct rta_report        *report = &response->report;
    struct response_history  *history = response->history;

    if (history == NULL) {
        return 0;
    }

    rc = history_flush(response, history);

    for (i = 0; i < RTA_AFTER_GROUPS; i++) {
        report->after[i].name = history_names[i];
        history_row(&history->groups[i], &report->after[i]);

        if (i != RTA_AFTER_TREATED) {
            history_compare(&report->after[RTA_AFTER_TREATED],
                            &report->after[i]);
        }
    }

    if (report->after[RTA_AFTER_TREATED].customers > 0) {
        report->after_count = RTA_AFTER_GROUPS;
    }

    history_missing(response, history);

    return rc;
}


enum rta_stage
response_stage(const struct rta_response *response, size_t at)
{
    return response->history == NULL
           ? RTA_STAGE_VISITOR
           : (enum rta_stage) response->history->stages[at];
}
