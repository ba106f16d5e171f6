/* model fit: the parameters of a purchase model, and how far to trust them. */

#include <assert.h>
#include <math.h>
#include <string.h>

#include "../output/table.h"
#include "commands.h"
#include "model.h"

#define FIT_FACTS_MAX   32
#define FIT_WIDTH       24          /* of a label */

static const char *const  fit_models[] = {
    "bg/nbd", "mbg/nbd", "gamma-gamma", NULL
};

static const char *const  fit_bg_names[RTA_BG_PARAMETERS] = {
    [RTA_BG_R] = "r",
    [RTA_BG_ALPHA] = "alpha",
    [RTA_BG_A] = "a",
    [RTA_BG_B] = "b"
};

static const char *const  fit_bg_errors[RTA_BG_PARAMETERS] = {
    [RTA_BG_R] = "r_error",
    [RTA_BG_ALPHA] = "alpha_error",
    [RTA_BG_A] = "a_error",
    [RTA_BG_B] = "b_error"
};

static const char *const  fit_gamma_names[RTA_GAMMA_PARAMETERS] = {
    [RTA_GAMMA_P] = "p",
    [RTA_GAMMA_Q] = "q",
    [RTA_GAMMA_GAMMA] = "gamma"
};

static const char *const  fit_gamma_errors[RTA_GAMMA_PARAMETERS] = {
    [RTA_GAMMA_P] = "p_error",
    [RTA_GAMMA_Q] = "q_error",
    [RTA_GAMMA_GAMMA] = "gamma_error"
};

/* What is printed: a row of a table as JSON, a list for people. */
struct fit_facts {
    struct rto_column  columns[FIT_FACTS_MAX];      /* heading: the label */
    struct rto_value   values[FIT_FACTS_MAX];
    size_t             n;
    char               at_bound[32];        /* names */
    const char        *note;                /* NULL: none */
};


static void
fit_say(struct fit_facts *facts, const char *name, const char *label,
    enum rto_type type, struct rto_value value)
{
    assert(facts->n < FIT_FACTS_MAX);

    facts->columns[facts->n] = (struct rto_column) { name, type, label };
    facts->values[facts->n++] = value;
}


static void
fit_say_number(struct fit_facts *facts, const char *name, const char *label,
    double number)
{
    fit_say(facts, name, label, RTO_FRACTION, rto_fraction(number));
}


static void
fit_say_count(struct fit_facts *facts, const char *name, const char *label,
    uint64_t count)
{
    fit_say(facts, name, label, RTO_INTEGER, rto_integer((int64_t) count));
}


static void
fit_say_text(struct fit_facts *facts, const char *name, const char *label,
    const char *text)
{
    fit_say(facts, name, label, RTO_TEXT, rto_string(text));
}


static void
fit_say_parameters(struct fit_facts *facts, const struct rta_fit *fit,
    const char *const *names, const char *const *errors, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        fit_say_number(facts, names[i], NULL, fit->values[i]);
        fit_say_number(facts, errors[i], "  standard error", fit->errors[i]);

        if (fit->at_bound & 1u << i) {
            strcat(facts->at_bound, facts->at_bound[0] == '\0' ? "" : " ");
            strcat(facts->at_bound, names[i]);
        }
    }

    fit_say_number(facts, "log_likelihood", "log-likelihood",
                   fit->log_likelihood);
}


static void
fit_say_search(struct fit_facts *facts, const struct rta_fit *fit)
{
    fit_say(facts, "converged", NULL, RTO_FLAG, rto_flag(fit->has_converged));
    fit_say_number(facts, "gradient_norm", "gradient", fit->gradient_norm);
    fit_say_text(facts, "at_bound", "at a bound",
                 facts->at_bound[0] == '\0' ? NULL : facts->at_bound);
    fit_say_count(facts, "starts", NULL, fit->starts);
    fit_say_count(facts, "starts_agreed", "  that agree", fit->starts_agreed);
}


static void
fit_say_data(struct cmd_context *ctx, struct fit_facts *facts,
    const struct model_data *data)
{
    const struct model_options  *options = ctx->options;

    fit_say_text(facts, "model", NULL, fit_models[options->model]);
    fit_say_text(facts, "unit", "unit of time", model_units[options->unit]);
    fit_say(facts, "until", NULL, RTO_DAY, rto_day(data->until));
}


static int
fit_bg(struct cmd_context *ctx, const struct model_data *data,
    struct fit_facts *facts)
{
    int                          rc;
    struct rta_bg_fit            fit;
    struct rta_bg_cells          cells;
    const struct model_options  *options = ctx->options;

    rc = model_fit_bg(ctx, data, (enum rta_bg_variant) options->model, &cells,
                      &fit);

    if (rc != CMD_OK) {
        goto done;
    }

    if (options->unit == MODEL_WEEKS) {
        rta_bg_fit_weeks(&fit, &cells);
    }

