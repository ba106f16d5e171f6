/*
 * Private to store/db: the parts of a coupon's decision.
 *
 *     base row + offer        coupon_base.c     what was issued
 *     journal                 journal.c         what changed
 *     code -> last change     coupon_overlay.c  where to find it
 *     facts + job -> outcome  coupon_judge.c    pure
 */

#ifndef DB_COUPON_H_INCLUDED
#define DB_COUPON_H_INCLUDED

#include "db.h"
#include "rtn_coupon.h"

/* coupon.c */

/*
 * What an offer takes off an amount, in its minor units.  Percentages are
 * rounded half up; never more than the amount; 0 for what is not money off.
 */
int64_t coupon_discount(const struct rtn_offer *offer, int64_t amount_minor);


/* coupon_judge.c */

/* All that a decision knows of a coupon; zeroed where is_known is false. */
struct coupon_facts {
    bool                      is_known;
    struct rtn_coupon         coupon;
    struct rtn_offer          offer;
    enum rtn_coupon_status    status;
    struct rtn_coupon_change  last;     /* last.id 0: never changed */
};

struct coupon_outcome {
    enum rtn_coupon_reason  reason;
    bool                    is_repeat;
    int64_t                 discount_minor;
    rtn_currency_t          discount_currency;
    int64_t                 reserved_until_ms;
    enum rtn_coupon_action  change;     /* to append; 0: none */
};

/* Whether the coupon is good for its customer alone. */
bool coupon_is_bound(const struct coupon_facts *facts);

/* The decision: of its arguments alone.  Any thread. */
void coupon_judge(const struct coupon_facts *facts,
    const struct rtn_coupon_job *job, int64_t now_ms,
    struct coupon_outcome *outcome);


/* coupon_base.c; each RTN_ERR_NOT_FOUND, and db_get's and db_put's errors. */

/* A coupon as it is by the base alone, whose cursor stands in the journal;
   changed_ms is none of the row's. */
int coupon_base_get(struct db_txn *txn, uint64_t code,
    struct rtn_coupon_state *state);
int coupon_base_put(struct db_txn *txn, const struct rtn_coupon_state *state);
int coupon_offer_get(struct db_txn *txn, uint32_t campaign, uint8_t tier,
    struct rtn_offer *offer);

/* is_changed is set where the stored one was another or none. */
int coupon_offer_put(struct db_txn *txn, uint32_t campaign, uint8_t tier,
    const struct rtn_offer *offer, bool *is_changed);


/* journal.c */

int journal_get(struct db_txn *txn, uint64_t id,
    struct rtn_coupon_change *change);
int journal_append(struct db_txn *txn, const struct rtn_coupon_change *change);
int journal_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_coupon_change *change);


/* coupon_overlay.c */

/*
 * Where each coupon stands that changed behind the base's cursor: its status
 * and the id of its last change, whose row has the rest.  Deciding and reading
 * may be done by two threads at once, so each has a map of its own; one that
 * is not used takes no memory.
 */
struct coupon_map;

enum coupon_map_role {
    COUPON_MAP_WRITER = 0,              /* under the writer lock */
    COUPON_MAP_READER,                  /* the opening thread's */
    COUPON_MAP_ROLES
};

/* The store's map of a role.  RTN_ERR_NOMEM. */
int coupon_map_of(struct rtn_store *store, enum coupon_map_role role,
    struct coupon_map **map);

/* Applies the journal behind the last id that the map has seen, or behind the
   base's cursor where that is further. */
int coupon_map_catch_up(struct coupon_map *map, struct db_txn *txn);

/* What the map knows, where that is later than what the base had. */
void coupon_map_overlay(const struct coupon_map *map,
    struct rtn_coupon_state *state);

/* Zeros for a coupon that is not in the map. */
void coupon_map_find(const struct coupon_map *map, uint64_t code,
    enum rtn_coupon_status *status, uint64_t *last_id);

/* RTN_ERR_NOMEM: no memory, or COUPON_MAP_SLOTS_MAX.  Never fails for a
   coupon that is in the map. */
int coupon_map_put(struct coupon_map *map, uint64_t code,
    enum rtn_coupon_status status, uint64_t last_id);

/* The last id of the journal, as far as the map has seen it. */
uint64_t coupon_map_seen(const struct coupon_map *map);
void coupon_map_see(struct coupon_map *map, uint64_t id);

/* What a coupon is after a change. */
enum rtn_coupon_status coupon_status_after(enum rtn_coupon_action action);

/* For rtn_store_close; NULL is allowed. */
void coupon_overlay_free(struct db_journal_overlay *overlay);

#endif /* DB_COUPON_H_INCLUDED */
