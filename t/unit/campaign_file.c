#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "campaign_text.h"
#include "input/campaign_file.h"
#include "unit.h"


/* The file of PRODUCT.md. */
static const char  product[] =
    "id: winback-2026-11\n"
    "title: We miss you\n"
    "starts: 2026-11-25\n"
    "window: 30d\n"
    "holdout: 10%                 # gets nothing; the yardstick\n"
    "arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]\n"
    "audience: last_order > 90d and orders >= 1 and consent = granted\n"
    "batches: 20000/day\n"
    "tiers:\n"
    "  - { name: d90,  when: last_order > 90d,  offer: { percent: 5 },"
    "  expires: 14d }\n"
    "  - { name: d180, when: last_order > 180d, offer: { percent: 10 },"
    " expires: 14d }\n"
    "  - { name: d360, when: last_order > 360d, offer: { percent: 20,"
    " minimum: \"30.00 EUR\" }, expires: 21d }\n"
    "messages: [{ name: first }, { name: reminder, after: 10d,"
    " unless: [redeemed, bought] }]\n"
    "links:\n"
    "  shop:  { url: \"https://shop.example/?utm_campaign={campaign}"
    "&coupon={coupon}&v={visit}\" }\n"
    "  price: { url: \"https://shop.example/thanks\","
    " survey: too-expensive }\n"
    "hosts: [shop.example]\n"
    "cost: \"120.00 EUR\"\n";


static void
read_good(const char *text, struct rtn_campaign *campaign)
{
    struct rti_campaign_fault  fault;

    if (rti_campaign_read(str(text), campaign, &fault) != RTN_OK) {
        fail_msg("%zu:%zu: %s\n%s", fault.line, fault.column, fault.message,
                 text);
    }
}


static void
test_product(void **state)
{
    struct rtn_campaign  c;

    (void) state;

    read_good(product, &c);

    assert_int_equal(c.number, 0);
    assert_string_equal(c.slug, "winback-2026-11");
    assert_string_equal(c.title, "We miss you");
    assert_int_equal(c.starts, rtn_day_from_civil(2026, 11, 25));
    assert_int_equal(c.window_days, 30);
    assert_int_equal(c.holdout_ppm, 100000);
    assert_int_equal(c.batch_size, 20000);
    assert_false(c.is_imported);
    assert_string_equal(c.audience, "last_order > 90d and orders >= 1 and "
                                    "consent = granted");
    assert_int_equal(c.cost_minor, 12000);
    assert_string_equal(c.cost_currency, "EUR");

    assert_int_equal(c.arm_count, 2);
    assert_string_equal(c.arms[1].name, "warm");
    assert_int_equal(c.arms[1].share_ppm, 500000);

    assert_int_equal(c.tier_count, 3);
    assert_string_equal(c.tiers[2].name, "d360");
    assert_string_equal(c.tiers[2].when, "last_order > 360d");
    assert_int_equal(c.tiers[2].offer.type, RTN_DISCOUNT_PERCENT);
    assert_int_equal(c.tiers[2].offer.amount, 2000);
    assert_int_equal(c.tiers[2].offer.minimum_minor, 3000);
    assert_string_equal(c.tiers[2].offer.minimum_currency, "EUR");
    assert_false(c.tiers[2].offer.is_transferable);
    assert_int_equal(c.tiers[2].expires_days, 21);

    assert_int_equal(c.message_count, 2);
    assert_string_equal(c.messages[1].name, "reminder");
    assert_int_equal(c.messages[1].after_days, 10);
    assert_int_equal(c.messages[1].unless,
                     RTN_UNLESS_REDEEMED | RTN_UNLESS_BOUGHT);

    assert_int_equal(c.link_count, 2);
    assert_string_equal(c.links[0].name, "shop");
    assert_string_equal(c.links[0].survey, "");
    assert_string_equal(c.links[1].url, "https://shop.example/thanks");
    assert_string_equal(c.links[1].survey, "too-expensive");
    assert_int_equal(c.host_count, 1);
    assert_string_equal(c.hosts[0], "shop.example");

    rtn_campaign_release(&c);
}


static void
test_defaults(void **state)
{
    struct rtn_campaign  c;

    (void) state;

    read_good(HEAD, &c);

    assert_string_equal(c.title, "winback");
    assert_int_equal(c.batch_size, 0);
    assert_int_equal(c.arm_count, 1);
    assert_string_equal(c.arms[0].name, "treated");
    assert_int_equal(c.arms[0].share_ppm, RTN_PPM);
    assert_int_equal(c.tier_count, 0);
    assert_int_equal(c.message_count, 1);
    assert_string_equal(c.messages[0].name, "first");
    assert_int_equal(c.link_count, 0);
    rtn_campaign_release(&c);

    read_good(IMPORTED "tiers: [{ name: a }]\n", &c);

    assert_true(c.is_imported);
    assert_string_equal(c.audience, "");
    assert_int_equal(c.holdout_ppm, 0);
    assert_string_equal(c.tiers[0].when, "");
    rtn_campaign_release(&c);
}


