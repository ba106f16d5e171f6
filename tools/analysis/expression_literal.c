#include "expression_literal.h"
#include "rfm.h"

#include <stdio.h>
#include <string.h>

#define LITERAL_FRACTION_DIGITS  9      /* of RTA_FRACTION_ONE */
#define LITERAL_CURRENCY_LEN  (1 + RTN_CURRENCY_LEN)    /* " EUR" */


static bool literal_days(const struct rta_token *token, struct rta_node *node);
static bool literal_count(const struct rta_token *token,
    struct rta_node *node);
static bool literal_money(const struct rta_token *token,
    struct rta_node *node);
static bool literal_fraction(const struct rta_token *token,
    struct rta_node *node);
static bool literal_score(const struct rta_token *token,
    struct rta_node *node);
static bool literal_rfm(const struct rta_token *token, struct rta_node *node);
static bool literal_word(const struct rta_token *token, struct rta_node *node);
static bool literal_text(const struct rta_token *token, struct rta_node *node);
static bool literal_is_keyword(const struct rta_token *token);
static bool literal_number(struct rtn_str text, int64_t max, int64_t *number);


static const struct {
    bool        (*read)(const struct rta_token *token, struct rta_node *node);
    bool          is_ordered;
    const char   *expected;         /* NULL: the field's words */
} literal_types[] = {
    [RTA_TYPE_DAYS] =
        { literal_days, true, "a duration such as 90d, at most 36500d" },
    [RTA_TYPE_COUNT] =
        { literal_count, true, "a whole number, at most 1000000000" },
    [RTA_TYPE_MONEY] =
        { literal_money, true, "an amount such as \"30.00 EUR\"" },
    [RTA_TYPE_FRACTION] =
        { literal_fraction, true, "a fraction such as 0.25 or 25%, at most "
          "1" },
    [RTA_TYPE_SCORE] =
        { literal_score, true, "a score from 1 to 5" },
    [RTA_TYPE_RFM] =
        { literal_rfm, false, NULL },
    [RTA_TYPE_WORD] =
        { literal_word, false, NULL },
    [RTA_TYPE_TEXT] =
        { literal_text, false, "a word or quoted text" }
};


bool
rta_literal_read(const struct rta_token *token, struct rta_node *node)
{
    if (token->kind != RTA_TOKEN_WORD && token->kind != RTA_TOKEN_QUOTED) {
        return false;
    }

    return literal_types[node->field->type].read(token, node);
}


const char *
rta_literal_expected(const struct rta_field *field, char out[RTA_EXPECTED_MAX])
{
    size_t  i, len;

    if (literal_types[field->type].expected != NULL) {
        return literal_types[field->type].expected;
    }

    if (field->type == RTA_TYPE_RFM) {
        len = (size_t) snprintf(out, RTA_EXPECTED_MAX, "scores such as 155, "
                                "or one of");

        for (i = 0; rta_rfm_names[i] != NULL && len < RTA_EXPECTED_MAX; i++) {
            len += (size_t) snprintf(out + len, RTA_EXPECTED_MAX - len, " %s",
                                     rta_rfm_names[i]);
        }

        return out;
    }

    len = (size_t) snprintf(out, RTA_EXPECTED_MAX, "one of");

    for (i = 0; i < field->word_count && len < RTA_EXPECTED_MAX; i++) {
        len += (size_t) snprintf(out + len, RTA_EXPECTED_MAX - len, " %s",
                                 field->words[i].name);
    }

    return out;
}


bool
rta_literal_is_ordered(enum rta_type type)
{
    return literal_types[type].is_ordered;
}


static bool
literal_days(const struct rta_token *token, struct rta_node *node)
{
    int64_t         unit;
    struct rtn_str  number;

    number = token->text;

    if (number.len < 2) {
        return false;
    }

    number.len--;

    switch (number.data[number.len]) {

    case 'd':
        unit = 1;
        break;

    case 'w':
        unit = 7;
        break;

    default:
        return false;
    }

    if (!literal_number(number, RTA_EXPRESSION_DAYS_MAX / unit,
                        &node->number))
    {
        return false;
    }

    node->number *= unit;

    return true;
}


