#include "campaign_section.h"

#include "analysis/expression.h"

#include <stdlib.h>
#include <string.h>

#define TIER_PERCENT_DIGITS  2
#define TIER_PERCENT_MAX     10000      /* hundredths: 100 % */


static RTI_VALUE(tier_offer);
static RTI_VALUE(tier_percent);
static RTI_VALUE(tier_fixed);
static RTI_VALUE(tier_free_shipping);
static RTI_VALUE(tier_gift);
static RTI_VALUE(tier_points);
static RTI_VALUE(tier_minimum);
static int tier_check_expires(struct rti_file *file, yaml_node_t *node,
    const struct rtn_tier *tier);
static int tier_offer_type(struct rti_file *file, yaml_node_t *node,
    struct rtn_offer *offer, enum rtn_discount type);
static int tier_parse(const char *text, struct rta_expression **expression);
static int tier_check_conditions(struct rti_file *file, yaml_node_t *list,
    const struct rta_expression *audience, struct rta_expression **tiers);
static int tier_check_one(struct rti_file *file, yaml_node_t *node,
    const struct rta_expression *audience, struct rta_expression **tiers,
    size_t i);


static const struct rti_key  tier_offer_keys[] = {
    { "percent",       false, tier_percent,       0 },
    { "fixed",         false, tier_fixed,         0 },
    { "free_shipping", false, tier_free_shipping, 0 },
    { "gift",          false, tier_gift,          0 },
    { "points",        false, tier_points,        0 },
    { "minimum",       false, tier_minimum,       0 },
    { "combinable",    false, rti_value_bool,
      offsetof(struct rtn_offer, is_combinable) },
    { "transferable",  false, rti_value_bool,
      offsetof(struct rtn_offer, is_transferable) }
};

static const struct rti_schema  tier_offer_schema =
    RTI_SCHEMA("offer", tier_offer_keys);

static const struct rti_key  tier_keys[] = {
    { "name",    true,  rti_value_name, offsetof(struct rtn_tier, name) },
    { "when",    false, rti_value_condition,
      offsetof(struct rtn_tier, when) },
    { "offer",   false, tier_offer, offsetof(struct rtn_tier, offer) },
    { "expires", false, rti_value_window,
      offsetof(struct rtn_tier, expires_days) }
};

static const struct rti_schema  tier_schema = RTI_SCHEMA("tier", tier_keys);


int
rti_section_tiers(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                   rc;
    void                 *tiers;
    size_t                i;
    struct rtn_campaign  *campaign;

    campaign = field;
    tiers = NULL;

    rc = rti_list_read(file, key, node, &tier_schema, RTN_TIERS_MAX,
                       sizeof(struct rtn_tier), &tiers,
                       &campaign->tier_count);
    campaign->tiers = tiers;

    for (i = 0; rc == RTN_OK && i < campaign->tier_count; i++) {
        rc = tier_check_expires(file, rti_list_get(file, node, i),
                                &campaign->tiers[i]);
    }

    return rc;
}


static int
tier_check_expires(struct rti_file *file, yaml_node_t *node,
    const struct rtn_tier *tier)
{
    if (tier->expires_days == 0 || tier->offer.type != RTN_DISCOUNT_NONE) {
        return RTN_OK;
    }

    return rti_file_fail(file->fault,
                         rti_mapping_get(file, node, "expires")->start_mark,
                         "'expires' of tier '%s' needs an offer", tier->name);
}


static int
tier_offer(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                rc;
    struct rtn_offer  *offer;

    (void) key;

    offer = field;

    rc = rti_mapping_read(file, node, &tier_offer_schema, offer);
    if (rc != RTN_OK) {
        return rc;
    }

    if (offer->type == RTN_DISCOUNT_NONE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "offer of nothing; give one of percent, fixed, "
                             "free_shipping, gift, points");
    }

    if (offer->type == RTN_DISCOUNT_FIXED && offer->minimum_minor != 0
        && strcmp(offer->currency, offer->minimum_currency) != 0)
    {
        return rti_file_fail(file->fault,
                             rti_mapping_get(file, node,
                                             "minimum")->start_mark,
                             "'minimum' is in %s, but 'fixed' in %s",
                             offer->minimum_currency, offer->currency);
    }

    return RTN_OK;
}


static int
tier_percent(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                rc;
    struct rtn_str     text;
    struct rtn_offer  *offer;

    offer = field;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    (void) rti_suffix_cut(&text, '%');

    if (!rti_decimal_parse(text, TIER_PERCENT_DIGITS, TIER_PERCENT_MAX,
                           &offer->amount)
        || offer->amount == 0)
    {
        return rti_value_fault(file, key->name, node,
                               "a percentage above 0 to 100, with two digits "
                               "at most");
    }

    return tier_offer_type(file, node, offer, RTN_DISCOUNT_PERCENT);
}


static int
tier_fixed(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                rc;
    struct rtn_offer  *offer;

    offer = field;

    rc = rti_money_read(file, key, node, &offer->amount, offer->currency);
    if (rc != RTN_OK) {
        return rc;
    }

    return tier_offer_type(file, node, offer, RTN_DISCOUNT_FIXED);
}


