/* Options by rows: getopt_long's tables are built from struct cmd_option. */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

#define OPTIONS_GLOBAL_MAX   8
#define OPTIONS_ALL_MAX      (CMD_OPTIONS_MAX + OPTIONS_GLOBAL_MAX)
#define OPTIONS_FIRST        256    /* getopt_long's value of row 0 */

/* The rows of all sets side by side, as getopt_long wants them. */
struct options_table {
    size_t                    n;
    const struct cmd_option  *rows[OPTIONS_ALL_MAX];
    void                     *values[OPTIONS_ALL_MAX];
    struct option             longs[OPTIONS_ALL_MAX + 1];
    char                      shorts[2 * OPTIONS_ALL_MAX + 3];
};

const struct cmd_option  cmd_global_options[] = {
    CMD_STRING("store", 0, struct cmd_globals, store, "DIR",
        "the store; default: RETENTION_STORE, else " CMD_DEFAULT_STORE),
    CMD_FLAG("json", 0, struct cmd_globals, is_json,
        "print the table as JSON"),
    CMD_FLAG("excel", 0, struct cmd_globals, is_excel,
        "write CSV as Excel wants it: BOM, ';', decimal comma, text cells"),
    CMD_DAY("as-of", 0, struct cmd_globals, as_of, "DATE",
        "judge as of this day of the shop; default: today"),
    CMD_FLAG("help", 'h', struct cmd_globals, is_help,
        "print this help"),
    CMD_FLAG("version", 0, struct cmd_globals, is_version,
        "print the version"),
    CMD_END
};


bool
cmd_global_applies(const struct cmd_command *command,
    const struct cmd_option *option)
{
    switch (option->offset) {

    case offsetof(struct cmd_globals, store):
        return !(command->flags & CMD_NO_STORE)
               || (command->flags & CMD_NAMES_STORE);

    case offsetof(struct cmd_globals, is_json):
        return (command->flags & CMD_TABLE) != 0;

    case offsetof(struct cmd_globals, is_excel):
        return (command->flags & CMD_CSV) != 0;

    case offsetof(struct cmd_globals, as_of):
        return (command->flags & CMD_AS_OF) != 0;

    case offsetof(struct cmd_globals, is_version):
        return false;

    default:
        return true;
    }
}


static void *
options_field(const struct options_table *table, size_t i)
{
    return (char *) table->values[i] + table->rows[i]->offset;
}


static void
options_initialise(const struct options_table *table, size_t i)
{
    const struct cmd_option  *row = table->rows[i];

    if (row->kind == CMD_KIND_INTEGER) {
        *(int64_t *) options_field(table, i) = row->initial;

    } else if (row->kind == CMD_KIND_CHOICE) {
        *(int *) options_field(table, i) = (int) row->initial;
    }
}


static void
options_table_build(struct options_table *table,
    const struct cmd_option_set *sets, size_t n, bool in_order)
{
    char                     *p = table->shorts;
    size_t                    i;
    const struct cmd_option  *row;

    memset(table, 0, sizeof(*table));

    if (in_order) {
        *p++ = '+';
    }

    *p++ = ':';

    for (i = 0; i < n; i++) {
        for (row = sets[i].rows; row != NULL && row->name != NULL; row++) {
            if (table->n == OPTIONS_ALL_MAX) {
                abort();
            }

            table->rows[table->n] = row;
            table->values[table->n] = sets[i].values;
            table->longs[table->n].name = row->name;
            table->longs[table->n].has_arg = row->kind == CMD_KIND_FLAG
                                             ? no_argument
                                             : required_argument;
            table->longs[table->n].val = OPTIONS_FIRST + (int) table->n;

            if (row->letter != 0) {
                *p++ = row->letter;

                if (row->kind != CMD_KIND_FLAG) {
                    *p++ = ':';
                }
            }

            options_initialise(table, table->n);
            table->n++;
        }
    }
}


static int
options_set_integer(struct cmd_context *ctx, const struct cmd_option *row,
    const char *text, int64_t *value)
{
    char       *end;
    long long   number;

    errno = 0;
    number = strtoll(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || number < row->min
        || number > row->max)
    {
        return cmd_fail(ctx, CMD_USAGE, "--%s wants a whole number from %lld "
                        "to %lld, not '%s'", row->name, (long long) row->min,
                        (long long) row->max, text);
    }

    *value = number;

    return CMD_OK;
}


static int
options_set_choice(struct cmd_context *ctx, const struct cmd_option *row,
    const char *text, int *value)
{
    int     i;
    char    words[256];
    size_t  len = 0;

    words[0] = '\0';

    for (i = 0; row->choices[i] != NULL; i++) {
        if (strcmp(row->choices[i], text) == 0) {
            *value = i;
            return CMD_OK;
        }

        if (len < sizeof(words)) {
            len += (size_t) snprintf(words + len, sizeof(words) - len, "%s%s",
                                     i == 0 ? "" : ", ", row->choices[i]);
        }
    }

    return cmd_fail(ctx, CMD_USAGE, "--%s wants one of %s, not '%s'",
                    row->name, words, text);
}


