/*
 * Private to store/db: environments, tables and transactions.  Only files in
 * this folder include it, and only db.c, db_cursor.c, db_tables.c, env.c,
 * env_stat.c, current.c, pages.c, segment.c, segment_roll.c, backup.c and
 * fold.c call LMDB.
 *
 * Every value is an envelope with version and checksum (codec/record.h), so
 * what db_get and db_cursor_* hand out has been verified against its key.
 */

#ifndef DB_H_INCLUDED
#define DB_H_INCLUDED

#include <lmdb.h>
#include <pthread.h>

#include "rtn.h"
#include "rtn_store.h"

#define DB_KEY_MAX    300       /* bytes of a key; LMDB's own limit is 511 */
#define DB_LOG_KEY    9         /* bytes of a key of the log */
#define DB_PATH_MAX   4096      /* bytes of a file's path, NUL included */
#define DB_VALUE_MAX  1900      /* bytes of a value, its envelope included */

enum db_environment {
    DB_EVENTS = 0,
    DB_COUPONS,
    DB_STATE,
    DB_CRM,
    DB_ENVIRONMENTS
};

/*
 * All tables; db_tables.c says to which environment each belongs and its
 * name there.  Integers in keys are big-endian, so their order is the order
 * of the table.
 */
enum db_table {
    DB_LOG = 0,             /* id u64, part u8; the environment's only one */

    DB_OFFERS,              /* campaign u32, tier u8 */
    DB_BASE,                /* code u64 */
    DB_JOURNAL,             /* id u64 */
    DB_BASE_CURSOR,         /* name; the base's, within the journal */

    DB_SETTINGS,            /* name */
    DB_KEYS,                /* key id u8 */
    DB_SLUGS,               /* slug */
    DB_CAMPAIGNS,           /* number u32, section u8, index u8 */
    DB_RECIPIENTS,          /* campaign u32, customer u32 */
    DB_SUPPRESSIONS,        /* customer u32, campaign u32 */
    DB_CUSTOMER_INDEX,      /* hash of a customer's id, 16 bytes */
    DB_FOLD,                /* name; the state of the roll-ups, see fold.h */
    DB_FOLD_CAMPAIGNS,      /* campaign u32 */
    DB_FOLD_RECIPIENTS,     /* campaign u32, id u64, row u16 */
    DB_FOLD_LINKS,          /* campaign u32, message, link, kind, class u8 */
    DB_FOLD_HOURS,          /* campaign u32, hour u32, kind, class u8 */
    DB_FOLD_REST,           /* campaign u32, id u64 */
    DB_FOLD_REPEATS,        /* id u64 */

    DB_CUSTOMERS,           /* number u32 */
    DB_CUSTOMER_IDS,        /* id */
    DB_EMAILS,              /* normalised e-mail */
    DB_ORDERS,              /* run u32, customer u32, row u32; see order.h */
    DB_ORDER_IDS,           /* run u32, hash u64, row u32 */
    DB_ORDER_ITEMS,         /* order id, 0, part u8 */
    DB_IMPORTED,            /* time i64 + 2^63, sequence u64 */
    DB_IMPORTED_IDS,        /* repeat hash, 16 bytes */
    DB_CRM_META,            /* name */
    DB_TABLES
};

struct db_env {
    MDB_env  *env;          /* NULL when not opened */
    MDB_txn  *reader;       /* of the opening thread; reset between uses */
    unsigned  readers;      /* nested uses of reader */
};

struct db_journal_overlay;      /* coupon_overlay.c */

struct rtn_store {
    char                        path[DB_PATH_MAX];
    unsigned                    flags;          /* enum rtn_open_flags */
    int64_t                     verify_until_ms;    /* as db_pages_verify_env
                                                       has it */
    bool                        is_unverified;  /* RTN_OPEN_BRIEFLY gave up */
    struct db_env               envs[DB_ENVIRONMENTS];
    MDB_dbi                     dbis[DB_TABLES];
    struct rtn_settings         settings;
    uint8_t                     secrets[4][32]; /* by enum rtn_secret */
    struct db_journal_overlay  *overlay;        /* NULL until needed */
    struct db_txn              *slice;          /* of rtn_crm_begin, or NULL */

    /* of the event log; see segment.h.  A copy that shares the handles of a
       store, as fold_share makes it, reads the log through the store. */
    struct rtn_store           *log;
    uint32_t                    segment;        /* number of the open one */
    uint64_t                    roll_bytes;     /* when to close it; 0: not
                                                   known yet */
    uint8_t                    *verified;       /* closed ones, a bit each;
                                                   NULL: none */
    pthread_mutex_t             log_writer;
    pthread_mutex_t             log_reader;
};

