/* segment priority: whom to win back first, and why. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment_priority.h"

#define PRIORITY_FIRST    4096
#define PRIORITY_WINDOW   30
#define PRIORITY_TOP_MAX  1000000000
#define PRIORITY_WHOLE    10000             /* 100 %, as a discount has it */


static int
priority_reserve(struct priority *priority)
{
    void    *grown;
    size_t   size;

    if (priority->n < priority->size) {
        return 0;
    }

    size = priority->size == 0 ? PRIORITY_FIRST : priority->size * 2;
    grown = reallocarray(priority->customers, size,
                         sizeof(*priority->customers));

    if (grown == NULL) {
        return RTN_ERR_NOMEM;
    }

    priority->customers = grown;
    grown = reallocarray(priority->rows, size, sizeof(*priority->rows));

    if (grown == NULL) {
        return RTN_ERR_NOMEM;
    }

    priority->rows = grown;
    priority->size = size;

    return 0;
}


/* The mean order of the later half of his orders over that of the earlier
   one; the middle one of an odd number is in neither. */

static double
priority_growth(const struct rta_purchases *purchases)
{
    size_t   i, half = purchases->n / 2;
    double   earlier = 0, later = 0;

    for (i = 0; i < half; i++) {
        earlier += (double) purchases->items[i].paid_minor;
        later += (double) purchases->items[purchases->n - 1 - i].paid_minor;
    }

    return half > 0 && earlier > 0 ? later / earlier : NAN;
}


static int
priority_add(struct priority *priority, const struct cmd_audience_row *row,
    const struct rta_priority_row *judged)
{
    int                         rc;
    struct rta_bought           bought;
    struct priority_customer   *customer;
    const struct rta_subject   *subject = row->subject;
    const struct rta_audience  *audience = row->audience;

    rc = priority_reserve(priority);

    if (rc != 0) {
        return rc;
    }

    bought = rta_bought_sum(audience->purchases.items, audience->purchases.n,
                            priority->segment.currency);
    customer = &priority->customers[priority->n];

    *customer = (struct priority_customer) {
        .stage = (enum rta_stage) subject->stage,
        .purchase_days = bought.days,
        .spend_minor = bought.paid_minor,
        .first_days = subject->first_order_days,
        .silent_days = subject->last_order_days,
        .growth = priority_growth(&audience->purchases),
        .referred = audience->referred
    };

    rc = rta_names_add(&priority->ids, row->customer->id, &customer->name);

    if (rc == 0) {
        priority->rows[priority->n] = *judged;
        priority->rows[priority->n].place = priority->n;
        priority->n++;
    }

    return rc;
}


static int
priority_judge(struct priority *priority, const struct cmd_audience_row *row)
{
    enum campaign_left              left;
    struct rta_priority_row         judged;
    const struct rta_audience      *audience = row->audience;
    const struct priority_options  *options = priority->segment.ctx->options;

    if (!audience->has_prospect
        || (priority->audience != NULL
            && !rta_expression_eval(priority->audience, row->subject)))
    {
        return 0;
    }

    left = campaign_left_draw(&priority->global, row->customer,
                              row->is_suppressed);

    if (left != CAMPAIGN_LEFT_COUNT) {
        priority->left[left]++;
        return 0;
    }

    if (!rta_priority_judge(&priority->facts.basis.outlook, &audience->buyer,
                            &audience->prospect, (int32_t) options->window,
                            &priority->offer, &judged))
    {
        priority->unknown++;
        return 0;
    }

    return priority_add(priority, row, &judged);
}


/* Revenue is what is at stake where no order carries its cost. */

static void
priority_margin(struct priority *priority,
    const struct rta_audience *audience)
{
    double  margin = rta_audience_margin(audience);

    if (!priority->has_margin && margin >= 0) {
        priority->has_margin = true;
        priority->terms.margin = margin;
    }
}


