/* Taking turns: a robust mutex, and a futex that counts the turns. */

#include "ngx_http_retention_turn.h"

#include <linux/futex.h>
#include <sys/syscall.h>


/* how often who waits for a turn looks whether the one who has it is dead */
#define NGX_HTTP_RETENTION_TURN_NS  (10 * 1000 * 1000)


ngx_int_t
ngx_http_retention_turn_init(ngx_http_retention_turn_t *turn)
{
    pthread_mutexattr_t  attr;

    turn->waiting = 0;
    turn->ends = 0;
    turn->is_orphaned = 0;

    if (pthread_mutexattr_init(&attr) != 0
        || pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0
        || pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0
        || pthread_mutex_init(&turn->mutex, &attr) != 0)
    {
        return NGX_ERROR;
    }

    (void) pthread_mutexattr_destroy(&attr);

    return NGX_OK;
}


/* What the calls that lock a robust mutex return. */
static ngx_flag_t
ngx_http_retention_turn_got(ngx_http_retention_turn_t *turn, int err)
{
    if (err == EOWNERDEAD) {
        (void) pthread_mutex_consistent(&turn->mutex);
        turn->is_orphaned = 1;
    }

    return err == 0 || err == EOWNERDEAD;
}


void
ngx_http_retention_turn_take(ngx_http_retention_turn_t *turn)
{
    (void) ngx_http_retention_turn_got(turn, pthread_mutex_lock(&turn->mutex));
}


ngx_flag_t
ngx_http_retention_turn_try(ngx_http_retention_turn_t *turn)
{
    uint32_t         ends;
    ngx_flag_t       got;
    struct timespec  patience;

    (void) ngx_atomic_fetch_add(&turn->waiting, 1);

    ends = turn->ends;
    ngx_memory_barrier();

    got = ngx_http_retention_turn_got(turn,
                                      pthread_mutex_trylock(&turn->mutex));

    if (!got) {
        patience.tv_sec = 0;
        patience.tv_nsec = NGX_HTTP_RETENTION_TURN_NS;

        (void) syscall(SYS_futex, &turn->ends, FUTEX_WAIT, ends, &patience,
                       NULL, 0);
    }

    (void) ngx_atomic_fetch_add(&turn->waiting, -1);

    return got;
}


void
ngx_http_retention_turn_give(ngx_http_retention_turn_t *turn)
{
    turn->ends++;

    (void) pthread_mutex_unlock(&turn->mutex);

    ngx_memory_barrier();

    if (turn->waiting != 0) {
        (void) syscall(SYS_futex, &turn->ends, FUTEX_WAKE, INT_MAX, NULL, NULL,
                       0);
    }
}
