/*
 * The report as one flat table: a row a number, so that a spreadsheet can
 * filter it.  section says which columns mean something.
 */

#include <string.h>

#include "report_csv.h"
#include "report_words.h"

static const struct rto_column  csv_columns[CSV_COLUMNS] = {
    [CSV_SECTION] = { "section", RTO_TEXT, NULL },
    [CSV_ARM] = { "arm", RTO_TEXT, NULL },
    [CSV_AGAINST] = { "against", RTO_TEXT, NULL },
    [CSV_TIER] = { "tier", RTO_TEXT, NULL },
    [CSV_STAGE] = { "stage", RTO_TEXT, NULL },
    [CSV_MESSAGE] = { "message", RTO_TEXT, NULL },
    [CSV_METRIC] = { "metric", RTO_TEXT, NULL },
    [CSV_CLASS] = { "class", RTO_TEXT, NULL },
    [CSV_CURRENCY] = { "currency", RTO_TEXT, NULL },
    [CSV_COUNT] = { "count", RTO_INTEGER, NULL },
    [CSV_AMOUNT] = { "amount", RTO_MONEY, NULL },
    [CSV_VALUE] = { "value", RTO_FRACTION, NULL },
    [CSV_LOW] = { "low", RTO_FRACTION, NULL },
    [CSV_HIGH] = { "high", RTO_FRACTION, NULL },
    [CSV_P] = { "p", RTO_FRACTION, NULL },
    [CSV_P_HOLM] = { "p_holm", RTO_FRACTION, NULL },
    [CSV_RELATIVE] = { "relative", RTO_FRACTION, NULL },
    [CSV_RELATIVE_LOW] = { "relative_low", RTO_FRACTION, NULL },
    [CSV_RELATIVE_HIGH] = { "relative_high", RTO_FRACTION, NULL },
    [CSV_ARM_VALUE] = { "arm_value", RTO_FRACTION, NULL },
    [CSV_AGAINST_VALUE] = { "against_value", RTO_FRACTION, NULL },
    [CSV_METHOD] = { "method", RTO_TEXT, NULL },
    [CSV_TEXT] = { "text", RTO_TEXT, NULL }
};

/* Numbers of a tally or a report, by name. */
struct csv_field {
    const char  *name;
    size_t       offset;
};

static const struct csv_field  csv_counts[] = {
    { "recipients", offsetof(struct rta_tally, recipients) },
    { "buyers", offsetof(struct rta_tally, buyers) },
    { "orders", offsetof(struct rta_tally, orders) },
    { "unsubscribed", offsetof(struct rta_tally, unsubscribed) },
    { "coupons_issued", offsetof(struct rta_tally, issued) },
    { "coupons_redeemed", offsetof(struct rta_tally, redeemed) },
    { "coupons_expired", offsetof(struct rta_tally, expired) }
};

static const struct csv_field  csv_sums[] = {
    { "revenue", offsetof(struct rta_money, revenue_minor) },
    { "refunds", offsetof(struct rta_money, refund_minor) },
    { "average_order", offsetof(struct rta_money, average_minor) },
    { "discounts", offsetof(struct rta_money, discount_minor) }
};

static const struct csv_field  csv_health[] = {
    { "records_damaged", offsetof(struct rta_report, records_damaged) },
    { "repeats_dropped", offsetof(struct rta_report, repeats_dropped) },
    { "orders_disagreeing", offsetof(struct rta_report, conflict_count) },
    { "events_of_no_recipient", offsetof(struct rta_report, strays) },
    { "events_outside_window", offsetof(struct rta_report, outside) }
};

static const struct csv_field  csv_orders[] = {
    { "orders_without_cost", offsetof(struct rta_report, uncosted) },
    { "orders_past_currencies",
      offsetof(struct rta_report, currencies_over) },
    { "orders_net_of_discount", offsetof(struct rta_report, net) }
};

static const struct csv_field  csv_reached[] = {
    { "customers", offsetof(struct rta_contamination, customers) },
    { "opened_or_clicked", offsetof(struct rta_contamination, touched) },
    { "redeemed", offsetof(struct rta_contamination, redeemed) },
    { "unsubscribed", offsetof(struct rta_contamination, unsubscribed) }
};

#define CSV_LEN(array)  (sizeof(array) / sizeof(array[0]))

struct rto_value
rto_rows_number(bool has, double number)
{
    return has ? rto_fraction(number) : rto_absent();
}


void
rto_rows_begin(struct rto_report_rows *rows, const char *section)
{
    int  i;

    for (i = 0; i < CSV_COLUMNS; i++) {
        rows->row[i] = rto_absent();
    }

    rows->row[CSV_SECTION] = rto_string(section);
}


