/* The sections of the campaign file that have a file of their own. */

#ifndef RTI_CAMPAIGN_SECTION_H_INCLUDED
#define RTI_CAMPAIGN_SECTION_H_INCLUDED

#include "campaign_value.h"

/* Rows of the root's table; field is the struct rtn_campaign. */
RTI_VALUE(rti_section_arms);
RTI_VALUE(rti_section_tiers);
RTI_VALUE(rti_section_messages);
RTI_VALUE(rti_section_hosts);
RTI_VALUE(rti_section_links);           /* after the hosts */

/*
 * What of tiers and messages depends on other sections: each tier has a
 * condition that somebody of the audience can match and no later tier takes
 * away; messages go out within the window.
 */
int rti_tiers_check(struct rti_file *file, yaml_node_t *root);
int rti_messages_check(struct rti_file *file, yaml_node_t *root);

/* BLAKE2b-256 over all that may not change.  RTN_ERR_LIMIT: it failed. */
int rti_campaign_digest(const struct rtn_campaign *campaign,
    uint8_t digest[32]);

#endif /* RTI_CAMPAIGN_SECTION_H_INCLUDED */
