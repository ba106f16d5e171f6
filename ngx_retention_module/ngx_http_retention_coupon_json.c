/* What the shop is told of a coupon. */

#include "ngx_http_retention_coupon_json.h"
#include "rtn_code.h"
#include "rtn_time.h"


static void
ngx_http_retention_coupon_money(json_t *object, const char *name,
    int64_t minor, const rtn_currency_t currency)
{
    char  text[RTN_MONEY_TEXT_MAX];

    rtn_money_format(minor, currency, text);

    (void) json_object_set_new(object, name, json_string(text));
}


/* What the discount is by itself: "5" percent, "10.00" EUR, "100" points. */
static void
ngx_http_retention_coupon_amount(json_t *object,
    const struct rtn_offer *offer)
{
    char  text[RTN_MONEY_TEXT_MAX];

    switch (offer->type) {

    case RTN_DISCOUNT_PERCENT:
        (void) ngx_sprintf((u_char *) text, "%L.%02L%Z", offer->amount / 100,
                           offer->amount % 100);
        break;

    case RTN_DISCOUNT_FIXED:
        rtn_money_format(offer->amount, offer->currency, text);
        break;

    case RTN_DISCOUNT_POINTS:
        (void) ngx_sprintf((u_char *) text, "%L%Z", (int64_t) offer->amount);
        break;

    case RTN_DISCOUNT_GIFT:
        (void) json_object_set_new(object, "gift", json_string(offer->gift));
        return;

    default:
        return;
    }

    (void) json_object_set_new(object, "amount", json_string(text));
}


static void
ngx_http_retention_coupon_time(json_t *object, const char *name, int64_t ms)
{
    char  text[RTN_TIME_TEXT_MAX];

    rtn_time_format(ms, text);

    (void) json_object_set_new(object, name, json_string(text));
}


/* Of discount and minimum, which are never in two. */
static const char *
ngx_http_retention_coupon_currency(const struct rtn_coupon_job *job)
{
    if (job->discount_currency[0] != '\0') {
        return job->discount_currency;
    }

    return job->offer.currency[0] != '\0' ? job->offer.currency
                                          : job->offer.minimum_currency;
}


/* What only a known coupon has. */
static void
ngx_http_retention_coupon_terms(json_t *object,
    const struct rtn_coupon_job *job)
{
    const char              *currency;
    const struct rtn_offer  *offer;

    offer = &job->offer;
    currency = ngx_http_retention_coupon_currency(job);

    (void) json_object_set_new(object, "discount_type",
                               json_string(rtn_discount_name(offer->type)));

    ngx_http_retention_coupon_amount(object, offer);

    if (currency[0] != '\0') {
        ngx_http_retention_coupon_money(object, "discount",
                                        job->discount_minor, currency);
        (void) json_object_set_new(object, "currency", json_string(currency));
    }

    if (offer->minimum_minor != 0) {
        ngx_http_retention_coupon_money(object, "minimum_amount",
                                        offer->minimum_minor,
                                        offer->minimum_currency);
    }

    (void) json_object_set_new(object, "customer_bound",
                               json_boolean(job->is_bound));
    (void) json_object_set_new(object, "combinable",
                               json_boolean(offer->is_combinable));

    ngx_http_retention_coupon_time(object, "expires_at", job->expires_ms);

    if (job->reserved_until_ms != 0) {
        ngx_http_retention_coupon_time(object, "reserved_until",
                                       job->reserved_until_ms);
    }
}


json_t *
ngx_http_retention_coupon_json(const struct rtn_coupon_job *job,
    ngx_flag_t is_bare)
{
    char     code[RTN_CODE_TEXT_LEN + 1];
    json_t  *object;

    code[0] = '\0';

    if (job->code != 0) {
        rtn_code_format(job->code, code);
    }

    object = json_pack("{s:s, s:b}", "code", code, "valid",
                       job->reason == RTN_COUPON_OK);

    if (object == NULL || is_bare) {
        return object;
    }

    if (job->reason != RTN_COUPON_OK) {
        (void) json_object_set_new(object, "reason",
                          json_string(rtn_coupon_reason_name(job->reason)));
        (void) json_object_set_new(object, "message",
                          json_string(rtn_coupon_reason_sentence(job->reason)));
    }

    if (job->reason != RTN_COUPON_UNKNOWN) {
        ngx_http_retention_coupon_terms(object, job);
    }

    return object;
}
