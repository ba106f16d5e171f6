/*
 * Private to store/db: orders as they are stored, in runs.
 *
 * Orders come by time and belong to customers all over the table, so a tree
 * with a row for each order would be rewritten by each slice.  A slice
 * appends a run instead: its orders sorted by customer and time, many to a
 * row, and beside them the hashes of their ids, sorted too.  A run never
 * changes.  Readers join the runs; of an order that several runs have, the
 * one of the highest number counts.  When there are too many, the last ones
 * are merged into one.
 *
 *     DB_ORDERS      key      run u32 | first customer u32 | row u32
 *                    payload  ( varint  customer, less the one before, * 2,
 *                                       + 1 if an older run may have it
 *                               varint  bytes of the record
 *                               record ) ...
 *     DB_ORDER_IDS   key      run u32 | first hash u64 | row u32
 *                    payload  ( hash u64 | customer u32 ) ..., sorted
 *
 * The list of runs is one row of DB_CRM_META.  Rows of a run that is not in
 * the list are left from a merge, and nobody reads them.
 *
 * A record, whose numbers are varints, the signed ones with the sign in the
 * lowest bit; what the flags do not name is absent:
 *
 *     flags u8 | length of the id u8 | id | ordered_ms
 *         | currency, 3 bytes | amount_minor
 *         | updated_ms - ordered_ms | discount_minor | refunded_minor
 *         | cost_minor | items
 *         | length of the coupon u8 | coupon | length of the channel u8
 *         | channel
 *
 * An order whose customer was changed leaves a record with the flag "gone"
 * with the customer before, which ends behind ordered_ms.
 */

#ifndef DB_ORDER_H_INCLUDED
#define DB_ORDER_H_INCLUDED

#include "crm.h"

#define ORDER_RECORD_MAX  600       /* bytes of a record */
#define ORDER_ROW_MAX     1890      /* bytes of a row's payload */
#define ORDER_RUNS_MAX    64        /* in the list */
#define ORDER_RUNS_KEPT   8         /* more than these are merged */

_Static_assert(ORDER_ROW_MAX + 5 <= DB_VALUE_MAX, "a row is no value");

/* A record: bytes within a row, or within a batch. */
struct order_record {
    const uint8_t  *data;
    size_t          len;
};


/* order_record.c */

/* Writes a record.  RTN_ERR_LIMIT: a text is too long. */
int order_record_encode(const struct rtn_order *order,
    uint8_t record[ORDER_RECORD_MAX], size_t *len);

/* Fills all of order but its customer.  RTN_ERR_CORRUPT. */
int order_record_decode(struct order_record record, struct rtn_order *order);

/* What it takes to sort and to compare.  RTN_ERR_CORRUPT. */
struct order_head {
    struct rtn_str  id;
    int64_t         ordered_ms;
    int64_t         updated_ms;
    bool            is_gone;
};

int order_record_head(struct order_record record, struct order_head *head);

/* The record that an order leaves with the customer before. */
void order_record_gone(const struct order_head *head,
    uint8_t record[ORDER_RECORD_MAX], size_t *len);

/* By time, then by id; heads that were read. */
int order_head_compare(const struct order_head *a,
    const struct order_head *b);

/* The hash of an order's id, under a key of the store. */
struct order_hash {
    uint8_t  key[16];
};

void order_hash_init(const struct rtn_store *store, struct order_hash *hash);
uint64_t order_hash(const struct order_hash *hash, struct rtn_str id);

/* Varints: p advanced; NULL: past the end, or too long. */
uint8_t *order_varint_put(uint8_t *p, uint64_t value);

static inline const uint8_t *
order_varint_get(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
    unsigned  shift;
    uint64_t  read = 0;

    for (shift = 0; p < end && shift < 64; shift += 7) {
        read |= (uint64_t) (*p & 0x7F) << shift;

        if (*p++ < 0x80) {
            *value = read;
            return p;
        }
    }

    return NULL;
}


/* order_run.c */

struct order_run {
    uint32_t  number;
    uint64_t  orders;           /* records of them, those that are gone too */
};

