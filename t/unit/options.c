/* Options by rows, and which command was meant. */

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/frame.h"

#define ARGUMENTS_MAX  32

struct options_values {
    bool                is_dry;
    const char         *map;
    int64_t             batch;
    struct cmd_day      day;
    int                 format;
    struct cmd_strings  maps;
};

static const char *const  options_formats[] = { "csv", "json", NULL };

static const struct cmd_option  options_rows[] = {
    CMD_FLAG("dry-run", 'n', struct options_values, is_dry, "change nothing"),
    CMD_STRING("file", 'f', struct options_values, map, "FILE", "a file"),
    CMD_INTEGER("batch", 0, struct options_values, batch, "K", -1, 0, 9,
        "a batch"),
    CMD_DAY("day", 0, struct options_values, day, "DATE", "a day"),
    CMD_CHOICE("format", 0, struct options_values, format, "FORMAT",
        options_formats, 1, "a format"),
    CMD_STRINGS("map", 'm', struct options_values, maps, "A=B", "a name"),
    CMD_END
};

static const struct cmd_command  options_command = {
    .name = "import orders", .help = "take orders in", .example = "x.csv",
    .options = options_rows, .options_size = sizeof(struct options_values),
    .arguments = "FILE", .flags = CMD_AS_OF
};

static const struct cmd_command  options_check = { .name = "check" };

/* In the place of the tool's own table. */
const struct cmd_command *const  cmd_commands[] = {
    &options_command, &options_check, NULL
};

static char    *options_said;
static size_t   options_said_size;


/* Reads a line of words; what was said is in options_said. */

static int
options_parse(const char *line, struct options_values *values, int *first,
    char *argv[ARGUMENTS_MAX])
{
    int                    argc = 0, rc;
    char                  *word, *rest;
    static char            copy[256];
    struct cmd_context     ctx = { .command = &options_command };
    struct cmd_option_set  set = { options_rows, values };

    free(options_said);
    memset(values, 0, sizeof(*values));
    snprintf(copy, sizeof(copy), "%s", line);

    for (word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
    {
        argv[argc++] = word;
    }

    argv[argc] = NULL;

    ctx.err = open_memstream(&options_said, &options_said_size);
    rc = cmd_options_parse(&ctx, &set, 1, argc, argv, false, first);
    fclose(ctx.err);

    return rc;
}


static void
options_test_good(void **state)
{
    int                     first;
    char                   *argv[ARGUMENTS_MAX];
    struct options_values   values;
    struct cmd_option_set   set = { options_rows, &values };

    (void) state;

    assert_int_equal(options_parse("orders", &values, &first, argv), CMD_OK);
    assert_int_equal(values.batch, -1);
    assert_int_equal(values.format, 1);
    assert_false(values.day.is_given);
    assert_null(values.map);

    assert_int_equal(options_parse("orders a.csv -n --file=f --batch 9 --day "
                                   "2026-11-25 --format csv -m x=y --map z=w "
                                   "-- -b", &values, &first, argv), CMD_OK);
    assert_true(values.is_dry);
    assert_string_equal(values.map, "f");
    assert_int_equal(values.batch, 9);
    assert_true(values.day.is_given);
    assert_int_equal(values.day.day, 20782);
    assert_int_equal(values.format, 0);
    assert_int_equal(values.maps.n, 2);
    assert_string_equal(values.maps.items[0], "x=y");
    assert_string_equal(values.maps.items[1], "z=w");
    assert_string_equal(argv[first], "a.csv");
    assert_string_equal(argv[first + 1], "-b");

    cmd_options_release(&set, 1);
    assert_int_equal(values.maps.n, 0);
}


static void
options_test_bad(void **state)
{
    int                     first;
    char                   *argv[ARGUMENTS_MAX];
    size_t                  i;
    struct options_values   values;

    static const struct {
        const char  *line;
        const char  *said;
    } rows[] = {
        { "x --batch 10", "--batch wants a whole number from 0 to 9" },
        { "x --batch -1", "--batch wants a whole number from 0 to 9" },
        { "x --batch 1x", "not '1x'" },
        { "x --batch 99999999999999999999", "not '999" },
        { "x --day 2026-02-29", "--day wants a day that exists" },
        { "x --format xml", "--format wants one of csv, json, not 'xml'" },
        { "x --nothing", "option '--nothing' is not known; see 'retentionctl "
                         "help import orders'" },
        { "x -z", "option '-z' is not known" },
        { "x --file", "option '--file' needs a value" },
        { "x -f", "option '-f' needs a value" },
        { "x --dry-run=1", "takes no value" }
    };

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(options_parse(rows[i].line, &values, &first, argv),
                         CMD_USAGE);

        if (strstr(options_said, rows[i].said) == NULL) {
            fail_msg("'%s': %s", rows[i].line, options_said);
        }
    }
}


