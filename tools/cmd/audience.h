/* Private to audience*.c: a campaign's customers for advertising platforms. */

#ifndef CMD_AUDIENCE_H_INCLUDED
#define CMD_AUDIENCE_H_INCLUDED

#include "campaign.h"
#include "output/audience_file.h"

/* Why a recipient of the chosen arms is not in the file. */
enum audience_left {
    AUDIENCE_ERASED = 0,
    AUDIENCE_DENIED,
    AUDIENCE_UNSUBSCRIBED,
    AUDIENCE_NOTHING,           /* neither an e-mail nor a phone to match */
    AUDIENCE_REPEATED,          /* the same as another's */
    AUDIENCE_LEFT_COUNT
};

enum audience_by {
    AUDIENCE_BY_EMAIL = 0,
    AUDIENCE_BY_PHONE
};

struct audience_options {
    int                 platform;
    int                 by;
    struct cmd_strings  arms;
    const char         *calling_code;
    bool                is_forced;
};

struct audience {
    struct cmd_context             *ctx;
    const struct audience_options  *options;
    const struct rto_platform      *platform;
    struct rtn_campaign             campaign;
    bool                            takes[RTN_ARMS_MAX + 1];
    struct rto_audience_row        *rows;
    size_t                          n;
    size_t                          size;
    uint64_t                        others;     /* of arms not taken */
    uint64_t                        left[AUDIENCE_LEFT_COUNT];
    uint64_t                        bad_emails;
    uint64_t                        bad_phones;
};

/* Scans the recipients of the arms that are taken, and hashes.  An exit code,
   after saying what was wrong. */
int audience_collect(struct audience *audience);

#endif /* CMD_AUDIENCE_H_INCLUDED */
