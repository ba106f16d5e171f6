/* Counting what recipients did: what a reader must know beside the numbers. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "response_state.h"


static void note_add(struct rta_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note_add(struct rta_report *report, const char *format, ...)
{
    va_list  args;

    if (report->note_count == RTA_NOTES_MAX) {
        return;
    }

    va_start(args, format);
    vsnprintf(report->notes[report->note_count++], RTA_NOTE_MAX, format, args);
    va_end(args);
}


static void
note_orders(struct rta_report *report)
{
    char                    until[RTN_TIME_TEXT_MAX];
    const struct rta_plan  *plan = report->plan;

    rtn_time_format(report->last_until_ms, until);

    if (!plan->has_orders) {
        note_add(report, "no orders were imported: what the hold-out bought "
                 "is known only where a server's event names the customer; "
                 "run 'retentionctl import orders'");
    }

    if (report->holdout_orders_missing) {
        note_add(report, "of the hold-out no order of any time is known, of "
                 "the treated there are: import the orders of all customers, "
                 "or nothing can be compared");
    }

    if (report->last_until_ms != 0 && !report->window_complete) {
        note_add(report, "the last window ends at %s: the numbers are "
                 "preliminary until that time has passed and orders are "
                 "known until then; 'import orders --until DAY' says so",
                 until);
    }
}


static void
note_split(struct rta_report *report)
{
    const struct rta_sample_ratio  *ratio = &report->sample_ratio;

    if (report->is_withheld) {
        note_add(report, "the arms were not split as planned (p %.2g, at "
                 "least %g expected): differences are withheld, since "
                 "whatever moved the split can have moved them",
                 ratio->p, RTA_SAMPLE_RATIO_P_MIN);
    }

    if (!report->plan->has_shares) {
        note_add(report, "the campaign names no share of the hold-out, so "
                 "the split was not tested");
    }

    if (!report->has_holdout) {
        note_add(report, "there is no hold-out: how many would have bought "
                 "anyway is not known");
    }

    if (report->remaining_ratio.has_p && !report->remaining_ratio.ok) {
        note_add(report, "without those who unsubscribed the split is no "
                 "longer as planned (p %.2g): the mail drove some away, so "
                 "never compare those who are left",
                 report->remaining_ratio.p);
    }
}


static void
note_contamination(struct rta_report *report)
{
    const struct rta_contamination  *found = &report->contamination;

    if (found->touched > 0) {
        note_add(report, "%" PRIu64 " of the hold-out opened or clicked, "
                 "which they should not have been able to; they stay in "
                 "their arm", found->touched);
    }

    if (found->redeemed > 0) {
        note_add(report, "%" PRIu64 " of the hold-out ordered with a coupon "
                 "of this campaign; they stay in their arm",
                 found->redeemed);
    }

    if (found->unsubscribed > 0) {
        note_add(report, "%" PRIu64 " of the hold-out unsubscribed by a mail "
                 "of this campaign; they stay in their arm",
                 found->unsubscribed);
    }

    if (found->customers > 0) {
        note_add(report, "%" PRIu64 " of %" PRIu64 " held out were reached "
                 "by the campaign: what it did is on both sides for them, "
                 "which draws the differences towards zero", found->customers,
                 report->arms[RTA_ARM_HOLDOUT].tally.recipients);
    }
}


/* What the hold-out bought in imports' and servers' words. */

static void
note_comparison(struct rta_report *report,
    const struct rta_comparison_row *row, const struct rta_tally *holdout)
{
    uint64_t  treated;

    if (row->metric == RTA_METRIC_BUYERS && report->plan->has_orders
        && row->heldout_value == 0 && row->treated_value > 0)
    {
        note_add(report, "no order of the hold-out is known; see that the "
                 "orders of all customers were imported");
    }

    treated = (uint64_t) (row->treated_value * (double) row->treated + 0.5);

    if (row->metric == RTA_METRIC_BUYERS && !report->is_withheld
        && (treated < RTA_ROUGH_BUYERS || holdout->buyers < RTA_ROUGH_BUYERS))
    {
        note_add(report, "fewer than %d buyers in an arm: intervals of "
                 "revenue are rough", RTA_ROUGH_BUYERS);
    }
}


static void
note_comparisons(struct rta_report *report)
{
    size_t                            i;
    const struct rta_comparison_row  *row;

    for (i = 0; i < report->comparison_count; i++) {
        row = &report->comparisons[i];

        if (row->is_headline) {
            note_comparison(report, row, &report->arms[0].tally);
        }
    }

    if (report->plan->arm_count > 1 && report->has_holdout) {
        note_add(report, "%zu arms are compared with one hold-out: judge "
                 "them by p adjusted by Holm; intervals are not adjusted",
                 report->plan->arm_count);
    }

    if (report->segment_count > 0) {
        note_add(report, "tiers and stages are exploratory: judge them by p "
                 "adjusted by Holm over the rows of their metric, and test "
                 "what is found in the next campaign");
    }
}


static void
note_overlaps(struct rta_report *report)
{
    size_t                     i, arm;
    uint64_t                   recipients = 0;
    const struct rta_overlap  *overlap;

    for (arm = 0; arm < report->arm_count; arm++) {
        recipients += report->arms[arm].tally.recipients;
    }

    for (i = 0; i < report->overlap_count && i < RTA_OVERLAPS_MAX; i++) {
        overlap = &report->overlaps[i];
        note_add(report, "%" PRIu64 " of %" PRIu64 " recipients are in "
                 "campaign '%s' at the same time: an order counts in both, "
                 "so their lifts cannot be added", overlap->recipients,
                 recipients, overlap->campaign);
    }

    if (report->overlap_count > RTA_OVERLAPS_MAX) {
        note_add(report, "%" PRIu64 " more campaigns have some of the "
                 "recipients at the same time",
                 report->overlap_count - RTA_OVERLAPS_MAX);
    }
}


