#include "abc_xyz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ABC_ROWS_FIRST  1024

/* A row while it is sorted by spend. */
struct abc_rank {
    int64_t  spend_minor;
    char    *letter;
};

/* What one customer did in one period. */
struct abc_counted {
    uint64_t  orders;
    uint32_t  days;
    int64_t   spend_minor;
    int64_t   parts[RTA_ABC_PARTS];
};

static struct abc_counted abc_count(const struct rta_abc *abc,
    const struct rta_purchase *purchases, size_t n,
    enum rta_abc_period period);
static char abc_xyz(const struct rta_abc *abc,
    const struct abc_counted *counted);
static char abc_xyz_variability(const int64_t parts[RTA_ABC_PARTS]);
static int abc_reserve(struct rta_abc *abc);
static int abc_letter(struct rta_abc *abc, enum rta_abc_period period);
static size_t abc_rank(struct rta_abc *abc, enum rta_abc_period period,
    struct abc_rank *ranks);
static char abc_letter_of(__int128 above, __int128 total);
static int abc_compare(const void *a, const void *b);

/* Purchase days of X and Y, at least, by the longest period they are for. */
static const struct {
    uint32_t  period_days;
    uint32_t  x_days;
    uint32_t  y_days;
} abc_limits[] = {
    {   31,                  3, 2 },
    {   92,                  4, 2 },
    {  184,                  5, 2 },
    {  366,                  6, 3 },
    {  RTA_ABC_PERIOD_MAX,  12, 4 }
};

/* Percent of spend that those above have, below which a letter is given. */
static const struct {
    int   percent;
    char  letter;
} abc_shares[] = {
    {  80, 'A' },
    {  95, 'B' }
};

/* Coefficient of variation, at most. */
static const struct {
    double  limit;
    char    letter;
} abc_variations[] = {
    { 0.10, 'X' },
    { 0.25, 'Y' }
};

#define ABC_COUNT(table)  (sizeof(table) / sizeof((table)[0]))


void
rta_abc_init(struct rta_abc *abc, const rtn_currency_t currency,
    rtn_day_t until, uint32_t period_days, enum rta_xyz_form form)
{
    size_t  i;

    assert(period_days >= RTA_ABC_PERIOD_MIN
           && period_days <= RTA_ABC_PERIOD_MAX);

    memset(abc, 0, sizeof(*abc));
    memcpy(abc->currency, currency, sizeof(abc->currency));

    abc->until = until;
    abc->period_days = period_days;
    abc->form = form;

    for (i = 0; period_days > abc_limits[i].period_days; i++) {
        /* void */
    }

    abc->x_days = abc_limits[i].x_days;
    abc->y_days = abc_limits[i].y_days;
}


int
rta_abc_add(struct rta_abc *abc, const char *id,
    const struct rta_purchase *purchases, size_t n)
{
    int                  i, rc;
    uint64_t             orders = 0;
    struct abc_counted   counted;
    struct rta_abc_row   row = { 0 };

    for (i = 0; i < RTA_ABC_PERIODS; i++) {
        counted = abc_count(abc, purchases, n, (enum rta_abc_period) i);

        orders += counted.orders;
        row.spend_minor[i] = counted.spend_minor;
        row.days[i] = counted.days;
        row.abc[i] = ' ';
        row.xyz[i] = counted.orders == 0 ? ' ' : abc_xyz(abc, &counted);
    }

    if (orders == 0) {
        return RTN_OK;
    }

    rc = abc_reserve(abc);

    if (rc == RTN_OK) {
        rc = rta_names_add(&abc->ids, id, &row.place);
    }

    if (rc == RTN_OK) {
        abc->rows[abc->n++] = row;
    }

    return rc;
}


int
rta_abc_letter(struct rta_abc *abc)
{
    int  rc;

    rc = abc_letter(abc, RTA_ABC_NOW);

    return rc == RTN_OK ? abc_letter(abc, RTA_ABC_BEFORE) : rc;
}


int64_t
rta_abc_total(const struct rta_abc *abc, enum rta_abc_period period)
{
    size_t   i;
    int64_t  total = 0;

    for (i = 0; i < abc->n; i++) {
        if (abc->rows[i].spend_minor[period] > 0) {
            rta_minor_add(&total, abc->rows[i].spend_minor[period]);
        }
    }

    return total;
}


void
rta_abc_release(struct rta_abc *abc)
{
    free(abc->rows);
    rta_names_release(&abc->ids);

    abc->rows = NULL;
    abc->n = 0;
    abc->size = 0;
}


