/* Rows of a campaign; see campaign_codec.h. */

#include <string.h>

#include "campaign_codec.h"

static void codec_put_arm(struct rtn_wire_out *out, const void *item);
static void codec_get_arm(struct rtn_wire_in *in, void *item);
static void codec_put_tier(struct rtn_wire_out *out, const void *item);
static void codec_get_tier(struct rtn_wire_in *in, void *item);
static void codec_put_offer(struct rtn_wire_out *out,
    const struct rtn_offer *offer);
static void codec_get_offer(struct rtn_wire_in *in, struct rtn_offer *offer);
static void codec_put_message(struct rtn_wire_out *out, const void *item);
static void codec_get_message(struct rtn_wire_in *in, void *item);
static void codec_put_link(struct rtn_wire_out *out, const void *item);
static void codec_get_link(struct rtn_wire_in *in, void *item);
static void codec_put_host(struct rtn_wire_out *out, const void *item);
static void codec_get_host(struct rtn_wire_in *in, void *item);
static int codec_put(struct db_txn *txn, struct rtn_str key,
    const struct rtn_wire_out *out);
static void codec_get_head(struct rtn_wire_in *in,
    struct rtn_campaign *campaign);

#define CODEC_LIST(field, section, max, item)                                \
    { section, offsetof(struct rtn_campaign, field ## _count),               \
      offsetof(struct rtn_campaign, field ## s),                             \
      sizeof(*((struct rtn_campaign *) 0)->field ## s), max,                 \
      codec_put_ ## item, codec_get_ ## item }

const struct campaign_list db_campaign_lists[CAMPAIGN_LISTS] = {
    CODEC_LIST(arm, CAMPAIGN_ARMS, RTN_ARMS_MAX, arm),
    CODEC_LIST(tier, CAMPAIGN_TIERS, RTN_TIERS_MAX, tier),
    CODEC_LIST(message, CAMPAIGN_MESSAGES, RTN_MESSAGES_MAX, message),
    CODEC_LIST(link, CAMPAIGN_LINKS, RTN_LINKS_MAX, link),
    CODEC_LIST(host, CAMPAIGN_HOSTS, RTN_HOSTS_MAX, host)
};


size_t
db_campaign_list_count(const struct campaign_list *list,
    const struct rtn_campaign *campaign)
{
    size_t  count;

    memcpy(&count, (const char *) campaign + list->count, sizeof(count));

    return count;
}


void *
db_campaign_list_items(const struct campaign_list *list,
    const struct rtn_campaign *campaign)
{
    void  *items;

    memcpy(&items, (const char *) campaign + list->items, sizeof(items));

    return items;
}


void
db_campaign_list_set(const struct campaign_list *list,
    struct rtn_campaign *campaign, void *items)
{
    memcpy((char *) campaign + list->items, &items, sizeof(items));
}


struct rtn_str
db_campaign_key(uint32_t number, enum campaign_section section, size_t index,
    uint8_t buffer[CAMPAIGN_KEY_SIZE])
{
    uint8_t  *p;

    p = db_key_u32(buffer, number);
    p = db_key_u8(p, (uint8_t) section);
    p = db_key_u8(p, (uint8_t) index);

    return db_row_key(buffer, p);
}


int
db_campaign_put_head(struct db_txn *txn, const struct rtn_campaign *campaign)
{
    size_t               i;
    uint8_t              key[CAMPAIGN_KEY_SIZE], payload[DB_VALUE_MAX];
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, payload, sizeof(payload));

    rtn_wire_put_u8(&out, (uint8_t) campaign->status);
    db_row_put_text(&out, campaign->slug, sizeof(campaign->slug));
    db_row_put_text(&out, campaign->title, sizeof(campaign->title));
    rtn_wire_put_bytes(&out, campaign->digest, sizeof(campaign->digest));
    rtn_wire_put_i64(&out, campaign->created_ms);
    rtn_wire_put_u32(&out, (uint32_t) campaign->as_of);
    rtn_wire_put_u32(&out, (uint32_t) campaign->starts);
    rtn_wire_put_u32(&out, (uint32_t) campaign->window_days);
    rtn_wire_put_u32(&out, campaign->holdout_ppm);
    rtn_wire_put_u32(&out, campaign->batch_size);
    db_row_put_bool(&out, campaign->is_imported);
    rtn_wire_put_i64(&out, campaign->cost_minor);
    db_row_put_currency(&out, campaign->cost_currency);
    rtn_wire_put_u32(&out, campaign->recipients);
    rtn_wire_put_u32(&out, campaign->batches);

    for (i = 0; i < CAMPAIGN_LISTS; i++) {
        rtn_wire_put_u8(&out, (uint8_t)
                        db_campaign_list_count(&db_campaign_lists[i],
                                               campaign));
    }

    return codec_put(txn, db_campaign_key(campaign->number, CAMPAIGN_HEAD, 0,
                                          key),
                     &out);
}


int
db_campaign_put_audience(struct db_txn *txn,
    const struct rtn_campaign *campaign)
{
    uint8_t              key[CAMPAIGN_KEY_SIZE], payload[DB_VALUE_MAX];
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, payload, sizeof(payload));
    db_row_put_text(&out, campaign->audience, sizeof(campaign->audience));

    return codec_put(txn, db_campaign_key(campaign->number, CAMPAIGN_AUDIENCE,
                                          0, key),
                     &out);
}


/* Without limits there is no row, as in campaigns of older versions. */

int
db_campaign_put_limits(struct db_txn *txn,
    const struct rtn_campaign *campaign)
{
    int                  rc;
    uint8_t              key[CAMPAIGN_KEY_SIZE], payload[DB_VALUE_MAX];
    struct rtn_str       at;
    struct rtn_wire_out  out;

    at = db_campaign_key(campaign->number, CAMPAIGN_LIMITS, 0, key);

    if (campaign->top == 0 && campaign->budget_minor == 0
        && campaign->message_minor == 0 && campaign->global_ppm == 0)
    {
        rc = db_delete(txn, DB_CAMPAIGNS, at);

        return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    rtn_wire_out_init(&out, payload, sizeof(payload));
    rtn_wire_put_u32(&out, campaign->top);
    rtn_wire_put_i64(&out, campaign->budget_minor);
    db_row_put_currency(&out, campaign->budget_currency);
    rtn_wire_put_i64(&out, campaign->message_minor);
    db_row_put_currency(&out, campaign->message_currency);
    rtn_wire_put_u32(&out, campaign->global_ppm);
    rtn_wire_put_u32(&out, campaign->global_left);

    return codec_put(txn, at, &out);
}


int
db_campaign_put_item(struct db_txn *txn, uint32_t number,
    const struct campaign_list *list, size_t index, const void *item)
{
    uint8_t              key[CAMPAIGN_KEY_SIZE], payload[DB_VALUE_MAX];
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, payload, sizeof(payload));
    list->put(&out, item);

    return codec_put(txn, db_campaign_key(number, list->section, index, key),
                     &out);
}


int
db_campaign_get_head(struct db_txn *txn, uint32_t number,
    struct rtn_campaign *campaign)
{
    int                 rc;
    uint8_t             key[CAMPAIGN_KEY_SIZE];
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_CAMPAIGNS,
                db_campaign_key(number, CAMPAIGN_HEAD, 0, key), &payload);
    if (rc != 0) {
        return rc;
    }

    memset(campaign, 0, sizeof(*campaign));
    campaign->number = number;

    rtn_wire_in_init(&in, payload);
    codec_get_head(&in, campaign);

    return rtn_wire_in_end(&in);
}


static void
codec_get_head(struct rtn_wire_in *in, struct rtn_campaign *campaign)
{
    size_t                       i, count;
    const struct campaign_list  *list;

    campaign->status = db_row_get_enum(in, RTN_CAMPAIGN_CLOSED);
    db_row_get_text(in, campaign->slug, sizeof(campaign->slug));
    db_row_get_text(in, campaign->title, sizeof(campaign->title));
    rtn_wire_get_bytes(in, campaign->digest, sizeof(campaign->digest));
    campaign->created_ms = rtn_wire_get_i64(in);
    campaign->as_of = (int32_t) rtn_wire_get_u32(in);
    campaign->starts = (int32_t) rtn_wire_get_u32(in);
    campaign->window_days = (int32_t) rtn_wire_get_u32(in);
    campaign->holdout_ppm = rtn_wire_get_u32(in);
    campaign->batch_size = rtn_wire_get_u32(in);
    campaign->is_imported = db_row_get_bool(in);
    campaign->cost_minor = rtn_wire_get_i64(in);
    db_row_get_currency(in, campaign->cost_currency);
    campaign->recipients = rtn_wire_get_u32(in);
    campaign->batches = rtn_wire_get_u32(in);

    for (i = 0; i < CAMPAIGN_LISTS; i++) {
        list = &db_campaign_lists[i];
        count = db_row_get_enum(in, (uint8_t) list->max);

        memcpy((char *) campaign + list->count, &count, sizeof(count));
    }
}


int
db_campaign_get_audience(struct db_txn *txn, struct rtn_campaign *campaign)
{
    int                 rc;
    uint8_t             key[CAMPAIGN_KEY_SIZE];
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_CAMPAIGNS,
                db_campaign_key(campaign->number, CAMPAIGN_AUDIENCE, 0, key),
                &payload);
    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    rtn_wire_in_init(&in, payload);
    db_row_get_text(&in, campaign->audience, sizeof(campaign->audience));

    return rtn_wire_in_end(&in);
}


