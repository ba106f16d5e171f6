/* A customer's orders, added up as of a day. */

#include <string.h>

#include "audience.h"
#include "purchase.h"
#include "zone.h"

static struct rtn_str audience_str(const char *text);
static int64_t audience_days(const struct rta_audience *audience, int64_t ms);
static void audience_spend(struct rta_audience *audience,
    const struct rtn_order *order);


void
rta_audience_begin(struct rta_audience *audience,
    const struct rtn_customer *customer, bool is_suppressed, rtn_day_t as_of)
{
    struct rta_subject  *subject = &audience->subject;

    audience->as_of = as_of;
    audience->until_ms = rta_zone_day_start(as_of + 1);

    subject->last_order_days = -1;
    subject->first_order_days = -1;
    subject->registered_days = -1;
    subject->orders = 0;
    subject->consent = customer->consent;
    subject->is_subscribed = !customer->is_unsubscribed && !is_suppressed;
    subject->country = audience_str(customer->country);
    subject->language = audience_str(customer->language);
    subject->channel = audience_str(customer->channel);
    subject->spend = audience->spends;
    subject->spend_count = 0;

    if (customer->registered_ms != 0
        && customer->registered_ms < audience->until_ms)
    {
        subject->registered_days = audience_days(audience,
                                                 customer->registered_ms);
    }
}


void
rta_audience_order(struct rta_audience *audience,
    const struct rtn_order *order)
{
    int64_t              days;
    struct rta_subject  *subject = &audience->subject;

    if (!rta_order_is_purchase(order)
        || order->ordered_ms >= audience->until_ms)
    {
        return;
    }

    days = audience_days(audience, order->ordered_ms);

    if (subject->orders == 0 || days < subject->last_order_days) {
        subject->last_order_days = days;
    }

    if (subject->orders == 0 || days > subject->first_order_days) {
        subject->first_order_days = days;
    }

    subject->orders++;
    audience_spend(audience, order);
}


static struct rtn_str
audience_str(const char *text)
{
    struct rtn_str  str = { text, strlen(text) };

    return str;
}


static int64_t
audience_days(const struct rta_audience *audience, int64_t ms)
{
    return (int64_t) audience->as_of - rta_zone_day(ms);
}


static void
audience_spend(struct rta_audience *audience, const struct rtn_order *order)
{
    size_t             i;
    int64_t            paid;
    struct rta_spend  *spend;

    for (i = 0; i < audience->subject.spend_count; i++) {
        if (memcmp(audience->spends[i].currency, order->currency,
                   sizeof(order->currency)) == 0)
        {
            break;
        }
    }

    if (i == RTA_AUDIENCE_CURRENCIES) {
        return;
    }

    spend = &audience->spends[i];

    if (i == audience->subject.spend_count) {
        memset(spend, 0, sizeof(*spend));
        memcpy(spend->currency, order->currency, sizeof(order->currency));
        audience->subject.spend_count++;
    }

    if (__builtin_sub_overflow(order->amount_minor, order->refunded_minor,
                               &paid)
        || __builtin_add_overflow(spend->minor, paid, &spend->minor))
    {
        spend->minor = INT64_MAX;
    }

    spend->orders++;
}
