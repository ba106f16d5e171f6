/* Campaigns, links and redirects. */

#include "db/db.h"
#include "rtn_campaign.h"
#include "support.h"


/* As large as a campaign can be. */
static struct rtn_campaign
campaign_full(const char *slug)
{
    size_t               i;
    struct rtn_campaign  c = {
        .created_ms = SUPPORT_NOW_MS, .as_of = 20782, .starts = 20783,
        .window_days = RTN_WINDOW_DAYS_MAX, .holdout_ppm = 100000,
        .batch_size = 20000, .cost_minor = 12000, .cost_currency = "EUR",
        .top = 5000, .budget_minor = 200000, .budget_currency = "EUR",
        .message_minor = 2, .message_currency = "EUR", .global_ppm = 50000,
        .global_left = 77,
        .arm_count = RTN_ARMS_MAX, .tier_count = RTN_TIERS_MAX,
        .message_count = RTN_MESSAGES_MAX, .link_count = RTN_LINKS_MAX,
        .host_count = RTN_HOSTS_MAX
    };

    strcpy(c.slug, slug);
    memset(c.title, 't', RTN_TITLE_MAX);
    memset(c.audience, 'a', RTN_EXPRESSION_MAX);
    memset(c.digest, 0xD1, sizeof(c.digest));

    c.arms = calloc(c.arm_count, sizeof(*c.arms));
    c.tiers = calloc(c.tier_count, sizeof(*c.tiers));
    c.messages = calloc(c.message_count, sizeof(*c.messages));
    c.links = calloc(c.link_count, sizeof(*c.links));
    c.hosts = calloc(c.host_count, sizeof(*c.hosts));

    for (i = 0; i < c.arm_count; i++) {
        snprintf(c.arms[i].name, sizeof(c.arms[i].name), "arm-%zu", i);
        c.arms[i].share_ppm = RTN_PPM / RTN_ARMS_MAX;
    }

    for (i = 0; i < c.tier_count; i++) {
        snprintf(c.tiers[i].name, sizeof(c.tiers[i].name), "tier-%zu", i);
        memset(c.tiers[i].when, 'w', RTN_EXPRESSION_MAX);
        memset(c.tiers[i].offer.gift, 'g', RTN_NAME_MAX);
        c.tiers[i].offer.type = RTN_DISCOUNT_GIFT;
        c.tiers[i].offer.amount = -1;
        c.tiers[i].offer.minimum_minor = 3000;
        strcpy(c.tiers[i].offer.minimum_currency, "EUR");
        c.tiers[i].offer.is_transferable = i % 2 == 0;
        c.tiers[i].expires_days = RTN_EXPIRES_DAYS_MAX;
    }

    for (i = 0; i < c.message_count; i++) {
        snprintf(c.messages[i].name, sizeof(c.messages[i].name),
                 "message-%zu", i);
        c.messages[i].after_days = (int32_t) i;
        c.messages[i].unless = RTN_UNLESS_REDEEMED | RTN_UNLESS_CLICKED;
    }

    for (i = 0; i < c.link_count; i++) {
        snprintf(c.links[i].name, sizeof(c.links[i].name), "link-%zu", i);
        memset(c.links[i].url, 'u', RTN_URL_MAX);
        memset(c.links[i].survey, 's', RTN_NAME_MAX);
    }

    for (i = 0; i < c.host_count; i++) {
        memset(c.hosts[i], 'h', RTN_HOST_MAX);
    }

    return c;
}


static struct rtn_campaign
campaign_small(const char *slug)
{
    struct rtn_campaign  c = campaign_full(slug);

    c.arm_count = 2;
    c.tier_count = 1;
    c.message_count = 2;
    c.link_count = 3;
    c.host_count = 1;

    return c;
}


