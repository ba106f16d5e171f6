/* import customers: who the shop's customers are. */

#include <string.h>

#include "import.h"
#include "import_set.h"

enum customers_column {
    CUSTOMERS_ID,
    CUSTOMERS_EMAIL,
    CUSTOMERS_PHONE,
    CUSTOMERS_NAME,
    CUSTOMERS_COUNTRY,
    CUSTOMERS_LANGUAGE,
    CUSTOMERS_CHANNEL,
    CUSTOMERS_REGISTERED,
    CUSTOMERS_BIRTHDAY,
    CUSTOMERS_CONSENT,
    CUSTOMERS_SUBSCRIBED,
    CUSTOMERS_REFERRED_BY,
    CUSTOMERS_COLUMNS
};

static const struct rti_column  customers_columns[CUSTOMERS_COLUMNS] = {
    [CUSTOMERS_ID]          = { "customer_id", true },
    [CUSTOMERS_EMAIL]       = { "email", false },
    [CUSTOMERS_PHONE]       = { "phone", false },
    [CUSTOMERS_NAME]        = { "name", false },
    [CUSTOMERS_COUNTRY]     = { "country", false },
    [CUSTOMERS_LANGUAGE]    = { "language", false },
    [CUSTOMERS_CHANNEL]     = { "channel", false },
    [CUSTOMERS_REGISTERED]  = { "registered_at", false },
    [CUSTOMERS_BIRTHDAY]    = { "birthday", false },
    [CUSTOMERS_CONSENT]     = { "consent", false },
    [CUSTOMERS_SUBSCRIBED]  = { "subscribed", false },
    [CUSTOMERS_REFERRED_BY] = { "referred_by", false }
};

#define CUSTOMERS_TEXT(column, member, given)                                 \
    { column, offsetof(struct rtn_customer, member),                          \
      sizeof(((struct rtn_customer *) NULL)->member), given }

static const struct import_text  customers_texts[] = {
    CUSTOMERS_TEXT(CUSTOMERS_EMAIL, email, RTN_CUSTOMER_EMAIL),
    CUSTOMERS_TEXT(CUSTOMERS_PHONE, phone, RTN_CUSTOMER_PHONE),
    CUSTOMERS_TEXT(CUSTOMERS_NAME, name, RTN_CUSTOMER_NAME),
    CUSTOMERS_TEXT(CUSTOMERS_COUNTRY, country, RTN_CUSTOMER_COUNTRY),
    CUSTOMERS_TEXT(CUSTOMERS_LANGUAGE, language, RTN_CUSTOMER_LANGUAGE),
    CUSTOMERS_TEXT(CUSTOMERS_CHANNEL, channel, RTN_CUSTOMER_CHANNEL)
};

#define CUSTOMERS_TEXTS  (sizeof(customers_texts) / sizeof(customers_texts[0]))

static const char *const  customers_consents[] = {
    [RTN_CONSENT_UNKNOWN] = "unknown",
    [RTN_CONSENT_GRANTED] = "granted",
    [RTN_CONSENT_DENIED]  = "denied"
};

#define CUSTOMERS_CONSENTS                                                    \
    (sizeof(customers_consents) / sizeof(customers_consents[0]))

struct customers_data {
    struct import_set  emails;      /* of a dry run; whose they are */
};


static int
customers_email(struct import *import, const struct rtn_customer *customer)
{
    char             normalised[RTN_EMAIL_MAX + 1];
    struct rtn_str   email = { customer->email, strlen(customer->email) };

    if (email.len > 0 && rtn_email_normalise(email, normalised) != 0) {
        return import_reject(import, CUSTOMERS_EMAIL,
                             "not an e-mail address");
    }

    return 0;
}


static int
customers_birthday(struct import *import, const struct rti_row *row,
    struct rtn_customer *customer, uint32_t *given)
{
    rtn_day_t        day;
    const char      *reason;
    struct rtn_str   cell = row->cells[CUSTOMERS_BIRTHDAY];

    if (cell.data == NULL) {
        return 0;
    }

    if (rti_day(cell, &day, &reason) != 0) {
        return import_reject(import, CUSTOMERS_BIRTHDAY, reason);
    }

    rtn_day_format(day, customer->birthday);
    *given |= RTN_CUSTOMER_BIRTHDAY;

    return 0;
}


/* Who brought a customer may come later, in this file or in another. */

static int
customers_referrer(struct import *import, const struct rti_row *row,
    struct rtn_customer *customer, uint32_t *given)
{
    const char      *reason;
    struct rtn_str   cell = row->cells[CUSTOMERS_REFERRED_BY];

    if (cell.data == NULL) {
        return 0;
    }

    if (rti_id(cell, customer->referred_by, &reason) != 0) {
        return import_reject(import, CUSTOMERS_REFERRED_BY, reason);
    }

    if (strcmp(customer->referred_by, customer->id) == 0) {
        return import_reject(import, CUSTOMERS_REFERRED_BY,
                             "names the customer himself");
    }

