/* Customers' hashes in state/: complete, and completed after promotions. */

#include "support.h"

#include "db/crm.h"
#include "rtn_crm.h"

#define MANY  12000         /* three slices */


static size_t
commits(struct rtn_store *store)
{
    MDB_envinfo  info;

    assert_int_equal(mdb_env_info(store->envs[DB_STATE].env, &info), 0);

    return info.me_last_txnid;
}


/* The number that nginx would find, or 0. */
static uint32_t
number_of(struct rtn_store *store, const char *id)
{
    int       rc;
    uint8_t   hash[RTN_HASH_LEN];
    uint32_t  number;

    rtn_customer_hash(store, str(id), hash);

    rc = rtn_customer_by_hash(store, hash, &number);
    assert_true(rc == 0 || rc == RTN_ERR_NOT_FOUND);

    return rc == 0 ? number : 0;
}


static uint32_t
customer(struct rtn_store *store, const char *id, const char *email)
{
    enum rtn_put         done;
    struct rtn_customer  customer;

    memset(&customer, 0, sizeof(customer));
    snprintf(customer.id, sizeof(customer.id), "%s", id);
    snprintf(customer.email, sizeof(customer.email), "%s", email);

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_customer_put(store, &customer, RTN_CUSTOMER_EMAIL,
                                      &done), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    return customer.number;
}


static uint32_t
guest(struct rtn_store *store, const char *email)
{
    uint32_t  number;

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_guest_ensure(store, str(email), &number), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    return number;
}


static void
test_extend(void **state)
{
    size_t             before;
    uint32_t           ann, bob;
    struct rtn_store  *store = ((struct support *) *state)->store;

    assert_int_equal(rtn_customer_index_extend(store), 0);

    ann = customer(store, "ann", "");
    assert_int_equal(number_of(store, "ann"), 0);

    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "ann"), ann);
    assert_int_equal(number_of(store, "bob"), 0);

    /* nothing new writes nothing */
    before = commits(store);
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(commits(store), before);

    bob = customer(store, "bob", "");
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "bob"), bob);
    assert_int_equal(number_of(store, "ann"), ann);
    assert_int_equal(commits(store), before + 1);
}


static void
test_many(void **state)
{
    char               id[16];
    size_t             i;
    uint32_t           number;
    struct rtn_store  *store = ((struct support *) *state)->store;

    assert_int_equal(rtn_crm_begin(store), 0);

    for (i = 1; i <= MANY; i++) {
        snprintf(id, sizeof(id), "c-%zu", i);
        assert_int_equal(rtn_customer_ensure(store, str(id), &number), 0);
        assert_int_equal(number, i);
    }

    assert_int_equal(rtn_crm_commit(store), 0);
    assert_int_equal(rtn_customer_index_extend(store), 0);

    for (i = 1; i <= MANY; i++) {
        snprintf(id, sizeof(id), "c-%zu", i);
        assert_int_equal(number_of(store, id), i);
    }
}


/* Guests are passed over, and found when they have become customers. */
static void
test_promoted(void **state)
{
    size_t             before;
    uint32_t           early, late, merged;
    struct rtn_store  *store = ((struct support *) *state)->store;

    early = guest(store, "early@x");
    late = guest(store, "late@x");
    merged = guest(store, "merged@x");

    /* promoted before the cursor has passed */
    assert_int_equal(customer(store, "early", "early@x"), early);
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "early"), early);
    assert_int_equal(number_of(store, ""), 0);

    /* guests at the end do not keep the cursor from moving */
    before = commits(store);
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(commits(store), before);

    /* and after it */
    assert_int_equal(customer(store, "late", "late@x"), late);
    assert_int_equal(number_of(store, "late"), 0);
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "late"), late);

    /* one whose guest's number goes keeps his own */
    customer(store, "known", "");
    assert_int_not_equal(customer(store, "known", "merged@x"), merged);
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "known"), merged + 1);
}


/* Interrupted after a slice: what is done again does no harm. */
static void
test_again(void **state)
{
    struct db_txn      txn;
    struct rtn_store  *store = ((struct support *) *state)->store;

    guest(store, "ann@x");
    customer(store, "ann", "ann@x");
    customer(store, "bob", "");
    assert_int_equal(rtn_customer_index_extend(store), 0);

    assert_int_equal(db_begin(store, DB_STATE, &txn), 0);
    assert_int_equal(db_delete(&txn, DB_SETTINGS, str("customer_index")), 0);
    assert_int_equal(db_commit(&txn), 0);

    customer(store, "eve", "");
    assert_int_equal(rtn_customer_index_extend(store), 0);
    assert_int_equal(number_of(store, "ann"), 1);
    assert_int_equal(number_of(store, "bob"), 2);
    assert_int_equal(number_of(store, "eve"), 3);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_extend),
        TEST(test_many),
        TEST(test_promoted),
        TEST(test_again)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
