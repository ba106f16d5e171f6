/* retentionctl export events: all that happened, a row each. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/zone.h"
#include "commands.h"
#include "export_sources.h"
#include "rtn_code.h"
#include "rtn_crm.h"

enum events_column {
    EVENTS_ID = 0,
    EVENTS_OCCURRED_AT,
    EVENTS_RECEIVED_AT,
    EVENTS_SOURCE,
    EVENTS_KIND,
    EVENTS_CLASS,
    EVENTS_REASONS,
    EVENTS_CAMPAIGN,
    EVENTS_MESSAGE,
    EVENTS_LINK,
    EVENTS_CUSTOMER_ID,
    EVENTS_IS_TEST,
    EVENTS_ORDER_ID,
    EVENTS_AMOUNT,
    EVENTS_CURRENCY,
    EVENTS_COUPON,
    EVENTS_ITEMS,
    EVENTS_SURVEY,
    EVENTS_COLUMNS
};

static const struct rto_column  events_columns[EVENTS_COLUMNS] = {
    [EVENTS_ID] = { "id", RTO_TEXT, NULL },
    [EVENTS_OCCURRED_AT] = { "occurred_at", RTO_TIME, NULL },
    [EVENTS_RECEIVED_AT] = { "received_at", RTO_TIME, NULL },
    [EVENTS_SOURCE] = { "source", RTO_TEXT, NULL },
    [EVENTS_KIND] = { "kind", RTO_TEXT, NULL },
    [EVENTS_CLASS] = { "class", RTO_TEXT, NULL },
    [EVENTS_REASONS] = { "reasons", RTO_TEXT, NULL },
    [EVENTS_CAMPAIGN] = { "campaign", RTO_TEXT, NULL },
    [EVENTS_MESSAGE] = { "message", RTO_TEXT, NULL },
    [EVENTS_LINK] = { "link", RTO_TEXT, NULL },
    [EVENTS_CUSTOMER_ID] = { "customer_id", RTO_TEXT, NULL },
    [EVENTS_IS_TEST] = { "is_test", RTO_FLAG, NULL },
    [EVENTS_ORDER_ID] = { "order_id", RTO_TEXT, NULL },
    [EVENTS_AMOUNT] = { "amount", RTO_MONEY, NULL },
    [EVENTS_CURRENCY] = { "currency", RTO_TEXT, NULL },
    [EVENTS_COUPON] = { "coupon", RTO_TEXT, NULL },
    [EVENTS_ITEMS] = { "items", RTO_TEXT, NULL },
    [EVENTS_SURVEY] = { "survey", RTO_TEXT, NULL }
};

#define EVENTS_REASONS_MAX  (RTN_REASON_COUNT * 16)

/* What cells point to while a row is written. */
struct events_cells {
    char    id[24];
    char    reasons[EVENTS_REASONS_MAX];
    char    coupon[RTN_CODE_TEXT_LEN + 1];
    char   *items;              /* malloc'ed; NULL: none */
    size_t  items_len;
};

struct events_export {
    struct export_output  output;
    struct export_names   names;
    uint32_t              campaign;     /* 0: all */
    int64_t               from_ms;
    int64_t               to_ms;        /* not included */
};


static void
events_item(FILE *out, const struct rtn_item *item,
    const rtn_currency_t currency)
{
    char     price[RTN_MONEY_TEXT_MAX];
    int64_t  whole = item->quantity_milli / 1000;
    int64_t  rest = item->quantity_milli % 1000;

    fputs("{\"sku\": ", out);
    rto_json_string(out, item->sku);

    if (item->category.len > 0) {
        fputs(", \"category\": ", out);
        rto_json_string(out, item->category);
    }

    fprintf(out, ", \"quantity\": %" PRId64, whole);

    if (rest != 0) {
        fprintf(out, ".%03" PRId64, rest);
    }

    if (item->has_price) {
        rtn_money_format(item->price_minor, currency, price);
        fprintf(out, ", \"price\": \"%s\"", price);
    }

    fputc('}', out);
}


