/* Shares as people write them in options. */

#ifndef CMD_SHARE_H_INCLUDED
#define CMD_SHARE_H_INCLUDED

#include "rtn.h"

/*
 * Reads "0.005" or "0.5%" as 0.005.  False: something else, or above 1, or
 * below 0; share is unchanged.
 */
bool cmd_share_parse(const char *text, double *share);

#endif /* CMD_SHARE_H_INCLUDED */
