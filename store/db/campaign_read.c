/* Reading campaigns and links; drafts are not there. */

#include <stdlib.h>

#include "campaign_codec.h"

static int campaign_load(struct db_txn *txn, struct rtn_campaign *campaign);
static int campaign_load_list(struct db_txn *txn,
    const struct campaign_list *list, struct rtn_campaign *campaign);
static int campaign_above(struct db_txn *txn, uint32_t number,
    uint32_t *above);


int
rtn_campaign_find(struct rtn_store *store, struct rtn_str slug,
    struct rtn_campaign *campaign)
{
    int       rc;
    uint32_t  number;

    rc = rtn_campaign_number(store, slug, &number);
    if (rc != 0) {
        return rc;
    }

    return rtn_campaign_get(store, number, campaign);
}


int
rtn_campaign_get(struct rtn_store *store, uint32_t number,
    struct rtn_campaign *campaign)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_campaign  loaded;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = db_campaign_visible(&txn, number, &loaded);

    if (rc == 0) {
        rc = campaign_load(&txn, &loaded);
    }

    db_read_end(&txn);

    if (rc == 0) {
        *campaign = loaded;
    }

    return rc;
}


int
rtn_campaign_number(struct rtn_store *store, struct rtn_str slug,
    uint32_t *number)
{
    int                  rc;
    uint32_t             found;
    struct db_txn        txn;
    struct rtn_campaign  head;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = db_campaign_slug(&txn, slug, &found);

    if (rc == 0) {
        rc = db_campaign_visible(&txn, found, &head);
    }

    db_read_end(&txn);

    if (rc == 0) {
        *number = found;
    }

    return rc;
}


int
rtn_campaign_next(struct rtn_store *store, uint32_t number,
    struct rtn_campaign *campaign)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_campaign  loaded;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    do {
        rc = campaign_above(&txn, number, &number);
        if (rc != 0) {
            break;
        }

        rc = db_campaign_visible(&txn, number, &loaded);
    } while (rc == RTN_ERR_NOT_FOUND);

    if (rc == 0) {
        rc = campaign_load(&txn, &loaded);
    }

    db_read_end(&txn);

    if (rc == 0) {
        *campaign = loaded;
    }

    return rc;
}


int
rtn_link_get(struct rtn_store *store, uint32_t campaign, uint8_t link,
    struct rtn_link *out)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_link      found;
    struct rtn_campaign  head;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = link == 0 ? RTN_ERR_NOT_FOUND
                   : db_campaign_visible(&txn, campaign, &head);

    if (rc == 0) {
        rc = db_campaign_get_item(&txn, &head, CAMPAIGN_LINKS, link - 1u,
                                  &found);
    }

    db_read_end(&txn);

    if (rc == 0) {
        *out = found;
    }

    return rc;
}


int
rtn_link_number(struct rtn_store *store, uint32_t campaign,
    struct rtn_str name, uint8_t *link)
{
    int                  rc;
    size_t               i;
    struct db_txn        txn;
    struct rtn_link      row;
    struct rtn_campaign  head;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = db_campaign_visible(&txn, campaign, &head);

    for (i = 0; rc == 0; i++) {
        rc = db_campaign_get_item(&txn, &head, CAMPAIGN_LINKS, i, &row);

        if (rc == 0
            && db_row_equal(name, db_row_str(row.name, sizeof(row.name))))
        {
            *link = (uint8_t) (i + 1);
            break;
        }
    }

    db_read_end(&txn);

    return rc;
}


int
db_campaign_slug(struct db_txn *txn, struct rtn_str slug, uint32_t *number)
{
    int             rc;
    struct rtn_str  payload;

    if (slug.len == 0 || slug.len > RTN_SLUG_MAX) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_get(txn, DB_SLUGS, slug, &payload);
    if (rc != 0) {
        return rc;
    }

    if (payload.len != sizeof(*number)) {
        return RTN_ERR_CORRUPT;
    }

    *number = db_key_read_u32((const uint8_t *) payload.data);

    return 0;
}


int
db_campaign_visible(struct db_txn *txn, uint32_t number,
    struct rtn_campaign *campaign)
{
    int  rc;

    rc = db_campaign_get_head(txn, number, campaign);

    if (rc == 0 && campaign->status == RTN_CAMPAIGN_DRAFT) {
        rc = RTN_ERR_NOT_FOUND;
    }

    return rc;
}


/* What is not in the head.  On an error campaign has been released. */
static int
campaign_load(struct db_txn *txn, struct rtn_campaign *campaign)
{
    int     rc;
    size_t  i;

    rc = db_campaign_get_audience(txn, campaign);

    if (rc == 0) {
        rc = db_campaign_get_limits(txn, campaign);
    }

    for (i = 0; rc == 0 && i < CAMPAIGN_LISTS; i++) {
        rc = campaign_load_list(txn, &db_campaign_lists[i], campaign);
    }

    if (rc != 0) {
        rtn_campaign_release(campaign);
    }

    return rc;
}


static int
campaign_load_list(struct db_txn *txn, const struct campaign_list *list,
    struct rtn_campaign *campaign)
{
    int      rc;
    char    *items;
    size_t   i, count;

    count = db_campaign_list_count(list, campaign);

    if (count == 0) {
        return 0;
    }

    items = calloc(count, list->item_size);
    if (items == NULL) {
        return RTN_ERR_NOMEM;
    }

    db_campaign_list_set(list, campaign, items);

    rc = 0;

    for (i = 0; rc == 0 && i < count; i++) {
        rc = db_campaign_get_item(txn, campaign, list->section, i,
                                  items + i * list->item_size);
    }

    return rc;
}


/* The next number in the table, a draft's as well. */
static int
campaign_above(struct db_txn *txn, uint32_t number, uint32_t *above)
{
    int               rc;
    uint8_t           key[CAMPAIGN_KEY_SIZE];
    struct db_cursor  cursor;

    if (number == UINT32_MAX) {
        return RTN_ERR_NOT_FOUND;
    }

    db_cursor_open(txn, DB_CAMPAIGNS, &cursor);

    rc = db_cursor_seek(&cursor, db_campaign_key(number + 1, CAMPAIGN_HEAD, 0,
                                                 key));

    if (rc == 0 && cursor.key.len != CAMPAIGN_KEY_SIZE) {
        rc = RTN_ERR_CORRUPT;
    }

    if (rc == 0) {
        *above = db_key_read_u32((const uint8_t *) cursor.key.data);
    }

    db_cursor_close(&cursor);

    return rc;
}
