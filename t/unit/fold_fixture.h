/* A shop with two campaigns for the tests of the fold: number 1 has a frozen
   draw, number 2 takes its recipients from a file. */

#ifndef T_FOLD_H_INCLUDED
#define T_FOLD_H_INCLUDED

#include "random.h"
#include "rtn_campaign.h"
#include "rtn_code.h"
#include "rtn_coupon.h"
#include "rtn_fold.h"
#include "rtn_id.h"
#include "rtn_log.h"
#include "support.h"

#define DAY_MS     INT64_C(86400000)
#define T0_MS      (SUPPORT_NOW_MS - SUPPORT_NOW_MS % DAY_MS)
#define UNTIL_MS   (T0_MS + 30 * DAY_MS)
#define CUSTOMERS  40       /* of each campaign; numbers from 1 */
#define FROZEN     1
#define FROM_FILE  2
#define BATCH_MAX  64


static inline void
campaign_make(struct rtn_store *store, const char *slug, bool is_imported)
{
    uint32_t              i;
    struct rtn_arm        arm = { .name = "treated", .share_ppm = RTN_PPM };
    struct rtn_message    messages[2] = { { .name = "first" },
                                          { .name = "reminder" } };
    struct rtn_recipient  all[CUSTOMERS];
    struct rtn_campaign   c = {
        .arm_count = 1, .arms = &arm, .message_count = 2,
        .messages = messages, .window_days = 30, .is_imported = is_imported
    };

    memset(all, 0, sizeof(all));
    strcpy(c.slug, slug);
    assert_int_equal(rtn_campaign_begin(store, &c), 0);

    for (i = 0; i < CUSTOMERS; i++) {
        all[i].customer = i + 1;
        all[i].arm = i % 4 != 0;
        all[i].t0_ms = T0_MS;
        all[i].until_ms = UNTIL_MS;
    }

    if (is_imported) {
        assert_int_equal(rtn_campaign_finish(store, c.number, 0, 1), 0);
    }

    assert_int_equal(rtn_recipients_put(store, c.number, all, CUSTOMERS), 0);

    if (!is_imported) {
        assert_int_equal(rtn_campaign_finish(store, c.number, CUSTOMERS, 1),
                         0);
    }
}


static inline void
coupons_make(struct rtn_store *store)
{
    size_t               taken;
    uint32_t             i;
    struct rtn_coupon    coupons[CUSTOMERS];
    struct rtn_tier      tier = { .name = "all", .offer = {
                             .type = RTN_DISCOUNT_PERCENT, .amount = 500 } };
    struct rtn_campaign  c = { .number = FROZEN, .tier_count = 1,
                               .tiers = &tier };

    memset(coupons, 0, sizeof(coupons));

    for (i = 0; i < CUSTOMERS; i++) {
        coupons[i].code = i + 1;
        coupons[i].campaign = FROZEN;
        coupons[i].tier = 1;
        coupons[i].customer = i + 1;
        coupons[i].valid_from_ms = T0_MS;
        coupons[i].expires_ms = UNTIL_MS;
    }

    assert_int_equal(rtn_offers_put(store, &c), 0);
    assert_int_equal(rtn_coupons_issue(store, coupons, CUSTOMERS, &taken), 0);
}


static inline int
fold_setup(void **state)
{
    struct support  *support;

    if (support_setup(state) != 0) {
        return -1;
    }

    support = *state;

    campaign_make(support->store, "frozen", false);
    campaign_make(support->store, "from-file", true);
    coupons_make(support->store);

    return 0;
}


