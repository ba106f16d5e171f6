/* A store that has lost its state is damaged; one that never had it, absent. */

#include <sys/stat.h>
#include <unistd.h>

#include "support.h"


/* A state that is torn is no store yet only where nothing else is there. */
static void
test_state_lost(void **state)
{
    size_t            i;
    uint64_t          faults;
    unsigned          uid, gid;
    struct stat       st;
    struct support   *support = *state;

    static const char *const  others[] = {
        "events/000001.mdb", "coupons/data.mdb", "crm/data.mdb"
    };

    support_close(support);

    assert_int_equal(truncate(support_below(support, "state/data.mdb"), 100),
                     0);

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(support_try_open(support, RTN_OPEN_STATE),
                         RTN_ERR_DAMAGED);
        assert_int_equal(support_create(support), RTN_ERR_DAMAGED);
        assert_int_equal(stat(support_below(support, "state/data.mdb"), &st),
                         0);
        assert_int_equal(st.st_size, 100);
        assert_int_equal(unlink(support_below(support, others[i])), 0);
    }

    assert_int_equal(support_try_open(support, RTN_OPEN_STATE), RTN_ERR_ABSENT);
    assert_int_equal(rtn_store_verify(support->path, RTN_OPEN_ALL, NULL, NULL,
                                      &faults), RTN_ERR_ABSENT);
    assert_int_equal(unlink(support_below(support, "state/data.mdb")), 0);
    assert_int_equal(rtn_store_owner(support->path, &uid, &gid), 0);
    assert_int_equal(uid, geteuid());
    assert_int_equal(support_create(support), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_state_lost, support_setup,
                                        support_teardown)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
