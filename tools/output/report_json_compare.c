/* The report as JSON: what is set against the hold-out. */

#include "report_json.h"
#include "report_words.h"


static void
json_comparison(struct rto_object *object,
    const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    rto_object_open_row(object);

    if (row->by != NULL) {
        rto_object_text(object, "by", row->by);
        rto_object_text(object, "segment",
                        row->segment[0] == '\0' ? NULL : row->segment);
    }

    rto_object_text(object, "arm", row->arm);
    rto_object_text(object, "against", row->against);
    rto_object_text(object, "metric", rta_metric_name(row->metric));

    if (row->currency[0] != '\0') {
        rto_object_text(object, "currency", row->currency);
    }

    rto_object_count(object, "arm_recipients", row->treated);
    rto_object_count(object, "against_recipients", row->heldout);
    rto_object_number(object, "arm_value", row->treated > 0,
                      row->treated_value);
    rto_object_number(object, "against_value", row->heldout > 0,
                      row->heldout_value);
    rto_object_number(object, "difference", c->has_difference, c->difference);
    rto_object_number(object, "low", c->has_interval, c->low);
    rto_object_number(object, "high", c->has_interval, c->high);
    rto_object_number(object, "p", c->has_p, c->p);
    rto_object_number(object, "p_holm", row->has_holm, row->p_holm);
    rto_object_number(object, "relative", c->has_relative, c->relative);
    rto_object_number(object, "relative_low", c->has_relative_interval,
                      c->relative_low);
    rto_object_number(object, "relative_high", c->has_relative_interval,
                      c->relative_high);
    rto_object_number(object, "incremental", c->has_difference,
                      row->incremental);
    rto_object_number(object, "incremental_low", c->has_interval,
                      row->incremental_low);
    rto_object_number(object, "incremental_high", c->has_interval,
                      row->incremental_high);
    rto_object_text(object, "method", c->method == RTA_METHOD_NONE
                                      ? NULL : rta_method_name(c->method));
    rto_object_close(object, '}');
}


static void
json_comparison_list(struct rto_object *object, const char *key,
    const struct rta_comparison_row *rows, size_t n)
{
    size_t  i;

    rto_object_open(object, key, '[');

    for (i = 0; i < n; i++) {
        json_comparison(object, &rows[i]);
    }

    rto_object_close(object, ']');
}


void
rto_json_comparisons(struct rto_object *object,
    const struct rta_report *counts)
{
    json_comparison_list(object, "comparisons", counts->comparisons,
                         counts->comparison_count);
}


void
rto_json_segments(struct rto_object *object, const struct rta_report *counts)
{
    json_comparison_list(object, "segments", counts->segments,
                         counts->segment_count);
}


