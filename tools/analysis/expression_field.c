#include "expression_node.h"
#include "lifecycle.h"

#include <string.h>

#define FIELD_WORDS(table)                                                    \
    .words = (table), .word_count = sizeof(table) / sizeof((table)[0])


static bool field_spend(const struct rta_spend *spend, int64_t *value);
static bool field_average(const struct rta_spend *spend, int64_t *value);
static bool field_expected(const struct rta_spend *spend, int64_t *value);


static const struct rta_word  field_consent[] = {
    { "unknown", RTN_CONSENT_UNKNOWN },
    { "granted", RTN_CONSENT_GRANTED },
    { "denied",  RTN_CONSENT_DENIED }
};

static const struct rta_word  field_subscribed[] = {
    { "no",  0 },
    { "yes", 1 }
};

static const struct rta_word  field_stages[] = {
    { "visitor",  RTA_STAGE_VISITOR },
    { "new",      RTA_STAGE_NEW },
    { "active",   RTA_STAGE_ACTIVE },
    { "returned", RTA_STAGE_RETURNED },
    { "at-risk",  RTA_STAGE_AT_RISK },
    { "lapsed",   RTA_STAGE_LAPSED }
};

const struct rta_field  rta_fields[] = {

    { .name = "last_order", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, last_order_days) },

    { .name = "first_order", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, first_order_days) },

    { .name = "registered", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, registered_days) },

    { .name = "overdue", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, overdue_days),
      .needs = RTA_NEED_STAGE },

    { .name = "last_visit", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, visit_days),
      .needs = RTA_NEED_EVENTS },

    { .name = "cart_abandoned", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, cart_days),
      .needs = RTA_NEED_EVENTS },

    { .name = "bought", .type = RTA_TYPE_DAYS,
      .needs = RTA_NEED_EVENTS | RTA_NEED_ITEMS,
      .argument = "a sku or a category, as bought(shoes)",
      .ask = RTA_ASK_BOUGHT },

    { .name = "answered", .type = RTA_TYPE_DAYS,
      .needs = RTA_NEED_EVENTS,
      .argument = "a survey's answer, as answered(too-expensive)",
      .ask = RTA_ASK_ANSWERED },

    { .name = "orders", .type = RTA_TYPE_COUNT,
      .offset = offsetof(struct rta_subject, orders) },

    { .name = "first_items", .type = RTA_TYPE_COUNT,
      .offset = offsetof(struct rta_subject, first_items) },

    { .name = "referrals", .type = RTA_TYPE_COUNT,
      .offset = offsetof(struct rta_subject, referrals),
      .needs = RTA_NEED_REFERRALS },

    { .name = "spend", .type = RTA_TYPE_MONEY,
      .money = field_spend, .scale = 1 },

    { .name = "average_order", .type = RTA_TYPE_MONEY,
      .money = field_average, .scale = 2 },

    { .name = "expected_value", .type = RTA_TYPE_MONEY,
      .money = field_expected, .scale = 1, .needs = RTA_NEED_MODELS },

    { .name = "p_alive", .type = RTA_TYPE_FRACTION,
      .offset = offsetof(struct rta_subject, p_alive),
      .needs = RTA_NEED_MODELS },

    { .name = "lifecycle", .type = RTA_TYPE_WORD,
      .offset = offsetof(struct rta_subject, stage),
      FIELD_WORDS(field_stages), .needs = RTA_NEED_STAGE },

    { .name = "rfm", .type = RTA_TYPE_RFM,
      .offset = offsetof(struct rta_subject, rfm),
      .needs = RTA_NEED_SCORES },

    { .name = "rfm_recency", .type = RTA_TYPE_SCORE,
      .offset = offsetof(struct rta_subject, rfm_recency),
      .needs = RTA_NEED_SCORES },

    { .name = "rfm_frequency", .type = RTA_TYPE_SCORE,
      .offset = offsetof(struct rta_subject, rfm_frequency),
      .needs = RTA_NEED_SCORES },

    { .name = "rfm_monetary", .type = RTA_TYPE_SCORE,
      .offset = offsetof(struct rta_subject, rfm_monetary),
      .needs = RTA_NEED_SCORES },

    { .name = "consent", .type = RTA_TYPE_WORD,
      .offset = offsetof(struct rta_subject, consent),
      FIELD_WORDS(field_consent) },

    { .name = "subscribed", .type = RTA_TYPE_WORD,
      .offset = offsetof(struct rta_subject, is_subscribed),
      FIELD_WORDS(field_subscribed) },

    { .name = "country", .type = RTA_TYPE_TEXT,
      .offset = offsetof(struct rta_subject, country) },

    { .name = "language", .type = RTA_TYPE_TEXT,
      .offset = offsetof(struct rta_subject, language) },

    { .name = "channel", .type = RTA_TYPE_TEXT,
      .offset = offsetof(struct rta_subject, channel) },
};

const size_t  rta_field_count = sizeof(rta_fields) / sizeof(rta_fields[0]);


const struct rta_field *
rta_field_find(struct rtn_str name)
{
    size_t          i;
    struct rtn_str  known;

    for (i = 0; i < rta_field_count; i++) {
        known.data = rta_fields[i].name;
        known.len = strlen(known.data);

        if (rta_str_equal(name, known)) {
            return &rta_fields[i];
        }
    }

    return NULL;
}


bool
rta_str_equal(struct rtn_str a, struct rtn_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


unsigned
rta_outcome(int64_t value, int64_t literal)
{
    if (value == literal) {
        return RTA_EQUAL;
    }

    return value < literal ? RTA_LESS : RTA_GREATER;
}


static bool
field_spend(const struct rta_spend *spend, int64_t *value)
{
    *value = spend->minor;

    return true;
}


static bool
field_expected(const struct rta_spend *spend, int64_t *value)
{
    *value = spend->expected_minor;

    return *value >= 0;
}


/*
 * An average is seldom a whole number of minor units.  It is given in halves:
 * a whole one is even, and all that lie between two whole ones are the odd
 * number between them, so each comparison with a literal comes out exactly.
 */
static bool
field_average(const struct rta_spend *spend, int64_t *value)
{
    int64_t  whole, rest;

    whole = spend->minor / spend->orders;
    rest = spend->minor % spend->orders;

    if (rest < 0) {
        whole--;
    }

    /* no literal is past RTN_MONEY_MAX, so all averages past it are alike */

    if (whole > RTN_MONEY_MAX) {
        whole = RTN_MONEY_MAX + 1;

    } else if (whole < -RTN_MONEY_MAX) {
        whole = -RTN_MONEY_MAX - 1;
    }

    *value = whole * 2 + (rest != 0);

    return true;
}
