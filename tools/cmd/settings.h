/* The store's settings by name, for 'init' and 'config'. */

#ifndef CMD_SETTINGS_H_INCLUDED
#define CMD_SETTINGS_H_INCLUDED

#include "cmd.h"

#define CMD_SETTING_MAX  256        /* bytes of a setting as text, with NUL */

struct cmd_setting {
    const char  *name;
    bool         is_fixed;          /* once orders or a campaign exist */
    void       (*get)(const struct rtn_settings *settings,
                      char text[CMD_SETTING_MAX]);
    /* Checks and takes a value; else points reason at a static sentence. */
    bool       (*set)(struct rtn_settings *settings, struct rtn_str value,
                      const char **reason);
};

/* Ended by a row without a name. */
extern const struct cmd_setting  cmd_settings[];

/* NULL: there is none of this name. */
const struct cmd_setting *cmd_setting_find(const char *name);

/*
 * Sets a setting by its name, saying what is wrong with the value.
 * CMD_OK or CMD_USAGE.
 */
int cmd_setting_set(struct cmd_context *ctx, struct rtn_settings *settings,
    const char *name, const char *value);

#endif /* CMD_SETTINGS_H_INCLUDED */
