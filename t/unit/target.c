#include "random.h"
#include "unit.h"

#include "rtn_target.h"

static struct rtn_str  values[RTN_PARAMETER_COUNT];


static void
test_check(void **state)
{
    static const struct {
        const char  *url;
        const char  *host;      /* NULL: refused */
    } rows[] = {
        { "https://shop.example", "shop.example" },
        { "https://shop.example/", "shop.example" },
        { "HTTPS://Shop.example/?a=b", "Shop.example" },
        { "https://shop.example:8443/x", "shop.example" },
        { "https://shop.example?coupon={coupon}#top", "shop.example" },
        { "https://shop.example#{visit}", "shop.example" },
        { "https://xn--e1afmkfd.example/\xD0\xBF", "xn--e1afmkfd.example" },
        { "https://127.0.0.1/", "127.0.0.1" },
        { "https://a-b.c/@x:y", "a-b.c" },

        { "", NULL },
        { "https://", NULL },
        { "https:///x", NULL },
        { "https:/shop.example", NULL },
        { "http://shop.example/", NULL },
        { "javascript:alert(1)", NULL },
        { "//shop.example/", NULL },
        { "https://user@shop.example/", NULL },
        { "https://user:pass@shop.example/", NULL },
        { "https://evil.example\\@shop.example/", NULL },
        { "https://evil.example\\.shop.example/", NULL },
        { "https://shop.example:/", NULL },
        { "https://shop.example:0/", NULL },
        { "https://shop.example:65536/", NULL },
        { "https://shop.example:-1/", NULL },
        { "https://shop.example:80.0/", NULL },
        { "https://shop.example:80x/", NULL },
        { "https://[::1]/", NULL },
        { "https://.example/", NULL },
        { "https://shop..example/", NULL },
        { "https://shop.example./", NULL },
        { "https://-shop.example/", NULL },
        { "https://shop-.example/", NULL },
        { "https://sh%6Fp.example/", NULL },
        { "https://\xD0\xBF.example/", NULL },
        { "https://{coupon}.example/", NULL },
        { "https://shop.example:{tier}/", NULL },
        { "https://shop.example/{coupons}", NULL },
        { "https://shop.example/{coupon", NULL },
        { "https://shop.example/coupon}", NULL },
        { "https://shop.example/{}", NULL },
        { "https://shop.example/{{coupon}}", NULL },
        { "https://shop.example/a b", NULL },
        { "https://shop.example/\r\nX: y", NULL },
        { "https://shop.example/\x7F", NULL },
        { "https://shop.example/\xC3", NULL },
        { "https://shop.example/\xC0\xAF", NULL },
        { "https://shop.example/\xED\xA0\x80", NULL }
    };

    struct rtn_str  host;
    size_t          i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        if (rows[i].host == NULL) {
            assert_int_equal(rtn_target_check(str(rows[i].url), &host),
                             RTN_ERR_URL);
            continue;
        }

        assert_int_equal(rtn_target_check(str(rows[i].url), &host), 0);
        assert_int_equal(host.len, strlen(rows[i].host));
        assert_memory_equal(host.data, rows[i].host, host.len);
    }
}


static void
test_length(void **state)
{
    char            url[RTN_URL_MAX + 1];
    struct rtn_str  host;

    (void) state;

    memset(url, 'a', sizeof(url));
    memcpy(url, "https://a/", 10);

    assert_int_equal(rtn_target_check((struct rtn_str) { url, RTN_URL_MAX },
                                      &host), 0);
    assert_int_equal(rtn_target_check((struct rtn_str)
                                      { url, RTN_URL_MAX + 1 }, &host),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_target_check((struct rtn_str) { url, 8 + 253 },
                                      &host), 0);
    memset(url + 8, 'a', 254);
    assert_int_equal(rtn_target_check((struct rtn_str) { url, 8 + 253 },
                                      &host), 0);
    assert_int_equal(rtn_target_check((struct rtn_str) { url, 8 + 254 },
                                      &host), RTN_ERR_URL);
}


