/*
 * The frame of retentionctl: a command is one row of struct cmd_command, kept
 * in the command's own file, and one line of the table in commands.c.  Help,
 * option parsing, opening the store and exit codes come from the row.
 *
 *     struct tiers_options {
 *         const char  *tiers;
 *         bool         is_quiet;
 *     };
 *
 *     static const struct cmd_option  tiers_rows[] = {
 *         CMD_STRING("tiers", 't', struct tiers_options, tiers, "DAYS",
 *             "limits between tiers, as in 90,180,360"),
 *         CMD_FLAG("quiet", 'q', struct tiers_options, is_quiet,
 *             "print nothing but the table"),
 *         CMD_END
 *     };
 *
 *     const struct cmd_command  cmd_segment_tiers = {
 *         .name = "segment tiers", .run = tiers_run,
 *         .help = "count customers by days since their last order",
 *         .example = "--tiers 90,180,360 --as-of 2026-11-25",
 *         .options = tiers_rows, .options_size = sizeof(struct tiers_options),
 *         .opens = RTN_OPEN_CRM, .flags = CMD_TABLE | CMD_AS_OF
 *     };
 *
 * One thread; nothing here may be called from another.
 */

#ifndef CMD_H_INCLUDED
#define CMD_H_INCLUDED

#include <stdio.h>

#include "rtn.h"
#include "rtn_store.h"
#include "rtn_time.h"

#define CMD_DEFAULT_STORE    "/var/lib/ngx-retention"
#define CMD_OPTIONS_MAX      32     /* rows of a command, without CMD_END */
#define CMD_REPEATS_MAX      256    /* values of one repeated option */

/* What run returns, and the process with it. */
enum cmd_exit {
    CMD_OK          = 0,
    CMD_DATA        = 1,            /* a problem with the data */
    CMD_USAGE       = 2,            /* called in a wrong way */
    CMD_STORE       = 3,            /* the store cannot be used */
    CMD_STOPPED     = 130           /* SIGINT or SIGTERM */
};


/* The values of a repeated option, in the order given. */
struct cmd_strings {
    const char  **items;
    size_t        n;
};

/* A day that may have been left out. */
struct cmd_day {
    bool       is_given;
    rtn_day_t  day;
};

enum cmd_kind {
    CMD_KIND_FLAG = 1,              /* bool */
    CMD_KIND_STRING,                /* const char *, NULL when left out */
    CMD_KIND_INTEGER,               /* int64_t */
    CMD_KIND_DAY,                   /* struct cmd_day */
    CMD_KIND_CHOICE,                /* int, an index into choices */
    CMD_KIND_STRINGS                /* struct cmd_strings */
};

/* An option: "--name VALUE", and "-l VALUE" where it has a letter. */
struct cmd_option {
    const char         *name;
    char                letter;     /* 0: none */
    enum cmd_kind       kind;
    size_t              offset;     /* of its field in the options */
    const char         *value;      /* its name in the help; NULL for a flag */
    const char         *help;       /* lower case, no full stop */
    int64_t             initial;    /* integers and choices, when left out */
    int64_t             min;        /* integers: limits, both allowed */
    int64_t             max;
    const char *const  *choices;    /* ended by NULL */
};

/* Rows of struct cmd_option: (name, letter, struct, its field, ..., help). */
#define CMD_FLAG(name, letter, type, field, help)                             \
    { name, letter, CMD_KIND_FLAG, offsetof(type, field), NULL, help,         \
      0, 0, 0, NULL }
#define CMD_STRING(name, letter, type, field, value, help)                    \
    { name, letter, CMD_KIND_STRING, offsetof(type, field), value, help,      \
      0, 0, 0, NULL }
#define CMD_INTEGER(name, letter, type, field, value, initial, min, max,      \
    help)                                                                     \
    { name, letter, CMD_KIND_INTEGER, offsetof(type, field), value, help,     \
      initial, min, max, NULL }
#define CMD_DAY(name, letter, type, field, value, help)                       \
    { name, letter, CMD_KIND_DAY, offsetof(type, field), value, help,         \
      0, 0, 0, NULL }
#define CMD_CHOICE(name, letter, type, field, value, choices, initial, help)  \
    { name, letter, CMD_KIND_CHOICE, offsetof(type, field), value, help,      \
      initial, 0, 0, choices }
#define CMD_STRINGS(name, letter, type, field, value, help)                   \
    { name, letter, CMD_KIND_STRINGS, offsetof(type, field), value, help,     \
      0, 0, 0, NULL }
#define CMD_END                                                               \
    { NULL, 0, CMD_KIND_FLAG, 0, NULL, NULL, 0, 0, 0, NULL }


struct cmd_context;

