/* Items of an order or an event, as JSON in a cell. */

#ifndef CMD_IMPORT_ITEMS_H_INCLUDED
#define CMD_IMPORT_ITEMS_H_INCLUDED

#include <jansson.h>

#include "rtn_crm.h"
#include "rtn_post.h"

/*
 * Reads an event from the fields of a POST's body, made by us of cells; so an
 * import and a server are held to the same rules.
 *
 * object   its fields; stays the caller's
 * post     freed by the caller with rtn_post_free; has one event
 *
 * RTN_ERR_JSON: fault says which field.  RTN_ERR_LIMIT, RTN_ERR_NOMEM.
 */
int import_event_read(const json_t *object, struct rtn_post **post,
    struct rtn_json_fault *fault);

/*
 * Parses a cell that must be an array.  NULL: it is none; *reason says why.
 */
json_t *import_items_parse(struct rtn_str cell, const char **reason);

/*
 * How many items a cell means: a whole number, or the sum of the quantities
 * of an array, rounded up.
 *
 * post   gets one event that has the array's items, freed by the caller with
 *        rtn_post_free; NULL for a number and after a failure
 *
 * RTN_ERR_JSON, RTN_ERR_LIMIT: fault->message says why.  RTN_ERR_NOMEM.
 */
int import_items_count(struct rtn_str cell, const rtn_currency_t currency,
    int64_t *count, struct rtn_post **post, struct rtn_json_fault *fault);

/* The different skus and categories of an event's items; they live as long as
   the event. */
void import_items_names(const struct rtn_event *event,
    struct rtn_order_items *items);

#endif /* CMD_IMPORT_ITEMS_H_INCLUDED */
