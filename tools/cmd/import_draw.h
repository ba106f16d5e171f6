/*
 * The draw of an imported campaign: rows are added as they are read, and
 * stored when all are known, since the start of one may stand in another.
 */

#ifndef CMD_IMPORT_DRAW_H_INCLUDED
#define CMD_IMPORT_DRAW_H_INCLUDED

#include "import_set.h"
#include "rtn_campaign.h"
#include "rtn_crm.h"

#define IMPORT_BATCHES_MAX  100000
#define IMPORT_NOT_SENT     INT32_MIN   /* no day */

/* What a file may not say otherwise later. */
enum import_frozen {
    IMPORT_FROZEN_ARM,
    IMPORT_FROZEN_TIER,
    IMPORT_FROZEN_BATCH,
    IMPORT_FROZEN_SENT
};

struct import_campaign {
    struct rtn_campaign  definition;
    rtn_day_t           *earliest;      /* sent days by batch */
    size_t               batches;       /* of earliest */
    bool                 is_stored;
};

struct import_drawn {
    size_t     campaign;                /* index into the draw's; set by add */
    uint32_t   customer;
    uint8_t    arm;
    uint8_t    tier;
    uint32_t   batch;
    rtn_day_t  sent;                    /* or IMPORT_NOT_SENT */
    uint8_t    customer_hash[RTN_HASH_LEN];     /* set by add */
};

/* Zeros are an empty draw. */
struct import_draw {
    struct import_campaign  *campaigns;
    size_t                   campaign_count;
    struct import_drawn     *rows;
    size_t                   n;
    size_t                   size;
    struct import_set        seen;
    uint64_t                 holdout_sent;  /* held out, with a sent day */
};

/*
 * Finds a campaign and what is stored of its draw; lives until the next call.
 * RTN_ERR_NOT_FOUND: there is none.
 */
int import_draw_campaign(struct rtn_store *store, struct import_draw *draw,
    struct rtn_str slug, struct import_campaign **campaign);

/*
 * Adds a row.
 *
 * id       the customer's, whose number is in drawn
 * put      RTN_PUT_NEW, or RTN_PUT_SAME: it is stored, or was in the file
 * frozen   on RTN_ERR_EXISTS what differs from the stored draw or from the
 *          file's rows before
 */
int import_draw_add(struct rtn_store *store, struct import_draw *draw,
    struct import_campaign *campaign, struct rtn_str id,
    struct import_drawn *drawn, enum rtn_put *put,
    enum import_frozen *frozen);

/*
 * Stores the rows and counts the campaigns' recipients anew.
 *
 * moved        how many stored recipients got another start, because the
 *              batch of one without a sent day now has an earlier one
 * is_stopped   set when a signal came; the same import goes on
 */
int import_draw_store(struct rtn_store *store, struct import_draw *draw,
    uint64_t *moved, bool *is_stopped);

void import_draw_release(struct import_draw *draw);

#endif /* CMD_IMPORT_DRAW_H_INCLUDED */