    fit_say_data(ctx, facts, data);
    fit_say_count(facts, "customers", NULL, data->n);
    fit_say_count(facts, "cells", "  that differ", cells.n);
    fit_say_parameters(facts, &fit.fit, fit_bg_names, fit_bg_errors,
                       RTA_BG_PARAMETERS);
    fit_say_search(facts, &fit.fit);
    fit_say(facts, "evidence_of_dropout", "evidence of drop-out", RTO_FLAG,
            rto_flag(fit.has_dropout));
    fit_say_number(facts, "nbd_log_likelihood", "  log-likelihood without",
                   fit.nbd_log_likelihood);
    fit_say_number(facts, "likelihood_ratio", "  likelihood ratio",
                   fit.likelihood_ratio);
    fit_say_number(facts, "p_value", "  p", fit.p);

    if (!fit.has_dropout) {
        facts->note = "no evidence of drop-out in these data: P(alive) says "
                      "little here";
    }

done:

    rta_bg_cells_release(&cells);

    return rc;
}


static int
fit_gamma(struct cmd_context *ctx, const struct model_data *data,
    struct fit_facts *facts)
{
    int                     rc;
    bool                    is_fitted;
    struct rta_gamma_fit    fit;
    struct rta_gamma_cells  cells;

    rc = model_fit_gamma(ctx, data, true, &cells, &fit, &is_fitted);

    if (rc != CMD_OK) {
        goto done;
    }

    fit_say_data(ctx, facts, data);
    fit_say_text(facts, "currency", NULL, data->currency);
    fit_say_count(facts, "customers", NULL, (uint64_t) cells.customers);
    fit_say_count(facts, "other_currencies", "  left out: currencies",
                  cells.mixed);
    fit_say_count(facts, "worthless", "  left out: spent 0", cells.worthless);
    fit_say_parameters(facts, &fit.fit, fit_gamma_names, fit_gamma_errors,
                       RTA_GAMMA_PARAMETERS);
    fit_say_search(facts, &fit.fit);
    fit_say_number(facts, "mean", "mean of the model",
                   rta_gamma_gamma_mean(&fit.model, 0, 0));
    fit_say_number(facts, "correlation", "x and spend correlate",
                   cells.correlation);

    if (!(fit.model.q > 1)) {
        facts->note = "q is not above 1, so the model has no mean: a few "
                      "customers' spend decides everything";
    }

done:

    rta_gamma_cells_release(&cells);

    return rc;
}


static void
fit_print_value(FILE *out, const struct rto_value *value)
{
    char  day[11];

    switch (value->type) {

    case RTO_TEXT:
        fwrite(value->text.data, 1, value->text.len, out);
        break;

    case RTO_INTEGER:
        fprintf(out, "%lld", (long long) value->number);
        break;

    case RTO_FRACTION:
        fprintf(out, "%.8g", value->fraction);
        break;

    case RTO_FLAG:
        fputs(value->number ? "yes" : "no", out);
        break;

    case RTO_DAY:
        rtn_day_format((rtn_day_t) value->number, day);
        fputs(day, out);
        break;

    default:
        fputs("-", out);
    }

    fputc('\n', out);
}


static int
fit_print(struct cmd_context *ctx, struct fit_facts *facts)
{
    int                rc;
    size_t             i;
    const char        *label;
    struct rto_table  *table;

    if (ctx->is_json) {
        fit_say_text(facts, "note", NULL, facts->note);
        rc = rto_begin(ctx->out, RTO_FORMAT_JSONL, facts->columns, facts->n,
                       &table);

        if (rc == 0) {
            (void) rto_row(table, facts->values);
            rc = rto_end(table);
        }

        return rc == 0 ? CMD_OK
                       : cmd_fail(ctx, CMD_DATA, "cannot print the model: %s",
                                  rtn_strerror(rc));
    }

    for (i = 0; i < facts->n; i++) {
        label = facts->columns[i].heading != NULL ? facts->columns[i].heading
                                                  : facts->columns[i].name;
        fprintf(ctx->out, "%-*s  ", FIT_WIDTH, label);
        fit_print_value(ctx->out, &facts->values[i]);
    }

    if (facts->note != NULL) {
        fprintf(ctx->out, "\n%s\n", facts->note);
    }

    return CMD_OK;
}


static int
fit_run(struct cmd_context *ctx)
{
    int                          rc;
    struct fit_facts             facts = { .n = 0 };
    struct model_data            data;
    const struct model_options  *options = ctx->options;

    rc = model_load(ctx, options, &data);

    if (rc == CMD_OK) {
        rc = options->model == MODEL_GAMMA_GAMMA
             ? fit_gamma(ctx, &data, &facts) : fit_bg(ctx, &data, &facts);
    }

    if (rc == CMD_OK) {
        rc = fit_print(ctx, &facts);
    }

    if (rc == CMD_OK && data.guests > 0) {
        fprintf(ctx->is_json ? ctx->err : ctx->out, "not counted: %llu "
                "guests, known by e-mail only\n",
                (unsigned long long) data.guests);
    }

    model_release(&data);

    return rc;
}


static const struct cmd_option  fit_options[] = {
    MODEL_OPTIONS(fit_models),
    CMD_END
};

const struct cmd_command  cmd_model_fit = {
    .name = "model fit",
    .run = fit_run,
    .help = "fit BG/NBD, MBG/NBD or Gamma-Gamma to the orders",
    .example = "--model bg/nbd --until 2026-11-24",
    .options = fit_options,
    .options_size = sizeof(struct model_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_AS_OF
};
