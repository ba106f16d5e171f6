/* Private to the report's text format: its table of comparisons, and the
   same numbers as sentences. */

#ifndef RTO_REPORT_WORDS_H_INCLUDED
#define RTO_REPORT_WORDS_H_INCLUDED

#include "report.h"

/* What happened, how sure that is, and what not to conclude; a verdict only
   for a window that is complete and a split as planned. */
void rto_report_words(FILE *out, const struct rto_report *report);

/* The table of comparisons; nothing where there are none. */
int rto_report_comparisons(FILE *out, const struct rta_report *counts);

/* The same within tiers and stages. */
int rto_report_segments(FILE *out, const struct rta_report *counts);

/* Opened, clicked, redeemed, bought: side by side, arm by arm. */
int rto_report_definitions(FILE *out, const struct rta_report *counts);

/* The same differences by other ways. */
int rto_report_estimates(FILE *out, const struct rta_report *counts);

/* What an estimate was made with, "rho 0.0200, variance less by 0.04 %". */
#define RTO_ESTIMATE_DETAIL_MAX  80     /* bytes, with NUL */

void rto_estimate_detail(const struct rta_estimate_row *row,
    char detail[RTO_ESTIMATE_DETAIL_MAX]);

/* How those who came back went on. */
int rto_report_after(FILE *out, const struct rta_report *counts);

#endif /* RTO_REPORT_WORDS_H_INCLUDED */
