/*
 * Where each changed coupon stands, rebuilt from the journal: a table with
 * open addressing.  A slot takes 16 bytes:
 *
 *     63                                4 3      0   63             0
 *    +-----------------------------------+--------+ +----------------+
 *    | code, 60 bits                     | status | | id of the last |
 *    +-----------------------------------+--------+ | change         |
 *                                                   +----------------+
 *
 * No code is 0, so a slot whose first word is 0 is empty.  When the table
 * would have to grow, what the base has taken over is left out of the new one,
 * which costs no more than growing; until then the later of the two counts.
 */

#include <stdlib.h>

#include "coupon.h"
#include "fold.h"
#include "row.h"
#include "rtn_code.h"

#define COUPON_MAP_SLOTS_MIN  1024
#define COUPON_MAP_SLOTS_MAX  (UINT64_C(1) << 27)   /* 2 GiB, 100 million */
#define MAP_STATUS_BITS       4
#define MAP_STATUS_MASK       ((UINT64_C(1) << MAP_STATUS_BITS) - 1)

_Static_assert(RTN_CODE_BITS + MAP_STATUS_BITS == 64, "a slot's first word");

struct map_slot {
    uint64_t  code_status;
    uint64_t  last_id;
};

struct coupon_map {
    struct map_slot  *slots;
    uint64_t          size;             /* a power of 2, or 0 */
    uint64_t          used;
    uint64_t          seen;             /* the journal's last id */
    uint64_t          base;             /* the base's cursor, as last seen */
};

struct db_journal_overlay {
    struct coupon_map  maps[COUPON_MAP_ROLES];
};

static const enum rtn_coupon_status map_status_after[] = {
    [RTN_COUPON_RESERVE] = RTN_COUPON_RESERVED,
    [RTN_COUPON_REDEEM]  = RTN_COUPON_REDEEMED,
    [RTN_COUPON_RELEASE] = RTN_COUPON_ISSUED,
    [RTN_COUPON_RESTORE] = RTN_COUPON_ISSUED,
    [RTN_COUPON_VOIDED]  = RTN_COUPON_VOID
};

static int map_apply(struct coupon_map *map, const struct db_cursor *row);
static int map_grow(struct coupon_map *map);
static uint64_t map_kept(const struct coupon_map *map);
static struct map_slot *map_slot_of(const struct coupon_map *map,
    uint64_t code);
static uint64_t map_mix(uint64_t code);


int
coupon_map_of(struct rtn_store *store, enum coupon_map_role role,
    struct coupon_map **map)
{
    struct db_journal_overlay  *overlay, *fresh;

    overlay = __atomic_load_n(&store->overlay, __ATOMIC_ACQUIRE);

