/* Where an event is counted. */

#include <stddef.h>
#include <string.h>

#include "campaign_codec.h"
#include "fold.h"
#include "recipient.h"
#include "row.h"
#include "rtn_id.h"

static bool count_is_nothing(const struct rtn_event *event);
static bool count_is_loose(const struct rtn_event *event);
static int count_campaign(struct fold_book *book, uint32_t campaign,
    struct fold_row **row);
static int count_recipient(struct fold_book *book,
    const struct rtn_event *event, struct fold_row **row);
static int count_rest(struct fold_book *book, const struct rtn_event *event);
static int count_inside(struct fold_book *book, struct fold_row *recipient,
    const struct rtn_event *event);
static int count_times(struct fold_row *row,
    const struct rtn_fold_count *count);
static void count_click(struct fold_row *row, int64_t at_ms);
static int count_place(struct fold_row *row, const uint8_t wanted[2],
    uint8_t **place);
static int count_link(struct fold_book *book, const struct rtn_event *event);
static int count_hour(struct fold_book *book, const struct rtn_event *event);
static int count_sum(struct fold_book *book, enum db_table table,
    struct rtn_str key);
static void count_up(uint8_t *p);


int
fold_count(struct fold_book *book, const struct rtn_event *event)
{
    int               rc;
    struct fold_row  *campaign, *recipient;

    if (count_is_nothing(event)) {
        return 0;
    }

    if (count_is_loose(event)) {
        return count_rest(book, event);
    }

    rc = count_campaign(book, event->campaign, &campaign);
    if (rc != 0) {
        return rc;
    }

    if (!campaign->is_there) {
        return count_rest(book, event);
    }

    rc = count_recipient(book, event, &recipient);
    if (rc != 0) {
        return rc;
    }

    if (recipient->is_there && event->occurred_ms >= recipient->t0_ms
        && event->occurred_ms < recipient->until_ms)
    {
        rc = count_inside(book, recipient, event);
        if (rc != 0) {
            return rc;
        }
    }

    if (campaign->len == 0) {
        rc = fold_row_resize(campaign, FOLD_CAMPAIGN_LEN);
        if (rc != 0) {
            return rc;
        }
    }

    if (event->occurred_ms > (int64_t) fold_get_u64(campaign->bytes)) {
        db_key_u64(campaign->bytes, (uint64_t) event->occurred_ms);
    }

    if (!recipient->is_there) {
        count_up(campaign->bytes + 8);

    } else if (event->occurred_ms < recipient->t0_ms
               || event->occurred_ms >= recipient->until_ms)
    {
        count_up(campaign->bytes + 16);
    }

    campaign->is_changed = true;

    return 0;
}


int
fold_add(struct fold_book *book, uint32_t campaign,
    const struct rtn_fold_recipient *recipient)
{
    int               rc;
    size_t            i;
    uint8_t           key[8], *p;
    struct fold_row  *row;

    p = db_key_u32(db_key_u32(key, campaign), recipient->customer);

    rc = fold_book_row(book, DB_FOLD_RECIPIENTS, db_row_key(key, p), &row);

    for (i = 0; rc == 0 && i < recipient->count; i++) {
        rc = count_times(row, &recipient->counts[i]);
    }

    if (rc != 0 || row->len == 0) {
        return rc;
    }

    if (recipient->first_click_ms != 0) {
        count_click(row, recipient->first_click_ms);
    }

    row->bytes[8] |= recipient->has_named_visit ? FOLD_NAMED_VISIT : 0;

    return 0;
}


/* What no report looks at. */
static bool
count_is_nothing(const struct rtn_event *event)
{
    return (event->reasons & RTN_REASON_HEAD)
           || event->customer >= RTN_RECIPIENT_TEST
           || (event->campaign == 0 && !event->names_customer);
}


/* What only the reader can judge, or that does not add up. */
static bool
count_is_loose(const struct rtn_event *event)
{
    return event->campaign == 0 || event->customer == 0
           || event->kind == RTN_KIND_PURCHASE
           || event->message >= RTN_MESSAGES_MAX
           || event->occurred_ms > rtn_id_ms(event->id);
}


/* is_there: its recipients and their windows will stay as they are. */
static int
count_campaign(struct fold_book *book, uint32_t campaign,
    struct fold_row **row)
{
    int                  rc;
    uint8_t              key[4];
    struct rtn_campaign  head;

    rc = fold_book_row(book, DB_FOLD_CAMPAIGNS,
                       db_row_key(key, db_key_u32(key, campaign)), row);

    if (rc != 0 || (*row)->is_known) {
        return rc;
    }

    if ((*row)->len != 0 && (*row)->len != FOLD_CAMPAIGN_LEN) {
        return RTN_ERR_CORRUPT;
    }

    rc = db_campaign_get_head(book->txn, campaign, &head);
    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    (*row)->is_known = true;
    (*row)->is_there = rc == 0 && head.status != RTN_CAMPAIGN_DRAFT
                       && !head.is_imported;

    return 0;
}


static int
count_recipient(struct fold_book *book, const struct rtn_event *event,
    struct fold_row **row)
{
    int                   rc;
    uint8_t               key[8], *p;
    struct rtn_recipient  recipient;

    p = db_key_u32(db_key_u32(key, event->campaign), event->customer);

    rc = fold_book_row(book, DB_FOLD_RECIPIENTS, db_row_key(key, p), row);

    if (rc != 0 || (*row)->is_known) {
        return rc;
    }

    rc = db_recipient_get(book->txn, event->campaign, event->customer,
                          &recipient);
    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    (*row)->is_known = true;
    (*row)->is_there = rc == 0;

