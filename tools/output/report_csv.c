/*
 * The report as one flat table: a row a number, so that a spreadsheet can
 * filter it.  section says which columns mean something.
 */

#include <string.h>

#include "report.h"
#include "table.h"

enum csv_column {
    CSV_SECTION = 0,
    CSV_ARM,
    CSV_AGAINST,
    CSV_TIER,
    CSV_MESSAGE,
    CSV_METRIC,
    CSV_CLASS,
    CSV_CURRENCY,
    CSV_COUNT,
    CSV_AMOUNT,
    CSV_VALUE,
    CSV_LOW,
    CSV_HIGH,
    CSV_P,
    CSV_RELATIVE,
    CSV_RELATIVE_LOW,
    CSV_RELATIVE_HIGH,
    CSV_ARM_VALUE,
    CSV_AGAINST_VALUE,
    CSV_METHOD,
    CSV_TEXT,
    CSV_COLUMNS
};

static const struct rto_column  csv_columns[CSV_COLUMNS] = {
    [CSV_SECTION] = { "section", RTO_TEXT, NULL },
    [CSV_ARM] = { "arm", RTO_TEXT, NULL },
    [CSV_AGAINST] = { "against", RTO_TEXT, NULL },
    [CSV_TIER] = { "tier", RTO_TEXT, NULL },
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

#define CSV_LEN(array)  (sizeof(array) / sizeof(array[0]))

/* The row at hand; what is written is kept for the next. */
struct report_csv {
    struct rto_table         *table;
    const struct rta_report  *counts;
    struct rto_value          row[CSV_COLUMNS];
};


static struct rto_value
csv_number(bool has, double number)
{
    return has ? rto_fraction(number) : rto_absent();
}


static void
csv_begin(struct report_csv *csv, const char *section)
{
    int  i;

    for (i = 0; i < CSV_COLUMNS; i++) {
        csv->row[i] = rto_absent();
    }

    csv->row[CSV_SECTION] = rto_string(section);
}


static void
csv_count(struct report_csv *csv, const char *metric, uint64_t n)
{
    csv->row[CSV_METRIC] = rto_string(metric);
    csv->row[CSV_COUNT] = rto_integer((int64_t) n);
    (void) rto_row(csv->table, csv->row);
    csv->row[CSV_COUNT] = rto_absent();
}


static void
csv_fields(struct report_csv *csv, const void *base,
    const struct csv_field *fields, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        csv_count(csv, fields[i].name, *(const uint64_t *)
                                       ((const char *) base
                                        + fields[i].offset));
    }
}


static void
csv_classes(struct report_csv *csv, const char *metric,
    const uint64_t counts[RTN_CLASS_COUNT])
{
    int  class;

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        csv->row[CSV_CLASS] = rto_string(rtn_class_name(class));
        csv_count(csv, metric, counts[class]);
    }

    csv->row[CSV_CLASS] = rto_absent();
}


static void
csv_money(struct report_csv *csv, size_t currency,
    const struct rta_money *money)
{
    size_t          i;
    const char     *base = (const char *) money;
    rtn_currency_t  name;

    memcpy(name, csv->counts->currencies[currency], sizeof(name));
    csv->row[CSV_CURRENCY] = rto_string(csv->counts->currencies[currency]);

    for (i = 0; i < CSV_LEN(csv_sums); i++) {
        csv->row[CSV_METRIC] = rto_string(csv_sums[i].name);
        csv->row[CSV_AMOUNT] = rto_money(*(const int64_t *)
                                         (base + csv_sums[i].offset), name);
        (void) rto_row(csv->table, csv->row);
    }

    csv->row[CSV_AMOUNT] = rto_absent();
    csv->row[CSV_CURRENCY] = rto_absent();
}


static void
csv_share(struct report_csv *csv, const struct rta_tally *tally)
{
    csv->row[CSV_METRIC] = rto_string("bought");
    csv->row[CSV_VALUE] = csv_number(tally->recipients > 0, tally->bought);
    (void) rto_row(csv->table, csv->row);
    csv->row[CSV_VALUE] = rto_absent();
}


