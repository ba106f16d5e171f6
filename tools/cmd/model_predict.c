/* model predict: who is still a customer, and what to expect of him. */

#include <errno.h>
#include <string.h>

#include "../output/file.h"
#include "../output/table.h"
#include "commands.h"
#include "model.h"
#include "rtn_crm.h"

#define PREDICT_SLICE  1024         /* customers between two looks around */

struct predict_options {
    struct model_options   model;
    const char            *horizon;
    const char            *parameters;
    bool                   is_forced;
};

static const char *const  predict_models[] = { "bg/nbd", "mbg/nbd", NULL };

enum predict_column {
    PREDICT_CUSTOMER,
    PREDICT_X,
    PREDICT_T_X,
    PREDICT_T,
    PREDICT_ALIVE,
    PREDICT_ORDERS,
    PREDICT_VALUE,
    PREDICT_COLUMNS
};

static const struct rto_column  predict_columns[PREDICT_COLUMNS] = {
    [PREDICT_CUSTOMER] = { "customer_id", RTO_TEXT, NULL },
    [PREDICT_X]        = { "x", RTO_INTEGER, NULL },
    [PREDICT_T_X]      = { "t_x", RTO_FRACTION, NULL },
    [PREDICT_T]        = { "T", RTO_FRACTION, NULL },
    [PREDICT_ALIVE]    = { "p_alive", RTO_FRACTION, NULL },
    [PREDICT_ORDERS]   = { "expected_orders", RTO_FRACTION, NULL },
    [PREDICT_VALUE]    = { "expected_value", RTO_MONEY, NULL }
};

struct predict {
    struct cmd_context      *ctx;
    struct model_data        data;
    struct rta_outlook       outlook;
    double                   unit_days;
};


/* Parameters are the caller's where he gave them, else fitted. */

static int
predict_models_get(struct predict *predict,
    const struct model_parameters *parameters)
{
    int                          rc = CMD_OK;
    bool                         has_dropout;
    struct rta_outlook          *outlook = &predict->outlook;
    const struct model_options  *options = predict->ctx->options;

    outlook->bg = parameters->bg;
    outlook->gamma = parameters->gamma;
    outlook->has_gamma = parameters->has_gamma;
    outlook->minor_per_unit = model_minor_per_unit(&predict->data);

    if (!parameters->has_bg) {
        rc = model_outlook_bg(predict->ctx, &predict->data,
                              (enum rta_bg_variant) options->model, outlook,
                              &has_dropout);
    }

    outlook->bg.variant = (enum rta_bg_variant) options->model;

    if (rc == CMD_OK && !parameters->has_gamma) {
        rc = model_outlook_gamma(predict->ctx, &predict->data, outlook);
    }

    return rc;
}


static void
predict_row(const struct predict *predict, struct rto_table *table,
    const char *id, const struct rta_buyer *buyer)
{
    struct rto_value     values[PREDICT_COLUMNS];
    struct rta_prospect  prospect;

    rta_outlook_judge(&predict->outlook, buyer, &prospect);

    values[PREDICT_CUSTOMER] = rto_string(id);
    values[PREDICT_X] = rto_integer(buyer->x);
    values[PREDICT_T_X] = rto_fraction(buyer->t_x_days / predict->unit_days);
    values[PREDICT_T] = rto_fraction(buyer->t_days / predict->unit_days);
    values[PREDICT_ALIVE] = rto_fraction(prospect.p_alive);
    values[PREDICT_ORDERS] = rto_fraction(prospect.orders);
    values[PREDICT_VALUE] = prospect.has_value
                            ? rto_money(prospect.value_minor,
                                        predict->data.currency)
                            : rto_absent();

    (void) rto_row(table, values);
}


/* Customers come by number, as they were loaded; RTN_ERR_NOT_FOUND at the end
   or when it was interrupted. */

static int
predict_rows(const struct predict *predict, struct rto_table *table,
    struct rtn_customer_scan *scan, struct cmd_progress *progress)
{
    int                       rc;
    size_t                    i = 0;
    struct rtn_customer       customer;
    const struct model_data  *data = &predict->data;

