/* The forms and limits of bodies. */

#include <stdlib.h>

#include "unit.h"

#include "rtn_post.h"

static struct rtn_post        *post;
static struct rtn_json_fault   fault;


static int
read_as(enum rtn_post_sender sender, bool partial, const char *body)
{
    rtn_post_free(post);
    post = NULL;

    return rtn_post_read(str(body), sender, partial, &post, &fault);
}


static int
release(void **state)
{
    (void) state;

    rtn_post_free(post);
    post = NULL;

    return 0;
}


static void
assert_text(struct rtn_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}


#define VIEW  "{\"kind\":\"view\",\"token\":\"t\"}"
#define BAD   "{\"kind\":\"look\",\"token\":\"t\"}"


/* The forms a body may have; a negative count is a refusal. */
static void
test_forms(void **state)
{
    static const struct {
        const char  *body;
        int          count;
        const char  *message;
    } rows[] = {
        { VIEW, 1, NULL },
        { "  \r\n" VIEW "\r\n\r\n", 1, NULL },
        { "{\n  \"kind\": \"view\",\n  \"token\": \"t\",\n  \"items\":\n"
          "[\n{\"sku\": \"a\"}\n]\n}\n", 1, NULL },
        { "[" VIEW "," VIEW "]", 2, NULL },
        { "\n [\n" VIEW ",\n" VIEW "\n]\n", 2, NULL },
        { "[]", 0, NULL },
        { VIEW "\n" VIEW, 2, NULL },
        { VIEW "\r\n\r\n \n" VIEW "\r\n", 2, NULL },
        { "\n" VIEW "\n\n\n   " VIEW "\n", 2, NULL },

        { "", -1, "the body is empty" },
        { " \r\n\t", -1, "the body is empty" },
        { "null", -1, "line 1, column 4: not JSON" },
        { VIEW " " VIEW, -1, "line 1, column 29: more text after the end" },
        { VIEW "\nnope\n" VIEW, -1, "line 2, column 4: not JSON" },
        { "nope\n" VIEW, -1, "line 1, column 4: not JSON" },
        { "{\"kind\":\n" VIEW "\n", -1,
          "line 1, column 8: the text ends too early" },
        { "{\n \"kind\": nope\n}\n", -1, "line 2, column 13: not JSON" },
        { "[" VIEW "," BAD "]", -2,
          "[1].kind: is not a kind of event" },
        { VIEW "\n" BAD "\n", -2, "[1].kind: is not a kind of event" },
        { VIEW "\n[" VIEW "]\n", -2, "[1]: must be an object" },
        { "[[" VIEW "]]", -1, "[0]: must be an object" },
        { "[" VIEW ",{\"kind\":\"cart\",\"token\":\"t\",\"items\":"
          "[{\"sku\":\"a\",\"quantity\":0}]}]", -2,
          "[1].items[0].quantity: must be a number from 0.001 to 1000000 "
          "with at most three decimals" },
        { "{\"kind\":\"view\",\"kind\":\"cart\",\"token\":\"t\"}", -1,
          "line 1, column 21: a field comes twice" },
        { "{\"kind\":\"view\",\"token\":\"\\u0000\"}", -1,
          "line 1, column 31: a string holds \\u0000" },
        { "{\"kind\":\"view\",\"token\":\"\xFF\"}", -1,
          "line 1, column 24: bytes that are not UTF-8" },
        { "{\"kind\":\"view\",\"token\":1e999}", -1,
          "line 1, column 28: a number is too large" },
        { "[" VIEW, -1, "line 1, column 28: the text ends too early" },
        { "[" VIEW "] x", -1, "line 1, column 31: more text after the end" }
    };

    size_t  i;
    int     err;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        err = read_as(RTN_SENDER_BROWSER, false, rows[i].body);

        if (rows[i].count >= 0) {
            assert_int_equal(err, 0);
            assert_int_equal(rtn_post_count(post), rows[i].count);
            continue;
        }

        assert_int_equal(err, RTN_ERR_JSON);
        assert_string_equal(fault.message, rows[i].message);
    }
}


static void
test_partial(void **state)
{
    static const char *const  bodies[] = {
        "[" VIEW "," BAD "," VIEW "]",
        VIEW "\n" BAD "\n" VIEW "\n",
        VIEW "\nnope\n" VIEW "\n",
        VIEW "\n{\"a\": \"\n" VIEW "\n",
        VIEW "\n[[[[[[[[[[]]]]]]]]]]\n" VIEW "\n"
    };

    const struct rtn_json_fault  *bad;
    size_t                        i;

    (void) state;

    for (i = 0; i < COUNT(bodies); i++) {
        assert_int_equal(read_as(RTN_SENDER_BROWSER, true, bodies[i]), 0);
        assert_int_equal(rtn_post_count(post), 3);

        assert_non_null(rtn_post_event(post, 0, &bad));
        assert_null(bad);
        assert_null(rtn_post_event(post, 1, &bad));
        assert_non_null(bad);
        assert_int_equal(bad->index, 1);
        assert_non_null(rtn_post_event(post, 2, &bad));
        assert_text(rtn_post_event(post, 2, NULL)->token, "t");
    }

    /* A first line that is broken does not spoil those after it. */

    assert_int_equal(read_as(RTN_SENDER_BROWSER, true,
                             "{\"kind\":\"view\",\n" VIEW "\n"), 0);
    assert_int_equal(rtn_post_count(post), 2);
    assert_null(rtn_post_event(post, 0, &bad));
    assert_non_null(rtn_post_event(post, 1, &bad));

    /* What is no list of events cannot be good in part. */

    assert_int_equal(read_as(RTN_SENDER_BROWSER, true, "[" VIEW ","),
                     RTN_ERR_JSON);
    assert_int_equal(read_as(RTN_SENDER_BROWSER, true, ""), RTN_ERR_JSON);
}


