/*
 * One model of rows for every format: a command describes its columns once
 * and hands over rows of typed values; the format decides how they look.
 *
 *              text            csv             json, jsonl      excel
 *     text     as it is        defused         string           ="text"
 *     integer  right-aligned   digits          number           digits
 *     money    30.00 EUR       30.00           "30.00"          30,00
 *     fraction 6 digits        shortest exact  shortest exact   with a comma
 *     time     RFC 3339, UTC   RFC 3339, UTC   "RFC 3339, UTC"  Y-M-D H:M:S
 *     day      YYYY-MM-DD      YYYY-MM-DD      "YYYY-MM-DD"     YYYY-MM-DD
 *     flag     yes, no         TRUE, FALSE     true, false      yes, no
 *     absent   -               empty           null             empty
 *
 * CSV is RFC 4180, lines end in CR LF; a text cell that begins with
 * = + - @ tab CR LF gets a leading apostrophe, so that no spreadsheet runs it.
 * Where amounts can be of several currencies, a text column names them.  Ids
 * of 64 bits go as text, because JSON's readers round numbers past 2^53.
 */

#ifndef RTO_TABLE_H_INCLUDED
#define RTO_TABLE_H_INCLUDED

#include <stdio.h>

#include "rtn.h"
#include "rtn_money.h"
#include "rtn_time.h"

#define RTO_COLUMNS_MAX         64
#define RTO_TEXT_BYTES_MAX      (64u << 20)     /* of a text table's cells */

enum rto_format {
    RTO_FORMAT_TEXT = 0,
    RTO_FORMAT_CSV,
    RTO_FORMAT_JSON,                /* an array of objects */
    RTO_FORMAT_JSONL,               /* an object a line */
    RTO_FORMAT_EXCEL,               /* CSV for Excel, see excel.c */
    RTO_FORMATS
};

/* "text", "csv", "json", "jsonl", "excel", NULL. */
extern const char *const  rto_format_names[RTO_FORMATS + 1];

enum rto_type {
    RTO_TEXT = 1,
    RTO_INTEGER,
    RTO_MONEY,
    RTO_FRACTION,
    RTO_TIME,
    RTO_DAY,
    RTO_FLAG
};

struct rto_column {
    const char     *name;           /* in csv and json: lower case, '_' */
    enum rto_type   type;
    const char     *heading;        /* in text; NULL: the name */
};

/* A cell; made by the functions below. */
struct rto_value {
    enum rto_type   type;           /* 0: absent */
    int64_t         number;         /* integer, minor units, ms, day, flag */
    double          fraction;
    struct rtn_str  text;
    rtn_currency_t  currency;
};

/* Absent fits every column. */
struct rto_value rto_absent(void);
/* The bytes live until rto_row returns; UTF-8. */
struct rto_value rto_text(struct rtn_str text);
/* NULL is absent. */
struct rto_value rto_string(const char *text);
struct rto_value rto_integer(int64_t number);
struct rto_value rto_money(int64_t minor, const rtn_currency_t currency);
/* What is not finite is absent. */
struct rto_value rto_fraction(double fraction);
struct rto_value rto_time(int64_t ms);
struct rto_value rto_day(rtn_day_t day);
struct rto_value rto_flag(bool flag);

struct rto_table;

/*
 * Begins a table: writes the heading, where the format has one.
 *
 * out       where to; stays the caller's
 * columns   n of them, 1 to RTO_COLUMNS_MAX; live until rto_end
 * table     ended by rto_end
 *
 * RTN_ERR_NOMEM, RTN_ERR_IO.
 */
int rto_begin(FILE *out, enum rto_format format,
    const struct rto_column *columns, size_t n, struct rto_table **table);

/*
 * Adds a row of as many values as there are columns, each of its column's
 * type or absent.  The first failure is kept: later rows do nothing and
 * rto_end returns it, so a command may check once.
 *
 * RTN_ERR_IO, RTN_ERR_NOMEM.  RTN_ERR_LIMIT: a text table past
 * RTO_TEXT_BYTES_MAX; csv and jsonl have no limit.
 */
int rto_row(struct rto_table *table, const struct rto_value *values);

/*
 * Writes what is left and frees the table; NULL is allowed.  Returns the
 * first failure of the table, as rto_row names them.
 */
int rto_end(struct rto_table *table);

/* Writes a JSON string with its quotes; bytes that are not UTF-8 become
   U+FFFD.  For commands whose JSON is no table. */
void rto_json_string(FILE *out, struct rtn_str text);

/* Writes a number as JSON has it, "null" for what is not finite: the shortest
   digits that read back as the same double. */
void rto_json_number(FILE *out, double number);

/* Writes a CSV cell, quoted where it must be; is_text: defused as well. */
void rto_csv_cell(FILE *out, struct rtn_str cell, bool is_text);

#endif /* RTO_TABLE_H_INCLUDED */
