/* Families of comparisons, the hold-out that was reached, margins and what
   came after: each yes has a twin that says no. */

#include "analysis/holm.h"
#include "near.h"
#include "response_crowd.h"


static const struct rta_comparison_row *
segment(const struct fixture *f, const char *by, const char *name,
    enum rta_metric metric)
{
    size_t                            i;
    const struct rta_comparison_row  *found;

    for (i = 0; i < f->report->segment_count; i++) {
        found = &f->report->segments[i];

        if (strcmp(found->by, by) == 0 && strcmp(found->segment, name) == 0
            && found->metric == metric)
        {
            return found;
        }
    }

    return NULL;
}


/* Two arms are a family of two; all of the treated are none. */

static void
test_arms_by_holm(void **state)
{
    double                            p[2];
    size_t                            i;
    uint32_t                          customer;
    struct fixture                    f;
    struct rta_plan                   plan = crowd_plan(1);
    struct rta_plan                   pair = crowd_plan(2);
    const struct rta_comparison_row  *rows;

    (void) state;

    begin_crowd(&f, &pair);

    for (customer = 1; customer <= 3 * CROWD; customer++) {
        if (customer % 10 == 0 || (customer <= CROWD && customer % 7 == 0)) {
            pay(&f, customer, T0 + DAY, 1000, -1, 0);
        }
    }

    finish(&f);
    rows = f.report->comparisons;

    for (i = 0; i < 2; i++) {
        assert_true(rows[i].metric == RTA_METRIC_BUYERS && rows[i].has_holm);
        p[i] = rows[i].comparison.p;
    }

    assert_true(p[0] < p[1]);
    assert_int_equal(rta_holm(p, 2), 0);
    assert_true(rows[0].p_holm == p[0] && rows[1].p_holm == p[1]);
    assert_true(rows[0].p_holm == 2 * rows[0].comparison.p);
    assert_true(rows[2].is_headline && !rows[2].has_holm);
    assert_true(has_note(&f, "adjusted by Holm; intervals"));
    end(&f);

    begin_crowd(&f, &plan);
    pay(&f, 1, T0, 1000, -1, 0);
    finish(&f);
    assert_false(f.report->comparisons[0].has_holm);
    end(&f);
}


/* Odd customers are of the first tier, and bought more when they were
   treated; who never bought before is a visitor. */

static void
test_tiers_and_stages(void **state)
{
    uint32_t                          customer;
    struct fixture                    f;
    struct rta_plan                   plan = crowd_plan(1);
    const struct rta_comparison_row  *d90, *d180, *lapsed;

    (void) state;

    begin_crowd(&f, &plan);

    for (customer = 1; customer <= 2 * CROWD; customer++) {
        if (customer % 4 == 1) {
            pay(&f, customer, T0 - 200 * DAY, 500, -1, 0);
        }

        if ((customer % 2 == 1 && customer <= CROWD) || customer % 20 == 0) {
            pay(&f, customer, T0 + DAY, 1000, -1, 0);
        }
    }

    finish(&f);

    d90 = segment(&f, "tier", "d90", RTA_METRIC_BUYERS);
    d180 = segment(&f, "tier", "d180", RTA_METRIC_BUYERS);
    lapsed = segment(&f, "stage", "lapsed", RTA_METRIC_BUYERS);

    assert_true(d90 != NULL && d180 != NULL && lapsed != NULL);
    assert_int_equal(d90->treated, CROWD / 2);
    assert_true(d90->treated_value == 1 && d90->heldout_value == 0);
    assert_true(d180->treated_value == 0.1 && d180->heldout_value == 0.1);
    assert_true(d90->has_holm && d90->p_holm > d90->comparison.p);
    assert_true(d180->p_holm == 1);

    assert_int_equal(lapsed->treated, CROWD / 4);
    assert_int_equal(segment(&f, "stage", "visitor",
                             RTA_METRIC_BUYERS)->heldout, 3 * CROWD / 4);
    assert_null(segment(&f, "stage", "active", RTA_METRIC_BUYERS));
    assert_true(segment(&f, "tier", "d90",
                        RTA_METRIC_REVENUE)->treated_value == 10);
    assert_null(segment(&f, "tier", "d90", RTA_METRIC_ORDERS));
    assert_true(has_note(&f, "exploratory"));
    end(&f);
}


/* Orders at the very moment until which all are known count before t0 as any
   others: those of a last day without times are all at its midnight. */

static void
test_stage_of_last_orders(void **state)
{
    uint32_t         customer;
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    plan.orders_until_ms = T0 - 200 * DAY;
    begin_crowd(&f, &plan);

    for (customer = 1; customer <= 2 * CROWD; customer += 4) {
        pay(&f, customer, T0 - 200 * DAY, 500, -1, 0);
    }

    finish(&f);

    assert_int_equal(segment(&f, "stage", "lapsed", RTA_METRIC_BUYERS)->treated,
                     CROWD / 4);
    end(&f);
}


