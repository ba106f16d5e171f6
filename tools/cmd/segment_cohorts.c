/* segment cohorts: who stays, who comes again, and on how few it all rests. */

#include <inttypes.h>

#include "../analysis/cohorts.h"
#include "../analysis/concentration.h"
#include "../output/file.h"
#include "segment.h"

#define COHORTS_TEXT_MONTHS  12     /* a line of text has, without --months */

enum cohorts_view {
    COHORTS_RETENTION = 0,
    COHORTS_REPEAT,
    COHORTS_CONCENTRATION
};

static const char *const  cohorts_views[] = {
    "retention", "repeat", "concentration", NULL
};

struct cohorts_options {
    int          view;
    int64_t      months;            /* the last month k that is shown */
    int64_t      numbers;
    const char  *currency;
    bool         is_csv;
};

struct cohorts_model {
    struct segment            segment;
    struct rta_cohorts        cohorts;
    struct rta_repeats        repeats;
    struct rta_concentration  concentration;
};

enum retention_column {
    RETENTION_COHORT,
    RETENTION_CUSTOMERS,
    RETENTION_MONTH,
    RETENTION_ACTIVE,
    RETENTION_SHARE,
    RETENTION_COMPLETE,
    RETENTION_COLUMNS
};

static const struct rto_column  retention_columns[RETENTION_COLUMNS] = {
    [RETENTION_COHORT]    = { "cohort", RTO_TEXT, NULL },
    [RETENTION_CUSTOMERS] = { "customers", RTO_INTEGER, NULL },
    [RETENTION_MONTH]     = { "month", RTO_INTEGER, NULL },
    [RETENTION_ACTIVE]    = { "active", RTO_INTEGER, NULL },
    [RETENTION_SHARE]     = { "share", RTO_FRACTION, NULL },
    [RETENTION_COMPLETE]  = { "complete", RTO_FLAG, NULL }
};

enum repeat_column {
    REPEAT_NUMBER,
    REPEAT_CUSTOMERS,
    REPEAT_AGAIN,
    REPEAT_RATE,
    REPEAT_MEDIAN,
    REPEAT_COLUMNS
};

static const struct rto_column  repeat_columns[REPEAT_COLUMNS] = {
    [REPEAT_NUMBER]    = { "purchases", RTO_INTEGER, NULL },
    [REPEAT_CUSTOMERS] = { "customers", RTO_INTEGER, NULL },
    [REPEAT_AGAIN]     = { "again", RTO_INTEGER, NULL },
    [REPEAT_RATE]      = { "repeat_rate", RTO_FRACTION, "repeat rate" },
    [REPEAT_MEDIAN]    = { "median_days", RTO_FRACTION, "median days" }
};

enum top_column {
    TOP_PERCENT,
    TOP_CUSTOMERS,
    TOP_REVENUE,
    TOP_CURRENCY,
    TOP_SHARE,
    TOP_GINI,
    TOP_COLUMNS
};

static const struct rto_column  top_columns[TOP_COLUMNS] = {
    [TOP_PERCENT]   = { "top_percent", RTO_INTEGER, "top %" },
    [TOP_CUSTOMERS] = { "customers", RTO_INTEGER, NULL },
    [TOP_REVENUE]   = { "revenue", RTO_MONEY, NULL },
    [TOP_CURRENCY]  = { "currency", RTO_TEXT, NULL },
    [TOP_SHARE]     = { "share", RTO_FRACTION, NULL },
    [TOP_GINI]      = { "gini", RTO_FRACTION, NULL }
};

static const unsigned  cohorts_tops[] = { 1, 5, 10, 20, 100 };

#define COHORTS_TOPS  (sizeof(cohorts_tops) / sizeof(cohorts_tops[0]))


static int
cohorts_add_retention(void *data, const struct segment_customer *from)
{
    struct cohorts_model  *model = data;

    return rta_cohorts_add(&model->cohorts, from->purchases, from->n);
}


static int
cohorts_add_repeat(void *data, const struct segment_customer *from)
{
    struct cohorts_model  *model = data;

    return rta_repeats_add(&model->repeats, from->purchases, from->n);
}


static int
cohorts_add_concentration(void *data, const struct segment_customer *from)
{
    struct rta_bought      bought;
    struct cohorts_model  *model = data;

    bought = rta_bought_sum(from->purchases, from->n,
                            model->segment.currency);

    return bought.orders == 0
           ? 0 : rta_concentration_add(&model->concentration,
                                       bought.paid_minor);
}