static int
tier_free_shipping(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int   rc;
    bool  is_free;

    rc = rti_value_bool(file, key, node, &is_free);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!is_free) {
        return rti_value_fault(file, key->name, node,
                               "true; leave the key out otherwise");
    }

    return tier_offer_type(file, node, field, RTN_DISCOUNT_FREE_SHIPPING);
}


static int
tier_gift(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                rc;
    struct rtn_offer  *offer;

    offer = field;

    rc = rti_name_read(file, key->name, node, offer->gift);
    if (rc != RTN_OK) {
        return rc;
    }

    return tier_offer_type(file, node, offer, RTN_DISCOUNT_GIFT);
}


static int
tier_points(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                rc;
    struct rtn_str     text;
    struct rtn_offer  *offer;

    offer = field;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!rti_decimal_parse(text, 0, RTI_POINTS_MAX, &offer->amount)
        || offer->amount == 0)
    {
        return rti_value_fault(file, key->name, node,
                               "a whole number above 0");
    }

    return tier_offer_type(file, node, offer, RTN_DISCOUNT_POINTS);
}


static int
tier_minimum(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    struct rtn_offer  *offer;

    offer = field;

    return rti_money_read(file, key, node, &offer->minimum_minor,
                          offer->minimum_currency);
}


static int
tier_offer_type(struct rti_file *file, yaml_node_t *node,
    struct rtn_offer *offer, enum rtn_discount type)
{
    if (offer->type != RTN_DISCOUNT_NONE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "second kind of offer; give one of percent, "
                             "fixed, free_shipping, gift, points");
    }

    offer->type = type;

    return RTN_OK;
}


int
rti_tiers_check(struct rti_file *file, yaml_node_t *root)
{
    int                     rc;
    size_t                  i;
    yaml_node_t            *list;
    struct rtn_campaign    *campaign;
    struct rta_expression  *audience, *tiers[RTN_TIERS_MAX];

    campaign = file->campaign;
    list = rti_mapping_get(file, root, "tiers");
    audience = NULL;
    memset(tiers, 0, sizeof(tiers));

    rc = tier_parse(campaign->audience, &audience);

    for (i = 0; rc == RTN_OK && i < campaign->tier_count; i++) {
        rc = tier_parse(campaign->tiers[i].when, &tiers[i]);

        if (tiers[i] == NULL && rc == RTN_OK && !campaign->is_imported) {
            rc = rti_file_fail(file->fault,
                               rti_list_get(file, list, i)->start_mark,
                               "missing key 'when' in tier '%s'",
                               campaign->tiers[i].name);
        }
    }

    if (rc == RTN_OK) {
        rc = tier_check_conditions(file, list, audience, tiers);
    }

    for (i = 0; i < RTN_TIERS_MAX; i++) {
        rta_expression_free(tiers[i]);
    }

    rta_expression_free(audience);

    return rc;
}


/* An empty text, as with imported recipients, is no condition: NULL. */
static int
tier_parse(const char *text, struct rta_expression **expression)
{
    struct rtn_str    condition;
    struct rta_fault  fault;

    condition.data = text;
    condition.len = strlen(text);

    if (condition.len == 0) {
        return RTN_OK;
    }

    return rta_expression_parse(condition, expression, &fault);
}


static int
tier_check_conditions(struct rti_file *file, yaml_node_t *list,
    const struct rta_expression *audience, struct rta_expression **tiers)
{
    int     rc;
    size_t  i;

    rc = RTN_OK;

    for (i = 0; rc == RTN_OK && i < file->campaign->tier_count; i++) {
        if (tiers[i] != NULL) {
            rc = tier_check_one(file, rti_list_get(file, list, i),
                                audience, tiers, i);
        }
    }

    return rc;
}


/* The last tier that matches counts, so a later one may take all away. */
static int
tier_check_one(struct rti_file *file, yaml_node_t *node,
    const struct rta_expression *audience, struct rta_expression **tiers,
    size_t i)
{
    size_t                  j;
    yaml_mark_t             mark;
    const struct rtn_tier  *named;

    mark = rti_mapping_get(file, node, "when")->start_mark;
    named = file->campaign->tiers;

    if (audience != NULL && rta_expression_excludes(audience, tiers[i])) {
        return rti_file_fail(file->fault, mark,
                             "tier '%s' is never reached: nobody in the "
                             "audience matches it", named[i].name);
    }

    for (j = i + 1; j < file->campaign->tier_count; j++) {
        if (tiers[j] != NULL
            && rta_expression_implies(audience, tiers[i], tiers[j]))
        {
            return rti_file_fail(file->fault, mark,
                                 "tier '%s' is never reached: whoever matches "
                                 "it also matches the later tier '%s'; the "
                                 "last that matches counts, so put '%s' first",
                                 named[i].name, named[j].name, named[j].name);
        }
    }

    return RTN_OK;
}
