/*
 * Folding the log, slice by slice.  What a slice adds up to is made ready
 * under no lock at all: since only a fold writes these rows, and moves the
 * cursor with them, they are still what was read when the cursor is.
 */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "fold.h"
#include "rtn_id.h"

struct rtn_fold {
    struct rtn_store       *store;      /* whose handles are shared */
    struct rtn_store        shared;
    struct rtn_log_scan    *scan;       /* behind the cursor; or NULL */
    bool                    is_loaded;  /* repeats and state are the store's */
    struct repeats          repeats;
    struct rtn_fold_state   state;
    struct fold_hashes      hashes;     /* of a slice */
    struct fold_pace        pace;
    struct fold_pace        coupon_pace;
};

static int fold_load(struct rtn_fold *fold);
static void fold_unload(struct rtn_fold *fold);
static int fold_slice(struct rtn_fold *fold, int64_t before_ms,
    struct rtn_fold_progress *progress, bool *has_more);
static int fold_read(struct rtn_fold *fold, struct fold_book *book,
    int64_t before_ms, struct rtn_fold_state *next,
    struct rtn_fold_progress *progress, bool *is_done);
static int fold_event(struct rtn_fold *fold, struct fold_book *book,
    const struct rtn_event *event, struct rtn_fold_state *next);
static int fold_write(struct rtn_fold *fold, const struct fold_book *book,
    const struct rtn_fold_state *next, struct rtn_fold_progress *progress);
static int fold_put(struct rtn_fold *fold, struct db_txn *txn,
    struct fold_row **rows, size_t n, const struct rtn_fold_state *next);


int
rtn_fold_open(struct rtn_store *store, struct rtn_fold **fold)
{
    struct rtn_fold  *opened;

    if (store->flags & RTN_OPEN_READ_ONLY) {
        return RTN_ERR_READ_ONLY;
    }

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->store = store;
    fold_pace_init(&opened->pace);
    fold_pace_init(&opened->coupon_pace);

    *fold = opened;

    return 0;
}


void
rtn_fold_close(struct rtn_fold *fold)
{
    if (fold != NULL) {
        fold_unload(fold);
        free(fold->hashes.items);
        free(fold);
    }
}


int
rtn_fold_run(struct rtn_fold *fold, int64_t before_ms, unsigned budget_ms,
    struct rtn_fold_progress *progress)
{
    int       rc;
    bool      has_log, has_journal;
    uint64_t  begun_us;

    *progress = (struct rtn_fold_progress) { .cursor = fold->state.cursor };

    begun_us = fold_now_us();
    fold_share(&fold->shared, fold->store);

    has_log = fold->shared.flags & RTN_OPEN_EVENTS;
    has_journal = fold->shared.flags & RTN_OPEN_COUPONS;

    rc = fold_load(fold);

    while (rc == 0 && (has_log || has_journal)) {
        if (has_log) {
            rc = fold_slice(fold, before_ms, progress, &has_log);
        }

        if (rc == 0 && has_journal) {
            rc = fold_coupons_slice(&fold->shared, &fold->coupon_pace,
                                    progress, &has_journal);
        }

        if (fold_now_us() - begun_us >= (uint64_t) budget_ms * 1000) {
            break;
        }
    }

    rtn_log_scan_close(fold->scan);
    fold->scan = NULL;
    fold_unshare(&fold->shared);

    progress->cursor = fold->state.cursor;
    progress->is_done = rc == 0 && !has_log && !has_journal;

    if (has_log && progress->waiting_ms == 0) {
        progress->waiting_ms = rtn_id_ms(fold->state.cursor);
    }

    if (rc != 0) {
        fold_unload(fold);
    }

    return rc;
}


int
rtn_fold_state(struct rtn_store *store, struct rtn_fold_state *state)
{
    int                    rc;
    struct db_txn          txn;
    struct rtn_fold_state  read;

    rc = db_read_begin(store, DB_STATE, &txn);

    if (rc == 0) {
        rc = fold_state_get(&txn, &read);
    }

    db_read_end(&txn);

    if (rc == 0 && (store->flags & RTN_OPEN_COUPONS)) {
        rc = db_read_begin(store, DB_COUPONS, &txn);

        if (rc == 0) {
            rc = fold_journal_cursor_get(&txn, &read.journal_cursor);
        }

        db_read_end(&txn);
    }

    if (rc == 0) {
        *state = read;
    }

    return rc;
}


