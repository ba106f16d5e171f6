/* Changed targets and their record; the number that a campaign would get. */

#include "rtn_campaign.h"
#include "support.h"

#define OLD_URL  "https://shop.example/"
#define NEW_URL  "https://shop.example/sale"


/* Another slug is another campaign; one link. */

static void
begin(struct support *support, const char *slug, struct rtn_campaign *out)
{
    static struct rtn_link  links[1];
    struct rtn_campaign     campaign = { 0 };

    snprintf(links[0].name, sizeof(links[0].name), "shop");
    snprintf(links[0].url, sizeof(links[0].url), OLD_URL);
    snprintf(campaign.slug, sizeof(campaign.slug), "%s", slug);
    campaign.as_of = 100;
    campaign.links = links;
    campaign.link_count = 1;

    assert_int_equal(rtn_campaign_begin(support->store, &campaign), 0);
    *out = campaign;
}


static void
test_edit(void **state)
{
    struct support        *support = *state;
    struct rtn_link        link;
    struct rtn_campaign    campaign;
    struct rtn_link_edit   edit;

    begin(support, "winback", &campaign);

    /* a draft is not there */
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(NEW_URL), 5), RTN_ERR_NOT_FOUND);

    assert_int_equal(rtn_campaign_finish(support->store, campaign.number, 0,
                                         0), 0);
    assert_int_equal(rtn_link_edit_get(support->store, campaign.number, 0,
                                       &edit), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(NEW_URL), 5), 0);
    assert_int_equal(rtn_link_get(support->store, campaign.number, 1, &link),
                     0);
    assert_string_equal(link.url, NEW_URL);
    assert_string_equal(link.name, "shop");

    assert_int_equal(rtn_link_edit_get(support->store, campaign.number, 0,
                                       &edit), 0);
    assert_int_equal(edit.link, 1);
    assert_int_equal(edit.at_ms, 5);
    assert_string_equal(edit.old_url, OLD_URL);

    /* the same again is no change */
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(NEW_URL), 6), 0);
    assert_int_equal(rtn_link_edit_get(support->store, campaign.number, 1,
                                       &edit), RTN_ERR_NOT_FOUND);
}


static void
test_limits(void **state)
{
    int                   i;
    char                  url[RTN_URL_MAX + 2];
    struct support       *support = *state;
    struct rtn_link       link;
    struct rtn_campaign   campaign;
    struct rtn_link_edit  edit;

    begin(support, "winback", &campaign);
    assert_int_equal(rtn_campaign_finish(support->store, campaign.number, 0,
                                         0), 0);

    assert_int_equal(rtn_link_edit(support->store, campaign.number, 0,
                                   str(NEW_URL), 1), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 2,
                                   str(NEW_URL), 1), RTN_ERR_NOT_FOUND);

    memset(url, 'a', sizeof(url));
    url[RTN_URL_MAX + 1] = '\0';
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(url), 1), RTN_ERR_LIMIT);
    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(""), 1), RTN_ERR_LIMIT);

    for (i = 0; i < RTN_LINK_EDITS_MAX; i++) {
        snprintf(url, sizeof(url), "https://shop.example/%d", i);
        assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                       str(url), i), 0);
    }

    assert_int_equal(rtn_link_edit(support->store, campaign.number, 1,
                                   str(NEW_URL), i), RTN_ERR_LIMIT);
    assert_int_equal(rtn_link_get(support->store, campaign.number, 1, &link),
                     0);
    assert_string_equal(link.url, url);
    assert_int_equal(rtn_link_edit_get(support->store, campaign.number,
                                       RTN_LINK_EDITS_MAX - 1, &edit), 0);
    assert_string_equal(edit.old_url, "https://shop.example/253");
}


static void
test_foresee(void **state)
{
    struct support       *support = *state;
    struct rtn_campaign   campaign, next = { 0 };

    next.as_of = 200;
    snprintf(next.slug, sizeof(next.slug), "winback");
    assert_int_equal(rtn_campaign_foresee(support->store, &next), 0);
    assert_int_equal(next.number, 1);
    assert_int_equal(next.as_of, 200);

    /* writes nothing, so the campaign gets that number */
    begin(support, "winback", &campaign);
    assert_int_equal(campaign.number, 1);

    /* a draft would be gone on with, as of its own day */
    assert_int_equal(rtn_campaign_foresee(support->store, &next), 0);
    assert_int_equal(next.number, 1);
    assert_int_equal(next.as_of, 100);

    /* another definition would get the next number */
    next.digest[0] = 1;
    next.as_of = 200;
    assert_int_equal(rtn_campaign_foresee(support->store, &next), 0);
    assert_int_equal(next.number, 2);
    assert_int_equal(next.as_of, 200);

    assert_int_equal(rtn_campaign_finish(support->store, 1, 0, 0), 0);
    assert_int_equal(rtn_campaign_foresee(support->store, &next),
                     RTN_ERR_EXISTS);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_edit, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_limits, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_foresee, support_setup,
                                        support_teardown)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
