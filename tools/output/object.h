/*
 * A JSON document whose shape is no table, written member by member.  A key
 * of NULL is an item of a list.
 */

#ifndef RTO_OBJECT_H_INCLUDED
#define RTO_OBJECT_H_INCLUDED

#include <stdio.h>

#include "rtn_money.h"
#include "rtn_time.h"

/* Begins as { out, false }. */
struct rto_object {
    FILE  *out;
    bool   needs_comma;
};

/* The bracket is '{' or '[', and its twin closes. */
void rto_object_open(struct rto_object *object, const char *key,
    char bracket);
void rto_object_close(struct rto_object *object, char bracket);

/* Opens an object of a list on a line of its own. */
void rto_object_open_row(struct rto_object *object);

/* Goes on in a new line. */
void rto_object_line(struct rto_object *object);

/* NULL is null. */
void rto_object_text(struct rto_object *object, const char *key,
    const char *text);
void rto_object_count(struct rto_object *object, const char *key, uint64_t n);
void rto_object_flag(struct rto_object *object, const char *key, bool flag);
/* has false: null. */
void rto_object_number(struct rto_object *object, const char *key, bool has,
    double number);
void rto_object_money(struct rto_object *object, const char *key,
    int64_t minor, const rtn_currency_t currency);
void rto_object_day(struct rto_object *object, const char *key,
    rtn_day_t day);

#endif /* RTO_OBJECT_H_INCLUDED */
