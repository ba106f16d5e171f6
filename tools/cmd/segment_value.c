/* segment value: what customers were worth to date. */

#include "../analysis/value.h"
#include "model.h"
#include "segment.h"

enum value_by {
    VALUE_BY_ALL = 0,
    VALUE_BY_CHANNEL,
    VALUE_BY_CUSTOMER
};

static const char *const  value_bys[] = {
    "all", "channel", "customer", NULL
};

struct value_options {
    int   by;
    bool  is_expected;
    bool  is_csv;
};

struct value_model {
    struct segment           segment;
    int                      by;
    bool                     is_expected;
    struct rta_outlook       outlook;
    rtn_day_t                until;     /* what it counts */
    struct rta_value_groups  groups;
    struct rto_table        *table;     /* of customers */
};

enum value_column {
    VALUE_CHANNEL,
    VALUE_CURRENCY,
    VALUE_CUSTOMERS,
    VALUE_ORDERS,
    VALUE_REVENUE,
    VALUE_AVERAGE,
    VALUE_PER_CUSTOMER,
    VALUE_COSTED,
    VALUE_MARGIN,
    VALUE_EXPECTED,                     /* the last, with --expected */
    VALUE_COLUMNS
};

static const struct rto_column  value_columns[VALUE_COLUMNS] = {
    [VALUE_CHANNEL]      = { "channel", RTO_TEXT, NULL },
    [VALUE_CURRENCY]     = { "currency", RTO_TEXT, NULL },
    [VALUE_CUSTOMERS]    = { "customers", RTO_INTEGER, NULL },
    [VALUE_ORDERS]       = { "orders", RTO_INTEGER, NULL },
    [VALUE_REVENUE]      = { "revenue", RTO_MONEY, NULL },
    [VALUE_AVERAGE]      = { "average_order", RTO_MONEY, "average order" },
    [VALUE_PER_CUSTOMER] = { "revenue_per_customer", RTO_MONEY,
                             "per customer" },
    [VALUE_COSTED]       = { "orders_with_cost", RTO_INTEGER,
                             "orders with cost" },
    [VALUE_MARGIN]       = { "margin", RTO_MONEY, "their margin" },
    [VALUE_EXPECTED]     = { "expected_value", RTO_MONEY, "expected" }
};

enum value_list_column {
    LIST_CUSTOMER,
    LIST_CHANNEL,
    LIST_CURRENCY,
    LIST_ORDERS,
    LIST_REVENUE,
    LIST_AVERAGE,
    LIST_COSTED,
    LIST_MARGIN,
    LIST_FIRST,
    LIST_LAST,
    LIST_EXPECTED,
    LIST_COLUMNS
};

static const struct rto_column  value_list[LIST_COLUMNS] = {
    [LIST_CUSTOMER] = { "customer_id", RTO_TEXT, "customer" },
    [LIST_CHANNEL]  = { "channel", RTO_TEXT, NULL },
    [LIST_CURRENCY] = { "currency", RTO_TEXT, NULL },
    [LIST_ORDERS]   = { "orders", RTO_INTEGER, NULL },
    [LIST_REVENUE]  = { "revenue", RTO_MONEY, NULL },
    [LIST_AVERAGE]  = { "average_order", RTO_MONEY, "average order" },
    [LIST_COSTED]   = { "orders_with_cost", RTO_INTEGER,
                        "orders with cost" },
    [LIST_MARGIN]   = { "margin", RTO_MONEY, "their margin" },
    [LIST_FIRST]    = { "first_order", RTO_DAY, "first order" },
    [LIST_LAST]     = { "last_order", RTO_DAY, "last order" },
    [LIST_EXPECTED] = { "expected_value", RTO_MONEY, "expected" }
};


static struct rto_value
value_channel(const char *channel)
{
    return channel[0] == '\0' ? rto_absent() : rto_string(channel);
}


static struct rto_value
value_mean(int64_t sum, uint64_t n, const rtn_currency_t currency)
{
    return rto_money(rta_minor_mean(sum, n), currency);
}


static struct rto_value
value_margin(const struct rta_value *value)
{
    return value->costed_orders == 0
           ? rto_absent() : rto_money(value->margin_minor, value->currency);
}


static struct rto_value
value_expected(const struct rta_value *value)
{
    return value->expecting == 0
           ? rto_absent() : rto_money(value->expected_minor, value->currency);
}


static void
value_list_row(struct rto_table *table, const struct segment_customer *from,
    const struct rta_value *value)
{
    struct rto_value  values[LIST_COLUMNS];

    values[LIST_CUSTOMER] = rto_string(from->customer->id);
    values[LIST_CHANNEL] = value_channel(from->channel);
    values[LIST_CURRENCY] = rto_string(value->currency);
    values[LIST_ORDERS] = rto_integer((int64_t) value->orders);
    values[LIST_REVENUE] = rto_money(value->revenue_minor, value->currency);
    values[LIST_AVERAGE] = value_mean(value->revenue_minor, value->orders,
                                      value->currency);
    values[LIST_COSTED] = rto_integer((int64_t) value->costed_orders);
    values[LIST_MARGIN] = value_margin(value);
    values[LIST_FIRST] = rto_day(value->first_day);
    values[LIST_LAST] = rto_day(value->last_day);
    values[LIST_EXPECTED] = value_expected(value);

    rto_row(table, values);
}


