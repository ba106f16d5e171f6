/* Changes of links' targets: a row each, in the order they were made. */

#include <string.h>

#include "campaign_codec.h"

static int edit_append(struct db_txn *txn, uint32_t campaign,
    const struct rtn_link_edit *edit);
static int edit_get(struct db_txn *txn, uint32_t campaign, size_t index,
    struct rtn_link_edit *edit);
static const struct campaign_list *edit_links(void);


int
rtn_link_edit(struct rtn_store *store, uint32_t campaign, uint8_t link,
    struct rtn_str url, int64_t now_ms)
{
    int                   rc;
    struct db_txn         txn;
    struct rtn_link       row;
    struct rtn_campaign   head;
    struct rtn_link_edit  edit;

    if (url.len == 0 || url.len > RTN_URL_MAX) {
        return RTN_ERR_LIMIT;
    }

    db_begin(store, DB_STATE, &txn);

    rc = db_campaign_visible(&txn, campaign, &head);

    if (rc == 0) {
        rc = link == 0 ? RTN_ERR_NOT_FOUND
                       : db_campaign_get_item(&txn, &head, CAMPAIGN_LINKS,
                                              link - 1u, &row);
    }

    if (rc != 0 || db_row_equal(url, db_row_str(row.url, sizeof(row.url)))) {
        db_abort(&txn);
        return rc;
    }

    edit.link = link;
    edit.at_ms = now_ms;
    memcpy(edit.old_url, row.url, sizeof(edit.old_url));

    rc = edit_append(&txn, campaign, &edit);

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    memset(row.url, 0, sizeof(row.url));
    memcpy(row.url, url.data, url.len);
    db_campaign_put_item(&txn, campaign, edit_links(), link - 1u, &row);

    return db_commit(&txn);
}


int
rtn_link_edit_get(struct rtn_store *store, uint32_t campaign, size_t index,
    struct rtn_link_edit *edit)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = edit_get(&txn, campaign, index, edit);

    db_read_end(&txn);

    return rc;
}


static int
edit_append(struct db_txn *txn, uint32_t campaign,
    const struct rtn_link_edit *edit)
{
    int                   rc;
    size_t                n;
    uint8_t               key[CAMPAIGN_KEY_SIZE], bytes[DB_VALUE_MAX];
    struct rtn_str        payload;
    struct rtn_wire_out   out;
    struct rtn_link_edit  before;

    for (n = 0; (rc = edit_get(txn, campaign, n, &before)) == 0; n++) {
        /* void */
    }

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    if (n == RTN_LINK_EDITS_MAX) {
        return RTN_ERR_LIMIT;
    }

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u8(&out, edit->link);
    rtn_wire_put_i64(&out, edit->at_ms);
    db_row_put_text(&out, edit->old_url, sizeof(edit->old_url));

    rc = db_row_end(&out, &payload);

    return rc != 0 ? rc
                   : db_put(txn, DB_CAMPAIGNS,
                            db_campaign_key(campaign, CAMPAIGN_LINK_EDITS, n,
                                            key),
                            payload);
}


static int
edit_get(struct db_txn *txn, uint32_t campaign, size_t index,
    struct rtn_link_edit *edit)
{
    int                   rc;
    uint8_t               key[CAMPAIGN_KEY_SIZE];
    struct rtn_str        payload;
    struct rtn_wire_in    in;
    struct rtn_link_edit  read;

    if (index >= RTN_LINK_EDITS_MAX) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_get(txn, DB_CAMPAIGNS,
                db_campaign_key(campaign, CAMPAIGN_LINK_EDITS, index, key),
                &payload);
    if (rc != 0) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);

    read.link = rtn_wire_get_u8(&in);
    read.at_ms = rtn_wire_get_i64(&in);
    db_row_get_text(&in, read.old_url, sizeof(read.old_url));

    rc = rtn_wire_in_end(&in);

    if (rc == 0) {
        *edit = read;
    }

    return rc;
}


static const struct campaign_list *
edit_links(void)
{
    const struct campaign_list  *list;

    for (list = db_campaign_lists; list->section != CAMPAIGN_LINKS; list++) {
        /* void */
    }

    return list;
}