void
rto_rows_count(struct rto_report_rows *rows, const char *metric, uint64_t n)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_COUNT] = rto_integer((int64_t) n);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_COUNT] = rto_absent();
}


static void
csv_fields(struct rto_report_rows *rows, const void *base,
    const struct csv_field *fields, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        rto_rows_count(rows, fields[i].name,
                       *(const uint64_t *) ((const char *) base
                                            + fields[i].offset));
    }
}


void
rto_rows_classes(struct rto_report_rows *rows, const char *metric,
    const uint64_t counts[RTN_CLASS_COUNT])
{
    int  class;

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rows->row[CSV_CLASS] = rto_string(rtn_class_name(class));
        rto_rows_count(rows, metric, counts[class]);
    }

    rows->row[CSV_CLASS] = rto_absent();
}


static void
csv_money(struct rto_report_rows *rows, size_t currency,
    const struct rta_money *money)
{
    size_t          i;
    const char     *base = (const char *) money;
    rtn_currency_t  name;

    memcpy(name, rows->counts->currencies[currency], sizeof(name));
    rows->row[CSV_CURRENCY] = rto_string(rows->counts->currencies[currency]);

    for (i = 0; i < CSV_LEN(csv_sums); i++) {
        rows->row[CSV_METRIC] = rto_string(csv_sums[i].name);
        rows->row[CSV_AMOUNT] = rto_money(*(const int64_t *)
                                         (base + csv_sums[i].offset), name);
        (void) rto_row(rows->table, rows->row);
    }

    rows->row[CSV_METRIC] = rto_string("margin");
    rows->row[CSV_AMOUNT] = money->costed == money->orders
                            ? rto_money(money->margin_minor, name)
                            : rto_absent();
    (void) rto_row(rows->table, rows->row);

    rows->row[CSV_AMOUNT] = rto_absent();
    rows->row[CSV_CURRENCY] = rto_absent();
}


static void
csv_share(struct rto_report_rows *rows, const struct rta_tally *tally)
{
    rows->row[CSV_METRIC] = rto_string("bought");
    rows->row[CSV_VALUE] = rto_rows_number(tally->recipients > 0,
                                           tally->bought);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_METRIC] = rto_string("orders_per_buyer");
    rows->row[CSV_VALUE] = rto_rows_number(tally->buyers > 0,
                                           tally->frequency);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_VALUE] = rto_absent();
}


static void
csv_tally(struct rto_report_rows *rows, const struct rta_tally *tally)
{
    int     kind;
    char    name[64];
    size_t  i;

    csv_fields(rows, tally, csv_counts, CSV_LEN(csv_counts));
    csv_share(rows, tally);

    for (i = 0; i < rows->counts->currency_count; i++) {
        csv_money(rows, i, &tally->money[i]);
    }

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_rows_classes(rows, rta_response_name(kind), tally->unique[kind]);
        rows->row[CSV_CLASS] = rto_string("any");
        rto_rows_count(rows, rta_response_name(kind), tally->any[kind]);
        rows->row[CSV_CLASS] = rto_absent();

        snprintf(name, sizeof(name), "%s_total", rta_response_name(kind));
        rto_rows_classes(rows, name, tally->total[kind]);
    }
}


static void
csv_top(struct rto_report_rows *rows, const struct rta_arm_row *arm)
{
    size_t  i;

    rows->row[CSV_METRIC] = rto_string("top_buyers_share");

    for (i = 0; i < rows->counts->currency_count; i++) {
        rows->row[CSV_CURRENCY] = rto_string(rows->counts->currencies[i]);
        rows->row[CSV_VALUE] = rto_rows_number(arm->top_share[i] > 0,
                                               arm->top_share[i]);
        (void) rto_row(rows->table, rows->row);
    }

    rows->row[CSV_CURRENCY] = rto_absent();
    rows->row[CSV_VALUE] = rto_absent();
}


static void
csv_arms(struct rto_report_rows *rows)
{
    size_t                     i;
    const struct rta_arm_row  *arm;

    for (i = 0; i < rows->counts->arm_count; i++) {
        arm = &rows->counts->arms[i];
        rto_rows_begin(rows, "arm");
        rows->row[CSV_ARM] = rto_string(arm->name);
        csv_tally(rows, &arm->tally);
        csv_top(rows, arm);
    }
}


static void
csv_tiers(struct rto_report_rows *rows)
{
    size_t                      i;
    const struct rta_tier_row  *tier;

    for (i = 0; i < rows->counts->tier_count; i++) {
        tier = &rows->counts->tiers[i];
        rto_rows_begin(rows, "tier");
        rows->row[CSV_TIER] = rto_string(tier->name);
        rows->row[CSV_ARM] = rto_string(tier->arm);
        csv_tally(rows, tier->tally);
    }
}


