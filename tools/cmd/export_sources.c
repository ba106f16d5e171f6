/* The log, the coupon journal, imported events and unsubscriptions, merged. */

#include <stdlib.h>
#include <string.h>

#include "export_sources.h"
#include "rtn_crm.h"
#include "rtn_id.h"
#include "rtn_log.h"

/* A repeat is known only when its first is read: so far back it may be. */
#define SOURCES_REPEAT_MS  (INT64_C(7) * 24 * 3600 * 1000)

#define SOURCES_FIRST_SIZE  1024        /* unsubscriptions */

/* Unsubscriptions are kept by customer, so they are sorted in memory. */
struct sources_suppressions {
    struct rtn_suppression  *rows;
    size_t                   n;
    size_t                   next;
};

struct sources_reader {
    int   (*open)(struct export_source *source, struct rtn_store *store,
        int64_t from_ms);
    int   (*next)(struct export_source *source);    /* fills the record */
    void  (*close)(struct export_source *source);
};

struct export_source {
    const struct sources_reader  *reader;
    struct export_output         *output;
    int64_t                       from_ms;
    bool                          is_open;
    bool                          is_ready;     /* record waits its turn */
    bool                          is_at_end;
    struct export_record          record;

    struct rtn_log_scan          *log;          /* one of these is in use */
    struct rtn_journal_scan      *journal;
    struct rtn_imported_scan     *imported;
    struct sources_suppressions   suppressions;
};

static const char *const  sources_actions[] = {
    [RTN_COUPON_RESERVE] = "reserve",
    [RTN_COUPON_REDEEM] = "redeem",
    [RTN_COUPON_RELEASE] = "release",
    [RTN_COUPON_RESTORE] = "restore",
    [RTN_COUPON_VOIDED] = "void"
};


static int
sources_log_open(struct export_source *source, struct rtn_store *store,
    int64_t from_ms)
{
    from_ms -= SOURCES_REPEAT_MS;

    return rtn_log_scan_open(store, from_ms <= RTN_ID_EPOCH_MS
                                    ? 0 : rtn_id_first(from_ms),
                             &source->log);
}


static int
sources_log_next(struct export_source *source)
{
    int                    rc;
    struct export_record  *record = &source->record;

    rc = rtn_log_scan_next(source->log, &record->event);

    if (rc == 0) {
        record->at_ms = rtn_id_ms(record->event.id);
        record->is_received = true;
        record->kind = rtn_kind_name(record->event.kind);
    }

    return rc;
}


static void
sources_log_close(struct export_source *source)
{
    rtn_log_scan_close(source->log);
}


static int
sources_journal_open(struct export_source *source, struct rtn_store *store,
    int64_t from_ms)
{
    return rtn_journal_scan_open(store, from_ms <= RTN_ID_EPOCH_MS
                                        ? 0 : rtn_id_first(from_ms),
                                 &source->journal);
}


static int
sources_journal_next(struct export_source *source)
{
    int                              rc;
    struct rtn_event                *event = &source->record.event;
    struct export_record            *record = &source->record;
    const struct rtn_coupon_change  *change = &record->change;

    rc = rtn_journal_scan_next(source->journal, &record->change);

    if (rc != 0) {
        return rc;
    }

    if ((size_t) change->action >= sizeof(sources_actions)
                                   / sizeof(sources_actions[0]))
    {
        return RTN_ERR_CORRUPT;
    }

    record->at_ms = rtn_id_ms(change->id);
    record->is_received = true;
    record->kind = sources_actions[change->action];
    record->code = change->code;

    event->id = change->id;
    event->occurred_ms = record->at_ms;
    event->source = RTN_SOURCE_COUPON;
    event->campaign = change->campaign;
    event->customer = change->customer;
    event->order_id.data = change->order_id;
    event->order_id.len = strlen(change->order_id);
    event->has_amount = change->has_amount;
    event->amount_minor = change->amount_minor;
    memcpy(event->currency, change->currency, sizeof(event->currency));

    return 0;
}


static void
sources_journal_close(struct export_source *source)
{
    rtn_journal_scan_close(source->journal);
}


static int
sources_imported_open(struct export_source *source, struct rtn_store *store,
    int64_t from_ms)
{
    (void) from_ms;

    return rtn_imported_scan_open(store, &source->imported);
}


static int
sources_imported_next(struct export_source *source)
{
    int                    rc;
    struct export_record  *record = &source->record;

    rc = rtn_imported_scan_next(source->imported, &record->event);

    if (rc == 0) {
        record->at_ms = record->event.occurred_ms;
        record->is_received = false;
        record->kind = rtn_kind_name(record->event.kind);
    }

    return rc;
}


static void
sources_imported_close(struct export_source *source)
{
    rtn_imported_scan_close(source->imported);
}