static void
csv_tally(struct report_csv *csv, const struct rta_tally *tally)
{
    int     kind;
    size_t  i;

    csv_fields(csv, tally, csv_counts, CSV_LEN(csv_counts));
    csv_share(csv, tally);

    for (i = 0; i < csv->counts->currency_count; i++) {
        csv_money(csv, i, &tally->money[i]);
    }

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        csv_classes(csv, rta_response_name(kind), tally->unique[kind]);
    }
}


static void
csv_arms(struct report_csv *csv)
{
    int                        kind;
    char                       name[64];
    size_t                     i;
    const struct rta_arm_row  *arm;

    for (i = 0; i < csv->counts->arm_count; i++) {
        arm = &csv->counts->arms[i];
        csv_begin(csv, "arm");
        csv->row[CSV_ARM] = rto_string(arm->name);
        csv_tally(csv, &arm->tally);

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            snprintf(name, sizeof(name), "%s_total", rta_response_name(kind));
            csv_classes(csv, name, arm->tally.total[kind]);
        }
    }
}


static void
csv_tiers(struct report_csv *csv)
{
    size_t                      i;
    const struct rta_tier_row  *tier;

    for (i = 0; i < csv->counts->tier_count; i++) {
        tier = &csv->counts->tiers[i];
        csv_begin(csv, "tier");
        csv->row[CSV_TIER] = rto_string(tier->name);
        csv->row[CSV_ARM] = rto_string(tier->arm);
        csv_tally(csv, tier->tally);
    }
}


static void
csv_messages(struct report_csv *csv)
{
    int                            kind;
    char                           name[64];
    size_t                         i;
    const struct rta_message_row  *message;

    for (i = 0; i < csv->counts->message_count; i++) {
        message = &csv->counts->messages[i];
        csv_begin(csv, "message");
        csv->row[CSV_MESSAGE] = rto_string(message->name);

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            csv_classes(csv, rta_response_name(kind), message->unique[kind]);
            snprintf(name, sizeof(name), "%s_total", rta_response_name(kind));
            csv_classes(csv, name, message->total[kind]);
        }
    }
}


static void
csv_comparison(struct report_csv *csv, const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    csv_begin(csv, "comparison");
    csv->row[CSV_ARM] = rto_string(row->arm);
    csv->row[CSV_AGAINST] = rto_string(row->against);
    csv->row[CSV_METRIC] = rto_string(rta_metric_name(row->metric));

    if (row->currency[0] != '\0') {
        csv->row[CSV_CURRENCY] = rto_string(row->currency);
    }

    csv->row[CSV_VALUE] = csv_number(c->has_difference, c->difference);
    csv->row[CSV_LOW] = csv_number(c->has_interval, c->low);
    csv->row[CSV_HIGH] = csv_number(c->has_interval, c->high);
    csv->row[CSV_P] = csv_number(c->has_p, c->p);
    csv->row[CSV_RELATIVE] = csv_number(c->has_relative, c->relative);
    csv->row[CSV_RELATIVE_LOW] = csv_number(c->has_relative_interval,
                                            c->relative_low);
    csv->row[CSV_RELATIVE_HIGH] = csv_number(c->has_relative_interval,
                                             c->relative_high);
    csv->row[CSV_METHOD] = rto_string(rta_method_name(c->method));
    csv->row[CSV_ARM_VALUE] = csv_number(row->treated > 0,
                                         row->treated_value);
    csv->row[CSV_AGAINST_VALUE] = csv_number(row->heldout > 0,
                                             row->heldout_value);
    (void) rto_row(csv->table, csv->row);

    csv->row[CSV_ARM_VALUE] = rto_absent();
    csv->row[CSV_AGAINST_VALUE] = rto_absent();
    csv->row[CSV_P] = rto_absent();
    csv->row[CSV_RELATIVE] = rto_absent();
    csv->row[CSV_RELATIVE_LOW] = rto_absent();
    csv->row[CSV_RELATIVE_HIGH] = rto_absent();
    csv->row[CSV_SECTION] = rto_string("incremental");
    csv->row[CSV_VALUE] = csv_number(c->has_difference, row->incremental);
    csv->row[CSV_LOW] = csv_number(c->has_interval, row->incremental_low);
    csv->row[CSV_HIGH] = csv_number(c->has_interval, row->incremental_high);
    (void) rto_row(csv->table, csv->row);
}