static int
events_items(struct events_cells *cells, const struct rtn_event *event)
{
    FILE    *out;
    size_t   i;

    if (event->item_count == 0) {
        return 0;
    }

    out = open_memstream(&cells->items, &cells->items_len);

    if (out == NULL) {
        return RTN_ERR_NOMEM;
    }

    fputc('[', out);

    for (i = 0; i < event->item_count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        events_item(out, &event->items[i], event->currency);
    }

    fputc(']', out);

    return fclose(out) == 0 ? 0 : RTN_ERR_NOMEM;
}


static void
events_reasons(char text[EVENTS_REASONS_MAX], uint32_t reasons)
{
    int     i;
    char   *p = text, *last = text + EVENTS_REASONS_MAX;

    *p = '\0';

    for (i = 0; i < RTN_REASON_COUNT && p < last; i++) {
        if (reasons & (1u << i)) {
            p += snprintf(p, (size_t) (last - p), "%s%s",
                          p == text ? "" : " ", rtn_reason_name(1u << i));
        }
    }
}


static struct rto_value
events_text(struct rtn_str text)
{
    return text.len == 0 ? rto_absent() : rto_text(text);
}


static struct rto_value
events_string(const char *text)
{
    return text == NULL || text[0] == '\0' ? rto_absent() : rto_string(text);
}


/* The names that the campaign gave to message and link. */

static void
events_campaign(const struct events_export *export,
    const struct export_record *record, struct rto_value *row)
{
    const struct rtn_event     *event = &record->event;
    const struct rtn_campaign  *campaign;

    campaign = export_names_campaign(&export->names, event->campaign);

    if (campaign == NULL) {
        return;
    }

    row[EVENTS_CAMPAIGN] = rto_string(campaign->slug);

    if (event->source != RTN_SOURCE_COUPON
        && event->message < campaign->message_count)
    {
        row[EVENTS_MESSAGE] = rto_string(campaign->messages[event->message]
                                         .name);
    }

    if (event->link == RTN_LINK_TRAP) {
        row[EVENTS_LINK] = rto_string("trap");

    } else if (event->link > 0 && event->link <= campaign->link_count) {
        row[EVENTS_LINK] = rto_string(campaign->links[event->link - 1].name);
    }
}


static void
events_customer(const struct events_export *export,
    const struct rtn_event *event, struct rto_value *row)
{
    uint32_t  number = event->customer;

    /* One that was unknown at the time may be known by now. */

    if (number == 0
        && rtn_customer_by_hash(export->names.store, event->customer_hash,
                                &number) != 0)
    {
        return;
    }

    row[EVENTS_CUSTOMER_ID] = rto_string(export_names_customer(&export->names,
                                                               number));
}


static void
events_money(const struct export_record *record, struct events_cells *cells,
    struct rto_value *row)
{
    const struct rtn_event  *event = &record->event;

    row[EVENTS_ORDER_ID] = events_text(event->order_id);

    if (event->has_amount) {
        row[EVENTS_AMOUNT] = rto_money(event->amount_minor, event->currency);
    }

    row[EVENTS_CURRENCY] = events_string(event->currency);

    if (record->code != 0) {
        rtn_code_format(record->code, cells->coupon);
        row[EVENTS_COUPON] = rto_string(cells->coupon);
    }
}


