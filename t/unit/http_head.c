#include <string.h>

#include "unit.h"

#include "../lib/http_head.h"

#define PIXEL  "HTTP/1.1 200 OK\r\nServer: nginx\r\ncontent-length: 43\r\n\r\n"
#define LAST   "HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n"                  \
               "connection: close\r\n\r\n"
#define PARTS  "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n"
#define BARE   "HTTP/1.1 204 No Content\r\n\r\n"


static void
test_whole(void **state)
{
    static const struct {
        const char        *text;
        size_t             len;
        struct http_head   head;
    } rows[] = {
        { PIXEL, sizeof(PIXEL) - 1, { 200, 43, false, false } },
        { LAST,  sizeof(LAST) - 1,  { 503, 0, false, true } },
        { PARTS, sizeof(PARTS) - 1, { 200, 0, true, false } },
        { BARE,  sizeof(BARE) - 1,  { 204, 0, false, false } },
        { PIXEL "GIF89a\r\n\r\n", sizeof(PIXEL) - 1,
                                    { 200, 43, false, false } },
        { BARE PIXEL, sizeof(BARE) - 1, { 204, 0, false, false } }
    };

    struct http_head  head;
    char              text[256];
    size_t            i, cut;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(http_head_read(rows[i].text, &head), rows[i].len);
        assert_int_equal(head.status, rows[i].head.status);
        assert_int_equal(head.body, rows[i].head.body);
        assert_int_equal(head.is_chunked, rows[i].head.is_chunked);
        assert_int_equal(head.is_last, rows[i].head.is_last);

        for (cut = 0; cut < rows[i].len; cut++) {
            memcpy(text, rows[i].text, cut);
            text[cut] = '\0';
            assert_int_equal(http_head_read(text, &head), 0);
        }
    }
}


static void
test_none(void **state)
{
    static const char *const  none[] = {
        "\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 1000 High\r\n\r\n",
        "HTTP/1.1 4294967496 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\rX: y\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\nContent-Length: 9\r\n\r\n"
    };

    struct http_head  head;
    size_t            i;

    (void) state;

    for (i = 0; i < COUNT(none); i++) {
        assert_int_equal(http_head_read(none[i], &head), -1);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_none)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
