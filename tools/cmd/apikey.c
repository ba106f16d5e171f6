/* api-key: who may ask about coupons and send events.  Kept as hashes. */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "../output/table.h"
#include "apikey_file.h"
#include "commands.h"

#define APIKEY_DEFAULT_FILE  "/etc/ngx-retention/api-keys"
#define APIKEY_LINE_MAX      256
#define APIKEY_RELOAD        "reload nginx to make it count: nginx -s reload"

struct apikey_options {
    const char  *file;
    const char  *scope;
};

static const struct cmd_option  apikey_file_rows[] = {
    CMD_STRING("file", 0, struct apikey_options, file, "FILE",
        "the key file; default: " APIKEY_DEFAULT_FILE),
    CMD_END
};

static const struct cmd_option  apikey_new_rows[] = {
    CMD_STRING("scope", 0, struct apikey_options, scope, "SCOPES",
        "what it is good for: coupons, events, or coupons,events (needed)"),
    CMD_STRING("file", 0, struct apikey_options, file, "FILE",
        "the key file; default: " APIKEY_DEFAULT_FILE),
    CMD_END
};


static const char *
apikey_path(struct cmd_context *ctx)
{
    const struct apikey_options  *options = ctx->options;

    return options->file != NULL ? options->file : APIKEY_DEFAULT_FILE;
}


static void
apikey_scopes(uint32_t scopes, char text[32])
{
    bool  has_coupons = (scopes & RTN_SCOPE_COUPONS) != 0;
    bool  has_events = (scopes & RTN_SCOPE_EVENTS) != 0;

    snprintf(text, 32, "%s%s%s", has_coupons ? "coupons" : "",
             has_coupons && has_events ? "," : "",
             has_events ? "events" : "");
}


static int
apikey_list(struct cmd_context *ctx, const struct apikey_file *file)
{
    int                rc;
    char               scopes[32];
    size_t             pos = 0;
    struct rtn_str     line;
    struct rto_value   values[3];
    struct rto_table  *table;
    struct rtn_apikey  key;

    static const struct rto_column  columns[] = {
        { "name", RTO_TEXT, NULL },
        { "scopes", RTO_TEXT, NULL },
        { "created_at", RTO_TIME, "created" }
    };

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 3, &table);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot print the keys");
    }

    for ( ;; ) {
        rc = apikey_file_next(file, &pos, &line, &key);

        if (rc != CMD_OK || key.name[0] == '\0') {
            break;
        }

        apikey_scopes(key.scopes, scopes);
        values[0] = rto_string(key.name);
        values[1] = rto_string(scopes);
        values[2] = rto_time(key.created_ms);
        (void) rto_row(table, values);
    }

    if (rto_end(table) != 0 && rc == CMD_OK) {
        rc = CMD_DATA;
    }

    return rc;
}


static int
apikey_list_run(struct cmd_context *ctx)
{
    int                 rc;
    struct apikey_file  file;

    rc = apikey_file_open(ctx, apikey_path(ctx), false, &file);

    if (rc == CMD_OK) {
        rc = apikey_list(ctx, &file);
    }

    apikey_file_close(&file);

    return rc;
}


/*
 * Looks through the file for a name.
 *
 * line   gets its line; data is NULL when there is none
 * n      gets how many keys there are
 */

static int
apikey_find(const struct apikey_file *file, const char *name,
    struct rtn_str *line, size_t *n)
{
    int                rc;
    size_t             pos = 0;
    struct rtn_str     one;
    struct rtn_apikey  key;

    line->data = NULL;
    line->len = 0;
    *n = 0;

    for ( ;; ) {
        rc = apikey_file_next(file, &pos, &one, &key);

        if (rc != CMD_OK || key.name[0] == '\0') {
            return rc;
        }

        (*n)++;

        if (strcmp(key.name, name) == 0) {
            *line = one;
        }
    }
}


static int
apikey_add(struct cmd_context *ctx, struct apikey_file *file,
    const struct rtn_apikey *key)
{
    int             rc;
    char            text[APIKEY_LINE_MAX];
    bool            needs_newline;
    size_t          n, len;
    struct rtn_str  line;

    rc = apikey_find(file, key->name, &line, &n);

    if (rc != CMD_OK) {
        return rc;
    }

    if (line.data != NULL) {
        return cmd_fail(ctx, CMD_DATA, "there is a key '%s' already; revoke "
                        "it first, or take another name", key->name);
    }

    if (n >= RTN_APIKEYS_MAX
        || rtn_apikey_format(key, text, sizeof(text)) != 0)
    {
        return cmd_fail(ctx, CMD_DATA, "'%s' has no room for another key",
                        file->path);
    }

    len = strlen(text);
    needs_newline = file->len > 0 && file->text[file->len - 1] != '\n';

    if (len + needs_newline >= APIKEY_FILE_MAX - file->len) {
        return cmd_fail(ctx, CMD_DATA, "'%s' has no room for another key",
                        file->path);
    }

    if (needs_newline) {
        file->text[file->len++] = '\n';
    }

    memcpy(file->text + file->len, text, len + 1);
    file->len += len;

    return apikey_file_replace(file);
}


