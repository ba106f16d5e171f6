/* What commands that name a campaign share: campaign*.c, merge*.c, link.c,
   export_recipients.c, report_load.c. */

#ifndef CMD_CAMPAIGN_H_INCLUDED
#define CMD_CAMPAIGN_H_INCLUDED

#include "../analysis/priority.h"
#include "audience_scan.h"
#include "cmd.h"
#include "rtn_campaign.h"
#include "rtn_crm.h"

#define CAMPAIGN_BATCHES_MAX  3660      /* days over which batches go out */

/* Why a customer of the audience is not mailed, the first that applies. */
enum campaign_left {
    CAMPAIGN_GUEST = 0,         /* known by e-mail only */
    CAMPAIGN_NO_EMAIL,
    CAMPAIGN_DENIED,            /* consent */
    CAMPAIGN_UNSUBSCRIBED,      /* by the shop's file or by a mail */
    CAMPAIGN_GLOBAL,            /* held back from all campaigns */
    CAMPAIGN_LEFT_COUNT         /* none of them: may be mailed */
};

/* For the summary: "guests", "without e-mail", ... */
extern const char *const  campaign_left_names[CAMPAIGN_LEFT_COUNT];

/* Says nothing of CAMPAIGN_GLOBAL. */
enum campaign_left campaign_left(const struct rtn_customer *customer,
    bool is_suppressed);

/* The permanent hold-out as the settings have it. */
struct campaign_global {
    uint8_t   key[32];          /* wiped by campaign_global_release */
    uint32_t  ppm;
};

void campaign_global_init(struct cmd_context *ctx,
    struct campaign_global *global);
void campaign_global_release(struct campaign_global *global);

/* As campaign_left, and CAMPAIGN_GLOBAL for who could be mailed else. */
enum campaign_left campaign_left_draw(const struct campaign_global *global,
    const struct rtn_customer *customer, bool is_suppressed);

/*
 * Reads a campaign file, "-" being standard input; says what is wrong with
 * file, line and column.  campaign is released by the caller.
 */
int campaign_read(struct cmd_context *ctx, const char *path,
    struct rtn_campaign *campaign);

/* Finds a campaign by slug, or says that there is none.  campaign is released
   by the caller. */
int campaign_find(struct cmd_context *ctx, const char *slug,
    struct rtn_campaign *campaign);

/* Names of numbers; "" for no tier. */
const char *campaign_arm_name(const struct rtn_campaign *campaign,
    uint8_t arm);
const char *campaign_tier_name(const struct rtn_campaign *campaign,
    uint8_t tier);

/* How many recipients each arm and tier have. */
struct campaign_counts {
    uint64_t  recipients[RTN_ARMS_MAX + 1][RTN_TIERS_MAX + 1];
    uint64_t  coupons[RTN_ARMS_MAX + 1][RTN_TIERS_MAX + 1];
};

void campaign_counts_add(struct campaign_counts *counts,
    const struct rtn_recipient *recipient);

/* Prints them as a table, empty rows left out. */
int campaign_counts_print(struct cmd_context *ctx,
    const struct rtn_campaign *campaign,
    const struct campaign_counts *counts);

/*
 * A customer of the audience who may be mailed.  The recipient is complete
 * only after campaign_draw_assign; of the coupon, all but its code.
 */
struct campaign_candidate {
    char      *id;
    uint64_t   rank;
    size_t     index;           /* of the recipient */
};

struct campaign_draw {
    struct rtn_recipient       *recipients;     /* by customer number */
    struct campaign_candidate  *candidates;
    struct rta_priority_row    *priorities;     /* NULL: not limited */
    size_t                      priority_n;
    size_t                      priority_size;
    uint64_t                    beyond;         /* what the limit left out */
    uint64_t                    unknown;        /* without a priority */
    double                      cost_minor;     /* of those within it */
    double                      stake_minor;
    size_t                      n;
    size_t                      size;
    uint64_t                    audience;       /* who match */
    uint64_t                    left[CAMPAIGN_LEFT_COUNT];
    uint32_t                    batches;
    rtn_day_t                   as_of;
    struct campaign_counts      counts;
};

/*
 * Scans the customers for the audience and its tiers as of a day.  Says what
 * went wrong; an empty audience is.
 *
 * draw   zeros; released with campaign_draw_release, also on failure
 */
int campaign_draw_collect(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, rtn_day_t as_of,
    struct campaign_draw *draw);

/* Draws hold-out, arms and batches by the campaign's number. */
int campaign_draw_assign(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw);

/*
 * Private to campaign_draw.c: limits by priority.
 *
 * _needs   bits of enum rta_need; 0: the campaign has no limits
 * _check   that amounts are in the store's currency; an exit code
 * _add     judges the candidate that was added last; an RTN_ERR_*
 * _apply   drops the candidates that are beyond the limit; an RTN_ERR_*.
 *          margin is negative where none is known
 */
unsigned campaign_limit_needs(const struct rtn_campaign *campaign);
int campaign_limit_check(struct cmd_context *ctx,
    const struct rtn_campaign *campaign);
int campaign_limit_add(const struct rtn_campaign *campaign,
    const struct cmd_audience_row *row, const struct rta_outlook *outlook,
    struct campaign_draw *draw);
int campaign_limit_apply(const struct rtn_campaign *campaign, double margin,
    struct campaign_draw *draw);

void campaign_draw_release(struct campaign_draw *draw);

/* When a coupon of a tier is no longer valid, for a batch. */
int64_t campaign_expires_ms(const struct rtn_campaign *campaign, uint8_t tier,
    uint32_t batch);

/* Prints audience, who was left out, arms and tiers, batches with dates. */
int campaign_draw_print(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw);

/* Whether a day can count in both; of imported recipients the file has said
   their days, so they are to be looked at one by one.

   batches   of campaign, whose draw may not be stored yet */
bool campaign_may_overlap(const struct rtn_campaign *campaign,
    uint32_t batches, const struct rtn_campaign *other);

/* Warns of recipients whom another campaign counts at the same time.  An exit
   code. */
int campaign_overlap_warn(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw);

/* A C string as a run. */
struct rtn_str campaign_str(const char *text);

#endif /* CMD_CAMPAIGN_H_INCLUDED */
