/*
 * Private to report_*.c: roll-ups on their way to the counting function.
 *
 * They come slice by slice, and each slice has customers from everywhere, so
 * counting them as they come waits for memory at nearly each: with a million
 * recipients two thirds of a report were that.  Some millions are gathered,
 * parted by customer, and counted part by part, each small enough for the
 * processor's own memory.  A thread reads and parts the next ones while these
 * are counted.
 */

#ifndef CMD_REPORT_GATHER_H_INCLUDED
#define CMD_REPORT_GATHER_H_INCLUDED

#include "report_load.h"
#include "rtn_fold.h"

/* Counts the recipients of a view.  What the view says; RTN_ERR_CORRUPT: a
   roll-up is nobody's; RTN_ERR_NOMEM; REPORT_STOPPED. */
int report_gather(struct report_load *load, struct rtn_fold_view *view);

#endif /* CMD_REPORT_GATHER_H_INCLUDED */
