/* Cohorts by month, repeat purchases by number, medians of days. */

#include "unit.h"

#include "analysis/cohorts.h"
#include "purchases.h"
#include "random.h"

static struct rta_cohorts  cohorts;
static struct rta_repeats  repeats;


static int
cohorts_release(void **state)
{
    (void) state;

    rta_cohorts_release(&cohorts);
    rta_repeats_release(&repeats);

    return 0;
}


static rtn_day_t
day(int year, int month, int mday)
{
    return rtn_day_from_civil(year, month, mday);
}


static void
cohorts_add(const rtn_day_t *days)
{
    size_t               n;
    struct rta_purchase  purchases[16];

    n = purchases_on(purchases, days);
    assert_int_equal(rta_cohorts_add(&cohorts, purchases, n), 0);
}


static void
test_months(void **state)
{
    (void) state;

    rta_cohorts_init(&cohorts, day(2026, 3, 30));
    assert_int_equal(cohorts.n, 0);

    cohorts_add((rtn_day_t []) { -1 });
    assert_int_equal(cohorts.n, 0);

    /* January: in 0, 1; twice in March, on one day, counts once */
    cohorts_add((rtn_day_t []) { day(2026, 1, 1), day(2026, 1, 31),
                                 day(2026, 2, 1), -1 });
    cohorts_add((rtn_day_t []) { day(2026, 1, 31), day(2026, 3, 1),
                                 day(2026, 3, 1), day(2026, 3, 30), -1 });
    cohorts_add((rtn_day_t []) { day(2026, 1, 15), -1 });

    /* over the year's end */
    cohorts_add((rtn_day_t []) { day(2025, 12, 31), day(2026, 1, 1), -1 });
    cohorts_add((rtn_day_t []) { day(2026, 3, 2), -1 });

    assert_int_equal(cohorts.n, 4);

    assert_int_equal(rta_cohorts_active(&cohorts, 3, 0), 1);
    assert_int_equal(rta_cohorts_active(&cohorts, 3, 1), 1);
    assert_int_equal(rta_cohorts_active(&cohorts, 3, 2), 0);
    assert_int_equal(rta_cohorts_active(&cohorts, 2, 0), 3);
    assert_int_equal(rta_cohorts_active(&cohorts, 2, 1), 1);
    assert_int_equal(rta_cohorts_active(&cohorts, 2, 2), 1);
    assert_int_equal(rta_cohorts_active(&cohorts, 1, 0), 0);
    assert_int_equal(rta_cohorts_active(&cohorts, 0, 0), 1);

    assert_int_equal(rta_cohorts_first_day(&cohorts, 0), day(2026, 3, 1));
    assert_int_equal(rta_cohorts_first_day(&cohorts, 3), day(2025, 12, 1));

    assert_true(rta_cohorts_is_complete(&cohorts, 2, 1));
    assert_false(rta_cohorts_is_complete(&cohorts, 2, 2));
    assert_false(rta_cohorts_is_complete(&cohorts, 0, 0));
}


static void
test_months_complete(void **state)
{
    (void) state;

    rta_cohorts_init(&cohorts, day(2026, 3, 31));
    cohorts_add((rtn_day_t []) { day(2026, 3, 2), -1 });

    assert_true(rta_cohorts_is_complete(&cohorts, 0, 0));
}


static void
test_months_limit(void **state)
{
    struct rta_purchase  old = { .currency = "EUR" };

    (void) state;

    old.day = day(1900, 1, 1);

    rta_cohorts_init(&cohorts, day(2099, 12, 31));
    assert_int_equal(rta_cohorts_add(&cohorts, &old, 1), 0);
    assert_int_equal(cohorts.n, RTA_COHORT_MONTHS_MAX);
    rta_cohorts_release(&cohorts);

    rta_cohorts_init(&cohorts, day(2100, 1, 1));
    assert_int_equal(rta_cohorts_add(&cohorts, &old, 1), RTN_ERR_LIMIT);
}


/* Of all cohorts, month 0 holds each customer once. */

static void
test_months_sum(void **state)
{
    int                  i;
    uint32_t             age;
    uint64_t             customers = 0;
    struct rta_purchase  purchase = { .currency = "EUR" };

    (void) state;

    rta_cohorts_init(&cohorts, day(2026, 6, 30));

    for (i = 0; i < 5000; i++) {
        purchase.day = day(2020, 1, 1) + (rtn_day_t) random_below(2300);
        assert_int_equal(rta_cohorts_add(&cohorts, &purchase, 1), 0);
    }

    for (age = 0; age < cohorts.n; age++) {
        customers += rta_cohorts_active(&cohorts, age, 0);
    }

    assert_int_equal(customers, 5000);
}


static void
test_repeats(void **state)
{
    size_t               i, n;
    double               median;
    struct rta_purchase  purchases[16];

    static const rtn_day_t  days[][6] = {
        { 1, -1 }, { 1, 11, -1 }, { 5, 5, 25, 26, -1 }, { 1, 41, 44, 50, -1 },
        { -1 }
    };

    (void) state;

    assert_int_equal(rta_repeats_init(&repeats, 3), 0);

    for (i = 0; i < COUNT(days); i++) {
        n = purchases_on(purchases, days[i]);
        assert_int_equal(rta_repeats_add(&repeats, purchases, n), 0);
    }

    /* 10, 20 and 40 days to the second */
    assert_int_equal(repeats.numbers[0].customers, 4);
    assert_int_equal(repeats.numbers[0].days.n, 3);
    assert_true(rta_days_median(&repeats.numbers[0].days, &median));
    assert_true(median == 20);

    /* 1 and 3 to the third */
    assert_int_equal(repeats.numbers[1].customers, 3);
    assert_int_equal(repeats.numbers[1].days.n, 2);
    assert_true(rta_days_median(&repeats.numbers[1].days, &median));
    assert_true(median == 2);

    /* the fourth is past what is looked at, but the third had a next */
    assert_int_equal(repeats.numbers[2].customers, 2);
    assert_int_equal(repeats.numbers[2].days.n, 1);
    assert_true(rta_days_median(&repeats.numbers[2].days, &median));
    assert_true(median == 6);
}


static void
test_days(void **state)
{
    double           median;
    struct rta_days  days = { 0 };

    (void) state;

    assert_false(rta_days_median(&days, &median));

    assert_int_equal(rta_days_add(&days, -1), RTN_ERR_LIMIT);
    assert_int_equal(rta_days_add(&days, RTA_DAYS_MAX + 1), RTN_ERR_LIMIT);
    assert_false(rta_days_median(&days, &median));

    assert_int_equal(rta_days_add(&days, RTA_DAYS_MAX), 0);
    assert_true(rta_days_median(&days, &median));
    assert_true(median == RTA_DAYS_MAX);

    assert_int_equal(rta_days_add(&days, 0), 0);
    assert_true(rta_days_median(&days, &median));
    assert_true(median == RTA_DAYS_MAX / 2.0);

    assert_int_equal(rta_days_add(&days, 7), 0);
    assert_true(rta_days_median(&days, &median));
    assert_true(median == 7);

    assert_int_equal(rta_days_add(&days, 8), 0);
    assert_true(rta_days_median(&days, &median));
    assert_true(median == 7.5);

    rta_days_release(&days);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_teardown(test_months, cohorts_release),
        cmocka_unit_test_teardown(test_months_complete, cohorts_release),
        cmocka_unit_test_teardown(test_months_limit, cohorts_release),
        cmocka_unit_test_teardown(test_months_sum, cohorts_release),
        cmocka_unit_test_teardown(test_repeats, cohorts_release),
        cmocka_unit_test(test_days)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
