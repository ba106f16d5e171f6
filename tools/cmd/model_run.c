/* The fits of 'model fit' and 'model predict'. */

#include "model.h"

/* Counts evaluations of the likelihood for the bar. */
struct model_wait {
    struct cmd_progress  progress;
    uint64_t             done;
};


static bool
model_wait_stop(void *data)
{
    struct model_wait  *wait = data;

    cmd_progress_at(&wait->progress, ++wait->done);

    return cmd_interrupted();
}


static int
model_failed(struct cmd_context *ctx, const struct model_data *data, int rc)
{
    char  day[11];

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_stop(ctx);
    }

    if (rc == RTN_ERR_LIMIT) {
        rtn_day_format(data->until, day);

        return cmd_fail(ctx, CMD_DATA, "nothing to fit: no customer bought on "
                        "two days by %s", day);
    }

    return cmd_fail(ctx, CMD_DATA, "cannot fit the model: %s",
                    rtn_strerror(rc));
}


int
model_fit_bg(struct cmd_context *ctx, const struct model_data *data,
    enum rta_bg_variant variant, struct rta_bg_cells *cells,
    struct rta_bg_fit *fit)
{
    int                rc;
    struct model_wait  wait = { .done = 0 };

    rc = rta_bg_cells_init(cells, data->buyers, data->n);

    if (rc != 0) {
        return model_failed(ctx, data, rc);
    }

    cmd_progress_begin(&wait.progress, ctx, "fitting, step", 0);
    rc = rta_bg_fit_run(cells, variant, model_wait_stop, &wait, fit);
    cmd_progress_end(&wait.progress);

    return rc == 0 ? CMD_OK : model_failed(ctx, data, rc);
}


int
model_fit_gamma(struct cmd_context *ctx, const struct model_data *data,
    bool is_needed, struct rta_gamma_cells *cells, struct rta_gamma_fit *fit,
    bool *is_fitted)
{
    int                rc;
    struct model_wait  wait = { .done = 0 };

    rc = rta_gamma_cells_init(cells, data->buyers, data->n);

    if (rc != 0) {
        return model_failed(ctx, data, rc);
    }

    cmd_progress_begin(&wait.progress, ctx, "fitting, step", 0);
    rc = rta_gamma_fit_run(cells, model_minor_per_unit(data), model_wait_stop,
                           &wait, fit);
    cmd_progress_end(&wait.progress);

    *is_fitted = rc == 0;

    if (rc == 0 || (rc == RTN_ERR_LIMIT && !is_needed)) {
        return CMD_OK;
    }

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_DATA, "nothing to fit: no customer spent %s "
                        "alone on two days or more", data->currency);
    }

    return model_failed(ctx, data, rc);
}
