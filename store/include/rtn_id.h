/*
 * Ids of events and of journal entries: 64 bits that rise in the order of
 * writing, whoever wrote and whatever the clock did.
 *
 *    63                 22 21     14 13  12          0
 *   +---------------------+---------+---+-------------+
 *   | milliseconds        | node    | e | counter     |
 *   | since 2020, 42 bits | 8 bits  | 1 | 13 bits     |
 *   +---------------------+---------+---+-------------+
 *
 * e is the environment: 0 the event log, 1 the coupon journal, so that ids
 * are unique over both.  42 bits of milliseconds last until 2159.
 */

#ifndef RTN_ID_H_INCLUDED
#define RTN_ID_H_INCLUDED

#include "rtn.h"

#define RTN_ID_EPOCH_MS   INT64_C(1577836800000)    /* 2020-01-01T00:00:00Z */
#define RTN_NODE_MAX      255

enum rtn_id_environment {
    RTN_ID_EVENTS  = 0,
    RTN_ID_JOURNAL = 1
};

/*
 * The next id after last (0 when there is none yet).
 *
 * now_ms   the clock; before 2020 counts as 2020
 * node     0 to RTN_NODE_MAX
 *
 * When the clock stands at or behind last, the counter of last goes up by
 * one, and carries into the milliseconds.  Always greater than last, but 0
 * when the last id of 2159 is used up.
 * Any thread.
 */
uint64_t rtn_id_next(uint64_t last, int64_t now_ms, unsigned node,
    enum rtn_id_environment environment);

/* The first id that a millisecond can have; for seeking.  Any thread. */
uint64_t rtn_id_first(int64_t ms);

/* The time an id was given, in ms since the Unix epoch.  Any thread. */
int64_t rtn_id_ms(uint64_t id);

#endif /* RTN_ID_H_INCLUDED */
