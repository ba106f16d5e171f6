#include "analysis/expression.h"
#include "random.h"
#include "unit.h"

#define TEXT_MAX  (RTN_EXPRESSION_MAX * 2)
#define ROUNDS    20000
#define SUBJECTS  64


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


static void
test_implies(void **state)
{
    bool                    is_implied;
    size_t                  i;
    struct rta_expression  *within, *a, *b;

    static const struct {
        const char  *within;
        const char  *a;
        const char  *b;
        bool         is_implied;
    } cases[] = {
        { NULL, "last_order > 180d", "last_order > 90d", true },
        { NULL, "last_order > 90d", "last_order > 180d", false },
        { NULL, "last_order > 90d", "last_order >= 91d", true },
        { NULL, "last_order > 90d", "last_order >= 92d", false },
        { NULL, "last_order > 90d", "orders >= 0", false },
        { NULL, "orders > 5", "orders >= 0", true },
        { NULL, "orders = 5", "orders != 4", true },
        { NULL, "orders = 5", "orders != 5", false },
        { NULL, "orders > 5 and consent = granted", "orders > 2", true },
        { NULL, "orders > 5 or consent = granted", "orders > 2", false },
        { NULL, "orders > 5 or orders = 3", "orders > 2", true },
        { NULL, "orders > 5", "orders > 2 and consent = granted", false },
        { NULL, "orders > 5", "orders > 2 or consent = granted", true },
        { NULL, "orders > 5", "not orders < 3", true },
        { NULL, "not orders > 5", "orders <= 5", false },
        { "consent = granted", "orders > 5",
          "orders > 2 and consent = granted", true },
        { "consent = denied", "orders > 5",
          "orders > 2 and consent = granted", false },
        { NULL, "consent != unknown and consent != denied",
          "consent = granted", true },
        { NULL, "consent != unknown and consent != granted",
          "consent = denied", false },
        { NULL, "spend > \"30.00 EUR\"", "spend > \"20.00 EUR\"", true },
        { NULL, "spend > \"30.00 EUR\"", "spend > \"20.00 USD\"", false },
        { NULL, "average_order > \"1.00 EUR\"",
          "average_order >= \"1.01 EUR\"", false },
        { NULL, "country = PL", "country != UA", true },
        { NULL, "country = PL", "country = 'PL'", true },
        { NULL, "country != PL", "country = UA", false },
        { NULL, "country = PL", "language = PL", false },
        { NULL, "p_alive > 0.5", "p_alive > 40%", true },
        { NULL, "p_alive >= 0.5", "p_alive > 50%", false },
        { NULL, "rfm_recency > 3", "rfm_recency >= 4", true },
        { NULL, "bought(a) < 3d", "bought(a)", true },
        { NULL, "bought(a)", "bought(a) < 3d", false },
        { NULL, "bought(a) < 3d", "bought(b)", false },
        { NULL, "bought(a)", "answered(a)", false },
        { NULL, "rfm = lost", "rfm != champions", false },
        { NULL, "lifecycle = new", "lifecycle != lapsed", true }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        within = cases[i].within != NULL ? parse(cases[i].within) : NULL;
        a = parse(cases[i].a);
        b = parse(cases[i].b);

        is_implied = rta_expression_implies(within, a, b);

        rta_expression_free(within);
        rta_expression_free(a);
        rta_expression_free(b);

        if (is_implied != cases[i].is_implied) {
            fail_msg("%s => %s", cases[i].a, cases[i].b);
        }
    }
}


