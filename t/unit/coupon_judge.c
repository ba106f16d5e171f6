/*
 * The decision on a coupon, as a table: each reason, with a twin beside it
 * that differs in one thing and passes.
 */

#include "unit.h"

#include "db/coupon.h"

#define NOW    INT64_C(1800000000000)
#define DAY    INT64_C(86400000)
#define UNTIL  (NOW + RTN_COUPON_RESERVE_MS)

enum who { NOBODY = 0, OWNER, STRANGER };

struct row {
    const char              *name;

    /* the coupon */
    bool                     is_unknown;
    int64_t                  valid_from_ms;     /* 0: a day ago */
    int64_t                  expires_ms;        /* 0: in a day */
    bool                     is_unbound;
    enum rtn_coupon_status   status;
    enum rtn_coupon_action   last;
    const char              *holder;            /* of the last change */
    int64_t                  until_ms;
    int64_t                  first_discount;

    /* the offer; 10 % when type is 0 */
    enum rtn_discount        type;
    bool                     is_transferable;
    int64_t                  minimum;           /* EUR */

    /* the job */
    enum rtn_coupon_action   action;
    const char              *order;
    enum who                 who;
    int64_t                  amount;            /* 0: not given */
    const char              *currency;          /* NULL: EUR */

    /* the outcome */
    enum rtn_coupon_reason   reason;
    bool                     is_repeat;
    enum rtn_coupon_action   change;
    int64_t                  discount;
    int64_t                  reserved_until_ms;
};

#define REDEEM    .action = RTN_COUPON_REDEEM, .order = "A"
#define RESERVE   .action = RTN_COUPON_RESERVE, .order = "A"
#define RELEASE   .action = RTN_COUPON_RELEASE, .order = "A"
#define RESTORE   .action = RTN_COUPON_RESTORE, .order = "A"
#define VALIDATE  .action = RTN_COUPON_VALIDATE, .order = ""
#define MAKE_VOID .action = RTN_COUPON_VOIDED, .order = ""

#define REDEEMED(by)                                                         \
    .status = RTN_COUPON_REDEEMED, .last = RTN_COUPON_REDEEM, .holder = by,  \
    .first_discount = 300
#define RESERVED(by, until)                                                  \
    .status = RTN_COUPON_RESERVED, .last = RTN_COUPON_RESERVE,               \
    .holder = by, .until_ms = until, .first_discount = 200
#define RELEASED(by)  .last = RTN_COUPON_RELEASE, .holder = by
#define RESTORED(by)  .last = RTN_COUPON_RESTORE, .holder = by
#define IS_VOID       .status = RTN_COUPON_VOID, .last = RTN_COUPON_VOIDED,  \
    .holder = ""

#define REDEEMS   .change = RTN_COUPON_REDEEM
#define RESERVES  .change = RTN_COUPON_RESERVE, .reserved_until_ms = UNTIL


