/* model predict: who is still a customer, and what to expect of him. */

#include <errno.h>
#include <math.h>
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
    struct rta_bg_nbd        bg;            /* times in days */
    struct rta_gamma_gamma   gamma;
    bool                     has_gamma;
    double                   unit_days;
    double                   horizon_days;
    double                   minor_per_unit;
};


static int
predict_fit_bg(struct predict *predict)
{
    int                          rc;
    struct rta_bg_fit            fit;
    struct rta_bg_cells          cells;
    const struct model_options  *options = predict->ctx->options;

    rc = model_fit_bg(predict->ctx, &predict->data,
                      (enum rta_bg_variant) options->model, &cells, &fit);
    rta_bg_cells_release(&cells);

    if (rc != CMD_OK) {
        return rc;
    }

    predict->bg = fit.model;

    if (!fit.has_dropout) {
        cmd_warn(predict->ctx, "no evidence of drop-out in these data: "
                 "p_alive says little here");
    }

    if (!fit.fit.has_converged) {
        cmd_warn(predict->ctx, "the fit has not converged; see 'model fit'");
    }

    return CMD_OK;
}


static int
predict_fit_gamma(struct predict *predict)
{
    int                     rc;
    struct rta_gamma_fit    fit;
    struct rta_gamma_cells  cells;

    rc = model_fit_gamma(predict->ctx, &predict->data, false, &cells, &fit,
                         &predict->has_gamma);
    rta_gamma_cells_release(&cells);

    if (rc != CMD_OK) {
        return rc;
    }

    if (predict->has_gamma) {
        predict->gamma = fit.model;

    } else {
        cmd_warn(predict->ctx, "no expected value: no customer spent %s alone "
                 "on two days or more", predict->data.currency);
    }

    return CMD_OK;
}


/* Parameters are the caller's where he gave them, else fitted. */

static int
predict_models_get(struct predict *predict,
    const struct model_parameters *parameters)
{
    int                          rc = CMD_OK;
    const struct model_options  *options = predict->ctx->options;

    predict->bg = parameters->bg;
    predict->gamma = parameters->gamma;
    predict->has_gamma = parameters->has_gamma;

    if (!parameters->has_bg) {
        rc = predict_fit_bg(predict);
    }

    predict->bg.variant = (enum rta_bg_variant) options->model;

    if (rc == CMD_OK && !parameters->has_gamma) {
        rc = predict_fit_gamma(predict);
    }

    return rc;
}


/* What is expected of a customer in other currencies cannot be added, so who
   pays in them has no value; nor has one whose repeat days ended in debt. */

static struct rto_value
predict_value(const struct predict *predict, const struct rta_buyer *buyer,
    double orders)
{
    double  mean = 0, minor;

    if (!predict->has_gamma || buyer->is_mixed || buyer->repeat_minor < 0) {
        return rto_absent();
    }

    if (buyer->x > 0) {
        mean = (double) buyer->repeat_minor / predict->minor_per_unit
               / buyer->x;
    }

    minor = orders * predict->minor_per_unit
            * rta_gamma_gamma_mean(&predict->gamma, buyer->x, mean);

    if (!(fabs(minor) <= (double) RTN_MONEY_MAX)) {
        return rto_absent();
    }

    return rto_money(llround(minor), predict->data.currency);
}


static void
predict_row(const struct predict *predict, struct rto_table *table,
    const char *id, const struct rta_buyer *buyer)
{
    double               orders;
    struct rto_value     values[PREDICT_COLUMNS];
    struct rta_bg_point  point = {
        buyer->x, buyer->t_x_days, buyer->t_days
    };

    orders = rta_bg_nbd_expected(&predict->bg, &point, predict->horizon_days);

    values[PREDICT_CUSTOMER] = rto_string(id);
    values[PREDICT_X] = rto_integer(buyer->x);
    values[PREDICT_T_X] = rto_fraction(point.t_x / predict->unit_days);
    values[PREDICT_T] = rto_fraction(point.t / predict->unit_days);
    values[PREDICT_ALIVE] = rto_fraction(rta_bg_nbd_alive(&predict->bg,
                                                          &point));
    values[PREDICT_ORDERS] = rto_fraction(orders);
    values[PREDICT_VALUE] = predict_value(predict, buyer, orders);

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
        rc = model_horizon_read(ctx, options->horizon, &predict.horizon_days);
    }

    if (rc == CMD_OK) {
        rc = model_load(ctx, &predict.data);
    }

    if (rc == CMD_OK) {
        predict.minor_per_unit = model_minor_per_unit(&predict.data);
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
