/*
 * Campaigns and their recipients, as the store keeps them: the definition
 * that 'campaign create' read from a file, and the frozen draw.
 */

#ifndef RTN_CAMPAIGN_H_INCLUDED
#define RTN_CAMPAIGN_H_INCLUDED

#include "rtn.h"
#include "rtn_money.h"
#include "rtn_store.h"
#include "rtn_target.h"
#include "rtn_time.h"
#include "rtn_token.h"

#define RTN_SLUG_MAX            64      /* [a-z0-9-], begins with a letter or
                                           a digit */
#define RTN_TITLE_MAX          200
#define RTN_NAME_MAX            32      /* of arms, tiers, messages, links */
#define RTN_EXPRESSION_MAX    1000      /* bytes of audience or when */
#define RTN_ARMS_MAX            16      /* treated arms */
#define RTN_TIERS_MAX           32
#define RTN_MESSAGES_MAX        16
#define RTN_LINKS_MAX          100      /* numbers 1 to 254 are for links */
#define RTN_HOSTS_MAX           32
#define RTN_HOST_MAX           253
#define RTN_WINDOW_DAYS_MAX    730
#define RTN_EXPIRES_DAYS_MAX   730

#define RTN_PPM            1000000      /* shares are in parts of a million */
#define RTN_ARM_HOLDOUT          0      /* the hold-out's number as an arm */

enum rtn_discount {
    RTN_DISCOUNT_NONE = 0,              /* the tier has no offer */
    RTN_DISCOUNT_PERCENT,
    RTN_DISCOUNT_FIXED,
    RTN_DISCOUNT_FREE_SHIPPING,
    RTN_DISCOUNT_GIFT,
    RTN_DISCOUNT_POINTS
};

/* What a coupon is good for. */
struct rtn_offer {
    enum rtn_discount  type;
    int64_t            amount;          /* percent: hundredths of a percent;
                                           fixed: minor units; points: points */
    rtn_currency_t     currency;        /* of fixed */
    char               gift[RTN_NAME_MAX + 1];
    int64_t            minimum_minor;   /* of the order; 0: none */
    rtn_currency_t     minimum_currency;
    bool               is_combinable;   /* with the shop's other discounts */
    bool               is_transferable; /* good for others than the recipient */
};

struct rtn_arm {
    char      name[RTN_NAME_MAX + 1];
    uint32_t  share_ppm;                /* of the treated; all arms: RTN_PPM */
};

struct rtn_tier {
    char              name[RTN_NAME_MAX + 1];
    char              when[RTN_EXPRESSION_MAX + 1];
    struct rtn_offer  offer;
    int32_t           expires_days;     /* after t0; 0: with the window */
};

struct rtn_message {
    char      name[RTN_NAME_MAX + 1];
    int32_t   after_days;               /* after t0; 0 for the first */
    uint32_t  unless;                   /* bits of enum rtn_unless */
};

enum rtn_unless {
    RTN_UNLESS_REDEEMED = 1u << 0,
    RTN_UNLESS_BOUGHT   = 1u << 1,
    RTN_UNLESS_CLICKED  = 1u << 2
};

struct rtn_link {
    char  name[RTN_NAME_MAX + 1];
    char  url[RTN_URL_MAX + 1];
    char  survey[RTN_NAME_MAX + 1];     /* the answer a click gives; or "" */
};

enum rtn_campaign_status {
    RTN_CAMPAIGN_DRAFT = 1,             /* its creation was interrupted */
    RTN_CAMPAIGN_OPEN,
    RTN_CAMPAIGN_CLOSED
};

struct rtn_campaign {
    uint32_t             number;        /* 1 to RTN_CAMPAIGN_MAX; given by the
                                           store, never used again */
    enum rtn_campaign_status  status;
    char                 slug[RTN_SLUG_MAX + 1];
    char                 title[RTN_TITLE_MAX + 1];
    uint8_t              digest[32];    /* of what may not change in the file */
    int64_t              created_ms;
    rtn_day_t            as_of;         /* audience and tiers were judged */
    rtn_day_t            starts;        /* t0 of batch 0 is its midnight */
    int32_t              window_days;   /* 1 to RTN_WINDOW_DAYS_MAX */
    uint32_t             holdout_ppm;   /* 0 to RTN_PPM - 1 */
    uint32_t             batch_size;    /* recipients a day; 0: one batch */
    bool                 is_imported;   /* recipients come from a file */
    char                 audience[RTN_EXPRESSION_MAX + 1];
    int64_t              cost_minor;    /* of the campaign; 0: none */
    rtn_currency_t       cost_currency;

