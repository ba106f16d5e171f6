/* YAML for the campaign file: a checked document, and places in it. */

#ifndef RTI_CAMPAIGN_YAML_H_INCLUDED
#define RTI_CAMPAIGN_YAML_H_INCLUDED

#include "campaign_file.h"

#include <yaml.h>

/*
 * Loads the one document of text, without anchors, aliases and tags, not
 * deeper than RTI_CAMPAIGN_DEPTH_MAX.
 *
 * text       without a byte order mark
 * document   released by the caller with yaml_document_delete
 *
 * RTN_ERR_LIMIT: refused; fault says where and why.  RTN_ERR_NOMEM.
 */
int rti_yaml_load(struct rtn_str text, yaml_document_t *document,
    struct rti_campaign_fault *fault);

/*
 * The place of a byte of a scalar's value, as far as it can be told: within
 * quotes with escapes it is where the scalar begins.
 */
yaml_mark_t rti_yaml_place(struct rtn_str text, const yaml_node_t *node,
    size_t offset);

/* Writes a fault; returns RTN_ERR_LIMIT, so that it can be returned. */
int rti_file_fail(struct rti_campaign_fault *fault, yaml_mark_t mark,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif /* RTI_CAMPAIGN_YAML_H_INCLUDED */
