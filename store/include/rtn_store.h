/*
 * The store: a directory with four LMDB environments, named for who writes
 * them, and the settings that all parts share.
 *
 *     events/000001.mdb   what happened           nginx appends
 *     coupons/            offers, codes, journal  nginx decides, tool issues
 *     state/              settings, keys, campaigns, recipients,
 *                         unsubscriptions         nginx and tool, briefly
 *     crm/                customers and orders    the tool alone
 *
 * Threads.  One struct rtn_store per process, opened after the last fork.
 * Functions that read may be called by the thread that opened it.  Functions
 * that write say "writes X"; one thread at a time may be in a function that
 * writes X, and it need not be the one that opened the store.
 *
 * Every written fact is on disk when the function that writes it returns 0.
 */

#ifndef RTN_STORE_H_INCLUDED
#define RTN_STORE_H_INCLUDED

#include "rtn.h"
#include "rtn_money.h"
#include "rtn_time.h"
#include "rtn_token.h"

#define RTN_STORE_FORMAT      2     /* the layout that this library writes */
#define RTN_READERS_MAX    1024     /* open read transactions, all processes */
#define RTN_SLICE_ROWS     5000     /* rows of a bulk write's transaction */
#define RTN_SEGMENT_MIB    1024     /* a file of the event log is closed when
                                       it has this size; less in tests */
#define RTN_SEGMENT_MIB_MAX  65536
#define RTN_VERIFY_MS       700     /* see RTN_OPEN_BRIEFLY */
#define RTN_GLOBAL_PPM_MAX   500000     /* parts of a million */

struct rtn_store;

enum rtn_open_flags {
    RTN_OPEN_EVENTS    = 1u << 0,
    RTN_OPEN_COUPONS   = 1u << 1,
    RTN_OPEN_STATE     = 1u << 2,   /* always opened */
    RTN_OPEN_CRM       = 1u << 3,
    RTN_OPEN_SERVER    = RTN_OPEN_EVENTS | RTN_OPEN_COUPONS | RTN_OPEN_STATE,
    RTN_OPEN_ALL       = RTN_OPEN_SERVER | RTN_OPEN_CRM,
    RTN_OPEN_READ_ONLY = 1u << 8,
    RTN_OPEN_VERIFY    = 1u << 9,   /* all pages, before any is trusted */
    RTN_OPEN_BRIEFLY   = 1u << 10   /* verify for RTN_VERIFY_MS at most */
};

/* What 'init' fixes and 'config' shows. */
struct rtn_settings {
    char            base_url[256];      /* https://mail.shop.example, no '/' at
                                           the end; http only for loopback */
    char            pixel_path[64];     /* "/o/": begins and ends with '/' */
    char            redirect_path[64];  /* "/r/" */
    char            unsubscribe_path[64];   /* "/u/" */
    char            timezone[64];       /* "Europe/Kyiv" */
    rtn_currency_t  currency;           /* for amounts without one */
    uint8_t         node;               /* of this machine's ids */
    uint32_t        global_holdout_ppm; /* of all customers, in no campaign;
                                           0: none, at most half */
    uint32_t        segment_mib;        /* size at which a file of the event
                                           log is closed; 0: the default */
};

/* Secrets of the store that are no token keys and are never replaced. */
enum rtn_secret {
    RTN_SECRET_CUSTOMER_HASH = 1,       /* hashes of customers' ids */
    RTN_SECRET_DRAW,                    /* hold-out, arms and batches */
    RTN_SECRET_COUPON_CODE              /* recipients' coupon codes */
};

/*
 * Makes a store in a directory, which is created where it is absent and must
 * be empty otherwise: environments, settings, secrets, and a first key.
 * Directories get mode 0700, files 0600, of the effective user.
 *
 * now_ms   the clock, for the first key
 *
 * RTN_ERR_EXISTS: there is a store, or the directory is not empty.
 * RTN_ERR_DAMAGED: there is one, with a file missing or damaged.
 * RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO, RTN_ERR_NOMEM.
 * An interrupted one leaves a directory that a second call completes.
 */
int rtn_store_create(const char *path, const struct rtn_settings *settings,
    int64_t now_ms);

/*
 * Opens environments of a store.  Never creates a store.
 *
 * LMDB trusts its pages, so that one damaged bit can lead a lookup past its
 * row, or end the process.  The first two pages of a file are looked at in any
 * case; with RTN_OPEN_VERIFY all that can be reached, by a thread for each
 * environment, in 0.1 to 0.3 s for a gigabyte that is in memory; those of
 * closed segments when they are first read.  With RTN_OPEN_BRIEFLY as well, a
 * store that takes longer is opened all the same (rtn_store_is_verified).
 *
 * path    the directory
 * flags   bits of enum rtn_open_flags
 * store   closed by rtn_store_close
 *
 * RTN_ERR_ABSENT: no environment is there, or only what an interrupted
 * rtn_store_create left.  RTN_ERR_DAMAGED: a file of a store is damaged, cut,
 * missing, or lacks a table; RTN_ERR_CORRUPT: its settings are damaged;
 * rtn_store_verify names the file of both.  RTN_ERR_NEWER, RTN_ERR_OLDER,
 * RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO, RTN_ERR_NOMEM.
 */