static int
events_row(struct events_export *export, const struct export_record *record)
{
    int                      rc;
    size_t                   i;
    struct rto_value         row[EVENTS_COLUMNS];
    struct events_cells      cells = { 0 };
    const struct rtn_event  *event = &record->event;

    for (i = 0; i < EVENTS_COLUMNS; i++) {
        row[i] = rto_absent();
    }

    rc = events_items(&cells, event);

    if (rc != 0) {
        return rc;
    }

    if (event->id != 0) {
        snprintf(cells.id, sizeof(cells.id), "%" PRIu64, event->id);
        row[EVENTS_ID] = rto_string(cells.id);
    }

    if (record->is_received) {
        row[EVENTS_RECEIVED_AT] = rto_time(record->at_ms);
    }

    events_reasons(cells.reasons, event->reasons);

    row[EVENTS_OCCURRED_AT] = rto_time(event->occurred_ms);
    row[EVENTS_SOURCE] = rto_string(rtn_source_name(event->source));
    row[EVENTS_KIND] = rto_string(record->kind);
    row[EVENTS_CLASS] = rto_string(rtn_class_name(event->class));
    row[EVENTS_REASONS] = events_string(cells.reasons);
    row[EVENTS_IS_TEST] = rto_flag(event->customer >= RTN_RECIPIENT_TEST);
    row[EVENTS_SURVEY] = events_text(event->survey);
    row[EVENTS_ITEMS] = events_string(cells.items);

    events_campaign(export, record, row);
    events_customer(export, event, row);
    events_money(record, &cells, row);

    rc = export_row(&export->output, row);
    free(cells.items);

    return rc;
}


static int
events_write(struct events_export *export)
{
    int                          rc;
    struct export_source        *sources;
    const struct export_record  *record;

    rc = export_sources_open(&export->output, export->from_ms, &sources);

    if (rc != 0) {
        return rc;
    }

    while ((rc = export_sources_next(sources, &record)) == 0) {
        if (record->at_ms >= export->to_ms) {
            break;
        }

        if (export->campaign != 0
            && record->event.campaign != export->campaign)
        {
            continue;
        }

        rc = events_row(export, record);

        if (rc != 0) {
            break;
        }
    }

    export_sources_close(sources);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* The options' campaign and days as numbers. */

static int
events_prepare(struct events_export *export, struct cmd_context *ctx)
{
    const struct export_options  *options = ctx->options;

    export->from_ms = INT64_MIN / 2;
    export->to_ms = INT64_MAX;

    if (options->from.is_given) {
        export->from_ms = rta_zone_day_start(options->from.day);
    }

    if (options->to.is_given) {
        export->to_ms = rta_zone_day_start(options->to.day + 1);
    }

    if (export->from_ms >= export->to_ms) {
        return cmd_fail(ctx, CMD_USAGE, "--from is after --to");
    }

    return export_campaign(ctx, &export->campaign);
}


static int
events_run(struct cmd_context *ctx)
{
    int                   rc;
    const char           *path;
    struct events_export  export;

    rc = events_prepare(&export, ctx);

    if (rc != CMD_OK) {
        return rc;
    }

    path = ctx->argument_count > 0 ? ctx->arguments[0] : NULL;
    rc = export_begin(&export.output, ctx, path, events_columns,
                      EVENTS_COLUMNS);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = export_names_read(&export.names, ctx->store);

    if (rc == 0) {
        rc = events_write(&export);
    }

    export_names_release(&export.names);

    return export_end(&export.output, rc, "the events");
}


static const struct cmd_option  events_options[] = {
    EXPORT_FORMAT_ROWS,
    CMD_STRING("campaign", 'c', struct export_options, campaign, "CAMPAIGN",
        "only what names this campaign"),
    CMD_DAY("from", 0, struct export_options, from, "DAY",
        "the first day, by the time of recording (imported: of the event)"),
    CMD_DAY("to", 0, struct export_options, to, "DAY", "the last day"),
    CMD_END
};

const struct cmd_command  cmd_export_events = {
    .name = "export events",
    .run = events_run,
    .help = "write events, coupons' changes and unsubscriptions, by time",
    .example = "--campaign winback-2026-11 events.csv.gz",
    .options = events_options,
    .options_size = sizeof(struct export_options),
    .arguments = "[FILE]",
    .arguments_min = 0,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_CSV
};
