/* Recipients whom another campaign counts at the same time. */

#include "campaign.h"
#include "report_load.h"


static int
overlap_count(struct report_load *load, const struct rtn_campaign *other,
    uint64_t *n)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    *n = 0;
    rc = rtn_recipient_scan_open(load->ctx->store, other->number, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_recipient_scan_next(scan, &recipient));

        if (rc == 0) {
            *n += rta_response_is_shared(load->response, recipient.customer,
                                         recipient.t0_ms, recipient.until_ms);
        }
    } while (report_goes_on(rc));

    rtn_recipient_scan_close(scan);

    return report_end(rc);
}


int
report_overlaps(struct report_load *load)
{
    int                  rc = 0;
    uint32_t             number = 0;
    uint64_t             n;
    struct rtn_campaign  other;

    if (!load->finds_overlaps) {
        return 0;
    }

    while (rc == 0
           && (rc = rtn_campaign_next(load->ctx->store, number, &other)) == 0)
    {
        number = other.number;

        if (campaign_may_overlap(&load->campaign, load->campaign.batches,
                                 &other))
        {
            rc = overlap_count(load, &other, &n);

            if (rc == 0 && n > 0) {
                rta_response_overlap(load->response, other.slug, n);
            }
        }

        rtn_campaign_release(&other);
    }

    if (rc == RTN_ERR_CORRUPT) {
        load->damaged++;
        return 0;
    }

    return report_end(rc);
}
