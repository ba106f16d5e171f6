/*
 * Reads a condition into postfix order by the shunting yard of Dijkstra
 * (1961): operators wait on a stack until one that binds less follows.
 */

#include "expression_lex.h"
#include "expression_literal.h"
#include "expression_node.h"
#include "wording.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parse_pending {
    enum rta_node_kind  kind;
    size_t              at;
};

struct parse {
    struct rtn_str          text;       /* the copy in the expression */
    size_t                  at;
    struct rta_expression  *expression;
    size_t                  depth;
    struct parse_pending    pending[RTA_EXPRESSION_DEPTH_MAX];
    struct rta_fault       *fault;
};


static int parse_all(struct parse *parse);
static int parse_left(struct parse *parse);
static int parse_comparison(struct parse *parse,
    const struct rta_token *token);
static int parse_field(struct parse *parse, const struct rta_token *token,
    struct rta_node *node);
static int parse_argument(struct parse *parse, struct rta_node *node);
static bool parse_stands_alone(const struct parse *parse);
static int parse_operator(struct parse *parse, struct rta_node *node);
static int parse_literal(struct parse *parse, struct rta_node *node);
static int parse_right(struct parse *parse, bool *is_end);
static int parse_close(struct parse *parse, size_t at);
static int parse_push(struct parse *parse, enum rta_node_kind kind, size_t at);
static void parse_reduce(struct parse *parse, enum rta_node_kind kind);
static int parse_unexpected(struct parse *parse, const char *expected,
    const struct rta_token *token);
static int parse_fault(struct parse *parse, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));


static const struct {
    struct rtn_str  name;
    unsigned        likes;
} parse_operators[] = {
    { { ">",  1 }, RTA_GREATER             },
    { { ">=", 2 }, RTA_GREATER | RTA_EQUAL },
    { { "<",  1 }, RTA_LESS                },
    { { "<=", 2 }, RTA_LESS | RTA_EQUAL    },
    { { "=",  1 }, RTA_EQUAL               },
    { { "!=", 2 }, RTA_LESS | RTA_GREATER  }
};


int
rta_expression_parse(struct rtn_str text, struct rta_expression **expression,
    struct rta_fault *fault)
{
    int           rc;
    struct parse  parse;

    memset(&parse, 0, sizeof(parse));
    parse.fault = fault;

    if (text.len > RTN_EXPRESSION_MAX) {
        return parse_fault(&parse, RTN_EXPRESSION_MAX,
                           "condition is longer than %d bytes",
                           RTN_EXPRESSION_MAX);
    }

    parse.expression = calloc(1, sizeof(*parse.expression));
    if (parse.expression == NULL) {
        return RTN_ERR_NOMEM;
    }

    if (text.len > 0) {
        memcpy(parse.expression->text, text.data, text.len);
    }

    parse.text.data = parse.expression->text;
    parse.text.len = text.len;

    rc = parse_all(&parse);

    if (rc != RTN_OK) {
        rta_expression_free(parse.expression);
        return rc;
    }

    *expression = parse.expression;

    return RTN_OK;
}


void
rta_expression_free(struct rta_expression *expression)
{
    free(expression);
}


