/* What orders add up to, as of a day of the shop. */

#include <stdio.h>

#include "analysis/audience.h"
#include "analysis/zone.h"
#include "unit.h"

#define AS_OF  "2026-06-30"


static rtn_day_t
day_of(const char *text)
{
    rtn_day_t  day;

    assert_int_equal(rtn_day_parse(str(text), &day), 0);

    return day;
}


static int64_t
ms_of(const char *text)
{
    int64_t  ms;

    assert_int_equal(rtn_time_parse(str(text), &ms), 0);

    return ms;
}


static struct rta_audience_basis  basis;


static void
begin(struct rta_audience *audience, const struct rtn_customer *customer,
    bool is_suppressed)
{
    basis.as_of = day_of(AS_OF);
    rta_audience_init(audience, &basis);
    rta_audience_begin(audience, customer, is_suppressed, NULL, NULL);
}


static void
add(struct rta_audience *audience, const char *at, int64_t amount,
    const char *currency, enum rtn_order_status status)
{
    struct rtn_order  order = { 0 };

    order.ordered_ms = ms_of(at);
    order.amount_minor = amount;
    order.status = status;
    memcpy(order.currency, currency, sizeof(order.currency));

    assert_int_equal(rta_audience_order(audience, &order), 0);
}


static void
test_none(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    begin(&audience, &customer, false);

    assert_int_equal(audience.subject.last_order_days, -1);
    assert_int_equal(audience.subject.first_order_days, -1);
    assert_int_equal(audience.subject.registered_days, -1);
    assert_int_equal(audience.subject.orders, 0);
    assert_int_equal(audience.subject.spend_count, 0);
    assert_int_equal(audience.subject.is_subscribed, 1);
}


/* In Kyiv, in summer three hours ahead of UTC. */

