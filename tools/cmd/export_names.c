/* Names for numbers, read once: a look-up a row would be slower. */

#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "rtn_crm.h"

#define NAMES_FIRST_BYTES      65536
#define NAMES_FIRST_CAMPAIGNS  16


static int
names_add(struct export_names *names, const struct rtn_customer *customer)
{
    void    *p;
    size_t   size, len = strlen(customer->id) + 1;

    if (len == 1 || customer->number >= names->count) {
        return 0;
    }

    if (names->size - names->len < len) {
        size = names->size == 0 ? NAMES_FIRST_BYTES : names->size * 2;
        p = realloc(names->bytes, size);

        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        names->bytes = p;
        names->size = size;
    }

    /* Byte 0 is nobody's, so that an offset of 0 is none. */

    if (names->len == 0) {
        names->bytes[names->len++] = '\0';
    }

    memcpy(names->bytes + names->len, customer->id, len);
    names->offsets[customer->number] = names->len;
    names->len += len;

    return 0;
}


static int
names_read_customers(struct export_names *names)
{
    int                        rc;
    uint32_t                   last;
    struct rtn_customer        customer;
    struct rtn_customer_scan  *scan;

    rc = rtn_customer_last(names->store, &last);

    if (rc != 0) {
        return rc;
    }

    names->count = (size_t) last + 1;
    names->offsets = calloc(names->count, sizeof(*names->offsets));

    if (names->offsets == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = rtn_customer_scan_open(names->store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = rtn_customer_scan_next(scan, &customer);

        if (rc == 0) {
            rc = names_add(names, &customer);
        }
    } while (rc == 0);

    rtn_customer_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
names_read_campaigns(struct export_names *names)
{
    int                   rc;
    size_t                size = 0;
    uint32_t              number = 0;
    struct rtn_campaign  *p;

    for ( ;; ) {
        if (names->campaign_count == size) {
            size = size == 0 ? NAMES_FIRST_CAMPAIGNS : size * 2;
            p = realloc(names->campaigns, size * sizeof(*p));

            if (p == NULL) {
                return RTN_ERR_NOMEM;
            }

            names->campaigns = p;
        }

        p = &names->campaigns[names->campaign_count];
        rc = rtn_campaign_next(names->store, number, p);

        if (rc != 0) {
            return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
        }

        number = p->number;
        names->campaign_count++;
    }
}


int
export_names_read(struct export_names *names, struct rtn_store *store)
{
    int  rc;

    memset(names, 0, sizeof(*names));
    names->store = store;

    rc = names_read_campaigns(names);

    return rc == 0 ? names_read_customers(names) : rc;
}


void
export_names_release(struct export_names *names)
{
    size_t  i;

    for (i = 0; i < names->campaign_count; i++) {
        rtn_campaign_release(&names->campaigns[i]);
    }

    free(names->campaigns);
    free(names->offsets);
    free(names->bytes);
}


const char *
export_names_customer(const struct export_names *names, uint32_t number)
{
    if (number >= names->count || names->offsets[number] == 0) {
        return NULL;
    }

    return names->bytes + names->offsets[number];
}


const struct rtn_campaign *
export_names_campaign(const struct export_names *names, uint32_t number)
{
    size_t  low = 0, high = names->campaign_count, middle;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (names->campaigns[middle].number < number) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (low == names->campaign_count
        || names->campaigns[low].number != number)
    {
        return NULL;
    }

    return &names->campaigns[low];
}
