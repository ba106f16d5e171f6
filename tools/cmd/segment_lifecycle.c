/* segment lifecycle: who is new, active, at risk, lapsed, back again. */

#include <string.h>

#include "../analysis/lifecycle.h"
#include "../analysis/tiers.h"
#include "segment.h"

#define LIFECYCLE_LIMITS  "90,180,360"

struct lifecycle_options {
    const char  *limits;
    const char  *currency;
    int          list;              /* a stage; -1: none */
    bool         is_csv;
};

/* A stage as a whole. */
struct lifecycle_sum {
    uint64_t         customers;
    uint64_t         orders;
    int64_t          revenue_minor;
    struct rta_days  silent;
};

struct lifecycle_model {
    struct segment           segment;
    rtn_day_t                as_of;
    struct rta_stage_limits  limits;
    struct rta_rhythm        rhythm;
    struct lifecycle_sum     stages[RTA_STAGES];
    int                      list;
    struct rto_table        *table;     /* of the list */
};

enum lifecycle_column {
    LIFECYCLE_STAGE,
    LIFECYCLE_CUSTOMERS,
    LIFECYCLE_SHARE,
    LIFECYCLE_ORDERS,
    LIFECYCLE_REVENUE,
    LIFECYCLE_CURRENCY,
    LIFECYCLE_MEDIAN,
    LIFECYCLE_COLUMNS
};

static const struct rto_column  lifecycle_columns[LIFECYCLE_COLUMNS] = {
    [LIFECYCLE_STAGE]     = { "stage", RTO_TEXT, NULL },
    [LIFECYCLE_CUSTOMERS] = { "customers", RTO_INTEGER, NULL },
    [LIFECYCLE_SHARE]     = { "share", RTO_FRACTION, NULL },
    [LIFECYCLE_ORDERS]    = { "orders", RTO_INTEGER, NULL },
    [LIFECYCLE_REVENUE]   = { "revenue", RTO_MONEY, NULL },
    [LIFECYCLE_CURRENCY]  = { "currency", RTO_TEXT, NULL },
    [LIFECYCLE_MEDIAN]    = { "median_silent_days", RTO_FRACTION,
                              "median days silent" }
};

enum lifecycle_list_column {
    LIST_CUSTOMER,
    LIST_STAGE,
    LIST_DAYS,
    LIST_ORDERS,
    LIST_REVENUE,
    LIST_CURRENCY,
    LIST_LAST,
    LIST_SILENT,
    LIST_GAP,
    LIST_RISK,
    LIST_LAPSE,
    LIST_COLUMNS
};

static const struct rto_column  lifecycle_list[LIST_COLUMNS] = {
    [LIST_CUSTOMER] = { "customer_id", RTO_TEXT, "customer" },
    [LIST_STAGE]    = { "stage", RTO_TEXT, NULL },
    [LIST_DAYS]     = { "purchase_days", RTO_INTEGER, "purchase days" },
    [LIST_ORDERS]   = { "orders", RTO_INTEGER, NULL },
    [LIST_REVENUE]  = { "revenue", RTO_MONEY, NULL },
    [LIST_CURRENCY] = { "currency", RTO_TEXT, NULL },
    [LIST_LAST]     = { "last_order", RTO_DAY, "last order" },
    [LIST_SILENT]   = { "silent_days", RTO_INTEGER, "days silent" },
    [LIST_GAP]      = { "median_gap_days", RTO_FRACTION, "median gap" },
    [LIST_RISK]     = { "risk_days", RTO_INTEGER, "at risk after" },
    [LIST_LAPSE]    = { "lapse_days", RTO_INTEGER, "lapsed after" }
};


