#include "report_gather.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define GATHER_HEAPS      2
#define GATHER_MAX        (1u << 21)    /* counts of a heap; 50 megabytes,
                                           twice 12 bytes each */
#define GATHER_CLICKS     (1u << 19)    /* of a heap; 8 megabytes */
#define GATHER_PART_BITS  12            /* customers of a part, as bits */
#define GATHER_PARTS      (1u << (32 - GATHER_PART_BITS))
#define GATHER_LOOK       1024          /* counts between two looks around */

struct gather_count {
    uint32_t  customer;
    uint32_t  n;
    uint8_t   message;
    uint8_t   kind;
    uint8_t   class;
    bool      has_named_visit;
};

struct gather_click {
    uint32_t  customer;
    int64_t   first_ms;
};

struct gather_heap {
    size_t                n;
    size_t                clicks_n;
    int                   rc;           /* behind it; 0: there are more */
    struct gather_count  *counts;
    struct gather_count  *parted;
    struct gather_click  *clicks;
};

struct gather {
    struct rtn_fold_view       *view;
    struct rtn_fold_recipient   next;   /* for which there was no room */
    bool                        has_next;
    uint32_t                   *ends;   /* of each part */

    bool                        has_thread;
    pthread_t                   thread;
    pthread_mutex_t             mutex;
    pthread_cond_t              changed;
    bool                        is_stopped;
    unsigned                    filled; /* heaps, so far */
    unsigned                    emptied;
    struct gather_heap          heaps[GATHER_HEAPS];
};


static void
gather_close(struct gather *gather)
{
    size_t  i;

    pthread_cond_destroy(&gather->changed);
    pthread_mutex_destroy(&gather->mutex);

    for (i = 0; i < GATHER_HEAPS; i++) {
        free(gather->heaps[i].counts);
        free(gather->heaps[i].parted);
        free(gather->heaps[i].clicks);
    }

    free(gather->ends);
    free(gather);
}


static int
gather_open(struct rtn_fold_view *view, struct gather **out)
{
    bool                 is_whole;
    size_t               i;
    struct gather       *gather;
    struct gather_heap  *heap;

    gather = calloc(1, sizeof(*gather));

    if (gather == NULL) {
        return RTN_ERR_NOMEM;
    }

    gather->view = view;
    pthread_mutex_init(&gather->mutex, NULL);
    pthread_cond_init(&gather->changed, NULL);

    gather->ends = reallocarray(NULL, GATHER_PARTS, sizeof(*gather->ends));
    is_whole = gather->ends != NULL;

    for (i = 0; i < GATHER_HEAPS; i++) {
        heap = &gather->heaps[i];
        heap->counts = reallocarray(NULL, GATHER_MAX, sizeof(*heap->counts));
        heap->parted = reallocarray(NULL, GATHER_MAX, sizeof(*heap->parted));
        heap->clicks = reallocarray(NULL, GATHER_CLICKS,
                                    sizeof(*heap->clicks));
        is_whole = is_whole && heap->counts != NULL && heap->parted != NULL
                   && heap->clicks != NULL;
    }

    if (!is_whole) {
        gather_close(gather);
        return RTN_ERR_NOMEM;
    }

    *out = gather;

    return 0;
}


/* What came first stays first within a part. */

static void
gather_part(struct gather *gather, struct gather_heap *heap)
{
    size_t     i;
    uint32_t  *ends = gather->ends, sum = 0, part, last = 0, many;

    for (i = 0; i < heap->n; i++) {
        part = heap->counts[i].customer >> GATHER_PART_BITS;
        last = part > last ? part : last;
    }

    memset(ends, 0, (last + 1) * sizeof(*ends));

    for (i = 0; i < heap->n; i++) {
        ends[heap->counts[i].customer >> GATHER_PART_BITS]++;
    }

    for (part = 0; part <= last; part++) {
        many = ends[part];
        ends[part] = sum;
        sum += many;
    }

    for (i = 0; i < heap->n; i++) {
        part = heap->counts[i].customer >> GATHER_PART_BITS;
        heap->parted[ends[part]++] = heap->counts[i];
    }
}


static bool
gather_has_room(const struct gather_heap *heap,
    const struct rtn_fold_recipient *recipient)
{
    return GATHER_MAX - heap->n >= recipient->count
           && heap->clicks_n < GATHER_CLICKS;
}


static void
gather_add(struct gather_heap *heap,
    const struct rtn_fold_recipient *recipient)
{
    size_t  i;

    for (i = 0; i < recipient->count; i++) {
        heap->counts[heap->n++] = (struct gather_count) {
            .customer = recipient->customer,
            .n = recipient->counts[i].n,
            .message = recipient->counts[i].message,
            .kind = (uint8_t) recipient->counts[i].kind,
            .class = (uint8_t) recipient->counts[i].class,
            .has_named_visit = recipient->has_named_visit
        };
    }

    if (recipient->first_click_ms != 0) {
        heap->clicks[heap->clicks_n++] = (struct gather_click) {
            .customer = recipient->customer,
            .first_ms = recipient->first_click_ms
        };
    }
}


