/* The list of 'segment priority', and the sentences below it. */

#include <inttypes.h>
#include <math.h>

#include "segment_priority.h"

enum priority_column {
    PRIORITY_RANK,
    PRIORITY_CUSTOMER,
    PRIORITY_STAGE,
    PRIORITY_GONE,
    PRIORITY_VALUE,
    PRIORITY_STAKE,
    PRIORITY_COST,
    PRIORITY_BREAK_EVEN,
    PRIORITY_SPEND,
    PRIORITY_CURRENCY,
    PRIORITY_DAYS,
    PRIORITY_FIRST_ORDER,
    PRIORITY_SILENT,
    PRIORITY_GROWTH,
    PRIORITY_REFERRALS,
    PRIORITY_REFERRED,
    PRIORITY_COLUMNS
};

static const struct rto_column  priority_columns[PRIORITY_COLUMNS] = {
    [PRIORITY_RANK]        = { "rank", RTO_INTEGER, NULL },
    [PRIORITY_CUSTOMER]    = { "customer_id", RTO_TEXT, "customer" },
    [PRIORITY_STAGE]       = { "stage", RTO_TEXT, NULL },
    [PRIORITY_GONE]        = { "p_gone", RTO_FRACTION, "gone" },
    [PRIORITY_VALUE]       = { "value_if_back", RTO_MONEY, "if back" },
    [PRIORITY_STAKE]       = { "at_stake", RTO_MONEY, "at stake" },
    [PRIORITY_COST]        = { "cost", RTO_MONEY, NULL },
    [PRIORITY_BREAK_EVEN]  = { "break_even_uplift", RTO_FRACTION,
                               "break-even" },
    [PRIORITY_SPEND]       = { "spend", RTO_MONEY, NULL },
    [PRIORITY_CURRENCY]    = { "currency", RTO_TEXT, NULL },
    [PRIORITY_DAYS]        = { "purchase_days", RTO_INTEGER,
                               "purchase days" },
    [PRIORITY_FIRST_ORDER] = { "first_order", RTO_DAY, "first order" },
    [PRIORITY_SILENT]      = { "silent_days", RTO_INTEGER, "days silent" },
    [PRIORITY_GROWTH]      = { "growth", RTO_FRACTION, NULL },
    [PRIORITY_REFERRALS]   = { "referrals", RTO_INTEGER, NULL },
    [PRIORITY_REFERRED]    = { "referred_spend", RTO_MONEY, "they spent" }
};


static struct rto_value
priority_money(const struct priority *priority, double minor)
{
    return fabs(minor) <= (double) RTN_MONEY_MAX
           ? rto_money(llround(minor), priority->segment.currency)
           : rto_absent();
}


static void
priority_row(const struct priority *priority, struct rto_table *table,
    size_t rank)
{
    struct rto_value                 values[PRIORITY_COLUMNS];
    const struct rta_priority_row   *row = &priority->rows[rank];
    const struct priority_customer  *customer;

    customer = &priority->customers[row->place];

    values[PRIORITY_RANK] = rto_integer((int64_t) rank + 1);
    values[PRIORITY_CUSTOMER] = rto_string(row->id);
    values[PRIORITY_STAGE] = rto_string(rta_stage_names[customer->stage]);
    values[PRIORITY_GONE] = rto_fraction(row->p_gone);
    values[PRIORITY_VALUE] = priority_money(priority, row->value_minor);
    values[PRIORITY_STAKE] = priority_money(priority, row->stake_minor);
    values[PRIORITY_COST] = priority_money(priority, row->cost_minor);
    values[PRIORITY_BREAK_EVEN] = rto_fraction(row->break_even);
    values[PRIORITY_SPEND] = rto_money(customer->spend_minor,
                                       priority->segment.currency);
    values[PRIORITY_CURRENCY] = rto_string(priority->segment.currency);
    values[PRIORITY_DAYS] = rto_integer((int64_t) customer->purchase_days);
    values[PRIORITY_FIRST_ORDER] = rto_day(priority->segment.ctx->as_of
                                           - (rtn_day_t)
                                             customer->first_days);
    values[PRIORITY_SILENT] = rto_integer(customer->silent_days);
    values[PRIORITY_GROWTH] = rto_fraction(customer->growth);
    values[PRIORITY_REFERRALS] = rto_integer(customer->referred.customers);
    values[PRIORITY_REFERRED] = rto_money(customer->referred.paid_minor,
                                          priority->segment.currency);

    rto_row(table, values);
}


static void
priority_print_sum(const struct priority *priority, size_t n)
{
    char    stake_text[RTN_MONEY_TEXT_MAX], cost_text[RTN_MONEY_TEXT_MAX];
    FILE   *out = segment_notes(&priority->segment);
    double  stake, cost;

    rta_priority_sum(priority->rows, n, &stake, &cost);

    if (stake > (double) RTN_MONEY_MAX || cost > (double) RTN_MONEY_MAX) {
        return;
    }

    rtn_money_format(llround(stake), priority->segment.currency, stake_text);
    rtn_money_format(llround(cost), priority->segment.currency, cost_text);

    fprintf(out, "%zu of %zu customers: %s %s at stake in %s, for %s %s\n", n,
            priority->n, stake_text, priority->segment.currency,
            priority->has_margin ? "margin" : "revenue (no margin is known)",
            cost_text, priority->segment.currency);

    if (stake > 0 && cost > 0) {
        fprintf(out, "it pays when it brings back more than %.3g %% of those "
                "who are gone, beyond those who come by themselves; only a "
                "campaign with a hold-out tells\n", 100 * cost / stake);
    }
}


static void
priority_print_left(const struct priority *priority)
{
    size_t   i;
    FILE    *out = segment_notes(&priority->segment);

    for (i = 0; i < CAMPAIGN_LEFT_COUNT; i++) {
        if (priority->left[i] > 0) {
            fprintf(out, "left out: %" PRIu64 " %s\n", priority->left[i],
                    campaign_left_names[i]);
        }
    }

    if (priority->unknown > 0) {
        fprintf(out, "left out: %" PRIu64 " of whom no value in %s can be "
                "expected\n", priority->unknown,
                priority->segment.currency);
    }

    if (priority->facts.referred.unknown > 0) {
        fprintf(out, "referrals: %" PRIu64 " customers name a referrer whose "
                "id is no customer's\n", priority->facts.referred.unknown);
    }
}


int
priority_print(struct priority *priority)
{
    int                             rc;
    size_t                          i, n;
    struct rto_table               *table;
    const struct priority_options  *options = priority->segment.ctx->options;

    for (i = 0; i < priority->n; i++) {
        priority->rows[i].id = rta_names_get(&priority->ids,
                                             priority->customers[i].name);
    }

    rta_priority_rank(&priority->terms, priority->rows, priority->n);
    n = rta_priority_within(priority->rows, priority->n,
                            (size_t) options->top, priority->budget_minor, 1);

    rc = rto_begin(priority->segment.ctx->out, priority->segment.format,
                   priority_columns, PRIORITY_COLUMNS, &table);

    for (i = 0; rc == 0 && i < n; i++) {
        priority_row(priority, table, i);
    }

    if (rc == 0) {
        rc = rto_end(table);
    }

    if (rc == 0) {
        priority_print_sum(priority, n);
        priority_print_left(priority);
    }

    return segment_end(&priority->segment, rc, true);
}
