/* What the runs have of a batch's orders. */

#include <stdlib.h>
#include <string.h>

#include "order_batch.h"
#include "row.h"

#define FIND_FIRST  1024                /* candidates, to begin with */

/* Candidates: a customer, by hash, who may have a group's order in a run. */
struct order_found {
    struct order_batch  *batch;
    struct order_key    *keys;          /* customer and first group of hash */
    size_t               n;
    size_t               size;
};

static int find_in_run(struct order_found *found, struct db_txn *txn,
    uint32_t run);
static int find_hashes(struct order_found *found, struct db_txn *txn,
    uint32_t run);
static int find_add(struct order_found *found, uint32_t customer,
    size_t group);
static int find_records(struct order_found *found,
    struct order_reader *reader);
static int find_match(struct order_found *found, size_t first, size_t last,
    const struct order_reader *reader);
static uint64_t find_hash(const struct order_batch *batch, size_t group);
static int find_take(struct order_batch *batch, size_t group, uint64_t hash,
    struct rtn_str id, const struct order_reader *reader);


/* From the oldest run on, so that what is found last is the latest. */
int
order_find(struct order_batch *batch, struct db_txn *txn,
    const struct order_runs *runs)
{
    int                 rc;
    size_t              i;
    struct order_found  found = { .batch = batch };

    for (i = 0, rc = RTN_OK; rc == RTN_OK && i < runs->n; i++) {
        rc = find_in_run(&found, txn, runs->runs[i].number);
    }

    free(found.keys);

    return rc;
}


static int
find_in_run(struct order_found *found, struct db_txn *txn, uint32_t run)
{
    int                  rc;
    struct order_reader  reader;

    found->n = 0;

    rc = find_hashes(found, txn, run);

    if (rc == RTN_OK) {
        rc = order_sort(found->keys, found->n);
    }

    if (rc != RTN_OK || found->n == 0) {
        return rc;
    }

    rc = order_reader_open(&reader, txn, run, (uint32_t) found->keys[0].key);

    if (rc == RTN_OK) {
        rc = find_records(found, &reader);
    }

    order_reader_close(&reader);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
find_hashes(struct order_found *found, struct db_txn *txn, uint32_t run)
{
    int                  rc;
    size_t               i;
    uint64_t             hash;
    struct order_ids     ids;
    struct order_batch  *batch = found->batch;

    rc = order_ids_open(&ids, txn, run, find_hash(batch, 0));

    for (i = 0; rc == RTN_OK && i < batch->group_count; i++) {
        hash = find_hash(batch, i);

        if (i > 0 && find_hash(batch, i - 1) == hash) {
            continue;
        }

        rc = order_ids_seek(&ids, hash);

        while (rc == RTN_OK && ids.hash == hash) {
            rc = find_add(found, ids.customer, i);

            if (rc == RTN_OK) {
                rc = order_ids_next(&ids);
            }
        }
    }

    order_ids_close(&ids);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static uint64_t
find_hash(const struct order_batch *batch, size_t group)
{
    return batch->entries[batch->groups[group].first].hash;
}


static int
find_add(struct order_found *found, uint32_t customer, size_t group)
{
    size_t             size;
    struct order_key  *keys;

    if (found->n == found->size) {
        size = found->size == 0 ? FIND_FIRST : found->size * 2;
        keys = reallocarray(found->keys, size, sizeof(*keys));

        if (keys == NULL) {
            return RTN_ERR_NOMEM;
        }

        found->keys = keys;
        found->size = size;
    }

    found->keys[found->n++] = (struct order_key) { customer,
                                                   (uint32_t) group };

    return RTN_OK;
}


static int
find_records(struct order_found *found, struct order_reader *reader)
{
    int       rc;
    size_t    first, last;
    uint32_t  customer;

    for (first = 0, rc = RTN_OK; first < found->n; first = last) {
        customer = (uint32_t) found->keys[first].key;

        for (last = first; last < found->n
             && found->keys[last].key == customer; last++)
        {
            /* void */
        }

        rc = order_reader_seek(reader, customer);

        while (rc == RTN_OK && reader->customer == customer) {
            rc = find_match(found, first, last, reader);

            if (rc == RTN_OK) {
                rc = order_reader_next(reader);
            }
        }

        if (rc != RTN_OK) {
            return rc;
        }
    }

    return RTN_OK;
}


/* A customer's candidates are sorted by hash. */
static int
find_match(struct order_found *found, size_t first, size_t last,
    const struct order_reader *reader)
{
    int                  rc;
    size_t               middle;
    uint64_t             hash;
    struct order_head    head;
    struct order_batch  *batch = found->batch;

    rc = order_record_head(reader->record, &head);

    if (rc != RTN_OK || head.is_gone) {
        return rc;
    }

    hash = order_hash(&batch->hash, head.id);

    while (first < last) {
        middle = first + (last - first) / 2;

        if (find_hash(batch, found->keys[middle].index) < hash) {
            first = middle + 1;

        } else {
            last = middle;
        }
    }

    return first < found->n && found->keys[first].key == reader->customer
           ? find_take(batch, found->keys[first].index, hash, head.id, reader)
           : RTN_OK;
}


static int
find_take(struct order_batch *batch, size_t group, uint64_t hash,
    struct rtn_str id, const struct order_reader *reader)
{
    int                   rc;
    struct order_head     head;
    struct order_group   *at;
    struct order_version  version = { .customer = reader->customer };

    for ( /* void */ ; group < batch->group_count
         && find_hash(batch, group) == hash; group++)
    {
        at = &batch->groups[group];

        rc = order_record_head(order_batch_record(
                                   batch, batch->entries[at->first].offset),
                               &head);

        if (rc == RTN_OK && db_row_equal(head.id, id)) {
            rc = order_batch_keep(batch, 0, reader->record, &version.offset);

            if (rc == RTN_OK) {
                at->stored = version;
            }
        }

        if (rc != RTN_OK) {
            return rc;
        }
    }

    return RTN_OK;
}
