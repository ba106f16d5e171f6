/*
 * The report as a workbook, by libxlsxwriter: numbers, days and money as what
 * they are, charts as Excel's own, so that an analyst can go on with them.
 * The same report gives the same bytes: the file's date is the as-of day.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "book.h"
#include "file.h"

#define XLSX_FORMAT_MAX     64      /* bytes of a number format, with NUL */
#define XLSX_WIDTH_MIN      10      /* of a column, in characters */
#define XLSX_WIDTH_MAX      60
#define XLSX_WIDTH_NUMBER   14
#define XLSX_A4             9
#define XLSX_RANGE_COLOUR   0x2a6f97

#define XLSX_DAY            "yyyy-mm-dd"
#define XLSX_DAY_MS         INT64_C(86400000)
#define XLSX_EPOCH_DAYS     25569   /* 1970-01-01 in Excel's days */

/* Small ones, as a p is, by their first digits. */
#define XLSX_NUMBER  "[<-0.001]#,##0.00##;[<0.001]0.0E+00;#,##0.00##"

struct xlsx {
    lxw_workbook   *workbook;
    lxw_worksheet  *sheet;
    lxw_format     *bold;
    lxw_format     *left;           /* bold, over texts behind numbers */
    lxw_format     *right;          /* bold, over numbers */
    lxw_format     *text;           /* behind numbers */
    lxw_format     *note;
    lxw_format     *integer;
    lxw_format     *number;
    lxw_format     *share;
    lxw_format     *day;
    lxw_format     *time;
    rtn_currency_t  currencies[RTA_CURRENCIES_MAX + 1];
    lxw_format     *amounts[RTA_CURRENCIES_MAX + 1];
    size_t          currency_count;
    size_t          n;              /* columns of the sheet */
    lxw_row_t       row;            /* the next one */
    lxw_row_t       first;          /* of the table's rows */
    int             err;            /* the first failure, or 0 */
    size_t          widths[RTO_BOOK_COLUMNS_MAX];
    bool            is_number[RTO_BOOK_COLUMNS_MAX];
    const char     *axes[RTO_BOOK_COLUMNS_MAX];     /* formats of axes, or
                                                       NULL */
};


static lxw_format *
xlsx_format(lxw_workbook *workbook, const char *number)
{
    lxw_format  *format = workbook_add_format(workbook);

    if (format != NULL && number != NULL) {
        format_set_num_format(format, number);
    }

    return format;
}


/* 1,234.50 "EUR", with the currency's digits. */

static lxw_format *
xlsx_amount(struct xlsx *xlsx, const rtn_currency_t currency)
{
    int     digits = rtn_currency_digits(currency);
    char    number[XLSX_FORMAT_MAX];
    size_t  i;

    for (i = 0; i < xlsx->currency_count; i++) {
        if (strcmp(xlsx->currencies[i], currency) == 0) {
            return xlsx->amounts[i];
        }
    }

    if (i == RTA_CURRENCIES_MAX + 1) {
        return NULL;
    }

    snprintf(number, sizeof(number), "#,##0%s%.*s \"%s\"",
             digits > 0 ? "." : "", digits > 0 ? digits : 0, "0000",
             currency);
    memcpy(xlsx->currencies[i], currency, sizeof(rtn_currency_t));
    xlsx->amounts[i] = xlsx_format(xlsx->workbook, number);
    xlsx->currency_count++;

    return xlsx->amounts[i];
}


static double
xlsx_major(int64_t minor, const rtn_currency_t currency)
{
    int     digits = rtn_currency_digits(currency);
    double  unit = 1;

    while (digits-- > 0) {
        unit *= 10;
    }

    return (double) minor / unit;
}


static int
xlsx_begin(void *data, const struct rto_sheet *sheet)
{
    size_t        i;
    struct xlsx  *xlsx = data;

    xlsx->sheet = workbook_add_worksheet(xlsx->workbook, sheet->name);

    if (xlsx->sheet == NULL) {
        return RTN_ERR_NOMEM;
    }

    worksheet_set_landscape(xlsx->sheet);
    worksheet_set_paper(xlsx->sheet, XLSX_A4);
    worksheet_fit_to_pages(xlsx->sheet, 1, 0);

    xlsx->row = 0;
    xlsx->n = sheet->n;

    if (sheet->note != NULL) {
        worksheet_write_string(xlsx->sheet, xlsx->row++, 0, sheet->note,
                               xlsx->note);
    }

    for (i = 0; i < sheet->n; i++) {
        xlsx->widths[i] = strlen(sheet->headings[i]);
        xlsx->is_number[i] = false;
        xlsx->axes[i] = NULL;
    }

    xlsx->first = ++xlsx->row;
    worksheet_freeze_panes(xlsx->sheet, xlsx->first, 1);

    return 0;
}


static void
xlsx_text(struct xlsx *xlsx, lxw_col_t column, struct rtn_str text)
{
    char  *copy = strndup(text.data, text.len);

    if (copy == NULL) {
        xlsx->err = RTN_ERR_NOMEM;
        return;
    }

    worksheet_write_string(xlsx->sheet, xlsx->row, column, copy,
                           column > 0 ? xlsx->text : NULL);
    free(copy);
}


