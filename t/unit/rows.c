/* Rows of CSV and JSON lines: what goes in, and what is left out and why. */

#include "random.h"
#include "unit.h"

#include <unistd.h>
#include <zlib.h>

#include "input/rejected.h"

static const struct rti_column  rows_columns[] = {
    { "id", true },
    { "amount", true },
    { "note", false }
};


static struct rti_rows *
rows_of(const char *text, size_t size, const char *map)
{
    struct rti_rows   *rows = NULL;
    struct rti_fault   fault = { 0 };

    if (rti_rows_open_buffer(text, size, rows_columns, 3, &map,
                             map != NULL, &rows, &fault) != 0)
    {
        fail_msg("%s", fault.sentence);
    }

    return rows;
}


static void
rows_refused(const char *text, const char *map, const char *part)
{
    struct rti_rows   *rows = NULL;
    struct rti_fault   fault = { 0 };

    assert_int_not_equal(rti_rows_open_buffer(text, strlen(text),
                                              rows_columns, 3, &map,
                                              map != NULL, &rows, &fault), 0);

    if (strstr(fault.sentence, part) == NULL) {
        fail_msg("'%s' does not say '%s'", fault.sentence, part);
    }
}


/* A row as "line|id|amount|note", absent ones as "-", or "line!reason". */

static void
rows_expect(struct rti_rows *rows, const char *expected)
{
    char             got[512];
    size_t           i, len;
    struct rti_row   row;

    assert_int_equal(rti_rows_next(rows, &row), 0);

    len = (size_t) snprintf(got, sizeof(got), "%u", (unsigned) row.line);

    if (row.fault != NULL) {
        snprintf(got + len, sizeof(got) - len, "!%s", row.fault);
        got[strlen(expected)] = '\0';
        assert_null(row.cells[0].data);

    } else {
        for (i = 0; i < 3; i++) {
            len += (size_t) snprintf(got + len, sizeof(got) - len, "|%.*s",
                                     row.cells[i].data != NULL
                                     ? (int) row.cells[i].len : 1,
                                     row.cells[i].data != NULL
                                     ? row.cells[i].data : "-");
        }
    }

    assert_string_equal(got, expected);
}


static void
rows_end(struct rti_rows *rows)
{
    struct rti_row  row;

    assert_int_equal(rti_rows_next(rows, &row), RTN_ERR_NOT_FOUND);
    rti_rows_close(rows);
}


static void
rows_expect_all(const char *text, const char *const *expected)
{
    struct rti_rows  *rows = rows_of(text, strlen(text), NULL);

    for ( /* void */ ; *expected != NULL; expected++) {
        rows_expect(rows, *expected);
    }

    rows_end(rows);
}


#define ROWS(text, ...)                                                       \
    rows_expect_all(text, (const char *const []) { __VA_ARGS__, NULL })


static void
rows_test_plain(void **state)
{
    (void) state;

    ROWS("id,amount,note\na,1,x\nb,2,\n", "2|a|1|x", "3|b|2|-");
    ROWS("\xEF\xBB\xBFid,amount\r\na,1\r\n", "2|a|1|-");
    ROWS("id,amount\ra,1\rb,2", "2|a|1|-", "3|b|2|-");
    ROWS("\n\nid,amount\n\n  \na,1\n\n", "6|a|1|-");
    ROWS("note,amount,other,id\nn,1,o,a\n", "2|a|1|n");
    ROWS("id;amount\na;1,50\n", "2|a|1,50|-");
    ROWS("id\tamount\tnote\na\t1\t\n", "2|a|1|-");
}


static void
rows_test_quotes(void **state)
{
    (void) state;

    ROWS("id,amount,note\n\"a\",\"1\",\"x, \"\"y\"\"\nz\"\nb,2,q\n",
         "2|a|1|x, \"y\"\nz", "4|b|2|q");
    ROWS("id,amount\n\"a\r\n\r\nb\",1\r\nc,2", "2|a\r\n\r\nb|1|-", "5|c|2|-");
}


