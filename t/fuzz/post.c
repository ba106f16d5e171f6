#include "fuzz.h"

#include "rtn_post.h"


static void
post_try(struct rtn_str body, enum rtn_post_sender sender, bool partial)
{
    static uint8_t  record[RTN_EVENT_RECORD_MAX];

    const struct rtn_posted_event  *posted;
    const struct rtn_json_fault    *bad;
    struct rtn_json_fault           fault;
    struct rtn_post                *post;
    size_t                          i, len;
    int                             err;

    memset(&fault, 0, sizeof(fault));
    err = rtn_post_read(body, sender, partial, &post, &fault);

    if (err != 0) {
        assert(err == RTN_ERR_JSON || err == RTN_ERR_LIMIT);
        assert(fault.message[0] != '\0');
        return;
    }

    for (i = 0; i < rtn_post_count(post); i++) {
        posted = rtn_post_event(post, i, &bad);
        assert((posted == NULL) == (bad != NULL));
        assert(posted != NULL || partial);

        if (posted != NULL) {
            assert(rtn_event_encode(&posted->event, record, sizeof(record),
                                    &len) == 0);
        }
    }

    rtn_post_free(post);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtn_str  body = fuzz_str(data, size);

    post_try(body, RTN_SENDER_SERVER, false);
    post_try(body, RTN_SENDER_SERVER, true);
    post_try(body, RTN_SENDER_BROWSER, true);

    return 0;
}
