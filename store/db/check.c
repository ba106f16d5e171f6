/* Reads every row of the opened environments, for its checksum. */

#include <stdio.h>
#include <stdlib.h>

#include "pages.h"
#include "segment.h"

#define CHECK_KEY_SHOWN  32     /* bytes of a key in a sentence */

struct check {
    struct rtn_store     *store;
    rtn_check_report_pt   report;
    void                 *data;
    uint64_t              records;
    uint64_t              faults;
};

static int check_segments(struct check *check);
static int check_segment(struct check *check, uint32_t number);
static void check_segment_fault(struct check *check, uint32_t number,
    const char *what, const char *why);
static int check_table(struct check *check, enum db_table table);
static void check_fault(struct check *check, enum db_table table,
    struct rtn_str key, int rc);


int
rtn_store_check(struct rtn_store *store, rtn_check_report_pt report,
    void *data, uint64_t *records, uint64_t *faults)
{
    int           rc;
    size_t        i;
    struct check  check = { .store = store, .report = report, .data = data };

    for (i = 0; i < DB_TABLES; i++) {
        if (store->envs[db_table_environment(i)].env == NULL) {
            continue;
        }

        rc = i == DB_LOG ? check_segments(&check) : 0;

        if (rc == 0) {
            rc = check_table(&check, i);
        }

        if (rc != 0) {
            return rc;
        }
    }

    *records = check.records;
    *faults = check.faults;

    return 0;
}


/* Segments go from the first one on, so none is missing between two. */
static int
check_segments(struct check *check)
{
    int                     rc;
    size_t                  i;
    struct db_segment_list  list;

    rc = db_segments_list(check->store->path, &list);
    if (rc != 0) {
        return rc;
    }

    for (i = 0; rc == 0 && i < list.n; i++) {
        if (i > 0 && list.numbers[i] != list.numbers[i - 1] + 1) {
            check_segment_fault(check, list.numbers[i - 1] + 1,
                                " is missing", "");
        }

        rc = check_segment(check, list.numbers[i]);
    }

    free(list.numbers);

    return rc;
}


/* Whether one can be opened; its rows are read with all the others. */
static int
check_segment(struct check *check, uint32_t number)
{
    int                 rc;
    char                why[DB_PAGES_SENTENCE_MAX];
    struct db_txn       txn;
    struct db_segment  *segment;

    if (number >= check->store->segment) {
        return 0;
    }

    segment = NULL;

    rc = db_segment_read_begin(check->store, number, &segment, &txn);

    if (rc == 0) {
        db_segment_read_end(segment, &txn);
    }

    db_segment_close(segment);

    if (rc == RTN_ERR_DAMAGED) {
        db_segment_fault(check->store, number, why, sizeof(why));
        check_segment_fault(check, number, ": ", why);
        return 0;
    }

    /* dropped meanwhile */
    return rc == RTN_ERR_ABSENT ? 0 : rc;
}


static void
check_segment_fault(struct check *check, uint32_t number, const char *what,
    const char *why)
{
    char  sentence[32 + DB_PAGES_SENTENCE_MAX];

    check->faults++;

    snprintf(sentence, sizeof(sentence), "segment %06u%s%s", number, what,
             why);

    if (check->report != NULL) {
        check->report(check->data, db_environment_name(DB_EVENTS),
                      db_table_name(DB_LOG), sentence);
    }
}


static int
check_table(struct check *check, enum db_table table)
{
    int              rc;
    struct rtn_str   key, payload;
    struct db_scan  *scan;

    rc = db_scan_open(check->store, db_table_environment(table), table,
                      RTN_STR(""), RTN_STR(""), &scan);
    if (rc != 0) {
        return rc;
    }

    for ( ;; ) {
        rc = db_scan_next(scan, &key, &payload);

        if (rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER) {
            check_fault(check, table, key, rc);

        } else if (rc != 0) {
            break;
        }

        check->records++;
    }

    db_scan_close(scan);

    if (rc == RTN_ERR_DAMAGED) {
        /* the tree itself: the rows behind this are out of reach */
        check_fault(check, table, RTN_STR(""), rc);
        return 0;
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static void
check_fault(struct check *check, enum db_table table, struct rtn_str key,
    int rc)
{
    char    hex[2 * CHECK_KEY_SHOWN + 1], sentence[128];
    size_t  i;

    check->faults++;

    if (check->report == NULL) {
        return;
    }

    hex[0] = '\0';

    for (i = 0; i < key.len && i < CHECK_KEY_SHOWN; i++) {
        snprintf(hex + 2 * i, 3, "%02x", (uint8_t) key.data[i]);
    }

    if (key.len == 0) {
        snprintf(sentence, sizeof(sentence), "table cannot be read to its "
                 "end");

    } else {
        snprintf(sentence, sizeof(sentence), "record %s: %s", hex,
                 rtn_strerror(rc));
    }

    check->report(check->data,
                  db_environment_name(db_table_environment(table)),
                  db_table_name(table), sentence);
}
