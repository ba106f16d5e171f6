/*
 * A campaign's events, straight into the log: what nginx would take half an
 * hour to write.
 *
 *     events STORE SLUG STARTS_S COUNT DAYS CUSTOMERS
 *
 * COUNT events of customers 1 to CUSTOMERS, within DAYS days from STARTS_S, in
 * seconds, on: opens and clicks of its first message, by people and
 * machines, and posted visits, each with an id of its own.  The same
 * arguments give the same events.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rtn_campaign.h"
#include "rtn_event.h"
#include "rtn_log.h"
#include "rtn_store.h"

#define BATCH       5000
#define BYTES_MAX   128             /* of one of these events */
#define DAY_MS      INT64_C(86400000)

/* Of a hundred events. */
static const struct kind {
    unsigned         n;
    enum rtn_kind    kind;
    enum rtn_class   class;
    enum rtn_source  source;
} kinds[] = {
    { 30, RTN_KIND_OPEN,  RTN_CLASS_HUMAN,   RTN_SOURCE_PIXEL },
    { 16, RTN_KIND_OPEN,  RTN_CLASS_UNKNOWN, RTN_SOURCE_PIXEL },
    {  6, RTN_KIND_OPEN,  RTN_CLASS_MACHINE, RTN_SOURCE_PIXEL },
    { 16, RTN_KIND_CLICK, RTN_CLASS_HUMAN,   RTN_SOURCE_REDIRECT },
    {  4, RTN_KIND_CLICK, RTN_CLASS_MACHINE, RTN_SOURCE_REDIRECT },
    { 28, RTN_KIND_VISIT, RTN_CLASS_HUMAN,   RTN_SOURCE_BROWSER }
};

struct writer {
    struct rtn_store     *store;
    struct rtn_campaign   campaign;
    uint32_t              customers;
    uint64_t              random;
    uint8_t               bytes[BATCH][BYTES_MAX];
    struct rtn_str        payloads[BATCH];
};


static void
fail(const char *what, int rc)
{
    fprintf(stderr, "events: %s: %s\n", what, rtn_strerror(rc));
    exit(1);
}


/* SplitMix64, by Steele, Lea and Flood (2014). */
static uint64_t
draw(struct writer *writer, uint64_t below)
{
    uint64_t  z;

    z = writer->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);

    return (z ^ z >> 31) % below;
}


static void
encode(struct writer *writer, size_t i, uint64_t number)
{
    int                rc;
    uint64_t           n = draw(writer, 100);
    const struct kind  *kind = kinds;
    struct rtn_event   event;

    while (n >= kind->n) {
        n -= kind->n;
        kind++;
    }

    memset(&event, 0, offsetof(struct rtn_event, items));
    event.kind = kind->kind;
    event.class = kind->class;
    event.source = kind->source;
    event.campaign = writer->campaign.number;
    event.customer = 1 + (uint32_t) draw(writer, writer->customers);
    event.link = kind->kind == RTN_KIND_CLICK;

    if (kind->source == RTN_SOURCE_BROWSER) {
        event.has_repeat_hash = true;
        memcpy(event.repeat_hash, &number, sizeof(number));
    }

    writer->payloads[i].data = (const char *) writer->bytes[i];

    rc = rtn_event_encode(&event, writer->bytes[i], BYTES_MAX,
                          &writer->payloads[i].len);
    if (rc != 0) {
        fail("an event", rc);
    }
}


static void
write_all(struct writer *writer, uint64_t count, int64_t first_ms,
    int64_t span_ms)
{
    int       rc;
    size_t    i, n;
    uint64_t  done;

    for (done = 0; done < count; done += n) {
        n = count - done < BATCH ? (size_t) (count - done) : BATCH;

        for (i = 0; i < n; i++) {
            encode(writer, i, done + i + 1);
        }

        rc = rtn_log_append(writer->store, writer->payloads, n,
                            first_ms + (int64_t) ((double) span_ms
                                                  * (double) done
                                                  / (double) count), NULL);
        if (rc != 0) {
            fail("the log", rc);
        }
    }
}


int
main(int argc, char **argv)
{
    int                    rc;
    int64_t                starts_ms;
    struct rtn_str         slug;
    static struct writer   writer;

    if (argc != 7) {
        fprintf(stderr, "usage: events STORE SLUG STARTS_S COUNT DAYS "
                "CUSTOMERS\n");
        return 2;
    }

    rc = rtn_store_open(argv[1], RTN_OPEN_EVENTS | RTN_OPEN_STATE,
                        &writer.store);
    if (rc != 0) {
        fail(argv[1], rc);
    }

    slug = (struct rtn_str) { argv[2], strlen(argv[2]) };
    rc = rtn_campaign_find(writer.store, slug, &writer.campaign);

    if (rc != 0) {
        fail(argv[2], rc);
    }

    starts_ms = strtoll(argv[3], NULL, 10) * 1000;
    writer.customers = (uint32_t) strtoul(argv[6], NULL, 10);

    write_all(&writer, strtoull(argv[4], NULL, 10), starts_ms,
              strtoll(argv[5], NULL, 10) * DAY_MS);

    rtn_campaign_release(&writer.campaign);
    rtn_store_close(writer.store);

    return 0;
}
