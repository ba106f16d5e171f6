/*
 * Private to segment_priority*.c: the customers with their priorities, and
 * the reasons.
 */

#ifndef CMD_SEGMENT_PRIORITY_H_INCLUDED
#define CMD_SEGMENT_PRIORITY_H_INCLUDED

#include "../analysis/priority.h"
#include "audience_scan.h"
#include "campaign.h"
#include "segment.h"

struct priority_options {
    int64_t      top;
    const char  *budget;
    const char  *message_cost;
    const char  *discount;
    const char  *margin;
    int64_t      window;
    const char  *audience;
    bool         is_csv;
};

/* Why a customer stands where he does. */
struct priority_customer {
    size_t                 name;            /* of the id */
    enum rta_stage         stage;
    uint64_t               purchase_days;
    int64_t                spend_minor;
    int64_t                orders;
    int64_t                first_days;
    int64_t                silent_days;
    double                 growth;          /* NaN: fewer than two orders */
    struct rta_referred    referred;
};

struct priority {
    struct segment              segment;
    struct rta_expression      *audience;   /* NULL: everybody */
    struct campaign_global      global;
    struct cmd_audience_facts   facts;
    struct rta_priority_offer   offer;
    struct rta_priority_terms   terms;
    int64_t                     budget_minor;
    struct rta_names            ids;
    struct priority_customer   *customers;
    struct rta_priority_row    *rows;
    size_t                      n;
    size_t                      size;
    uint64_t                    left[CAMPAIGN_LEFT_COUNT];
    uint64_t                    unknown;
    bool                        has_margin; /* given, or seen in orders */
};

/* Prints what ranks first, within the options' limits, and the sentences below
   it.  rows have their terms set, not yet their order.  An exit code. */
int priority_print(struct priority *priority);

#endif /* CMD_SEGMENT_PRIORITY_H_INCLUDED */
