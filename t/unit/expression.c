#include <stdio.h>

#include "analysis/expression.h"
#include "analysis/lifecycle.h"
#include "unit.h"

#define TEXT_MAX  (RTN_EXPRESSION_MAX * 2)


static const struct rta_spend  ada_spend[] = {
    { "USD", 1000, 3, -1 },         /* an average of 3.333... */
    { "EUR", 30000, 3, 4500 }
};

/* To what each condition asks first, second, and so on. */
static const int64_t  ada_asked[RTA_ASKS_MAX] = { 30, -1, 0 };
static const int64_t  bob_asked[RTA_ASKS_MAX] = { -1, -1, -1 };

/* Ada bought three times, Bob never; of Bob nothing is known. */
static const struct rta_subject  ada = {
    .last_order_days = 91,
    .first_order_days = 400,
    .registered_days = 401,
    .overdue_days = 21,
    .visit_days = 5,
    .cart_days = 6,
    .orders = 3,
    .first_items = 2,
    .referrals = 2,
    .p_alive = RTA_FRACTION_ONE / 4,
    .stage = RTA_STAGE_LAPSED,
    .rfm = 154,
    .rfm_recency = 1,
    .rfm_frequency = 5,
    .rfm_monetary = 4,
    .consent = RTN_CONSENT_GRANTED,
    .is_subscribed = 1,
    .country = { "UA", 2 },
    .language = { "uk", 2 },
    .channel = { "my shop", 7 },
    .spend = ada_spend,
    .spend_count = COUNT(ada_spend),
    .asked_days = ada_asked
};

static const struct rta_subject  bob = {
    .last_order_days = -1,
    .first_order_days = -1,
    .registered_days = -1,
    .overdue_days = -1,
    .visit_days = -1,
    .cart_days = -1,
    .first_items = -1,
    .p_alive = -1,
    .rfm = -1,
    .rfm_recency = -1,
    .rfm_frequency = -1,
    .rfm_monetary = -1,
    .asked_days = bob_asked
};


static struct rta_expression *
parse(const char *text)
{
    struct rta_fault        fault;
    struct rta_expression  *expression;

    if (rta_expression_parse(str(text), &expression, &fault) != RTN_OK) {
        fail_msg("%s: %zu: %s", text, fault.column, fault.message);
    }

    return expression;
}


static bool
holds(const char *text, const struct rta_subject *subject)
{
    bool                    result;
    struct rta_expression  *expression;

    struct rta_asks         asks = { 0 };

    expression = parse(text);
    assert_int_equal(rta_expression_bind(expression, &asks), RTN_OK);
    result = rta_expression_eval(expression, subject);
    rta_expression_free(expression);

    return result;
}


