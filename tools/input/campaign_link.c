#include "campaign_section.h"

#include "analysis/wording.h"

#include <stdlib.h>
#include <string.h>

#define LINK_SCHEME    "https://"
#define LINK_RESERVED  "trap"           /* the merge file's honeypot */


static RTI_VALUE(link_url);
static int link_host(struct rti_file *file, yaml_node_t *node, char *host);
static bool link_is_host(struct rtn_str text);
static int link_read(struct rti_file *file, yaml_node_t *links, size_t i);
static int link_name(struct rti_file *file, yaml_node_t *node, size_t i);
static const char *link_reason(struct rtn_str url);


static const struct rti_key  link_keys[] = {
    { "url",    true,  link_url, offsetof(struct rtn_link, url) },
    { "survey", false, rti_value_name, offsetof(struct rtn_link, survey) }
};

static const struct rti_schema  link_schema = RTI_SCHEMA("link", link_keys);


int
rti_section_hosts(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                   rc;
    size_t                i, j, n;
    struct rtn_campaign  *campaign;

    campaign = field;

    rc = rti_list_open(file, key, node, RTN_HOSTS_MAX, &n);
    if (rc != RTN_OK) {
        return rc;
    }

    campaign->hosts = calloc(n, sizeof(campaign->hosts[0]));
    if (campaign->hosts == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        rc = link_host(file, rti_list_get(file, node, i),
                       campaign->hosts[i]);
        if (rc != RTN_OK) {
            return rc;
        }

        for (j = 0; j < i; j++) {
            if (strcmp(campaign->hosts[i], campaign->hosts[j]) == 0) {
                return rti_file_fail(file->fault,
                                     rti_list_get(file, node, i)->start_mark,
                                     "repeated host '%.64s'",
                                     campaign->hosts[i]);
            }
        }

        campaign->host_count++;
    }

    return RTN_OK;
}


static int
link_host(struct rti_file *file, yaml_node_t *node, char *host)
{
    int             rc;
    struct rtn_str  text;

    rc = rti_scalar_get(file, "host", node, &text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!link_is_host(text)) {
        return rti_value_fault(file, "hosts", node,
                               "a host such as shop.example, in lower case, "
                               "without scheme, port and path");
    }

    memcpy(host, text.data, text.len);

    return RTN_OK;
}


static bool
link_is_host(struct rtn_str text)
{
    char    c, last;
    size_t  i;

    if (text.len == 0 || text.len > RTN_HOST_MAX) {
        return false;
    }

    last = '.';

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == '.' && last == '.') {
            return false;
        }

        if (c != '.' && c != '-' && !(c >= 'a' && c <= 'z')
            && !(c >= '0' && c <= '9'))
        {
            return false;
        }

        last = c;
    }

    return last != '.';
}


int
rti_section_links(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int                   rc;
    size_t                i, n;
    struct rtn_campaign  *campaign;

    campaign = field;

    if (node->type != YAML_MAPPING_NODE) {
        return rti_file_fail(file->fault, node->start_mark,
                             "'%s' must be a mapping, not %s", key->name,
                             rti_node_kind(node));
    }

    n = (size_t) (node->data.mapping.pairs.top
                  - node->data.mapping.pairs.start);

    if (n == 0 || n > RTN_LINKS_MAX) {
        return rti_file_fail(file->fault, node->start_mark,
                             "%zu entries in '%s'; expected 1 to %d, or leave "
                             "it out", n, key->name, RTN_LINKS_MAX);
    }

    if (campaign->host_count == 0) {
        return rti_file_fail(file->fault, node->start_mark,
                             "links without 'hosts'; list where they may "
                             "lead");
    }

    campaign->links = calloc(n, sizeof(campaign->links[0]));
    if (campaign->links == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = RTN_OK;

    for (i = 0; rc == RTN_OK && i < n; i++) {
        rc = link_read(file, node, i);
    }

    return rc;
}


static int
link_read(struct rti_file *file, yaml_node_t *links, size_t i)
{
    int                rc;
    yaml_node_t       *value;
    yaml_node_pair_t  *pair;

    pair = links->data.mapping.pairs.start + i;

    rc = link_name(file, yaml_document_get_node(&file->document,
                                                  pair->key), i);
    if (rc != RTN_OK) {
        return rc;
    }

    value = yaml_document_get_node(&file->document, pair->value);

    rc = rti_mapping_read(file, value, &link_schema,
                          &file->campaign->links[i]);
    if (rc != RTN_OK) {
        return rc;
    }

    file->campaign->link_count++;

    return RTN_OK;
}


static int
link_name(struct rti_file *file, yaml_node_t *node, size_t i)
{
    int               rc;
    size_t            j;
    struct rtn_link  *links;

    links = file->campaign->links;

    rc = rti_name_read(file, "link", node, links[i].name);
    if (rc != RTN_OK) {
        return rc;
    }

    if (strcmp(links[i].name, LINK_RESERVED) == 0) {
        return rti_file_fail(file->fault, node->start_mark,
                             "link name '%s' is reserved", LINK_RESERVED);
    }

    for (j = 0; j < i; j++) {
        if (strcmp(links[i].name, links[j].name) == 0) {
            return rti_file_fail(file->fault, node->start_mark,
                                 "repeated link '%s'", links[i].name);
        }
    }

    return RTN_OK;
}


static int
link_url(struct rti_file *file, const struct rti_key *key,
    yaml_node_t *node, void *field)
{
    int             rc;
    char            quote[RTA_QUOTE_MAX];
    struct rtn_str  url, host;

    rc = rti_scalar_get(file, key->name, node, &url);
    if (rc != RTN_OK) {
        return rc;
    }

    if (url.len > RTN_URL_MAX || rtn_target_check(url, &host) != RTN_OK) {
        return rti_value_fault(file, key->name, node, link_reason(url));
    }

    if (!rti_campaign_has_host(file->campaign, host)) {
        return rti_file_fail(file->fault, node->start_mark,
                             "host '%s' is not among 'hosts'",
                             rta_quote(host, quote));
    }

    memcpy(field, url.data, url.len);

    return RTN_OK;
}


bool
rti_campaign_has_host(const struct rtn_campaign *campaign, struct rtn_str host)
{
    size_t  i;

    for (i = 0; i < campaign->host_count; i++) {
        if (strlen(campaign->hosts[i]) == host.len
            && memcmp(campaign->hosts[i], host.data, host.len) == 0)
        {
            return true;
        }
    }

    return false;
}


/* What to do about a target that was refused. */
static const char *
link_reason(struct rtn_str url)
{
    size_t          i;
    struct rtn_str  scheme;

    if (url.len > RTN_URL_MAX) {
        return "1500 bytes at most";
    }

    for (i = 0; i < url.len; i++) {
        if ((unsigned char) url.data[i] <= 0x20 || url.data[i] == 0x7f) {
            return "a target without spaces and control bytes";
        }
    }

    scheme = RTN_STR(LINK_SCHEME);

    if (url.len < scheme.len
        || memcmp(url.data, scheme.data, scheme.len) != 0)
    {
        return "a target that begins with https://";
    }

    return "https://HOST/... with no parameters but {campaign} {message} "
           "{arm} {tier} {coupon} {visit}, none of them in the host";
}
