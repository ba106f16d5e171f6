/* keys: the ring that signs tokens. */

#include <string.h>

#include <sodium.h>

#include "../input/field.h"
#include "../output/table.h"
#include "commands.h"


static int
keys_list_run(struct cmd_context *ctx)
{
    int                rc;
    size_t             i, n, signing;
    struct rtn_key     keys[RTN_KEYS_ALL];
    struct rto_value   values[3];
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "id", RTO_INTEGER, NULL },
        { "created_at", RTO_TIME, "created" },
        { "state", RTO_TEXT, NULL }
    };

    rc = rtn_keys_list(ctx->store, keys, RTN_KEYS_ALL, &n);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the keys");
    }

    for (i = 0, signing = n; i < n; i++) {
        signing = keys[i].is_retired ? signing : i;
    }

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 3, &table);

    for (i = 0; i < n && rc == 0; i++) {
        values[0] = rto_integer(keys[i].id);
        values[1] = rto_time(keys[i].created_ms);
        values[2] = rto_string(keys[i].is_retired ? "retired"
                               : i == signing ? "signs" : "verifies");
        (void) rto_row(table, values);
    }

    sodium_memzero(keys, sizeof(keys));

    if (rc == 0) {
        rc = rto_end(table);
    }

    return rc == 0 ? CMD_OK : CMD_DATA;
}


static int
keys_new_run(struct cmd_context *ctx)
{
    int      rc;
    uint8_t  id;

    rc = rtn_keys_add(ctx->store, ctx->now_ms, &id);

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_DATA, "the ring is full; run 'retentionctl "
                        "keys retire ID' for a key whose mails are old");
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot add a key");
    }

    fprintf(ctx->out, "key %u signs from now on; the older keys verify until "
            "they are retired\n", id);

    return CMD_OK;
}


static int
keys_retire_run(struct cmd_context *ctx)
{
    int              rc;
    int64_t          id;
    const char      *reason;
    struct rtn_str   text = { ctx->arguments[0], strlen(ctx->arguments[0]) };

    if (rti_integer(text, 1, RTN_KEYS_ALL, &id, &reason) != 0) {
        return cmd_fail(ctx, CMD_USAGE, "key '%s': %s; ids are from 1 to %d",
                        ctx->arguments[0], reason, RTN_KEYS_ALL);
    }

    rc = rtn_keys_retire(ctx->store, (uint8_t) id);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no key '%s'; run 'retentionctl keys "
                        "list'", ctx->arguments[0]);
    }

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_DATA, "key '%s' is the last one that works; "
                        "run 'retentionctl keys new' first",
                        ctx->arguments[0]);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot retire key '%s'",
                              ctx->arguments[0]);
    }

    fprintf(ctx->out, "key %s is retired: links and pixels signed with it "
            "verify no more\n", ctx->arguments[0]);

    return CMD_OK;
}


const struct cmd_command  cmd_keys_list = {
    .name = "keys list",
    .run = keys_list_run,
    .help = "list the keys that sign and verify tokens",
    .opens = RTN_OPEN_STATE,
    .flags = CMD_TABLE
};

const struct cmd_command  cmd_keys_new = {
    .name = "keys new",
    .run = keys_new_run,
    .help = "make a key that signs from now on",
    .opens = RTN_OPEN_STATE,
    .flags = CMD_WRITES
};

const struct cmd_command  cmd_keys_retire = {
    .name = "keys retire",
    .run = keys_retire_run,
    .help = "make a key's tokens verify no more",
    .example = "1",
    .arguments = "ID",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_STATE,
    .flags = CMD_WRITES
};
