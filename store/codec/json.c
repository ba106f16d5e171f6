#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

#define JSON_NAME_SHOWN  40     /* bytes of an unknown field's name */

struct json_sentence {
    enum json_error_code  code;
    const char           *sentence;
};

static const struct json_sentence  json_sentences[] = {
    { json_error_invalid_utf8,          "bytes that are not UTF-8" },
    { json_error_premature_end_of_input, "the text ends too early" },
    { json_error_end_of_input_expected, "more text after the end" },
    { json_error_null_character,        "a string holds \\u0000" },
    { json_error_null_byte_in_key,      "a field's name holds \\u0000" },
    { json_error_duplicate_key,         "a field comes twice" },
    { json_error_numeric_overflow,      "a number is too large" }
};


static __thread bool  json_is_short;    /* an allocation of jansson failed */


static const char *
json_sentence_find(enum json_error_code code)
{
    size_t  i;

    for (i = 0; i < sizeof(json_sentences) / sizeof(json_sentences[0]); i++) {
        if (json_sentences[i].code == code) {
            return json_sentences[i].sentence;
        }
    }

    return "not JSON";
}


static int
json_limit(struct rtn_json_fault *fault, size_t line, size_t column,
    const char *what, int max)
{
    snprintf(fault->message, sizeof(fault->message),
             "line %zu, column %zu: more than %d %s", line, column, max, what);

    return RTN_ERR_LIMIT;
}


/*
 * Counts depth and values before jansson sees the text, since it recurses for
 * one and allocates for the other.  Up to the first fault in the text, where
 * jansson stops, this reads strings as jansson does.
 */
static int
json_scan(struct rtn_str text, size_t line, struct rtn_json_fault *fault)
{
    size_t  i, start, values;
    int     depth;
    bool    is_string;

    start = 0;
    values = 0;
    depth = 0;
    is_string = false;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '\n') {
            line++;
            start = i + 1;
        }

        if (is_string) {
            if (text.data[i] == '\\') {
                i++;

            } else if (text.data[i] == '"') {
                is_string = false;
            }

            continue;
        }

        switch (text.data[i]) {

        case '"':
            is_string = true;
            break;

        case '{':
        case '[':
            if (++depth > RTN_JSON_DEPTH_MAX) {
                return json_limit(fault, line, i - start + 1, "levels",
                                  RTN_JSON_DEPTH_MAX);
            }

            /* fall through */

        case ',':
            if (++values > RTN_JSON_VALUES_MAX) {
                return json_limit(fault, line, i - start + 1, "values",
                                  RTN_JSON_VALUES_MAX);
            }

            break;

        case '}':
        case ']':
            depth--;
            break;
        }
    }

    return RTN_OK;
}


/*
 * Where memory is short, jansson leaves bytes out of a string, or says that
 * good JSON is bad.
 */
static void *
json_allocate(size_t size)
{
    void  *p;

    p = malloc(size);

    if (p == NULL) {
        json_is_short = true;
    }

    return p;
}


int
rtn_json_load(struct rtn_str text, size_t line, json_t **root,
    bool *has_more, struct rtn_json_fault *fault)
{
    json_error_t  error;
    json_t       *found;
    int           err;

    *has_more = false;

    err = json_scan(text, line, fault);
    if (err != 0) {
        return err;
    }

    json_set_alloc_funcs(json_allocate, free);
    json_is_short = false;

    found = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);

    if (json_is_short) {
        json_decref(found);
        return RTN_ERR_NOMEM;
    }

    if (found != NULL) {
        *root = found;
        return RTN_OK;
    }

    *has_more = json_error_code(&error) == json_error_end_of_input_expected;

    snprintf(fault->message, sizeof(fault->message),
             "line %zu, column %d: %s",
             line + (error.line > 0 ? (size_t) error.line - 1 : 0),
             error.column > 0 ? error.column : 1,
             json_sentence_find(json_error_code(&error)));

    return RTN_ERR_JSON;
}


int
rtn_json_refuse(struct rtn_json_reader *reader, const char *field,
    const char *format, ...)
{
    va_list  args;
    char     sentence[96], listed[24], element[48];
    bool     has_place;

    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);

    listed[0] = '\0';
    element[0] = '\0';

    if (reader->is_listed) {
        snprintf(listed, sizeof(listed), "[%zu]%s", reader->index,
                 reader->list != NULL || field != NULL ? "." : "");
    }

    if (reader->list != NULL) {
        snprintf(element, sizeof(element), "%s[%zu]%s", reader->list,
                 reader->element, field != NULL ? "." : "");
    }

    has_place = reader->is_listed || reader->list != NULL || field != NULL;

    reader->fault->index = reader->index;
    snprintf(reader->fault->message, sizeof(reader->fault->message),
             "%s%s%s%s%s", listed, element, field != NULL ? field : "",
             has_place ? ": " : "", sentence);

    return RTN_ERR_JSON;
}


