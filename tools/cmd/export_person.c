/*
 * retentionctl export person: everything that the store has of one customer,
 * for who asks what is known of him.  A row a field, since records of all
 * kinds stand in one file.
 */

#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "commands.h"
#include "export.h"
#include "export_sources.h"
#include "rtn_code.h"
#include "rtn_coupon.h"
#include "rtn_crm.h"

#define PERSON_TEXT_MAX  64         /* bytes of a number as text, with NUL */

enum person_column {
    PERSON_RECORD = 0,
    PERSON_NUMBER,
    PERSON_FIELD,
    PERSON_VALUE,
    PERSON_COLUMNS
};

static const struct rto_column  person_columns[PERSON_COLUMNS] = {
    [PERSON_RECORD] = { "record", RTO_TEXT, NULL },
    [PERSON_NUMBER] = { "number", RTO_INTEGER, NULL },
    [PERSON_FIELD] = { "field", RTO_TEXT, NULL },
    [PERSON_VALUE] = { "value", RTO_TEXT, NULL }
};

struct person {
    struct export_output  output;
    struct export_names   names;
    struct rtn_customer   customer;
    const char           *record;   /* kind of the record at hand */
    uint64_t              number;   /* from 1, of its kind */
    int                   err;      /* the first failure, or 0 */
};


static void
person_begin(struct person *person, const char *record)
{
    if (person->record == NULL || strcmp(person->record, record) != 0) {
        person->number = 0;
    }

    person->record = record;
    person->number++;
}


/* What is empty is not known, and has no row. */

static void
person_text(struct person *person, const char *field, struct rtn_str text)
{
    struct rto_value  row[PERSON_COLUMNS];

    if (text.len == 0 || person->err != 0) {
        return;
    }

    row[PERSON_RECORD] = rto_string(person->record);
    row[PERSON_NUMBER] = rto_integer((int64_t) person->number);
    row[PERSON_FIELD] = rto_string(field);
    row[PERSON_VALUE] = rto_text(text);

    person->err = export_row(&person->output, row);
}


static void
person_string(struct person *person, const char *field, const char *text)
{
    if (text != NULL) {
        person_text(person, field, campaign_str(text));
    }
}


static void
person_time(struct person *person, const char *field, int64_t ms)
{
    char  text[RTN_TIME_TEXT_MAX];

    if (ms != 0) {
        rtn_time_format(ms, text);
        person_string(person, field, text);
    }
}


static void
person_money(struct person *person, const char *field, int64_t minor,
    const rtn_currency_t currency)
{
    char  text[RTN_MONEY_TEXT_MAX];

    rtn_money_format(minor, currency, text);
    person_string(person, field, text);
}


static void
person_count(struct person *person, const char *field, int64_t n)
{
    char  text[PERSON_TEXT_MAX];

    snprintf(text, sizeof(text), "%lld", (long long) n);
    person_string(person, field, text);
}


static void
person_customer(struct person *person)
{
    const struct rtn_customer  *customer = &person->customer;

    static const char *const  consents[] = {
        [RTN_CONSENT_UNKNOWN] = "unknown",
        [RTN_CONSENT_GRANTED] = "granted",
        [RTN_CONSENT_DENIED] = "denied"
    };

    person_begin(person, "customer");
    person_string(person, "customer_id", customer->id);
    person_string(person, "email", customer->email);
    person_string(person, "phone", customer->phone);
    person_string(person, "name", customer->name);
    person_string(person, "country", customer->country);
    person_string(person, "language", customer->language);
    person_string(person, "channel", customer->channel);
    person_string(person, "referred_by", customer->referred_by);
    person_time(person, "registered_at", customer->registered_ms);
    person_string(person, "birthday", customer->birthday);
    person_string(person, "consent", consents[customer->consent]);
    person_string(person, "subscribed", customer->is_unsubscribed ? "no"
                                                                  : "yes");
}


