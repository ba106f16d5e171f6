/*
 * Mappings and lists of the campaign file by tables of keys, as nginx reads
 * directives: a row says what a key's value is and where it goes.
 */

#ifndef RTI_CAMPAIGN_SCHEMA_H_INCLUDED
#define RTI_CAMPAIGN_SCHEMA_H_INCLUDED

#include "campaign_yaml.h"

#define RTI_KEYS_MAX  24        /* rows of one table */

/* A file that is being read. */
struct rti_file {
    struct rtn_str              text;
    yaml_document_t             document;
    struct rtn_campaign        *campaign;
    struct rti_campaign_fault  *fault;
};

struct rti_key {
    const char  *name;
    bool         is_required;
    int        (*read)(struct rti_file *file, const struct rti_key *key,
                       yaml_node_t *node, void *field);
    size_t       offset;        /* of field within the mapping's struct */
};

struct rti_schema {
    const char            *name;        /* "tier"; in messages */
    const struct rti_key  *keys;
    size_t                 key_count;
};

#define RTI_SCHEMA(name, keys)                                                \
    { (name), (keys), sizeof(keys) / sizeof((keys)[0]) }

/*
 * Reads a mapping into target, in the order of the table's rows.  Unknown,
 * repeated, missing and empty keys are faults.
 */
int rti_mapping_read(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema, void *target);

/* The value of a key of a mapping; NULL: it is not there. */
yaml_node_t *rti_mapping_get(struct rti_file *file, yaml_node_t *mapping,
    const char *name);

/*
 * Reads a list of mappings, 1 to max of them, into an array of structs that
 * begin with their name; names may not repeat.
 *
 * items   gets the array; freed with free, after an error as well
 */
int rti_list_read(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, const struct rti_schema *schema, size_t max,
    size_t size, void **items, size_t *count);

/* Checks that a list has 1 to max entries, and says how many. */
int rti_list_open(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, size_t max, size_t *count);

/* The entry i of a list. */
yaml_node_t *rti_list_get(struct rti_file *file, yaml_node_t *list,
    size_t i);

/* The text of a scalar; another node is a fault. */
int rti_scalar_get(struct rti_file *file, const char *name,
    yaml_node_t *node, struct rtn_str *text);

/* Whether a node is a scalar with nothing written at all. */
bool rti_node_is_absent(const yaml_node_t *node);

/* "text", "a list" or "a mapping". */
const char *rti_node_kind(const yaml_node_t *node);

#endif /* RTI_CAMPAIGN_SCHEMA_H_INCLUDED */
