/* Mail services that read CSV with headers of their own: a row each. */

#include "merge.h"

#define SERVICE_MB  UINT64_C(1000000)

/* Mailchimp's import page: the address is known by this header.  Its merge
   tags have 10 characters at most, so links go by number. */

static const char *const  mailchimp_names[MERGE_FIELDS] = {
    [MERGE_CUSTOMER_ID]     = "RTN_ID",
    [MERGE_EMAIL]           = "Email Address",
    [MERGE_NAME]            = "RTN_NAME",
    [MERGE_TIER]            = "RTN_TIER",
    [MERGE_ARM]             = "RTN_ARM",
    [MERGE_COUPON]          = "RTN_CODE",
    [MERGE_COUPON_EXPIRES]  = "RTN_UNTIL",
    [MERGE_PIXEL_URL]       = "RTN_PIXEL",
    [MERGE_LINK]            = "RTN_L%s",
    [MERGE_LINK_TRAP]       = "RTN_TRAP",
    [MERGE_UNSUBSCRIBE_URL] = "RTN_UNSUB"
};

/* The others' fields are the list's, so that ours need a prefix. */

#define SERVICE_NAMES(their_name)                                             \
    {                                                                         \
        [MERGE_CUSTOMER_ID]     = "rtn_customer_id",                          \
        [MERGE_EMAIL]           = "email",                                    \
        [MERGE_NAME]            = their_name,                                 \
        [MERGE_TIER]            = "rtn_tier",                                 \
        [MERGE_ARM]             = "rtn_arm",                                  \
        [MERGE_COUPON]          = "rtn_coupon",                               \
        [MERGE_COUPON_EXPIRES]  = "rtn_coupon_expires",                       \
        [MERGE_PIXEL_URL]       = "rtn_pixel",                                \
        [MERGE_LINK]            = "rtn_link_%s",                              \
        [MERGE_LINK_TRAP]       = "rtn_trap",                                 \
        [MERGE_UNSUBSCRIBE_URL] = "rtn_unsubscribe"                           \
    }

static const char *const  unisender_names[MERGE_FIELDS] =
    SERVICE_NAMES("Name");
static const char *const  sendpulse_names[MERGE_FIELDS] =
    SERVICE_NAMES("name");
static const char *const  mautic_names[MERGE_FIELDS] =
    SERVICE_NAMES("rtn_name");

const struct merge_format  merge_mailchimp = {
    .name = "mailchimp",
    .names = mailchimp_names,
    .tag = "*|%s|*",
    .name_max = 10,
    .numbers_links = true,
    .value_max = 255,
    .fields_max = 30,
    .header = merge_csv_header,
    .row = merge_csv_row
};

const struct merge_format  merge_unisender = {
    .name = "unisender",
    .names = unisender_names,
    .tag = "{{%s}}",
    .fields_max = 50,
    .bytes_max = 20 * SERVICE_MB,
    .header = merge_csv_header,
    .row = merge_csv_row
};

const struct merge_format  merge_sendpulse = {
    .name = "sendpulse",
    .names = sendpulse_names,
    .tag = "{{%s}}",
    .header = merge_csv_header,
    .row = merge_csv_row
};

const struct merge_format  merge_mautic = {
    .name = "mautic",
    .names = mautic_names,
    .tag = "{contactfield=%s}",
    .value_max = 64,
    .counts_characters = true,
    .has_tokens = true,
    .header = merge_csv_header,
    .row = merge_csv_row
};
