/* RFM: fifths in both forms, ties, and the segments' table. */

#include "unit.h"

#include "analysis/rfm.h"
#include "purchases.h"
#include "random.h"

#define AS_OF  1000

static struct rta_rfm  rfm;


static int
rfm_release(void **state)
{
    (void) state;

    rta_rfm_release(&rfm);

    return 0;
}


/* A customer who bought one thing on a day. */

static void
rfm_once(const char *id, rtn_day_t day, int64_t minor)
{
    struct rta_purchase  purchase = {
        .day = day, .currency = "EUR", .paid_minor = minor
    };

    assert_int_equal(rta_rfm_add(&rfm, id, &purchase, 1), 0);
}


static void
test_values(void **state)
{
    static const struct rta_purchase  purchases[] = {
        { 900, "EUR", false, 1000, 0 },
        { 900, "EUR", false, 500, 0 },
        { 950, "EUR", false, 502, 0 },
        { 990, "USD", false, 9999, 0 }
    };

    (void) state;

    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);
    assert_int_equal(rta_rfm_add(&rfm, "c1", purchases, 4), 0);
    assert_int_equal(rta_rfm_add(&rfm, "none", purchases, 0), 0);
    assert_int_equal(rta_rfm_add(&rfm, "dollars", purchases + 3, 1), 0);

    assert_int_equal(rfm.n, 1);
    assert_string_equal(rta_names_get(&rfm.ids, rfm.rows[0].place), "c1");
    assert_int_equal(rfm.rows[0].recency_days, 50);
    assert_int_equal(rfm.rows[0].frequency, 2);
    assert_int_equal(rfm.rows[0].monetary, 2002);
    rta_rfm_release(&rfm);

    /* 2002 / 3 = 667.33 */
    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_AVERAGE);
    assert_int_equal(rta_rfm_add(&rfm, "c1", purchases, 4), 0);
    assert_int_equal(rfm.rows[0].monetary, 667);
    assert_int_equal(rfm.rows[0].paid_minor, 2002);
}


/* Ten customers: the cut points are the 2nd, 4th, 6th and 8th. */

static void
test_cut(void **state)
{
    size_t  i;
    char    id[] = "a";

    static const int64_t  spends[] = { 10, 20, 30, 40, 50, 60, 70, 80, 90,
                                       100 };
    static const uint8_t  scores[] = { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 };

    (void) state;

    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);

    for (i = 0; i < COUNT(spends); i++) {
        id[0] = (char) ('a' + i);
        rfm_once(id, (rtn_day_t) (AS_OF - spends[i]), spends[i]);
    }

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_CUT), 0);

    for (i = 0; i < COUNT(spends); i++) {
        assert_int_equal(rfm.rows[i].m, scores[i]);
        assert_int_equal(rfm.rows[i].r, 6 - scores[i]);
        assert_int_equal(rfm.rows[i].f, 1);
    }
}


/*
 * As at CDNOW: more than 40 % bought on one day, so two cut points are 1, and
 * nobody scores 2.  Of 7, the cut points are the 2nd, 3rd, 5th and 6th: 1, 1,
 * 2 and 2.
 */
static void
test_cut_ties(void **state)
{
    size_t               i, n;
    struct rta_purchase  purchases[8];

    static const rtn_day_t  days[][6] = {
        { 1, -1 }, { 2, -1 }, { 3, -1 }, { 4, -1 }, { 1, 2, -1 },
        { 3, 4, -1 }, { 1, 2, 3, 4, -1 }
    };
    static const uint8_t  cut[] = { 1, 1, 1, 1, 3, 3, 5 };
    static const uint8_t  ntile[] = { 1, 1, 2, 2, 3, 4, 5 };

    (void) state;

    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);

    for (i = 0; i < COUNT(days); i++) {
        n = purchases_on(purchases, days[i]);
        assert_int_equal(rta_rfm_add(&rfm, (char []) { (char) ('a' + i), 0 },
                                     purchases, n), 0);
    }

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_CUT), 0);

    for (i = 0; i < COUNT(cut); i++) {
        assert_int_equal(rfm.rows[i].f, cut[i]);
    }

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_NTILE), 0);

    for (i = 0; i < COUNT(ntile); i++) {
        assert_int_equal(rfm.rows[i].f, ntile[i]);
    }
}


/* Equal values go by the bytes of the id, however they were added. */