static void
assert_same(const struct rtn_campaign *a, const struct rtn_campaign *b)
{
    assert_string_equal(a->slug, b->slug);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->audience, b->audience);
    assert_memory_equal(a->digest, b->digest, sizeof(a->digest));
    assert_true(a->created_ms == b->created_ms);
    assert_int_equal(a->as_of, b->as_of);
    assert_int_equal(a->starts, b->starts);
    assert_int_equal(a->window_days, b->window_days);
    assert_int_equal(a->holdout_ppm, b->holdout_ppm);
    assert_int_equal(a->batch_size, b->batch_size);
    assert_int_equal(a->is_imported, b->is_imported);
    assert_true(a->cost_minor == b->cost_minor);
    assert_string_equal(a->cost_currency, b->cost_currency);

    assert_int_equal(a->top, b->top);
    assert_true(a->budget_minor == b->budget_minor);
    assert_string_equal(a->budget_currency, b->budget_currency);
    assert_true(a->message_minor == b->message_minor);
    assert_string_equal(a->message_currency, b->message_currency);
    assert_int_equal(a->global_ppm, b->global_ppm);
    assert_int_equal(a->global_left, b->global_left);

    assert_int_equal(a->arm_count, b->arm_count);
    assert_int_equal(a->tier_count, b->tier_count);
    assert_int_equal(a->message_count, b->message_count);
    assert_int_equal(a->link_count, b->link_count);
    assert_int_equal(a->host_count, b->host_count);

    assert_memory_equal(a->arms, b->arms, a->arm_count * sizeof(*a->arms));
    assert_memory_equal(a->tiers, b->tiers,
                        a->tier_count * sizeof(*a->tiers));
    assert_memory_equal(a->messages, b->messages,
                        a->message_count * sizeof(*a->messages));
    assert_memory_equal(a->links, b->links,
                        a->link_count * sizeof(*a->links));
    assert_memory_equal(a->hosts, b->hosts,
                        a->host_count * sizeof(*a->hosts));
}


static void
make(struct rtn_store *store, const char *slug, uint32_t *number)
{
    struct rtn_campaign  c = campaign_small(slug);

    assert_int_equal(rtn_campaign_begin(store, &c), 0);
    assert_int_equal(rtn_campaign_finish(store, c.number, 10, 1), 0);
    *number = c.number;

    rtn_campaign_release(&c);
}


static void
test_round_trip(void **state)
{
    struct support      *support = *state;
    struct rtn_campaign  c = campaign_full("winback-2026-11"), read;

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(c.number, 1);
    assert_int_equal(rtn_campaign_finish(support->store, 1, 2357, 2), 0);

    support_open(support, RTN_OPEN_STATE);

    assert_int_equal(rtn_campaign_find(support->store, str(c.slug), &read),
                     0);
    assert_int_equal(read.number, 1);
    assert_int_equal(read.status, RTN_CAMPAIGN_OPEN);
    assert_int_equal(read.recipients, 2357);
    assert_int_equal(read.batches, 2);
    assert_same(&c, &read);
    rtn_campaign_release(&read);
    assert_null(read.links);

    assert_int_equal(rtn_campaign_get(support->store, 1, &read), 0);
    assert_same(&c, &read);
    rtn_campaign_release(&read);

    rtn_campaign_release(&c);
}


/* A draft that is begun again has what it is begun with now; one without
   limits has no row of them, as those of older versions. */

static void
test_begun_again(void **state)
{
    struct support      *support = *state;
    struct rtn_campaign  c = campaign_small("a"), read;

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    c.global_left = 78;
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(rtn_campaign_finish(support->store, c.number, 1, 1), 0);
    assert_int_equal(rtn_campaign_get(support->store, c.number, &read), 0);
    assert_int_equal(read.global_left, 78);
    rtn_campaign_release(&read);
    rtn_campaign_release(&c);

    c = campaign_small("b");
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    c.top = 0;
    c.budget_minor = 0;
    c.message_minor = 0;
    c.global_ppm = 0;
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(rtn_campaign_finish(support->store, c.number, 1, 1), 0);
    assert_int_equal(rtn_campaign_get(support->store, c.number, &read), 0);
    assert_int_equal(read.top, 0);
    assert_int_equal(read.global_left, 0);
    assert_string_equal(read.budget_currency, "");
    rtn_campaign_release(&read);
    rtn_campaign_release(&c);
}