static void
rows_test_bad_rows(void **state)
{
    (void) state;

    ROWS("id,amount\na\nb,1\nc,2,3\nd,4\n", "2!1 cell where", "3|b|1|-",
         "4!3 cells where the header has 2", "5|d|4|-");
    ROWS("id,amount\na\xFF,1\nb,1\n", "2!bytes that are not UTF-8", "3|b|1|-");
    ROWS("id,amount\na\"b,1\nc,2\n", "2!a quote out of place", "3|c|2|-");
}


/* An unclosed quote costs its own line and no more. */

static void
rows_test_unclosed_quote(void **state)
{
    (void) state;

    ROWS("id,amount\n\"a,1\nb,2\nc,3\n", "2!a quote that is not closed",
         "3|b|2|-", "4|c|3|-");
    ROWS("id,amount\n\"a,1\nb,2\nc,\"3\"\nd,4\n", "2!a quote out of place",
         "3|b|2|-", "4|c|3|-", "5|d|4|-");
}


static void
rows_test_nul(void **state)
{
    struct rti_rows    *rows;
    static const char   text[] = "id,amount\na\0b,1\nc,2\n";

    (void) state;

    rows = rows_of(text, sizeof(text) - 1, NULL);
    rows_expect(rows, "2!a NUL byte");
    rows_expect(rows, "3|c|2|-");
    rows_end(rows);
}


static void
rows_test_header(void **state)
{
    (void) state;

    rows_refused("", NULL, "empty");
    rows_refused("\n\n", NULL, "empty");
    rows_refused("id,price\na,1\n", NULL, "no column 'amount'; the file's "
                 "columns: id, price");
    rows_refused("id,amount,id\n", NULL, "two columns are named 'id'");
    rows_refused("id,am\xFFount\n", NULL, "UTF-8");
    rows_refused("\xFF\xFEi\0d", NULL, "UTF-16");
    rows_refused("[{\"id\": 1}]", NULL, "one object a line");
}


static void
rows_test_map(void **state)
{
    struct rti_rows    *rows;
    static const char   text[] = "InvoiceNo,amount,id\na,1,zz\n";

    (void) state;

    rows = rows_of(text, sizeof(text) - 1, "id=InvoiceNo");
    rows_expect(rows, "2|a|1|-");
    assert_string_equal(rti_rows_ignored(rows), "id");
    assert_true(rti_rows_has(rows, 0));
    assert_false(rti_rows_has(rows, 2));
    rows_end(rows);

    rows_refused("id,amount\n", "di=x", "no column of this import");
    rows_refused("id,amount\n", "id", "ours=theirs");
    rows_refused("id,amount\n", "id=", "ours=theirs");
    rows_refused("id,amount\n", "id=x", "no column 'x'");
    rows_refused("id,amount\n", "note=x", "no column 'x'");
}


static void
rows_test_limits(void **state)
{
    char             *text;
    size_t            len;
    struct rti_rows  *rows;

    (void) state;

    text = malloc(2 * RTI_ROW_MAX + 100);
    assert_non_null(text);

    /* One byte more than a cell may have, in the middle. */

    len = (size_t) sprintf(text, "id,amount\n");
    memset(text + len, 'x', RTI_FIELD_MAX + 1);
    len += RTI_FIELD_MAX + 1;
    len += (size_t) sprintf(text + len, ",1\nb,2\n");

    rows = rows_of(text, len, NULL);
    rows_expect(rows, "2!a cell longer than 65536 bytes");
    rows_expect(rows, "3|b|2|-");
    rows_end(rows);

    /* A line that is longer than a row, and one within quotes. */

    len = (size_t) sprintf(text, "id,amount\n");
    memset(text + len, 'x', RTI_ROW_MAX + 9);
    len += RTI_ROW_MAX + 9;
    len += (size_t) sprintf(text + len, ",1\r\n\"b,2\nc,3\n");

    rows = rows_of(text, len, NULL);
    rows_expect(rows, "2!longer than a row may be");
    rows_expect(rows, "3!a quote that is not closed");
    rows_expect(rows, "4|c|3|-");
    rows_end(rows);

    free(text);
}


