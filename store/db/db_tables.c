/* Which tables there are, and opening them; see db.h. */

#include <string.h>

#include "db.h"

static const struct {
    enum db_environment   environment;
    const char           *name;
} db_tables[DB_TABLES] = {
    [DB_LOG]             = { DB_EVENTS, NULL },

    [DB_OFFERS]          = { DB_COUPONS, "offers" },
    [DB_BASE]            = { DB_COUPONS, "base" },
    [DB_JOURNAL]         = { DB_COUPONS, "journal" },
    [DB_BASE_CURSOR]     = { DB_COUPONS, "base_cursor" },

    [DB_SETTINGS]        = { DB_STATE, "settings" },
    [DB_KEYS]            = { DB_STATE, "keys" },
    [DB_SLUGS]           = { DB_STATE, "slugs" },
    [DB_CAMPAIGNS]       = { DB_STATE, "campaigns" },
    [DB_RECIPIENTS]      = { DB_STATE, "recipients" },
    [DB_SUPPRESSIONS]    = { DB_STATE, "suppressions" },
    [DB_CUSTOMER_INDEX]  = { DB_STATE, "customer_index" },
    [DB_FOLD]            = { DB_STATE, "fold" },
    [DB_FOLD_CAMPAIGNS]  = { DB_STATE, "fold_campaigns" },
    [DB_FOLD_RECIPIENTS] = { DB_STATE, "fold_recipients" },
    [DB_FOLD_LINKS]      = { DB_STATE, "fold_links" },
    [DB_FOLD_HOURS]      = { DB_STATE, "fold_hours" },
    [DB_FOLD_REST]       = { DB_STATE, "fold_rest" },
    [DB_FOLD_REPEATS]    = { DB_STATE, "fold_repeats" },

    [DB_CUSTOMERS]       = { DB_CRM, "customers" },
    [DB_CUSTOMER_IDS]    = { DB_CRM, "customer_ids" },
    [DB_EMAILS]          = { DB_CRM, "emails" },
    [DB_ORDERS]          = { DB_CRM, "orders" },
    [DB_ORDER_IDS]       = { DB_CRM, "order_ids" },
    [DB_ORDER_ITEMS]     = { DB_CRM, "order_items" },
    [DB_IMPORTED]        = { DB_CRM, "imported" },
    [DB_IMPORTED_IDS]    = { DB_CRM, "imported_ids" },
    [DB_CRM_META]        = { DB_CRM, "meta" }
};

static int tables_strangers(MDB_txn *txn, enum db_environment environment,
    bool *has_strangers);
static bool tables_is_younger(enum db_table table);


const char *
db_table_name(enum db_table table)
{
    return db_tables[table].name != NULL ? db_tables[table].name : "log";
}


enum db_environment
db_table_environment(enum db_table table)
{
    return db_tables[table].environment;
}


int
db_tables_open(struct rtn_store *store, enum db_environment environment,
    bool is_new)
{
    int       rc;
    bool      is_missing, is_older, has_strangers;
    size_t    i;
    MDB_txn  *txn;

    is_missing = false;
    is_older = false;

    rc = mdb_txn_begin(store->envs[environment].env, NULL,
                       is_new ? 0 : MDB_RDONLY, &txn);
    if (rc != 0) {
        return db_err(rc);
    }

    for (i = 0; i < DB_TABLES; i++) {
        if (db_tables[i].environment != environment) {
            continue;
        }

        rc = mdb_dbi_open(txn, db_tables[i].name, is_new ? MDB_CREATE : 0,
                          &store->dbis[i]);
        if (rc == MDB_NOTFOUND && tables_is_younger(i)) {
            is_older = true;

        } else if (rc == MDB_NOTFOUND) {
            is_missing = true;

        } else if (rc != 0) {
            mdb_txn_abort(txn);
            return db_write_err(store, rc);
        }
    }

    has_strangers = false;

    if (is_older) {
        rc = tables_strangers(txn, environment, &has_strangers);
        if (rc != 0) {
            mdb_txn_abort(txn);
            return db_err(rc);
        }
    }

    /* also a reading one: an abort would close the handles again */
    rc = mdb_txn_commit(txn);
    if (rc != 0) {
        return db_write_err(store, rc);
    }

    if (is_missing) {
        return RTN_ERR_CORRUPT;
    }

    /* one that is missing may be there under a damaged name */
    if (is_older && has_strangers) {
        return RTN_ERR_DAMAGED;
    }

    return is_older && !(store->flags & RTN_OPEN_READ_ONLY)
           ? db_tables_open(store, environment, true) : 0;
}


/* Whether an environment has a table that is none of ours; LMDB's codes. */
static int
tables_strangers(MDB_txn *txn, enum db_environment environment,
    bool *has_strangers)
{
    int          rc;
    bool         is_known;
    size_t       i;
    MDB_dbi      names;
    MDB_val      k, v;
    MDB_cursor  *cursor;

    rc = mdb_dbi_open(txn, NULL, 0, &names);

    if (rc == 0) {
        rc = mdb_cursor_open(txn, names, &cursor);
    }

    if (rc != 0) {
        return rc;
    }

    while ((rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) == 0) {
        is_known = false;

        for (i = 0; !is_known && i < DB_TABLES; i++) {
            is_known = db_tables[i].environment == environment
                       && strlen(db_tables[i].name) == k.mv_size
                       && memcmp(db_tables[i].name, k.mv_data, k.mv_size)
                          == 0;
        }

        *has_strangers = *has_strangers || !is_known;
    }

    mdb_cursor_close(cursor);

    return rc == MDB_NOTFOUND ? 0 : rc;
}


/* What older stores lack: roll-ups, which can be made again from the log and
   the journal, and what their imports did not keep. */
static bool
tables_is_younger(enum db_table table)
{
    return table == DB_BASE_CURSOR || table == DB_ORDER_ITEMS
           || (table >= DB_FOLD && table <= DB_FOLD_REPEATS);
}


bool
db_has_table(const struct rtn_store *store, enum db_table table)
{
    return store->dbis[table] != 0;
}
