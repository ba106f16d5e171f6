#include "campaign_schema.h"

#include "analysis/wording.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>


static int schema_check(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema);
static int schema_check_key(struct rti_file *file, yaml_node_t *key,
    const struct rti_schema *schema, yaml_node_t **seen);
static int schema_unknown(struct rti_file *file, yaml_node_t *key,
    const struct rti_schema *schema);
static int schema_read(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema, const struct rti_key *key, char *target);
static int schema_unique(struct rti_file *file, yaml_node_t *list,
    const struct rti_schema *schema, size_t size, const char *items);
static bool schema_is(const yaml_node_t *node, const char *name);
static struct rtn_str schema_text(const yaml_node_t *node);


int
rti_mapping_read(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema, void *target)
{
    int     rc;
    size_t  i;

    if (node->type != YAML_MAPPING_NODE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "%s must be a mapping, not %s", schema->name,
                             rti_node_kind(node));
    }

    rc = schema_check(file, node, schema);

    for (i = 0; rc == RTN_OK && i < schema->key_count; i++) {
        rc = schema_read(file, node, schema, &schema->keys[i], target);
    }

    return rc;
}


static int
schema_check(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema)
{
    int                rc;
    yaml_node_t       *key, *seen[RTI_KEYS_MAX];
    yaml_node_pair_t  *pair;

    assert(schema->key_count <= RTI_KEYS_MAX);

    memset(seen, 0, sizeof(seen));

    for (pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top;
         pair++)
    {
        key = yaml_document_get_node(&file->document, pair->key);

        rc = schema_check_key(file, key, schema, seen);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    return RTN_OK;
}


static int
schema_check_key(struct rti_file *file, yaml_node_t *key,
    const struct rti_schema *schema, yaml_node_t **seen)
{
    size_t  i;

    for (i = 0; i < schema->key_count; i++) {
        if (schema_is(key, schema->keys[i].name)) {
            break;
        }
    }

    if (i == schema->key_count) {
        return schema_unknown(file, key, schema);
    }

    if (seen[i] != NULL) {
        return rti_file_fail(file->fault, key->start_mark,
                             "repeated key '%s'; the first is on line %zu",
                             schema->keys[i].name,
                             seen[i]->start_mark.line + 1);
    }

    seen[i] = key;

    return RTN_OK;
}


static int
schema_unknown(struct rti_file *file, yaml_node_t *key,
    const struct rti_schema *schema)
{
    char                quote[RTA_QUOTE_MAX];
    size_t              i;
    struct rta_nearest  nearest;

    if (key->type != YAML_SCALAR_NODE) {
        return rti_file_fail(file->fault, key->start_mark,
                             "key of %s must be text, not %s", schema->name,
                             rti_node_kind(key));
    }

    memset(&nearest, 0, sizeof(nearest));

    for (i = 0; i < schema->key_count; i++) {
        rta_nearest_offer(&nearest, schema_text(key), schema->keys[i].name);
    }

    if (nearest.name == NULL) {
        return rti_file_fail(file->fault, key->start_mark,
                             "unknown key '%s' in %s",
                             rta_quote(schema_text(key), quote), schema->name);
    }

    return rti_file_fail(file->fault, key->start_mark,
                         "unknown key '%s'; did you mean '%s'?",
                         rta_quote(schema_text(key), quote), nearest.name);
}


static int
schema_read(struct rti_file *file, yaml_node_t *node,
    const struct rti_schema *schema, const struct rti_key *key, char *target)
{
    yaml_node_t  *value;

    value = rti_mapping_get(file, node, key->name);

    if (value == NULL) {
        if (!key->is_required) {
            return RTN_OK;
        }

        return rti_file_fail(file->fault, node->start_mark,
                             "missing key '%s' in %s", key->name,
                             schema->name);
    }

    if (rti_node_is_absent(value)) {
        return rti_file_fail(file->fault, value->start_mark,
                             "key '%s' has no value", key->name);
    }

    return key->read(file, key, value, target + key->offset);
}


yaml_node_t *
rti_mapping_get(struct rti_file *file, yaml_node_t *mapping,
    const char *name)
{
    yaml_node_t       *key;
    yaml_node_pair_t  *pair;

    for (pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top;
         pair++)
    {
        key = yaml_document_get_node(&file->document, pair->key);

        if (schema_is(key, name)) {
            return yaml_document_get_node(&file->document, pair->value);
        }
    }

    return NULL;
}


int
rti_list_read(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, const struct rti_schema *schema, size_t max,
    size_t size, void **items, size_t *count)
{
    int     rc;
    char   *array;
    size_t  i, n;

    rc = rti_list_open(file, key, node, max, &n);
    if (rc != RTN_OK) {
        return rc;
    }

    array = calloc(n, size);
    if (array == NULL) {
        return RTN_ERR_NOMEM;
    }

    *items = array;
    *count = n;

    for (i = 0; i < n; i++) {
        rc = rti_mapping_read(file, rti_list_get(file, node, i), schema,
                              array + i * size);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    return schema_unique(file, node, schema, size, array);
}


static int
schema_unique(struct rti_file *file, yaml_node_t *list,
    const struct rti_schema *schema, size_t size, const char *items)
{
    size_t        i, j, n;
    yaml_node_t  *name;

    n = (size_t) (list->data.sequence.items.top
                  - list->data.sequence.items.start);

    for (i = 1; i < n; i++) {
        for (j = 0; j < i; j++) {
            if (strcmp(items + i * size, items + j * size) == 0) {
                name = rti_mapping_get(file, rti_list_get(file, list, i),
                                       "name");

                return rti_file_fail(file->fault, name->start_mark,
                                     "repeated %s '%s'", schema->name,
                                     items + i * size);
            }
        }
    }

    return RTN_OK;
}


int
rti_list_open(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, size_t max, size_t *count)
{
    size_t  n;

    if (node->type != YAML_SEQUENCE_NODE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "'%s' must be a list, not %s", key->name,
                             rti_node_kind(node));
    }

    n = (size_t) (node->data.sequence.items.top
                  - node->data.sequence.items.start);

    if (n == 0) {
        return rti_file_fail(file->fault, node->start_mark,
                             "'%s' is empty; leave it out", key->name);
    }

    if (n > max) {
        return rti_file_fail(file->fault,
                             rti_list_get(file, node, max)->start_mark,
                             "'%s' has more than %zu entries", key->name, max);
    }

    *count = n;

    return RTN_OK;
}


yaml_node_t *
rti_list_get(struct rti_file *file, yaml_node_t *list, size_t i)
{
    return yaml_document_get_node(&file->document,
                                  list->data.sequence.items.start[i]);
}


int
rti_scalar_get(struct rti_file *file, const char *name, yaml_node_t *node,
    struct rtn_str *text)
{
    if (node->type != YAML_SCALAR_NODE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "'%s' must be text, not %s", name,
                             rti_node_kind(node));
    }

    *text = schema_text(node);

    return RTN_OK;
}


bool
rti_node_is_absent(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0
           && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}


const char *
rti_node_kind(const yaml_node_t *node)
{
    switch (node->type) {

    case YAML_MAPPING_NODE:
        return "a mapping";

    case YAML_SEQUENCE_NODE:
        return "a list";

    default:
        return "text";
    }
}


static bool
schema_is(const yaml_node_t *node, const char *name)
{
    return node->type == YAML_SCALAR_NODE
           && node->data.scalar.length == strlen(name)
           && memcmp(node->data.scalar.value, name, strlen(name)) == 0;
}


static struct rtn_str
schema_text(const yaml_node_t *node)
{
    struct rtn_str  text;

    text.data = (const char *) node->data.scalar.value;
    text.len = node->data.scalar.length;

    return text;
}
