/* Private to the report's CSV: its columns, the row at hand, and the part
   against the hold-out. */

#ifndef RTO_REPORT_CSV_H_INCLUDED
#define RTO_REPORT_CSV_H_INCLUDED

#include "report.h"
#include "table.h"

enum csv_column {
    CSV_SECTION = 0,
    CSV_ARM,
    CSV_AGAINST,
    CSV_TIER,
    CSV_STAGE,
    CSV_MESSAGE,
    CSV_METRIC,
    CSV_CLASS,
    CSV_CURRENCY,
    CSV_COUNT,
    CSV_AMOUNT,
    CSV_VALUE,
    CSV_LOW,
    CSV_HIGH,
    CSV_P,
    CSV_P_HOLM,
    CSV_RELATIVE,
    CSV_RELATIVE_LOW,
    CSV_RELATIVE_HIGH,
    CSV_ARM_VALUE,
    CSV_AGAINST_VALUE,
    CSV_METHOD,
    CSV_TEXT,
    CSV_COLUMNS
};

/* The row at hand; what is written is kept for the next. */
struct rto_report_rows {
    struct rto_table         *table;
    const struct rto_report  *report;
    const struct rta_report  *counts;
    struct rto_value          row[CSV_COLUMNS];
};

/* Begins rows of a section: all else is absent. */
void rto_rows_begin(struct rto_report_rows *rows, const char *section);

/* Writes the row at hand as a metric with a count, and takes it back. */
void rto_rows_count(struct rto_report_rows *rows, const char *metric,
    uint64_t n);

/* A number, or nothing. */
struct rto_value rto_rows_number(bool has, double number);

/* Writes a metric with a count a class, and takes it back. */
void rto_rows_classes(struct rto_report_rows *rows, const char *metric,
    const uint64_t counts[RTN_CLASS_COUNT]);

void rto_rows_comparisons(struct rto_report_rows *rows);
void rto_rows_estimates(struct rto_report_rows *rows);
void rto_rows_days(struct rto_report_rows *rows);
void rto_rows_returns(struct rto_report_rows *rows);
void rto_rows_after(struct rto_report_rows *rows);
void rto_rows_activity(struct rto_report_rows *rows);
void rto_rows_links(struct rto_report_rows *rows);
void rto_rows_overlaps(struct rto_report_rows *rows);

#endif /* RTO_REPORT_CSV_H_INCLUDED */
