/*
 * Private to report_*.c: roll-ups on their way to the counting function.
 *
 * They come slice by slice, and each slice has customers from everywhere, so
 * counting them as they come waits for memory at nearly each: with a million
 * recipients two thirds of a report were that.  Some millions are gathered,
 * parted by customer, and counted part by part, each small enough for the
 * processor's own memory.
 */

#ifndef CMD_REPORT_GATHER_H_INCLUDED
#define CMD_REPORT_GATHER_H_INCLUDED

#include "../analysis/response.h"
#include "rtn_fold.h"

struct report_gather;

int report_gather_open(struct rta_response *response,
    struct report_gather **gather);

/* Adds a roll-up, or counts those that were added.  RTN_ERR_CORRUPT: one of
   them is nobody's.  RTN_ERR_NOMEM. */
int report_gather_add(struct report_gather *gather,
    const struct rtn_fold_recipient *recipient);

/* Counts what is left. */
int report_gather_end(struct report_gather *gather);

/* NULL is allowed. */
void report_gather_close(struct report_gather *gather);

#endif /* CMD_REPORT_GATHER_H_INCLUDED */