enum cmd_flags {
    CMD_WRITES   = 1u << 0,         /* else opened with RTN_OPEN_READ_ONLY */
    CMD_TABLE    = 1u << 1,         /* prints a table: takes --json */
    CMD_AS_OF    = 1u << 2,         /* takes --as-of DATE */
    CMD_NO_STORE = 1u << 3,         /* opens no store */
    CMD_NAMES_STORE = 1u << 4,      /* with CMD_NO_STORE: takes --store */
    CMD_CSV      = 1u << 5          /* can write CSV: takes --excel */
};

struct cmd_command {
    const char               *name;         /* one or two words */
    int                     (*run)(struct cmd_context *ctx);
    const char               *help;         /* one line, no full stop */
    const char               *details;      /* lines below it, or NULL */
    const char               *example;      /* what follows the name */
    const struct cmd_option  *options;      /* ended by CMD_END, or NULL */
    size_t                    options_size;
    const char               *arguments;    /* "CAMPAIGN FILE", or NULL */
    int                       arguments_min;
    int                       arguments_max;
    unsigned                  opens;        /* bits of enum rtn_open_flags;
                                               state is always opened */
    unsigned                  flags;        /* bits of enum cmd_flags */
};

/* All commands, in the order of the help, ended by NULL; see commands.c. */
extern const struct cmd_command *const  cmd_commands[];

/* What a command runs with.  Everything lives until run returns. */
struct cmd_context {
    const struct cmd_command   *command;
    void                       *options;    /* struct of options_size, filled */
    char                      **arguments;
    int                         argument_count;
    bool                        is_json;    /* --json */
    bool                        is_excel;   /* --excel: CSV for Excel */
    struct cmd_day              given_as_of;    /* --as-of, if it was given */

    const char                 *store_path;
    struct rtn_store           *store;      /* NULL with CMD_NO_STORE */
    const struct rtn_settings  *settings;   /* NULL with CMD_NO_STORE */
    rtn_day_t                   as_of;      /* --as-of, else today in the
                                               shop's zone */
    int64_t                     now_ms;     /* the clock, read once */
    FILE                       *out;
    FILE                       *err;
};


/*
 * Prints "retentionctl: ..." and a newline on ctx->err and returns code, so
 * that a command says: return cmd_fail(ctx, CMD_DATA, "no campaign '%s'", s);
 */
int cmd_fail(struct cmd_context *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints "retentionctl: warning: ..." on ctx->err. */
void cmd_warn(struct cmd_context *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Says that the store refused something and returns the exit code: CMD_STORE
 * for what makes a store unusable (absent, another user's, newer, full,
 * corrupt, I/O), else CMD_DATA.
 *
 * err      an RTN_ERR_*
 * format   what was being done, "cannot store the campaign '%s'"; the
 *          sentence and the advice of err follow after a colon
 */
int cmd_fail_store(struct cmd_context *ctx, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The exit code alone for an RTN_ERR_*; CMD_OK for 0. */
int cmd_exit_code(int err);


/*
 * Whether SIGINT or SIGTERM came.  Asked between slices of long work, which
 * then returns cmd_stop(ctx).
 */
bool cmd_interrupted(void);

/* Says that running the command again goes on, and returns CMD_STOPPED. */
int cmd_stop(struct cmd_context *ctx);


/*
 * As root, takes the effective ids of the store's owner until cmd_owner_leave,
 * for files within the store's directory.  The frame does so around opening;
 * a command needs it only to make files there.  For anyone but root, and
 * between two pairs, nothing changes.  Says what was wrong and returns
 * CMD_STORE when the ids cannot be taken.
 */
int cmd_owner_enter(struct cmd_context *ctx);
void cmd_owner_leave(void);

/* The same for given ids; 'init' uses it before there is an owner. */
int cmd_ids_enter(struct cmd_context *ctx, unsigned uid, unsigned gid);


/* A bar on a terminal's standard error, nothing elsewhere. */
struct cmd_progress {
    FILE        *err;               /* NULL: not a terminal */
    const char  *what;
    uint64_t     total;
    int64_t      drawn_ms;
};

/*
 * Begins a bar.
 *
 * what    a word or two, "importing"; lives until cmd_progress_end
 * total   what done will reach; 0: not known, the bar only counts
 */
void cmd_progress_begin(struct cmd_progress *progress,
    struct cmd_context *ctx, const char *what, uint64_t total);

/* Shows how far it is, a few times a second at most; cheap to call. */
void cmd_progress_at(struct cmd_progress *progress, uint64_t done);

/* Clears the bar's line. */
void cmd_progress_end(struct cmd_progress *progress);

#endif /* CMD_H_INCLUDED */
