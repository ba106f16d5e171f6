/* The event log: append-only, in the order of ids. */

#ifndef RTN_LOG_H_INCLUDED
#define RTN_LOG_H_INCLUDED

#include "rtn.h"
#include "rtn_event.h"
#include "rtn_store.h"

/*
 * Appends events in one transaction and waits for the disk: all or none.
 *
 * payloads   as rtn_event_encode made them
 * n          1 or more
 * now_ms     the clock, for the ids
 * first_id   gets the id of payloads[0], on an error anything; the others
 *            follow it; may be NULL
 *
 * RTN_ERR_LIMIT: a payload is longer than RTN_EVENT_RECORD_MAX.
 * RTN_ERR_DISK_FULL, RTN_ERR_MAP_FULL, RTN_ERR_IO, RTN_ERR_NOMEM.
 * Whichever error: nothing was written.  Writes events.
 */
int rtn_log_append(struct rtn_store *store, const struct rtn_str *payloads,
    size_t n, int64_t now_ms, uint64_t *first_id);

/*
 * The same in steps, for who must know the ids before the disk has them.
 * rtn_log_begin waits for the environment's writer lock and holds it until
 * commit or abort, which free the writer; all by one thread.
 *
 * An error of rtn_log_add stays: rtn_log_commit then writes nothing and
 * returns it.  Writes events.
 */
struct rtn_log_writer;

int rtn_log_begin(struct rtn_store *store, int64_t now_ms,
    struct rtn_log_writer **writer);
int rtn_log_add(struct rtn_log_writer *writer, struct rtn_str payload,
    uint64_t *id);
int rtn_log_commit(struct rtn_log_writer *writer);
void rtn_log_abort(struct rtn_log_writer *writer);

/*
 * Whether the log has just this event under just this id: how a committer
 * finds out if the one that died before it had come to the end.  Takes the
 * writer lock for a moment.  Writes events.
 */
int rtn_log_holds(struct rtn_store *store, uint64_t id,
    struct rtn_str payload, bool *holds);

struct rtn_log_scan;

/*
 * Starts a scan at the first event whose id is not below from.
 *
 * Repeats of a posted event (same repeat_hash within 7 days) are dropped when
 * the first one is within the scan.  A scan sees what was committed when it
 * started a slice; it holds no transaction between slices, so it may be long.
 */
int rtn_log_scan_open(struct rtn_store *store, uint64_t from,
    struct rtn_log_scan **scan);

/* Has the scan hand out repeats as well, for who drops them by himself; before
   the first rtn_log_scan_next. */
void rtn_log_scan_keep_repeats(struct rtn_log_scan *scan);

/*
 * The next event.  Its strings live until the next call on this scan.
 * RTN_ERR_NOT_FOUND: the end.  RTN_ERR_CORRUPT, RTN_ERR_NEWER: this record
 * is bad, or of a later version, and the next call goes on behind it.
 */
int rtn_log_scan_next(struct rtn_log_scan *scan, struct rtn_event *event);

/* How many repeats the scan has dropped so far. */
uint64_t rtn_log_scan_repeats(const struct rtn_log_scan *scan);

void rtn_log_scan_close(struct rtn_log_scan *scan);


/*
 * The log is kept in segments, a file each.  All but the last are closed and
 * never change again; a scan walks through them as if they were one.
 */
struct rtn_log_segment {
    uint32_t  number;           /* of its file, events/NNNNNN.mdb */
    bool      is_open;          /* the last one, which is written */
    bool      is_compressed;    /* its file is events/NNNNNN.z */
    uint64_t  bytes;
    uint64_t  rows;             /* events, long ones more than once */
    int64_t   first_ms;         /* of its first and last event; 0: none */
    int64_t   last_ms;
};

/* The segments in their order; the caller frees the array. */
int rtn_log_segments(struct rtn_store *store,
    struct rtn_log_segment **segments, size_t *n);

/*
 * Drops the first segment for good: its file is unlinked.  Who reads it goes
 * on reading until he comes to its end.
 * RTN_ERR_NOT_FOUND: it is not the first.  RTN_ERR_LIMIT: it is the open one.
 */
int rtn_log_drop(struct rtn_store *store, uint32_t number);

/* Called as rows are done of all that are to do; false: stop. */
typedef bool (*rtn_log_progress_pt)(void *data, uint64_t done,
    uint64_t total);

/*
 * Compresses a closed segment: its rows are verified and written to a file
 * beside it, which is flushed, read again and compared; then it takes the
 * other's place.  Killed at any moment, one of the two is there and whole.
 * Who reads the old file goes on reading it.
 *
 * progress   may be NULL
 * bytes      gets the size of the new file
 *
 * RTN_ERR_NOT_FOUND: there is no such file, or it is compressed already.
 * RTN_ERR_LIMIT: it is the open one.  RTN_ERR_CORRUPT, RTN_ERR_DAMAGED,
 * RTN_ERR_NEWER: it cannot be read, and is left as it is.  RTN_ERR_DISK_FULL,
 * RTN_ERR_PERMISSION, RTN_ERR_IO (also where progress said stop),
 * RTN_ERR_NOMEM.
 */
int rtn_log_compress(struct rtn_store *store, uint32_t number,
    rtn_log_progress_pt progress, void *data, uint64_t *bytes);

/* The time of the last event that was dropped.  RTN_ERR_NOT_FOUND: none. */
int rtn_log_dropped_ms(struct rtn_store *store, int64_t *ms);

#endif /* RTN_LOG_H_INCLUDED */
