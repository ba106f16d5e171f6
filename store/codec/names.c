/* Names of kinds, classes, sources and reasons, as in JSON and CSV. */

#include "rtn_event.h"
#include "text.h"

static const char *const  kind_names[RTN_KIND_COUNT] = {
    [RTN_KIND_OPEN]        = "open",
    [RTN_KIND_CLICK]       = "click",
    [RTN_KIND_VISIT]       = "visit",
    [RTN_KIND_VIEW]        = "view",
    [RTN_KIND_CART]        = "cart",
    [RTN_KIND_CHECKOUT]    = "checkout",
    [RTN_KIND_PURCHASE]    = "purchase",
    [RTN_KIND_UNSUBSCRIBE] = "unsubscribe",
    [RTN_KIND_SURVEY]      = "survey"
};

static const char *const  class_names[RTN_CLASS_COUNT] = {
    [RTN_CLASS_HUMAN]   = "human",
    [RTN_CLASS_UNKNOWN] = "unknown",
    [RTN_CLASS_MACHINE] = "machine"
};

static const char *const  source_names[RTN_SOURCE_COUNT] = {
    [RTN_SOURCE_PIXEL]       = "pixel",
    [RTN_SOURCE_REDIRECT]    = "redirect",
    [RTN_SOURCE_BROWSER]     = "browser",
    [RTN_SOURCE_SERVER]      = "server",
    [RTN_SOURCE_COUPON]      = "coupon",
    [RTN_SOURCE_UNSUBSCRIBE] = "unsubscribe",
    [RTN_SOURCE_IMPORT]      = "import"
};

static const char *const  reason_names[RTN_REASON_COUNT] = {
    "head", "prefetch", "agent", "privacy", "proxied", "honeypot"
};


static const char *
name_of(const char *const *names, unsigned count, unsigned value)
{
    return value < count ? names[value] : NULL;
}


const char *
rtn_kind_name(enum rtn_kind kind)
{
    return name_of(kind_names, RTN_KIND_COUNT, kind);
}


const char *
rtn_class_name(enum rtn_class class)
{
    return name_of(class_names, RTN_CLASS_COUNT, class);
}


const char *
rtn_source_name(enum rtn_source source)
{
    return name_of(source_names, RTN_SOURCE_COUNT, source);
}


const char *
rtn_reason_name(uint32_t bit)
{
    unsigned  i;

    for (i = 0; i < RTN_REASON_COUNT; i++) {
        if (bit == 1u << i) {
            return reason_names[i];
        }
    }

    return NULL;
}


int
rtn_kind_parse(struct rtn_str name, enum rtn_kind *kind)
{
    unsigned  i;

    for (i = 1; i < RTN_KIND_COUNT; i++) {
        if (rtn_text_is(name, kind_names[i])) {
            *kind = i;
            return RTN_OK;
        }
    }

    return RTN_ERR_NOT_FOUND;
}
