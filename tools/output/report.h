/*
 * The report of a campaign in its formats, from one model: nothing is
 * counted or computed here.
 */

#ifndef RTO_REPORT_H_INCLUDED
#define RTO_REPORT_H_INCLUDED

#include <stdio.h>

#include "analysis/response.h"
#include "rtn_time.h"

/* The model, and what the counting does not need to know. */
struct rto_report {
    const struct rta_report  *counts;
    const char               *campaign;     /* slug */
    const char               *title;
    rtn_day_t                 starts;
    int32_t                   window_days;
    rtn_day_t                 as_of;        /* counted to its end, or to now */
    rtn_day_t                 last_day;     /* the last day of a window */
    bool                      has_orders_day;   /* known to a day's end */
    rtn_day_t                 orders_day;       /* that day */
    const char *const        *links;            /* names, by number - 1 */
    size_t                    link_count;
    bool                      is_excel;         /* CSV is for Excel */
};

/* A link's name; NULL: there is none of this number. */
const char *rto_report_link(const struct rto_report *report, uint8_t link);

/* Each returns 0 or RTN_ERR_IO, RTN_ERR_NOMEM. */
int rto_report_text(FILE *out, const struct rto_report *report);
int rto_report_json(FILE *out, const struct rto_report *report);
int rto_report_csv(FILE *out, const struct rto_report *report);
int rto_report_xlsx(FILE *out, const struct rto_report *report);
int rto_report_html(FILE *out, const struct rto_report *report);

#endif /* RTO_REPORT_H_INCLUDED */
