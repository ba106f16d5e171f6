#include "unit.h"

#include "rtn_classify.h"

#define BROWSER  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "               \
                 "Gecko/20100101 Firefox/128.0"
#define EDGE     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "               \
                 "AppleWebKit/537.36 (KHTML, like Gecko) "                  \
                 "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246"


static void
test_agents(void **state)
{
    static const struct {
        const char      *agent;
        enum rtn_class   class;
        uint32_t         reasons;
    } rows[] = {
        { "", RTN_CLASS_HUMAN, 0 },
        { BROWSER, RTN_CLASS_HUMAN, 0 },
        { "Mozilla/5.0", RTN_CLASS_UNKNOWN, RTN_REASON_PRIVACY },
        { "Mozilla/5.0 ", RTN_CLASS_HUMAN, 0 },
        { "Mozilla/5.00", RTN_CLASS_HUMAN, 0 },
        { "mozilla/5.0", RTN_CLASS_HUMAN, 0 },
        { "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
          "(via ggpht.com GoogleImageProxy)", RTN_CLASS_HUMAN,
          RTN_REASON_PROXIED },
        { EDGE " Mozilla/5.0", RTN_CLASS_MACHINE, RTN_REASON_AGENT },
        { EDGE, RTN_CLASS_HUMAN, 0 },
        { EDGE " Mozilla/5.0 x", RTN_CLASS_HUMAN, 0 },
        { "Gmail-content-sampling", RTN_CLASS_MACHINE, RTN_REASON_AGENT },
        { "YahooMailProxy; https://help.yahoo.com/kb/"
          "yahoo-mail-proxy-SLN28749.html", RTN_CLASS_HUMAN,
          RTN_REASON_PROXIED },
        { "Mozilla/5.0 (compatible; YandexImageResizer/2.0)",
          RTN_CLASS_HUMAN, RTN_REASON_PROXIED }
    };

    struct rtn_fingerprint  fingerprint;
    struct rtn_verdict      verdict;
    size_t                  i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        memset(&fingerprint, 0, sizeof(fingerprint));
        fingerprint.kind = RTN_KIND_OPEN;
        fingerprint.user_agent = str(rows[i].agent);

        verdict = rtn_classify(&fingerprint);
        assert_int_equal(verdict.class, rows[i].class);
        assert_int_equal(verdict.reasons, rows[i].reasons);
    }
}


static void
test_prefetch(void **state)
{
    static const struct {
        const char  *value;
        bool         is_prefetch;
    } rows[] = {
        { "prefetch", true }, { "Prefetch", true },
        { "prefetch;anonymous-client-ip", true },
        { "prefetch;prerender", true }, { "PREVIEW", true },
        { "prerender", true }, { "fetch", false }, { "prefetc", false },
        { "", false }, { "navigate", false }
    };

    struct rtn_fingerprint  fingerprint;
    struct rtn_str         *headers[4];
    struct rtn_verdict      verdict;
    size_t                  i, h;

    (void) state;

    headers[0] = &fingerprint.sec_purpose;
    headers[1] = &fingerprint.purpose;
    headers[2] = &fingerprint.x_purpose;
    headers[3] = &fingerprint.x_moz;

    for (i = 0; i < COUNT(rows); i++) {
        for (h = 0; h < COUNT(headers); h++) {
            memset(&fingerprint, 0, sizeof(fingerprint));
            fingerprint.user_agent = str(BROWSER);
            *headers[h] = str(rows[i].value);

            verdict = rtn_classify(&fingerprint);
            assert_int_equal(verdict.class, rows[i].is_prefetch
                                            ? RTN_CLASS_MACHINE
                                            : RTN_CLASS_HUMAN);
            assert_int_equal(verdict.reasons,
                             rows[i].is_prefetch ? RTN_REASON_PREFETCH : 0);
        }
    }
}


static void
test_strictest(void **state)
{
    struct rtn_fingerprint  fingerprint = { .is_head = true };
    struct rtn_verdict      verdict;

    (void) state;

    verdict = rtn_classify(&fingerprint);
    assert_int_equal(verdict.class, RTN_CLASS_MACHINE);
    assert_int_equal(verdict.reasons, RTN_REASON_HEAD);

    fingerprint.is_head = false;
    fingerprint.is_trap = true;
    verdict = rtn_classify(&fingerprint);
    assert_int_equal(verdict.class, RTN_CLASS_MACHINE);
    assert_int_equal(verdict.reasons, RTN_REASON_HONEYPOT);

    fingerprint.is_head = true;
    fingerprint.user_agent = str("Mozilla/5.0");
    verdict = rtn_classify(&fingerprint);
    assert_int_equal(verdict.class, RTN_CLASS_MACHINE);
    assert_int_equal(verdict.reasons, RTN_REASON_HEAD | RTN_REASON_HONEYPOT
                                      | RTN_REASON_PRIVACY);

    fingerprint.is_head = false;
    fingerprint.is_trap = false;
    fingerprint.user_agent = str("YahooMailProxy");
    fingerprint.x_moz = str("prefetch");
    verdict = rtn_classify(&fingerprint);
    assert_int_equal(verdict.class, RTN_CLASS_MACHINE);
    assert_int_equal(verdict.reasons,
                     RTN_REASON_PROXIED | RTN_REASON_PREFETCH);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_agents),
        cmocka_unit_test(test_prefetch),
        cmocka_unit_test(test_strictest)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
