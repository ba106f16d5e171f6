#include "expression_lex.h"

#include "rtn_text.h"

#include <string.h>

#define LEX_BLANK      " \t\r\n"
#define LEX_OPERATOR   "<>=!"
#define LEX_QUOTE      "\"'"
#define LEX_SPECIAL    LEX_BLANK LEX_OPERATOR LEX_QUOTE "()"


static bool lex_is(char c, const char *set);
static size_t lex_quoted(struct rtn_str text, size_t end,
    struct rta_token *token);


void
rta_token_next(struct rtn_str text, size_t *at, struct rta_token *token)
{
    char    c;
    size_t  end;

    while (*at < text.len && lex_is(text.data[*at], LEX_BLANK)) {
        (*at)++;
    }

    token->at = *at;
    end = *at;

    if (end == text.len) {
        token->kind = RTA_TOKEN_END;
        token->text = RTN_STR("");
        return;
    }

    c = text.data[end++];

    token->text.data = text.data + token->at;
    token->text.len = 1;

    if (lex_is(c, LEX_QUOTE)) {
        end = lex_quoted(text, end, token);

    } else if (c == '(') {
        token->kind = RTA_TOKEN_OPEN;

    } else if (c == ')') {
        token->kind = RTA_TOKEN_CLOSE;

    } else if (lex_is(c, LEX_OPERATOR)) {
        token->kind = RTA_TOKEN_OPERATOR;

        while (end < text.len && lex_is(text.data[end], LEX_OPERATOR)) {
            end++;
        }

        token->text.len = end - token->at;

    } else {
        token->kind = RTA_TOKEN_WORD;

        while (end < text.len && !lex_is(text.data[end], LEX_SPECIAL)) {
            end++;
        }

        token->text.len = end - token->at;
    }

    if (rtn_text_has_control(token->text)) {
        token->kind = RTA_TOKEN_CONTROL;
    }

    *at = end;
}


/* Reads on behind an opening quote; returns where the token ends. */
static size_t
lex_quoted(struct rtn_str text, size_t end, struct rta_token *token)
{
    token->kind = RTA_TOKEN_QUOTED;
    token->text.data = text.data + end;

    while (end < text.len && text.data[end] != text.data[token->at]) {
        end++;
    }

    token->text.len = (size_t) (text.data + end - token->text.data);

    if (end == text.len) {
        token->kind = RTA_TOKEN_UNCLOSED;
        return end;
    }

    return end + 1;
}


bool
rta_token_is(const struct rta_token *token, struct rtn_str word)
{
    return token->kind == RTA_TOKEN_WORD && token->text.len == word.len
           && memcmp(token->text.data, word.data, word.len) == 0;
}


static bool
lex_is(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}
