/* A sheet's chart as SVG: columns, lines, or ranges. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "report_chart.h"

#define CHART_WIDTH    720.0
#define CHART_HEIGHT   290.0
#define CHART_LEFT      70.0        /* of the plot, for the axis' numbers */
#define CHART_TOP       30.0        /* for the title */
#define CHART_BOTTOM    60.0        /* for names and legend */
#define CHART_LABELS    8           /* names below the axis at most */
#define CHART_LABEL_MAX 14          /* bytes of a name there */
#define CHART_ROWS_FIRST 32

static const char *const  chart_colours[] = {
    "#2a6f97", "#e07a1f", "#5a9a3d", "#9b4f96", "#b8a100", "#7a7a7a"
};

#define CHART_COLOURS  (sizeof(chart_colours) / sizeof(chart_colours[0]))

struct chart {
    FILE                     *out;
    const struct rto_figure  *figure;
    const struct rto_chart   *plan;
    size_t                    rows;
    double                    low;
    double                    high;
};


void
rto_figure_clear(struct rto_figure *figure)
{
    size_t  i;

    for (i = 0; i < figure->n * RTO_FIGURE_LABELS; i++) {
        free(figure->labels[i]);
    }

    figure->n = 0;
    figure->size = 0;
    free(figure->labels);
    free(figure->numbers);
    figure->labels = NULL;
    figure->numbers = NULL;
}


void
rto_figure_release(struct rto_figure *figure)
{
    rto_figure_clear(figure);
}


static int
figure_grow(struct rto_figure *figure)
{
    void    *p;
    size_t   size = figure->size == 0 ? CHART_ROWS_FIRST : figure->size * 2;

    p = reallocarray(figure->labels, size,
                     RTO_FIGURE_LABELS * sizeof(*figure->labels));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    figure->labels = p;
    p = reallocarray(figure->numbers, size * figure->columns,
                     sizeof(*figure->numbers));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    figure->numbers = p;
    figure->size = size;

    return 0;
}


static double
figure_number(const struct rto_value *value)
{
    switch (value->type) {

    case RTO_INTEGER:
        return (double) value->number;

    case RTO_FRACTION:
        return value->fraction;

    default:
        return NAN;
    }
}


static int
figure_label(char **label, const struct rto_value *value)
{
    char            buffer[RTO_CELL_MAX];
    struct rtn_str  text = rto_value_text(value, buffer);

    *label = strndup(text.data != NULL ? text.data : "", text.len);

    return *label != NULL ? 0 : RTN_ERR_NOMEM;
}


int
rto_figure_add(struct rto_figure *figure, const struct rto_cell *cells,
    size_t n)
{
    int      rc = 0;
    size_t   i;
    char   **labels;

    figure->columns = n;

    if (figure->n == figure->size && figure_grow(figure) != 0) {
        return RTN_ERR_NOMEM;
    }

    labels = &figure->labels[figure->n * RTO_FIGURE_LABELS];
    memset(labels, 0, RTO_FIGURE_LABELS * sizeof(*labels));

    for (i = 0; i < RTO_FIGURE_LABELS && i < n && rc == 0; i++) {
        rc = figure_label(&labels[i], &cells[i].value);
    }

    for (i = 0; i < n; i++) {
        figure->numbers[figure->n * n + i] = figure_number(&cells[i].value);

        /* Below the first rows there may be other numbers. */

        if (figure->n == 0) {
            figure->is_share[i] = cells[i].look == RTO_LOOK_SHARE;
        }
    }

    figure->n++;

    return rc;
}


static double
chart_at(const struct chart *chart, size_t row, size_t column)
{
    return chart->figure->numbers[row * chart->figure->columns + column];
}


/* The axis holds 0 and all numbers; false: there are none. */

static bool
chart_scale(struct chart *chart)
{
    bool    has = false;
    double  number;
    size_t  row, column;

    for (row = 0; row < chart->rows; row++) {
        for (column = chart->plan->first; column <= chart->plan->last;
             column++)
        {
            number = chart_at(chart, row, column);

            if (isfinite(number)) {
                has = true;
                chart->low = fmin(chart->low, number);
                chart->high = fmax(chart->high, number);
            }
        }
    }

    if (chart->high == chart->low) {
        chart->high = chart->low + 1;
    }

    return has;
}


static double
chart_y(const struct chart *chart, double number)
{
    double  height = CHART_HEIGHT - CHART_TOP - CHART_BOTTOM;

    return CHART_TOP + height * (chart->high - number)
                       / (chart->high - chart->low);
}


static double
chart_step(const struct chart *chart)
{
    return (CHART_WIDTH - CHART_LEFT) / (double) chart->rows;
}


static void
chart_text(const struct chart *chart, double x, double y, const char *anchor,
    const char *text, size_t max)
{
    struct rtn_str  str = { text, strlen(text) };

    /* Cut between characters. */

    if (str.len > max) {
        str.len = max;

        while (str.len > 0 && ((unsigned char) text[str.len] & 0xC0) == 0x80) {
            str.len--;
        }
    }

    fprintf(chart->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x,
            y, anchor);
    rto_html_text(chart->out, str);
    fputs("</text>\n", chart->out);
}


