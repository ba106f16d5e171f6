/*
 * Folding: what the event log and the coupon journal add up to, kept so that
 * a report need not read them whole.
 *
 *     log ------> per recipient, per link, per hour, and what cannot be added
 *                 up beforehand, copied                   in state/
 *     journal --> status and last change of each coupon   in coupons/
 *
 * A cursor, the id of the last event that is in the roll-ups, lies in the same
 * transaction as the rows, so they are right after a crash at any point.  A
 * reader takes the roll-ups and then the log behind the cursor, and gets what
 * the whole log would have given.
 *
 * Rolled up is an event that names a campaign whose draw is frozen and a
 * customer by number, that is dated before it was recorded, and that is no
 * purchase: whether it lies within its recipient's window can never change.
 * Repeats and HEAD requests are dropped, test recipients too.  All others are
 * copied without their items, as the rest, and judged by the reader: events by
 * a customer's hash, of no campaign, of a campaign whose recipients come from
 * a file, dated ahead, and purchases.
 */

#ifndef RTN_FOLD_H_INCLUDED
#define RTN_FOLD_H_INCLUDED

#include "rtn.h"
#include "rtn_event.h"
#include "rtn_store.h"

#define RTN_FOLD_LOCK_US       2000     /* a transaction's lock, to stay below;
                                           a slow disk may take longer */
#define RTN_FOLD_COUNTS_MAX     128     /* of what a slice adds to one */

/* How far a fold has come. */
struct rtn_fold_state {
    uint64_t  cursor;               /* the last event that is in it; 0: none */
    uint64_t  first;                /* the first one */
    uint64_t  damaged;              /* records that could not be read */
    uint64_t  repeats;              /* dropped, as rtn_log_scan_repeats */
    uint64_t  journal_cursor;       /* of the coupons' base */
};

/* RTN_ERR_NOMEM, RTN_ERR_IO, RTN_ERR_CORRUPT.  Reads state, and coupons where
   they are opened. */
int rtn_fold_state(struct rtn_store *store, struct rtn_fold_state *state);

/*
 * How long the oldest event that is not in the roll-ups has been waiting, in
 * milliseconds; 0 when there is none.  Reads state and events.
 */
int rtn_fold_lag(struct rtn_store *store, int64_t now_ms, int64_t *lag_ms);


/*
 * A folder.  It reads through handles of its own, so it may be used by any one
 * thread at a time while the store's other threads go on; the store is closed
 * after it.  Memory: some 100 bytes an event of a slice, and 50 bytes for each
 * posted event of the last seven days, by which it knows repeats.
 */
struct rtn_fold;

int rtn_fold_open(struct rtn_store *store, struct rtn_fold **fold);
void rtn_fold_close(struct rtn_fold *fold);     /* NULL is allowed */

/* What one call did. */
struct rtn_fold_progress {
    uint64_t  events;               /* read, repeats and damaged ones as well */
    uint64_t  changes;              /* of coupons */
    uint64_t  slices;               /* transactions */
    uint64_t  lock_us_max;          /* the longest, its flush included */
    uint64_t  cursor;
    int64_t   waiting_ms;           /* when the first event that is left was
                                       recorded; 0: none is left */
    bool      is_done;              /* nothing is left that it may fold */
};

/*
 * Folds slice by slice until nothing is left or the budget is spent.  Reading
 * and adding up come before the lock is taken; under it rows are only written.
 * Several folders, of one or of many processes, do no harm to each other.
 *
 * before_ms   events recorded at or after this moment are left; a report that
 *             counts up to a moment reads the whole log when the roll-ups
 *             have gone beyond it, so leave some seconds where reports run
 * budget_ms   a slice more than this may take; 0: one slice
 *
 * RTN_ERR_NEWER: an event of a later version; the cursor stays before it.
 * RTN_ERR_DISK_FULL, RTN_ERR_MAP_FULL, RTN_ERR_IO, RTN_ERR_CORRUPT,
 * RTN_ERR_NOMEM: nothing of the slice was written, the next call goes on.
 * Writes state and coupons.
 */
