/* Private to the frame: what main.c, options.c, help.c and store_access.c
   share.  Commands include cmd.h alone. */

#ifndef CMD_FRAME_H_INCLUDED
#define CMD_FRAME_H_INCLUDED

#include "cmd.h"

/* The options that are not a command's own. */
struct cmd_globals {
    const char      *store;
    bool             is_json;
    bool             is_excel;
    struct cmd_day   as_of;
    bool             is_help;
    bool             is_version;
};

extern const struct cmd_option  cmd_global_options[];

/* Whether a command takes the global option of a row. */
bool cmd_global_applies(const struct cmd_command *command,
    const struct cmd_option *option);

/*
 * Reads options by rows into structs; rows and struct come in pairs, and a
 * set without rows is skipped.
 */
struct cmd_option_set {
    const struct cmd_option  *rows;
    void                     *values;
};

/*
 * argv      argv[0] is skipped; what is no option is moved to its end
 * in_order  stop at the first argument that is no option
 * first     gets the index of the first argument
 *
 * Returns CMD_OK, or CMD_USAGE after saying what is wrong.  The lists of
 * repeated options are freed by cmd_options_release.
 */
int cmd_options_parse(struct cmd_context *ctx,
    const struct cmd_option_set *sets, size_t n, int argc, char **argv,
    bool in_order, int *first);

void cmd_options_release(const struct cmd_option_set *sets, size_t n);

/*
 * Finds the command that words begin with, the longest name first.
 *
 * n     words, of which used were the name
 *
 * NULL: there is none.
 */
const struct cmd_command *cmd_find(char *const *words, int n, int *used);

/* Whether the first word begins the name of a command of two words. */
bool cmd_is_group(const char *word);

/* The command whose name is nearest to what was typed; NULL: none is near. */
const struct cmd_command *cmd_nearest(char *const *words, int n);

/* Changes from a to b: insert, delete, replace one, exchange two neighbours;
   more than limit counts as limit + 1.  At most 63 bytes are looked at. */
unsigned cmd_distance(const char *a, const char *b, unsigned limit);

/* Help, made from the rows.  group: NULL for all commands. */
void cmd_help_list(FILE *out, const char *group);
void cmd_help_command(FILE *out, const struct cmd_command *command);

/* Begins to note SIGINT and SIGTERM for cmd_interrupted; SIGPIPE kills. */
void cmd_signals_init(void);

/* From now on a fault of memory is told as a damaged store, exit 3. */
void cmd_signals_store(void);

/* Opens the store of a command, sets its zone and its day.  A command's exit
   code. */
int cmd_store_open(struct cmd_context *ctx);

#endif /* CMD_FRAME_H_INCLUDED */
