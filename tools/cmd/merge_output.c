/* The files of a merge: split where one would be too large, private, and
   beside them the tags for the service's templates. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"

#define OUTPUT_PATH_MAX  4096


static int
output_fail(struct merge *merge, int rc, const char *path)
{
    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(merge->ctx, CMD_DATA, "'%s' exists; use --force to "
                        "replace it", path);
    }

    return cmd_fail(merge->ctx, CMD_DATA, "cannot write '%s': %s", path,
                    errno != 0 ? strerror(errno) : rtn_strerror(rc));
}


/* "x.csv" for the first part, "x-2.csv" for the second. */

static void
output_part_path(const struct merge_output *output, size_t part, char *path)
{
    const char  *slash = strrchr(output->path, '/');
    const char  *dot = strchr(slash != NULL ? slash : output->path, '.');
    int          stem = dot == NULL || dot == output->path
                        ? (int) strlen(output->path)
                        : (int) (dot - output->path);

    if (part == 0) {
        snprintf(path, OUTPUT_PATH_MAX, "%s", output->path);

    } else {
        snprintf(path, OUTPUT_PATH_MAX, "%.*s-%zu%s", stem, output->path,
                 part + 1, output->path + stem);
    }
}


static FILE *
output_stream(struct merge *merge)
{
    struct merge_output  *output = &merge->output;

    return rto_file_stream(output->parts[output->part_count - 1]);
}


static int
output_open_part(struct merge *merge)
{
    int                   rc;
    char                  path[OUTPUT_PATH_MAX];
    long                  size;
    struct merge_output  *output = &merge->output;

    if (output->part_count == MERGE_PARTS_MAX) {
        return cmd_fail(merge->ctx, CMD_DATA, "more than %d files; write one "
                        "batch at a time with --batch", MERGE_PARTS_MAX);
    }

    output_part_path(output, output->part_count, path);
    errno = 0;
    rc = rto_file_open(path, output->flags,
                       &output->parts[output->part_count]);

    if (rc != 0) {
        return output_fail(merge, rc, path);
    }

    output->part_count++;
    output->rows = 0;

    /* The header is measured as a row is. */

    rewind(output->memory);
    merge->format->header(merge, output->memory);
    size = ftell(output->memory);
    fflush(output->memory);
    fwrite(output->buffer, 1, (size_t) size, output_stream(merge));
    output->bytes = (uint64_t) size;

    return CMD_OK;
}


int
merge_output_begin(struct merge *merge)
{
    struct merge_output         *output = &merge->output;
    const struct merge_options  *options = merge->options;

    output->path = options->output != NULL ? options->output : "-";
    output->flags = RTO_FILE_PRIVATE
                    | (options->is_force ? RTO_FILE_FORCE : 0);
    output->bytes_max = options->bytes_max != 0
                        ? (uint64_t) options->bytes_max
                        : merge->format->bytes_max;

    if (strlen(output->path) > OUTPUT_PATH_MAX - 16) {
        return cmd_fail(merge->ctx, CMD_USAGE, "the file's name is too long");
    }

    output->memory = open_memstream(&output->buffer, &output->size);

    if (output->memory == NULL) {
        return cmd_fail_store(merge->ctx, RTN_ERR_NOMEM, "cannot write");
    }

    return output_open_part(merge);
}


int
merge_output_row(struct merge *merge, const struct merge_row *row)
{
    int                   rc;
    long                  size;
    struct merge_output  *output = &merge->output;

    rewind(output->memory);
    rc = merge->format->row(merge, row, output->memory);
    size = ftell(output->memory);

    if (rc == 0 && (size < 0 || fflush(output->memory) != 0)) {
        rc = RTN_ERR_NOMEM;
    }

    if (rc != 0) {
        return cmd_fail_store(merge->ctx, rc, "cannot write a row");
    }

    if (output->bytes_max != 0 && output->rows > 0
        && output->bytes + (uint64_t) size > output->bytes_max)
    {
        if (strcmp(output->path, "-") == 0) {
            return cmd_fail(merge->ctx, CMD_DATA, "the rows need more than "
                            "one file; name it with -o");
        }

        rc = output_open_part(merge);

        if (rc != CMD_OK) {
            return rc;
        }

        return merge_output_row(merge, row);
    }

    fwrite(output->buffer, 1, (size_t) size, output_stream(merge));
    output->bytes += (uint64_t) size;
    output->rows++;

    return CMD_OK;
}


static void
output_tag(FILE *out, const struct merge *merge,
    const struct merge_column *column)
{
    char         name[MERGE_NAME_MAX];
    const char  *tag = merge->format->tag, *mark = strstr(tag, "%s");
    const char  *path = "", *suffix = "";

    merge_column_name(merge, column, name);

    if (merge->format->has_tokens) {
        merge_around(merge, column->field, &path, &suffix);
    }

    fprintf(out, "%s\t%s%s%.*s%s%s%s\n", name,
            *path != '\0' ? merge->ctx->settings->base_url : "", path,
            (int) (mark - tag), tag, column->name, mark + 2, suffix);
}


/* What to paste into the service's template, a line a column. */

static int
output_tags(struct merge *merge)
{
    int               rc;
    char              path[OUTPUT_PATH_MAX];
    size_t            i;
    struct rto_file  *file;

    if (merge->format->tag == NULL || strcmp(merge->output.path, "-") == 0) {
        return CMD_OK;
    }

    snprintf(path, sizeof(path), "%s.tags.txt", merge->output.path);
    errno = 0;
    rc = rto_file_open(path, RTO_FILE_FORCE, &file);

    if (rc != 0) {
        return output_fail(merge, rc, path);
    }

    for (i = 0; i < merge->column_count; i++) {
        if (merge->columns[i].field != MERGE_EMAIL
            && merge->columns[i].field != MERGE_NAME)
        {
            output_tag(rto_file_stream(file), merge, &merge->columns[i]);
        }
    }

    rc = rto_file_commit(file);

    return rc == 0 ? CMD_OK : output_fail(merge, rc, path);
}


int
merge_output_commit(struct merge *merge)
{
    int                   rc = CMD_OK, err;
    char                  path[OUTPUT_PATH_MAX];
    size_t                i;
    struct merge_output  *output = &merge->output;

    for (i = 0; i < output->part_count; i++) {
        if (rc != CMD_OK) {
            rto_file_discard(output->parts[i]);
            continue;
        }

        errno = 0;
        err = rto_file_commit(output->parts[i]);

        if (err != 0) {
            output_part_path(output, i, path);
            rc = output_fail(merge, err, path);
        }
    }

    if (rc == CMD_OK) {
        rc = output_tags(merge);
    }

    if (rc == CMD_OK && output->part_count > 1) {
        fprintf(merge->ctx->err, "split into %zu files, '%s' and those "
                "numbered from 2 on\n", output->part_count, output->path);
    }

    output->part_count = 0;

    return rc;
}


void
merge_output_release(struct merge *merge)
{
    size_t                i;
    struct merge_output  *output = &merge->output;

    for (i = 0; i < output->part_count; i++) {
        rto_file_discard(output->parts[i]);
    }

    if (output->memory != NULL) {
        fclose(output->memory);
        free(output->buffer);
    }

    output->part_count = 0;
}
