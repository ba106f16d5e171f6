#include "ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_BLOCKS  4
#define AHEAD_BYTES   (256 * 1024)

struct ahead_block {
    struct rti_unpacked  unpacked;
    size_t               given;             /* bytes of it */
    char                 bytes[AHEAD_BYTES];
};

struct rti_ahead {
    struct rti_unpacker  *unpacker;
    pthread_t             thread;
    pthread_mutex_t       mutex;
    pthread_cond_t        changed;
    bool                  is_stopped;       /* by who reads */
    unsigned              filled;           /* blocks, so far */
    unsigned              emptied;
    struct ahead_block    blocks[AHEAD_BLOCKS];
};


static bool
ahead_is_last(const struct rti_unpacked *unpacked)
{
    return unpacked->len == 0 || unpacked->err != 0;
}


static void *
ahead_run(void *data)
{
    bool                 is_last = false;
    struct rti_ahead    *ahead = data;
    struct ahead_block  *block;

    while (!is_last) {
        pthread_mutex_lock(&ahead->mutex);

        while (!ahead->is_stopped
               && ahead->filled - ahead->emptied == AHEAD_BLOCKS)
        {
            pthread_cond_wait(&ahead->changed, &ahead->mutex);
        }

        is_last = ahead->is_stopped;
        block = &ahead->blocks[ahead->filled % AHEAD_BLOCKS];
        pthread_mutex_unlock(&ahead->mutex);

        if (is_last) {
            break;
        }

        block->given = 0;
        rti_unpack(ahead->unpacker, block->bytes, AHEAD_BYTES,
                   &block->unpacked);
        is_last = ahead_is_last(&block->unpacked);

        pthread_mutex_lock(&ahead->mutex);
        ahead->filled++;
        pthread_cond_signal(&ahead->changed);
        pthread_mutex_unlock(&ahead->mutex);
    }

    return NULL;
}


/* Signals are for the thread that looks whether there was one. */

static int
ahead_start(struct rti_ahead *ahead)
{
    int       rc;
    sigset_t  all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&ahead->thread, NULL, ahead_run, ahead);
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    return rc;
}


int
rti_ahead_open(struct rti_unpacker *unpacker, struct rti_ahead **ahead)
{
    struct rti_ahead  *opened;

    opened = calloc(1, sizeof(*opened));

    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->unpacker = unpacker;
    pthread_mutex_init(&opened->mutex, NULL);
    pthread_cond_init(&opened->changed, NULL);

    if (ahead_start(opened) != 0) {
        pthread_cond_destroy(&opened->changed);
        pthread_mutex_destroy(&opened->mutex);
        free(opened);
        return RTN_ERR_NOMEM;
    }

    *ahead = opened;

    return 0;
}


/* The last block is never left behind, so that its end is told again. */

void
rti_ahead_read(struct rti_ahead *ahead, char *to, size_t size,
    struct rti_unpacked *unpacked)
{
    size_t               len;
    struct ahead_block  *block;

    pthread_mutex_lock(&ahead->mutex);

    while (ahead->filled == ahead->emptied) {
        pthread_cond_wait(&ahead->changed, &ahead->mutex);
    }

    block = &ahead->blocks[ahead->emptied % AHEAD_BLOCKS];
    pthread_mutex_unlock(&ahead->mutex);

    len = block->unpacked.len - block->given;
    len = len < size ? len : size;

    memcpy(to, block->bytes + block->given, len);
    block->given += len;

    *unpacked = block->unpacked;
    unpacked->len = len;

    if (block->given < block->unpacked.len) {
        unpacked->err = 0;
        return;
    }

    if (ahead_is_last(&block->unpacked)) {
        return;
    }

    pthread_mutex_lock(&ahead->mutex);
    ahead->emptied++;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
}


void
rti_ahead_close(struct rti_ahead *ahead)
{
    if (ahead == NULL) {
        return;
    }

    pthread_mutex_lock(&ahead->mutex);
    ahead->is_stopped = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);

    pthread_join(ahead->thread, NULL);

    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->mutex);
    free(ahead);
}
