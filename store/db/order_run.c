/* Runs of orders: their list, writing one, reading one; see order.h. */

#include <string.h>

#include "order.h"
#include "row.h"

#define RUN_KEY_LEN      12         /* run, first customer, row */
#define RUN_IDS_KEY_LEN  16         /* run, first hash, row */
#define RUN_ID_LEN       12         /* hash, customer */
#define RUN_HEAD_MAX     15         /* the varints before a record */
#define RUN_STEPS_MAX    4          /* rows passed over before a seek */

#define RUN_LIST  "order_runs"

_Static_assert(ORDER_RECORD_MAX + RUN_HEAD_MAX <= ORDER_ROW_MAX,
               "a record does not fit a row");

static int run_write_row(struct order_writer *writer);
static int run_write_ids(struct order_writer *writer);
static int reader_forward(struct order_reader *reader, uint32_t customer);
static int reader_row(struct order_reader *reader, int rc);
static int reader_record(struct order_reader *reader);
static int ids_row(struct order_ids *ids, int rc);
static int ids_forward(struct order_ids *ids, uint64_t hash);
static bool ids_is_behind(const struct order_ids *ids, uint64_t hash);
static void ids_entry(struct order_ids *ids);


int
order_runs_get(struct db_txn *txn, struct order_runs *runs)
{
    int                  rc;
    size_t               i;
    struct rtn_str       payload;
    struct rtn_wire_in   in;

    memset(runs, 0, sizeof(*runs));

    rc = db_get(txn, DB_CRM_META, RTN_STR(RUN_LIST), &payload);
    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
    }

    rtn_wire_in_init(&in, payload);

    runs->last = rtn_wire_get_u32(&in);
    runs->n = rtn_wire_get_u8(&in);

    if (runs->n > ORDER_RUNS_MAX) {
        return RTN_ERR_CORRUPT;
    }

    for (i = 0; i < runs->n; i++) {
        runs->runs[i].number = rtn_wire_get_u32(&in);
        runs->runs[i].orders = rtn_wire_get_u64(&in);
    }

    return rtn_wire_in_end(&in);
}


int
order_runs_put(struct db_txn *txn, const struct order_runs *runs)
{
    int                  rc;
    size_t               i;
    uint8_t              row[5 + 12 * ORDER_RUNS_MAX];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_u32(&out, runs->last);
    rtn_wire_put_u8(&out, (uint8_t) runs->n);

    for (i = 0; i < runs->n; i++) {
        rtn_wire_put_u32(&out, runs->runs[i].number);
        rtn_wire_put_u64(&out, runs->runs[i].orders);
    }

    rc = db_row_end(&out, &payload);

    return rc != RTN_OK ? rc : db_put(txn, DB_CRM_META, RTN_STR(RUN_LIST),
                                      payload);
}


void
order_writer_init(struct order_writer *writer, struct db_txn *txn,
    uint32_t run)
{
    memset(writer, 0, sizeof(*writer));
    writer->txn = txn;
    writer->run = run;
}


static int
run_write_row(struct order_writer *writer)
{
    int      rc;
    uint8_t  key[RUN_KEY_LEN], *p;

    if (writer->len == 0) {
        return RTN_OK;
    }

    p = db_key_u32(key, writer->run);
    p = db_key_u32(p, writer->first);
    p = db_key_u32(p, writer->rows++);

    rc = db_append(writer->txn, DB_ORDERS, db_row_key(key, p),
                   db_row_key(writer->row, writer->row + writer->len));
    writer->len = 0;

    return rc;
}


