/* The script of an import: rows, slices, what is rejected, the summary. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../output/table.h"
#include "import.h"

#define IMPORT_SHOWN_MAX    10          /* rejected rows said on the spot */
#define IMPORT_LABEL_WIDTH  20          /* columns of the summary's labels */
#define IMPORT_LOOK_ROWS    1000        /* between two looks around */

#define IMPORT_NICE         10          /* nginx goes first */


int
import_reject(struct import *import, size_t column, const char *reason)
{
    import->column = column == IMPORT_ROW ? NULL
                                          : import->kind->columns[column].name;
    snprintf(import->reason, sizeof(import->reason), "%s", reason);

    return IMPORT_REJECTED;
}


static void
import_label(struct import *import, const char *name, const char *label)
{
    FILE  *out = import->ctx->out;

    if (import->ctx->is_json) {
        fprintf(out, "%s\"%s\": ", import->said == 0 ? "{" : ", ", name);

    } else {
        fprintf(out, "%-*s ", IMPORT_LABEL_WIDTH, label);
    }

    import->said++;
}


static void
import_line_end(struct import *import)
{
    if (!import->ctx->is_json) {
        fputc('\n', import->ctx->out);
    }
}


void
import_say_count(struct import *import, const char *name, const char *label,
    uint64_t count)
{
    import_label(import, name, label);
    fprintf(import->ctx->out, "%" PRIu64, count);
    import_line_end(import);
}


void
import_say_text(struct import *import, const char *name, const char *label,
    const char *text)
{
    FILE            *out = import->ctx->out;
    struct rtn_str   string = { text, text != NULL ? strlen(text) : 0 };

    if (!import->ctx->is_json && text == NULL) {
        return;
    }

    import_label(import, name, label);

    if (!import->ctx->is_json) {
        fputs(text, out);

    } else if (text == NULL) {
        fputs("null", out);

    } else {
        rto_json_string(out, string);
    }

    import_line_end(import);
}


void
import_say_day(struct import *import, const char *name, const char *label,
    rtn_day_t day)
{
    char  text[11];

    rtn_day_format(day, text);
    import_say_text(import, name, label, text);
}


void
import_say_time(struct import *import, const char *name, const char *label,
    int64_t ms)
{
    char  text[RTN_TIME_TEXT_MAX];

    rtn_time_format(ms, text);
    import_say_text(import, name, label, text);
}


static void
import_say_flag(struct import *import, const char *name, bool flag)
{
    import_label(import, name, name);
    fputs(flag ? "true" : "false", import->ctx->out);
    import_line_end(import);
}


static void
import_summary(struct import *import)
{
    const char  *ignored = rti_rows_ignored(import->rows);

    import->said = 0;

    import_say_count(import, "rows", "rows", import->row_count);
    import_say_count(import, "new", "new", import->puts[RTN_PUT_NEW]);
    import_say_count(import, "changed", "changed",
                     import->puts[RTN_PUT_CHANGED]);
    import_say_count(import, "unchanged", "unchanged",
                     import->puts[RTN_PUT_SAME]);
    import_say_count(import, "older", "older", import->puts[RTN_PUT_OLDER]);
    import_say_count(import, "rejected", "rejected",
                     rti_rejected_count(import->rejected));
    import_say_text(import, "rejected_file", "rejected rows are in",
                    rti_rejected_path(import->rejected));
    import_say_text(import, "ignored_columns", "columns not read",
                    *ignored != '\0' ? ignored : NULL);

    if (import->kind->summary != NULL) {
        import->kind->summary(import);
    }

    if (import->ctx->is_json) {
        import_say_flag(import, "dry_run", import->is_dry);
        import_say_flag(import, "complete",
                        !import->is_stopped && !import->is_cut);
        fputs("}\n", import->ctx->out);

    } else if (import->is_dry) {
        fputs("nothing was written\n", import->ctx->out);
    }
}


/* A rejected file that cannot be written loses no row of the import: its
   error is kept by rejected, and said at the end. */