static void
xlsx_number(struct xlsx *xlsx, lxw_col_t column, double number,
    lxw_format *format)
{
    worksheet_write_number(xlsx->sheet, xlsx->row, column, number, format);
}


static void
xlsx_cell(struct xlsx *xlsx, lxw_col_t column, const struct rto_cell *cell)
{
    const struct rto_value  *value = &cell->value;

    switch (value->type) {

    case RTO_TEXT:
        xlsx_text(xlsx, column, value->text);
        break;

    case RTO_INTEGER:
        xlsx_number(xlsx, column, (double) value->number, xlsx->integer);
        break;

    case RTO_MONEY:
        xlsx_number(xlsx, column, xlsx_major(value->number, value->currency),
                    xlsx_amount(xlsx, value->currency));
        break;

    case RTO_FRACTION:
        xlsx_number(xlsx, column, value->fraction,
                    cell->look == RTO_LOOK_SHARE ? xlsx->share
                    : cell->look == RTO_LOOK_AMOUNT
                      ? xlsx_amount(xlsx, cell->currency) : xlsx->number);
        break;

    case RTO_DAY:
        xlsx_number(xlsx, column, (double) (value->number + XLSX_EPOCH_DAYS),
                    xlsx->day);
        break;

    case RTO_TIME:
        xlsx_number(xlsx, column, (double) value->number / XLSX_DAY_MS
                                  + XLSX_EPOCH_DAYS, xlsx->time);
        break;

    case RTO_FLAG:
        worksheet_write_boolean(xlsx->sheet, xlsx->row, column,
                                value->number != 0, NULL);
        break;
    }
}


/* What a column is, its cells say; some are empty. */

static void
xlsx_look(struct xlsx *xlsx, size_t column, const struct rto_cell *cell)
{
    if (cell->value.type != 0 && cell->value.type != RTO_TEXT) {
        xlsx->is_number[column] = true;
    }

    if (cell->look == RTO_LOOK_SHARE) {
        xlsx->axes[column] = "0%";

    } else if (cell->value.type == RTO_DAY) {
        xlsx->axes[column] = XLSX_DAY;
    }
}


static int
xlsx_row(void *data, const struct rto_cell *cells)
{
    size_t        i, len;
    struct xlsx  *xlsx = data;

    for (i = 0; i < xlsx->n; i++) {
        xlsx_cell(xlsx, (lxw_col_t) i, &cells[i]);
        xlsx_look(xlsx, i, &cells[i]);

        len = cells[i].value.type == RTO_TEXT ? cells[i].value.text.len
                                              : XLSX_WIDTH_NUMBER;

        /* What is longer runs over the empty cells behind it. */

        if (len > xlsx->widths[i] && len <= XLSX_WIDTH_MAX) {
            xlsx->widths[i] = len;
        }
    }

    xlsx->row++;

    return xlsx->err;
}


static void
xlsx_series(struct xlsx *xlsx, const struct rto_sheet *sheet,
    lxw_chart *chart, size_t column)
{
    lxw_row_t           last;
    lxw_chart_line      hidden = { .none = LXW_TRUE };
    lxw_chart_fill      fill = { .color = XLSX_RANGE_COLOUR };
    lxw_chart_series   *series = chart_add_series(chart, NULL, NULL);

    if (series == NULL) {
        return;
    }

    last = xlsx->first + (lxw_row_t) sheet->chart.rows - 1;
    chart_series_set_categories(series, sheet->name, xlsx->first,
                                0, last, (lxw_col_t) sheet->chart.labels);
    chart_series_set_values(series, sheet->name, xlsx->first,
                            (lxw_col_t) column, last, (lxw_col_t) column);
    chart_series_set_name_range(series, sheet->name, xlsx->first - 1,
                                (lxw_col_t) column);

    if (sheet->chart.kind == RTO_CHART_RANGE) {
        chart_series_set_line(series, &hidden);
        chart_series_set_marker_fill(series, &fill);
        chart_series_set_marker_type(series, column == sheet->chart.first
                                             ? LXW_CHART_MARKER_CIRCLE
                                             : LXW_CHART_MARKER_LONG_DASH);
    }
}


static void
xlsx_axis(lxw_chart_axis *axis, const char *format)
{
    if (format != NULL) {
        chart_axis_set_num_format(axis, format);
    }
}


/* Below the table, where it hides nothing. */

static void
xlsx_chart(struct xlsx *xlsx, const struct rto_sheet *sheet)
{
    size_t      column;
    lxw_chart  *chart;

    if (sheet->chart.kind == RTO_CHART_NONE) {
        return;
    }

    chart = workbook_add_chart(xlsx->workbook,
                               sheet->chart.kind == RTO_CHART_COLUMNS
                               ? LXW_CHART_COLUMN : LXW_CHART_LINE);

    if (chart == NULL) {
        return;
    }

    for (column = sheet->chart.first; column <= sheet->chart.last; column++) {
        xlsx_series(xlsx, sheet, chart, column);
    }

    if (sheet->chart.kind == RTO_CHART_RANGE) {
        chart_set_high_low_lines(chart, NULL);
    }

    xlsx_axis(chart->x_axis, xlsx->axes[0]);
    xlsx_axis(chart->y_axis, xlsx->axes[sheet->chart.first]);
    chart_title_set_name(chart, sheet->chart.title);
    worksheet_insert_chart(xlsx->sheet, xlsx->row + 1, 0, chart);
}