int
order_writer_add(struct order_writer *writer, uint32_t customer,
    bool is_override, struct order_record record)
{
    int        rc;
    uint8_t   *p;
    uint64_t   delta;

    if (writer->len + RUN_HEAD_MAX + record.len > ORDER_ROW_MAX) {
        rc = run_write_row(writer);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    if (writer->len == 0) {
        writer->first = customer;
        writer->customer = customer;
    }

    delta = customer - writer->customer;

    p = writer->row + writer->len;
    p = order_varint_put(p, delta << 1 | is_override);
    p = order_varint_put(p, record.len);
    memcpy(p, record.data, record.len);

    writer->len = (size_t) (p + record.len - writer->row);
    writer->customer = customer;
    writer->orders++;

    return RTN_OK;
}


static int
run_write_ids(struct order_writer *writer)
{
    int      rc;
    uint8_t  key[RUN_IDS_KEY_LEN], *p;

    if (writer->ids_len == 0) {
        return RTN_OK;
    }

    p = db_key_u32(key, writer->run);
    p = db_key_u64(p, db_key_read_u64(writer->ids));
    p = db_key_u32(p, writer->id_rows++);

    rc = db_append(writer->txn, DB_ORDER_IDS, db_row_key(key, p),
                   db_row_key(writer->ids, writer->ids + writer->ids_len));
    writer->ids_len = 0;

    return rc;
}


int
order_writer_id(struct order_writer *writer, uint64_t hash,
    uint32_t customer)
{
    int       rc;
    uint8_t  *p;

    if (writer->ids_len + RUN_ID_LEN > ORDER_ROW_MAX) {
        rc = run_write_ids(writer);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    p = writer->ids + writer->ids_len;
    p = db_key_u64(p, hash);
    p = db_key_u32(p, customer);

    writer->ids_len = (size_t) (p - writer->ids);

    return RTN_OK;
}


int
order_writer_end(struct order_writer *writer)
{
    int  rc;

    rc = run_write_row(writer);

    return rc != RTN_OK ? rc : run_write_ids(writer);
}


int
order_reader_open(struct order_reader *reader, struct db_txn *txn,
    uint32_t run, uint32_t customer)
{
    int  rc;

    reader->run = run;

    rc = db_cursor_open(txn, DB_ORDERS, &reader->cursor);

    if (rc == RTN_OK) {
        rc = reader_forward(reader, customer);
    }

    return rc != RTN_OK ? rc : order_reader_seek(reader, customer);
}


/* By the tree.  The row before the first that begins with this customer may
   have him at its end. */
static int
reader_forward(struct order_reader *reader, uint32_t customer)
{
    int      rc;
    uint8_t  key[RUN_KEY_LEN], *p;

    p = db_key_u32(key, reader->run);
    p = db_key_u32(p, customer);
    p = db_key_u32(p, 0);

    rc = db_cursor_seek(&reader->cursor, db_row_key(key, p));

    if (rc == RTN_OK || rc == RTN_ERR_NOT_FOUND) {
        rc = rc == RTN_OK ? db_cursor_previous(&reader->cursor)
                          : db_cursor_last(&reader->cursor);

        if (rc == RTN_ERR_NOT_FOUND
            || (rc == RTN_OK
                && db_key_read_u32((const uint8_t *) reader->cursor.key.data)
                   < reader->run))
        {
            rc = db_cursor_seek(&reader->cursor, db_row_key(key, p));
        }
    }

    return reader_row(reader, rc);
}


/* Enters the row on which the cursor stands. */
static int
reader_row(struct order_reader *reader, int rc)
{
    const struct rtn_str  *key, *payload;

    if (rc != RTN_OK) {
        return rc;
    }

    key = &reader->cursor.key;
    payload = &reader->cursor.payload;

    if (key->len != RUN_KEY_LEN) {
        return RTN_ERR_CORRUPT;
    }

    if (db_key_read_u32((const uint8_t *) key->data) != reader->run) {
        return RTN_ERR_NOT_FOUND;
    }

    reader->customer = db_key_read_u32((const uint8_t *) key->data + 4);
    reader->p = (const uint8_t *) payload->data;
    reader->end = reader->p + payload->len;

    return reader_record(reader);
}


static int
reader_record(struct order_reader *reader)
{
    uint64_t        head, len;
    const uint8_t  *p;

    p = order_varint_get(reader->p, reader->end, &head);
    p = p != NULL ? order_varint_get(p, reader->end, &len) : NULL;

    if (p == NULL || len > (uint64_t) (reader->end - p)
        || head >> 1 > UINT32_MAX - reader->customer)
    {
        return RTN_ERR_CORRUPT;
    }

    reader->customer += (uint32_t) (head >> 1);
    reader->is_override = head & 1;
    reader->record.data = p;
    reader->record.len = len;
    reader->p = p + len;

    return RTN_OK;
}


int
order_reader_next(struct order_reader *reader)
{
    if (reader->p != reader->end) {
        return reader_record(reader);
    }

    return reader_row(reader, db_cursor_next(&reader->cursor));
}


/* A few rows on, the next is nearer than a way through the tree. */
int
order_reader_seek(struct order_reader *reader, uint32_t customer)
{
    int  rc, rows;

    for (rc = RTN_OK, rows = 0; rc == RTN_OK && reader->customer < customer; )
    {
        if (reader->p == reader->end && rows++ == RUN_STEPS_MAX) {
            rc = reader_forward(reader, customer);

        } else {
            rc = order_reader_next(reader);
        }
    }

    return rc;
}


void
order_reader_close(struct order_reader *reader)
{
    db_cursor_close(&reader->cursor);
}


int
order_ids_open(struct order_ids *ids, struct db_txn *txn, uint32_t run,
    uint64_t hash)
{
    int  rc;

    ids->run = run;

    rc = db_cursor_open(txn, DB_ORDER_IDS, &ids->cursor);

    return rc != RTN_OK ? rc : ids_forward(ids, hash);
}


/* By the tree.  The row before the first that begins with this hash may have
   it at its end. */
static int
ids_forward(struct order_ids *ids, uint64_t hash)
{
    int      rc;
    uint8_t  key[RUN_IDS_KEY_LEN], *p;

    p = db_key_u32(key, ids->run);
    p = db_key_u64(p, hash);
    p = db_key_u32(p, 0);

    rc = db_cursor_seek(&ids->cursor, db_row_key(key, p));

    if (rc == RTN_OK || rc == RTN_ERR_NOT_FOUND) {
        rc = rc == RTN_OK ? db_cursor_previous(&ids->cursor)
                          : db_cursor_last(&ids->cursor);

        if (rc == RTN_ERR_NOT_FOUND
            || (rc == RTN_OK
                && db_key_read_u32((const uint8_t *) ids->cursor.key.data)
                   < ids->run))
        {
            rc = db_cursor_seek(&ids->cursor, db_row_key(key, p));
        }
    }

    rc = ids_row(ids, rc);

    while (rc == RTN_OK && ids_is_behind(ids, hash)) {
        rc = ids_row(ids, db_cursor_next(&ids->cursor));
    }

    while (rc == RTN_OK && ids->hash < hash) {
        rc = order_ids_next(ids);
    }

    return rc;
}


/* Whether all of the row lies below a hash. */
static bool
ids_is_behind(const struct order_ids *ids, uint64_t hash)
{
    return db_key_read_u64(ids->end - RUN_ID_LEN) < hash;
}


static int
ids_row(struct order_ids *ids, int rc)
{
    const struct rtn_str  *key, *payload;

    if (rc != RTN_OK) {
        return rc;
    }

    key = &ids->cursor.key;
    payload = &ids->cursor.payload;

    if (key->len != RUN_IDS_KEY_LEN || payload->len == 0
        || payload->len % RUN_ID_LEN != 0)
    {
        return RTN_ERR_CORRUPT;
    }

    if (db_key_read_u32((const uint8_t *) key->data) != ids->run) {
        return RTN_ERR_NOT_FOUND;
    }

    ids->p = (const uint8_t *) payload->data;
    ids->end = ids->p + payload->len;
    ids_entry(ids);

    return RTN_OK;
}


static void
ids_entry(struct order_ids *ids)
{
    ids->hash = db_key_read_u64(ids->p);
    ids->customer = db_key_read_u32(ids->p + 8);
}


int
order_ids_next(struct order_ids *ids)
{
    ids->p += RUN_ID_LEN;

    if (ids->p == ids->end) {
        return ids_row(ids, db_cursor_next(&ids->cursor));
    }

    ids_entry(ids);

    return RTN_OK;
}


int
order_ids_seek(struct order_ids *ids, uint64_t hash)
{
    int  rc, steps;

    rc = RTN_OK;

    for (steps = 0; rc == RTN_OK && ids_is_behind(ids, hash); steps++) {
        if (steps == RUN_STEPS_MAX) {
            return ids_forward(ids, hash);
        }

        rc = ids_row(ids, db_cursor_next(&ids->cursor));
    }

    while (rc == RTN_OK && ids->hash < hash) {
        rc = order_ids_next(ids);
    }

    return rc;
}


void
order_ids_close(struct order_ids *ids)
{
    db_cursor_close(&ids->cursor);
}
