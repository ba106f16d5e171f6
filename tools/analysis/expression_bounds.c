/*
 * What is certain about conditions, by abstract interpretation (Cousot and
 * Cousot, 1977) over boxes: a box has for each field a range that surely
 * holds the field's value whenever the condition holds.
 */

#include "expression_node.h"
#include "rfm.h"

#include <assert.h>
#include <string.h>

#define BOUNDS_SLOTS_MAX   16       /* fields, of money by currency */
#define BOUNDS_TEXTS_MAX   64       /* literals of text */
#define BOUNDS_INFINITY    (INT64_MAX / 2)

struct bounds_slot {
    const struct rta_field  *field;
    rtn_currency_t           currency;
    struct rtn_str           argument;
};

/* Numbers for the fields and the texts; what does not fit stays unknown. */
struct bounds_map {
    size_t              slot_count;
    struct bounds_slot  slots[BOUNDS_SLOTS_MAX];
    size_t              text_count;
    struct rtn_str      texts[BOUNDS_TEXTS_MAX];
};

/*
 * Only a comparison that holds makes a range narrower than all numbers, and
 * it does not hold for a missing value: where the range is narrower, there
 * surely is a value.
 */
struct bounds_range {
    int64_t  low;
    int64_t  high;
};

struct bounds_box {
    bool                 is_empty;
    struct bounds_range  ranges[BOUNDS_SLOTS_MAX];
};

enum bounds_verdict {
    BOUNDS_NEVER = 0,
    BOUNDS_MAYBE,
    BOUNDS_ALWAYS
};


static void bounds_box_init(struct bounds_box *box);
static void bounds_box_of(struct bounds_map *map,
    const struct rta_expression *expression, struct bounds_box *box);
static void bounds_box_compare(struct bounds_map *map,
    const struct rta_node *node, struct bounds_box *box);
static void bounds_box_and(struct bounds_box *a, const struct bounds_box *b);
static void bounds_box_or(struct bounds_box *a, const struct bounds_box *b);
static enum bounds_verdict bounds_judge(struct bounds_map *map,
    const struct rta_expression *expression, const struct bounds_box *box);
static enum bounds_verdict bounds_judge_one(struct bounds_map *map,
    const struct rta_node *node, const struct bounds_box *box);
static bool bounds_find(struct bounds_map *map, const struct rta_node *node,
    size_t *slot, int64_t *number);
static bool bounds_find_slot(struct bounds_map *map,
    const struct rta_node *node, size_t *slot);
static bool bounds_find_text(struct bounds_map *map, struct rtn_str text,
    int64_t *number);
static struct bounds_range bounds_domain(const struct rta_field *field);
static int64_t bounds_max(int64_t a, int64_t b);
static int64_t bounds_min(int64_t a, int64_t b);


bool
rta_expression_is_empty(const struct rta_expression *a)
{
    return rta_expression_excludes(a, a);
}


bool
rta_expression_excludes(const struct rta_expression *a,
    const struct rta_expression *b)
{
    struct bounds_box  box, other;
    struct bounds_map  map;

    memset(&map, 0, sizeof(map));
    bounds_box_of(&map, a, &box);
    bounds_box_of(&map, b, &other);
    bounds_box_and(&box, &other);

    return box.is_empty
           || bounds_judge(&map, a, &box) == BOUNDS_NEVER
           || bounds_judge(&map, b, &box) == BOUNDS_NEVER;
}


bool
rta_expression_implies(const struct rta_expression *within,
    const struct rta_expression *a, const struct rta_expression *b)
{
    struct bounds_box  box, other;
    struct bounds_map  map;

    memset(&map, 0, sizeof(map));
    bounds_box_of(&map, a, &box);

    if (within != NULL) {
        bounds_box_of(&map, within, &other);
        bounds_box_and(&box, &other);
    }

    return box.is_empty || bounds_judge(&map, b, &box) == BOUNDS_ALWAYS;
}


