/*
 * Moments of the tz database's history, each written as the UTC time that
 * its own sources (the comments of the tz files) give.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/zone.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define DAY_MS    INT64_C(86400000)


static rtn_day_t
day_of(int year, int month, int mday)
{
    struct tm  tm = { .tm_year = year - 1900, .tm_mon = month - 1,
                      .tm_mday = mday };

    return (rtn_day_t) (timegm(&tm) / 86400);
}


static int64_t
ms_of(int year, int month, int mday, int hour, int minute)
{
    struct tm  tm = { .tm_year = year - 1900, .tm_mon = month - 1,
                      .tm_mday = mday, .tm_hour = hour, .tm_min = minute };

    return (int64_t) timegm(&tm) * 1000;
}


static int
use(const char *name)
{
    int          rc;
    const char  *reason;

    rc = rta_zone_use((struct rtn_str) { name, strlen(name) }, &reason);
    assert_true((rc == RTN_OK) == (reason == NULL));

    return rc;
}


/* The start is the day's first moment; a millisecond before is another day. */

static void
assert_start(rtn_day_t day, int64_t start)
{
    if (rta_zone_day_start(day) != start) {
        fail_msg("day %d starts at %lld, not %lld", (int) day,
                 (long long) rta_zone_day_start(day), (long long) start);
    }

    assert_true(rta_zone_day(start) == day);
    assert_true(rta_zone_day(start - 1) < day);
}


