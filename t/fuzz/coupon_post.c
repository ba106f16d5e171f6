#include "fuzz.h"

#include "rtn_post.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtn_coupon_post  post;
    struct rtn_json_fault   fault;
    int                     err;

    memset(&fault, 0, sizeof(fault));
    err = rtn_coupon_post_read(fuzz_str(data, size), &post, &fault);

    if (err != 0) {
        assert(err == RTN_ERR_JSON || err == RTN_ERR_LIMIT);
        assert(fault.message[0] != '\0');
        return 0;
    }

    assert(strlen(post.order_id) <= RTN_ORDER_ID_MAX);
    assert(strlen(post.customer) <= RTN_CUSTOMER_ID_MAX);
    assert(!post.has_amount || post.currency[0] != '\0');

    return 0;
}
