/* The report in plain words. */

#include <inttypes.h>

#include "analysis/sequential.h"
#include "report_words.h"

/* The sign of an effect, as far as its interval tells. */
enum words_effect {
    WORDS_MORE = 0,
    WORDS_LESS,
    WORDS_UNCLEAR
};

static const char *const  words_buyers[] = {
    [WORDS_MORE] = "The campaign brought customers back.",
    [WORDS_LESS] = "The campaign kept customers away.",
    [WORDS_UNCLEAR] = "What the campaign did cannot be told from chance."
};

static const char *const  words_revenue[] = {
    [WORDS_MORE] = "It brought revenue",
    [WORDS_LESS] = "It cost revenue",
    [WORDS_UNCLEAR] = "Whether it changed revenue cannot be told from chance"
};


static enum words_effect
words_effect(const struct rta_comparison *comparison)
{
    if (comparison->low > 0) {
        return WORDS_MORE;
    }

    return comparison->high < 0 ? WORDS_LESS : WORDS_UNCLEAR;
}


static const struct rta_comparison_row *
words_headline(const struct rta_report *counts, enum rta_metric metric,
    const struct rta_comparison_row *after)
{
    size_t                            i;
    const struct rta_comparison_row  *row;

    i = after == NULL ? 0 : (size_t) (after - counts->comparisons) + 1;

    for ( /* void */ ; i < counts->comparison_count; i++) {
        row = &counts->comparisons[i];

        if (row->is_headline && row->metric == metric
            && row->comparison.has_interval)
        {
            return row;
        }
    }

    return NULL;
}


/* Why there is no verdict; false: there is one. */

static bool
words_refuse(FILE *out, const struct rto_report *report)
{
    char                      day[11];
    const struct rta_report  *counts = report->counts;

    if (counts->last_until_ms == 0) {
        fputs("Nobody is in this campaign.\n", out);
        return true;
    }

    if (!counts->has_holdout) {
        fputs("No verdict: without a hold-out nobody can say how many would "
              "have come back\nby themselves.\n", out);
        return true;
    }

    if (counts->is_withheld) {
        fputs("No verdict: the arms are not split as planned, so a "
              "difference between them says\nnothing about the mail. Find "
              "out who is missing first.\n", out);
        return true;
    }

    if (counts->holdout_orders_missing) {
        fputs("No verdict: no order of the hold-out is known, of whatever "
              "time. Import the orders\nof all customers, not of those who "
              "got the mail.\n", out);
        return true;
    }

    if (!counts->window_complete) {
        rtn_day_format(report->last_day, day);
        fprintf(out, "No verdict yet: it comes when %s is over and the "
                "orders are known until then.\nThe numbers above are "
                "preliminary; who stops at a good look fools himself.\n",
                day);
        return true;
    }

    return false;
}


static void
words_of_buyers(FILE *out, const struct rta_comparison_row *row)
{
    bool               is_fewer = row->incremental < 0;
    enum words_effect  effect = words_effect(&row->comparison);

    fprintf(out, "%s\nOf %" PRIu64 " treated, about %.0f %s bought than "
            "would have without it; the 95 %% interval\ngoes from %.0f to "
            "%.0f.\n", words_buyers[effect], row->treated,
            is_fewer ? -row->incremental : row->incremental,
            is_fewer ? "fewer" : "more", row->incremental_low,
            row->incremental_high);

    if (row->comparison.has_p) {
        fprintf(out, "Had it done nothing, chance alone would make a "
                "difference this large with a\nprobability of %.2g.\n",
                row->comparison.p);
    }

    if (effect == WORDS_UNCLEAR) {
        fputs("That is no proof that it did nothing: the interval says what "
              "is still possible.\n", out);
    }
}


static void
words_of_revenue(FILE *out, const struct rta_comparison_row *row)
{
    fprintf(out, "%s: %.2f %s, from %.2f to %.2f.\n",
            words_revenue[words_effect(&row->comparison)], row->incremental,
            row->currency, row->incremental_low, row->incremental_high);
}