static void
test_starts(void **state)
{
    size_t  i;

    static const struct {
        const char  *zone;
        int          year, month, mday;
        int          start_year, start_month, start_mday, hour, minute;
    } cases[] = {
        { "UTC",               2026, 11, 25,  2026, 11, 25,  0,  0 },
        { "UTC",               1970,  1,  1,  1970,  1,  1,  0,  0 },
        { "UTC",               1969, 12, 31,  1969, 12, 31,  0,  0 },
        { "Europe/Kyiv",       2026, 11, 25,  2026, 11, 24, 22,  0 },
        { "Europe/Kyiv",       2026,  7,  1,  2026,  6, 30, 21,  0 },
        { "Europe/Kyiv",       2026,  3, 29,  2026,  3, 28, 22,  0 },
        { "Europe/Kyiv",       2026,  3, 30,  2026,  3, 29, 21,  0 },
        { "Europe/Kyiv",       2026, 10, 26,  2026, 10, 25, 22,  0 },
        { "America/New_York",  2026,  3,  8,  2026,  3,  8,  5,  0 },
        { "America/New_York",  2026,  3,  9,  2026,  3,  9,  4,  0 },
        { "America/New_York",  2100, 11,  8,  2100, 11,  8,  5,  0 },
        { "Asia/Kolkata",      2026,  1,  1,  2025, 12, 31, 18, 30 },
        { "Pacific/Apia",      2011, 12, 29,  2011, 12, 29, 10,  0 },
        { "Pacific/Apia",      2011, 12, 31,  2011, 12, 30, 10,  0 },
        { "Pacific/Kiritimati", 2026, 1,  1,  2025, 12, 31, 10,  0 },
        { "Etc/GMT+12",        2026,  1,  1,  2026,  1,  1, 12,  0 },

        /* Clocks go from 00:00 to 01:00: the day's first moment is 01:00. */

        { "America/Sao_Paulo", 2018, 11,  4,  2018, 11,  4,  3,  0 },
        { "America/Sao_Paulo", 2018, 11,  5,  2018, 11,  5,  2,  0 },
        { "Asia/Beirut",       2023,  3, 26,  2023,  3, 25, 22,  0 },

        /* Clocks go from 23:30 to 00:30. */

        { "America/Toronto",   1919,  3, 31,  1919,  3, 31,  4, 30 },
        { "America/Toronto",   1919,  4,  1,  1919,  4,  1,  4,  0 },

        /* Clocks go from 24:00 back to 23:00: the day before has 25 hours. */

        { "America/Sao_Paulo", 2018,  2, 18,  2018,  2, 18,  3,  0 },

        /* Clocks go from 00:01 back to 23:01: the day has begun already. */

        { "America/St_Johns",  2010, 11,  7,  2010, 11,  7,  2, 30 },
        { "America/St_Johns",  2010, 11,  8,  2010, 11,  8,  3, 30 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(use(cases[i].zone), RTN_OK);
        assert_start(day_of(cases[i].year, cases[i].month, cases[i].mday),
                     ms_of(cases[i].start_year, cases[i].start_month,
                           cases[i].start_mday, cases[i].hour,
                           cases[i].minute));
    }
}


/* The minute after clocks went back over midnight stays in the new day. */

static void
test_back_over_midnight(void **state)
{
    (void) state;

    assert_int_equal(use("America/St_Johns"), RTN_OK);
    assert_int_equal(rta_zone_day(ms_of(2010, 11, 7, 2, 29)),
                     day_of(2010, 11, 6));
    assert_int_equal(rta_zone_day(ms_of(2010, 11, 7, 2, 45)),
                     day_of(2010, 11, 7));
}


static void
test_skipped_day(void **state)
{
    (void) state;

    assert_int_equal(use("Pacific/Apia"), RTN_OK);
    assert_int_equal(rta_zone_day_start(day_of(2011, 12, 30)),
                     rta_zone_day_start(day_of(2011, 12, 31)));
    assert_int_equal(rta_zone_day(ms_of(2011, 12, 30, 9, 59)),
                     day_of(2011, 12, 29));
    assert_int_equal(rta_zone_day(ms_of(2011, 12, 30, 10, 0)),
                     day_of(2011, 12, 31));
}


/* Clocks went from 00:00:00 to 00:44:30, the last zone with odd seconds. */

static void
test_odd_seconds(void **state)
{
    (void) state;

    assert_int_equal(use("Africa/Monrovia"), RTN_OK);
    assert_start(day_of(1972, 1, 7), ms_of(1972, 1, 7, 0, 44) + 30000);
    assert_start(day_of(1972, 1, 6), ms_of(1972, 1, 6, 0, 44) + 30000);
    assert_start(day_of(1972, 1, 8), ms_of(1972, 1, 8, 0, 0));
}


/* Against the C library, hour by hour, forwards and in leaps. */

static void
test_against_libc(void **state)
{
    size_t     i, k;
    int64_t    ms, from, to;
    time_t     s;
    struct tm  tm;

    static const char *const  zones[] = {
        "Europe/Kyiv", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
        "Asia/Beirut", "Africa/Casablanca", "Australia/Lord_Howe"
    };
    static const int64_t  strides[] = {
        INT64_C(3600000), INT64_C(11) * 86400000 + 1234567
    };

    (void) state;

    for (i = 0; i < COUNT(zones); i++) {
        assert_int_equal(use(zones[i]), RTN_OK);

        for (k = 0; k < COUNT(strides); k++) {
            from = (k == 0) ? ms_of(2009, 1, 1, 0, 0) : ms_of(1971, 1, 1, 0, 0);
            to = (k == 0) ? ms_of(2013, 1, 1, 0, 0) : ms_of(2099, 1, 1, 0, 0);

            for (ms = from; ms < to; ms += strides[k]) {
                s = ms / 1000;
                assert_non_null(localtime_r(&s, &tm));
                assert_int_equal(rta_zone_day(ms),
                                 day_of(tm.tm_year + 1900, tm.tm_mon + 1,
                                        tm.tm_mday));
            }
        }
    }
}


static void
test_ends_of_time(void **state)
{
    (void) state;

    assert_int_equal(use("Asia/Manila"), RTN_OK);
    assert_true(rta_zone_day(RTA_ZONE_MS_MIN) <= day_of(1800, 1, 1));
    assert_int_equal(rta_zone_day(RTA_ZONE_MS_MAX), day_of(2200, 1, 1));

    assert_int_equal(use("UTC"), RTN_OK);
    assert_int_equal(rta_zone_day(RTA_ZONE_MS_MIN), day_of(1800, 1, 1));
    assert_int_equal(rta_zone_day(RTA_ZONE_MS_MAX), day_of(2199, 12, 31));
    assert_int_equal(rta_zone_day(RTA_ZONE_MS_MAX - DAY_MS),
                     day_of(2199, 12, 30));
}


static void
test_names_refused(void **state)
{
    size_t  i;
    char    text[RTA_ZONE_NAME_MAX + 2];

    static const struct {
        const char  *name;
        int          rc;
    } cases[] = {
        { "", RTN_ERR_LIMIT },
        { "/etc/localtime", RTN_ERR_LIMIT },
        { "../zoneinfo/UTC", RTN_ERR_LIMIT },
        { "Europe/../Europe/Kyiv", RTN_ERR_LIMIT },
        { "Europe//Kyiv", RTN_ERR_LIMIT },
        { "Europe/", RTN_ERR_LIMIT },
        { ":Europe/Kyiv", RTN_ERR_LIMIT },
        { "Europe/Kyiv ", RTN_ERR_LIMIT },
        { "<+03>-3", RTN_ERR_LIMIT },
        { "zone.tab", RTN_ERR_LIMIT },
        { "right/Europe/Kyiv", RTN_ERR_LIMIT },
        { "localtime", RTN_ERR_LIMIT },
        { "Europe/K\xD0\xB8\xD1\x97v", RTN_ERR_LIMIT },
        { "Europe", RTN_ERR_NOT_FOUND },
        { "Europe/Atlantis", RTN_ERR_NOT_FOUND },
        { "EUROPE/KYIV", RTN_ERR_NOT_FOUND },
        { "leapseconds", RTN_ERR_NOT_FOUND },
        { "UTC0", RTN_ERR_NOT_FOUND },
    };

    (void) state;

    assert_int_equal(use("Asia/Kolkata"), RTN_OK);

    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(use(cases[i].name), cases[i].rc);
    }

    memset(text, 'A', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(use(text), RTN_ERR_LIMIT);
    text[RTA_ZONE_NAME_MAX] = '\0';
    assert_int_equal(use(text), RTN_ERR_NOT_FOUND);

    /* A NUL within, and a name without one behind it. */

    assert_int_equal(rta_zone_use(RTN_STR("UTC\0A"), &(const char *) { NULL }),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_zone_use((struct rtn_str) { "UTCX", 3 },
                                  &(const char *) { NULL }),
                     RTN_OK);

    assert_int_equal(use("Asia/Kolkata"), RTN_OK);
    assert_int_equal(use("Europe/Atlantis"), RTN_ERR_NOT_FOUND);
    assert_start(day_of(2026, 1, 1), ms_of(2025, 12, 31, 18, 30));
}


/* Neither TZ nor TZDIR of the environment has a say. */

static void
test_environment(void **state)
{
    (void) state;

    assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    assert_int_equal(use("Europe/Kyiv"), RTN_OK);
    assert_start(day_of(2026, 11, 25), ms_of(2026, 11, 24, 22, 0));
    assert_int_equal(unsetenv("TZDIR"), 0);
}


/* The zone may change; days kept of the old one must not stay. */

static void
test_change_of_zone(void **state)
{
    (void) state;

    assert_int_equal(use("Europe/Kyiv"), RTN_OK);
    assert_start(day_of(2026, 11, 25), ms_of(2026, 11, 24, 22, 0));
    assert_int_equal(use("Asia/Kolkata"), RTN_OK);
    assert_start(day_of(2026, 11, 25), ms_of(2026, 11, 24, 18, 30));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_back_over_midnight),
        cmocka_unit_test(test_skipped_day),
        cmocka_unit_test(test_odd_seconds),
        cmocka_unit_test(test_against_libc),
        cmocka_unit_test(test_ends_of_time),
        cmocka_unit_test(test_names_refused),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_change_of_zone),
    };

    if (access("/usr/share/zoneinfo/Europe/Kyiv", R_OK) != 0) {
        printf("1..0 # SKIP no tzdata\n");
        return 0;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