static int
parse_all(struct parse *parse)
{
    int   rc;
    bool  is_end;

    is_end = false;

    while (!is_end) {
        rc = parse_left(parse);
        if (rc != RTN_OK) {
            return rc;
        }

        rc = parse_right(parse, &is_end);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    return RTN_OK;
}


/* What may stand to the left of an operator: "not"s and "("s, then one
   comparison. */
static int
parse_left(struct parse *parse)
{
    int                 rc;
    struct rta_token    token;
    enum rta_node_kind  kind;

    for ( ;; ) {
        rta_token_next(parse->text, &parse->at, &token);

        if (token.kind == RTA_TOKEN_OPEN) {
            kind = RTA_NODE_OPEN;

        } else if (rta_token_is(&token, RTN_STR("not"))) {
            kind = RTA_NODE_NOT;

        } else {
            return parse_comparison(parse, &token);
        }

        rc = parse_push(parse, kind, token.at);
        if (rc != RTN_OK) {
            return rc;
        }
    }
}


static int
parse_comparison(struct parse *parse, const struct rta_token *token)
{
    int               rc;
    struct rta_node  *node;

    assert(parse->expression->count < RTA_EXPRESSION_NODES_MAX);

    node = &parse->expression->nodes[parse->expression->count];
    node->kind = RTA_NODE_COMPARISON;

    rc = parse_field(parse, token, node);
    if (rc != RTN_OK) {
        return rc;
    }

    if (node->field->argument != NULL) {
        rc = parse_argument(parse, node);
        if (rc != RTN_OK) {
            return rc;
        }

        if (parse_stands_alone(parse)) {
            node->likes = RTA_LESS | RTA_EQUAL | RTA_GREATER;
            parse->expression->count++;
            return RTN_OK;
        }
    }

    rc = parse_operator(parse, node);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = parse_literal(parse, node);
    if (rc != RTN_OK) {
        return rc;
    }

    parse->expression->count++;

    return RTN_OK;
}


static int
parse_field(struct parse *parse, const struct rta_token *token,
    struct rta_node *node)
{
    char                quote[RTA_QUOTE_MAX];
    size_t              i;
    struct rta_nearest  nearest;

    if (token->kind != RTA_TOKEN_WORD) {
        return parse_unexpected(parse, "a field", token);
    }

    node->field = rta_field_find(token->text);
    if (node->field != NULL) {
        return RTN_OK;
    }

    memset(&nearest, 0, sizeof(nearest));

    for (i = 0; i < rta_field_count; i++) {
        rta_nearest_offer(&nearest, token->text, rta_fields[i].name);
    }

    if (nearest.name == NULL) {
        return parse_fault(parse, token->at, "unknown field '%s'",
                           rta_quote(token->text, quote));
    }

    return parse_fault(parse, token->at,
                       "unknown field '%s'; did you mean '%s'?",
                       rta_quote(token->text, quote), nearest.name);
}


/* "(", a word or quoted text, ")". */
static int
parse_argument(struct parse *parse, struct rta_node *node)
{
    char              expected[RTA_EXPECTED_MAX];
    struct rta_token  token;

    rta_token_next(parse->text, &parse->at, &token);

    if (token.kind == RTA_TOKEN_OPEN) {
        rta_token_next(parse->text, &parse->at, &token);

        if ((token.kind == RTA_TOKEN_WORD || token.kind == RTA_TOKEN_QUOTED)
            && token.text.len > 0)
        {
            if (token.text.len > RTA_ARGUMENT_MAX) {
                return parse_fault(parse, token.at, "argument of '%s' is "
                                   "longer than %d bytes", node->field->name,
                                   RTA_ARGUMENT_MAX);
            }

            node->argument = token.text;
            rta_token_next(parse->text, &parse->at, &token);

            return token.kind == RTA_TOKEN_CLOSE
                   ? RTN_OK : parse_unexpected(parse, "')'", &token);
        }

        return parse_unexpected(parse, node->field->argument, &token);
    }

    snprintf(expected, sizeof(expected), "'(' with %s", node->field->argument);

    return parse_unexpected(parse, expected, &token);
}


/* Whether no operator follows. */
static bool
parse_stands_alone(const struct parse *parse)
{
    size_t            at = parse->at;
    struct rta_token  token;

    rta_token_next(parse->text, &at, &token);

    return token.kind != RTA_TOKEN_OPERATOR;
}


static int
parse_operator(struct parse *parse, struct rta_node *node)
{
    char              quote[RTA_QUOTE_MAX];
    size_t            i, n;
    struct rta_token  token;

    rta_token_next(parse->text, &parse->at, &token);

    if (token.kind != RTA_TOKEN_OPERATOR) {
        return parse_unexpected(parse, "one of > >= < <= = !=", &token);
    }

    n = sizeof(parse_operators) / sizeof(parse_operators[0]);

    for (i = 0; i < n; i++) {
        if (rta_str_equal(parse_operators[i].name, token.text)) {
            break;
        }
    }

    if (i == n) {
        return parse_fault(parse, token.at,
                           "unknown operator '%s'; use one of "
                           "> >= < <= = !=", rta_quote(token.text, quote));
    }

    node->likes = parse_operators[i].likes;

    if (rta_literal_is_ordered(node->field->type)
        || node->likes == RTA_EQUAL
        || node->likes == (RTA_LESS | RTA_GREATER))
    {
        return RTN_OK;
    }

    return parse_fault(parse, token.at, "'%s' has no order; use = or !=",
                       node->field->name);
}


static int
parse_literal(struct parse *parse, struct rta_node *node)
{
    char              expected[RTA_EXPECTED_MAX];
    struct rta_token  token;

    rta_token_next(parse->text, &parse->at, &token);

    if (!rta_literal_read(&token, node)) {
        return parse_unexpected(parse,
                                rta_literal_expected(node->field, expected),
                                &token);
    }

    return RTN_OK;
}


/* What may stand behind a comparison: ")"s, then "and", "or" or the end. */
static int
parse_right(struct parse *parse, bool *is_end)
{
    int               rc;
    struct rta_token  token;

    for ( ;; ) {
        rta_token_next(parse->text, &parse->at, &token);

        if (token.kind != RTA_TOKEN_CLOSE) {
            break;
        }

        rc = parse_close(parse, token.at);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    if (rta_token_is(&token, RTN_STR("and"))) {
        parse_reduce(parse, RTA_NODE_AND);
        return parse_push(parse, RTA_NODE_AND, token.at);
    }

    if (rta_token_is(&token, RTN_STR("or"))) {
        parse_reduce(parse, RTA_NODE_OR);
        return parse_push(parse, RTA_NODE_OR, token.at);
    }

    if (token.kind != RTA_TOKEN_END) {
        return parse_unexpected(parse, "'and', 'or' or the end", &token);
    }

    parse_reduce(parse, RTA_NODE_OR);

    if (parse->depth > 0) {
        return parse_fault(parse, parse->pending[parse->depth - 1].at,
                           "'(' is never closed");
    }

    *is_end = true;

    return RTN_OK;
}


static int
parse_close(struct parse *parse, size_t at)
{
    parse_reduce(parse, RTA_NODE_OR);

    if (parse->depth == 0) {
        return parse_fault(parse, at, "')' closes nothing");
    }

    parse->depth--;

    return RTN_OK;
}


static int
parse_push(struct parse *parse, enum rta_node_kind kind, size_t at)
{
    if (parse->depth == RTA_EXPRESSION_DEPTH_MAX) {
        return parse_fault(parse, at, "condition is nested deeper than %d",
                           RTA_EXPRESSION_DEPTH_MAX);
    }

    parse->pending[parse->depth].kind = kind;
    parse->pending[parse->depth].at = at;
    parse->depth++;

    return RTN_OK;
}


/* Writes out what waits and binds at least as much as kind. */
static void
parse_reduce(struct parse *parse, enum rta_node_kind kind)
{
    struct rta_expression  *expression;

    expression = parse->expression;

    while (parse->depth > 0 && parse->pending[parse->depth - 1].kind >= kind) {
        assert(expression->count < RTA_EXPRESSION_NODES_MAX);

        parse->depth--;
        expression->nodes[expression->count].kind =
                                         parse->pending[parse->depth].kind;
        expression->count++;
    }
}


static int
parse_unexpected(struct parse *parse, const char *expected,
    const struct rta_token *token)
{
    char  quote[RTA_QUOTE_MAX];

    switch (token->kind) {

    case RTA_TOKEN_END:
        return parse_fault(parse, token->at, "expected %s, found the end",
                           expected);

    case RTA_TOKEN_CONTROL:
        return parse_fault(parse, token->at, "control byte in a condition");

    case RTA_TOKEN_UNCLOSED:
        return parse_fault(parse, token->at, "quote is never closed");

    default:
        return parse_fault(parse, token->at, "expected %s, found '%s'",
                           expected, rta_quote(token->text, quote));
    }
}


static int
parse_fault(struct parse *parse, size_t at, const char *format, ...)
{
    va_list  args;

    parse->fault->column = at + 1;

    va_start(args, format);
    vsnprintf(parse->fault->message, RTA_FAULT_MAX, format, args);
    va_end(args);

    return RTN_ERR_LIMIT;
}