int
db_campaign_get_limits(struct db_txn *txn, struct rtn_campaign *campaign)
{
    int                 rc;
    uint8_t             key[CAMPAIGN_KEY_SIZE];
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_CAMPAIGNS,
                db_campaign_key(campaign->number, CAMPAIGN_LIMITS, 0, key),
                &payload);
    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    rtn_wire_in_init(&in, payload);
    campaign->top = rtn_wire_get_u32(&in);
    campaign->budget_minor = rtn_wire_get_i64(&in);
    db_row_get_currency(&in, campaign->budget_currency);
    campaign->message_minor = rtn_wire_get_i64(&in);
    db_row_get_currency(&in, campaign->message_currency);
    campaign->global_ppm = rtn_wire_get_u32(&in);
    campaign->global_left = rtn_wire_get_u32(&in);

    return rtn_wire_in_end(&in);
}


int
db_campaign_get_item(struct db_txn *txn, const struct rtn_campaign *campaign,
    enum campaign_section section, size_t index, void *item)
{
    int                          rc;
    uint8_t                      key[CAMPAIGN_KEY_SIZE];
    struct rtn_str               payload;
    struct rtn_wire_in           in;
    const struct campaign_list  *list;

    for (list = db_campaign_lists; list->section != section; list++) {
        /* void */
    }

