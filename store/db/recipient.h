/* Private to store/db: a recipient within a transaction of the caller. */

#ifndef RECIPIENT_H_INCLUDED
#define RECIPIENT_H_INCLUDED

#include "db.h"
#include "rtn_campaign.h"

/* As rtn_recipient_get; txn is one of DB_STATE. */
int db_recipient_get(struct db_txn *txn, uint32_t campaign,
    uint32_t customer, struct rtn_recipient *recipient);

#endif /* RECIPIENT_H_INCLUDED */