static void
rows_test_json(void **state)
{
    (void) state;

    ROWS("{\"id\": \"a\", \"amount\": 1, \"note\": null}\n\n"
         "{\"amount\": \"1.50\", \"id\": \"b\", \"note\": [{\"q\": 1}]}\r\n",
         "1|a|1|-", "3|b|1.50|[{\"q\":1}]");
    ROWS("{\"id\": \"a\", \"amount\": 1.5}\n{\"id\": \"b\", \"amount\": 2.0}\n",
         "1!amount: a number with a fraction", "2|b|2|-");
    ROWS("{\"id\": 1, \"id\": 2}\n[1]\nx\n{\"id\": true}\n",
         "1!not JSON at byte", "2!no JSON object", "3!not JSON", "4|true|-|-");
    ROWS("{\"id\": \"\xFF\"}\n{\"id\": \"a\\u0000\"}\n{}\n",
         "1!bytes that are not UTF-8", "2!not JSON", "3|-|-|-");
    ROWS("{\"note\": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}\n{\"id\": \"b\"}\n",
         "1!nested deeper than 16", "2|b|-|-");
}


static void
rows_test_json_ignored(void **state)
{
    struct rti_rows    *rows;
    static const char   text[] = "{\"id\": 1, \"x\": 1}\n{\"x\": 2, \"y\": 3}";

    (void) state;

    rows = rows_of(text, sizeof(text) - 1, NULL);
    rows_expect(rows, "1|1|-|-");
    rows_expect(rows, "2|-|-|-");
    assert_string_equal(rti_rows_ignored(rows), "x, y");
    rows_end(rows);
}


static void
rows_write(const char *path, const void *data, size_t size)
{
    FILE  *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}


/* What random bytes cannot shrink: many lines, over several buffers. */

static void
rows_test_gzip(void **state)
{
    int                rc;
    char               path[] = "/tmp/rtn-rows-XXXXXX";
    char              *data;
    long               size;
    FILE              *file;
    gzFile             gzip;
    unsigned           i, whole = 0;
    struct rti_row     row;
    struct rti_rows   *rows;
    struct rti_fault   fault;

    (void) state;

    close(mkstemp(path));
    gzip = gzopen(path, "wb");
    gzprintf(gzip, "id,amount\n");

    for (i = 0; i < 200000; i++) {
        gzprintf(gzip, "%u,%u\n", (unsigned) random_next(),
                 (unsigned) random_next());
    }

    gzclose(gzip);

    assert_int_equal(rti_rows_open(path, rows_columns, 3, NULL, 0, &rows,
                                   &fault), 0);

    while (rti_rows_next(rows, &row) == 0) {
        assert_null(row.fault);
        assert_int_equal(row.line, ++whole + 1);
    }

    assert_int_equal(whole, 200000);
    rti_rows_close(rows);

    /* The same, cut in half: rows first, then an error with its line. */

    file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = malloc((size_t) size);
    assert_int_equal(fread(data, 1, (size_t) size, file), size);
    fclose(file);

    rows_write(path, data, (size_t) size / 2);
    free(data);

    assert_int_equal(rti_rows_open(path, rows_columns, 3, NULL, 0, &rows,
                                   &fault), 0);

    for (i = 0; (rc = rti_rows_next(rows, &row)) == 0; i++) {
        assert_null(row.fault);
    }

    assert_int_equal(rc, RTN_ERR_IO);
    assert_true(i > 10000 && i < 200000);
    assert_int_equal(rti_rows_fault(rows)->line, i + 2);
    assert_non_null(strstr(rti_rows_fault(rows)->sentence, "cut short"));

    rti_rows_close(rows);
    unlink(path);
}


static void
rows_test_absent(void **state)
{
    struct rti_rows   *rows;
    struct rti_fault   fault;

    (void) state;

    assert_int_equal(rti_rows_open("/nonexistent/x.csv", rows_columns, 3, NULL,
                                   0, &rows, &fault), RTN_ERR_NOT_FOUND);
    assert_int_equal(rti_rows_open("/", rows_columns, 3, NULL, 0, &rows,
                                   &fault), RTN_ERR_IO);
}


