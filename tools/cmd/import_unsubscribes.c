/* import unsubscribes: who wants no mail, as another system knows it. */

#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "rtn_campaign.h"

enum unsubscribes_column {
    UNSUBSCRIBES_CUSTOMER,
    UNSUBSCRIBES_EMAIL,
    UNSUBSCRIBES_AT,
    UNSUBSCRIBES_COLUMNS
};

static const struct rti_column  unsubscribes_columns[UNSUBSCRIBES_COLUMNS] = {
    [UNSUBSCRIBES_CUSTOMER] = { "customer_id", false },
    [UNSUBSCRIBES_EMAIL]    = { "email", false },
    [UNSUBSCRIBES_AT]       = { "unsubscribed_at", false }
};

/* The slice at hand: customers are kept in crm first, then these in state. */
struct unsubscribes_data {
    struct rtn_suppression  slice[RTN_SLICE_ROWS];
    size_t                  n;
};


static int
unsubscribes_row(struct import *import, const struct rti_row *row,
    enum rtn_put *put)
{
    int                        rc;
    struct rtn_suppression    *suppression;
    struct unsubscribes_data  *data = import->data;

    *put = 0;

    suppression = &data->slice[data->n];
    memset(suppression, 0, sizeof(*suppression));
    suppression->at_ms = import->ctx->now_ms;

    rc = import_customer_check(import, row, UNSUBSCRIBES_CUSTOMER,
                               UNSUBSCRIBES_EMAIL);

    if (rc == 0) {
        rc = import_time(import, row, UNSUBSCRIBES_AT, &suppression->at_ms);
    }

    if (rc == 0) {
        rc = import_customer_ensure(import, row, UNSUBSCRIBES_CUSTOMER,
                                    UNSUBSCRIBES_EMAIL,
                                    &suppression->customer);
    }

    if (rc == 0) {
        data->n++;
    }

    return rc;
}


/* Of two of one customer the earlier comes first, and stays. */

static int
unsubscribes_compare(const void *a, const void *b)
{
    const struct rtn_suppression  *x = a, *y = b;

    if (x->customer != y->customer) {
        return x->customer < y->customer ? -1 : 1;
    }

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}


/* Whether an import has unsubscribed a customer before. */

static int
unsubscribes_known(struct rtn_store *store, uint32_t customer, bool *is_known)
{
    int                     rc;
    struct rtn_suppression  found = { customer - 1, UINT32_MAX, 0, 0 };

    rc = rtn_suppression_next(store, &found);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    *is_known = rc == 0 && found.customer == customer && found.campaign == 0;

    return 0;
}


static int
unsubscribes_slice(struct import *import)
{
    int                            rc;
    bool                           is_known;
    size_t                         i;
    struct unsubscribes_data      *data = import->data;
    const struct rtn_suppression  *slice = data->slice;

    if (data->n > 0) {
        qsort(data->slice, data->n, sizeof(*slice), unsubscribes_compare);
    }

    for (i = 0; i < data->n; i++) {
        is_known = i > 0 && slice[i].customer == slice[i - 1].customer;

        if (!is_known) {
            rc = unsubscribes_known(import->ctx->store, slice[i].customer,
                                    &is_known);
            if (rc != 0) {
                return rc;
            }
        }

        import->puts[is_known ? RTN_PUT_SAME : RTN_PUT_NEW]++;
    }

    if (import->is_dry) {
        data->n = 0;
    }

    return 0;
}


static int
unsubscribes_kept(struct import *import)
{
    size_t                     n;
    struct unsubscribes_data  *data = import->data;

    n = data->n;
    data->n = 0;

    return n > 0 ? rtn_suppress(import->ctx->store, data->slice, n) : 0;
}


static const struct import_kind  unsubscribes_kind = {
    .name = "unsubscribes",
    .columns = unsubscribes_columns,
    .n = UNSUBSCRIBES_COLUMNS,
    .data_size = sizeof(struct unsubscribes_data),
    .row = unsubscribes_row,
    .slice = unsubscribes_slice,
    .kept = unsubscribes_kept
};


static int
unsubscribes_run(struct cmd_context *ctx)
{
    return import_run(ctx, &unsubscribes_kind);
}


static const struct cmd_option  unsubscribes_options[] = {
    IMPORT_OPTIONS,
    CMD_END
};

const struct cmd_command  cmd_import_unsubscribes = {
    .name = "import unsubscribes",
    .run = unsubscribes_run,
    .help = "take in who may not be mailed any more",
    .example = "unsubscribes.csv",
    .options = unsubscribes_options,
    .options_size = sizeof(struct import_options),
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_WRITES | CMD_TABLE
};
