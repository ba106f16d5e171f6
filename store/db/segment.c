/* Reading segments of the event log; see segment.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "codec/wire.h"
#include "dir.h"
#include "packed.h"
#include "pages.h"
#include "segment.h"

static int segment_before(struct rtn_store *store, uint32_t number,
    struct db_segment_before *before);
static int segment_begins_before(struct rtn_store *store, uint32_t number,
    uint64_t id, bool *begins);
static int segment_open(struct rtn_store *store, uint32_t number,
    struct db_segment **segment);
static int segment_open_plain(struct rtn_store *store, uint32_t number,
    struct db_segment *segment);
static int segment_verify(struct rtn_store *store, uint32_t number,
    const char *path);
static int segment_open_packed(struct rtn_store *store, uint32_t number,
    struct db_segment *segment);
static int segment_begin(struct db_segment *segment, struct db_txn *txn);
static int segment_env(const char *path, MDB_env **env);


bool
db_segment_is_mark(struct rtn_str key)
{
    return key.len == LOG_KEY_SIZE
           && (db_key_read_u64((const uint8_t *) key.data) == 0
               || db_segment_is_end(key));
}


bool
db_segment_is_end(struct rtn_str key)
{
    return key.len == LOG_KEY_SIZE
           && db_key_read_u64((const uint8_t *) key.data) == UINT64_MAX;
}


int
db_segment_before(struct db_txn *txn, uint32_t number,
    struct db_segment_before *before)
{
    int                       rc;
    uint8_t                   key[LOG_KEY_SIZE];
    struct rtn_str            payload;
    struct rtn_wire_in        in;
    struct db_segment_before  read;

    /* so that a bad row is not taken for it, as beside a miss elsewhere */
    if (number == 1) {
        return RTN_ERR_NOT_FOUND;
    }

    db_key_u8(db_key_u64(key, 0), 0);

    rc = db_get(txn, DB_LOG,
                (struct rtn_str) { (const char *) key, sizeof(key) },
                &payload);
    if (rc != 0) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);

    read.id = rtn_wire_get_u64(&in);
    read.rows = rtn_wire_get_u64(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == 0) {
        *before = read;
    }

    return rc;
}


int
db_segments_seek(struct rtn_store *store, uint64_t id, uint32_t *number)
{
    int                     rc;
    bool                    begins;
    size_t                  i;
    struct db_segment_list  list;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    *number = list.n > 0 ? list.numbers[0] : store->segment;
    begins = id <= 1;

    for (i = list.n; rc == 0 && !begins && i > 0; i--) {

        /* a file behind the open segment has not begun */
        if (list.numbers[i - 1] > store->segment) {
            continue;
        }

        rc = segment_begins_before(store, list.numbers[i - 1], id, &begins);

        if (begins) {
            *number = list.numbers[i - 1];
        }
    }

    free(list.numbers);

    return rc;
}


/* Zeros for what cannot be read. */
static int
segment_before(struct rtn_store *store, uint32_t number,
    struct db_segment_before *before)
{
    int                 rc;
    struct db_txn       txn;
    struct db_segment  *segment;

    *before = (struct db_segment_before) { 0, 0 };
    segment = NULL;

    rc = db_segment_read_begin(store, number, &segment, &txn);

    if (rc == 0) {
        rc = db_segment_before(&txn, number, before);
        db_segment_read_end(segment, &txn);
    }

    db_segment_close(segment);

    return rc;
}


static int
segment_begins_before(struct rtn_store *store, uint32_t number, uint64_t id,
    bool *begins)
{
    int                       rc;
    struct db_segment_before  before;

    rc = segment_before(store, number, &before);

    /* one that was dropped meanwhile is passed over; one whose first row is
       bad may begin anywhere, so the one before it is taken */

    *begins = (rc == 0 || rc == RTN_ERR_NOT_FOUND) && before.id < id;

    return rc == RTN_ERR_NOT_FOUND || rc == RTN_ERR_ABSENT
           || rc == RTN_ERR_CORRUPT ? 0 : rc;
}


int
db_segment_read_begin(struct rtn_store *store, uint32_t number,
    struct db_segment **segment, struct db_txn *txn)
{
    int  rc;

    if (*segment != NULL && (*segment)->number == number) {
        return segment_begin(*segment, txn);
    }

    db_segment_close(*segment);
    *segment = NULL;

    /* between these two the open segment stays the same */
    rc = db_read_begin(store, DB_EVENTS, txn);

    if (rc != 0 || number == store->segment) {
        return rc;
    }

    db_read_end(txn);

    rc = segment_open(store, number, segment);

    return rc == 0 ? segment_begin(*segment, txn) : rc;
}


void
db_segment_read_end(struct db_segment *segment, struct db_txn *txn)
{
    if (segment != NULL) {
        db_abort(txn);

    } else {
        db_read_end(txn);
    }
}


static int
segment_open(struct rtn_store *store, uint32_t number,
    struct db_segment **segment)
{
    int                 rc;
    struct db_segment  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = segment_open_plain(store, number, opened);

