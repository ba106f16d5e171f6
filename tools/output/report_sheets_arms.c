/* Sheets of what recipients did: arms, tiers, coupons, funnel. */

#include <stddef.h>

#include "book.h"

enum arms_look {
    ARMS_COUNT = 0,
    ARMS_SHARE,                     /* of another count */
    ARMS_RATIO                      /* the same, no part of it */
};

/* A column from a tally. */
struct arms_column {
    const char      *heading;
    size_t           count;         /* offset of a number in the tally */
    enum arms_look   look;
    size_t           of;            /* that of the other one */
};

/* A column a currency, from what a tally has of it. */
struct arms_sum {
    const char  *heading;
    size_t       minor;             /* offset in struct rta_money */
};

#define ARMS_LEN(array)  (sizeof(array) / sizeof(array[0]))
#define ARMS_OF(field)   offsetof(struct rta_tally, field)
#define ARMS_DID(kind)   ARMS_OF(unique[kind][RTN_CLASS_HUMAN])

static const struct arms_column  arms_base[] = {
    { "recipients", ARMS_OF(recipients), ARMS_COUNT, 0 },
    { "buyers", ARMS_OF(buyers), ARMS_COUNT, 0 },
    { "bought", ARMS_OF(buyers), ARMS_SHARE, ARMS_OF(recipients) },
    { "orders", ARMS_OF(orders), ARMS_COUNT, 0 },
    { "orders a buyer", ARMS_OF(orders), ARMS_RATIO, ARMS_OF(buyers) }
};

static const struct arms_sum  arms_sums[] = {
    { "revenue", offsetof(struct rta_money, revenue_minor) },
    { "average order", offsetof(struct rta_money, average_minor) },
    { "discounts", offsetof(struct rta_money, discount_minor) },
    { "refunds", offsetof(struct rta_money, refund_minor) },
    { "margin", offsetof(struct rta_money, margin_minor) }
};

#define ARMS_MARGIN  4              /* absent where an order has no cost */

static const struct arms_column  arms_did[] = {
    { "opened", ARMS_DID(RTA_OPENED), ARMS_COUNT, 0 },
    { "clicked", ARMS_DID(RTA_CLICKED), ARMS_COUNT, 0 },
    { "visited", ARMS_DID(RTA_VISITED), ARMS_COUNT, 0 },
    { "viewed", ARMS_DID(RTA_VIEWED), ARMS_COUNT, 0 },
    { "carted", ARMS_DID(RTA_CARTED), ARMS_COUNT, 0 },
    { "checked_out", ARMS_DID(RTA_CHECKED_OUT), ARMS_COUNT, 0 }
};

static const struct arms_column  arms_left[] = {
    { "unsubscribed", ARMS_OF(unsubscribed), ARMS_COUNT, 0 }
};

static const struct arms_column  arms_coupons[] = {
    { "issued", ARMS_OF(issued), ARMS_COUNT, 0 },
    { "redeemed", ARMS_OF(redeemed), ARMS_COUNT, 0 },
    { "expired", ARMS_OF(expired), ARMS_COUNT, 0 },
    { "redeemed of issued", ARMS_OF(redeemed), ARMS_SHARE, ARMS_OF(issued) }
};

static const struct arms_sum  arms_discounts[] = {
    { "discounts", offsetof(struct rta_money, discount_minor) }
};

/* Columns side by side; either kind may be missing. */
struct arms_part {
    const struct arms_column  *columns;
    size_t                     n;
    const struct arms_sum     *sums;
    size_t                     sum_n;
};

static const struct arms_part  arms_tally[] = {
    { arms_base, ARMS_LEN(arms_base), arms_sums, ARMS_LEN(arms_sums) },
    { arms_did, ARMS_LEN(arms_did), NULL, 0 },
    { arms_left, ARMS_LEN(arms_left), NULL, 0 },
    { arms_coupons, ARMS_LEN(arms_coupons), NULL, 0 }
};

static const struct arms_part  arms_issued[] = {
    { arms_coupons, ARMS_LEN(arms_coupons),
      arms_discounts, ARMS_LEN(arms_discounts) }
};


static uint64_t
arms_count(const struct rta_tally *tally, size_t offset)
{
    return *(const uint64_t *) ((const char *) tally + offset);
}


static void
arms_headings(struct rto_filler *filler, const struct arms_part *parts,
    size_t n)
{
    size_t                    i, currency;
    const struct rta_report  *counts = filler->report->counts;

    for ( /* void */ ; n > 0; n--, parts++) {
        for (i = 0; i < parts->n; i++) {
            rto_sheet_heading(filler, "%s", parts->columns[i].heading);
        }

        for (currency = 0; currency < counts->currency_count; currency++) {
            for (i = 0; i < parts->sum_n; i++) {
                rto_sheet_heading(filler, "%s, %s", parts->sums[i].heading,
                                  counts->currencies[currency]);
            }
        }
    }
}