static void
test_uses(void **state)
{
    (void) state;

    assert_true(rtn_target_uses(str("https://a/?c={coupon}&v={visit}"),
                                RTN_PARAMETER_VISIT));
    assert_false(rtn_target_uses(str("https://a/?c={coupon}"),
                                 RTN_PARAMETER_VISIT));
    assert_false(rtn_target_uses(str("https://a/?v={visit"),
                                 RTN_PARAMETER_VISIT));
    assert_false(rtn_target_uses(str(""), RTN_PARAMETER_VISIT));
}


static void
test_expand(void **state)
{
    static const struct {
        const char  *url;
        const char  *args;
        const char  *location;
    } rows[] = {
        { "https://a/", "", "https://a/" },
        { "https://a/?c={coupon}&x={campaign}", "",
          "https://a/?c=ABCD-EFGH-JKMN-P&x=back" },
        { "https://a/{arm}/{tier}#{message}", "",
          "https://a/w%26rm%20%C3%A9/d90#first" },
        { "https://a/?v={visit}", "", "https://a/?v=" },
        { "https://a/", "gclid=1", "https://a/?gclid=1" },
        { "https://a", "gclid=1", "https://a?gclid=1" },
        { "https://a/#top", "gclid=1", "https://a/?gclid=1#top" },
        { "https://a/?b=c#top", "gclid=1", "https://a/?b=c&gclid=1#top" },
        { "https://a/?", "gclid=1", "https://a/?gclid=1" },
        { "https://a/?b&", "gclid=1", "https://a/?b&gclid=1" },
        { "https://a/#x?b=c", "b=1", "https://a/?b=1#x?b=c" },
        { "https://a/?c={coupon}", "c=FREE&d=2",
          "https://a/?c=ABCD-EFGH-JKMN-P&d=2" },
        { "https://a/?c={coupon}", "%63=FREE&d=2",
          "https://a/?c=ABCD-EFGH-JKMN-P&d=2" },
        { "https://a/?%63=x", "c=FREE", "https://a/?%63=x" },
        { "https://a/?c+d=x", "c%20d=1&C+d=2", "https://a/?c+d=x&C+d=2" },
        { "https://a/?c", "c=FREE&c&cc", "https://a/?c&cc" },
        { "https://a/", "a[]=1&a[]=2&&", "https://a/?a[]=1&a[]=2" },
        { "https://a/", "x=%0d%0aSet-Cookie", "https://a/?x=%0d%0aSet-Cookie" },
        { "https://a/", "x=\"<>\\#{}", "https://a/?x=%22%3C%3E%5C%23%7B%7D" },
        { "https://a/?%zz=1", "%zz=2&%=3&%a=4",
          "https://a/?%zz=1&%=3&%a=4" },
        { "https://a/\xC3\xA9", "\xFF", "https://a/%C3%A9?%FF" }
    };

    char    location[RTN_LOCATION_MAX];
    size_t  i, len;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rtn_target_expand(str(rows[i].url), values,
                                           str(rows[i].args), location,
                                           sizeof(location) - 1, &len), 0);
        location[len] = '\0';
        assert_string_equal(location, rows[i].location);
    }
}


/* Location is "https://a/?x=" and the byte, or its escape. */
static void
check_byte(const char *location, size_t len, uint8_t byte, bool stays)
{
    char  expected[32];

    snprintf(expected, sizeof(expected),
             stays ? "https://a/?x=%c" : "https://a/?x=%%%02X", byte);

    assert_int_equal(len, strlen(expected));
    assert_memory_equal(location, expected, len);
}