static void
test_limits(void **state)
{
    struct support      *support = *state;
    struct rtn_campaign  c = campaign_small("a");

    c.link_count = RTN_LINKS_MAX + 1;
    assert_int_equal(rtn_campaign_begin(support->store, &c), RTN_ERR_LIMIT);
    c.link_count = 0;
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);

    rtn_campaign_release(&c);
}


/* Nothing shows a draft, and its number cannot be guessed either. */
static void
test_draft_is_hidden(void **state)
{
    uint8_t              link_number;
    uint32_t             number;
    struct support      *support = *state;
    struct rtn_link      link;
    struct rtn_token     token = { .campaign = 1, .recipient = 5, .link = 1 };
    struct rtn_campaign  c = campaign_small("a"), read;
    struct rtn_redirect  redirect;
    struct rtn_recipient recipient = { .customer = 5, .arm = 1 };

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(rtn_recipients_put(support->store, 1, &recipient, 1), 0);

    assert_int_equal(rtn_campaign_find(support->store, str("a"), &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_get(support->store, 1, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_number(support->store, str("a"), &number),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_next(support->store, 0, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_update(support->store, &c),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_get(support->store, 1, 1, &link),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_number(support->store, 1, str("link-0"),
                                     &link_number), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect),
                     RTN_ERR_NOT_FOUND);

    assert_int_equal(rtn_campaign_finish(support->store, 1, 1, 1), 0);
    assert_int_equal(rtn_campaign_finish(support->store, 1, 1, 1),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_finish(support->store, 2, 1, 1),
                     RTN_ERR_NOT_FOUND);

    assert_int_equal(rtn_campaign_number(support->store, str("a"), &number),
                     0);
    assert_int_equal(rtn_link_number(support->store, 1, str("link-2"),
                                     &link_number), 0);
    assert_int_equal(link_number, 3);
    assert_int_equal(rtn_link_get(support->store, 1, 3, &link), 0);
    assert_string_equal(link.name, "link-2");
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect), 0);

    assert_int_equal(rtn_link_get(support->store, 1, 4, &link),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_get(support->store, 1, 0, &link),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_number(support->store, 1, str("link-3"),
                                     &link_number), RTN_ERR_NOT_FOUND);

    rtn_campaign_release(&c);
}


