/* Counting what recipients did: recipients and events. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rtn_token.h"
#include "response_state.h"

#define RESPONSE_NUMBERS_MAX  254       /* arms, tiers, messages */
#define RESPONSE_FIRST_SIZE   1024      /* recipients */

static const char *const  response_names[RTA_RESPONSE_KINDS] = {
    [RTA_OPENED] = "opened",
    [RTA_CLICKED] = "clicked",
    [RTA_VISITED] = "visited",
    [RTA_VIEWED] = "viewed",
    [RTA_CARTED] = "carted",
    [RTA_CHECKED_OUT] = "checked_out"
};

/* What an event's kind is in the report, -1: something else. */
static const int  response_kinds[RTN_KIND_COUNT] = {
    [0] = -1,
    [RTN_KIND_OPEN] = RTA_OPENED,
    [RTN_KIND_CLICK] = RTA_CLICKED,
    [RTN_KIND_VISIT] = RTA_VISITED,
    [RTN_KIND_VIEW] = RTA_VIEWED,
    [RTN_KIND_CART] = RTA_CARTED,
    [RTN_KIND_CHECKOUT] = RTA_CHECKED_OUT,
    [RTN_KIND_PURCHASE] = -1,
    [RTN_KIND_UNSUBSCRIBE] = -1,
    [RTN_KIND_SURVEY] = -1
};


int
response_kind(enum rtn_kind kind)
{
    return response_kinds[kind];
}


const char *
rta_response_name(enum rta_response_kind kind)
{
    return response_names[kind];
}


int
rta_response_init(const struct rta_plan *plan, struct rta_response **out)
{
    size_t                cells;
    struct rta_response  *response;

    if (plan->arm_count > RESPONSE_NUMBERS_MAX
        || plan->tier_count > RESPONSE_NUMBERS_MAX
        || plan->message_count > RESPONSE_NUMBERS_MAX)
    {
        return RTN_ERR_LIMIT;
    }

    response = calloc(1, sizeof(*response));

    if (response == NULL) {
        return RTN_ERR_NOMEM;
    }

    cells = (plan->arm_count + 1) * (plan->tier_count + 1);

    response->plan = *plan;
    response->cells = calloc(cells, sizeof(*response->cells));
    response->report.messages = calloc(plan->message_count + 1,
                                       sizeof(*response->report.messages));

    if (response->cells == NULL || response->report.messages == NULL) {
        rta_response_free(response);
        return RTN_ERR_NOMEM;
    }

    *out = response;

    return 0;
}


void
rta_response_free(struct rta_response *response)
{
    size_t  i;

    if (response == NULL) {
        return;
    }

    for (i = 0; i < response->currency_count; i++) {
        free(response->spent[i]);
        free(response->margins[i]);
    }

    response_ledger_release(&response->ledger);
    response_history_free(response->history);
    response_before_free(response->before);
    response_detail_free(response);
    free(response->orders);
    free(response->first_days);
    free(response->day_arms);
    free(response->codes);
    free(response->recipients);
    free(response->numbers);
    free(response->places);
    free(response->bits);
    free(response->message_bits);
    free(response->cells);
    free(response->discounts);
    free(response->report.arms);
    free(response->report.tiers);
    free(response->report.messages);
    free(response->report.comparisons);
    free(response->report.segments);
    free(response->report.estimates);
    free(response->report.days);
    free(response->report.notes);
    free(response);
}


static int
response_grow(struct rta_response *response)
{
    void    *p;
    size_t   size = response->size == 0 ? RESPONSE_FIRST_SIZE
                                        : response->size * 2;

    p = realloc(response->recipients, size * sizeof(*response->recipients));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->recipients = p;
    p = realloc(response->bits, size * sizeof(*response->bits));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->bits = p;
    p = realloc(response->numbers, size * sizeof(*response->numbers));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->numbers = p;
    p = realloc(response->places, size * sizeof(*response->places));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->places = p;
    response->size = size;

    return 0;
}


int
rta_response_recipient(struct rta_response *response,
    const struct rta_recipient *recipient)
{
    size_t             n = response->n;
    struct rta_tally  *cell;

    if (recipient->customer >= RTN_RECIPIENT_TEST) {
        return 0;
    }

    if (recipient->arm > response->plan.arm_count
        || recipient->tier > response->plan.tier_count)
    {
        return RTN_ERR_CORRUPT;
    }

    assert(n == 0
           || recipient->customer > response->recipients[n - 1].customer);

    if (n == response->size && response_grow(response) != 0) {
        return RTN_ERR_NOMEM;
    }

    response->recipients[n] = *recipient;
    response->numbers[n] = recipient->customer;
    response->places[n] = (uint16_t) (recipient->arm
                                      * (response->plan.tier_count + 1)
                                      + recipient->tier);
    response->bits[n] = 0;
    response->n++;

    if (n == 0 || recipient->t0_ms < response->first_t0_ms) {
        response->first_t0_ms = recipient->t0_ms;
    }

    cell = response_cell(response, n);
    cell->recipients++;
    cell->issued += recipient->code != 0;

    if (recipient->until_ms > response->report.last_until_ms) {
        response->report.last_until_ms = recipient->until_ms;
    }

    return 0;
}


/*
 * Numbers rise by one at least, so that the n-th after another is greater by
 * n or more: where recipients are most of the customers, that leaves little
 * to search.
 */

