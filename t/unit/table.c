/* One model of rows in every format, and files that stand whole or not. */

#include "random.h"
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <jansson.h>

#include "output/file.h"
#include "output/table.h"

static const struct rto_column  table_columns[] = {
    { "name", RTO_TEXT, NULL },
    { "orders", RTO_INTEGER, NULL },
    { "revenue", RTO_MONEY, NULL },
    { "share", RTO_FRACTION, NULL },
    { "at", RTO_TIME, NULL },
    { "day", RTO_DAY, NULL },
    { "ok", RTO_FLAG, "fine" }
};


static char *
table_print(enum rto_format format, const char *const *names, size_t n)
{
    char              *text = NULL;
    FILE              *out;
    size_t             i, size;
    struct rto_table  *table;
    struct rto_value   values[7];

    out = open_memstream(&text, &size);
    assert_int_equal(rto_begin(out, format, table_columns, 7, &table), 0);

    for (i = 0; i < n; i++) {
        values[0] = rto_string(names[i]);
        values[1] = rto_integer(-5);
        values[2] = rto_money(3000, "EUR");
        values[3] = rto_fraction(i == 0 ? 0.1 : NAN);
        values[4] = rto_time(1500);
        values[5] = rto_day(20782);
        values[6] = rto_flag(i == 0);
        assert_int_equal(rto_row(table, values), 0);
    }

    assert_int_equal(rto_end(table), 0);
    fclose(out);

    return text;
}


static void
table_expect(enum rto_format format, const char *const *names, size_t n,
    const char *expected)
{
    char  *text = table_print(format, names, n);

    assert_string_equal(text, expected);
    free(text);
}


static void
table_test_formats(void **state)
{
    static const char *const  names[] = { "a\"b", NULL };

    (void) state;

    table_expect(RTO_FORMAT_TEXT, names, 2,
        "name  orders    revenue  share  at                        day       "
        "  fine\n"
        "a\"b       -5  30.00 EUR    0.1  1970-01-01T00:00:01.500Z  "
        "2026-11-25  yes\n"
        "-         -5  30.00 EUR      -  1970-01-01T00:00:01.500Z  "
        "2026-11-25  no\n");

    table_expect(RTO_FORMAT_CSV, names, 2,
        "name,orders,revenue,share,at,day,ok\r\n"
        "\"a\"\"b\",-5,30.00,0.1,1970-01-01T00:00:01.500Z,2026-11-25,TRUE\r\n"
        ",-5,30.00,,1970-01-01T00:00:01.500Z,2026-11-25,FALSE\r\n");

    table_expect(RTO_FORMAT_JSONL, names, 1,
        "{\"name\": \"a\\\"b\", \"orders\": -5, \"revenue\": \"30.00\", "
        "\"share\": 0.1, \"at\": \"1970-01-01T00:00:01.500Z\", "
        "\"day\": \"2026-11-25\", \"ok\": true}\n");

    table_expect(RTO_FORMAT_EXCEL, names, 2,
        "\xEF\xBB\xBF" "name;orders;revenue;share;at;day;ok\r\n"
        "\"=\"\"a\"\"\"\"b\"\"\";-5;30,00;0,1;1970-01-01 00:00:01;"
        "2026-11-25;yes\r\n"
        ";-5;30,00;;1970-01-01 00:00:01;2026-11-25;no\r\n");

    table_expect(RTO_FORMAT_JSON, names, 0, "[]\n");
}


/* A formula is defused in text alone; our negative numbers are none. */

static void
table_test_csv_cells(void **state)
{
    char        *text = NULL;
    FILE        *out;
    size_t       i, size;

    static const struct {
        const char  *cell;
        bool         is_text;
        const char  *expected;
    } rows[] = {
        { "=1+1", true, "'=1+1" },
        { "+380", true, "'+380" },
        { "-2", true, "'-2" },
        { "@x", true, "'@x" },
        { "\tx", true, "'\tx" },
        { "\rx", true, "\"'\rx\"" },
        { "=a,b", true, "\"'=a,b\"" },
        { "a=b", true, "a=b" },
        { "-2", false, "-2" },
        { "", true, "" },
        { " x", true, "\" x\"" },
        { "a\nb", true, "\"a\nb\"" },
        { "\"", true, "\"\"\"\"" }
    };

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        out = open_memstream(&text, &size);
        rto_csv_cell(out, str(rows[i].cell), rows[i].is_text);
        fclose(out);
        assert_string_equal(text, rows[i].expected);
        free(text);
    }
}


static void
table_test_json_numbers(void **state)
{
    char      *text = NULL;
    FILE      *out;
    double     number;
    size_t     size;
    uint64_t   bits;
    unsigned   i;

    (void) state;

    for (i = 0; i < 20000; i++) {
        bits = random_next();
        memcpy(&number, &bits, sizeof(number));

        out = open_memstream(&text, &size);
        rto_json_number(out, number);
        fclose(out);

        if (isfinite(number)) {
            assert_true(strtod(text, NULL) == number);

        } else {
            assert_string_equal(text, "null");
        }

        free(text);
    }
}


/* Whatever the bytes, jansson reads it; UTF-8 comes back as it was. */

