/* An event log in small files, for the tests of its segments. */

#ifndef SEGMENT_LOG_H_INCLUDED
#define SEGMENT_LOG_H_INCLUDED

#include "db/dir.h"
#include "db/segment.h"
#include "rtn_log.h"
#include "support.h"

#define LOG_BATCH        500        /* events of an append */
#define LOG_BATCHES_MAX  200


/* A store whose segments are closed at 1 MiB. */
static inline int
log_setup(void **state)
{
    struct support       *support;
    struct rtn_settings   settings;

    if (support_setup(state) != 0) {
        return -1;
    }

    support = *state;
    settings = *rtn_store_settings(support->store);
    settings.segment_mib = 1;

    return rtn_settings_put(support->store, &settings);
}


/* Events of customers from first on, each a second after the one before. */
static inline void
log_append(struct rtn_store *store, uint32_t first, size_t n)
{
    size_t            i, len;
    uint8_t           buffers[LOG_BATCH][128];
    struct rtn_str    payloads[LOG_BATCH];
    struct rtn_event  event = {
        .kind = RTN_KIND_CLICK, .source = RTN_SOURCE_REDIRECT,
        .campaign = 1, .link = 1
    };

    assert_true(n <= LOG_BATCH);

    for (i = 0; i < n; i++) {
        event.customer = first + (uint32_t) i;

        assert_int_equal(rtn_event_encode(&event, buffers[i],
                                          sizeof(buffers[i]), &len), 0);
        payloads[i] = (struct rtn_str) { (char *) buffers[i], len };
    }

    assert_int_equal(rtn_log_append(store, payloads, n,
                                    SUPPORT_NOW_MS + (int64_t) first * 1000,
                                    NULL), 0);
}


/* Fills files until number is open; returns the next customer. */
static inline uint32_t
log_fill(struct rtn_store *store, uint32_t from, uint32_t number)
{
    size_t  i;

    for (i = 0; i < LOG_BATCHES_MAX && store->segment < number; i++) {
        log_append(store, from, LOG_BATCH);
        from += LOG_BATCH;
    }

    assert_int_equal(store->segment, number);

    return from;
}


/* Customers first, first + 1, ... up to before end, each once. */
static inline void
log_expect(struct rtn_store *store, uint64_t from, uint32_t first, uint32_t end)
{
    int                   rc;
    uint64_t              last;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    last = 0;

    assert_int_equal(rtn_log_scan_open(store, from, &scan), 0);

    while ((rc = rtn_log_scan_next(scan, &event)) == 0) {
        assert_int_equal(event.customer, first++);
        assert_true(event.id > last);
        last = event.id;
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);
    assert_int_equal(first, end);

    rtn_log_scan_close(scan);
}


static inline void
log_expect_sound(struct rtn_store *store)
{
    uint64_t  records, faults;

    assert_int_equal(rtn_store_check(store, NULL, NULL, &records, &faults),
                     0);
    assert_int_equal(faults, 0);
}


static inline void
log_file(struct support *support, uint32_t number, enum db_segment_form form,
    char path[DB_PATH_MAX])
{
    char  name[SEGMENT_NAME_MAX];

    db_segment_name(number, form, name);
    assert_int_equal(db_dir_join(path, support->path, name), 0);
}

#endif /* SEGMENT_LOG_H_INCLUDED */
