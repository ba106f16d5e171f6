/* Private to response*.c: rows of estimates. */

#ifndef RTA_RESPONSE_ESTIMATE_H_INCLUDED
#define RTA_RESPONSE_ESTIMATE_H_INCLUDED

#include "response_compare.h"

bool estimate_is_treated(const struct rta_response *response, size_t at);

/* The treated recipients. */
uint64_t estimate_treated(const struct rta_report *report);

/* A new row of a measure; its numbers are 0. */
struct rta_estimate_row *estimate_row(struct rta_response *response,
    enum rta_estimate estimate, const struct compare_measure *measure);

/* Its difference, interval and p; unit as of compare_unit. */
void estimate_fill(struct rta_estimate_row *row,
    const struct rta_comparison *comparison, double unit);

/* What a measure of revenue needs where few orders are large: each arm's top
   share, and the rows winsorised and by a bootstrap. */
int estimate_tails(struct rta_response *response,
    const struct compare_measure *measure);

#endif /* RTA_RESPONSE_ESTIMATE_H_INCLUDED */
