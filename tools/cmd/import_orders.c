/* import orders: who bought what, when and for how much. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "import.h"
#include "import_items.h"

/* The more orders are sorted at once, the fewer runs they make. */
#define ORDERS_SLICE_ROWS  1000000

enum orders_column {
    ORDERS_ID,
    ORDERS_CUSTOMER,
    ORDERS_EMAIL,
    ORDERS_ORDERED,
    ORDERS_UPDATED,
    ORDERS_STATUS,
    ORDERS_AMOUNT,
    ORDERS_CURRENCY,
    ORDERS_DISCOUNT,
    ORDERS_REFUNDED,
    ORDERS_COST,
    ORDERS_ITEMS,
    ORDERS_COUPON,
    ORDERS_CHANNEL,
    ORDERS_COLUMNS
};

static const struct rti_column  orders_columns[ORDERS_COLUMNS] = {
    [ORDERS_ID]       = { "order_id", true },
    [ORDERS_CUSTOMER] = { "customer_id", false },
    [ORDERS_EMAIL]    = { "email", false },
    [ORDERS_ORDERED]  = { "ordered_at", true },
    [ORDERS_UPDATED]  = { "updated_at", false },
    [ORDERS_STATUS]   = { "status", false },
    [ORDERS_AMOUNT]   = { "amount", true },
    [ORDERS_CURRENCY] = { "currency", false },
    [ORDERS_DISCOUNT] = { "discount", false },
    [ORDERS_REFUNDED] = { "refunded", false },
    [ORDERS_COST]     = { "cost", false },
    [ORDERS_ITEMS]    = { "items", false },
    [ORDERS_COUPON]   = { "coupon", false },
    [ORDERS_CHANNEL]  = { "channel", false }
};

/* Without a cell among these an order says nothing. */
static const enum orders_column  orders_needed[] = {
    ORDERS_ID, ORDERS_ORDERED, ORDERS_AMOUNT
};

#define ORDERS_NEEDED  (sizeof(orders_needed) / sizeof(orders_needed[0]))

#define ORDERS_TEXT(column, member)                                           \
    { column, offsetof(struct rtn_order, member),                             \
      sizeof(((struct rtn_order *) NULL)->member), 0 }

static const struct import_text  orders_texts[] = {
    ORDERS_TEXT(ORDERS_COUPON, coupon),
    ORDERS_TEXT(ORDERS_CHANNEL, channel)
};

#define ORDERS_TEXTS  (sizeof(orders_texts) / sizeof(orders_texts[0]))

static const char *const  orders_statuses[] = {
    [RTN_ORDER_PAID]      = "paid",
    [RTN_ORDER_CANCELLED] = "cancelled",
    [RTN_ORDER_REFUNDED]  = "refunded"
};

#define ORDERS_STATUSES  (sizeof(orders_statuses) / sizeof(orders_statuses[0]))

struct orders_options {
    struct import_options  common;          /* the first member */
    struct cmd_day         until;
};

struct orders_data {
    int64_t           first_ms;
    int64_t           last_ms;              /* 0: no order yet */
    int64_t           known_ms;             /* the last that is not dated
                                               ahead; 0: none is */
    uint64_t          customers;            /* bits that are set */
    uint8_t          *touched;              /* a bit for each number */
    size_t            touched_size;         /* bytes */
    struct rtn_post  *post;                 /* of the row's items, or NULL */
};


static int
orders_money(struct import *import, const struct rti_row *row,
    struct rtn_order *order)
{
    int              rc;
    const char      *reason;
    struct rtn_str   cell = row->cells[ORDERS_CURRENCY];

    memcpy(order->currency, import->ctx->settings->currency,
           sizeof(order->currency));

    if (cell.data != NULL
        && rti_currency(cell, order->currency, &reason) != 0)
    {
        return import_reject(import, ORDERS_CURRENCY, reason);
    }

    rc = import_money(import, row, ORDERS_AMOUNT, order->currency,
                      &order->amount_minor);

    if (rc == 0) {
        rc = import_money(import, row, ORDERS_DISCOUNT, order->currency,
                          &order->discount_minor);
    }

