/* import events: what customers did, as another system recorded it. */

#include <string.h>

#include "import.h"
#include "import_items.h"
#include "rtn_campaign.h"

enum events_column {
    EVENTS_ID,
    EVENTS_KIND,
    EVENTS_CUSTOMER,
    EVENTS_OCCURRED,
    EVENTS_CAMPAIGN,
    EVENTS_LINK,
    EVENTS_ORDER,
    EVENTS_AMOUNT,
    EVENTS_CURRENCY,
    EVENTS_ITEMS,
    EVENTS_ANSWER,
    EVENTS_COLUMNS
};

static const struct rti_column  events_columns[EVENTS_COLUMNS] = {
    [EVENTS_ID]       = { "event_id", false },
    [EVENTS_KIND]     = { "kind", true },
    [EVENTS_CUSTOMER] = { "customer_id", true },
    [EVENTS_OCCURRED] = { "occurred_at", true },
    [EVENTS_CAMPAIGN] = { "campaign", false },
    [EVENTS_LINK]     = { "link", false },
    [EVENTS_ORDER]    = { "order_id", false },
    [EVENTS_AMOUNT]   = { "amount", false },
    [EVENTS_CURRENCY] = { "currency", false },
    [EVENTS_ITEMS]    = { "items", false },
    [EVENTS_ANSWER]   = { "answer", false }
};

/* Cells that go into the event as they are. */
struct events_field {
    enum events_column  column;
    const char         *name;
};

static const struct events_field  events_fields[] = {
    { EVENTS_ID,       "event_id" },
    { EVENTS_KIND,     "kind" },
    { EVENTS_CUSTOMER, "customer" },
    { EVENTS_CAMPAIGN, "campaign" },
    { EVENTS_LINK,     "link" },
    { EVENTS_ORDER,    "order_id" },
    { EVENTS_AMOUNT,   "amount" },
    { EVENTS_CURRENCY, "currency" },
    { EVENTS_ANSWER,   "answer" }
};

#define EVENTS_FIELDS  (sizeof(events_fields) / sizeof(events_fields[0]))

/* The campaign of the row before: files name one in row after row. */
struct events_data {
    char      slug[RTN_SLUG_MAX + 1];
    uint32_t  campaign;
};


static int
events_items(struct import *import, struct rtn_str cell, json_t *object)
{
    json_t      *items;
    const char  *reason;

    if (cell.data == NULL) {
        return 0;
    }

    items = import_items_parse(cell, &reason);

    if (items == NULL) {
        return import_reject(import, EVENTS_ITEMS, reason);
    }

    return json_object_set_new(object, "items", items) == 0
           ? 0 : RTN_ERR_NOMEM;
}


/* An amount without a currency is in the store's. */

static int
events_compose(struct import *import, const struct rti_row *row,
    json_t *object)
{
    size_t                      i;
    struct rtn_str              cell;
    const struct events_field  *field;

    for (i = 0; i < EVENTS_FIELDS; i++) {
        field = &events_fields[i];
        cell = row->cells[field->column];

        if (cell.data != NULL
            && json_object_set_new(object, field->name,
                                   json_stringn(cell.data, cell.len)) != 0)
        {
            return RTN_ERR_NOMEM;
        }
    }

    if (row->cells[EVENTS_CURRENCY].data == NULL
        && (row->cells[EVENTS_AMOUNT].data != NULL
            || row->cells[EVENTS_ITEMS].data != NULL)
        && json_object_set_new(object, "currency",
                               json_string(import->ctx->settings->currency))
           != 0)
    {
        return RTN_ERR_NOMEM;
    }

    return events_items(import, row->cells[EVENTS_ITEMS], object);
}


/* The caller's to free, where this returns 0. */

static int
events_read(struct import *import, const struct rti_row *row,
    struct rtn_post **post)
{
    int                    rc;
    json_t                *object;
    struct rtn_json_fault  fault;

    rc = import_customer_check(import, row, EVENTS_CUSTOMER,
                               IMPORT_NO_COLUMN);

    if (rc != 0) {
        return rc;
    }