static void
rows_test_rejected(void **state)
{
    char                  path[] = "/tmp/rtn-rows-XXXXXX";
    char                  name[64], text[256];
    FILE                 *file;
    size_t                n;
    struct rti_row        row;
    struct rti_rows      *rows;
    struct rti_fault      fault;
    struct rti_rejected  *rejected;
    static const char     data[] = "id,amount\na,\"b\nc\"\n\"d,1\n=e,2,3\n";

    (void) state;

    close(mkstemp(path));
    rows_write(path, data, sizeof(data) - 1);
    snprintf(name, sizeof(name), "%s.rejected.csv", path);
    rows_write(name, "old", 3);

    assert_int_equal(rti_rows_open(path, rows_columns, 3, NULL, 0, &rows,
                                   &fault), 0);
    assert_int_equal(rti_rejected_open(path, rows, &rejected), 0);
    assert_int_equal(access(name, F_OK), -1);
    assert_null(rti_rejected_path(rejected));

    while (rti_rows_next(rows, &row) == 0) {
        assert_int_equal(rti_rejected_put(rejected, &row,
                                          row.fault ? NULL : "amount",
                                          row.fault ? row.fault : "bad"), 0);
    }

    assert_int_equal(rti_rejected_count(rejected), 3);
    assert_string_equal(rti_rejected_path(rejected), name);
    assert_int_equal(rti_rejected_close(rejected), 0);
    rti_rows_close(rows);

    file = fopen(name, "rb");
    n = fread(text, 1, sizeof(text) - 1, file);
    text[n] = '\0';
    fclose(file);

    assert_string_equal(text, "line,reason,id,amount\r\n"
                        "2,amount: bad,a,\"b\nc\"\r\n"
                        "4,a quote that is not closed,\"\"\"d,1\"\r\n"
                        "5,3 cells where the header has 2,=e,2,3\r\n");

    unlink(name);
    unlink(path);
}


/* Cells of random bytes, quoted and read back: the same cells come out. */

static void
rows_test_round_trip(void **state)
{
    char              text[4096], cells[20][3][16];
    size_t            len, i, j, k, n;
    unsigned          round;
    struct rti_row    row;
    struct rti_rows  *rows;

    static const char  letters[] = "ab ,\"\n\r;\tz";

    (void) state;

    for (round = 0; round < 2000; round++) {
        len = (size_t) sprintf(text, "id,amount,note\n");

        for (i = 0; i < 20; i++) {
            for (j = 0; j < 3; j++) {
                n = random_below(15);
                text[len++] = '"';

                for (k = 0; k < n; k++) {
                    cells[i][j][k] = letters[random_below(10)];
                    text[len++] = cells[i][j][k];

                    if (cells[i][j][k] == '"') {
                        text[len++] = '"';
                    }
                }

                cells[i][j][n] = '\0';
                text[len++] = '"';
                text[len++] = j < 2 ? ',' : '\n';
            }
        }

        rows = rows_of(text, len, NULL);

        for (i = 0; i < 20; i++) {
            assert_int_equal(rti_rows_next(rows, &row), 0);
            assert_null(row.fault);

            for (j = 0; j < 3; j++) {
                n = strlen(cells[i][j]);
                assert_int_equal(row.cells[j].len, n);
                assert_true(n == 0
                            || memcmp(row.cells[j].data, cells[i][j], n) == 0);
            }
        }

        rows_end(rows);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(rows_test_plain),
        cmocka_unit_test(rows_test_quotes),
        cmocka_unit_test(rows_test_bad_rows),
        cmocka_unit_test(rows_test_unclosed_quote),
        cmocka_unit_test(rows_test_nul),
        cmocka_unit_test(rows_test_header),
        cmocka_unit_test(rows_test_map),
        cmocka_unit_test(rows_test_limits),
        cmocka_unit_test(rows_test_json),
        cmocka_unit_test(rows_test_json_ignored),
        cmocka_unit_test(rows_test_gzip),
        cmocka_unit_test(rows_test_absent),
        cmocka_unit_test(rows_test_rejected),
        cmocka_unit_test(rows_test_round_trip)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