static size_t
response_search(const uint32_t *numbers, size_t low, size_t n,
    uint32_t customer)
{
    size_t  high = n, middle;

    if (low == n || customer < numbers[low] || customer > numbers[n - 1]) {
        return RESPONSE_NOBODY;
    }

    if (customer - numbers[low] < high - low) {
        high = low + (customer - numbers[low]) + 1;
    }

    if (numbers[n - 1] - customer < n - 1 - low) {
        low = n - 1 - (numbers[n - 1] - customer);
    }

    while (low < high) {
        middle = low + (high - low) / 2;

        if (numbers[middle] < customer) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low < n && numbers[low] == customer ? low : RESPONSE_NOBODY;
}


size_t
response_find(struct rta_response *response, uint32_t customer)
{
    size_t           at, low = 0, n = response->n;
    const uint32_t  *numbers = response->numbers;

    /* Scans by customer ask for the last one found, or soon after it. */

    if (response->cursor < n && numbers[response->cursor] <= customer) {
        low = response->cursor;

        if (numbers[low] == customer) {
            return low;
        }

        if (low + 1 == n || numbers[low + 1] > customer) {
            return RESPONSE_NOBODY;
        }
    }

    at = response_search(numbers, low, n, customer);

    if (at != RESPONSE_NOBODY) {
        response->cursor = at;
    }

    return at;
}


struct rta_tally *
response_cell(const struct rta_response *response, size_t at)
{
    return &response->cells[response->places[at]];
}


bool
response_is_inside(const struct rta_response *response, size_t at, int64_t ms)
{
    const struct rta_recipient  *recipient = &response->recipients[at];

    return ms >= recipient->t0_ms && ms < recipient->until_ms
           && ms < response->plan.cutoff_ms;
}


/* A message's opens and clicks; the bits are made with the first. */

static int
response_message(struct rta_response *response, size_t at,
    const struct response_sight *sight)
{
    int                      kind = sight->kind, class = (int) sight->class;
    uint8_t                  bit, message = sight->message, *bits;
    struct rta_message_row  *row;

    if (!sight->has_message || message >= response->plan.message_count) {
        return 0;
    }

    if (response->message_bits == NULL) {
        response->message_bits = calloc(response->n,
                                        response->plan.message_count);

        if (response->message_bits == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    row = &response->report.messages[message];
    bits = &response->message_bits[message * response->n + at];
    bit = (uint8_t) (1u << (kind * RTN_CLASS_COUNT + class));

    row->total[kind][class] += sight->n;

    if (!(*bits & bit)) {
        *bits |= bit;
        row->unique[kind][class]++;
    }

    return 0;
}


int
response_seen(struct rta_response *response, size_t at,
    const struct response_sight *sight)
{
    int                kind = sight->kind;
    uint32_t           bit;
    struct rta_tally  *cell = response_cell(response, at);

    bit = UINT32_C(1) << (kind * RTN_CLASS_COUNT + (int) sight->class);
    cell->total[kind][sight->class] += sight->n;

    if (!(response->bits[at] & bit)) {
        response->bits[at] |= bit;
        cell->unique[kind][sight->class]++;
    }

    if (kind == RTA_VISITED && sight->class == RTN_CLASS_HUMAN
        && sight->is_named)
    {
        response->bits[at] |= RESPONSE_NAMED_VISIT;
        response->has_named_visits = true;
    }

    if (kind >= RTA_MESSAGE_KINDS) {
        return 0;
    }

    if (response->places[at] <= response->plan.tier_count) {
        response->bits[at] |= RESPONSE_TOUCHED;
    }

    return response_message(response, at, sight);
}


void
response_unsubscribed(struct rta_response *response, size_t at)
{
    if (!(response->bits[at] & RESPONSE_UNSUBSCRIBED)) {
        response->bits[at] |= RESPONSE_UNSUBSCRIBED;
        response_cell(response, at)->unsubscribed++;
    }
}


int
rta_response_event(struct rta_response *response,
    const struct rtn_event *event)
{
    int                    rc;
    bool                   is_inside, is_ours;
    size_t                 at;
    struct response_sight  sight = { .n = 1 };

    is_ours = event->campaign == response->plan.campaign;

    if ((!is_ours && (event->campaign != 0 || !event->names_customer))
        || (event->reasons & RTN_REASON_HEAD)
        || event->customer >= RTN_RECIPIENT_TEST
        || (unsigned) event->kind >= RTN_KIND_COUNT
        || (unsigned) event->class >= RTN_CLASS_COUNT
        || event->occurred_ms >= response->plan.cutoff_ms)
    {
        return 0;
    }

    at = event->customer == 0 ? RESPONSE_NOBODY
                              : response_find(response, event->customer);

    if (at == RESPONSE_NOBODY) {
        response->report.strays += is_ours;
        return 0;
    }

    is_inside = response_is_inside(response, at, event->occurred_ms);
    response->report.outside += is_ours && !is_inside;

    /* A purchase outside of the window still wins over a redemption. */

    if (event->kind == RTN_KIND_PURCHASE) {
        return response_purchase(response, at, event, is_inside);
    }

    if (!is_inside) {
        return 0;
    }

    if (event->kind == RTN_KIND_UNSUBSCRIBE) {
        response_unsubscribed(response, at);
        return 0;
    }

    sight.kind = response_kind(event->kind);
    sight.class = event->class;
    sight.is_named = event->names_customer;
    sight.has_message = event->campaign != 0;
    sight.message = event->message;

    if (sight.kind < 0) {
        return 0;
    }

    rc = response_seen(response, at, &sight);

    return rc == 0 ? response_detail_event(response, at, event) : rc;
}


void
rta_response_health(struct rta_response *response, uint64_t records_damaged,
    uint64_t repeats_dropped)
{
    response->report.records_damaged += records_damaged;
    response->report.repeats_dropped += repeats_dropped;
}


int
response_add(int64_t *dst, int64_t src)
{
    int64_t  sum;

    if (__builtin_add_overflow(*dst, src, &sum)) {
        return RTN_ERR_LIMIT;
    }

    *dst = sum;

    return 0;
}