    if (row->cells[EVENTS_OCCURRED].data == NULL) {
        return import_reject(import, EVENTS_OCCURRED, "empty");
    }

    object = json_object();

    if (object == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = events_compose(import, row, object);

    if (rc == 0) {
        rc = import_event_read(object, post, &fault);

        if (rc == RTN_ERR_JSON || rc == RTN_ERR_LIMIT) {
            rc = import_reject(import, IMPORT_ROW, fault.message);
        }
    }

    json_decref(object);

    return rc;
}


static int
events_campaign(struct import *import, const struct rtn_posted_event *posted,
    uint32_t *campaign)
{
    int                  rc;
    struct rtn_str       slug = posted->campaign;
    struct events_data  *data = import->data;

    if (slug.len == 0) {
        return posted->link.len == 0
               ? 0 : import_reject(import, EVENTS_LINK,
                                   "needs a campaign beside it");
    }

    if (slug.len == strlen(data->slug)
        && memcmp(slug.data, data->slug, slug.len) == 0)
    {
        *campaign = data->campaign;
        return 0;
    }

    rc = rtn_campaign_number(import->ctx->store, slug, campaign);

    if (rc == RTN_ERR_NOT_FOUND) {
        return import_reject(import, EVENTS_CAMPAIGN, "no such campaign");
    }

    if (rc == 0) {
        memcpy(data->slug, slug.data, slug.len);
        data->slug[slug.len] = '\0';
        data->campaign = *campaign;
    }

    return rc;
}


static int
events_link(struct import *import, uint32_t campaign, struct rtn_str name,
    uint8_t *link)
{
    int  rc;

    if (name.len == 0) {
        return 0;
    }

    rc = rtn_link_number(import->ctx->store, campaign, name, link);

    if (rc == RTN_ERR_NOT_FOUND) {
        return import_reject(import, EVENTS_LINK,
                             "no such link in the campaign");
    }

    return rc;
}


static int
events_put(struct import *import, const struct rti_row *row,
    const struct rtn_posted_event *posted, enum rtn_put *put)
{
    int               rc;
    struct rtn_event  event = posted->event;

    event.class = RTN_CLASS_HUMAN;
    event.source = RTN_SOURCE_IMPORT;
    event.names_customer = true;
    event.has_repeat_hash = posted->event_id.len > 0;

    if (event.has_repeat_hash) {
        rtn_repeat_hash(RTN_STR("import"), posted->event_id,
                        event.repeat_hash);
    }

    rc = import_time(import, row, EVENTS_OCCURRED, &event.occurred_ms);

    if (rc == 0) {
        rc = events_campaign(import, posted, &event.campaign);
    }

    if (rc == 0) {
        rc = events_link(import, event.campaign, posted->link, &event.link);
    }

    if (rc == 0) {
        rc = import_customer_ensure(import, row, EVENTS_CUSTOMER,
                                    IMPORT_NO_COLUMN, &event.customer);
    }

    return rc != 0 ? rc : rtn_imported_event_put(import->ctx->store, &event,
                                                 put);
}


static int
events_row(struct import *import, const struct rti_row *row,
    enum rtn_put *put)
{
    int               rc;
    struct rtn_post  *post;

    rc = events_read(import, row, &post);

    if (rc != 0) {
        return rc;
    }

    rc = events_put(import, row, rtn_post_event(post, 0, NULL), put);
    rtn_post_free(post);

    return rc;
}


static const struct import_kind  events_kind = {
    .name = "events",
    .columns = events_columns,
    .n = EVENTS_COLUMNS,
    .data_size = sizeof(struct events_data),
    .row = events_row
};


static int
events_run(struct cmd_context *ctx)
{
    return import_run(ctx, &events_kind);
}


static const struct cmd_option  events_options[] = {
    IMPORT_OPTIONS,
    CMD_END
};

const struct cmd_command  cmd_import_events = {
    .name = "import events",
    .run = events_run,
    .help = "take in visits, carts and the like from CSV or JSON lines",
    .example = "events.jsonl.gz",
    .options = events_options,
    .options_size = sizeof(struct import_options),
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_WRITES | CMD_TABLE
};