int rtn_store_open(const char *path, unsigned flags,
    struct rtn_store **store);

/* Whether all pages were verified when it was opened. */
bool rtn_store_is_verified(const struct rtn_store *store);

/* Closes everything; pointers from this store die.  NULL is allowed. */
void rtn_store_close(struct rtn_store *store);

/*
 * Who owns the store in a directory, damaged or not.  RTN_ERR_ABSENT,
 * RTN_ERR_PERMISSION, RTN_ERR_IO.
 */
int rtn_store_owner(const char *path, unsigned *uid, unsigned *gid);

/*
 * Whether the opened files are still those in the directory.  Files that were
 * removed or replaced take writes that nobody will see: close the store, and
 * open it again.  A look at each file's inode; any thread.
 */
bool rtn_store_is_current(struct rtn_store *store);

/* The settings, read at opening; live as long as the store. */
const struct rtn_settings *rtn_store_settings(const struct rtn_store *store);

/* Replaces the settings.  Writes state. */
int rtn_settings_put(struct rtn_store *store,
    const struct rtn_settings *settings);

/* A secret of the store; lives as long as the store. */
const uint8_t *rtn_store_secret(const struct rtn_store *store,
    enum rtn_secret secret);

/*
 * The keyed hash by which nginx knows a customer's id.  Pure but for the
 * store's secret; any thread.
 */
void rtn_customer_hash(const struct rtn_store *store, struct rtn_str id,
    uint8_t hash[RTN_HASH_LEN]);

/*
 * The token keys, oldest first, retired ones as well.
 *
 * keys, size   room for RTN_KEYS_ALL; n gets how many there are
 */
#define RTN_KEYS_ALL  255
int rtn_keys_list(struct rtn_store *store, struct rtn_key *keys, size_t size,
    size_t *n);

/*
 * Adds a key that signs from now on.  RTN_ERR_LIMIT: RTN_KEYS_MAX live ones,
 * or no id left.  Writes state.
 */
int rtn_keys_add(struct rtn_store *store, int64_t now_ms, uint8_t *id);

/*
 * Retires a key: its tokens verify no more.  RTN_ERR_NOT_FOUND: no such key.
 * RTN_ERR_LIMIT: it is the last live one.  Writes state.
 */
int rtn_keys_retire(struct rtn_store *store, uint8_t id);

/* The ring of live keys, as rtn_keyring_init makes it. */
int rtn_store_keyring(struct rtn_store *store, struct rtn_keyring *ring);

/* Size and use of an environment, for 'stat' and the metrics. */
struct rtn_environment_stat {
    const char  *name;              /* "events", "coupons", "state", "crm" */
    uint64_t     bytes_used;        /* pages used so far, free ones as
                                       well, times the page size */
    uint64_t     bytes_limit;       /* the map's size */
    uint64_t     entries;           /* records, all tables together */
    uint64_t     readers;           /* open read transactions */
};

#define RTN_ENVIRONMENTS  4
int rtn_store_stat(struct rtn_store *store,
    struct rtn_environment_stat stats[RTN_ENVIRONMENTS], size_t *n);

/*
 * Reads every record of the opened environments and verifies its checksum.
 *
 * report   called for each fault with the environment, the table and a
 *          sentence; may be NULL
 * faults   gets their number
 */
typedef void (*rtn_check_report_pt)(void *data, const char *environment,
    const char *table, const char *sentence);

int rtn_store_check(struct rtn_store *store, rtn_check_report_pt report,
    void *data, uint64_t *records, uint64_t *faults);

/*
 * Verifies files, pages, tables and settings of a store that need not be one
 * that can be opened, but not its records, as rtn_store_check does.
 *
 * flags    which environments; closed segments of the log are left out
 * report   called for each file that is damaged or missing with the
 *          environment, the file's name and a sentence
 * faults   gets their number
 *
 * Errors as rtn_store_open has them, but for RTN_ERR_DAMAGED and
 * RTN_ERR_CORRUPT.
 */
int rtn_store_verify(const char *path, unsigned flags,
    rtn_check_report_pt report, void *data, uint64_t *faults);

/*
 * Drops the read transactions of processes that died, so that their pages
 * can be used again.  Call now and then.  dropped may be NULL.
 */
int rtn_store_reap_readers(struct rtn_store *store, unsigned *dropped);

#endif /* RTN_STORE_H_INCLUDED */