/* Any event that the log may hold, more often than not one that counts. */
static inline struct rtn_event
event_random(int64_t now_ms)
{
    uint64_t          bits = random_next();
    struct rtn_event  event = {
        .kind = 1 + random_below(RTN_KIND_COUNT - 1),
        .class = random_below(RTN_CLASS_COUNT),
        .source = RTN_SOURCE_SERVER, .message = (uint8_t) random_below(3),
        .link = (uint8_t) random_below(4),
        .customer = 1 + (uint32_t) random_below(CUSTOMERS + 2),
        .campaign = 1 + (uint32_t) random_below(2),
        .names_customer = random_below(4) == 0
    };

    if (random_below(4) != 0) {
        event.campaign = FROZEN;
    }

    switch (bits % 16) {
    case 0:
        event.campaign = 0;
        break;
    case 1:
        event.customer = 0;
        memcpy(event.customer_hash, &bits, sizeof(bits));
        break;
    case 2:
        event.reasons = RTN_REASON_HEAD;
        break;
    case 3:
        event.customer += RTN_RECIPIENT_TEST;
        break;
    case 4:
        event.occurred_ms = now_ms + (int64_t) random_below(3 * DAY_MS);
        break;
    case 5:
        event.occurred_ms = T0_MS - 1 - (int64_t) random_below(DAY_MS);
        break;
    case 6:
        event.campaign = 9;
        break;
    }

    /* few hashes, so that many are repeats */
    if (random_below(3) == 0) {
        event.has_repeat_hash = true;
        event.repeat_hash[0] = (uint8_t) random_below(64);
        event.repeat_hash[1] = 1;
    }

    if (event.kind == RTN_KIND_PURCHASE) {
        event.order_id = (struct rtn_str) { "12345678", 1 + bits / 16 % 8 };
        event.has_amount = true;
        event.amount_minor = (int64_t) random_below(10000);
        memcpy(event.currency, bits % 32 < 16 ? "EUR" : "JPY", 4);
    }

    return event;
}


static inline void
append(struct rtn_store *store, const struct rtn_event *event, int64_t now_ms)
{
    size_t          len;
    uint8_t         buffer[RTN_EVENT_RECORD_MAX];
    struct rtn_str  payload;

    assert_int_equal(rtn_event_encode(event, buffer, sizeof(buffer), &len),
                     0);
    payload = (struct rtn_str) { (char *) buffer, len };
    assert_int_equal(rtn_log_append(store, &payload, 1, now_ms, NULL), 0);
}


/* Many events in few transactions, minutes apart. */
static inline void
append_random(struct rtn_store *store, size_t n, int64_t *now_ms)
{
    size_t             i, many, len;
    struct rtn_str     payloads[BATCH_MAX];
    struct rtn_event   event;
    static uint8_t     buffers[BATCH_MAX][512];

    while (n > 0) {
        many = n < BATCH_MAX ? n : BATCH_MAX;

        for (i = 0; i < many; i++) {
            event = event_random(*now_ms);
            assert_int_equal(rtn_event_encode(&event, buffers[i],
                                              sizeof(buffers[i]), &len), 0);
            payloads[i] = (struct rtn_str) { (char *) buffers[i], len };
        }

        assert_int_equal(rtn_log_append(store, payloads, many, *now_ms, NULL),
                         0);
        *now_ms += (int64_t) random_below(60 * 60 * 1000);
        n -= many;
    }
}


/* Asks for any change of any coupon; most are refused. */
static inline void
decide_random(struct rtn_store *store, size_t n, int64_t now_ms)
{
    struct rtn_coupon_job  job;

    while (n-- > 0) {
        memset(&job, 0, sizeof(job));
        job.action = RTN_COUPON_RESERVE + random_below(5);
        job.code = 1 + random_below(CUSTOMERS);
        snprintf(job.order_id, sizeof(job.order_id), "o%u",
                 (unsigned) random_below(3));

        assert_int_equal(rtn_coupon_decide(store, &job, 1, now_ms), 0);
    }
}


static inline struct rtn_fold_progress
fold_all(struct rtn_store *store)
{
    struct rtn_fold           *fold;
    struct rtn_fold_progress   progress;

    assert_int_equal(rtn_fold_open(store, &fold), 0);
    assert_int_equal(rtn_fold_run(fold, INT64_MAX, 60000, &progress), 0);
    assert_true(progress.is_done);
    rtn_fold_close(fold);

    return progress;
}


static inline void
print_difference(void *data, const char *environment, const char *table,
    const char *sentence)
{
    (void) data;
    printf("# %s, %s: %s\n", environment, table, sentence);
}


static inline uint64_t
differences(struct rtn_store *store)
{
    bool      is_whole;
    uint64_t  rows, n;

    assert_int_equal(rtn_fold_check(store, print_difference, NULL, &rows, &n,
                                    &is_whole), 0);
    assert_true(is_whole);

    return n;
}

#endif /* T_FOLD_H_INCLUDED */
