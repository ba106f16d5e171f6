/* Whether what is open is still what is in the directory. */

#include "support.h"

static const char *const  files[] = {
    "events/000001.mdb", "coupons/data.mdb", "state/data.mdb", "crm/data.mdb"
};


static void
move(const char *from, const char *to)
{
    assert_int_equal(rename(from, to), 0);
}


/* A store that was moved away, and came back. */
static void
test_moved(void **state)
{
    char             away[SUPPORT_PATH_MAX + 8];
    struct support  *support = *state;

    snprintf(away, sizeof(away), "%s-away", support->path);

    assert_true(rtn_store_is_current(support->store));
    move(support->path, away);
    assert_false(rtn_store_is_current(support->store));
    move(away, support->path);
    assert_true(rtn_store_is_current(support->store));
}


/* Each file counts: gone, and another in its place. */
static void
test_files(void **state)
{
    char             path[SUPPORT_PATH_MAX + 32], away[SUPPORT_PATH_MAX + 40];
    size_t           i;
    FILE            *other;
    struct support  *support = *state;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", support->path, files[i]);
        snprintf(away, sizeof(away), "%s-away", path);

        move(path, away);
        assert_false(rtn_store_is_current(support->store));

        other = fopen(path, "w");
        assert_non_null(other);
        fclose(other);
        assert_false(rtn_store_is_current(support->store));

        move(away, path);
        assert_true(rtn_store_is_current(support->store));
    }
}


/* Only what was opened counts. */
static void
test_opened(void **state)
{
    char             path[SUPPORT_PATH_MAX + 32], away[SUPPORT_PATH_MAX + 40];
    struct support  *support = *state;

    support_close(support);
    support_open(support, RTN_OPEN_SERVER);

    snprintf(path, sizeof(path), "%s/%s", support->path, "crm/data.mdb");
    snprintf(away, sizeof(away), "%s-away", path);

    move(path, away);
    assert_true(rtn_store_is_current(support->store));
    move(away, path);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_moved, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_files, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_opened, support_setup,
                                        support_teardown)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