void
rto_json_estimates(struct rto_object *object,
    const struct rta_report *counts)
{
    size_t                          i;
    const struct rta_estimate_row  *row;

    rto_object_open(object, "estimates", '[');

    for (i = 0; i < counts->estimate_count; i++) {
        row = &counts->estimates[i];

        rto_object_open_row(object);
        rto_object_text(object, "estimate", rta_estimate_name(row->estimate));
        rto_object_text(object, "arm", row->arm);
        rto_object_text(object, "against", row->against);
        rto_object_text(object, "metric", rta_metric_name(row->metric));

        if (row->currency[0] != '\0') {
            rto_object_text(object, "currency", row->currency);
        }

        rto_object_number(object, "difference", row->has_interval,
                          row->difference);
        rto_object_number(object, "low", row->has_interval, row->low);
        rto_object_number(object, "high", row->has_interval, row->high);
        rto_object_number(object, "p", row->has_p, row->p);
        rto_object_number(object, rto_estimate_parameter(row->estimate), true,
                          row->detail);
        rto_object_number(object, "variance_saved", row->has_saved,
                          row->saved);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
json_day_arms(struct rto_object *object, const struct rta_report *counts,
    const struct rta_day_row *row)
{
    size_t  arm;

    rto_object_open(object, "arms", '{');

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_object_open(object, counts->arms[arm].name, '{');
        rto_object_count(object, "recipients", row->arms[arm].recipients);
        rto_object_count(object, "buyers", row->arms[arm].buyers);
        rto_object_close(object, '}');
    }

    rto_object_close(object, '}');
}


void
rto_json_days(struct rto_object *object, const struct rta_report *counts)
{
    size_t                     i;
    const struct rta_day_row  *row;

    rto_object_open(object, "days", '[');

    for (i = 0; i < counts->day_count; i++) {
        row = &counts->days[i];

        rto_object_open_row(object);
        rto_object_day(object, "day", row->day);
        rto_object_count(object, "treated", row->treated);
        rto_object_count(object, "treated_buyers", row->treated_buyers);
        rto_object_count(object, "holdout", row->heldout);
        rto_object_count(object, "holdout_buyers", row->heldout_buyers);
        json_day_arms(object, counts, row);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
json_return(struct rto_object *object, const struct rta_return_row *row)
{
    rto_object_open_row(object);
    rto_object_text(object, "currency", row->currency);
    rto_object_number(object, "incremental", true, row->incremental);
    rto_object_number(object, "incremental_low", true, row->incremental_low);
    rto_object_number(object, "incremental_high", true,
                      row->incremental_high);
    rto_object_money(object, "discounts", row->discount_minor, row->currency);
    rto_object_money(object, "cost", row->cost_minor, row->currency);
    rto_object_number(object, "value", true, row->value);
    rto_object_number(object, "low", true, row->low);
    rto_object_number(object, "high", true, row->high);
    rto_object_number(object, "return", row->has_ratio, row->ratio);
    rto_object_number(object, "break_even_discounts", true, row->break_even);
    rto_object_number(object, "break_even_discount_each",
                      row->has_break_even_each, row->break_even_each);
    rto_object_number(object, "discounts_to_anyway_buyers", row->has_anyway,
                      row->anyway);
    rto_object_number(object, "discounts_to_anyway_buyers_low",
                      row->has_anyway, row->anyway_low);
    rto_object_number(object, "discounts_to_anyway_buyers_high",
                      row->has_anyway, row->anyway_high);
    rto_object_close(object, '}');
}


void
rto_json_returns(struct rto_object *object, const struct rta_report *counts)
{
    int     is_margin;
    size_t  i;

    for (is_margin = 0; is_margin < 2; is_margin++) {
        rto_object_open(object, is_margin ? "profit" : "return_on_revenue",
                        '[');

        for (i = 0; i < counts->return_count; i++) {
            if (counts->returns[i].is_margin == is_margin) {
                json_return(object, &counts->returns[i]);
            }
        }

        rto_object_close(object, ']');
        rto_object_line(object);
    }
}


static void
json_point(struct rto_object *object, const char *key,
    const struct rta_survival_point *point)
{
    rto_object_open(object, key, '{');
    rto_object_count(object, "at_risk", point->at_risk);
    rto_object_number(object, "share", point->has_share, point->share);
    rto_object_number(object, "low", point->has_interval,
                      point->interval.low);
    rto_object_number(object, "high", point->has_interval,
                      point->interval.high);
    rto_object_close(object, '}');
}


void
rto_json_after(struct rto_object *object, const struct rta_report *counts)
{
    size_t                       i, week;
    const struct rta_after_row  *row;

    rto_object_open(object, "after", '[');

    for (i = 0; i < counts->after_count; i++) {
        row = &counts->after[i];

        rto_object_open_row(object);
        rto_object_text(object, "group", row->name);
        rto_object_count(object, "customers", row->customers);
        rto_object_count(object, "ordered_again", row->again);
        rto_object_number(object, "median_days", row->has_median,
                          row->median_days);
        json_point(object, "month", &row->month);
        json_point(object, "quarter", &row->quarter);
        rto_object_number(object, "treated_less_this", row->has_difference,
                          row->difference);
        rto_object_number(object, "low", row->has_difference, row->low);
        rto_object_number(object, "high", row->has_difference, row->high);
        rto_object_open(object, "weeks", '[');

        for (week = 0; week <= RTA_AFTER_WEEKS; week++) {
            json_point(object, NULL, &row->weeks[week]);
        }

        rto_object_close(object, ']');
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}
