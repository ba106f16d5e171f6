/* Folding: roll-ups equal a recount, and answers do not depend on them. */

#include "analysis/response.h"
#include "analysis/zone.h"
#include "db/coupon.h"
#include "db/fold.h"
#include "fold_ledger.h"

static void
test_equals_recount(void **state)
{
    int                        i;
    int64_t                    now_ms = T0_MS;
    struct support            *support = *state;
    struct rtn_fold_progress   progress;

    progress = fold_all(support->store);
    assert_int_equal(progress.events, 0);
    assert_int_equal(differences(support->store), 0);

    for (i = 0; i < 20; i++) {
        append_random(support->store, 1 + random_below(400), &now_ms);
        decide_random(support->store, 40, now_ms);

        if (i % 3 != 1) {
            (void) fold_all(support->store);
        }

        assert_folded(support->store);
    }

    (void) fold_all(support->store);
    assert_int_equal(differences(support->store), 0);
}


/* A row that was lost, one too many, of a sum, of a coupon. */
static void
test_check_finds(void **state)
{
    size_t                    i;
    int64_t                   now_ms = T0_MS;
    uint8_t                   key[14];
    struct db_txn             txn;
    struct support           *support = *state;
    struct rtn_str            place;
    struct db_cursor          row;
    struct rtn_coupon_state   coupon;

    static const enum db_table  tables[] = {
        DB_FOLD_CAMPAIGNS, DB_FOLD_LINKS, DB_FOLD_HOURS, DB_FOLD_REST,
        DB_FOLD_RECIPIENTS
    };

    append_random(support->store, 500, &now_ms);
    decide_random(support->store, 100, now_ms);
    (void) fold_all(support->store);
    assert_int_equal(differences(support->store), 0);

    for (i = 0; i < COUNT(tables); i++) {
        memset(key, 0xEE, sizeof(key));
        place = (struct rtn_str) { (char *) key,
                                   tables[i] == DB_FOLD_RECIPIENTS ? 14 : 8 };

        assert_int_equal(db_begin(support->store, DB_STATE, &txn), 0);
        db_put(&txn, tables[i], place, str("x"));
        assert_int_equal(db_commit(&txn), 0);
        assert_int_equal(differences(support->store), 1);

        assert_int_equal(db_begin(support->store, DB_STATE, &txn), 0);
        assert_int_equal(db_delete(&txn, tables[i], place), 0);
        assert_int_equal(db_commit(&txn), 0);
        assert_int_equal(differences(support->store), 0);
    }

    assert_int_equal(db_begin(support->store, DB_COUPONS, &txn), 0);
    assert_int_equal(coupon_base_get(&txn, 3, &coupon), 0);
    coupon.last_id += 1;
    assert_int_equal(coupon_base_put(&txn, &coupon), 0);
    assert_int_equal(db_commit(&txn), 0);
    assert_int_equal(differences(support->store), 1);

    for (i = 0; i < COUNT(tables); i++) {
        assert_int_equal(db_begin(support->store, DB_STATE, &txn), 0);
        db_cursor_open(&txn, tables[i], &row);
        assert_int_equal(db_cursor_seek(&row, RTN_STR("")), 0);
        memcpy(key, row.key.data, row.key.len);
        place = (struct rtn_str) { (char *) key, row.key.len };
        db_cursor_close(&row);
        assert_int_equal(db_delete(&txn, tables[i], place), 0);
        assert_int_equal(db_commit(&txn), 0);
        assert_true(differences(support->store) >= 2 + i);
    }
}


/* The seven days run from the one that counted, over any number of starts. */
static void
test_repeats_over_restarts(void **state)
{
    size_t                 i;
    struct support        *support = *state;
    struct rtn_event       event = {
        .kind = RTN_KIND_CLICK, .source = RTN_SOURCE_SERVER, .campaign = 1,
        .customer = 1, .has_repeat_hash = true, .repeat_hash = { 7 }
    };
    struct rtn_fold_state  fold;

    static const int64_t  days[] = { 0, 5, 8, 9, 14, 15, 16, 29 };

    for (i = 0; i < COUNT(days); i++) {
        append(support->store, &event, T0_MS + days[i] * DAY_MS);
        (void) fold_all(support->store);
        support_open(support, RTN_OPEN_ALL);
        assert_folded(support->store);
    }

    /* counted: 0, 8, 16, 29; the 15th is the seventh day after the 8th */
    assert_int_equal(rtn_fold_state(support->store, &fold), 0);
    assert_int_equal(fold.repeats, 4);
    assert_int_equal(differences(support->store), 0);
}


