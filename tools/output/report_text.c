/* The report for people. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "report_words.h"
#include "table.h"

#define TEXT_CELL_MAX  48           /* bytes of a cell, with NUL */

struct report_cell {
    char  bytes[TEXT_CELL_MAX];
};


static void
text_heading(FILE *out, const char *heading)
{
    fprintf(out, "\n%s\n", heading);
}


static struct rto_value
text_share(struct report_cell *cell, bool has, double share)
{
    if (!has) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), "%6.2f %%", 100 * share);

    return rto_string(cell->bytes);
}


static struct rto_value
text_ratio(struct report_cell *cell, bool has, double ratio)
{
    if (!has) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), "%7.2f", ratio);

    return rto_string(cell->bytes);
}


static struct rto_value
text_count(uint64_t n)
{
    return rto_integer((int64_t) n);
}


/* What the report rests on. */

static void
text_head(FILE *out, const struct rto_report *report)
{
    char                      starts[11], last[11], until[RTN_TIME_TEXT_MAX];
    const struct rta_report  *counts = report->counts;

    rtn_day_format(report->starts, starts);
    rtn_day_format(report->last_day, last);

    if (report->title[0] != '\0') {
        fprintf(out, "%s (%s)\n", report->title, report->campaign);

    } else {
        fprintf(out, "%s\n", report->campaign);
    }

    if (!counts->plan->has_orders) {
        snprintf(until, sizeof(until), "never imported");

    } else if (report->has_orders_day) {
        rtn_day_format(report->orders_day, until);

    } else {
        rtn_time_format(counts->plan->orders_until_ms, until);
    }

    fprintf(out, "orders known until  %s\n", until);
    fprintf(out, "window              %d days from %s", report->window_days,
            starts);

    if (counts->last_until_ms != 0) {
        fprintf(out, ", the last day %s: %s", last,
                counts->window_complete ? "complete" : "not complete");
    }

    fputc('\n', out);
}


static void
text_split(FILE *out, const char *label, const struct rta_sample_ratio *ratio)
{
    if (ratio->has_chi2) {
        fprintf(out, "%-20s%s: chi-square %.5g, p %.3g\n", label,
                ratio->ok ? "yes" : "no", ratio->chi2, ratio->p);

    } else {
        fprintf(out, "%-20s%s\n", label, ratio->ok ? "nobody is left"
                : "no: customers in an arm of no share");
    }
}


static void
text_health(FILE *out, const struct rta_report *counts)
{
    fprintf(out, "tracking            %s: %s%" PRIu64 " damaged records, "
            "%" PRIu64 " repeats dropped\n",
            counts->records_damaged == 0 && counts->silent == 0
            ? "healthy" : "not healthy",
            counts->silent == 0 ? "" : "no open or click of any class, ",
            counts->records_damaged, counts->repeats_dropped);

    if (counts->plan->is_tracked && counts->redeemed_elsewhere > 0
        && counts->redeemed_here == 0)
    {
        fprintf(out, "redemptions         none here: %" PRIu64 " by imported "
                "orders alone, see the notes\n", counts->redeemed_elsewhere);
    }

    fprintf(out, "orders' sources     %s: %" PRIu64 " disagreements\n",
            counts->conflict_count == 0 ? "agree" : "disagree",
            counts->conflict_count);

    if (counts->contamination.customers > 0) {
        fprintf(out, "hold-out            %" PRIu64 " reached by the "
                "campaign, see the notes\n", counts->contamination.customers);
    }

    if (!counts->ratio_is_tested) {
        fputs("split as planned    not tested\n", out);
        return;
    }

    text_split(out, "split as planned", &counts->sample_ratio);
    text_split(out, "and of who stayed", &counts->remaining_ratio);
}


