/* Issuing offers and coupons, and the overlay that says what they are now. */

#include "support.h"

#include "db/coupon.h"
#include "random.h"
#include "rtn_code.h"
#include "rtn_coupon.h"

#define MANY  12000         /* three slices */



static size_t
commits(struct rtn_store *store)
{
    MDB_envinfo  info;

    assert_int_equal(mdb_env_info(store->envs[DB_COUPONS].env, &info), 0);

    return info.me_last_txnid;
}


static struct rtn_coupon
coupon_of(uint64_t code, uint32_t customer)
{
    struct rtn_coupon  coupon;

    memset(&coupon, 0, sizeof(coupon));

    coupon.code = code;
    coupon.campaign = 5;
    coupon.tier = 2;
    coupon.customer = customer;
    memset(coupon.customer_hash, (int) (customer & 0xFF), RTN_HASH_LEN);
    coupon.valid_from_ms = SUPPORT_NOW_MS;
    coupon.expires_ms = SUPPORT_NOW_MS + customer;

    return coupon;
}


static bool
has_coupon(struct rtn_store *store, const struct rtn_coupon *coupon)
{
    struct rtn_coupon_state  state;

    if (rtn_coupon_get(store, coupon->code, &state) != 0) {
        return false;
    }

    return state.coupon.code == coupon->code
           && state.coupon.campaign == coupon->campaign
           && state.coupon.tier == coupon->tier
           && state.coupon.customer == coupon->customer
           && memcmp(state.coupon.customer_hash, coupon->customer_hash,
                     RTN_HASH_LEN) == 0
           && state.coupon.valid_from_ms == coupon->valid_from_ms
           && state.coupon.expires_ms == coupon->expires_ms
           && state.status == RTN_COUPON_ISSUED && state.last_id == 0;
}


static void
test_offers(void **state)
{
    size_t                before;
    struct rtn_store     *store = ((struct support *) *state)->store;
    struct rtn_tier       tiers[3];
    struct rtn_offer      offer;
    struct db_txn         txn;
    struct rtn_campaign   campaign;

    memset(tiers, 0, sizeof(tiers));
    tiers[0].offer.type = RTN_DISCOUNT_FIXED;
    tiers[0].offer.amount = 500;
    strcpy(tiers[0].offer.currency, "EUR");
    tiers[2].offer.type = RTN_DISCOUNT_GIFT;
    strcpy(tiers[2].offer.gift, "a mug");
    tiers[2].offer.minimum_minor = 3000;
    strcpy(tiers[2].offer.minimum_currency, "UAH");
    tiers[2].offer.is_combinable = true;
    tiers[2].offer.is_transferable = true;

    memset(&campaign, 0, sizeof(campaign));
    campaign.number = 5;
    campaign.tier_count = 3;
    campaign.tiers = tiers;

    assert_int_equal(rtn_offers_put(store, &campaign), 0);

    before = commits(store);
    assert_int_equal(rtn_offers_put(store, &campaign), 0);
    assert_int_equal(commits(store), before);

    assert_int_equal(db_read_begin(store, DB_COUPONS, &txn), 0);
    assert_int_equal(coupon_offer_get(&txn, 5, 1, &offer), 0);
    assert_int_equal(offer.type, RTN_DISCOUNT_FIXED);
    assert_int_equal(offer.amount, 500);
    assert_string_equal(offer.currency, "EUR");
    assert_int_equal(coupon_offer_get(&txn, 5, 2, &offer), RTN_ERR_NOT_FOUND);
    assert_int_equal(coupon_offer_get(&txn, 5, 3, &offer), 0);
    assert_string_equal(offer.gift, "a mug");
    assert_int_equal(offer.minimum_minor, 3000);
    assert_string_equal(offer.minimum_currency, "UAH");
    assert_true(offer.is_combinable && offer.is_transferable);
    db_read_end(&txn);
}


static void
test_issue_many(void **state)
{
    size_t              i, taken, before;
    struct rtn_store   *store = ((struct support *) *state)->store;
    struct rtn_coupon  *coupons;

    coupons = calloc(MANY, sizeof(*coupons));
    assert_non_null(coupons);

    for (i = 0; i < MANY; i++) {
        coupons[i] = coupon_of(random_next() >> 4, (uint32_t) i + 1);
    }

    assert_int_equal(rtn_coupons_issue(store, coupons, MANY, &taken), 0);

    before = commits(store);
    assert_int_equal(rtn_coupons_issue(store, coupons, MANY, &taken), 0);
    assert_int_equal(commits(store), before);

    for (i = 0; i < MANY; i++) {
        assert_true(has_coupon(store, &coupons[i]));
    }

    free(coupons);
}