static void
test_comparisons(void **state)
{
    size_t  i;

    static const struct {
        const char  *text;
        bool         ada;
        bool         bob;
    } cases[] = {
        { "last_order > 90d",                   true,  false },
        { "last_order > 91d",                   false, false },
        { "last_order >= 91d",                  true,  false },
        { "last_order <= 13w",                  true,  false },
        { "last_order < 13w",                   false, false },
        { "last_order = 91d",                   true,  false },
        { "last_order != 91d",                  false, false },
        { "last_order != 90d",                  true,  false },
        { "not last_order > 90d",               false, true  },
        { "first_order >= 400d",                true,  false },
        { "registered>400d",                    true,  false },
        { "orders >= 1",                        true,  false },
        { "orders = 0",                         false, true  },
        { "orders != 3",                        false, true  },
        { "spend >= \"300.00 EUR\"",            true,  false },
        { "spend > \"300.00 EUR\"",             false, false },
        { "spend >= '10 USD'",                  true,  false },
        { "spend < \"1.00 PLN\"",               false, false },
        { "not spend >= \"1.00 PLN\"",          true,  true  },
        { "average_order = \"100.00 EUR\"",     true,  false },
        { "average_order > \"99.99 EUR\"",      true,  false },
        { "average_order > \"100.00 EUR\"",     false, false },
        { "average_order = \"3.33 USD\"",       false, false },
        { "average_order > \"3.33 USD\"",       true,  false },
        { "average_order < \"3.34 USD\"",       true,  false },
        { "average_order >= \"3.34 USD\"",      false, false },
        { "consent = granted",                  true,  false },
        { "consent = unknown",                  false, true  },
        { "consent != denied",                  true,  true  },
        { "subscribed = yes",                   true,  false },
        { "subscribed = no",                    false, true  },
        { "country = UA",                       true,  false },
        { "country = ua",                       false, false },
        { "country != PL",                      true,  false },
        { "not country = PL",                   true,  true  },
        { "language = 'uk'",                    true,  false },
        { "language = \"or\"",                  false, false },
        { "channel = \"my shop\"",              true,  false },
        { "overdue > 20d",                      true,  false },
        { "not overdue > 20d",                  false, true  },
        { "last_visit < 1w",                    true,  false },
        { "cart_abandoned = 6d",                true,  false },
        { "first_items > 1",                    true,  false },
        { "referrals >= 2",                     true,  false },
        { "referrals = 0",                      false, true },
        { "p_alive = 0.25",                     true,  false },
        { "p_alive = 25%",                      true,  false },
        { "p_alive < 25.0000001%",              true,  false },
        { "p_alive > 0.249999999",              true,  false },
        { "p_alive > 25%",                      false, false },
        { "p_alive <= 1",                       true,  false },
        { "lifecycle = lapsed",                 true,  false },
        { "lifecycle = visitor",                false, true  },
        { "lifecycle != visitor",               true,  false },
        { "rfm = 154",                          true,  false },
        { "rfm != 155",                         true,  false },
        { "rfm = cannot-lose",                  true,  false },
        { "rfm = champions",                    false, false },
        { "rfm != champions",                   true,  false },
        { "rfm_recency <= 1",                   true,  false },
        { "rfm_frequency = 5",                  true,  false },
        { "rfm_monetary > 4",                   false, false },
        { "expected_value = \"45.00 EUR\"",     true,  false },
        { "expected_value < \"99.00 USD\"",     false, false },
        { "not expected_value < \"9.00 USD\"",  true,  true  },
        { "bought(shoes)",                      true,  false },
        { "bought('red shoes') >= 30d",         true,  false },
        { "bought(shoes) > 30d",                false, false },
        { "bought(a) and bought(b)",            false, false },
        { "bought(a) and answered(a)",          false, false },
        { "bought(a) and not answered(a)",      true,  false },
        { "bought(a) and (bought(b) or answered(a) = 0d)", true, false },
        { "(bought(a) or bought(b)) and bought(a)", true, false },
        { "not bought(shoes)",                  false, true  }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        if (holds(cases[i].text, &ada) != cases[i].ada
            || holds(cases[i].text, &bob) != cases[i].bob)
        {
            fail_msg("wrong: %s", cases[i].text);
        }
    }
}


/* Sums may pass what a literal can say. */
static void
test_huge_average(void **state)
{
    struct rta_spend    spend;
    struct rta_subject  subject;

    (void) state;

    spend = (struct rta_spend) { "JPY", INT64_MAX, 1, -1 };
    subject = bob;
    subject.spend = &spend;
    subject.spend_count = 1;

    assert_true(holds("average_order > '1000000000000000 JPY'", &subject));

    spend.minor = INT64_MIN;
    assert_true(holds("average_order < '-1000000000000000 JPY'", &subject));
    spend.minor = -1000000000000000;
    assert_false(holds("average_order < '-1000000000000000 JPY'", &subject));
}


static void
test_precedence(void **state)
{
    (void) state;

    assert_true(holds("orders = 3 or orders = 3 and orders = 4", &ada));
    assert_false(holds("(orders = 3 or orders = 3) and orders = 4", &ada));
    assert_true(holds("not orders = 4 and orders = 3", &ada));
    assert_false(holds("not (orders = 4 or orders = 3)", &ada));
    assert_true(holds("not not orders = 3", &ada));
    assert_true(holds("orders=4 and orders=4 or orders=3", &ada));
    assert_true(holds("\n(orders\t=\r\n3)and(orders=3)", &ada));
}


