/* Customers as cells of a likelihood. */

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "bg_nbd_fit.h"

#define CELLS_BITS  21              /* of a number in a key; 5,700 years */
#define CELLS_MASK  ((UINT64_C(1) << CELLS_BITS) - 1)


static int
cells_compare(const void *a, const void *b)
{
    uint64_t  left = *(const uint64_t *) a, right = *(const uint64_t *) b;

    return (left > right) - (left < right);
}


static void
cells_add(struct rta_bg_cells *cells, uint64_t key, double weight)
{
    struct rta_bg_cell  cell = {
        .x = (uint32_t) (key >> 2 * CELLS_BITS),
        .t_x_days = (uint32_t) (key >> CELLS_BITS & CELLS_MASK),
        .t_days = (uint32_t) (key & CELLS_MASK),
        .weight = weight
    };

    cells->items[cells->n++] = cell;
    cells->customers += weight;
    cells->repeats += weight * cell.x;
    cells->days += weight * cell.t_days;

    if (cell.t_days > cells->days_max) {
        cells->days_max = cell.t_days;
    }
}


/* The keys are sorted: equal ones follow each other. */

static int
cells_merge(struct rta_bg_cells *cells, const uint64_t *keys, size_t n)
{
    size_t  i, first, distinct = 0;

    for (i = 0; i < n; i++) {
        distinct += i == 0 || keys[i] != keys[i - 1];
    }

    cells->items = malloc((distinct + 1) * sizeof(*cells->items));

    if (cells->items == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (first = 0; first < n; first = i) {
        for (i = first + 1; i < n && keys[i] == keys[first]; i++) { }

        cells_add(cells, keys[first], (double) (i - first));
    }

    return 0;
}


int
rta_bg_cells_init(struct rta_bg_cells *cells, const struct rta_buyer *buyers,
    size_t n)
{
    int        rc;
    size_t     i;
    uint64_t  *keys;

    *cells = (struct rta_bg_cells) { 0 };

    keys = calloc(n + 1, sizeof(*keys));

    if (keys == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        assert(buyers[i].x <= buyers[i].t_x_days
               && buyers[i].t_x_days <= buyers[i].t_days
               && buyers[i].t_days <= CELLS_MASK);

        keys[i] = (uint64_t) buyers[i].x << 2 * CELLS_BITS
                  | (uint64_t) buyers[i].t_x_days << CELLS_BITS
                  | buyers[i].t_days;
    }

    qsort(keys, n, sizeof(*keys), cells_compare);

    rc = cells_merge(cells, keys, n);
    free(keys);

    return rc;
}


int
rta_bg_cells_thin(const struct rta_bg_cells *cells, size_t customers,
    struct rta_bg_cells *thin)
{
    size_t   i;
    double   share, taken, before = 0;

    const struct rta_bg_cell  *cell;

    *thin = (struct rta_bg_cells) { 0 };

    thin->items = malloc((cells->n + 1) * sizeof(*thin->items));

    if (thin->items == NULL) {
        return RTN_ERR_NOMEM;
    }

    share = fmin((double) customers / cells->customers, 1);

    for (i = 0; i < cells->n; i++) {
        cell = &cells->items[i];
        taken = floor((before + cell->weight) * share)
                - floor(before * share);
        before += cell->weight;

        if (taken > 0) {
            cells_add(thin, (uint64_t) cell->x << 2 * CELLS_BITS
                            | (uint64_t) cell->t_x_days << CELLS_BITS
                            | cell->t_days, taken);
        }
    }

    return 0;
}


void
rta_bg_cells_release(struct rta_bg_cells *cells)
{
    free(cells->items);
    cells->items = NULL;
    cells->n = 0;
}
