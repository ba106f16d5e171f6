/* A bar for a person who waits; a pipe gets nothing. */

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

#define PROGRESS_WIDTH       40     /* columns of the bar */
#define PROGRESS_EVERY_MS   200     /* between two drawings */


static int64_t
progress_now_ms(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}


void
cmd_progress_begin(struct cmd_progress *progress, struct cmd_context *ctx,
    const char *what, uint64_t total)
{
    progress->err = isatty(fileno(ctx->err)) ? ctx->err : NULL;
    progress->what = what;
    progress->total = total;
    progress->drawn_ms = 0;
}


static void
progress_draw(struct cmd_progress *progress, uint64_t done)
{
    int     filled, i;
    double  share = (double) done / (double) progress->total;

    share = share > 1 ? 1 : share;
    filled = (int) (share * PROGRESS_WIDTH);

    fprintf(progress->err, "\r%s [", progress->what);

    for (i = 0; i < PROGRESS_WIDTH; i++) {
        fputc(i < filled ? '#' : '.', progress->err);
    }

    fprintf(progress->err, "] %3d%%", (int) (share * 100));
}


void
cmd_progress_at(struct cmd_progress *progress, uint64_t done)
{
    int64_t  now_ms;

    if (progress->err == NULL) {
        return;
    }

    now_ms = progress_now_ms();

    if (now_ms - progress->drawn_ms < PROGRESS_EVERY_MS) {
        return;
    }

    progress->drawn_ms = now_ms;

    if (progress->total == 0) {
        fprintf(progress->err, "\r%s %" PRIu64, progress->what, done);

    } else {
        progress_draw(progress, done);
    }

    fflush(progress->err);
}


void
cmd_progress_end(struct cmd_progress *progress)
{
    /* "\033[K" clears to the end of the line. */

    if (progress->err != NULL && progress->drawn_ms != 0) {
        fputs("\r\033[K", progress->err);
        fflush(progress->err);
    }
}