static void
test_good(void **state)
{
    size_t               i;
    struct rtn_campaign  campaign;

    static const char *const  cases[] = {
        "\xef\xbb\xbf" HEAD,
        "---\n" HEAD "...\n",
        "{ id: a, starts: 2026-11-25, window: 4w, holdout: 0%,"
            " audience: orders > 1 }",
        "id: a\r\nstarts: 2026-11-25\r\nwindow: 730d\r\n"
            "holdout: 99.9999%\r\naudience: orders > 1\r\n",
        "id: a\nstarts: 2026-11-25\nwindow: 1d\nholdout: 1%\naudience: >-\n"
            "  orders > 1\n  and consent = granted\n",
        HEAD "title: \"\xd0\x9c\xd0\xb8 \xd1\x83\xd0\xb2\xd0\xb0\xd1\x81\"\n",
        HEAD "arms: [{ name: a, share: 33.3333% },"
            " { name: b, share: 33.3333% }, { name: c, share: 33.3334% }]\n",
        HEAD "tiers: [{ name: a, when: orders > 1,"
            " offer: { fixed: \"5 EUR\", minimum: \"30 EUR\" } }]\n",
        HEAD "tiers: [{ name: a, when: orders > 1,"
            " offer: { free_shipping: true, combinable: yes,"
            " transferable: no } }]\n",
        HEAD "tiers: [{ name: a, when: orders > 1, offer: { gift: mug } }]\n",
        HEAD "tiers: [{ name: a, when: orders > 1, offer: { points: 1 } },"
            " { name: b, when: orders > 2, offer: { percent: 7.25% } }]\n",
        HEAD "messages: [{ name: a }, { name: b, after: 0d },"
            " { name: c, after: 29d, unless: [clicked] }]\n",
        HEAD "hosts: [a.example, b.example]\nlinks:\n"
            "  x: { url: \"https://b.example:8443/{arm}#f\" }\n"
            "  y: { url: 'https://a.example' }\n",
        IMPORTED "holdout: 33.4%\narms: [{ name: a, share: 100% }]\n"
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        read_good(cases[i], &campaign);
        rtn_campaign_release(&campaign);
    }
}


static void
test_too_large(void **state)
{
    char                      *text;
    size_t                     len;
    struct rtn_campaign        campaign;
    struct rti_campaign_fault  fault;

    (void) state;

    len = RTI_CAMPAIGN_BYTES_MAX;
    text = malloc(len + 1);
    assert_non_null(text);
    memset(text, '\n', len + 1);
    memcpy(text, HEAD, sizeof(HEAD) - 1);

    assert_int_equal(rti_campaign_read((struct rtn_str) { text, len },
                                       &campaign, &fault),
                     RTN_OK);
    rtn_campaign_release(&campaign);

    assert_int_equal(rti_campaign_read((struct rtn_str) { text, len + 1 },
                                       &campaign, &fault),
                     RTN_ERR_LIMIT);
    assert_int_equal(fault.line, 1);
    assert_int_equal(fault.column, 1);
    free(text);
}


/* Whether a file has the digest of PRODUCT.md's once a text is replaced. */
static bool
has_same_digest(const char *from, const char *to)
{
    int                  is_other;
    char                 text[sizeof(product) + 256];
    const char          *p;
    struct rtn_campaign  one, two;

    p = strstr(product, from);
    assert_non_null(p);

    snprintf(text, sizeof(text), "%.*s%s%s", (int) (p - product), product, to,
             p + strlen(from));

    read_good(product, &one);
    read_good(text, &two);
    is_other = memcmp(one.digest, two.digest, sizeof(one.digest));
    rtn_campaign_release(&one);
    rtn_campaign_release(&two);

    return is_other == 0;
}


