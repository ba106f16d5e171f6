#include "expression_node.h"
#include "rfm.h"

#include <assert.h>
#include <string.h>


static bool eval_comparison(const struct rta_node *node,
    const struct rta_subject *subject);
static bool eval_text(const struct rta_node *node, const char *field);
static bool eval_number(const struct rta_node *node, int64_t value);
static unsigned eval_rfm(int64_t value, int64_t literal);
static bool eval_ask(struct rta_node *node, struct rta_asks *asks);
static bool eval_money(const struct rta_node *node,
    const struct rta_subject *subject);


bool
rta_expression_eval(const struct rta_expression *expression,
    const struct rta_subject *subject)
{
    bool                    stack[RTA_EXPRESSION_STACK_MAX];
    size_t                  i, n;
    const struct rta_node  *node;

    n = 0;

    for (i = 0; i < expression->count; i++) {
        node = &expression->nodes[i];

        switch (node->kind) {

        case RTA_NODE_COMPARISON:
            assert(n < RTA_EXPRESSION_STACK_MAX);
            stack[n++] = eval_comparison(node, subject);
            break;

        case RTA_NODE_NOT:
            stack[n - 1] = !stack[n - 1];
            break;

        case RTA_NODE_AND:
            n--;
            stack[n - 1] = stack[n - 1] && stack[n];
            break;

        default: /* RTA_NODE_OR */
            n--;
            stack[n - 1] = stack[n - 1] || stack[n];
        }
    }

    assert(n == 1);

    return stack[0];
}


unsigned
rta_expression_needs(const struct rta_expression *expression)
{
    size_t    i;
    unsigned  needs;

    needs = 0;

    for (i = 0; i < expression->count; i++) {
        if (expression->nodes[i].kind == RTA_NODE_COMPARISON) {
            needs |= expression->nodes[i].field->needs;
        }
    }

    return needs;
}


const char *
rta_expression_foreign(const struct rta_expression *expression,
    const rtn_currency_t currency)
{
    size_t                  i;
    const struct rta_node  *node;

    for (i = 0; i < expression->count; i++) {
        node = &expression->nodes[i];

        if (node->kind == RTA_NODE_COMPARISON
            && node->field->type == RTA_TYPE_MONEY
            && (node->field->needs & RTA_NEED_MODELS)
            && strcmp(node->currency, currency) != 0)
        {
            return node->currency;
        }
    }

    return NULL;
}


int
rta_expression_bind(struct rta_expression *expression, struct rta_asks *asks)
{
    size_t  i;

    for (i = 0; i < expression->count; i++) {
        if (expression->nodes[i].kind == RTA_NODE_COMPARISON
            && expression->nodes[i].field->argument != NULL
            && !eval_ask(&expression->nodes[i], asks))
        {
            return RTN_ERR_LIMIT;
        }
    }

    return RTN_OK;
}


/* False: there is no room. */
static bool
eval_ask(struct rta_node *node, struct rta_asks *asks)
{
    size_t           i;
    struct rta_ask  *ask;

    for (i = 0; i < asks->n; i++) {
        ask = &asks->items[i];

        if (ask->kind == node->field->ask
            && strlen(ask->text) == node->argument.len
            && memcmp(ask->text, node->argument.data, node->argument.len) == 0)
        {
            node->ask = i;
            return true;
        }
    }

    if (i == RTA_ASKS_MAX) {
        return false;
    }

    ask = &asks->items[i];
    ask->kind = node->field->ask;
    memcpy(ask->text, node->argument.data, node->argument.len);
    ask->text[node->argument.len] = '\0';

    node->ask = i;
    asks->n++;

    return true;
}


static bool
eval_comparison(const struct rta_node *node, const struct rta_subject *subject)
{
    int64_t      value;
    const char  *field;

    field = (const char *) subject + node->field->offset;

    if (node->field->argument != NULL) {
        return eval_number(node, subject->asked_days[node->ask]);
    }

    switch (node->field->type) {

    case RTA_TYPE_TEXT:
        return eval_text(node, field);

    case RTA_TYPE_MONEY:
        return eval_money(node, subject);

    default:
        memcpy(&value, field, sizeof(value));

        return eval_number(node, value);
    }
}


static bool
eval_text(const struct rta_node *node, const char *field)
{
    struct rtn_str  value;

    memcpy(&value, field, sizeof(value));

    if (value.len == 0) {
        return false;
    }

    return rta_str_equal(value, node->text) ? (node->likes & RTA_EQUAL) != 0
                                            : (node->likes & RTA_EQUAL) == 0;
}


static bool
eval_number(const struct rta_node *node, int64_t value)
{
    unsigned  outcome;

    if (value < 0) {
        return false;
    }

    outcome = node->field->type == RTA_TYPE_RFM
              ? eval_rfm(value, node->number)
              : rta_outcome(value, node->number);

    return (outcome & node->likes) != 0;
}


/* Whatever is not the same is greater: they have no order. */
static unsigned
eval_rfm(int64_t value, int64_t literal)
{
    if (literal >= RTA_RFM_NAMED) {
        value = RTA_RFM_NAMED + rta_rfm_segment((unsigned) (value / 100),
                                                (unsigned) (value / 10 % 10));
    }

    return value == literal ? RTA_EQUAL : RTA_GREATER;
}


static bool
eval_money(const struct rta_node *node, const struct rta_subject *subject)
{
    size_t   i;
    int64_t  value;

    for (i = 0; i < subject->spend_count; i++) {
        if (strcmp(subject->spend[i].currency, node->currency) == 0) {
            return node->field->money(&subject->spend[i], &value)
                   && (rta_outcome(value, node->number) & node->likes) != 0;
        }
    }

    return false;
}