static bool
literal_count(const struct rta_token *token, struct rta_node *node)
{
    return literal_number(token->text, RTA_EXPRESSION_COUNT_MAX,
                          &node->number);
}


static bool
literal_money(const struct rta_token *token, struct rta_node *node)
{
    struct rtn_str  amount, currency;

    if (token->text.len <= LITERAL_CURRENCY_LEN) {
        return false;
    }

    amount = token->text;
    amount.len -= LITERAL_CURRENCY_LEN;

    currency.data = amount.data + amount.len + 1;
    currency.len = RTN_CURRENCY_LEN;

    if (amount.data[amount.len] != ' '
        || rtn_currency_parse(currency, node->currency) != RTN_OK
        || rtn_money_parse(amount, node->currency, &node->number) != RTN_OK)
    {
        return false;
    }

    node->number *= node->field->scale;

    return true;
}


/* "0.25" or "25%", with as many digits as a value has. */
static bool
literal_fraction(const struct rta_token *token, struct rta_node *node)
{
    size_t          i, digits, places;
    int64_t         number;
    struct rtn_str  text;

    text = token->text;
    digits = LITERAL_FRACTION_DIGITS;

    if (text.len > 0 && text.data[text.len - 1] == '%') {
        text.len--;
        digits -= 2;
    }

    for (i = 0; i < text.len && text.data[i] != '.'; i++) {
        /* void */
    }

    places = i < text.len ? text.len - i - 1 : 0;

    if (i == 0 || i > 3 || places > digits || (i < text.len && places == 0)) {
        return false;
    }

    number = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9') {
            number = number * 10 + (text.data[i] - '0');

        } else if (i != text.len - places - 1 || text.data[i] != '.') {
            return false;
        }
    }

    for (i = places; i < digits; i++) {
        number *= 10;
    }

    node->number = number;

    return number <= RTA_FRACTION_ONE;
}


static bool
literal_score(const struct rta_token *token, struct rta_node *node)
{
    return literal_number(token->text, RTA_RFM_SCORES, &node->number)
           && node->number >= 1;
}


static bool
literal_rfm(const struct rta_token *token, struct rta_node *node)
{
    size_t          i;
    struct rtn_str  name;

    for (i = 0; rta_rfm_names[i] != NULL; i++) {
        name.data = rta_rfm_names[i];
        name.len = strlen(name.data);

        if (rta_str_equal(token->text, name)) {
            node->number = RTA_RFM_NAMED + (int64_t) i;
            return true;
        }
    }

    if (token->text.len != 3
        || !literal_number(token->text, 555, &node->number))
    {
        return false;
    }

    for (i = 0; i < 3; i++) {
        if (token->text.data[i] < '1' || token->text.data[i] > '5') {
            return false;
        }
    }

    return true;
}


static bool
literal_word(const struct rta_token *token, struct rta_node *node)
{
    size_t                  i;
    struct rtn_str          name;
    const struct rta_word  *word;

    for (i = 0; i < node->field->word_count; i++) {
        word = &node->field->words[i];

        name.data = word->name;
        name.len = strlen(name.data);

        if (rta_str_equal(token->text, name)) {
            node->number = word->value;
            return true;
        }
    }

    return false;
}


static bool
literal_text(const struct rta_token *token, struct rta_node *node)
{
    if (token->text.len == 0 || literal_is_keyword(token)) {
        return false;
    }

    node->text = token->text;

    return true;
}


/* "country = and" is a slip more often than a country. */
static bool
literal_is_keyword(const struct rta_token *token)
{
    return rta_token_is(token, RTN_STR("and"))
           || rta_token_is(token, RTN_STR("or"))
           || rta_token_is(token, RTN_STR("not"));
}


static bool
literal_number(struct rtn_str text, int64_t max, int64_t *number)
{
    char     c;
    size_t   i;
    int64_t  n;

    n = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c < '0' || c > '9') {
            return false;
        }

        n = n * 10 + (c - '0');

        if (n > max) {
            return false;
        }
    }

    *number = n;

    return text.len > 0;
}
