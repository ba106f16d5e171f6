/* Writing campaigns: rows in DB_CAMPAIGNS, numbers by slug in DB_SLUGS. */

#include <stdlib.h>
#include <string.h>

#include "campaign_codec.h"

#define CAMPAIGN_LAST  "campaign.last"  /* the setting: the highest number */

static int campaign_check(const struct rtn_campaign *campaign);
static int campaign_resume(struct db_txn *txn, struct rtn_campaign *draft);
static int campaign_last_number(struct db_txn *txn, uint32_t *last);
static int campaign_take_number(struct db_txn *txn,
    struct rtn_campaign *draft);
static int campaign_put(struct db_txn *txn,
    const struct rtn_campaign *campaign);
static int campaign_change(struct db_txn *txn, struct rtn_campaign *stored,
    const struct rtn_campaign *campaign);


void
rtn_campaign_release(struct rtn_campaign *campaign)
{
    size_t  i;

    for (i = 0; i < CAMPAIGN_LISTS; i++) {
        free(db_campaign_list_items(&db_campaign_lists[i], campaign));
    }

    memset(campaign, 0, sizeof(*campaign));
}


int
rtn_campaign_begin(struct rtn_store *store, struct rtn_campaign *campaign)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_campaign  draft;

    rc = campaign_check(campaign);
    if (rc != 0) {
        return rc;
    }

    draft = *campaign;
    draft.status = RTN_CAMPAIGN_DRAFT;
    draft.recipients = 0;
    draft.batches = 0;

    db_begin(store, DB_STATE, &txn);

    rc = campaign_resume(&txn, &draft);

    if (rc == RTN_ERR_NOT_FOUND) {
        rc = campaign_take_number(&txn, &draft);
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    campaign_put(&txn, &draft);

    rc = db_commit(&txn);
    if (rc != 0) {
        return rc;
    }

    campaign->number = draft.number;
    campaign->as_of = draft.as_of;

    return 0;
}


int
rtn_campaign_foresee(struct rtn_store *store, struct rtn_campaign *campaign)
{
    int                  rc;
    uint32_t             last;
    struct db_txn        txn;
    struct rtn_campaign  draft;

    draft = *campaign;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = campaign_resume(&txn, &draft);

    if (rc == RTN_ERR_NOT_FOUND) {
        last = 0;
        rc = campaign_last_number(&txn, &last);
        draft.number = last + 1;
    }

    db_read_end(&txn);

    if (rc != 0) {
        return rc;
    }

    campaign->number = draft.number;
    campaign->as_of = draft.as_of;

    return 0;
}


int
rtn_campaign_finish(struct rtn_store *store, uint32_t number,
    uint32_t recipients, uint32_t batches)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_campaign  head;

    db_begin(store, DB_STATE, &txn);

    rc = db_campaign_get_head(&txn, number, &head);

    if (rc == 0 && head.status != RTN_CAMPAIGN_DRAFT) {
        rc = RTN_ERR_NOT_FOUND;
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    head.status = RTN_CAMPAIGN_OPEN;
    head.recipients = recipients;
    head.batches = batches;

    db_campaign_put_head(&txn, &head);

    return db_commit(&txn);
}


int
rtn_campaign_update(struct rtn_store *store,
    const struct rtn_campaign *campaign)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_campaign  head;

    rc = campaign_check(campaign);
    if (rc != 0) {
        return rc;
    }

    db_begin(store, DB_STATE, &txn);

    rc = db_campaign_visible(&txn, campaign->number, &head);

    if (rc == 0) {
        rc = campaign_change(&txn, &head, campaign);
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    return db_commit(&txn);
}


static int
campaign_check(const struct rtn_campaign *campaign)
{
    size_t                       i;
    const struct campaign_list  *list;

    for (i = 0; i < CAMPAIGN_LISTS; i++) {
        list = &db_campaign_lists[i];

        if (db_campaign_list_count(list, campaign) > list->max) {
            return RTN_ERR_LIMIT;
        }
    }

    return campaign->slug[0] != '\0' ? 0 : RTN_ERR_LIMIT;
}


