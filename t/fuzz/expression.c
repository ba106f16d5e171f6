/*
 * Conditions, two in one input with a NUL byte between them: what is read is
 * judged, and what the bounds claim is held against a few customers.
 */

#include "fuzz.h"

#include "analysis/expression.h"

static const struct rta_spend  spend[] = {
    { "EUR", INT64_MAX, 1 }, { "USD", INT64_MIN, 7 }, { "JPY", 10, 3 }
};

static const struct rta_subject  subjects[] = {
    { -1, -1, -1, 0, 0, 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, NULL, 0 },
    { 0, 90, 91, 1, 1, 1, { "UA", 2 }, { "uk", 2 }, { "a b", 3 }, spend, 3 },
    { 36500, 36501, 0, 1000000000, 2, 0, { "PL", 2 }, { NULL, 0 },
      { "x", 1 }, &spend[2], 1 }
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