static void
note_estimates(struct rta_report *report)
{
    size_t  i;
    bool    found[RTA_ESTIMATES] = { false };

    for (i = 0; i < report->estimate_count; i++) {
        found[report->estimates[i].estimate] = true;
    }

    if (found[RTA_ESTIMATE_ALWAYS]) {
        note_add(report, "the always-valid estimate looks at the end of each "
                 "day with tau %g; changing tau between looks makes it void",
                 report->plan->tau);
    }

    if (report->plan->is_adjusted && report->comparison_count > 0
        && !found[RTA_ESTIMATE_CUPED])
    {
        note_add(report, "no order of a recipient in the %d days before is "
                 "known, so cuped has nothing to go by", RTA_BEFORE_DAYS);
    }

    if (report->plan->is_adjusted && report->comparison_count > 0
        && !found[RTA_ESTIMATE_STRATIFIED])
    {
        note_add(report, "tiers do not divide the recipients, or one has "
                 "fewer than two in an arm, so nothing was post-stratified");
    }
}


static void
note_money(struct rta_report *report)
{
    size_t                  i;
    const struct rta_plan  *plan = report->plan;

    if (report->currency_count > 1) {
        note_add(report, "money in %zu currencies is counted one by one and "
                 "never converted", report->currency_count);
    }

    if (report->currencies_over > 0) {
        note_add(report, "more than %d currencies: the money of %" PRIu64
                 " orders is in no sum", RTA_CURRENCIES_MAX,
                 report->currencies_over);
    }

    if (report->uncosted > 0) {
        note_add(report, "%" PRIu64 " orders carry no cost, so no margin was "
                 "compared in their currency", report->uncosted);
    }

    if (report->net > 0) {
        note_add(report, "the amounts of %" PRIu64 " imported orders are "
                 "already less their coupon's discount, which profit and "
                 "return on revenue take off once more: they are too low by "
                 "it", report->net);
    }

    for (i = 0; i < report->currency_count; i++) {
        if (memcmp(report->currencies[i], plan->cost_currency,
                   RTN_CURRENCY_LEN) == 0)
        {
            return;
        }
    }

    if (plan->cost_minor > 0 && report->currency_count > 0) {
        note_add(report, "the cost is in %s, in which there is no revenue, "
                 "so no return was found", plan->cost_currency);
    }
}


static void
note_conflicts(struct rta_report *report)
{
    size_t                      i;
    const struct rta_conflict  *conflict;

    if (report->conflict_count == 0) {
        return;
    }

    note_add(report, "%" PRIu64 " times sources disagree about an order; an "
             "import wins over a purchase event, that over a redemption",
             report->conflict_count);

    for (i = 0; i < report->conflict_count && i < RTA_CONFLICTS_MAX; i++) {
        conflict = &report->conflicts[i];
        note_add(report, "order '%s': the %s of '%s' differs from that of "
                 "'%s', which stands", conflict->order_id, conflict->what,
                 rtn_source_name(conflict->loser),
                 rtn_source_name(conflict->winner));
    }
}


/* What the report would look like, had the mail or the shop never led here. */

static void
note_tracking(struct rta_report *report)
{
    if (report->silent > 0) {
        note_add(report, "no open and no click of any class was counted of "
                 "%" PRIu64 " treated: see that the mail was sent, and that "
                 "its pixel and links lead to this server", report->silent);
    }

    if (report->plan->is_tracked && report->redeemed_elsewhere > 0
        && report->redeemed_here == 0)
    {
        note_add(report, "%" PRIu64 " coupons were used in imported orders, "
                 "and not one was redeemed here: where the shop's checkout "
                 "should redeem them, see that it reaches this server",
                 report->redeemed_elsewhere);
    }
}


static void
note_health(struct rta_report *report)
{
    char  pruned[RTN_TIME_TEXT_MAX];

    note_tracking(report);

    if (report->plan->pruned_ms != 0) {
        rtn_time_format(report->plan->pruned_ms, pruned);

        note_add(report, "the event log was pruned up to %s: of the time "
                 "before, the report has what was added up by then", pruned);
    }

    if (report->records_damaged > 0) {
        note_add(report, "%" PRIu64 " records could not be read and are in "
                 "no count; run 'retentionctl check'",
                 report->records_damaged);
    }

    if (report->strays > 0) {
        note_add(report, "%" PRIu64 " events of the campaign are of nobody "
                 "who is in it", report->strays);
    }

    if (report->outside > 0) {
        note_add(report, "%" PRIu64 " events of the campaign lie outside of "
                 "their recipient's window and are not counted",
                 report->outside);
    }
}


int
response_notes(struct rta_response *response)
{
    struct rta_report  *report = &response->report;

    report->notes = calloc(RTA_NOTES_MAX, sizeof(*report->notes));

    if (report->notes == NULL) {
        return RTN_ERR_NOMEM;
    }

    note_orders(report);
    note_split(report);
    note_contamination(report);
    note_comparisons(report);
    note_overlaps(report);
    note_estimates(report);
    note_money(report);
    note_health(report);
    note_conflicts(report);

    note_add(report, "a recipient stands in each class that it has, so "
             "human, unknown and machine overlap");
    note_add(report, "what nginx could not record is counted by its metric "
             "retention_lost_total and is not known here");

    return 0;
}
