#include "campaign_yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the check of a stream has seen. */
struct yaml_check {
    struct rtn_str              text;
    size_t                      depth;
    bool                        has_document;
    struct rti_campaign_fault  *fault;
};


static int yaml_open(yaml_parser_t *parser, struct rtn_str text);
static int yaml_check(struct rtn_str text, struct rti_campaign_fault *fault);
static int yaml_check_event(struct yaml_check *check,
    const yaml_event_t *event);
static int yaml_check_properties(struct yaml_check *check,
    const yaml_event_t *event, const yaml_char_t *anchor,
    const yaml_char_t *tag);
static int yaml_check_depth(struct yaml_check *check,
    const yaml_event_t *event);
static int yaml_problem(const yaml_parser_t *parser, struct rtn_str text,
    struct rti_campaign_fault *fault);
static void yaml_walk(struct rtn_str text, size_t *at, yaml_mark_t *mark);
static void yaml_enter(struct rtn_str text, const yaml_node_t *node,
    size_t *at, yaml_mark_t *mark);
static bool yaml_has_escape(struct rtn_str text, const yaml_node_t *node,
    size_t at);
static bool yaml_is_blank(char c);
static bool yaml_is_start(char c);


int
rti_yaml_load(struct rtn_str text, yaml_document_t *document,
    struct rti_campaign_fault *fault)
{
    int            rc;
    yaml_parser_t  parser;

    rc = yaml_check(text, fault);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = yaml_open(&parser, text);
    if (rc != RTN_OK) {
        return rc;
    }

    if (!yaml_parser_load(&parser, document)) {
        rc = yaml_problem(&parser, text, fault);
    }

    yaml_parser_delete(&parser);

    return rc;
}


static int
yaml_open(yaml_parser_t *parser, struct rtn_str text)
{
    if (!yaml_parser_initialize(parser)) {
        return RTN_ERR_NOMEM;
    }

    /* libyaml asserts that there is a buffer, even for no bytes */

    if (text.len == 0) {
        text = RTN_STR("");
    }

    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *) text.data,
                                 text.len);

    return RTN_OK;
}


/*
 * Reads the whole stream once for what a loaded document no longer shows:
 * aliases are resolved in it, and what follows it has not been looked at.
 */
static int
yaml_check(struct rtn_str text, struct rti_campaign_fault *fault)
{
    int                rc;
    bool               is_end;
    yaml_event_t       event;
    yaml_parser_t      parser;
    struct yaml_check  check;

    memset(&check, 0, sizeof(check));
    check.text = text;
    check.fault = fault;

    rc = yaml_open(&parser, text);
    if (rc != RTN_OK) {
        return rc;
    }

    is_end = false;

    while (rc == RTN_OK && !is_end) {
        if (!yaml_parser_parse(&parser, &event)) {
            rc = yaml_problem(&parser, text, fault);
            break;
        }

        is_end = event.type == YAML_STREAM_END_EVENT;
        rc = yaml_check_event(&check, &event);
        yaml_event_delete(&event);
    }

    yaml_parser_delete(&parser);

    return rc;
}


static int
yaml_check_event(struct yaml_check *check, const yaml_event_t *event)
{
    switch (event->type) {

    case YAML_DOCUMENT_START_EVENT:
        if (check->has_document) {
            return rti_file_fail(check->fault, event->start_mark,
                                 "second document; a file holds one campaign");
        }

        check->has_document = true;
        return RTN_OK;

    case YAML_STREAM_END_EVENT:
        if (!check->has_document) {
            return rti_file_fail(check->fault, (yaml_mark_t) { 0, 0, 0 },
                                 "empty campaign file");
        }

        return RTN_OK;

    case YAML_ALIAS_EVENT:
        return rti_file_fail(check->fault, event->start_mark,
                             "alias in a campaign file; write the value out");

    case YAML_SCALAR_EVENT:
        return yaml_check_properties(check, event, event->data.scalar.anchor,
                                     event->data.scalar.tag);

    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return yaml_check_depth(check, event);

    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        check->depth--;
        return RTN_OK;

    default:
        return RTN_OK;
    }
}


static int
yaml_check_depth(struct yaml_check *check, const yaml_event_t *event)
{
    check->depth++;

    if (check->depth > RTI_CAMPAIGN_DEPTH_MAX) {
        return rti_file_fail(check->fault, event->start_mark,
                             "nested deeper than %d", RTI_CAMPAIGN_DEPTH_MAX);
    }

    if (event->type == YAML_SEQUENCE_START_EVENT) {
        return yaml_check_properties(check, event,
                                     event->data.sequence_start.anchor,
                                     event->data.sequence_start.tag);
    }

    return yaml_check_properties(check, event,
                                 event->data.mapping_start.anchor,
                                 event->data.mapping_start.tag);
}


