/* A customer's orders and what was seen of him, as of a day. */

#include <math.h>
#include <string.h>

#include "audience.h"
#include "zone.h"

/* Without a rhythm of his own; 'segment lifecycle' has the same. */
static const struct rta_stage_limits  audience_limits = { 90, 180, 360 };

static struct rtn_str audience_str(const char *text);
static int64_t audience_days(const struct rta_audience *audience, int64_t ms);
static void audience_spend(struct rta_audience *audience,
    const struct rtn_order *order);
static void audience_seen(struct rta_audience *audience);
static int audience_stage(struct rta_audience *audience);
static void audience_scores(struct rta_audience *audience);
static void audience_outlook(struct rta_audience *audience);


void
rta_audience_init(struct rta_audience *audience,
    const struct rta_audience_basis *basis)
{
    memset(audience, 0, sizeof(*audience));

    audience->basis = basis;
    audience->until_ms = rta_zone_day_start(basis->as_of + 1);
}


void
rta_audience_begin(struct rta_audience *audience,
    const struct rtn_customer *customer, bool is_suppressed,
    const struct rta_seen *seen, const struct rta_referred *referred)
{
    struct rta_subject  *subject = &audience->subject;

    audience->referred = referred == NULL ? (struct rta_referred) { 0 }
                                          : *referred;

    memcpy(audience->channel, customer->channel, sizeof(audience->channel));

    *subject = (struct rta_subject) {
        .last_order_days = -1,
        .first_order_days = -1,
        .registered_days = -1,
        .overdue_days = -1,
        .visit_days = -1,
        .cart_days = -1,
        .first_items = -1,
        .referrals = audience->referred.customers,
        .p_alive = -1,
        .rfm = -1,
        .rfm_recency = -1,
        .rfm_frequency = -1,
        .rfm_monetary = -1,
        .consent = customer->consent,
        .is_subscribed = !customer->is_unsubscribed && !is_suppressed,
        .country = audience_str(customer->country),
        .language = audience_str(customer->language),
        .channel = audience_str(audience->channel),
        .spend = audience->spends,
        .asked_days = seen == NULL ? NULL : seen->asked_days
    };

    audience->seen = seen;
    audience->has_prospect = false;
    audience->ordered_ms = 0;
    audience->purchases.n = 0;
    rta_history_init(&audience->history, audience->basis->currency,
                     audience->basis->model_until);

    if (customer->registered_ms != 0
        && customer->registered_ms < audience->until_ms)
    {
        subject->registered_days = audience_days(audience,
                                                 customer->registered_ms);
    }
}


int
rta_audience_order(struct rta_audience *audience,
    const struct rtn_order *order)
{
    int64_t              days;
    struct rta_subject  *subject = &audience->subject;

    if (!rta_order_is_purchase(order)
        || order->ordered_ms >= audience->until_ms)
    {
        return RTN_OK;
    }

    days = audience_days(audience, order->ordered_ms);

    if (subject->orders == 0) {
        subject->first_order_days = days;
        subject->first_items = order->items == 0 ? -1 : order->items;

        if (audience->channel[0] == '\0') {
            memcpy(audience->channel, order->channel,
                   sizeof(audience->channel));
            subject->channel = audience_str(audience->channel);
        }
    }

    subject->last_order_days = days;
    subject->orders++;
    audience->ordered_ms = order->ordered_ms;
    audience_spend(audience, order);

    if (audience->basis->needs & RTA_NEED_MODELS) {
        rta_history_add(&audience->history, order,
                        audience->basis->as_of - (rtn_day_t) days);
    }

    if (audience->basis->needs & (RTA_NEED_STAGE | RTA_NEED_SCORES)) {
        return rta_purchases_add(&audience->purchases, order,
                                 audience->basis->as_of - (rtn_day_t) days);
    }

    return RTN_OK;
}


int
rta_audience_end(struct rta_audience *audience)
{
    unsigned  needs = audience->basis->needs;

    if (audience->seen != NULL) {
        audience_seen(audience);
    }

    if (needs & RTA_NEED_SCORES) {
        audience_scores(audience);
    }

    if (needs & RTA_NEED_MODELS) {
        audience_outlook(audience);
    }

    return needs & RTA_NEED_STAGE ? audience_stage(audience) : RTN_OK;
}


