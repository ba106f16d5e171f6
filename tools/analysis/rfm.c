#include "rfm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RFM_ROWS_FIRST  1024

/* A row while it is sorted; rank is of one of the three values, the worst
   first. */
struct rfm_rank {
    int64_t             value;
    const char         *id;
    struct rta_rfm_row *row;
};

/* One of the three values, and where its score goes. */
struct rfm_scale {
    size_t  value;
    size_t  score;
    size_t  cuts;               /* within struct rta_rfm_cuts */
    bool    is_falling;         /* less is better */
};

static int rfm_reserve(struct rta_rfm *rfm);
static int rfm_score_cut(struct rta_rfm *rfm);
static void rfm_cut(const struct rta_rfm *rfm, const struct rfm_scale *scale,
    int64_t *values, int64_t cuts[RTA_RFM_SCORES - 1]);
static int rfm_score_ntile(struct rta_rfm *rfm,
    const struct rfm_scale *scale);
static int64_t rfm_value(const struct rta_rfm_row *row,
    const struct rfm_scale *scale);
static void rfm_set(struct rta_rfm_row *row, const struct rfm_scale *scale,
    unsigned score);
static int rfm_compare_values(const void *a, const void *b);
static int rfm_compare_ranks(const void *a, const void *b);

const char *const  rta_rfm_names[RTA_RFM_SEGMENTS + 1] = {
    [RTA_RFM_CHAMPIONS]   = "champions",
    [RTA_RFM_LOYAL]       = "loyal",
    [RTA_RFM_POTENTIAL]   = "potential-loyal",
    [RTA_RFM_NEW]         = "new",
    [RTA_RFM_PROMISING]   = "promising",
    [RTA_RFM_ATTENTION]   = "need-attention",
    [RTA_RFM_SLEEPING]    = "about-to-sleep",
    [RTA_RFM_AT_RISK]     = "at-risk",
    [RTA_RFM_CANNOT_LOSE] = "cannot-lose",
    [RTA_RFM_HIBERNATING] = "hibernating",
    [RTA_RFM_LOST]        = "lost"
};

/* Ranges of R and F, both ends in.  Together they cover each pair once. */
static const struct {
    uint8_t               r_from, r_to;
    uint8_t               f_from, f_to;
    enum rta_rfm_segment  segment;
} rfm_rules[] = {
    { 5, 5, 4, 5, RTA_RFM_CHAMPIONS },
    { 3, 4, 4, 5, RTA_RFM_LOYAL },
    { 4, 5, 2, 3, RTA_RFM_POTENTIAL },
    { 5, 5, 1, 1, RTA_RFM_NEW },
    { 4, 4, 1, 1, RTA_RFM_PROMISING },
    { 3, 3, 3, 3, RTA_RFM_ATTENTION },
    { 3, 3, 1, 2, RTA_RFM_SLEEPING },
    { 1, 2, 3, 4, RTA_RFM_AT_RISK },
    { 1, 2, 5, 5, RTA_RFM_CANNOT_LOSE },
    { 2, 2, 1, 2, RTA_RFM_HIBERNATING },
    { 1, 1, 1, 2, RTA_RFM_LOST }
};

static const struct rfm_scale  rfm_scales[] = {
    { offsetof(struct rta_rfm_row, recency_days),
      offsetof(struct rta_rfm_row, r),
      offsetof(struct rta_rfm_cuts, recency_days), true },
    { offsetof(struct rta_rfm_row, frequency),
      offsetof(struct rta_rfm_row, f),
      offsetof(struct rta_rfm_cuts, frequency), false },
    { offsetof(struct rta_rfm_row, monetary),
      offsetof(struct rta_rfm_row, m),
      offsetof(struct rta_rfm_cuts, monetary), false }
};

#define RFM_COUNT(table)  (sizeof(table) / sizeof((table)[0]))


void
rta_rfm_init(struct rta_rfm *rfm, const rtn_currency_t currency,
    rtn_day_t as_of, enum rta_rfm_monetary monetary)
{
    memset(rfm, 0, sizeof(*rfm));
    memcpy(rfm->currency, currency, sizeof(rfm->currency));
    rfm->as_of = as_of;
    rfm->monetary = monetary;
}