static int
yaml_check_properties(struct yaml_check *check, const yaml_event_t *event,
    const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL) {
        return rti_file_fail(check->fault, event->start_mark,
                             "anchor in a campaign file; write the value out");
    }

    if (tag != NULL) {
        return rti_file_fail(check->fault, event->start_mark,
                             "tag in a campaign file; leave it out");
    }

    return RTN_OK;
}


/* The one place that knows libyaml's errors. */
static int
yaml_problem(const yaml_parser_t *parser, struct rtn_str text,
    struct rti_campaign_fault *fault)
{
    size_t       at;
    yaml_mark_t  mark;

    if (parser->error == YAML_MEMORY_ERROR) {
        return RTN_ERR_NOMEM;
    }

    mark = parser->problem_mark;

    /* the reader runs ahead of the scanner and has no mark, but an offset */

    if (parser->error == YAML_READER_ERROR) {
        memset(&mark, 0, sizeof(mark));
        at = 0;

        while (at < parser->problem_offset && at < text.len) {
            yaml_walk(text, &at, &mark);
        }
    }

    return rti_file_fail(fault, mark, "not YAML: %s",
                         parser->problem != NULL ? parser->problem
                                                 : "unknown problem");
}


/* Goes on by one character. */
static void
yaml_walk(struct rtn_str text, size_t *at, yaml_mark_t *mark)
{
    if (text.data[*at] == '\n') {
        mark->line++;
        mark->column = 0;

    } else {
        mark->column++;
    }

    mark->index++;
    (*at)++;

    while (*at < text.len && !yaml_is_start(text.data[*at])) {
        (*at)++;
    }
}


/*
 * Folding and stripping change blanks only, so the characters of the value
 * and of its source that are not blank are the same, one by one.
 */
yaml_mark_t
rti_yaml_place(struct rtn_str text, const yaml_node_t *node, size_t offset)
{
    size_t       i, n, at;
    yaml_mark_t  mark;
    const char  *value;

    mark = node->start_mark;
    yaml_enter(text, node, &at, &mark);

    if (yaml_has_escape(text, node, at)) {
        return node->start_mark;
    }

    value = (const char *) node->data.scalar.value;
    n = 0;

    for (i = 0; i < offset && i < node->data.scalar.length; i++) {
        n += !yaml_is_blank(value[i]) && yaml_is_start(value[i]);
    }

    while (at < text.len && mark.index < node->end_mark.index) {
        if (!yaml_is_blank(text.data[at])) {
            if (n == 0) {
                break;
            }

            n--;

        } else if (n == 0 && offset >= node->data.scalar.length) {
            break;
        }

        yaml_walk(text, &at, &mark);
    }

    return mark;
}


/* Finds the first byte that may belong to the value. */
static void
yaml_enter(struct rtn_str text, const yaml_node_t *node, size_t *at,
    yaml_mark_t *mark)
{
    size_t       line;
    yaml_mark_t  walked;

    memset(&walked, 0, sizeof(walked));
    *at = 0;

    while (*at < text.len && walked.index < mark->index) {
        yaml_walk(text, at, &walked);
    }

    switch (node->data.scalar.style) {

    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        if (*at < text.len) {
            yaml_walk(text, at, mark);
        }

        break;

    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        line = mark->line;

        while (*at < text.len && mark->line == line) {
            yaml_walk(text, at, mark);
        }

        break;

    default:
        break;
    }
}


static bool
yaml_has_escape(struct rtn_str text, const yaml_node_t *node, size_t at)
{
    char         escape;
    yaml_mark_t  mark;

    switch (node->data.scalar.style) {

    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        escape = '\'';
        break;

    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        escape = '\\';
        break;

    default:
        return false;
    }

    mark = node->start_mark;
    mark.index++;

    while (at < text.len && mark.index + 1 < node->end_mark.index) {
        if (text.data[at] == escape) {
            return true;
        }

        yaml_walk(text, &at, &mark);
    }

    return false;
}


static bool
yaml_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


/* Whether a byte begins a character of UTF-8. */
static bool
yaml_is_start(char c)
{
    return ((unsigned char) c & 0xc0) != 0x80;
}


int
rti_file_fail(struct rti_campaign_fault *fault, yaml_mark_t mark,
    const char *format, ...)
{
    va_list  args;

    fault->line = mark.line + 1;
    fault->column = mark.column + 1;

    va_start(args, format);
    vsnprintf(fault->message, RTI_CAMPAIGN_FAULT_MAX, format, args);
    va_end(args);

    return RTN_ERR_LIMIT;
}
