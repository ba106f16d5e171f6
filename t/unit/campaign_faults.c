#include "campaign_text.h"
#include "input/campaign_file.h"
#include "unit.h"

#define HOSTS     "hosts: [shop.example]\n"
#define LINK(url) HEAD HOSTS "links:\n  shop: { url: \"" url "\" }\n"

#define X50       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


struct bad_case {
    const char  *text;
    size_t       line;
    size_t       column;
    const char  *message;
};


static void
check_bad(const struct bad_case *cases, size_t n)
{
    size_t                     i;
    struct rtn_campaign        campaign;
    struct rti_campaign_fault  fault;

    for (i = 0; i < n; i++) {
        if (rti_campaign_read(str(cases[i].text), &campaign, &fault)
            != RTN_ERR_LIMIT)
        {
            fail_msg("accepted:\n%s", cases[i].text);
        }

        if (fault.line != cases[i].line || fault.column != cases[i].column
            || strstr(fault.message, cases[i].message) == NULL)
        {
            fail_msg("%zu:%zu: %s\n%s", fault.line, fault.column,
                     fault.message, cases[i].text);
        }
    }
}


static void
test_bad_yaml(void **state)
{
    static const struct bad_case  cases[] = {
        { "", 1, 1, "empty campaign file" },
        { "\n# nothing\n", 1, 1, "empty campaign file" },
        { "---\n...\n", 1, 1, "empty campaign file" },
        { "- a\n", 1, 1, "campaign must be a mapping, not a list" },
        { "a\n", 1, 1, "campaign must be a mapping, not text" },
        { HEAD "---\nid: b\n", 6, 1, "second document" },
        { HEAD "---\n", 6, 1, "second document" },
        { "id: &x a\n", 1, 5, "anchor" },
        { "id: a\ntitle: *x\n", 2, 8, "alias" },
        { "id: !!str a\n", 1, 5, "tag" },
        { "arms: &x []\n", 1, 7, "anchor" },
        { "a: [[[[[[[[1]]]]]]]]\n", 1, 11, "nested deeper than 8" },
        { "id: a\n  b: c\n", 2, 4, "not YAML: mapping values are not" },
        { "id: [a\n", 2, 1, "not YAML: " },
        { "id: \"a\n", 2, 1, "not YAML: " },
        { "id: a\n\ttitle: b\n", 2, 1, "not YAML: " },
        { "id: a\ntitle: \xd0\x9c\xff\n", 2, 9, "not YAML: invalid" },
        { "id: a\ntitle: a\x01\n", 2, 9, "not YAML: control" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


static void
test_bad_keys(void **state)
{
    static const struct bad_case  cases[] = {
        { HEAD "titel: a\n", 6, 1,
          "unknown key 'titel'; did you mean 'title'?" },
        { HEAD "colour: a\n", 6, 1, "unknown key 'colour' in campaign" },
        { HEAD "<<: a\n", 6, 1, "unknown key '<<'" },
        { HEAD "? [a]\n: b\n", 6, 3, "key of campaign must be text" },
        { HEAD "window: 31d\n", 6, 1,
          "repeated key 'window'; the first is on line 3" },
        { HEAD "title:\ncost: \"1 EUR\"\n", 6, 7, "'title' has no value" },
        { "# id\nstarts: 2026-11-25\n", 2, 1, "missing key 'id' in campaign" },
        { "id: a\nwindow: 1d\n", 1, 1, "missing key 'starts'" },
        { "id: a\nstarts: 2026-11-25\n", 1, 1, "missing key 'window'" },
        { "id: a\nstarts: 2026-11-25\nwindow: 1d\nholdout: 1%\n", 1, 1,
          "missing key 'audience'" },
        { "id: a\nstarts: 2026-11-25\nwindow: 1d\naudience: orders > 1\n",
          1, 1, "write 'holdout: 0%' to compare with nobody" },
        { IMPORTED "audience: orders > 1\n", 5, 11,
          "'audience' with imported recipients" },
        { HEAD "recipients: drawn\n", 6, 13, "bad value 'drawn'" },
        { HEAD "arms: [{ name: a, shares: 1% }]\n", 6, 19,
          "did you mean 'share'?" },
        { HEAD "arms: [{ name: a }]\n", 6, 8, "missing key 'share' in arm" },
        { HEAD "arms: [a]\n", 6, 8, "arm must be a mapping, not text" },
        { HEAD "arms: {}\n", 6, 7, "'arms' must be a list, not a mapping" },
        { HEAD "arms: []\n", 6, 7, "'arms' is empty" },
        { HEAD "title: [a]\n", 6, 8, "'title' must be text, not a list" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


static void
test_bad_values(void **state)
{
    static const struct bad_case  cases[] = {
        { "starts: 2026-11-25\nwindow: 1d\nid: -a\n", 3, 5, "bad value '-a'" },
        { "id: Win\nstarts: 2026-11-25\nwindow: 1d\n", 1, 5, "'Win'" },
        { "id: " X50 "123456789012345\nstarts: 2026-11-25\nwindow: 1d\n",
          1, 5, "1 to 64 of" },
        { HEAD "title: \"a\\eb\"\n", 6, 8, "bad value 'a?b' for 'title'" },
        { HEAD "title: \"" X50 X50 X50 X50 "x\"\n", 6, 8, "1 to 200 bytes" },
        { "id: a\nstarts: 2026-02-29\nwindow: 1d\n", 2, 9, "day that exists" },
        { "id: a\nstarts: 2026-11-25\nwindow: 0d\n", 3, 9, "'0d'" },
        { "id: a\nstarts: 2026-11-25\nwindow: 731d\n", 3, 9, "1d to 730d" },
        { "id: a\nstarts: 2026-11-25\nwindow: 105w\n", 3, 9, "1d to 730d" },
        { "id: a\nstarts: 2026-11-25\nwindow: 30\n", 3, 9, "'30'" },
        { "id: a\nstarts: 2026-11-25\nwindow: -1d\n", 3, 9, "'-1d'" },
        { "id: a\nstarts: 2026-11-25\nwindow: 99999999999999999999d\n", 3, 9,
          "1d to 730d" },
        { IMPORTED "holdout: 100%\n", 5, 10, "below 100%" },
        { IMPORTED "holdout: 10\n", 5, 10, "bad value '10'" },
        { IMPORTED "holdout: 1.23456%\n", 5, 10, "bad value '1.23456%'" },
        { IMPORTED "holdout: -1%\n", 5, 10, "bad value '-1%'" },
        { IMPORTED "holdout: .5%\n", 5, 10, "bad value '.5%'" },
        { HEAD "batches: 0/day\n", 6, 10, "recipients a day" },
        { HEAD "batches: 20000\n", 6, 10, "recipients a day" },
        { HEAD "batches: 100000001/day\n", 6, 10, "recipients a day" },
        { HEAD "cost: 120 EUR0\n", 6, 7, "bad value '120 EUR0'" },
        { HEAD "cost: \"120.001 EUR\"\n", 6, 7, "an amount" },
        { HEAD "cost: \"-1.00 EUR\"\n", 6, 7, "an amount" },
        { HEAD "cost: EUR\n", 6, 7, "an amount" },
        { HEAD "arms: [{ name: holdout, share: 100% }]\n", 6, 16,
          "arm name 'holdout' is reserved" },
        { HEAD "arms: [{ name: a b, share: 100% }]\n", 6, 16, "'a b'" },
        { HEAD "arms: [{ name: a, share: 0% }]\n", 6, 26, "above 0%" },
        { HEAD "arms: [{ name: a, share: 101% }]\n", 6, 26, "to 100%" },
        { HEAD "arms: [{ name: a, share: 60% },"
          " { name: a, share: 40% }]\n", 6, 41, "repeated arm 'a'" },
        { HEAD "arms: [{ name: a, share: 60% },"
          " { name: b, share: 50.5% }]\n", 6, 7,
          "shares of arms add up to 110.5%, not to 100%" },
        { HEAD "arms: [{ name: a, share: 99.9999% }]\n", 6, 7,
          "add up to 99.9999%" },
        { HEAD "messages: [{ name: a, after: 1d }]\n", 6, 30,
          "'after' of the first message 'a'" },
        { HEAD "messages: [{ name: a }, { name: b, after: 30d }]\n", 6, 43,
          "message 'b' goes out past the window of 30d" },
        { HEAD "messages: [{ name: a, unless: [opened] }]\n", 6, 32,
          "bad value 'opened' for 'unless'" },
        { HEAD "messages: [{ name: a, unless: [bought, bought] }]\n", 6, 40,
          "each once" },
        { HEAD "messages: [{ name: a, unless: bought }]\n", 6, 31,
          "'unless' must be a list" },
        { HEAD "messages: [{ name: a }, { name: a }]\n", 6, 33,
          "repeated message 'a'" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


/* Four lines before the audience. */
#define START  "id: a\nstarts: 2026-11-25\nwindow: 1d\nholdout: 1%\n"

static void
test_bad_conditions(void **state)
{
    static const struct bad_case  cases[] = {
        { START "audience: last_ordr > 90d\n", 5, 11,
          "unknown field 'last_ordr'; did you mean 'last_order'?" },
        { START "audience: orders > 1 and orders > x\n", 5, 35, "found 'x'" },
        { START "audience: orders >   # more\n", 5, 19, "found the end" },
        { START "audience: 'orders > x'\n", 5, 21, "found 'x'" },
        { START "audience: \"orders > x\"\n", 5, 21, "found 'x'" },
        { START "audience: \"orders\\x20> x\"\n", 5, 11, "found 'x'" },
        { START "audience: 'country = ''x'\n", 5, 11, "never closed" },
        { START "audience: orders > 1\n   and\n    orders > x\n", 7, 14,
          "found 'x'" },
        { START "audience: >-\n  orders > 1\n  and orders > x\n", 7, 16,
          "found 'x'" },
        { START "audience: |\n  orders > 1\n\n  and orders > x\n", 8, 16,
          "found 'x'" },
        { START "audience: country = \"\xd0\x9c\xd0\xb8\" or x = 1\n", 5, 29,
          "unknown field 'x'" },
        { START "audience: orders > 3 and orders < 2\n", 5, 11,
          "condition of 'audience' can never hold" },
        { HEAD "tiers:\n  - name: a\n    when: orders > x\n", 8, 20,
          "found 'x'" },
        { HEAD "tiers:\n  - { name: a }\n", 7, 5,
          "missing key 'when' in tier 'a'" },
        { HEAD "tiers:\n  - { name: a, when: orders < 0 }\n", 7, 22,
          "condition of 'when' can never hold" },
        { HEAD "tiers:\n  - { name: a, when: last_order < 90d }\n", 7, 22,
          "tier 'a' is never reached: nobody in the audience" },
        { HEAD "tiers:\n  - { name: d360, when: last_order > 360d }\n"
          "  - { name: d180, when: last_order > 180d }\n", 7, 25,
          "tier 'd360' is never reached: whoever matches it also matches the "
          "later tier 'd180'" },
        { HEAD "tiers:\n  - { name: a, when: orders > 1 }\n"
          "  - { name: b, when: last_order > 60d }\n", 7, 22,
          "the later tier 'b'" },
        { HEAD "tiers:\n  - { name: a, when: orders > 1 }\n"
          "  - { name: a, when: orders > 2 }\n", 8, 13, "repeated tier 'a'" },
        { IMPORTED "tiers: [{ name: a, when: orders > 2 },"
          " { name: b }, { name: c, when: orders > 1 }]\n", 5, 26,
          "the later tier 'c'" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


#define OFFER(offer)  HEAD "tiers:\n- name: a\n  when: orders > 1\n"          \
                      "  offer: " offer "\n"

static void
test_bad_offers(void **state)
{
    static const struct bad_case  cases[] = {
        { OFFER("{}"), 9, 10, "offer of nothing" },
        { OFFER("{ minimum: \"1 EUR\" }"), 9, 10, "offer of nothing" },
        { OFFER("{ percent: 5, points: 3 }"), 9, 32, "second kind of offer" },
        { OFFER("{ percent: 0 }"), 9, 21, "bad value '0' for 'percent'" },
        { OFFER("{ percent: 100.01 }"), 9, 21, "bad value '100.01'" },
        { OFFER("{ percent: 5.125 }"), 9, 21, "bad value '5.125'" },
        { OFFER("{ fixed: 5 }"), 9, 19, "an amount above 0" },
        { OFFER("{ fixed: \"0 EUR\" }"), 9, 19, "an amount above 0" },
        { OFFER("{ fixed: \"5 EUR\", minimum: \"9 USD\" }"), 9, 37,
          "'minimum' is in USD, but 'fixed' in EUR" },
        { OFFER("{ free_shipping: false }"), 9, 27, "expected true" },
        { OFFER("{ free_shipping: maybe }"), 9, 27, "true or false" },
        { OFFER("{ points: 1.5 }"), 9, 20, "a whole number" },
        { OFFER("{ points: 1000000001 }"), 9, 20, "a whole number" },
        { OFFER("{ gift: a mug }"), 9, 18, "bad value 'a mug'" },
        { OFFER("{ percent: 5, combinable: 1 }"), 9, 36, "true or false" },
        { OFFER("{ precent: 5 }"), 9, 12, "did you mean 'percent'?" },
        { OFFER("5%"), 9, 10, "offer must be a mapping, not text" },
        { HEAD "tiers: [{ name: a, when: orders > 1, expires: 14d }]\n",
          6, 47, "'expires' of tier 'a' needs an offer" },
        { OFFER("{ percent: 5 }\n  expires: 731d"), 10, 12, "1d to 730d" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


static void
test_bad_links(void **state)
{
    static const struct bad_case  cases[] = {
        { LINK("http://shop.example/"), 8, 16, "begins with https://" },
        { LINK("//shop.example/"), 8, 16, "begins with https://" },
        { LINK("https://shop.example/\\n"), 8, 16, "control bytes" },
        { LINK("https://shop.example/a b"), 8, 16, "control bytes" },
        { LINK("https://shop.example/{name}"), 8, 16, "no parameters but" },
        { LINK("https://{arm}.example/"), 8, 16, "no parameters but" },
        { LINK("https://user@shop.example/"), 8, 16, "bad value" },
        { LINK("https://"), 8, 16, "bad value" },
        { LINK("https://other.example/"), 8, 16,
          "host 'other.example' is not among 'hosts'" },
        { LINK("https://a.shop.example/"), 8, 16, "is not among 'hosts'" },
        { LINK("https://shop.exam/"), 8, 16, "is not among 'hosts'" },
        { LINK("https://shop.example.evil.example/"), 8, 16, "not among" },
        { HEAD "links:\n  shop: { url: \"https://shop.example/\" }\n", 7, 3,
          "links without 'hosts'" },
        { HEAD HOSTS "links: {}\n", 7, 8, "0 entries in 'links'" },
        { HEAD HOSTS "links: [a]\n", 7, 8, "must be a mapping" },
        { HEAD HOSTS "links:\n  Shop: { url: a }\n", 8, 3, "'Shop'" },
        { HEAD HOSTS "links:\n  trap: { url: a }\n", 8, 3, "is reserved" },
        { HEAD HOSTS "links:\n  a: { survey: b }\n", 8, 6,
          "missing key 'url' in link" },
        { HEAD HOSTS "links:\n  a: { url: \"https://shop.example\" }\n"
          "  a: { url: \"https://shop.example\" }\n", 9, 3,
          "repeated link 'a'" },
        { HEAD "hosts: shop.example\n", 6, 8, "'hosts' must be a list" },
        { HEAD "hosts: [Shop.example]\n", 6, 9, "in lower case" },
        { HEAD "hosts: [\"https://a.b\"]\n", 6, 9, "without scheme" },
        { HEAD "hosts: [a..b]\n", 6, 9, "bad value 'a..b'" },
        { HEAD "hosts: [a.]\n", 6, 9, "bad value 'a.'" },
        { HEAD "hosts: [a.b, a.b]\n", 6, 14, "repeated host 'a.b'" }
    };

    (void) state;

    check_bad(cases, COUNT(cases));
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bad_yaml),
        cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_bad_conditions),
        cmocka_unit_test(test_bad_offers),
        cmocka_unit_test(test_bad_links)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
