/* Any bytes at all as a file to import: CSV and JSON lines. */

#include "fuzz.h"

#include "input/rows.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                rc;
    size_t             i;
    uint64_t           line = 0, done, total;
    struct rti_row     row;
    struct rti_rows   *rows;
    struct rti_fault   fault;

    static const struct rti_column  columns[] = {
        { "id", false }, { "a", false }, { "b", false }
    };
    static const char *const  maps[] = { "b=c" };

    if (rti_rows_open_buffer(data, size, columns, 3, maps, 1, &rows, &fault)
        != 0)
    {
        return 0;
    }

    while ((rc = rti_rows_next(rows, &row)) == 0) {
        assert(row.line > line);
        line = row.line;

        for (i = 0; i < 3; i++) {
            assert((row.cells[i].data == NULL) == (row.cells[i].len == 0));
            assert(row.cells[i].len <= RTI_FIELD_MAX);
            assert(row.fault == NULL || row.cells[i].data == NULL);
        }
    }

    assert(rc == RTN_ERR_NOT_FOUND);
    rti_rows_position(rows, &done, &total);
    assert(done == total && total == size);
    rti_rows_close(rows);

    return 0;
}
