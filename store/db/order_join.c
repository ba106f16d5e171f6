/* Runs of orders as one, a customer at a time; see order.h. */

#include <stdlib.h>
#include <string.h>

#include "order.h"

#define JOIN_FIRST   64             /* records of a customer, to begin with */
#define JOIN_INSERT  16             /* up to so many are sorted by insertion */

static int join_take(struct order_join *join, struct order_reader *reader);
static int join_reserve(struct order_join *join);
static int join_settle(struct order_join *join);
static int join_heads(struct order_join *join);
static void join_override(struct order_join *join);
static void join_sort(struct order_join *join,
    int (*compare)(const void *a, const void *b));
static int join_by_id(const void *a, const void *b);
static int join_by_time(const void *a, const void *b);


int
order_join_open(struct order_join *join, struct db_txn *txn,
    const struct order_run *runs, size_t n, uint32_t customer,
    bool keeps_gone)
{
    int  rc;

    memset(join, 0, sizeof(*join));
    join->keeps_gone = keeps_gone;

    while (join->n < n) {
        rc = order_reader_open(&join->readers[join->n], txn,
                               runs[join->n].number, customer);

        join->is_open[join->n++] = rc == RTN_OK;

        if (rc != RTN_OK && rc != RTN_ERR_NOT_FOUND) {
            return rc;
        }
    }

    return RTN_OK;
}


int
order_join_next(struct order_join *join)
{
    int     rc;
    bool    is_found = false;
    size_t  i;

    for (i = 0; i < join->n; i++) {
        if (join->is_open[i]
            && (!is_found || join->readers[i].customer < join->customer))
        {
            join->customer = join->readers[i].customer;
            is_found = true;
        }
    }

    if (!is_found) {
        return RTN_ERR_NOT_FOUND;
    }

    join->count = 0;

    for (i = 0; i < join->n; i++) {
        while (join->is_open[i]
               && join->readers[i].customer == join->customer)
        {
            rc = join_take(join, &join->readers[i]);
            if (rc != RTN_OK) {
                return rc;
            }

            rc = order_reader_next(&join->readers[i]);
            join->is_open[i] = rc == RTN_OK;

            if (rc != RTN_OK && rc != RTN_ERR_NOT_FOUND) {
                return rc;
            }
        }
    }

    return join_settle(join);
}


static int
join_take(struct order_join *join, struct order_reader *reader)
{
    int                   rc;
    struct order_joined  *joined;

    rc = join_reserve(join);
    if (rc != RTN_OK) {
        return rc;
    }

    joined = &join->orders[join->count++];
    joined->record = reader->record;
    joined->run = reader->run;
    joined->is_override = reader->is_override;

    return RTN_OK;
}


static int
join_reserve(struct order_join *join)
{
    size_t                size;
    struct order_joined  *orders;

    if (join->count < join->size) {
        return RTN_OK;
    }

    size = join->size == 0 ? JOIN_FIRST : join->size * 2;
    orders = reallocarray(join->orders, size, sizeof(*orders));

    if (orders == NULL) {
        return RTN_ERR_NOMEM;
    }

    join->orders = orders;
    join->size = size;

    return RTN_OK;
}


/* Records of one run are sorted, and each of another order. */
static int
join_settle(struct order_join *join)
{
    int     rc;
    bool    is_override = false;
    size_t  i;

    for (i = 0; i < join->count; i++) {
        is_override = is_override || join->orders[i].is_override;
    }

    if (!is_override
        && join->orders[0].run == join->orders[join->count - 1].run)
    {
        return RTN_OK;
    }

    rc = join_heads(join);
    if (rc != RTN_OK) {
        return rc;
    }

    if (is_override) {
        join_sort(join, join_by_id);
        join_override(join);
    }

    join_sort(join, join_by_time);

    return RTN_OK;
}


static int
join_heads(struct order_join *join)
{
    int     rc;
    size_t  i;

    for (i = 0, rc = RTN_OK; i < join->count && rc == RTN_OK; i++) {
        rc = order_record_head(join->orders[i].record, &join->orders[i].head);
    }

    return rc;
}


/* Of the records of an order, the first is the one that counts. */
static void
join_override(struct order_join *join)
{
    size_t                i, n;
    struct order_joined  *orders = join->orders;
    struct rtn_str        last = { NULL, 0 };

    for (i = 0, n = 0; i < join->count; i++) {
        if (i > 0 && orders[i].head.id.len == last.len
            && memcmp(orders[i].head.id.data, last.data, last.len) == 0)
        {
            continue;
        }

        last = orders[i].head.id;

        if (join->keeps_gone || !orders[i].head.is_gone) {
            orders[n++] = orders[i];
        }
    }

    join->count = n;
}


static void
join_sort(struct order_join *join,
    int (*compare)(const void *a, const void *b))
{
    size_t                i, j;
    struct order_joined   joined, *orders = join->orders;

    if (join->count > JOIN_INSERT) {
        qsort(orders, join->count, sizeof(*orders), compare);
        return;
    }

    for (i = 1; i < join->count; i++) {
        joined = orders[i];

        for (j = i; j > 0 && compare(&joined, &orders[j - 1]) < 0; j--) {
            orders[j] = orders[j - 1];
        }

        orders[j] = joined;
    }
}


/* The latest run first. */
static int
join_by_id(const void *a, const void *b)
{
    int                         rc;
    const struct order_joined  *x = a, *y = b;

    if (x->head.id.len != y->head.id.len) {
        return x->head.id.len < y->head.id.len ? -1 : 1;
    }

    rc = memcmp(x->head.id.data, y->head.id.data, x->head.id.len);

    return rc != 0 ? rc : (x->run < y->run) - (x->run > y->run);
}


static int
join_by_time(const void *a, const void *b)
{
    const struct order_joined  *x = a, *y = b;

    return order_head_compare(&x->head, &y->head);
}


void
order_join_close(struct order_join *join)
{
    size_t  i;

    for (i = 0; i < join->n; i++) {
        order_reader_close(&join->readers[i]);
    }

    free(join->orders);
}
