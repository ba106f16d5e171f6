/* segment tiers: how many customers are silent for how long. */

#include <inttypes.h>
#include <string.h>

#include "../analysis/tiers.h"
#include "../analysis/zone.h"
#include "../output/table.h"
#include "cmd.h"
#include "rtn_crm.h"

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

/* Customers and orders come in the same order, by the customer's number. */
struct tiers_join {
    struct rtn_customer_scan  *customers;
    struct rtn_order_scan     *orders;
    struct rtn_order           order;       /* the next one */
    bool                       has_order;
    int64_t                    until_ms;    /* the as-of day's end */
    uint64_t                   guests;
    uint64_t                   silent;      /* no paid order by then */
};


static int
tiers_next_order(struct tiers_join *join)
{
    int  rc = rtn_order_scan_next(join->orders, &join->order);

    join->has_order = rc == 0;

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* The last paid order of a customer in time; 0: none.  Goes past all its
   orders. */

static int
tiers_last_order(struct tiers_join *join, uint32_t customer, int64_t *last_ms)
{
    int                      rc = 0;
    const struct rtn_order  *order = &join->order;

    *last_ms = 0;

    while (rc == 0 && join->has_order && order->customer <= customer) {
        if (order->customer == customer && order->status == RTN_ORDER_PAID
            && order->ordered_ms < join->until_ms)
        {
            *last_ms = order->ordered_ms;
        }

        rc = tiers_next_order(join);
    }

    return rc;
}


static int
tiers_count(struct tiers_join *join, rtn_day_t as_of,
    struct rta_tiers *tiers)
{
    int                  rc;
    int64_t              last_ms;
    struct rtn_customer  customer;

    rc = tiers_next_order(join);

    while (rc == 0) {
        rc = rtn_customer_scan_next(join->customers, &customer);

        if (rc == 0) {
            rc = tiers_last_order(join, customer.number, &last_ms);
        }

        if (rc != 0) {
            break;
        }

        if (customer.is_guest) {
            join->guests++;

        } else if (last_ms == 0) {
            join->silent++;

        } else {
            rta_tiers_add(tiers, (uint32_t) (as_of - rta_zone_day(last_ms)));
        }
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
tiers_scan(struct cmd_context *ctx, struct tiers_join *join,
    struct rta_tiers *tiers)
{
    int  rc;

    join->until_ms = rta_zone_day_start(ctx->as_of + 1);

    rc = rtn_customer_scan_open(ctx->store, &join->customers);

    if (rc == 0) {
        rc = rtn_order_scan_open(ctx->store, &join->orders);
    }

    if (rc == 0) {
        rc = tiers_count(join, ctx->as_of, tiers);
    }

    rtn_order_scan_close(join->orders);
    rtn_customer_scan_close(join->customers);

    return rc;
}


static int
tiers_print(struct cmd_context *ctx, enum rto_format format,
    const struct rta_tiers *tiers)
{
    int                rc;
    size_t             i;
    struct rta_tier    tier;
    struct rto_table  *table;
    struct rto_value   values[TIERS_COLUMNS];

    rc = rto_begin(ctx->out, format, tiers_columns, TIERS_COLUMNS, &table);

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


/* Who is not in the table, beside it: a reader of CSV or JSON gets the table
   alone. */

static void
tiers_notes(struct cmd_context *ctx, enum rto_format format,
    const struct tiers_join *join)
{
    char   day[11];
    FILE  *out = format == RTO_FORMAT_TEXT ? ctx->out : ctx->err;

    rtn_day_format(ctx->as_of, day);

    if (join->silent > 0) {
        fprintf(out, "not counted: %" PRIu64 " without a paid order by %s\n",
                join->silent, day);
    }

    if (join->guests > 0) {
        fprintf(out, "not counted: %" PRIu64 " guests, known by e-mail only\n",
                join->guests);
    }
}


static int
tiers_run(struct cmd_context *ctx)
{
    int                          rc;
    const char                  *reason;
    enum rto_format              format = RTO_FORMAT_TEXT;
    struct rtn_str               limits;
    struct rta_tiers             tiers;
    struct tiers_join            join = { 0 };
    const struct tiers_options  *options = ctx->options;

    if (ctx->is_json && options->is_csv) {
        return cmd_fail(ctx, CMD_USAGE, "--csv and --json exclude each "
                        "other");
    }

    if (ctx->is_json || options->is_csv) {
        format = ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_CSV;
    }

    limits.data = options->tiers != NULL ? options->tiers : TIERS_DEFAULT;
    limits.len = strlen(limits.data);

    if (rta_tiers_parse(&tiers, limits, &reason) != 0) {
        return cmd_fail(ctx, CMD_USAGE, "--tiers '%s': %s", limits.data,
                        reason);
    }

    rc = tiers_scan(ctx, &join, &tiers);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    rc = tiers_print(ctx, format, &tiers);

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot print the tiers: %s",
                        rtn_strerror(rc));
    }

    tiers_notes(ctx, format, &join);

    return CMD_OK;
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
    .flags = CMD_TABLE | CMD_AS_OF
};