static void
test_ntile_ids(void **state)
{
    size_t  i;

    static const char *const  ids[] = { "9", "10", "1", "2", "b" };
    static const uint8_t      scores[] = { 4, 2, 1, 3, 5 };

    (void) state;

    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);

    for (i = 0; i < COUNT(ids); i++) {
        rfm_once(ids[i], 500, 700);
    }

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_NTILE), 0);

    for (i = 0; i < COUNT(ids); i++) {
        assert_int_equal(rfm.rows[i].r, scores[i]);
        assert_int_equal(rfm.rows[i].f, scores[i]);
        assert_int_equal(rfm.rows[i].m, scores[i]);
    }

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_CUT), 0);

    for (i = 0; i < COUNT(ids); i++) {
        assert_int_equal(rfm.rows[i].r, 5);
        assert_int_equal(rfm.rows[i].f, 1);
        assert_int_equal(rfm.rows[i].m, 1);
    }
}


static void
test_few(void **state)
{
    (void) state;

    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_CUT), 0);
    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_NTILE), 0);

    rfm_once("only", 500, 0);

    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_CUT), 0);
    assert_int_equal(rfm.rows[0].r, 5);
    assert_int_equal(rfm.rows[0].m, 1);
    assert_int_equal(rta_rfm_score(&rfm, RTA_RFM_NTILE), 0);
    assert_int_equal(rfm.rows[0].r, 1);
    assert_int_equal(rfm.rows[0].m, 1);
}


static void
test_segments(void **state)
{
    unsigned  r, f;

    /* by R from 5 down, F from 1 up */
    static const char *const  table[5][5] = {
        { "new", "potential-loyal", "potential-loyal", "champions",
          "champions" },
        { "promising", "potential-loyal", "potential-loyal", "loyal",
          "loyal" },
        { "about-to-sleep", "about-to-sleep", "need-attention", "loyal",
          "loyal" },
        { "hibernating", "hibernating", "at-risk", "at-risk",
          "cannot-lose" },
        { "lost", "lost", "at-risk", "at-risk", "cannot-lose" }
    };

    (void) state;

    for (r = 1; r <= 5; r++) {
        for (f = 1; f <= 5; f++) {
            assert_string_equal(rta_rfm_names[rta_rfm_segment(r, f)],
                                table[5 - r][f - 1]);
        }
    }
}


/* Each customer is in one segment, fifths are as even as they can be, and
   more is never worth less. */

static void
test_properties(void **state)
{
    int                        form;
    char                       id[24];
    size_t                     i, j, n, counts[6] = { 0 };
    uint64_t                   customers = 0;
    struct rta_rfm_sum         sums[RTA_RFM_SEGMENTS] = { 0 };
    const struct rta_rfm_row  *a, *b;

    (void) state;

    n = 300 + random_below(200);
    rta_rfm_init(&rfm, "EUR", AS_OF, RTA_RFM_SUM);

    for (i = 0; i < n; i++) {
        snprintf(id, sizeof(id), "%zu", i);
        rfm_once(id, (rtn_day_t) random_below(60),
                 (int64_t) random_below(50) - 5);
    }

    for (form = RTA_RFM_CUT; form <= RTA_RFM_NTILE; form++) {
        assert_int_equal(rta_rfm_score(&rfm, (enum rta_rfm_form) form), 0);

        for (i = 0; i < n; i++) {
            for (j = 0; j < n; j++) {
                a = &rfm.rows[i];
                b = &rfm.rows[j];

                assert_true(a->monetary <= b->monetary || a->m >= b->m);
                assert_true(a->recency_days >= b->recency_days
                            || a->r >= b->r);
                assert_true(form == RTA_RFM_NTILE
                            || a->monetary != b->monetary || a->m == b->m);
            }
        }
    }

    for (i = 0; i < n; i++) {
        counts[rfm.rows[i].m]++;
    }

    for (i = 1; i <= 5; i++) {
        assert_int_equal(counts[i], n / 5 + (i <= n % 5));
    }

    assert_int_equal(rta_rfm_sum(&rfm, sums), 0);

    for (i = 0; i < RTA_RFM_SEGMENTS; i++) {
        customers += sums[i].customers;
        rta_days_release(&sums[i].recency);
    }

    assert_int_equal(customers, n);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_teardown(test_values, rfm_release),
        cmocka_unit_test_teardown(test_cut, rfm_release),
        cmocka_unit_test_teardown(test_cut_ties, rfm_release),
        cmocka_unit_test_teardown(test_ntile_ids, rfm_release),
        cmocka_unit_test_teardown(test_few, rfm_release),
        cmocka_unit_test(test_segments),
        cmocka_unit_test_teardown(test_properties, rfm_release)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
