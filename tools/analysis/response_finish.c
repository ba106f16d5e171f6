/* Counting what recipients did: from cells to the report's rows. */

#include <stdlib.h>
#include <string.h>

#include "response_state.h"

#define FINISH_SILENT_MS  (RTA_SILENT_DAYS * INT64_C(86400000))


static void
finish_expired(struct rta_response *response)
{
    size_t                       at;
    const struct rta_recipient  *recipient;

    for (at = 0; at < response->n; at++) {
        recipient = &response->recipients[at];

        if (recipient->code != 0
            && !(response->bits[at] & (RESPONSE_REDEEMED | RESPONSE_VOID))
            && recipient->code_expires_ms <= response->plan.cutoff_ms)
        {
            response_cell(response, at)->expired++;
        }
    }
}


/* A recipient of several classes is one recipient. */

static void
finish_any(struct rta_response *response)
{
    size_t             at, kind;
    uint32_t           class_bits = (1u << RTN_CLASS_COUNT) - 1;
    struct rta_tally  *cell;

    for (at = 0; at < response->n; at++) {
        cell = response_cell(response, at);

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            cell->any[kind] += (response->bits[at] >> kind * RTN_CLASS_COUNT
                                & class_bits) != 0;
        }
    }
}


static int
finish_add(struct rta_tally *sum, const struct rta_tally *cell)
{
    int     rc = 0;
    size_t  i, kind, class;

    sum->recipients += cell->recipients;
    sum->buyers += cell->buyers;
    sum->orders += cell->orders;
    sum->unsubscribed += cell->unsubscribed;
    sum->issued += cell->issued;
    sum->redeemed += cell->redeemed;
    sum->expired += cell->expired;

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        sum->any[kind] += cell->any[kind];

        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            sum->unique[kind][class] += cell->unique[kind][class];
            sum->total[kind][class] += cell->total[kind][class];
        }
    }

    for (i = 0; i < RTA_CURRENCIES_MAX && rc == 0; i++) {
        sum->money[i].orders += cell->money[i].orders;
        rc = response_add(&sum->money[i].revenue_minor,
                          cell->money[i].revenue_minor);

        sum->money[i].costed += cell->money[i].costed;

        if (rc == 0) {
            rc = response_add(&sum->money[i].discount_minor,
                              cell->money[i].discount_minor);
        }

        if (rc == 0) {
            rc = response_add(&sum->money[i].refund_minor,
                              cell->money[i].refund_minor);
        }

        if (rc == 0) {
            rc = response_add(&sum->money[i].margin_minor,
                              cell->money[i].margin_minor);
        }
    }

    return rc;
}


/* Shares and averages; half a minor unit goes away from zero. */

static void
finish_derive(struct rta_tally *tally)
{
    size_t             i;
    int64_t            half;
    struct rta_money  *money;

    if (tally->recipients > 0) {
        tally->bought = (double) tally->buyers / (double) tally->recipients;
    }

    if (tally->buyers > 0) {
        tally->frequency = (double) tally->orders / (double) tally->buyers;
    }

    for (i = 0; i < RTA_CURRENCIES_MAX; i++) {
        money = &tally->money[i];

        if (money->orders > 0) {
            half = (int64_t) (money->orders / 2);
            half = money->revenue_minor < 0 ? -half : half;
            money->average_minor = (int64_t) (((__int128)
                                               money->revenue_minor + half)
                                              / (__int128) money->orders);
        }
    }
}