static const struct row  rows[] = {
    { "unknown", REDEEM, .is_unknown = true, .reason = RTN_COUPON_UNKNOWN },
    { "known", REDEEM, REDEEMS },
    { "unknown comes before all", REDEEM, .is_unknown = true, IS_VOID,
      .reason = RTN_COUPON_UNKNOWN },

    { "void", REDEEM, IS_VOID, .reason = RTN_COUPON_IS_VOID },
    { "void, only asked", VALIDATE, IS_VOID, .reason = RTN_COUPON_IS_VOID },
    { "void, released", RELEASE, IS_VOID, .reason = RTN_COUPON_IS_VOID },
    { "void comes before wrong customer", REDEEM, IS_VOID, .who = STRANGER,
      .reason = RTN_COUPON_IS_VOID },

    { "another customer", REDEEM, .who = STRANGER,
      .reason = RTN_COUPON_WRONG_CUSTOMER },
    { "its customer", REDEEM, .who = OWNER, REDEEMS },
    { "no customer named", REDEEM, .who = NOBODY, REDEEMS },
    { "another, transferable", REDEEM, .who = STRANGER,
      .is_transferable = true, REDEEMS },
    { "another, bound to nobody", REDEEM, .who = STRANGER, .is_unbound = true,
      REDEEMS },
    { "wrong customer comes before used", REDEEM, .who = STRANGER,
      REDEEMED("B"), .reason = RTN_COUPON_WRONG_CUSTOMER },

    { "used", REDEEM, REDEEMED("B"), .reason = RTN_COUPON_USED },
    { "used, reserve", RESERVE, REDEEMED("B"), .reason = RTN_COUPON_USED },
    { "used, only asked", VALIDATE, REDEEMED("B"),
      .reason = RTN_COUPON_USED },
    { "used, no order named either time", VALIDATE, REDEEMED(""),
      .reason = RTN_COUPON_USED },
    { "used comes before expired", REDEEM, REDEEMED("B"), .expires_ms = NOW,
      .reason = RTN_COUPON_USED },
    { "restored by the other", REDEEM, RESTORED("B"), REDEEMS },

    { "redeemed again", REDEEM, REDEEMED("A"), .is_repeat = true,
      .discount = 300 },
    { "redeemed again, expired", REDEEM, REDEEMED("A"), .expires_ms = NOW,
      .is_repeat = true, .discount = 300 },
    { "redeemed again, other amount", REDEEM, REDEEMED("A"), .amount = 100,
      .minimum = 5000, .is_repeat = true, .discount = 300 },
    { "redeemed again, other currency", REDEEM, REDEEMED("A"),
      .amount = 9000, .currency = "USD", .minimum = 5000, .is_repeat = true,
      .discount = 300 },
    { "a late reserve of what it redeemed", RESERVE, REDEEMED("A"),
      .is_repeat = true, .discount = 300 },
    { "asked by the order that has it", .action = RTN_COUPON_VALIDATE,
      .order = "A", REDEEMED("A"), .is_repeat = true, .discount = 300 },
    { "restored, redeemed anew", REDEEM, RESTORED("A"), .amount = 1000,
      REDEEMS, .discount = 100 },
    { "restored, then expired", REDEEM, RESTORED("A"), .expires_ms = NOW,
      .reason = RTN_COUPON_EXPIRED },

    { "reserved", REDEEM, RESERVED("B", NOW + 1),
      .reason = RTN_COUPON_IS_RESERVED, .reserved_until_ms = NOW + 1 },
    { "reserved, time is up", REDEEM, RESERVED("B", NOW), REDEEMS },
    { "reserved, reserve", RESERVE, RESERVED("B", NOW + 1),
      .reason = RTN_COUPON_IS_RESERVED, .reserved_until_ms = NOW + 1 },
    { "reserved, time is up, reserve", RESERVE, RESERVED("B", NOW),
      RESERVES },
    { "reserved, only asked", VALIDATE, RESERVED("B", NOW + 1),
      .reason = RTN_COUPON_IS_RESERVED, .reserved_until_ms = NOW + 1 },
    { "reserved, asked by its order", .action = RTN_COUPON_VALIDATE,
      .order = "A", RESERVED("A", NOW + 1), .reserved_until_ms = NOW + 1 },

    { "reserve", RESERVE, .amount = 2500, RESERVES, .discount = 250 },
    { "reserved again", RESERVE, RESERVED("A", NOW + 1), .is_repeat = true,
      .amount = 2500, .discount = 200, .reserved_until_ms = NOW + 1 },
    { "reserved again, expired", RESERVE, RESERVED("A", NOW + 1),
      .expires_ms = NOW, .is_repeat = true, .discount = 200,
      .reserved_until_ms = NOW + 1 },
    { "reserved again, time is up", RESERVE, RESERVED("A", NOW), RESERVES },
    { "reserved again, time is up and expired", RESERVE, RESERVED("A", NOW),
      .expires_ms = NOW, .reason = RTN_COUPON_EXPIRED },
    { "own reservation used", REDEEM, RESERVED("A", NOW + 1),
      .amount = 1000, REDEEMS, .discount = 100 },
    { "own reservation outlives the coupon", REDEEM,
      RESERVED("A", NOW + 1), .expires_ms = NOW - 1, REDEEMS },
    { "but not its own time", REDEEM, RESERVED("A", NOW),
      .expires_ms = NOW - 1, .reason = RTN_COUPON_EXPIRED },

    { "not yet", REDEEM, .valid_from_ms = NOW + 1,
      .reason = RTN_COUPON_NOT_YET },
    { "just now", REDEEM, .valid_from_ms = NOW, REDEEMS },
    { "not yet comes before expired", REDEEM, .valid_from_ms = NOW + 1,
      .expires_ms = NOW, .reason = RTN_COUPON_NOT_YET },
    { "expired", REDEEM, .expires_ms = NOW, .reason = RTN_COUPON_EXPIRED },
    { "the last moment", REDEEM, .expires_ms = NOW + 1, REDEEMS },
    { "expired comes before the minimum", REDEEM, .expires_ms = NOW,
      .amount = 1, .minimum = 3000, .reason = RTN_COUPON_EXPIRED },

    { "below the minimum", REDEEM, .amount = 2999, .minimum = 3000,
      .reason = RTN_COUPON_BELOW_MINIMUM },
    { "at the minimum", REDEEM, .amount = 3000, .minimum = 3000, REDEEMS,
      .discount = 300 },
    { "minimum, no amount", REDEEM, .minimum = 3000, REDEEMS },
    { "minimum in another currency", REDEEM, .amount = 3000,
      .currency = "USD", .minimum = 3000,
      .reason = RTN_COUPON_WRONG_CURRENCY },
    { "currency comes before the minimum", REDEEM, .amount = 1,
      .currency = "USD", .minimum = 3000,
      .reason = RTN_COUPON_WRONG_CURRENCY },
    { "percent in any currency", REDEEM, .amount = 3000, .currency = "USD",
      REDEEMS, .discount = 300 },
    { "fixed in another currency", REDEEM, .type = RTN_DISCOUNT_FIXED,
      .amount = 3000, .currency = "USD",
      .reason = RTN_COUPON_WRONG_CURRENCY },
    { "fixed", REDEEM, .type = RTN_DISCOUNT_FIXED, .amount = 3000, REDEEMS,
      .discount = 1000 },
    { "fixed, no amount", REDEEM, .type = RTN_DISCOUNT_FIXED, REDEEMS },
    { "points in any currency", REDEEM, .type = RTN_DISCOUNT_POINTS,
      .amount = 3000, .currency = "USD", REDEEMS },

    { "only asked", VALIDATE, .amount = 2500, .discount = 250 },
    { "only asked, of another", VALIDATE, .who = STRANGER,
      .reason = RTN_COUPON_WRONG_CUSTOMER },

    { "released", RELEASE, RESERVED("A", NOW + 1),
      .change = RTN_COUPON_RELEASE },
    { "released by another", RELEASE, RESERVED("B", NOW + 1),
      .reason = RTN_COUPON_IS_RESERVED, .reserved_until_ms = NOW + 1 },
    { "released, time is up", RELEASE, RESERVED("A", NOW) },
    { "released, never reserved", RELEASE },
    { "released again", RELEASE, RELEASED("A"), .is_repeat = true },
    { "released, then by another", RELEASE, RELEASED("B") },
    { "released, but redeemed", RELEASE, REDEEMED("A"),
      .reason = RTN_COUPON_USED },

    { "restored", RESTORE, REDEEMED("A"), .change = RTN_COUPON_RESTORE },
    { "restored, expired", RESTORE, REDEEMED("A"), .expires_ms = NOW,
      .change = RTN_COUPON_RESTORE },
    { "restored by another", RESTORE, REDEEMED("B"),
      .reason = RTN_COUPON_USED },
    { "restored again", RESTORE, RESTORED("A"), .is_repeat = true },
    { "restored, never redeemed", RESTORE },
    { "restored, but only reserved", RESTORE, RESERVED("B", NOW + 1),
      .reason = RTN_COUPON_IS_RESERVED, .reserved_until_ms = NOW + 1 },

    { "made void", MAKE_VOID, .change = RTN_COUPON_VOIDED },
    { "made void while reserved", MAKE_VOID, RESERVED("B", NOW + 1),
      .change = RTN_COUPON_VOIDED },
    { "made void again", MAKE_VOID, IS_VOID, .is_repeat = true },
    { "made void, but redeemed", MAKE_VOID, REDEEMED("B"),
      .reason = RTN_COUPON_USED },
    { "made void, unknown", MAKE_VOID, .is_unknown = true,
      .reason = RTN_COUPON_UNKNOWN }
};