static int
sources_compare(const void *a, const void *b)
{
    const struct rtn_suppression  *one = a, *other = b;

    if (one->at_ms != other->at_ms) {
        return one->at_ms < other->at_ms ? -1 : 1;
    }

    return one->customer < other->customer
           ? -1 : one->customer > other->customer;
}


static int
sources_suppressions_open(struct export_source *source,
    struct rtn_store *store, int64_t from_ms)
{
    int                           rc;
    void                         *p;
    size_t                        size = 0;
    struct rtn_suppression        row = { 0 };
    struct sources_suppressions  *all = &source->suppressions;

    (void) from_ms;

    while ((rc = rtn_suppression_next(store, &row)) == 0) {
        if (all->n == size) {
            size = size == 0 ? SOURCES_FIRST_SIZE : size * 2;
            p = realloc(all->rows, size * sizeof(*all->rows));

            if (p == NULL) {
                return RTN_ERR_NOMEM;
            }

            all->rows = p;
        }

        all->rows[all->n++] = row;
    }

    if (all->n > 0) {
        qsort(all->rows, all->n, sizeof(*all->rows), sources_compare);
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
sources_suppressions_next(struct export_source *source)
{
    struct rtn_event              *event = &source->record.event;
    struct export_record          *record = &source->record;
    struct sources_suppressions   *all = &source->suppressions;
    const struct rtn_suppression  *row;

    if (all->next == all->n) {
        return RTN_ERR_NOT_FOUND;
    }

    row = &all->rows[all->next++];

    record->at_ms = row->at_ms;
    record->is_received = row->campaign != 0;
    record->kind = rtn_kind_name(RTN_KIND_UNSUBSCRIBE);

    event->occurred_ms = row->at_ms;
    event->kind = RTN_KIND_UNSUBSCRIBE;
    event->source = row->campaign != 0 ? RTN_SOURCE_UNSUBSCRIBE
                                       : RTN_SOURCE_IMPORT;
    event->campaign = row->campaign;
    event->message = row->message;
    event->customer = row->customer;

    return 0;
}


static void
sources_suppressions_close(struct export_source *source)
{
    free(source->suppressions.rows);
}


static const struct sources_reader  sources_readers[] = {
    { sources_log_open, sources_log_next, sources_log_close },
    { sources_journal_open, sources_journal_next, sources_journal_close },
    { sources_imported_open, sources_imported_next, sources_imported_close },
    { sources_suppressions_open, sources_suppressions_next,
      sources_suppressions_close }
};

#define SOURCES  (sizeof(sources_readers) / sizeof(sources_readers[0]))


int
export_sources_open(struct export_output *output, int64_t from_ms,
    struct export_source **out)
{
    int                    rc;
    size_t                 i;
    struct export_source  *sources;

    sources = calloc(SOURCES, sizeof(*sources));

    if (sources == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < SOURCES; i++) {
        sources[i].reader = &sources_readers[i];
        sources[i].output = output;
        sources[i].from_ms = from_ms;

        rc = sources[i].reader->open(&sources[i], output->ctx->store,
                                     from_ms);

        if (rc != 0) {
            free(sources[i].suppressions.rows);
            export_sources_close(sources);
            return rc;
        }

        sources[i].is_open = true;
    }

    *out = sources;

    return 0;
}


void
export_sources_close(struct export_source *sources)
{
    size_t  i;

    for (i = 0; i < SOURCES; i++) {
        if (sources[i].is_open) {
            sources[i].reader->close(&sources[i]);
        }
    }

    free(sources);
}


/* The source's next record that is not too early. */

static int
sources_fill(struct export_source *source)
{
    int  rc;

    do {
        source->record.event.item_count = 0;
        rc = export_step(source->output, source->reader->next(source));
    } while (rc == RTN_ERR_CORRUPT
             || (rc == 0 && source->record.at_ms < source->from_ms));

    source->is_ready = rc == 0;
    source->is_at_end = rc == RTN_ERR_NOT_FOUND;

    return source->is_at_end ? 0 : rc;
}


int
export_sources_next(struct export_source *sources,
    const struct export_record **record)
{
    int                    rc;
    size_t                 i;
    struct export_source  *source, *first = NULL;

    for (i = 0; i < SOURCES; i++) {
        source = &sources[i];

        if (!source->is_ready && !source->is_at_end) {
            rc = sources_fill(source);

            if (rc != 0) {
                return rc;
            }
        }

        if (source->is_ready
            && (first == NULL || source->record.at_ms < first->record.at_ms))
        {
            first = source;
        }
    }

    if (first == NULL) {
        return RTN_ERR_NOT_FOUND;
    }

    first->is_ready = false;
    *record = &first->record;

    return 0;
}
