/*
 * Lists of customers for advertising platforms: e-mails and phones as each
 * platform normalises them, then SHA-256 in lower-case hex, without salt.
 * Pure: text in, text out.
 *
 *              e-mail                          phone
 *     google   no white space; of gmail.com    +16505551212
 *              and googlemail.com no dots and
 *              no +suffix
 *     meta     trimmed                         16505551212
 *     yandex   trimmed, ASCII alone            16505551212
 *     vk       trimmed                         16505551212
 *
 * All in lower case.  Sources: Google's Data Manager formatting guide, Meta's
 * customer information parameters, Yandex Audience's file requirements,
 * myTarget's lists.
 */

#ifndef RTO_AUDIENCE_FILE_H_INCLUDED
#define RTO_AUDIENCE_FILE_H_INCLUDED

#include <stdio.h>

#include "rtn.h"

#define RTO_AUDIENCE_HASH_LEN   32
#define RTO_AUDIENCE_EMAIL_MAX  254
#define RTO_PHONE_DIGITS_MIN    7       /* of E.164, with the country's code */
#define RTO_PHONE_DIGITS_MAX    15
#define RTO_PHONE_TEXT_MAX      (RTO_PHONE_DIGITS_MAX + 2)  /* '+' and NUL */
#define RTO_CALLING_CODE_MAX    3       /* digits: +380 */

struct rto_platform {
    const char  *name;
    const char  *header;            /* of the file; NULL: one item a line */
    size_t       commas;            /* columns behind the two, left empty */
    bool         phone_is_first;
    bool         gmail_is_folded;
    bool         email_is_ascii;
    bool         phone_has_plus;
    uint64_t     rows_min;          /* 0: any */
    uint64_t     rows_max;
    uint64_t     bytes_max;
};

/* Ended by one without a name. */
extern const struct rto_platform  rto_platforms[];

/*
 * Normalises an e-mail.
 *
 * RTN_ERR_LIMIT: not one that the platform can match.  Any thread.
 */
int rto_audience_email(const struct rto_platform *platform,
    struct rtn_str email, char out[RTO_AUDIENCE_EMAIL_MAX + 1]);

/*
 * Normalises a phone.
 *
 * calling_code   of numbers without one, as "380"; NULL: they are not used
 *
 * Spaces, hyphens, dots, slashes and brackets are passed over.  Its country's
 * code is known behind a plus or 00, and of 11 to 15 digits that begin neither
 * with 0 nor, when they are 11, with 8, which is how Russia dials at home.
 * Of the others a 0 in front, or the 8 of 11 digits, makes way for the
 * calling code.
 *
 * RTN_ERR_LIMIT: not a phone, or of an unknown country.  Any thread.
 */
int rto_audience_phone(const struct rto_platform *platform,
    struct rtn_str phone, const char *calling_code,
    char out[RTO_PHONE_TEXT_MAX]);

/* SHA-256 of a text. */
void rto_audience_hash(const char *text, uint8_t out[RTO_AUDIENCE_HASH_LEN]);

/* A person: zeros are "not known"; of a platform whose file has one item a
   line, that item is the e-mail. */
struct rto_audience_row {
    uint8_t  email[RTO_AUDIENCE_HASH_LEN];
    uint8_t  phone[RTO_AUDIENCE_HASH_LEN];
};

/* Sorts rows, which hides who came first to the shop, and drops repeats.
   Returns how many are left. */
size_t rto_audience_unique(struct rto_audience_row *rows, size_t n);

/* The bytes that rto_audience_write will write at most. */
uint64_t rto_audience_bytes(const struct rto_platform *platform, size_t n);

/* Writes the file's header and rows; lines end with LF.  Errors are the
   stream's. */
void rto_audience_write(FILE *out, const struct rto_platform *platform,
    const struct rto_audience_row *rows, size_t n);

#endif /* RTO_AUDIENCE_FILE_H_INCLUDED */
