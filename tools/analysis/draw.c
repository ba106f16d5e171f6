#include "draw.h"

#include <sodium.h>

#define DRAW_HASH_LEN   32
#define DRAW_PART_LEN    8

enum draw_part {
    DRAW_PART_HOLDOUT = 0,
    DRAW_PART_ARM,
    DRAW_PART_RANK
};


static bool draw_shares_are_whole(const uint32_t *shares_ppm, size_t n);
static int draw_hash(const uint8_t *secret, uint32_t campaign,
    struct rtn_str customer_id, uint8_t hash[DRAW_HASH_LEN]);
static uint64_t draw_part(const uint8_t hash[DRAW_HASH_LEN],
    enum draw_part part);
static unsigned draw_arm(const uint32_t *shares_ppm, size_t n, uint32_t ppm);


int
rta_draw(const uint8_t secret[RTA_DRAW_SECRET_LEN], uint32_t campaign,
    struct rtn_str customer_id, uint32_t holdout_ppm,
    const uint32_t *arm_shares_ppm, size_t n_arms, struct rta_draw *draw)
{
    int      rc;
    uint8_t  hash[DRAW_HASH_LEN];

    if (customer_id.len == 0 || customer_id.len > RTN_CUSTOMER_ID_MAX
        || holdout_ppm > RTA_DRAW_PPM
        || !draw_shares_are_whole(arm_shares_ppm, n_arms))
    {
        return RTN_ERR_LIMIT;
    }

    rc = draw_hash(secret, campaign, customer_id, hash);
    if (rc != RTN_OK) {
        return rc;
    }

    draw->is_holdout = draw_part(hash, DRAW_PART_HOLDOUT) % RTA_DRAW_PPM
                       < holdout_ppm;
    draw->arm = 0;
    draw->rank = draw_part(hash, DRAW_PART_RANK);

    if (!draw->is_holdout) {
        draw->arm = draw_arm(arm_shares_ppm, n_arms,
                             draw_part(hash, DRAW_PART_ARM) % RTA_DRAW_PPM);
    }

    return RTN_OK;
}


void
rta_draw_global_key(const uint8_t secret[RTA_DRAW_SECRET_LEN],
    uint8_t key[RTA_DRAW_SECRET_LEN])
{
    crypto_generichash(key, RTA_DRAW_SECRET_LEN,
                       (const uint8_t *) RTA_DRAW_GLOBAL,
                       sizeof(RTA_DRAW_GLOBAL) - 1, secret,
                       RTA_DRAW_SECRET_LEN);
}


bool
rta_draw_is_global(const uint8_t key[RTA_DRAW_SECRET_LEN],
    struct rtn_str customer_id, uint32_t share_ppm)
{
    uint8_t  hash[DRAW_HASH_LEN];

    if (share_ppm == 0) {
        return false;
    }

    crypto_generichash(hash, sizeof(hash), (const uint8_t *) customer_id.data,
                       customer_id.len, key, RTA_DRAW_SECRET_LEN);

    return draw_part(hash, DRAW_PART_HOLDOUT) % RTA_DRAW_PPM < share_ppm;
}


static bool
draw_shares_are_whole(const uint32_t *shares_ppm, size_t n)
{
    size_t    i;
    uint32_t  left;

    left = RTA_DRAW_PPM;

    for (i = 0; i < n; i++) {
        if (shares_ppm[i] > left) {
            return false;
        }

        left -= shares_ppm[i];
    }

    return left == 0;
}


static int
draw_hash(const uint8_t *secret, uint32_t campaign, struct rtn_str customer_id,
    uint8_t hash[DRAW_HASH_LEN])
{
    uint8_t                   number[4];
    crypto_generichash_state  state;

    number[0] = (uint8_t) (campaign >> 24);
    number[1] = (uint8_t) (campaign >> 16);
    number[2] = (uint8_t) (campaign >> 8);
    number[3] = (uint8_t) campaign;

    if (crypto_generichash_init(&state, secret, RTA_DRAW_SECRET_LEN,
                                DRAW_HASH_LEN) != 0
        || crypto_generichash_update(&state, number, sizeof(number)) != 0
        || crypto_generichash_update(&state,
                                     (const uint8_t *) customer_id.data,
                                     customer_id.len) != 0
        || crypto_generichash_final(&state, hash, DRAW_HASH_LEN) != 0)
    {
        return RTN_ERR_LIMIT;
    }

    return RTN_OK;
}


static uint64_t
draw_part(const uint8_t hash[DRAW_HASH_LEN], enum draw_part part)
{
    size_t    i;
    uint64_t  n;

    n = 0;

    for (i = 0; i < DRAW_PART_LEN; i++) {
        n = n << 8 | hash[part * DRAW_PART_LEN + i];
    }

    return n;
}


static unsigned
draw_arm(const uint32_t *shares_ppm, size_t n, uint32_t ppm)
{
    size_t  i;

    for (i = 0; i + 1 < n && ppm >= shares_ppm[i]; i++) {
        ppm -= shares_ppm[i];
    }

    return (unsigned) i;
}
