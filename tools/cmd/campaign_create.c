/* campaign create: draws the recipients, once, and issues their coupons. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../input/campaign_file.h"
#include "campaign.h"
#include "campaign_issue.h"

/* Releases the lock with the process. */

static int
create_lock(struct cmd_context *ctx, int *fd)
{
    int  rc;

    rc = cmd_owner_enter(ctx);

    if (rc != CMD_OK) {
        return rc;
    }

    *fd = open(ctx->store_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cmd_owner_leave();

    if (*fd < 0) {
        return cmd_fail(ctx, CMD_STORE, "cannot open '%s': %s",
                        ctx->store_path, strerror(errno));
    }

    while (flock(*fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return cmd_fail(ctx, CMD_STORE, "cannot lock '%s': %s",
                            ctx->store_path, strerror(errno));
        }

        if (cmd_interrupted()) {
            return cmd_stop(ctx);
        }
    }

    return CMD_OK;
}


static bool
create_is_same(const struct rtn_campaign *stored,
    const struct rtn_campaign *campaign)
{
    return strcmp(stored->title, campaign->title) == 0
           && stored->cost_minor == campaign->cost_minor
           && strcmp(stored->cost_currency, campaign->cost_currency) == 0
           && stored->link_count == campaign->link_count;
}


/*
 * A link that 'campaign edit' has moved stays where it leads now: the file may
 * still have the target that the campaign was made with.
 */

static int
create_keep_edited(struct cmd_context *ctx, const struct rtn_campaign *stored,
    struct rtn_campaign *campaign)
{
    int                   rc;
    bool                  is_seen[RTN_LINKS_MAX] = { false };
    size_t                i, at;
    struct rtn_link_edit  edit;

    for (i = 0; ; i++) {
        rc = rtn_link_edit_get(ctx->store, stored->number, i, &edit);

        if (rc != 0) {
            break;
        }

        at = edit.link - 1u;

        if (at >= stored->link_count) {
            return cmd_fail_store(ctx, RTN_ERR_CORRUPT, "cannot read the "
                                  "links of campaign '%s'", stored->slug);
        }

        /* The first change of a link has its first target. */

        if (!is_seen[at] && at < campaign->link_count
            && strcmp(campaign->links[at].url, edit.old_url) == 0)
        {
            memcpy(campaign->links[at].url, stored->links[at].url,
                   sizeof(campaign->links[at].url));
        }

        is_seen[at] = true;
    }

    return rc == RTN_ERR_NOT_FOUND
           ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the links of "
                                     "campaign '%s'", stored->slug);
}


/* The campaign is there: only title, cost and new links may differ. */

static int
create_again(struct cmd_context *ctx, const struct rtn_campaign *stored,
    struct rtn_campaign *campaign)
{
    int                        rc;
    const char                *slug = campaign->slug;
    struct rti_campaign_fault  fault;

    if (memcmp(stored->digest, campaign->digest, sizeof(stored->digest)) != 0)
    {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' exists already, and "
                        "only title, cost and new links may change; give the "
                        "changed campaign another id", slug);
    }

    rc = create_keep_edited(ctx, stored, campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    if (rti_campaign_same_links(stored, campaign, &fault) != 0) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' exists already: %s",
                        slug, fault.message);
    }

    if (create_is_same(stored, campaign)) {
        fprintf(ctx->out, "campaign '%s' exists already, nothing changed\n",
                slug);
        return CMD_OK;
    }

    campaign->number = stored->number;
    campaign->status = stored->status;
    campaign->recipients = stored->recipients;
    campaign->batches = stored->batches;
    rc = rtn_campaign_update(ctx->store, campaign);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot change campaign '%s'", slug);
    }

    fprintf(ctx->out, "campaign '%s': title, cost and links are now those of "
            "the file\n", slug);

    return CMD_OK;
}


static int
create_begin(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    int  rc;

    rc = rtn_campaign_begin(ctx->store, campaign);

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot store campaign '%s'",
                                    campaign->slug);
}


/*
 * Draws for a campaign that has begun.  A draft from before keeps the day it
 * was judged at.
 */

static int
create_draw(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct campaign_draw *draw)
{
    int   rc = CMD_OK;
    char  day[11];

    if (draw->as_of != campaign->as_of) {
        rtn_day_format(campaign->as_of, day);
        cmd_warn(ctx, "going on with what was interrupted, as of %s", day);

        campaign_draw_release(draw);
        rc = campaign_draw_collect(ctx, campaign, campaign->as_of, draw);
    }

    return rc == CMD_OK ? campaign_draw_assign(ctx, campaign, draw) : rc;
}


/*
 * What an interrupted creation stored must be what is drawn now; customers
 * or orders may have come since.  Then it is drawn anew under another number:
 * its coupons were sent to nobody.
 */

static int
create_anew(struct cmd_context *ctx, struct rtn_campaign *campaign,
    struct campaign_draw *draw)
{
    int  rc;

