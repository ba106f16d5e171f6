/*
 * Private to store/db: a campaign as rows of DB_CAMPAIGNS.  Its parts have a
 * section each, so that every value stays below DB_VALUE_MAX and a redirect
 * reads no more than it needs:
 *
 *     key      number, 4 bytes | section, 1 byte | index, 1 byte
 *     payload  the section's fields, in the order of their struct
 */

#ifndef CAMPAIGN_CODEC_H_INCLUDED
#define CAMPAIGN_CODEC_H_INCLUDED

#include "db.h"
#include "row.h"
#include "rtn_campaign.h"

#define CAMPAIGN_KEY_SIZE  6

enum campaign_section {
    CAMPAIGN_HEAD = 0,          /* and how many rows the lists have */
    CAMPAIGN_AUDIENCE,
    CAMPAIGN_ARMS,
    CAMPAIGN_TIERS,
    CAMPAIGN_MESSAGES,
    CAMPAIGN_LINKS,
    CAMPAIGN_HOSTS,
    CAMPAIGN_LINK_EDITS,        /* by their order, not counted in the head */
    CAMPAIGN_LIMITS             /* who is left out; absent for nobody */
};

/* An array of struct rtn_campaign: where it is, and how an item is kept. */
struct campaign_list {
    enum campaign_section  section;
    size_t                 count;           /* offset of its size_t */
    size_t                 items;           /* offset of its pointer */
    size_t                 item_size;
    size_t                 max;
    void                 (*put)(struct rtn_wire_out *out, const void *item);
    void                 (*get)(struct rtn_wire_in *in, void *item);
};

#define CAMPAIGN_LISTS  5

extern const struct campaign_list db_campaign_lists[CAMPAIGN_LISTS];

size_t db_campaign_list_count(const struct campaign_list *list,
    const struct rtn_campaign *campaign);
void *db_campaign_list_items(const struct campaign_list *list,
    const struct rtn_campaign *campaign);
void db_campaign_list_set(const struct campaign_list *list,
    struct rtn_campaign *campaign, void *items);

/* The key of a row, in buffer. */
struct rtn_str db_campaign_key(uint32_t number, enum campaign_section section,
    size_t index, uint8_t buffer[CAMPAIGN_KEY_SIZE]);

/* Stores a row.  Errors are the transaction's. */
int db_campaign_put_head(struct db_txn *txn,
    const struct rtn_campaign *campaign);
int db_campaign_put_audience(struct db_txn *txn,
    const struct rtn_campaign *campaign);
int db_campaign_put_limits(struct db_txn *txn,
    const struct rtn_campaign *campaign);
int db_campaign_put_item(struct db_txn *txn, uint32_t number,
    const struct campaign_list *list, size_t index, const void *item);

/*
 * Reads a row.  Of a head, drafts' as well, all is set that is not in another
 * section; the arrays' pointers become NULL.  RTN_ERR_NOT_FOUND.
 */
int db_campaign_get_head(struct db_txn *txn, uint32_t number,
    struct rtn_campaign *campaign);
int db_campaign_get_audience(struct db_txn *txn,
    struct rtn_campaign *campaign);
int db_campaign_get_limits(struct db_txn *txn,
    struct rtn_campaign *campaign);

/* section has a list; RTN_ERR_NOT_FOUND: index is not below count. */
int db_campaign_get_item(struct db_txn *txn,
    const struct rtn_campaign *campaign, enum campaign_section section,
    size_t index, void *item);

/* The head of a campaign that is no draft (campaign_read.c). */
int db_campaign_visible(struct db_txn *txn, uint32_t number,
    struct rtn_campaign *campaign);

/* The number that a slug has, be it a draft's.  RTN_ERR_NOT_FOUND. */
int db_campaign_slug(struct db_txn *txn, struct rtn_str slug,
    uint32_t *number);

#endif /* CAMPAIGN_CODEC_H_INCLUDED */
