/*
 * Private to store/db: how the event log keeps an event, in one row or in
 * several where it is long.
 *
 *     key       id, 8 bytes | part, 1 byte
 *     part 0    number of parts, 1 byte | bytes
 *     others    bytes
 *
 * Each row's envelope covers its key, so the id as well.  Of several parts,
 * the bytes joined are an envelope of their own over the id, so that parts of
 * two writings never pass for one.
 */

#ifndef DB_LOG_H_INCLUDED
#define DB_LOG_H_INCLUDED

#include "codec/record.h"
#include "db.h"
#include "rtn_log.h"

#define LOG_KEY_SIZE    DB_LOG_KEY
#define LOG_PARTS_MAX   16
#define LOG_PART_MAX    (DB_VALUE_MAX - RTN_RECORD_OVERHEAD - 1)
#define LOG_SEALED_MAX  (RTN_EVENT_RECORD_MAX + RTN_RECORD_OVERHEAD)

_Static_assert(LOG_SEALED_MAX <= LOG_PARTS_MAX * LOG_PART_MAX,
               "an event does not fit its parts");

#endif /* DB_LOG_H_INCLUDED */
