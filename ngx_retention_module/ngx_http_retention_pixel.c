/* GET /o/TOKEN.gif: always the picture, whatever is broken. */

#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_record.h"
#include "ngx_http_retention_reply.h"


static ngx_int_t ngx_http_retention_pixel_done(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


/* A transparent GIF of one pixel, byte by byte as GIF89a has it. */
static u_char  ngx_http_retention_gif[] = {

    'G', 'I', 'F', '8', '9', 'a',               /* signature and version */

    0x01, 0x00,                                 /* screen width, 1 */
    0x01, 0x00,                                 /* screen height, 1 */
    0x80,                                       /* global table, 2 colours */
    0x00,                                       /* background colour */
    0x00,                                       /* aspect ratio: none */

    0x00, 0x00, 0x00,                           /* colour 0, black */
    0xff, 0xff, 0xff,                           /* colour 1, white */

    0x21, 0xf9, 0x04,                           /* graphic control, 4 bytes */
    0x01,                                       /* a colour is transparent */
    0x00, 0x00,                                 /* no delay */
    0x00,                                       /* it is colour 0 */
    0x00,                                       /* end of the block */

    0x2c,                                       /* image */
    0x00, 0x00, 0x00, 0x00,                     /* at 0, 0 */
    0x01, 0x00, 0x01, 0x00,                     /* 1 by 1 */
    0x00,                                       /* no local table */

    0x02,                                       /* LZW, minimum code size */
    0x02, 0x44, 0x01,                           /* 2 bytes of codes */
    0x00,                                       /* end of the data */

    0x3b                                        /* trailer */
};


static ngx_int_t
ngx_http_retention_pixel_reply(ngx_http_request_t *r)
{
    static u_char  cache[] = "no-store, no-cache, must-revalidate, private";
    static u_char  pragma[] = "no-cache";
    static u_char  expires[] = "0";

    if (ngx_http_retention_reply_header(r, "Cache-Control", cache,
                                        sizeof(cache) - 1) != NGX_OK
        || ngx_http_retention_reply_header(r, "Pragma", pragma,
                                           sizeof(pragma) - 1) != NGX_OK
        || ngx_http_retention_reply_header(r, "Expires", expires,
                                           sizeof(expires) - 1) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_retention_reply(r, NGX_HTTP_OK, "image/gif",
                                    ngx_http_retention_gif,
                                    sizeof(ngx_http_retention_gif));
}


ngx_int_t
ngx_http_retention_pixel_handler(ngx_http_request_t *r)
{
    ngx_int_t         rc;
    struct rtn_event  event;
    struct rtn_token  token;

    rc = ngx_http_retention_token_request(r, RTN_PURPOSE_PIXEL, ".gif",
                                          &token);

    if (rc == NGX_DECLINED) {
        return ngx_http_retention_pixel_reply(r);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_retention_token_event(r, RTN_KIND_OPEN, RTN_SOURCE_PIXEL, &token,
                                   &event);

    return ngx_http_retention_record(r, &event, ngx_http_retention_pixel_done,
                                     NULL);
}


static ngx_int_t
ngx_http_retention_pixel_done(ngx_http_request_t *r, void *data, ngx_int_t rc,
    void *jobs)
{
    ngx_http_retention_count_unrecorded(rc);

    return ngx_http_retention_pixel_reply(r);
}
