/* Numbers that are equal but for rounding. */

#ifndef T_NEAR_H_INCLUDED
#define T_NEAR_H_INCLUDED

#include <math.h>

/* relative: of the expected number; use it as assert_near(found, ...). */
#define assert_near(found, expected, relative)                                \
    do {                                                                      \
        double  found_ = (found), expected_ = (expected);                     \
                                                                              \
        if (!(fabs(found_ - expected_) <= (relative) * fabs(expected_))) {    \
            fail_msg("%.17g is not %.17g", found_, expected_);                \
        }                                                                     \
    } while (0)

#endif /* T_NEAR_H_INCLUDED */
