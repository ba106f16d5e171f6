/* The report as JSON; docs of the shape: 'report ID --format json'. */

#include <inttypes.h>
#include <string.h>

#include "file.h"
#include "report_json.h"
#include "report_words.h"
#include "table.h"

void
rto_json_classes(struct rto_object *object, const char *key,
    const uint64_t counts[RTN_CLASS_COUNT])
{
    int  class;

    rto_object_open(object, key, '{');

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_object_count(object, rtn_class_name(class), counts[class]);
    }

    rto_object_close(object, '}');
}


/* One amount of struct rta_money, by currency; offset says which. */

static void
json_sums(struct rto_object *object, const char *key,
    const struct rta_report *counts, const struct rta_tally *tally,
    size_t offset)
{
    size_t       i;
    const char  *money;

    rto_object_open(object, key, '{');

    for (i = 0; i < counts->currency_count; i++) {
        money = (const char *) &tally->money[i];
        rto_object_money(object, counts->currencies[i],
                         *(const int64_t *) (money + offset),
                         counts->currencies[i]);
    }

    rto_object_close(object, '}');
}


/* Null where the cost of an order is not known. */

static void
json_margins(struct rto_object *object, const struct rta_report *counts,
    const struct rta_tally *tally)
{
    size_t                   i;
    const struct rta_money  *money;

    rto_object_open(object, "margin", '{');

    for (i = 0; i < counts->currency_count; i++) {
        money = &tally->money[i];

        if (money->costed == money->orders) {
            rto_object_money(object, counts->currencies[i],
                             money->margin_minor, counts->currencies[i]);

        } else {
            rto_object_text(object, counts->currencies[i], NULL);
        }
    }

    rto_object_close(object, '}');
}


static void
json_tally(struct rto_object *object, const struct rta_report *counts,
    const struct rta_tally *tally)
{
    int  kind;

    rto_object_count(object, "recipients", tally->recipients);
    rto_object_count(object, "buyers", tally->buyers);
    rto_object_number(object, "bought", tally->recipients > 0, tally->bought);
    rto_object_count(object, "orders", tally->orders);
    rto_object_number(object, "orders_per_buyer", tally->buyers > 0,
                      tally->frequency);
    json_sums(object, "revenue", counts, tally,
              offsetof(struct rta_money, revenue_minor));
    json_sums(object, "average_order", counts, tally,
              offsetof(struct rta_money, average_minor));
    json_sums(object, "discounts", counts, tally,
              offsetof(struct rta_money, discount_minor));
    json_sums(object, "refunds", counts, tally,
              offsetof(struct rta_money, refund_minor));
    json_margins(object, counts, tally);

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_json_classes(object, rta_response_name(kind), tally->unique[kind]);
    }

    rto_object_open(object, "total", '{');

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_json_classes(object, rta_response_name(kind), tally->total[kind]);
    }

    rto_object_close(object, '}');
    rto_object_open(object, "any_class", '{');

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_object_count(object, rta_response_name(kind), tally->any[kind]);
    }

    rto_object_close(object, '}');
    rto_object_count(object, "unsubscribed", tally->unsubscribed);

    rto_object_open(object, "coupons", '{');
    rto_object_count(object, "issued", tally->issued);
    rto_object_count(object, "redeemed", tally->redeemed);
    rto_object_count(object, "expired", tally->expired);
    rto_object_close(object, '}');
}


static void
json_top(struct rto_object *object, const struct rta_report *counts,
    const struct rta_arm_row *arm)
{
    size_t  i;

    rto_object_open(object, "top_buyers_share", '{');

    for (i = 0; i < counts->currency_count; i++) {
        rto_object_number(object, counts->currencies[i],
                          arm->top_share[i] > 0, arm->top_share[i]);
    }

    rto_object_close(object, '}');
}


