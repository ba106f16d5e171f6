/* campaign power, as people and programs read it. */

#include <inttypes.h>
#include <stdio.h>

#include "../analysis/power.h"
#include "../output/object.h"
#include "../output/table.h"
#include "campaign_power.h"

#define POWER_CELL_MAX  32      /* bytes of a cell, with NUL */

struct power_cell {
    char  bytes[POWER_CELL_MAX];
};


static struct rto_value
power_text(struct power_cell *cell, const char *format, double number)
{
    snprintf(cell->bytes, sizeof(cell->bytes), format, number);

    return rto_string(cell->bytes);
}


static int
power_windows(FILE *out, const struct power *power)
{
    int                rc;
    size_t             i;
    struct power_cell  share;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "as_of", RTO_DAY, "audience of" },
        { "from", RTO_DAY, NULL },
        { "to", RTO_DAY, NULL },
        { "customers", RTO_INTEGER, NULL },
        { "came_back", RTO_INTEGER, "came back" },
        { "share", RTO_TEXT, NULL }
    };

    fputs("\nWho came back by himself\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 6, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < power->window_count; i++) {
        const struct power_window  *window = &power->windows[i];

        struct rto_value  row[] = {
            rto_day(window->as_of), rto_day(window->from), rto_day(window->to),
            rto_integer((int64_t) window->customers),
            rto_integer((int64_t) window->came_back),
            power_text(&share, "%6.2f %%",
                       100 * (double) window->came_back
                       / (double) window->customers)
        };

        (void) rto_row(table, row);
    }

    return rto_end(table);
}


static int
power_arms(FILE *out, const struct power *power)
{
    int                rc;
    size_t             i;
    struct power_cell  cells[3];
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "customers", RTO_INTEGER, NULL },
        { "difference", RTO_TEXT, "smallest difference" },
        { "relative", RTO_TEXT, "lift" },
        { "incremental", RTO_TEXT, "customers more" }
    };

    fprintf(out, "\nWhat each arm can show against the hold-out (two-sided "
            "%g %%, power %g %%)\n", 100 * RTA_POWER_ALPHA,
            100 * RTA_POWER_WANTED);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 5, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < power->arm_count; i++) {
        const struct power_arm  *arm = &power->arms[i];

        struct rto_value  row[] = {
            rto_string(arm->name), rto_integer((int64_t) arm->customers),
            rto_absent(), rto_absent(), rto_absent()
        };

        if (arm->has_difference) {
            row[2] = power_text(&cells[0], "%.3f points",
                                100 * arm->difference);
            row[4] = power_text(&cells[1], "%14.0f", arm->difference
                                * (double) arm->customers);
        }

        if (arm->has_difference && power->base > 0) {
            row[3] = power_text(&cells[2], "+%.1f %%",
                                100 * arm->difference / power->base);
        }

        (void) rto_row(table, row);
    }

    return rto_end(table);
}


static int
power_lift_rows(FILE *out, const struct power *power)
{
    int                rc;
    char               heading[POWER_CELL_MAX];
    size_t             i;
    struct power_cell  cells[2];
    struct rto_table  *table;

    const struct rto_column  columns[] = {
        { "relative", RTO_TEXT, "to show a lift of" },
        { "difference", RTO_TEXT, "which is" },
        { "customers", RTO_INTEGER, heading },
        { "halves", RTO_INTEGER, "half held out" }
    };

    snprintf(heading, sizeof(heading), "%.1f %% held out",
             100 * power->holdout);
    fputs("\nHow many customers it takes, both sides together\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 4, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < POWER_LIFTS; i++) {
        const struct power_lift  *lift = &power->lifts[i];

        struct rto_value  row[] = {
            power_text(&cells[0], "+%.0f %%", 100 * lift->relative),
            power_text(&cells[1], "%.3f points",
                       100 * lift->relative * power->base),
            lift->has_customers ? rto_integer((int64_t) lift->customers)
                                : rto_absent(),
            lift->has_halves ? rto_integer((int64_t) lift->halves)
                             : rto_absent()
        };

        (void) rto_row(table, row);
    }

    return rto_end(table);
}


static void
power_head(FILE *out, const struct power *power)
{
    fprintf(out, "campaign   %s%s\n", power->campaign.slug,
            power->is_frozen ? "" : ", which is not created yet");
    fprintf(out, "treated    %" PRIu64 "\n", power->treated);
    fprintf(out, "hold-out   %" PRIu64 ", %.1f %%\n", power->heldout,
            100 * power->holdout);
    fprintf(out, "window     %d days\n", power->campaign.window_days);

    if (power->is_given) {
        fprintf(out, "base rate  %.2f %%, as given\n", 100 * power->base);

    } else {
        fprintf(out, "base rate  %.2f %% (%.2f to %.2f), as in the past\n",
                100 * power->base, 100 * power->interval.low,
                100 * power->interval.high);
    }
}