    if (index >= db_campaign_list_count(list, campaign)) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_get(txn, DB_CAMPAIGNS,
                db_campaign_key(campaign->number, section, index, key),
                &payload);
    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    rtn_wire_in_init(&in, payload);
    list->get(&in, item);

    return rtn_wire_in_end(&in);
}


static int
codec_put(struct db_txn *txn, struct rtn_str key,
    const struct rtn_wire_out *out)
{
    int             rc;
    struct rtn_str  payload;

    rc = db_row_end(out, &payload);

    if (rc != 0) {
        /* the fields' own limits keep every row below DB_VALUE_MAX */
        return txn->err != 0 ? txn->err : (txn->err = RTN_ERR_LIMIT);
    }

    return db_put(txn, DB_CAMPAIGNS, key, payload);
}


static void
codec_put_arm(struct rtn_wire_out *out, const void *item)
{
    const struct rtn_arm  *arm = item;

    db_row_put_text(out, arm->name, sizeof(arm->name));
    rtn_wire_put_u32(out, arm->share_ppm);
}


static void
codec_get_arm(struct rtn_wire_in *in, void *item)
{
    struct rtn_arm  *arm = item;

    db_row_get_text(in, arm->name, sizeof(arm->name));
    arm->share_ppm = rtn_wire_get_u32(in);
}


