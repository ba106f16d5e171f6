/*
 * Targets of links.  A target is of this form, and a host is plain ASCII, so
 * that no browser reads another host in it than we do:
 *
 *     https://HOST[:PORT][/PATH][?QUERY][#FRAGMENT]
 */

#include <string.h>
#include <strings.h>

#include "rtn_target.h"
#include "text.h"
#include "wire.h"

#define TARGET_SCHEME      "https://"
#define TARGET_SCHEME_LEN  (sizeof(TARGET_SCHEME) - 1)
#define TARGET_HOST_MAX    253      /* RFC 1035 */
#define TARGET_PORT_MAX    65535

static const char *const  target_parameters[RTN_PARAMETER_COUNT] = {
    [RTN_PARAMETER_CAMPAIGN] = "campaign",
    [RTN_PARAMETER_MESSAGE]  = "message",
    [RTN_PARAMETER_ARM]      = "arm",
    [RTN_PARAMETER_TIER]     = "tier",
    [RTN_PARAMETER_COUPON]   = "coupon",
    [RTN_PARAMETER_VISIT]    = "visit"
};


/*
 * Sets of bytes: byte c is bit c % 32 of word c / 32.
 *
 * RFC 3986's unreserved ones, which a parameter's value keeps.
 */
static const uint32_t  target_unreserved[8] = {
    0x00000000,
                /* ?>=< ;:98 7654 3210  /.-, +*)( '&%$ #"!  */
    0x03ff6000, /* 0000 0011 1111 1111  0110 0000 0000 0000 */
                /* _^]\ [ZYX WVUT SRQP  ONML KJIH GFED CBA@ */
    0x87fffffe, /* 1000 0111 1111 1111  1111 1111 1111 1110 */
                /*  ~}| {zyx wvut srqp  onml kjih gfed cba` */
    0x47fffffe, /* 0100 0111 1111 1111  1111 1111 1111 1110 */
    0, 0, 0, 0
};

/* What part of a URL keeps: all but the bytes that no URL may have. */
static const uint32_t  target_raw[8] = {
    0x00000000,
                /* ?>=< ;:98 7654 3210  /.-, +*)( '&%$ #"!  */
    0xaffffff2, /* 1010 1111 1111 1111  1111 1111 1111 0010 */
                /* _^]\ [ZYX WVUT SRQP  ONML KJIH GFED CBA@ */
    0xafffffff, /* 1010 1111 1111 1111  1111 1111 1111 1111 */
                /*  ~}| {zyx wvut srqp  onml kjih gfed cba` */
    0x47fffffe, /* 0100 0111 1111 1111  1111 1111 1111 1110 */
    0, 0, 0, 0
};


static bool
target_is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
}


/*
 * The parameter whose '{' stands at url.data[at], or -1; len gets the bytes
 * up to and with its '}'.
 */
static int
target_parameter_at(struct rtn_str url, size_t at, size_t *len)
{
    struct rtn_str  name;
    const char     *end;
    int             i;

    end = memchr(url.data + at, '}', url.len - at);
    if (end == NULL) {
        return -1;
    }

    name.data = url.data + at + 1;
    name.len = (size_t) (end - name.data);
    *len = name.len + 2;

    for (i = 0; i < RTN_PARAMETER_COUNT; i++) {
        if (rtn_text_is(name, target_parameters[i])) {
            return i;
        }
    }

    return -1;
}


/* Letters, digits, hyphens and dots, no label empty, none with '-' outside. */
static bool
target_is_host(struct rtn_str host)
{
    size_t  i;
    bool    is_edge;

    if (host.len == 0 || host.len > TARGET_HOST_MAX) {
        return false;
    }

    is_edge = true;

    for (i = 0; i < host.len; i++) {
        if (host.data[i] == '.' || host.data[i] == '-') {
            if (is_edge || (host.data[i] == '.' && host.data[i - 1] == '-')) {
                return false;
            }

            is_edge = host.data[i] == '.';

        } else if (target_is_alnum(host.data[i])) {
            is_edge = false;

        } else {
            return false;
        }
    }

    return target_is_alnum(host.data[host.len - 1]);
}