    if (rc == 0) {
        rc = import_money(import, row, ORDERS_REFUNDED, order->currency,
                          &order->refunded_minor);
    }

    if (rc == 0) {
        rc = import_money(import, row, ORDERS_COST, order->currency,
                          &order->cost_minor);
    }

    order->has_cost = row->cells[ORDERS_COST].data != NULL;

    return rc;
}


static int
orders_status(struct import *import, const struct rti_row *row,
    struct rtn_order *order)
{
    size_t           status;
    const char      *reason;
    struct rtn_str   cell = row->cells[ORDERS_STATUS];

    if (cell.data == NULL) {
        return 0;
    }

    if (rti_choice(cell, orders_statuses, ORDERS_STATUSES, &status, &reason)
        != 0)
    {
        return import_reject(import, ORDERS_STATUS,
                             "not paid, cancelled or refunded");
    }

    order->status = (enum rtn_order_status) status;

    return 0;
}


/* What the last row left. */

static void
orders_forget(struct orders_data *data)
{
    if (data->post != NULL) {
        rtn_post_free(data->post);
        data->post = NULL;
    }
}


static int
orders_items(struct import *import, const struct rti_row *row,
    struct rtn_order *order)
{
    int                    rc;
    struct rtn_str         cell = row->cells[ORDERS_ITEMS];
    struct orders_data    *data = import->data;
    struct rtn_json_fault  fault;

    if (cell.data == NULL) {
        return 0;
    }

    rc = import_items_count(cell, order->currency, &order->items,
                            &data->post, &fault);

    if (rc == 0 || rc == RTN_ERR_NOMEM) {
        return rc;
    }

    return import_reject(import, ORDERS_ITEMS, fault.message);
}


static int
orders_key(struct import *import, const struct rti_row *row,
    struct rtn_order *order)
{
    size_t       i;
    const char  *reason;

    for (i = 0; i < ORDERS_NEEDED; i++) {
        if (row->cells[orders_needed[i]].data == NULL) {
            return import_reject(import, orders_needed[i], "empty");
        }
    }

    if (rti_id(row->cells[ORDERS_ID], order->order_id, &reason) != 0) {
        return import_reject(import, ORDERS_ID, reason);
    }

    return import_customer_check(import, row, ORDERS_CUSTOMER, ORDERS_EMAIL);
}


static int
orders_read(struct import *import, const struct rti_row *row,
    struct rtn_order *order)
{
    int       rc;
    uint32_t  given = 0;

    rc = orders_key(import, row, order);

    if (rc == 0) {
        rc = import_time(import, row, ORDERS_ORDERED, &order->ordered_ms);
    }

    if (rc == 0) {
        rc = import_time(import, row, ORDERS_UPDATED, &order->updated_ms);
    }

    if (rc == 0) {
        rc = orders_status(import, row, order);
    }

    if (rc == 0) {
        rc = orders_money(import, row, order);
    }

    if (rc == 0) {
        rc = orders_items(import, row, order);
    }

    return rc != 0 ? rc : import_texts(import, row, orders_texts,
                                       ORDERS_TEXTS, order, &given);
}


/* Counts a customer once; numbers are dense, so a bit for each is small. */

static int
orders_touch(struct orders_data *data, uint32_t customer)
{
    size_t    size, at = customer / 8;
    uint8_t  *touched, bit = (uint8_t) (1u << customer % 8);

    if (at >= data->touched_size) {
        size = (at + 1) * 2;
        touched = realloc(data->touched, size);

        if (touched == NULL) {
            return RTN_ERR_NOMEM;
        }

        memset(touched + data->touched_size, 0, size - data->touched_size);
        data->touched = touched;
        data->touched_size = size;
    }

    if (!(data->touched[at] & bit)) {
        data->touched[at] |= bit;
        data->customers++;
    }

    return 0;
}


/* A row without a list of items says nothing of what was bought. */

static int
orders_names(struct import *import, const struct rtn_order *order)
{
    struct orders_data      *data = import->data;
    struct rtn_order_items   items;

    if (data->post == NULL) {
        return 0;
    }

    items.order_id.data = order->order_id;
    items.order_id.len = strlen(order->order_id);
    items.updated_ms = order->updated_ms;
    import_items_names(&rtn_post_event(data->post, 0, NULL)->event, &items);

    return rtn_order_items_put(import->ctx->store, &items);
}