static void
options_test_find(void **state)
{
    int     used = 0;
    char   *orders[] = { "import", "orders", "x" };
    char   *slip[] = { "import", "odrers" };
    char   *alone[] = { "chekc" };
    char   *far[] = { "nothing", "alike" };

    (void) state;

    assert_ptr_equal(cmd_find(orders, 3, &used), &options_command);
    assert_int_equal(used, 2);
    assert_null(cmd_find(orders, 1, &used));
    assert_null(cmd_find(slip, 2, &used));
    assert_ptr_equal(cmd_nearest(slip, 2), &options_command);
    assert_ptr_equal(cmd_nearest(alone, 1), &options_check);
    assert_null(cmd_nearest(far, 2));
    assert_true(cmd_is_group("import"));
    assert_false(cmd_is_group("imp"));
    assert_false(cmd_is_group("check"));

    assert_int_equal(cmd_distance("stat", "stat", 3), 0);
    assert_int_equal(cmd_distance("stat", "satt", 3), 1);
    assert_int_equal(cmd_distance("", "abc", 3), 3);
    assert_int_equal(cmd_distance("kitten", "sitting", 9), 3);
    assert_int_equal(cmd_distance("kitten", "sitting", 2), 3);
}


static void
options_test_help(void **state)
{
    char    *text = NULL;
    FILE    *out;
    size_t   i, size;

    static const char *const  parts[] = {
        "usage: retentionctl import orders [OPTIONS] FILE\n",
        "  -n, --dry-run             change nothing\n",
        "      --format FORMAT       a format: csv, json\n",
        "      --as-of DATE ",
        "      --store DIR ",
        "example:\n  retentionctl import orders x.csv\n"
    };

    (void) state;

    out = open_memstream(&text, &size);
    cmd_help_command(out, &options_command);
    fclose(out);

    for (i = 0; i < COUNT(parts); i++) {
        assert_non_null(strstr(text, parts[i]));
    }

    assert_null(strstr(text, "--json"));
    free(text);
}


static void
options_test_exit_codes(void **state)
{
    (void) state;

    assert_int_equal(cmd_exit_code(0), CMD_OK);
    assert_int_equal(cmd_exit_code(RTN_ERR_ABSENT), CMD_STORE);
    assert_int_equal(cmd_exit_code(RTN_ERR_NEWER), CMD_STORE);
    assert_int_equal(cmd_exit_code(RTN_ERR_MAP_FULL), CMD_STORE);
    assert_int_equal(cmd_exit_code(RTN_ERR_NOT_FOUND), CMD_DATA);
    assert_int_equal(cmd_exit_code(RTN_ERR_TOKEN_MAC), CMD_DATA);
}


int
main(void)
{
    int                      rc;
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(options_test_good),
        cmocka_unit_test(options_test_bad),
        cmocka_unit_test(options_test_find),
        cmocka_unit_test(options_test_help),
        cmocka_unit_test(options_test_exit_codes)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    free(options_said);

    return rc;
}