/* What the report counts, by the whole log or by fold and tail. */
static void
respond(struct rtn_store *store, bool is_folded, struct rta_tally tallies[2],
    uint64_t *repeats)
{
    size_t                      i;
    uint32_t                    c;
    struct rtn_event            event;
    struct rta_response        *response;
    const char                 *reason;
    struct rtn_fold_view       *view;
    struct rtn_fold_tail       *tail;
    struct rtn_log_scan        *scan;
    struct rtn_fold_totals      totals;
    const struct rta_report    *report;
    struct rtn_fold_recipient   r;
    struct rta_rollup_count     counts[RTN_FOLD_COUNTS_MAX];

    static const struct rta_plan_arm  arm = { "treated", RTN_PPM };
    static const char *const  messages[] = { "first", "reminder" };

    static const struct rta_plan  plan = {
        .campaign = FROZEN, .arm_count = 1, .arms = &arm,
        .message_count = 2, .messages = messages,
        .cutoff_ms = UNTIL_MS + 10 * DAY_MS
    };

    assert_int_equal(rta_zone_use(str("UTC"), &reason), 0);
    assert_int_equal(rta_response_init(&plan, &response), 0);

    for (c = 1; c <= CUSTOMERS; c++) {
        struct rta_recipient  recipient = {
            .customer = c, .arm = (c - 1) % 4 != 0, .t0_ms = T0_MS,
            .until_ms = UNTIL_MS
        };

        assert_int_equal(rta_response_recipient(response, &recipient), 0);
    }

    if (!is_folded) {
        assert_int_equal(rtn_log_scan_open(store, 0, &scan), 0);

        while (rtn_log_scan_next(scan, &event) == 0) {
            assert_int_equal(rta_response_event(response, &event), 0);
        }

        *repeats = rtn_log_scan_repeats(scan);
        rtn_log_scan_close(scan);

    } else {
        assert_int_equal(rtn_fold_view_open(store, FROZEN, &view), 0);
        totals = *rtn_fold_view_totals(view);
        rta_response_elsewhere(response, totals.strays, totals.outside);

        while (rtn_fold_recipient_next(view, &r) == 0) {
            for (i = 0; i < r.count; i++) {
                counts[i] = (struct rta_rollup_count) {
                    r.counts[i].message, r.counts[i].kind,
                    r.counts[i].class, r.counts[i].n
                };
            }

            assert_int_equal(rta_response_rollup(response, r.customer,
                                                 r.has_named_visit, counts,
                                                 r.count), 0);
        }

        while (rtn_fold_rest_next(view, &event) == 0) {
            assert_int_equal(rta_response_event(response, &event), 0);
        }

        rtn_fold_view_close(view);
        assert_int_equal(rtn_fold_tail_open(store, &totals, &tail), 0);

        while (rtn_fold_tail_next(tail, &event) == 0) {
            assert_int_equal(rta_response_event(response, &event), 0);
        }

        *repeats = totals.state.repeats + rtn_fold_tail_repeats(tail);
        rtn_fold_tail_close(tail);
    }

    assert_int_equal(rta_response_finish(response, &report), 0);
    assert_int_equal(report->arm_count, 2);

    for (i = 0; i < 2; i++) {
        tallies[i] = report->arms[i].tally;
    }

    *repeats += report->strays * 1000003 + report->outside * 10007
                + report->messages[0].unique[0][0]
                + report->messages[1].total[1][2] * 101
                + report->contamination.touched;
    rta_response_free(response);
}


/* The same answer before, between and behind folds. */
static void
test_answer_is_the_same(void **state)
{
    int                        i;
    int64_t                    now_ms = T0_MS;
    uint64_t                   whole, parts;
    struct support            *support = *state;
    struct rtn_fold           *fold;
    struct rta_tally           a[2], b[2];
    struct rtn_fold_progress   progress;

    assert_int_equal(rtn_fold_open(support->store, &fold), 0);

    for (i = 0; i < 30; i++) {
        append_random(support->store, 1 + random_below(300), &now_ms);

        /* one slice, or up to a moment, or nothing */
        if (i % 3 == 0) {
            assert_int_equal(rtn_fold_run(fold, INT64_MAX, 0, &progress), 0);

        } else if (i % 3 == 1) {
            assert_int_equal(rtn_fold_run(fold, now_ms - DAY_MS, 1000,
                                          &progress), 0);
            assert_true(progress.is_done);
        }

        memset(a, 0, sizeof(a));
        memset(b, 0, sizeof(b));
        respond(support->store, false, a, &whole);
        respond(support->store, true, b, &parts);

        assert_memory_equal(a, b, sizeof(a));
        assert_true(whole == parts);
    }

    rtn_fold_close(fold);
}