/* Whether the authority goes on with a port after its host, or ends. */
static bool
target_is_port(struct rtn_str text)
{
    int64_t  port;

    if (text.len == 0) {
        return true;
    }

    if (text.data[0] != ':' || text.len < 2 || text.data[1] == '-') {
        return false;
    }

    text.data++;
    text.len--;

    return rtn_decimal_parse(text, 0, TARGET_PORT_MAX, &port) == 0
           && port > 0 && memchr(text.data, '.', text.len) == NULL;
}


static bool
target_is_one_of(char c, const char *set)
{
    while (*set != '\0' && *set != c) {
        set++;
    }

    return *set != '\0';
}


/* How many bytes up to one of a set. */
static size_t
target_span(struct rtn_str text, size_t from, const char *set)
{
    size_t  i;

    for (i = from; i < text.len; i++) {
        if (target_is_one_of(text.data[i], set)) {
            break;
        }
    }

    return i - from;
}


/* Whether all bytes and all {names} are ones that a target may have. */
static bool
target_is_clean(struct rtn_str url)
{
    size_t   i, len;
    uint8_t  byte;

    for (i = 0; i < url.len; i += len) {
        byte = (uint8_t) url.data[i];
        len = 1;

        if (byte < 0x21 || byte == 0x7F || byte == '}') {
            return false;
        }

        if (byte == '{' && target_parameter_at(url, i, &len) < 0) {
            return false;
        }
    }

    return rtn_text_is_utf8(url);
}


int
rtn_target_check(struct rtn_str url, struct rtn_str *host)
{
    struct rtn_str  authority, name, port;

    if (url.len > RTN_URL_MAX) {
        return RTN_ERR_LIMIT;
    }

    if (url.len < TARGET_SCHEME_LEN
        || strncasecmp(url.data, TARGET_SCHEME, TARGET_SCHEME_LEN) != 0
        || !target_is_clean(url))
    {
        return RTN_ERR_URL;
    }

    authority.data = url.data + TARGET_SCHEME_LEN;
    authority.len = target_span(url, TARGET_SCHEME_LEN, "/?#");

    name.data = authority.data;
    name.len = target_span(authority, 0, ":");

    port.data = name.data + name.len;
    port.len = authority.len - name.len;

    if (!target_is_host(name) || !target_is_port(port)) {
        return RTN_ERR_URL;
    }

    *host = name;

    return RTN_OK;
}


bool
rtn_target_uses(struct rtn_str url, enum rtn_parameter parameter)
{
    size_t  i, len;

    for (i = 0; i < url.len; i++) {
        if (url.data[i] == '{'
            && target_parameter_at(url, i, &len) == (int) parameter)
        {
            return true;
        }
    }

    return false;
}


static void
target_put_escaped(struct rtn_wire_out *out, uint8_t byte)
{
    static const char  hex[] = "0123456789ABCDEF";

    rtn_wire_put_u8(out, '%');
    rtn_wire_put_u8(out, (uint8_t) hex[byte >> 4]);
    rtn_wire_put_u8(out, (uint8_t) hex[byte & 0x0F]);
}


/* Bytes of the set go as they are, run by run; others are escaped. */
static void
target_put(struct rtn_wire_out *out, struct rtn_str text,
    const uint32_t set[8])
{
    size_t   i, from;
    uint8_t  byte;

    if (text.len == 0) {
        return;             /* its data may be NULL */
    }

    for (i = 0, from = 0; i < text.len; i++) {
        byte = (uint8_t) text.data[i];

        if (set[byte >> 5] >> (byte & 31) & 1) {
            continue;
        }

        rtn_wire_put_bytes(out, text.data + from, i - from);
        target_put_escaped(out, byte);
        from = i + 1;
    }

    rtn_wire_put_bytes(out, text.data + from, i - from);
}


static void
target_put_filled(struct rtn_wire_out *out, struct rtn_str url,
    const struct rtn_str parameters[RTN_PARAMETER_COUNT])
{
    struct rtn_str  run;
    size_t          i, len;
    int             parameter;

    for (i = 0; i < url.len; i += len) {
        if (url.data[i] == '{') {
            parameter = target_parameter_at(url, i, &len);
            target_put(out, parameters[parameter], target_unreserved);
            continue;
        }

        run.data = url.data + i;
        run.len = len = target_span(url, i, "{");
        target_put(out, run, target_raw);
    }
}


