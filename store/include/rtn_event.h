/*
 * An event: what a recipient did, or what a server or an import says so.
 * This header has its fields and its record, the bytes that the log keeps.
 */

#ifndef RTN_EVENT_H_INCLUDED
#define RTN_EVENT_H_INCLUDED

#include "rtn.h"
#include "rtn_money.h"

#define RTN_EVENT_ITEMS_MAX    100
#define RTN_SKU_MAX             64      /* bytes of a sku or a category */
#define RTN_SURVEY_MAX          64      /* bytes of a survey's answer */
#define RTN_EVENT_ID_MAX       128      /* bytes of a sender's event_id */
#define RTN_EVENT_RECORD_MAX 20000      /* bytes of an encoded event */

enum rtn_kind {
    RTN_KIND_OPEN = 1,
    RTN_KIND_CLICK,
    RTN_KIND_VISIT,
    RTN_KIND_VIEW,
    RTN_KIND_CART,
    RTN_KIND_CHECKOUT,
    RTN_KIND_PURCHASE,
    RTN_KIND_UNSUBSCRIBE,
    RTN_KIND_SURVEY,
    RTN_KIND_COUNT
};

enum rtn_class {
    RTN_CLASS_HUMAN = 0,
    RTN_CLASS_UNKNOWN,
    RTN_CLASS_MACHINE,
    RTN_CLASS_COUNT
};

/* Why an event has its class; a set of bits. */
enum rtn_reason {
    RTN_REASON_HEAD      = 1u << 0,   /* a HEAD request */
    RTN_REASON_PREFETCH  = 1u << 1,   /* a prefetch, preview or prerender */
    RTN_REASON_AGENT     = 1u << 2,   /* the agent says it is a machine */
    RTN_REASON_PRIVACY   = 1u << 3,   /* fetched ahead for a person's privacy */
    RTN_REASON_PROXIED   = 1u << 4,   /* a person's, through a mail proxy */
    RTN_REASON_HONEYPOT  = 1u << 5    /* the link that no person sees */
};
#define RTN_REASON_COUNT  6

/* Who says so. */
enum rtn_source {
    RTN_SOURCE_PIXEL = 1,
    RTN_SOURCE_REDIRECT,
    RTN_SOURCE_BROWSER,       /* POST /e with a visit token */
    RTN_SOURCE_SERVER,        /* POST /e with an API key */
    RTN_SOURCE_COUPON,        /* a redemption, from the journal */
    RTN_SOURCE_UNSUBSCRIBE,
    RTN_SOURCE_IMPORT,
    RTN_SOURCE_COUNT
};

struct rtn_item {
    struct rtn_str  sku;             /* 1 to RTN_SKU_MAX bytes */
    struct rtn_str  category;        /* empty when not given */
    int64_t         quantity_milli;  /* thousandths; 1 to 10^9 */
    int64_t         price_minor;     /* of one, in the event's currency */
    bool            has_price;
};

struct rtn_event {
    uint64_t         id;             /* 0 before the log has given one */
    int64_t          occurred_ms;    /* when it happened; 0: as its id says */
    enum rtn_kind    kind;
    enum rtn_class   class;
    enum rtn_source  source;
    uint32_t         reasons;        /* bits of enum rtn_reason */

    uint32_t         campaign;       /* 0: none named */
    uint8_t          message;        /* 0-based, when campaign is not 0 */
    uint8_t          link;           /* 0: none */
    bool             names_customer; /* by id, so known for the hold-out too */
    uint32_t         customer;       /* number; 0: see customer_hash */
    uint8_t          customer_hash[RTN_HASH_LEN];   /* zeros when customer */

    bool             has_repeat_hash;
    uint8_t          repeat_hash[RTN_HASH_LEN];     /* of sender + event_id */

    struct rtn_str   order_id;       /* empty: none */
    bool             has_amount;
    int64_t          amount_minor;
    rtn_currency_t   currency;       /* empty: none */
    struct rtn_str   survey;         /* the answer; empty: none */

    size_t           item_count;
    struct rtn_item  items[RTN_EVENT_ITEMS_MAX];
};

/* Recipients from RTN_RECIPIENT_TEST on are test mails; no figure counts
   them. */

/*
 * The payload of an event's record: everything but the id, which the log
 * adds when it writes.
 *
 * buffer, size   where to; RTN_EVENT_RECORD_MAX always suffices
 * len            how many bytes it took
 *
 * RTN_ERR_SPACE: it needs more than size.  RTN_ERR_LIMIT: a field is out of
 * its range.  Any thread.
 */
int rtn_event_encode(const struct rtn_event *event, uint8_t *buffer,
    size_t size, size_t *len);

/*
 * Reads a payload back.  Strings in event point into data and live as long
 * as it does; on failure, and past item_count, event is undefined.
 *
 * id   goes into event->id; where the payload has no time, gives occurred_ms
 *
 * RTN_ERR_CORRUPT: cut, or a field out of its range.
 * RTN_ERR_NEWER: a version, or a field that must be known, from the future.
 * Any thread.
 */
int rtn_event_decode(uint64_t id, struct rtn_str data,
    struct rtn_event *event);

/* Names as in JSON and CSV: "open", "human", "prefetch", "pixel".  NULL for a
   value that has none.  Static strings.  Any thread. */
const char *rtn_kind_name(enum rtn_kind kind);
const char *rtn_class_name(enum rtn_class class);
const char *rtn_source_name(enum rtn_source source);
const char *rtn_reason_name(uint32_t bit);

/* The kind of a name, or RTN_ERR_NOT_FOUND.  Any thread. */
int rtn_kind_parse(struct rtn_str name, enum rtn_kind *kind);

#endif /* RTN_EVENT_H_INCLUDED */
