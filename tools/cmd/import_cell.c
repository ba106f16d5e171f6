/* Cells of an import's row as values. */

#include "import.h"


static struct rtn_str
cell_trim(struct rtn_str cell)
{
    struct rtn_str  empty = { NULL, 0 };

    while (cell.len > 0 && cell.data[0] == ' ') {
        cell.data++;
        cell.len--;
    }

    while (cell.len > 0 && cell.data[cell.len - 1] == ' ') {
        cell.len--;
    }

    return cell.len > 0 ? cell : empty;
}


void
import_trim(struct import *import, struct rti_row *row)
{
    size_t  i;

    for (i = 0; i < import->kind->n; i++) {
        import->cells[i] = cell_trim(row->cells[i]);
    }

    row->cells = import->cells;
}


int
import_time(struct import *import, const struct rti_row *row, size_t column,
    int64_t *ms)
{
    int64_t      read_ms;
    const char  *reason;

    if (row->cells[column].data == NULL) {
        return 0;
    }

    if (rti_time(row->cells[column], &read_ms, &reason) != 0) {
        return import_reject(import, column, reason);
    }

    /* 0 means "not given" in the store. */

    if (read_ms <= 0) {
        return import_reject(import, column, "not after 1970-01-01");
    }

    *ms = read_ms;

    return 0;
}


int
import_money(struct import *import, const struct rti_row *row, size_t column,
    const rtn_currency_t currency, int64_t *minor)
{
    int64_t      read_minor;
    const char  *reason;

    if (row->cells[column].data == NULL) {
        return 0;
    }

    if (rti_money(row->cells[column], currency, &read_minor, &reason) != 0) {
        return import_reject(import, column, reason);
    }

    if (read_minor < 0) {
        return import_reject(import, column, "negative");
    }

    *minor = read_minor;

    return 0;
}


int
import_texts(struct import *import, const struct rti_row *row,
    const struct import_text *texts, size_t n, void *to, uint32_t *given)
{
    size_t           i;
    const char      *reason;
    struct rtn_str   cell;

    for (i = 0; i < n; i++) {
        cell = row->cells[texts[i].column];

        if (cell.data == NULL) {
            continue;
        }

        if (rti_text(cell, (char *) to + texts[i].offset, texts[i].size,
                     &reason) != 0)
        {
            return import_reject(import, texts[i].column, reason);
        }

        *given |= texts[i].given;
    }

    return 0;
}


int
import_customer_check(struct import *import, const struct rti_row *row,
    size_t id, size_t email)
{
    char         text[RTI_ID_MAX + 1], normalised[RTN_EMAIL_MAX + 1];
    const char  *reason;

    if (row->cells[id].data != NULL) {
        return rti_id(row->cells[id], text, &reason) == 0
               ? 0 : import_reject(import, id, reason);
    }

    if (email == IMPORT_NO_COLUMN) {
        return import_reject(import, id, "empty");
    }

    if (row->cells[email].data == NULL) {
        return import_reject(import, id, "empty, and no email either");
    }

    if (rtn_email_normalise(row->cells[email], normalised) != 0) {
        return import_reject(import, email, "not an e-mail address");
    }

    return 0;
}


int
import_customer_ensure(struct import *import, const struct rti_row *row,
    size_t id, size_t email, uint32_t *number)
{
    int       rc;
    uint32_t  known;

    if (row->cells[id].data != NULL) {
        known = import_known_get(import->known, row->cells[id]);

        if (known != 0) {
            *number = known;
            return 0;
        }

        rc = rtn_customer_ensure(import->ctx->store, row->cells[id], number);

        if (rc == 0) {
            import_known_put(import->known, row->cells[id], *number);
        }

        return rc;
    }

    return rtn_guest_ensure(import->ctx->store, row->cells[email], number);
}
