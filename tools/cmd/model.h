/*
 * What 'model fit', 'model predict' and commands that ask the models share:
 * the customers as the models see them, options, and the fits with their
 * progress.
 */

#ifndef CMD_MODEL_H_INCLUDED
#define CMD_MODEL_H_INCLUDED

#include "../analysis/bg_nbd_fit.h"
#include "../analysis/gamma_gamma_fit.h"
#include "../analysis/outlook.h"
#include "cmd.h"

/* --model: the first two are also values of enum rta_bg_variant. */
enum model_kind {
    MODEL_BG_NBD = RTA_BG_NBD,
    MODEL_MBG_NBD = RTA_MBG_NBD,
    MODEL_GAMMA_GAMMA
};

/* --unit */
enum model_unit {
    MODEL_WEEKS,
    MODEL_DAYS
};

extern const char *const  model_units[];

/* Begins the options of both commands. */
struct model_options {
    int             model;          /* enum model_kind */
    int             unit;           /* enum model_unit */
    struct cmd_day  until;
    const char     *currency;
};

#define MODEL_OPTIONS(choices)                                                \
    CMD_CHOICE("model", 'm', struct model_options, model, "MODEL",            \
        choices, MODEL_MBG_NBD, "mbg/nbd when left out, where the first "     \
        "purchase may be the last"),                                          \
    CMD_CHOICE("unit", 0, struct model_options, unit, "UNIT",                 \
        model_units, MODEL_WEEKS, "of times: weeks, when left out, or days"), \
    CMD_DAY("until", 'u', struct model_options, until, "DATE",                \
        "the last day that counts, else the last that orders are known for"), \
    CMD_STRING("currency", 0, struct model_options, currency, "CODE",         \
        "whose money counts, else the store's")

/* Customers who bought by the cut-off, by number. */
struct model_data {
    uint32_t          *numbers;
    struct rta_buyer  *buyers;
    size_t             n;
    size_t             size;
    uint64_t           guests;      /* known by e-mail only: left out */
    uint64_t           silent;      /* no purchase by then: left out */
    rtn_day_t          until;
    rtn_currency_t     currency;
};

/*
 * Reads customers and orders.  Returns an exit code, after saying what was
 * wrong; model_release is called after a failure as well.
 */
int model_load(struct cmd_context *ctx, const struct model_options *options,
    struct model_data *data);
void model_release(struct model_data *data);

/*
 * The same without options: in the store's currency, as of a day or of the
 * last that orders are known for, whichever is earlier.
 */
int model_load_known(struct cmd_context *ctx, rtn_day_t as_of,
    struct model_data *data);

/* Days in a unit of --unit. */
double model_unit_days(const struct model_options *options);

/* Minor units in a whole one of the currency. */
double model_minor_per_unit(const struct model_data *data);

/*
 * The fits, with a bar and an ear for SIGINT.  Times are days.  Each returns
 * an exit code, after saying what was wrong.
 *
 * cells   freed by their release, after a failure as well
 */
int model_fit_bg(struct cmd_context *ctx, const struct model_data *data,
    enum rta_bg_variant variant, struct rta_bg_cells *cells,
    struct rta_bg_fit *fit);

/* is_needed: false: that nothing can be fitted is no failure, and *is_fitted
   says so. */
int model_fit_gamma(struct cmd_context *ctx, const struct model_data *data,
    bool is_needed, struct rta_gamma_cells *cells, struct rta_gamma_fit *fit,
    bool *is_fitted);

/*
 * The fits as one customer's outlook needs them, with a warning where they
 * say little.  outlook's minor_per_unit and horizon_days are the caller's.
 *
 * has_dropout   gets whether anybody is seen to leave
 */
int model_outlook_bg(struct cmd_context *ctx, const struct model_data *data,
    enum rta_bg_variant variant, struct rta_outlook *outlook,
    bool *has_dropout);
int model_outlook_gamma(struct cmd_context *ctx,
    const struct model_data *data, struct rta_outlook *outlook);

/*
 * MBG/NBD and Gamma-Gamma fitted to what model_load_known reads, for
 * RTA_OUTLOOK_DAYS.
 *
 * until         gets the last day that counted
 * has_dropout   gets whether anybody is seen to leave
 */
int model_outlook(struct cmd_context *ctx, rtn_day_t as_of,
    struct rta_outlook *outlook, rtn_day_t *until, bool *has_dropout);

/* --parameters of 'predict': each model is given whole or not at all. */
struct model_parameters {
    bool                    has_bg;
    struct rta_bg_nbd       bg;     /* without variant; alpha in days */
    bool                    has_gamma;
    struct rta_gamma_gamma  gamma;
};

/*
 * Reads "r=0.24,alpha=4.4,a=0.8,b=2.4" and "p=6.2,q=3.7,gamma=15".
 *
 * text        NULL: none are given
 * unit_days   of alpha
 *
 * Returns an exit code, after saying what was wrong.
 */
int model_parameters_read(struct cmd_context *ctx, const char *text,
    double unit_days, struct model_parameters *parameters);

/* Reads "39w" or "365d"; NULL: 52 weeks.  As above. */
int model_horizon_read(struct cmd_context *ctx, const char *text,
    double *days);

#endif /* CMD_MODEL_H_INCLUDED */
