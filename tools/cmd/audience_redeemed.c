/* Who redeemed a coupon, as the journal has it: he bought, whether or not an
   order or an event tells of it. */

#include <stdlib.h>

#include "audience_facts.h"
#include "rtn_coupon.h"
#include "rtn_id.h"

#define REDEEMED_FIRST  1024            /* changes, to begin with */
#define REDEEMED_SLICE  4096            /* changes between two looks around */

struct redeemed_change {
    uint64_t  code;
    uint64_t  id;
    uint32_t  customer;
    bool      is_restored;
};

struct redeemed {
    struct redeemed_change  *changes;
    size_t                   n;
    size_t                   size;
};


static int
redeemed_add(struct redeemed *redeemed, const struct rtn_coupon_change *change)
{
    size_t                   size;
    struct redeemed_change  *changes;

    if (redeemed->n == redeemed->size) {
        size = redeemed->size == 0 ? REDEEMED_FIRST : redeemed->size * 2;
        changes = reallocarray(redeemed->changes, size, sizeof(*changes));

        if (changes == NULL) {
            return RTN_ERR_NOMEM;
        }

        redeemed->changes = changes;
        redeemed->size = size;
    }

    redeemed->changes[redeemed->n++] = (struct redeemed_change) {
        .code = change->code, .id = change->id, .customer = change->customer,
        .is_restored = change->action == RTN_COUPON_RESTORE
    };

    return 0;
}


static int
redeemed_read(struct rtn_store *store, int64_t until_ms,
    struct redeemed *redeemed)
{
    int                        rc;
    uint64_t                   done = 0;
    struct rtn_journal_scan   *journal;
    struct rtn_coupon_change   change;

    rc = rtn_journal_scan_open(store, 0, &journal);

    if (rc != 0) {
        return rc;
    }

    while (rc == 0 && (++done % REDEEMED_SLICE != 0 || !cmd_interrupted())) {
        rc = rtn_journal_scan_next(journal, &change);

        if (rc == 0 && rtn_id_ms(change.id) < until_ms
            && (change.action == RTN_COUPON_REDEEM
                || change.action == RTN_COUPON_RESTORE))
        {
            rc = redeemed_add(redeemed, &change);
        }
    }

    rtn_journal_scan_close(journal);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
redeemed_compare(const void *a, const void *b)
{
    const struct redeemed_change  *x = a, *y = b;

    return x->code != y->code ? (x->code > y->code) - (x->code < y->code)
                              : (x->id > y->id) - (x->id < y->id);
}


int
cmd_redeemed_gather(struct cmd_context *ctx, struct cmd_seen *seen,
    int64_t until_ms)
{
    int                            rc;
    size_t                         i;
    struct redeemed                redeemed = { .n = 0 };
    const struct redeemed_change  *change;

    rc = redeemed_read(ctx->store, until_ms, &redeemed);

    if (rc == 0 && redeemed.n > 0) {
        qsort(redeemed.changes, redeemed.n, sizeof(*redeemed.changes),
              redeemed_compare);
    }

    for (i = 0; rc == 0 && i < redeemed.n; i++) {
        change = &redeemed.changes[i];

        if ((i + 1 < redeemed.n && change[1].code == change->code)
            || change->is_restored || change->customer >= seen->size)
        {
            continue;
        }

        if (rtn_id_ms(change->id) > seen->bought_ms[change->customer]) {
            seen->bought_ms[change->customer] = rtn_id_ms(change->id);
        }
    }

    free(redeemed.changes);

    return rc;
}