static void
test_faults(void **state)
{
    size_t                  i;
    struct rta_fault        fault;
    struct rta_expression  *expression;

    static const struct {
        const char  *text;
        size_t       column;
        const char  *message;
    } cases[] = {
        { "",                        1, "expected a field, found the end" },
        { "   ",                     4, "expected a field, found the end" },
        { "last_ordr > 90d",         1, "did you mean 'last_order'?" },
        { "guest = yes",             1, "unknown field 'guest'" },
        { "orders",                  7, "expected one of > >= < <= = !=" },
        { "orders == 1",             8, "unknown operator '=='" },
        { "orders ! 1",              8, "unknown operator '!'" },
        { "orders > ",              10, "expected a whole number" },
        { "orders > 1.5",           10, "found '1.5'" },
        { "orders > -1",            10, "found '-1'" },
        { "orders > 1000000001",    10, "at most 1000000000" },
        { "orders > 99999999999999999999", 10, "at most 1000000000" },
        { "last_order > 90",        14, "expected a duration" },
        { "last_order > d",         14, "expected a duration" },
        { "last_order > 36501d",    14, "expected a duration" },
        { "last_order > 5215w",     14, "expected a duration" },
        { "spend > 30",              9, "expected an amount" },
        { "spend > \"30.00\"",       9, "expected an amount" },
        { "spend > \"30.00 XXQ\"",   9, "expected an amount" },
        { "spend > \"30.001 EUR\"",  9, "expected an amount" },
        { "consent = yes",          11, "one of unknown granted denied" },
        { "subscribed = granted",   14, "one of no yes" },
        { "consent > granted",       9, "'consent' has no order" },
        { "country <= PL",           9, "'country' has no order" },
        { "country = and",          11, "found 'and'" },
        { "country = \"\"",         11, "expected a word" },
        { "country = \"PL",         11, "quote is never closed" },
        { "country = \"P\x01L\"",   11, "control byte" },
        { "country = P\x1bL",       11, "control byte" },
        { "country = \xc2\x9bL",    11, "control byte" },
        { "(orders > 1",             1, "'(' is never closed" },
        { "orders > 1)",            11, "')' closes nothing" },
        { "()",                      2, "expected a field, found ')'" },
        { "orders > 1 orders > 2",  12, "'and', 'or' or the end" },
        { "orders > 1 AND orders > 2", 12, "found 'AND'" },
        { "orders > 1 and",         15, "expected a field, found the end" },
        { "and orders > 1",          1, "unknown field 'and'" },
        { "not",                     4, "expected a field" },
        { "orders > 1 or\n  order > 2", 17, "did you mean 'orders'?" },
        { "p_alive > 1.1",          11, "expected a fraction such as" },
        { "p_alive > 101%",         11, "expected a fraction" },
        { "p_alive > .5",           11, "expected a fraction" },
        { "p_alive > 1.",           11, "expected a fraction" },
        { "p_alive > 0.5.1",        11, "expected a fraction" },
        { "p_alive > 0.1234567891", 11, "expected a fraction" },
        { "p_alive > 0.12345678%",  11, "expected a fraction" },
        { "p_alive > %",            11, "expected a fraction" },
        { "p_alive > 1e0",          11, "expected a fraction" },
        { "lifecycle = at_risk",    13, "visitor new active returned at-risk" },
        { "lifecycle > new",        11, "'lifecycle' has no order" },
        { "rfm = 150",               7, "scores such as 155, or one of" },
        { "rfm = 1555",              7, "scores such as 155" },
        { "rfm = best",              7, "champions loyal potential-loyal" },
        { "rfm > 111",               5, "'rfm' has no order" },
        { "rfm_recency = 0",        15, "a score from 1 to 5" },
        { "rfm_recency = 6",        15, "a score from 1 to 5" },
        { "bought > 3d",             8, "'(' with a sku or a category" },
        { "bought()",                8, "a sku or a category, as bought(sh" },
        { "bought((a))",             8, "a sku or a category" },
        { "bought('')",              8, "a sku or a category" },
        { "bought(a",                9, "expected ')', found the end" },
        { "bought(a b)",            10, "expected ')', found 'b'" },
        { "bought(a) > 3",          13, "expected a duration" },
        { "bought(a) 3d",           11, "'and', 'or' or the end" },
        { "bought(0123456789012345678901234567890123456789"
          "0123456789012345678901234)", 8, "is longer than 64 bytes" },
        { "answered",                9, "'(' with a survey's answer" },
        { "orders(3) > 1",           7, "expected one of > >= < <= = !=" }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        expression = NULL;

        assert_int_equal(rta_expression_parse(str(cases[i].text), &expression,
                                              &fault),
                         RTN_ERR_LIMIT);
        assert_null(expression);

        if (fault.column != cases[i].column
            || strstr(fault.message, cases[i].message) == NULL)
        {
            fail_msg("%s: %zu: %s", cases[i].text, fault.column,
                     fault.message);
        }
    }
}


/* n times the opening, a comparison, n times the closing. */
static int
parse_nested(const char *opening, const char *closing, size_t n, size_t *column)
{
    int                     rc;
    char                    text[TEXT_MAX];
    size_t                  i;
    struct rta_fault        fault;
    struct rta_expression  *expression;

    text[0] = '\0';

    for (i = 0; i < n; i++) {
        strcat(text, opening);
    }

    strcat(text, "orders=1");

    for (i = 0; i < n; i++) {
        strcat(text, closing);
    }

    rc = rta_expression_parse(str(text), &expression, &fault);

    if (rc == RTN_OK) {
        rta_expression_free(expression);

    } else {
        *column = fault.column;
    }

    return rc;
}


