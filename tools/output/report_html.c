/*
 * The report as one page that asks nobody for anything: no script, no font,
 * no picture from elsewhere, and every text escaped.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "file.h"
#include "format.h"
#include "report_chart.h"

#define HTML_LINE_MAX  40           /* bytes of a text that is not broken */

struct html {
    FILE                *out;
    struct rto_figure    figure;    /* what the sheet's chart shows */
    size_t               n;         /* columns of the sheet */
};


void
rto_html_text(FILE *out, struct rtn_str text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        switch (text.data[i]) {

        case '&':
            fputs("&amp;", out);
            break;

        case '<':
            fputs("&lt;", out);
            break;

        case '>':
            fputs("&gt;", out);
            break;

        case '"':
            fputs("&quot;", out);
            break;

        case '\'':
            fputs("&#39;", out);
            break;

        default:
            fputc(text.data[i], out);
        }
    }
}


static void
html_string(FILE *out, const char *text)
{
    struct rtn_str  str = { text, strlen(text) };

    rto_html_text(out, str);
}


/* A name as an anchor: its letters in lower case, others as '-'. */

static void
html_anchor(FILE *out, const char *name)
{
    for ( /* void */ ; *name != '\0'; name++) {
        fputc(*name == ' ' ? '-' : *name | 0x20, out);
    }
}


static int
html_begin(void *data, const struct rto_sheet *sheet)
{
    size_t        i;
    struct html  *html = data;

    html->n = sheet->n;
    rto_figure_clear(&html->figure);

    fputs("<section id=\"", html->out);
    html_anchor(html->out, sheet->name);
    fputs("\">\n<h2>", html->out);
    html_string(html->out, sheet->name);
    fputs("</h2>\n", html->out);

    if (sheet->note != NULL) {
        fputs("<p>", html->out);
        html_string(html->out, sheet->note);
        fputs("</p>\n", html->out);
    }

    fputs("<div class=\"wide\"><table>\n<tr>", html->out);

    for (i = 0; i < sheet->n; i++) {
        fputs("<th>", html->out);
        html_string(html->out, sheet->headings[i]);
        fputs("</th>", html->out);
    }

    fputs("</tr>\n", html->out);

    return 0;
}


static void
html_fraction(FILE *out, const struct rto_cell *cell)
{
    int     digits;
    double  number = cell->value.fraction;

    switch (cell->look) {

    case RTO_LOOK_SHARE:
        fprintf(out, "%.2f %%", 100 * number);
        break;

    case RTO_LOOK_AMOUNT:
        digits = rtn_currency_digits(cell->currency);
        fprintf(out, "%.*f %s", digits < 0 ? 2 : digits, number,
                cell->currency);
        break;

    default:
        fprintf(out, "%.6g", number);
    }
}


/* The value as it is stands beside it, for who copies the page. */

static void
html_cell(FILE *out, const struct rto_cell *cell)
{
    char                     buffer[RTO_CELL_MAX];
    const struct rto_value  *value = &cell->value;
    struct rtn_str           text = rto_value_text(value, buffer);

    if (value->type == RTO_TEXT || value->type == 0) {
        fputs(text.len <= HTML_LINE_MAX ? "<td class=\"s\">" : "<td>", out);
        rto_html_text(out, text);
        fputs("</td>", out);
        return;
    }

    fprintf(out, "<td class=\"n\" data-value=\"%s\">", buffer);

    if (value->type == RTO_FRACTION) {
        html_fraction(out, cell);

    } else {
        fprintf(out, "%s%s%s", buffer, value->type == RTO_MONEY ? " " : "",
                value->type == RTO_MONEY ? value->currency : "");
    }

    fputs("</td>", out);
}


static int
html_row(void *data, const struct rto_cell *cells)
{
    size_t        i;
    struct html  *html = data;

    fputs("<tr>", html->out);

    for (i = 0; i < html->n; i++) {
        html_cell(html->out, &cells[i]);
    }

    fputs("</tr>\n", html->out);

    return rto_figure_add(&html->figure, cells, html->n);
}


static int
html_end(void *data, const struct rto_sheet *sheet)
{
    struct html  *html = data;

    fputs("</table></div>\n", html->out);
    rto_figure_draw(html->out, &html->figure, sheet);
    fputs("</section>\n", html->out);

    return 0;
}


static const char  html_style[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;"
    "max-width:72em;padding:0 1em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em}"
    ".wide{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{padding:.25em .7em;border-bottom:1px solid #ddd;"
    "text-align:left;vertical-align:top}"
    "th{background:#f4f4f4;position:sticky;top:0}"
    "td.s{white-space:nowrap}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}"
    "svg{display:block;margin:1em 0;max-width:100%;height:auto}"
    "svg text{font:12px system-ui,sans-serif;fill:#333}";


int
rto_report_html(FILE *out, const struct rto_report *report)
{
    int          rc;
    struct html  html = { .out = out };

    struct rto_binder  binder = { &html, html_begin, html_row, html_end };

    fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
            "<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\""
            "default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<title>");
    html_string(out, report->campaign);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>",
            html_style);
    html_string(out, report->title[0] != '\0' ? report->title
                                              : report->campaign);
    fputs("</h1>\n", out);

    rc = rto_book(report, &binder);

    rto_figure_release(&html.figure);
    fputs("</body>\n</html>\n", out);

    return rc == 0 ? rto_stream_err(out) : rc;
}