static void
table_test_json_strings(void **state)
{
    char       bytes[24];
    char      *text = NULL;
    FILE      *out;
    json_t    *value;
    size_t     i, n, size;
    unsigned   round;

    static const char  good[] = "a\"\\\n\t\x01\x7F" "é€😀";

    (void) state;

    for (round = 0; round < 20000; round++) {
        n = random_below(sizeof(bytes) + 1);

        for (i = 0; i < n; i++) {
            bytes[i] = (char) (1 + random_below(255));
        }

        out = open_memstream(&text, &size);
        rto_json_string(out, (struct rtn_str) { bytes, n });
        fclose(out);

        value = json_loads(text, JSON_DECODE_ANY, NULL);
        assert_non_null(value);
        json_decref(value);
        free(text);
    }

    out = open_memstream(&text, &size);
    rto_json_string(out, str(good));
    fclose(out);
    value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_string_equal(json_string_value(value), good);
    json_decref(value);
    free(text);
}


/* Rows until the first that is refused. */
static int
table_fill(FILE *out)
{
    int                rc;
    unsigned           i;
    struct rto_table  *table;
    struct rto_value   value = rto_string("x");

    assert_int_equal(rto_begin(out, RTO_FORMAT_JSONL, table_columns, 1,
                               &table), 0);

    for (i = 0, rc = 0; rc == 0 && i < 1000000; i++) {
        rc = rto_row(table, &value);
    }

    assert_int_equal(rto_end(table), rc);

    return rc;
}


static void
table_test_full_disk(void **state)
{
    FILE  *out = fopen("/dev/full", "w");

    (void) state;

    if (out == NULL) {
        skip();
    }

    assert_int_equal(table_fill(out), RTN_ERR_DISK_FULL);
    fclose(out);

    /* what is not buffered cannot be tried again */

    out = fopen("/dev/full", "w");
    setvbuf(out, NULL, _IONBF, 0);
    assert_int_equal(table_fill(out), RTN_ERR_IO);
    fclose(out);
}


/* zlib keeps no errno of what failed. */
static void
table_test_full_disk_gzip(void **state)
{
    char              directory[] = "/tmp/retention-table-XXXXXX";
    char              path[sizeof(directory) + 10];
    struct rto_file  *file;

    (void) state;

    if (access("/dev/full", W_OK) != 0) {
        skip();
    }

    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/full.gz", directory);
    assert_int_equal(symlink("/dev/full", path), 0);

    assert_int_equal(rto_file_open(path, 0, &file), 0);
    assert_int_equal(table_fill(rto_file_stream(file)), RTN_ERR_DISK_FULL);
    rto_file_discard(file);

    unlink(path);
    rmdir(directory);
}


static void
table_file_path(const char *directory, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", directory, name);
}


static void
table_test_files(void **state)
{
    char              directory[] = "/tmp/rtn-table-XXXXXX";
    char              path[128], part[140], got[16];
    gzFile            gzip;
    struct stat       there;
    struct rto_file  *file, *other;

    (void) state;

    assert_non_null(mkdtemp(directory));
    table_file_path(directory, "a.csv", path);
    snprintf(part, sizeof(part), "%s.part", path);

    /* Nothing under the name before it is whole; one writer at a time. */

    assert_int_equal(rto_file_open(path, RTO_FILE_PRIVATE, &file), 0);
    fputs("one", rto_file_stream(file));
    assert_int_equal(stat(path, &there), -1);
    assert_int_equal(stat(part, &there), 0);
    assert_int_equal(rto_file_open(path, 0, &other), RTN_ERR_IO);
    assert_int_equal(rto_file_commit(file), 0);
    assert_int_equal(stat(part, &there), -1);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0600);
    assert_int_equal(there.st_size, 3);

    /* An existing one only by force, and whole until then. */

    assert_int_equal(rto_file_open(path, 0, &file), RTN_ERR_EXISTS);
    assert_int_equal(rto_file_open(path, RTO_FILE_FORCE, &file), 0);
    fputs("fourfour", rto_file_stream(file));
    rto_file_discard(file);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_size, 3);
    assert_int_equal(stat(part, &there), -1);
    unlink(path);

    table_file_path(directory, "b.csv.gz", path);
    assert_int_equal(rto_file_open(path, 0, &file), 0);
    fputs("zipped", rto_file_stream(file));
    assert_int_equal(rto_file_commit(file), 0);

    gzip = gzopen(path, "rb");
    memset(got, 0, sizeof(got));
    assert_int_equal(gzread(gzip, got, sizeof(got)), 6);
    assert_false(gzdirect(gzip));
    gzclose(gzip);
    assert_string_equal(got, "zipped");
    unlink(path);

    /* Devices are written as they are; no directory, no file. */

    assert_int_equal(rto_file_open("/dev/null", 0, &file), 0);
    assert_int_equal(rto_file_commit(file), 0);
    assert_int_equal(rto_file_open(directory, 0, &file), RTN_ERR_IO);
    assert_int_equal(rto_file_open("/nonexistent/a", 0, &file), RTN_ERR_IO);
    assert_int_equal(errno, ENOENT);

    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(rto_file_open("/dev/full", 0, &file), 0);
        fputs("x", rto_file_stream(file));
        assert_int_equal(rto_file_commit(file), RTN_ERR_DISK_FULL);
    }

    rmdir(directory);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(table_test_formats),
        cmocka_unit_test(table_test_csv_cells),
        cmocka_unit_test(table_test_json_numbers),
        cmocka_unit_test(table_test_json_strings),
        cmocka_unit_test(table_test_full_disk),
        cmocka_unit_test(table_test_full_disk_gzip),
        cmocka_unit_test(table_test_files)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