static void
test_excludes(void **state)
{
    bool                    is_excluded;
    size_t                  i;
    struct rta_expression  *a, *b;

    static const struct {
        const char  *a;
        const char  *b;
        bool         is_excluded;
    } cases[] = {
        { "last_order > 90d", "last_order <= 90d", true },
        { "last_order > 90d", "last_order <= 91d", false },
        { "orders < 0", "consent = granted", true },
        { "orders < 1", "orders >= 0", false },
        { "consent = granted", "consent = denied", true },
        { "country = PL", "country = UA", true },
        { "country = PL", "language = UA", false },
        { "country = PL", "country != PL", true },
        { "orders > 5", "orders < 3 or consent = granted", false },
        { "orders > 5", "orders < 3 or orders = 4", true },
        { "orders > 5", "not orders > 3", true },
        { "orders > 3", "not orders > 5", false },
        { "country = PL", "not country = PL", true },
        { "spend > \"2 EUR\"", "spend < \"1 EUR\"", true },
        { "spend > \"2 EUR\"", "spend < \"1 USD\"", false },
        { "average_order > \"1.00 EUR\"", "average_order < \"1.01 EUR\"",
          false },
        { "spend > \"1.00 EUR\"", "spend < \"1.01 EUR\"", true },
        { "p_alive > 0.5", "p_alive <= 50%", true },
        { "rfm_monetary > 5", "consent = granted", true },
        { "bought(a) > 3d", "bought(a) < 3d", true },
        { "bought(a) > 3d", "bought(b) < 3d", false },
        { "bought(a)", "not bought(a)", true },
        { "rfm = 155", "rfm = 255", false },
        { "expected_value > \"2 EUR\"", "expected_value < \"1 EUR\"", true }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        a = parse(cases[i].a);
        b = parse(cases[i].b);

        is_excluded = rta_expression_excludes(a, b)
                      && rta_expression_excludes(b, a);

        rta_expression_free(a);
        rta_expression_free(b);

        if (is_excluded != cases[i].is_excluded) {
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        }
    }
}


/* More fields and texts than the bounds keep: nothing is claimed. */
static void
test_bounds_overflow(void **state)
{
    char                    text[TEXT_MAX], part[64];
    size_t                  i;
    struct rta_expression  *a, *b;

    static const char *const  currencies[] = {
        "EUR", "USD", "PLN", "UAH", "GBP", "CHF", "SEK", "NOK", "DKK", "CZK",
        "HUF", "RON", "BGN", "TRY", "JPY", "CNY", "INR", "BRL"
    };

    (void) state;

    text[0] = '\0';

    for (i = 0; i < COUNT(currencies); i++) {
        snprintf(part, sizeof(part), "%sspend > \"%zu %s\"",
                 i > 0 ? " and " : "", i + 1, currencies[i]);
        strcat(text, part);
    }

    a = parse(text);
    b = parse("spend > \"1 EUR\"");
    assert_true(rta_expression_implies(NULL, a, b));
    rta_expression_free(b);

    b = parse("spend > \"1 BRL\"");
    assert_false(rta_expression_implies(NULL, a, b));
    rta_expression_free(b);

    rta_expression_free(a);
}


static void
subject_roll(struct rta_subject *subject, struct rta_spend *spend)
{
    static const struct rtn_str  words[] = {
        { NULL, 0 }, { "a", 1 }, { "b", 1 }
    };

    memset(subject, 0, sizeof(*subject));

    subject->last_order_days = (int64_t) random_below(6) - 1;
    subject->first_order_days = (int64_t) random_below(6) - 1;
    subject->registered_days = (int64_t) random_below(6) - 1;
    subject->orders = (int64_t) random_below(5);
    subject->consent = (int64_t) random_below(3);
    subject->is_subscribed = (int64_t) random_below(2);
    subject->country = words[random_below(3)];
    subject->language = words[random_below(3)];
    subject->channel = words[random_below(3)];

    memcpy(spend->currency, "EUR", sizeof(rtn_currency_t));
    spend->minor = (int64_t) random_below(12) - 2;
    spend->orders = (int64_t) random_below(3) + 1;
    subject->spend = spend;
    subject->spend_count = random_below(2);
}


/*
 * Writes a random comparison, and judges it for a subject in another way
 * than the code does: by the average times the orders, for one.
 */
