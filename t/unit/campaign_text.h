/* How campaign files of the tests begin. */

#ifndef CAMPAIGN_TEXT_H_INCLUDED
#define CAMPAIGN_TEXT_H_INCLUDED

/* Lines 1 to 5, or 1 to 4; what is tested follows. */
#define HEAD      "id: winback\nstarts: 2026-11-25\nwindow: 30d\n"            \
                  "holdout: 10%\naudience: last_order > 90d\n"
#define IMPORTED  "id: winback\nstarts: 2026-11-25\nwindow: 30d\n"            \
                  "recipients: imported\n"

#endif /* CAMPAIGN_TEXT_H_INCLUDED */
