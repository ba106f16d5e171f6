#include "campaign_file.h"

#include "campaign_section.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MARK      "\xef\xbb\xbf"       /* the byte order mark of UTF-8 */
#define FILE_HOLDOUT   "holdout"            /* no name for an arm */
#define FILE_ARM       "treated"            /* the arm when none is named */
#define FILE_MESSAGE   "first"
#define FILE_IMPORTED  "imported"


static int file_read_root(struct rti_file *file);
static RTI_VALUE(file_recipients);
static RTI_VALUE(file_budget);
static RTI_VALUE(file_message_cost);
static RTI_VALUE(file_cost);
static int file_check_imported(struct rti_file *file, yaml_node_t *root);
static int file_check(struct rti_file *file, yaml_node_t *root);
static int file_default(struct rtn_campaign *campaign);
static int file_check_shares(struct rti_file *file, yaml_node_t *list);
static int file_fault_link(struct rti_campaign_fault *fault, const char *format,
    const char *name) __attribute__((format(printf, 2, 0)));


/* In the order of reading: links need the hosts. */
static const struct rti_key  file_keys[] = {
    { "id",         true,  rti_value_slug,
      offsetof(struct rtn_campaign, slug) },
    { "title",      false, rti_value_title,
      offsetof(struct rtn_campaign, title) },
    { "starts",     true,  rti_value_day,
      offsetof(struct rtn_campaign, starts) },
    { "window",     true,  rti_value_window,
      offsetof(struct rtn_campaign, window_days) },
    { "holdout",    false, rti_value_holdout,
      offsetof(struct rtn_campaign, holdout_ppm) },
    { "recipients", false, file_recipients,
      offsetof(struct rtn_campaign, is_imported) },
    { "audience",   false, rti_value_condition,
      offsetof(struct rtn_campaign, audience) },
    { "top",        false, rti_value_top,
      offsetof(struct rtn_campaign, top) },
    { "budget",     false, file_budget,          0 },
    { "message_cost", false, file_message_cost,  0 },
    { "batches",    false, rti_value_batch,
      offsetof(struct rtn_campaign, batch_size) },
    { "arms",       false, rti_section_arms,     0 },
    { "tiers",      false, rti_section_tiers,    0 },
    { "messages",   false, rti_section_messages, 0 },
    { "hosts",      false, rti_section_hosts,    0 },
    { "links",      false, rti_section_links,    0 },
    { "cost",       false, file_cost,            0 }
};

static const struct rti_schema  file_schema =
    RTI_SCHEMA("campaign", file_keys);

static const struct rti_key  file_arm_keys[] = {
    { "name",  true, rti_value_name,  offsetof(struct rtn_arm, name) },
    { "share", true, rti_value_share, offsetof(struct rtn_arm, share_ppm) }
};

static const struct rti_schema  file_arm_schema =
    RTI_SCHEMA("arm", file_arm_keys);


int
rti_campaign_read(struct rtn_str text, struct rtn_campaign *campaign,
    struct rti_campaign_fault *fault)
{
    int                  rc;
    struct rti_file      file;
    struct rtn_campaign  fresh;

    if (text.len > RTI_CAMPAIGN_BYTES_MAX) {
        return rti_file_fail(fault, (yaml_mark_t) { 0, 0, 0 },
                             "campaign file is larger than %d bytes",
                             RTI_CAMPAIGN_BYTES_MAX);
    }

    if (text.len >= sizeof(FILE_MARK) - 1
        && memcmp(text.data, FILE_MARK, sizeof(FILE_MARK) - 1) == 0)
    {
        text.data += sizeof(FILE_MARK) - 1;
        text.len -= sizeof(FILE_MARK) - 1;
    }

    memset(&fresh, 0, sizeof(fresh));
    memset(&file, 0, sizeof(file));
    file.text = text;
    file.campaign = &fresh;
    file.fault = fault;

    rc = rti_yaml_load(text, &file.document, fault);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = file_read_root(&file);
    yaml_document_delete(&file.document);

    if (rc != RTN_OK) {
        rtn_campaign_release(&fresh);
        return rc;
    }

    *campaign = fresh;

    return RTN_OK;
}


static int
file_read_root(struct rti_file *file)
{
    int           rc;
    yaml_node_t  *root;

    root = yaml_document_get_root_node(&file->document);

    if (root == NULL || rti_node_is_absent(root)) {
        return rti_file_fail(file->fault, (yaml_mark_t) { 0, 0, 0 },
                             "empty campaign file");
    }

    rc = rti_mapping_read(file, root, &file_schema, file->campaign);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = file_check(file, root);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = file_default(file->campaign);
    if (rc != RTN_OK) {
        return rc;
    }

    return rti_campaign_digest(file->campaign, file->campaign->digest);
}