static void
test_days(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    begin(&audience, &customer, false);

    add(&audience, "2026-06-28T20:59:59Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(audience.subject.last_order_days, 2);

    add(&audience, "2026-06-28T21:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(audience.subject.last_order_days, 1);
    assert_int_equal(audience.subject.first_order_days, 2);

    /* the as-of day is in, the one after is not */
    add(&audience, "2026-06-30T20:59:59Z", 100, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-30T21:00:00Z", 100, "EUR", RTN_ORDER_PAID);

    assert_int_equal(audience.subject.last_order_days, 0);
    assert_int_equal(audience.subject.first_order_days, 2);
    assert_int_equal(audience.subject.orders, 3);
}


static void
test_status(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    begin(&audience, &customer, false);

    add(&audience, "2026-06-01T10:00:00Z", 100, "EUR", RTN_ORDER_CANCELLED);
    add(&audience, "2026-06-01T10:00:00Z", 100, "EUR", RTN_ORDER_REFUNDED);
    add(&audience, "2026-06-01T10:00:00Z", -1, "EUR", RTN_ORDER_PAID);
    assert_int_equal(audience.subject.orders, 0);
    assert_int_equal(audience.subject.last_order_days, -1);
    assert_int_equal(audience.subject.spend_count, 0);

    add(&audience, "2026-06-01T10:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(audience.subject.orders, 1);
    assert_int_equal(audience.subject.last_order_days, 29);
}


static void
test_spend(void **state)
{
    int                  i;
    rtn_currency_t       currency;
    struct rtn_order     part = { 0 };
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    begin(&audience, &customer, false);

    add(&audience, "2026-06-01T10:00:00Z", 3000, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-02T10:00:00Z", 500, "USD", RTN_ORDER_PAID);

    part.ordered_ms = ms_of("2026-06-03T10:00:00Z");
    part.amount_minor = 2000;
    part.refunded_minor = 1500;
    memcpy(part.currency, "EUR", sizeof(part.currency));
    assert_int_equal(rta_audience_order(&audience, &part), 0);

    assert_int_equal(audience.subject.spend_count, 2);
    assert_string_equal(audience.subject.spend[0].currency, "EUR");
    assert_int_equal(audience.subject.spend[0].minor, 3500);
    assert_int_equal(audience.subject.spend[0].orders, 2);
    assert_int_equal(audience.subject.spend[1].minor, 500);

    /* a sum stops where 64 bits end */
    add(&audience, "2026-06-03T10:00:00Z", INT64_MAX, "EUR", RTN_ORDER_PAID);
    assert_true(audience.subject.spend[0].minor == INT64_MAX);

    /* more currencies than are kept still count as orders */
    for (i = 0; i < 60; i++) {
        snprintf(currency, sizeof(currency), "X%c%c",
                 (char) ('A' + i / 26), (char) ('A' + i % 26));
        add(&audience, "2026-06-03T10:00:00Z", 1, currency, RTN_ORDER_PAID);
    }

    assert_int_equal(audience.subject.spend_count, RTA_AUDIENCE_CURRENCIES);
    assert_int_equal(audience.subject.orders, 64);
}


static void
test_customer(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    memcpy(customer.country, "UA", 3);
    customer.consent = RTN_CONSENT_DENIED;
    customer.registered_ms = ms_of("2026-06-29T21:00:00Z");

    begin(&audience, &customer, true);
    assert_int_equal(audience.subject.registered_days, 0);
    assert_int_equal(audience.subject.is_subscribed, 0);
    assert_int_equal(audience.subject.consent, RTN_CONSENT_DENIED);
    assert_int_equal(audience.subject.country.len, 2);
    assert_int_equal(audience.subject.language.len, 0);

    /* who registered later was not known by then */
    customer.registered_ms = ms_of("2026-06-30T21:00:00Z");
    customer.is_unsubscribed = true;
    begin(&audience, &customer, false);
    assert_int_equal(audience.subject.registered_days, -1);
    assert_int_equal(audience.subject.is_subscribed, 0);
}


/* A cart is left when nothing was bought since; who is seen by no event was
   never there. */

static void
test_seen(void **state)
{
    static const int64_t  asked[] = { 4, -1 };
    struct rta_seen       seen = { .asked_days = asked };
    struct rta_audience   audience;
    struct rtn_customer   customer = { 0 };

    (void) state;

    basis.as_of = day_of(AS_OF);
    rta_audience_init(&audience, &basis);

    seen.visit_ms = ms_of("2026-06-28T20:59:59Z");
    seen.cart_ms = ms_of("2026-06-20T10:00:00Z");
    rta_audience_begin(&audience, &customer, false, &seen, NULL);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.visit_days, 2);
    assert_int_equal(audience.subject.cart_days, 10);
    assert_int_equal(audience.subject.asked_days[0], 4);

    rta_audience_begin(&audience, &customer, false, &seen, NULL);
    add(&audience, "2026-06-20T09:59:59Z", 100, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-20T10:00:01Z", 100, "EUR", RTN_ORDER_CANCELLED);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.cart_days, 10);

    rta_audience_begin(&audience, &customer, false, &seen, NULL);
    add(&audience, "2026-06-20T10:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.cart_days, -1);

    seen.bought_ms = seen.cart_ms + 1;
    rta_audience_begin(&audience, &customer, false, &seen, NULL);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.cart_days, -1);

    rta_audience_begin(&audience, &customer, false, NULL, NULL);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.visit_days, -1);
    assert_int_equal(audience.subject.cart_days, -1);

    rta_audience_release(&audience);
}


/* Whom he brought is his alone. */

static void
test_referred(void **state)
{
    struct rta_referred  referred = { 3, 4500 };
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    rta_audience_init(&audience, &basis);
    rta_audience_begin(&audience, &customer, false, NULL, &referred);
    assert_int_equal(audience.subject.referrals, 3);
    assert_int_equal(audience.referred.paid_minor, 4500);

    rta_audience_begin(&audience, &customer, false, NULL, NULL);
    assert_int_equal(audience.subject.referrals, 0);
    assert_int_equal(audience.referred.paid_minor, 0);
}


/* What is not needed stays unknown; the next customer begins anew. */

static void
test_needs(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    basis = (struct rta_audience_basis) {
        .as_of = day_of(AS_OF), .needs = RTA_NEED_STAGE | RTA_NEED_SCORES,
        .currency = "EUR",
        .cuts = { { 1, 2, 30, 40 }, { 1, 2, 3, 4 }, { 99, 100, 301, 400 } }
    };
    rta_audience_init(&audience, &basis);
    rta_audience_begin(&audience, &customer, false, NULL, NULL);

    /* gaps of 4 and 5 days: due after 5, and 2 days late */
    add(&audience, "2026-06-14T10:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-18T10:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-23T10:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.stage, RTA_STAGE_ACTIVE);
    assert_int_equal(audience.subject.overdue_days, 2);
    assert_int_equal(audience.subject.rfm, 333);
    assert_int_equal(audience.subject.rfm_recency, 3);
    assert_int_equal(audience.subject.p_alive, -1);

    rta_audience_begin(&audience, &customer, false, NULL, NULL);
    add(&audience, "2026-06-30T10:00:00Z", 100, "USD", RTN_ORDER_PAID);
    assert_int_equal(rta_audience_end(&audience), 0);
    assert_int_equal(audience.subject.stage, RTA_STAGE_NEW);
    assert_int_equal(audience.subject.overdue_days, -1);
    assert_int_equal(audience.subject.rfm, -1);

    rta_audience_release(&audience);
    basis = (struct rta_audience_basis) { 0 };
}


int
main(void)
{
    const char  *reason;

    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_spend),
        cmocka_unit_test(test_customer),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_referred),
        cmocka_unit_test(test_needs)
    };

    if (rta_zone_use(str("Europe/Kyiv"), &reason) != 0) {
        printf("1..0 # SKIP no zone Europe/Kyiv: %s\n", reason);
        return 0;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
