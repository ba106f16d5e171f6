/*
 * Imported events, by time.  An event is one row, or several where it is
 * long; the low bits of a key's sequence count them:
 *
 *     key       time, 8 bytes | number of the event, 60 bits | part, 4 bits
 *     payload   number of parts, 1 byte | bytes
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "crm.h"
#include "row.h"

#define IMPORTED_KEY_LEN    16
#define IMPORTED_PART_BITS  4
#define IMPORTED_PARTS_MAX  (1 << IMPORTED_PART_BITS)
#define IMPORTED_PART_MASK  ((uint64_t) IMPORTED_PARTS_MAX - 1)
#define IMPORTED_PART_MAX   1800    /* bytes of an event in one row */
#define IMPORTED_SIZE_MAX   (IMPORTED_PARTS_MAX * IMPORTED_PART_MAX)

_Static_assert(RTN_EVENT_RECORD_MAX <= IMPORTED_SIZE_MAX,
               "an event does not fit its parts");

/* Keeps hashes of contents apart from those of a sender's event_id. */
#define IMPORTED_DOMAIN  "ngx_retention imported event"

struct rtn_imported_scan {
    struct db_scan  *rows;
    size_t           len;
    uint8_t          event[IMPORTED_SIZE_MAX];
};

struct imported_part {
    int64_t         occurred_ms;
    uint64_t        number;
    unsigned        part;
    unsigned        parts;
    struct rtn_str  bytes;
};

static void imported_hash(const struct rtn_event *event,
    struct rtn_str payload, uint8_t hash[RTN_HASH_LEN]);
static int imported_write(struct db_txn *txn, int64_t occurred_ms,
    uint64_t number, struct rtn_str payload);
static int imported_write_part(struct db_txn *txn,
    const struct imported_part *part);
static struct rtn_str imported_key(uint8_t key[IMPORTED_KEY_LEN],
    int64_t occurred_ms, uint64_t number, unsigned part);
static int imported_read_part(struct rtn_imported_scan *scan,
    struct imported_part *part);
static int imported_join(struct rtn_imported_scan *scan,
    const struct imported_part *part);


int
rtn_imported_event_put(struct rtn_store *store, const struct rtn_event *event,
    enum rtn_put *put)
{
    int                rc;
    size_t             len;
    uint8_t            buffer[RTN_EVENT_RECORD_MAX], hash[RTN_HASH_LEN];
    uint8_t            bytes[IMPORTED_KEY_LEN];
    uint64_t           number;
    struct rtn_str     payload, stored;
    struct crm_slice  *slice;

    slice = crm_slice_of(store);

    assert(event->occurred_ms != 0 && event->customer != 0);

    rc = rtn_event_encode(event, buffer, sizeof(buffer), &len);
    if (rc != RTN_OK) {
        return rc;
    }

    payload = db_row_key(buffer, buffer + len);
    imported_hash(event, payload, hash);

    rc = db_get(&slice->txn, DB_IMPORTED_IDS,
                db_row_key(hash, hash + RTN_HASH_LEN), &stored);

    if (rc == RTN_OK) {
        *put = RTN_PUT_SAME;
        return RTN_OK;
    }

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    number = crm_imported_next(slice);

    rc = imported_write(&slice->txn, event->occurred_ms, number, payload);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_put(&slice->txn, DB_IMPORTED_IDS,
                db_row_key(hash, hash + RTN_HASH_LEN),
                imported_key(bytes, event->occurred_ms, number, 0));

    if (rc == RTN_OK) {
        *put = RTN_PUT_NEW;
    }

    return rc;
}


int
rtn_imported_scan_open(struct rtn_store *store,
    struct rtn_imported_scan **scan)
{
    int                        rc;
    struct rtn_imported_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_scan_open(store, DB_CRM, DB_IMPORTED, RTN_STR(""), RTN_STR(""),
                      &opened->rows);
    if (rc != RTN_OK) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return RTN_OK;
}


int
rtn_imported_scan_next(struct rtn_imported_scan *scan,
    struct rtn_event *event)
{
    int                   rc;
    struct imported_part  first;

    rc = imported_read_part(scan, &first);
    if (rc != RTN_OK) {
        return rc;
    }

    if (first.part != 0) {
        return RTN_ERR_CORRUPT;
    }

    rc = imported_join(scan, &first);
    if (rc != RTN_OK) {
        return rc;
    }

    return rtn_event_decode(0, db_row_key(scan->event,
                                          scan->event + scan->len),
                            event);
}