int
rta_rfm_add(struct rta_rfm *rfm, const char *id,
    const struct rta_purchase *purchases, size_t n)
{
    int                 rc;
    struct rta_rfm_row  row;

    if (!rta_rfm_row_of(rfm, purchases, n, &row)) {
        return RTN_OK;
    }

    rc = rfm_reserve(rfm);

    if (rc == RTN_OK) {
        rc = rta_names_add(&rfm->ids, id, &row.place);
    }

    if (rc == RTN_OK) {
        rfm->rows[rfm->n++] = row;
    }

    return rc;
}


bool
rta_rfm_row_of(const struct rta_rfm *rfm,
    const struct rta_purchase *purchases, size_t n, struct rta_rfm_row *row)
{
    struct rta_bought  bought;

    bought = rta_bought_sum(purchases, n, rfm->currency);

    if (bought.orders == 0) {
        return false;
    }

    memset(row, 0, sizeof(*row));

    row->recency_days = (int64_t) rfm->as_of - bought.last_day;
    row->frequency = (int64_t) bought.days;
    row->paid_minor = bought.paid_minor;
    row->monetary = rfm->monetary == RTA_RFM_SUM
                    ? bought.paid_minor
                    : rta_minor_mean(bought.paid_minor, bought.orders);

    return true;
}


int
rta_rfm_score(struct rta_rfm *rfm, enum rta_rfm_form form)
{
    int     rc;
    size_t  i;

    if (form == RTA_RFM_CUT) {
        return rfm_score_cut(rfm);
    }

    for (i = 0; i < RFM_COUNT(rfm_scales); i++) {
        rc = rfm_score_ntile(rfm, &rfm_scales[i]);

        if (rc != RTN_OK) {
            return rc;
        }
    }

    for (i = 0; i < rfm->n; i++) {
        rfm->rows[i].segment = (uint8_t) rta_rfm_segment(rfm->rows[i].r,
                                                         rfm->rows[i].f);
    }

    return RTN_OK;
}


int
rta_rfm_cut(const struct rta_rfm *rfm, struct rta_rfm_cuts *cuts)
{
    size_t    i;
    int64_t  *values;

    memset(cuts, 0, sizeof(*cuts));

    if (rfm->n == 0) {
        return RTN_OK;
    }

    values = reallocarray(NULL, rfm->n, sizeof(*values));

    if (values == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < RFM_COUNT(rfm_scales); i++) {
        rfm_cut(rfm, &rfm_scales[i], values,
                (int64_t *) ((char *) cuts + rfm_scales[i].cuts));
    }

    free(values);

    return RTN_OK;
}


void
rta_rfm_place(const struct rta_rfm_cuts *cuts, struct rta_rfm_row *row)
{
    size_t          i, k;
    unsigned        score;
    const int64_t  *points;

    for (i = 0; i < RFM_COUNT(rfm_scales); i++) {
        points = (const int64_t *) ((const char *) cuts + rfm_scales[i].cuts);
        score = 1;

        for (k = 0; k < RTA_RFM_SCORES - 1; k++) {
            score += rfm_value(row, &rfm_scales[i]) > points[k];
        }

        rfm_set(row, &rfm_scales[i], rfm_scales[i].is_falling
                                     ? RTA_RFM_SCORES + 1 - score : score);
    }

    row->segment = (uint8_t) rta_rfm_segment(row->r, row->f);
}


enum rta_rfm_segment
rta_rfm_segment(unsigned r, unsigned f)
{
    size_t  i;

    for (i = 0; i < RFM_COUNT(rfm_rules); i++) {
        if (r >= rfm_rules[i].r_from && r <= rfm_rules[i].r_to
            && f >= rfm_rules[i].f_from && f <= rfm_rules[i].f_to)
        {
            return rfm_rules[i].segment;
        }
    }

    assert(!"scores are 1 to 5");

    return RTA_RFM_LOST;
}


int
rta_rfm_sum(const struct rta_rfm *rfm,
    struct rta_rfm_sum sums[RTA_RFM_SEGMENTS])
{
    int                        rc;
    size_t                     i;
    struct rta_rfm_sum        *sum;
    const struct rta_rfm_row  *row;