static void
text_arm(struct rto_table *table, const struct rta_arm_row *arm)
{
    struct report_cell       share, frequency;
    const struct rta_tally  *tally = &arm->tally;

    struct rto_value  row[] = {
        rto_string(arm->name), text_count(tally->recipients),
        text_count(tally->buyers),
        text_share(&share, tally->recipients > 0, tally->bought),
        text_count(tally->orders),
        text_ratio(&frequency, tally->buyers > 0, tally->frequency),
        text_count(tally->issued), text_count(tally->redeemed),
        text_count(tally->expired), text_count(tally->unsubscribed)
    };

    (void) rto_row(table, row);
}


static int
text_arms(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "recipients", RTO_INTEGER, NULL },
        { "buyers", RTO_INTEGER, NULL },
        { "bought", RTO_TEXT, "  bought" },
        { "orders", RTO_INTEGER, NULL },
        { "orders_per_buyer", RTO_TEXT, "a buyer" },
        { "issued", RTO_INTEGER, "coupons" },
        { "redeemed", RTO_INTEGER, NULL },
        { "expired", RTO_INTEGER, NULL },
        { "unsubscribed", RTO_INTEGER, NULL }
    };

    text_heading(out, "Arms");
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 10, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->arm_count; i++) {
        text_arm(table, &counts->arms[i]);
    }

    return rto_end(table);
}


static void
text_sums(struct rto_table *table, const struct rta_arm_row *arm, size_t i,
    const rtn_currency_t currency)
{
    struct report_cell       top;
    const struct rta_money  *money = &arm->tally.money[i];

    struct rto_value  row[] = {
        rto_string(arm->name), text_count(money->orders),
        rto_money(money->revenue_minor, currency),
        rto_money(money->average_minor, currency),
        rto_money(money->refund_minor, currency),
        rto_money(money->discount_minor, currency),
        rto_money(money->margin_minor, currency),
        text_share(&top, arm->top_share[i] > 0, arm->top_share[i])
    };

    if (money->costed != money->orders || money->orders == 0) {
        row[6] = rto_absent();
    }

    (void) rto_row(table, row);
}


static int
text_money(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i, currency;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "orders", RTO_INTEGER, NULL },
        { "revenue", RTO_MONEY, NULL },
        { "average_order", RTO_MONEY, "average order" },
        { "refunds", RTO_MONEY, NULL },
        { "discounts", RTO_MONEY, "coupons' discounts" },
        { "margin", RTO_MONEY, NULL },
        { "top_buyers_share", RTO_TEXT, "top 1 %" }
    };

    if (counts->currency_count == 0) {
        return 0;
    }

    text_heading(out, "Money");
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 8, &table);

    if (rc != 0) {
        return rc;
    }

    for (currency = 0; currency < counts->currency_count; currency++) {
        for (i = 0; i < counts->arm_count; i++) {
            text_sums(table, &counts->arms[i], currency,
                      counts->currencies[currency]);
        }
    }

    return rto_end(table);
}


/* Who did what: unique recipients by class, then all events.  What nobody
   did is left out, but for opens and clicks. */

static const struct rto_column  text_response_columns[] = {
    { "name", RTO_TEXT, "" },
    { "what", RTO_TEXT, "recipients who" },
    { "human", RTO_INTEGER, NULL },
    { "unknown", RTO_INTEGER, NULL },
    { "machine", RTO_INTEGER, NULL },
    { "total_human", RTO_INTEGER, "times: human" },
    { "total_unknown", RTO_INTEGER, "unknown" },
    { "total_machine", RTO_INTEGER, "machine" }
};


static void
text_response(struct rto_table *table, const char *name, int kind,
    const uint64_t unique[RTN_CLASS_COUNT],
    const uint64_t total[RTN_CLASS_COUNT])
{
    int       class;
    uint64_t  any = 0;

    struct rto_value  row[] = {
        rto_string(name), rto_string(rta_response_name(kind)),
        text_count(unique[RTN_CLASS_HUMAN]),
        text_count(unique[RTN_CLASS_UNKNOWN]),
        text_count(unique[RTN_CLASS_MACHINE]),
        text_count(total[RTN_CLASS_HUMAN]),
        text_count(total[RTN_CLASS_UNKNOWN]),
        text_count(total[RTN_CLASS_MACHINE])
    };

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        any += total[class];
    }

    if (any > 0 || kind < RTA_MESSAGE_KINDS) {
        (void) rto_row(table, row);
    }
}