/* The next byte of a name with escapes undone, or -1 at its end. */
static int
target_name_byte(struct rtn_str name, size_t *i)
{
    int  byte, n, digit;

    if (*i == name.len) {
        return -1;
    }

    byte = (uint8_t) name.data[(*i)++];

    if (byte == '+') {
        return ' ';
    }

    if (byte != '%' || name.len - *i < 2) {
        return byte;
    }

    byte = 0;

    for (n = 0; n < 2; n++) {
        digit = (uint8_t) name.data[*i + n] | 0x20;

        if (digit >= '0' && digit <= '9') {
            byte = byte * 16 + digit - '0';

        } else if (digit >= 'a' && digit <= 'f') {
            byte = byte * 16 + digit - 'a' + 10;

        } else {
            return '%';
        }
    }

    *i += 2;

    return byte;
}


static bool
target_is_same_name(struct rtn_str a, struct rtn_str b)
{
    size_t  i, j;
    int     byte;

    i = 0;
    j = 0;

    do {
        byte = target_name_byte(a, &i);

        if (byte != target_name_byte(b, &j)) {
            return false;
        }

    } while (byte >= 0);

    return true;
}


/* Takes the next argument off a query; its name is before the first '='. */
static struct rtn_str
target_next_argument(struct rtn_str *query, struct rtn_str *name)
{
    struct rtn_str  argument;
    size_t          len;

    len = target_span(*query, 0, "&");
    argument.data = query->data;
    argument.len = len;

    name->data = argument.data;
    name->len = target_span(argument, 0, "=");

    if (len < query->len) {
        len++;
    }

    query->data += len;
    query->len -= len;

    return argument;
}


static bool
target_has_argument(struct rtn_str query, struct rtn_str name)
{
    struct rtn_str  other;

    while (query.len > 0) {
        target_next_argument(&query, &other);

        if (target_is_same_name(other, name)) {
            return true;
        }
    }

    return false;
}


/* Adds arguments to what out holds, a URL without fragment. */
static void
target_put_arguments(struct rtn_wire_out *out, struct rtn_str args)
{
    struct rtn_str  url, query, name, argument;
    size_t          path;
    bool            has_mark;

    url.data = (const char *) out->data;
    url.len = out->pos;

    path = target_span(url, 0, "?");
    has_mark = path < url.len;

    query.data = url.data + path + has_mark;
    query.len = url.len - path - has_mark;

    while (args.len > 0 && out->err == 0) {
        argument = target_next_argument(&args, &name);

        if (argument.len == 0 || target_has_argument(query, name)) {
            continue;
        }

        if (!has_mark) {
            rtn_wire_put_u8(out, '?');
            has_mark = true;

        } else if (out->data[out->pos - 1] != '?'
                   && out->data[out->pos - 1] != '&')
        {
            rtn_wire_put_u8(out, '&');
        }

        target_put(out, argument, target_raw);
    }
}


int
rtn_target_expand(struct rtn_str url,
    const struct rtn_str parameters[RTN_PARAMETER_COUNT], struct rtn_str args,
    char *location, size_t size, size_t *len)
{
    struct rtn_wire_out  out;
    struct rtn_str       host, base, fragment;
    size_t               i;

    if (rtn_target_check(url, &host) != 0) {
        return RTN_ERR_URL;
    }

    /* Bounds the search for names, too. */

    if (args.len > RTN_LOCATION_MAX) {
        return RTN_ERR_SPACE;
    }

    for (i = 0; i < args.len; i++) {
        if ((uint8_t) args.data[i] < 0x21 || args.data[i] == 0x7F) {
            return RTN_ERR_URL;
        }
    }

    base.data = url.data;
    base.len = target_span(url, 0, "#");
    fragment.data = url.data + base.len;
    fragment.len = url.len - base.len;

    rtn_wire_out_init(&out, location, size);
    target_put_filled(&out, base, parameters);
    target_put_arguments(&out, args);

    if (fragment.len > 0) {
        rtn_wire_put_u8(&out, '#');
        fragment.data++;
        fragment.len--;
        target_put_filled(&out, fragment, parameters);
    }

    return rtn_wire_out_end(&out, len);
}
