/* Words of the condition language, one at a time. */

#ifndef RTA_EXPRESSION_LEX_H_INCLUDED
#define RTA_EXPRESSION_LEX_H_INCLUDED

#include "rtn.h"

enum rta_token_kind {
    RTA_TOKEN_END = 0,
    RTA_TOKEN_OPEN,             /* ( */
    RTA_TOKEN_CLOSE,            /* ) */
    RTA_TOKEN_OPERATOR,         /* a run of < > = ! */
    RTA_TOKEN_WORD,
    RTA_TOKEN_QUOTED,           /* text is what stands between the quotes */
    RTA_TOKEN_CONTROL,          /* a byte that is none of ours */
    RTA_TOKEN_UNCLOSED          /* a quote without its twin */
};

struct rta_token {
    enum rta_token_kind  kind;
    size_t               at;    /* of its first byte */
    struct rtn_str       text;
};

/* The token at or after *at; *at is set behind it.  Never fails. */
void rta_token_next(struct rtn_str text, size_t *at, struct rta_token *token);

/* Whether the token is this word, without quotes. */
bool rta_token_is(const struct rta_token *token, struct rtn_str word);

#endif /* RTA_EXPRESSION_LEX_H_INCLUDED */
