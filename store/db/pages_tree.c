/* Walking the trees of an LMDB file; see pages.h. */

#include <endian.h>

#include "pages_tree.h"

#define PAGES_NONE         UINT64_MAX
#define PAGES_DEPTH_MAX    32       /* as LMDB's cursors have it */
#define PAGES_KEY_MAX      511
#define PAGES_LOOK         64       /* pages between looks at the clock */

/*
 * A page begins with
 *
 *     number u64 | unused u16 | kind u16 | lower u16 | upper u16
 *
 * and goes on with the offsets of its nodes, up to lower; the nodes lie from
 * upper to its end.  Overflow pages have their number, u32, for the last two.
 */
#define PAGE_BRANCH        0x01
#define PAGE_LEAF          0x02
#define PAGE_OVERFLOW      0x04

/*
 * A node: on a leaf, length of the data u32 | flags u16 | length of the key
 * u16 | key | data; on a branch, the child's number takes the first 6 bytes.
 */
#define NODE_HEAD          8
#define NODE_BIG           0x01     /* data is an overflow page's number */
#define NODE_TABLE         0x02     /* data is a table's record */

struct pages_table {
    uint32_t  unused;
    uint16_t  flags;
    uint16_t  depth;
    uint64_t  branches;
    uint64_t  leaves;
    uint64_t  overflows;
    uint64_t  entries;
    uint64_t  root;
};

_Static_assert(sizeof(struct pages_table) == TABLE_SIZE, "as LMDB's");

/* The walk of one tree. */
struct pages_walk {
    struct pages        *pages;
    enum pages_kind      kind;
    struct pages_table   table;         /* what its record says */
    struct pages_table   found;
};

struct pages_page {
    const uint8_t  *data;
    uint64_t        number;
    size_t          lower;
    size_t          upper;
    size_t          nodes;
};

struct pages_node {
    uint64_t        child;              /* or length of the data */
    uint16_t        flags;
    struct rtn_str  key;
    struct rtn_str  data;
};

static int pages_walk(struct pages_walk *walk, uint64_t number,
    unsigned level, const struct rtn_str *low, const struct rtn_str *high);
static int pages_branch(struct pages_walk *walk,
    const struct pages_page *page, unsigned level, const struct rtn_str *low,
    const struct rtn_str *high);
static int pages_leaf(struct pages_walk *walk, const struct pages_page *page,
    const struct rtn_str *low, const struct rtn_str *high);
static int pages_between(struct pages_walk *walk, uint64_t number,
    struct rtn_str key, const struct rtn_str *low,
    const struct rtn_str *high);
static int pages_page(struct pages_walk *walk, uint64_t number, bool is_leaf,
    struct pages_page *page);
static int pages_node(struct pages_walk *walk, const struct pages_page *page,
    size_t i, bool is_leaf, struct pages_node *node);
static int pages_order(struct pages_walk *walk, uint64_t number);
static inline bool pages_plain(const struct pages_page *page, size_t size,
    size_t i, struct pages_node *node);
static int pages_data(struct pages_walk *walk, const struct pages_page *page,
    struct pages_node *node);
static int pages_overflow(struct pages_walk *walk, uint64_t number,
    size_t len, struct rtn_str *data);
static int pages_free_list(struct pages *pages, struct rtn_str list);
static int pages_visit(struct pages *pages, uint64_t number);
static inline int pages_compare(enum pages_kind kind, struct rtn_str a,
    struct rtn_str b);


int
db_pages_tree(struct pages *pages, const uint8_t *record, enum pages_kind kind)
{
    int                  rc;
    struct pages_walk    walk = { .pages = pages, .kind = kind };
    struct pages_table  *says = &walk.table, *found = &walk.found;

    memcpy(says, record, sizeof(*says));

    if (kind != PAGES_FREE && says->flags != 0) {
        return db_pages_fail(pages, "a table has flags 0x%x", says->flags);
    }

    if (says->depth > PAGES_DEPTH_MAX
        || (says->root == PAGES_NONE) != (says->depth == 0))
    {
        return db_pages_fail(pages, "a table of %u levels begins at page %llu",
                           says->depth, (unsigned long long) says->root);
    }

    rc = says->depth == 0 ? 0 : pages_walk(&walk, says->root, 0, NULL, NULL);

    if (rc == 0
        && (found->branches != says->branches
            || found->leaves != says->leaves
            || found->overflows != says->overflows
            || found->entries != says->entries))
    {
        return db_pages_fail(pages, "the table at page %llu has %llu rows on "
                           "%llu pages, and not %llu on %llu",
                           (unsigned long long) says->root,
                           (unsigned long long) found->entries,
                           (unsigned long long) (found->leaves
                                                 + found->branches),
                           (unsigned long long) says->entries,
                           (unsigned long long) (says->leaves
                                                 + says->branches));
    }

    return rc;
}