static struct coupon_facts
facts_of(const struct row *row)
{
    struct coupon_facts  facts;

    memset(&facts, 0, sizeof(facts));

    if (row->is_unknown) {
        return facts;
    }

    facts.is_known = true;
    facts.coupon.code = 7;
    facts.coupon.valid_from_ms = row->valid_from_ms ? row->valid_from_ms
                                                    : NOW - DAY;
    facts.coupon.expires_ms = row->expires_ms ? row->expires_ms : NOW + DAY;

    if (!row->is_unbound) {
        memset(facts.coupon.customer_hash, 1, RTN_HASH_LEN);
    }

    facts.offer.type = row->type ? row->type : RTN_DISCOUNT_PERCENT;
    facts.offer.amount = 1000;
    facts.offer.is_transferable = row->is_transferable;
    facts.offer.minimum_minor = row->minimum;
    strcpy(facts.offer.currency, "EUR");
    strcpy(facts.offer.minimum_currency, "EUR");

    facts.status = row->status;

    if (row->last != 0) {
        facts.last.id = 1;
        facts.last.action = row->last;
        facts.last.until_ms = row->until_ms;
        facts.last.has_amount = true;
        facts.last.discount_minor = row->first_discount;
        strcpy(facts.last.currency, "EUR");
        strcpy(facts.last.order_id, row->holder);
    }

    return facts;
}


