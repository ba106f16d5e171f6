/* Questions about bytes that came from outside. */

#ifndef RTN_TEXT_PUBLIC_H_INCLUDED
#define RTN_TEXT_PUBLIC_H_INCLUDED

#include "rtn.h"

/* Whether a run holds a control character of ASCII or of Latin-1 (C1).
   Any thread. */
bool rtn_text_has_control(struct rtn_str text);

/* Whether a run is UTF-8 as RFC 3629 has it: no surrogate, no longer form
   than needed, nothing past U+10FFFF.  Any thread. */
bool rtn_text_is_utf8(struct rtn_str text);

#endif /* RTN_TEXT_PUBLIC_H_INCLUDED */