/* One stage for all is no division. */

static void
test_one_stage(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    begin_crowd(&f, &plan);
    pay(&f, 1, T0 + DAY, 1000, -1, 0);
    finish(&f);

    assert_null(segment(&f, "stage", "visitor", RTA_METRIC_BUYERS));
    assert_non_null(segment(&f, "tier", "d90", RTA_METRIC_BUYERS));
    end(&f);
}


/* Margins and profit, where each order carries its cost. */

static void
test_margin(void **state)
{
    struct fixture                    f;
    struct rta_plan                   plan = crowd_plan(1);
    const struct rta_comparison_row  *margin;
    const struct rta_return_row      *made;

    (void) state;

    plan.cost_minor = 500;
    memcpy(plan.cost_currency, "EUR", 4);
    begin_crowd(&f, &plan);

    pay(&f, 1, T0 + DAY, 10000, 6000, 1001);
    pay(&f, 2, T0 + DAY, 4000, 1000, 0);
    pay(&f, CROWD + 1, T0 + DAY, 2000, 500, 0);
    finish(&f);

    margin = row(&f, RTA_METRIC_MARGIN, "EUR");
    assert_non_null(margin);
    assert_near(margin->incremental, 70.0 - 15.0, 1e-12);
    assert_int_equal(arm(&f, 1)->money[0].margin_minor, 7000);

    assert_int_equal(f.report->return_count, 1);
    made = &f.report->returns[0];
    assert_true(made->is_margin);
    assert_near(made->value, 55.0 - 5.0, 1e-12);
    assert_near(made->ratio, 50.0 / 5.0, 1e-12);
    assert_near(made->break_even, 50.0, 1e-12);
    assert_near(made->break_even_each, 50.0, 1e-12);
    assert_false(made->has_anyway);             /* no discount was given */
    end(&f);
}


static void
test_an_order_without_a_cost(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    begin_crowd(&f, &plan);
    pay(&f, 1, T0 + DAY, 10000, 6000, 0);
    pay(&f, CROWD + 1, T0 + DAY, 2000, -1, 0);
    finish(&f);

    assert_null(row(&f, RTA_METRIC_MARGIN, "EUR"));
    assert_int_equal(f.report->uncosted, 1);
    assert_true(has_note(&f, "1 orders carry no cost"));
    assert_int_equal(f.report->return_count, 0);
    end(&f);
}


/* 20 of the treated bought, 10 would have anyway: half of the discounts. */

static void
test_discounts_to_anyway_buyers(void **state)
{
    uint32_t                      i;
    struct fixture                f;
    struct rta_plan               plan = crowd_plan(1);
    const struct rta_return_row  *made;

    (void) state;

    begin_crowd(&f, &plan);

    for (i = 1; i <= 20; i++) {
        coupon(&f, RTA_COUPON_REDEEMED, i, "", 5000, 300);
        pay(&f, i, T0 + DAY, 5000, -1, 0);
    }

    for (i = 1; i <= 10; i++) {
        pay(&f, CROWD + i, T0 + DAY, 5000, -1, 0);
    }

    finish(&f);

    assert_int_equal(f.report->return_count, 1);
    made = &f.report->returns[0];
    assert_false(made->is_margin);
    assert_int_equal(made->discount_minor, 6000);
    assert_near(made->anyway, 30.0, 1e-12);
    assert_true(made->anyway_low < 30 && made->anyway_high > 30
                && made->anyway_high <= 60 && made->anyway_low >= 0);
    assert_near(made->break_even_each, 500.0 / 20, 1e-12);
    end(&f);
}


/* A coupon of the treated, used by one who got none; his own code is none of
   this campaign's. */

static void
test_contamination(void **state)
{
    struct fixture                   f;
    struct rta_plan                  plan = crowd_plan(1);
    const struct rta_contamination  *found;

    (void) state;

    begin_crowd(&f, &plan);
    say(&f, RTN_KIND_UNSUBSCRIBE, CROWD + 3, T0 + 1);
    say(&f, RTN_KIND_CLICK, CROWD + 3, T0 + 1);
    say(&f, RTN_KIND_CLICK, 3, T0 + 1);
    coupon(&f, RTA_COUPON_REDEEMED, 2, "others", 5000, 300);
    pay(&f, CROWD + 1, T0 + DAY, 1000, -1, 1001);
    pay(&f, CROWD + 2, T0 + DAY, 1000, -1, 77);
    buy(&f, "others", CROWD + 5, T0 + DAY, 4700);
    finish(&f);

    found = &f.report->contamination;
    assert_int_equal(found->customers, 3);
    assert_int_equal(found->touched, 1);
    assert_int_equal(found->unsubscribed, 1);
    assert_int_equal(found->redeemed, 2);
    assert_int_equal(arm(&f, 0)->recipients, CROWD);
    assert_int_equal(arm(&f, 0)->buyers, 3);
    assert_true(has_note(&f, "2 of the hold-out ordered with a coupon"));
    assert_true(has_note(&f, "3 of 400 held out were reached"));
    end(&f);
}


