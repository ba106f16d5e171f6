/* segment rfm: recency, frequency, monetary value, and named segments. */

#include <inttypes.h>

#include "../analysis/rfm.h"
#include "segment.h"

struct rfm_options {
    const char  *currency;
    int          monetary;          /* enum rta_rfm_monetary */
    int          scores;            /* enum rta_rfm_form */
    int          segment;           /* enum rta_rfm_segment; -1: all */
    bool         is_list;
    bool         is_csv;
};

static const char *const  rfm_monetary[] = { "sum", "average", NULL };
static const char *const  rfm_scores[] = { "cut", "ntile", NULL };

enum rfm_column {
    RFM_SEGMENT,
    RFM_CUSTOMERS,
    RFM_SHARE,
    RFM_RECENCY,
    RFM_FREQUENCY,
    RFM_REVENUE,
    RFM_CURRENCY,
    RFM_REVENUE_SHARE,
    RFM_COLUMNS
};

static const struct rto_column  rfm_columns[RFM_COLUMNS] = {
    [RFM_SEGMENT]       = { "segment", RTO_TEXT, NULL },
    [RFM_CUSTOMERS]     = { "customers", RTO_INTEGER, NULL },
    [RFM_SHARE]         = { "share", RTO_FRACTION, NULL },
    [RFM_RECENCY]       = { "median_recency_days", RTO_FRACTION,
                            "median recency" },
    [RFM_FREQUENCY]     = { "mean_frequency", RTO_FRACTION,
                            "mean frequency" },
    [RFM_REVENUE]       = { "revenue", RTO_MONEY, NULL },
    [RFM_CURRENCY]      = { "currency", RTO_TEXT, NULL },
    [RFM_REVENUE_SHARE] = { "revenue_share", RTO_FRACTION, "of revenue" }
};

enum rfm_list_column {
    LIST_CUSTOMER,
    LIST_RECENCY,
    LIST_FREQUENCY,
    LIST_MONETARY,
    LIST_CURRENCY,
    LIST_R,
    LIST_F,
    LIST_M,
    LIST_RFM,
    LIST_SEGMENT,
    LIST_COLUMNS
};

static const struct rto_column  rfm_list[LIST_COLUMNS] = {
    [LIST_CUSTOMER]  = { "customer_id", RTO_TEXT, "customer" },
    [LIST_RECENCY]   = { "recency_days", RTO_INTEGER, "recency" },
    [LIST_FREQUENCY] = { "frequency", RTO_INTEGER, NULL },
    [LIST_MONETARY]  = { "monetary", RTO_MONEY, NULL },
    [LIST_CURRENCY]  = { "currency", RTO_TEXT, NULL },
    [LIST_R]         = { "r", RTO_INTEGER, NULL },
    [LIST_F]         = { "f", RTO_INTEGER, NULL },
    [LIST_M]         = { "m", RTO_INTEGER, NULL },
    [LIST_RFM]       = { "rfm", RTO_TEXT, NULL },
    [LIST_SEGMENT]   = { "segment", RTO_TEXT, NULL }
};


static int
rfm_add(void *rfm, const struct segment_customer *from)
{
    return rta_rfm_add(rfm, from->customer->id, from->purchases, from->n);
}


static void
rfm_list_row(struct rto_table *table, const struct rta_rfm *rfm,
    const struct rta_rfm_row *row)
{
    char              scores[] = { (char) ('0' + row->r),
                                   (char) ('0' + row->f),
                                   (char) ('0' + row->m), '\0' };
    struct rto_value  values[LIST_COLUMNS];

    values[LIST_CUSTOMER] = rto_string(rta_names_get(&rfm->ids, row->place));
    values[LIST_RECENCY] = rto_integer(row->recency_days);
    values[LIST_FREQUENCY] = rto_integer(row->frequency);
    values[LIST_MONETARY] = rto_money(row->monetary, rfm->currency);
    values[LIST_CURRENCY] = rto_string(rfm->currency);
    values[LIST_R] = rto_integer(row->r);
    values[LIST_F] = rto_integer(row->f);
    values[LIST_M] = rto_integer(row->m);
    values[LIST_RFM] = rto_string(scores);
    values[LIST_SEGMENT] = rto_string(rta_rfm_names[row->segment]);

    rto_row(table, values);
}


static int
rfm_print_list(const struct segment *segment, const struct rta_rfm *rfm,
    int only)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    rc = rto_begin(segment->ctx->out, segment->format, rfm_list, LIST_COLUMNS,
                   &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < rfm->n; i++) {
        if (only < 0 || rfm->rows[i].segment == only) {
            rfm_list_row(table, rfm, &rfm->rows[i]);
        }
    }

    return rto_end(table);
}


