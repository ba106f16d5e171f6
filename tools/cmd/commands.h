/* The rows of all commands, each defined in the file of its noun. */

#ifndef CMD_COMMANDS_H_INCLUDED
#define CMD_COMMANDS_H_INCLUDED

#include "cmd.h"

extern const struct cmd_command  cmd_init;
extern const struct cmd_command  cmd_config_get;
extern const struct cmd_command  cmd_config_set;
extern const struct cmd_command  cmd_import_customers;
extern const struct cmd_command  cmd_import_orders;
extern const struct cmd_command  cmd_import_recipients;
extern const struct cmd_command  cmd_import_events;
extern const struct cmd_command  cmd_import_unsubscribes;
extern const struct cmd_command  cmd_segment_tiers;
extern const struct cmd_command  cmd_segment_lifecycle;
extern const struct cmd_command  cmd_segment_rfm;
extern const struct cmd_command  cmd_segment_abc_xyz;
extern const struct cmd_command  cmd_segment_cohorts;
extern const struct cmd_command  cmd_segment_value;
extern const struct cmd_command  cmd_segment_priority;
extern const struct cmd_command  cmd_model_fit;
extern const struct cmd_command  cmd_model_predict;
extern const struct cmd_command  cmd_report;
extern const struct cmd_command  cmd_export_events;
extern const struct cmd_command  cmd_export_recipients;
extern const struct cmd_command  cmd_export_responses;
extern const struct cmd_command  cmd_export_person;
extern const struct cmd_command  cmd_export_coupons;
extern const struct cmd_command  cmd_audience;
extern const struct cmd_command  cmd_campaign_create;
extern const struct cmd_command  cmd_campaign_list;
extern const struct cmd_command  cmd_campaign_show;
extern const struct cmd_command  cmd_campaign_preview;
extern const struct cmd_command  cmd_campaign_power;
extern const struct cmd_command  cmd_campaign_edit;
extern const struct cmd_command  cmd_campaign_close;
extern const struct cmd_command  cmd_campaign_merge;
extern const struct cmd_command  cmd_coupon_list;
extern const struct cmd_command  cmd_coupon_show;
extern const struct cmd_command  cmd_coupon_void;
extern const struct cmd_command  cmd_link_sign;
extern const struct cmd_command  cmd_link_inspect;
extern const struct cmd_command  cmd_keys_list;
extern const struct cmd_command  cmd_keys_new;
extern const struct cmd_command  cmd_keys_retire;
extern const struct cmd_command  cmd_api_key_list;
extern const struct cmd_command  cmd_api_key_new;
extern const struct cmd_command  cmd_api_key_revoke;
extern const struct cmd_command  cmd_stat;
extern const struct cmd_command  cmd_fold;
extern const struct cmd_command  cmd_check;
extern const struct cmd_command  cmd_backup;
extern const struct cmd_command  cmd_restore;
extern const struct cmd_command  cmd_compress;
extern const struct cmd_command  cmd_prune;

#endif /* CMD_COMMANDS_H_INCLUDED */
