/* Ids of events and journal entries; the picture is in rtn_id.h. */

#include "rtn_id.h"

#define ID_MS_SHIFT     22
#define ID_NODE_SHIFT   14
#define ID_ENV_SHIFT    13
#define ID_COUNTER_MAX  UINT64_C(0x1FFF)
#define ID_MS_MAX       ((UINT64_C(1) << 42) - 1)


static uint64_t
id_ticks(int64_t ms)
{
    uint64_t  ticks;

    if (ms <= RTN_ID_EPOCH_MS) {
        return 0;
    }

    ticks = (uint64_t) ms - (uint64_t) RTN_ID_EPOCH_MS;

    return ticks < ID_MS_MAX ? ticks : ID_MS_MAX;
}


uint64_t
rtn_id_next(uint64_t last, int64_t now_ms, unsigned node,
    enum rtn_id_environment environment)
{
    uint64_t  id, ticks, low;

    low = (uint64_t) (node & RTN_NODE_MAX) << ID_NODE_SHIFT
          | (uint64_t) (environment & 1) << ID_ENV_SHIFT;

    ticks = id_ticks(now_ms);

    if (last < ticks << ID_MS_SHIFT) {
        return ticks << ID_MS_SHIFT | low;
    }

    ticks = last >> ID_MS_SHIFT;

    if ((last & ID_COUNTER_MAX) < ID_COUNTER_MAX) {
        id = ticks << ID_MS_SHIFT | low | ((last & ID_COUNTER_MAX) + 1);

        /* A store whose node was lowered carries as if the counter was full. */

        if (id > last) {
            return id;
        }
    }

    return ticks < ID_MS_MAX ? (ticks + 1) << ID_MS_SHIFT | low : 0;
}


uint64_t
rtn_id_first(int64_t ms)
{
    return id_ticks(ms) << ID_MS_SHIFT;
}


int64_t
rtn_id_ms(uint64_t id)
{
    return (int64_t) (id >> ID_MS_SHIFT) + RTN_ID_EPOCH_MS;
}
