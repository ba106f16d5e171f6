/* segment abc-xyz: who spends most, who buys steadily, and who moved. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/abc_xyz.h"
#include "../analysis/tiers.h"
#include "segment.h"

#define ABC_PERIOD_DEFAULT  "365d"

struct abc_options {
    const char  *period;
    const char  *days;
    const char  *currency;
    int          form;              /* enum rta_xyz_form */
    bool         is_list;
    bool         is_moves;
    bool         is_csv;
};

static const char *const  abc_forms[] = { "frequency", "variability", NULL };

/* The letters of a table, and none for who bought nothing in a period. */
static const char  abc_letters[] = "ABC ";
static const char  abc_steps[] = "XYZ ";

#define ABC_LETTERS  4

enum abc_column {
    ABC_CLASS,
    ABC_CUSTOMERS,
    ABC_SHARE,
    ABC_SPEND,
    ABC_CURRENCY,
    ABC_SPEND_SHARE,
    ABC_BEFORE,
    ABC_COLUMNS
};

static const struct rto_column  abc_columns[ABC_COLUMNS] = {
    [ABC_CLASS]       = { "class", RTO_TEXT, NULL },
    [ABC_CUSTOMERS]   = { "customers", RTO_INTEGER, NULL },
    [ABC_SHARE]       = { "share", RTO_FRACTION, NULL },
    [ABC_SPEND]       = { "spend", RTO_MONEY, NULL },
    [ABC_CURRENCY]    = { "currency", RTO_TEXT, NULL },
    [ABC_SPEND_SHARE] = { "spend_share", RTO_FRACTION, "of spend" },
    [ABC_BEFORE]      = { "customers_before", RTO_INTEGER,
                          "customers before" }
};

enum abc_list_column {
    LIST_CUSTOMER,
    LIST_SPEND,
    LIST_SPEND_BEFORE,
    LIST_CURRENCY,
    LIST_DAYS,
    LIST_DAYS_BEFORE,
    LIST_ABC,
    LIST_XYZ,
    LIST_ABC_BEFORE,
    LIST_XYZ_BEFORE,
    LIST_COLUMNS
};

static const struct rto_column  abc_list[LIST_COLUMNS] = {
    [LIST_CUSTOMER]     = { "customer_id", RTO_TEXT, "customer" },
    [LIST_SPEND]        = { "spend", RTO_MONEY, NULL },
    [LIST_SPEND_BEFORE] = { "spend_before", RTO_MONEY, "spend before" },
    [LIST_CURRENCY]     = { "currency", RTO_TEXT, NULL },
    [LIST_DAYS]         = { "purchase_days", RTO_INTEGER, "days" },
    [LIST_DAYS_BEFORE]  = { "purchase_days_before", RTO_INTEGER,
                            "days before" },
    [LIST_ABC]          = { "abc", RTO_TEXT, NULL },
    [LIST_XYZ]          = { "xyz", RTO_TEXT, NULL },
    [LIST_ABC_BEFORE]   = { "abc_before", RTO_TEXT, "abc before" },
    [LIST_XYZ_BEFORE]   = { "xyz_before", RTO_TEXT, "xyz before" }
};

enum abc_move_column {
    MOVE_KIND,
    MOVE_FROM,
    MOVE_TO,
    MOVE_CUSTOMERS,
    MOVE_COLUMNS
};

static const struct rto_column  abc_moves[MOVE_COLUMNS] = {
    [MOVE_KIND]      = { "kind", RTO_TEXT, NULL },
    [MOVE_FROM]      = { "from", RTO_TEXT, NULL },
    [MOVE_TO]        = { "to", RTO_TEXT, NULL },
    [MOVE_CUSTOMERS] = { "customers", RTO_INTEGER, NULL }
};


static int
abc_add(void *abc, const struct segment_customer *from)
{
    return rta_abc_add(abc, from->customer->id, from->purchases, from->n);
}


static struct rto_value
abc_letter(const char *letter)
{
    struct rtn_str  text = { letter, 1 };

    return *letter == ' ' ? rto_absent() : rto_text(text);
}