static void
csv_return_range(struct report_csv *csv, const char *metric, double value,
    double low, double high)
{
    csv->row[CSV_METRIC] = rto_string(metric);
    csv->row[CSV_VALUE] = rto_fraction(value);
    csv->row[CSV_LOW] = rto_fraction(low);
    csv->row[CSV_HIGH] = rto_fraction(high);
    (void) rto_row(csv->table, csv->row);
}


static void
csv_return_amount(struct report_csv *csv, const char *metric, int64_t minor,
    const rtn_currency_t currency)
{
    csv->row[CSV_METRIC] = rto_string(metric);
    csv->row[CSV_AMOUNT] = rto_money(minor, currency);
    (void) rto_row(csv->table, csv->row);
    csv->row[CSV_AMOUNT] = rto_absent();
}


static void
csv_returns(struct report_csv *csv)
{
    size_t                        i;
    const struct rta_return_row  *row;

    for (i = 0; i < csv->counts->return_count; i++) {
        row = &csv->counts->returns[i];

        csv_begin(csv, "return_on_revenue");
        csv->row[CSV_CURRENCY] = rto_string(row->currency);
        csv_return_amount(csv, "discounts", row->discount_minor,
                          row->currency);
        csv_return_amount(csv, "cost", row->cost_minor, row->currency);
        csv_return_range(csv, "incremental", row->incremental,
                         row->incremental_low, row->incremental_high);
        csv_return_range(csv, "return_on_revenue", row->value, row->low,
                         row->high);
    }
}


static void
csv_notes(struct report_csv *csv)
{
    size_t  i;

    csv_begin(csv, "note");

    for (i = 0; i < csv->counts->note_count; i++) {
        csv->row[CSV_TEXT] = rto_string(csv->counts->notes[i]);
        (void) rto_row(csv->table, csv->row);
    }
}


static void
csv_state(struct report_csv *csv, const struct rto_report *report)
{
    char                           until[RTN_TIME_TEXT_MAX];
    const struct rta_report       *counts = csv->counts;
    const struct rta_sample_ratio *ratio = &counts->sample_ratio;

    csv_begin(csv, "state");
    csv->row[CSV_TEXT] = rto_string(counts->window_complete ? "yes" : "no");
    csv->row[CSV_METRIC] = rto_string("window_complete");
    (void) rto_row(csv->table, csv->row);

    if (report->has_orders_day) {
        rtn_day_format(report->orders_day, until);

    } else {
        rtn_time_format(counts->plan->orders_until_ms, until);
    }

    csv->row[CSV_TEXT] = counts->plan->has_orders ? rto_string(until)
                                                  : rto_absent();
    csv->row[CSV_METRIC] = rto_string("orders_known_until");
    (void) rto_row(csv->table, csv->row);

    csv->row[CSV_METRIC] = rto_string("sample_ratio");
    csv->row[CSV_TEXT] = rto_string(ratio->ok ? "ok" : "not as planned");
    csv->row[CSV_VALUE] = csv_number(ratio->has_chi2, ratio->chi2);
    csv->row[CSV_P] = csv_number(ratio->has_p, ratio->p);
    (void) rto_row(csv->table, csv->row);

    csv_begin(csv, "health");
    csv_fields(csv, counts, csv_health, CSV_LEN(csv_health));
}


int
rto_report_csv(FILE *out, const struct rto_report *report)
{
    int                rc;
    size_t             i;
    struct report_csv  csv;

    csv.counts = report->counts;

    rc = rto_begin(out, report->is_excel ? RTO_FORMAT_EXCEL : RTO_FORMAT_CSV,
                   csv_columns, CSV_COLUMNS, &csv.table);

    if (rc != 0) {
        return rc;
    }

    csv_state(&csv, report);
    csv_arms(&csv);
    csv_tiers(&csv);
    csv_messages(&csv);

    for (i = 0; i < csv.counts->comparison_count; i++) {
        csv_comparison(&csv, &csv.counts->comparisons[i]);
    }

    csv_returns(&csv);
    csv_notes(&csv);

    return rto_end(csv.table);
}
