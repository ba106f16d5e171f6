/* Counting what recipients did: by day, by link, and one by one. */

#include <stdlib.h>
#include <string.h>

#include "response_state.h"
#include "zone.h"

#define DETAIL_DAYS_MAX  20000      /* of all windows together */
#define DETAIL_LINKS     256        /* numbers of links */


/* The days of all windows; recipients are known by now.  Windows that lie
   decades apart are not told day by day. */

static int
detail_days_begin(struct rta_response *response)
{
    size_t                 at;
    int64_t                first_ms = response->report.last_until_ms;
    rtn_day_t              last;
    struct response_activity  *days = &response->days;

    for (at = 0; at < response->n; at++) {
        if (response->recipients[at].t0_ms < first_ms) {
            first_ms = response->recipients[at].t0_ms;
        }
    }

    days->is_begun = true;

    if (first_ms < RTA_ZONE_MS_MIN
        || response->report.last_until_ms > RTA_ZONE_MS_MAX)
    {
        return 0;
    }

    days->first = rta_zone_day(first_ms);
    last = rta_zone_day(response->report.last_until_ms - 1);

    if (last < days->first || last - days->first >= DETAIL_DAYS_MAX) {
        return 0;
    }

    days->n = (size_t) (last - days->first) + 1;
    days->counts = calloc(days->n * (RTA_RESPONSE_KINDS
                                     + response->plan.arm_count + 1),
                          sizeof(*days->counts));

    if (days->counts == NULL) {
        days->n = 0;
        return RTN_ERR_NOMEM;
    }

    return 0;
}


/* The counts of a moment's day: kinds, then orders by arm; NULL: none. */

static int
detail_day(struct rta_response *response, int64_t ms, uint64_t **counts)
{
    int                    rc;
    rtn_day_t              day;
    struct response_activity  *days = &response->days;

    *counts = NULL;
    rc = days->is_begun ? 0 : detail_days_begin(response);

    if (rc != 0 || days->n == 0 || ms < RTA_ZONE_MS_MIN
        || ms > RTA_ZONE_MS_MAX)
    {
        return rc;
    }

    /* An hour of UTC may begin before the midnight of the first window. */

    day = rta_zone_day(ms);

    if (day < days->first) {
        day = days->first;
    }

    if ((size_t) (day - days->first) < days->n) {
        *counts = days->counts + (size_t) (day - days->first)
                                 * (RTA_RESPONSE_KINDS
                                    + response->plan.arm_count + 1);
    }

    return 0;
}