static void
abc_class_row(struct rto_table *table, const struct rta_abc *abc,
    const char class[2], uint64_t customers, int64_t total_minor)
{
    size_t                     i;
    uint64_t                   n[RTA_ABC_PERIODS] = { 0 };
    int64_t                    spend_minor = 0;
    struct rtn_str             name = { class, 2 };
    struct rto_value           values[ABC_COLUMNS];
    const struct rta_abc_row  *row;

    for (i = 0; i < abc->n; i++) {
        row = &abc->rows[i];

        if (row->abc[RTA_ABC_NOW] == class[0]
            && row->xyz[RTA_ABC_NOW] == class[1])
        {
            n[RTA_ABC_NOW]++;
            rta_minor_add(&spend_minor, row->spend_minor[RTA_ABC_NOW]);
        }

        n[RTA_ABC_BEFORE] += row->abc[RTA_ABC_BEFORE] == class[0]
                             && row->xyz[RTA_ABC_BEFORE] == class[1];
    }

    values[ABC_CLASS] = rto_text(name);
    values[ABC_CUSTOMERS] = rto_integer((int64_t) n[RTA_ABC_NOW]);
    values[ABC_SHARE] = rto_fraction(rta_share(n[RTA_ABC_NOW], customers));
    values[ABC_SPEND] = rto_money(spend_minor, abc->currency);
    values[ABC_CURRENCY] = rto_string(abc->currency);
    values[ABC_SPEND_SHARE] = total_minor == 0
                              ? rto_absent()
                              : rto_fraction((double) spend_minor
                                             / (double) total_minor);
    values[ABC_BEFORE] = rto_integer((int64_t) n[RTA_ABC_BEFORE]);

    rto_row(table, values);
}


static int
abc_print_classes(const struct segment *segment, const struct rta_abc *abc)
{
    int                rc;
    char               class[2];
    size_t             a, i, x;
    int64_t            total_minor;
    uint64_t           customers = 0;
    struct rto_table  *table;

    rc = rto_begin(segment->ctx->out, segment->format, abc_columns,
                   ABC_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < abc->n; i++) {
        customers += abc->rows[i].days[RTA_ABC_NOW] > 0;
    }

    total_minor = rta_abc_total(abc, RTA_ABC_NOW);

    for (a = 0; a < ABC_LETTERS - 1; a++) {
        for (x = 0; x < ABC_LETTERS - 1; x++) {
            class[0] = abc_letters[a];
            class[1] = abc_steps[x];
            abc_class_row(table, abc, class, customers, total_minor);
        }
    }

    return rto_end(table);
}


static int
abc_print_list(const struct segment *segment, const struct rta_abc *abc)
{
    int                        rc;
    size_t                     i;
    struct rto_table          *table;
    struct rto_value           values[LIST_COLUMNS];
    const struct rta_abc_row  *row;

    rc = rto_begin(segment->ctx->out, segment->format, abc_list, LIST_COLUMNS,
                   &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < abc->n; i++) {
        row = &abc->rows[i];

        values[LIST_CUSTOMER] = rto_string(rta_names_get(&abc->ids,
                                                         row->place));
        values[LIST_SPEND] = rto_money(row->spend_minor[RTA_ABC_NOW],
                                       abc->currency);
        values[LIST_SPEND_BEFORE] = rto_money(row->spend_minor[RTA_ABC_BEFORE],
                                              abc->currency);
        values[LIST_CURRENCY] = rto_string(abc->currency);
        values[LIST_DAYS] = rto_integer(row->days[RTA_ABC_NOW]);
        values[LIST_DAYS_BEFORE] = rto_integer(row->days[RTA_ABC_BEFORE]);
        values[LIST_ABC] = abc_letter(&row->abc[RTA_ABC_NOW]);
        values[LIST_XYZ] = abc_letter(&row->xyz[RTA_ABC_NOW]);
        values[LIST_ABC_BEFORE] = abc_letter(&row->abc[RTA_ABC_BEFORE]);
        values[LIST_XYZ_BEFORE] = abc_letter(&row->xyz[RTA_ABC_BEFORE]);

        rto_row(table, values);
    }

    return rto_end(table);
}


