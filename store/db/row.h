/*
 * Private to store/db: what the rows of coupons/ and crm/ have in common,
 * texts in fixed arrays and currencies, written with codec/wire.h.
 */

#ifndef DB_ROW_H_INCLUDED
#define DB_ROW_H_INCLUDED

#include "codec/wire.h"
#include "db.h"
#include "rtn_money.h"

/* A key from its first byte to behind its last. */
struct rtn_str db_row_key(const uint8_t *first, const uint8_t *last);

/* A text that ends with its NUL, or with its array of size bytes. */
struct rtn_str db_row_str(const char *text, size_t size);

/* Copies a text and its NUL into an array of size bytes.  RTN_ERR_LIMIT: it
   is empty, too long, or has a NUL inside. */
int db_row_copy(char *text, size_t size, struct rtn_str str);

/* A text, as a string behind its length.  RTN_ERR_CORRUPT is latched for one
   that does not fit, or has a NUL inside. */
void db_row_put_text(struct rtn_wire_out *out, const char *text, size_t size);
void db_row_get_text(struct rtn_wire_in *in, char *text, size_t size);

/* Three bytes; zeros for no currency. */
void db_row_put_currency(struct rtn_wire_out *out,
    const rtn_currency_t currency);
void db_row_get_currency(struct rtn_wire_in *in, rtn_currency_t currency);

/* One byte, 0 or 1; another latches RTN_ERR_CORRUPT. */
void db_row_put_bool(struct rtn_wire_out *out, bool value);
bool db_row_get_bool(struct rtn_wire_in *in);

/* One byte of an enum; above last latches RTN_ERR_CORRUPT. */
uint8_t db_row_get_enum(struct rtn_wire_in *in, uint8_t last);

/* Whether two payloads are the same bytes. */
bool db_row_equal(struct rtn_str a, struct rtn_str b);

/* What was written, as the payload to put.  The error of out. */
int db_row_end(const struct rtn_wire_out *out, struct rtn_str *payload);

#endif /* DB_ROW_H_INCLUDED */