static void
rfm_row(struct rto_table *table, const struct rta_rfm *rfm, int segment,
    const struct rta_rfm_sum *sum, int64_t revenue_minor)
{
    double            median;
    struct rto_value  values[RFM_COLUMNS];

    values[RFM_SEGMENT] = rto_string(rta_rfm_names[segment]);
    values[RFM_CUSTOMERS] = rto_integer((int64_t) sum->customers);
    values[RFM_SHARE] = rto_fraction(rta_share(sum->customers, rfm->n));
    values[RFM_RECENCY] = rta_days_median(&sum->recency, &median)
                          ? rto_fraction(median) : rto_absent();
    values[RFM_FREQUENCY] = sum->customers == 0
                            ? rto_absent()
                            : rto_fraction((double) sum->frequency
                                           / (double) sum->customers);
    values[RFM_REVENUE] = rto_money(sum->paid_minor, rfm->currency);
    values[RFM_CURRENCY] = rto_string(rfm->currency);
    values[RFM_REVENUE_SHARE] = revenue_minor == 0
                                ? rto_absent()
                                : rto_fraction((double) sum->paid_minor
                                               / (double) revenue_minor);

    rto_row(table, values);
}


static int
rfm_print(const struct segment *segment, const struct rta_rfm *rfm)
{
    int                  i, rc;
    int64_t              revenue_minor = 0;
    struct rto_table    *table = NULL;
    struct rta_rfm_sum   sums[RTA_RFM_SEGMENTS] = { 0 };

    rc = rta_rfm_sum(rfm, sums);

    if (rc == 0) {
        rc = rto_begin(segment->ctx->out, segment->format, rfm_columns,
                       RFM_COLUMNS, &table);
    }

    for (i = 0; i < RTA_RFM_SEGMENTS; i++) {
        rta_minor_add(&revenue_minor, sums[i].paid_minor);
    }

    for (i = 0; i < RTA_RFM_SEGMENTS; i++) {
        if (rc == 0) {
            rfm_row(table, rfm, i, &sums[i], revenue_minor);
        }

        rta_days_release(&sums[i].recency);
    }

    return rc == 0 ? rto_end(table) : rc;
}


static int
rfm_scan(struct segment *segment, struct rta_rfm *rfm,
    const struct rfm_options *options)
{
    int  code, rc;

    code = segment_each(segment, rfm_add, rfm);

    if (code != CMD_OK) {
        return code;
    }

    rc = rta_rfm_score(rfm, (enum rta_rfm_form) options->scores);

    if (rc == 0) {
        rc = options->is_list || options->segment >= 0
             ? rfm_print_list(segment, rfm, options->segment)
             : rfm_print(segment, rfm);
    }

    return segment_end(segment, rc, false);
}


static int
rfm_run(struct cmd_context *ctx)
{
    int                        code;
    struct segment             segment;
    struct rta_rfm             rfm;
    const struct rfm_options  *options = ctx->options;

    code = segment_init(&segment, ctx, options->is_csv);

    if (code == CMD_OK) {
        code = segment_use_currency(&segment, options->currency);
    }

    if (code != CMD_OK) {
        return code;
    }

    rta_rfm_init(&rfm, segment.currency, ctx->as_of,
                 (enum rta_rfm_monetary) options->monetary);
    code = rfm_scan(&segment, &rfm, options);
    rta_rfm_release(&rfm);

    return code;
}


static const struct cmd_option  rfm_options[] = {
    CMD_STRING("currency", 0, struct rfm_options, currency, "CODE",
        "whose orders; default: the store's"),
    CMD_CHOICE("monetary", 'm', struct rfm_options, monetary, "HOW",
        rfm_monetary, RTA_RFM_SUM, "what M is, else sum"),
    CMD_CHOICE("scores", 's', struct rfm_options, scores, "HOW",
        rfm_scores, RTA_RFM_CUT, "form of the fifths, else cut"),
    CMD_FLAG("list", 'l', struct rfm_options, is_list,
        "each customer with scores and segment"),
    CMD_CHOICE("segment", 0, struct rfm_options, segment, "NAME",
        rta_rfm_names, -1, "the customers of one segment"),
    CMD_FLAG("csv", 0, struct rfm_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_segment_rfm = {
    .name = "segment rfm",
    .run = rfm_run,
    .help = "score recency, frequency and monetary value, name segments",
    .details =
        "Of orders in one currency: recency is days since the last, frequency\n"
        "is days with one or more, monetary is what was paid, or an order's\n"
        "mean.  Each scores 1 to 5, 5 is best.\n"
        "  --scores cut    by the percentiles 20, 40, 60, 80 (nearest rank):\n"
        "                  equal values score the same, a score may be empty\n"
        "  --scores ntile  sorted by value, then customer_id, in five equal\n"
        "                  counts: equal values may score differently\n"
        "A segment follows from R and F:\n"
        "       F 1            F 2             F 3             F 4, F 5\n"
        "  R 5  new            potential-loyal potential-loyal champions\n"
        "  R 4  promising      potential-loyal potential-loyal loyal\n"
        "  R 3  about-to-sleep about-to-sleep  need-attention  loyal\n"
        "  R 2  hibernating    hibernating     at-risk   at-risk, cannot-lose\n"
        "  R 1  lost           lost            at-risk   at-risk, cannot-lose",
    .example = "--as-of 2026-11-25 --list --csv",
    .options = rfm_options,
    .options_size = sizeof(struct rfm_options),
    .opens = RTN_OPEN_CRM,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