    if (rc == RTN_ERR_ABSENT) {
        rc = segment_open_packed(store, number, opened);
    }

    if (rc != 0) {
        free(opened);
        return rc;
    }

    opened->store = store;
    opened->number = number;

    *segment = opened;

    return 0;
}


static int
segment_open_plain(struct rtn_store *store, uint32_t number,
    struct db_segment *segment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_segment_path(store, number, DB_SEGMENT_PLAIN, path);
    if (rc != 0) {
        return rc;
    }

    rc = segment_verify(store, number, path);
    if (rc != 0) {
        return rc;
    }

    rc = segment_env(path, &segment->env);

    return rc == 0 ? 0 : db_err(rc);
}


/* Where all pages are wanted, when a segment is read for the first time: it
   never changes. */
static int
segment_verify(struct rtn_store *store, uint32_t number, const char *path)
{
    int                    rc;
    uint8_t                bit;
    struct db_pages_fault  fault;

    if (!(store->flags & RTN_OPEN_VERIFY)) {
        return db_pages_check_head(path, &fault);
    }

    if (store->verified == NULL) {
        store->verified = calloc(SEGMENT_NUMBER_MAX / 8 + 1, 1);

        if (store->verified == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    bit = (uint8_t) (1u << number % 8);

    if (store->verified[number / 8] & bit) {
        return 0;
    }

    rc = db_pages_verify_file(path, &fault);

    if (rc == 0) {
        store->verified[number / 8] |= bit;
    }

    return rc;
}


static int
segment_open_packed(struct rtn_store *store, uint32_t number,
    struct db_segment *segment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_segment_path(store, number, DB_SEGMENT_PACKED, path);

    return rc == 0 ? db_packed_open(path, &segment->packed) : rc;
}


void
db_segment_close(struct db_segment *segment)
{
    if (segment == NULL) {
        return;
    }

    if (segment->env != NULL) {
        mdb_env_close(segment->env);
    }

    db_packed_close(segment->packed);
    free(segment);
}


static int
segment_begin(struct db_segment *segment, struct db_txn *txn)
{
    int      rc;
    MDB_dbi  dbi;

    *txn = (struct db_txn) {
        .store = segment->store, .packed = segment->packed,
        .environment = DB_EVENTS
    };

    if (segment->packed != NULL) {
        return 0;
    }

    rc = mdb_txn_begin(segment->env, NULL, MDB_RDONLY, &txn->txn);

    /* the unnamed table has the same handle everywhere */
    if (rc == 0) {
        rc = mdb_dbi_open(txn->txn, NULL, 0, &dbi);

    } else {
        txn->txn = NULL;
    }

    if (rc != 0) {
        db_abort(txn);
        txn->err = db_err(rc);
    }

    return txn->err;
}


/* For files that nobody writes: no lock file, no map beyond their end. */
static int
segment_env(const char *path, MDB_env **env)
{
    int          rc;
    MDB_env     *made;
    struct stat  st;

    if (stat(path, &st) != 0) {
        return errno;
    }

    rc = mdb_env_create(&made);
    if (rc != 0) {
        return rc;
    }

    rc = mdb_env_set_mapsize(made, (size_t) st.st_size);

    if (rc == 0) {
        rc = mdb_env_open(made, path, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK
                                      | MDB_NOTLS, DB_FILE_MODE);
    }

    if (rc != 0) {
        mdb_env_close(made);
        return rc;
    }

    *env = made;

    return 0;
}


void
db_segment_fault(struct rtn_store *store, uint32_t number, char *sentence,
    size_t size)
{
    char                   path[DB_PATH_MAX];
    enum db_segment_form   form;
    struct db_pages_fault  fault;

    if (db_segment_find(store, number, &form, NULL) == 0
        && form == DB_SEGMENT_PLAIN
        && db_segment_path(store, number, form, path) == 0
        && db_pages_verify_file(path, &fault) == RTN_ERR_DAMAGED)
    {
        snprintf(sentence, size, "%s", fault.sentence);
        return;
    }

    snprintf(sentence, size, "%s", rtn_strerror(RTN_ERR_DAMAGED));
}


int
db_segments_sum(struct rtn_store *store, uint64_t *bytes, uint64_t *rows)
{
    int                       rc;
    size_t                    i;
    uint64_t                  size;
    enum db_segment_form      form;
    struct db_segment_list    list;
    struct db_segment_before  first, open;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    *bytes = 0;

    for (i = 0; i < list.n && list.numbers[i] < store->segment; i++) {
        if (db_segment_find(store, list.numbers[i], &form, &size) == 0) {
            *bytes += size;
        }
    }

    *rows = 0;

    if (i > 0) {
        segment_before(store, list.numbers[0], &first);
        segment_before(store, store->segment, &open);

        *rows = open.rows > first.rows ? open.rows - first.rows : 0;
    }

    free(list.numbers);

    return 0;
}
