/* --parameters and --horizon of 'model predict'. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define MODEL_NUMBER_MAX    1e9
#define MODEL_HORIZON       (52 * 7)
#define MODEL_HORIZON_MAX   36500   /* days */
#define MODEL_NAMES         7

static const struct {
    const char  *name;
    size_t       offset;
} model_names[MODEL_NAMES] = {
    { "r", offsetof(struct model_parameters, bg.r) },
    { "alpha", offsetof(struct model_parameters, bg.alpha) },
    { "a", offsetof(struct model_parameters, bg.a) },
    { "b", offsetof(struct model_parameters, bg.b) },
    { "p", offsetof(struct model_parameters, gamma.p) },
    { "q", offsetof(struct model_parameters, gamma.q) },
    { "gamma", offsetof(struct model_parameters, gamma.gamma) }
};

#define MODEL_BG     0x0Fu          /* bits of the names above */
#define MODEL_GAMMA  0x70u


/* A positive number; NULL: it is none. */

static const char *
model_number(const char *text, double *number)
{
    char  *end;

    if (strspn(text, "0123456789.") == 0) {
        return NULL;
    }

    *number = strtod(text, &end);

    return *number > 0 && *number <= MODEL_NUMBER_MAX ? end : NULL;
}


/* One "name=number"; what follows it, or NULL when it is none. */

static const char *
model_parameter(const char *text, struct model_parameters *parameters,
    unsigned *given)
{
    size_t   i, len = strcspn(text, "=");
    double  *field;

    for (i = 0; i < MODEL_NAMES; i++) {
        if (strlen(model_names[i].name) == len
            && memcmp(model_names[i].name, text, len) == 0)
        {
            break;
        }
    }

    if (i == MODEL_NAMES || text[len] != '=' || *given & 1u << i) {
        return NULL;
    }

    *given |= 1u << i;
    field = (double *) ((char *) parameters + model_names[i].offset);

    return model_number(text + len + 1, field);
}


int
model_parameters_read(struct cmd_context *ctx, const char *text,
    double unit_days, struct model_parameters *parameters)
{
    unsigned     given = 0;
    const char  *p;

    *parameters = (struct model_parameters) { 0 };

    for (p = text; p != NULL && (p == text || *p == ','); ) {
        p = model_parameter(p + (p != text), parameters, &given);
    }

    if (text != NULL && (p == NULL || *p != '\0')) {
        return cmd_fail(ctx, CMD_USAGE, "--parameters '%s': positive numbers "
                        "are wanted, each name once, as in "
                        "r=0.24,alpha=4.4,a=0.8,b=2.4", text);
    }

    parameters->has_bg = (given & MODEL_BG) == MODEL_BG;
    parameters->has_gamma = (given & MODEL_GAMMA) == MODEL_GAMMA;
    parameters->bg.alpha *= unit_days;

    if ((!parameters->has_bg && (given & MODEL_BG) != 0)
        || (!parameters->has_gamma && (given & MODEL_GAMMA) != 0))
    {
        return cmd_fail(ctx, CMD_USAGE, "--parameters '%s': r, alpha, a and b "
                        "go together, and so do p, q and gamma", text);
    }

    return CMD_OK;
}


int
model_horizon_read(struct cmd_context *ctx, const char *text, double *days)
{
    double       number;
    const char  *end;

    if (text == NULL) {
        *days = MODEL_HORIZON;
        return CMD_OK;
    }

    end = model_number(text, &number);

    if (end != NULL && (strcmp(end, "w") == 0 || strcmp(end, "d") == 0)) {
        number *= *end == 'w' ? 7 : 1;

        if (number <= MODEL_HORIZON_MAX) {
            *days = number;
            return CMD_OK;
        }
    }

    return cmd_fail(ctx, CMD_USAGE, "--horizon '%s': weeks or days are "
                    "wanted, as in 39w or 365d, up to %dd", text,
                    MODEL_HORIZON_MAX);
}
