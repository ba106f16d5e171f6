/* Private to the report's text format: its tables, the same numbers as
   sentences, and words that other formats share. */

#ifndef RTO_REPORT_WORDS_H_INCLUDED
#define RTO_REPORT_WORDS_H_INCLUDED

#include "report.h"

/* What happened, how sure that is, and what not to conclude; a verdict only
   for a window that is complete and a split as planned. */
void rto_report_words(FILE *out, const struct rto_report *report);

/* The same, each time one or a few sentences that belong together.
   RTN_ERR_NOMEM. */
int rto_report_sentences(const struct rto_report *report,
    void (*each)(void *data, const char *sentence), void *data);

/* The table of comparisons; nothing where there are none. */
int rto_report_comparisons(FILE *out, const struct rta_report *counts);

/* The same within tiers and stages. */
int rto_report_segments(FILE *out, const struct rta_report *counts);

/* Opened, clicked, redeemed, bought: side by side, arm by arm. */
int rto_report_definitions(FILE *out, const struct rta_report *counts);

/* Who responded by a definition; offset is that of a count in a tally. */
struct rto_definition {
    const char  *name;
    const char  *heading;           /* in text, under the one before it */
    const char  *label;             /* where it stands alone */
    size_t       offset;
};

#define RTO_DEFINITIONS  8

extern const struct rto_definition  rto_definitions[RTO_DEFINITIONS];

uint64_t rto_definition_count(const struct rto_definition *definition,
    const struct rta_tally *tally);

/* The same differences by other ways. */
int rto_report_estimates(FILE *out, const struct rta_report *counts);

/* What an estimate was made with, "rho 0.0200, variance less by 0.04 %". */
#define RTO_ESTIMATE_DETAIL_MAX  80     /* bytes, with NUL */

void rto_estimate_detail(const struct rta_estimate_row *row,
    char detail[RTO_ESTIMATE_DETAIL_MAX]);

/* The name of that number: "rho". */
const char *rto_estimate_parameter(enum rta_estimate estimate);

/* How those who came back went on. */
int rto_report_after(FILE *out, const struct rta_report *counts);

/* A group of theirs: "came back, treated". */
const char *rto_after_label(enum rta_after_group group);

/* The differences times the recipients; profit, or the return on revenue. */
int rto_report_incremental(FILE *out, const struct rta_report *counts);
int rto_report_returns(FILE *out, const struct rta_report *counts);

/* Buyers by the end of each week, and clicks by link. */
int rto_report_days(FILE *out, const struct rta_report *counts);
int rto_report_links(FILE *out, const struct rto_report *report);

#endif /* RTO_REPORT_WORDS_H_INCLUDED */