/* What became of an order, orders_slice counts. */

static int
orders_row(struct import *import, const struct rti_row *row,
    enum rtn_put *put)
{
    int                  rc;
    struct rtn_order     order;
    struct orders_data  *data = import->data;

    (void) put;

    memset(&order, 0, sizeof(order));
    orders_forget(data);

    rc = orders_read(import, row, &order);

    if (rc == 0) {
        rc = import_customer_ensure(import, row, ORDERS_CUSTOMER,
                                    ORDERS_EMAIL, &order.customer);
    }

    if (rc == 0) {
        rc = rtn_order_put(import->ctx->store, &order);
    }

    if (rc == 0) {
        rc = orders_names(import, &order);
    }

    if (rc != 0) {
        return rc;
    }

    if (data->last_ms == 0 || order.ordered_ms < data->first_ms) {
        data->first_ms = order.ordered_ms;
    }

    if (order.ordered_ms > data->last_ms) {
        data->last_ms = order.ordered_ms;
    }

    /* an order of the future does not say that all before it are here */

    if (order.ordered_ms > data->known_ms
        && order.ordered_ms <= import->ctx->now_ms)
    {
        data->known_ms = order.ordered_ms;
    }

    return orders_touch(data, order.customer);
}


static int
orders_slice(struct import *import)
{
    return rtn_orders_write(import->ctx->store, import->puts);
}


/* Only of a whole file: of a part nobody knows what it lacks.  The declared
   day counts with all its hours. */

static int
orders_finish(struct import *import)
{
    int64_t                       until_ms;
    struct orders_data           *data = import->data;
    const struct orders_options  *options = import->ctx->options;

    if (!options->until.is_given) {
        return data->known_ms == 0 ? 0
               : rtn_orders_until_put(import->ctx->store, data->known_ms,
                                      false);
    }

    until_ms = rta_zone_day_start(options->until.day + 1);

    if (data->last_ms >= until_ms) {
        cmd_warn(import->ctx, "there are orders after --until; they count as "
                 "not yet complete");
    }

    return rtn_orders_until_put(import->ctx->store, until_ms, true);
}


static void
orders_summary(struct import *import)
{
    bool                 is_declared;
    int64_t              until_ms;
    struct orders_data  *data = import->data;

    import_say_count(import, "customers", "customers touched",
                     data->customers);

    if (data->last_ms != 0) {
        import_say_day(import, "first_day", "first order",
                       rta_zone_day(data->first_ms));
        import_say_day(import, "last_day", "last order",
                       rta_zone_day(data->last_ms));
    }

    if (rtn_orders_until_get(import->ctx->store, &until_ms, &is_declared)
        == 0)
    {
        import_say_time(import, "orders_known_until", "orders known until",
                        until_ms);
    }
}


static void
orders_release(struct import *import)
{
    struct orders_data  *data = import->data;

    orders_forget(data);
    free(data->touched);
}


static const struct import_kind  orders_kind = {
    .name = "orders",
    .columns = orders_columns,
    .n = ORDERS_COLUMNS,
    .data_size = sizeof(struct orders_data),
    .slice_rows = ORDERS_SLICE_ROWS,
    .row = orders_row,
    .slice = orders_slice,
    .finish = orders_finish,
    .summary = orders_summary,
    .release = orders_release
};


static int
orders_run(struct cmd_context *ctx)
{
    return import_run(ctx, &orders_kind);
}


static const struct cmd_option  orders_options[] = {
    IMPORT_OPTIONS,
    CMD_DAY("until", 'u', struct orders_options, until, "DAY",
        "the orders are complete up to the end of this day"),
    CMD_END
};

const struct cmd_command  cmd_import_orders = {
    .name = "import orders",
    .run = orders_run,
    .help = "take in orders from CSV or JSON lines",
    .example = "orders.csv.gz --until 2026-11-24",
    .options = orders_options,
    .options_size = sizeof(struct orders_options),
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_WRITES | CMD_TABLE
};
