/* Which files of the event log there are; see segment.h. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dir.h"
#include "segment.h"

#define SEGMENT_SUFFIX       ".mdb"
#define SEGMENT_LOCK_SUFFIX  "-lock"
#define SEGMENT_DIGITS       6
#define SEGMENT_LIST_FIRST   16         /* numbers; more by doubling */

static int segment_compare(const void *a, const void *b);
static int segment_add(struct db_segment_list *list, size_t *size,
    uint32_t number);
static bool segment_number(const char *name, uint32_t *number);


void
db_segment_name(uint32_t number, char name[SEGMENT_NAME_MAX])
{
    snprintf(name, SEGMENT_NAME_MAX, "events/%06u" SEGMENT_SUFFIX,
             number % (SEGMENT_NUMBER_MAX + 1));
}


int
db_segment_path(const struct rtn_store *store, uint32_t number,
    char path[DB_PATH_MAX])
{
    char  name[SEGMENT_NAME_MAX];

    db_segment_name(number, name);

    return db_dir_join(path, store->path, name);
}


int
db_segments_list(const char *path, struct db_segment_list *list)
{
    int                     rc;
    DIR                    *dir;
    char                    events[DB_PATH_MAX];
    size_t                  size;
    uint32_t                number;
    struct dirent          *entry;
    struct db_segment_list  found = { 0, NULL };

    rc = db_dir_join(events, path, db_environment_name(DB_EVENTS));
    if (rc != 0) {
        return rc;
    }

    dir = opendir(events);
    if (dir == NULL) {
        return db_err(errno);
    }

    size = 0;

    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        if (segment_number(entry->d_name, &number)) {
            rc = segment_add(&found, &size, number);
        }
    }

    closedir(dir);

    if (rc != 0) {
        free(found.numbers);
        return rc;
    }

    if (found.n > 0) {
        qsort(found.numbers, found.n, sizeof(*found.numbers),
              segment_compare);
    }

    *list = found;

    return 0;
}


static int
segment_compare(const void *a, const void *b)
{
    uint32_t  one, other;

    one = *(const uint32_t *) a;
    other = *(const uint32_t *) b;

    return one < other ? -1 : one > other;
}


static int
segment_add(struct db_segment_list *list, size_t *size, uint32_t number)
{
    size_t  more;
    void   *p;

    if (list->n == *size) {
        more = *size == 0 ? SEGMENT_LIST_FIRST : *size * 2;

        p = realloc(list->numbers, more * sizeof(*list->numbers));
        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        list->numbers = p;
        *size = more;
    }

    list->numbers[list->n++] = number;

    return 0;
}


/* Six digits and the suffix, from 000001 on. */
static bool
segment_number(const char *name, uint32_t *number)
{
    size_t    i;
    uint32_t  value;

    value = 0;

    for (i = 0; i < SEGMENT_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return false;
        }

        value = value * 10 + (uint32_t) (name[i] - '0');
    }

    if (value == 0 || strcmp(name + i, SEGMENT_SUFFIX) != 0) {
        return false;
    }

    *number = value;

    return true;
}


int
db_segments_locate(struct rtn_store *store)
{
    int                     rc;
    size_t                  last;
    struct db_segment_list  list;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    if (list.n == 0) {
        return RTN_ERR_ABSENT;
    }

    /* the last one may be torn: only the one before it can tell */
    last = list.n - 1;

    if (last > 0 && list.numbers[last] - list.numbers[last - 1] == 1) {
        last--;
    }

    store->segment = list.numbers[last];

    free(list.numbers);

    return 0;
}


int
db_segment_remove(struct rtn_store *store, uint32_t number)
{
    int   rc;
    char  path[DB_PATH_MAX], lock[DB_PATH_MAX];

    rc = db_segment_path(store, number, path);

    if (rc == 0 && (size_t) snprintf(lock, sizeof(lock), "%s%s", path,
                                     SEGMENT_LOCK_SUFFIX) >= sizeof(lock))
    {
        rc = RTN_ERR_LIMIT;
    }

    if (rc != 0) {
        return rc;
    }

    if ((unlink(path) != 0 && errno != ENOENT)
        || (unlink(lock) != 0 && errno != ENOENT))
    {
        return db_err(errno);
    }

    return 0;
}