static void
cohorts_name(const struct rta_cohorts *cohorts, uint32_t age, char name[11])
{
    rtn_day_format(rta_cohorts_first_day(cohorts, age), name);
    name[sizeof("YYYY-MM") - 1] = '\0';
}


static void
cohorts_retention_rows(struct rto_table *table,
    const struct rta_cohorts *cohorts, uint32_t age, uint32_t months)
{
    char              name[11];
    uint32_t          month;
    uint64_t          active, customers;
    struct rto_value  values[RETENTION_COLUMNS];

    customers = rta_cohorts_active(cohorts, age, 0);

    if (customers == 0) {
        return;
    }

    cohorts_name(cohorts, age, name);

    for (month = 0; month <= age && month <= months; month++) {
        active = rta_cohorts_active(cohorts, age, month);

        values[RETENTION_COHORT] = rto_string(name);
        values[RETENTION_CUSTOMERS] = rto_integer((int64_t) customers);
        values[RETENTION_MONTH] = rto_integer(month);
        values[RETENTION_ACTIVE] = rto_integer((int64_t) active);
        values[RETENTION_SHARE] = rto_fraction(rta_share(active, customers));
        values[RETENTION_COMPLETE] = rto_flag(
            rta_cohorts_is_complete(cohorts, age, month));

        rto_row(table, values);
    }
}


/* A line a cohort, in percent, a month a column: for people. */

static void
cohorts_retention_line(FILE *out, const struct rta_cohorts *cohorts,
    uint32_t age, uint32_t months)
{
    char      name[11];
    uint32_t  month;
    uint64_t  customers;

    customers = rta_cohorts_active(cohorts, age, 0);

    if (customers == 0) {
        return;
    }

    cohorts_name(cohorts, age, name);
    fprintf(out, "%s %10" PRIu64, name, customers);

    for (month = 1; month <= age && month <= months; month++) {
        fprintf(out, " %5.1f%s", 100 * rta_share(
                    rta_cohorts_active(cohorts, age, month), customers),
                rta_cohorts_is_complete(cohorts, age, month) ? "" : "*");
    }

    fputc('\n', out);
}


static int
cohorts_retention_text(FILE *out, const struct rta_cohorts *cohorts,
    uint32_t months)
{
    uint32_t  age, month;

    fputs("cohort   customers", out);

    for (month = 1; month < cohorts->n && month <= months; month++) {
        fprintf(out, " %5" PRIu32, month);
    }

    fputc('\n', out);

    for (age = cohorts->n; age > 0; age--) {
        cohorts_retention_line(out, cohorts, age - 1, months);
    }

    fputs("percent of the cohort that bought in each month after its first; "
          "* not over yet\n", out);

    return rto_stream_err(out);
}


