/* A JSON document whose shape is no table, member by member. */

#include <inttypes.h>
#include <string.h>

#include "object.h"
#include "table.h"


static void
object_key(struct rto_object *object, const char *key)
{
    if (object->needs_comma) {
        fputs(", ", object->out);
    }

    if (key != NULL) {
        fprintf(object->out, "\"%s\": ", key);
    }

    object->needs_comma = true;
}


void
rto_object_open(struct rto_object *object, const char *key, char bracket)
{
    object_key(object, key);
    fputc(bracket, object->out);
    object->needs_comma = false;
}


void
rto_object_close(struct rto_object *object, char bracket)
{
    fputc(bracket, object->out);
    object->needs_comma = true;
}


/* A line of its own for what stands in a list. */

void
rto_object_open_row(struct rto_object *object)
{
    fputs(object->needs_comma ? ",\n  {" : "\n  {", object->out);
    object->needs_comma = false;
}


void
rto_object_line(struct rto_object *object)
{
    if (object->needs_comma) {
        fputs(",\n ", object->out);
        object->needs_comma = false;
    }
}


void
rto_object_text(struct rto_object *object, const char *key, const char *text)
{
    struct rtn_str  str = { text, text == NULL ? 0 : strlen(text) };

    object_key(object, key);

    if (text == NULL) {
        fputs("null", object->out);

    } else {
        rto_json_string(object->out, str);
    }
}


void
rto_object_count(struct rto_object *object, const char *key, uint64_t n)
{
    object_key(object, key);
    fprintf(object->out, "%" PRIu64, n);
}


void
rto_object_flag(struct rto_object *object, const char *key, bool flag)
{
    object_key(object, key);
    fputs(flag ? "true" : "false", object->out);
}


void
rto_object_number(struct rto_object *object, const char *key, bool has,
    double number)
{
    object_key(object, key);

    if (has) {
        rto_json_number(object->out, number);

    } else {
        fputs("null", object->out);
    }
}


void
rto_object_money(struct rto_object *object, const char *key, int64_t minor,
    const rtn_currency_t currency)
{
    char  text[RTN_MONEY_TEXT_MAX];

    rtn_money_format(minor, currency, text);
    rto_object_text(object, key, text);
}


void
rto_object_day(struct rto_object *object, const char *key, rtn_day_t day)
{
    char  text[11];

    rtn_day_format(day, text);
    rto_object_text(object, key, text);
}
