/* Customers as cells of Gamma-Gamma's likelihood. */

#include <math.h>
#include <stdlib.h>

#include "gamma_gamma_fit.h"


static int
gamma_compare(const void *left, const void *right)
{
    const struct rta_gamma_cell  *a = left, *b = right;

    if (a->x != b->x) {
        return a->x < b->x ? -1 : 1;
    }

    return (a->minor > b->minor) - (a->minor < b->minor);
}


static size_t
gamma_select(struct rta_gamma_cells *cells, const struct rta_buyer *buyers,
    size_t n)
{
    size_t  i, taken = 0;

    for (i = 0; i < n; i++) {
        if (buyers[i].x == 0) {
            continue;
        }

        if (buyers[i].is_mixed) {
            cells->mixed++;

        } else if (buyers[i].repeat_minor <= 0) {
            cells->worthless++;

        } else {
            cells->items[taken++] = (struct rta_gamma_cell) {
                buyers[i].x, buyers[i].repeat_minor, 1
            };
        }
    }

    return taken;
}


static void
gamma_merge(struct rta_gamma_cells *cells, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (cells->n > 0
            && gamma_compare(&cells->items[cells->n - 1], &cells->items[i])
               == 0)
        {
            cells->items[cells->n - 1].weight++;

        } else {
            cells->items[cells->n++] = cells->items[i];
        }
    }
}


static double
gamma_mean(const struct rta_gamma_cell *cell)
{
    return (double) cell->minor / cell->x;
}


/* Means first, then what differs from them, so that nothing cancels. */

static void
gamma_moments(struct rta_gamma_cells *cells)
{
    size_t  i;
    double  x, mean, x_mean = 0, xx = 0, mm = 0, xm = 0;

    const struct rta_gamma_cell  *cell;

    for (i = 0; i < cells->n; i++) {
        cell = &cells->items[i];
        cells->customers += cell->weight;
        cells->mean += cell->weight * gamma_mean(cell);
        x_mean += cell->weight * cell->x;
    }

    cells->mean /= cells->customers;
    x_mean /= cells->customers;

    for (i = 0; i < cells->n; i++) {
        cell = &cells->items[i];
        x = cell->x - x_mean;
        mean = gamma_mean(cell) - cells->mean;
        xx += cell->weight * x * x;
        mm += cell->weight * mean * mean;
        xm += cell->weight * x * mean;
    }

    cells->correlation = xx > 0 && mm > 0 ? xm / sqrt(xx * mm) : NAN;
}


int
rta_gamma_cells_init(struct rta_gamma_cells *cells,
    const struct rta_buyer *buyers, size_t n)
{
    size_t  taken;

    *cells = (struct rta_gamma_cells) { .correlation = NAN };

    cells->items = calloc(n + 1, sizeof(*cells->items));

    if (cells->items == NULL) {
        return RTN_ERR_NOMEM;
    }

    taken = gamma_select(cells, buyers, n);
    qsort(cells->items, taken, sizeof(*cells->items), gamma_compare);
    gamma_merge(cells, taken);

    if (taken > 0) {
        gamma_moments(cells);
    }

    return 0;
}


int
rta_gamma_cells_thin(const struct rta_gamma_cells *cells, size_t customers,
    struct rta_gamma_cells *thin)
{
    size_t  i;
    double  share, taken, before = 0;

    *thin = (struct rta_gamma_cells) { 0 };

    thin->items = calloc(cells->n + 1, sizeof(*thin->items));

    if (thin->items == NULL) {
        return RTN_ERR_NOMEM;
    }

    share = fmin((double) customers / cells->customers, 1);

    for (i = 0; i < cells->n; i++) {
        taken = floor((before + cells->items[i].weight) * share)
                - floor(before * share);
        before += cells->items[i].weight;

        if (taken > 0) {
            thin->items[thin->n] = cells->items[i];
            thin->items[thin->n++].weight = taken;
        }
    }

    gamma_moments(thin);

    return 0;
}


void
rta_gamma_cells_release(struct rta_gamma_cells *cells)
{
    free(cells->items);
    cells->items = NULL;
    cells->n = 0;
}
