#include "campaign_value.h"

#include "analysis/expression.h"
#include "analysis/wording.h"
#include "rtn_text.h"

#include <stdio.h>
#include <string.h>

#define VALUE_PPM_DIGITS    4       /* of a percentage: 0.0001 % is 1 ppm */
#define VALUE_BATCH_SUFFIX  "/day"


static int value_days(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, int32_t min, int32_t *days);
static bool value_days_parse(struct rtn_str text, int64_t *days);
static int value_percent(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, bool is_good_whole, bool is_good_zero, uint32_t *ppm);
static bool value_is_slug(struct rtn_str text);
static bool value_is_name(struct rtn_str text);
static bool value_is_plain(char c);


int
rti_value_slug(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!value_is_slug(text)) {
        return rti_value_fault(file, key->name, node,
                               "1 to 64 of a-z 0-9 and '-', a letter or "
                               "digit first");
    }

    memcpy(field, text.data, text.len);

    return RTN_OK;
}


int
rti_value_title(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (text.len == 0 || text.len > RTN_TITLE_MAX
        || rtn_text_has_control(text))
    {
        return rti_value_fault(file, key->name, node,
                               "1 to 200 bytes on one line, without control "
                               "bytes");
    }

    memcpy(field, text.data, text.len);

    return RTN_OK;
}


int
rti_value_name(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    return rti_name_read(file, key->name, node, field);
}


int
rti_name_read(struct rti_file *file, const char *what, yaml_node_t *node,
    char name[RTN_NAME_MAX + 1])
{
    int             rc;
    struct rtn_str  text;

    rc = rti_scalar_get(file, what, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!value_is_name(text)) {
        return rti_value_fault(file, what, node,
                               "1 to 32 of a-z 0-9 '_' and '-'");
    }

    memcpy(name, text.data, text.len);
    name[text.len] = '\0';

    return RTN_OK;
}


int
rti_value_condition(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                     rc;
    struct rtn_str          text;
    struct rta_fault        fault;
    struct rta_expression  *expression;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = rta_expression_parse(text, &expression, &fault);

    if (rc == RTN_ERR_LIMIT) {
        return rti_file_fail(file->fault,
                             rti_yaml_place(file->text, node,
                                            fault.column - 1),
                             "%s", fault.message);
    }

    if (rc != RTN_OK) {
        return rc;
    }

    if (rta_expression_is_empty(expression)) {
        rc = rti_file_fail(file->fault, node->start_mark,
                           "condition of '%s' can never hold", key->name);
    }

    rta_expression_free(expression);
    memcpy(field, text.data, text.len);

    return rc;
}


int
rti_value_day(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (rtn_day_parse(text, field) != RTN_OK) {
        return rti_value_fault(file, key->name, node,
                               "a day that exists, as YYYY-MM-DD");
    }

    return RTN_OK;
}


int
rti_value_window(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    return value_days(file, key, node, 1, field);
}


int
rti_value_after(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    return value_days(file, key, node, 0, field);
}


/* Windows, expiries and delays have one limit. */
static int
value_days(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, int32_t min, int32_t *days)
{
    int             rc;
    char            expected[64];
    int64_t         value;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!value_days_parse(text, &value) || value < min) {
        snprintf(expected, sizeof(expected), "days or weeks, %dd to %dd",
                 (int) min, RTN_WINDOW_DAYS_MAX);
        return rti_value_fault(file, key->name, node, expected);
    }

    *days = (int32_t) value;

    return RTN_OK;
}


static bool
value_days_parse(struct rtn_str text, int64_t *days)
{
    if (rti_suffix_cut(&text, 'd')) {
        return rti_decimal_parse(text, 0, RTN_WINDOW_DAYS_MAX, days);
    }

    if (rti_suffix_cut(&text, 'w')
        && rti_decimal_parse(text, 0, RTN_WINDOW_DAYS_MAX / 7, days))
    {
        *days *= 7;
        return true;
    }

    return false;
}


int
rti_value_holdout(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    return value_percent(file, key, node, false, true, field);
}


int
rti_value_share(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    return value_percent(file, key, node, true, false, field);
}


