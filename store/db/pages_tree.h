/*
 * Private to store/db: the trees of an LMDB file, for pages.c alone.
 */

#ifndef DB_PAGES_TREE_H_INCLUDED
#define DB_PAGES_TREE_H_INCLUDED

#include <string.h>

#include "pages.h"

#define PAGES_FIRST  2              /* the two before it are meta pages */
#define PAGE_HEAD    16             /* bytes before a page's own */
#define TABLE_SIZE   48             /* of a table's record */

enum pages_kind {
    PAGES_FREE = 0,         /* keys are numbers, data are lists of pages */
    PAGES_NAMES,            /* data are tables' records */
    PAGES_ROWS
};

struct pages {
    const uint8_t          *file;
    size_t                  bytes;
    size_t                  size;       /* of a page */
    uint64_t                last;       /* page of the snapshot */
    uint64_t                there;      /* pages of the file */
    uint8_t                *seen;       /* a bit for each page up to last */
    uint64_t                walked;     /* pages so far */
    int64_t                 until_ms;   /* when to give up; 0: never */
    struct db_pages_fault  *fault;
};

/* Walks the tree that a table's record names, and those named in it. */
int db_pages_tree(struct pages *pages, const uint8_t *record,
    enum pages_kind kind);

/* Fills the sentence and returns RTN_ERR_DAMAGED. */
int db_pages_fail(struct pages *pages, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


static inline uint16_t
pages_u16(const uint8_t *p)
{
    uint16_t  value;

    memcpy(&value, p, sizeof(value));

    return value;
}


static inline uint32_t
pages_u32(const uint8_t *p)
{
    uint32_t  value;

    memcpy(&value, p, sizeof(value));

    return value;
}


static inline uint64_t
pages_u64(const uint8_t *p)
{
    uint64_t  value;

    memcpy(&value, p, sizeof(value));

    return value;
}

#endif /* DB_PAGES_TREE_H_INCLUDED */