static void
lifecycle_list_row(struct lifecycle_model *model,
    const struct segment_customer *from, const struct rta_standing *standing)
{
    struct rta_bought  bought;
    struct rto_value   values[LIST_COLUMNS];

    bought = rta_bought_sum(from->purchases, from->n,
                            model->segment.currency);

    values[LIST_CUSTOMER] = rto_string(from->customer->id);
    values[LIST_STAGE] = rto_string(rta_stage_names[standing->stage]);
    values[LIST_DAYS] = rto_integer((int64_t) standing->purchase_days);
    values[LIST_ORDERS] = rto_integer((int64_t) from->n);
    values[LIST_REVENUE] = rto_money(bought.paid_minor,
                                     model->segment.currency);
    values[LIST_CURRENCY] = rto_string(model->segment.currency);
    values[LIST_LAST] = from->n == 0
                        ? rto_absent()
                        : rto_day(from->purchases[from->n - 1].day);
    values[LIST_SILENT] = from->n == 0 ? rto_absent()
                                       : rto_integer(standing->silent_days);
    values[LIST_GAP] = standing->gap_halves == 0
                       ? rto_absent()
                       : rto_fraction((double) standing->gap_halves / 2);
    values[LIST_RISK] = rto_integer(standing->risk_days);
    values[LIST_LAPSE] = rto_integer(standing->lapse_days);

    rto_row(model->table, values);
}


static int
lifecycle_add(void *data, const struct segment_customer *from)
{
    int                     rc;
    struct rta_bought       bought;
    struct rta_standing     standing;
    struct lifecycle_sum   *sum;
    struct lifecycle_model *model = data;

    rc = rta_lifecycle_judge(&model->limits, &model->rhythm, from->purchases,
                             from->n, model->as_of, &standing);

    if (rc != 0) {
        return rc;
    }

    if (model->table != NULL) {
        if ((int) standing.stage == model->list) {
            lifecycle_list_row(model, from, &standing);
        }

        return 0;
    }

    bought = rta_bought_sum(from->purchases, from->n,
                            model->segment.currency);

    sum = &model->stages[standing.stage];
    sum->customers++;
    sum->orders += from->n;
    rta_minor_add(&sum->revenue_minor, bought.paid_minor);

    return from->n == 0 ? 0 : rta_days_add(&sum->silent,
                                           standing.silent_days);
}


static int
lifecycle_print(struct lifecycle_model *model)
{
    int                          i, rc;
    double                       median;
    uint64_t                     customers = 0;
    struct rto_table            *table;
    struct rto_value             values[LIFECYCLE_COLUMNS];
    const struct lifecycle_sum  *sum;

    rc = rto_begin(model->segment.ctx->out, model->segment.format,
                   lifecycle_columns, LIFECYCLE_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < RTA_STAGES; i++) {
        customers += model->stages[i].customers;
    }

    for (i = 0; i < RTA_STAGES; i++) {
        sum = &model->stages[i];

        values[LIFECYCLE_STAGE] = rto_string(rta_stage_names[i]);
        values[LIFECYCLE_CUSTOMERS] = rto_integer((int64_t) sum->customers);
        values[LIFECYCLE_SHARE] = rto_fraction(rta_share(sum->customers,
                                                         customers));
        values[LIFECYCLE_ORDERS] = rto_integer((int64_t) sum->orders);
        values[LIFECYCLE_REVENUE] = rto_money(sum->revenue_minor,
                                              model->segment.currency);
        values[LIFECYCLE_CURRENCY] = rto_string(model->segment.currency);
        values[LIFECYCLE_MEDIAN] = rta_days_median(&sum->silent, &median)
                                   ? rto_fraction(median) : rto_absent();

        rto_row(table, values);
    }

    return rto_end(table);
}


static int
lifecycle_limits(struct cmd_context *ctx, const char *text,
    struct rta_stage_limits *limits)
{
    const char        *reason = "there are three limits, as "
                                LIFECYCLE_LIMITS;
    struct rtn_str     str;
    struct rta_tiers   tiers;

    str.data = text != NULL ? text : LIFECYCLE_LIMITS;
    str.len = strlen(str.data);