static void
arms_cell(struct rto_filler *filler, const struct arms_column *column,
    const struct rta_tally *tally)
{
    uint64_t  n = arms_count(tally, column->count), of;

    if (column->look == ARMS_COUNT) {
        rto_cell_count(filler, n);
        return;
    }

    of = arms_count(tally, column->of);

    if (column->look == ARMS_SHARE) {
        rto_cell_share(filler, of > 0, (double) n / (double) of);

    } else {
        rto_cell_number(filler, of > 0, (double) n / (double) of);
    }
}


static void
arms_money(struct rto_filler *filler, const struct arms_sum *sum,
    const struct rta_money *money, const char *currency)
{
    bool  has = sum != &arms_sums[ARMS_MARGIN]
                || money->costed == money->orders;

    rto_cell_money(filler, has, *(const int64_t *) ((const char *) money
                                                    + sum->minor), currency);
}


static void
arms_cells(struct rto_filler *filler, const struct arms_part *parts, size_t n,
    const struct rta_tally *tally)
{
    size_t                    i, currency;
    const struct rta_report  *counts = filler->report->counts;

    for ( /* void */ ; n > 0; n--, parts++) {
        for (i = 0; i < parts->n; i++) {
            arms_cell(filler, &parts->columns[i], tally);
        }

        for (currency = 0; currency < counts->currency_count; currency++) {
            for (i = 0; i < parts->sum_n; i++) {
                arms_money(filler, &parts->sums[i], &tally->money[currency],
                           counts->currencies[currency]);
            }
        }
    }
}


void
rto_sheet_arms(struct rto_filler *filler)
{
    size_t                     i, currency;
    const struct rta_report   *counts = filler->report->counts;
    const struct rta_arm_row  *arm;

    rto_sheet_begin(filler, "Arms", "Everything that is known of each arm; "
                    "what people did, in recipients.");
    rto_sheet_heading(filler, "arm");
    arms_headings(filler, arms_tally, ARMS_LEN(arms_tally));

    for (i = 0; i < counts->currency_count; i++) {
        rto_sheet_heading(filler, "top 1 %% of buyers, %s",
                          counts->currencies[i]);
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->arm_count; i++) {
        arm = &counts->arms[i];
        rto_cell_text(filler, arm->name);
        arms_cells(filler, arms_tally, ARMS_LEN(arms_tally), &arm->tally);

        for (currency = 0; currency < counts->currency_count; currency++) {
            rto_cell_share(filler, arm->top_share[currency] > 0,
                           arm->top_share[currency]);
        }

        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Share of recipients who bought", 0, 3, 3, 0
    };
    rto_sheet_close(filler);
}


/* A row a tier and arm; has_coupons: only where some were issued. */

static void
arms_tiers(struct rto_filler *filler, const struct arms_part *parts, size_t n,
    bool has_coupons)
{
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_tier_row  *row;

    rto_sheet_heading(filler, "tier");
    rto_sheet_heading(filler, "arm");
    arms_headings(filler, parts, n);
    rto_sheet_open(filler);

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];

        if (has_coupons && row->tally->issued == 0) {
            continue;
        }

        rto_cell_text(filler, row->name[0] != '\0' ? row->name : "none");
        rto_cell_text(filler, row->arm);
        arms_cells(filler, parts, n, row->tally);
        rto_sheet_row(filler);
    }
}


void
rto_sheet_tiers(struct rto_filler *filler)
{
    rto_sheet_begin(filler, "Tiers", "Exploratory: with many tiers, one of "
                    "them looks good by chance.");
    arms_tiers(filler, arms_tally, ARMS_LEN(arms_tally), false);

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Share of recipients who bought, by tier and arm",
        1, 4, 4, 0
    };
    rto_sheet_close(filler);
}


void
rto_sheet_coupons(struct rto_filler *filler)
{
    rto_sheet_begin(filler, "Coupons", "Expired: neither redeemed nor void "
                    "when the coupon's time was over.");
    arms_tiers(filler, arms_issued, ARMS_LEN(arms_issued), true);

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Coupons by tier and arm", 1, 2, 4, 0
    };
    rto_sheet_close(filler);
}


static void
arms_step(struct rto_filler *filler, const char *name, size_t count)
{
    size_t                    arm;
    const struct rta_report  *counts = filler->report->counts;

    rto_cell_text(filler, name);

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_cell_count(filler, arms_count(&counts->arms[arm].tally, count));
    }

    rto_sheet_row(filler);
}


void
rto_sheet_funnel(struct rto_filler *filler)
{
    size_t  i;

    rto_sheet_begin(filler, "Funnel", "Recipients who did so, people only.  "
                    "Opens and clicks are possible for the mailed alone.");
    rto_sheet_heading(filler, "step");
    rto_sheet_arm_headings(filler, "");
    rto_sheet_open(filler);

    arms_step(filler, "recipients", ARMS_OF(recipients));

    for (i = 0; i < ARMS_LEN(arms_did); i++) {
        arms_step(filler, arms_did[i].heading, arms_did[i].count);
    }

    arms_step(filler, "bought", ARMS_OF(buyers));

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "From recipients to buyers", 0, 1,
        filler->report->counts->arm_count, 0
    };
    rto_sheet_close(filler);
}
