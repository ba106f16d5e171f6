/* What was issued: rows of coupons and of offers, and a coupon's state. */

#include <string.h>

#include "coupon.h"
#include "row.h"
#include "rtn_id.h"

#define BASE_ROW_MAX   72
#define OFFER_ROW_MAX  100

static struct rtn_str base_key(uint8_t key[8], uint64_t code);
static struct rtn_str base_offer_key(uint8_t key[5], uint32_t campaign,
    uint8_t tier);
static int base_encode(const struct rtn_coupon_state *state,
    uint8_t row[BASE_ROW_MAX], struct rtn_str *payload);
static int base_decode(struct rtn_str payload,
    struct rtn_coupon_state *state);
static int base_offer_encode(const struct rtn_offer *offer,
    uint8_t row[OFFER_ROW_MAX], struct rtn_str *payload);
static int base_offer_decode(struct rtn_str payload, struct rtn_offer *offer);
static int base_state(struct db_txn *txn, struct coupon_map *map,
    uint64_t code, struct rtn_coupon_state *state);


int
rtn_coupon_get(struct rtn_store *store, uint64_t code,
    struct rtn_coupon_state *state)
{
    int                 rc;
    struct db_txn       txn;
    struct coupon_map  *map;

    rc = coupon_map_of(store, COUPON_MAP_READER, &map);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_read_begin(store, DB_COUPONS, &txn);

    if (rc == RTN_OK) {
        rc = base_state(&txn, map, code, state);
    }

    db_read_end(&txn);

    return rc;
}


int
coupon_base_get(struct db_txn *txn, uint64_t code,
    struct rtn_coupon_state *state)
{
    int             rc;
    uint8_t         key[8];
    struct rtn_str  payload;

    rc = db_get(txn, DB_BASE, base_key(key, code), &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    state->coupon.code = code;

    return base_decode(payload, state);
}


int
coupon_base_put(struct db_txn *txn, const struct rtn_coupon_state *state)
{
    int             rc;
    uint8_t         key[8], row[BASE_ROW_MAX];
    struct rtn_str  payload;

    rc = base_encode(state, row, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(txn, DB_BASE, base_key(key, state->coupon.code), payload);
}


int
coupon_offer_get(struct db_txn *txn, uint32_t campaign, uint8_t tier,
    struct rtn_offer *offer)
{
    int             rc;
    uint8_t         key[5];
    struct rtn_str  payload;

    rc = db_get(txn, DB_OFFERS, base_offer_key(key, campaign, tier), &payload);

    return rc != RTN_OK ? rc : base_offer_decode(payload, offer);
}


int
coupon_offer_put(struct db_txn *txn, uint32_t campaign, uint8_t tier,
    const struct rtn_offer *offer, bool *is_changed)
{
    int             rc;
    uint8_t         bytes[5], row[OFFER_ROW_MAX];
    struct rtn_str  key, payload, stored;

    key = base_offer_key(bytes, campaign, tier);

    rc = base_offer_encode(offer, row, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_get(txn, DB_OFFERS, key, &stored);
    if (rc != RTN_OK && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    if (rc == RTN_OK && db_row_equal(stored, payload)) {
        return RTN_OK;
    }

    *is_changed = true;

    return db_put(txn, DB_OFFERS, key, payload);
}


static struct rtn_str
base_key(uint8_t key[8], uint64_t code)
{
    return db_row_key(key, db_key_u64(key, code));
}


static struct rtn_str
base_offer_key(uint8_t key[5], uint32_t campaign, uint8_t tier)
{
    return db_row_key(key, db_key_u8(db_key_u32(key, campaign), tier));
}


/* A coupon that never changed has no status and no last change in its row. */
static int
base_encode(const struct rtn_coupon_state *state, uint8_t row[BASE_ROW_MAX],
    struct rtn_str *payload)
{
    struct rtn_wire_out       out;
    const struct rtn_coupon  *coupon = &state->coupon;

    rtn_wire_out_init(&out, row, BASE_ROW_MAX);

    rtn_wire_put_u32(&out, coupon->campaign);
    rtn_wire_put_u8(&out, coupon->tier);
    rtn_wire_put_u32(&out, coupon->customer);
    rtn_wire_put_bytes(&out, coupon->customer_hash, RTN_HASH_LEN);
    rtn_wire_put_i64(&out, coupon->valid_from_ms);
    rtn_wire_put_i64(&out, coupon->expires_ms);

    if (state->last_id != 0) {
        rtn_wire_put_u8(&out, (uint8_t) state->status);
        rtn_wire_put_u64(&out, state->last_id);
    }

    return db_row_end(&out, payload);
}


static int
base_decode(struct rtn_str payload, struct rtn_coupon_state *state)
{
    struct rtn_wire_in   in;
    struct rtn_coupon   *coupon = &state->coupon;

    rtn_wire_in_init(&in, payload);

    coupon->campaign = rtn_wire_get_u32(&in);
    coupon->tier = rtn_wire_get_u8(&in);
    coupon->customer = rtn_wire_get_u32(&in);
    rtn_wire_get_bytes(&in, coupon->customer_hash, RTN_HASH_LEN);
    coupon->valid_from_ms = rtn_wire_get_i64(&in);
    coupon->expires_ms = rtn_wire_get_i64(&in);

    state->status = RTN_COUPON_ISSUED;
    state->last_id = 0;
    state->changed_ms = 0;

    if (in.err == 0 && rtn_wire_left(&in) > 0) {
        state->status = db_row_get_enum(&in, RTN_COUPON_VOID);
        state->last_id = rtn_wire_get_u64(&in);
    }

    return rtn_wire_in_end(&in);
}


static int
base_offer_encode(const struct rtn_offer *offer, uint8_t row[OFFER_ROW_MAX],
    struct rtn_str *payload)
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, OFFER_ROW_MAX);

    rtn_wire_put_u8(&out, (uint8_t) offer->type);
    rtn_wire_put_i64(&out, offer->amount);
    db_row_put_currency(&out, offer->currency);
    db_row_put_text(&out, offer->gift, sizeof(offer->gift));
    rtn_wire_put_i64(&out, offer->minimum_minor);
    db_row_put_currency(&out, offer->minimum_currency);
    db_row_put_bool(&out, offer->is_combinable);
    db_row_put_bool(&out, offer->is_transferable);

    return db_row_end(&out, payload);
}


static int
base_offer_decode(struct rtn_str payload, struct rtn_offer *offer)
{
    struct rtn_wire_in  in;

    rtn_wire_in_init(&in, payload);

    offer->type = db_row_get_enum(&in, RTN_DISCOUNT_POINTS);
    offer->amount = rtn_wire_get_i64(&in);
    db_row_get_currency(&in, offer->currency);
    db_row_get_text(&in, offer->gift, sizeof(offer->gift));
    offer->minimum_minor = rtn_wire_get_i64(&in);
    db_row_get_currency(&in, offer->minimum_currency);
    offer->is_combinable = db_row_get_bool(&in);
    offer->is_transferable = db_row_get_bool(&in);

    return rtn_wire_in_end(&in);
}


static int
base_state(struct db_txn *txn, struct coupon_map *map, uint64_t code,
    struct rtn_coupon_state *state)
{
    int                      rc;
    struct rtn_coupon_state  found;

    rc = coupon_map_catch_up(map, txn);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = coupon_base_get(txn, code, &found);
    if (rc != RTN_OK) {
        return rc;
    }

    coupon_map_overlay(map, &found);
    found.changed_ms = found.last_id != 0 ? rtn_id_ms(found.last_id) : 0;

    *state = found;

    return RTN_OK;
}
