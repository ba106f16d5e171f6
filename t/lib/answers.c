/*
 * What nginx's workers would answer from a store, as text: coupons, targets,
 * unsubscriptions, hashes and keys, asked through the doors that they use.
 *
 *     answers STORE CUSTOMERS CODES
 *
 * Customers are numbered from 1 on, with the ids "c1", "c2", ...; CODES is a
 * file with a code a line.  All pages are verified first.  A line that begins
 * with "!" is a refusal.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rtn_campaign.h"
#include "rtn_code.h"
#include "rtn_coupon.h"
#include "rtn_crm.h"
#include "rtn_log.h"

#define NOW_MS     INT64_C(1)       /* coupons are judged as of then */
#define CAMPAIGN   1
#define LINKS      2
#define LINE_MAX   256


static void
say(const char *what, uint64_t of, int rc, const char *answer)
{
    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        printf("!%s %" PRIu64 "\n", what, of);
        return;
    }

    printf("%s %" PRIu64 " %s\n", what, of, rc == 0 ? answer : "-");
}


static void
say_coupon(struct rtn_store *store, const char *text)
{
    int                      rc;
    char                     answer[LINE_MAX];
    struct rtn_str           str;
    struct rtn_coupon_job    job = { .action = RTN_COUPON_VALIDATE };
    struct rtn_coupon_state  state;

    str = (struct rtn_str) { text, strcspn(text, "\r\n") };

    if (rtn_code_parse(str, &job.code) != 0) {
        return;
    }

    rc = rtn_coupon_decide(store, &job, 1, NOW_MS);
    rc = rc != 0 ? rc : job.rc;

    snprintf(answer, sizeof(answer), "%s %d %" PRId64 " %" PRId64 " %u %d",
             rtn_coupon_reason_name(job.reason), job.offer.type,
             job.offer.amount, job.expires_ms, job.campaign,
             job.is_bound);
    say("coupon", job.code, rc, answer);

    rc = rtn_coupon_get(store, job.code, &state);
    snprintf(answer, sizeof(answer), "%d %" PRIu64, rc == 0 ? state.status : 0,
             rc == 0 ? state.last_id : 0);
    say("state", job.code, rc, answer);
}


static void
say_redirect(struct rtn_store *store, uint32_t customer, uint8_t link)
{
    int                  rc;
    char                 answer[2 * RTN_URL_MAX];
    struct rtn_token     token = {
        .purpose = RTN_PURPOSE_LINK, .campaign = CAMPAIGN, .link = link,
        .recipient = customer
    };
    struct rtn_redirect  redirect;

    rc = rtn_redirect_get(store, &token, &redirect);

    if (rc == 0) {
        snprintf(answer, sizeof(answer), "%s %s %s %s %s %" PRIu64,
                 redirect.link.url, redirect.campaign, redirect.message,
                 redirect.arm, redirect.tier, redirect.code);
    }

    say("target", customer * 10 + link, rc, answer);
}


static void
say_customer(struct rtn_store *store, uint32_t customer)
{
    int       rc;
    bool      is_suppressed;
    char      id[LINE_MAX];
    uint8_t   hash[RTN_HASH_LEN], link;
    uint32_t  number;

    for (link = 1; link <= LINKS; link++) {
        say_redirect(store, customer, link);
    }

    rc = rtn_is_suppressed(store, customer, &is_suppressed);
    say("unsubscribed", customer, rc, rc == 0 && is_suppressed ? "yes"
                                                               : "no");

    snprintf(id, sizeof(id), "c%u", customer);
    rtn_customer_hash(store, (struct rtn_str) { id, strlen(id) }, hash);

    rc = rtn_customer_by_hash(store, hash, &number);
    snprintf(id, sizeof(id), "%u", rc == 0 ? number : 0);
    say("hash", customer, rc, id);
}


static void
say_keys(struct rtn_store *store)
{
    int                 rc;
    char                text[RTN_TOKEN_LEN_MAX + 1] = "";
    struct rtn_token    token = {
        .purpose = RTN_PURPOSE_PIXEL, .campaign = CAMPAIGN, .recipient = 1
    };
    struct rtn_keyring  ring;

    rc = rtn_store_keyring(store, &ring);

    if (rc == 0) {
        rc = rtn_token_seal(&ring, &token, text);
    }

    say("token", 1, rc, text);
}


int
main(int argc, char **argv)
{
    int                rc;
    char               line[LINE_MAX];
    FILE              *codes;
    uint32_t           i, customers;
    struct rtn_store  *store;

    if (argc < 4) {
        fprintf(stderr, "usage: answers STORE CUSTOMERS CODES\n");
        return 2;
    }

    codes = fopen(argv[3], "r");
    if (codes == NULL) {
        return 2;
    }

    rc = rtn_store_open(argv[1], RTN_OPEN_SERVER | RTN_OPEN_VERIFY, &store);

    if (rc != 0) {
        printf("!open\n");
        fclose(codes);
        return 0;
    }

    say_keys(store);

    while (fgets(line, sizeof(line), codes) != NULL) {
        say_coupon(store, line);
    }

    customers = (uint32_t) strtoul(argv[2], NULL, 10);

    for (i = 1; i <= customers; i++) {
        say_customer(store, i);
    }

    rtn_store_close(store);
    fclose(codes);

    return 0;
}