/* As deep as the table's record says, which is bounded. */
static int
pages_walk(struct pages_walk *walk, uint64_t number, unsigned level,
    const struct rtn_str *low, const struct rtn_str *high)
{
    int                rc;
    bool               is_leaf;
    struct pages_page  page;

    is_leaf = level + 1u == walk->table.depth;

    rc = pages_page(walk, number, is_leaf, &page);
    if (rc != 0) {
        return rc;
    }

    return is_leaf ? pages_leaf(walk, &page, low, high)
                   : pages_branch(walk, &page, level, low, high);
}


/* The first node's key stands for all that is lower, whatever it is. */
static int
pages_branch(struct pages_walk *walk, const struct pages_page *page,
    unsigned level, const struct rtn_str *low, const struct rtn_str *high)
{
    int                    rc;
    size_t                 i, used;
    struct rtn_str         from;
    const struct rtn_str  *bound;
    struct pages_node      node, next;

    walk->found.branches++;

    rc = pages_node(walk, page, 0, false, &node);
    used = NODE_HEAD + ((node.key.len + 1) & ~(size_t) 1);
    bound = low;

    for (i = 0; rc == 0 && i < page->nodes; i++) {
        if (i + 1 < page->nodes) {
            rc = pages_node(walk, page, i + 1, false, &next);

            if (rc == 0) {
                rc = pages_between(walk, page->number, next.key, bound, high);
            }

            if (rc != 0) {
                break;
            }

            used += NODE_HEAD + ((next.key.len + 1) & ~(size_t) 1);
        }

        rc = pages_walk(walk, node.child, level + 1, bound,
                        i + 1 < page->nodes ? &next.key : high);

        from = next.key;
        bound = &from;
        node = next;
    }

    if (rc == 0 && used != walk->pages->size - page->upper) {
        return db_pages_fail(walk->pages, "page %llu: its nodes do not fill it",
                           (unsigned long long) page->number);
    }

    return rc;
}


/* Nearly all of the walk's time goes by here, in rows that are plain. */
static int
pages_leaf(struct pages_walk *walk, const struct pages_page *page,
    const struct rtn_str *low, const struct rtn_str *high)
{
    int                rc;
    size_t             i, used;
    struct rtn_str     before;
    struct pages_node  node;

    walk->found.leaves++;
    walk->found.entries += page->nodes;

    used = 0;
    before = low != NULL ? *low : (struct rtn_str) { "", 0 };

    for (i = 0; i < page->nodes; i++) {
        if (walk->kind != PAGES_ROWS
            || !pages_plain(page, walk->pages->size, i, &node))
        {
            rc = pages_node(walk, page, i, true, &node);

            if (rc == 0) {
                rc = pages_data(walk, page, &node);
            }

            if (rc != 0) {
                return rc;
            }
        }

        /* a leaf may begin with the key that its parent has for it */

        if (pages_compare(walk->kind, before, node.key) >= (i == 0 ? 1 : 0)) {
            return pages_order(walk, page->number);
        }

        used += (NODE_HEAD + node.key.len
                 + (node.flags & NODE_BIG ? sizeof(node.child)
                                          : (size_t) node.child) + 1)
                & ~(size_t) 1;
        before = node.key;
    }

    if (high != NULL && pages_compare(walk->kind, before, *high) >= 0) {
        return pages_order(walk, page->number);
    }

    if (used != walk->pages->size - page->upper) {
        return db_pages_fail(walk->pages, "page %llu: its nodes do not fill it",
                           (unsigned long long) page->number);
    }

    return 0;
}


static int
pages_order(struct pages_walk *walk, uint64_t number)
{
    return db_pages_fail(walk->pages, "page %llu: keys are not in order",
                       (unsigned long long) number);
}


/* Above low, where there is one, and below high. */
static int
pages_between(struct pages_walk *walk, uint64_t number, struct rtn_str key,
    const struct rtn_str *low, const struct rtn_str *high)
{
    if ((low == NULL || pages_compare(walk->kind, *low, key) < 0)
        && (high == NULL || pages_compare(walk->kind, key, *high) < 0))
    {
        return 0;
    }

    return pages_order(walk, number);
}


