/* The user that a new store is made for: nginx's workers'. */

#ifndef CMD_USER_H_INCLUDED
#define CMD_USER_H_INCLUDED

#include "cmd.h"

struct cmd_user {
    char      name[64];
    unsigned  uid;
    unsigned  gid;
};

/*
 * Finds the user: the one given, else www-data for root and the caller for
 * others, who can make stores for themselves alone.
 *
 * given   a name, or NULL
 *
 * Says what was wrong and returns CMD_USAGE.
 */
int cmd_user_find(struct cmd_context *ctx, const char *given,
    struct cmd_user *user);

#endif /* CMD_USER_H_INCLUDED */