/* A row for each pair of letters that somebody has. */

static void
abc_move_rows(struct rto_table *table, const char *kind, const char *letters,
    uint64_t moves[ABC_LETTERS][ABC_LETTERS])
{
    size_t            from, to;
    struct rto_value  values[MOVE_COLUMNS];

    for (from = 0; from < ABC_LETTERS; from++) {
        for (to = 0; to < ABC_LETTERS; to++) {
            if (moves[from][to] == 0) {
                continue;
            }

            values[MOVE_KIND] = rto_string(kind);
            values[MOVE_FROM] = abc_letter(&letters[from]);
            values[MOVE_TO] = abc_letter(&letters[to]);
            values[MOVE_CUSTOMERS] = rto_integer((int64_t) moves[from][to]);

            rto_row(table, values);
        }
    }
}


static size_t
abc_index(const char *letters, char letter)
{
    return (size_t) ((const char *) memchr(letters, letter, ABC_LETTERS)
                     - letters);
}


static int
abc_print_moves(const struct segment *segment, const struct rta_abc *abc)
{
    int                        rc;
    size_t                     i;
    uint64_t                   spends[ABC_LETTERS][ABC_LETTERS] = { 0 };
    uint64_t                   steps[ABC_LETTERS][ABC_LETTERS] = { 0 };
    struct rto_table          *table;
    const struct rta_abc_row  *row;

    rc = rto_begin(segment->ctx->out, segment->format, abc_moves, MOVE_COLUMNS,
                   &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < abc->n; i++) {
        row = &abc->rows[i];

        spends[abc_index(abc_letters, row->abc[RTA_ABC_BEFORE])]
              [abc_index(abc_letters, row->abc[RTA_ABC_NOW])]++;
        steps[abc_index(abc_steps, row->xyz[RTA_ABC_BEFORE])]
             [abc_index(abc_steps, row->xyz[RTA_ABC_NOW])]++;
    }

    abc_move_rows(table, "abc", abc_letters, spends);
    abc_move_rows(table, "xyz", abc_steps, steps);

    return rto_end(table);
}


static int
abc_period(struct cmd_context *ctx, const char *text, uint32_t *days)
{
    char           *end;
    unsigned long   number;

    if (text == NULL) {
        text = ABC_PERIOD_DEFAULT;
    }

    if (text[0] >= '0' && text[0] <= '9' && strlen(text) <= 5) {
        number = strtoul(text, &end, 10);

        if (strcmp(end, "d") == 0 && number >= RTA_ABC_PERIOD_MIN
            && number <= RTA_ABC_PERIOD_MAX)
        {
            *days = (uint32_t) number;
            return CMD_OK;
        }
    }

    return cmd_fail(ctx, CMD_USAGE, "--period wants %dd to %dd, not '%s'",
                    RTA_ABC_PERIOD_MIN, RTA_ABC_PERIOD_MAX, text);
}


/* The limits of Y and X, as tiers are written. */

static int
abc_days(struct cmd_context *ctx, const char *text, struct rta_abc *abc)
{
    const char        *reason = "";
    struct rtn_str     str;
    struct rta_tiers   tiers;

    if (text == NULL) {
        return CMD_OK;
    }

    str.data = text;
    str.len = strlen(text);

    if (rta_tiers_parse(&tiers, str, &reason) != 0
        || rta_tiers_count(&tiers) != 3)
    {
        return cmd_fail(ctx, CMD_USAGE, "--days wants purchase days of Y and "
                        "of X, as 3,6, not '%s'", text);
    }

    abc->y_days = rta_tiers_row(&tiers, 0).to_days;
    abc->x_days = rta_tiers_row(&tiers, 1).to_days;

    return CMD_OK;
}


