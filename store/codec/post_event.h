/* One event of a body; post.c takes bodies apart. */

#ifndef RTN_POST_EVENT_H_INCLUDED
#define RTN_POST_EVENT_H_INCLUDED

#include "json.h"

/*
 * Reads one event into posted, which is all zeros.  Its strings live as long
 * as object.  RTN_ERR_JSON: reader->fault says where.
 */
int rtn_post_event_read(struct rtn_json_reader *reader, const json_t *object,
    struct rtn_posted_event *posted);

#endif /* RTN_POST_EVENT_H_INCLUDED */