static void
chart_axis(const struct chart *chart, const struct rto_sheet *sheet)
{
    int     i;
    char    text[32];
    double  number, y;
    size_t  row, every;
    bool    is_share = chart->figure->is_share[chart->plan->first];

    for (i = 0; i <= 4; i++) {
        number = chart->low + (chart->high - chart->low) * i / 4;
        y = chart_y(chart, number);
        snprintf(text, sizeof(text), is_share ? "%.3g %%" : "%.4g",
                 is_share ? 100 * number : number);
        fprintf(chart->out, "<line x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" "
                "y2=\"%.1f\" stroke=\"#ddd\"/>\n", CHART_LEFT, CHART_WIDTH, y,
                y);
        chart_text(chart, CHART_LEFT - 6, y + 4, "end", text, sizeof(text));
    }

    fprintf(chart->out, "<line x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" "
            "y2=\"%.1f\" stroke=\"#333\"/>\n", CHART_LEFT, CHART_WIDTH,
            chart_y(chart, 0), chart_y(chart, 0));
    chart_text(chart, CHART_LEFT, 18, "start", sheet->chart.title, 200);

    every = (chart->rows + CHART_LABELS - 1) / CHART_LABELS;

    for (row = 0; row < chart->rows; row += every) {
        for (i = 0; i <= (int) chart->plan->labels; i++) {
            chart_text(chart, CHART_LEFT
                       + chart_step(chart) * ((double) row + .5),
                       CHART_HEIGHT - CHART_BOTTOM + 16 + 14 * i, "middle",
                       chart->figure->labels[row * RTO_FIGURE_LABELS
                                             + (size_t) i],
                       CHART_LABEL_MAX);
        }
    }
}


static void
chart_legend(const struct chart *chart, const struct rto_sheet *sheet)
{
    double  x = CHART_LEFT;
    size_t  column;

    for (column = chart->plan->first; column <= chart->plan->last; column++) {
        fprintf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" "
                "height=\"10\" fill=\"%s\"/>\n", x, CHART_HEIGHT - 18,
                chart_colours[(column - chart->plan->first) % CHART_COLOURS]);
        chart_text(chart, x + 14, CHART_HEIGHT - 9, "start",
                   sheet->headings[column], RTO_BOOK_HEADING_MAX);
        x += 40 + 7 * (double) strlen(sheet->headings[column]);
    }
}


static void
chart_columns(const struct chart *chart)
{
    size_t  row, column, n = chart->plan->last - chart->plan->first + 1;
    double  number, top, zero = chart_y(chart, 0), width, x;

    width = chart_step(chart) * .8 / (double) n;

    for (row = 0; row < chart->rows; row++) {
        for (column = 0; column < n; column++) {
            number = chart_at(chart, row, chart->plan->first + column);

            if (!isfinite(number)) {
                continue;
            }

            top = chart_y(chart, number);
            x = CHART_LEFT + chart_step(chart) * ((double) row + .1)
                + width * (double) column;
            fprintf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                    "height=\"%.1f\" fill=\"%s\"/>\n", x, fmin(top, zero),
                    width, fabs(zero - top),
                    chart_colours[column % CHART_COLOURS]);
        }
    }
}


static void
chart_lines(const struct chart *chart)
{
    size_t  row, column;
    double  number;

    for (column = chart->plan->first; column <= chart->plan->last; column++) {
        fprintf(chart->out, "<polyline fill=\"none\" stroke=\"%s\" "
                "stroke-width=\"2\" points=\"",
                chart_colours[(column - chart->plan->first) % CHART_COLOURS]);

        for (row = 0; row < chart->rows; row++) {
            number = chart_at(chart, row, column);

            if (isfinite(number)) {
                fprintf(chart->out, "%.1f,%.1f ", CHART_LEFT
                        + chart_step(chart) * ((double) row + .5),
                        chart_y(chart, number));
            }
        }

        fputs("\"/>\n", chart->out);
    }
}


/* A point with its interval. */

static void
chart_ranges(const struct chart *chart)
{
    size_t  row;
    double  x, value, low, high;

    for (row = 0; row < chart->rows; row++) {
        x = CHART_LEFT + chart_step(chart) * ((double) row + .5);
        value = chart_at(chart, row, chart->plan->first);
        low = chart_at(chart, row, chart->plan->first + 1);
        high = chart_at(chart, row, chart->plan->first + 2);

        if (isfinite(low) && isfinite(high)) {
            fprintf(chart->out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                    "y2=\"%.1f\" stroke=\"#333\" stroke-width=\"2\"/>\n", x,
                    x, chart_y(chart, low), chart_y(chart, high));
        }

        if (isfinite(value)) {
            fprintf(chart->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" "
                    "fill=\"%s\"/>\n", x, chart_y(chart, value),
                    chart_colours[0]);
        }
    }
}


void
rto_figure_draw(FILE *out, const struct rto_figure *figure,
    const struct rto_sheet *sheet)
{
    struct chart  chart = {
        .out = out, .figure = figure, .plan = &sheet->chart
    };

    if (sheet->chart.kind == RTO_CHART_NONE) {
        return;
    }

    chart.rows = sheet->chart.rows;

    if (!chart_scale(&chart)) {
        return;
    }

    fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" role=\"img\">"
            "\n", CHART_WIDTH + 10, CHART_HEIGHT, CHART_WIDTH + 10);
    chart_axis(&chart, sheet);

    switch (sheet->chart.kind) {

    case RTO_CHART_COLUMNS:
        chart_columns(&chart);
        chart_legend(&chart, sheet);
        break;

    case RTO_CHART_LINES:
        chart_lines(&chart);
        chart_legend(&chart, sheet);
        break;

    default:
        chart_ranges(&chart);
    }

    fputs("</svg>\n", out);
}
