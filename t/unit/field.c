/* Cells as values: for each yes a twin that says no. */

#include "unit.h"

#include "analysis/zone.h"
#include "input/field.h"


static void
field_test_integer(void **state)
{
    size_t       i;
    int64_t      number;
    const char  *reason;

    static const struct {
        const char  *text;
        int64_t      number;
        bool         is_good;
    } rows[] = {
        { "0", 0, true },
        { "-7", -7, true },
        { "9223372036854775807", INT64_MAX, true },
        { "-9223372036854775808", INT64_MIN, true },
        { "9223372036854775808", 0, false },
        { "-9223372036854775809", 0, false },
        { "", 0, false },
        { "-", 0, false },
        { "+1", 0, false },
        { "1.0", 0, false },
        { " 1", 0, false },
        { "0x1", 0, false }
    };

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        reason = NULL;
        number = 0;
        assert_int_equal(rti_integer(str(rows[i].text), INT64_MIN, INT64_MAX,
                                     &number, &reason),
                         rows[i].is_good ? 0 : RTN_ERR_LIMIT);
        assert_true(number == rows[i].number);
        assert_int_equal(reason == NULL, rows[i].is_good);
    }

    assert_int_equal(rti_integer(str("10"), 1, 10, &number, &reason), 0);
    assert_int_equal(rti_integer(str("11"), 1, 10, &number, &reason),
                     RTN_ERR_LIMIT);
    assert_int_equal(rti_integer(str("0"), 1, 10, &number, &reason),
                     RTN_ERR_LIMIT);
}


static void
field_test_money(void **state)
{
    int64_t         minor;
    const char     *reason;
    rtn_currency_t  currency;

    (void) state;

    assert_int_equal(rti_currency(str("eur"), currency, &reason), 0);
    assert_string_equal(currency, "EUR");
    assert_int_equal(rti_currency(str("EU"), currency, &reason),
                     RTN_ERR_CURRENCY);
    assert_int_equal(rti_currency(str("XQX"), currency, &reason),
                     RTN_ERR_CURRENCY);

    assert_int_equal(rti_money(str("30.5"), "EUR", &minor, &reason), 0);
    assert_int_equal(minor, 3050);
    assert_int_equal(rti_money(str("30,5"), "EUR", &minor, &reason),
                     RTN_ERR_MONEY);
    assert_string_equal(reason, "not an amount of its currency");
}


/* Hand-checked: Kyiv is UTC+2, from 2026-03-29 03:00 to 2026-10-25 04:00 it
   is UTC+3. */

static void
field_test_time(void **state)
{
    int          rc;
    char         text[RTN_TIME_TEXT_MAX];
    size_t       i;
    int64_t      ms;
    const char  *reason;

    static const struct {
        const char  *cell;
        const char  *utc;           /* NULL: refused */
    } rows[] = {
        { "2026-11-25", "2026-11-24T22:00:00Z" },
        { "2026-07-01", "2026-06-30T21:00:00Z" },
        { "2026-11-25T09:30:00Z", "2026-11-25T09:30:00Z" },
        { "2026-11-25 09:30:00+02:00", "2026-11-25T07:30:00Z" },
        { "2026-11-25 09:30:00", "2026-11-25T07:30:00Z" },
        { "2026-11-25T09:30", "2026-11-25T07:30:00Z" },
        { "2026-07-01 00:00:00", "2026-06-30T21:00:00Z" },
        { "2026-03-29 02:59:59", "2026-03-29T00:59:59Z" },
        { "2026-03-29 03:30:00", "2026-03-29T01:30:00Z" },
        { "2026-03-29 04:00:00", "2026-03-29T01:00:00Z" },
        { "2026-10-25 03:30:00", "2026-10-25T00:30:00Z" },
        { "2026-10-25 04:00:00", "2026-10-25T02:00:00Z" },
        { "2026-02-29", NULL },
        { "2026-02-29 10:00", NULL },
        { "2026-11-25 24:00:00", NULL },
        { "2026-11-25 9:30", NULL },
        { "25.11.2026", NULL },
        { "yesterday.", NULL },
        { "", NULL }
    };

    (void) state;

    assert_int_equal(rta_zone_use(str("Europe/Kyiv"), &reason), 0);

    for (i = 0; i < COUNT(rows); i++) {
        rc = rti_time(str(rows[i].cell), &ms, &reason);

        if (rows[i].utc == NULL) {
            assert_int_equal(rc, RTN_ERR_TIME);
            continue;
        }

        assert_int_equal(rc, 0);
        rtn_time_format(ms, text);
        assert_string_equal(text, rows[i].utc);
    }
}


static void
field_test_words(void **state)
{
    bool         flag;
    size_t       choice;
    const char  *reason;

    static const char *const  names[] = { "paid", "cancelled" };

    (void) state;

    assert_int_equal(rti_flag(str("YES"), &flag, &reason), 0);
    assert_true(flag);
    assert_int_equal(rti_flag(str("0"), &flag, &reason), 0);
    assert_false(flag);
    assert_int_equal(rti_flag(str("true"), &flag, &reason), 0);
    assert_true(flag);
    assert_int_equal(rti_flag(str("y"), &flag, &reason), RTN_ERR_LIMIT);

    assert_int_equal(rti_choice(str("Cancelled"), names, 2, &choice, &reason),
                     0);
    assert_int_equal(choice, 1);
    assert_int_equal(rti_choice(str("cancel"), names, 2, &choice, &reason),
                     RTN_ERR_NOT_FOUND);
}


static void
field_test_ids(void **state)
{
    char         id[RTI_ID_MAX + 1], text[6], longest[RTI_ID_MAX + 2];
    const char  *reason;

    (void) state;

    memset(longest, 'x', sizeof(longest));
    longest[RTI_ID_MAX + 1] = '\0';

    assert_int_equal(rti_id(str(longest), id, &reason), RTN_ERR_LIMIT);
    longest[RTI_ID_MAX] = '\0';
    assert_int_equal(rti_id(str(longest), id, &reason), 0);
    assert_string_equal(id, longest);

    assert_int_equal(rti_id(str("Клієнт 7"), id, &reason), 0);
    assert_int_equal(rti_id(str(""), id, &reason), RTN_ERR_LIMIT);
    assert_int_equal(rti_id(str("a\nb"), id, &reason), RTN_ERR_LIMIT);
    assert_int_equal(rti_id(str("a\xFF"), id, &reason), RTN_ERR_UTF8);

    assert_int_equal(rti_text(str("12345"), text, sizeof(text), &reason), 0);
    assert_int_equal(rti_text(str("123456"), text, sizeof(text), &reason),
                     RTN_ERR_LIMIT);
    assert_int_equal(rti_text(str(""), text, sizeof(text), &reason), 0);
    assert_string_equal(text, "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(field_test_integer),
        cmocka_unit_test(field_test_money),
        cmocka_unit_test(field_test_time),
        cmocka_unit_test(field_test_words),
        cmocka_unit_test(field_test_ids)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
