/* Customers and orders, joined, as the purchase models see them. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "customer_scan.h"
#include "model.h"

#define MODEL_SIZE_FIRST  1024      /* customers of the first allocation */
#define MODEL_SLICE       1024      /* customers between two looks around */

const char *const  model_units[] = { "weeks", "days", NULL };


double
model_unit_days(const struct model_options *options)
{
    return options->unit == MODEL_WEEKS ? 7 : 1;
}


double
model_minor_per_unit(const struct model_data *data)
{
    return pow(10, rtn_currency_digits(data->currency));
}


/* What a customer's orders say to the models. */

static int
model_orders(struct cmd_customer_scan *scan, struct rta_history *history)
{
    int                      rc;
    const struct rtn_order  *order;

    while ((rc = cmd_customer_scan_order(scan, &order)) == 0) {
        rta_history_add(history, order, rta_zone_day(order->ordered_ms));
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
model_grow(struct model_data *data)
{
    void    *numbers, *buyers;
    size_t   size = data->size == 0 ? MODEL_SIZE_FIRST : data->size * 2;

    numbers = reallocarray(data->numbers, size, sizeof(*data->numbers));

    if (numbers == NULL) {
        return RTN_ERR_NOMEM;
    }

    data->numbers = numbers;
    buyers = reallocarray(data->buyers, size, sizeof(*data->buyers));

    if (buyers == NULL) {
        return RTN_ERR_NOMEM;
    }

    data->buyers = buyers;
    data->size = size;

    return 0;
}


static int
model_add(struct model_data *data, const struct rtn_customer *customer,
    const struct rta_history *history)
{
    if (customer->is_guest) {
        data->guests++;
        return 0;
    }

    if (data->n == data->size && model_grow(data) != 0) {
        return RTN_ERR_NOMEM;
    }

    if (!rta_history_buyer(history, &data->buyers[data->n])) {
        data->silent++;
        return 0;
    }

    data->numbers[data->n++] = customer->number;

    return 0;
}


/* RTN_ERR_NOT_FOUND at the end, and when it was interrupted. */

static int
model_walk(struct cmd_customer_scan *scan, struct model_data *data,
    struct cmd_progress *progress)
{
    int                         rc = 0;
    uint64_t                    done = 0;
    struct rta_history          history;
    const struct rtn_customer  *customer;

    while (rc == 0) {
        if (++done % MODEL_SLICE == 0) {
            cmd_progress_at(progress, done);

            if (cmd_interrupted()) {
                return RTN_ERR_NOT_FOUND;
            }
        }

        rc = cmd_customer_scan_next(scan, &customer);

        if (rc != 0) {
            break;
        }

        rta_history_init(&history, data->currency, data->until);
        rc = model_orders(scan, &history);

        if (rc == 0) {
            rc = model_add(data, customer, &history);
        }
    }

    return rc;
}


static int
model_scan(struct cmd_context *ctx, struct model_data *data)
{
    int                        rc;
    uint32_t                   last = 0;
    struct cmd_progress        progress;
    struct cmd_customer_scan  *scan = NULL;

    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = cmd_customer_scan_open(ctx->store, &scan);
    }

    if (rc == 0) {
        cmd_progress_begin(&progress, ctx, "reading orders", last);
        rc = model_walk(scan, data, &progress);
        cmd_progress_end(&progress);
    }

    cmd_customer_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* The last day that orders are known for. */

static int
model_known(struct cmd_context *ctx, rtn_day_t *day)
{
    int      rc;
    bool     is_declared;
    int64_t  until_ms;

    rc = rtn_orders_until_get(ctx->store, &until_ms, &is_declared);

    if (rc == 0) {
        *day = rta_zone_day(until_ms - is_declared);
    }

    return rc;
}


/* What is not known to be complete would be taken for silence. */

static int
model_until(struct cmd_context *ctx, const struct model_options *options,
    struct model_data *data)
{
    int        rc;
    char       known_text[11];
    rtn_day_t  known = ctx->as_of;

    rc = model_known(ctx, &known);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return cmd_fail_store(ctx, rc, "cannot read until when orders are "
                              "known");
    }

    data->until = known;

    if (ctx->given_as_of.is_given) {
        data->until = ctx->given_as_of.day;
    }

    if (options->until.is_given) {
        data->until = options->until.day;
    }

    if (rc == 0 && data->until > known) {
        rtn_day_format(known, known_text);
        cmd_warn(ctx, "orders are known until %s; the days after it count as "
                 "silence", known_text);
    }

    return CMD_OK;
}


/* Of the currency and until the day that stand in data. */

static int
model_read(struct cmd_context *ctx, struct model_data *data)
{
    int  rc;

    rc = model_scan(ctx, data);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
}


int
model_load(struct cmd_context *ctx, const struct model_options *options,
    struct model_data *data)
{
    int             rc;
    struct rtn_str  code;

    *data = (struct model_data) { 0 };

    memcpy(data->currency, ctx->settings->currency, sizeof(data->currency));

    if (options->currency != NULL) {
        code.data = options->currency;
        code.len = strlen(options->currency);

        if (rtn_currency_parse(code, data->currency) != 0) {
            return cmd_fail(ctx, CMD_USAGE, "--currency '%s': not a currency "
                            "of ISO 4217", options->currency);
        }
    }

    rc = model_until(ctx, options, data);

    return rc == CMD_OK ? model_read(ctx, data) : rc;
}


int
model_load_known(struct cmd_context *ctx, rtn_day_t as_of,
    struct model_data *data)
{
    int  rc;

    *data = (struct model_data) { .until = as_of };

    memcpy(data->currency, ctx->settings->currency, sizeof(data->currency));
    rc = model_known(ctx, &data->until);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return cmd_fail_store(ctx, rc, "cannot read until when orders are "
                              "known");
    }

    if (data->until > as_of) {
        data->until = as_of;
    }

    return model_read(ctx, data);
}


void
model_release(struct model_data *data)
{
    free(data->numbers);
    free(data->buyers);
    data->numbers = NULL;
    data->buyers = NULL;
}
