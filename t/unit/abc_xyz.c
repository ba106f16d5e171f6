/* ABC by spend, XYZ by purchase days and by variability, two periods. */

#include "unit.h"

#include "analysis/abc_xyz.h"
#include "purchases.h"
#include "random.h"

#define UNTIL  1000

static struct rta_abc  abc;


static int
abc_release(void **state)
{
    (void) state;

    rta_abc_release(&abc);

    return 0;
}


static void
abc_add(const char *id, rtn_day_t day, int64_t minor)
{
    struct rta_purchase  purchase = {
        .day = day, .currency = "EUR", .paid_minor = minor
    };

    assert_int_equal(rta_abc_add(&abc, id, &purchase, 1), 0);
}


static void
abc_check(const char *now, const char *before)
{
    size_t  i;

    assert_int_equal(rta_abc_letter(&abc), 0);
    assert_int_equal(abc.n, strlen(now));

    for (i = 0; i < abc.n; i++) {
        assert_int_equal(abc.rows[i].abc[RTA_ABC_NOW], now[i]);
        assert_int_equal(abc.rows[i].abc[RTA_ABC_BEFORE], before[i]);
    }
}


/* 50, 30, 15, 4, 1: those above have 0, 50, 80, 95 and 99 percent. */

static void
test_shares(void **state)
{
    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    abc_add("d", 950, 400);
    abc_add("a", 950, 5000);
    abc_add("e", 950, 100);
    abc_add("b", 950, 3000);
    abc_add("c", 950, 1500);

    abc_check("CACAB", "     ");
    assert_int_equal(rta_abc_total(&abc, RTA_ABC_NOW), 10000);
    assert_int_equal(rta_abc_total(&abc, RTA_ABC_BEFORE), 0);
}


/* One cent less above the third: below 80 percent, so it is A as well. */

static void
test_shares_edge(void **state)
{
    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    abc_add("a", 950, 5000);
    abc_add("b", 950, 2999);
    abc_add("c", 950, 1501);
    abc_add("d", 950, 500);

    abc_check("AAAC", "    ");
}


/* Equal spend has one letter, wherever the limit falls among them. */

static void
test_ties(void **state)
{
    size_t  i;

    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    for (i = 0; i < 10; i++) {
        abc_add("x", 950, 1000);
    }

    abc_add("free", 950, 0);
    abc_add("refunded", 950, -500);

    abc_check("AAAAAAAAAACC", "            ");
}


/* The fourth has 94 percent above him, and 104 if a refund counted. */

static void
test_below_zero(void **state)
{
    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    abc_add("a", 950, 5000);
    abc_add("b", 950, 3000);
    abc_add("c", 950, 1400);
    abc_add("d", 950, 600);
    abc_add("refunded", 950, -1000);

    abc_check("AABBC", "     ");
}


static void
test_nothing_spent(void **state)
{
    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);
    assert_int_equal(rta_abc_letter(&abc), 0);

    abc_add("a", 950, 0);
    abc_check("C", " ");
}


/* The period of 100 days is 901 to 1000, the one before 801 to 900. */

static void
test_periods(void **state)
{
    size_t  i;

    static const struct rta_purchase  dollars = {
        .day = 950, .currency = "USD", .paid_minor = 1000
    };

    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    abc_add("first day", 901, 1000);
    abc_add("last day", 1000, 1000);
    abc_add("first before", 801, 1000);
    abc_add("last before", 900, 1000);
    abc_add("earlier", 800, 1000);
    assert_int_equal(rta_abc_add(&abc, "dollars", &dollars, 1), 0);

    abc_check("AA  ", "  AA");

    for (i = 0; i < abc.n; i++) {
        assert_int_equal(abc.rows[i].xyz[RTA_ABC_NOW], i < 2 ? 'Z' : ' ');
        assert_int_equal(abc.rows[i].xyz[RTA_ABC_BEFORE], i < 2 ? ' ' : 'Z');
    }
}


static void
test_frequency(void **state)
{
    size_t               i, n;
    struct rta_purchase  purchases[8];

    static const struct {
        uint32_t   period_days;
        rtn_day_t  days[8];
        char       letter;
    } cases[] = {
        { 365, { 990, -1 }, 'Z' },
        { 365, { 990, 991, -1 }, 'Z' },
        { 365, { 990, 991, 991, -1 }, 'Z' },
        { 365, { 990, 991, 992, -1 }, 'Y' },
        { 365, { 990, 991, 992, 993, 994, -1 }, 'Y' },
        { 365, { 990, 991, 992, 993, 994, 995, -1 }, 'X' },
        { 365, { 635, 991, 992, 993, 994, 995, -1 }, 'Y' },
        { 365, { 636, 991, 992, 993, 994, 995, -1 }, 'X' },
        { 31, { 990, 991, -1 }, 'Y' },
        { 31, { 990, 991, 992, -1 }, 'X' },
        { 32, { 990, 991, 992, -1 }, 'Y' },
        { 367, { 990, 991, 992, -1 }, 'Z' },
        { 3660, { 990, 991, 992, 993, 994, 995, -1 }, 'Y' }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        rta_abc_init(&abc, "EUR", UNTIL, cases[i].period_days,
                     RTA_XYZ_FREQUENCY);

        n = purchases_on(purchases, cases[i].days);
        assert_int_equal(rta_abc_add(&abc, "a", purchases, n), 0);
        assert_int_equal(abc.rows[0].xyz[RTA_ABC_NOW], cases[i].letter);
        rta_abc_release(&abc);
    }
}