static void
test_resume(void **state)
{
    struct support      *support = *state;
    struct rtn_campaign  c = campaign_small("a"), read;

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(c.number, 1);

    /* the same file a day later: number and day of the draft */
    c.number = 0;
    c.as_of++;
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(c.number, 1);
    assert_int_equal(c.as_of, 20782);

    /* another file: another number, and the old one never again */
    c.digest[31] ^= 1;
    c.as_of++;
    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(c.number, 2);
    assert_int_equal(c.as_of, 20783);

    assert_int_equal(rtn_campaign_finish(support->store, 2, 1, 1), 0);
    assert_int_equal(rtn_campaign_begin(support->store, &c), RTN_ERR_EXISTS);
    c.digest[31] ^= 1;
    assert_int_equal(rtn_campaign_begin(support->store, &c), RTN_ERR_EXISTS);

    assert_int_equal(rtn_campaign_get(support->store, 1, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_next(support->store, 0, &read), 0);
    assert_int_equal(read.number, 2);
    assert_int_equal(read.as_of, 20783);
    rtn_campaign_release(&read);
    rtn_campaign_release(&c);
}


static void
test_numbers_end(void **state)
{
    struct db_txn        txn;
    struct support      *support = *state;
    struct rtn_campaign  c = campaign_small("a");

    assert_int_equal(db_begin(support->store, DB_STATE, &txn), 0);
    db_setting_number_put(&txn, "campaign.last", RTN_CAMPAIGN_MAX - 1);
    assert_int_equal(db_commit(&txn), 0);

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(c.number, RTN_CAMPAIGN_MAX);

    strcpy(c.slug, "b");
    assert_int_equal(rtn_campaign_begin(support->store, &c), RTN_ERR_LIMIT);

    rtn_campaign_release(&c);
}


static void
test_next(void **state)
{
    uint32_t             i, number;
    struct support      *support = *state;
    struct rtn_campaign  draft = campaign_small("draft"), read;

    make(support->store, "a", &number);
    assert_int_equal(rtn_campaign_begin(support->store, &draft), 0);
    make(support->store, "b", &number);
    assert_int_equal(number, 3);

    number = 0;

    for (i = 0;
         rtn_campaign_next(support->store, number, &read) == 0;
         i++)
    {
        number = read.number;
        assert_string_equal(read.slug, i == 0 ? "a" : "b");
        rtn_campaign_release(&read);
    }

    assert_int_equal(i, 2);
    assert_int_equal(rtn_campaign_next(support->store, UINT32_MAX, &read),
                     RTN_ERR_NOT_FOUND);

    rtn_campaign_release(&draft);
}


static void
test_update(void **state)
{
    uint32_t             number;
    struct support      *support = *state;
    struct rtn_campaign  c, read;

    make(support->store, "a", &number);

    c = campaign_small("other");
    c.number = number;
    c.status = RTN_CAMPAIGN_CLOSED;
    strcpy(c.title, "Come back");
    c.cost_minor = 5;
    c.window_days = 1;
    c.link_count = 4;
    strcpy(c.links[0].name, "renamed");
    strcpy(c.links[0].url, "https://shop.example/new");
    c.arms[0].share_ppm = 1;

    assert_int_equal(rtn_campaign_update(support->store, &c), 0);
    assert_int_equal(rtn_campaign_get(support->store, number, &read), 0);

    assert_string_equal(read.title, "Come back");
    assert_int_equal(read.cost_minor, 5);
    assert_int_equal(read.status, RTN_CAMPAIGN_CLOSED);
    assert_int_equal(read.link_count, 4);
    assert_string_equal(read.links[0].url, "https://shop.example/new");
    assert_string_equal(read.links[3].name, "link-3");

    assert_string_equal(read.slug, "a");
    assert_string_equal(read.links[0].name, "link-0");
    assert_int_equal(read.window_days, RTN_WINDOW_DAYS_MAX);
    assert_int_equal(read.arms[0].share_ppm, RTN_PPM / RTN_ARMS_MAX);
    assert_int_equal(read.recipients, 10);
    rtn_campaign_release(&read);

    /* closed stays closed, fewer links remove none */
    c.status = RTN_CAMPAIGN_OPEN;
    c.link_count = 1;
    assert_int_equal(rtn_campaign_update(support->store, &c), 0);
    assert_int_equal(rtn_campaign_get(support->store, number, &read), 0);
    assert_int_equal(read.status, RTN_CAMPAIGN_CLOSED);
    assert_int_equal(read.link_count, 4);
    rtn_campaign_release(&read);

    c.number = 9;
    assert_int_equal(rtn_campaign_update(support->store, &c),
                     RTN_ERR_NOT_FOUND);
    rtn_campaign_release(&c);
}


static void
test_slugs(void **state)
{
    char             slug[600];
    uint32_t         number;
    struct support  *support = *state;

    memset(slug, 'x', sizeof(slug));
    slug[RTN_SLUG_MAX] = '\0';
    make(support->store, slug, &number);

    assert_int_equal(rtn_campaign_number(support->store, str(slug), &number),
                     0);
    assert_int_equal(rtn_campaign_number(support->store,
                                         (struct rtn_str) { slug, 63 },
                                         &number), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_number(support->store,
                                         (struct rtn_str) { slug, 600 },
                                         &number), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_campaign_number(support->store, RTN_STR(""),
                                         &number), RTN_ERR_NOT_FOUND);
}


static void
test_redirect(void **state)
{
    size_t               i;
    struct support      *support = *state;
    struct rtn_token     token;
    struct rtn_campaign  c = campaign_small("a");
    struct rtn_redirect  redirect;

    static const struct rtn_recipient  recipients[] = {
        { .customer = 5, .arm = 2, .tier = 1, .code = 77 },
        { .customer = 6, .arm = RTN_ARM_HOLDOUT, .tier = 0 },
        { .customer = RTN_RECIPIENT_TEST, .arm = 1, .tier = 1, .code = 78 }
    };

    static const struct rtn_token  wrong[] = {
        { .campaign = 2, .recipient = 5, .link = 1 },
        { .campaign = 0, .recipient = 5, .link = 1 },
        { .campaign = 1, .recipient = 7, .link = 1 },
        { .campaign = 1, .recipient = 5, .link = 0 },
        { .campaign = 1, .recipient = 5, .link = 4 },
        { .campaign = 1, .recipient = 5, .link = RTN_LINK_TRAP },
        { .campaign = 1, .recipient = 5, .link = 1, .message = 2 },
        { .campaign = 1, .recipient = RTN_RECIPIENT_TEST + 1, .link = 1 }
    };

    assert_int_equal(rtn_campaign_begin(support->store, &c), 0);
    assert_int_equal(rtn_recipients_put(support->store, 1, recipients, 2), 0);
    assert_int_equal(rtn_campaign_finish(support->store, 1, 2, 1), 0);
    assert_int_equal(rtn_recipients_put(support->store, 1, &recipients[2], 1),
                     0);

    token = (struct rtn_token) {
        .campaign = 1, .recipient = 5, .link = 2, .message = 1
    };
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect), 0);
    assert_string_equal(redirect.link.name, "link-1");
    assert_int_equal(strlen(redirect.link.url), RTN_URL_MAX);
    assert_string_equal(redirect.campaign, "a");
    assert_string_equal(redirect.message, "message-1");
    assert_string_equal(redirect.arm, "arm-1");
    assert_string_equal(redirect.tier, "tier-0");
    assert_int_equal(redirect.code, 77);

    token.recipient = 6;
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect), 0);
    assert_string_equal(redirect.arm, "holdout");
    assert_string_equal(redirect.tier, "");
    assert_int_equal(redirect.code, 0);

    token.recipient = RTN_RECIPIENT_TEST;
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect), 0);
    assert_int_equal(redirect.code, 78);

    /* mails outlive their campaign */
    c.status = RTN_CAMPAIGN_CLOSED;
    assert_int_equal(rtn_campaign_update(support->store, &c), 0);
    assert_int_equal(rtn_redirect_get(support->store, &token, &redirect), 0);

    for (i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(rtn_redirect_get(support->store, &wrong[i],
                                          &redirect), RTN_ERR_NOT_FOUND);
    }

    assert_int_equal(redirect.code, 78);

    rtn_campaign_release(&c);
}