    *given |= RTN_CUSTOMER_REFERRED_BY;

    return 0;
}


static int
customers_permissions(struct import *import, const struct rti_row *row,
    struct rtn_customer *customer, uint32_t *given)
{
    bool             is_subscribed;
    size_t           consent;
    const char      *reason;
    struct rtn_str   cell = row->cells[CUSTOMERS_CONSENT];

    if (cell.data != NULL) {
        if (rti_choice(cell, customers_consents, CUSTOMERS_CONSENTS, &consent,
                       &reason) != 0)
        {
            return import_reject(import, CUSTOMERS_CONSENT,
                                 "not unknown, granted or denied");
        }

        customer->consent = (enum rtn_consent) consent;
        *given |= RTN_CUSTOMER_CONSENT;
    }

    cell = row->cells[CUSTOMERS_SUBSCRIBED];

    if (cell.data != NULL) {
        if (rti_flag(cell, &is_subscribed, &reason) != 0) {
            return import_reject(import, CUSTOMERS_SUBSCRIBED, reason);
        }

        customer->is_unsubscribed = !is_subscribed;
        *given |= RTN_CUSTOMER_SUBSCRIBED;
    }

    return 0;
}


static int
customers_read(struct import *import, const struct rti_row *row,
    struct rtn_customer *customer, uint32_t *given)
{
    int          rc;
    const char  *reason;

    if (rti_id(row->cells[CUSTOMERS_ID], customer->id, &reason) != 0) {
        return import_reject(import, CUSTOMERS_ID, reason);
    }

    rc = import_texts(import, row, customers_texts, CUSTOMERS_TEXTS, customer,
                      given);

    if (rc == 0) {
        rc = customers_email(import, customer);
    }

    if (rc == 0) {
        rc = import_time(import, row, CUSTOMERS_REGISTERED,
                         &customer->registered_ms);
    }

    if (customer->registered_ms != 0) {
        *given |= RTN_CUSTOMER_REGISTERED;
    }

    if (rc == 0) {
        rc = customers_birthday(import, row, customer, given);
    }

    if (rc == 0) {
        rc = customers_referrer(import, row, customer, given);
    }

    return rc == 0 ? customers_permissions(import, row, customer, given) : rc;
}


/*
 * A dry run forgets each slice, so it remembers by itself whose the e-mails
 * of earlier slices are.
 */

static int
customers_remember(struct import *import, const struct rtn_customer *customer)
{
    int                     rc;
    char                    normalised[RTN_EMAIL_MAX + 1];
    uint64_t                owner, self;
    struct rtn_str          text = { customer->email, strlen(customer->email) };
    struct rtn_store       *store = import->ctx->store;
    struct customers_data  *data = import->data;

    if (!import->is_dry || rtn_email_normalise(text, normalised) != 0) {
        return 0;
    }

    text = (struct rtn_str) { customer->id, strlen(customer->id) };
    self = import_set_key(store, text);
    owner = self;

    text = (struct rtn_str) { normalised, strlen(normalised) };
    rc = import_set_put(&data->emails, import_set_key(store, text), &owner);

    if (rc == RTN_ERR_EXISTS) {
        return owner == self ? 0 : RTN_ERR_EXISTS;
    }

    return rc;
}


static int
customers_row(struct import *import, const struct rti_row *row,
    enum rtn_put *put)
{
    int                  rc;
    uint32_t             given = 0;
    struct rtn_customer  customer;

    memset(&customer, 0, sizeof(customer));

    rc = customers_read(import, row, &customer, &given);

    if (rc != 0) {
        return rc;
    }

    rc = rtn_customer_put(import->ctx->store, &customer, given, put);

    if (rc == 0) {
        rc = customers_remember(import, &customer);
    }

    switch (rc) {

    case RTN_ERR_EXISTS:
        return import_reject(import, CUSTOMERS_EMAIL,
                             "belongs to another customer");

    /* The row itself is within its limits, so it is what it would join. */

    case RTN_ERR_LIMIT:
        return import_reject(import, CUSTOMERS_EMAIL, "a guest with too many "
                             "orders has it, or no number is left");

    default:
        return rc;
    }
}


static void
customers_release(struct import *import)
{
    struct customers_data  *data = import->data;

    import_set_release(&data->emails);
}


static const struct import_kind  customers_kind = {
    .name = "customers",
    .columns = customers_columns,
    .n = CUSTOMERS_COLUMNS,
    .data_size = sizeof(struct customers_data),
    .row = customers_row,
    .release = customers_release
};


static int
customers_run(struct cmd_context *ctx)
{
    return import_run(ctx, &customers_kind);
}


static const struct cmd_option  customers_options[] = {
    IMPORT_OPTIONS,
    CMD_END
};

const struct cmd_command  cmd_import_customers = {
    .name = "import customers",
    .run = customers_run,
    .help = "take in customers from CSV or JSON lines",
    .example = "customers.csv.gz",
    .options = customers_options,
    .options_size = sizeof(struct import_options),
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_WRITES | CMD_TABLE
};