static int
file_recipients(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    struct rtn_str  text, imported;

    rc = rti_scalar_get(file, key->name, node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    imported = RTN_STR(FILE_IMPORTED);

    if (text.len != imported.len
        || memcmp(text.data, imported.data, text.len) != 0)
    {
        return rti_value_fault(file, key->name, node,
                               "imported; leave the key out for a draw");
    }

    *(bool *) field = true;

    return RTN_OK;
}


static int
file_cost(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    struct rtn_campaign  *campaign;

    campaign = field;

    return rti_money_read(file, key, node, &campaign->cost_minor,
                          campaign->cost_currency);
}


static int
file_budget(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    struct rtn_campaign  *campaign;

    campaign = field;

    return rti_money_read(file, key, node, &campaign->budget_minor,
                          campaign->budget_currency);
}


static int
file_message_cost(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    struct rtn_campaign  *campaign;

    campaign = field;

    return rti_money_read(file, key, node, &campaign->message_minor,
                          campaign->message_currency);
}


/* What chooses recipients, who are chosen already when they are imported. */
static int
file_check_imported(struct rti_file *file, yaml_node_t *root)
{
    size_t        i;
    yaml_node_t  *node;

    static const char *const  names[] = {
        "audience", "top", "budget", "message_cost"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        node = rti_mapping_get(file, root, names[i]);

        if (node != NULL) {
            return rti_file_fail(file->fault, node->start_mark,
                                 "'%s' with imported recipients; leave it "
                                 "out", names[i]);
        }
    }

    return RTN_OK;
}


static int
file_check(struct rti_file *file, yaml_node_t *root)
{
    int           rc;
    yaml_node_t  *audience;

    audience = rti_mapping_get(file, root, "audience");

    if (file->campaign->is_imported) {
        rc = file_check_imported(file, root);
        if (rc != RTN_OK) {
            return rc;
        }

    } else if (audience == NULL) {
        return rti_file_fail(file->fault, root->start_mark,
                             "missing key 'audience' in campaign");

    } else if (rti_mapping_get(file, root, "holdout") == NULL) {
        return rti_file_fail(file->fault, root->start_mark,
                             "missing key 'holdout' in campaign; write "
                             "'holdout: 0%%' to compare with nobody");
    }

    rc = rti_tiers_check(file, root);
    if (rc != RTN_OK) {
        return rc;
    }

    return rti_messages_check(file, root);
}


/* What a file may leave out. */
static int
file_default(struct rtn_campaign *campaign)
{
    if (campaign->title[0] == '\0') {
        memcpy(campaign->title, campaign->slug, sizeof(campaign->slug));
    }

    if (campaign->arm_count == 0) {
        campaign->arms = calloc(1, sizeof(*campaign->arms));
        if (campaign->arms == NULL) {
            return RTN_ERR_NOMEM;
        }

        campaign->arm_count = 1;
        campaign->arms[0].share_ppm = RTN_PPM;
        memcpy(campaign->arms[0].name, FILE_ARM, sizeof(FILE_ARM));
    }

    if (campaign->message_count == 0) {
        campaign->messages = calloc(1, sizeof(*campaign->messages));
        if (campaign->messages == NULL) {
            return RTN_ERR_NOMEM;
        }

        campaign->message_count = 1;
        memcpy(campaign->messages[0].name, FILE_MESSAGE, sizeof(FILE_MESSAGE));
    }

    return RTN_OK;
}


int
rti_section_arms(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                   rc;
    void                 *arms;
    size_t                i;
    yaml_node_t          *arm;
    struct rtn_campaign  *campaign;

    campaign = field;
    arms = NULL;

    rc = rti_list_read(file, key, node, &file_arm_schema, RTN_ARMS_MAX,
                       sizeof(struct rtn_arm), &arms, &campaign->arm_count);
    campaign->arms = arms;

    if (rc != RTN_OK) {
        return rc;
    }

    for (i = 0; i < campaign->arm_count; i++) {
        if (strcmp(campaign->arms[i].name, FILE_HOLDOUT) == 0) {
            arm = rti_list_get(file, node, i);

            return rti_file_fail(file->fault,
                                 rti_mapping_get(file, arm,
                                                 "name")->start_mark,
                                 "arm name '%s' is reserved", FILE_HOLDOUT);
        }
    }

    return file_check_shares(file, node);
}


static int
file_check_shares(struct rti_file *file, yaml_node_t *list)
{
    char      text[RTI_PPM_TEXT_MAX];
    size_t    i;
    uint32_t  sum;

    sum = 0;

    for (i = 0; i < file->campaign->arm_count; i++) {
        sum += file->campaign->arms[i].share_ppm;
    }

    if (sum == RTN_PPM) {
        return RTN_OK;
    }

    return rti_file_fail(file->fault, list->start_mark,
                         "shares of arms add up to %s, not to 100%%",
                         rti_ppm_format(sum, text));
}


int
rti_campaign_same_links(const struct rtn_campaign *old,
    const struct rtn_campaign *new, struct rti_campaign_fault *fault)
{
    size_t                  i;
    const struct rtn_link  *was, *is;

    for (i = 0; i < old->link_count; i++) {
        was = &old->links[i];

        if (i >= new->link_count
            || strcmp(was->name, new->links[i].name) != 0)
        {
            return file_fault_link(fault, "link '%s' is not at its place; "
                                   "keep the links and add new ones behind "
                                   "them", was->name);
        }

        is = &new->links[i];

        if (strcmp(was->url, is->url) != 0) {
            return file_fault_link(fault, "target of link '%s' has changed; "
                                   "use 'retentionctl campaign edit'",
                                   was->name);
        }

        if (strcmp(was->survey, is->survey) != 0) {
            return file_fault_link(fault, "survey of link '%s' has changed; "
                                   "it must stay", was->name);
        }
    }

    return RTN_OK;
}


static int
file_fault_link(struct rti_campaign_fault *fault, const char *format,
    const char *name)
{
    fault->line = 0;
    fault->column = 0;
    snprintf(fault->message, RTI_CAMPAIGN_FAULT_MAX, format, name);

    return RTN_ERR_LIMIT;
}