static int
priority_scan(struct priority *priority)
{
    int                        rc;
    uint32_t                   last = 0;
    struct cmd_context        *ctx = priority->segment.ctx;
    struct cmd_progress        progress;
    struct cmd_audience_row    row = { .customer = NULL };
    struct cmd_audience_scan  *scan;

    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = cmd_audience_scan_open(ctx->store, &priority->facts, &scan);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    cmd_progress_begin(&progress, ctx, "reading customers", last);

    while (rc == 0 && !cmd_interrupted()) {
        rc = cmd_audience_scan_next(scan, &row);

        if (rc == 0) {
            cmd_progress_at(&progress, row.customer->number);
            rc = priority_judge(priority, &row);
        }
    }

    if (row.audience != NULL) {
        priority_margin(priority, row.audience);
    }

    cmd_progress_end(&progress);
    cmd_audience_scan_close(scan);

    if (cmd_interrupted()) {
        return cmd_stop(ctx);
    }

    return rc == RTN_ERR_NOT_FOUND
           ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the customers");
}


/* "2000.00 EUR", in the store's currency.  NULL: 0. */

static int
priority_read_money(struct cmd_context *ctx, const char *option,
    const char *text, int64_t *minor)
{
    size_t          len;
    const char     *currency = ctx->settings->currency;
    struct rtn_str  amount = { text, 0 };

    *minor = 0;

    if (text == NULL) {
        return CMD_OK;
    }

    len = strlen(text);

    if (len > RTN_CURRENCY_LEN + 1
        && text[len - RTN_CURRENCY_LEN - 1] == ' '
        && strcmp(text + len - RTN_CURRENCY_LEN, currency) == 0)
    {
        amount.len = len - RTN_CURRENCY_LEN - 1;

        if (rtn_money_parse(amount, currency, minor) == 0 && *minor >= 0) {
            return CMD_OK;
        }
    }

    return cmd_fail(ctx, CMD_USAGE, "--%s wants an amount in the store's "
                    "currency, as \"20.00 %s\", not '%s'", option, currency,
                    text);
}


/* "10%", with at most two digits behind the point, in parts of 10000. */

static bool
priority_read_percent(const char *text, int64_t *parts)
{
    size_t          len = strlen(text);
    struct rtn_str  number = { text, len - 1 };

    return len > 1 && text[len - 1] == '%'
           && rtn_money_parse(number, "EUR", parts) == 0
           && *parts >= 0 && *parts <= PRIORITY_WHOLE;
}


static int
priority_read_terms(struct priority *priority,
    const struct priority_options *options)
{
    int                  rc;
    int64_t              number;
    struct cmd_context  *ctx = priority->segment.ctx;

    priority->terms.margin = 1;

    if (options->margin != NULL) {
        if (!priority_read_percent(options->margin, &number)) {
            return cmd_fail(ctx, CMD_USAGE, "--margin wants a percentage, as "
                            "40%%, not '%s'", options->margin);
        }

        priority->has_margin = true;
        priority->terms.margin = (double) number / PRIORITY_WHOLE;
    }

    if (options->discount != NULL
        && priority_read_percent(options->discount, &number))
    {
        priority->offer.share = (double) number / PRIORITY_WHOLE;

    } else {
        rc = priority_read_money(ctx, "discount", options->discount, &number);

        if (rc != CMD_OK) {
            return rc;
        }

        priority->offer.fixed_minor = (double) number;
    }

    rc = priority_read_money(ctx, "message-cost", options->message_cost,
                             &number);
    priority->terms.message_minor = (double) number;

    return rc == CMD_OK ? priority_read_money(ctx, "budget", options->budget,
                                              &priority->budget_minor)
                        : rc;
}


static int
priority_read(struct priority *priority,
    const struct priority_options *options)
{
    int                  rc;
    unsigned             needs = RTA_NEED_MODELS | RTA_NEED_STAGE
                                 | RTA_NEED_REFERRALS;
    struct rta_asks      asks = { 0 };
    struct cmd_context  *ctx = priority->segment.ctx;

    rc = priority_read_terms(priority, options);

    if (rc == CMD_OK && priority->budget_minor != 0
        && priority->terms.message_minor == 0 && options->discount == NULL)
    {
        rc = cmd_fail(ctx, CMD_USAGE, "--budget says nothing where nothing "
                      "costs anything; give --message-cost or --discount");
    }

    if (rc == CMD_OK && options->audience != NULL) {
        rc = cmd_condition_read(ctx, "--audience", options->audience,
                                &priority->audience, &needs, &asks);
    }

    return rc == CMD_OK ? cmd_audience_facts_gather(ctx, ctx->as_of, needs,
                                                    &asks, &priority->facts)
                        : rc;
}


