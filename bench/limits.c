/*
 * What the disk can do: rows of a segment of the event log, written again
 * without nginx, by LMDB alone or as bytes of a file.
 *
 *     limits lmdb|file SEGMENT BATCH COUNT OUT
 *
 * The first rows of SEGMENT, up to ROWS_MAX, are taken in turn until COUNT are
 * written to OUT, which must not exist.  lmdb: each BATCH rows are a
 * transaction of appends, whose keys have the length of the log's.  file: keys
 * and values of BATCH rows are one write and one fdatasync.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lmdb.h>

#define ROWS_MAX   10000
#define KEY_MAX    16
#define BATCH_MAX  100000
#define MAP_BYTES  ((size_t) 64 << 30)   /* address space, not disk */

struct row {
    size_t    key_len;
    uint8_t   key[KEY_MAX];
    size_t    len;
    uint8_t  *data;
};

struct limits {
    struct row   rows[ROWS_MAX];
    size_t       rows_n;
    size_t       batch;
    size_t       count;
    const char  *out;
};

static struct limits  limits;


static void
limits_fail(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    fprintf(stderr, "limits: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);

    exit(2);
}


static void
limits_lmdb(int rc, const char *what)
{
    if (rc != MDB_SUCCESS) {
        limits_fail("%s: %s", what, mdb_strerror(rc));
    }
}


static double
limits_now_s(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}


static void
limits_row(const MDB_val *key, const MDB_val *value)
{
    struct row  *row;

    row = &limits.rows[limits.rows_n];

    if (key->mv_size < sizeof(uint64_t) || key->mv_size > KEY_MAX) {
        limits_fail("a key of %zu bytes", key->mv_size);
    }

    row->key_len = key->mv_size;
    memcpy(row->key, key->mv_data, key->mv_size);

    row->len = value->mv_size;
    row->data = malloc(value->mv_size);

    if (row->data == NULL) {
        limits_fail("out of memory");
    }

    memcpy(row->data, value->mv_data, value->mv_size);
    limits.rows_n++;
}


static void
limits_read(const char *path)
{
    int          rc;
    MDB_env     *env;
    MDB_dbi      dbi;
    MDB_txn     *txn;
    MDB_val      key, value;
    MDB_cursor  *cursor;

    limits_lmdb(mdb_env_create(&env), "create");
    limits_lmdb(mdb_env_set_mapsize(env, MAP_BYTES), "map");
    limits_lmdb(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_RDONLY, 0600),
                path);
    limits_lmdb(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
    limits_lmdb(mdb_dbi_open(txn, NULL, 0, &dbi), "table");
    limits_lmdb(mdb_cursor_open(txn, dbi, &cursor), "cursor");

    do {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);

        if (rc == MDB_SUCCESS) {
            limits_row(&key, &value);
        }
    } while (rc == MDB_SUCCESS && limits.rows_n < ROWS_MAX);

    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);

    if (limits.rows_n == 0) {
        limits_fail("no row in '%s'", path);
    }
}


/* Rising keys of the rows' own length. */
static void
limits_key(struct row *row, uint64_t n)
{
    int  i;

    for (i = 0; i < 8; i++) {
        row->key[i] = (uint8_t) (n >> (56 - 8 * i));
    }
}


static void
limits_append(void)
{
    size_t       i, j;
    MDB_env     *env;
    MDB_dbi      dbi;
    MDB_txn     *txn;
    MDB_val      key, value;
    struct row  *row;

    limits_lmdb(mdb_env_create(&env), "create");
    limits_lmdb(mdb_env_set_mapsize(env, MAP_BYTES), "map");
    limits_lmdb(mdb_env_open(env, limits.out, MDB_NOSUBDIR, 0600),
                limits.out);

    for (i = 0; i < limits.count; /* void */ ) {
        limits_lmdb(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        limits_lmdb(mdb_dbi_open(txn, NULL, 0, &dbi), "table");

        for (j = 0; j < limits.batch && i < limits.count; j++, i++) {
            row = &limits.rows[i % limits.rows_n];
            limits_key(row, i + 1);

            key = (MDB_val) { row->key_len, row->key };
            value = (MDB_val) { row->len, row->data };

            limits_lmdb(mdb_put(txn, dbi, &key, &value, MDB_APPEND), "put");
        }

        limits_lmdb(mdb_txn_commit(txn), "commit");
    }

    mdb_env_close(env);
}


static void
limits_write(void)
{
    int          fd;
    size_t       i, j, len, room;
    uint8_t     *bytes;
    struct row  *row;

    room = 0;

    for (i = 0; i < limits.rows_n; i++) {
        len = limits.rows[i].key_len + limits.rows[i].len;
        room = len > room ? len : room;
    }

    bytes = calloc(limits.batch, room);
    fd = open(limits.out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (bytes == NULL || fd < 0) {
        limits_fail("cannot write '%s': %s", limits.out, strerror(errno));
    }

    for (i = 0; i < limits.count; /* void */ ) {
        len = 0;

        for (j = 0; j < limits.batch && i < limits.count; j++, i++) {
            row = &limits.rows[i % limits.rows_n];
            limits_key(row, i + 1);

            memcpy(bytes + len, row->key, row->key_len);
            memcpy(bytes + len + row->key_len, row->data, row->len);
            len += row->key_len + row->len;
        }

        if (write(fd, bytes, len) != (ssize_t) len || fdatasync(fd) != 0) {
            limits_fail("cannot write '%s': %s", limits.out, strerror(errno));
        }
    }

    close(fd);
    free(bytes);
}


static size_t
limits_number(const char *text, size_t max)
{
    char           *end;
    unsigned long   n;

    n = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || n == 0 || n > max) {
        limits_fail("'%s' is not a number from 1 to %zu", text, max);
    }

    return n;
}


static double
limits_row_bytes(void)
{
    size_t  i, sum;

    for (i = 0, sum = 0; i < limits.rows_n; i++) {
        sum += limits.rows[i].key_len + limits.rows[i].len;
    }

    return (double) sum / (double) limits.rows_n;
}


int
main(int argc, char **argv)
{
    size_t  i;
    double  begun_s, seconds;

    if (argc != 6
        || (strcmp(argv[1], "lmdb") != 0 && strcmp(argv[1], "file") != 0))
    {
        limits_fail("usage: limits lmdb|file SEGMENT BATCH COUNT OUT");
    }

    limits_read(argv[2]);
    limits.batch = limits_number(argv[3], BATCH_MAX);
    limits.count = limits_number(argv[4], 1000000000);
    limits.out = argv[5];

    begun_s = limits_now_s();

    if (strcmp(argv[1], "lmdb") == 0) {
        limits_append();

    } else {
        limits_write();
    }

    seconds = limits_now_s() - begun_s;

    printf("rows %zu seconds %.3f per_second %.0f row_bytes %.1f\n",
           limits.count, seconds, (double) limits.count / seconds,
           limits_row_bytes());

    for (i = 0; i < limits.rows_n; i++) {
        free(limits.rows[i].data);
    }

    return 0;
}