static int
xlsx_end(void *data, const struct rto_sheet *sheet)
{
    size_t        i, width;
    struct xlsx  *xlsx = data;

    for (i = 0; i < xlsx->n; i++) {
        worksheet_write_string(xlsx->sheet, xlsx->first - 1, (lxw_col_t) i,
                               sheet->headings[i],
                               xlsx->is_number[i] ? xlsx->right
                               : i > 0 ? xlsx->left : xlsx->bold);
        width = xlsx->widths[i];
        width = width < XLSX_WIDTH_MIN ? XLSX_WIDTH_MIN
                : width > XLSX_WIDTH_MAX ? XLSX_WIDTH_MAX : width + 1;
        worksheet_set_column(xlsx->sheet, (lxw_col_t) i, (lxw_col_t) i,
                             (double) width, NULL);
    }

    xlsx_chart(xlsx, sheet);

    return 0;
}


static int
xlsx_fill(struct xlsx *xlsx, const struct rto_report *report)
{
    lxw_doc_properties  properties = { 0 };

    struct rto_binder  binder = { xlsx, xlsx_begin, xlsx_row, xlsx_end };

    xlsx->bold = xlsx_format(xlsx->workbook, NULL);
    xlsx->left = xlsx_format(xlsx->workbook, NULL);
    xlsx->right = xlsx_format(xlsx->workbook, NULL);
    xlsx->text = xlsx_format(xlsx->workbook, NULL);
    xlsx->note = xlsx_format(xlsx->workbook, NULL);
    xlsx->integer = xlsx_format(xlsx->workbook, "#,##0");
    xlsx->number = xlsx_format(xlsx->workbook, XLSX_NUMBER);
    xlsx->share = xlsx_format(xlsx->workbook, "0.00%");
    xlsx->day = xlsx_format(xlsx->workbook, XLSX_DAY);
    xlsx->time = xlsx_format(xlsx->workbook, XLSX_DAY " hh:mm:ss");

    if (xlsx->bold == NULL || xlsx->left == NULL || xlsx->right == NULL
        || xlsx->text == NULL || xlsx->note == NULL
        || xlsx->integer == NULL || xlsx->number == NULL
        || xlsx->share == NULL || xlsx->day == NULL || xlsx->time == NULL)
    {
        return RTN_ERR_NOMEM;
    }

    format_set_bold(xlsx->bold);
    format_set_bold(xlsx->left);
    format_set_indent(xlsx->left, 1);
    format_set_indent(xlsx->text, 1);
    format_set_bold(xlsx->right);
    format_set_align(xlsx->right, LXW_ALIGN_RIGHT);
    format_set_italic(xlsx->note);

    properties.title = (char *) report->campaign;
    properties.created = (time_t) report->as_of * 86400;
    workbook_set_properties(xlsx->workbook, &properties);

    return rto_book(report, &binder);
}


/* Who closes the pipe ends this here, so the name goes first. */

static int
xlsx_copy(FILE *out, const char *path)
{
    char    buffer[65536];
    FILE   *in = fopen(path, "rb");
    size_t  n;

    if (in == NULL) {
        return RTN_ERR_IO;
    }

    unlink(path);

    while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0) {
        fwrite(buffer, 1, n, out);
    }

    n = (size_t) ferror(in);
    fclose(in);

    return n != 0 ? RTN_ERR_IO : rto_stream_err(out);
}


/* The library wants a name to write to. */

static int
xlsx_write(FILE *out, const struct rto_report *report, const char *path)
{
    int          rc;
    lxw_error    err;
    struct xlsx  xlsx = { .workbook = workbook_new(path) };

    if (xlsx.workbook == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = xlsx_fill(&xlsx, report);
    err = workbook_close(xlsx.workbook);

    if (rc == 0 && err != LXW_NO_ERROR) {
        rc = err == LXW_ERROR_MEMORY_MALLOC_FAILED ? RTN_ERR_NOMEM
                                                   : RTN_ERR_IO;
    }

    return rc == 0 ? xlsx_copy(out, path) : rc;
}


int
rto_report_xlsx(FILE *out, const struct rto_report *report)
{
    int          fd, rc;
    char         path[4096];
    const char  *folder = getenv("TMPDIR");

    if (folder == NULL || *folder == '\0') {
        folder = P_tmpdir;
    }

    if (snprintf(path, sizeof(path), "%s/retention-XXXXXX", folder)
        >= (int) sizeof(path))
    {
        errno = ENAMETOOLONG;
        return RTN_ERR_IO;
    }

    fd = mkstemp(path);

    if (fd < 0) {
        return RTN_ERR_IO;
    }

    close(fd);
    rc = xlsx_write(out, report, path);
    unlink(path);

    return rc;
}
