/* Private to response*.c: rows that hold treated against held-out
   customers, from what both did. */

#ifndef RTA_RESPONSE_COMPARE_H_INCLUDED
#define RTA_RESPONSE_COMPARE_H_INCLUDED

#include "moments.h"
#include "response_state.h"

/* What comparisons count of a group of recipients.  Zeros begin. */
struct compare_group {
    uint64_t            recipients;
    uint64_t            buyers;
    uint64_t            visitors;
    struct rta_moments  moments;        /* of the measure at hand */
};

/* What is compared: a metric, in a currency where it is money. */
struct compare_measure {
    enum rta_metric  metric;
    size_t           currency;          /* index; of no meaning otherwise */
};

/* Measures of a response: shares, orders, and money by currency. */
#define COMPARE_MEASURES_MAX  (RTA_METRIC_REVENUE + 2 * RTA_CURRENCIES_MAX)

/* Those that are known of both sides; returns how many. */
size_t compare_measures(const struct rta_response *response,
    struct compare_measure measures[COMPARE_MEASURES_MAX]);

/* Whether it is a mean, which needs moments, and no share. */
bool compare_is_mean(const struct compare_measure *measure);

/* What a recipient adds to a mean. */
int64_t compare_value(const struct rta_response *response,
    const struct compare_measure *measure, size_t at);

/* Counts a recipient. */
void compare_count(struct compare_group *group, uint32_t bits);

/* The money of a measure in major units; 1 where it is none. */
double compare_unit(const struct rta_response *response,
    const struct compare_measure *measure);

/* Fills a row but for its names. */
void compare_fill(const struct rta_response *response,
    const struct compare_measure *measure,
    const struct compare_group *treated, const struct compare_group *heldout,
    struct rta_comparison_row *row);

/* The headline's row of a metric, in a currency or in none ("\0\0\0"); NULL:
   there is none. */
const struct rta_comparison_row *compare_headline(
    const struct rta_report *report, enum rta_metric metric,
    const char *currency);

/*
 * Adjusts the p of a family by Holm: the rows of a list that have a p, are of
 * one measure, and that is_of says belong; one alone is no family.
 * RTN_ERR_NOMEM.
 */
int compare_holm(struct rta_comparison_row *rows, size_t n,
    bool (*is_of)(const struct rta_comparison_row *row));

#endif /* RTA_RESPONSE_COMPARE_H_INCLUDED */