static void
bounds_box_init(struct bounds_box *box)
{
    size_t  i;

    box->is_empty = false;

    for (i = 0; i < BOUNDS_SLOTS_MAX; i++) {
        box->ranges[i].low = -BOUNDS_INFINITY;
        box->ranges[i].high = BOUNDS_INFINITY;
    }
}


static void
bounds_box_of(struct bounds_map *map, const struct rta_expression *expression,
    struct bounds_box *box)
{
    size_t                  i, n;
    const struct rta_node  *node;
    struct bounds_box       stack[RTA_EXPRESSION_STACK_MAX];

    n = 0;

    for (i = 0; i < expression->count; i++) {
        node = &expression->nodes[i];

        switch (node->kind) {

        case RTA_NODE_COMPARISON:
            assert(n < RTA_EXPRESSION_STACK_MAX);
            bounds_box_compare(map, node, &stack[n++]);
            break;

        case RTA_NODE_NOT:

            /* a missing value makes it hold too, so nothing is sure */

            bounds_box_init(&stack[n - 1]);
            break;

        case RTA_NODE_AND:
            n--;
            bounds_box_and(&stack[n - 1], &stack[n]);
            break;

        default: /* RTA_NODE_OR */
            n--;
            bounds_box_or(&stack[n - 1], &stack[n]);
        }
    }

    assert(n == 1);

    *box = stack[0];
}


static void
bounds_box_compare(struct bounds_map *map, const struct rta_node *node,
    struct bounds_box *box)
{
    size_t               slot;
    int64_t              number;
    struct bounds_range  range;

    bounds_box_init(box);

    if (!bounds_find(map, node, &slot, &number)) {
        return;
    }

    range = bounds_domain(node->field);

    if (!(node->likes & RTA_LESS)) {
        range.low = bounds_max(range.low, number);
    }

    if (!(node->likes & RTA_GREATER)) {
        range.high = bounds_min(range.high, number);
    }

    if (!(node->likes & RTA_EQUAL)) {
        range.low += range.low == number;
        range.high -= range.high == number;
    }

    box->ranges[slot] = range;
    box->is_empty = range.low > range.high;
}


static void
bounds_box_and(struct bounds_box *a, const struct bounds_box *b)
{
    size_t                      i;
    struct bounds_range        *range;
    const struct bounds_range  *other;

    a->is_empty = a->is_empty || b->is_empty;

    for (i = 0; i < BOUNDS_SLOTS_MAX; i++) {
        range = &a->ranges[i];
        other = &b->ranges[i];

        range->low = bounds_max(range->low, other->low);
        range->high = bounds_min(range->high, other->high);

        a->is_empty = a->is_empty || range->low > range->high;
    }
}


static void
bounds_box_or(struct bounds_box *a, const struct bounds_box *b)
{
    size_t                      i;
    struct bounds_range        *range;
    const struct bounds_range  *other;

    if (b->is_empty) {
        return;
    }

    if (a->is_empty) {
        *a = *b;
        return;
    }

    for (i = 0; i < BOUNDS_SLOTS_MAX; i++) {
        range = &a->ranges[i];
        other = &b->ranges[i];

        range->low = bounds_min(range->low, other->low);
        range->high = bounds_max(range->high, other->high);
    }
}


static enum bounds_verdict
bounds_judge(struct bounds_map *map, const struct rta_expression *expression,
    const struct bounds_box *box)
{
    size_t                  i, n;
    enum bounds_verdict     stack[RTA_EXPRESSION_STACK_MAX];
    const struct rta_node  *node;

    n = 0;

    for (i = 0; i < expression->count; i++) {
        node = &expression->nodes[i];

        switch (node->kind) {

        case RTA_NODE_COMPARISON:
            assert(n < RTA_EXPRESSION_STACK_MAX);
            stack[n++] = bounds_judge_one(map, node, box);
            break;

        case RTA_NODE_NOT:
            stack[n - 1] = BOUNDS_ALWAYS - stack[n - 1];
            break;

        case RTA_NODE_AND:
            n--;
            stack[n - 1] = stack[n] < stack[n - 1] ? stack[n] : stack[n - 1];
            break;

        default: /* RTA_NODE_OR */
            n--;
            stack[n - 1] = stack[n] > stack[n - 1] ? stack[n] : stack[n - 1];
        }
    }

    assert(n == 1);

    return stack[0];
}