static int
apikey_make(struct cmd_context *ctx, struct rtn_apikey *key,
    char text[RTN_APIKEY_TEXT_LEN + 1])
{
    uint8_t                       random[32];
    const char                   *name = ctx->arguments[0];
    const struct apikey_options  *options = ctx->options;

    static const char  allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    memset(key, 0, sizeof(*key));

    if (*name == '\0' || strlen(name) > RTN_APIKEY_NAME_MAX
        || name[strspn(name, allowed)] != '\0')
    {
        return cmd_fail(ctx, CMD_USAGE, "'%s' is no name of a key: 1 to %d "
                        "of a-z, 0-9 and '-'", name, RTN_APIKEY_NAME_MAX);
    }

    if (options->scope == NULL
        || rtn_scopes_parse((struct rtn_str) { options->scope,
                                               strlen(options->scope) },
                            &key->scopes) != 0)
    {
        return cmd_fail(ctx, CMD_USAGE, "--scope wants coupons, events, or "
                        "coupons,events");
    }

    snprintf(key->name, sizeof(key->name), "%s", name);
    key->created_ms = ctx->now_ms;

    randombytes_buf(random, sizeof(random));
    rtn_apikey_make(random, text, key->hash);
    sodium_memzero(random, sizeof(random));

    return CMD_OK;
}


static int
apikey_new_run(struct cmd_context *ctx)
{
    int                 rc;
    char                text[RTN_APIKEY_TEXT_LEN + 1];
    struct rtn_apikey   key;
    struct apikey_file  file;

    rc = apikey_make(ctx, &key, text);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = apikey_file_open(ctx, apikey_path(ctx), true, &file);

    if (rc == CMD_OK) {
        rc = apikey_add(ctx, &file, &key);
    }

    apikey_file_close(&file);

    /* The key alone on the output, so that it can be piped. */

    if (rc == CMD_OK) {
        fprintf(ctx->out, "%s\n", text);
        fprintf(ctx->err, "key '%s' is shown this once; %s\n", key.name,
                APIKEY_RELOAD);
    }

    sodium_memzero(text, sizeof(text));

    return rc;
}


static int
apikey_remove(struct cmd_context *ctx, struct apikey_file *file,
    const char *name)
{
    int              rc;
    char            *p;
    size_t           n, rest;
    struct rtn_str   line;

    rc = apikey_find(file, name, &line, &n);

    if (rc != CMD_OK) {
        return rc;
    }

    if (line.data == NULL) {
        return cmd_fail(ctx, CMD_DATA, "no key '%s' in '%s'; run "
                        "'retentionctl api-key list'", name, file->path);
    }

    p = file->text + (line.data - file->text);
    rest = file->len - (size_t) (p - file->text) - line.len;

    memmove(p, p + line.len, rest + 1);
    file->len -= line.len;

    return apikey_file_replace(file);
}


static int
apikey_revoke_run(struct cmd_context *ctx)
{
    int                 rc;
    struct apikey_file  file;

    rc = apikey_file_open(ctx, apikey_path(ctx), true, &file);

    if (rc == CMD_OK) {
        rc = apikey_remove(ctx, &file, ctx->arguments[0]);
    }

    apikey_file_close(&file);

    if (rc == CMD_OK) {
        fprintf(ctx->out, "key '%s' is revoked; %s\n", ctx->arguments[0],
                APIKEY_RELOAD);
    }

    return rc;
}


const struct cmd_command  cmd_api_key_list = {
    .name = "api-key list",
    .run = apikey_list_run,
    .help = "list the keys of the shop's servers",
    .options = apikey_file_rows,
    .options_size = sizeof(struct apikey_options),
    .flags = CMD_NO_STORE | CMD_TABLE
};

const struct cmd_command  cmd_api_key_new = {
    .name = "api-key new",
    .run = apikey_new_run,
    .help = "make a key for one of the shop's servers and print it once",
    .example = "shop --scope coupons,events",
    .options = apikey_new_rows,
    .options_size = sizeof(struct apikey_options),
    .arguments = "NAME",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_NO_STORE
};

const struct cmd_command  cmd_api_key_revoke = {
    .name = "api-key revoke",
    .run = apikey_revoke_run,
    .help = "take a key away",
    .example = "shop",
    .options = apikey_file_rows,
    .options_size = sizeof(struct apikey_options),
    .arguments = "NAME",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_NO_STORE
};
