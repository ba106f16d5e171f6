/* segment tiers: how many customers are silent for how long. */

#include <string.h>

#include "../analysis/tiers.h"
#include "segment.h"

#define TIERS_DEFAULT  "90,180,360"

struct tiers_options {
    const char  *tiers;
    bool         is_csv;
};

enum tiers_column {
    TIERS_FROM,
    TIERS_TO,
    TIERS_CUSTOMERS,
    TIERS_COLUMNS
};

static const struct rto_column  tiers_columns[TIERS_COLUMNS] = {
    [TIERS_FROM]      = { "from_days", RTO_INTEGER, "from day" },
    [TIERS_TO]        = { "to_days", RTO_INTEGER, "to day" },
    [TIERS_CUSTOMERS] = { "customers", RTO_INTEGER, NULL }
};

struct tiers_model {
    struct segment    segment;
    rtn_day_t         as_of;
    struct rta_tiers  tiers;
};


static int
tiers_add(void *data, const struct segment_customer *from)
{
    rtn_day_t            last;
    struct tiers_model  *model = data;

    if (from->n > 0) {
        last = from->purchases[from->n - 1].day;
        rta_tiers_add(&model->tiers, (uint32_t) (model->as_of - last));
    }

    return 0;
}


static int
tiers_print(const struct tiers_model *model)
{
    int                      rc;
    size_t                   i;
    struct rta_tier          tier;
    struct rto_table        *table;
    struct rto_value         values[TIERS_COLUMNS];
    const struct rta_tiers  *tiers = &model->tiers;

    rc = rto_begin(model->segment.ctx->out, model->segment.format,
                   tiers_columns, TIERS_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < rta_tiers_count(tiers); i++) {
        tier = rta_tiers_row(tiers, i);

        values[TIERS_FROM] = rto_integer(tier.from_days);
        values[TIERS_TO] = tier.has_to ? rto_integer(tier.to_days)
                                       : rto_absent();
        values[TIERS_CUSTOMERS] = rto_integer((int64_t) tier.customers);

        rto_row(table, values);
    }

    return rto_end(table);
}


static int
tiers_run(struct cmd_context *ctx)
{
    int                          code;
    const char                  *reason;
    struct rtn_str               limits;
    struct tiers_model           model = { 0 };
    const struct tiers_options  *options = ctx->options;

    code = segment_init(&model.segment, ctx, options->is_csv);

    if (code != CMD_OK) {
        return code;
    }

    limits.data = options->tiers != NULL ? options->tiers : TIERS_DEFAULT;
    limits.len = strlen(limits.data);

    if (rta_tiers_parse(&model.tiers, limits, &reason) != 0) {
        return cmd_fail(ctx, CMD_USAGE, "--tiers '%s': %s", limits.data,
                        reason);
    }

    model.as_of = ctx->as_of;
    code = segment_each(&model.segment, tiers_add, &model);

    if (code != CMD_OK) {
        return code;
    }

    return segment_end(&model.segment, tiers_print(&model), false);
}


static const struct cmd_option  tiers_options[] = {
    CMD_STRING("tiers", 't', struct tiers_options, tiers, "DAYS",
        "limits between tiers, else " TIERS_DEFAULT),
    CMD_FLAG("csv", 0, struct tiers_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_tiers = {
    .name = "segment tiers",
    .run = tiers_run,
    .help = "count customers by days since their last paid order",
    .example = "--tiers 90,180,360 --as-of 2026-11-25",
    .options = tiers_options,
    .options_size = sizeof(struct tiers_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