static void
person_order(struct person *person, const struct rtn_order *order)
{
    static const char *const  statuses[] = {
        [RTN_ORDER_PAID] = "paid",
        [RTN_ORDER_CANCELLED] = "cancelled",
        [RTN_ORDER_REFUNDED] = "refunded"
    };

    person_begin(person, "order");
    person_string(person, "order_id", order->order_id);
    person_time(person, "ordered_at", order->ordered_ms);
    person_time(person, "updated_at", order->updated_ms);
    person_string(person, "status", statuses[order->status]);
    person_money(person, "amount", order->amount_minor, order->currency);
    person_string(person, "currency", order->currency);
    person_money(person, "discount", order->discount_minor, order->currency);
    person_money(person, "refunded", order->refunded_minor, order->currency);

    if (order->has_cost) {
        person_money(person, "cost", order->cost_minor, order->currency);
    }

    if (order->items != 0) {
        person_count(person, "items", order->items);
    }

    person_string(person, "coupon", order->coupon);
    person_string(person, "channel", order->channel);
}


static int
person_orders(struct person *person)
{
    int                     rc;
    struct rtn_order        order;
    struct rtn_order_scan  *scan;

    rc = rtn_order_scan_open(person->names.store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = export_step(&person->output, rtn_order_scan_next(scan, &order));

        if (rc == 0 && order.customer == person->customer.number) {
            person_order(person, &order);
        }
    } while (rc == 0 || rc == RTN_ERR_CORRUPT);

    rtn_order_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? person->err : rc;
}


static void
person_recipient(struct person *person, const struct rtn_campaign *campaign,
    const struct rtn_recipient *recipient)
{
    char  code[RTN_CODE_TEXT_LEN + 1];

    person_begin(person, "recipient");
    person_string(person, "campaign", campaign->slug);
    person_string(person, "arm", campaign_arm_name(campaign, recipient->arm));
    person_string(person, "tier", campaign_tier_name(campaign,
                                                     recipient->tier));
    person_count(person, "batch", recipient->batch);
    person_time(person, "t0", recipient->t0_ms);
    person_time(person, "until", recipient->until_ms);

    if (recipient->code != 0) {
        rtn_code_format(recipient->code, code);
        person_string(person, "coupon", code);
        person_time(person, "coupon_expires", recipient->code_expires_ms);
    }
}


static int
person_recipients(struct person *person)
{
    int                   rc = 0;
    size_t                i;
    struct rtn_recipient  recipient;

    for (i = 0; i < person->names.campaign_count && rc == 0; i++) {
        rc = rtn_recipient_get(person->names.store,
                               person->names.campaigns[i].number,
                               person->customer.number, &recipient);

        if (rc == 0) {
            person_recipient(person, &person->names.campaigns[i], &recipient);
        }

        rc = rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    return rc == 0 ? person->err : rc;
}


static void
person_item(struct person *person, const struct rtn_item *item,
    const rtn_currency_t currency)
{
    char  quantity[PERSON_TEXT_MAX];

    person_text(person, "item", item->sku);
    person_text(person, "item_category", item->category);
    snprintf(quantity, sizeof(quantity), "%g",
             (double) item->quantity_milli / 1000);
    person_string(person, "item_quantity", quantity);

    if (item->has_price) {
        person_money(person, "item_price", item->price_minor, currency);
    }
}


static void
person_event(struct person *person, const struct export_record *record)
{
    char                        code[RTN_CODE_TEXT_LEN + 1];
    size_t                      i;
    const struct rtn_event     *event = &record->event;
    const struct rtn_campaign  *campaign;

    campaign = export_names_campaign(&person->names, event->campaign);

    person_begin(person, "event");
    person_time(person, "occurred_at", event->occurred_ms);
    person_string(person, "kind", record->kind);
    person_string(person, "source", rtn_source_name(event->source));
    person_string(person, "class", rtn_class_name(event->class));
    person_string(person, "campaign", campaign != NULL ? campaign->slug
                                                       : NULL);

    if (campaign != NULL && event->message < campaign->message_count) {
        person_string(person, "message",
                      campaign->messages[event->message].name);
    }

    if (campaign != NULL && event->link > 0
        && event->link <= campaign->link_count)
    {
        person_string(person, "link", campaign->links[event->link - 1].name);
    }

    person_text(person, "order_id", event->order_id);

    if (event->has_amount) {
        person_money(person, "amount", event->amount_minor, event->currency);
        person_string(person, "currency", event->currency);
    }

    if (record->code != 0) {
        rtn_code_format(record->code, code);
        person_string(person, "coupon", code);
    }

    person_text(person, "survey", event->survey);

    for (i = 0; i < event->item_count; i++) {
        person_item(person, &event->items[i], event->currency);
    }
}


/* By number, or by the hash under which an event came before he was known. */

static bool
person_did(const struct person *person, const struct rtn_event *event)
{
    uint32_t  number = event->customer;

    return (number != 0
            || rtn_customer_by_hash(person->names.store, event->customer_hash,
                                    &number) == 0)
           && number == person->customer.number;
}


static int
person_events(struct person *person)
{
    int                          rc;
    struct export_source        *sources;
    const struct export_record  *record;

    rc = export_sources_open(&person->output, INT64_MIN / 2, &sources);

    if (rc != 0) {
        return rc;
    }

    while (person->err == 0
           && (rc = export_sources_next(sources, &record)) == 0)
    {
        if (person_did(person, &record->event)) {
            person_event(person, record);
        }
    }

    export_sources_close(sources);

    return rc == RTN_ERR_NOT_FOUND ? person->err : rc;
}


static int
person_write(struct person *person)
{
    int     rc;
    size_t  i;

    static int (*const  parts[])(struct person *) = {
        person_orders, person_recipients, person_events
    };

    rc = export_names_read(&person->names, person->output.ctx->store);

    if (rc == 0) {
        person_customer(person);
        rc = person->err;
    }

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == 0; i++) {
        rc = parts[i](person);
    }

    export_names_release(&person->names);

    return rc;
}


