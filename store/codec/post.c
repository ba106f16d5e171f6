/* The bodies of POST /e and the lines of event files. */

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "post_event.h"
#include "wire.h"

/* Exactly one of both is set. */
struct post_slot {
    struct rtn_posted_event  *event;
    struct rtn_json_fault    *fault;
};

struct rtn_post {
    json_t            *roots;   /* an array; the events' strings live in it */
    size_t             count;
    struct post_slot   slots[RTN_POST_EVENTS_MAX];
};

struct post_reader {
    struct rtn_json_reader  json;
    struct rtn_post        *post;
    bool                    is_partial;
};


static bool
post_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


static struct rtn_str
post_trim(struct rtn_str text)
{
    while (text.len > 0 && post_is_space(text.data[text.len - 1])) {
        text.len--;
    }

    return text;
}


static int
post_too_many(struct post_reader *reader)
{
    snprintf(reader->json.fault->message,
             sizeof(reader->json.fault->message), "more than %d events",
             RTN_POST_EVENTS_MAX);
    reader->json.fault->index = RTN_POST_EVENTS_MAX;

    return RTN_ERR_LIMIT;
}


/* Keeps the fault of an event and goes on, or lets err end the reading. */
static int
post_add_fault(struct post_reader *reader, int err)
{
    struct rtn_post        *post = reader->post;
    struct rtn_json_fault  *fault;

    reader->json.fault->index = post->count;

    if (!reader->is_partial || err == RTN_ERR_NOMEM) {
        return err;
    }

    fault = malloc(sizeof(*fault));
    if (fault == NULL) {
        return RTN_ERR_NOMEM;
    }

    *fault = *reader->json.fault;
    post->slots[post->count++].fault = fault;

    return RTN_OK;
}


/* Zeroes but for the items, which are far longer than all the rest, and of
   which only those up to item_count are read. */
static struct rtn_posted_event *
post_event_new(void)
{
    struct rtn_posted_event  *event;
    const size_t              items = offsetof(struct rtn_posted_event,
                                               event.items);
    const size_t              behind = items + sizeof(event->event.items);

    event = malloc(sizeof(*event));

    if (event != NULL) {
        memset(event, 0, items);
        memset((char *) event + behind, 0, sizeof(*event) - behind);
    }

    return event;
}


static int
post_add(struct post_reader *reader, const json_t *object)
{
    struct rtn_post          *post = reader->post;
    struct rtn_posted_event  *event;
    int                       err;

    event = post_event_new();
    if (event == NULL) {
        return RTN_ERR_NOMEM;
    }

    reader->json.index = post->count;

    err = rtn_post_event_read(&reader->json, object, event);
    if (err != 0) {
        free(event);
        return post_add_fault(reader, err);
    }

    post->slots[post->count++].event = event;

    return RTN_OK;
}


static int
post_read_array(struct post_reader *reader, const json_t *array)
{
    size_t  i, n;
    int     err;

    n = json_array_size(array);

    if (n > RTN_POST_EVENTS_MAX) {
        return post_too_many(reader);
    }

    reader->json.is_listed = true;

    for (i = 0; i < n; i++) {
        err = post_add(reader, json_array_get(array, i));
        if (err != 0) {
            return err;
        }
    }

    return RTN_OK;
}


/*
 * Reads the events of a text, and keeps it for them unless its only one was
 * bad.  Takes root over, whatever happens.
 */
static int
post_read_root(struct post_reader *reader, json_t *root)
{
    struct rtn_post  *post = reader->post;
    size_t            first;
    int               err;

    first = post->count;

    if (json_is_array(root) && !reader->json.is_listed) {
        err = post_read_array(reader, root);

    } else {
        err = post_add(reader, root);
    }

    if (err != 0 || (post->count == first + 1 && post->slots[first].fault)) {
        json_decref(root);
        return err;
    }

    return json_array_append_new(post->roots, root) == 0
           ? RTN_OK : RTN_ERR_NOMEM;
}


static int
post_read_line(struct post_reader *reader, struct rtn_str line, size_t number)
{
    json_t  *root;
    bool     has_more;
    int      err;

    if (reader->post->count == RTN_POST_EVENTS_MAX) {
        return post_too_many(reader);
    }

    err = rtn_json_load(line, number, &root, &has_more, reader->json.fault);
    if (err != 0) {
        return post_add_fault(reader, err);
    }

    return post_read_root(reader, root);
}