static int
cohorts_print_retention(struct cohorts_model *model,
    const struct cohorts_options *options)
{
    int                rc;
    uint32_t           age, months;
    struct rto_table  *table;

    if (model->segment.format == RTO_FORMAT_TEXT) {
        months = options->months < 0 ? COHORTS_TEXT_MONTHS
                                     : (uint32_t) options->months;

        return cohorts_retention_text(model->segment.ctx->out,
                                      &model->cohorts, months);
    }

    months = options->months < 0 ? RTA_COHORT_MONTHS_MAX
                                 : (uint32_t) options->months;

    rc = rto_begin(model->segment.ctx->out, model->segment.format,
                   retention_columns, RETENTION_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (age = model->cohorts.n; age > 0; age--) {
        cohorts_retention_rows(table, &model->cohorts, age - 1, months);
    }

    return rto_end(table);
}


static int
cohorts_print_repeat(struct cohorts_model *model,
    const struct cohorts_options *options)
{
    int                              rc;
    size_t                           i;
    double                           median;
    struct rto_table                *table;
    struct rto_value                 values[REPEAT_COLUMNS];
    const struct rta_repeat_number  *number;

    (void) options;

    rc = rto_begin(model->segment.ctx->out, model->segment.format,
                   repeat_columns, REPEAT_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < model->repeats.n; i++) {
        number = &model->repeats.numbers[i];

        if (number->customers == 0) {
            break;
        }

        values[REPEAT_NUMBER] = rto_integer((int64_t) i + 1);
        values[REPEAT_CUSTOMERS] = rto_integer((int64_t) number->customers);
        values[REPEAT_AGAIN] = rto_integer((int64_t) number->days.n);
        values[REPEAT_RATE] = rto_fraction(rta_share(number->days.n,
                                                     number->customers));
        values[REPEAT_MEDIAN] = rta_days_median(&number->days, &median)
                                ? rto_fraction(median) : rto_absent();

        rto_row(table, values);
    }

    return rto_end(table);
}


static int
cohorts_print_concentration(struct cohorts_model *model,
    const struct cohorts_options *options)
{
    int                rc;
    double             gini;
    size_t             i;
    struct rta_top     top;
    struct rto_table  *table;
    struct rto_value   values[TOP_COLUMNS];

    (void) options;

    rc = rto_begin(model->segment.ctx->out, model->segment.format,
                   top_columns, TOP_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < COHORTS_TOPS; i++) {
        top = rta_concentration_top(&model->concentration, cohorts_tops[i]);

        values[TOP_PERCENT] = rto_integer(cohorts_tops[i]);
        values[TOP_CUSTOMERS] = rto_integer((int64_t) top.customers);
        values[TOP_REVENUE] = rto_money(top.spend_minor,
                                        model->segment.currency);
        values[TOP_CURRENCY] = rto_string(model->segment.currency);
        values[TOP_SHARE] = rto_fraction(top.share);
        values[TOP_GINI] = cohorts_tops[i] == 100
                           && rta_concentration_gini(&model->concentration,
                                                     &gini)
                           ? rto_fraction(gini) : rto_absent();

        rto_row(table, values);
    }

    return rto_end(table);
}


/* By enum cohorts_view. */
static const struct {
    segment_add  add;
    int        (*print)(struct cohorts_model *model,
                        const struct cohorts_options *options);
    bool         has_currency;
} cohorts_parts[] = {
    [COHORTS_RETENTION]     = { cohorts_add_retention,
                                cohorts_print_retention, false },
    [COHORTS_REPEAT]        = { cohorts_add_repeat,
                                cohorts_print_repeat, false },
    [COHORTS_CONCENTRATION] = { cohorts_add_concentration,
                                cohorts_print_concentration, true }
};


static int
cohorts_scan(struct cohorts_model *model,
    const struct cohorts_options *options)
{
    int                  code, rc;
    struct cmd_context  *ctx = model->segment.ctx;

    rta_cohorts_init(&model->cohorts, ctx->as_of);

    if (rta_repeats_init(&model->repeats, (size_t) options->numbers) != 0) {
        return cmd_fail(ctx, CMD_DATA, "out of memory");
    }

    code = segment_each(&model->segment, cohorts_parts[options->view].add,
                        model);

    if (code == CMD_OK) {
        rc = cohorts_parts[options->view].print(model, options);
        code = segment_end(&model->segment, rc, false);
    }

    return code;
}


static int
cohorts_run(struct cmd_context *ctx)
{
    int                            code;
    struct cohorts_model           model = { 0 };
    const struct cohorts_options  *options = ctx->options;

    code = segment_init(&model.segment, ctx, options->is_csv);

    if (code == CMD_OK && cohorts_parts[options->view].has_currency) {
        code = segment_use_currency(&model.segment, options->currency);
    }

    if (code != CMD_OK) {
        return code;
    }

    code = cohorts_scan(&model, options);

    rta_cohorts_release(&model.cohorts);
    rta_repeats_release(&model.repeats);
    rta_concentration_release(&model.concentration);

    return code;
}


static const struct cmd_option  cohorts_options[] = {
    CMD_CHOICE("view", 'v', struct cohorts_options, view, "VIEW",
        cohorts_views, COHORTS_RETENTION, "what is shown, else retention"),
    CMD_INTEGER("months", 'm', struct cohorts_options, months, "K",
        -1, 0, RTA_COHORT_MONTHS_MAX, "retention up to this month"),
    CMD_INTEGER("numbers", 'n', struct cohorts_options, numbers, "N",
        12, 1, RTA_REPEAT_NUMBERS_MAX, "repeat up to this purchase, else 12"),
    CMD_STRING("currency", 0, struct cohorts_options, currency, "CODE",
        "whose revenue is concentrated; default: the store's"),
    CMD_FLAG("csv", 0, struct cohorts_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_cohorts = {
    .name = "segment cohorts",
    .run = cohorts_run,
    .help = "show who stays, who comes again, and where revenue comes from",
    .details =
        "  --view retention      customers by the month of their first order,\n"
        "                        and the share that bought in month k\n"
        "  --view repeat         of those with n purchases, how many made\n"
        "                        another, and the median of days between;\n"
        "                        orders of one day are one purchase\n"
        "  --view concentration  share of revenue of the top 1, 5, 10, 20 %\n"
        "                        of customers, and Gini's coefficient",
    .example = "--as-of 2026-11-25 --view repeat",
    .options = cohorts_options,
    .options_size = sizeof(struct cohorts_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