/* A guest has no id, only an e-mail. */

static int
person_find_email(struct person *person, struct rtn_store *store,
    const char *wanted)
{
    int                        rc;
    char                       email[RTN_EMAIL_MAX + 1];
    struct rtn_customer_scan  *scan;

    rc = rtn_customer_scan_open(store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = rtn_customer_scan_next(scan, &person->customer);

        if (rc == 0 && rtn_email_normalise(campaign_str(person->customer
                                                        .email), email) == 0
            && strcmp(email, wanted) == 0)
        {
            break;
        }
    } while (rc == 0 || rc == RTN_ERR_CORRUPT);

    rtn_customer_scan_close(scan);

    return rc;
}


static int
person_find(struct person *person, struct cmd_context *ctx)
{
    int          rc;
    char         email[RTN_EMAIL_MAX + 1];
    uint32_t     number;
    const char  *who = ctx->arguments[0];

    rc = rtn_customer_find(ctx->store, campaign_str(who), &number);

    if (rc == 0) {
        rc = rtn_customer_get(ctx->store, number, &person->customer);

    } else if (rc == RTN_ERR_NOT_FOUND
               && rtn_email_normalise(campaign_str(who), email) == 0)
    {
        rc = person_find_email(person, ctx->store, email);
    }

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no customer with the id or e-mail "
                        "'%s'", who);
    }

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the "
                                             "customer '%s'", who);
}


static int
person_run(struct cmd_context *ctx)
{
    int             rc;
    const char     *path = ctx->argument_count > 1 ? ctx->arguments[1] : NULL;
    struct person  *person = calloc(1, sizeof(*person));

    if (person == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot export");
    }

    rc = person_find(person, ctx);

    if (rc == CMD_OK) {
        rc = export_begin(&person->output, ctx, path, person_columns,
                          PERSON_COLUMNS);
    }

    if (rc == CMD_OK) {
        rc = export_end(&person->output, person_write(person),
                        "what is known of him");
    }

    free(person);

    return rc;
}


static const struct cmd_option  person_options[] = {
    EXPORT_FORMAT_ROWS,
    CMD_END
};

const struct cmd_command  cmd_export_person = {
    .name = "export person",
    .run = person_run,
    .help = "write everything that is known of one customer",
    .example = "C1042 person.jsonl --format jsonl",
    .options = person_options,
    .options_size = sizeof(struct export_options),
    .arguments = "CUSTOMER [FILE]",
    .arguments_min = 1,
    .arguments_max = 2,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_CSV
};
