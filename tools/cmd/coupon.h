/* Private to coupon*.c and export_coupons.c. */

#ifndef CMD_COUPON_H_INCLUDED
#define CMD_COUPON_H_INCLUDED

#include "cmd.h"
#include "output/table.h"
#include "rtn_coupon.h"

/* "issued", "reserved", "redeemed", "void", NULL: in the order of enum
   rtn_coupon_status, made to be a row's choices. */
extern const char *const  coupon_statuses[];

/* The format that --json and --excel ask for. */
enum rto_format coupon_format(const struct cmd_context *ctx);

#endif /* CMD_COUPON_H_INCLUDED */