static int
pages_page(struct pages_walk *walk, uint64_t number, bool is_leaf,
    struct pages_page *page)
{
    int            rc;
    struct pages  *pages = walk->pages;

    rc = pages_visit(pages, number);
    if (rc != 0) {
        return rc;
    }

    if (pages->until_ms != 0 && ++pages->walked % PAGES_LOOK == 0
        && db_pages_now_ms() >= pages->until_ms)
    {
        return RTN_ERR_LIMIT;
    }

    if (number >= pages->there) {
        return db_pages_fail(pages, "it was cut before page %llu",
                           (unsigned long long) number);
    }

    page->data = pages->file + number * pages->size;
    page->number = number;
    page->lower = pages_u16(page->data + 12);
    page->upper = pages_u16(page->data + 14);

    if (pages_u64(page->data) != number
        || pages_u16(page->data + 10) != (is_leaf ? PAGE_LEAF : PAGE_BRANCH)
        || page->lower < PAGE_HEAD || page->lower % 2 != 0
        || page->upper < page->lower || page->upper > pages->size)
    {
        return db_pages_fail(pages, "page %llu: not the one that is expected",
                           (unsigned long long) number);
    }

    page->nodes = (page->lower - PAGE_HEAD) / 2;

    if (page->nodes < (is_leaf ? 1 : 2)) {
        return db_pages_fail(pages, "page %llu: %zu nodes",
                           (unsigned long long) number, page->nodes);
    }

    return 0;
}


static int
pages_node(struct pages_walk *walk, const struct pages_page *page, size_t i,
    bool is_leaf, struct pages_node *node)
{
    size_t          at, key, len, room;
    const uint8_t  *p;

    *node = (struct pages_node) { .flags = 0 };

    at = pages_u16(page->data + PAGE_HEAD + 2 * i);

    if (at < page->upper || at % 2 != 0
        || at + NODE_HEAD > walk->pages->size)
    {
        return db_pages_fail(walk->pages, "page %llu: node %zu is not on it",
                           (unsigned long long) page->number, i);
    }

    p = page->data + at;
    room = walk->pages->size - at - NODE_HEAD;
    key = pages_u16(p + 6);

    node->flags = is_leaf ? pages_u16(p + 4) : 0;
    node->child = pages_u32(p);
    len = 0;

    if (!is_leaf) {
        node->child |= (uint64_t) pages_u16(p + 4) << 32;

    } else if (node->flags & NODE_BIG) {
        len = sizeof(uint64_t);

    } else {
        len = (size_t) node->child;
    }

    if (key > room || len > room - key || key > PAGES_KEY_MAX
        || (key == 0 && (is_leaf || i > 0))
        || (walk->kind == PAGES_FREE && key != 0 && key != sizeof(uint64_t)))
    {
        return db_pages_fail(walk->pages, "page %llu: node %zu has no key, or "
                           "ends behind it",
                           (unsigned long long) page->number, i);
    }

    node->key = (struct rtn_str) { (const char *) p + NODE_HEAD, key };
    node->data = (struct rtn_str) { (const char *) p + NODE_HEAD + key, len };

    return 0;
}


/* A row with its data beside its key; what is none is looked at by
   pages_node. */
static inline bool
pages_plain(const struct pages_page *page, size_t size, size_t i,
    struct pages_node *node)
{
    size_t          at, key, len;
    const uint8_t  *p;

    at = pages_u16(page->data + PAGE_HEAD + 2 * i);

    if (at < page->upper || at % 2 != 0 || at + NODE_HEAD > size) {
        return false;
    }

    p = page->data + at;
    len = pages_u32(p);
    key = pages_u16(p + 6);

    if (pages_u16(p + 4) != 0 || key == 0 || key > PAGES_KEY_MAX
        || key + len > size - at - NODE_HEAD)
    {
        return false;
    }

    node->flags = 0;
    node->child = len;
    node->key = (struct rtn_str) { (const char *) p + NODE_HEAD, key };

    return true;
}


/* What a node of a leaf leads to. */
static int
pages_data(struct pages_walk *walk, const struct pages_page *page,
    struct pages_node *node)
{
    int       rc;
    uint16_t  flags;

    flags = walk->kind == PAGES_NAMES ? NODE_TABLE : NODE_BIG;
    rc = 0;

