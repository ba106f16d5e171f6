/*
 * Private to segment_*.c: what all segments share.  One pass over customers
 * and orders hands each known customer with his purchases to a function;
 * guests are counted, never handed over.
 */

#ifndef CMD_SEGMENT_H_INCLUDED
#define CMD_SEGMENT_H_INCLUDED

#include "../analysis/purchase.h"
#include "../output/table.h"
#include "cmd.h"
#include "rtn_crm.h"

struct segment {
    struct cmd_context  *ctx;
    enum rto_format      format;
    bool                 has_currency;  /* figures are of one currency */
    rtn_currency_t       currency;      /* --currency, else the store's */

    /* what the figures leave out, counted by segment_each */
    uint64_t             silent;        /* customers without a purchase */
    uint64_t             guests;
    uint64_t             guest_orders;
    uint64_t             other_orders;  /* in other currencies */
};

/* A known customer; lives until the function that got it returns. */
struct segment_customer {
    const struct rtn_customer  *customer;
    const char                 *channel;    /* his own, else that of the first
                                               purchase; "" when not known */
    const struct rta_purchase  *purchases;  /* by time, up to the as-of day */
    size_t                      n;
};

/* An RTN_ERR_*. */
typedef int (*segment_add)(void *model, const struct segment_customer *from);

/*
 * Begins with the format that the options ask for; figures are of every
 * currency.  CMD_OK, or CMD_USAGE after saying what is wrong.
 */
int segment_init(struct segment *segment, struct cmd_context *ctx,
    bool is_csv);

/*
 * Limits the figures to a currency.
 * text   --currency; NULL: the store's
 * As above.
 */
int segment_use_currency(struct segment *segment, const char *text);

/*
 * Hands over all known customers, those without a purchase too, by number.
 * CMD_OK, or the command's exit code after saying what is wrong, which is
 * CMD_STOPPED for an interruption.
 */
int segment_each(struct segment *segment, segment_add add, void *model);

/*
 * Says who is not in the figures, unless they count silent customers
 * themselves, and returns CMD_OK; says what failed when rc, of printing them,
 * is an RTN_ERR_*.
 */
int segment_end(struct segment *segment, int rc, bool counts_silent);

/* Where notes go: beside the table, when a program reads it. */
FILE *segment_notes(const struct segment *segment);

#endif /* CMD_SEGMENT_H_INCLUDED */
