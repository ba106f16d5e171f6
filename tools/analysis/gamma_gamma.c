#include <math.h>

#include "digamma.h"
#include "gamma_gamma.h"


double
rta_gamma_gamma_log_likelihood(const struct rta_gamma_gamma *model, double x,
    double mean)
{
    double  px = model->p * x;

    return rta_log_gamma(px + model->q) - rta_log_gamma(px)
           - rta_log_gamma(model->q) + model->q * log(model->gamma)
           + (px - 1) * log(mean) + px * log(x)
           - (px + model->q) * log(model->gamma + x * mean);
}


double
rta_gamma_gamma_mean(const struct rta_gamma_gamma *model, double x,
    double mean)
{
    double  below = model->p * x + model->q - 1;

    if (!(below > 0)) {
        return NAN;
    }

    return model->p * (model->gamma + (x > 0 ? x * mean : 0)) / below;
}
