/* The right sides of comparisons, by the type of the field. */

#ifndef RTA_EXPRESSION_LITERAL_H_INCLUDED
#define RTA_EXPRESSION_LITERAL_H_INCLUDED

#include "expression_lex.h"
#include "expression_node.h"

#define RTA_EXPECTED_MAX  200

/*
 * Reads a literal for node->field into node: number, currency or text.
 * false: it is not one of this field.
 */
bool rta_literal_read(const struct rta_token *token, struct rta_node *node);

/* What stands there in a message: "a duration such as 90d".  Returns out. */
const char *rta_literal_expected(const struct rta_field *field,
    char out[RTA_EXPECTED_MAX]);

/* Whether the values of a type have an order. */
bool rta_literal_is_ordered(enum rta_type type);

#endif /* RTA_EXPRESSION_LITERAL_H_INCLUDED */
