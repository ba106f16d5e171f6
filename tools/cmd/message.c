/* What a command says when something is wrong, and the code it ends with. */

#include <stdarg.h>

#include "cmd.h"

#define MESSAGE_DOING_MAX  1024     /* bytes of what was being done */

struct message_code {
    int            err;
    enum cmd_exit  code;
};

/* Errors that make a store unusable; all others are about data. */
static const struct message_code  message_codes[] = {
    { RTN_OK,               CMD_OK },
    { RTN_ERR_CORRUPT,      CMD_STORE },
    { RTN_ERR_NEWER,        CMD_STORE },
    { RTN_ERR_OLDER,        CMD_STORE },
    { RTN_ERR_ABSENT,       CMD_STORE },
    { RTN_ERR_PERMISSION,   CMD_STORE },
    { RTN_ERR_DISK_FULL,    CMD_STORE },
    { RTN_ERR_MAP_FULL,     CMD_STORE },
    { RTN_ERR_READERS_FULL, CMD_STORE },
    { RTN_ERR_IO,           CMD_STORE },
    { RTN_ERR_READ_ONLY,    CMD_STORE },
    { RTN_ERR_DAMAGED,      CMD_STORE }
};


static void
message_print(struct cmd_context *ctx, const char *prefix, const char *format,
    va_list args)
{
    fprintf(ctx->err, "retentionctl: %s", prefix);
    vfprintf(ctx->err, format, args);
    fputc('\n', ctx->err);
}


int
cmd_fail(struct cmd_context *ctx, int code, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    message_print(ctx, "", format, args);
    va_end(args);

    return code;
}


void
cmd_warn(struct cmd_context *ctx, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    message_print(ctx, "warning: ", format, args);
    va_end(args);
}


int
cmd_exit_code(int err)
{
    size_t  i;

    for (i = 0; i < sizeof(message_codes) / sizeof(message_codes[0]); i++) {
        if (message_codes[i].err == err) {
            return message_codes[i].code;
        }
    }

    return CMD_DATA;
}


int
cmd_fail_store(struct cmd_context *ctx, int err, const char *format, ...)
{
    char         doing[MESSAGE_DOING_MAX];
    va_list      args;
    const char  *advice = rtn_err_advice(err);

    va_start(args, format);
    vsnprintf(doing, sizeof(doing), format, args);
    va_end(args);

    return cmd_fail(ctx, cmd_exit_code(err), "%s: %s%s%s", doing,
                    rtn_strerror(err), advice != NULL ? "; " : "",
                    advice != NULL ? advice : "");
}


int
cmd_stop(struct cmd_context *ctx)
{
    return cmd_fail(ctx, CMD_STOPPED,
                    "stopped; run the same command again to go on");
}