static int
text_responses(FILE *out, const struct rta_report *counts)
{
    int                        rc, kind;
    size_t                     i;
    struct rto_table          *table;
    const struct rta_arm_row  *arm;

    text_heading(out, "Responses by arm");
    rc = rto_begin(out, RTO_FORMAT_TEXT, text_response_columns, 8, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->arm_count; i++) {
        arm = &counts->arms[i];

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            text_response(table, arm->name, kind, arm->tally.unique[kind],
                          arm->tally.total[kind]);
        }
    }

    return rto_end(table);
}


static int
text_messages(FILE *out, const struct rta_report *counts)
{
    int                            rc, kind;
    size_t                         i;
    struct rto_table              *table;
    const struct rta_message_row  *message;

    if (counts->message_count == 0) {
        return 0;
    }

    text_heading(out, "Responses by message");
    rc = rto_begin(out, RTO_FORMAT_TEXT, text_response_columns, 8, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->message_count; i++) {
        message = &counts->messages[i];

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            text_response(table, message->name, kind, message->unique[kind],
                          message->total[kind]);
        }
    }

    return rto_end(table);
}


static void
text_tier(struct rto_table *table, const struct rta_tier_row *tier)
{
    struct report_cell       share;
    const struct rta_tally  *tally = tier->tally;

    struct rto_value  row[] = {
        tier->name[0] == '\0' ? rto_absent() : rto_string(tier->name),
        rto_string(tier->arm), text_count(tally->recipients),
        text_count(tally->unique[RTA_OPENED][RTN_CLASS_HUMAN]),
        text_count(tally->unique[RTA_CLICKED][RTN_CLASS_HUMAN]),
        text_count(tally->buyers), text_share(&share, true, tally->bought),
        text_count(tally->orders), text_count(tally->redeemed)
    };

    (void) rto_row(table, row);
}


static int
text_tiers(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "tier", RTO_TEXT, NULL },
        { "arm", RTO_TEXT, NULL },
        { "recipients", RTO_INTEGER, NULL },
        { "opened", RTO_INTEGER, NULL },
        { "clicked", RTO_INTEGER, NULL },
        { "buyers", RTO_INTEGER, NULL },
        { "bought", RTO_TEXT, "  bought" },
        { "orders", RTO_INTEGER, NULL },
        { "redeemed", RTO_INTEGER, NULL }
    };

    if (counts->plan->tier_count == 0) {
        return 0;
    }

    text_heading(out, "Tiers (exploratory; opened and clicked by people)");
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 9, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->tier_count; i++) {
        text_tier(table, &counts->tiers[i]);
    }

    return rto_end(table);
}


/* A note may be longer than a terminal is wide. */

static void
text_notes(FILE *out, const struct rta_report *counts)
{
    size_t  i;

    text_heading(out, "Notes");

    for (i = 0; i < counts->note_count; i++) {
        fprintf(out, "- %s\n", counts->notes[i]);
    }
}


int
rto_report_text(FILE *out, const struct rto_report *report)
{
    int                       rc = 0;
    size_t                    i;
    const struct rta_report  *counts = report->counts;

    static int (*const  tables[])(FILE *, const struct rta_report *) = {
        text_arms, text_money, text_responses, rto_report_definitions,
        text_messages, text_tiers, rto_report_comparisons,
        rto_report_incremental, rto_report_returns, rto_report_estimates,
        rto_report_segments, rto_report_days, rto_report_after
    };

    text_head(out, report);
    text_health(out, counts);

    for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && rc == 0; i++) {
        rc = tables[i](out, counts);
    }

    if (rc == 0) {
        rc = rto_report_links(out, report);
    }

    if (rc != 0) {
        return rc;
    }

    text_heading(out, "In plain words");
    rto_report_words(out, report);
    text_notes(out, counts);

    return rto_stream_err(out);
}
