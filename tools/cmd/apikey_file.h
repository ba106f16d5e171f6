/* Private to api-key: the key file, changed whole and by one at a time. */

#ifndef CMD_APIKEY_FILE_H_INCLUDED
#define CMD_APIKEY_FILE_H_INCLUDED

#include "cmd.h"
#include "rtn_apikey.h"

#define APIKEY_FILE_MAX   65536     /* bytes of a key file */

struct apikey_file {
    struct cmd_context  *ctx;
    const char          *path;
    const char          *name;      /* of the file within its directory */
    int                  directory; /* locked while changed; -1: not open */
    bool                 exists;
    unsigned             mode;      /* of the file that is replaced */
    unsigned             uid;
    unsigned             gid;
    char                *text;      /* APIKEY_FILE_MAX + 1 bytes, with NUL */
    size_t               len;
};

/*
 * Reads a key file; one that is absent is empty.
 *
 * is_change   its directory is locked until apikey_file_close, and made when
 *             it is absent
 *
 * A command's exit code, after saying what is wrong.  To be closed always.
 */
int apikey_file_open(struct cmd_context *ctx, const char *path,
    bool is_change, struct apikey_file *file);

/* Replaces the file by file->text: synced, renamed, mode and owner kept. */
int apikey_file_replace(struct apikey_file *file);

void apikey_file_close(struct apikey_file *file);

/*
 * The keys line by line.
 *
 * pos    0 to begin; then where the next line begins
 * line   gets the key's line with its newline, within file->text
 *
 * CMD_OK and a key, or one without a name at the end; else an exit code after
 * naming the line.
 */
int apikey_file_next(const struct apikey_file *file, size_t *pos,
    struct rtn_str *line, struct rtn_apikey *key);

#endif /* CMD_APIKEY_FILE_H_INCLUDED */