static int
post_read_lines(struct post_reader *reader, struct rtn_str body)
{
    struct rtn_str  line;
    const char     *end;
    size_t          number, at;
    int             err;

    reader->json.is_listed = true;

    for (number = 1, at = 0; at < body.len; number++) {
        end = memchr(body.data + at, '\n', body.len - at);

        line.data = body.data + at;
        line.len = end != NULL ? (size_t) (end - line.data) : body.len - at;
        at += line.len + 1;

        line = post_trim(line);
        if (line.len == 0) {
            continue;
        }

        err = post_read_line(reader, line, number);
        if (err != 0) {
            return err;
        }
    }

    return RTN_OK;
}


/* Whether a line after the one that begins at first starts with '{'. */
static bool
post_has_second_object(struct rtn_str body, size_t first)
{
    size_t  i;

    for (i = first + 1; i < body.len; i++) {
        if (body.data[i] == '{' && body.data[i - 1] == '\n') {
            return true;
        }
    }

    return false;
}


/*
 * An object may stand over several lines or be the first of many.  As one
 * text it is tried first; when that fails, it is lines where another text
 * follows, or where, for all that is broken, it looks like lines.
 */
static int
post_read_body(struct post_reader *reader, struct rtn_str body)
{
    json_t  *root;
    size_t   first;
    bool     has_more;
    int      err;

    first = 0;

    while (post_is_space(body.data[first])) {
        first++;
    }

    if (body.data[first] != '[' && body.data[first] != '{') {
        return post_read_lines(reader, body);
    }

    err = rtn_json_load(body, 1, &root, &has_more, reader->json.fault);

    if (err == 0) {
        return post_read_root(reader, root);
    }

    if (err != RTN_ERR_NOMEM && body.data[first] == '{'
        && (has_more || post_has_second_object(body, first)))
    {
        return post_read_lines(reader, body);
    }

    return err;
}


/* Refuses a body before it is looked at. */
static int
post_check_body(struct rtn_str body, struct rtn_json_fault *fault)
{
    fault->index = 0;

    if (body.len > RTN_POST_BODY_MAX) {
        snprintf(fault->message, sizeof(fault->message),
                 "the body is longer than %d bytes", RTN_POST_BODY_MAX);
        return RTN_ERR_LIMIT;
    }

    if (post_trim(body).len == 0) {
        snprintf(fault->message, sizeof(fault->message), "the body is empty");
        return RTN_ERR_JSON;
    }

    return RTN_OK;
}


int
rtn_post_read(struct rtn_str body, enum rtn_post_sender sender, bool partial,
    struct rtn_post **post, struct rtn_json_fault *fault)
{
    struct post_reader  reader;
    int                 err;

    err = post_check_body(body, fault);
    if (err != 0) {
        return err;
    }

    memset(&reader, 0, sizeof(reader));
    reader.json.fault = fault;
    reader.json.sender = sender;
    reader.is_partial = partial;

    reader.post = calloc(1, sizeof(*reader.post));
    if (reader.post == NULL) {
        return RTN_ERR_NOMEM;
    }

    reader.post->roots = json_array();
    if (reader.post->roots == NULL) {
        err = RTN_ERR_NOMEM;
        goto done;
    }

    err = post_read_body(&reader, body);

done:

    if (err != 0) {
        rtn_post_free(reader.post);
        return err;
    }

    *post = reader.post;

    return RTN_OK;
}


size_t
rtn_post_count(const struct rtn_post *post)
{
    return post->count;
}


const struct rtn_posted_event *
rtn_post_event(const struct rtn_post *post, size_t i,
    const struct rtn_json_fault **fault)
{
    if (i >= post->count) {
        return NULL;
    }

    if (fault != NULL) {
        *fault = post->slots[i].fault;
    }

    return post->slots[i].event;
}


void
rtn_post_free(struct rtn_post *post)
{
    size_t  i;

    if (post == NULL) {
        return;
    }

    for (i = 0; i < post->count; i++) {
        free(post->slots[i].event);
        free(post->slots[i].fault);
    }

    json_decref(post->roots);
    free(post);
}


void
rtn_repeat_hash(struct rtn_str sender, struct rtn_str event_id,
    uint8_t hash[RTN_HASH_LEN])
{
    crypto_generichash_state  state;
    struct rtn_wire_out       out;
    uint8_t                   len[8];

    /* The length keeps "a" + "bc" and "ab" + "c" apart. */

    rtn_wire_out_init(&out, len, sizeof(len));
    rtn_wire_put_u64(&out, sender.len);

    crypto_generichash_init(&state, NULL, 0, RTN_HASH_LEN);
    crypto_generichash_update(&state, len, sizeof(len));
    crypto_generichash_update(&state, (const uint8_t *) sender.data,
                              sender.len);
    crypto_generichash_update(&state, (const uint8_t *) event_id.data,
                              event_id.len);
    crypto_generichash_final(&state, hash, RTN_HASH_LEN);
}
