#include "expression_node.h"

#include <assert.h>
#include <string.h>


static bool eval_comparison(const struct rta_node *node,
    const struct rta_subject *subject);
static bool eval_text(const struct rta_node *node, const char *field);
static bool eval_number(const struct rta_node *node, const char *field);
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


static bool
eval_comparison(const struct rta_node *node, const struct rta_subject *subject)
{
    const char  *field;

    field = (const char *) subject + node->field->offset;

    switch (node->field->type) {

    case RTA_TYPE_TEXT:
        return eval_text(node, field);

    case RTA_TYPE_MONEY:
        return eval_money(node, subject);

    default:
        return eval_number(node, field);
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
eval_number(const struct rta_node *node, const char *field)
{
    int64_t  value;

    memcpy(&value, field, sizeof(value));

    return value >= 0 && (rta_outcome(value, node->number) & node->likes) != 0;
}


static bool
eval_money(const struct rta_node *node, const struct rta_subject *subject)
{
    size_t   i;
    int64_t  value;

    for (i = 0; i < subject->spend_count; i++) {
        if (strcmp(subject->spend[i].currency, node->currency) == 0) {
            value = node->field->money(&subject->spend[i]);

            return (rta_outcome(value, node->number) & node->likes) != 0;
        }
    }

    return false;
}