/* Codes of somebody else: in the store, and within one call. */
static void
test_taken(void **state)
{
    size_t              taken;
    struct rtn_store   *store = ((struct support *) *state)->store;
    struct rtn_coupon   coupons[6], first;

    first = coupon_of(95, 2);
    assert_int_equal(rtn_coupons_issue(store, &first, 1, &taken), 0);
    first = coupon_of(77, 1);
    assert_int_equal(rtn_coupons_issue(store, &first, 1, &taken), 0);

    coupons[0] = coupon_of(90, 10);
    coupons[1] = coupon_of(80, 11);
    coupons[2] = coupon_of(90, 12);     /* as 0 */
    coupons[3] = coupon_of(77, 13);     /* as first */
    coupons[4] = coupon_of(60, 14);
    coupons[5] = coupon_of(95, 15);     /* as another */

    assert_int_equal(rtn_coupons_issue(store, coupons, 6, &taken),
                     RTN_ERR_EXISTS);
    assert_int_equal(taken, 2);
    assert_true(has_coupon(store, &coupons[0]));
    assert_true(has_coupon(store, &coupons[1]));
    assert_true(has_coupon(store, &first));

    coupons[2].code = 91;
    assert_int_equal(rtn_coupons_issue(store, coupons, 6, &taken),
                     RTN_ERR_EXISTS);
    assert_int_equal(taken, 3);

    coupons[3].code = 92;
    coupons[5].code = 93;
    assert_int_equal(rtn_coupons_issue(store, coupons, 6, &taken), 0);
    assert_true(has_coupon(store, &coupons[2]));
    assert_true(has_coupon(store, &coupons[3]));
    assert_true(has_coupon(store, &coupons[4]));

    /* the same customer again: the first one stays as it is */
    first.expires_ms++;
    assert_int_equal(rtn_coupons_issue(store, &first, 1, &taken), 0);
    assert_false(has_coupon(store, &first));

    /* of another campaign */
    first = coupon_of(77, 1);
    first.campaign++;
    assert_int_equal(rtn_coupons_issue(store, &first, 1, &taken),
                     RTN_ERR_EXISTS);
    assert_int_equal(taken, 0);
}


static void
test_bad_code(void **state)
{
    size_t              taken;
    struct rtn_store   *store = ((struct support *) *state)->store;
    struct rtn_coupon   coupons[2];

    coupons[0] = coupon_of(1, 1);
    coupons[1] = coupon_of(0, 2);
    assert_int_equal(rtn_coupons_issue(store, coupons, 2, &taken),
                     RTN_ERR_CODE);
    assert_false(has_coupon(store, &coupons[0]));

    coupons[1].code = UINT64_C(1) << RTN_CODE_BITS;
    assert_int_equal(rtn_coupons_issue(store, coupons, 2, &taken),
                     RTN_ERR_CODE);

    coupons[1].code--;
    assert_int_equal(rtn_coupons_issue(store, coupons, 2, &taken), 0);
    assert_true(has_coupon(store, &coupons[1]));

    assert_int_equal(rtn_coupons_issue(store, NULL, 0, &taken), 0);
}


/* The overlay's map against an array. */
static void
test_map(void **state)
{
    size_t                   i, k;
    uint64_t                 id;
    struct rtn_store        *store = ((struct support *) *state)->store;
    struct coupon_map       *map, *other;
    enum rtn_coupon_status   status;

    static struct {
        uint64_t                code;
        enum rtn_coupon_status  status;
        uint64_t                id;
    } known[5000];

    assert_int_equal(coupon_map_of(store, COUPON_MAP_WRITER, &map), 0);
    assert_int_equal(coupon_map_of(store, COUPON_MAP_READER, &other), 0);
    assert_ptr_not_equal(map, other);

    /* the first half follow a pattern, as imported codes may */
    for (i = 0; i < 5000; i++) {
        known[i].code = i < 2500 ? (i + 1) << 40
                                 : random_next() >> 4 | 1;
    }

    for (i = 0; i < 20000; i++) {
        k = random_next() % 5000;
        known[k].status = (enum rtn_coupon_status)
                          (random_next() % 4);
        known[k].id = random_next();

        assert_int_equal(coupon_map_put(map, known[k].code, known[k].status,
                                        known[k].id), 0);
    }

    for (i = 0; i < 5000; i++) {
        coupon_map_find(map, known[i].code, &status, &id);
        assert_int_equal(status, known[i].status);
        assert_int_equal(id, known[i].id);

        coupon_map_find(other, known[i].code, &status, &id);
        assert_int_equal(status, RTN_COUPON_ISSUED);
        assert_int_equal(id, 0);
    }

    coupon_map_find(map, 3, &status, &id);
    assert_int_equal(id, 0);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_offers),
        TEST(test_issue_many),
        TEST(test_taken),
        TEST(test_bad_code),
        TEST(test_map)
    };

    random_init(argc, argv);

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