static int
value_percent(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, bool is_good_whole, bool is_good_zero, uint32_t *ppm)
{
    int             rc;
    int64_t         value;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!rti_suffix_cut(&text, '%')
        || !rti_decimal_parse(text, VALUE_PPM_DIGITS, RTN_PPM, &value)
        || (value == RTN_PPM && !is_good_whole)
        || (value == 0 && !is_good_zero))
    {
        return rti_value_fault(file, key->name, node,
                               is_good_zero ? "a percentage such as 10%, 0% "
                                              "to below 100%"
                                            : "a percentage such as 10%, "
                                              "above 0% to 100%");
    }

    *ppm = (uint32_t) value;

    return RTN_OK;
}


int
rti_value_batch(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    int64_t         value;
    struct rtn_str  text, suffix;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    suffix = RTN_STR(VALUE_BATCH_SUFFIX);

    if (text.len > suffix.len
        && memcmp(text.data + text.len - suffix.len, suffix.data, suffix.len)
           == 0)
    {
        text.len -= suffix.len;

        if (rti_decimal_parse(text, 0, RTI_BATCH_MAX, &value) && value > 0) {
            *(uint32_t *) field = (uint32_t) value;
            return RTN_OK;
        }
    }

    return rti_value_fault(file, key->name, node,
                           "recipients a day such as 20000/day");
}


int
rti_value_top(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    int64_t         value;
    struct rtn_str  text;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!rti_decimal_parse(text, 0, RTI_TOP_MAX, &value) || value == 0) {
        return rti_value_fault(file, key->name, node,
                               "a number of customers such as 5000");
    }

    *(uint32_t *) field = (uint32_t) value;

    return RTN_OK;
}


int
rti_value_bool(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    size_t          i;
    struct rtn_str  text;

    static const struct {
        struct rtn_str  name;
        bool            value;
    } words[] = {
        { { "true", 4 }, true }, { { "false", 5 }, false },
        { { "yes",  3 }, true }, { { "no",    2 }, false }
    };

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (text.len == words[i].name.len
            && memcmp(text.data, words[i].name.data, text.len) == 0)
        {
            *(bool *) field = words[i].value;
            return RTN_OK;
        }
    }

    return rti_value_fault(file, key->name, node, "true or false");
}


int
rti_money_read(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, int64_t *minor, rtn_currency_t currency)
{
    int             rc;
    int64_t         value;
    rtn_currency_t  code;
    struct rtn_str  text, letters;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (text.len > RTN_CURRENCY_LEN) {
        text.len -= RTN_CURRENCY_LEN;
        letters.data = text.data + text.len;
        letters.len = RTN_CURRENCY_LEN;

        if (rti_suffix_cut(&text, ' ')
            && rtn_currency_parse(letters, code) == RTN_OK
            && rtn_money_parse(text, code, &value) == RTN_OK
            && value > 0)
        {
            *minor = value;
            memcpy(currency, code, sizeof(rtn_currency_t));
            return RTN_OK;
        }
    }

    return rti_value_fault(file, key->name, node,
                           "an amount above 0 such as \"30.00 EUR\"");
}


int
rti_value_fault(struct rti_file *file, const char *name, yaml_node_t *node,
    const char *expected)
{
    char            quote[RTA_QUOTE_MAX];
    struct rtn_str  text;

    text.data = (const char *) node->data.scalar.value;
    text.len = node->data.scalar.length;

    return rti_file_fail(file->fault, node->start_mark,
                         "bad value '%s' for '%s'; expected %s",
                         rta_quote(text, quote), name, expected);
}


static bool
value_is_slug(struct rtn_str text)
{
    size_t  i;

    if (text.len == 0 || text.len > RTN_SLUG_MAX || text.data[0] == '-') {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        if (!value_is_plain(text.data[i]) && text.data[i] != '-') {
            return false;
        }
    }

    return true;
}


static bool
value_is_name(struct rtn_str text)
{
    size_t  i;

    if (text.len == 0 || text.len > RTN_NAME_MAX) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        if (!value_is_plain(text.data[i]) && text.data[i] != '-'
            && text.data[i] != '_')
        {
            return false;
        }
    }

    return true;
}


/* A lower-case letter or a digit. */
static bool
value_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
