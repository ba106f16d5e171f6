/*
 * Copies of a whole store, taken while nginx writes, and the way back.
 *
 * A backup is a directory laid out as a store is, in mode 0700 with files of
 * mode 0600, and can be read as one.  Never let nginx write to it: mails went
 * out after it was taken, and rtn_restore keeps their numbers apart.
 */

#ifndef RTN_BACKUP_H_INCLUDED
#define RTN_BACKUP_H_INCLUDED

#include "rtn_store.h"

/*
 * What rtn_restore adds to the highest number given: campaigns and customers
 * that were made after the backup have their numbers in mails, and these must
 * never come to mean others.
 */
#define RTN_RESTORE_CAMPAIGNS  1000
#define RTN_RESTORE_CUSTOMERS  1000000

/* Called as bytes are copied, done of total; false: stop. */
typedef bool (*rtn_backup_progress_pt)(void *data, uint64_t done,
    uint64_t total);

/*
 * Copies a store.  Each environment is a snapshot; state is copied first and
 * the event log last, so that whatever state tells of is in the others, no
 * roll-up is ahead of its log, and every event that was acknowledged before
 * the call is there.  Where campaigns were created meanwhile, it begins again.
 *
 * store      opened with RTN_OPEN_ALL
 * path       must not exist; it appears when all is on disk.  Until then the
 *            copy is PATH.part, which goes away on an error
 * progress   may be NULL
 *
 * RTN_ERR_EXISTS: there is path, or PATH.part.  RTN_ERR_ABSENT: the directory
 * above is missing.  RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO (also
 * where progress said stop), RTN_ERR_NOMEM.  By the thread that opened store.
 */
int rtn_backup(struct rtn_store *store, const char *path,
    rtn_backup_progress_pt progress, void *data);

/*
 * Makes a store from a backup: copies it, reads every record of the copy,
 * raises the numbers, and puts it in place.
 *
 * backup     what rtn_backup made; only read
 * path       absent, or an empty directory.  Until the end the copy is
 *            PATH.part, which goes away on an error
 * uid, gid   who gets the files; -1: as they are made
 * progress   may be NULL
 * report     called for each damaged record, and each file that is damaged or
 *            missing, as rtn_store_verify does; may be NULL
 * faults     gets their number, on RTN_ERR_CORRUPT too
 *
 * RTN_ERR_EXISTS: path is no empty directory, or there is PATH.part.
 * RTN_ERR_CORRUPT: records of the backup are damaged, or files are missing.
 * RTN_ERR_ABSENT: there is no backup, or no directory above path.
 * RTN_ERR_NEWER, RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO (also
 * where progress said stop), RTN_ERR_NOMEM.
 */
int rtn_restore(const char *backup, const char *path, unsigned uid,
    unsigned gid, rtn_backup_progress_pt progress,
    rtn_check_report_pt report, void *data, uint64_t *faults);

#endif /* RTN_BACKUP_H_INCLUDED */
