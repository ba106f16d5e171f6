/* Private to order_batch.c, order_find.c and order_settle.c: what a slice
   puts. */

#ifndef DB_ORDER_BATCH_H_INCLUDED
#define DB_ORDER_BATCH_H_INCLUDED

#include "order.h"

/* A put or, with the customer it leaves, a move.  offset is of its record in
   the batch's bytes, where these stand before it:
       length of the record u16 | the customer that it leaves u32, 0: a put */
struct order_entry {
    uint64_t  hash;
    uint32_t  offset;
    uint32_t  customer;
};

/* An order as it is at some time. */
struct order_version {
    uint32_t  customer;
    uint32_t  offset;                   /* 0: there is none */
};

/* The entries of one order, and what the runs have of it. */
struct order_group {
    uint32_t              first;        /* index of an entry */
    uint32_t              n;
    struct order_version  stored;
};

/* A record of the run that is written. */
struct order_out {
    uint32_t  customer;
    uint32_t  offset;
    bool      is_override;
    bool      is_gone;
};

struct order_batch {
    struct order_hash     hash;
    uint64_t              puts[RTN_PUTS];
    uint8_t              *bytes;
    size_t                len;
    size_t                size;
    struct order_entry   *entries;
    size_t                n;
    size_t                entries_size;
    size_t                moves;        /* of the entries */
    struct order_group   *groups;       /* sorted by hash */
    size_t                group_count;
    struct order_out     *outs;         /* by hash; two for an order */
    uint64_t             *out_hashes;   /* of outs */
    size_t                out_count;
};

/* The record at an offset. */
struct order_record order_batch_record(const struct order_batch *batch,
    uint32_t offset);

/* Adds a record to the bytes.  RTN_ERR_NOMEM. */
int order_batch_keep(struct order_batch *batch, uint32_t from,
    struct order_record record, uint32_t *offset);

/* order_find.c: sets stored of each group, from the runs. */
int order_find(struct order_batch *batch, struct db_txn *txn,
    const struct order_runs *runs);


/* order_settle.c */

/* Counts what becomes of the entries, and makes outs of it. */
int order_settle(struct order_batch *batch);
/* Writes outs as a run, and adds it to the list.  RTN_ERR_LIMIT: too many. */
int order_settle_write(struct order_batch *batch, struct db_txn *txn,
    struct order_runs *runs);


/* order_sort.c */

struct order_key {
    uint64_t  key;
    uint32_t  index;
};

/* Sorts by key; of equal keys the first stays first.  RTN_ERR_NOMEM. */
int order_sort(struct order_key *keys, size_t n);

#endif /* DB_ORDER_BATCH_H_INCLUDED */
