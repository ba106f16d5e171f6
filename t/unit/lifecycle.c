/* Stages of customers, with limits 90, 180 and 360, as of day 1000. */

#include "unit.h"

#include "analysis/lifecycle.h"
#include "purchases.h"
#include "random.h"

#define AS_OF  1000
#define END    -1

static const struct rta_stage_limits  limits = { 90, 180, 360 };

static const struct {
    const char      *name;
    rtn_day_t        days[8];
    enum rta_stage   stage;
    uint64_t         gap_halves;
    uint32_t         risk_days;
    uint32_t         lapse_days;
} cases[] = {

    { "nobody", { END }, RTA_STAGE_VISITOR, 0, 90, 180 },

    { "today", { 1000, END }, RTA_STAGE_NEW, 0, 90, 180 },
    { "30 days ago", { 970, END }, RTA_STAGE_NEW, 0, 90, 180 },
    { "31 days ago", { 969, END }, RTA_STAGE_ACTIVE, 0, 90, 180 },
    { "twice a day is once", { 980, 980, END }, RTA_STAGE_NEW, 0, 90, 180 },
    { "twice", { 980, 981, END }, RTA_STAGE_ACTIVE, 0, 90, 180 },

    { "90 days", { 910, END }, RTA_STAGE_ACTIVE, 0, 90, 180 },
    { "91 days", { 909, END }, RTA_STAGE_AT_RISK, 0, 90, 180 },
    { "180 days", { 820, END }, RTA_STAGE_AT_RISK, 0, 90, 180 },
    { "181 days", { 819, END }, RTA_STAGE_LAPSED, 0, 90, 180 },

    /* gaps of 50: at risk after 100, lapsed after 150 */
    { "own 100", { 800, 850, 900, END }, RTA_STAGE_ACTIVE, 100, 100, 150 },
    { "own 101", { 799, 849, 899, END }, RTA_STAGE_AT_RISK, 100, 100, 150 },
    { "own 150", { 750, 800, 850, END }, RTA_STAGE_AT_RISK, 100, 100, 150 },
    { "own 151", { 749, 799, 849, END }, RTA_STAGE_LAPSED, 100, 100, 150 },

    /* a median of two gaps lies between them: 30 and 61 give 45.5 */
    { "half days", { 766, 796, 857, END }, RTA_STAGE_LAPSED, 91, 91, 136 },
    { "half days, at risk", { 773, 803, 864, END }, RTA_STAGE_AT_RISK, 91,
      91, 136 },

    /* a week: 14 and 21 become 30 and 90 */
    { "weekly 30", { 956, 963, 970, END }, RTA_STAGE_ACTIVE, 14, 30, 90 },
    { "weekly 31", { 955, 962, 969, END }, RTA_STAGE_AT_RISK, 14, 30, 90 },
    { "weekly 90", { 896, 903, 910, END }, RTA_STAGE_AT_RISK, 14, 30, 90 },
    { "weekly 91", { 895, 902, 909, END }, RTA_STAGE_LAPSED, 14, 30, 90 },

    /* 150 days: 300 and 450 become 180 and 360 */
    { "slow 180", { 520, 670, 820, END }, RTA_STAGE_ACTIVE, 300, 180, 360 },
    { "slow 360", { 340, 490, 640, END }, RTA_STAGE_AT_RISK, 300, 180, 360 },
    { "slow 361", { 339, 489, 639, END }, RTA_STAGE_LAPSED, 300, 180, 360 },

    /* back after a silence past the limit, which was 180 */
    { "back today", { 819, 1000, END }, RTA_STAGE_RETURNED, 0, 90, 180 },
    { "180 is no silence", { 820, 1000, END }, RTA_STAGE_ACTIVE, 0, 90, 180 },
    { "back 90 days ago", { 700, 910, END }, RTA_STAGE_RETURNED, 0, 90, 180 },
    { "back 91 days ago", { 700, 909, END }, RTA_STAGE_AT_RISK, 0, 90, 180 },
    { "back, and again", { 700, 920, 930, END }, RTA_STAGE_RETURNED, 230, 180,
      345 },

    /* the silence itself makes no rhythm, by which it would be shorter than
       310 days */
    { "two before", { 753, 760, 960, END }, RTA_STAGE_RETURNED, 207, 180,
      310 },

    /* the weekly customer's limit was 90 then, the slow one's 360 */
    { "weekly, back", { 800, 807, 814, 910, END }, RTA_STAGE_RETURNED, 14, 30,
      90 },
    { "weekly, not gone", { 800, 807, 814, 904, 990, END }, RTA_STAGE_ACTIVE,
      93, 93, 139 },
    { "slow, not gone", { 300, 450, 600, 950, END }, RTA_STAGE_ACTIVE, 300,
      180, 360 },
};


static void
test_stages(void **state)
{
    size_t               i, n;
    struct rta_rhythm    rhythm = { 0 };
    struct rta_purchase  purchases[8];
    struct rta_standing  standing;

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        n = purchases_on(purchases, cases[i].days);

        assert_int_equal(rta_lifecycle_judge(&limits, &rhythm, purchases, n,
                                             AS_OF, &standing), 0);

        if (standing.stage != cases[i].stage) {
            fail_msg("%s: %s, not %s", cases[i].name,
                     rta_stage_names[standing.stage],
                     rta_stage_names[cases[i].stage]);
        }

        assert_int_equal(standing.gap_halves, cases[i].gap_halves);
        assert_int_equal(standing.risk_days, cases[i].risk_days);
        assert_int_equal(standing.lapse_days, cases[i].lapse_days);
        assert_int_equal(standing.silent_days,
                         n == 0 ? -1 : AS_OF - purchases[n - 1].day);
    }

    rta_rhythm_release(&rhythm);
}


/* Who comes back was not active, new or back on the day before. */

static void
test_returned_was_silent(void **state)
{
    int                  round;
    size_t               i, n;
    uint64_t             returned = 0;
    struct rta_rhythm    rhythm = { 0 };
    struct rta_purchase  purchases[200];
    struct rta_standing  before, now;

    (void) state;

    for (round = 0; round < 20000; round++) {
        n = 1 + random_below(round % 100 == 0 ? COUNT(purchases) : 8);

        for (i = 0; i < n; i++) {
            purchases[i].day = (rtn_day_t) random_below(250)
                               + (i == 0 ? 0 : purchases[i - 1].day);
        }

        assert_int_equal(rta_lifecycle_judge(&limits, &rhythm, purchases, n,
                                             purchases[n - 1].day, &now), 0);
        assert_int_not_equal(now.stage, RTA_STAGE_LAPSED);
        assert_int_not_equal(now.stage, RTA_STAGE_AT_RISK);
        assert_true(now.risk_days < now.lapse_days);

        if (n < 2 || now.stage != RTA_STAGE_RETURNED
            || purchases[n - 1].day - purchases[n - 2].day <= 91)
        {
            continue;
        }

        assert_int_equal(rta_lifecycle_judge(&limits, &rhythm, purchases,
                                             n - 1, purchases[n - 1].day - 1,
                                             &before), 0);
        assert_true(before.stage == RTA_STAGE_LAPSED
                    || before.stage == RTA_STAGE_AT_RISK);
        returned++;
    }

    assert_true(returned > 100);
    rta_rhythm_release(&rhythm);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_returned_was_silent)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