static void
codec_put_tier(struct rtn_wire_out *out, const void *item)
{
    const struct rtn_tier  *tier = item;

    db_row_put_text(out, tier->name, sizeof(tier->name));
    db_row_put_text(out, tier->when, sizeof(tier->when));
    codec_put_offer(out, &tier->offer);
    rtn_wire_put_u32(out, (uint32_t) tier->expires_days);
}


static void
codec_get_tier(struct rtn_wire_in *in, void *item)
{
    struct rtn_tier  *tier = item;

    db_row_get_text(in, tier->name, sizeof(tier->name));
    db_row_get_text(in, tier->when, sizeof(tier->when));
    codec_get_offer(in, &tier->offer);
    tier->expires_days = (int32_t) rtn_wire_get_u32(in);
}


static void
codec_put_offer(struct rtn_wire_out *out, const struct rtn_offer *offer)
{
    rtn_wire_put_u8(out, (uint8_t) offer->type);
    rtn_wire_put_i64(out, offer->amount);
    db_row_put_currency(out, offer->currency);
    db_row_put_text(out, offer->gift, sizeof(offer->gift));
    rtn_wire_put_i64(out, offer->minimum_minor);
    db_row_put_currency(out, offer->minimum_currency);
    db_row_put_bool(out, offer->is_combinable);
    db_row_put_bool(out, offer->is_transferable);
}


static void
codec_get_offer(struct rtn_wire_in *in, struct rtn_offer *offer)
{
    offer->type = db_row_get_enum(in, RTN_DISCOUNT_POINTS);
    offer->amount = rtn_wire_get_i64(in);
    db_row_get_currency(in, offer->currency);
    db_row_get_text(in, offer->gift, sizeof(offer->gift));
    offer->minimum_minor = rtn_wire_get_i64(in);
    db_row_get_currency(in, offer->minimum_currency);
    offer->is_combinable = db_row_get_bool(in);
    offer->is_transferable = db_row_get_bool(in);
}


static void
codec_put_message(struct rtn_wire_out *out, const void *item)
{
    const struct rtn_message  *message = item;

    db_row_put_text(out, message->name, sizeof(message->name));
    rtn_wire_put_u32(out, (uint32_t) message->after_days);
    rtn_wire_put_u32(out, message->unless);
}


static void
codec_get_message(struct rtn_wire_in *in, void *item)
{
    struct rtn_message  *message = item;

    db_row_get_text(in, message->name, sizeof(message->name));
    message->after_days = (int32_t) rtn_wire_get_u32(in);
    message->unless = rtn_wire_get_u32(in);
}


static void
codec_put_link(struct rtn_wire_out *out, const void *item)
{
    const struct rtn_link  *link = item;

    db_row_put_text(out, link->name, sizeof(link->name));
    db_row_put_text(out, link->url, sizeof(link->url));
    db_row_put_text(out, link->survey, sizeof(link->survey));
}


static void
codec_get_link(struct rtn_wire_in *in, void *item)
{
    struct rtn_link  *link = item;

    db_row_get_text(in, link->name, sizeof(link->name));
    db_row_get_text(in, link->url, sizeof(link->url));
    db_row_get_text(in, link->survey, sizeof(link->survey));
}


static void
codec_put_host(struct rtn_wire_out *out, const void *item)
{
    db_row_put_text(out, item, RTN_HOST_MAX + 1);
}


static void
codec_get_host(struct rtn_wire_in *in, void *item)
{
    db_row_get_text(in, item, RTN_HOST_MAX + 1);
}