    if (overlay == NULL) {
        fresh = calloc(1, sizeof(*fresh));
        if (fresh == NULL) {
            return RTN_ERR_NOMEM;
        }

        /* the other role's thread may be here at the same moment */
        if (__atomic_compare_exchange_n(&store->overlay, &overlay, fresh,
                                        false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
        {
            overlay = fresh;

        } else {
            free(fresh);
        }
    }

    *map = &overlay->maps[role];

    return RTN_OK;
}


void
coupon_overlay_free(struct db_journal_overlay *overlay)
{
    size_t  i;

    if (overlay == NULL) {
        return;
    }

    for (i = 0; i < COUPON_MAP_ROLES; i++) {
        free(overlay->maps[i].slots);
    }

    free(overlay);
}


int
coupon_map_catch_up(struct coupon_map *map, struct db_txn *txn)
{
    int               rc;
    uint8_t           key[8];
    struct db_cursor  row;

    rc = fold_journal_cursor_get(txn, &map->base);
    if (rc != RTN_OK) {
        return rc;
    }

    map->seen = map->seen > map->base ? map->seen : map->base;

    rc = db_cursor_open(txn, DB_JOURNAL, &row);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_cursor_seek(&row, db_row_key(key, db_key_u64(key, map->seen + 1)));

    while (rc == RTN_OK) {
        rc = map_apply(map, &row);

        if (rc == RTN_OK) {
            rc = db_cursor_next(&row);
        }
    }

    db_cursor_close(&row);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


void
coupon_map_overlay(const struct coupon_map *map,
    struct rtn_coupon_state *state)
{
    uint64_t                last_id;
    enum rtn_coupon_status  status;

    coupon_map_find(map, state->coupon.code, &status, &last_id);

    if (last_id > state->last_id) {
        state->status = status;
        state->last_id = last_id;
    }
}


void
coupon_map_find(const struct coupon_map *map, uint64_t code,
    enum rtn_coupon_status *status, uint64_t *last_id)
{
    const struct map_slot  *slot;

    *status = RTN_COUPON_ISSUED;
    *last_id = 0;

    if (map->size == 0) {
        return;
    }

    slot = map_slot_of(map, code);

    if (slot->code_status != 0) {
        *status = (enum rtn_coupon_status)
                  (slot->code_status & MAP_STATUS_MASK);
        *last_id = slot->last_id;
    }
}


int
coupon_map_put(struct coupon_map *map, uint64_t code,
    enum rtn_coupon_status status, uint64_t last_id)
{
    int               rc;
    struct map_slot  *slot;

    slot = map->size != 0 ? map_slot_of(map, code) : NULL;

    if (slot == NULL || slot->code_status == 0) {

        /* at most three quarters are used, so a search ends soon */
        if (map->used >= map->size / 4 * 3) {
            rc = map_grow(map);
            if (rc != RTN_OK) {
                return rc;
            }

            slot = map_slot_of(map, code);
        }

        map->used++;
    }

    slot->code_status = code << MAP_STATUS_BITS | (uint64_t) status;
    slot->last_id = last_id;

    return RTN_OK;
}


uint64_t
coupon_map_seen(const struct coupon_map *map)
{
    return map->seen;
}


void
coupon_map_see(struct coupon_map *map, uint64_t id)
{
    map->seen = id;
}


enum rtn_coupon_status
coupon_status_after(enum rtn_coupon_action action)
{
    return map_status_after[action];
}


static int
map_apply(struct coupon_map *map, const struct db_cursor *row)
{
    int                       rc;
    struct rtn_coupon_change  change;

    rc = journal_decode(row->key, row->payload, &change);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = coupon_map_put(map, change.code, coupon_status_after(change.action),
                        change.id);
    if (rc != RTN_OK) {
        return rc;
    }

    map->seen = change.id;

    return RTN_OK;
}


static int
map_grow(struct coupon_map *map)
{
    uint64_t           i;
    struct map_slot   *slot;
    struct coupon_map  larger;

    larger = *map;
    larger.used = map_kept(map);
    larger.size = COUPON_MAP_SLOTS_MIN;

    /* half full at most, so that the next time is as far again */
    while (larger.size <= larger.used * 2) {
        larger.size *= 2;
    }

    if (larger.size > COUPON_MAP_SLOTS_MAX) {
        return RTN_ERR_NOMEM;
    }

    larger.slots = calloc(larger.size, sizeof(*larger.slots));
    if (larger.slots == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < map->size; i++) {
        if (map->slots[i].code_status == 0
            || map->slots[i].last_id <= map->base)
        {
            continue;
        }

        slot = map_slot_of(&larger,
                           map->slots[i].code_status >> MAP_STATUS_BITS);
        *slot = map->slots[i];
    }

    free(map->slots);
    *map = larger;

    return RTN_OK;
}


/* How many entries are later than the base. */
static uint64_t
map_kept(const struct coupon_map *map)
{
    uint64_t  i, kept;

    for (i = 0, kept = 0; i < map->size; i++) {
        kept += map->slots[i].code_status != 0
                && map->slots[i].last_id > map->base;
    }

    return kept;
}


/* The code's slot, or the empty one where it belongs.  There is an empty one
   in a map whose size is not 0. */
static struct map_slot *
map_slot_of(const struct coupon_map *map, uint64_t code)
{
    uint64_t          i;
    struct map_slot  *slot;

    for (i = map_mix(code); /* void */ ; i++) {
        slot = &map->slots[i & (map->size - 1)];

        if (slot->code_status == 0
            || slot->code_status >> MAP_STATUS_BITS == code)
        {
            return slot;
        }
    }
}


/* Imported codes may follow a pattern; a multiplication and the high bits of
   the product, folded down, spread it (Knuth's multiplicative hashing). */
static uint64_t
map_mix(uint64_t code)
{
    uint64_t  product;

    product = code * UINT64_C(0x9E3779B97F4A7C15);

    return product ^ product >> 32;
}
