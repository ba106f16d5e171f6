#include "zone.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ZONE_DIR        "/usr/share/zoneinfo/"
#define ZONE_MAGIC      "TZif"
#define ZONE_MAGIC_LEN  4

#define ZONE_DAY_S      INT64_C(86400)
#define ZONE_DAY_MS     (ZONE_DAY_S * 1000)

/* No zone was ever 16 hours from UTC; the widest is Manila's old -15:56. */
#define ZONE_OFFSET_MAX_S  (INT64_C(16) * 3600)

/* No zone ever changed its clocks and back within the hour. */
#define ZONE_STRIDE_S      INT64_C(3600)

#define ZONE_DAY_MIN    (RTA_ZONE_MS_MIN / ZONE_DAY_MS - 2)
#define ZONE_DAY_MAX    (RTA_ZONE_MS_MAX / ZONE_DAY_MS + 2)

/* Starts found, by day modulo the size: five years of days, 32 kilobytes. */
#define ZONE_STARTS     2048

struct zone_start {
    bool       is_known;
    rtn_day_t  day;
    int64_t    ms;
};


static const char *zone_check_name(struct rtn_str name);
static bool zone_has_file(const char *path);
static int64_t zone_find_start(rtn_day_t day);
static int64_t zone_offset(int64_t s);
static int64_t zone_change(int64_t before, int64_t after);


static bool               zone_is_set;
static struct zone_start  zone_starts[ZONE_STARTS];


int
rta_zone_use(struct rtn_str name, const char **reason)
{
    char  tz[sizeof(":" ZONE_DIR) + RTA_ZONE_NAME_MAX];

    *reason = zone_check_name(name);
    if (*reason != NULL) {
        return RTN_ERR_LIMIT;
    }

    if (name.len == 3 && memcmp(name.data, "UTC", 3) == 0) {
        (void) snprintf(tz, sizeof(tz), "UTC0");

    } else {
        (void) snprintf(tz, sizeof(tz), ":" ZONE_DIR "%.*s", (int) name.len,
                        name.data);

        if (!zone_has_file(tz + 1)) {
            *reason = "no such time zone in " ZONE_DIR;
            return RTN_ERR_NOT_FOUND;
        }
    }

    if (setenv("TZ", tz, 1) != 0) {
        *reason = "out of memory";
        return RTN_ERR_NOMEM;
    }

    tzset();
    memset(zone_starts, 0, sizeof(zone_starts));
    zone_is_set = true;

    return RTN_OK;
}


/* Days of no moment end where they start, so the later of two is taken. */

rtn_day_t
rta_zone_day(int64_t ms)
{
    rtn_day_t  day;

    assert(ms >= RTA_ZONE_MS_MIN && ms <= RTA_ZONE_MS_MAX);

    /* Counted from the first time, so that division rounds down. */

    day = (rtn_day_t) ((ms - RTA_ZONE_MS_MIN) / ZONE_DAY_MS
                       + RTA_ZONE_MS_MIN / ZONE_DAY_MS) + 1;

    while (rta_zone_day_start(day) > ms) {
        day--;
    }

    return day;
}


int64_t
rta_zone_day_start(rtn_day_t day)
{
    struct zone_start  *start;

    assert(zone_is_set);
    assert(day >= ZONE_DAY_MIN && day <= ZONE_DAY_MAX);

    start = &zone_starts[(uint32_t) day % ZONE_STARTS];

    if (!start->is_known || start->day != day) {
        start->ms = zone_find_start(day) * 1000;
        start->day = day;
        start->is_known = true;
    }

    return start->ms;
}


/* What is wrong with a name, or NULL.  No dot is allowed, so no "..". */

static const char *
zone_check_name(struct rtn_str name)
{
    char    c, last;
    size_t  i;

    static const char  right[] = "right/";
    static const char  machine[] = "localtime";

    if (name.len == 0 || name.len > RTA_ZONE_NAME_MAX) {
        return "a time zone has 1 to 64 characters, such as Europe/Kyiv";
    }

    last = '/';

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')
            && !(c >= '0' && c <= '9') && (c == '\0' || !strchr("_+/-", c)))
        {
            return "a time zone has letters, digits, '_', '+', '-' and '/'";
        }

        if (c == '/' && last == '/') {
            return "a time zone's '/' stands between two names";
        }

        last = c;
    }

    if (last == '/') {
        return "a time zone's '/' stands between two names";
    }

    if (name.len >= sizeof(right) - 1
        && memcmp(name.data, right, sizeof(right) - 1) == 0)
    {
        return "zones with leap seconds are not taken";
    }

    if (name.len == sizeof(machine) - 1
        && memcmp(name.data, machine, sizeof(machine) - 1) == 0)
    {
        return "the time zone is the shop's, not the machine's";
    }

    return NULL;
}


static bool
zone_has_file(const char *path)
{
    bool         has_magic;
    char         magic[ZONE_MAGIC_LEN];
    FILE        *file;
    struct stat  st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return false;
    }

    file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }

    has_magic = fread(magic, 1, sizeof(magic), file) == sizeof(magic)
                && memcmp(magic, ZONE_MAGIC, sizeof(magic)) == 0;

    (void) fclose(file);

    return has_magic;
}


/*
 * The first second at which clocks show the day or a later one.  Between two
 * changes the offset is constant, so each stretch has at most one such
 * second; the stretches are gone through in order.
 */

static int64_t
zone_find_start(rtn_day_t day)
{
    int64_t  midnight, from, to, offset, local;

    midnight = day * ZONE_DAY_S;
    from = midnight - ZONE_OFFSET_MAX_S;
    offset = zone_offset(from);

    for ( ;; ) {
        local = midnight - offset;
        to = from + ZONE_STRIDE_S;

        if (zone_offset(to) != offset) {
            to = zone_change(from, to);
        }

        if (local < to) {
            return (local > from) ? local : from;
        }

        from = to;
        offset = zone_offset(from);
    }
}


/* What the zone's clocks are ahead of UTC, in seconds. */

static int64_t
zone_offset(int64_t s)
{
    time_t     t;
    struct tm  tm;

    t = s;

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    return tm.tm_gmtoff;
}


/* The first second of after's offset; before has another. */

static int64_t
zone_change(int64_t before, int64_t after)
{
    int64_t  middle, offset;

    offset = zone_offset(after);

    while (after - before > 1) {
        middle = before + (after - before) / 2;

        if (zone_offset(middle) == offset) {
            after = middle;

        } else {
            before = middle;
        }
    }

    return after;
}
