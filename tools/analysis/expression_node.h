/*
 * What the files of the condition language share: an expression is its nodes
 * in postfix order, so that reading, judging and bounding are loops over an
 * array, with a stack that cannot grow past RTA_EXPRESSION_STACK_MAX.
 */

#ifndef RTA_EXPRESSION_NODE_H_INCLUDED
#define RTA_EXPRESSION_NODE_H_INCLUDED

#include "expression.h"

/*
 * A "not" takes four bytes of the text, and an operator with its right side
 * ten: there are never more nodes than a quarter of the text's bytes.
 */
#define RTA_EXPRESSION_NODES_MAX  (RTN_EXPRESSION_MAX / 4 + 1)

/* Each operand but the last waits for an operator that was pending. */
#define RTA_EXPRESSION_STACK_MAX  (RTA_EXPRESSION_DEPTH_MAX + 1)

/* In order of precedence. */
enum rta_node_kind {
    RTA_NODE_OPEN = 0,          /* "(", while parsing only */
    RTA_NODE_OR,
    RTA_NODE_AND,
    RTA_NODE_NOT,
    RTA_NODE_COMPARISON
};

/* An operator is the set of outcomes, value against literal, that it likes. */
enum rta_outcome {
    RTA_LESS    = 1u << 0,
    RTA_EQUAL   = 1u << 1,
    RTA_GREATER = 1u << 2
};

enum rta_type {
    RTA_TYPE_DAYS = 0,
    RTA_TYPE_COUNT,
    RTA_TYPE_MONEY,
    RTA_TYPE_FRACTION,
    RTA_TYPE_SCORE,
    RTA_TYPE_RFM,
    RTA_TYPE_WORD,
    RTA_TYPE_TEXT
};

struct rta_word {
    const char  *name;
    int64_t      value;
};

struct rta_field {
    const char             *name;
    enum rta_type           type;
    size_t                  offset;     /* in struct rta_subject; not money:
                                           int64_t, or struct rtn_str of text */
    const struct rta_word  *words;      /* of a word, values from 0 */
    size_t                  word_count;
    bool                  (*money)(const struct rta_spend *spend,
                                   int64_t *value);     /* false: missing */
    int64_t                 scale;      /* of money: its value of one minor
                                           unit */
    unsigned                needs;      /* bits of enum rta_need */
    const char             *argument;   /* an example; NULL: it takes none */
    enum rta_ask_kind       ask;        /* of one with an argument, whose
                                           offset is not looked at */
};

/* The literal of an RFM segment by name: this and enum rta_rfm_segment. */
#define RTA_RFM_NAMED  1000

struct rta_node {
    enum rta_node_kind       kind;

    /* of a comparison */
    const struct rta_field  *field;
    unsigned                 likes;     /* of enum rta_outcome */
    int64_t                  number;    /* the literal; money: scaled */
    rtn_currency_t           currency;  /* of money, else zeros */
    struct rtn_str           text;      /* of text, within the expression */
    struct rtn_str           argument;  /* the same; empty: takes none */
    size_t                   ask;       /* its place, once bound */
};

struct rta_expression {
    size_t           count;
    struct rta_node  nodes[RTA_EXPRESSION_NODES_MAX];
    char             text[RTN_EXPRESSION_MAX];
};

extern const struct rta_field rta_fields[];
extern const size_t rta_field_count;

/* NULL: there is no field of this name. */
const struct rta_field *rta_field_find(struct rtn_str name);

bool rta_str_equal(struct rtn_str a, struct rtn_str b);

/* The outcome of two numbers. */
unsigned rta_outcome(int64_t value, int64_t literal);

#endif /* RTA_EXPRESSION_NODE_H_INCLUDED */
