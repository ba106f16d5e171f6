/*
 * A batch's orders settled, each by itself, as if its entries had come one at
 * a time; what is new goes out as a run, by customer and time.
 */

#define _GNU_SOURCE             /* qsort_r */

#include <stdlib.h>
#include <string.h>

#include "order_batch.h"

static int settle_one(struct order_batch *batch,
    const struct order_group *group);
static void settle_judge(struct order_batch *batch, struct order_version *now,
    const struct order_entry *entry);
static void settle_out(struct order_batch *batch, uint64_t hash,
    const struct order_version *version, bool is_override);
static int settle_leave(struct order_batch *batch,
    const struct order_version *before);
static int settle_records(const struct order_batch *batch,
    struct order_writer *writer);
static int settle_by_time(const void *a, const void *b, void *batch);


int
order_settle(struct order_batch *batch)
{
    int     rc;
    size_t  i, outs = 2 * batch->group_count;

    batch->outs = reallocarray(NULL, outs, sizeof(*batch->outs));
    batch->out_hashes = reallocarray(NULL, outs, sizeof(*batch->out_hashes));
    batch->out_count = 0;

    if (batch->outs == NULL || batch->out_hashes == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0, rc = RTN_OK; rc == RTN_OK && i < batch->group_count; i++) {
        rc = settle_one(batch, &batch->groups[i]);
    }

    return rc;
}


static int
settle_one(struct order_batch *batch, const struct order_group *group)
{
    size_t                i;
    struct order_version  now = group->stored;

    for (i = group->first; i < group->first + group->n; i++) {
        settle_judge(batch, &now, &batch->entries[i]);
    }

    if (now.offset == group->stored.offset
        && now.customer == group->stored.customer)
    {
        return RTN_OK;
    }

    settle_out(batch, batch->entries[group->first].hash, &now,
               group->stored.offset != 0);

    return group->stored.offset != 0 && now.customer != group->stored.customer
           ? settle_leave(batch, &group->stored) : RTN_OK;
}


static void
settle_judge(struct order_batch *batch, struct order_version *now,
    const struct order_entry *entry)
{
    uint32_t              from;
    struct order_head     before, after;
    struct order_record   stored, given;

    from = db_key_read_u32(batch->bytes + entry->offset - 4);

    if (from != 0) {
        now->customer = now->offset != 0 && now->customer == from
                        ? entry->customer : now->customer;
        return;
    }

    given = order_batch_record(batch, entry->offset);

    if (now->offset == 0) {
        *now = (struct order_version) { entry->customer, entry->offset };
        batch->puts[RTN_PUT_NEW]++;
        return;
    }

    stored = order_batch_record(batch, now->offset);

    if (now->customer == entry->customer && stored.len == given.len
        && memcmp(stored.data, given.data, given.len) == 0)
    {
        batch->puts[RTN_PUT_SAME]++;
        return;
    }

    /* both were read before */
    (void) order_record_head(stored, &before);
    (void) order_record_head(given, &after);

    /* where one of them has no updated_at, the last one wins */
    if (after.updated_ms != 0 && before.updated_ms > after.updated_ms) {
        batch->puts[RTN_PUT_OLDER]++;
        return;
    }

    *now = (struct order_version) { entry->customer, entry->offset };
    batch->puts[RTN_PUT_CHANGED]++;
}


static void
settle_out(struct order_batch *batch, uint64_t hash,
    const struct order_version *version, bool is_override)
{
    batch->out_hashes[batch->out_count] = hash;
    batch->outs[batch->out_count++] = (struct order_out) {
        version->customer, version->offset, is_override, false
    };
}


/* A record that the order is gone from the customer before. */
static int
settle_leave(struct order_batch *batch, const struct order_version *before)
{
    int                   rc;
    size_t                len;
    uint8_t               bytes[ORDER_RECORD_MAX];
    struct order_head     head;
    struct order_version  gone = *before;

    rc = order_record_head(order_batch_record(batch, before->offset), &head);
    if (rc != RTN_OK) {
        return rc;
    }

    order_record_gone(&head, bytes, &len);

    rc = order_batch_keep(batch, 0, (struct order_record) { bytes, len },
                          &gone.offset);

    if (rc == RTN_OK) {
        settle_out(batch, 0, &gone, true);
        batch->outs[batch->out_count - 1].is_gone = true;
    }

    return rc;
}


int
order_settle_write(struct order_batch *batch, struct db_txn *txn,
    struct order_runs *runs)
{
    int                  rc;
    size_t               i;
    struct order_writer  writer;

    if (runs->n == ORDER_RUNS_MAX) {
        return RTN_ERR_LIMIT;
    }

    order_writer_init(&writer, txn, runs->last + 1);

    /* outs are sorted by hash */

    for (i = 0, rc = RTN_OK; rc == RTN_OK && i < batch->out_count; i++) {
        if (!batch->outs[i].is_gone) {
            rc = order_writer_id(&writer, batch->out_hashes[i],
                                 batch->outs[i].customer);
        }
    }

    if (rc == RTN_OK) {
        rc = settle_records(batch, &writer);
    }

    if (rc == RTN_OK) {
        rc = order_writer_end(&writer);
    }

    if (rc != RTN_OK) {
        return rc;
    }

    runs->runs[runs->n++] = (struct order_run) { ++runs->last,
                                                 writer.orders };

    return order_runs_put(txn, runs);
}


static int
settle_records(const struct order_batch *batch, struct order_writer *writer)
{
    int                rc;
    size_t             i, first;
    struct order_key  *keys;
    struct order_out  *out;

    keys = reallocarray(NULL, batch->out_count, sizeof(*keys));
    if (keys == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < batch->out_count; i++) {
        keys[i] = (struct order_key) { batch->outs[i].customer,
                                       (uint32_t) i };
    }

    rc = order_sort(keys, batch->out_count);

    for (first = 0, i = 1; rc == RTN_OK && i <= batch->out_count; i++) {
        if (i == batch->out_count || keys[i].key != keys[first].key) {
            if (i - first > 1) {
                qsort_r(keys + first, i - first, sizeof(*keys), settle_by_time,
                        (void *) batch);
            }

            first = i;
        }
    }

    for (i = 0; rc == RTN_OK && i < batch->out_count; i++) {
        out = &batch->outs[keys[i].index];
        rc = order_writer_add(writer, out->customer, out->is_override,
                              order_batch_record(batch, out->offset));
    }

    free(keys);

    return rc;
}


static int
settle_by_time(const void *a, const void *b, void *data)
{
    const struct order_key    *x = a, *y = b;
    const struct order_batch  *batch = data;
    struct order_head          left, right;

    (void) order_record_head(order_batch_record(
                                 batch, batch->outs[x->index].offset), &left);
    (void) order_record_head(order_batch_record(
                                 batch, batch->outs[y->index].offset), &right);

    return order_head_compare(&left, &right);
}