    /* whom of the audience it is limited to, by priority */
    uint32_t             top;           /* so many; 0: no limit */
    int64_t              budget_minor;  /* whom that pays for; 0: no limit */
    rtn_currency_t       budget_currency;
    int64_t              message_minor; /* what mailing one costs; 0: nothing */
    rtn_currency_t       message_currency;

    /* the store's permanent hold-out, as it was when this was drawn */
    uint32_t             global_ppm;    /* its share; 0: there was none */
    uint32_t             global_left;   /* its members that would have been
                                           recipients, and are in no arm */

    /* set when the draw is complete */
    uint32_t             recipients;    /* treated and hold-out */
    uint32_t             batches;

    /* arrays owned by the struct, released by rtn_campaign_release */
    size_t               arm_count;
    struct rtn_arm      *arms;          /* arm number i + 1 */
    size_t               tier_count;
    struct rtn_tier     *tiers;         /* tier number i + 1; 0: none matched */
    size_t               message_count;
    struct rtn_message  *messages;      /* message number i */
    size_t               link_count;
    struct rtn_link     *links;         /* link number i + 1 */
    size_t               host_count;
    char               (*hosts)[RTN_HOST_MAX + 1];
};

/* Frees the arrays and zeroes the struct. */
void rtn_campaign_release(struct rtn_campaign *campaign);

/*
 * Starts a campaign: stores the definition as a draft, which nothing else
 * shows, under the next number.
 *
 * campaign   number, status, recipients and batches are ignored; number is
 *            set on success
 *
 * A draft of this slug with the same digest keeps its number and its as_of,
 * and both are put into campaign: so an interrupted creation is resumed, and
 * may be begun again with what it now knows.  One
 * with another digest is abandoned and the number rises.
 * RTN_ERR_EXISTS: a campaign of this slug is open or closed.
 * RTN_ERR_LIMIT: no number left, or an array is longer than its limit.
 * Writes state.
 */
int rtn_campaign_begin(struct rtn_store *store, struct rtn_campaign *campaign);

/*
 * The number and as_of that rtn_campaign_begin would give now, for a preview.
 * campaign gets both.  Errors as there.  Writes nothing.
 */
int rtn_campaign_foresee(struct rtn_store *store,
    struct rtn_campaign *campaign);

/*
 * Makes a drawn campaign visible.  RTN_ERR_NOT_FOUND: no draft of this
 * number.  Writes state.
 */
int rtn_campaign_finish(struct rtn_store *store, uint32_t number,
    uint32_t recipients, uint32_t batches);

/*
 * Replaces what may change later: title, cost, status (open to closed), new
 * links at the end, links' targets, and for a campaign that is_imported the
 * counts of recipients and batches.  Everything else in campaign is ignored.
 * RTN_ERR_NOT_FOUND.  Writes state.
 */
int rtn_campaign_update(struct rtn_store *store,
    const struct rtn_campaign *campaign);

/*
 * Reads a campaign, by slug or by number, drafts never.
 * campaign is released by the caller.  RTN_ERR_NOT_FOUND.
 */
int rtn_campaign_find(struct rtn_store *store, struct rtn_str slug,
    struct rtn_campaign *campaign);
int rtn_campaign_get(struct rtn_store *store, uint32_t number,
    struct rtn_campaign *campaign);

/* The number of an open or closed campaign.  RTN_ERR_NOT_FOUND. */
int rtn_campaign_number(struct rtn_store *store, struct rtn_str slug,
    uint32_t *number);

/* The first campaign with a number above number (0 to begin), in its order.
   RTN_ERR_NOT_FOUND: there is none. */
int rtn_campaign_next(struct rtn_store *store, uint32_t number,
    struct rtn_campaign *campaign);

/* A link of a campaign by number (1 ...), or by name. RTN_ERR_NOT_FOUND. */
int rtn_link_get(struct rtn_store *store, uint32_t campaign, uint8_t link,
    struct rtn_link *out);
int rtn_link_number(struct rtn_store *store, uint32_t campaign,
    struct rtn_str name, uint8_t *link);


/* A change of a link's target.  What it became is what the next change of the
   same link replaced, or the link's target now. */
#define RTN_LINK_EDITS_MAX  255         /* of a campaign */

