/* Kaplan and Meier's estimate, by the remission times of Freireich and others
   (Blood 21:699, 1963), which textbooks work out: 21 patients on 6-MP. */

#include "analysis/survival.h"
#include "near.h"
#include "unit.h"

static const struct {
    uint32_t  day;
    bool      is_event;
} patients[] = {
    { 6, true }, { 6, true }, { 6, true }, { 6, false }, { 7, true },
    { 9, false }, { 10, true }, { 10, false }, { 11, false }, { 13, true },
    { 16, true }, { 17, false }, { 19, false }, { 20, false }, { 22, true },
    { 23, true }, { 25, false }, { 32, false }, { 32, false }, { 34, false },
    { 35, false }
};


static void
fill(struct rta_survival *survival)
{
    size_t  i;

    memset(survival, 0, sizeof(*survival));

    for (i = 0; i < COUNT(patients); i++) {
        rta_survival_add(survival, patients[i].day, patients[i].is_event);
    }
}


/* 1 - S at 6, 10 and 23 weeks: 0.857, 0.753 and 0.448 published. */

static void
test_published(void **state)
{
    size_t                     i;
    struct rta_survival        survival;
    struct rta_survival_point  point;

    static const struct {
        uint32_t  day;
        uint64_t  at_risk;
        double    share, low, high;
    } cases[] = {
        { 6, 21, 0.1428571428571428, 0.048448252353, 0.380282044735 },
        { 10, 15, 0.2470588235294118, 0.110638164831, 0.496800489200 },
        { 23, 6, 0.5518207282913165, 0.319857371505, 0.811947994041 },
        { 30, 4, 0.5518207282913165, 0.319857371505, 0.811947994041 }
    };

    (void) state;

    fill(&survival);

    for (i = 0; i < COUNT(cases); i++) {
        rta_survival_at(&survival, cases[i].day, RTA_LEVEL, &point);

        assert_int_equal(point.at_risk, cases[i].at_risk);
        assert_true(point.has_share && point.has_interval);
        assert_near(point.share, cases[i].share, 1e-12);
        assert_near(point.interval.low, cases[i].low, 1e-10);
        assert_near(point.interval.high, cases[i].high, 1e-10);
    }
}


static void
test_median(void **state)
{
    uint32_t             day = 0;
    struct rta_survival  survival;

    (void) state;

    fill(&survival);
    assert_true(rta_survival_median(&survival, &day));
    assert_int_equal(day, 23);

    memset(&survival, 0, sizeof(survival));
    rta_survival_add(&survival, 5, true);
    rta_survival_add(&survival, 9, false);
    rta_survival_add(&survival, 9, false);
    assert_false(rta_survival_median(&survival, &day));
}


/* Nobody watched so long, nobody at all, nobody with the event, everybody. */

static void
test_edges(void **state)
{
    struct rta_survival        survival;
    struct rta_survival_point  point;

    (void) state;

    fill(&survival);
    rta_survival_at(&survival, 36, RTA_LEVEL, &point);
    assert_false(point.has_share);
    assert_int_equal(point.at_risk, 0);

    memset(&survival, 0, sizeof(survival));
    rta_survival_at(&survival, 0, RTA_LEVEL, &point);
    assert_false(point.has_share);

    rta_survival_add(&survival, 3, false);
    rta_survival_at(&survival, 3, RTA_LEVEL, &point);
    assert_true(point.has_share && point.share == 0 && !point.has_interval);

    memset(&survival, 0, sizeof(survival));
    rta_survival_add(&survival, 3, true);
    rta_survival_at(&survival, 3, RTA_LEVEL, &point);
    assert_true(point.share == 1 && !point.has_interval);
    rta_survival_at(&survival, 4, RTA_LEVEL, &point);
    assert_false(point.has_share);
}


/* An event past the last day is one that has not happened on it. */

static void
test_too_long(void **state)
{
    struct rta_survival  survival = { 0 };

    (void) state;

    rta_survival_add(&survival, RTA_SURVIVAL_DAYS_MAX, true);
    rta_survival_add(&survival, RTA_SURVIVAL_DAYS_MAX + 1, true);
    rta_survival_add(&survival, INT64_C(1) << 40, false);

    assert_int_equal(survival.events[RTA_SURVIVAL_DAYS_MAX], 1);
    assert_int_equal(survival.censored[RTA_SURVIVAL_DAYS_MAX], 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_too_long)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
