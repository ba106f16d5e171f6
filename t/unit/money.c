#include "random.h"
#include "unit.h"

#include "rtn_money.h"


static void
test_parse(void **state)
{
    static const struct {
        const char  *text;
        const char  *currency;
        int64_t      minor;
        int          err;
    } rows[] = {
        { "30", "EUR", 3000, 0 },
        { "30.0", "EUR", 3000, 0 },
        { "-30.00", "EUR", -3000, 0 },
        { "30.000", "EUR", 3000, 0 },
        { "30.001", "EUR", 0, RTN_ERR_MONEY },
        { "0.05", "EUR", 5, 0 },
        { "-0", "EUR", 0, 0 },
        { "007.5", "EUR", 750, 0 },
        { "30", "JPY", 30, 0 },
        { "30.0", "JPY", 30, 0 },
        { "30.5", "JPY", 0, RTN_ERR_MONEY },
        { "1.234", "KWD", 1234, 0 },
        { "1.2345", "CLF", 12345, 0 },
        { "10000000000000", "EUR", RTN_MONEY_MAX, 0 },
        { "-10000000000000.00", "EUR", -RTN_MONEY_MAX, 0 },
        { "10000000000000.01", "EUR", 0, RTN_ERR_MONEY },
        { "99999999999999999999999999", "EUR", 0, RTN_ERR_MONEY },
        { "", "EUR", 0, RTN_ERR_MONEY },
        { "-", "EUR", 0, RTN_ERR_MONEY },
        { ".5", "EUR", 0, RTN_ERR_MONEY },
        { "5.", "EUR", 0, RTN_ERR_MONEY },
        { "+5", "EUR", 0, RTN_ERR_MONEY },
        { "--5", "EUR", 0, RTN_ERR_MONEY },
        { " 5", "EUR", 0, RTN_ERR_MONEY },
        { "5 ", "EUR", 0, RTN_ERR_MONEY },
        { "5,00", "EUR", 0, RTN_ERR_MONEY },
        { "1,000.00", "EUR", 0, RTN_ERR_MONEY },
        { "1e3", "EUR", 0, RTN_ERR_MONEY },
        { "0x10", "EUR", 0, RTN_ERR_MONEY },
        { "1.2.3", "EUR", 0, RTN_ERR_MONEY },
        { "30", "EEK", 0, RTN_ERR_CURRENCY },
        { "30", "", 0, RTN_ERR_CURRENCY }
    };

    rtn_currency_t  currency;
    int64_t         minor;
    size_t          i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        memset(currency, 0, sizeof(currency));
        memcpy(currency, rows[i].currency, strlen(rows[i].currency));

        assert_int_equal(rtn_money_parse(str(rows[i].text), currency, &minor),
                         rows[i].err);

        if (rows[i].err == 0) {
            assert_true(minor == rows[i].minor);
        }
    }
}


static void
test_format(void **state)
{
    static const struct {
        int64_t         minor;
        rtn_currency_t  currency;
        const char     *text;
    } rows[] = {
        { 3000, "EUR", "30.00" },
        { 5, "EUR", "0.05" },
        { -5, "EUR", "-0.05" },
        { 0, "EUR", "0.00" },
        { 0, "JPY", "0" },
        { -30, "JPY", "-30" },
        { 1234, "KWD", "1.234" },
        { 1, "CLF", "0.0001" },
        { 3000, "", "30.00" },
        { INT64_MIN, "EUR", "-92233720368547758.08" },
        { INT64_MIN, "CLF", "-922337203685477.5808" },
        { INT64_MAX, "JPY", "9223372036854775807" }
    };

    char    text[RTN_MONEY_TEXT_MAX];
    size_t  i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        rtn_money_format(rows[i].minor, rows[i].currency, text);
        assert_string_equal(text, rows[i].text);
    }
}


static void
test_currencies(void **state)
{
    static const struct {
        const char  *code;
        int          digits;
    } rows[] = {
        { "EUR", 2 }, { "USD", 2 }, { "UAH", 2 }, { "AED", 2 }, { "ZWG", 2 },
        { "JPY", 0 }, { "KRW", 0 }, { "ISK", 0 }, { "XOF", 0 }, { "VND", 0 },
        { "BHD", 3 }, { "TND", 3 }, { "UYW", 4 }, { "XCG", 2 }
    };

    static const char *const  bad[] = {
        "", "eur", "EU", "EURO", "XTS", "XAU", "HRK", "ZZZ", "AAA", "E\0R"
    };

    rtn_currency_t  currency;
    size_t          i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rtn_currency_parse(str(rows[i].code), currency), 0);
        assert_string_equal(currency, rows[i].code);
        assert_int_equal(rtn_currency_digits(currency), rows[i].digits);
    }

    for (i = 0; i < COUNT(bad); i++) {
        assert_int_equal(rtn_currency_parse(str(bad[i]), currency),
                         RTN_ERR_CURRENCY);
    }
}


/* The table is searched by halves: every code of three letters is asked. */
static void
test_currency_count(void **state)
{
    rtn_currency_t  code = "AAA", currency;
    int             found;

    (void) state;

    found = 0;

    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++) {
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
            for (code[2] = 'A'; code[2] <= 'Z'; code[2]++) {
                found += rtn_currency_parse(str(code), currency) == 0;
            }
        }
    }

    assert_int_equal(found, 166);
}


static void
test_round_trip(void **state)
{
    static const rtn_currency_t  currencies[] = { "EUR", "JPY", "KWD", "CLF" };

    char     text[RTN_MONEY_TEXT_MAX];
    int64_t  minor, parsed;
    size_t   i;
    int      n;

    (void) state;

    for (n = 0; n < 20000; n++) {
        i = random_below(COUNT(currencies));
        minor = (int64_t) random_below(2 * RTN_MONEY_MAX + 1) - RTN_MONEY_MAX;
        minor /= (int64_t) 1 << random_below(50);

        rtn_money_format(minor, currencies[i], text);
        assert_int_equal(rtn_money_parse(str(text), currencies[i], &parsed),
                         0);
        assert_true(parsed == minor);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_currency_count),
        cmocka_unit_test(test_round_trip)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
