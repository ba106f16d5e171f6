/* Rows of the roll-ups in memory: a table with open addressing. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "row.h"

#define BOOK_SLOTS_MIN  1024
#define BOOK_BYTES_MIN  32          /* of a row's payload */

static struct fold_row **book_slot(const struct fold_book *book,
    enum db_table table, struct rtn_str key);
static uint64_t book_mix(enum db_table table, struct rtn_str key);
static int book_grow(struct fold_book *book);
static int book_read(struct fold_book *book, struct fold_row *row);
static int book_compare(const void *a, const void *b);


void
fold_book_init(struct fold_book *book, struct db_txn *txn, bool has_rows)
{
    *book = (struct fold_book) { .txn = txn, .has_rows = has_rows };
}


void
fold_book_release(struct fold_book *book)
{
    size_t  i;

    for (i = 0; i < book->slot_count; i++) {
        if (book->slots[i] != NULL) {
            free(book->slots[i]->bytes);
            free(book->slots[i]);
        }
    }

    free(book->slots);
    book->slots = NULL;
    book->slot_count = 0;
    book->n = 0;
}


int
fold_book_row(struct fold_book *book, enum db_table table,
    struct rtn_str key, struct fold_row **row)
{
    int               rc;
    struct fold_row  *fresh, **slot;

    assert(key.len <= FOLD_KEY_MAX);

    rc = book_grow(book);
    if (rc != 0) {
        return rc;
    }

    slot = book_slot(book, table, key);

    if (*slot != NULL) {
        *row = *slot;
        return 0;
    }

    fresh = calloc(1, sizeof(*fresh));
    if (fresh == NULL) {
        return RTN_ERR_NOMEM;
    }

    fresh->table = table;
    fresh->key_len = key.len;
    memcpy(fresh->key, key.data, key.len);

    /* of recipients the slices are stored, each by itself */
    rc = book->has_rows && table != DB_FOLD_RECIPIENTS
         ? book_read(book, fresh) : 0;
    if (rc != 0) {
        free(fresh->bytes);
        free(fresh);
        return rc;
    }

    *slot = fresh;
    book->n++;
    *row = fresh;

    return 0;
}


int
fold_row_resize(struct fold_row *row, size_t len)
{
    size_t    size;
    uint8_t  *bytes;

    if (len > row->size) {
        size = row->size * 2 > BOOK_BYTES_MIN ? row->size * 2
                                              : BOOK_BYTES_MIN;
        size = size > len ? size : len;

        bytes = realloc(row->bytes, size);
        if (bytes == NULL) {
            return RTN_ERR_NOMEM;
        }

        row->bytes = bytes;
        row->size = size;
    }

    if (len > row->len) {
        memset(row->bytes + row->len, 0, len - row->len);
    }

    row->len = len;

    return 0;
}


int
fold_book_sorted(const struct fold_book *book, struct fold_row ***rows)
{
    size_t             i, n;
    struct fold_row  **sorted;

    sorted = calloc(book->n + 1, sizeof(*sorted));
    if (sorted == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0, n = 0; i < book->slot_count; i++) {
        if (book->slots[i] != NULL) {
            sorted[n++] = book->slots[i];
        }
    }

    qsort(sorted, n, sizeof(*sorted), book_compare);
    *rows = sorted;

    return 0;
}


/* The key's slot, or the empty one where it belongs. */
static struct fold_row **
book_slot(const struct fold_book *book, enum db_table table,
    struct rtn_str key)
{
    uint64_t           i;
    struct fold_row  **slot;

    for (i = book_mix(table, key); /* void */ ; i++) {
        slot = &book->slots[i & (book->slot_count - 1)];

        if (*slot == NULL
            || ((*slot)->table == table && (*slot)->key_len == key.len
                && memcmp((*slot)->key, key.data, key.len) == 0))
        {
            return slot;
        }
    }
}


/* FNV-1a, then its high bits folded down: Fowler, Noll, Vo. */
static uint64_t
book_mix(enum db_table table, struct rtn_str key)
{
    size_t    i;
    uint64_t  hash;

    hash = UINT64_C(0xCBF29CE484222325) ^ (uint64_t) table;

    for (i = 0; i < key.len; i++) {
        hash = (hash ^ (uint8_t) key.data[i]) * UINT64_C(0x100000001B3);
    }

    return hash ^ hash >> 32;
}


/* Keeps half of the slots free. */
static int
book_grow(struct fold_book *book)
{
    size_t             i, n;
    struct fold_row  **slots, *row, **slot;
    struct fold_book   larger;

    if (book->n < book->slot_count / 2) {
        return 0;
    }

    n = book->slot_count > 0 ? book->slot_count * 2 : BOOK_SLOTS_MIN;

    slots = calloc(n, sizeof(*slots));
    if (slots == NULL) {
        return RTN_ERR_NOMEM;
    }

    larger = *book;
    larger.slots = slots;
    larger.slot_count = n;

    for (i = 0; i < book->slot_count; i++) {
        row = book->slots[i];

        if (row != NULL) {
            slot = book_slot(&larger, row->table, (struct rtn_str) {
                                 (const char *) row->key, row->key_len });
            *slot = row;
        }
    }

    free(book->slots);
    *book = larger;

    return 0;
}


static int
book_read(struct fold_book *book, struct fold_row *row)
{
    int             rc;
    struct rtn_str  payload;

    rc = db_get(book->txn, row->table,
                db_row_key(row->key, row->key + row->key_len), &payload);
    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    rc = fold_row_resize(row, payload.len);

    if (rc == 0 && payload.len > 0) {
        memcpy(row->bytes, payload.data, payload.len);
    }

    return rc;
}


static int
book_compare(const void *a, const void *b)
{
    int                     order;
    const struct fold_row  *x, *y;

    x = *(struct fold_row *const *) a;
    y = *(struct fold_row *const *) b;

    if (x->table != y->table) {
        return x->table < y->table ? -1 : 1;
    }

    order = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len
                                                           : y->key_len);
    if (order != 0) {
        return order;
    }

    return x->key_len < y->key_len ? -1 : x->key_len > y->key_len;
}
