/* The table of errors: code, name, sentence and next step. */

#include "rtn.h"

struct error_row {
    int          code;
    const char  *name;
    const char  *sentence;
    const char  *advice;
};

#define ERROR_ROW(code, sentence, advice)  { code, #code, sentence, advice }

static const struct error_row  error_rows[] = {
    ERROR_ROW(RTN_OK, "no error", NULL),

    ERROR_ROW(RTN_ERR_NOMEM, "out of memory", NULL),
    ERROR_ROW(RTN_ERR_NOT_FOUND, "not found", NULL),
    ERROR_ROW(RTN_ERR_EXISTS, "exists already", NULL),
    ERROR_ROW(RTN_ERR_CORRUPT, "a checksum or a length is wrong",
              "run 'retentionctl check'"),
    ERROR_ROW(RTN_ERR_NEWER, "written by a later version",
              "install the version that wrote it"),
    ERROR_ROW(RTN_ERR_SPACE, "does not fit its place", NULL),
    ERROR_ROW(RTN_ERR_LIMIT, "past a limit", NULL),
    ERROR_ROW(RTN_ERR_OLDER, "written by an earlier version, in a layout that "
              "this one does not read",
              "make a new store with 'retentionctl init' and import again"),

    ERROR_ROW(RTN_ERR_ABSENT, "not initialised", "run 'retentionctl init'"),
    ERROR_ROW(RTN_ERR_PERMISSION, "belongs to another user",
              "run the command as its owner, with 'sudo -u'"),
    ERROR_ROW(RTN_ERR_DISK_FULL, "no space left on its file system",
              "free some space there, then try again"),
    ERROR_ROW(RTN_ERR_MAP_FULL, "an environment reached its limit",
              "run 'retentionctl stat' to see which"),
    ERROR_ROW(RTN_ERR_READERS_FULL, "too many readers at once",
              "wait until a report or an export ends, then try again"),
    ERROR_ROW(RTN_ERR_IO, "the system refused a read or a write",
              "look for disk errors in the system's log"),
    ERROR_ROW(RTN_ERR_READ_ONLY, "opened only to be read", NULL),
    ERROR_ROW(RTN_ERR_DAMAGED, "a file is damaged, cut or missing",
              "run 'retentionctl check', and restore it from a backup"),

    ERROR_ROW(RTN_ERR_TOKEN_FORM, "not a token",
              "copy all of it, 36 or 40 characters"),
    ERROR_ROW(RTN_ERR_TOKEN_VERSION, "a token of an unknown version", NULL),
    ERROR_ROW(RTN_ERR_TOKEN_PURPOSE, "a token made for another endpoint",
              NULL),
    ERROR_ROW(RTN_ERR_TOKEN_KEY, "the token's key is retired or unknown",
              "run 'retentionctl keys list'"),
    ERROR_ROW(RTN_ERR_TOKEN_MAC, "an altered or forged token", NULL),
    ERROR_ROW(RTN_ERR_TOKEN_EXPIRED, "a visit token older than 30 days",
              NULL),

    ERROR_ROW(RTN_ERR_CODE, "not a coupon code", NULL),
    ERROR_ROW(RTN_ERR_MONEY, "not an amount of its currency",
              "write it like 30.00"),
    ERROR_ROW(RTN_ERR_CURRENCY, "not a currency",
              "use a code of ISO 4217, such as EUR"),
    ERROR_ROW(RTN_ERR_TIME, "not a time or day that exists",
              "write it like 2026-11-25T09:30:00Z or 2026-11-25"),
    ERROR_ROW(RTN_ERR_URL, "not a target to redirect to",
              "use a plain https URL"),
    ERROR_ROW(RTN_ERR_UTF8, "not UTF-8", "convert it to UTF-8"),
    ERROR_ROW(RTN_ERR_JSON, "not the JSON that is expected here", NULL)
};


static const struct error_row *
error_find(int err)
{
    size_t  i;

    for (i = 0; i < sizeof(error_rows) / sizeof(error_rows[0]); i++) {
        if (error_rows[i].code == err) {
            return &error_rows[i];
        }
    }

    return NULL;
}


const char *
rtn_strerror(int err)
{
    const struct error_row  *row = error_find(err);

    return row != NULL ? row->sentence : "unknown error";
}


const char *
rtn_err_advice(int err)
{
    const struct error_row  *row = error_find(err);

    return row != NULL ? row->advice : NULL;
}


const char *
rtn_err_name(int err)
{
    const struct error_row  *row = error_find(err);

    return row != NULL ? row->name : "RTN_ERR_UNKNOWN";
}
