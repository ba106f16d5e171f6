/* The body of a coupon request. */

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

struct coupon_fields {
    struct rtn_str          order_id;
    struct rtn_str          customer;
    struct rtn_coupon_post  post;
};


static int
coupon_read_currency(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct coupon_fields  *found = to;

    return rtn_json_read_currency(reader, field, value, found->post.currency);
}


static int
coupon_read_amount(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to)
{
    struct coupon_fields  *found = to;

    found->post.has_amount = true;

    return rtn_json_read_money(reader, field, value, found->post.currency,
                               &found->post.amount_minor);
}


/* The currency comes before the amount that is counted in it. */
static const struct rtn_json_field  coupon_fields[] = {
    { "order_id", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_ORDER_ID_MAX, offsetof(struct coupon_fields, order_id) },
    { "customer", rtn_json_read_text, RTN_JSON_ANYONE, false,
      RTN_CUSTOMER_ID_MAX, offsetof(struct coupon_fields, customer) },
    { "currency", coupon_read_currency, RTN_JSON_ANYONE, false, 0, 0 },
    { "amount", coupon_read_amount, RTN_JSON_ANYONE, false, 0, 0 }
};


/* to is all zeros, and long enough by the field's max. */
static void
coupon_copy(char *to, struct rtn_str from)
{
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
}


int
rtn_coupon_post_read(struct rtn_str body, struct rtn_coupon_post *post,
    struct rtn_json_fault *fault)
{
    struct rtn_json_reader  reader;
    struct coupon_fields    found;
    json_t                 *root;
    bool                    has_more;
    int                     err;

    fault->index = 0;

    if (body.len > RTN_POST_BODY_MAX) {
        snprintf(fault->message, sizeof(fault->message),
                 "the body is longer than %d bytes", RTN_POST_BODY_MAX);
        return RTN_ERR_LIMIT;
    }

    if (body.len == 0) {
        snprintf(fault->message, sizeof(fault->message), "the body is empty");
        return RTN_ERR_JSON;
    }

    err = rtn_json_load(body, 1, &root, &has_more, fault);
    if (err != 0) {
        return err;
    }

    memset(&reader, 0, sizeof(reader));
    memset(&found, 0, sizeof(found));
    reader.fault = fault;
    reader.sender = RTN_SENDER_SERVER;

    err = rtn_json_object_read(&reader, root, coupon_fields,
                               sizeof(coupon_fields)
                               / sizeof(coupon_fields[0]), &found);

    if (err == 0) {
        coupon_copy(found.post.order_id, found.order_id);
        coupon_copy(found.post.customer, found.customer);
        *post = found.post;
    }

    json_decref(root);

    return err;
}
