#include "expression_node.h"

#include <string.h>

#define FIELD_WORDS(words)  (words), sizeof(words) / sizeof((words)[0])


static int64_t field_spend(const struct rta_spend *spend);
static int64_t field_average(const struct rta_spend *spend);


static const struct rta_word  field_consent[] = {
    { "unknown", RTN_CONSENT_UNKNOWN },
    { "granted", RTN_CONSENT_GRANTED },
    { "denied",  RTN_CONSENT_DENIED }
};

static const struct rta_word  field_subscribed[] = {
    { "no",  0 },
    { "yes", 1 }
};

const struct rta_field  rta_fields[] = {

    { .name = "last_order", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, last_order_days) },

    { .name = "first_order", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, first_order_days) },

    { .name = "registered", .type = RTA_TYPE_DAYS,
      .offset = offsetof(struct rta_subject, registered_days) },

    { .name = "orders", .type = RTA_TYPE_COUNT,
      .offset = offsetof(struct rta_subject, orders) },

    { .name = "spend", .type = RTA_TYPE_MONEY,
      .money = field_spend, .scale = 1 },

    { .name = "average_order", .type = RTA_TYPE_MONEY,
      .money = field_average, .scale = 2 },

    { "consent", RTA_TYPE_WORD, offsetof(struct rta_subject, consent),
      FIELD_WORDS(field_consent), NULL, 0 },

    { "subscribed", RTA_TYPE_WORD,
      offsetof(struct rta_subject, is_subscribed),
      FIELD_WORDS(field_subscribed), NULL, 0 },

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


static int64_t
field_spend(const struct rta_spend *spend)
{
    return spend->minor;
}


/*
 * An average is seldom a whole number of minor units.  It is given in halves:
 * a whole one is even, and all that lie between two whole ones are the odd
 * number between them, so each comparison with a literal comes out exactly.
 */
static int64_t
field_average(const struct rta_spend *spend)
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

    return whole * 2 + (rest != 0);
}