int rtn_fold_run(struct rtn_fold *fold, int64_t before_ms, unsigned budget_ms,
    struct rtn_fold_progress *progress);


/* The roll-ups at one moment.  It holds a read transaction of state from open
   to close: read on without a pause.  Reads state, by one thread at a time. */
struct rtn_fold_view;

/* What a campaign's roll-ups have besides their rows. */
struct rtn_fold_totals {
    struct rtn_fold_state  state;   /* journal_cursor: 0 */
    int64_t   last_ms;              /* latest occurred_ms that was rolled up */
    uint64_t  strays;               /* events of no recipient */
    uint64_t  outside;              /* of a recipient, outside the window */
};

/* How many events of one message, kind and class. */
struct rtn_fold_count {
    uint8_t         message;
    enum rtn_kind   kind;
    enum rtn_class  class;
    uint32_t        n;
};

/* What a slice added to a recipient; all that was added is the recipient's: a
   sum, the earliest, any. */
struct rtn_fold_recipient {
    uint32_t  customer;
    int64_t   first_click_ms;       /* a person's first; 0: none */
    bool      has_named_visit;      /* a person's, by a named customer */
    size_t    count;
    struct rtn_fold_count  counts[RTN_FOLD_COUNTS_MAX];
};

struct rtn_fold_link {
    uint8_t         message;
    uint8_t         link;           /* 0: none */
    enum rtn_kind   kind;
    enum rtn_class  class;
    uint64_t        n;
};

struct rtn_fold_hour {
    int64_t         hour_ms;        /* its first moment, a whole hour of UTC */
    enum rtn_kind   kind;
    enum rtn_class  class;
    uint64_t        n;
};

int rtn_fold_view_open(struct rtn_store *store, uint32_t campaign,
    struct rtn_fold_view **view);
void rtn_fold_view_close(struct rtn_fold_view *view);   /* NULL is allowed */

const struct rtn_fold_totals *rtn_fold_view_totals(
    const struct rtn_fold_view *view);

/*
 * The next row, in the order of slices and of customers within; of messages,
 * links, kinds and classes; of hours, kinds and classes; and of the rest, of
 * this campaign and of none together, in the order of ids.  A rest event's
 * strings live until the next call.  RTN_ERR_NOT_FOUND: the end.
 * RTN_ERR_CORRUPT: this row is bad, and the next call goes on behind it.
 */
int rtn_fold_recipient_next(struct rtn_fold_view *view,
    struct rtn_fold_recipient *recipient);
int rtn_fold_link_next(struct rtn_fold_view *view,
    struct rtn_fold_link *link);
int rtn_fold_hour_next(struct rtn_fold_view *view,
    struct rtn_fold_hour *hour);
int rtn_fold_rest_next(struct rtn_fold_view *view, struct rtn_event *event);


/* The log behind a view's cursor, repeats dropped as by rtn_log_scan_next even
   where the first one is in the roll-ups.  It outlives the view by a day at
   most.  As rtn_log_scan_*; reads events and state. */
struct rtn_fold_tail;

int rtn_fold_tail_open(struct rtn_store *store,
    const struct rtn_fold_totals *totals, struct rtn_fold_tail **tail);
int rtn_fold_tail_next(struct rtn_fold_tail *tail, struct rtn_event *event);
uint64_t rtn_fold_tail_repeats(const struct rtn_fold_tail *tail);
void rtn_fold_tail_close(struct rtn_fold_tail *tail);   /* NULL is allowed */


/*
 * Recounts the log up to the cursor, and the journal up to its own, and
 * compares with the roll-ups.  Takes memory for all of them at once, some 200
 * bytes a row.  Others may write and fold meanwhile; what they replace keeps
 * its place in the file until this has ended.
 *
 * report    called for each difference, as by rtn_store_check; may be NULL
 * is_whole  false: events that are in the roll-ups have left the log, so only
 *           the coupons were compared
 *
 * Errors as of a scan.  Reads state, events and coupons.
 */
int rtn_fold_check(struct rtn_store *store, rtn_check_report_pt report,
    void *data, uint64_t *rows, uint64_t *differences, bool *is_whole);

#endif /* RTN_FOLD_H_INCLUDED */
