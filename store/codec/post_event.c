/* The fields of an event, and what must hold between them. */

#include <stddef.h>

#include "post_event.h"
#include "rtn_campaign.h"
#include "rtn_time.h"
#include "rtn_token.h"
#include "text.h"

#define POST_QUANTITY_DIGITS  3
#define POST_QUANTITY_MAX     INT64_C(1000000000)   /* thousandths */
#define POST_QUANTITY_ONE     1000

/* How far a double may be from a whole number of thousandths: some 100 times
   the error of the largest quantity. */
#define POST_QUANTITY_SLACK   1e-5

#define POST_BROWSER_KINDS    (1u << RTN_KIND_VISIT | 1u << RTN_KIND_VIEW     \
                               | 1u << RTN_KIND_CART | 1u << RTN_KIND_CHECKOUT \
                               | 1u << RTN_KIND_SURVEY)

#define POST_ROWS(table)      (sizeof(table) / sizeof(table[0]))

/* A field without which an event of a kind says nothing. */
struct post_need {
    enum rtn_kind  kind;
    const char    *field;
};

static const struct post_need  post_needs[] = {
    { RTN_KIND_PURCHASE, "order_id" },
    { RTN_KIND_PURCHASE, "amount" },
    { RTN_KIND_PURCHASE, "currency" }
};

/* An item, and the event whose currency its price is in. */
struct post_item {
    struct rtn_item         item;
    const struct rtn_event *event;
};


static int
post_read_kind(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_posted_event  *posted = to;
    struct rtn_str            name;

    if (!json_is_string(value)) {
        return rtn_json_refuse(reader, field->name, "must be a string");
    }

    name.data = json_string_value(value);
    name.len = json_string_length(value);

    if (rtn_kind_parse(name, &posted->event.kind) != 0) {
        return rtn_json_refuse(reader, field->name,
                               "is not a kind of event");
    }

    if (reader->sender == RTN_SENDER_BROWSER
        && (POST_BROWSER_KINDS & 1u << posted->event.kind) == 0)
    {
        return rtn_json_refuse(reader, field->name,
                               "'%s' needs an API key",
                               rtn_kind_name(posted->event.kind));
    }

    return RTN_OK;
}


static int
post_read_occurred(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_posted_event  *posted = to;
    struct rtn_str            text;

    if (!json_is_string(value)) {
        return rtn_json_refuse(reader, field->name, "must be a string");
    }

    text.data = json_string_value(value);
    text.len = json_string_length(value);

    /* 0 would say that there is no time. */

    if (rtn_time_parse(text, &posted->event.occurred_ms) != 0
        || posted->event.occurred_ms == 0)
    {
        return rtn_json_refuse(reader, field->name,
                               "is not a time like 2026-11-25T09:30:00Z");
    }

    return RTN_OK;
}


static int
post_read_currency(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_posted_event  *posted = to;

    return rtn_json_read_currency(reader, field, value,
                                  posted->event.currency);
}


static int
post_read_amount(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_posted_event  *posted = to;

    posted->event.has_amount = true;

    return rtn_json_read_money(reader, field, value, posted->event.currency,
                               &posted->event.amount_minor);
}


static int
post_read_quantity(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct post_item  *posted = to;
    struct rtn_str     text;
    double             milli;
    int64_t            found;

    found = 0;

    if (json_is_string(value)) {
        text.data = json_string_value(value);
        text.len = json_string_length(value);

        if (rtn_decimal_parse(text, POST_QUANTITY_DIGITS, POST_QUANTITY_MAX,
                              &found)
            != 0)
        {
            found = 0;
        }

    } else if (json_is_number(value)) {
        milli = json_number_value(value) * POST_QUANTITY_ONE;

        if (milli > 0 && milli <= (double) POST_QUANTITY_MAX) {
            found = (int64_t) (milli + 0.5);
            milli -= (double) found;

            if (milli > POST_QUANTITY_SLACK || milli < -POST_QUANTITY_SLACK) {
                found = 0;
            }
        }
    }

    if (found < 1) {
        return rtn_json_refuse(reader, field->name,
                               "must be a number from 0.001 to 1000000 with "
                               "at most three decimals");
    }

    posted->item.quantity_milli = found;

    return RTN_OK;
}


static int
post_read_price(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct post_item  *posted = to;

    posted->item.has_price = true;

    return rtn_json_read_money(reader, field, value, posted->event->currency,
                               &posted->item.price_minor);
}


#define POST_ITEM(member)  offsetof(struct post_item, item.member)

