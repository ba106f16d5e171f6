/* Private to tools/output: a sheet's chart as SVG, drawn from its cells. */

#ifndef RTO_REPORT_CHART_H_INCLUDED
#define RTO_REPORT_CHART_H_INCLUDED

#include "book.h"

#define RTO_FIGURE_LABELS  2

/* The numbers of a sheet, NAN where there is none, and the first cells of each
   row as text.  Zeros begin. */
struct rto_figure {
    double   *numbers;              /* row by row */
    char    **labels;               /* RTO_FIGURE_LABELS a row */
    size_t    n;                    /* rows */
    size_t    size;
    size_t    columns;
    bool      is_share[RTO_BOOK_COLUMNS_MAX];   /* shown in per cent */
};

void rto_figure_clear(struct rto_figure *figure);
void rto_figure_release(struct rto_figure *figure);

/* RTN_ERR_NOMEM. */
int rto_figure_add(struct rto_figure *figure, const struct rto_cell *cells,
    size_t n);

/* Nothing where the sheet has no chart, or no numbers for it. */
void rto_figure_draw(FILE *out, const struct rto_figure *figure,
    const struct rto_sheet *sheet);

/* Text in HTML and SVG. */
void rto_html_text(FILE *out, struct rtn_str text);

#endif /* RTO_REPORT_CHART_H_INCLUDED */
