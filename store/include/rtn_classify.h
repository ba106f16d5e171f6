/* Human or machine: rules over what a request shows of itself. */

#ifndef RTN_CLASSIFY_H_INCLUDED
#define RTN_CLASSIFY_H_INCLUDED

#include "rtn.h"
#include "rtn_event.h"

/* What a request shows of itself.  Empty strings for headers not sent. */
struct rtn_fingerprint {
    enum rtn_kind   kind;
    bool            is_head;         /* the method is HEAD */
    bool            is_trap;         /* the link is RTN_LINK_TRAP */
    struct rtn_str  user_agent;
    struct rtn_str  sec_purpose;
    struct rtn_str  purpose;
    struct rtn_str  x_purpose;
    struct rtn_str  x_moz;
};

struct rtn_verdict {
    enum rtn_class  class;
    uint32_t        reasons;         /* bits of enum rtn_reason */
};

/*
 * The class of an event and every reason found.  The strictest reason
 * decides: machine before unknown before human.  Pure; any thread.
 */
struct rtn_verdict rtn_classify(const struct rtn_fingerprint *fingerprint);

#endif /* RTN_CLASSIFY_H_INCLUDED */