static struct rtn_coupon_job
job_of(const struct row *row)
{
    struct rtn_coupon_job  job;

    memset(&job, 0, sizeof(job));

    job.action = row->action;
    job.code = 7;
    strcpy(job.order_id, row->order);

    if (row->who != NOBODY) {
        job.has_customer = true;
        memset(job.customer_hash, row->who == OWNER ? 1 : 2, RTN_HASH_LEN);
    }

    if (row->amount != 0) {
        job.has_amount = true;
        job.amount_minor = row->amount;
        strcpy(job.currency, row->currency ? row->currency : "EUR");
    }

    return job;
}


static void
test_rows(void **state)
{
    size_t                 i;
    const struct row      *row;
    struct coupon_facts    facts;
    struct rtn_coupon_job  job;
    struct coupon_outcome  outcome;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        row = &rows[i];
        facts = facts_of(row);
        job = job_of(row);

        coupon_judge(&facts, &job, NOW, &outcome);

        if (outcome.reason != row->reason
            || outcome.is_repeat != row->is_repeat
            || outcome.change != row->change
            || outcome.discount_minor != row->discount
            || outcome.reserved_until_ms != row->reserved_until_ms)
        {
            fail_msg("%s: reason %d, repeat %d, change %d, discount %lld, "
                     "until %lld", row->name, outcome.reason,
                     outcome.is_repeat, outcome.change,
                     (long long) outcome.discount_minor,
                     (long long) outcome.reserved_until_ms);
        }
    }
}


/* A refusal changes nothing and gives nothing, whatever else holds. */
static void
test_refusals(void **state)
{
    size_t                 i, j;
    struct coupon_facts    facts;
    struct rtn_coupon_job  job;
    struct coupon_outcome  outcome;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        for (j = 0; j < COUNT(rows); j++) {
            facts = facts_of(&rows[i]);
            job = job_of(&rows[j]);

            coupon_judge(&facts, &job, NOW, &outcome);

            if (outcome.reason != RTN_COUPON_OK) {
                assert_int_equal(outcome.change, 0);
                assert_int_equal(outcome.discount_minor, 0);
                assert_false(outcome.is_repeat);
            }

            if (job.action == RTN_COUPON_VALIDATE || outcome.is_repeat) {
                assert_int_equal(outcome.change, 0);
            }
        }
    }
}