/* Whichever row is bad, the campaign is, and nothing leaks. */
static void
test_corrupt(void **state)
{
    size_t               i;
    uint32_t             number;
    struct support      *support = *state;
    struct rtn_campaign  read;

    static const uint8_t  keys[][6] = {
        { 0, 0, 0, 1, 0, 0 }, { 0, 0, 0, 1, 1, 0 }, { 0, 0, 0, 1, 2, 1 },
        { 0, 0, 0, 1, 3, 0 }, { 0, 0, 0, 1, 4, 1 }, { 0, 0, 0, 1, 5, 2 },
        { 0, 0, 0, 1, 6, 0 }
    };

    make(support->store, "a", &number);

    for (i = 0; i < COUNT(keys); i++) {
        support_flip(support, "state", "campaigns", keys[i], 6);
        support_open(support, RTN_OPEN_STATE);
        assert_int_equal(rtn_campaign_get(support->store, 1, &read),
                         RTN_ERR_CORRUPT);

        support_flip(support, "state", "campaigns", keys[i], 6);
        support_open(support, RTN_OPEN_STATE);
        assert_int_equal(rtn_campaign_get(support->store, 1, &read), 0);
        rtn_campaign_release(&read);
    }
}


#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup, support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_round_trip),
        TEST(test_begun_again),
        TEST(test_limits),
        TEST(test_draft_is_hidden),
        TEST(test_resume),
        TEST(test_numbers_end),
        TEST(test_next),
        TEST(test_update),
        TEST(test_slugs),
        TEST(test_redirect),
        TEST(test_corrupt)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