    cmd_warn(ctx, "customers or orders have changed since campaign '%s' was "
             "interrupted; it is drawn anew", campaign->slug);

    /* A draft with another digest is abandoned. */

    campaign->digest[0] ^= 0xFF;
    rc = create_begin(ctx, campaign);
    campaign->digest[0] ^= 0xFF;
    campaign->as_of = ctx->as_of;

    if (rc == CMD_OK) {
        rc = create_begin(ctx, campaign);
    }

    if (rc != CMD_OK) {
        return rc;
    }

    campaign_draw_release(draw);
    rc = campaign_draw_collect(ctx, campaign, campaign->as_of, draw);

    return rc == CMD_OK ? campaign_draw_assign(ctx, campaign, draw) : rc;
}


/* Coupons, then recipients, then the record that makes it visible. */

static int
create_store(struct cmd_context *ctx, struct rtn_campaign *campaign,
    struct campaign_draw *draw)
{
    int   rc;
    bool  is_stale;

    rc = campaign_codes_derive(ctx, campaign, draw, &is_stale);

    if (rc == CMD_OK && is_stale) {
        rc = create_anew(ctx, campaign, draw);

        if (rc == CMD_OK) {
            rc = campaign_codes_derive(ctx, campaign, draw, &is_stale);
        }
    }

    if (rc == CMD_OK) {
        rc = campaign_coupons_issue(ctx, campaign, draw);
    }

    if (rc == CMD_OK) {
        rc = campaign_recipients_put(ctx, campaign, draw);
    }

    if (rc != CMD_OK) {
        return rc;
    }

    /* the draft once more, with what the draw has left out */

    campaign->global_left = (uint32_t) draw->left[CAMPAIGN_GLOBAL];
    rc = create_begin(ctx, campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_campaign_finish(ctx->store, campaign->number,
                             (uint32_t) draw->n, draw->batches);

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot store campaign '%s'",
                                    campaign->slug);
}


static int
create_drawn(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    int                   rc;
    struct campaign_draw  draw = { 0 };

    rc = campaign_draw_collect(ctx, campaign, campaign->as_of, &draw);

    if (rc == CMD_OK) {
        rc = create_begin(ctx, campaign);
    }

    if (rc == CMD_OK) {
        rc = create_draw(ctx, campaign, &draw);
    }

    if (rc == CMD_OK) {
        rc = create_store(ctx, campaign, &draw);
    }

    if (rc == CMD_OK) {
        fprintf(ctx->out, "created campaign '%s', number %" PRIu32 "\n",
                campaign->slug, campaign->number);
        rc = campaign_draw_print(ctx, campaign, &draw);
    }

    campaign_draw_release(&draw);

    return rc;
}


static int
create_imported(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    int  rc;

    rc = create_begin(ctx, campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_campaign_finish(ctx->store, campaign->number, 0, 0);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot store campaign '%s'",
                              campaign->slug);
    }

    fprintf(ctx->out, "created campaign '%s', number %" PRIu32 "\n"
            "next: retentionctl import recipients FILE\n", campaign->slug,
            campaign->number);

    return CMD_OK;
}


static int
create_new(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    campaign->as_of = ctx->as_of;
    campaign->created_ms = ctx->now_ms;
    campaign->global_ppm = ctx->settings->global_holdout_ppm;

    return campaign->is_imported ? create_imported(ctx, campaign)
                                 : create_drawn(ctx, campaign);
}


static int
create_locked(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    int                  rc;
    struct rtn_campaign  stored;

    rc = rtn_campaign_find(ctx->store, campaign_str(campaign->slug), &stored);

    if (rc == RTN_ERR_NOT_FOUND) {
        return create_new(ctx, campaign);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read campaign '%s'",
                              campaign->slug);
    }

    rc = create_again(ctx, &stored, campaign);
    rtn_campaign_release(&stored);

    return rc;
}


static int
create_run(struct cmd_context *ctx)
{
    int                  rc, lock = -1;
    struct rtn_campaign  campaign = { 0 };

    rc = campaign_read(ctx, ctx->arguments[0], &campaign);

    if (rc == CMD_OK) {
        rc = create_lock(ctx, &lock);
    }

    if (rc == CMD_OK) {
        rc = create_locked(ctx, &campaign);
    }

    if (lock >= 0) {
        close(lock);
    }

    rtn_campaign_release(&campaign);

    return rc;
}


const struct cmd_command  cmd_campaign_create = {
    .name = "campaign create",
    .run = create_run,
    .help = "draw a campaign's recipients and issue their coupons; who has "
            "no e-mail, denied consent or unsubscribed is left out",
    .example = "winback.yaml --as-of 2026-11-25",
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM | RTN_OPEN_COUPONS | RTN_OPEN_EVENTS,
    .flags = CMD_WRITES | CMD_AS_OF
};