double
rta_audience_margin(const struct rta_audience *audience)
{
    return audience->costed_minor <= 0
           ? -1 : fmax(0, 1 - (double) audience->cost_minor
                              / (double) audience->costed_minor);
}


void
rta_audience_release(struct rta_audience *audience)
{
    rta_purchases_release(&audience->purchases);
    rta_rhythm_release(&audience->rhythm);
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
    return (int64_t) audience->basis->as_of - rta_zone_day(ms);
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
        spend->expected_minor = -1;
        audience->subject.spend_count++;
    }

    if (__builtin_sub_overflow(order->amount_minor, order->refunded_minor,
                               &paid)
        || __builtin_add_overflow(spend->minor, paid, &spend->minor))
    {
        spend->minor = INT64_MAX;
    }

    spend->orders++;

    if (order->has_cost
        && strcmp(order->currency, audience->basis->currency) == 0)
    {
        rta_minor_add(&audience->costed_minor, paid);
        rta_minor_add(&audience->cost_minor, order->cost_minor);
    }
}


static void
audience_seen(struct rta_audience *audience)
{
    const struct rta_seen  *seen = audience->seen;
    struct rta_subject     *subject = &audience->subject;

    if (seen->visit_ms != 0) {
        subject->visit_days = audience_days(audience, seen->visit_ms);
    }

    if (seen->cart_ms != 0 && seen->cart_ms > audience->ordered_ms
        && seen->cart_ms > seen->bought_ms)
    {
        subject->cart_days = audience_days(audience, seen->cart_ms);
    }
}


/* The next purchase is due a median gap after the last, which is given in
   halves: half a day later is a day later. */

static int
audience_stage(struct rta_audience *audience)
{
    int                  rc;
    int64_t              overdue_days;
    struct rta_subject  *subject = &audience->subject;
    struct rta_standing  standing;

    rc = rta_lifecycle_judge(&audience_limits, &audience->rhythm,
                             audience->purchases.items, audience->purchases.n,
                             audience->basis->as_of, &standing);

    if (rc != RTN_OK) {
        return rc;
    }

    subject->stage = standing.stage;

    if (standing.gap_halves > 0) {
        overdue_days = standing.silent_days
                       - (int64_t) (standing.gap_halves + 1) / 2;

        if (overdue_days > 0) {
            subject->overdue_days = overdue_days;
        }
    }

    return RTN_OK;
}


static void
audience_scores(struct rta_audience *audience)
{
    struct rta_rfm       rfm;
    struct rta_rfm_row   row;
    struct rta_subject  *subject = &audience->subject;

    rta_rfm_init(&rfm, audience->basis->currency, audience->basis->as_of,
                 RTA_RFM_SUM);

    if (!rta_rfm_row_of(&rfm, audience->purchases.items,
                        audience->purchases.n, &row))
    {
        return;
    }

    rta_rfm_place(&audience->basis->cuts, &row);

    subject->rfm_recency = row.r;
    subject->rfm_frequency = row.f;
    subject->rfm_monetary = row.m;
    subject->rfm = row.r * 100 + row.f * 10 + row.m;
}


static void
audience_outlook(struct rta_audience *audience)
{
    size_t                            i;
    struct rta_prospect              *prospect = &audience->prospect;
    const struct rta_audience_basis  *basis = audience->basis;

    if (!rta_history_buyer(&audience->history, &audience->buyer)) {
        return;
    }

    rta_outlook_judge(&basis->outlook, &audience->buyer, prospect);

    audience->has_prospect = true;
    audience->subject.p_alive = (int64_t) floor(prospect->p_alive
                                                * RTA_FRACTION_ONE);

    if (!prospect->has_value) {
        return;
    }

    for (i = 0; i < audience->subject.spend_count; i++) {
        if (strcmp(audience->spends[i].currency, basis->currency) == 0) {
            audience->spends[i].expected_minor = prospect->value_minor;
        }
    }
}
