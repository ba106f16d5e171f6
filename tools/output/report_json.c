/* The report as JSON; docs of the shape: 'report ID --format json'. */

#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "table.h"

struct report_json {
    FILE  *out;
    bool   needs_comma;
};


static void
json_key(struct report_json *json, const char *key)
{
    if (json->needs_comma) {
        fputs(", ", json->out);
    }

    if (key != NULL) {
        fprintf(json->out, "\"%s\": ", key);
    }

    json->needs_comma = true;
}


static void
json_open(struct report_json *json, const char *key, char bracket)
{
    json_key(json, key);
    fputc(bracket, json->out);
    json->needs_comma = false;
}


static void
json_close(struct report_json *json, char bracket)
{
    fputc(bracket, json->out);
    json->needs_comma = true;
}


/* A line of its own for what stands in a list. */

static void
json_open_row(struct report_json *json)
{
    fputs(json->needs_comma ? ",\n  {" : "\n  {", json->out);
    json->needs_comma = false;
}


static void
json_line(struct report_json *json)
{
    if (json->needs_comma) {
        fputs(",\n ", json->out);
        json->needs_comma = false;
    }
}


static void
json_text(struct report_json *json, const char *key, const char *text)
{
    struct rtn_str  str = { text, text == NULL ? 0 : strlen(text) };

    json_key(json, key);

    if (text == NULL) {
        fputs("null", json->out);

    } else {
        rto_json_string(json->out, str);
    }
}


static void
json_count(struct report_json *json, const char *key, uint64_t n)
{
    json_key(json, key);
    fprintf(json->out, "%" PRIu64, n);
}


static void
json_flag(struct report_json *json, const char *key, bool flag)
{
    json_key(json, key);
    fputs(flag ? "true" : "false", json->out);
}


static void
json_number(struct report_json *json, const char *key, bool has, double number)
{
    json_key(json, key);

    if (has) {
        rto_json_number(json->out, number);

    } else {
        fputs("null", json->out);
    }
}


static void
json_money(struct report_json *json, const char *key, int64_t minor,
    const rtn_currency_t currency)
{
    char  text[RTN_MONEY_TEXT_MAX];

    rtn_money_format(minor, currency, text);
    json_text(json, key, text);
}


static void
json_day(struct report_json *json, const char *key, rtn_day_t day)
{
    char  text[11];

    rtn_day_format(day, text);
    json_text(json, key, text);
}


static void
json_classes(struct report_json *json, const char *key,
    const uint64_t counts[RTN_CLASS_COUNT])
{
    int  class;

    json_open(json, key, '{');

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        json_count(json, rtn_class_name(class), counts[class]);
    }

    json_close(json, '}');
}


/* One amount of struct rta_money, by currency; offset says which. */

static void
json_sums(struct report_json *json, const char *key,
    const struct rta_report *counts, const struct rta_tally *tally,
    size_t offset)
{
    size_t       i;
    const char  *money;

    json_open(json, key, '{');

    for (i = 0; i < counts->currency_count; i++) {
        money = (const char *) &tally->money[i];
        json_money(json, counts->currencies[i],
                   *(const int64_t *) (money + offset),
                   counts->currencies[i]);
    }

    json_close(json, '}');
}


static void
json_tally(struct report_json *json, const struct rta_report *counts,
    const struct rta_tally *tally)
{
    int  kind;

    json_count(json, "recipients", tally->recipients);
    json_count(json, "buyers", tally->buyers);
    json_number(json, "bought", tally->recipients > 0, tally->bought);
    json_count(json, "orders", tally->orders);
    json_sums(json, "revenue", counts, tally,
              offsetof(struct rta_money, revenue_minor));
    json_sums(json, "average_order", counts, tally,
              offsetof(struct rta_money, average_minor));
    json_sums(json, "discounts", counts, tally,
              offsetof(struct rta_money, discount_minor));

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        json_classes(json, rta_response_name(kind), tally->unique[kind]);
    }

    json_open(json, "total", '{');

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        json_classes(json, rta_response_name(kind), tally->total[kind]);
    }

    json_close(json, '}');
    json_count(json, "unsubscribed", tally->unsubscribed);

    json_open(json, "coupons", '{');
    json_count(json, "issued", tally->issued);
    json_count(json, "redeemed", tally->redeemed);
    json_count(json, "expired", tally->expired);
    json_close(json, '}');
}


static void
json_arms(struct report_json *json, const struct rta_report *counts)
{
    size_t  i;

    json_open(json, "arms", '[');

    for (i = 0; i < counts->arm_count; i++) {
        json_open_row(json);
        json_text(json, "name", counts->arms[i].name);
        json_flag(json, "holdout", i == RTA_ARM_HOLDOUT);
        json_tally(json, counts, &counts->arms[i].tally);
        json_close(json, '}');
    }

    json_close(json, ']');
}


static void
json_tiers(struct report_json *json, const struct rta_report *counts)
{
    size_t                      i;
    const struct rta_tier_row  *row;

    json_open(json, "tiers", '[');

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];

        json_open_row(json);
        json_text(json, "name", row->name[0] == '\0' ? NULL : row->name);
        json_text(json, "arm", row->arm);
        json_tally(json, counts, row->tally);
        json_close(json, '}');
    }

    json_close(json, ']');
}