static int
json_refuse_unknown(struct rtn_json_reader *reader, const char *key,
    size_t len)
{
    struct rtn_str  name = { key, len };
    char            shown[JSON_NAME_SHOWN + 1];
    size_t          i;

    name.len = rtn_text_cut(name, JSON_NAME_SHOWN);

    for (i = 0; i < name.len; i++) {
        shown[i] = (uint8_t) key[i] < 0x20 || key[i] == 0x7F ? '?' : key[i];
    }

    shown[i] = '\0';

    return rtn_json_refuse(reader, NULL, "unknown field '%s'", shown);
}


static bool
json_is_known(const struct rtn_json_field *fields, size_t n, const char *key,
    size_t len)
{
    struct rtn_str  name = { key, len };
    size_t          i;

    for (i = 0; i < n; i++) {
        if (rtn_text_is(name, fields[i].name)) {
            return true;
        }
    }

    return false;
}


/* Refuses the first key that the table does not have. */
static int
json_check_known(struct rtn_json_reader *reader, const json_t *object,
    const struct rtn_json_field *fields, size_t n)
{
    json_t      *iterable;
    void        *at;
    const char  *key;
    size_t       len;

    /* jansson's iterators want a pointer to write through, but do not. */

    iterable = (json_t *) object;

    for (at = json_object_iter(iterable);
         at != NULL;
         at = json_object_iter_next(iterable, at))
    {
        key = json_object_iter_key(at);
        len = json_object_iter_key_len(at);

        if (!json_is_known(fields, n, key, len)) {
            return json_refuse_unknown(reader, key, len);
        }
    }

    return RTN_OK;
}


int
rtn_json_object_read(struct rtn_json_reader *reader, const json_t *object,
    const struct rtn_json_field *fields, size_t n, void *to)
{
    const json_t  *value;
    size_t         i;
    int            err;

    if (!json_is_object(object)) {
        return rtn_json_refuse(reader, NULL, "must be an object");
    }

    err = json_check_known(reader, object, fields, n);
    if (err != 0) {
        return err;
    }

    for (i = 0; i < n; i++) {
        value = json_object_get(object, fields[i].name);

        if (value == NULL) {
            if (fields[i].is_required) {
                return rtn_json_refuse(reader, fields[i].name, "is missing");
            }

            continue;
        }

        if ((fields[i].senders & 1u << reader->sender) == 0) {
            return rtn_json_refuse(reader, fields[i].name,
                                   "needs an API key");
        }

        err = fields[i].read(reader, &fields[i], value, to);
        if (err != 0) {
            return err;
        }
    }

    return RTN_OK;
}


int
rtn_json_read_text(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_str  text;

    if (!json_is_string(value)) {
        return rtn_json_refuse(reader, field->name, "must be a string");
    }

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    if (text.len == 0 || text.len > field->max) {
        return rtn_json_refuse(reader, field->name,
                               "must have 1 to %zu bytes", field->max);
    }

    if (rtn_text_has_control(text)) {
        return rtn_json_refuse(reader, field->name,
                               "holds a control character");
    }

    memcpy((char *) to + field->offset, &text, sizeof(text));

    return RTN_OK;
}


int
rtn_json_read_currency(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value,
    rtn_currency_t currency)
{
    struct rtn_str  text;

    if (!json_is_string(value)) {
        return rtn_json_refuse(reader, field->name, "must be a string");
    }

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    if (rtn_currency_parse(text, currency) != 0) {
        return rtn_json_refuse(reader, field->name,
                               "must be a code of ISO 4217, such as \"EUR\"");
    }

    return RTN_OK;
}


int
rtn_json_read_money(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value,
    const rtn_currency_t currency, int64_t *minor)
{
    struct rtn_str  text;
    char            number[24];
    int64_t         found;

    if (currency[0] == '\0') {
        return rtn_json_refuse(reader, field->name, "needs a currency");
    }

    if (json_is_string(value)) {
        text.data = json_string_value(value);
        text.len = json_string_length(value);

    } else if (json_is_integer(value)) {
        text.data = number;
        text.len = (size_t) snprintf(number, sizeof(number), "%" PRId64,
                                     (int64_t) json_integer_value(value));

    } else {
        return rtn_json_refuse(reader, field->name,
                               "must be a string such as \"30.00\", or a "
                               "whole number");
    }

    if (rtn_money_parse(text, currency, &found) != 0) {
        return rtn_json_refuse(reader, field->name,
                               "is not an amount in %s", currency);
    }

    if (found < 0) {
        return rtn_json_refuse(reader, field->name, "is negative");
    }

    *minor = found;

    return RTN_OK;
}