    if (rta_tiers_parse(&tiers, str, &reason) == 0) {
        reason = "there are three limits, as " LIFECYCLE_LIMITS;

        if (rta_tiers_count(&tiers) == 4) {
            limits->first = rta_tiers_row(&tiers, 0).to_days;
            limits->second = rta_tiers_row(&tiers, 1).to_days;
            limits->third = rta_tiers_row(&tiers, 2).to_days;

            if (limits->first >= RTA_LIFECYCLE_NEW_DAYS) {
                return CMD_OK;
            }

            reason = "the first limit is 30 days or more";
        }
    }

    return cmd_fail(ctx, CMD_USAGE, "--limits '%s': %s", str.data, reason);
}


static void
lifecycle_release(struct lifecycle_model *model)
{
    int  i;

    for (i = 0; i < RTA_STAGES; i++) {
        rta_days_release(&model->stages[i].silent);
    }

    rta_rhythm_release(&model->rhythm);
}


static int
lifecycle_scan(struct lifecycle_model *model)
{
    int                  code, rc = 0;
    struct cmd_context  *ctx = model->segment.ctx;

    if (model->list >= 0) {
        rc = rto_begin(ctx->out, model->segment.format, lifecycle_list,
                       LIST_COLUMNS, &model->table);

        if (rc != 0) {
            return segment_end(&model->segment, rc, true);
        }
    }

    code = segment_each(&model->segment, lifecycle_add, model);

    if (model->table != NULL) {
        rc = rto_end(model->table);

    } else if (code == CMD_OK) {
        rc = lifecycle_print(model);
    }

    return code == CMD_OK ? segment_end(&model->segment, rc, true) : code;
}


static int
lifecycle_run(struct cmd_context *ctx)
{
    int                              code;
    struct lifecycle_model           model = { 0 };
    const struct lifecycle_options  *options = ctx->options;

    code = segment_init(&model.segment, ctx, options->is_csv);

    if (code == CMD_OK) {
        code = segment_use_currency(&model.segment, options->currency);
    }

    if (code == CMD_OK) {
        code = lifecycle_limits(ctx, options->limits, &model.limits);
    }

    if (code != CMD_OK) {
        return code;
    }

    model.as_of = ctx->as_of;
    model.list = options->list;

    code = lifecycle_scan(&model);
    lifecycle_release(&model);

    return code;
}


static const struct cmd_option  lifecycle_options[] = {
    CMD_STRING("limits", 't', struct lifecycle_options, limits, "DAYS",
        "the three limits of the rule, else " LIFECYCLE_LIMITS),
    CMD_STRING("currency", 0, struct lifecycle_options, currency, "CODE",
        "whose revenue; default: the store's"),
    CMD_CHOICE("list", 'l', struct lifecycle_options, list, "STAGE",
        rta_stage_names, -1, "the customers of a stage"),
    CMD_FLAG("csv", 0, struct lifecycle_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_lifecycle = {
    .name = "segment lifecycle",
    .run = lifecycle_run,
    .help = "count customers by stage, each by his own rhythm",
    .details =
        "Stages, the first that applies; orders of one day are one purchase,\n"
        "and the limits are 90, 180 and 360 days unless --limits says others:\n"
        "  visitor   no purchase\n"
        "  new       one purchase day, at most 30 days ago\n"
        "  returned  a purchase within 90 days that ended a silence past the\n"
        "            lapse limit\n"
        "  lapsed    silent for longer than the lapse limit\n"
        "  at-risk   silent for longer than the risk limit\n"
        "  active    silent for less\n"
        "With 3 purchase days or more, limits are the customer's own, from g,\n"
        "the median gap between them: at risk after 2 g, within 30 and 180\n"
        "days, lapsed after 3 g, within 90 and 360.  Else at risk after 90\n"
        "days and lapsed after 180.",
    .example = "--as-of 2026-11-25 --list at-risk --csv",
    .options = lifecycle_options,
    .options_size = sizeof(struct lifecycle_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
