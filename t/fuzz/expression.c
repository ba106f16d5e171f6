/*
 * Conditions, two in one input with a NUL byte between them: what is read is
 * judged, and what the bounds claim is held against a few customers.
 */

#include "fuzz.h"

#include "analysis/expression.h"

static const struct rta_spend  spend[] = {
    { "EUR", INT64_MAX, 1, INT64_MAX }, { "USD", INT64_MIN, 7, -1 },
    { "JPY", 10, 3, 0 }
};

static const int64_t  never[RTA_ASKS_MAX] = {
    [0 ... RTA_ASKS_MAX - 1] = -1
};
static const int64_t  today[RTA_ASKS_MAX];

static const struct rta_subject  subjects[] = {
    { .last_order_days = -1, .first_order_days = -1, .registered_days = -1,
      .overdue_days = -1, .visit_days = -1, .cart_days = -1,
      .first_items = -1, .p_alive = -1, .rfm = -1, .rfm_recency = -1,
      .rfm_frequency = -1, .rfm_monetary = -1, .asked_days = never },
    { .first_order_days = 90, .registered_days = 91, .orders = 1,
      .first_items = 2, .p_alive = RTA_FRACTION_ONE, .stage = 5, .rfm = 555,
      .rfm_recency = 5, .rfm_frequency = 5, .rfm_monetary = 5, .consent = 1,
      .is_subscribed = 1, .country = { "UA", 2 }, .language = { "uk", 2 },
      .channel = { "a b", 3 }, .spend = spend, .spend_count = 3,
      .asked_days = today },
    { .last_order_days = 36500, .first_order_days = 36501,
      .overdue_days = 36500, .visit_days = 1, .cart_days = 90,
      .orders = 1000000000, .referrals = 7, .p_alive = 500000000, .stage = 2,
      .rfm = 111,
      .rfm_recency = 1, .rfm_frequency = 1, .rfm_monetary = 1, .consent = 2,
      .country = { "PL", 2 }, .channel = { "x", 1 }, .spend = &spend[2],
      .spend_count = 1, .asked_days = never }
};


static struct rta_expression *
parse(const uint8_t *data, size_t size)
{
    struct rta_fault        fault;
    struct rta_expression  *expression;

    if (rta_expression_parse(fuzz_str(data, size), &expression, &fault)
        == RTN_OK)
    {
        return expression;
    }

    assert(fault.column >= 1 && fault.column <= size + 1);
    assert(strlen(fault.message) < RTA_FAULT_MAX - 1);

    return NULL;
}


static void
check(const struct rta_expression *a, const struct rta_expression *b)
{
    bool    is_a, is_b, is_implied, is_excluded, is_empty;
    size_t  i;

    is_implied = rta_expression_implies(NULL, a, b);
    is_excluded = rta_expression_excludes(a, b);
    is_empty = rta_expression_is_empty(a);

    for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        is_a = rta_expression_eval(a, &subjects[i]);
        is_b = rta_expression_eval(b, &subjects[i]);

        assert(!is_implied || !is_a || is_b);
        assert(!is_excluded || !is_a || !is_b);
        assert(!is_empty || !is_a);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                  len;
    const uint8_t          *nul;
    struct rta_expression  *a, *b;

    nul = size > 0 ? memchr(data, 0, size) : NULL;
    len = nul != NULL ? (size_t) (nul - data) : size;

    a = parse(data, len);
    b = nul != NULL ? parse(nul + 1, size - len - 1) : NULL;

    if (a != NULL) {
        check(a, b != NULL ? b : a);
    }

    rta_expression_free(b);
    rta_expression_free(a);

    return 0;
}