static void
test_limits(void **state)
{
    char                    text[RTN_EXPRESSION_MAX + 2];
    size_t                  column;
    struct rta_fault        fault;
    struct rta_expression  *expression;

    (void) state;

    assert_int_equal(parse_nested("(", ")", RTA_EXPRESSION_DEPTH_MAX,
                                  &column),
                     RTN_OK);
    assert_int_equal(parse_nested("(", ")", RTA_EXPRESSION_DEPTH_MAX + 1,
                                  &column),
                     RTN_ERR_LIMIT);
    assert_int_equal(column, RTA_EXPRESSION_DEPTH_MAX + 1);
    assert_int_equal(parse_nested("not ", "", RTA_EXPRESSION_DEPTH_MAX,
                                  &column),
                     RTN_OK);
    assert_int_equal(parse_nested("not ", "", RTA_EXPRESSION_DEPTH_MAX + 1,
                                  &column),
                     RTN_ERR_LIMIT);
    assert_int_equal(parse_nested("orders=1 or (", ")", 32, &column), RTN_OK);
    assert_int_equal(parse_nested("orders=1 or (", ")", 33, &column),
                     RTN_ERR_LIMIT);

    memset(text, ' ', sizeof(text));
    memcpy(text, "orders=1", 8);

    assert_int_equal(rta_expression_parse(
                         (struct rtn_str) { text, RTN_EXPRESSION_MAX },
                         &expression, &fault),
                     RTN_OK);
    rta_expression_free(expression);

    assert_int_equal(rta_expression_parse(
                         (struct rtn_str) { text, RTN_EXPRESSION_MAX + 1 },
                         &expression, &fault),
                     RTN_ERR_LIMIT);
    assert_int_equal(fault.column, RTN_EXPRESSION_MAX + 1);
}


/* The most nodes that the longest text can have. */
static void
test_most_nodes(void **state)
{
    char                    text[TEXT_MAX];
    struct rta_expression  *expression;

    (void) state;

    strcpy(text, "orders=3");

    while (strlen(text) + strlen(" or not not not not not orders=3")
           <= RTN_EXPRESSION_MAX)
    {
        strcat(text, " or not not not not not orders=3");
    }

    expression = parse(text);
    assert_true(rta_expression_eval(expression, &ada));
    assert_false(rta_expression_is_empty(expression));
    rta_expression_free(expression);
}


/* What a condition needs, and whom its asks share a place with. */
static void
test_needs(void **state)
{
    char                    text[TEXT_MAX];
    size_t                  i;
    struct rta_asks         asks = { 0 };
    struct rta_expression  *one, *two;

    (void) state;

    one = parse("orders > 1 and not (rfm = lost or p_alive < 50%)");
    assert_int_equal(rta_expression_needs(one),
                     RTA_NEED_SCORES | RTA_NEED_MODELS);
    assert_int_equal(rta_expression_bind(one, &asks), RTN_OK);
    assert_int_equal(asks.n, 0);
    rta_expression_free(one);

    one = parse("referrals > 1");
    assert_int_equal(rta_expression_needs(one), RTA_NEED_REFERRALS);
    rta_expression_free(one);

    one = parse("expected_value > '1 EUR' or expected_value > '1 USD'");
    assert_string_equal(rta_expression_foreign(one, "EUR"), "USD");
    assert_string_equal(rta_expression_foreign(one, "USD"), "EUR");
    rta_expression_free(one);

    one = parse("spend > '1 USD'");
    assert_null(rta_expression_foreign(one, "EUR"));
    rta_expression_free(one);

    one = parse("bought(a) or answered(a) or bought(b)");
    two = parse("bought(b) and lifecycle = new");
    assert_int_equal(rta_expression_needs(two),
                     RTA_NEED_EVENTS | RTA_NEED_ITEMS | RTA_NEED_STAGE);
    assert_int_equal(rta_expression_bind(one, &asks), RTN_OK);
    assert_int_equal(rta_expression_bind(two, &asks), RTN_OK);
    assert_int_equal(asks.n, 3);
    assert_int_equal(asks.items[1].kind, RTA_ASK_ANSWERED);
    assert_string_equal(asks.items[2].text, "b");
    rta_expression_free(one);
    rta_expression_free(two);

    asks.n = 0;
    strcpy(text, "bought(0)");

    for (i = 1; i < RTA_ASKS_MAX; i++) {
        sprintf(text + strlen(text), "or bought(%zu)", i);
    }

    one = parse(text);
    assert_int_equal(rta_expression_bind(one, &asks), RTN_OK);
    rta_expression_free(one);

    one = parse("bought(z)");
    assert_int_equal(rta_expression_bind(one, &asks), RTN_ERR_LIMIT);
    rta_expression_free(one);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_huge_average),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_most_nodes),
        cmocka_unit_test(test_needs)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