    for (i = 0; i < rfm->n; i++) {
        row = &rfm->rows[i];
        sum = &sums[row->segment];

        rc = rta_days_add(&sum->recency, row->recency_days);

        if (rc != RTN_OK) {
            return rc;
        }

        sum->customers++;
        sum->frequency += (uint64_t) row->frequency;
        rta_minor_add(&sum->paid_minor, row->paid_minor);
    }

    return RTN_OK;
}


void
rta_rfm_release(struct rta_rfm *rfm)
{
    free(rfm->rows);
    rta_names_release(&rfm->ids);

    rfm->rows = NULL;
    rfm->n = 0;
    rfm->size = 0;
}


static int
rfm_reserve(struct rta_rfm *rfm)
{
    size_t               size;
    struct rta_rfm_row  *rows;

    if (rfm->n < rfm->size) {
        return RTN_OK;
    }

    size = rfm->size == 0 ? RFM_ROWS_FIRST : rfm->size * 2;
    rows = realloc(rfm->rows, size * sizeof(*rows));

    if (rows == NULL) {
        return RTN_ERR_NOMEM;
    }

    rfm->rows = rows;
    rfm->size = size;

    return RTN_OK;
}


static int
rfm_score_cut(struct rta_rfm *rfm)
{
    int                  rc;
    size_t               i;
    struct rta_rfm_cuts  cuts;

    rc = rta_rfm_cut(rfm, &cuts);

    for (i = 0; rc == RTN_OK && i < rfm->n; i++) {
        rta_rfm_place(&cuts, &rfm->rows[i]);
    }

    return rc;
}


/* values has room for one a row. */

static void
rfm_cut(const struct rta_rfm *rfm, const struct rfm_scale *scale,
    int64_t *values, int64_t cuts[RTA_RFM_SCORES - 1])
{
    size_t  i, k, rank;

    for (i = 0; i < rfm->n; i++) {
        values[i] = rfm_value(&rfm->rows[i], scale);
    }

    qsort(values, rfm->n, sizeof(*values), rfm_compare_values);

    for (k = 0; k < RTA_RFM_SCORES - 1; k++) {
        rank = (rfm->n * (k + 1) + RTA_RFM_SCORES - 1) / RTA_RFM_SCORES;
        cuts[k] = values[rank - 1];
    }
}


/* The first n mod 5 parts are larger by one. */

static int
rfm_score_ntile(struct rta_rfm *rfm, const struct rfm_scale *scale)
{
    size_t            i, end;
    unsigned          score;
    struct rfm_rank  *ranks;

    if (rfm->n == 0) {
        return RTN_OK;
    }

    ranks = malloc(rfm->n * sizeof(*ranks));

    if (ranks == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < rfm->n; i++) {
        ranks[i].value = rfm_value(&rfm->rows[i], scale);
        ranks[i].id = rta_names_get(&rfm->ids, rfm->rows[i].place);
        ranks[i].row = &rfm->rows[i];

        if (scale->is_falling) {
            ranks[i].value = -ranks[i].value;
        }
    }

    qsort(ranks, rfm->n, sizeof(*ranks), rfm_compare_ranks);

    i = 0;

    for (score = 1; score <= RTA_RFM_SCORES; score++) {
        end = i + rfm->n / RTA_RFM_SCORES
              + (score <= rfm->n % RTA_RFM_SCORES);

        for ( /* void */ ; i < end; i++) {
            rfm_set(ranks[i].row, scale, score);
        }
    }

    free(ranks);

    return RTN_OK;
}


static int64_t
rfm_value(const struct rta_rfm_row *row, const struct rfm_scale *scale)
{
    return *(const int64_t *) ((const char *) row + scale->value);
}


static void
rfm_set(struct rta_rfm_row *row, const struct rfm_scale *scale, unsigned score)
{
    *((uint8_t *) row + scale->score) = (uint8_t) score;
}


static int
rfm_compare_values(const void *a, const void *b)
{
    int64_t  x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}


static int
rfm_compare_ranks(const void *a, const void *b)
{
    const struct rfm_rank  *x = a, *y = b;

    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }

    return strcmp(x->id, y->id);
}