/* Two folders by turns, each of which finds that the other was faster. */
static void
test_two_folders(void **state)
{
    int                        i;
    int64_t                    now_ms = T0_MS;
    struct support            *support = *state;
    struct rtn_fold           *fold[2];
    struct rtn_fold_progress   progress;

    assert_int_equal(rtn_fold_open(support->store, &fold[0]), 0);
    assert_int_equal(rtn_fold_open(support->store, &fold[1]), 0);

    for (i = 0; i < 40; i++) {
        append_random(support->store, 200, &now_ms);
        decide_random(support->store, 5, now_ms);
        assert_int_equal(rtn_fold_run(fold[i % 2], INT64_MAX, 0, &progress),
                         0);
    }

    rtn_fold_close(fold[0]);
    rtn_fold_close(fold[1]);

    assert_folded(support->store);
    assert_int_equal(differences(support->store), 0);
}


static void
test_lag_and_limits(void **state)
{
    int64_t                    lag_ms;
    struct support            *support = *state;
    struct rtn_fold           *fold;
    struct rtn_event           event = { .kind = RTN_KIND_OPEN,
                                         .source = RTN_SOURCE_PIXEL,
                                         .campaign = 1, .customer = 1 };
    struct rtn_fold_progress   progress;

    append(support->store, &event, T0_MS + 1000);
    append(support->store, &event, T0_MS + 5000);

    assert_int_equal(rtn_fold_lag(support->store, T0_MS + 6000, &lag_ms), 0);
    assert_int_equal(lag_ms, 5000);

    assert_int_equal(rtn_fold_open(support->store, &fold), 0);
    assert_int_equal(rtn_fold_run(fold, T0_MS + 5000, 1000, &progress), 0);
    assert_true(progress.is_done);
    assert_int_equal(progress.events, 1);
    assert_true(progress.waiting_ms == T0_MS + 5000);

    assert_int_equal(rtn_fold_lag(support->store, T0_MS + 6000, &lag_ms), 0);
    assert_int_equal(lag_ms, 1000);

    assert_int_equal(rtn_fold_run(fold, INT64_MAX, 1000, &progress), 0);
    assert_int_equal(progress.waiting_ms, 0);
    assert_int_equal(rtn_fold_lag(support->store, T0_MS + 6000, &lag_ms), 0);
    assert_int_equal(lag_ms, 0);
    rtn_fold_close(fold);

    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);
    assert_int_equal(rtn_fold_open(support->store, &fold),
                     RTN_ERR_READ_ONLY);
    assert_folded(support->store);
}


/* A new process reads the base, and only the journal's end. */
static void
test_coupons_by_base(void **state)
{
    uint64_t                  code;
    struct db_txn             txn;
    struct support           *support = *state;
    struct coupon_map        *map;
    struct rtn_coupon_job     job = { .action = RTN_COUPON_REDEEM,
                                      .order_id = "mine" };
    struct rtn_coupon_state   before[CUSTOMERS + 1], after;

    decide_random(support->store, 500, T0_MS);

    for (code = 1; code <= CUSTOMERS; code++) {
        assert_int_equal(rtn_coupon_get(support->store, code, &before[code]),
                         0);
    }

    assert_true(fold_all(support->store).changes > 0);
    support_open(support, RTN_OPEN_ALL);

    for (code = 1; code <= CUSTOMERS; code++) {
        assert_int_equal(rtn_coupon_get(support->store, code, &after), 0);
        assert_int_equal(after.status, before[code].status);
        assert_true(after.last_id == before[code].last_id);
        assert_true(after.changed_ms == before[code].changed_ms);
    }

    /* nothing of it is in memory */
    assert_int_equal(coupon_map_of(support->store, COUPON_MAP_READER, &map),
                     0);
    assert_int_equal(db_read_begin(support->store, DB_COUPONS, &txn), 0);
    assert_int_equal(coupon_map_catch_up(map, &txn), 0);
    db_read_end(&txn);

    for (code = 1; code <= CUSTOMERS; code++) {
        enum rtn_coupon_status  status;
        uint64_t                last_id;

        coupon_map_find(map, code, &status, &last_id);
        assert_int_equal(last_id, 0);
    }

    /* one that is redeemed stays so for others, and ids go on rising */
    for (code = 1; before[code].status != RTN_COUPON_REDEEMED; code++) {
        assert_in_range(code, 1, CUSTOMERS - 1);
    }

    job.code = code;
    assert_int_equal(rtn_coupon_decide(support->store, &job, 1, T0_MS), 0);
    assert_int_equal(job.reason, RTN_COUPON_USED);

    decide_random(support->store, 200, T0_MS);
    assert_int_equal(differences(support->store), 0);
    (void) fold_all(support->store);
    assert_int_equal(differences(support->store), 0);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_equals_recount, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_check_finds, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_repeats_over_restarts,
                                        fold_setup, support_teardown),
        cmocka_unit_test_setup_teardown(test_answer_is_the_same, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_two_folders, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_lag_and_limits, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_coupons_by_base, fold_setup,
                                        support_teardown)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