static void
test_each_byte(void **state)
{
    static const char  unreserved[] = "-._~0123456789"
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char  never[] = "#\"<>\\^`{|}";

    struct rtn_str  parameters[RTN_PARAMETER_COUNT];
    char            location[RTN_LOCATION_MAX], args[] = "x=?", value;
    size_t          len;
    int             byte;

    (void) state;

    memcpy(parameters, values, sizeof(values));

    for (byte = 0; byte < 0x100; byte++) {
        value = (char) byte;
        parameters[RTN_PARAMETER_TIER] = (struct rtn_str) { &value, 1 };

        assert_int_equal(rtn_target_expand(str("https://a/?x={tier}"),
                                           parameters, str(""), location,
                                           sizeof(location), &len), 0);
        check_byte(location, len, (uint8_t) byte,
                   byte != 0 && strchr(unreserved, byte) != NULL);

        if (byte < 0x21 || byte == 0x7F || byte == '&') {
            continue;
        }

        args[2] = value;

        assert_int_equal(rtn_target_expand(str("https://a/"), values,
                                           str(args), location,
                                           sizeof(location), &len), 0);
        check_byte(location, len, (uint8_t) byte,
                   byte < 0x80 && strchr(never, byte) == NULL);
    }
}


static void
test_expand_refuses(void **state)
{
    char    location[RTN_LOCATION_MAX];
    char    args[RTN_LOCATION_MAX + 1];
    size_t  len;

    (void) state;

    assert_int_equal(rtn_target_expand(str("http://a/"), values, str(""),
                                       location, sizeof(location), &len),
                     RTN_ERR_URL);
    assert_int_equal(rtn_target_expand(str("https://a/"), values,
                                       str("x\r\ny"), location,
                                       sizeof(location), &len), RTN_ERR_URL);
    assert_int_equal(rtn_target_expand(str("https://a/"), values, str("x y"),
                                       location, sizeof(location), &len),
                     RTN_ERR_URL);
    assert_int_equal(rtn_target_expand(str("https://a/?c={coupon}"), values,
                                       str(""), location, 28, &len),
                     RTN_ERR_SPACE);
    assert_int_equal(rtn_target_expand(str("https://a/?c={coupon}"), values,
                                       str(""), location, 29, &len), 0);
    assert_int_equal(len, 29);

    memset(args, 'a', sizeof(args));
    assert_int_equal(rtn_target_expand(str("https://a/"), values,
                                       (struct rtn_str) { args, sizeof(args) },
                                       location, sizeof(location), &len),
                     RTN_ERR_SPACE);
}


/* Whatever a request adds, the result begins with the target's own host and
   has no byte that a header may not have. */
static void
test_host_stays(void **state)
{
    static const char  target[] = "https://shop.example/?c={coupon}#{tier}";
    static const char  prefix[] = "https://shop.example/?c=";

    char    location[RTN_LOCATION_MAX], args[64];
    size_t  len, n, i;
    int     round;

    (void) state;

    for (round = 0; round < 20000; round++) {
        n = random_below(sizeof(args));

        for (i = 0; i < n; i++) {
            args[i] = (char) (0x21 + random_below(0xDF));
            args[i] = args[i] == 0x7F ? '&' : args[i];
        }

        assert_int_equal(rtn_target_expand(str(target), values,
                                           (struct rtn_str) { args, n },
                                           location, sizeof(location), &len),
                         0);
        assert_memory_equal(location, prefix, sizeof(prefix) - 1);

        for (i = 0; i < len; i++) {
            assert_true(location[i] > 0x20 && location[i] < 0x7F);
        }
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_uses),
        cmocka_unit_test(test_expand),
        cmocka_unit_test(test_each_byte),
        cmocka_unit_test(test_expand_refuses),
        cmocka_unit_test(test_host_stays)
    };

    values[RTN_PARAMETER_CAMPAIGN] = str("back");
    values[RTN_PARAMETER_MESSAGE] = str("first");
    values[RTN_PARAMETER_ARM] = str("w&rm \xC3\xA9");
    values[RTN_PARAMETER_TIER] = str("d90");
    values[RTN_PARAMETER_COUPON] = str("ABCD-EFGH-JKMN-P");

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