static void
gather_fill(struct gather *gather, struct gather_heap *heap)
{
    heap->n = 0;
    heap->clicks_n = 0;
    heap->rc = 0;

    for ( ;; ) {
        if (!gather->has_next) {
            heap->rc = rtn_fold_recipient_next(gather->view, &gather->next);

            if (heap->rc != 0) {
                break;
            }
        }

        gather->has_next = !gather_has_room(heap, &gather->next);

        if (gather->has_next) {
            break;
        }

        gather_add(heap, &gather->next);
    }

    gather_part(gather, heap);
}


static void *
gather_run(void *data)
{
    bool                 is_over = false;
    struct gather       *gather = data;
    struct gather_heap  *heap;

    while (!is_over) {
        pthread_mutex_lock(&gather->mutex);

        while (!gather->is_stopped
               && gather->filled - gather->emptied == GATHER_HEAPS)
        {
            pthread_cond_wait(&gather->changed, &gather->mutex);
        }

        is_over = gather->is_stopped;
        heap = &gather->heaps[gather->filled % GATHER_HEAPS];
        pthread_mutex_unlock(&gather->mutex);

        if (is_over) {
            break;
        }

        gather_fill(gather, heap);
        is_over = heap->rc != 0;

        pthread_mutex_lock(&gather->mutex);
        gather->filled++;
        pthread_cond_signal(&gather->changed);
        pthread_mutex_unlock(&gather->mutex);
    }

    return NULL;
}


/* Without a thread, who counts does its work.  Signals are not for it, but
   for those that a damaged page raises. */

static void
gather_start(struct gather *gather)
{
    sigset_t  others, before;

    sigfillset(&others);
    sigdelset(&others, SIGSEGV);
    sigdelset(&others, SIGBUS);

    pthread_sigmask(SIG_SETMASK, &others, &before);
    gather->has_thread = pthread_create(&gather->thread, NULL, gather_run,
                                        gather) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}


static struct gather_heap *
gather_heap(struct gather *gather)
{
    struct gather_heap  *heap;

    heap = &gather->heaps[gather->emptied % GATHER_HEAPS];

    if (!gather->has_thread) {
        gather_fill(gather, heap);
        gather->filled++;
        return heap;
    }

    pthread_mutex_lock(&gather->mutex);

    while (gather->filled == gather->emptied) {
        pthread_cond_wait(&gather->changed, &gather->mutex);
    }

    pthread_mutex_unlock(&gather->mutex);

    return heap;
}


static void
gather_emptied(struct gather *gather)
{
    pthread_mutex_lock(&gather->mutex);
    gather->emptied++;
    pthread_cond_signal(&gather->changed);
    pthread_mutex_unlock(&gather->mutex);
}


static int
gather_count_heap(struct report_load *load, const struct gather_heap *heap)
{
    int                         rc;
    size_t                      i;
    struct rta_rollup_count     count;
    const struct gather_count  *from;

    for (i = 0, rc = 0; rc == 0 && i < heap->n; i++) {
        from = &heap->parted[i];

        count.message = from->message;
        count.kind = from->kind;
        count.class = from->class;
        count.n = from->n;

        rc = i % GATHER_LOOK == 0 ? report_step(load, 0) : 0;

        if (rc == 0) {
            rc = rta_response_rollup(load->response, from->customer,
                                     from->has_named_visit, &count, 1);
        }
    }

    for (i = 0; rc == 0 && i < heap->clicks_n; i++) {
        rc = rta_response_rollup_click(load->response,
                                       heap->clicks[i].customer,
                                       heap->clicks[i].first_ms);
    }

    return rc;
}


int
report_gather(struct report_load *load, struct rtn_fold_view *view)
{
    int                  rc;
    struct gather       *gather;
    struct gather_heap  *heap;

    rc = gather_open(view, &gather);

    if (rc != 0) {
        return rc;
    }

    gather_start(gather);

    while (rc == 0) {
        heap = gather_heap(gather);
        rc = gather_count_heap(load, heap);
        rc = rc == 0 ? heap->rc : rc;
        gather_emptied(gather);
    }

    if (gather->has_thread) {
        pthread_mutex_lock(&gather->mutex);
        gather->is_stopped = true;
        pthread_cond_signal(&gather->changed);
        pthread_mutex_unlock(&gather->mutex);

        pthread_join(gather->thread, NULL);
    }

    gather_close(gather);

    return report_end(rc);
}