static void
json_arms(struct rto_object *object, const struct rta_report *counts)
{
    size_t  i;

    rto_object_open(object, "arms", '[');

    for (i = 0; i < counts->arm_count; i++) {
        rto_object_open_row(object);
        rto_object_text(object, "name", counts->arms[i].name);
        rto_object_flag(object, "holdout", i == RTA_ARM_HOLDOUT);
        json_tally(object, counts, &counts->arms[i].tally);
        json_top(object, counts, &counts->arms[i]);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
json_tiers(struct rto_object *object, const struct rta_report *counts)
{
    size_t                      i;
    const struct rta_tier_row  *row;

    rto_object_open(object, "tiers", '[');

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];

        rto_object_open_row(object);
        rto_object_text(object, "name",
                        row->name[0] == '\0' ? NULL : row->name);
        rto_object_text(object, "arm", row->arm);
        json_tally(object, counts, row->tally);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
json_messages(struct rto_object *object, const struct rta_report *counts)
{
    int                            kind;
    size_t                         i;
    const struct rta_message_row  *row;

    rto_object_open(object, "messages", '[');

    for (i = 0; i < counts->message_count; i++) {
        row = &counts->messages[i];

        rto_object_open_row(object);
        rto_object_text(object, "name", row->name);

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            rto_json_classes(object, rta_response_name(kind),
                             row->unique[kind]);
        }

        rto_object_open(object, "total", '{');

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            rto_json_classes(object, rta_response_name(kind), row->total[kind]);
        }

        rto_object_close(object, '}');
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
json_orders_until(struct rto_object *object, const struct rto_report *report)
{
    char                    text[RTN_TIME_TEXT_MAX];
    const struct rta_plan  *plan = report->counts->plan;

    if (!plan->has_orders) {
        rto_object_text(object, "orders_known_until", NULL);

    } else if (report->has_orders_day) {
        rto_object_day(object, "orders_known_until", report->orders_day);

    } else {
        rtn_time_format(plan->orders_until_ms, text);
        rto_object_text(object, "orders_known_until", text);
    }
}


static void
json_ratio(struct rto_object *object, const char *key,
    const struct rta_sample_ratio *ratio)
{
    rto_object_open(object, key, '{');
    rto_object_number(object, "chi2", ratio->has_chi2, ratio->chi2);
    rto_object_number(object, "p", ratio->has_p, ratio->p);
    rto_object_flag(object, "ok", ratio->ok);
    rto_object_close(object, '}');
}


static void
json_head(struct rto_object *object, const struct rto_report *report)
{
    const struct rta_report         *counts = report->counts;
    const struct rta_contamination  *reached = &counts->contamination;

    rto_object_text(object, "campaign", report->campaign);
    rto_object_text(object, "title", report->title);
    rto_object_day(object, "starts", report->starts);
    rto_object_count(object, "window_days", (uint64_t) report->window_days);
    rto_object_day(object, "as_of", report->as_of);
    rto_object_line(object);
    json_orders_until(object, report);
    rto_object_flag(object, "window_complete", counts->window_complete);
    rto_object_line(object);

    json_ratio(object, "sample_ratio", &counts->sample_ratio);
    json_ratio(object, "sample_ratio_remaining", &counts->remaining_ratio);
    rto_object_line(object);

    rto_object_open(object, "holdout_reached", '{');
    rto_object_count(object, "customers", reached->customers);
    rto_object_count(object, "opened_or_clicked", reached->touched);
    rto_object_count(object, "redeemed", reached->redeemed);
    rto_object_count(object, "unsubscribed", reached->unsubscribed);
    rto_object_close(object, '}');
    rto_object_line(object);

    rto_object_open(object, "health", '{');
    rto_object_count(object, "records_damaged", counts->records_damaged);
    rto_object_count(object, "repeats_dropped", counts->repeats_dropped);
    rto_object_count(object, "orders_disagreeing", counts->conflict_count);
    rto_object_count(object, "events_of_no_recipient", counts->strays);
    rto_object_count(object, "events_outside_window", counts->outside);
    rto_object_close(object, '}');
    rto_object_line(object);

    rto_object_open(object, "money", '{');
    rto_object_count(object, "orders_without_cost", counts->uncosted);
    rto_object_count(object, "orders_past_currencies",
                     counts->currencies_over);
    rto_object_count(object, "orders_net_of_discount", counts->net);
    rto_object_close(object, '}');
    rto_object_line(object);
}


static void
json_sentence(void *data, const char *sentence)
{
    rto_object_text(data, NULL, sentence);
}


int
rto_report_json(FILE *out, const struct rto_report *report)
{
    int                       rc;
    size_t                    i;
    struct rto_object         object = { out, false };
    const struct rta_report  *counts = report->counts;

    static void (*const  parts[])(struct rto_object *,
                                  const struct rta_report *) = {
        json_arms, json_tiers, json_messages, rto_json_comparisons,
        rto_json_segments, rto_json_estimates, rto_json_returns,
        rto_json_days, rto_json_after, rto_json_overlaps, rto_json_conflicts
    };

    rto_object_open(&object, NULL, '{');
    json_head(&object, report);

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        parts[i](&object, counts);
        rto_object_line(&object);
    }

    rto_json_activity(&object, counts);
    rto_json_links(&object, report);
    rto_object_open(&object, "words", '[');
    rc = rto_report_sentences(report, json_sentence, &object);
    rto_object_close(&object, ']');
    rto_object_line(&object);
    rto_object_open(&object, "notes", '[');

    for (i = 0; i < counts->note_count; i++) {
        rto_object_text(&object, NULL, counts->notes[i]);
    }

    rto_object_close(&object, ']');
    rto_object_close(&object, '}');
    fputc('\n', out);

    return rc == 0 ? rto_stream_err(out) : rc;
}