static void
import_put_aside(struct import *import, const struct rti_row *row)
{
    const char  *column = import->column;
    uint64_t     count;

    (void) rti_rejected_put(import->rejected, row, column, import->reason);

    count = rti_rejected_count(import->rejected);

    if (count <= IMPORT_SHOWN_MAX) {
        cmd_warn(import->ctx, "line %" PRIu64 ": %s%s%s", row->line,
                 column != NULL ? column : "", column != NULL ? ": " : "",
                 import->reason);

    } else if (count == IMPORT_SHOWN_MAX + 1) {
        cmd_warn(import->ctx, "more rows are bad");
    }
}


static int
import_row(struct import *import, const struct rti_row *row)
{
    int           rc;
    enum rtn_put  put = 0;

    import->row_count++;

    if (row->fault != NULL) {
        rc = import_reject(import, IMPORT_ROW, row->fault);

    } else {
        rc = import->kind->row(import, row, &put);
    }

    if (rc == IMPORT_REJECTED) {
        import_put_aside(import, row);
        return 0;
    }

    if (rc == 0) {
        import->puts[put]++;
    }

    return rc;
}


static int
import_slice_end(struct import *import)
{
    int                rc;
    struct rtn_store  *store = import->ctx->store;

    rc = import->kind->slice != NULL ? import->kind->slice(import) : 0;

    if (rc != 0 || import->is_dry) {
        rtn_crm_abort(store);
        return rc;
    }

    rc = rtn_crm_commit(store);

    if (rc == 0 && import->kind->kept != NULL) {
        rc = import->kind->kept(import);
    }

    return rc;
}


static void
import_progress(struct import *import)
{
    uint64_t  done, total;

    rti_rows_position(import->rows, &done, &total);
    cmd_progress_at(&import->progress, total != 0 ? done : import->row_count);
}


/* Whether another row goes into the slice; looks around now and then. */

static bool
import_goes_on(struct import *import, size_t n)
{
    size_t  max = import->kind->slice_rows;

    if (n == (max != 0 ? max : RTN_SLICE_ROWS)) {
        return false;
    }

    if (n == 0 || n % IMPORT_LOOK_ROWS != 0) {
        return true;
    }

    import_progress(import);

    return !rtn_crm_is_full(import->ctx->store) && !cmd_interrupted();
}


/* has_more: the file did not end here. */

static int
import_slice(struct import *import, bool *has_more)
{
    int             rc, read = 0;
    size_t          n;
    struct rti_row  row;

    rc = rtn_crm_begin(import->ctx->store);

    if (rc != 0) {
        return rc;
    }

    for (n = 0; import_goes_on(import, n); n++) {
        read = rti_rows_next(import->rows, &row);

        if (read != 0) {
            break;
        }

        import_trim(import, &row);
        rc = import_row(import, &row);

        if (rc != 0) {
            rtn_crm_abort(import->ctx->store);
            return rc;
        }
    }

    import->is_cut = read != 0 && read != RTN_ERR_NOT_FOUND;
    *has_more = read == 0;
    import_progress(import);

    return import_slice_end(import);
}


static int
import_rows(struct import *import)
{
    int   rc;
    bool  has_more;

    do {
        rc = import_slice(import, &has_more);

        if (rc != 0) {
            return rc;
        }

        import->is_stopped = has_more && cmd_interrupted();
    } while (has_more && !import->is_stopped);

    if (import->is_dry) {
        return 0;
    }

    if (import->kind->finish != NULL && !import->is_stopped
        && !import->is_cut)
    {
        rc = import->kind->finish(import);
    }

    return rc == 0 ? rtn_customer_index_extend(import->ctx->store) : rc;
}


static int
import_open(struct import *import)
{
    int                           rc;
    bool                          is_kept;
    struct rti_fault              fault;
    struct cmd_context           *ctx = import->ctx;
    const struct import_kind     *kind = import->kind;
    const struct import_options  *options = ctx->options;

    rc = rti_rows_open(import->path, kind->columns, kind->n,
                       options->maps.items, options->maps.n, &import->rows,
                       &fault);

    if (rc != 0 && fault.is_usage) {
        return cmd_fail(ctx, CMD_USAGE, "%s", fault.sentence);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot read '%s': %s", import->path,
                        fault.sentence);
    }

    /* A dry run leaves no file behind, a strict one that fails does. */

    is_kept = !options->is_dry_run;

    rc = rti_rejected_open(is_kept ? import->path : "-", import->rows,
                           &import->rejected);

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot replace '%s.rejected.csv': %s",
                        import->path, rtn_strerror(rc));
    }

    import->known = import->is_dry ? NULL : import_known_new();
    import->data = calloc(1, kind->data_size + 1);

    if (import->data == NULL) {
        return cmd_fail(ctx, CMD_DATA, "out of memory");
    }

    return CMD_OK;
}


