/* Private to report.c: reads a campaign and counts what became of it. */

#ifndef CMD_REPORT_LOAD_H_INCLUDED
#define CMD_REPORT_LOAD_H_INCLUDED

#include "analysis/response.h"
#include "cmd.h"
#include "rtn_campaign.h"

#define REPORT_DAMAGED_MAX  100000      /* bad records: then the store is bad */

struct report_load {
    struct cmd_context       *ctx;
    struct rtn_campaign       campaign;
    struct rta_plan           plan;         /* its names are campaign's */
    struct rta_plan_arm      *arms;
    const char              **names;        /* of tiers, then of messages */
    struct rta_response      *response;
    const struct rta_report  *report;       /* lives until release */
    uint64_t                  damaged;
    uint64_t                  repeats;
    uint64_t                  read;         /* records, for the bar */
    struct cmd_progress       progress;
};

/*
 * Counts.  cutoff_ms is the first moment that is not counted.  Returns a
 * command's exit code, after saying what was wrong; load is released by
 * report_release in either case.
 */
int report_load(struct report_load *load, struct cmd_context *ctx,
    const char *slug, int64_t cutoff_ms);

void report_release(struct report_load *load);

#endif /* CMD_REPORT_LOAD_H_INCLUDED */