/* A tenth of the treated leaves: those who remain are not as planned. */

static void
test_those_who_remain(void **state)
{
    int              leaves;
    uint32_t         i;
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    for (leaves = 0; leaves < 2; leaves++) {
        begin_crowd(&f, &plan);

        for (i = 1; i <= CROWD / 2 * (uint32_t) leaves; i++) {
            say(&f, RTN_KIND_UNSUBSCRIBE, i, T0 + 1);
        }

        finish(&f);
        assert_true(f.report->sample_ratio.ok);
        assert_int_equal(f.report->remaining_ratio.ok, !leaves);
        assert_int_equal(has_note(&f, "without those who unsubscribed"),
                         leaves);
        assert_false(f.report->is_withheld);
        end(&f);
    }
}


/* Orders of the treated alone: of earlier times, or of none. */

static void
test_holdout_orders_missing(void **state)
{
    int              cases;
    uint32_t         i;
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    for (cases = 0; cases < 3; cases++) {
        begin_crowd(&f, &plan);

        /* 9 are too few to tell; one earlier order of the hold-out is one. */

        for (i = 1; i <= (cases == 1 ? 9 : 10); i++) {
            pay(&f, i, T0 + DAY, 1000, -1, 0);
        }

        if (cases == 2) {
            pay(&f, CROWD + 1, T0 - DAY, 1000, -1, 0);
        }

        finish(&f);
        assert_int_equal(f.report->holdout_orders_missing, cases == 0);
        end(&f);
    }
}


/* Who comes back, and when again: on a later day, known until the orders'
   end; new customers are no recipients and had no order before. */

static void
test_after(void **state)
{
    struct fixture               f;
    struct rta_plan              plan = crowd_plan(1);
    const struct rta_after_row  *back, *others;

    (void) state;

    plan.orders_until_ms = T0 + 50 * DAY;
    begin_crowd(&f, &plan);

    pay(&f, 1, T0 + DAY, 1000, -1, 0);
    pay(&f, 1, T0 + DAY + 5, 1000, -1, 0);          /* the same day */
    pay(&f, 1, T0 + 11 * DAY, 1000, -1, 0);         /* again, 10 days later */
    pay(&f, 2, T0 + 20 * DAY, 1000, -1, 0);         /* watched for 29 days */
    pay(&f, 3, T0 - 9 * DAY, 1000, -1, 0);          /* not in the window */
    pay(&f, CROWD + 1, T0, 1000, -1, 0);            /* watched for 49 days */
    pay(&f, CROWD + 1, T0 + 51 * DAY, 1000, -1, 0); /* not known by then */
    pay(&f, 3000, T0 - 1, 1000, -1, 0);             /* no new customer */
    pay(&f, 3000, T0 + DAY, 1000, -1, 0);
    pay(&f, 3001, T0 + DAY, 1000, -1, 0);
    pay(&f, 3001, T0 + 2 * DAY, 1000, -1, 0);
    pay(&f, 3002, UNTIL, 1000, -1, 0);              /* too late for one */
    finish(&f);

    back = &f.report->after[RTA_AFTER_TREATED];
    others = &f.report->after[RTA_AFTER_HOLDOUT];

    assert_int_equal(f.report->after_count, RTA_AFTER_GROUPS);
    assert_int_equal(back->customers, 2);
    assert_int_equal(back->again, 1);
    assert_true(back->weeks[1].share == 0 && back->weeks[1].at_risk == 2);
    assert_true(back->weeks[2].share == 0.5);
    assert_false(back->month.has_share);            /* day 30: nobody */
    assert_int_equal(others->customers, 1);
    assert_int_equal(others->again, 0);
    assert_true(others->month.has_share && others->month.share == 0);
    assert_false(others->quarter.has_share);
    assert_int_equal(f.report->after[RTA_AFTER_NEW].customers, 1);
    assert_int_equal(f.report->after[RTA_AFTER_NEW].again, 1);
    end(&f);
}


static void
test_nobody_came_back(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    finish(&f);
    assert_int_equal(f.report->after_count, 0);
    end(&f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_arms_by_holm),
        cmocka_unit_test(test_tiers_and_stages),
        cmocka_unit_test(test_stage_of_last_orders),
        cmocka_unit_test(test_one_stage),
        cmocka_unit_test(test_margin),
        cmocka_unit_test(test_an_order_without_a_cost),
        cmocka_unit_test(test_discounts_to_anyway_buyers),
        cmocka_unit_test(test_contamination),
        cmocka_unit_test(test_those_who_remain),
        cmocka_unit_test(test_holdout_orders_missing),
        cmocka_unit_test(test_after),
        cmocka_unit_test(test_nobody_came_back)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