/* n times text between head and tail, to be freed. */
static char *
repeated(const char *head, const char *text, size_t n, const char *tail)
{
    size_t  len;
    char   *body, *p;

    len = strlen(text);
    body = malloc(strlen(head) + n * len + strlen(tail) + 1);
    assert_non_null(body);
    p = stpcpy(body, head);

    for ( /* void */ ; n > 0; n--) {
        p = stpcpy(p, text);
    }

    stpcpy(p, tail);

    return body;
}


static void
test_limits(void **state)
{
    static const struct {
        const char  *head;
        const char  *text;
        size_t       n;
        const char  *tail;
        int          err;
    } rows[] = {
        { "", VIEW "\n", RTN_POST_EVENTS_MAX, "", 0 },
        { "", VIEW "\n", RTN_POST_EVENTS_MAX + 1, "", RTN_ERR_LIMIT },
        { "[", VIEW ",", RTN_POST_EVENTS_MAX - 1, VIEW "]", 0 },
        { "[", VIEW ",", RTN_POST_EVENTS_MAX, VIEW "]", RTN_ERR_LIMIT },
        { VIEW, " ", RTN_POST_BODY_MAX - sizeof(VIEW) + 1, "", 0 },
        { VIEW, " ", RTN_POST_BODY_MAX - sizeof(VIEW) + 2, "",
          RTN_ERR_LIMIT },
        { "", "[", 500000, "", RTN_ERR_LIMIT },
        { "{\"kind\":", "[", 500000, "", RTN_ERR_LIMIT },
        { "[", "{},", 120000, "{}]", RTN_ERR_LIMIT },
        { "", "[", RTN_JSON_DEPTH_MAX, "]]]]]]]]", RTN_ERR_JSON },
        { "", "[", RTN_JSON_DEPTH_MAX + 1, "]]]]]]]]]", RTN_ERR_LIMIT },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"", "[{", 60,
          "\"}", 0 },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"\\\"", "[", 50,
          "\"}", 0 },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"", "i",
          RTN_EVENT_ID_MAX, "\"}", 0 },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"", "i",
          RTN_EVENT_ID_MAX + 1, "\"}", RTN_ERR_JSON },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[", "{\"sku\":\"a\"},",
          RTN_EVENT_ITEMS_MAX - 1, "{\"sku\":\"a\"}]}", 0 },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[", "{\"sku\":\"a\"},",
          RTN_EVENT_ITEMS_MAX, "{\"sku\":\"a\"}]}", RTN_ERR_JSON },
        { "{\"kind\":\"view\",\"token\":\"t\",\"", "\xC3\xA9", 5000,
          "\":1}", RTN_ERR_JSON }
    };

    char   *body;
    int     err;
    size_t  i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        body = repeated(rows[i].head, rows[i].text, rows[i].n, rows[i].tail);
        err = read_as(RTN_SENDER_BROWSER, false, body);
        free(body);
        assert_int_equal(err, rows[i].err);
    }

    assert_string_equal(fault.message, "unknown field '"
                        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9'");
}


static void
test_coupon(void **state)
{
    static const struct {
        const char  *body;
        int          err;
        const char  *message;
    } rows[] = {
        { "{}", 0, NULL },
        { "{\"amount\":30,\"order_id\":\"A\",\"customer\":\"c\","
          "\"currency\":\"EUR\"}", 0, NULL },
        { "{\"currency\":\"EUR\"}", 0, NULL },
        { "", RTN_ERR_JSON, "the body is empty" },
        { "[]", RTN_ERR_JSON, "must be an object" },
        { "{} {}", RTN_ERR_JSON, "line 1, column 4: more text after the end" },
        { "{\"amount\":30}", RTN_ERR_JSON, "amount: needs a currency" },
        { "{\"amount\":-30,\"currency\":\"EUR\"}", RTN_ERR_JSON,
          "amount: is negative" },
        { "{\"code\":\"A\"}", RTN_ERR_JSON, "unknown field 'code'" },
        { "{\"order_id\":\"\"}", RTN_ERR_JSON,
          "order_id: must have 1 to 64 bytes" },
        { "{\"order_id\":\"A\",\"order_id\":\"B\"}", RTN_ERR_JSON,
          "line 1, column 26: a field comes twice" },
        { "[[[[[[[[[", RTN_ERR_LIMIT,
          "line 1, column 9: more than 8 levels" }
    };

    struct rtn_coupon_post  coupon;
    size_t                  i;
    char                   *body;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rtn_coupon_post_read(str(rows[i].body), &coupon,
                                              &fault), rows[i].err);

        if (rows[i].err != 0) {
            assert_string_equal(fault.message, rows[i].message);
        }
    }

    assert_int_equal(rtn_coupon_post_read(str(rows[1].body), &coupon, &fault),
                     0);
    assert_string_equal(coupon.order_id, "A");
    assert_string_equal(coupon.customer, "c");
    assert_string_equal(coupon.currency, "EUR");
    assert_true(coupon.has_amount);
    assert_true(coupon.amount_minor == 3000);

    body = repeated("{\"order_id\":\"", "o", RTN_ORDER_ID_MAX, "\"}");
    assert_int_equal(rtn_coupon_post_read(str(body), &coupon, &fault), 0);
    assert_int_equal(strlen(coupon.order_id), RTN_ORDER_ID_MAX);
    assert_string_equal(coupon.currency, "");
    assert_false(coupon.has_amount);
    free(body);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_coupon)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, release);
}