static void
json_messages(struct report_json *json, const struct rta_report *counts)
{
    int                            kind;
    size_t                         i;
    const struct rta_message_row  *row;

    json_open(json, "messages", '[');

    for (i = 0; i < counts->message_count; i++) {
        row = &counts->messages[i];

        json_open_row(json);
        json_text(json, "name", row->name);

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            json_classes(json, rta_response_name(kind), row->unique[kind]);
        }

        json_open(json, "total", '{');

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            json_classes(json, rta_response_name(kind), row->total[kind]);
        }

        json_close(json, '}');
        json_close(json, '}');
    }

    json_close(json, ']');
}


static void
json_comparison(struct report_json *json,
    const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    json_open_row(json);
    json_text(json, "arm", row->arm);
    json_text(json, "against", row->against);
    json_text(json, "metric", rta_metric_name(row->metric));

    if (row->currency[0] != '\0') {
        json_text(json, "currency", row->currency);
    }

    json_number(json, "arm_value", row->treated > 0, row->treated_value);
    json_number(json, "against_value", row->heldout > 0, row->heldout_value);
    json_number(json, "difference", c->has_difference, c->difference);
    json_number(json, "low", c->has_interval, c->low);
    json_number(json, "high", c->has_interval, c->high);
    json_number(json, "p", c->has_p, c->p);
    json_number(json, "relative", c->has_relative, c->relative);
    json_number(json, "relative_low", c->has_relative_interval,
                c->relative_low);
    json_number(json, "relative_high", c->has_relative_interval,
                c->relative_high);
    json_number(json, "incremental", c->has_difference, row->incremental);
    json_number(json, "incremental_low", c->has_interval,
                row->incremental_low);
    json_number(json, "incremental_high", c->has_interval,
                row->incremental_high);
    json_text(json, "method", c->method == RTA_METHOD_NONE
                              ? NULL : rta_method_name(c->method));
    json_close(json, '}');
}


static void
json_comparisons(struct report_json *json, const struct rta_report *counts)
{
    size_t  i;

    json_open(json, "comparisons", '[');

    for (i = 0; i < counts->comparison_count; i++) {
        json_comparison(json, &counts->comparisons[i]);
    }

    json_close(json, ']');
}


static void
json_returns(struct report_json *json, const struct rta_report *counts)
{
    size_t                        i;
    const struct rta_return_row  *row;

    json_open(json, "return_on_revenue", '[');

    for (i = 0; i < counts->return_count; i++) {
        row = &counts->returns[i];

        json_open_row(json);
        json_text(json, "currency", row->currency);
        json_number(json, "incremental", true, row->incremental);
        json_money(json, "discounts", row->discount_minor, row->currency);
        json_money(json, "cost", row->cost_minor, row->currency);
        json_number(json, "value", true, row->value);
        json_number(json, "low", true, row->low);
        json_number(json, "high", true, row->high);
        json_close(json, '}');
    }

    json_close(json, ']');
}


static void
json_orders_until(struct report_json *json, const struct rto_report *report)
{
    char                    text[RTN_TIME_TEXT_MAX];
    const struct rta_plan  *plan = report->counts->plan;

    if (!plan->has_orders) {
        json_text(json, "orders_known_until", NULL);

    } else if (report->has_orders_day) {
        json_day(json, "orders_known_until", report->orders_day);

    } else {
        rtn_time_format(plan->orders_until_ms, text);
        json_text(json, "orders_known_until", text);
    }
}


static void
json_head(struct report_json *json, const struct rto_report *report)
{
    const struct rta_report        *counts = report->counts;
    const struct rta_sample_ratio  *ratio = &counts->sample_ratio;

    json_text(json, "campaign", report->campaign);
    json_text(json, "title", report->title);
    json_day(json, "starts", report->starts);
    json_count(json, "window_days", (uint64_t) report->window_days);
    json_day(json, "as_of", report->as_of);
    json_line(json);
    json_orders_until(json, report);
    json_flag(json, "window_complete", counts->window_complete);
    json_line(json);

    json_open(json, "sample_ratio", '{');
    json_number(json, "chi2", ratio->has_chi2, ratio->chi2);
    json_number(json, "p", ratio->has_p, ratio->p);
    json_flag(json, "ok", ratio->ok);
    json_close(json, '}');
    json_line(json);

    json_open(json, "health", '{');
    json_count(json, "records_damaged", counts->records_damaged);
    json_count(json, "repeats_dropped", counts->repeats_dropped);
    json_count(json, "orders_disagreeing", counts->conflict_count);
    json_count(json, "events_of_no_recipient", counts->strays);
    json_count(json, "events_outside_window", counts->outside);
    json_close(json, '}');
    json_line(json);
}


int
rto_report_json(FILE *out, const struct rto_report *report)
{
    size_t                    i;
    struct report_json        json = { out, false };
    const struct rta_report  *counts = report->counts;

    static void (*const  parts[])(struct report_json *,
                                  const struct rta_report *) = {
        json_arms, json_tiers, json_messages, json_comparisons, json_returns
    };

    json_open(&json, NULL, '{');
    json_head(&json, report);

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        parts[i](&json, counts);
        json_line(&json);
    }

    json_open(&json, "notes", '[');

    for (i = 0; i < counts->note_count; i++) {
        json_text(&json, NULL, counts->notes[i]);
    }

    json_close(&json, ']');
    json_close(&json, '}');
    fputc('\n', out);

    return ferror(out) ? RTN_ERR_IO : 0;
}