int
rtn_fold_lag(struct rtn_store *store, int64_t now_ms, int64_t *lag_ms)
{
    int                     rc;
    struct rtn_event        event;
    struct rtn_log_scan    *scan;
    struct rtn_fold_state   state;

    rc = rtn_fold_state(store, &state);

    if (rc == 0) {
        rc = rtn_log_scan_open(store, state.cursor + 1, &scan);
    }

    if (rc != 0) {
        return rc;
    }

    do {
        rc = rtn_log_scan_next(scan, &event);
    } while (rc == RTN_ERR_CORRUPT);

    rtn_log_scan_close(scan);

    if (rc == RTN_ERR_NOT_FOUND) {
        *lag_ms = 0;
        return 0;
    }

    if (rc == 0) {
        *lag_ms = now_ms > rtn_id_ms(event.id) ? now_ms - rtn_id_ms(event.id)
                                               : 0;
    }

    return rc;
}


void
fold_share(struct rtn_store *shared, const struct rtn_store *store)
{
    size_t  i;

    *shared = *store;
    shared->overlay = NULL;
    shared->slice = NULL;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        shared->envs[i].reader = NULL;
        shared->envs[i].readers = 0;
    }
}


void
fold_unshare(struct rtn_store *shared)
{
    size_t  i;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (shared->envs[i].reader != NULL) {
            mdb_txn_abort(shared->envs[i].reader);
        }
    }

    sodium_memzero(shared, sizeof(*shared));
}


/* Another folder may have gone on meanwhile. */
static int
fold_load(struct rtn_fold *fold)
{
    int                    rc;
    struct rtn_fold_state  state;

    rc = rtn_fold_state(&fold->shared, &state);

    if (rc == 0 && fold->is_loaded && state.cursor != fold->state.cursor) {
        fold_unload(fold);
    }

    if (rc != 0 || fold->is_loaded) {
        return rc;
    }

    fold->state = state;

    rc = fold_hashes_load(&fold->shared, state.cursor, &fold->repeats);
    fold->is_loaded = rc == 0;

    return rc;
}


static void
fold_unload(struct rtn_fold *fold)
{
    rtn_log_scan_close(fold->scan);
    fold->scan = NULL;

    db_repeats_release(&fold->repeats);
    fold->is_loaded = false;
}


static int
fold_slice(struct rtn_fold *fold, int64_t before_ms,
    struct rtn_fold_progress *progress, bool *has_more)
{
    int                    rc;
    bool                   is_done;
    struct db_txn          txn;
    struct fold_book       book;
    struct rtn_fold_state  next;

    rc = fold_load(fold);
    if (rc != 0) {
        return rc;
    }