void
rtn_imported_scan_close(struct rtn_imported_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    db_scan_close(scan->rows);
    free(scan);
}


static void
imported_hash(const struct rtn_event *event, struct rtn_str payload,
    uint8_t hash[RTN_HASH_LEN])
{
    crypto_generichash_state  state;

    if (event->has_repeat_hash) {
        memcpy(hash, event->repeat_hash, RTN_HASH_LEN);
        return;
    }

    crypto_generichash_init(&state, NULL, 0, RTN_HASH_LEN);
    crypto_generichash_update(&state, (const uint8_t *) IMPORTED_DOMAIN,
                              sizeof(IMPORTED_DOMAIN));
    crypto_generichash_update(&state, (const uint8_t *) payload.data,
                              payload.len);
    crypto_generichash_final(&state, hash, RTN_HASH_LEN);
}


static int
imported_write(struct db_txn *txn, int64_t occurred_ms, uint64_t number,
    struct rtn_str payload)
{
    int                   rc;
    size_t                left;
    struct imported_part  part;

    part.occurred_ms = occurred_ms;
    part.number = number;
    part.parts = (unsigned) ((payload.len + IMPORTED_PART_MAX - 1)
                             / IMPORTED_PART_MAX);

    for (rc = RTN_OK, part.part = 0;
         rc == RTN_OK && part.part < part.parts;
         part.part++)
    {
        left = payload.len - (size_t) part.part * IMPORTED_PART_MAX;

        part.bytes.data = payload.data + payload.len - left;
        part.bytes.len = left < IMPORTED_PART_MAX ? left : IMPORTED_PART_MAX;

        rc = imported_write_part(txn, &part);
    }

    return rc;
}


static int
imported_write_part(struct db_txn *txn, const struct imported_part *part)
{
    int                  rc;
    uint8_t              key[IMPORTED_KEY_LEN], row[IMPORTED_PART_MAX + 1];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_u8(&out, (uint8_t) part->parts);
    rtn_wire_put_bytes(&out, part->bytes.data, part->bytes.len);

    rc = db_row_end(&out, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(txn, DB_IMPORTED,
                  imported_key(key, part->occurred_ms, part->number,
                               part->part),
                  payload);
}


static struct rtn_str
imported_key(uint8_t key[IMPORTED_KEY_LEN], int64_t occurred_ms,
    uint64_t number, unsigned part)
{
    uint8_t  *p;

    p = db_key_time(key, occurred_ms);
    p = db_key_u64(p, number << IMPORTED_PART_BITS | part);

    return db_row_key(key, p);
}


static int
imported_read_part(struct rtn_imported_scan *scan,
    struct imported_part *part)
{
    int                 rc;
    uint64_t            sequence;
    struct rtn_str      key, payload;
    struct rtn_wire_in  in;

    rc = db_scan_next(scan->rows, &key, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    if (key.len != IMPORTED_KEY_LEN) {
        return RTN_ERR_CORRUPT;
    }

    sequence = db_key_read_u64((const uint8_t *) key.data + 8);

    part->occurred_ms = db_key_read_time((const uint8_t *) key.data);
    part->number = sequence >> IMPORTED_PART_BITS;
    part->part = (unsigned) (sequence & IMPORTED_PART_MASK);

    rtn_wire_in_init(&in, payload);

    part->parts = rtn_wire_get_u8(&in);
    part->bytes = rtn_wire_get_run(&in, rtn_wire_left(&in));

    if (in.err != RTN_OK || part->parts == 0
        || part->parts > IMPORTED_PARTS_MAX
        || part->bytes.len > IMPORTED_PART_MAX)
    {
        return RTN_ERR_CORRUPT;
    }

    return RTN_OK;
}


static int
imported_join(struct rtn_imported_scan *scan,
    const struct imported_part *first)
{
    int                   rc;
    unsigned              i;
    struct imported_part  part;

    part = *first;
    scan->len = 0;

    for (i = 0; i < first->parts; i++) {
        rc = i > 0 ? imported_read_part(scan, &part) : RTN_OK;

        if (rc != RTN_OK) {
            return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
        }

        if (part.number != first->number || part.part != i
            || part.parts != first->parts)
        {
            return RTN_ERR_CORRUPT;
        }

        memcpy(scan->event + scan->len, part.bytes.data, part.bytes.len);
        scan->len += part.bytes.len;
    }

    return RTN_OK;
}
