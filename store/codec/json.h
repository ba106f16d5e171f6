/*
 * JSON that strangers send: text into jansson's values within limits, and an
 * object into a struct by a table of its fields.  Private to the readers of
 * bodies; public headers know no jansson.
 */

#ifndef RTN_JSON_H_INCLUDED
#define RTN_JSON_H_INCLUDED

#include <jansson.h>

#include "rtn_post.h"

/* Values in one text: jansson takes up to 300 bytes of memory for each. */
#define RTN_JSON_VALUES_MAX  100000

/* Where a reader stands, for the place in a fault's message. */
struct rtn_json_reader {
    struct rtn_json_fault  *fault;      /* filled by whatever refuses */
    enum rtn_post_sender    sender;
    bool                    is_listed;  /* places begin with "[index]" */
    size_t                  index;      /* of the object in its body */
    const char             *list;       /* field whose element is read; NULL */
    size_t                  element;
};

/* Bits of enum rtn_post_sender. */
#define RTN_JSON_BROWSER  (1u << RTN_SENDER_BROWSER)
#define RTN_JSON_SERVER   (1u << RTN_SENDER_SERVER)
#define RTN_JSON_ANYONE   (RTN_JSON_BROWSER | RTN_JSON_SERVER)

struct rtn_json_field {
    const char  *name;
    int        (*read)(struct rtn_json_reader *reader,
                       const struct rtn_json_field *field,
                       const json_t *value, void *to);
    unsigned     senders;               /* who may use it */
    bool         is_required;
    size_t       max;                   /* bytes of a string */
    size_t       offset;                /* of a struct rtn_str within to */
};

/*
 * Parses one text that is an object or an array.
 *
 * line      the number of its first line, for the place of a fault
 * root      the caller's to json_decref
 * has_more  set on RTN_ERR_JSON: another text follows the first
 *
 * RTN_ERR_JSON, RTN_ERR_LIMIT (too deep, too many values), RTN_ERR_NOMEM.
 */
int rtn_json_load(struct rtn_str text, size_t line, json_t **root,
    bool *has_more, struct rtn_json_fault *fault);

/*
 * Reads an object by its table, in the order of the table, and refuses what
 * the table does not have.  RTN_ERR_JSON.
 */
int rtn_json_object_read(struct rtn_json_reader *reader, const json_t *object,
    const struct rtn_json_field *fields, size_t n, void *to);

/* Writes place and sentence into the fault.  field may be NULL.
   Always RTN_ERR_JSON. */
int rtn_json_refuse(struct rtn_json_reader *reader, const char *field,
    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reader of a field: a string of 1 to max bytes without control characters,
   into the struct rtn_str at offset. */
int rtn_json_read_text(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value, void *to);

/* Reads a currency's code. */
int rtn_json_read_currency(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value,
    rtn_currency_t currency);

/* Reads an amount of a currency that is not negative: a string or a whole
   number.  currency may be empty, which is refused. */
int rtn_json_read_money(struct rtn_json_reader *reader,
    const struct rtn_json_field *field, const json_t *value,
    const rtn_currency_t currency, int64_t *minor);

#endif /* RTN_JSON_H_INCLUDED */
