/* retentionctl: finds the command, reads its options, opens the store. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "frame.h"

static int64_t
main_now_ms(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_REALTIME, &now);

    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}


static bool
main_asks_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}


static int
main_unknown(struct cmd_context *ctx, char *const *words, int n)
{
    bool                       is_group;
    const char                *space = n > 1 ? " " : "";
    const char                *second = n > 1 ? words[1] : "";
    const struct cmd_command  *nearest;

    if (n == 0) {
        cmd_help_list(ctx->err, NULL);
        return CMD_USAGE;
    }

    is_group = cmd_is_group(words[0]);

    if (n == 1 && is_group) {
        cmd_help_list(ctx->err, words[0]);
        return CMD_USAGE;
    }

    nearest = cmd_nearest(words, n);

    if (nearest != NULL) {
        return cmd_fail(ctx, CMD_USAGE, "unknown command '%s%s%s'; did you "
                        "mean '%s'?", words[0], space, second, nearest->name);
    }

    return cmd_fail(ctx, CMD_USAGE, "unknown command '%s%s%s'; see "
                    "'retentionctl help%s%s'", words[0], space, second,
                    is_group ? " " : "", is_group ? words[0] : "");
}


static int
main_help(struct cmd_context *ctx, char *const *words, int n)
{
    int                        used;
    const struct cmd_command  *command = cmd_find(words, n, &used);

    if (command != NULL) {
        cmd_help_command(ctx->out, command);
        return CMD_OK;
    }

    if (n == 0 || cmd_is_group(words[0])) {
        cmd_help_list(ctx->out, n == 0 ? NULL : words[0]);
        return CMD_OK;
    }

    return main_unknown(ctx, words, n);
}


static int
main_check_globals(struct cmd_context *ctx, const struct cmd_globals *globals)
{
    const char                *given = NULL;
    const struct cmd_option   *row;
    const struct cmd_command  *command = ctx->command;

    for (row = cmd_global_options; row->name != NULL; row++) {
        if (cmd_global_applies(command, row)) {
            continue;
        }

        if ((row->offset == offsetof(struct cmd_globals, store)
             && globals->store != NULL)
            || (row->offset == offsetof(struct cmd_globals, is_json)
                && globals->is_json)
            || (row->offset == offsetof(struct cmd_globals, is_excel)
                && globals->is_excel)
            || (row->offset == offsetof(struct cmd_globals, as_of)
                && globals->as_of.is_given))
        {
            given = row->name;
        }
    }

    if (globals->is_json && globals->is_excel) {
        return cmd_fail(ctx, CMD_USAGE, "--json and --excel exclude each "
                        "other");
    }

    if (given != NULL) {
        return cmd_fail(ctx, CMD_USAGE, "'%s' takes no --%s; see "
                        "'retentionctl help %s'", command->name, given,
                        command->name);
    }

    return CMD_OK;
}


static int
main_check_arguments(struct cmd_context *ctx)
{
    const struct cmd_command  *command = ctx->command;

    if (ctx->argument_count < command->arguments_min) {
        return cmd_fail(ctx, CMD_USAGE, "'%s' needs %s; see 'retentionctl "
                        "help %s'", command->name, command->arguments,
                        command->name);
    }

    if (ctx->argument_count > command->arguments_max) {
        return cmd_fail(ctx, CMD_USAGE, "'%s' does not take '%s'; see "
                        "'retentionctl help %s'", command->name,
                        ctx->arguments[command->arguments_max],
                        command->name);
    }

    return CMD_OK;
}


static const char *
main_store_path(const struct cmd_globals *globals)
{
    const char  *path = globals->store;

    if (path == NULL) {
        path = getenv("RETENTION_STORE");
    }

    return path != NULL && *path != '\0' ? path : CMD_DEFAULT_STORE;
}


/* argv[0] is the last word of the command's name. */

static int
main_run_command(struct cmd_context *ctx, struct cmd_globals *globals,
    int argc, char **argv)
{
    int                    rc, first;
    struct cmd_option_set  sets[2];

    ctx->options = calloc(1, ctx->command->options_size + 1);

    if (ctx->options == NULL) {
        return cmd_fail(ctx, CMD_DATA, "out of memory");
    }

    sets[0] = (struct cmd_option_set) { ctx->command->options, ctx->options };
    sets[1] = (struct cmd_option_set) { cmd_global_options, globals };

    rc = cmd_options_parse(ctx, sets, 2, argc, argv, false, &first);

    if (rc != CMD_OK) {
        goto done;
    }

    if (globals->is_help) {
        cmd_help_command(ctx->out, ctx->command);
        goto done;
    }

    ctx->arguments = argv + first;
    ctx->argument_count = argc - first;
    ctx->is_json = globals->is_json;
    ctx->is_excel = globals->is_excel;
    ctx->given_as_of = globals->as_of;
    ctx->store_path = main_store_path(globals);

    rc = main_check_globals(ctx, globals);

    if (rc == CMD_OK) {
        rc = main_check_arguments(ctx);
    }

    if (rc == CMD_OK && !(ctx->command->flags & CMD_NO_STORE)) {
        rc = cmd_store_open(ctx);
    }

    if (rc == CMD_OK) {
        rc = ctx->command->run(ctx);
    }

    rtn_store_close(ctx->store);

done:

    cmd_options_release(sets, 1);
    free(ctx->options);

    return rc;
}


static int
main_run(struct cmd_context *ctx, int argc, char **argv)
{
    int                    first, used, rc;
    struct cmd_globals     globals = { 0 };
    struct cmd_option_set  set = { cmd_global_options, &globals };

    rc = cmd_options_parse(ctx, &set, 1, argc, argv, true, &first);

    if (rc != CMD_OK) {
        return rc;
    }

    if (globals.is_version) {
        fprintf(ctx->out, "retentionctl %s\n", RTN_VERSION);
        return CMD_OK;
    }

    argc -= first;
    argv += first;

    if (globals.is_help) {
        return main_help(ctx, argv, argc);
    }

    if (argc > 0 && strcmp(argv[0], "help") == 0) {
        return main_help(ctx, argv + 1, argc - 1);
    }

    ctx->command = cmd_find(argv, argc, &used);

    if (ctx->command == NULL) {
        return argc == 2 && main_asks_help(argv[1])
               ? main_help(ctx, argv, 1) : main_unknown(ctx, argv, argc);
    }

    return main_run_command(ctx, &globals, argc - (used - 1),
                            argv + (used - 1));
}


/* A full disk shows only here. */

static int
main_finish(struct cmd_context *ctx, int code)
{
    if (fflush(ctx->out) == 0 && !ferror(ctx->out)) {
        return code;
    }

    if (code != CMD_OK) {
        return code;
    }

    return cmd_fail(ctx, CMD_DATA, "cannot write to standard output: %s",
                    strerror(errno));
}


int
main(int argc, char **argv)
{
    struct cmd_context  ctx = { 0 };

    ctx.out = stdout;
    ctx.err = stderr;
    ctx.now_ms = main_now_ms();

    cmd_signals_init();

    if (sodium_init() < 0) {
        return cmd_fail(&ctx, CMD_STORE, "cannot get random bytes from the "
                        "system");
    }

    return main_finish(&ctx, main_run(&ctx, argc, argv));
}