static void
power_words(FILE *out, const struct power *power)
{
    const struct power_arm  *all = &power->arms[power->arm_count - 1];

    fputs("\nIn plain words\n", out);

    if (!all->has_difference) {
        fputs("So few customers can show nothing. Wait for more, or hold out "
              "more of them.\n", out);
        return;
    }

    fprintf(out, "If the mail brings %.2f points or more, four of five such "
            "campaigns will show it.\nWhat it brings below that will most "
            "likely not be told from chance, and a campaign\nthat shows "
            "nothing then proves nothing.\n", 100 * all->difference);

    if (!power->is_given) {
        fputs("The base rate is of earlier windows: what was mailed in them "
              "and what the season\ndid is in it.\n", out);
    }
}


static int
power_print_text(FILE *out, const struct power *power)
{
    int  rc = 0;

    power_head(out, power);

    if (!power->is_given) {
        rc = power_windows(out, power);
    }

    if (rc == 0) {
        rc = power_arms(out, power);
    }

    if (rc == 0 && power->base > 0) {
        rc = power_lift_rows(out, power);
    }

    power_words(out, power);

    return rc;
}


static void
power_json_windows(struct rto_object *object, const struct power *power)
{
    size_t                      i;
    const struct power_window  *window;

    rto_object_open(object, "windows", '[');

    for (i = 0; i < power->window_count; i++) {
        window = &power->windows[i];

        rto_object_open_row(object);
        rto_object_day(object, "as_of", window->as_of);
        rto_object_day(object, "from", window->from);
        rto_object_day(object, "to", window->to);
        rto_object_count(object, "customers", window->customers);
        rto_object_count(object, "came_back", window->came_back);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
    rto_object_line(object);
}


static void
power_json_arms(struct rto_object *object, const struct power *power)
{
    bool                     has;
    size_t                   i;
    const struct power_arm  *arm;

    rto_object_open(object, "arms", '[');

    for (i = 0; i < power->arm_count; i++) {
        arm = &power->arms[i];
        has = arm->has_difference;

        rto_object_open_row(object);
        rto_object_text(object, "name", arm->name);
        rto_object_count(object, "customers", arm->customers);
        rto_object_number(object, "difference", has, arm->difference);
        rto_object_number(object, "relative", has && power->base > 0,
                          has && power->base > 0
                          ? arm->difference / power->base : 0);
        rto_object_number(object, "incremental", has,
                          arm->difference * (double) arm->customers);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
    rto_object_line(object);
}


static void
power_json_lifts(struct rto_object *object, const struct power *power)
{
    size_t                    i;
    const struct power_lift  *lift;

    rto_object_open(object, "needed", '[');

    for (i = 0; i < POWER_LIFTS; i++) {
        lift = &power->lifts[i];

        rto_object_open_row(object);
        rto_object_number(object, "relative", true, lift->relative);
        rto_object_number(object, "difference", true,
                          lift->relative * power->base);
        rto_object_number(object, "customers", lift->has_customers,
                          (double) lift->customers);
        rto_object_number(object, "customers_half_held_out",
                          lift->has_halves, (double) lift->halves);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


static void
power_print_json(FILE *out, const struct power *power)
{
    struct rto_object  object = { out, false };

    rto_object_open(&object, NULL, '{');
    rto_object_text(&object, "campaign", power->campaign.slug);
    rto_object_flag(&object, "is_created", power->is_frozen);
    rto_object_count(&object, "treated", power->treated);
    rto_object_count(&object, "holdout", power->heldout);
    rto_object_count(&object, "window_days",
                     (uint64_t) power->campaign.window_days);
    rto_object_line(&object);
    rto_object_number(&object, "base_rate", true, power->base);
    rto_object_text(&object, "base_rate_from",
                    power->is_given ? "option" : "history");
    rto_object_number(&object, "base_rate_low", !power->is_given,
                      power->interval.low);
    rto_object_number(&object, "base_rate_high", !power->is_given,
                      power->interval.high);
    rto_object_number(&object, "alpha", true, RTA_POWER_ALPHA);
    rto_object_number(&object, "power", true, RTA_POWER_WANTED);
    rto_object_line(&object);

    power_json_windows(&object, power);
    power_json_arms(&object, power);
    power_json_lifts(&object, power);

    rto_object_close(&object, '}');
    fputc('\n', out);
}


int
power_print(struct cmd_context *ctx, const struct power *power)
{
    int  rc = 0;

    if (ctx->is_json) {
        power_print_json(ctx->out, power);

    } else {
        rc = power_print_text(ctx->out, power);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot print the power");
}