static void
test_bound(void **state)
{
    struct row           row;
    struct coupon_facts  facts;

    (void) state;

    memset(&row, 0, sizeof(row));
    facts = facts_of(&row);
    assert_true(coupon_is_bound(&facts));

    row.is_transferable = true;
    facts = facts_of(&row);
    assert_false(coupon_is_bound(&facts));

    row.is_transferable = false;
    row.is_unbound = true;
    facts = facts_of(&row);
    assert_false(coupon_is_bound(&facts));
}


static void
test_discount(void **state)
{
    size_t            i;
    struct rtn_offer  offer;

    static const struct {
        enum rtn_discount  type;
        int64_t            offer;
        int64_t            amount;
        int64_t            discount;
    } discounts[] = {
        { RTN_DISCOUNT_PERCENT, 1000, 12345, 1235 },    /* 1234.5 */
        { RTN_DISCOUNT_PERCENT, 1000, 12344, 1234 },    /* 1234.4 */
        { RTN_DISCOUNT_PERCENT, 1, 5000, 1 },           /* 0.5 */
        { RTN_DISCOUNT_PERCENT, 1, 4999, 0 },
        { RTN_DISCOUNT_PERCENT, 750, 199, 15 },         /* 14.925 */
        { RTN_DISCOUNT_PERCENT, 9999, 1, 1 },
        { RTN_DISCOUNT_PERCENT, 10000, 333, 333 },
        { RTN_DISCOUNT_PERCENT, 20000, 333, 333 },
        { RTN_DISCOUNT_PERCENT, 9999, RTN_MONEY_MAX,
          INT64_C(999900000000000) },
        { RTN_DISCOUNT_PERCENT, 1000, 0, 0 },
        { RTN_DISCOUNT_PERCENT, 1000, -500, 0 },
        { RTN_DISCOUNT_FIXED, 500, 501, 500 },
        { RTN_DISCOUNT_FIXED, 500, 499, 499 },
        { RTN_DISCOUNT_FIXED, 500, 0, 0 },
        { RTN_DISCOUNT_FIXED, 500, -1, 0 },
        { RTN_DISCOUNT_NONE, 500, 1000, 0 },
        { RTN_DISCOUNT_FREE_SHIPPING, 0, 1000, 0 },
        { RTN_DISCOUNT_GIFT, 0, 1000, 0 },
        { RTN_DISCOUNT_POINTS, 500, 1000, 0 }
    };

    (void) state;

    for (i = 0; i < COUNT(discounts); i++) {
        memset(&offer, 0, sizeof(offer));
        offer.type = discounts[i].type;
        offer.amount = discounts[i].offer;

        assert_int_equal(coupon_discount(&offer, discounts[i].amount),
                         discounts[i].discount);
    }
}


static void
test_names(void **state)
{
    int  i;

    (void) state;

    assert_string_equal(rtn_coupon_reason_name(RTN_COUPON_OK), "");
    assert_string_equal(rtn_coupon_reason_sentence(RTN_COUPON_OK), "");

    for (i = RTN_COUPON_OK + 1; i < RTN_COUPON_REASON_COUNT; i++) {
        assert_string_not_equal(rtn_coupon_reason_name(i), "");
        assert_string_not_equal(rtn_coupon_reason_sentence(i), "");
    }

    assert_string_equal(rtn_coupon_reason_name(RTN_COUPON_IS_RESERVED),
                        "reserved");
    assert_string_equal(rtn_coupon_reason_name(RTN_COUPON_REASON_COUNT), "");

    assert_string_equal(rtn_discount_name(RTN_DISCOUNT_NONE), "");
    assert_string_equal(rtn_discount_name(RTN_DISCOUNT_FREE_SHIPPING),
                        "free_shipping");
    assert_string_equal(rtn_discount_name(RTN_DISCOUNT_POINTS + 1), "");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_discount),
        cmocka_unit_test(test_names)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
