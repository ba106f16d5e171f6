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
    const char              **names;        /* of tiers, then of messages,
                                               then of links */
    const char *const        *links;        /* within names */
    struct rta_response      *response;
    const struct rta_report  *report;       /* lives until release */
    bool                      finds_overlaps;
    uint64_t                  damaged;
    uint64_t                  repeats;
    uint64_t                  read;         /* records, for the bar */
    struct cmd_progress       progress;
};

/* What a report is to have; see struct rta_plan. */
struct report_wish {
    int64_t  cutoff_ms;             /* the first moment that is not counted */
    double   tau;
    bool     is_adjusted;
    bool     finds_overlaps;        /* with other campaigns */

    /* keeps what rta_response_person tells, in this currency; NULL: not */
    const char  *people_currency;
};

/*
 * Counts up to a moment, which is the first that is not counted.  Returns a
 * command's exit code, after saying what was wrong; load is released by
 * report_release in either case.
 */
int report_load(struct report_load *load, struct cmd_context *ctx,
    const char *slug, int64_t cutoff_ms);

/* The same, with more than the counts. */
int report_load_more(struct report_load *load, struct cmd_context *ctx,
    const char *slug, const struct report_wish *wish);

void report_release(struct report_load *load);


/* For scans in other files: report_step is given what a scan's step returned,
   and says what to do: 0 to count the record, RTN_ERR_NOT_FOUND at the end,
   RTN_ERR_CORRUPT to pass over it; everything else ends the scan.
   REPORT_STOPPED: it was interrupted; no RTN_ERR_* is positive. */
#define REPORT_STOPPED  1

int report_step(struct report_load *load, int rc);
bool report_goes_on(int rc);
int report_end(int rc);

/* Counts the event log: roll-ups and what is behind them, or all of it where
   they have gone beyond the cutoff (report_fold.c). */
int report_log(struct report_load *load);

/* Finds the other campaigns that have some of the recipients, where that was
   wished (report_overlap.c). */
int report_overlaps(struct report_load *load);

#endif /* CMD_REPORT_LOAD_H_INCLUDED */
