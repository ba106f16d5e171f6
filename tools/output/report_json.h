/* Private to the report's JSON: its parts against the hold-out. */

#ifndef RTO_REPORT_JSON_H_INCLUDED
#define RTO_REPORT_JSON_H_INCLUDED

#include "object.h"
#include "report.h"

void rto_json_comparisons(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_segments(struct rto_object *object,
    const struct rta_report *counts);
/* "return_on_revenue", and "profit" where costs are known. */
void rto_json_returns(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_estimates(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_days(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_after(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_overlaps(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_conflicts(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_activity(struct rto_object *object,
    const struct rta_report *counts);
void rto_json_links(struct rto_object *object,
    const struct rto_report *report);

/* {"human": n, "unknown": n, "machine": n} */
void rto_json_classes(struct rto_object *object, const char *key,
    const uint64_t counts[RTN_CLASS_COUNT]);

#endif /* RTO_REPORT_JSON_H_INCLUDED */
