/* Tables: the table of formats, and the values that all of them write. */

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "format.h"

const char *const  rto_format_names[RTO_FORMATS + 1] = {
    [RTO_FORMAT_TEXT] = "text",
    [RTO_FORMAT_CSV] = "csv",
    [RTO_FORMAT_JSON] = "json",
    [RTO_FORMAT_JSONL] = "jsonl",
    [RTO_FORMAT_EXCEL] = "excel",
    [RTO_FORMATS] = NULL
};

static const struct rto_writer *const  table_writers[RTO_FORMATS] = {
    [RTO_FORMAT_TEXT] = &rto_text_writer,
    [RTO_FORMAT_CSV] = &rto_csv_writer,
    [RTO_FORMAT_JSON] = &rto_json_writer,
    [RTO_FORMAT_JSONL] = &rto_jsonl_writer,
    [RTO_FORMAT_EXCEL] = &rto_excel_writer
};


int
rto_begin(FILE *out, enum rto_format format, const struct rto_column *columns,
    size_t n, struct rto_table **table)
{
    int                rc;
    struct rto_table  *t;

    assert(n > 0 && n <= RTO_COLUMNS_MAX);
    assert((unsigned) format < RTO_FORMATS);

    t = calloc(1, sizeof(*t));

    if (t == NULL) {
        return RTN_ERR_NOMEM;
    }

    t->out = out;
    t->writer = table_writers[format];
    t->columns = columns;
    t->n = n;

    rc = t->writer->begin != NULL ? t->writer->begin(t) : 0;

    if (rc != 0) {
        free(t);
        return rc;
    }

    *table = t;

    return 0;
}


int
rto_row(struct rto_table *table, const struct rto_value *values)
{
    size_t  i;

    for (i = 0; i < table->n; i++) {
        assert(values[i].type == 0
               || values[i].type == table->columns[i].type);
    }

    if (table->err == 0) {
        table->err = table->writer->row(table, values);
        table->rows++;
    }

    if (table->err == 0) {
        table->err = rto_stream_err(table->out);
    }

    return table->err;
}


int
rto_end(struct rto_table *table)
{
    int  rc;

    if (table == NULL) {
        return 0;
    }

    if (table->err == 0 && table->writer->end != NULL) {
        table->err = table->writer->end(table);
    }

    if (table->err == 0) {
        table->err = rto_stream_err(table->out);
    }

    rc = table->err;

    free(table->bytes);
    free(table->widths);
    free(table);

    return rc;
}


struct rto_value
rto_absent(void)
{
    struct rto_value  value;

    memset(&value, 0, sizeof(value));

    return value;
}


struct rto_value
rto_text(struct rtn_str text)
{
    struct rto_value  value = rto_absent();

    value.type = RTO_TEXT;
    value.text = text;

    return value;
}


struct rto_value
rto_string(const char *text)
{
    struct rtn_str  str = { text, 0 };

    if (text == NULL) {
        return rto_absent();
    }

    str.len = strlen(text);

    return rto_text(str);
}


static struct rto_value
table_number(enum rto_type type, int64_t number)
{
    struct rto_value  value = rto_absent();

    value.type = type;
    value.number = number;

    return value;
}


struct rto_value
rto_integer(int64_t number)
{
    return table_number(RTO_INTEGER, number);
}


struct rto_value
rto_money(int64_t minor, const rtn_currency_t currency)
{
    struct rto_value  value = table_number(RTO_MONEY, minor);

    memcpy(value.currency, currency, sizeof(value.currency));

    return value;
}


struct rto_value
rto_fraction(double fraction)
{
    struct rto_value  value = rto_absent();

    if (isfinite(fraction)) {
        value.type = RTO_FRACTION;
        value.fraction = fraction;
    }

    return value;
}


struct rto_value
rto_time(int64_t ms)
{
    return table_number(RTO_TIME, ms);
}


struct rto_value
rto_day(rtn_day_t day)
{
    return table_number(RTO_DAY, day);
}


struct rto_value
rto_flag(bool flag)
{
    return table_number(RTO_FLAG, flag);
}


void
rto_shortest(double number, char buffer[RTO_CELL_MAX])
{
    int  digits;

    /* 17 digits tell any two doubles apart (IEEE 754). */

    for (digits = 15; digits <= 17; digits++) {
        snprintf(buffer, RTO_CELL_MAX, "%.*g", digits, number);

        if (strtod(buffer, NULL) == number) {
            break;
        }
    }
}


struct rtn_str
rto_value_text(const struct rto_value *value, char buffer[RTO_CELL_MAX])
{
    struct rtn_str  text = { buffer, 0 };

    buffer[0] = '\0';

    switch (value->type) {

    case RTO_TEXT:
        return value->text;

    case RTO_INTEGER:
        snprintf(buffer, RTO_CELL_MAX, "%" PRId64, value->number);
        break;

    case RTO_MONEY:
        rtn_money_format(value->number, value->currency, buffer);
        break;

    case RTO_FRACTION:
        rto_shortest(value->fraction, buffer);
        break;

    case RTO_TIME:
        rtn_time_format(value->number, buffer);
        break;

    case RTO_DAY:
        rtn_day_format((rtn_day_t) value->number, buffer);
        break;

    case RTO_FLAG:
        snprintf(buffer, RTO_CELL_MAX, "%s", value->number ? "yes" : "no");
        break;
    }

    text.len = strlen(buffer);

    return text;
}
