/* A small campaign for the tests of the report's counting. */

#ifndef T_RESPONSE_H_INCLUDED
#define T_RESPONSE_H_INCLUDED

#include "analysis/response.h"
#include "analysis/zone.h"
#include "rtn_token.h"
#include "unit.h"

#define DAY        INT64_C(86400000)
#define T0         (INT64_C(20000) * DAY)
#define UNTIL      (T0 + 30 * DAY)
#define CAMPAIGN   7
#define HELD       100u         /* customers: the first hold-out */
#define TREATED    1u           /* and the first treated one */

static const struct rta_plan_arm  one_arm[] = { { "treated", 1000000 } };
static const char *const  tiers[] = { "d90", "d180" };
static const char *const  messages[] = { "first", "reminder" };

static const struct rta_plan  plan_one = {
    .campaign = CAMPAIGN, .holdout_ppm = 500000, .has_shares = true,
    .arm_count = 1, .arms = one_arm, .tier_count = 2, .tiers = tiers,
    .message_count = 2, .messages = messages,
    .cutoff_ms = UNTIL + 100 * DAY, .has_orders = true,
    .orders_until_ms = UNTIL
};

/* A campaign of two treated, customers 1 and 2, and two held out, 100 and
   101; number 2 has a coupon. */

struct fixture {
    struct rta_response      *response;
    const struct rta_report  *report;
};


static inline void
add(struct rta_response *response, uint32_t customer, uint8_t arm,
    uint8_t tier, uint64_t code)
{
    struct rta_recipient  recipient = {
        .customer = customer, .arm = arm, .tier = tier, .t0_ms = T0,
        .until_ms = UNTIL, .code = code, .code_expires_ms = T0 + 14 * DAY
    };

    assert_int_equal(rta_response_recipient(response, &recipient), 0);
}


static inline void
begin_with(struct fixture *f, const struct rta_plan *plan)
{
    const char  *reason;

    assert_int_equal(rta_zone_use(str("UTC"), &reason), 0);
    assert_int_equal(rta_response_init(plan, &f->response), 0);

    add(f->response, TREATED, 1, 1, 0);
    add(f->response, TREATED + 1, 1, 2, 4242);
    add(f->response, HELD, 0, 1, 0);
    add(f->response, HELD + 1, 0, 2, 0);
    add(f->response, RTN_RECIPIENT_TEST + 5, 1, 1, 99);
}


static inline void
begin(struct fixture *f)
{
    begin_with(f, &plan_one);
}


static inline void
finish(struct fixture *f)
{
    assert_int_equal(rta_response_finish(f->response, &f->report), 0);
}


static inline void
end(struct fixture *f)
{
    rta_response_free(f->response);
}


static inline struct rta_order
order_of(const char *id, uint32_t customer, int64_t at_ms, int64_t minor)
{
    struct rta_order  order = {
        .id = str(id), .customer = customer, .ordered_ms = at_ms,
        .is_paid = true, .currency = "EUR", .amount_minor = minor
    };

    return order;
}


static inline void
buy(struct fixture *f, const char *id, uint32_t customer, int64_t at_ms,
    int64_t minor)
{
    struct rta_order  order = order_of(id, customer, at_ms, minor);

    assert_int_equal(rta_response_order(f->response, &order), 0);
}


/* An event of the campaign by token; the next call makes it anew. */

static inline struct rtn_event *
event_of(enum rtn_kind kind, uint32_t customer, int64_t at_ms)
{
    static struct rtn_event  event;

    memset(&event, 0, sizeof(event));
    event.kind = kind;
    event.customer = customer;
    event.campaign = CAMPAIGN;
    event.occurred_ms = at_ms;
    event.source = RTN_SOURCE_PIXEL;

    return &event;
}


static inline void
say(struct fixture *f, enum rtn_kind kind, uint32_t customer, int64_t at_ms)
{
    assert_int_equal(rta_response_event(f->response,
                                        event_of(kind, customer, at_ms)), 0);
}


static inline void
say_bought(struct fixture *f, const char *id, uint32_t customer,
    int64_t minor, bool names)
{
    struct rtn_event  *event = event_of(RTN_KIND_PURCHASE, customer, T0 + 5);

    event->source = RTN_SOURCE_SERVER;
    event->names_customer = names;
    event->order_id = str(id);
    event->has_amount = true;
    event->amount_minor = minor;
    memcpy(event->currency, "EUR", 4);

    assert_int_equal(rta_response_event(f->response, event), 0);
}


static inline void
coupon_at(struct fixture *f, enum rta_coupon_action action, uint32_t customer,
    int64_t at_ms, const char *order_id, int64_t minor)
{
    struct rta_coupon_change  change = {
        .action = action, .customer = customer, .at_ms = at_ms,
        .order_id = str(order_id), .has_amount = true, .amount_minor = minor,
        .currency = "EUR"
    };

    assert_int_equal(rta_response_coupon(f->response, &change), 0);
}


static inline void
coupon(struct fixture *f, enum rta_coupon_action action, uint32_t customer,
    const char *order_id, int64_t minor, int64_t discount)
{
    struct rta_coupon_change  change = {
        .action = action, .customer = customer, .at_ms = T0 + 6,
        .order_id = str(order_id), .has_amount = true, .amount_minor = minor,
        .currency = "EUR", .discount_minor = discount
    };

    assert_int_equal(rta_response_coupon(f->response, &change), 0);
}


static inline const struct rta_tally *
arm(const struct fixture *f, size_t i)
{
    return &f->report->arms[i].tally;
}


static inline const struct rta_comparison_row *
row(const struct fixture *f, enum rta_metric metric, const char *currency)
{
    size_t                            i;
    const struct rta_comparison_row  *found;

    for (i = 0; i < f->report->comparison_count; i++) {
        found = &f->report->comparisons[i];

        if (found->metric == metric && found->is_headline
            && strcmp(found->currency, currency) == 0)
        {
            return found;
        }
    }

    return NULL;
}


static inline bool
has_note(const struct fixture *f, const char *words)
{
    size_t  i;

    for (i = 0; i < f->report->note_count; i++) {
        if (strstr(f->report->notes[i], words) != NULL) {
            return true;
        }
    }

    return false;
}

#endif /* T_RESPONSE_H_INCLUDED */