static int
detail_kept(struct rta_response *response, size_t at,
    struct response_kept **kept)
{
    if (response->kept == NULL) {
        response->kept = calloc(response->n, sizeof(*response->kept));

        if (response->kept == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    *kept = &response->kept[at];

    return 0;
}


static int
detail_click(struct rta_response *response, size_t at, int64_t ms)
{
    int                    rc;
    struct response_kept  *kept;

    if (!response->keeps || ms == 0) {
        return 0;
    }

    rc = detail_kept(response, at, &kept);

    if (rc == 0 && (kept->first_click_ms == 0 || ms < kept->first_click_ms)) {
        kept->first_click_ms = ms;
    }

    return rc;
}


int
rta_response_rollup_click(struct rta_response *response, uint32_t customer,
    int64_t first_ms)
{
    size_t  at = response_find(response, customer);

    return at == RESPONSE_NOBODY ? RTN_ERR_CORRUPT
                                 : detail_click(response, at, first_ms);
}


int
rta_response_rollup_link(struct rta_response *response, uint8_t message,
    uint8_t link, enum rtn_class class, uint64_t n)
{
    size_t  messages = response->plan.message_count;

    if (link == 0 || message >= messages) {
        return 0;
    }

    if (response->clicks == NULL) {
        response->clicks = calloc(messages * DETAIL_LINKS * RTN_CLASS_COUNT,
                                  sizeof(*response->clicks));

        if (response->clicks == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    response->clicks[((size_t) message * DETAIL_LINKS + link)
                     * RTN_CLASS_COUNT + class] += n;

    return 0;
}


int
rta_response_rollup_hour(struct rta_response *response, int64_t hour_ms,
    enum rtn_kind kind, enum rtn_class class, uint64_t n)
{
    int        rc;
    uint64_t  *counts;

    if (class != RTN_CLASS_HUMAN || response_kind(kind) < 0) {
        return 0;
    }

    rc = detail_day(response, hour_ms, &counts);

    if (counts != NULL) {
        counts[response_kind(kind)] += n;
    }

    return rc;
}


int
response_detail_event(struct rta_response *response, size_t at,
    const struct rtn_event *event)
{
    int  rc;

    rc = rta_response_rollup_hour(response, event->occurred_ms, event->kind,
                                  event->class, 1);

    if (rc != 0 || event->kind != RTN_KIND_CLICK) {
        return rc;
    }

    if (event->campaign != 0) {
        rc = rta_response_rollup_link(response, event->message, event->link,
                                      event->class, 1);
    }

    return rc != 0 || event->class != RTN_CLASS_HUMAN
           ? rc : detail_click(response, at, event->occurred_ms);
}


static bool
detail_is_counted(const struct rta_response *response,
    const rtn_currency_t currency)
{
    return memcmp(response->kept_currency, currency, RTN_CURRENCY_LEN) == 0;
}


static int
detail_keep_money(struct response_kept *kept,
    const struct response_entry *entry)
{
    int  rc;

    kept->counted++;
    rc = response_add(&kept->gross_minor, entry->minor);

    if (rc == 0) {
        rc = response_add(&kept->gross_minor, entry->refund_minor);
    }

    if (rc == 0) {
        rc = response_add(&kept->refund_minor, entry->refund_minor);
    }

    if (rc != 0 || !entry->has_cost) {
        return rc;
    }

    kept->costed++;
    rc = response_add(&kept->margin_minor, entry->minor);

    return rc == 0 ? response_add(&kept->margin_minor, -entry->cost_minor)
                   : rc;
}


int
response_detail_order(struct rta_response *response,
    const struct response_entry *entry)
{
    int                    rc;
    uint64_t              *counts;
    struct response_kept  *kept;

    rc = detail_day(response, entry->at_ms, &counts);

    if (rc != 0) {
        return rc;
    }

    if (counts != NULL) {
        counts[RTA_RESPONSE_KINDS + response->recipients[entry->at].arm]++;
    }

    if (!response->keeps) {
        return 0;
    }

    rc = detail_kept(response, entry->at, &kept);

    if (rc != 0) {
        return rc;
    }

    kept->orders++;

    return entry->has_amount && detail_is_counted(response, entry->currency)
           ? detail_keep_money(kept, entry) : 0;
}


int
response_detail_discount(struct rta_response *response, size_t at,
    const rtn_currency_t currency, int64_t minor)
{
    int                    rc;
    struct response_kept  *kept;

    if (!response->keeps || !detail_is_counted(response, currency)) {
        return 0;
    }

    rc = detail_kept(response, at, &kept);

    return rc == 0 ? response_add(&kept->discount_minor, minor) : rc;
}


static int
detail_finish_days(struct rta_response *response)
{
    size_t                 i, stride;
    struct response_activity  *days = &response->days;

    if (days->n == 0) {
        return 0;
    }

    stride = RTA_RESPONSE_KINDS + response->plan.arm_count + 1;
    days->rows = calloc(days->n, sizeof(*days->rows));

    if (days->rows == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < days->n; i++) {
        days->rows[i].day = days->first + (rtn_day_t) i;
        memcpy(days->rows[i].human, days->counts + i * stride,
               sizeof(days->rows[i].human));
        days->rows[i].orders = days->counts + i * stride + RTA_RESPONSE_KINDS;
    }

    /* Days to come are empty. */

    while (days->n > 0
           && rta_zone_day_start(days->rows[days->n - 1].day)
              >= response->plan.cutoff_ms)
    {
        days->n--;
    }

    response->report.activity_count = days->n;
    response->report.activity = days->rows;

    return 0;
}


static void
detail_finish_link(struct rta_response *response, size_t message, size_t link)
{
    int                   class;
    uint64_t              any = 0;
    const uint64_t       *clicks;
    struct rta_link_row  *row = &response->links[response->report.link_count];

    clicks = response->clicks
             + (message * DETAIL_LINKS + link) * RTN_CLASS_COUNT;

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        any += clicks[class];
    }

    if (any > 0) {
        row->message = (uint8_t) message;
        row->link = (uint8_t) link;
        memcpy(row->clicks, clicks, sizeof(row->clicks));
        response->report.link_count++;
    }
}


int
response_detail_finish(struct rta_response *response)
{
    size_t  message, link, messages = response->plan.message_count;

    if (response->clicks != NULL) {
        response->links = calloc(messages * DETAIL_LINKS,
                                 sizeof(*response->links));

        if (response->links == NULL) {
            return RTN_ERR_NOMEM;
        }

        for (message = 0; message < messages; message++) {
            for (link = 1; link < DETAIL_LINKS; link++) {
                detail_finish_link(response, message, link);
            }
        }

        response->report.links = response->links;
    }

    return detail_finish_days(response);
}


void
response_detail_free(struct rta_response *response)
{
    free(response->kept);
    free(response->days.counts);
    free(response->days.rows);
    free(response->clicks);
    free(response->links);
}


void
rta_response_keep(struct rta_response *response, const rtn_currency_t currency)
{
    response->keeps = true;
    memcpy(response->kept_currency, currency,
           sizeof(response->kept_currency));
}


/* The first message of which a person's click is known. */

static void
detail_message(const struct rta_response *response, size_t at,
    struct rta_person *person)
{
    size_t   message;
    uint8_t  bit = 1u << (RTA_CLICKED * RTN_CLASS_COUNT + RTN_CLASS_HUMAN);

    for (message = 0; response->message_bits != NULL
                      && message < response->plan.message_count; message++)
    {
        if (response->message_bits[message * response->n + at] & bit) {
            person->has_message = true;
            person->message = (uint8_t) message;
            return;
        }
    }
}


bool
rta_response_person(struct rta_response *response, uint32_t customer,
    struct rta_person *person)
{
    size_t                       at;
    uint32_t                     mail;
    const struct response_kept  *kept;

    memset(person, 0, sizeof(*person));

    if (!rta_response_flags(response, customer, &person->flags)) {
        return false;
    }

    at = response_find(response, customer);
    mail = (UINT32_C(1) << (RTA_MESSAGE_KINDS * RTN_CLASS_COUNT)) - 1;

    person->stage = response_stage(response, at);
    person->is_delivered = (response->bits[at] & mail) != 0;
    person->has_margin = true;
    detail_message(response, at, person);

    if (response->kept == NULL) {
        return true;
    }

    kept = &response->kept[at];
    person->first_click_ms = kept->first_click_ms;
    person->orders = kept->orders;
    person->counted = kept->counted;
    person->gross_minor = kept->gross_minor;
    person->refund_minor = kept->refund_minor;
    person->discount_minor = kept->discount_minor;
    person->has_margin = kept->costed == kept->counted;
    person->margin_minor = kept->margin_minor;

    return true;
}