    if (rc == 0) {
        (*row)->t0_ms = recipient.t0_ms;
        (*row)->until_ms = recipient.until_ms;
    }

    return 0;
}


/* The event itself, without its items, which no report adds up. */
static int
count_rest(struct fold_book *book, const struct rtn_event *event)
{
    int               rc;
    size_t            len;
    uint8_t           key[12], bytes[DB_VALUE_MAX];
    struct fold_row  *row;
    struct rtn_event  copy;

    memcpy(&copy, event, offsetof(struct rtn_event, items));
    copy.item_count = 0;

    if (copy.occurred_ms == rtn_id_ms(event->id)) {
        copy.occurred_ms = 0;
    }

    rc = rtn_event_encode(&copy, bytes, sizeof(bytes), &len);
    if (rc != 0) {
        return RTN_ERR_CORRUPT;
    }

    rc = fold_book_row(book, DB_FOLD_REST,
                       db_row_key(key, db_key_u64(
                                      db_key_u32(key, event->campaign),
                                      event->id)),
                       &row);

    if (rc == 0) {
        rc = fold_row_resize(row, len);
    }

    if (rc == 0) {
        memcpy(row->bytes, bytes, len);
        row->is_changed = true;
    }

    return rc;
}


static int
count_inside(struct fold_book *book, struct fold_row *recipient,
    const struct rtn_event *event)
{
    int                    rc;
    struct rtn_fold_count  count = { event->message, event->kind,
                                     event->class, 1 };

    rc = count_times(recipient, &count);
    if (rc != 0) {
        return rc;
    }

    if (event->class == RTN_CLASS_HUMAN && event->kind == RTN_KIND_CLICK) {
        count_click(recipient, event->occurred_ms);
    }

    if (event->class == RTN_CLASS_HUMAN && event->kind == RTN_KIND_VISIT
        && event->names_customer)
    {
        recipient->bytes[8] |= FOLD_NAMED_VISIT;
    }

    rc = count_link(book, event);

    return rc != 0 ? rc : count_hour(book, event);
}


static int
count_times(struct fold_row *row, const struct rtn_fold_count *count)
{
    int       rc;
    uint8_t   wanted[2], *place;
    uint64_t  sum;

    wanted[0] = count->message;
    wanted[1] = (uint8_t) (count->kind * RTN_CLASS_COUNT
                           + (int) count->class);

    rc = count_place(row, wanted, &place);
    if (rc != 0) {
        return rc;
    }

    sum = (uint64_t) fold_get_u32(place + 2) + count->n;

    if (sum > UINT32_MAX) {
        return RTN_ERR_LIMIT;
    }

    db_key_u32(place + 2, (uint32_t) sum);
    row->is_changed = true;

    return 0;
}


static void
count_click(struct fold_row *row, int64_t at_ms)
{
    int64_t  first_ms;

    first_ms = (int64_t) fold_get_u64(row->bytes);

    if (first_ms == 0 || at_ms < first_ms) {
        db_key_u64(row->bytes, (uint64_t) at_ms);
    }
}


/* The place of a count, made where there is none. */
static int
count_place(struct fold_row *row, const uint8_t wanted[2], uint8_t **place)
{
    int     rc;
    size_t  at, len;

    len = row->len != 0 ? row->len : FOLD_HEAD_LEN;

    for (at = FOLD_HEAD_LEN; at < len; at += FOLD_COUNT_LEN) {
        rc = memcmp(row->bytes + at, wanted, 2);

        if (rc == 0) {
            *place = row->bytes + at;
            return 0;
        }

        if (rc > 0) {
            break;
        }
    }

    rc = fold_row_resize(row, len + FOLD_COUNT_LEN);
    if (rc != 0) {
        return rc;
    }

    *place = row->bytes + at;
    memmove(*place + FOLD_COUNT_LEN, *place, len - at);
    memcpy(*place, wanted, 2);
    db_key_u32(*place + 2, 0);

    return 0;
}


static int
count_link(struct fold_book *book, const struct rtn_event *event)
{
    uint8_t  key[8], *p;

    p = db_key_u32(key, event->campaign);
    p = db_key_u8(p, event->message);
    p = db_key_u8(p, event->link);
    p = db_key_u8(p, (uint8_t) event->kind);
    p = db_key_u8(p, (uint8_t) event->class);

    return count_sum(book, DB_FOLD_LINKS, db_row_key(key, p));
}


static int
count_hour(struct fold_book *book, const struct rtn_event *event)
{
    uint8_t  key[10], *p;

    p = db_key_u32(key, event->campaign);
    p = db_key_u32(p, (uint32_t) (event->occurred_ms / FOLD_HOUR_MS));
    p = db_key_u8(p, (uint8_t) event->kind);
    p = db_key_u8(p, (uint8_t) event->class);

    return count_sum(book, DB_FOLD_HOURS, db_row_key(key, p));
}


static int
count_sum(struct fold_book *book, enum db_table table, struct rtn_str key)
{
    int               rc;
    struct fold_row  *row;

    rc = fold_book_row(book, table, key, &row);
    if (rc != 0) {
        return rc;
    }

    if (row->len != 0 && row->len != FOLD_SUM_LEN) {
        return RTN_ERR_CORRUPT;
    }

    rc = fold_row_resize(row, FOLD_SUM_LEN);

    if (rc == 0) {
        count_up(row->bytes);
        row->is_changed = true;
    }

    return rc;
}


static void
count_up(uint8_t *p)
{
    db_key_u64(p, fold_get_u64(p) + 1);
}