static int
priority_run(struct cmd_context *ctx)
{
    int                             rc;
    struct priority                 priority = { .n = 0 };
    const struct priority_options  *options = ctx->options;

    rc = segment_init(&priority.segment, ctx, options->is_csv);

    if (rc == CMD_OK) {
        rc = segment_use_currency(&priority.segment, NULL);
    }

    if (rc == CMD_OK) {
        rc = priority_read(&priority, options);
    }

    if (rc == CMD_OK && !priority.facts.has_dropout) {
        rc = cmd_fail(ctx, CMD_DATA, "no evidence of drop-out in these data, "
                      "so nobody can be said to be gone; see 'segment "
                      "lifecycle' and 'segment value'");
    }

    if (rc == CMD_OK) {
        campaign_global_init(ctx, &priority.global);
        rc = priority_scan(&priority);
        campaign_global_release(&priority.global);
    }

    if (rc == CMD_OK) {
        rc = priority_print(&priority);
    }

    cmd_audience_facts_release(&priority.facts);
    rta_expression_free(priority.audience);
    rta_names_release(&priority.ids);
    free(priority.customers);
    free(priority.rows);

    return rc;
}


static const struct cmd_option  priority_options[] = {
    CMD_INTEGER("top", 'n', struct priority_options, top, "N",
        0, 1, PRIORITY_TOP_MAX, "the first so many"),
    CMD_STRING("budget", 'b', struct priority_options, budget, "AMOUNT",
        "the first whom it pays for, as \"2000.00 EUR\""),
    CMD_STRING("message-cost", 0, struct priority_options, message_cost,
        "AMOUNT", "what mailing one customer costs, as \"0.02 EUR\""),
    CMD_STRING("discount", 'd', struct priority_options, discount, "OFF",
        "what the offer takes off an order, as 10% or \"5.00 EUR\""),
    CMD_STRING("margin", 0, struct priority_options, margin, "PERCENT",
        "what is left of revenue; else as the orders with cost have it"),
    CMD_INTEGER("window", 'w', struct priority_options, window, "DAYS",
        PRIORITY_WINDOW, 1, RTN_WINDOW_DAYS_MAX,
        "days in which the offer is good, else 30"),
    CMD_STRING("audience", 'a', struct priority_options, audience,
        "CONDITION", "only whom it holds for, as in a campaign file"),
    CMD_FLAG("csv", 0, struct priority_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_priority = {
    .name = "segment priority",
    .run = priority_run,
    .help = "rank whom to win back first, with the reasons beside each",
    .details =
        "at stake    p_gone (margin * value_if_back - discount): what he\n"
        "            would bring within 52 weeks, were he a customer again,\n"
        "            times the probability that he is none (MBG/NBD,\n"
        "            Gamma-Gamma)\n"
        "cost        the message, and the discount of who comes by himself\n"
        "break-even  cost over what is at stake: the share of those who are\n"
        "            gone that the campaign must bring back; the smallest is\n"
        "            first, where nothing costs anything the most at stake\n"
        "growth      the mean order of his later half over the earlier one\n"
        "referrals   customers who have bought and name him as referred_by,\n"
        "            and what they spent.  It stands beside the rank: they\n"
        "            have rows of their own, and whom he would bring once he\n"
        "            is back no file tells\n"
        "How many a campaign brings back is not assumed: no history of orders\n"
        "tells.  Who may not be mailed is left out.",
    .example = "--as-of 2026-11-25 --top 5000 --message-cost \"0.02 EUR\"",
    .options = priority_options,
    .options_size = sizeof(struct priority_options),
    .opens = RTN_OPEN_CRM | RTN_OPEN_COUPONS | RTN_OPEN_EVENTS,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