static int
import_close(struct import *import, int code)
{
    int  rc = rti_rejected_close(import->rejected);

    rti_rows_close(import->rows);

    if (import->data != NULL && import->kind->release != NULL) {
        import->kind->release(import);
    }

    free(import->data);
    import_known_free(import->known);

    import->rows = NULL;
    import->rejected = NULL;
    import->data = NULL;
    import->known = NULL;

    if (rc != 0 && code == CMD_OK) {
        return cmd_fail(import->ctx, CMD_DATA, "cannot write "
                        "'%s.rejected.csv': %s", import->path,
                        rtn_strerror(rc));
    }

    return code;
}


/* How an import ended that the store did not refuse. */

static int
import_verdict(struct import *import)
{
    uint64_t                 rejected;
    const struct rti_fault  *fault;

    rejected = rti_rejected_count(import->rejected);

    if (import->is_cut) {
        fault = rti_rows_fault(import->rows);

        return cmd_fail(import->ctx, CMD_DATA, "cannot read '%s' past line "
                        "%" PRIu64 ": %s", import->path, fault->line,
                        fault->sentence);
    }

    if (import->is_stopped) {
        return cmd_stop(import->ctx);
    }

    if (rejected > 0 && rejected == import->row_count) {
        return cmd_fail(import->ctx, CMD_DATA, "every row of '%s' is bad",
                        import->path);
    }

    return CMD_OK;
}


/*
 * One pass over the file.
 *
 * is_check   the first pass of a strict import: goes no further, and prints a
 *            summary only, when there is a bad row
 */

static int
import_pass(struct import *import, bool is_dry, bool is_check)
{
    int       rc, code;
    uint64_t  done, total;

    memset(import->puts, 0, sizeof(import->puts));
    import->row_count = 0;
    import->is_dry = is_dry;
    import->is_cut = false;

    code = import_open(import);

    if (code != CMD_OK) {
        return import_close(import, code);
    }

    rti_rows_position(import->rows, &done, &total);
    cmd_progress_begin(&import->progress, import->ctx,
                       is_check ? "checking" : "importing", total);

    rc = import_rows(import);

    cmd_progress_end(&import->progress);

    if (rc != 0) {
        code = cmd_fail_store(import->ctx, rc, "cannot import '%s'",
                              import->path);
        return import_close(import, code);
    }

    if (!is_check || import->is_cut
        || rti_rejected_count(import->rejected) > 0)
    {
        import_summary(import);
    }

    code = import_verdict(import);

    if (code == CMD_OK && is_check
        && rti_rejected_count(import->rejected) > 0)
    {
        code = cmd_fail(import->ctx, CMD_DATA, "nothing was imported from "
                        "'%s': --strict wants every row to be good",
                        import->path);
    }

    return import_close(import, code);
}


int
import_run(struct cmd_context *ctx, const struct import_kind *kind)
{
    int                           code;
    struct import                 import = { 0 };
    const struct import_options  *options = ctx->options;

    import.ctx = ctx;
    import.kind = kind;
    import.path = ctx->arguments[0];

    (void) setpriority(PRIO_PROCESS, 0,
                       getpriority(PRIO_PROCESS, 0) + IMPORT_NICE);

    if (options->is_strict && strcmp(import.path, "-") == 0) {
        return cmd_fail(ctx, CMD_USAGE, "--strict reads the file twice; give "
                        "its name in place of '-'");
    }

    if (options->is_strict) {
        code = import_pass(&import, true, true);

        if (code != CMD_OK) {
            return code;
        }
    }

    return import_pass(&import, options->is_dry_run, false);
}
