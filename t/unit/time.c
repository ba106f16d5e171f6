#include "random.h"
#include "unit.h"

#include "rtn_time.h"


static void
test_parse(void **state)
{
    static const struct {
        const char  *text;
        int64_t      ms;        /* -1: refused */
    } rows[] = {

        /* RFC 3339, section 5.8; seconds by date(1). */
        { "1985-04-12T23:20:50.52Z", INT64_C(482196050520) },
        { "1996-12-19T16:39:57-08:00", INT64_C(851042397000) },
        { "1990-12-31T23:59:60Z", INT64_C(662687999000) },
        { "1990-12-31T15:59:60-08:00", INT64_C(662687999000) },

        { "2026-11-25T09:30:00Z", INT64_C(1795599000000) },
        { "2026-11-25 09:30:00Z", INT64_C(1795599000000) },
        { "2026-11-25t09:30:00z", INT64_C(1795599000000) },
        { "2026-11-25T11:30:00+02:00", INT64_C(1795599000000) },
        { "2026-11-25T09:30:00.1239999999999999999Z",
          INT64_C(1795599000123) },
        { "1970-01-01T00:00:00Z", 0 },
        { "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
        { "2159-12-31T23:59:59.999Z", INT64_C(5995814399999) },

        { "", -1 },
        { "2026-11-25", -1 },
        { "2026-11-25T09:30:00", -1 },
        { "2026-11-25T09:30Z", -1 },
        { "2026-11-25T09:30:00.Z", -1 },
        { "2026-11-25T09:30:00,5Z", -1 },
        { "2026-11-25T09:30:00Z ", -1 },
        { "2026-11-25  09:30:00Z", -1 },
        { "2026-11-25T24:00:00Z", -1 },
        { "2026-11-25T09:60:00Z", -1 },
        { "2026-11-25T09:30:61Z", -1 },
        { "2026-11-25T09:30:00+24:00", -1 },
        { "2026-11-25T09:30:00+0200", -1 },
        { "2026-11-25T09:30:00 02:00", -1 },
        { "2026-02-29T09:30:00Z", -1 },
        { "2100-02-29T09:30:00Z", -1 },
        { "2026-13-01T09:30:00Z", -1 },
        { "2026-00-01T09:30:00Z", -1 },
        { "2026-01-00T09:30:00Z", -1 },
        { "2026-04-31T09:30:00Z", -1 },
        { "1969-12-31T23:59:59Z", -1 },
        { "1970-01-01T00:00:00+01:00", -1 },
        { "2160-01-01T00:00:00Z", -1 },
        { "2159-12-31T23:59:59-01:00", -1 },
        { "-026-11-25T09:30:00Z", -1 }
    };

    int64_t  ms;
    size_t   i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        if (rows[i].ms < 0) {
            assert_int_equal(rtn_time_parse(str(rows[i].text), &ms),
                             RTN_ERR_TIME);
            continue;
        }

        assert_int_equal(rtn_time_parse(str(rows[i].text), &ms), 0);
        assert_true(ms == rows[i].ms);
    }
}


static void
test_format(void **state)
{
    static const struct {
        int64_t      ms;
        const char  *text;
    } rows[] = {
        { INT64_C(1795599000000), "2026-11-25T09:30:00Z" },
        { INT64_C(1795599000007), "2026-11-25T09:30:00.007Z" },
        { -1, "1969-12-31T23:59:59.999Z" },
        { INT64_MIN, "0000-01-01T00:00:00Z" },
        { INT64_MAX, "9999-12-31T23:59:59.999Z" }
    };

    char    text[RTN_TIME_TEXT_MAX];
    size_t  i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        rtn_time_format(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
    }
}


static void
test_days(void **state)
{
    rtn_day_t  day;
    char       text[11];

    (void) state;

    assert_int_equal(rtn_day_parse(str("1970-01-01"), &day), 0);
    assert_int_equal(day, 0);
    assert_int_equal(rtn_day_parse(str("1998-06-30"), &day), 0);
    assert_int_equal(day, 10407);
    assert_int_equal(rtn_day_parse(str("1900-01-01"), &day), 0);
    assert_int_equal(day, -25567);
    assert_int_equal(rtn_day_parse(str("2024-02-29"), &day), 0);

    assert_int_equal(rtn_day_parse(str("2026-02-29"), &day), RTN_ERR_TIME);
    assert_int_equal(rtn_day_parse(str("1900-02-29"), &day), RTN_ERR_TIME);
    assert_int_equal(rtn_day_parse(str("1899-12-31"), &day), RTN_ERR_TIME);
    assert_int_equal(rtn_day_parse(str("2026-2-28"), &day), RTN_ERR_TIME);
    assert_int_equal(rtn_day_parse(str("2026-02-28T"), &day), RTN_ERR_TIME);
    assert_int_equal(rtn_day_parse(str(""), &day), RTN_ERR_TIME);

    rtn_day_format(INT32_MIN, text);
    assert_string_equal(text, "0000-01-01");
    rtn_day_format(INT32_MAX, text);
    assert_string_equal(text, "9999-12-31");
}


/* Day by day through three times 400 years, against a counted calendar. */
static void
test_calendar(void **state)
{
    static const int  lengths[] = { 31, 28, 31, 30, 31, 30,
                                    31, 31, 30, 31, 30, 31 };

    int        year, month, mday, y, m, d, length;
    rtn_day_t  day;

    (void) state;

    day = rtn_day_from_civil(1600, 1, 1);
    assert_int_equal(day, -135140);

    for (year = 1600; year < 2800; year++) {
        for (month = 1; month <= 12; month++) {
            length = lengths[month - 1];

            if (month == 2) {
                length += (year % 4 == 0 && year % 100 != 0)
                          || year % 400 == 0;
            }

            for (mday = 1; mday <= length; mday++, day++) {
                rtn_day_civil(day, &y, &m, &d);
                assert_true(y == year && m == month && d == mday);
                assert_true(rtn_day_from_civil(year, month, mday) == day);
            }
        }
    }
}


static void
test_round_trip(void **state)
{
    char     text[RTN_TIME_TEXT_MAX];
    int64_t  ms, parsed;
    int      i;

    (void) state;

    for (i = 0; i < 20000; i++) {
        ms = (int64_t) random_below(UINT64_C(5995814400000));
        rtn_time_format(ms, text);
        assert_int_equal(rtn_time_parse(str(text), &parsed), 0);
        assert_true(parsed == ms);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_round_trip)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