/*
 * A transaction remembers its first error; later calls on it do nothing and
 * return that error, and db_commit becomes db_abort.  So a row of steps needs
 * no test between them.  RTN_ERR_NOT_FOUND and RTN_ERR_EXISTS are answers and
 * are not remembered; nor is a bad row under a cursor, so that a scan can go
 * on behind it.
 */
struct db_txn {
    struct rtn_store     *store;
    MDB_txn              *txn;          /* NULL: ended, or see packed */
    struct db_packed     *packed;       /* a compressed segment is read */
    enum db_environment   environment;
    bool                  is_write;
    int                   err;
    uint64_t              bytes;        /* of keys and values put */
};

/* The one place that translates LMDB's codes and errno to enum rtn_err. */
int db_err(int rc);

/*
 * The same for a failed write: LMDB says EIO for a short write too, so the
 * file system of the store's path is asked whether it is full.
 */
int db_write_err(const struct rtn_store *store, int rc);

/* Remembers LMDB's code as the transaction's error, and returns it. */
int db_fail(struct db_txn *txn, int rc);

/* Opens the handles of an opened environment's tables, making those that are
   absent where is_new.  RTN_ERR_CORRUPT: a table is missing; its handle stays
   0, the others are opened.  Tables of roll-ups, which an older store lacks,
   are made unless it is only read; without a handle they are empty. */
int db_tables_open(struct rtn_store *store, enum db_environment environment,
    bool is_new);

/* A table's name, for reports, and the environment it belongs to. */
const char *db_table_name(enum db_table table);
enum db_environment db_table_environment(enum db_table table);
const char *db_environment_name(enum db_environment environment);

/* Its bit of enum rtn_open_flags. */
unsigned db_environment_flag(enum db_environment environment);

/* An environment's file, such as "state/data.mdb", below the store. */
const char *db_environment_file(enum db_environment environment);

/* False for a roll-up of an older store that is only read. */
bool db_has_table(const struct rtn_store *store, enum db_table table);

/* How many rows a table has. */
int db_count(struct db_txn *txn, enum db_table table, uint64_t *rows);

/* A write transaction; waits for the environment's writer lock. */
int db_begin(struct rtn_store *store, enum db_environment environment,
    struct db_txn *txn);
int db_commit(struct db_txn *txn);
void db_abort(struct db_txn *txn);

/* The store's own read transaction, renewed; may be nested, by the opening
   thread only.  What it hands out lives until the outermost db_read_end. */
int db_read_begin(struct rtn_store *store, enum db_environment environment,
    struct db_txn *txn);
void db_read_end(struct db_txn *txn);

/* A read transaction of its own, for a long read of one moment.  While it
   lasts, pages that others free are not used again; not for the log. */
int db_snapshot_begin(struct rtn_store *store,
    enum db_environment environment, struct db_txn *txn);
void db_snapshot_end(struct db_txn *txn);

/* The payload under a key.  It lives until the transaction's end, or its next
   write.  RTN_ERR_NOT_FOUND, RTN_ERR_CORRUPT, RTN_ERR_NEWER: the row is bad,
   or one beside its place, which may be this one under a damaged key. */
int db_get(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str *payload);

/* Stores a payload in its envelope, over an older one. */
int db_put(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str payload);

/* As db_put, but behind the table's last key: fastest, and RTN_ERR_EXISTS
   when key is not above it. */
int db_append(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str payload);

/* RTN_ERR_NOT_FOUND: there was none. */
int db_delete(struct db_txn *txn, enum db_table table, struct rtn_str key);

/* Where a cursor stands in a compressed segment; zeros: nowhere yet. */
struct db_packed_place {
    bool      is_set;
    uint32_t  block;
    uint32_t  row;
    uint8_t   key[DB_LOG_KEY];
};

struct db_cursor {
    struct db_txn          *txn;
    MDB_cursor             *cursor;
    struct db_packed_place  place;
    enum db_table           table;
    struct rtn_str          key;        /* of the row stood on; as payload */
    struct rtn_str          payload;
};

int db_cursor_open(struct db_txn *txn, enum db_table table,
    struct db_cursor *cursor);
