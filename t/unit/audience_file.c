/* Lists for advertising platforms: the vectors are those of Meta's page on
   customer information parameters, and of Google's forms. */

#include <stdlib.h>

#include <sodium.h>

#include "output/audience_file.h"
#include "unit.h"

enum { GOOGLE = 0, META, YANDEX, VK };


static void
expect_hash(const char *text, const char *expected)
{
    char     hex[2 * RTO_AUDIENCE_HASH_LEN + 1];
    uint8_t  hash[RTO_AUDIENCE_HASH_LEN];

    rto_audience_hash(text, hash);
    (void) sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    assert_string_equal(hex, expected);
}


static void
test_platforms(void **state)
{
    (void) state;

    assert_string_equal(rto_platforms[GOOGLE].name, "google");
    assert_string_equal(rto_platforms[META].name, "meta");
    assert_string_equal(rto_platforms[YANDEX].name, "yandex");
    assert_string_equal(rto_platforms[VK].name, "vk");
    assert_null(rto_platforms[VK + 1].name);
}


static void
test_hashes(void **state)
{
    (void) state;

    expect_hash("john_smith@gmail.com",
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f");
    expect_hash("16505551212",
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176");
    expect_hash("johnsmith@gmail.com",
        "3586de92bb3636d0885a12eff961429a32e4ebd764b96f50d85d016f9338d586");
    expect_hash("+18005550100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30");
}


static void
test_emails(void **state)
{
    int     rc;
    char    out[RTO_AUDIENCE_EMAIL_MAX + 1];
    size_t  i;

    static const struct {
        int          platform;
        const char  *email;
        const char  *expected;          /* NULL: refused */
    } cases[] = {
        { META,   " John_Smith@gmail.com ", "john_smith@gmail.com" },
        { META,   "John.Smith+x@gmail.com", "john.smith+x@gmail.com" },
        { GOOGLE, "John.Smith+x@Gmail.com", "johnsmith@gmail.com" },
        { GOOGLE, "j.s@googlemail.com",     "js@googlemail.com" },
        { GOOGLE, "john smith@gmail.com",   "johnsmith@gmail.com" },
        { GOOGLE, "J.S+x@shop.example",     "j.s+x@shop.example" },
        { GOOGLE, "a.b@notgmail.com",       "a.b@notgmail.com" },
        { GOOGLE, "+x@gmail.com",           NULL },
        { YANDEX, "Ivan.P+1@Yandex.ru",     "ivan.p+1@yandex.ru" },
        { YANDEX, "\xd0\xb8@yandex.ru",     NULL },
        { VK,     "\xd0\xb8@mail.ru",       "\xd0\xb8@mail.ru" },
        { META,   "nobody",                 NULL },
        { META,   "@x",                     NULL },
        { META,   "x@",                     NULL },
        { META,   "",                       NULL },
        { META,   "a\x01@x.example",        NULL },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        rc = rto_audience_email(&rto_platforms[cases[i].platform],
                                str(cases[i].email), out);

        if (cases[i].expected == NULL) {
            assert_int_equal(rc, RTN_ERR_LIMIT);

        } else {
            assert_int_equal(rc, 0);
            assert_string_equal(out, cases[i].expected);
        }
    }
}


static void
test_long_email(void **state)
{
    char    email[RTO_AUDIENCE_EMAIL_MAX + 2];
    char    out[RTO_AUDIENCE_EMAIL_MAX + 1];

    (void) state;

    memset(email, 'a', sizeof(email));
    email[1] = '@';
    email[RTO_AUDIENCE_EMAIL_MAX] = '\0';
    assert_int_equal(rto_audience_email(&rto_platforms[META], str(email),
                                        out), 0);

    email[RTO_AUDIENCE_EMAIL_MAX] = 'a';
    email[RTO_AUDIENCE_EMAIL_MAX + 1] = '\0';
    assert_int_equal(rto_audience_email(&rto_platforms[META], str(email),
                                        out), RTN_ERR_LIMIT);
}


static void
test_phones(void **state)
{
    int     rc;
    char    out[RTO_PHONE_TEXT_MAX];
    size_t  i;

    static const struct {
        int          platform;
        const char  *phone;
        const char  *code;
        const char  *expected;          /* NULL: refused */
    } cases[] = {
        { GOOGLE, "+1 (800) 555-0100",   NULL,  "+18005550100" },
        { GOOGLE, "1 650 555 1212",      NULL,  "+16505551212" },
        { META,   "+1 650 555 1212",     NULL,  "16505551212" },
        { META,   "001 650 555 1212",    NULL,  "16505551212" },
        { YANDEX, "+7 999 555-11-11",    NULL,  "79995551111" },
        { YANDEX, "8 (999) 555-11-11",   NULL,  NULL },
        { YANDEX, "8 (999) 555-11-11",   "7",   "79995551111" },
        { VK,     "901 123-45-67",       "7",   "79011234567" },
        { VK,     "79011234567",         "7",   "79011234567" },
        { META,   "044 123 45 67",       NULL,  NULL },
        { META,   "044/123.45.67",       "380", "380441234567" },
        { META,   "+0441234567",         NULL,  NULL },
        { META,   "000 650 555 1212",    NULL,  NULL },
        { META,   "8613812345678",       NULL,  "8613812345678" },
        { META,   "+123456",             NULL,  NULL },
        { META,   "+1234567",            NULL,  "1234567" },
        { META,   "+123456789012345",    NULL,  "123456789012345" },
        { META,   "+1234567890123456",   NULL,  NULL },
        { META,   "00123456789012345",   NULL,  "123456789012345" },
        { META,   "123456789012345678901234567890", NULL, NULL },
        { META,   "555-CALL-NOW",        "1",   NULL },
        { META,   "1+6505551212",        NULL,  NULL },
        { META,   "",                    "1",   NULL },
        { META,   "+",                   NULL,  NULL },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        rc = rto_audience_phone(&rto_platforms[cases[i].platform],
                                str(cases[i].phone), cases[i].code, out);

        if (cases[i].expected == NULL) {
            assert_int_equal(rc, RTN_ERR_LIMIT);

        } else {
            assert_int_equal(rc, 0);
            assert_string_equal(out, cases[i].expected);
        }
    }
}


static void
test_files(void **state)
{
    int                      platform;
    char                    *text;
    FILE                    *out;
    size_t                   size;
    struct rto_audience_row  rows[3] = { 0 };

    (void) state;

    rto_audience_hash("b", rows[0].email);
    rto_audience_hash("1", rows[0].phone);
    rows[1] = rows[0];
    rto_audience_hash("a", rows[2].email);

    assert_int_equal(rto_audience_unique(rows, 3), 2);
    assert_int_equal(rto_audience_unique(rows, 0), 0);

    for (platform = GOOGLE; platform <= VK; platform++) {
        out = open_memstream(&text, &size);
        assert_non_null(out);
        rto_audience_write(out, &rto_platforms[platform], rows, 2);
        fclose(out);

        assert_true(size <= rto_audience_bytes(&rto_platforms[platform], 2));
        assert_true(size + 64 >= rto_audience_bytes(&rto_platforms[platform],
                                                    2));
        free(text);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_platforms),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_emails),
        cmocka_unit_test(test_long_email),
        cmocka_unit_test(test_phones),
        cmocka_unit_test(test_files),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return sodium_init() < 0 ? 1
                             : cmocka_run_group_tests(tests, NULL, NULL);
}
