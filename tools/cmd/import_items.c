/* Items of an order or an event, as JSON in a cell. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../input/field.h"
#include "import_items.h"

#define ITEMS_COUNT_MAX  1000000000


int
import_event_read(const json_t *object, struct rtn_post **post,
    struct rtn_json_fault *fault)
{
    int              rc;
    char            *text;
    struct rtn_str   body;

    text = json_dumps(object, JSON_COMPACT);

    if (text == NULL) {
        return RTN_ERR_NOMEM;
    }

    body.data = text;
    body.len = strlen(text);

    rc = rtn_post_read(body, RTN_SENDER_SERVER, false, post, fault);
    free(text);

    return rc;
}


json_t *
import_items_parse(struct rtn_str cell, const char **reason)
{
    json_t        *items;
    json_error_t   error;

    items = json_loadb(cell.data, cell.len, JSON_REJECT_DUPLICATES, &error);

    if (items == NULL || !json_is_array(items)) {
        json_decref(items);
        *reason = "not a JSON array";
        return NULL;
    }

    return items;
}


static int
items_fail(struct rtn_json_fault *fault, int err, const char *sentence)
{
    snprintf(fault->message, sizeof(fault->message), "%s", sentence);

    return err;
}


static int64_t
items_sum(const struct rtn_event *event)
{
    size_t   i;
    int64_t  milli = 0;

    /* At most RTN_EVENT_ITEMS_MAX times 10^9: no overflow. */

    for (i = 0; i < event->item_count; i++) {
        milli += event->items[i].quantity_milli;
    }

    return (milli + 999) / 1000;
}


int
import_items_count(struct rtn_str cell, const rtn_currency_t currency,
    int64_t *count, struct rtn_post **post, struct rtn_json_fault *fault)
{
    int          rc;
    json_t      *items, *object;
    const char  *reason;

    *post = NULL;

    if (cell.data[0] != '[') {
        rc = rti_integer(cell, 0, ITEMS_COUNT_MAX, count, &reason);

        return rc == 0 ? 0 : items_fail(fault, rc, reason);
    }

    items = import_items_parse(cell, &reason);

    if (items == NULL) {
        return items_fail(fault, RTN_ERR_JSON, reason);
    }

    object = json_pack("{s:s, s:s, s:s, s:o}", "kind", "cart", "customer",
                       "-", "currency", currency, "items", items);

    if (object == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = import_event_read(object, post, fault);

    if (rc == 0) {
        *count = items_sum(&rtn_post_event(*post, 0, NULL)->event);

    } else {
        *post = NULL;
    }

    json_decref(object);

    return rc;
}


static void
items_name(struct rtn_order_items *items, struct rtn_str name)
{
    size_t  i;

    for (i = 0; i < items->n; i++) {
        if (items->names[i].len == name.len
            && memcmp(items->names[i].data, name.data, name.len) == 0)
        {
            return;
        }
    }

    if (name.len > 0) {
        items->names[items->n++] = name;
    }
}


void
import_items_names(const struct rtn_event *event,
    struct rtn_order_items *items)
{
    size_t  i;

    items->n = 0;

    for (i = 0; i < event->item_count; i++) {
        items_name(items, event->items[i].sku);
        items_name(items, event->items[i].category);
    }
}
