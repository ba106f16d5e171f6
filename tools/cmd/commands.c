/* The table of commands, in the order of the help. */

#include "commands.h"

const struct cmd_command *const  cmd_commands[] = {
    &cmd_init,
    &cmd_config_get,
    &cmd_config_set,
    &cmd_import_customers,
    &cmd_import_orders,
    &cmd_import_recipients,
    &cmd_import_events,
    &cmd_import_unsubscribes,
    &cmd_segment_tiers,
    &cmd_model_fit,
    &cmd_model_predict,
    &cmd_report,
    &cmd_export_events,
    &cmd_export_recipients,
    &cmd_export_coupons,
    &cmd_campaign_create,
    &cmd_campaign_list,
    &cmd_campaign_show,
    &cmd_campaign_preview,
    &cmd_campaign_edit,
    &cmd_campaign_close,
    &cmd_campaign_merge,
    &cmd_link_sign,
    &cmd_link_inspect,
    &cmd_keys_list,
    &cmd_keys_new,
    &cmd_keys_retire,
    &cmd_api_key_list,
    &cmd_api_key_new,
    &cmd_api_key_revoke,
    &cmd_stat,
    &cmd_check,
    NULL
};