static void
test_digest(void **state)
{
    size_t  i;

    static const struct {
        const char  *from;
        const char  *to;
    } changes[] = {
        { "winback-2026-11", "winback-2026-12" },
        { "2026-11-25", "2026-11-26" },
        { "window: 30d", "window: 31d" },
        { "10%  ", "11%  " },
        { "name: plain", "name: plainer" },
        { "share: 50% }, { name: warm, share: 50%",
          "share: 49% }, { name: warm, share: 51%" },
        { "orders >= 1", "orders >= 2" },
        { "20000/day", "20001/day" },
        { "name: d90", "name: d91" },
        { "when: last_order > 180d", "when: last_order > 181d" },
        { "percent: 5", "percent: 6" },
        { "percent: 5", "points: 500" },
        { "percent: 5", "percent: 5, combinable: true" },
        { "percent: 5", "percent: 5, transferable: true" },
        { "30.00 EUR", "30.01 EUR" },
        { "30.00 EUR", "30.00 USD" },
        { "expires: 21d", "expires: 22d" },
        { "name: reminder", "name: remind" },
        { "after: 10d", "after: 11d" },
        { "[redeemed, bought]", "[redeemed]" },
        { "[shop.example]", "[shop.example, a.example]" }
    };

    (void) state;

    for (i = 0; i < COUNT(changes); i++) {
        if (has_same_digest(changes[i].from, changes[i].to)) {
            fail_msg("not seen: %s -> %s", changes[i].from, changes[i].to);
        }
    }

    assert_false(has_same_digest("cost:", "top: 9\ncost:"));
    assert_false(has_same_digest("cost:", "budget: \"9.00 EUR\"\ncost:"));
    assert_false(has_same_digest("cost:",
                                 "message_cost: \"9.00 EUR\"\ncost:"));
    assert_true(has_same_digest("We miss you", "We missed you"));
    assert_true(has_same_digest("120.00 EUR", "90.00 EUR"));
    assert_true(has_same_digest("cost: \"120.00 EUR\"\n", ""));
    assert_true(has_same_digest("{coupon}&v={visit}", "{coupon}"));
    assert_true(has_same_digest("links:\n",
                                "links:\n  a: { url: \"https://"
                                "shop.example\" }\n"));
    assert_true(has_same_digest("percent: 5 ", "percent: 5.00% "));
}


/* Stored digests are compared with it: these bytes must stay.  They are what
   Python's hashlib gives for the row of campaign_digest.c. */
static void
test_digest_frozen(void **state)
{
    char                 hex[65];
    struct rtn_campaign  campaign;

    (void) state;

    read_good(product, &campaign);
    sodium_bin2hex(hex, sizeof(hex), campaign.digest, sizeof(campaign.digest));
    rtn_campaign_release(&campaign);

    assert_string_equal(hex, "a625958165f048789181bb63bf6ae5f5"
                             "903ed6262197389345b075cb0e4c183a");
}


static void
test_same_links(void **state)
{
    int                        rc;
    size_t                     i;
    struct rtn_campaign        old, new;
    struct rti_campaign_fault  fault;

    static const struct {
        const char  *links;
        const char  *message;       /* NULL: the same */
    } cases[] = {
        { "  a: { url: \"https://b/1\" }\n"
          "  b: { url: \"https://b/2\", survey: s }\n", NULL },
        { "  a: { url: \"https://b/1\" }\n"
          "  b: { url: \"https://b/2\", survey: s }\n"
          "  c: { url: \"https://b/3\" }\n", NULL },
        { "  a: { url: \"https://b/1\" }\n", "link 'b' is not at its place" },
        { "  c: { url: \"https://b/3\" }\n"
          "  a: { url: \"https://b/1\" }\n"
          "  b: { url: \"https://b/2\", survey: s }\n",
          "link 'a' is not at its place" },
        { "  a: { url: \"https://b/4\" }\n"
          "  b: { url: \"https://b/2\", survey: s }\n",
          "target of link 'a' has changed" },
        { "  a: { url: \"https://b/1\" }\n"
          "  b: { url: \"https://b/2\", survey: t }\n",
          "survey of link 'b' has changed" }
    };

    char  text[1024];

    (void) state;

    snprintf(text, sizeof(text), "%shosts: [b]\nlinks:\n%s", HEAD,
             cases[0].links);
    read_good(text, &old);

    for (i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof(text), "%shosts: [b]\nlinks:\n%s", HEAD,
                 cases[i].links);
        read_good(text, &new);
        rc = rti_campaign_same_links(&old, &new, &fault);
        rtn_campaign_release(&new);

        if (cases[i].message == NULL) {
            assert_int_equal(rc, RTN_OK);
            continue;
        }

        assert_int_equal(rc, RTN_ERR_LIMIT);
        assert_int_equal(fault.line, 0);
        assert_non_null(strstr(fault.message, cases[i].message));
    }

    rtn_campaign_release(&old);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_product),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_digest_frozen),
        cmocka_unit_test(test_same_links)
    };

    if (sodium_init() == -1) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
