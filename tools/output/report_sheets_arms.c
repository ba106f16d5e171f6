/* Sheets of what recipients did: arms, tiers, funnel, days, links, coupons. */

#include <stddef.h>
#include <string.h>

#include "book.h"


/* By currency: revenue, average, discounts, refunds, margin. */

static void
arms_money_headings(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    static const char *const  names[] = {
        "revenue", "average order", "discounts", "refunds", "margin"
    };

    for (i = 0; i < 5 * counts->currency_count; i++) {
        rto_sheet_heading(filler, "%s, %s", names[i % 5],
                          counts->currencies[i / 5]);
    }
}


static void
arms_money(struct rto_filler *filler, const struct rta_tally *tally)
{
    size_t                    i;
    const char               *currency;
    const struct rta_money   *money;
    const struct rta_report  *counts = filler->report->counts;

    for (i = 0; i < counts->currency_count; i++) {
        money = &tally->money[i];
        currency = counts->currencies[i];

        rto_cell_money(filler, true, money->revenue_minor, currency);
        rto_cell_money(filler, true, money->average_minor, currency);
        rto_cell_money(filler, true, money->discount_minor, currency);
        rto_cell_money(filler, true, money->refund_minor, currency);
        rto_cell_money(filler, money->costed == money->orders,
                       money->margin_minor, currency);
    }
}


static void
arms_headings(struct rto_filler *filler)
{
    int     kind;
    size_t  i;

    static const char *const  first[] = {
        "recipients", "buyers", "bought", "orders", "orders a buyer"
    };

    for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        rto_sheet_heading(filler, "%s", first[i]);
    }

    arms_money_headings(filler);

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_sheet_heading(filler, "%s", rta_response_name(kind));
    }

    rto_sheet_heading(filler, "unsubscribed");
}


static void
arms_tally(struct rto_filler *filler, const struct rta_tally *tally)
{
    int  kind;

    rto_cell_count(filler, tally->recipients);
    rto_cell_count(filler, tally->buyers);
    rto_cell_share(filler, tally->recipients > 0, tally->bought);
    rto_cell_count(filler, tally->orders);
    rto_cell_number(filler, tally->buyers > 0, tally->frequency);
    arms_money(filler, tally);

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_cell_count(filler, tally->unique[kind][RTN_CLASS_HUMAN]);
    }

    rto_cell_count(filler, tally->unsubscribed);
}


void
rto_sheet_arms(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    rto_sheet_begin(filler, "Arms", "Everything that is known of each arm; "
                    "what people did, in recipients.");
    rto_sheet_heading(filler, "arm");
    arms_headings(filler);
    rto_sheet_open(filler);

    for (i = 0; i < counts->arm_count; i++) {
        rto_cell_text(filler, counts->arms[i].name);
        arms_tally(filler, &counts->arms[i].tally);
        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Share of recipients who bought", 0, 3, 3, 0
    };
    rto_sheet_close(filler);
}


void
rto_sheet_tiers(struct rto_filler *filler)
{
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_tier_row  *row;

    rto_sheet_begin(filler, "Tiers", "Exploratory: with many tiers, one of "
                    "them looks good by chance.");
    rto_sheet_heading(filler, "tier");
    rto_sheet_heading(filler, "arm");
    arms_headings(filler);
    rto_sheet_open(filler);

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];
        rto_cell_text(filler, row->name[0] != '\0' ? row->name : "none");
        rto_cell_text(filler, row->arm);
        arms_tally(filler, row->tally);
        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Share of recipients who bought, by tier and arm",
        0, 4, 4, 0
    };
    rto_sheet_close(filler);
}


static void
arms_step(struct rto_filler *filler, const char *name, size_t offset)
{
    size_t                    arm;
    const struct rta_report  *counts = filler->report->counts;

    rto_cell_text(filler, name);

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_cell_count(filler, *(const uint64_t *)
                       ((const char *) &counts->arms[arm].tally + offset));
    }

    rto_sheet_row(filler);
}


static void
arms_names(struct rto_filler *filler)
{
    size_t  arm;

    for (arm = 0; arm < filler->report->counts->arm_count; arm++) {
        rto_sheet_heading(filler, "%s",
                          filler->report->counts->arms[arm].name);
    }
}


