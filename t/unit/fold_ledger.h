/* What the log adds up to, by the tests' own account. */

#ifndef T_FOLD_LEDGER_H_INCLUDED
#define T_FOLD_LEDGER_H_INCLUDED

#include "fold_fixture.h"

struct ledger {
    uint64_t  recipients[CUSTOMERS + 1][3][RTN_KIND_COUNT][RTN_CLASS_COUNT];
    uint64_t  links[3][4][RTN_KIND_COUNT][RTN_CLASS_COUNT];
    uint64_t  hours[40 * 24][RTN_KIND_COUNT][RTN_CLASS_COUNT];
    int64_t   first_click_ms[CUSTOMERS + 1];
    bool      has_named_visit[CUSTOMERS + 1];
    uint64_t  strays;
    uint64_t  outside;
    uint64_t  rest;
    uint64_t  rest_ids;             /* their sum */
};


static inline bool
is_rest(const struct rtn_event *event)
{
    return event->campaign == 0 || event->campaign == FROM_FILE
           || event->campaign == 9 || event->customer == 0
           || event->kind == RTN_KIND_PURCHASE
           || event->occurred_ms > rtn_id_ms(event->id);
}


static inline void
ledger_add(struct ledger *ledger, const struct rtn_event *event)
{
    size_t    hour;
    uint32_t  c = event->customer;

    if ((event->reasons & RTN_REASON_HEAD) || c >= RTN_RECIPIENT_TEST
        || (event->campaign == 0 && !event->names_customer))
    {
        return;
    }

    if (is_rest(event)) {
        if (event->campaign == 0 || event->campaign == FROZEN) {
            ledger->rest++;
            ledger->rest_ids += event->id;
        }

        return;
    }

    if (c > CUSTOMERS) {
        ledger->strays++;
        return;
    }

    if (event->occurred_ms < T0_MS || event->occurred_ms >= UNTIL_MS) {
        ledger->outside++;
        return;
    }

    hour = (size_t) ((event->occurred_ms - T0_MS) / 3600000);

    ledger->recipients[c][event->message][event->kind][event->class]++;
    ledger->links[event->message][event->link][event->kind][event->class]++;
    ledger->hours[hour][event->kind][event->class]++;

    if (event->kind == RTN_KIND_CLICK && event->class == RTN_CLASS_HUMAN
        && (ledger->first_click_ms[c] == 0
            || event->occurred_ms < ledger->first_click_ms[c]))
    {
        ledger->first_click_ms[c] = event->occurred_ms;
    }

    if (event->kind == RTN_KIND_VISIT && event->class == RTN_CLASS_HUMAN) {
        ledger->has_named_visit[c] |= event->names_customer;
    }
}


/* Of the log as its own scan tells it, up to an id. */
static inline struct ledger *
ledger_of(struct rtn_store *store, uint64_t to)
{
    int                   rc;
    struct ledger        *ledger;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    ledger = calloc(1, sizeof(*ledger));
    assert_non_null(ledger);
    assert_int_equal(rtn_log_scan_open(store, 0, &scan), 0);

    while ((rc = rtn_log_scan_next(scan, &event)) == 0 && event.id <= to) {
        ledger_add(ledger, &event);
    }

    assert_true(rc == 0 || rc == RTN_ERR_NOT_FOUND);
    rtn_log_scan_close(scan);

    return ledger;
}


/* The same from the roll-ups. */
static inline struct ledger *
ledger_of_view(struct rtn_fold_view *view)
{
    int                         rc;
    size_t                      i;
    int64_t                    *first_ms;
    struct ledger              *ledger;
    struct rtn_event            event;
    struct rtn_fold_link        link;
    struct rtn_fold_hour        hour;
    struct rtn_fold_count      *count;
    struct rtn_fold_recipient   r;

    ledger = calloc(1, sizeof(*ledger));
    assert_non_null(ledger);

    while ((rc = rtn_fold_recipient_next(view, &r)) == 0) {
        assert_in_range(r.customer, 1, CUSTOMERS);
        ledger->has_named_visit[r.customer] |= r.has_named_visit;
        first_ms = &ledger->first_click_ms[r.customer];

        if (r.first_click_ms != 0
            && (*first_ms == 0 || r.first_click_ms < *first_ms))
        {
            *first_ms = r.first_click_ms;
        }

        for (i = 0; i < r.count; i++) {
            count = &r.counts[i];
            ledger->recipients[r.customer][count->message][count->kind]
                              [count->class] += count->n;
        }
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);

    while ((rc = rtn_fold_link_next(view, &link)) == 0) {
        ledger->links[link.message][link.link][link.kind][link.class]
            += link.n;
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);

    while ((rc = rtn_fold_hour_next(view, &hour)) == 0) {
        ledger->hours[(hour.hour_ms - T0_MS) / 3600000][hour.kind]
                     [hour.class] += hour.n;
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);

    while ((rc = rtn_fold_rest_next(view, &event)) == 0) {
        ledger->rest++;
        ledger->rest_ids += event.id;
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);

    ledger->strays = rtn_fold_view_totals(view)->strays;
    ledger->outside = rtn_fold_view_totals(view)->outside;

    return ledger;
}


static inline void
assert_folded(struct rtn_store *store)
{
    struct ledger         *counted, *folded;
    struct rtn_fold_view  *view;

    assert_int_equal(rtn_fold_view_open(store, FROZEN, &view), 0);

    folded = ledger_of_view(view);
    counted = ledger_of(store, rtn_fold_view_totals(view)->state.cursor);

    assert_true(counted->strays == folded->strays);
    assert_true(counted->outside == folded->outside);
    assert_true(counted->rest == folded->rest);
    assert_memory_equal(counted, folded, sizeof(*counted));

    rtn_fold_view_close(view);
    free(counted);
    free(folded);
}

#endif /* T_FOLD_LEDGER_H_INCLUDED */
