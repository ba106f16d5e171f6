/* Readers of single values, for the rows of schemas. */

#ifndef RTI_CAMPAIGN_VALUE_H_INCLUDED
#define RTI_CAMPAIGN_VALUE_H_INCLUDED

#include "campaign_schema.h"

#define RTI_PPM_TEXT_MAX  16

/* Each is the read of a row; the type is what its field is. */
#define RTI_VALUE(name)                                                       \
    int name(struct rti_file *file, const struct rti_key *key,                \
        yaml_node_t *node, void *field)

RTI_VALUE(rti_value_slug);              /* char[RTN_SLUG_MAX + 1] */
RTI_VALUE(rti_value_title);             /* char[RTN_TITLE_MAX + 1] */
RTI_VALUE(rti_value_name);              /* char[RTN_NAME_MAX + 1] */
RTI_VALUE(rti_value_condition);         /* char[RTN_EXPRESSION_MAX + 1] */
RTI_VALUE(rti_value_day);               /* rtn_day_t */
RTI_VALUE(rti_value_window);            /* int32_t, 1 to 730 days */
RTI_VALUE(rti_value_after);             /* int32_t, 0 to 730 days */
RTI_VALUE(rti_value_holdout);           /* uint32_t, below RTN_PPM */
RTI_VALUE(rti_value_share);             /* uint32_t, 1 to RTN_PPM */
RTI_VALUE(rti_value_top);               /* uint32_t, 1 to RTI_TOP_MAX */
RTI_VALUE(rti_value_batch);             /* uint32_t, 1 to RTI_BATCH_MAX */
RTI_VALUE(rti_value_bool);              /* bool */

/* The fault "bad value '...' for 'key'; expected ..." at a scalar. */
int rti_value_fault(struct rti_file *file, const char *name,
    yaml_node_t *node, const char *expected);

/* Checks and copies a name, as rti_value_name, of what is called what. */
int rti_name_read(struct rti_file *file, const char *what,
    yaml_node_t *node, char name[RTN_NAME_MAX + 1]);

/* Reads "30.00 EUR", 1 minor unit or more. */
int rti_money_read(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, int64_t *minor, rtn_currency_t currency);

/*
 * Reads a decimal without sign as a whole number of its last digit: "12.5"
 * with two digits is 1250.  false: not one, or above max.
 */
bool rti_decimal_parse(struct rtn_str text, int digits, int64_t max,
    int64_t *value);

/* Whether text ends in this character; it is taken off then. */
bool rti_suffix_cut(struct rtn_str *text, char suffix);

/* Writes parts per million as "12.5%".  Returns out. */
const char *rti_ppm_format(uint32_t ppm, char out[RTI_PPM_TEXT_MAX]);

#endif /* RTI_CAMPAIGN_VALUE_H_INCLUDED */