static int
options_set_day(struct cmd_context *ctx, const struct cmd_option *row,
    const char *text, struct cmd_day *value)
{
    struct rtn_str  day = { text, strlen(text) };

    if (rtn_day_parse(day, &value->day) != 0) {
        return cmd_fail(ctx, CMD_USAGE, "--%s wants a day that exists, as "
                        "2026-11-25, not '%s'", row->name, text);
    }

    value->is_given = true;

    return CMD_OK;
}


static int
options_add_string(struct cmd_context *ctx, const struct cmd_option *row,
    const char *text, struct cmd_strings *value)
{
    if (value->items == NULL) {
        value->items = calloc(CMD_REPEATS_MAX, sizeof(*value->items));

        if (value->items == NULL) {
            return cmd_fail(ctx, CMD_DATA, "out of memory");
        }
    }

    if (value->n == CMD_REPEATS_MAX) {
        return cmd_fail(ctx, CMD_USAGE, "--%s stands more than %d times",
                        row->name, CMD_REPEATS_MAX);
    }

    value->items[value->n++] = text;

    return CMD_OK;
}


static int
options_set(struct cmd_context *ctx, const struct options_table *table,
    size_t i, const char *text)
{
    void                     *field = options_field(table, i);
    const struct cmd_option  *row = table->rows[i];

    switch (row->kind) {

    case CMD_KIND_FLAG:
        *(bool *) field = true;
        return CMD_OK;

    case CMD_KIND_STRING:
        *(const char **) field = text;
        return CMD_OK;

    case CMD_KIND_INTEGER:
        return options_set_integer(ctx, row, text, field);

    case CMD_KIND_DAY:
        return options_set_day(ctx, row, text, field);

    case CMD_KIND_CHOICE:
        return options_set_choice(ctx, row, text, field);

    case CMD_KIND_STRINGS:
        return options_add_string(ctx, row, text, field);
    }

    return CMD_USAGE;
}


static int
options_refuse(struct cmd_context *ctx, int got, char **argv)
{
    const char                *advice = ctx->command != NULL ? " " : "";
    const char                *name = ctx->command != NULL
                                      ? ctx->command->name : "";
    const char                *problem = got == ':' ? "needs a value"
                                                    : "is not known";

    /* A long option's name is in argv only. */

    if (optopt == 0 || optopt >= OPTIONS_FIRST) {
        if (got == '?' && optopt >= OPTIONS_FIRST) {
            problem = "takes no value";
        }

        return cmd_fail(ctx, CMD_USAGE, "option '%s' %s; see 'retentionctl "
                        "help%s%s'", argv[optind - 1], problem, advice, name);
    }

    return cmd_fail(ctx, CMD_USAGE, "option '-%c' %s; see 'retentionctl "
                    "help%s%s'", optopt, problem, advice, name);
}


static size_t
options_row_of(const struct options_table *table, int got)
{
    size_t  i;

    if (got >= OPTIONS_FIRST) {
        return (size_t) (got - OPTIONS_FIRST);
    }

    for (i = 0; table->rows[i]->letter != got; i++) { /* void */ }

    return i;
}


int
cmd_options_parse(struct cmd_context *ctx, const struct cmd_option_set *sets,
    size_t n, int argc, char **argv, bool in_order, int *first)
{
    int                   got, rc;
    struct options_table  table;

    options_table_build(&table, sets, n, in_order);

    opterr = 0;
    optind = 0;                     /* glibc, musl: begin anew */

    for ( ;; ) {
        got = getopt_long(argc, argv, table.shorts, table.longs, NULL);

        if (got == -1) {
            *first = optind;
            return CMD_OK;
        }

        if (got == '?' || got == ':') {
            return options_refuse(ctx, got, argv);
        }

        rc = options_set(ctx, &table, options_row_of(&table, got), optarg);

        if (rc != CMD_OK) {
            return rc;
        }
    }
}


void
cmd_options_release(const struct cmd_option_set *sets, size_t n)
{
    size_t                    i;
    struct cmd_strings       *strings;
    const struct cmd_option  *row;

    for (i = 0; i < n; i++) {
        for (row = sets[i].rows; row != NULL && row->name != NULL; row++) {
            if (row->kind == CMD_KIND_STRINGS) {
                strings = (void *) ((char *) sets[i].values + row->offset);
                free(strings->items);
                strings->items = NULL;
                strings->n = 0;
            }
        }
    }
}
