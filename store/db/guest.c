/* E-mails, and guests: people whom only an e-mail identifies. */

#include <string.h>

#include "crm.h"
#include "row.h"

static struct rtn_str guest_trim(struct rtn_str email);
static bool guest_is_space(char c);
static int guest_make(struct crm_slice *slice, struct rtn_str email,
    const char *normalised, uint32_t *number);


int
rtn_email_normalise(struct rtn_str email, char out[RTN_EMAIL_MAX + 1])
{
    size_t  i, at;

    email = guest_trim(email);

    if (email.len == 0 || email.len > RTN_EMAIL_MAX) {
        return RTN_ERR_LIMIT;
    }

    for (at = 0, i = 0; i < email.len; i++) {
        if (guest_is_space(email.data[i])) {
            return RTN_ERR_LIMIT;
        }

        /* the last one: a quoted local part may hold another */
        if (email.data[i] == '@') {
            at = i;
        }
    }

    if (at == 0 || at == email.len - 1) {
        return RTN_ERR_LIMIT;
    }

    for (i = 0; i < email.len; i++) {
        out[i] = email.data[i];

        if (out[i] >= 'A' && out[i] <= 'Z') {
            out[i] = (char) (out[i] | 0x20);
        }
    }

    out[email.len] = '\0';

    return RTN_OK;
}


int
rtn_guest_ensure(struct rtn_store *store, struct rtn_str email,
    uint32_t *number)
{
    int                rc;
    char               normalised[RTN_EMAIL_MAX + 1];
    uint32_t           owner;
    struct crm_slice  *slice;

    slice = crm_slice_of(store);

    rc = rtn_email_normalise(email, normalised);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = crm_email_owner(&slice->txn, normalised, &owner);

    if (rc == RTN_OK && owner == 0) {
        rc = guest_make(slice, guest_trim(email), normalised, &owner);
    }

    if (rc == RTN_OK) {
        *number = owner;
    }

    return rc;
}


int
crm_email_owner(struct db_txn *txn, const char *email, uint32_t *owner)
{
    int  rc;

    rc = crm_number_get(txn, DB_EMAILS, db_row_str(email, RTN_EMAIL_MAX),
                        owner);

    if (rc == RTN_ERR_NOT_FOUND) {
        *owner = 0;
        return RTN_OK;
    }

    return rc;
}


int
crm_guest_merge(struct crm_slice *slice, uint32_t guest, uint32_t customer)
{
    int      rc;
    uint8_t  key[4];

    rc = crm_orders_move(slice, guest, customer);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_delete(&slice->txn, DB_CUSTOMERS, crm_customer_key(key, guest));

    return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
}


static struct rtn_str
guest_trim(struct rtn_str email)
{
    while (email.len > 0 && guest_is_space(email.data[0])) {
        email.data++;
        email.len--;
    }

    while (email.len > 0 && guest_is_space(email.data[email.len - 1])) {
        email.len--;
    }

    return email;
}


/* White space and control bytes; bytes of UTF-8 are neither. */
static bool
guest_is_space(char c)
{
    return (unsigned char) c <= ' ' || c == 0x7F;
}


static int
guest_make(struct crm_slice *slice, struct rtn_str email,
    const char *normalised, uint32_t *number)
{
    int                  rc;
    struct rtn_customer  guest;

    memset(&guest, 0, sizeof(guest));
    guest.is_guest = true;

    rc = db_row_copy(guest.email, sizeof(guest.email), email);

    if (rc == RTN_OK) {
        rc = crm_customer_next(slice, &guest.number);
    }

    if (rc == RTN_OK) {
        rc = crm_customer_store(&slice->txn, &guest);
    }

    if (rc == RTN_OK) {
        rc = crm_number_put(&slice->txn, DB_EMAILS,
                            db_row_str(normalised, RTN_EMAIL_MAX),
                            guest.number);
    }

    if (rc == RTN_OK) {
        *number = guest.number;
    }

    return rc;
}