/* RTN_ERR_NOT_FOUND: there is no draft to go on with. */
static int
campaign_resume(struct db_txn *txn, struct rtn_campaign *draft)
{
    int                  rc;
    uint32_t             number;
    struct rtn_campaign  head;

    rc = db_campaign_slug(txn, db_row_str(draft->slug, RTN_SLUG_MAX),
                          &number);

    if (rc == 0) {
        rc = db_campaign_get_head(txn, number, &head);
    }

    if (rc != 0) {
        return rc;
    }

    if (head.status != RTN_CAMPAIGN_DRAFT) {
        return RTN_ERR_EXISTS;
    }

    if (memcmp(head.digest, draft->digest, sizeof(head.digest)) != 0) {
        return RTN_ERR_NOT_FOUND;
    }

    draft->number = number;
    draft->as_of = head.as_of;

    return 0;
}


/* RTN_ERR_LIMIT: no number is left behind it. */
static int
campaign_last_number(struct db_txn *txn, uint32_t *last)
{
    int       rc;
    uint32_t  number;

    rc = db_setting_number(txn, CAMPAIGN_LAST, &number);

    if (rc == RTN_ERR_NOT_FOUND) {
        number = 0;

    } else if (rc != 0) {
        return rc;
    }

    if (number >= RTN_CAMPAIGN_MAX) {
        return RTN_ERR_LIMIT;
    }

    *last = number;

    return 0;
}


int
db_campaign_skip(struct rtn_store *store, uint32_t numbers)
{
    int            rc;
    uint32_t       last, left;
    struct db_txn  txn;

    db_begin(store, DB_STATE, &txn);

    rc = campaign_last_number(&txn, &last);

    if (rc == RTN_ERR_LIMIT) {
        db_abort(&txn);
        return 0;
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    left = RTN_CAMPAIGN_MAX - last;

    db_setting_number_put(&txn, CAMPAIGN_LAST,
                          last + (numbers < left ? numbers : left));

    return db_commit(&txn);
}


static int
campaign_take_number(struct db_txn *txn, struct rtn_campaign *draft)
{
    int       rc;
    uint8_t   number[4];
    uint32_t  last;

    rc = campaign_last_number(txn, &last);
    if (rc != 0) {
        return rc;
    }

    draft->number = last + 1;

    db_setting_number_put(txn, CAMPAIGN_LAST, draft->number);

    return db_put(txn, DB_SLUGS, db_row_str(draft->slug, RTN_SLUG_MAX),
                  db_row_key(number, db_key_u32(number, draft->number)));
}


static int
campaign_put(struct db_txn *txn, const struct rtn_campaign *campaign)
{
    size_t                       i, item;
    const char                  *items;
    const struct campaign_list  *list;

    db_campaign_put_head(txn, campaign);
    db_campaign_put_audience(txn, campaign);
    db_campaign_put_limits(txn, campaign);

    for (i = 0; i < CAMPAIGN_LISTS; i++) {
        list = &db_campaign_lists[i];
        items = db_campaign_list_items(list, campaign);

        for (item = 0; item < db_campaign_list_count(list, campaign); item++)
        {
            db_campaign_put_item(txn, campaign->number, list, item,
                                 items + item * list->item_size);
        }
    }

    return txn->err;
}


/* Links keep their names and answers: tokens and reports refer to them. */
static int
campaign_change(struct db_txn *txn, struct rtn_campaign *stored,
    const struct rtn_campaign *campaign)
{
    int                          rc;
    size_t                       i;
    struct rtn_link              link;
    const struct campaign_list  *list;

    for (list = db_campaign_lists; list->section != CAMPAIGN_LINKS; list++) {
        /* void */
    }

    for (i = 0; i < campaign->link_count; i++) {
        rc = db_campaign_get_item(txn, stored, CAMPAIGN_LINKS, i, &link);

        if (rc == RTN_ERR_NOT_FOUND) {
            link = campaign->links[i];

        } else if (rc != 0) {
            return rc;
        }

        memcpy(link.url, campaign->links[i].url, sizeof(link.url));
        db_campaign_put_item(txn, stored->number, list, i, &link);
    }

    if (campaign->link_count > stored->link_count) {
        stored->link_count = campaign->link_count;
    }

    if (campaign->status == RTN_CAMPAIGN_CLOSED) {
        stored->status = RTN_CAMPAIGN_CLOSED;
    }

    memcpy(stored->title, campaign->title, sizeof(stored->title));
    memcpy(stored->cost_currency, campaign->cost_currency,
           sizeof(stored->cost_currency));
    stored->cost_minor = campaign->cost_minor;

    if (stored->is_imported) {
        stored->recipients = campaign->recipients;
        stored->batches = campaign->batches;
    }

    return db_campaign_put_head(txn, stored);
}