static enum bounds_verdict
bounds_judge_one(struct bounds_map *map, const struct rta_node *node,
    const struct bounds_box *box)
{
    size_t                      slot;
    int64_t                     number;
    unsigned                    possible;
    const struct bounds_range  *range;

    if (!bounds_find(map, node, &slot, &number)) {
        return BOUNDS_MAYBE;
    }

    range = &box->ranges[slot];

    possible = (range->low < number ? RTA_LESS : 0)
               | (range->high > number ? RTA_GREATER : 0)
               | (range->low <= number && number <= range->high ? RTA_EQUAL
                                                                : 0);

    if ((possible & node->likes) == 0) {
        return BOUNDS_NEVER;
    }

    /* a range as wide as this is that of who has no value, too */

    if (range->low == -BOUNDS_INFINITY && range->high == BOUNDS_INFINITY) {
        return BOUNDS_MAYBE;
    }

    return (possible & ~node->likes) == 0 ? BOUNDS_ALWAYS : BOUNDS_MAYBE;
}


static bool
bounds_find(struct bounds_map *map, const struct rta_node *node, size_t *slot,
    int64_t *number)
{
    *number = node->number;

    /* of scores and of the segments they make nothing is said */

    if (node->field->type == RTA_TYPE_RFM) {
        return false;
    }

    if (node->field->type == RTA_TYPE_TEXT
        && !bounds_find_text(map, node->text, number))
    {
        return false;
    }

    return bounds_find_slot(map, node, slot);
}


static bool
bounds_find_slot(struct bounds_map *map, const struct rta_node *node,
    size_t *slot)
{
    size_t               i;
    struct bounds_slot  *known;

    for (i = 0; i < map->slot_count; i++) {
        known = &map->slots[i];

        if (known->field == node->field
            && strcmp(known->currency, node->currency) == 0
            && rta_str_equal(known->argument, node->argument))
        {
            *slot = i;
            return true;
        }
    }

    if (i == BOUNDS_SLOTS_MAX) {
        return false;
    }

    map->slots[i].field = node->field;
    memcpy(map->slots[i].currency, node->currency, sizeof(rtn_currency_t));
    map->slots[i].argument = node->argument;
    map->slot_count++;
    *slot = i;

    return true;
}


static bool
bounds_find_text(struct bounds_map *map, struct rtn_str text, int64_t *number)
{
    size_t  i;

    for (i = 0; i < map->text_count; i++) {
        if (rta_str_equal(map->texts[i], text)) {
            *number = (int64_t) i;
            return true;
        }
    }

    if (i == BOUNDS_TEXTS_MAX) {
        return false;
    }

    map->texts[i] = text;
    map->text_count++;
    *number = (int64_t) i;

    return true;
}


/* All values that a field can have, when it has one. */
static struct bounds_range
bounds_domain(const struct rta_field *field)
{
    struct bounds_range  range;

    range.low = -BOUNDS_INFINITY;
    range.high = BOUNDS_INFINITY;

    switch (field->type) {

    case RTA_TYPE_DAYS:
    case RTA_TYPE_COUNT:
        range.low = 0;
        break;

    case RTA_TYPE_FRACTION:
        range.low = 0;
        range.high = RTA_FRACTION_ONE;
        break;

    case RTA_TYPE_SCORE:
        range.low = 0;
        range.high = RTA_RFM_SCORES;
        break;

    case RTA_TYPE_WORD:
        range.low = 0;
        range.high = (int64_t) field->word_count - 1;
        break;

    default:
        break;
    }

    return range;
}


static int64_t
bounds_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}


static int64_t
bounds_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