static void
value_expect(const struct value_model *model,
    const struct segment_customer *from, struct rta_values *values)
{
    size_t               i;
    const char          *currency = model->segment.ctx->settings->currency;
    struct rta_buyer     buyer;
    struct rta_history   history;
    struct rta_prospect  prospect;

    rta_history_init(&history, currency, model->until);

    for (i = 0; i < from->n; i++) {
        rta_history_purchase(&history, &from->purchases[i]);
    }

    if (!rta_history_buyer(&history, &buyer)) {
        return;
    }

    rta_outlook_judge(&model->outlook, &buyer, &prospect);

    if (prospect.has_value) {
        rta_values_expect(values, currency, prospect.value_minor);
    }
}


static int
value_add(void *data, const struct segment_customer *from)
{
    size_t               i;
    struct rta_values    values;
    struct value_model  *model = data;

    rta_values_sum(&values, from->purchases, from->n);

    if (model->is_expected) {
        value_expect(model, from, &values);
    }

    if (model->by != VALUE_BY_CUSTOMER) {
        return rta_value_groups_add(&model->groups,
                                    model->by == VALUE_BY_CHANNEL
                                    ? from->channel : "", &values);
    }

    for (i = 0; i < values.n; i++) {
        value_list_row(model->table, from, &values.items[i]);
    }

    return 0;
}


/* All together have no channel. */

static size_t
value_first_column(const struct value_model *model)
{
    return model->by == VALUE_BY_CHANNEL ? VALUE_CHANNEL : VALUE_CURRENCY;
}


static void
value_row(struct value_model *model, const struct rta_value_group *group)
{
    struct rto_value         values[VALUE_COLUMNS];
    const struct rta_value  *value = &group->value;

    values[VALUE_CHANNEL] = value_channel(group->name);
    values[VALUE_CURRENCY] = rto_string(value->currency);
    values[VALUE_CUSTOMERS] = rto_integer((int64_t) value->customers);
    values[VALUE_ORDERS] = rto_integer((int64_t) value->orders);
    values[VALUE_REVENUE] = rto_money(value->revenue_minor, value->currency);
    values[VALUE_AVERAGE] = value_mean(value->revenue_minor, value->orders,
                                       value->currency);
    values[VALUE_PER_CUSTOMER] = value_mean(value->revenue_minor,
                                            value->customers,
                                            value->currency);
    values[VALUE_COSTED] = rto_integer((int64_t) value->costed_orders);
    values[VALUE_MARGIN] = value_margin(value);
    values[VALUE_EXPECTED] = value_expected(value);

    rto_row(model->table, values + value_first_column(model));
}


static int
value_begin(struct value_model *model)
{
    FILE             *out = model->segment.ctx->out;
    size_t            first = value_first_column(model);
    size_t            hidden = !model->is_expected;
    enum rto_format   format = model->segment.format;

    return model->by == VALUE_BY_CUSTOMER
           ? rto_begin(out, format, value_list, LIST_COLUMNS - hidden,
                       &model->table)
           : rto_begin(out, format, value_columns + first,
                       VALUE_COLUMNS - hidden - first, &model->table);
}


static int
value_scan(struct value_model *model)
{
    int     code, rc;
    size_t  i;

    rc = value_begin(model);

    if (rc != 0) {
        return segment_end(&model->segment, rc, false);
    }

    code = segment_each(&model->segment, value_add, model);

    for (i = 0; code == CMD_OK && i < model->groups.n; i++) {
        value_row(model, &model->groups.items[i]);
    }

    rc = rto_end(model->table);

    return code == CMD_OK ? segment_end(&model->segment, rc, false) : code;
}


static int
value_run(struct cmd_context *ctx)
{
    int                          code;
    bool                         has_dropout;
    struct value_model           model = { 0 };
    const struct value_options  *options = ctx->options;

    code = segment_init(&model.segment, ctx, options->is_csv);

    if (code != CMD_OK) {
        return code;
    }

    model.by = options->by;
    model.is_expected = options->is_expected;

    if (model.is_expected) {
        code = model_outlook(ctx, ctx->as_of, &model.outlook, &model.until,
                             &has_dropout);
    }

    if (code == CMD_OK) {
        code = value_scan(&model);
    }

    rta_value_groups_release(&model.groups);

    return code;
}


static const struct cmd_option  value_options[] = {
    CMD_CHOICE("by", 'b', struct value_options, by, "WHAT",
        value_bys, VALUE_BY_ALL, "whose value, else all"),
    CMD_FLAG("expected", 'e', struct value_options, is_expected,
        "beside it what the models expect of the next 52 weeks"),
    CMD_FLAG("csv", 0, struct value_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_value = {
    .name = "segment value",
    .run = value_run,
    .help = "add up what customers were worth to date",
    .details =
        "A row for each currency, and with --by for each channel or customer.\n"
        "Revenue is what was paid less what was refunded; the margin is that\n"
        "less cost, of the orders that carry one.  The channel is the\n"
        "customer's, else that of his first order.  What is expected is by\n"
        "MBG/NBD and Gamma-Gamma in the store's currency, of who pays in that\n"
        "alone.",
    .example = "--as-of 2026-11-25 --by channel",
    .options = value_options,
    .options_size = sizeof(struct value_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
