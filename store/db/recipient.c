/* Recipients, a row each, in the order of campaign and customer. */

#include <stdlib.h>
#include <string.h>

#include "campaign_codec.h"
#include "recipient.h"

#define RECIPIENT_KEY_SIZE      8
#define RECIPIENT_PAYLOAD_SIZE  54

struct rtn_recipient_scan {
    struct db_scan  *rows;
};

static int recipient_put_slice(struct rtn_store *store, uint32_t campaign,
    const struct rtn_recipient *recipients, size_t n);
static bool recipient_is_welcome(const struct rtn_campaign *campaign,
    const struct rtn_recipient *recipient);
static int recipient_put(struct db_txn *txn, uint32_t campaign,
    const struct rtn_recipient *recipient);
static struct rtn_str recipient_key(uint32_t campaign, uint32_t customer,
    uint8_t key[RECIPIENT_KEY_SIZE]);
static int recipient_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_recipient *recipient);


int
rtn_recipients_put(struct rtn_store *store, uint32_t campaign,
    const struct rtn_recipient *recipients, size_t n)
{
    int     rc;
    size_t  slice;

    while (n > 0) {
        slice = n < RTN_SLICE_ROWS ? n : RTN_SLICE_ROWS;

        rc = recipient_put_slice(store, campaign, recipients, slice);
        if (rc != 0) {
            return rc;
        }

        recipients += slice;
        n -= slice;
    }

    return 0;
}


int
rtn_recipient_get(struct rtn_store *store, uint32_t campaign,
    uint32_t customer, struct rtn_recipient *recipient)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = db_recipient_get(&txn, campaign, customer, recipient);

    db_read_end(&txn);

    return rc;
}


int
rtn_recipient_scan_open(struct rtn_store *store, uint32_t campaign,
    struct rtn_recipient_scan **scan)
{
    int                         rc;
    uint8_t                     key[RECIPIENT_KEY_SIZE];
    struct rtn_recipient_scan  *opened;

    opened = malloc(sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_scan_open(store, DB_STATE, DB_RECIPIENTS,
                      db_row_key(key, db_key_u32(key, campaign)),
                      RTN_STR(""), &opened->rows);
    if (rc != 0) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return 0;
}


int
rtn_recipient_scan_next(struct rtn_recipient_scan *scan,
    struct rtn_recipient *recipient)
{
    int             rc;
    struct rtn_str  key, payload;

    rc = db_scan_next(scan->rows, &key, &payload);
    if (rc != 0) {
        return rc;
    }

    return recipient_decode(key, payload, recipient);
}


void
rtn_recipient_scan_close(struct rtn_recipient_scan *scan)
{
    if (scan != NULL) {
        db_scan_close(scan->rows);
        free(scan);
    }
}


int
db_recipient_get(struct db_txn *txn, uint32_t campaign, uint32_t customer,
    struct rtn_recipient *recipient)
{
    int             rc;
    uint8_t         buffer[RECIPIENT_KEY_SIZE];
    struct rtn_str  key, payload;

    key = recipient_key(campaign, customer, buffer);

    rc = db_get(txn, DB_RECIPIENTS, key, &payload);
    if (rc != 0) {
        return rc;
    }

    return recipient_decode(key, payload, recipient);
}


static int
recipient_put_slice(struct rtn_store *store, uint32_t campaign,
    const struct rtn_recipient *recipients, size_t n)
{
    int                  rc;
    size_t               i;
    struct db_txn        txn;
    struct rtn_campaign  head;

    db_begin(store, DB_STATE, &txn);

    rc = db_campaign_get_head(&txn, campaign, &head);

    for (i = 0; rc == 0 && i < n; i++) {
        rc = recipient_is_welcome(&head, &recipients[i])
             ? recipient_put(&txn, campaign, &recipients[i])
             : RTN_ERR_NOT_FOUND;
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    return db_commit(&txn);
}


/* The draw is frozen when a campaign opens; tests and files come later. */
static bool
recipient_is_welcome(const struct rtn_campaign *campaign,
    const struct rtn_recipient *recipient)
{
    bool  is_late;

    is_late = campaign->is_imported
              || recipient->customer >= RTN_RECIPIENT_TEST;

    return campaign->status == (is_late ? RTN_CAMPAIGN_OPEN
                                        : RTN_CAMPAIGN_DRAFT);
}


static int
recipient_put(struct db_txn *txn, uint32_t campaign,
    const struct rtn_recipient *recipient)
{
    int                  rc;
    uint8_t              buffer[RECIPIENT_KEY_SIZE];
    uint8_t              bytes[RECIPIENT_PAYLOAD_SIZE];
    struct rtn_str       key, payload, stored;
    struct rtn_wire_out  out;

    key = recipient_key(campaign, recipient->customer, buffer);

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u8(&out, recipient->arm);
    rtn_wire_put_u8(&out, recipient->tier);
    rtn_wire_put_u32(&out, recipient->batch);
    rtn_wire_put_i64(&out, recipient->t0_ms);
    rtn_wire_put_i64(&out, recipient->until_ms);
    rtn_wire_put_u64(&out, recipient->code);
    rtn_wire_put_i64(&out, recipient->code_expires_ms);
    rtn_wire_put_bytes(&out, recipient->customer_hash, RTN_HASH_LEN);

    rc = db_row_end(&out, &payload);
    if (rc != 0) {
        return rc;
    }

    /* what is there already dirties no page */
    rc = db_get(txn, DB_RECIPIENTS, key, &stored);

    if (rc == 0 && db_row_equal(stored, payload)) {
        return 0;
    }

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    return db_put(txn, DB_RECIPIENTS, key, payload);
}


static struct rtn_str
recipient_key(uint32_t campaign, uint32_t customer,
    uint8_t key[RECIPIENT_KEY_SIZE])
{
    return db_row_key(key, db_key_u32(db_key_u32(key, campaign), customer));
}


static int
recipient_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_recipient *recipient)
{
    int                   rc;
    struct rtn_wire_in    in;
    struct rtn_recipient  read;

    if (key.len != RECIPIENT_KEY_SIZE) {
        return RTN_ERR_CORRUPT;
    }

    rtn_wire_in_init(&in, payload);

    read.customer = db_key_read_u32((const uint8_t *) key.data + 4);
    read.arm = rtn_wire_get_u8(&in);
    read.tier = rtn_wire_get_u8(&in);
    read.batch = rtn_wire_get_u32(&in);
    read.t0_ms = rtn_wire_get_i64(&in);
    read.until_ms = rtn_wire_get_i64(&in);
    read.code = rtn_wire_get_u64(&in);
    read.code_expires_ms = rtn_wire_get_i64(&in);
    rtn_wire_get_bytes(&in, read.customer_hash, RTN_HASH_LEN);

    rc = rtn_wire_in_end(&in);

    if (rc == 0) {
        *recipient = read;
    }

    return rc;
}
