/*
 * What each slice adds to recipients.  A row for each recipient, changed in
 * place, would dirty a page for nearly every event; so slices are appended,
 * many recipients to a row, and readers add them up:
 *
 *     key      campaign u32 | last id of the slice u64 | row u16
 *     payload  of each:
 *
 *     +--------------+----------+--------------------+---------+- - -
 *     | customer u32 | flags u8 | first click i64    | n u16   | n counts
 *     |              |          | where flags say so |         |
 *     +--------------+----------+--------------------+---------+- - -
 *
 * Recipients rise within a slice.  One with many counts may stand twice.
 */

#include <string.h>

#include "fold.h"
#include "row.h"

#define DELTA_HAS_CLICK    0x02
#define DELTA_FLAGS        (FOLD_NAMED_VISIT | DELTA_HAS_CLICK)
#define DELTA_COUNTS_MAX   128          /* before it is split */
#define DELTA_MAX          (4 + 1 + 8 + 2 + DELTA_COUNTS_MAX * FOLD_COUNT_LEN)
#define DELTA_ROW_MAX      1880

struct delta_rows {
    struct db_txn        *txn;
    uint64_t              cursor;
    uint32_t              campaign;
    uint16_t              row;
    uint8_t               bytes[DELTA_ROW_MAX];
    struct rtn_wire_out   out;
};

static int delta_add(struct delta_rows *rows, const struct fold_row *row);
static void delta_write(struct rtn_wire_out *out, const struct fold_row *row,
    size_t from, size_t n);
static int delta_flush(struct delta_rows *rows);


int
fold_deltas_put(struct db_txn *txn, struct fold_row **rows, size_t n,
    uint64_t cursor)
{
    int                rc;
    size_t             i;
    uint32_t           campaign;
    struct delta_rows  deltas = { .txn = txn, .cursor = cursor };

    rc = 0;
    rtn_wire_out_init(&deltas.out, deltas.bytes, sizeof(deltas.bytes));

    for (i = 0; rc == 0 && i < n; i++) {
        if (rows[i]->table != DB_FOLD_RECIPIENTS || rows[i]->len == 0) {
            continue;
        }

        campaign = fold_get_u32(rows[i]->key);

        if (campaign != deltas.campaign) {
            rc = delta_flush(&deltas);
            deltas.campaign = campaign;
            deltas.row = 0;
        }

        if (rc == 0) {
            rc = delta_add(&deltas, rows[i]);
        }
    }

    return rc != 0 ? rc : delta_flush(&deltas);
}


int
fold_delta_get(struct rtn_wire_in *in, struct rtn_fold_recipient *recipient)
{
    size_t                  i;
    uint8_t                 flags, slot;
    const uint8_t          *p;
    struct rtn_fold_count  *count;

    recipient->customer = rtn_wire_get_u32(in);
    flags = rtn_wire_get_u8(in);
    recipient->has_named_visit = flags & FOLD_NAMED_VISIT;
    recipient->first_click_ms = flags & DELTA_HAS_CLICK
                                ? rtn_wire_get_i64(in) : 0;
    recipient->count = rtn_wire_get_u16(in);

    if (in->err != 0 || (flags & ~DELTA_FLAGS) != 0
        || recipient->count > DELTA_COUNTS_MAX)
    {
        return RTN_ERR_CORRUPT;
    }

    p = (const uint8_t *)
        rtn_wire_get_run(in, recipient->count * FOLD_COUNT_LEN).data;

    if (in->err != 0) {
        return in->err;
    }

    for (i = 0; i < recipient->count; i++, p += FOLD_COUNT_LEN) {
        count = &recipient->counts[i];
        slot = p[1];

        count->message = p[0];
        count->kind = slot / RTN_CLASS_COUNT;
        count->class = slot % RTN_CLASS_COUNT;
        count->n = fold_get_u32(p + 2);

        if (rtn_kind_name(count->kind) == NULL) {
            return RTN_ERR_CORRUPT;
        }
    }

    return 0;
}


static int
delta_add(struct delta_rows *rows, const struct fold_row *row)
{
    int     rc;
    size_t  from, n, counts;

    counts = (row->len - FOLD_HEAD_LEN) / FOLD_COUNT_LEN;
    rc = 0;

    for (from = 0; rc == 0 && from < counts; from += n) {
        n = counts - from < DELTA_COUNTS_MAX ? counts - from
                                             : DELTA_COUNTS_MAX;

        if (rows->out.pos + DELTA_MAX - DELTA_COUNTS_MAX * FOLD_COUNT_LEN
            + n * FOLD_COUNT_LEN > DELTA_ROW_MAX)
        {
            rc = delta_flush(rows);
        }

        if (rc == 0) {
            delta_write(&rows->out, row, from, n);
        }
    }

    return rc;
}


static void
delta_write(struct rtn_wire_out *out, const struct fold_row *row,
    size_t from, size_t n)
{
    uint8_t   flags;
    uint64_t  first_ms;

    first_ms = fold_get_u64(row->bytes);
    flags = row->bytes[8] | (first_ms != 0 ? DELTA_HAS_CLICK : 0);

    rtn_wire_put_u32(out, fold_get_u32(row->key + 4));
    rtn_wire_put_u8(out, flags);

    if (first_ms != 0) {
        rtn_wire_put_u64(out, first_ms);
    }

    rtn_wire_put_u16(out, (uint16_t) n);
    rtn_wire_put_bytes(out, row->bytes + FOLD_HEAD_LEN
                            + from * FOLD_COUNT_LEN,
                       n * FOLD_COUNT_LEN);
}


static int
delta_flush(struct delta_rows *rows)
{
    int             rc;
    uint8_t         key[14], *p;
    struct rtn_str  payload;

    rc = db_row_end(&rows->out, &payload);

    if (rc != 0 || payload.len == 0) {
        return rc;
    }

    p = db_key_u64(db_key_u32(key, rows->campaign), rows->cursor);
    p = db_key_u8(p, (uint8_t) (rows->row >> 8));
    p = db_key_u8(p, (uint8_t) rows->row);

    rc = db_put(rows->txn, DB_FOLD_RECIPIENTS, db_row_key(key, p), payload);

    rows->row++;
    rtn_wire_out_init(&rows->out, rows->bytes, sizeof(rows->bytes));

    return rc;
}