    if ((node->flags & ~flags) != 0
        || (walk->kind == PAGES_NAMES
            && (node->flags != NODE_TABLE || node->data.len != TABLE_SIZE)))
    {
        return db_pages_fail(walk->pages, "page %llu: a node with flags 0x%x",
                           (unsigned long long) page->number, node->flags);
    }

    if (node->flags & NODE_BIG) {
        rc = pages_overflow(walk, pages_u64((const uint8_t *)
                                            node->data.data),
                            (size_t) node->child, &node->data);
    }

    if (rc == 0 && walk->kind == PAGES_NAMES) {
        rc = db_pages_tree(walk->pages, (const uint8_t *) node->data.data,
                        PAGES_ROWS);
    }

    if (rc == 0 && walk->kind == PAGES_FREE) {
        rc = pages_free_list(walk->pages, node->data);
    }

    return rc;
}


static int
pages_overflow(struct pages_walk *walk, uint64_t number, size_t len,
    struct rtn_str *data)
{
    int             rc;
    uint64_t        n, i;
    const uint8_t  *p;
    struct pages   *pages = walk->pages;

    /* as many pages as a longer value had that it took the place of */

    n = (PAGE_HEAD - 1 + (uint64_t) len) / pages->size + 1;
    p = number < pages->there ? pages->file + number * pages->size : NULL;

    if (p != NULL && pages_u32(p + 12) > n) {
        n = pages_u32(p + 12);
    }

    if (p == NULL || n > pages->there - number) {
        return db_pages_fail(pages, "a long value at page %llu of %llu",
                           (unsigned long long) number,
                           (unsigned long long) pages->there);
    }

    for (i = 0; i < n; i++) {
        rc = pages_visit(pages, number + i);
        if (rc != 0) {
            return rc;
        }
    }

    if (pages_u64(p) != number || pages_u16(p + 10) != PAGE_OVERFLOW
        || pages_u32(p + 12) != n)
    {
        return db_pages_fail(pages, "page %llu: not the long value that is "
                           "expected", (unsigned long long) number);
    }

    walk->found.overflows += n;
    *data = (struct rtn_str) { (const char *) p + PAGE_HEAD, len };

    return 0;
}


/* How many there are, and their numbers; there may be room behind them. */
static int
pages_free_list(struct pages *pages, struct rtn_str list)
{
    int             rc;
    uint64_t        i, n;
    const uint8_t  *p;

    p = (const uint8_t *) list.data;
    n = list.len >= sizeof(n) ? pages_u64(p) : 0;

    if (list.len < sizeof(n) || list.len % sizeof(n) != 0
        || n > list.len / sizeof(n) - 1)
    {
        return db_pages_fail(pages, "a list of free pages is %zu bytes long",
                           list.len);
    }

    for (i = 1; i <= n; i++) {
        rc = pages_visit(pages, pages_u64(p + i * sizeof(n)));
        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}


static int
pages_visit(struct pages *pages, uint64_t number)
{
    if (number < PAGES_FIRST || number > pages->last) {
        return db_pages_fail(pages, "a page %llu is named, of %llu",
                           (unsigned long long) number,
                           (unsigned long long) pages->last);
    }

    if (pages->seen[number / 8] & 1u << number % 8) {
        return db_pages_fail(pages, "page %llu: it is named twice",
                           (unsigned long long) number);
    }

    pages->seen[number / 8] |= (uint8_t) (1u << number % 8);

    return 0;
}


/* As memcmp has it, by words; the last one may overlap that before it. */
static inline int
pages_compare(enum pages_kind kind, struct rtn_str a, struct rtn_str b)
{
    int       rc;
    size_t    i, len;
    uint64_t  one, other;

    len = a.len < b.len ? a.len : b.len;

    if (len < sizeof(one)) {
        rc = memcmp(a.data, b.data, len);
        len = 0;

        if (rc != 0) {
            return rc;
        }
    }

    for (i = 0; i < len; i += sizeof(one)) {
        if (i > len - sizeof(one)) {
            i = len - sizeof(one);
        }

        one = pages_u64((const uint8_t *) a.data + i);
        other = pages_u64((const uint8_t *) b.data + i);

        if (one != other && kind != PAGES_FREE) {
            one = be64toh(one);
            other = be64toh(other);
        }

        if (one != other) {
            return one < other ? -1 : 1;
        }
    }

    return a.len < b.len ? -1 : a.len > b.len;
}
