/*
 * The shop's calendar: which day of the shop a moment belongs to.
 *
 * A shop's day d is [rta_zone_day_start(d), rta_zone_day_start(d + 1)), where
 * the start is the first moment at which the shop's clocks show d or later.
 * So days follow each other without gap or overlap, whatever the clocks do:
 * - where midnight does not exist (America/Sao_Paulo 2018-11-04), the day
 *   begins with its first moment, 01:00;
 * - a day that was skipped (Pacific/Apia 2011-12-30) has no moment;
 * - where clocks went back over midnight (America/St_Johns until 2011), the
 *   repeated minutes belong to the day that had begun.
 *
 * The zone is the process's: rta_zone_use() sets TZ, and the days found are
 * kept in a table that all calls share.  So one thread only, for the whole
 * of this header.
 */

#ifndef RTA_ZONE_H_INCLUDED
#define RTA_ZONE_H_INCLUDED

#include "rtn_time.h"

#define RTA_ZONE_NAME_MAX   64      /* bytes of a name */

/* Times that have a day here: 1800-01-01 to 2199-12-31, UTC. */
#define RTA_ZONE_MS_MIN     INT64_C(-5364662400000)
#define RTA_ZONE_MS_MAX     INT64_C(7258118399999)

/*
 * Makes a zone the one that this process counts days in.
 *
 * name     of the tz database, as "Europe/Kyiv"; a zone file of
 *          /usr/share/zoneinfo, whatever TZDIR says.  "UTC" needs no file.
 *          "localtime" (the machine's, not the shop's) and "right/..." (with
 *          leap seconds, which our times have not) are not taken.
 * reason   on failure, a static sentence of what is wrong
 *
 * Sets TZ for the whole process, children included.
 *
 * RTN_ERR_LIMIT: not the form of a name.  RTN_ERR_NOT_FOUND: no such zone.
 * RTN_ERR_NOMEM.  On failure the zone stays what it was.
 */
int rta_zone_use(struct rtn_str name, const char **reason);

/*
 * The shop's day of a moment.
 *
 * ms   RTA_ZONE_MS_MIN to RTA_ZONE_MS_MAX, else an assert
 *
 * Some nanoseconds for days seen lately, in any order; some microseconds the
 * first time.  rta_zone_use has succeeded before.
 */
rtn_day_t rta_zone_day(int64_t ms);

/*
 * The first moment of a day, in ms since the Unix epoch; for a skipped day,
 * that of the next.
 *
 * day   of a time between RTA_ZONE_MS_MIN and RTA_ZONE_MS_MAX, give or take
 *       two, else an assert
 *
 * rta_zone_use has succeeded before.
 */
int64_t rta_zone_day_start(rtn_day_t day);

#endif /* RTA_ZONE_H_INCLUDED */