static void
abc_note(const struct segment *segment, const struct rta_abc *abc)
{
    char   first[11], last[11];
    FILE  *out = segment_notes(segment);

    rtn_day_format(abc->until - (rtn_day_t) abc->period_days + 1, first);
    rtn_day_format(abc->until, last);

    fprintf(out, "from %s to %s, before: the %" PRIu32 " days before that\n",
            first, last, abc->period_days);

    if (abc->form == RTA_XYZ_VARIABILITY) {
        fputs("X, Y, Z: spend of 12 sub-periods varies up to 10 %, 25 %, "
              "more\n", out);
        return;
    }

    fprintf(out, "X, Y, Z: purchases on %" PRIu32 ", %" PRIu32 ", 1 or more "
            "days\n", abc->x_days, abc->y_days);
}


static int
abc_scan(struct segment *segment, struct rta_abc *abc,
    const struct abc_options *options)
{
    int  code, rc;

    code = segment_each(segment, abc_add, abc);

    if (code != CMD_OK) {
        return code;
    }

    rc = rta_abc_letter(abc);

    if (rc == 0) {
        rc = options->is_list    ? abc_print_list(segment, abc)
             : options->is_moves ? abc_print_moves(segment, abc)
                                 : abc_print_classes(segment, abc);
    }

    if (rc == 0) {
        abc_note(segment, abc);
    }

    return segment_end(segment, rc, false);
}


static int
abc_run(struct cmd_context *ctx)
{
    int                        code;
    uint32_t                   period_days = 0;
    struct rta_abc             abc;
    struct segment             segment;
    const struct abc_options  *options = ctx->options;

    if (options->is_list && options->is_moves) {
        return cmd_fail(ctx, CMD_USAGE, "--list and --moves exclude each "
                        "other");
    }

    code = segment_init(&segment, ctx, options->is_csv);

    if (code == CMD_OK) {
        code = segment_use_currency(&segment, options->currency);
    }

    if (code == CMD_OK) {
        code = abc_period(ctx, options->period, &period_days);
    }

    if (code != CMD_OK) {
        return code;
    }

    rta_abc_init(&abc, segment.currency, ctx->as_of, period_days,
                 (enum rta_xyz_form) options->form);

    code = abc_days(ctx, options->days, &abc);

    if (code == CMD_OK) {
        code = abc_scan(&segment, &abc, options);
    }

    rta_abc_release(&abc);

    return code;
}


static const struct cmd_option  abc_options[] = {
    CMD_STRING("period", 'p', struct abc_options, period, "DAYS",
        "its length, which ends with --as-of, else " ABC_PERIOD_DEFAULT),
    CMD_CHOICE("xyz", 'x', struct abc_options, form, "HOW",
        abc_forms, RTA_XYZ_FREQUENCY, "what X, Y and Z are, else frequency"),
    CMD_STRING("days", 0, struct abc_options, days, "Y,X",
        "purchase days of Y and of X by frequency, as 3,6"),
    CMD_STRING("currency", 0, struct abc_options, currency, "CODE",
        "whose orders; default: the store's"),
    CMD_FLAG("list", 'l', struct abc_options, is_list,
        "each customer with the letters of both periods"),
    CMD_FLAG("moves", 'm', struct abc_options, is_moves,
        "how many went from which letter to which"),
    CMD_FLAG("csv", 0, struct abc_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_abc_xyz = {
    .name = "segment abc-xyz",
    .run = abc_run,
    .help = "class customers by spend and by steadiness, show who moved",
    .details =
        "A: the biggest spenders who make up 80 % of spend, B: those who make\n"
        "up 95 %, C: the rest; who spent the same has the same letter.\n"
        "  --xyz frequency    by days with a purchase in the period; X from 6\n"
        "                     and Y from 3 in a year, fewer in less time\n"
        "  --xyz variability  by the coefficient of variation of the spend of\n"
        "                     12 equal sub-periods: X up to 10 %, Y up to 25 %",
    .example = "--as-of 2026-11-25 --period 90d --moves",
    .options = abc_options,
    .options_size = sizeof(struct abc_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