static bool
comparison_roll(char *text, const struct rta_subject *subject)
{
    bool     is_known;
    size_t   operator;
    int64_t  value, literal;

    static const char *const  operators[] = {
        "=", "!=", "<", "<=", ">", ">="
    };

    operator = random_below(COUNT(operators));
    literal = (int64_t) random_below(5);

    switch (random_below(5)) {

    case 0:
        value = subject->last_order_days;
        is_known = value >= 0;
        sprintf(text, "last_order %s %dd", operators[operator],
                (int) literal);
        break;

    case 1:
        value = subject->orders;
        is_known = true;
        sprintf(text, "orders %s %d", operators[operator], (int) literal);
        break;

    case 2:
        is_known = subject->spend_count > 0;
        value = is_known ? subject->spend[0].minor : 0;
        sprintf(text, "average_order %s \"0.0%d EUR\"", operators[operator],
                (int) literal);
        literal *= is_known ? subject->spend[0].orders : 1;
        break;

    case 3:
        operator %= 2;
        literal %= 3;
        value = subject->consent;
        is_known = true;
        sprintf(text, "consent %s %s", operators[operator],
                literal == RTN_CONSENT_UNKNOWN ? "unknown"
                : literal == RTN_CONSENT_GRANTED ? "granted" : "denied");
        break;

    default:
        operator %= 2;
        literal = "abc"[literal % 3];
        is_known = subject->country.len > 0;
        value = is_known ? subject->country.data[0] : 0;
        sprintf(text, "country %s %c", operators[operator], (char) literal);
        break;
    }

    switch (operator) {

    case 0:
        return is_known && value == literal;

    case 1:
        return is_known && value != literal;

    case 2:
        return is_known && value < literal;

    case 3:
        return is_known && value <= literal;

    case 4:
        return is_known && value > literal;

    default:
        return is_known && value >= literal;
    }
}


/* A random condition of so many comparisons at most, in full parentheses. */
static bool
condition_roll(char *text, const struct rta_subject *subject, size_t size)
{
    bool    a, b;
    char    left[TEXT_MAX], right[TEXT_MAX];
    size_t  part;

    if (size == 1) {
        return comparison_roll(text, subject);
    }

    part = 1 + random_below(size - 1);
    a = condition_roll(left, subject, part);
    b = condition_roll(right, subject, size - part);

    switch (random_below(5)) {

    case 0:
        sprintf(text, "not (%s)", left);
        return !a;

    case 1:
        sprintf(text, "(%s) or (%s)", left, right);
        return a || b;

    default:
        sprintf(text, "(%s) and (%s)", left, right);
        return a && b;
    }
}


static void
test_random_eval(void **state)
{
    char                    text[TEXT_MAX];
    bool                    expected;
    size_t                  i;
    struct rta_spend        spend;
    struct rta_subject      subject;
    struct rta_expression  *expression;

    (void) state;

    for (i = 0; i < ROUNDS; i++) {
        subject_roll(&subject, &spend);
        expected = condition_roll(text, &subject, 1 + random_below(6));

        expression = parse(text);

        if (rta_expression_eval(expression, &subject) != expected) {
            fail_msg("not %d: %s", expected, text);
        }

        rta_expression_free(expression);
    }
}


/* Whatever the bounds claim holds for every subject tried. */
static void
test_random_bounds(void **state)
{
    bool                    is_a, is_b, is_implied, is_excluded, is_empty;
    char                    one[TEXT_MAX], two[TEXT_MAX];
    size_t                  i, j, claims;
    struct rta_spend        spend;
    struct rta_subject      subject;
    struct rta_expression  *a, *b;

    (void) state;

    claims = 0;
    subject_roll(&subject, &spend);

    for (i = 0; i < ROUNDS; i++) {
        (void) condition_roll(one, &subject, 1 + random_below(4));
        (void) condition_roll(two, &subject, 1 + random_below(3));

        a = parse(one);
        b = parse(two);

        is_implied = rta_expression_implies(NULL, a, b);
        is_excluded = rta_expression_excludes(a, b);
        is_empty = rta_expression_is_empty(a);
        claims += is_implied && !is_empty;

        for (j = 0; j < SUBJECTS; j++) {
            subject_roll(&subject, &spend);
            is_a = rta_expression_eval(a, &subject);
            is_b = rta_expression_eval(b, &subject);

            if ((is_implied && is_a && !is_b)
                || (is_excluded && is_a && is_b)
                || (is_empty && is_a))
            {
                fail_msg("unsound: %s; %s", one, two);
            }
        }

        rta_expression_free(a);
        rta_expression_free(b);
    }

    assert_true(claims > ROUNDS / 200);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_implies),
        cmocka_unit_test(test_excludes),
        cmocka_unit_test(test_bounds_overflow),
        cmocka_unit_test(test_random_eval),
        cmocka_unit_test(test_random_bounds)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
