/*
 * Private to export_events.c: everything that happened, in the order of the
 * time at which it was recorded (imported: at which it occurred).
 */

#ifndef CMD_EXPORT_SOURCES_H_INCLUDED
#define CMD_EXPORT_SOURCES_H_INCLUDED

#include "export.h"
#include "rtn_coupon.h"
#include "rtn_event.h"

/* One row to be. */
struct export_record {
    int64_t                    at_ms;       /* what the merge goes by */
    bool                       is_received; /* at_ms is when it was recorded */
    const char                *kind;
    struct rtn_event           event;
    uint64_t                   code;        /* a coupon's; 0: none */
    struct rtn_coupon_change   change;      /* keeps the order's id */
};

struct export_source;

/*
 * Opens all sources.
 *
 * from_ms   what was recorded before it is left out
 * sources   closed by export_sources_close
 */
int export_sources_open(struct export_output *output, int64_t from_ms,
    struct export_source **sources);

/* The earliest that is left; lives until the next call.  RTN_ERR_NOT_FOUND:
   the end; EXPORT_STOPPED, RTN_ERR_*. */
int export_sources_next(struct export_source *sources,
    const struct export_record **record);

void export_sources_close(struct export_source *sources);

#endif /* CMD_EXPORT_SOURCES_H_INCLUDED */
