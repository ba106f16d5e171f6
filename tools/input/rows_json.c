/* JSON lines: an object a line, its fields found by our columns' names. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "reader.h"
#include "rtn_text.h"

#define JSON_NUMBER_MAX     32      /* bytes of a number as text */
#define JSON_WHOLE_MAX      9007199254740992.0      /* 2^53 */
#define JSON_SHOWN_MAX      100     /* bytes of jansson's reason that we show */


static bool
json_is_deep(const json_t *value, unsigned left)
{
    void    *place;
    size_t   i;
    json_t  *root = (json_t *) value;

    if (!json_is_object(value) && !json_is_array(value)) {
        return false;
    }

    if (left == 0) {
        return true;
    }

    for (i = 0; i < json_array_size(value); i++) {
        if (json_is_deep(json_array_get(value, i), left - 1)) {
            return true;
        }
    }

    for (place = json_object_iter(root); place != NULL;
         place = json_object_iter_next(root, place))
    {
        if (json_is_deep(json_object_iter_value(place), left - 1)) {
            return true;
        }
    }

    return false;
}


static void
json_add_nested(struct rti_cells *cells, const json_t *value)
{
    char  *text = json_dumps(value, JSON_COMPACT);

    if (text == NULL) {
        cells->err = RTN_ERR_NOMEM;
        return;
    }

    rti_cells_add(cells, text, strlen(text));
    free(text);
}


/* Adds a value as the text that a CSV cell would have.  False: it has none. */

static bool
json_add(struct rti_cells *cells, const json_t *value)
{
    char    text[JSON_NUMBER_MAX];
    double  real;

    if (value == NULL) {
        rti_cells_add(cells, NULL, 0);
        return true;
    }

    switch (json_typeof(value)) {

    case JSON_STRING:
        rti_cells_add(cells, json_string_value(value),
                      json_string_length(value));
        return true;

    case JSON_INTEGER:
        snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        rti_cells_add(cells, text, strlen(text));
        return true;

    case JSON_REAL:
        real = json_real_value(value);

        if (real != floor(real) || fabs(real) > JSON_WHOLE_MAX) {
            return false;
        }

        snprintf(text, sizeof(text), "%.0f", real);
        rti_cells_add(cells, text, strlen(text));
        return true;

    case JSON_TRUE:
        rti_cells_add(cells, "true", 4);
        return true;

    case JSON_FALSE:
        rti_cells_add(cells, "false", 5);
        return true;

    case JSON_NULL:
        rti_cells_add(cells, NULL, 0);
        return true;

    case JSON_ARRAY:
    case JSON_OBJECT:
        json_add_nested(cells, value);
        return true;
    }

    return false;
}


static void
json_note_ignored(struct rti_rows *rows, json_t *object)
{
    void            *place;
    size_t           i;
    struct rtn_str   name;

    for (place = json_object_iter(object); place != NULL;
         place = json_object_iter_next(object, place))
    {
        name.data = json_object_iter_key(place);
        name.len = strlen(name.data);

        for (i = 0; i < rows->n; i++) {
            if (strcmp(rows->names[i], name.data) == 0) {
                break;
            }
        }

        if (i == rows->n && name.len > 0) {
            rti_rows_ignore(rows, name);
        }
    }
}


static void
json_fill(struct rti_rows *rows, struct rti_row *row, json_t *object)
{
    size_t  i;

    rti_cells_clear(&rows->cells);

    for (i = 0; i < rows->n; i++) {
        if (!json_add(&rows->cells, json_object_get(object, rows->names[i]))) {
            rti_row_bad(rows, row, "%s: a number with a fraction; write it "
                        "as a string", rows->columns[i].name);
            return;
        }
    }

    if (rows->cells.has_long) {
        rti_row_bad(rows, row, "a value longer than %d bytes", RTI_FIELD_MAX);
        return;
    }

    for (i = 0; i < rows->n && rows->cells.err == 0; i++) {
        rows->ours[i] = rti_cells_get(&rows->cells, i);
    }

    json_note_ignored(rows, object);
}


static void
json_read(struct rti_rows *rows, struct rti_row *row, struct rtn_str line)
{
    json_t        *object;
    json_error_t   error;

    if (!rtn_text_is_utf8(line)) {
        rti_row_bad(rows, row, "bytes that are not UTF-8");
        return;
    }

    object = json_loadb(line.data, line.len, JSON_REJECT_DUPLICATES, &error);

    if (object == NULL) {
        rti_row_bad(rows, row, "not JSON at byte %d: %.*s", error.position,
                    JSON_SHOWN_MAX, error.text);
        return;
    }

    if (!json_is_object(object)) {
        rti_row_bad(rows, row, "no JSON object");

    } else if (json_is_deep(object, RTI_JSON_DEPTH_MAX)) {
        rti_row_bad(rows, row, "nested deeper than %d", RTI_JSON_DEPTH_MAX);

    } else {
        json_fill(rows, row, object);
    }

    json_decref(object);
}


static int
json_reader_open(struct rti_rows *rows)
{
    rows->header[0] = RTN_STR("row");
    rows->header_count = 1;

    return 0;
}


static int
json_reader_next(struct rti_rows *rows, struct rti_row *row)
{
    int              rc;
    struct rti_line  line;

    do {
        rc = rti_lines_next(rows->lines, &line, &rows->fault);

        if (rc != 0) {
            return rc;
        }

        while (line.text.len > 0
               && memchr(" \t\r\n", line.text.data[line.text.len - 1], 4)
                  != NULL)
        {
            line.text.len--;
        }

    } while (line.text.len == 0);

    row->line = line.number;
    rows->raw[0] = line.text;
    row->raw_count = 1;

    if (line.is_cut) {
        rti_row_bad(rows, row, "longer than a row may be");
        return 0;
    }

    json_read(rows, row, line.text);

    return rows->cells.err;
}


const struct rti_reader  rti_json_reader = {
    json_reader_open,
    json_reader_next,
    NULL
};
