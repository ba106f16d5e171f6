/* The fits as one customer's outlook needs them. */

#include "model.h"


int
model_outlook_bg(struct cmd_context *ctx, const struct model_data *data,
    enum rta_bg_variant variant, struct rta_outlook *outlook,
    bool *has_dropout)
{
    int                  rc;
    struct rta_bg_fit    fit;
    struct rta_bg_cells  cells;

    rc = model_fit_bg(ctx, data, variant, &cells, &fit);
    rta_bg_cells_release(&cells);

    if (rc != CMD_OK) {
        return rc;
    }

    outlook->bg = fit.model;
    *has_dropout = fit.has_dropout;

    if (!fit.has_dropout) {
        cmd_warn(ctx, "no evidence of drop-out in these data: p_alive says "
                 "little here");
    }

    if (!fit.fit.has_converged) {
        cmd_warn(ctx, "the fit has not converged; see 'model fit'");
    }

    return CMD_OK;
}


int
model_outlook_gamma(struct cmd_context *ctx, const struct model_data *data,
    struct rta_outlook *outlook)
{
    int                     rc;
    struct rta_gamma_fit    fit;
    struct rta_gamma_cells  cells;

    rc = model_fit_gamma(ctx, data, false, &cells, &fit, &outlook->has_gamma);
    rta_gamma_cells_release(&cells);

    if (rc != CMD_OK) {
        return rc;
    }

    if (outlook->has_gamma) {
        outlook->gamma = fit.model;

    } else {
        cmd_warn(ctx, "no expected value: no customer spent %s alone on two "
                 "days or more", data->currency);
    }

    return CMD_OK;
}


int
model_outlook(struct cmd_context *ctx, rtn_day_t as_of,
    struct rta_outlook *outlook, rtn_day_t *until, bool *has_dropout)
{
    int                rc;
    struct model_data  data;

    rc = model_load_known(ctx, as_of, &data);

    outlook->minor_per_unit = model_minor_per_unit(&data);
    outlook->horizon_days = RTA_OUTLOOK_DAYS;
    *until = data.until;

    if (rc == CMD_OK) {
        rc = model_outlook_bg(ctx, &data, RTA_MBG_NBD, outlook, has_dropout);
    }

    if (rc == CMD_OK) {
        rc = model_outlook_gamma(ctx, &data, outlook);
    }

    model_release(&data);

    return rc;
}
