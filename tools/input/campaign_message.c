#include "campaign_section.h"

#include <string.h>


static RTI_VALUE(message_unless);


static const struct rti_key  message_keys[] = {
    { "name",   true,  rti_value_name, offsetof(struct rtn_message, name) },
    { "after",  false, rti_value_after,
      offsetof(struct rtn_message, after_days) },
    { "unless", false, message_unless, offsetof(struct rtn_message, unless) }
};

static const struct rti_schema  message_schema =
    RTI_SCHEMA("message", message_keys);

static const struct {
    struct rtn_str  name;
    uint32_t        bit;
} message_unless_words[] = {
    { { "redeemed", 8 }, RTN_UNLESS_REDEEMED },
    { { "bought",   6 }, RTN_UNLESS_BOUGHT   },
    { { "clicked",  7 }, RTN_UNLESS_CLICKED  }
};


int
rti_section_messages(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                   rc;
    void                 *messages;
    struct rtn_campaign  *campaign;

    campaign = field;
    messages = NULL;

    rc = rti_list_read(file, key, node, &message_schema,
                       RTN_MESSAGES_MAX, sizeof(struct rtn_message), &messages,
                       &campaign->message_count);
    campaign->messages = messages;

    return rc;
}


static int
message_unless(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    size_t          i, j, n, words;
    uint32_t       *unless;
    yaml_node_t    *item;
    struct rtn_str  text, name;

    unless = field;
    words = sizeof(message_unless_words) / sizeof(message_unless_words[0]);

    rc = rti_list_open(file, key, node, words, &n);
    if (rc != RTN_OK) {
        return rc;
    }

    for (i = 0; i < n; i++) {
        item = rti_list_get(file, node, i);

        rc = rti_scalar_get(file, key->name, item, &text);
        if (rc != RTN_OK) {
            return rc;
        }

        for (j = 0; j < words; j++) {
            name = message_unless_words[j].name;

            if (text.len == name.len
                && memcmp(text.data, name.data, name.len) == 0)
            {
                break;
            }
        }

        if (j == words || (*unless & message_unless_words[j].bit)) {
            return rti_value_fault(file, key->name, item,
                                   "redeemed, bought or clicked, each once");
        }

        *unless |= message_unless_words[j].bit;
    }

    return RTN_OK;
}


int
rti_messages_check(struct rti_file *file, yaml_node_t *root)
{
    size_t                     i;
    yaml_node_t               *list, *message;
    const struct rtn_message  *messages;

    list = rti_mapping_get(file, root, "messages");
    messages = file->campaign->messages;

    for (i = 0; i < file->campaign->message_count; i++) {
        message = rti_list_get(file, list, i);

        if (i == 0 && messages[i].after_days > 0) {
            return rti_file_fail(file->fault,
                                 rti_mapping_get(file, message,
                                                 "after")->start_mark,
                                 "'after' of the first message '%s'; it goes "
                                 "out when its batch starts",
                                 messages[i].name);
        }

        if (messages[i].after_days >= file->campaign->window_days) {
            return rti_file_fail(file->fault,
                                 rti_mapping_get(file, message,
                                                 "after")->start_mark,
                                 "message '%s' goes out past the window of "
                                 "%dd", messages[i].name,
                                 (int) file->campaign->window_days);
        }
    }

    return RTN_OK;
}