/*
 * A year of 360 days, so 30 a sub-period.  With one of 12 parts 1000 + e and
 * the rest 1000, the coefficient of variation is e sqrt(11) / (12000 + e): at
 * 10 % e is 373.0, at 25 % it is 978.2.
 */
static void
test_variability(void **state)
{
    size_t               i, part;
    struct rta_purchase  purchases[12];

    static const struct {
        int64_t  more;
        char     letter;
    } cases[] = {
        { 0, 'X' }, { 370, 'X' }, { 375, 'Y' }, { 975, 'Y' }, { 980, 'Z' },
        { -350, 'X' }, { -355, 'Y' }, { -1000, 'Z' }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        rta_abc_init(&abc, "EUR", UNTIL, 360, RTA_XYZ_VARIABILITY);

        for (part = 0; part < COUNT(purchases); part++) {
            purchases[part] = (struct rta_purchase) {
                .day = (rtn_day_t) (UNTIL - 359 + 30 * part),
                .currency = "EUR", .paid_minor = 1000
            };
        }

        purchases[5].paid_minor += cases[i].more;

        assert_int_equal(rta_abc_add(&abc, "a", purchases, 12), 0);
        assert_int_equal(abc.rows[0].xyz[RTA_ABC_NOW], cases[i].letter);
        assert_int_equal(abc.rows[0].xyz[RTA_ABC_BEFORE], ' ');
        rta_abc_release(&abc);
    }
}


static void
test_variability_none(void **state)
{
    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 12, RTA_XYZ_VARIABILITY);

    abc_add("once", 995, 1000);
    abc_add("free", 995, 0);

    assert_int_equal(abc.rows[0].xyz[RTA_ABC_NOW], 'Z');
    assert_int_equal(abc.rows[1].xyz[RTA_ABC_NOW], 'Z');
}


/* A has 80 percent at least, and would not without those of its lowest spend;
   more is never worth a later letter. */

static void
test_properties(void **state)
{
    char                       id[24];
    size_t                     i, j;
    int64_t                    spent = 0, lowest = INT64_MAX, without = 0;
    const struct rta_abc_row  *row;

    (void) state;

    rta_abc_init(&abc, "EUR", UNTIL, 100, RTA_XYZ_FREQUENCY);

    for (i = 0; i < 400; i++) {
        snprintf(id, sizeof(id), "%zu", i);
        abc_add(id, 950, (int64_t) (random_below(100) * random_below(100)));
    }

    assert_int_equal(rta_abc_letter(&abc), 0);

    for (i = 0; i < abc.n; i++) {
        row = &abc.rows[i];

        for (j = 0; j < abc.n; j++) {
            assert_true(row->spend_minor[0] < abc.rows[j].spend_minor[0]
                        || row->abc[0] <= abc.rows[j].abc[0]);
        }

        if (row->abc[0] == 'A') {
            spent += row->spend_minor[0];
            lowest = row->spend_minor[0] < lowest ? row->spend_minor[0]
                                                  : lowest;
        }
    }

    for (i = 0; i < abc.n; i++) {
        row = &abc.rows[i];
        without += row->spend_minor[0] > lowest ? row->spend_minor[0] : 0;
    }

    assert_true(spent * 100 >= rta_abc_total(&abc, RTA_ABC_NOW) * 80);
    assert_true(without * 100 < rta_abc_total(&abc, RTA_ABC_NOW) * 80);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_teardown(test_shares, abc_release),
        cmocka_unit_test_teardown(test_shares_edge, abc_release),
        cmocka_unit_test_teardown(test_ties, abc_release),
        cmocka_unit_test_teardown(test_below_zero, abc_release),
        cmocka_unit_test_teardown(test_nothing_spent, abc_release),
        cmocka_unit_test_teardown(test_periods, abc_release),
        cmocka_unit_test(test_frequency),
        cmocka_unit_test(test_variability),
        cmocka_unit_test_teardown(test_variability_none, abc_release),
        cmocka_unit_test_teardown(test_properties, abc_release)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
