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


static void
add(struct rta_audience *audience, const char *at, int64_t amount,
    const char *currency, enum rtn_order_status status)
{
    struct rtn_order  order = { 0 };

    order.ordered_ms = ms_of(at);
    order.amount_minor = amount;
    order.status = status;
    memcpy(order.currency, currency, sizeof(order.currency));

    rta_audience_order(audience, &order);
}


static void
test_none(void **state)
{
    struct rta_audience  audience;
    struct rtn_customer  customer = { 0 };

    (void) state;

    rta_audience_begin(&audience, &customer, false, day_of(AS_OF));

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

    rta_audience_begin(&audience, &customer, false, day_of(AS_OF));

    add(&audience, "2026-06-28T21:00:00Z", 100, "EUR", RTN_ORDER_PAID);
    assert_int_equal(audience.subject.last_order_days, 1);

    add(&audience, "2026-06-28T20:59:59Z", 100, "EUR", RTN_ORDER_PAID);
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

    rta_audience_begin(&audience, &customer, false, day_of(AS_OF));

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

    rta_audience_begin(&audience, &customer, false, day_of(AS_OF));

    add(&audience, "2026-06-01T10:00:00Z", 3000, "EUR", RTN_ORDER_PAID);
    add(&audience, "2026-06-02T10:00:00Z", 500, "USD", RTN_ORDER_PAID);

    part.ordered_ms = ms_of("2026-06-03T10:00:00Z");
    part.amount_minor = 2000;
    part.refunded_minor = 1500;
    memcpy(part.currency, "EUR", sizeof(part.currency));
    rta_audience_order(&audience, &part);

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

    rta_audience_begin(&audience, &customer, true, day_of(AS_OF));
    assert_int_equal(audience.subject.registered_days, 0);
    assert_int_equal(audience.subject.is_subscribed, 0);
    assert_int_equal(audience.subject.consent, RTN_CONSENT_DENIED);
    assert_int_equal(audience.subject.country.len, 2);
    assert_int_equal(audience.subject.language.len, 0);

    /* who registered later was not known by then */
    customer.registered_ms = ms_of("2026-06-30T21:00:00Z");
    customer.is_unsubscribed = true;
    rta_audience_begin(&audience, &customer, false, day_of(AS_OF));
    assert_int_equal(audience.subject.registered_days, -1);
    assert_int_equal(audience.subject.is_subscribed, 0);
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
        cmocka_unit_test(test_customer)
    };

    if (rta_zone_use(str("Europe/Kyiv"), &reason) != 0) {
        printf("1..0 # SKIP no zone Europe/Kyiv: %s\n", reason);
        return 0;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