struct rtn_link_edit {
    uint8_t  link;                      /* number, from 1 */
    int64_t  at_ms;
    char     old_url[RTN_URL_MAX + 1];
};

/*
 * Changes a link's target at once and keeps the old one, in one transaction.
 * The same target again changes nothing.
 *
 * url      accepted by rtn_target_check, on a host of the campaign
 *
 * RTN_ERR_NOT_FOUND: no such campaign or link.  RTN_ERR_LIMIT: more than
 * RTN_LINK_EDITS_MAX changes, or the url is too long.  Writes state.
 */
int rtn_link_edit(struct rtn_store *store, uint32_t campaign, uint8_t link,
    struct rtn_str url, int64_t now_ms);

/* Change index, from 0, in the order they were made.  RTN_ERR_NOT_FOUND: there
   are fewer. */
int rtn_link_edit_get(struct rtn_store *store, uint32_t campaign,
    size_t index, struct rtn_link_edit *edit);


/* A customer in a campaign. */
struct rtn_recipient {
    uint32_t  customer;             /* number; from RTN_RECIPIENT_TEST: test */
    uint8_t   arm;                  /* RTN_ARM_HOLDOUT, or 1 ... arm_count */
    uint8_t   tier;                 /* 1 ... tier_count; 0: none */
    uint32_t  batch;                /* from 0 */
    int64_t   t0_ms;                /* local midnight of the batch's day */
    int64_t   until_ms;             /* t0 + window: local midnight as well */
    uint64_t  code;                 /* coupon; 0: none */
    int64_t   code_expires_ms;      /* 0 without a coupon */
    uint8_t   customer_hash[RTN_HASH_LEN];
};

/*
 * Stores recipients of a draft (or, from RTN_RECIPIENT_TEST on and where the
 * campaign is_imported, of an open campaign), in slices of RTN_SLICE_ROWS; the
 * same again changes nothing.  Fastest in the order of customers.
 * RTN_ERR_NOT_FOUND: there is no such campaign.  Writes state.
 */
int rtn_recipients_put(struct rtn_store *store, uint32_t campaign,
    const struct rtn_recipient *recipients, size_t n);

/* One recipient.  RTN_ERR_NOT_FOUND. */
int rtn_recipient_get(struct rtn_store *store, uint32_t campaign,
    uint32_t customer, struct rtn_recipient *recipient);

struct rtn_recipient_scan;

/* All recipients of a campaign by customer number, test ones last. */
int rtn_recipient_scan_open(struct rtn_store *store, uint32_t campaign,
    struct rtn_recipient_scan **scan);
/* RTN_ERR_NOT_FOUND: the end. */
int rtn_recipient_scan_next(struct rtn_recipient_scan *scan,
    struct rtn_recipient *recipient);
void rtn_recipient_scan_close(struct rtn_recipient_scan *scan);


/*
 * Everything that a redirect needs, in one read: the target and what fills
 * it.  Strings are NUL-terminated copies.
 */
struct rtn_redirect {
    struct rtn_link  link;
    char             campaign[RTN_SLUG_MAX + 1];
    char             message[RTN_NAME_MAX + 1];
    char             arm[RTN_NAME_MAX + 1];
    char             tier[RTN_NAME_MAX + 1];
    uint64_t         code;              /* 0: none */
};

/*
 * RTN_ERR_NOT_FOUND: no such campaign, link, message or recipient.
 */
int rtn_redirect_get(struct rtn_store *store, const struct rtn_token *token,
    struct rtn_redirect *redirect);


/* An unsubscription. */
struct rtn_suppression {
    uint32_t  customer;
    uint32_t  campaign;                 /* by whose mail; 0: by an import */
    uint8_t   message;
    int64_t   at_ms;
};

/*
 * Records unsubscriptions in one transaction; the first of a customer and a
 * campaign stays.  Writes state.
 */
int rtn_suppress(struct rtn_store *store,
    const struct rtn_suppression *suppressions, size_t n);

/* Whether a customer has unsubscribed, by whatever mail. */
int rtn_is_suppressed(struct rtn_store *store, uint32_t customer,
    bool *is_suppressed);

/* Unsubscriptions after (customer, campaign) of *suppression, in that order;
   begin with zeros.  RTN_ERR_NOT_FOUND: the end. */
int rtn_suppression_next(struct rtn_store *store,
    struct rtn_suppression *suppression);

#endif /* RTN_CAMPAIGN_H_INCLUDED */