static void
words_of_return(FILE *out, const struct rta_return_row *row)
{
    char  cost[RTN_MONEY_TEXT_MAX], discount[RTN_MONEY_TEXT_MAX];

    rtn_money_format(row->cost_minor, row->currency, cost);
    rtn_money_format(row->discount_minor, row->currency, discount);

    fprintf(out, "%s, which is incremental %s less "
            "discounts %s and cost %s:\n%.2f %s, between %.2f and %.2f.%s\n",
            row->is_margin ? "Profit" : "Return on revenue",
            row->is_margin ? "margin" : "revenue", discount, cost,
            row->value, row->currency, row->low, row->high,
            row->is_margin ? "" : " The cost of the goods is not in it.");

    if (row->has_anyway) {
        fprintf(out, "Of the discounts about %.2f %s, between %.2f and %.2f, "
                "went to customers who would\nhave bought anyway.\n",
                row->anyway, row->currency, row->anyway_low,
                row->anyway_high);
    }

    if (row->has_break_even_each && row->break_even > 0) {
        fprintf(out, "It breaks even at discounts of %.2f %s, which is %.2f "
                "for each coupon redeemed.\n", row->break_even,
                row->currency, row->break_even_each);
    }
}


static void
words_of_after(FILE *out, const struct rta_report *counts)
{
    const struct rta_survival_point  *back, *others;

    if (counts->after_count == 0) {
        return;
    }

    back = &counts->after[RTA_AFTER_TREATED].quarter;
    others = &counts->after[RTA_AFTER_HOLDOUT].quarter;

    if (!back->has_share) {
        return;
    }

    fprintf(out, "Coming back once is not staying: of the treated who came "
            "back, %.0f %% ordered again\nwithin %d days", 100 * back->share,
            RTA_AFTER_QUARTER_DAYS);

    if (others->has_share) {
        fprintf(out, ", of those who came back by themselves %.0f %%",
                100 * others->share);
    }

    fputs(".\n", out);
}


static void
words_of_segments(FILE *out, const struct rta_report *counts)
{
    if (counts->segment_count > 0) {
        fputs("Tiers and stages were not what the draw was made for: what "
              "they show is a question\nfor the next campaign, no answer of "
              "this one.\n", out);
    }

    if (counts->contamination.customers > 0) {
        fprintf(out, "%" PRIu64 " of the hold-out were reached all the same "
                "and stay in it, which draws the\ndifference "
                "towards zero.\n", counts->contamination.customers);
    }
}


static void
words_of_caution(FILE *out, const struct rta_comparison_row *row)
{
    fprintf(out, "Do not count the treated who bought as won back: %.2f %% "
            "of the hold-out bought\nwithout any mail. Opens and clicks are "
            "no outcome: machines fetch pictures and\nlinks, and who opens "
            "would sooner have bought anyway.\n", 100 * row->heldout_value);
}


/* For who looks every day: it may be read before the window is over. */

static void
words_of_looks(FILE *out, const struct rta_report *counts)
{
    size_t                          i;
    const struct rta_estimate_row  *row;

    for (i = 0; i < counts->estimate_count; i++) {
        row = &counts->estimates[i];

        if (row->estimate != RTA_ESTIMATE_ALWAYS) {
            continue;
        }

        if (!row->has_interval) {
            fprintf(out, "For a look every day there are too few buyers yet: "
                    "%d in each arm are needed.\n", RTA_SEQUENTIAL_MIN);
            return;
        }

        fprintf(out, "Looked at every day, the difference so far is %+.3f "
                "points, between %.3f and %.3f:\n%s, if tau %g was fixed "
                "before the first look.\n", 100 * row->difference,
                100 * row->low, 100 * row->high,
                row->low > 0 ? "more of the treated have bought by now"
                : row->high < 0 ? "fewer of the treated have bought by now"
                : "it cannot be told from chance by now", row->detail);
    }
}


void
rto_report_words(FILE *out, const struct rto_report *report)
{
    size_t                            i;
    const struct rta_report          *counts = report->counts;
    const struct rta_comparison_row  *buyers, *row;

    if (words_refuse(out, report)) {
        words_of_looks(out, counts);
        return;
    }

    buyers = words_headline(counts, RTA_METRIC_BUYERS, NULL);

    if (buyers == NULL) {
        fputs("No verdict: an arm is empty.\n", out);
        return;
    }

    words_of_buyers(out, buyers);
    row = NULL;

    while ((row = words_headline(counts, RTA_METRIC_REVENUE, row)) != NULL) {
        words_of_revenue(out, row);
    }

    for (i = 0; i < counts->return_count; i++) {
        words_of_return(out, &counts->returns[i]);
    }

    words_of_looks(out, counts);
    words_of_after(out, counts);
    words_of_caution(out, buyers);
    words_of_segments(out, counts);
}
