/* The formats of the merge file, and what their columns are called. */

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../output/table.h"
#include "merge.h"

static const char *const  format_columns[MERGE_FIELDS] = {
    [MERGE_CUSTOMER_ID]     = "customer_id",
    [MERGE_EMAIL]           = "email",
    [MERGE_NAME]            = "name",
    [MERGE_TIER]            = "tier",
    [MERGE_ARM]             = "arm",
    [MERGE_COUPON]          = "coupon",
    [MERGE_COUPON_EXPIRES]  = "coupon_expires",
    [MERGE_PIXEL_URL]       = "pixel_url",
    [MERGE_LINK]            = "link_%s",
    [MERGE_LINK_TRAP]       = "link_trap",
    [MERGE_UNSUBSCRIBE_URL] = "unsubscribe_url"
};


/* A pattern with one "%s", which is replaced; no pattern is a format string,
   since names come from the campaign's file. */

static bool
format_fill(const char *pattern, const char *name, char *out, size_t size)
{
    int          n;
    const char  *mark = strstr(pattern, "%s");

    if (mark == NULL) {
        n = snprintf(out, size, "%s", pattern);

    } else {
        n = snprintf(out, size, "%.*s%s%s", (int) (mark - pattern), pattern,
                     name, mark + 2);
    }

    return n >= 0 && (size_t) n < size;
}


static int
format_column(struct merge *merge, enum merge_field field, size_t link)
{
    char                        number[8] = "";
    const char                 *pattern = NULL, *name = "";
    struct merge_column        *column;
    const struct merge_format  *format = merge->format;

    column = &merge->columns[merge->column_count++];
    column->field = field;
    column->link = (uint8_t) link;

    if (format->names != NULL) {
        pattern = format->names[field];
    }

    if (pattern == NULL) {
        pattern = format_columns[field];
    }

    if (field == MERGE_LINK) {
        name = merge->campaign.links[link - 1].name;
    }

    if (format->numbers_links) {
        snprintf(number, sizeof(number), "%zu", link);
    }

    if (!format_fill(pattern, format->numbers_links ? number : name,
                     column->name, sizeof(column->name))
        || (format->name_max != 0 && field != MERGE_EMAIL
            && strlen(column->name) > format->name_max))
    {
        return cmd_fail(merge->ctx, CMD_DATA, "format '%s' takes names of "
                        "columns up to %zu bytes: the link's name '%s' is "
                        "too long", format->name, format->name_max, name);
    }

    return CMD_OK;
}


void
merge_column_name(const struct merge *merge,
    const struct merge_column *column, char name[MERGE_NAME_MAX])
{
    const char  *link = "";

    if (column->field == MERGE_LINK) {
        link = merge->campaign.links[column->link - 1].name;
    }

    (void) format_fill(format_columns[column->field], link, name,
                       MERGE_NAME_MAX);
}


int
merge_columns_init(struct merge *merge)
{
    int     rc = CMD_OK;
    size_t  field, link, links = merge->campaign.link_count;

    for (field = 0; rc == CMD_OK && field < MERGE_FIELDS; field++) {
        if (field != MERGE_LINK) {
            rc = format_column(merge, (enum merge_field) field, 0);
            continue;
        }

        for (link = 1; rc == CMD_OK && link <= links; link++) {
            rc = format_column(merge, MERGE_LINK, link);
        }
    }

    if (rc == CMD_OK && merge->format->fields_max != 0
        && merge->column_count > merge->format->fields_max)
    {
        return cmd_fail(merge->ctx, CMD_DATA, "format '%s' takes %zu columns, "
                        "and campaign '%s' has %zu; use fewer links",
                        merge->format->name, merge->format->fields_max,
                        merge->campaign.slug, merge->column_count);
    }

    return rc;
}


void
merge_csv_header(const struct merge *merge, FILE *out)
{
    size_t  i;

    for (i = 0; i < merge->column_count; i++) {
        fprintf(out, "%s%s", i == 0 ? "" : ",", merge->columns[i].name);
    }

    fputs("\r\n", out);
}


/* Of an address every byte counts, and no URL begins with what a spreadsheet
   runs; a name may. */

int
merge_csv_row(const struct merge *merge, const struct merge_row *row,
    FILE *out)
{
    size_t            i;
    enum merge_field  field;

    for (i = 0; i < merge->column_count; i++) {
        field = merge->columns[i].field;

        if (i > 0) {
            fputc(',', out);
        }

        rto_csv_cell(out, row->cells[i],
                     field == MERGE_NAME || field == MERGE_CUSTOMER_ID);
    }

    fputs("\r\n", out);

    return 0;
}


const struct merge_format  merge_csv = {
    .name = "csv",
    .header = merge_csv_header,
    .row = merge_csv_row
};


static void
listmonk_header(const struct merge *merge, FILE *out)
{
    (void) merge;

    fputs("email,name,attributes\r\n", out);
}


static json_t *
listmonk_ours(const struct merge *merge, const struct merge_row *row)
{
    size_t   i;
    json_t  *ours = json_object();

    for (i = 0; ours != NULL && i < merge->column_count; i++) {
        if (merge->columns[i].field == MERGE_EMAIL
            || merge->columns[i].field == MERGE_NAME)
        {
            continue;
        }

        if (json_object_set_new(ours, merge->columns[i].name,
                                json_stringn(row->cells[i].data,
                                             row->cells[i].len)) != 0)
        {
            json_decref(ours);
            return NULL;
        }
    }

    return ours;
}


/* An import replaces all attributes: what others put there is kept. */

static char *
listmonk_attributes(const struct merge *merge, const struct merge_row *row)
{
    char        *text = NULL;
    json_t      *all;
    const char  *foreign;

    foreign = merge_existing_find(merge->existing, row->email);
    all = foreign != NULL ? json_loads(foreign, 0, NULL) : json_object();

    if (all != NULL
        && json_object_set_new(all, "rtn", listmonk_ours(merge, row)) == 0)
    {
        text = json_dumps(all, JSON_COMPACT);
    }

    json_decref(all);

    return text;
}


static int
listmonk_row(const struct merge *merge, const struct merge_row *row,
    FILE *out)
{
    char            *text;
    struct rtn_str   attributes;

    text = listmonk_attributes(merge, row);

    if (text == NULL) {
        return RTN_ERR_NOMEM;
    }

    attributes.data = text;
    attributes.len = strlen(text);

    rto_csv_cell(out, row->cells[MERGE_EMAIL], false);
    fputc(',', out);
    rto_csv_cell(out, row->cells[MERGE_NAME], true);
    fputc(',', out);
    rto_csv_cell(out, attributes, false);
    fputs("\r\n", out);

    free(text);

    return 0;
}


const struct merge_format  merge_listmonk = {
    .name = "listmonk",
    .tag = "{{ .Subscriber.Attribs.rtn.%s }}",
    .keeps_existing = true,
    .header = listmonk_header,
    .row = listmonk_row
};


const struct merge_format *const  merge_formats[] = {
    &merge_csv,
    &merge_listmonk,
    &merge_mailchimp,
    &merge_unisender,
    &merge_sendpulse,
    &merge_mautic,
    NULL
};

const char *const  merge_format_names[] = {
    "csv", "listmonk", "mailchimp", "unisender", "sendpulse", "mautic", NULL
};