    for ( ;; ) {
        rc = rtn_customer_scan_next(scan, &customer);

        if (rc != 0) {
            return rc;
        }

        while (i < data->n && data->numbers[i] < customer.number) {
            i++;
        }

        if (i == data->n) {
            return RTN_ERR_NOT_FOUND;
        }

        if (data->numbers[i] == customer.number) {
            predict_row(predict, table, customer.id, &data->buyers[i]);
        }

        if (i % PREDICT_SLICE == 0) {
            cmd_progress_at(progress, i);

            if (cmd_interrupted()) {
                return RTN_ERR_NOT_FOUND;
            }
        }
    }
}


static int
predict_print(const struct predict *predict, FILE *out)
{
    int                        rc, ended;
    enum rto_format            format;
    struct rto_table          *table;
    struct cmd_progress        progress;
    struct rtn_customer_scan  *scan = NULL;

    format = predict->ctx->is_json ? RTO_FORMAT_JSON
             : predict->ctx->is_excel ? RTO_FORMAT_EXCEL : RTO_FORMAT_CSV;
    rc = rto_begin(out, format, predict_columns, PREDICT_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    cmd_progress_begin(&progress, predict->ctx, "predicting",
                       predict->data.n);

    rc = rtn_customer_scan_open(predict->ctx->store, &scan);

    if (rc == 0) {
        rc = predict_rows(predict, table, scan, &progress);
    }

    rtn_customer_scan_close(scan);
    cmd_progress_end(&progress);

    ended = rto_end(table);

    return rc != RTN_ERR_NOT_FOUND ? rc : ended;
}


static int
predict_write(struct predict *predict)
{
    int                            rc;
    unsigned                       flags = RTO_FILE_PRIVATE;
    const char                    *path = "-";
    struct rto_file               *file;
    struct cmd_context            *ctx = predict->ctx;
    const struct predict_options  *options = ctx->options;

    if (ctx->argument_count > 0) {
        path = ctx->arguments[0];
    }

    if (options->is_forced) {
        flags |= RTO_FILE_FORCE;
    }

    rc = rto_file_open(path, flags, &file);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "'%s' exists; --force replaces it",
                        path);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                        strerror(errno));
    }

    rc = predict_print(predict, rto_file_stream(file));

    if (rc != 0 || cmd_interrupted()) {
        rto_file_discard(file);

    } else {
        rc = rto_file_commit(file);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                        rtn_strerror(rc));
    }

    return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
}


static int
predict_run(struct cmd_context *ctx)
{
    int                            rc;
    struct predict                 predict = { .ctx = ctx };
    struct model_parameters        parameters;
    const struct predict_options  *options = ctx->options;

    predict.unit_days = model_unit_days(&options->model);

    rc = model_parameters_read(ctx, options->parameters, predict.unit_days,
                               &parameters);

    if (rc == CMD_OK) {
        rc = model_horizon_read(ctx, options->horizon,
                                &predict.outlook.horizon_days);
    }

    if (rc == CMD_OK) {
        rc = model_load(ctx, &options->model, &predict.data);
    }

    if (rc == CMD_OK) {
        rc = predict_models_get(&predict, &parameters);
    }

    if (rc == CMD_OK) {
        rc = predict_write(&predict);
    }

    model_release(&predict.data);

    return rc;
}


static const struct cmd_option  predict_options[] = {
    MODEL_OPTIONS(predict_models),
    CMD_STRING("horizon", 0, struct predict_options, horizon, "TIME",
        "what is expected in this time, as 39w or 365d, else in 52w"),
    CMD_STRING("parameters", 'p', struct predict_options, parameters, "LIST",
        "as r=0.24,alpha=4.4,a=0.8,b=2.4 and p=6,q=4,gamma=15; what is left "
        "out is fitted first"),
    CMD_FLAG("force", 0, struct predict_options, is_forced,
        "replace the file if there is one"),
    CMD_END
};

const struct cmd_command  cmd_model_predict = {
    .name = "model predict",
    .run = predict_run,
    .help = "P(alive), expected orders and their value, by customer",
    .example = "--until 2026-11-24 --horizon 39w predictions.csv.gz",
    .options = predict_options,
    .options_size = sizeof(struct predict_options),
    .arguments = "[FILE|-]",
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