static void
csv_messages(struct rto_report_rows *rows)
{
    int                            kind;
    char                           name[64];
    size_t                         i;
    const struct rta_message_row  *message;

    for (i = 0; i < rows->counts->message_count; i++) {
        message = &rows->counts->messages[i];
        rto_rows_begin(rows, "message");
        rows->row[CSV_MESSAGE] = rto_string(message->name);

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            rto_rows_classes(rows, rta_response_name(kind),
                             message->unique[kind]);
            snprintf(name, sizeof(name), "%s_total", rta_response_name(kind));
            rto_rows_classes(rows, name, message->total[kind]);
        }
    }
}


static void
csv_sentence(void *data, const char *sentence)
{
    struct rto_report_rows  *rows = data;

    rows->row[CSV_TEXT] = rto_string(sentence);
    (void) rto_row(rows->table, rows->row);
}


static void
csv_notes(struct rto_report_rows *rows)
{
    size_t  i;

    rto_rows_begin(rows, "note");

    for (i = 0; i < rows->counts->note_count; i++) {
        rows->row[CSV_TEXT] = rto_string(rows->counts->notes[i]);
        (void) rto_row(rows->table, rows->row);
    }
}


static void
csv_ratio(struct rto_report_rows *rows, const char *metric,
    const struct rta_sample_ratio *ratio)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_TEXT] = rto_string(ratio->ok ? "ok" : "not as planned");
    rows->row[CSV_VALUE] = rto_rows_number(ratio->has_chi2, ratio->chi2);
    rows->row[CSV_P] = rto_rows_number(ratio->has_p, ratio->p);
    (void) rto_row(rows->table, rows->row);
}


static void
csv_text(struct rto_report_rows *rows, const char *metric, const char *text)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_TEXT] = rto_string(text);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_TEXT] = rto_absent();
}


static void
csv_day(struct rto_report_rows *rows, const char *metric, rtn_day_t day)
{
    char  text[11];

    rtn_day_format(day, text);
    csv_text(rows, metric, text);
}


static void
csv_state(struct rto_report_rows *rows, const struct rto_report *report)
{
    char                      until[RTN_TIME_TEXT_MAX];
    const struct rta_report  *counts = rows->counts;

    rto_rows_begin(rows, "state");
    csv_text(rows, "campaign", report->campaign);
    csv_text(rows, "title", report->title);
    csv_day(rows, "starts", report->starts);
    rto_rows_count(rows, "window_days", (uint64_t) report->window_days);
    csv_day(rows, "as_of", report->as_of);
    csv_text(rows, "window_complete", counts->window_complete ? "yes" : "no");

    if (report->has_orders_day) {
        rtn_day_format(report->orders_day, until);

    } else {
        rtn_time_format(counts->plan->orders_until_ms, until);
    }

    csv_text(rows, "orders_known_until",
             counts->plan->has_orders ? until : NULL);

    csv_ratio(rows, "sample_ratio", &counts->sample_ratio);
    csv_ratio(rows, "sample_ratio_remaining", &counts->remaining_ratio);

    rto_rows_begin(rows, "health");
    csv_fields(rows, counts, csv_health, CSV_LEN(csv_health));

    rto_rows_begin(rows, "money");
    csv_fields(rows, counts, csv_orders, CSV_LEN(csv_orders));

    rto_rows_begin(rows, "holdout_reached");
    csv_fields(rows, &counts->contamination, csv_reached,
               CSV_LEN(csv_reached));
}


int
rto_report_csv(FILE *out, const struct rto_report *report)
{
    int                     rc, err;
    struct rto_report_rows  rows;

    rows.report = report;
    rows.counts = report->counts;

    rc = rto_begin(out, report->is_excel ? RTO_FORMAT_EXCEL : RTO_FORMAT_CSV,
                   csv_columns, CSV_COLUMNS, &rows.table);

    if (rc != 0) {
        return rc;
    }

    csv_state(&rows, report);
    csv_arms(&rows);
    csv_tiers(&rows);
    csv_messages(&rows);
    rto_rows_comparisons(&rows);
    rto_rows_estimates(&rows);
    rto_rows_returns(&rows);
    rto_rows_days(&rows);
    rto_rows_after(&rows);
    rto_rows_activity(&rows);
    rto_rows_links(&rows);
    rto_rows_overlaps(&rows);
    rto_rows_begin(&rows, "words");
    rc = rto_report_sentences(report, csv_sentence, &rows);
    csv_notes(&rows);
    err = rto_end(rows.table);

    return rc != 0 ? rc : err;
}