struct order_runs {
    uint32_t          last;     /* the highest number ever given */
    size_t            n;
    struct order_run  runs[ORDER_RUNS_MAX];     /* by number */
};

/* None before the first one. */
int order_runs_get(struct db_txn *txn, struct order_runs *runs);
int order_runs_put(struct db_txn *txn, const struct order_runs *runs);

/* Writes a run: records by customer and time, ids by hash, in any turn. */
struct order_writer {
    struct db_txn  *txn;
    uint32_t        run;
    uint64_t        orders;
    uint32_t        rows;
    uint32_t        customer;   /* of the record before */
    uint32_t        first;      /* of the row */
    size_t          len;
    uint8_t         row[ORDER_ROW_MAX];
    uint32_t        id_rows;
    size_t          ids_len;
    uint8_t         ids[ORDER_ROW_MAX];
};

void order_writer_init(struct order_writer *writer, struct db_txn *txn,
    uint32_t run);
int order_writer_add(struct order_writer *writer, uint32_t customer,
    bool is_override, struct order_record record);
int order_writer_id(struct order_writer *writer, uint64_t hash,
    uint32_t customer);
int order_writer_end(struct order_writer *writer);

/* Reads a run's records, from a customer on. */
struct order_reader {
    struct db_cursor      cursor;
    uint32_t              run;
    const uint8_t        *p;            /* behind the record, in the row */
    const uint8_t        *end;
    uint32_t              customer;     /* of the record, as the rest */
    bool                  is_override;
    struct order_record   record;       /* lives as long as the transaction
                                           writes nothing */
};

/* RTN_ERR_NOT_FOUND: there is none, or it was the last. */
int order_reader_open(struct order_reader *reader, struct db_txn *txn,
    uint32_t run, uint32_t customer);
int order_reader_next(struct order_reader *reader);
/* Forward to the first record of a customer or one behind. */
int order_reader_seek(struct order_reader *reader, uint32_t customer);
void order_reader_close(struct order_reader *reader);

/* Reads a run's hashes. */
struct order_ids {
    struct db_cursor   cursor;
    uint32_t           run;
    const uint8_t     *p;               /* of the entry, in the row */
    const uint8_t     *end;
    uint64_t           hash;
    uint32_t           customer;
};

/* To the first entry not below hash.  RTN_ERR_NOT_FOUND: there is none. */
int order_ids_open(struct order_ids *ids, struct db_txn *txn, uint32_t run,
    uint64_t hash);
int order_ids_next(struct order_ids *ids);
int order_ids_seek(struct order_ids *ids, uint64_t hash);
void order_ids_close(struct order_ids *ids);


/* order_join.c */

struct order_joined {
    struct order_record  record;
    struct order_head    head;
    uint32_t             run;
    bool                 is_override;
};

/* Runs as one, a customer at a time. */
struct order_join {
    struct order_reader   readers[ORDER_RUNS_MAX];
    bool                  is_open[ORDER_RUNS_MAX];      /* has a record */
    size_t                n;
    bool                  keeps_gone;
    uint32_t              customer;
    struct order_joined  *orders;       /* his, by time, then id */
    size_t                count;
    size_t                size;
};

/* Reads from a customer on.  keeps_gone: records of orders that are gone are
   handed out too.  Closed by the caller on failure, too. */
int order_join_open(struct order_join *join, struct db_txn *txn,
    const struct order_run *runs, size_t n, uint32_t customer,
    bool keeps_gone);
/* The next customer who has a record; count may be 0. RTN_ERR_NOT_FOUND. */
int order_join_next(struct order_join *join);
void order_join_close(struct order_join *join);


/* order_batch.c */

struct order_batch;

/* Writes what was put in a slice, as a run.  Where it fails, the slice will
   not commit. */
int order_batch_write(struct crm_slice *slice);
/* NULL is allowed in both. */
bool order_batch_is_full(const struct order_batch *batch);
void order_batch_free(struct order_batch *batch);


/* order_merge.c */

/* Before a slice: merges runs where there are too many, and removes what a
   merge left behind that did not come to its end. */
int order_merge(struct rtn_store *store);

#endif /* DB_ORDER_H_INCLUDED */