void
rto_sheet_funnel(struct rto_filler *filler)
{
    int  kind;

    rto_sheet_begin(filler, "Funnel", "Recipients who did so, people only.  "
                    "Opens and clicks are possible for the mailed alone.");
    rto_sheet_heading(filler, "step");
    arms_names(filler);
    rto_sheet_open(filler);

    arms_step(filler, "recipients", offsetof(struct rta_tally, recipients));

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        arms_step(filler, rta_response_name(kind),
                  offsetof(struct rta_tally, unique)
                  + ((size_t) kind * RTN_CLASS_COUNT + RTN_CLASS_HUMAN)
                    * sizeof(uint64_t));
    }

    arms_step(filler, "bought", offsetof(struct rta_tally, buyers));

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "From recipients to buyers", 0, 1,
        filler->report->counts->arm_count, 0
    };
    rto_sheet_close(filler);
}


void
rto_sheet_daily(struct rto_filler *filler)
{
    int                        kind;
    size_t                     i, arm;
    const struct rta_report   *counts = filler->report->counts;
    const struct rta_activity_row  *row;

    rto_sheet_begin(filler, "Daily", "By day of the shop: orders by arm, and "
                    "how often people did something.");
    rto_sheet_heading(filler, "day");

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_sheet_heading(filler, "orders, %s", counts->arms[arm].name);
    }

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_sheet_heading(filler, "%s", rta_response_name(kind));
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->activity_count; i++) {
        row = &counts->activity[i];
        rto_cell_day(filler, row->day);

        for (arm = 0; arm < counts->arm_count; arm++) {
            rto_cell_count(filler, row->orders[arm]);
        }

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            rto_cell_count(filler, row->human[kind]);
        }

        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_LINES, "Orders by day", 0, 1, counts->arm_count, 0
    };
    rto_sheet_close(filler);
}


void
rto_sheet_links(struct rto_filler *filler)
{
    int                         class;
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_link_row  *row;

    rto_sheet_begin(filler, "Links", "Clicks, in times; no person sees the "
                    "link 'trap'.");
    rto_sheet_heading(filler, "link");
    rto_sheet_heading(filler, "message");

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_sheet_heading(filler, "%s", rtn_class_name(class));
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->link_count; i++) {
        row = &counts->links[i];
        rto_cell_text(filler, rto_report_link(filler->report, row->link));
        rto_cell_text(filler, counts->plan->messages[row->message]);

        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            rto_cell_count(filler, row->clicks[class]);
        }

        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Clicks by link", 0, 2, 4, 0
    };
    rto_sheet_close(filler);
}


static void
arms_coupon(struct rto_filler *filler, const struct rta_tally *tally)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    rto_cell_count(filler, tally->issued);
    rto_cell_count(filler, tally->redeemed);
    rto_cell_count(filler, tally->expired);
    rto_cell_share(filler, tally->issued > 0,
                   (double) tally->redeemed / (double) tally->issued);

    for (i = 0; i < counts->currency_count; i++) {
        rto_cell_money(filler, true, tally->money[i].discount_minor,
                       counts->currencies[i]);
    }

    rto_sheet_row(filler);
}


void
rto_sheet_coupons(struct rto_filler *filler)
{
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_tier_row  *row;

    rto_sheet_begin(filler, "Coupons", "Expired: neither redeemed nor void "
                    "when the coupon's time was over.");
    rto_sheet_heading(filler, "tier");
    rto_sheet_heading(filler, "arm");
    rto_sheet_heading(filler, "issued");
    rto_sheet_heading(filler, "redeemed");
    rto_sheet_heading(filler, "expired");
    rto_sheet_heading(filler, "redeemed of issued");

    for (i = 0; i < counts->currency_count; i++) {
        rto_sheet_heading(filler, "discounts, %s", counts->currencies[i]);
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];

        if (row->tally->issued > 0) {
            rto_cell_text(filler, row->name[0] != '\0' ? row->name : "none");
            rto_cell_text(filler, row->arm);
            arms_coupon(filler, row->tally);
        }
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Coupons by tier and arm", 0, 2, 4, 0
    };
    rto_sheet_close(filler);
}
