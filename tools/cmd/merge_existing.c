/* Attributes that a list has already: an export of the service, by e-mail. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../input/rows.h"
#include "merge.h"

struct existing_row {
    char  *email;                   /* normalised */
    char  *attributes;              /* JSON, an object without ours */
};

struct merge_existing {
    struct existing_row  *rows;
    size_t                n;
    size_t                size;
};

enum existing_column {
    EXISTING_EMAIL,
    EXISTING_ATTRIBUTES,
    EXISTING_COLUMNS
};

static const struct rti_column  existing_columns[EXISTING_COLUMNS] = {
    [EXISTING_EMAIL]      = { "email", true },
    [EXISTING_ATTRIBUTES] = { "attributes", true }
};


static int
existing_compare(const void *a, const void *b)
{
    const struct existing_row  *x = a, *y = b;

    return strcmp(x->email, y->email);
}


static int
existing_push(struct merge_existing *existing, const char *email, char *text)
{
    size_t                size;
    struct existing_row  *rows;

    if (existing->n == existing->size) {
        size = existing->size == 0 ? 1024 : existing->size * 2;
        rows = realloc(existing->rows, size * sizeof(*rows));

        if (rows == NULL) {
            return RTN_ERR_NOMEM;
        }

        existing->rows = rows;
        existing->size = size;
    }

    existing->rows[existing->n].email = strdup(email);

    if (existing->rows[existing->n].email == NULL) {
        return RTN_ERR_NOMEM;
    }

    existing->rows[existing->n++].attributes = text;

    return 0;
}


static int
existing_row(struct cmd_context *ctx, const char *path,
    const struct rti_row *row, struct merge_existing *existing)
{
    int               rc;
    char              email[RTN_EMAIL_MAX + 1], *text = NULL;
    json_t           *attributes;
    json_error_t      error;
    struct rtn_str    cell = row->cells[EXISTING_ATTRIBUTES];

    if (row->fault != NULL) {
        return cmd_fail(ctx, CMD_DATA, "%s:%" PRIu64 ": %s", path, row->line,
                        row->fault);
    }

    if (cell.data == NULL
        || rtn_email_normalise(row->cells[EXISTING_EMAIL], email) != 0)
    {
        return CMD_OK;
    }

    attributes = json_loadb(cell.data, cell.len, JSON_REJECT_DUPLICATES,
                            &error);

    if (!json_is_object(attributes)) {
        json_decref(attributes);
        return cmd_fail(ctx, CMD_DATA, "%s:%" PRIu64 ": the attributes are "
                        "not a JSON object", path, row->line);
    }

    json_object_del(attributes, "rtn");
    text = json_dumps(attributes, JSON_COMPACT);
    json_decref(attributes);

    rc = text == NULL ? RTN_ERR_NOMEM : existing_push(existing, email, text);

    if (rc != 0) {
        free(text);
        return cmd_fail_store(ctx, rc, "cannot read '%s'", path);
    }

    return CMD_OK;
}


static int
existing_rows(struct cmd_context *ctx, const char *path,
    struct merge_existing *existing)
{
    int                rc, code = CMD_OK;
    struct rti_row     row;
    struct rti_rows   *rows;
    struct rti_fault   fault;

    if (rti_rows_open(path, existing_columns, EXISTING_COLUMNS, NULL, 0,
                      &rows, &fault) != 0)
    {
        return cmd_fail(ctx, CMD_DATA, "cannot read '%s': %s", path,
                        fault.sentence);
    }

    while (code == CMD_OK && (rc = rti_rows_next(rows, &row)) == 0) {
        code = existing_row(ctx, path, &row, existing);
    }

    if (code == CMD_OK && rc != RTN_ERR_NOT_FOUND) {
        code = cmd_fail(ctx, CMD_DATA, "cannot read '%s': %s", path,
                        rti_rows_fault(rows)->sentence);
    }

    rti_rows_close(rows);

    return code;
}


int
merge_existing_read(struct cmd_context *ctx, const char *path,
    struct merge_existing **out)
{
    int                     rc;
    struct merge_existing  *existing;

    existing = calloc(1, sizeof(*existing));

    if (existing == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot read '%s'", path);
    }

    rc = existing_rows(ctx, path, existing);

    if (rc != CMD_OK) {
        merge_existing_free(existing);
        return rc;
    }

    if (existing->n > 0) {
        qsort(existing->rows, existing->n, sizeof(*existing->rows),
              existing_compare);
    }

    *out = existing;

    return CMD_OK;
}


const char *
merge_existing_find(const struct merge_existing *existing, const char *email)
{
    char                        normal[RTN_EMAIL_MAX + 1];
    struct rtn_str              text = campaign_str(email);
    struct existing_row         key = { normal, NULL };
    const struct existing_row  *found;

    if (existing == NULL || existing->n == 0
        || rtn_email_normalise(text, normal) != 0)
    {
        return NULL;
    }

    found = bsearch(&key, existing->rows, existing->n,
                    sizeof(*existing->rows), existing_compare);

    return found != NULL ? found->attributes : NULL;
}


void
merge_existing_free(struct merge_existing *existing)
{
    size_t  i;

    if (existing == NULL) {
        return;
    }

    for (i = 0; i < existing->n; i++) {
        free(existing->rows[i].email);
        free(existing->rows[i].attributes);
    }

    free(existing->rows);
    free(existing);
}