static int
finish_arms(struct rta_response *response)
{
    int                     rc;
    size_t                  arm, tier, tiers;
    const struct rta_plan  *plan = &response->plan;
    struct rta_report      *report = &response->report;

    tiers = plan->tier_count + 1;
    report->arm_count = plan->arm_count + 1;
    report->arms = calloc(report->arm_count, sizeof(*report->arms));

    if (report->arms == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (arm = 0; arm < report->arm_count; arm++) {
        report->arms[arm].name = arm == RTA_ARM_HOLDOUT
                                 ? "holdout" : plan->arms[arm - 1].name;

        for (tier = 0; tier < tiers; tier++) {
            rc = finish_add(&report->arms[arm].tally,
                            &response->cells[arm * tiers + tier]);

            if (rc != 0) {
                return rc;
            }
        }

        finish_derive(&report->arms[arm].tally);
    }

    return 0;
}


static int
finish_tiers(struct rta_response *response)
{
    size_t                   i, arm, tier, tiers;
    struct rta_tally        *cell;
    struct rta_tier_row     *row;
    const struct rta_plan   *plan = &response->plan;
    struct rta_report       *report = &response->report;

    tiers = plan->tier_count + 1;
    report->tiers = calloc(tiers * report->arm_count, sizeof(*report->tiers));

    if (report->tiers == NULL) {
        return RTN_ERR_NOMEM;
    }

    /* Those without a tier, which is number 0, come last. */

    for (i = 1; i <= tiers; i++) {
        tier = i % tiers;

        for (arm = 0; arm < report->arm_count; arm++) {
            cell = &response->cells[arm * tiers + tier];

            if (cell->recipients > 0) {
                finish_derive(cell);
                row = &report->tiers[report->tier_count++];
                row->name = tier == 0 ? "" : plan->tiers[tier - 1];
                row->arm = report->arms[arm].name;
                row->tally = cell;
            }
        }
    }

    return 0;
}


static void
finish_messages(struct rta_response *response)
{
    size_t                  i;
    const struct rta_plan  *plan = &response->plan;
    struct rta_report      *report = &response->report;

    report->message_count = plan->message_count;

    for (i = 0; i < plan->message_count; i++) {
        report->messages[i].name = plan->messages[i];
    }
}


static int
finish_ratio(struct rta_response *response)
{
    double                 *shares;
    size_t                  i;
    uint64_t               *counts;
    const struct rta_plan  *plan = &response->plan;
    struct rta_report      *report = &response->report;

    counts = calloc(report->arm_count, sizeof(*counts));
    shares = calloc(report->arm_count, sizeof(*shares));

    if (counts == NULL || shares == NULL) {
        free(counts);
        free(shares);
        return RTN_ERR_NOMEM;
    }

    shares[0] = plan->holdout_ppm / 1e6;

    for (i = 0; i < report->arm_count; i++) {
        counts[i] = report->arms[i].tally.recipients;

        if (i > 0) {
            shares[i] = (1 - shares[0]) * (plan->arms[i - 1].share_ppm / 1e6);
        }
    }

    report->sample_ratio.ok = true;
    report->remaining_ratio.ok = true;

    if (plan->has_shares && plan->arm_count > 0) {
        rta_sample_ratio(counts, shares, report->arm_count,
                         &report->sample_ratio);
        report->ratio_is_tested = report->sample_ratio.has_p;

        /* And again without those who left: what the mail drove away. */

        for (i = 0; i < report->arm_count; i++) {
            counts[i] -= report->arms[i].tally.unsubscribed;
        }

        rta_sample_ratio(counts, shares, report->arm_count,
                         &report->remaining_ratio);
    }

    free(counts);
    free(shares);

    return 0;
}


/* Machines fetch pixels too, so that nothing at all from anybody is no answer
   of the customers.  The mail may go out late, or before a weekend. */

static void
finish_silent(struct rta_response *response)
{
    size_t                  arm, kind, class;
    uint64_t                treated = 0, seen = 0;
    const struct rta_plan  *plan = &response->plan;
    struct rta_report      *report = &response->report;

    if (!plan->is_tracked || response->n == 0
        || plan->cutoff_ms - response->first_t0_ms < FINISH_SILENT_MS)
    {
        return;
    }

    for (arm = 0; arm < report->arm_count; arm++) {
        if (arm != RTA_ARM_HOLDOUT) {
            treated += report->arms[arm].tally.recipients;
        }

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            for (class = 0; class < RTN_CLASS_COUNT; class++) {
                seen += report->arms[arm].tally.total[kind][class];
            }
        }
    }

    report->silent = seen == 0 ? treated : 0;
}


static int
finish_state(struct rta_response *response)
{
    const struct rta_plan  *plan = &response->plan;
    struct rta_report      *report = &response->report;

    report->plan = plan;
    report->currency_count = response->currency_count;
    report->currencies = response->currencies;
    report->has_holdout = report->arms[0].tally.recipients > 0;
    report->is_withheld = !report->sample_ratio.ok;
    report->window_complete = response->n > 0
                              && plan->cutoff_ms >= report->last_until_ms
                              && plan->has_orders
                              && plan->orders_until_ms
                                 >= report->last_until_ms;

    finish_silent(response);
    response_contamination(response);

    return 0;
}


int
rta_response_finish(struct rta_response *response,
    const struct rta_report **report)
{
    int     rc;
    size_t  i;

    static int (*const  parts[])(struct rta_response *) = {
        finish_arms, finish_tiers, finish_ratio, finish_state,
        response_history_close, response_compare, response_segments,
        response_days, response_estimates, response_returns,
        response_detail_finish, response_notes
    };

    rc = response_ledger_close(response);

    if (rc != 0) {
        return rc;
    }

    finish_expired(response);
    finish_any(response);
    finish_messages(response);

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == 0; i++) {
        rc = parts[i](response);
    }

    if (rc == 0) {
        *report = &response->report;
    }

    return rc;
}


bool
rta_response_flags(struct rta_response *response, uint32_t customer,
    struct rta_recipient_flags *flags)
{
    int       kind;
    size_t    at = response_find(response, customer);
    uint32_t  bits;

    if (at == RESPONSE_NOBODY) {
        return false;
    }

    bits = response->bits[at];

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        flags->seen[kind] = bits >> (kind * RTN_CLASS_COUNT
                                     + RTN_CLASS_HUMAN) & 1;
    }

    flags->is_buyer = (bits & RESPONSE_BUYER) != 0;
    flags->has_redeemed = (bits & RESPONSE_REDEEMED) != 0;
    flags->has_unsubscribed = (bits & RESPONSE_UNSUBSCRIBED) != 0;

    return true;
}
