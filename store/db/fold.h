/*
 * Private to store/db: the parts of a fold.
 *
 *     event -> rows       fold_count.c     where it is counted; for fold and
 *                                          check alike
 *     rows in memory      fold_book.c      read when first needed, written
 *                                          in one go
 *     recipients          fold_deltas.c    what a slice adds to them
 *     repeats             fold_repeats.c   hashes of posted events, kept
 *     rows in bytes       fold_rows.c
 *     slices              fold.c, fold_coupons.c, fold_pace.c
 *
 * Keys are in db.h.  Payloads, numbers big-endian:
 *
 *     state       cursor u64 | first u64 | damaged u64 | repeats u64
 *     campaign    last occurred_ms i64 | strays u64 | outside u64
 *     recipient   in memory: first click i64 | flags u8, then, in rising order,
 *                 message u8 | kind * RTN_CLASS_COUNT + class u8 | count u32;
 *                 stored as in fold_deltas.c
 *     link, hour  count u64
 *     rest        an event's record without items
 *     repeats     of each: time of the id i64 | hash 16
 */

#ifndef DB_FOLD_H_INCLUDED
#define DB_FOLD_H_INCLUDED

#include "codec/wire.h"
#include "db.h"
#include "repeats.h"
#include "rtn_fold.h"
#include "rtn_log.h"

#define FOLD_KEY_MAX        12
#define FOLD_NAMED_VISIT    0x01        /* a recipient's flags */
#define FOLD_HOUR_MS        (INT64_C(3600) * 1000)

#define FOLD_STATE_LEN      32
#define FOLD_CAMPAIGN_LEN   24
#define FOLD_SUM_LEN         8
#define FOLD_HEAD_LEN        9          /* of a recipient */
#define FOLD_COUNT_LEN       6


/* fold_book.c */

/* A row that is in memory.  One of no bytes does not exist. */
struct fold_row {
    enum db_table  table;
    size_t         key_len;
    uint8_t        key[FOLD_KEY_MAX];
    size_t         len;
    size_t         size;
    uint8_t       *bytes;
    bool           is_changed;

    /* what fold_count.c keeps with it, not written */
    bool           is_known;
    bool           is_there;            /* the campaign is frozen; the
                                           recipient is one */
    int64_t        t0_ms;
    int64_t        until_ms;
};

/* txn is where rows and recipients are read; has_rows false: rows begin empty,
   as for a recount. */
struct fold_book {
    struct db_txn     *txn;
    bool               has_rows;
    struct fold_row  **slots;
    size_t             slot_count;      /* a power of two, or 0 */
    size_t             n;
};

void fold_book_init(struct fold_book *book, struct db_txn *txn,
    bool has_rows);
void fold_book_release(struct fold_book *book);

/* The row of a key; it lives until the release.  RTN_ERR_NOMEM, and db_get's
   errors but RTN_ERR_NOT_FOUND. */
int fold_book_row(struct fold_book *book, enum db_table table,
    struct rtn_str key, struct fold_row **row);

/* Makes a row's payload len bytes long, zeros where it grows.
   RTN_ERR_NOMEM. */
int fold_row_resize(struct fold_row *row, size_t len);

/* All rows by table and key, for the caller to free.  RTN_ERR_NOMEM. */
int fold_book_sorted(const struct fold_book *book, struct fold_row ***rows);


/* fold_count.c */

/* Counts an event that is no repeat.  Errors as fold_book_row. */
int fold_count(struct fold_book *book, const struct rtn_event *event);

/* Adds what a slice added to a recipient. */
int fold_add(struct fold_book *book, uint32_t campaign,
    const struct rtn_fold_recipient *recipient);


/* fold_rows.c */

struct rtn_str fold_state_key(void);
int fold_state_get(struct db_txn *txn, struct rtn_fold_state *state);
int fold_state_put(struct db_txn *txn, const struct rtn_fold_state *state);

/* The cursor of the coupons' base within the journal; 0: none.  txn is one of
   DB_COUPONS. */
int fold_journal_cursor_get(struct db_txn *txn, uint64_t *cursor);
int fold_journal_cursor_put(struct db_txn *txn, uint64_t cursor);

/* A number of a payload, at its place. */
uint64_t fold_get_u64(const uint8_t *p);
uint32_t fold_get_u32(const uint8_t *p);


/* fold_deltas.c */

/* Appends what the rows of recipients, which are sorted, add. */
int fold_deltas_put(struct db_txn *txn, struct fold_row **rows, size_t n,
    uint64_t cursor);

/* The next recipient of a row.  RTN_ERR_CORRUPT. */
int fold_delta_get(struct rtn_wire_in *in,
    struct rtn_fold_recipient *recipient);


/* fold_repeats.c */

/* The hashes of one slice that are no repeats. */
struct fold_hashes {
    size_t                n;
    size_t                size;
    struct fold_hash     *items;
};

struct fold_hash {
    uint64_t  id;
    uint8_t   hash[RTN_HASH_LEN];
};

int fold_hashes_add(struct fold_hashes *hashes, const struct rtn_event *event);
int fold_hashes_put(struct db_txn *txn, const struct fold_hashes *hashes);

/* Drops hashes that no later event can repeat. */
int fold_hashes_prune(struct db_txn *txn, uint64_t cursor);

/* Fills repeats, which are empty, with what was kept up to a cursor. */
int fold_hashes_load(struct rtn_store *store, uint64_t cursor,
    struct repeats *repeats);


/* fold_pace.c */

uint64_t fold_now_us(void);

/*
 * How much the next slice takes.  Only what the disk does not ask of the
 * smallest transaction as well can be saved by smaller ones, so the shortest
 * commit of late is known, and forgotten slowly.
 */
struct fold_pace {
    size_t    slice;                    /* events, or changes of coupons */
    uint64_t  flush_us;
};

void fold_pace_init(struct fold_pace *pace);

/* After a slice: how long its lock was held, and how long its commit took;
   both go into progress. */
void fold_pace_took(struct fold_pace *pace, uint64_t lock_us,
    uint64_t commit_us, struct rtn_fold_progress *progress);

/* fold.c */

/* A store's handles for one more thread: the same environments, read by
   transactions of its own. */
void fold_share(struct rtn_store *shared, const struct rtn_store *store);
void fold_unshare(struct rtn_store *shared);


/* fold_coupons.c */

/* One slice of the journal; progress gets changes, slices and the lock. */
int fold_coupons_slice(struct rtn_store *store, struct fold_pace *pace,
    struct rtn_fold_progress *progress, bool *has_more);

#endif /* DB_FOLD_H_INCLUDED */
