/* JSON, written by hand: jansson would hold a whole array in memory. */

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "rtn_text.h"
#include "format.h"


/* The length of the character at p, 0 where the bytes are not UTF-8. */

static size_t
json_character(const char *p, size_t left)
{
    size_t          len = 1;
    struct rtn_str  character = { p, 1 };

    while (len < left && len < 4 && ((uint8_t) p[len] & 0xC0) == 0x80) {
        len++;
    }

    character.len = len;

    return rtn_text_is_utf8(character) ? len : 0;
}


static void
json_escape(FILE *out, uint8_t byte)
{
    switch (byte) {

    case '"':
    case '\\':
        fprintf(out, "\\%c", byte);
        break;

    case '\n':
        fputs("\\n", out);
        break;

    case '\r':
        fputs("\\r", out);
        break;

    case '\t':
        fputs("\\t", out);
        break;

    default:
        fprintf(out, "\\u%04x", byte);
    }
}


void
rto_json_string(FILE *out, struct rtn_str text)
{
    size_t   i, len;
    uint8_t  byte;

    fputc('"', out);

    for (i = 0; i < text.len; i += len) {
        byte = (uint8_t) text.data[i];
        len = 1;

        if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F) {
            json_escape(out, byte);

        } else if (byte < 0x80) {
            fputc(byte, out);

        } else {
            len = json_character(text.data + i, text.len - i);

            if (len == 0) {
                fputs("\xEF\xBF\xBD", out);
                len = 1;

            } else {
                fwrite(text.data + i, 1, len, out);
            }
        }
    }

    fputc('"', out);
}


void
rto_json_number(FILE *out, double number)
{
    char  buffer[RTO_CELL_MAX];

    if (!isfinite(number)) {
        fputs("null", out);
        return;
    }

    rto_shortest(number, buffer);
    fputs(buffer, out);
}


static void
json_value(FILE *out, const struct rto_value *value)
{
    char  buffer[RTO_CELL_MAX];

    switch (value->type) {

    case RTO_INTEGER:
        fprintf(out, "%" PRId64, value->number);
        break;

    case RTO_FRACTION:
        rto_json_number(out, value->fraction);
        break;

    case RTO_FLAG:
        fputs(value->number ? "true" : "false", out);
        break;

    case RTO_TEXT:
    case RTO_MONEY:
    case RTO_TIME:
    case RTO_DAY:
        rto_json_string(out, rto_value_text(value, buffer));
        break;

    default:
        fputs("null", out);
    }
}


static void
json_object(struct rto_table *table, const struct rto_value *values)
{
    size_t          i;
    struct rtn_str  name;

    for (i = 0; i < table->n; i++) {
        name.data = table->columns[i].name;
        name.len = strlen(name.data);

        fputs(i == 0 ? "{" : ", ", table->out);
        rto_json_string(table->out, name);
        fputs(": ", table->out);
        json_value(table->out, &values[i]);
    }

    fputc('}', table->out);
}


static int
json_row(struct rto_table *table, const struct rto_value *values)
{
    fputs(table->rows == 0 ? "[\n  " : ",\n  ", table->out);
    json_object(table, values);

    return 0;
}


static int
json_end(struct rto_table *table)
{
    fputs(table->rows == 0 ? "[]\n" : "\n]\n", table->out);

    return 0;
}


static int
json_line(struct rto_table *table, const struct rto_value *values)
{
    json_object(table, values);
    fputc('\n', table->out);

    return 0;
}


const struct rto_writer  rto_json_writer = {
    NULL,
    json_row,
    json_end
};

const struct rto_writer  rto_jsonl_writer = {
    NULL,
    json_line,
    NULL
};