static struct abc_counted
abc_count(const struct rta_abc *abc, const struct rta_purchase *purchases,
    size_t n, enum rta_abc_period period)
{
    size_t              i;
    int64_t             offset, length = abc->period_days;
    rtn_day_t           last = 0;
    struct abc_counted  counted = { 0 };

    for (i = 0; i < n; i++) {
        if (!rta_purchase_is_in(&purchases[i], abc->currency)) {
            continue;
        }

        /* from the period's first day on */
        offset = purchases[i].day - ((int64_t) abc->until + 1)
                 + length * (period + 1);

        if (offset < 0 || offset >= length) {
            continue;
        }

        if (counted.orders == 0 || purchases[i].day != last) {
            counted.days++;
        }

        last = purchases[i].day;
        counted.orders++;

        rta_minor_add(&counted.spend_minor, purchases[i].paid_minor);
        rta_minor_add(&counted.parts[offset * RTA_ABC_PARTS / length],
                      purchases[i].paid_minor);
    }

    return counted;
}


static char
abc_xyz(const struct rta_abc *abc, const struct abc_counted *counted)
{
    if (abc->form == RTA_XYZ_VARIABILITY) {
        return abc_xyz_variability(counted->parts);
    }

    if (counted->days >= abc->x_days) {
        return 'X';
    }

    return counted->days >= abc->y_days ? 'Y' : 'Z';
}


/*
 * With n parts of sum s and squares q, the square of the coefficient of
 * variation is n q / s^2 - 1.  It is taken from deviations of n times a part,
 * which are whole numbers, so that equal parts give exactly 0.
 */
static char
abc_xyz_variability(const int64_t parts[RTA_ABC_PARTS])
{
    size_t    i;
    double    deviation, squares = 0, square;
    __int128  sum = 0;

    for (i = 0; i < RTA_ABC_PARTS; i++) {
        sum += parts[i];
    }

    if (sum <= 0) {
        return 'Z';
    }

    for (i = 0; i < RTA_ABC_PARTS; i++) {
        deviation = (double) (RTA_ABC_PARTS * (__int128) parts[i] - sum);
        squares += deviation * deviation;
    }

    square = squares / RTA_ABC_PARTS / ((double) sum * (double) sum);

    for (i = 0; i < ABC_COUNT(abc_variations); i++) {
        if (square <= abc_variations[i].limit * abc_variations[i].limit) {
            return abc_variations[i].letter;
        }
    }

    return 'Z';
}


static int
abc_reserve(struct rta_abc *abc)
{
    size_t               size;
    struct rta_abc_row  *rows;

    if (abc->n < abc->size) {
        return RTN_OK;
    }

    size = abc->size == 0 ? ABC_ROWS_FIRST : abc->size * 2;
    rows = realloc(abc->rows, size * sizeof(*rows));

    if (rows == NULL) {
        return RTN_ERR_NOMEM;
    }

    abc->rows = rows;
    abc->size = size;

    return RTN_OK;
}


static int
abc_letter(struct rta_abc *abc, enum rta_abc_period period)
{
    char              letter = 'C';
    size_t            i, n;
    __int128          above = 0, total = 0;
    struct abc_rank  *ranks;

    if (abc->n == 0) {
        return RTN_OK;
    }

    ranks = malloc(abc->n * sizeof(*ranks));

    if (ranks == NULL) {
        return RTN_ERR_NOMEM;
    }

    n = abc_rank(abc, period, ranks);

    for (i = 0; i < n; i++) {
        total += ranks[i].spend_minor;
    }

    for (i = 0; i < n; i++) {
        if (i == 0 || ranks[i].spend_minor != ranks[i - 1].spend_minor) {
            letter = abc_letter_of(above, total);
        }

        *ranks[i].letter = letter;
        above += ranks[i].spend_minor;
    }

    free(ranks);

    return RTN_OK;
}


/* Who bought in the period, the biggest spender first. */

static size_t
abc_rank(struct rta_abc *abc, enum rta_abc_period period,
    struct abc_rank *ranks)
{
    size_t               i, n = 0;
    struct rta_abc_row  *row;

    for (i = 0; i < abc->n; i++) {
        row = &abc->rows[i];

        if (row->days[period] == 0) {
            continue;
        }

        ranks[n].spend_minor = row->spend_minor[period] > 0
                               ? row->spend_minor[period] : 0;
        ranks[n].letter = &row->abc[period];
        n++;
    }

    qsort(ranks, n, sizeof(*ranks), abc_compare);

    return n;
}


static char
abc_letter_of(__int128 above, __int128 total)
{
    size_t  i;

    for (i = 0; i < ABC_COUNT(abc_shares); i++) {
        if (above * 100 < total * abc_shares[i].percent) {
            return abc_shares[i].letter;
        }
    }

    return 'C';
}


static int
abc_compare(const void *a, const void *b)
{
    const struct abc_rank  *x = a, *y = b;

    return (x->spend_minor < y->spend_minor)
           - (x->spend_minor > y->spend_minor);
}