/* To the first row whose key is not below key; RTN_ERR_NOT_FOUND: none.
   RTN_ERR_CORRUPT: the row is bad, or the one before the place is, which is
   then stood on; cursor->key is set, payload is empty. */
int db_cursor_seek(struct db_cursor *cursor, struct rtn_str key);
/* The same, behind a row that was read before. */
int db_cursor_resume(struct db_cursor *cursor, struct rtn_str key);
int db_cursor_next(struct db_cursor *cursor);
int db_cursor_last(struct db_cursor *cursor);
int db_cursor_previous(struct db_cursor *cursor);
/* The row stood on; db_cursor_next goes to the one behind it. */
int db_cursor_delete(struct db_cursor *cursor);
/* Before the transaction's end.  One that was not opened is allowed. */
void db_cursor_close(struct db_cursor *cursor);

/*
 * Long reads hold a transaction only for a slice: a scan remembers its last
 * key and seeks behind it when the slice of RTN_SLICE_ROWS is used up, so no
 * reader pins old pages for long.  Rows are copied into the scan's buffer and
 * live until the next call.
 */
struct db_scan;

/* Rows whose key starts with prefix (may be empty), from key from on (empty:
   the first). */
int db_scan_open(struct rtn_store *store, enum db_environment environment,
    enum db_table table, struct rtn_str prefix, struct rtn_str from,
    struct db_scan **scan);
int db_scan_next(struct db_scan *scan, struct rtn_str *key,
    struct rtn_str *payload);
void db_scan_close(struct db_scan *scan);

/*
 * Environments (open.c, env.c).  db_store_new makes a store that has none
 * opened; db_env_exists answers RTN_ERR_ABSENT for a file that was never
 * completed, and RTN_ERR_DAMAGED for what is no file; db_env_missed, where the
 * state is absent, the same whether there is no store or one without it;
 * db_env_remove_torn removes what was never completed; db_env_open opens one,
 * making its file, not its directory, where absent, and verifies its first two
 * pages alone.
 */
int db_store_new(const char *path, unsigned flags, struct rtn_store **store);
int db_env_exists(struct rtn_store *store, enum db_environment environment);
int db_env_file_exists(const char *path);
int db_env_missed(struct rtn_store *store);
int db_env_remove_torn(struct rtn_store *store,
    enum db_environment environment);
int db_env_open(struct rtn_store *store, enum db_environment environment);

/* Opens an environment's file at another path, making it where absent, and
   verifies its pages where the store's flags say so. */
int db_env_new(struct rtn_store *store, enum db_environment environment,
    const char *path, MDB_env **env);

/* Between these two, and between db_read_begin and db_read_end, the log's
   environment is not changed for the next segment's.  They may be nested. */
void db_env_hold(struct rtn_store *store, enum db_environment environment);
void db_env_let_go(struct rtn_store *store, enum db_environment environment);

/*
 * Settings (settings.c).  db_settings_create writes all of a new store's in
 * one transaction: RTN_ERR_EXISTS when there are some.  db_settings_load
 * fills store->settings and store->secrets: RTN_ERR_ABSENT when the store was
 * never completed, RTN_ERR_NEWER for a later format.
 */
int db_settings_create(struct rtn_store *store,
    const struct rtn_settings *settings, int64_t now_ms);
int db_settings_load(struct rtn_store *store);

/* A number among the settings, under name.  RTN_ERR_NOT_FOUND. */
int db_setting_number(struct db_txn *txn, const char *name,
    uint32_t *number);
int db_setting_number_put(struct db_txn *txn, const char *name,
    uint32_t number);

/* Passes over the next campaign numbers, or all that are left (campaign.c). */
int db_campaign_skip(struct rtn_store *store, uint32_t numbers);

/* Adds a token key (keys.c); RTN_ERR_LIMIT as rtn_keys_add. */
int db_key_add(struct db_txn *txn, int64_t now_ms, uint8_t *id);

/* Keys: p is a cursor into a buffer of DB_KEY_MAX; each returns it advanced. */
uint8_t *db_key_u8(uint8_t *p, uint8_t value);
uint8_t *db_key_u32(uint8_t *p, uint32_t value);
uint8_t *db_key_u64(uint8_t *p, uint64_t value);
uint8_t *db_key_time(uint8_t *p, int64_t ms);     /* ms + 2^63 */
uint32_t db_key_read_u32(const uint8_t *p);
uint64_t db_key_read_u64(const uint8_t *p);
int64_t db_key_read_time(const uint8_t *p);

#endif /* DB_H_INCLUDED */