    rc = db_read_begin(&fold->shared, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    fold_book_init(&book, &txn, true);
    fold->hashes.n = 0;
    next = fold->state;
    is_done = false;

    rc = fold_read(fold, &book, before_ms, &next, progress, &is_done);

    db_read_end(&txn);

    if (rc == 0 && next.cursor != fold->state.cursor) {
        rc = fold_write(fold, &book, &next, progress);
    }

    fold_book_release(&book);
    *has_more = !is_done;

    return rc;
}


static int
fold_read(struct rtn_fold *fold, struct fold_book *book, int64_t before_ms,
    struct rtn_fold_state *next, struct rtn_fold_progress *progress,
    bool *is_done)
{
    int               rc;
    size_t            n;
    uint64_t          damaged;
    struct rtn_event  event;

    rc = 0;

    if (fold->scan == NULL) {
        rc = rtn_log_scan_open(&fold->shared, fold->state.cursor + 1,
                               &fold->scan);
        if (rc != 0) {
            return rc;
        }

        rtn_log_scan_keep_repeats(fold->scan);
    }

    damaged = 0;

    for (n = 0; rc == 0 && n < fold->pace.slice; /* void */ ) {
        rc = rtn_log_scan_next(fold->scan, &event);

        if (rc == RTN_ERR_CORRUPT) {
            damaged++;
            rc = 0;
            continue;
        }

        if (rc == 0 && rtn_id_ms(event.id) >= before_ms) {
            progress->waiting_ms = rtn_id_ms(event.id);
            rc = RTN_ERR_NOT_FOUND;
        }

        if (rc == 0) {
            next->damaged += damaged;
            progress->events += damaged + 1;
            damaged = 0;
            n++;

            rc = fold_event(fold, book, &event, next);
        }
    }

    *is_done = rc == RTN_ERR_NOT_FOUND;

    if (rc == RTN_ERR_NOT_FOUND || (rc == RTN_ERR_NEWER && n > 0)) {
        rtn_log_scan_close(fold->scan);
        fold->scan = NULL;
        rc = 0;
    }

    return rc;
}


static int
fold_event(struct rtn_fold *fold, struct fold_book *book,
    const struct rtn_event *event, struct rtn_fold_state *next)
{
    int   rc;
    bool  is_repeat;

    if (next->first == 0) {
        next->first = event->id;
    }

    next->cursor = event->id;

    if (!event->has_repeat_hash) {
        return fold_count(book, event);
    }

    rc = db_repeats_add(&fold->repeats, event->repeat_hash,
                        rtn_id_ms(event->id), &is_repeat);
    if (rc != 0) {
        return rc;
    }

    if (is_repeat) {
        next->repeats++;
        return 0;
    }

    rc = fold_hashes_add(&fold->hashes, event);

    return rc != 0 ? rc : fold_count(book, event);
}


static int
fold_write(struct rtn_fold *fold, const struct fold_book *book,
    const struct rtn_fold_state *next, struct rtn_fold_progress *progress)
{
    int                     rc;
    uint64_t                us, commit_us;
    struct db_txn           txn;
    struct fold_row       **rows;
    struct rtn_fold_state   stored;

    rc = fold_book_sorted(book, &rows);
    if (rc != 0) {
        return rc;
    }

    db_begin(&fold->shared, DB_STATE, &txn);

    us = fold_now_us();

    rc = fold_state_get(&txn, &stored);

    if (rc == 0 && stored.cursor != fold->state.cursor) {
        /* another folder was faster: begin again behind it */
        db_abort(&txn);
        free(rows);
        fold_unload(fold);
        return 0;
    }

    if (rc == 0) {
        rc = fold_put(fold, &txn, rows, book->n, next);
    }

    commit_us = fold_now_us();

    if (rc == 0) {
        rc = db_commit(&txn);

    } else {
        db_abort(&txn);
    }

    free(rows);

    if (rc == 0) {
        fold->state = *next;
        fold_pace_took(&fold->pace, fold_now_us() - us,
                       fold_now_us() - commit_us, progress);
    }

    return rc;
}


static int
fold_put(struct rtn_fold *fold, struct db_txn *txn, struct fold_row **rows,
    size_t n, const struct rtn_fold_state *next)
{
    int     rc;
    size_t  i;

    rc = 0;

    for (i = 0; rc == 0 && i < n; i++) {
        if (rows[i]->is_changed && rows[i]->table != DB_FOLD_RECIPIENTS) {
            rc = db_put(txn, rows[i]->table, (struct rtn_str) {
                            (const char *) rows[i]->key, rows[i]->key_len
                        }, (struct rtn_str) {
                            (const char *) rows[i]->bytes, rows[i]->len
                        });
        }
    }

    if (rc == 0) {
        rc = fold_deltas_put(txn, rows, n, next->cursor);
    }

    if (rc == 0) {
        rc = fold_hashes_put(txn, &fold->hashes);
    }

    if (rc == 0) {
        rc = fold_hashes_prune(txn, next->cursor);
    }

    return rc != 0 ? rc : fold_state_put(txn, next);
}
