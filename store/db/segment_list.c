/* Which files of the event log there are; see segment.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "segment.h"

#define SEGMENT_DIGITS      6
#define SEGMENT_LIST_FIRST  16          /* numbers; more by doubling */

static const char *const  segment_suffixes[DB_SEGMENT_FORMS] = {
    [DB_SEGMENT_PLAIN]  = ".mdb",
    [DB_SEGMENT_PACKED] = ".z",
    [DB_SEGMENT_PART]   = ".z.part",
    [DB_SEGMENT_LOCK]   = ".mdb-lock"
};

static int segment_compare(const void *a, const void *b);
static void segment_unique(struct db_segment_list *list);
static int segment_add(struct db_segment_list *list, size_t *size,
    uint32_t number);
static bool segment_number(const char *name, uint32_t *number);


void
db_segment_name(uint32_t number, enum db_segment_form form,
    char name[SEGMENT_NAME_MAX])
{
    snprintf(name, SEGMENT_NAME_MAX, "events/%06u%s",
             number % (SEGMENT_NUMBER_MAX + 1), segment_suffixes[form]);
}


int
db_segment_path(const struct rtn_store *store, uint32_t number,
    enum db_segment_form form, char path[DB_PATH_MAX])
{
    char  name[SEGMENT_NAME_MAX];

    db_segment_name(number, form, name);

    return db_dir_join(path, store->path, name);
}


int
db_segment_find(const struct rtn_store *store, uint32_t number,
    enum db_segment_form *form, uint64_t *bytes)
{
    int          rc;
    char         path[DB_PATH_MAX];
    size_t       i;
    struct stat  st;

    /* in this order: a plain one goes when the other is there */

    for (i = DB_SEGMENT_PLAIN; i <= DB_SEGMENT_PACKED; i++) {
        rc = db_segment_path(store, number, i, path);
        if (rc != 0) {
            return rc;
        }

        if (stat(path, &st) == 0) {
            *form = i;

            if (bytes != NULL) {
                *bytes = (uint64_t) st.st_size;
            }

            return 0;
        }

        if (errno != ENOENT) {
            return db_err(errno);
        }
    }

    return RTN_ERR_ABSENT;
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
        segment_unique(&found);
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


/* Where a segment is there in two forms, it is one. */
static void
segment_unique(struct db_segment_list *list)
{
    size_t  i, n;

    n = 1;

    for (i = 1; i < list->n; i++) {
        if (list->numbers[i] != list->numbers[n - 1]) {
            list->numbers[n++] = list->numbers[i];
        }
    }

    list->n = n;
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


/* Six digits, from 000001 on, and the suffix of what can be read. */
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

    name += SEGMENT_DIGITS;

    if (value == 0
        || (strcmp(name, segment_suffixes[DB_SEGMENT_PLAIN]) != 0
            && strcmp(name, segment_suffixes[DB_SEGMENT_PACKED]) != 0))
    {
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
    enum db_segment_form    form;
    struct db_segment_list  list;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    if (list.n == 0) {
        return RTN_ERR_ABSENT;
    }

    /* the last one may be torn: only the one before it can tell, which is
       closed where it is compressed */

    last = list.n - 1;

    if (last > 0 && list.numbers[last] - list.numbers[last - 1] == 1
        && db_segment_find(store, list.numbers[last - 1], &form, NULL) == 0
        && form == DB_SEGMENT_PLAIN)
    {
        last--;
    }

    store->segment = list.numbers[last];

    free(list.numbers);

    return 0;
}


int
db_segment_remove(struct rtn_store *store, uint32_t number)
{
    int     rc;
    size_t  i;

    rc = 0;

    for (i = 0; rc == 0 && i < DB_SEGMENT_FORMS; i++) {
        rc = db_segment_unlink(store, number, i);
    }

    return rc;
}


int
db_segment_unlink(const struct rtn_store *store, uint32_t number,
    enum db_segment_form form)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_segment_path(store, number, form, path);

    if (rc == 0 && unlink(path) != 0 && errno != ENOENT) {
        rc = db_err(errno);
    }

    return rc;
}


int
db_segments_lock(const struct rtn_store *store, int *fd)
{
    int   rc, opened;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, store->path, db_environment_name(DB_EVENTS));
    if (rc != 0) {
        return rc;
    }

    opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened == -1) {
        return db_err(errno);
    }

    if (flock(opened, LOCK_EX) != 0) {
        rc = db_err(errno);
        close(opened);
        return rc;
    }

    *fd = opened;

    return 0;
}
