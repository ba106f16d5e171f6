/* Private to campaign_power*.c: what a campaign can be expected to show. */

#ifndef CMD_CAMPAIGN_POWER_H_INCLUDED
#define CMD_CAMPAIGN_POWER_H_INCLUDED

#include "../analysis/interval.h"
#include "campaign.h"

#define POWER_WINDOWS   3       /* of the past that the base rate is taken of */
#define POWER_LIFTS     5       /* for which customers are counted */

/* Customers of the past who were as silent, and those of them who ordered
   within a window of the campaign's length. */
struct power_window {
    rtn_day_t  as_of;           /* the audience was judged */
    rtn_day_t  from;
    rtn_day_t  to;              /* the last day */
    uint64_t   customers;
    uint64_t   came_back;
};

/* What an arm can show against the hold-out. */
struct power_arm {
    const char  *name;
    uint64_t     customers;
    bool         has_difference;
    double       difference;
};

/* The customers that a lift takes. */
struct power_lift {
    double    relative;
    bool      has_customers;    /* false: more than the earth has */
    uint64_t  customers;        /* with the campaign's share of a hold-out */
    bool      has_halves;
    uint64_t  halves;           /* with half of them held out */
};

struct power {
    struct rtn_campaign  campaign;
    bool                 is_frozen;
    uint64_t             treated;
    uint64_t             heldout;
    double               holdout;       /* the hold-out's share */

    bool                 is_given;      /* the base rate, by --base-rate */
    double               base;
    struct rta_interval  interval;      /* of a base rate from the past */
    size_t               window_count;
    struct power_window  windows[POWER_WINDOWS];    /* the latest first */

    size_t               arm_count;     /* all of the treated come last */
    struct power_arm     arms[RTN_ARMS_MAX + 1];
    struct power_lift    lifts[POWER_LIFTS];
};

/*
 * Finds the base rate from the past: the campaign's audience, judged as of
 * earlier days, in windows that end before the campaign starts and before
 * orders end to be known.  Returns an exit code, after saying what was wrong.
 */
int power_base(struct cmd_context *ctx, struct power *power);

/* As text or, with --json, as JSON. */
int power_print(struct cmd_context *ctx, const struct power *power);

#endif /* CMD_CAMPAIGN_POWER_H_INCLUDED */
