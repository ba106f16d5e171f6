/* The table of optional fields of an event's record; event.c drives it. */

#ifndef RTN_EVENT_FIELD_H_INCLUDED
#define RTN_EVENT_FIELD_H_INCLUDED

#include "rtn_event.h"
#include "wire.h"

enum rtn_event_tag {
    EVENT_TAG_OCCURRED = 1,
    EVENT_TAG_CUSTOMER_HASH = 3,
    EVENT_TAG_REPEAT_HASH = 5,
    EVENT_TAG_ORDER_ID = 7,
    EVENT_TAG_AMOUNT = 9,
    EVENT_TAG_CURRENCY = 11,
    EVENT_TAG_SURVEY = 13,
    EVENT_TAG_ITEM = 15
};

/* An item: flags, quantity, price, sku and category behind their lengths. */
#define EVENT_ITEM_MAX  (1 + 4 + 8 + 2 + RTN_SKU_MAX + 2 + RTN_SKU_MAX)

struct rtn_event_field {
    uint8_t   tag;
    uint16_t  max;      /* bytes of a value, EVENT_ITEM_MAX at most */

    /* How many fields of this tag an event has. */
    size_t  (*count)(const struct rtn_event *event);

    /* Writes the value of the i-th of them. */
    void    (*put)(struct rtn_wire_out *out, const struct rtn_event *event,
                   size_t i);

    /* Reads one; what is left of in afterwards makes the record corrupt. */
    void    (*get)(struct rtn_wire_in *in, struct rtn_event *event);
};

/* By rising tag. */
extern const struct rtn_event_field  rtn_event_fields[];
extern const size_t                  rtn_event_field_count;

#endif /* RTN_EVENT_FIELD_H_INCLUDED */
