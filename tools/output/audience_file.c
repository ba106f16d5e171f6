/* E-mails and phones as advertising platforms hash them. */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audience_file.h"

#define MIB  (UINT64_C(1) << 20)

const struct rto_platform  rto_platforms[] = {
    { .name = "google",
      .header = "Email,Phone,First Name,Last Name,Country,Zip",
      .commas = 4, .gmail_is_folded = true, .phone_has_plus = true },

    { .name = "meta", .header = "email,phone" },

    { .name = "yandex", .header = "phone,email", .phone_is_first = true,
      .email_is_ascii = true, .rows_min = 100, .bytes_max = 1024 * MIB },

    { .name = "vk", .rows_min = 2000, .rows_max = 5000000,
      .bytes_max = 128 * MIB },

    { .name = NULL }
};


static bool
audience_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}


/* The local part without dots and suffix, the domain behind it. */

static void
audience_fold_gmail(char *email)
{
    char        *from, *to = email, *at = strchr(email, '@');
    const char  *domain = at + 1;

    if (strcmp(domain, "gmail.com") != 0
        && strcmp(domain, "googlemail.com") != 0)
    {
        return;
    }

    for (from = email; from < at && *from != '+'; from++) {
        if (*from != '.') {
            *to++ = *from;
        }
    }

    memmove(to, at, strlen(at) + 1);
}


int
rto_audience_email(const struct rto_platform *platform, struct rtn_str email,
    char out[RTO_AUDIENCE_EMAIL_MAX + 1])
{
    char           c;
    size_t         i, len = 0;
    const char    *at;

    for (i = 0; i < email.len; i++) {
        c = email.data[i];

        if (audience_is_space(c)) {
            continue;
        }

        if (len == RTO_AUDIENCE_EMAIL_MAX || (unsigned char) c < '!'
            || c == 0x7F || (platform->email_is_ascii && (c & 0x80) != 0))
        {
            return RTN_ERR_LIMIT;
        }

        out[len++] = c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }

    out[len] = '\0';
    at = strchr(out, '@');

    if (at == NULL || at == out || at[1] == '\0') {
        return RTN_ERR_LIMIT;
    }

    if (platform->gmail_is_folded) {
        audience_fold_gmail(out);
    }

    return out[0] != '@' ? 0 : RTN_ERR_LIMIT;
}


/* The digits alone; a plus may stand in front of them. */

static int
audience_digits(struct rtn_str phone, char digits[RTO_PHONE_DIGITS_MAX + 3],
    bool *has_plus)
{
    size_t  i, len = 0;

    *has_plus = false;

    for (i = 0; i < phone.len; i++) {
        if (phone.data[i] >= '0' && phone.data[i] <= '9') {
            if (len == RTO_PHONE_DIGITS_MAX + 2) {
                return RTN_ERR_LIMIT;
            }

            digits[len++] = phone.data[i];

        } else if (phone.data[i] == '+' && len == 0 && !*has_plus) {
            *has_plus = true;

        } else if (phone.data[i] == '\0'
                   || strchr(" -./()", phone.data[i]) == NULL)
        {
            return RTN_ERR_LIMIT;
        }
    }

    digits[len] = '\0';

    return 0;
}


/* Whether the digits begin with their country's code; 00 in front goes. */

static bool
audience_is_international(char *digits, bool has_plus)
{
    size_t  len = strlen(digits);

    if (!has_plus && strncmp(digits, "00", 2) == 0) {
        memmove(digits, digits + 2, len - 1);
        return true;
    }

    return has_plus
           || (len >= 11 && digits[0] != '0'
               && !(len == 11 && digits[0] == '8'));
}


int
rto_audience_phone(const struct rto_platform *platform, struct rtn_str phone,
    const char *calling_code, char out[RTO_PHONE_TEXT_MAX])
{
    int          rc;
    bool         has_plus;
    char         digits[RTO_PHONE_DIGITS_MAX + 3];
    size_t       len;
    const char  *code = "", *rest = digits;

    rc = audience_digits(phone, digits, &has_plus);

    if (rc != 0) {
        return rc;
    }

    if (!audience_is_international(digits, has_plus)) {
        if (calling_code == NULL) {
            return RTN_ERR_LIMIT;
        }

        code = calling_code;
        rest += digits[0] == '0'
                || (digits[0] == '8' && strlen(digits) == 11);
    }

    len = strlen(code) + strlen(rest);

    if (len < RTO_PHONE_DIGITS_MIN || len > RTO_PHONE_DIGITS_MAX
        || (*code != '\0' ? *code : *rest) == '0')
    {
        return RTN_ERR_LIMIT;
    }

    snprintf(out, RTO_PHONE_TEXT_MAX, "%s%s%s",
             platform->phone_has_plus ? "+" : "", code, rest);

    return 0;
}


void
rto_audience_hash(const char *text, uint8_t out[RTO_AUDIENCE_HASH_LEN])
{
    (void) crypto_hash_sha256(out, (const unsigned char *) text,
                              strlen(text));
}


static int
audience_compare(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(struct rto_audience_row));
}


size_t
rto_audience_unique(struct rto_audience_row *rows, size_t n)
{
    size_t  i, kept = 0;

    if (n > 0) {
        qsort(rows, n, sizeof(*rows), audience_compare);
    }

    for (i = 0; i < n; i++) {
        if (kept == 0 || audience_compare(&rows[kept - 1], &rows[i]) != 0) {
            rows[kept++] = rows[i];
        }
    }

    return kept;
}


uint64_t
rto_audience_bytes(const struct rto_platform *platform, size_t n)
{
    uint64_t  header = 0, row = 2 * RTO_AUDIENCE_HASH_LEN + 1;

    if (platform->header != NULL) {
        header = strlen(platform->header) + 1;
        row = 2 * row + platform->commas;
    }

    return header + n * row;
}


static void
audience_hash_write(FILE *out, const uint8_t hash[RTO_AUDIENCE_HASH_LEN])
{
    char  hex[2 * RTO_AUDIENCE_HASH_LEN + 1];

    if (!sodium_is_zero(hash, RTO_AUDIENCE_HASH_LEN)) {
        fputs(sodium_bin2hex(hex, sizeof(hex), hash, RTO_AUDIENCE_HASH_LEN),
              out);
    }
}


void
rto_audience_write(FILE *out, const struct rto_platform *platform,
    const struct rto_audience_row *rows, size_t n)
{
    size_t  i;

    if (platform->header != NULL) {
        fprintf(out, "%s\n", platform->header);
    }

    for (i = 0; i < n; i++) {
        audience_hash_write(out, platform->phone_is_first ? rows[i].phone
                                                          : rows[i].email);

        if (platform->header != NULL) {
            fputc(',', out);
            audience_hash_write(out, platform->phone_is_first
                                     ? rows[i].email : rows[i].phone);
            fprintf(out, "%.*s", (int) platform->commas, ",,,,");
        }

        fputc('\n', out);
    }
}