static const struct rtn_json_field  post_item_fields[] = {
    { "sku", rtn_json_read_text, RTN_JSON_ANYONE, true,
      RTN_SKU_MAX, POST_ITEM(sku) },
    { "category", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_SKU_MAX, POST_ITEM(category) },
    { "quantity", post_read_quantity, RTN_JSON_ANYONE, false, 0, 0 },
    { "price", post_read_price, RTN_JSON_SERVER, false, 0, 0 }
};


static int
post_read_items(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct rtn_posted_event  *posted = to;
    struct post_item          one;
    size_t                    i, n;
    int                       err;

    n = json_array_size(value);

    if (!json_is_array(value) || n > RTN_EVENT_ITEMS_MAX) {
        return rtn_json_refuse(reader, field->name,
                               "must be an array of at most %d items",
                               RTN_EVENT_ITEMS_MAX);
    }

    reader->list = field->name;

    for (i = 0; i < n; i++) {
        reader->element = i;

        one = (struct post_item) { .event = &posted->event };
        one.item.quantity_milli = POST_QUANTITY_ONE;

        err = rtn_json_object_read(reader, json_array_get(value, i),
                                   post_item_fields,
                                   POST_ROWS(post_item_fields), &one);
        if (err != 0) {
            return err;
        }

        posted->event.items[i] = one.item;
    }

    posted->event.item_count = n;
    reader->list = NULL;

    return RTN_OK;
}


#define POST_FIELD(member)  offsetof(struct rtn_posted_event, member)

/* The currency comes before all that is counted in it. */
static const struct rtn_json_field  post_fields[] = {
    { "kind", post_read_kind, RTN_JSON_ANYONE, true, 0, 0 },
    { "event_id", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_EVENT_ID_MAX, POST_FIELD(event_id) },
    { "token", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_TOKEN_LEN_MAX, POST_FIELD(token) },
    { "customer", rtn_json_read_text, RTN_JSON_SERVER, false,
      RTN_CUSTOMER_ID_MAX, POST_FIELD(customer) },
    { "campaign", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_SLUG_MAX, POST_FIELD(campaign) },
    { "link", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_NAME_MAX, POST_FIELD(link) },
    { "occurred_at", post_read_occurred, RTN_JSON_SERVER, false, 0, 0 },
    { "order_id", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_ORDER_ID_MAX, POST_FIELD(event.order_id) },
    { "currency", post_read_currency, RTN_JSON_SERVER, false, 0, 0 },
    { "amount", post_read_amount, RTN_JSON_SERVER, false, 0, 0 },
    { "items", post_read_items, RTN_JSON_ANYONE, false, 0, 0 },
    { "answer", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_SURVEY_MAX, POST_FIELD(event.survey) }
};


static int
post_check_needs(struct rtn_json_reader *reader, const json_t *object,
    enum rtn_kind kind)
{
    size_t  i;

    for (i = 0; i < POST_ROWS(post_needs); i++) {
        if (post_needs[i].kind == kind
            && json_object_get(object, post_needs[i].field) == NULL)
        {
            return rtn_json_refuse(reader, post_needs[i].field,
                                   "is missing, a %s needs it",
                                   rtn_kind_name(kind));
        }
    }

    return RTN_OK;
}


static int
post_check_whose(struct rtn_json_reader *reader,
    const struct rtn_posted_event *posted)
{
    if (posted->token.len > 0 && posted->customer.len > 0) {
        return rtn_json_refuse(reader, "customer",
                               "excludes a token, name one of them");
    }

    if (posted->token.len > 0 || posted->customer.len > 0) {
        return RTN_OK;
    }

    if (reader->sender == RTN_SENDER_BROWSER) {
        return rtn_json_refuse(reader, "token", "is missing");
    }

    return rtn_json_refuse(reader, NULL, "needs a token or a customer");
}


int
rtn_post_event_read(struct rtn_json_reader *reader, const json_t *object,
    struct rtn_posted_event *posted)
{
    int  err;

    reader->list = NULL;

    err = rtn_json_object_read(reader, object, post_fields,
                               POST_ROWS(post_fields), posted);
    if (err != 0) {
        return err;
    }

    if (posted->event.survey.len > 0
        && posted->event.kind != RTN_KIND_SURVEY)
    {
        return rtn_json_refuse(reader, "answer", "is for a survey only");
    }

    err = post_check_whose(reader, posted);
    if (err != 0) {
        return err;
    }

    posted->event.names_customer = posted->customer.len > 0;
    posted->event.class = RTN_CLASS_HUMAN;
    posted->event.source = reader->sender == RTN_SENDER_BROWSER
                           ? RTN_SOURCE_BROWSER : RTN_SOURCE_SERVER;

    return post_check_needs(reader, object, posted->event.kind);
}
