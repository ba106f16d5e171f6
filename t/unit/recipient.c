/* Recipients of a campaign. */

#include <lmdb.h>

#include "random.h"
#include "rtn_campaign.h"
#include "support.h"

#define RECIPIENTS  (2 * RTN_SLICE_ROWS + 7)


static struct rtn_recipient
recipient_random(uint32_t customer)
{
    uint64_t              bits;
    struct rtn_recipient  recipient;

    memset(&recipient, 0, sizeof(recipient));

    recipient.customer = customer;
    recipient.arm = (uint8_t) random_below(17);
    recipient.tier = (uint8_t) random_below(33);
    recipient.batch = (uint32_t) random_next();
    recipient.t0_ms = (int64_t) random_next();
    recipient.until_ms = (int64_t) random_next();
    recipient.code = random_next();
    recipient.code_expires_ms = (int64_t) random_next();

    bits = random_next();
    memcpy(recipient.customer_hash, &bits, sizeof(bits));

    return recipient;
}


static void
assert_same(const struct rtn_recipient *a, const struct rtn_recipient *b)
{
    assert_int_equal(a->customer, b->customer);
    assert_int_equal(a->arm, b->arm);
    assert_int_equal(a->tier, b->tier);
    assert_int_equal(a->batch, b->batch);
    assert_true(a->t0_ms == b->t0_ms);
    assert_true(a->until_ms == b->until_ms);
    assert_true(a->code == b->code);
    assert_true(a->code_expires_ms == b->code_expires_ms);
    assert_memory_equal(a->customer_hash, b->customer_hash, RTN_HASH_LEN);
}


static uint32_t
draft(struct rtn_store *store, const char *slug)
{
    struct rtn_message   first = { .name = "first" };
    struct rtn_campaign  c = { .message_count = 1, .messages = &first };

    strcpy(c.slug, slug);
    assert_int_equal(rtn_campaign_begin(store, &c), 0);

    return c.number;
}


/* More than two slices, between the recipients of two other campaigns. */
static void
test_put_and_scan(void **state)
{
    uint32_t                    i, number[3];
    struct support             *support = *state;
    struct rtn_recipient       *all, read, test;
    struct rtn_recipient_scan  *scan;

    number[0] = draft(support->store, "a");
    number[1] = draft(support->store, "b");
    number[2] = draft(support->store, "c");

    all = calloc(RECIPIENTS, sizeof(*all));
    assert_non_null(all);

    for (i = 0; i < RECIPIENTS; i++) {
        all[i] = recipient_random(2 * i + 1);
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(rtn_recipients_put(support->store, number[i], all,
                                            i == 1 ? RECIPIENTS : 3), 0);
    }

    assert_int_equal(rtn_campaign_finish(support->store, number[1],
                                         RECIPIENTS, 1), 0);

    test = recipient_random(RTN_RECIPIENT_TEST + 1);
    assert_int_equal(rtn_recipients_put(support->store, number[1], &test, 1),
                     0);

    assert_int_equal(rtn_recipient_scan_open(support->store, number[1],
                                             &scan), 0);

    for (i = 0; i < RECIPIENTS; i++) {
        assert_int_equal(rtn_recipient_scan_next(scan, &read), 0);
        assert_same(&read, &all[i]);
    }

    assert_int_equal(rtn_recipient_scan_next(scan, &read), 0);
    assert_same(&read, &test);
    assert_int_equal(rtn_recipient_scan_next(scan, &read),
                     RTN_ERR_NOT_FOUND);
    rtn_recipient_scan_close(scan);

    assert_int_equal(rtn_recipient_get(support->store, number[1], 3, &read),
                     0);
    assert_same(&read, &all[1]);
    assert_int_equal(rtn_recipient_get(support->store, number[1], 4, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_recipient_get(support->store, number[0], 7, &read),
                     RTN_ERR_NOT_FOUND);

    free(all);
}


/* How many transactions have written state; the store gets closed. */
static size_t
transactions(struct support *support)
{
    char         path[SUPPORT_PATH_MAX + 16];
    MDB_env     *env;
    MDB_envinfo  info;

    support_close(support);
    snprintf(path, sizeof(path), "%s/state", support->path);

    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_info(env, &info), 0);
    mdb_env_close(env);

    return info.me_last_txnid;
}


static void
test_same_again(void **state)
{
    size_t                before;
    uint32_t              number;
    struct support       *support = *state;
    struct rtn_recipient  recipient, read;

    number = draft(support->store, "a");
    recipient = recipient_random(9);

    assert_int_equal(rtn_recipients_put(support->store, number, &recipient,
                                        1), 0);
    before = transactions(support);
    support_open(support, RTN_OPEN_STATE);

    assert_int_equal(rtn_recipients_put(support->store, number, &recipient,
                                        1), 0);
    assert_int_equal(transactions(support), before);
    support_open(support, RTN_OPEN_STATE);

    recipient.batch ^= 1;
    assert_int_equal(rtn_recipients_put(support->store, number, &recipient,
                                        1), 0);
    assert_int_equal(rtn_recipient_get(support->store, number, 9, &read), 0);
    assert_int_equal(read.batch, recipient.batch);
    assert_int_equal(transactions(support), before + 1);
}


/* The draw is frozen when the campaign opens; tests come only then. */
static void
test_frozen(void **state)
{
    uint32_t              number;
    struct support       *support = *state;
    struct rtn_recipient  drawn, test, read;

    drawn = recipient_random(RTN_RECIPIENT_TEST - 1);
    test = recipient_random(RTN_RECIPIENT_TEST);

    number = draft(support->store, "a");

    assert_int_equal(rtn_recipients_put(support->store, number + 1, &drawn,
                                        1), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_recipients_put(support->store, number, &test, 1),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_recipients_put(support->store, number, &drawn, 1),
                     0);

    assert_int_equal(rtn_campaign_finish(support->store, number, 1, 1), 0);

    drawn.customer--;
    assert_int_equal(rtn_recipients_put(support->store, number, &drawn, 1),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_recipient_get(support->store, number,
                                       drawn.customer, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_recipients_put(support->store, number, &test, 1),
                     0);
}


#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup, support_teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_put_and_scan),
        TEST(test_same_again),
        TEST(test_frozen)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
