/* Signals: those that ask long work to stop, and those of a damaged store. */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

static volatile sig_atomic_t  signals_got;


static void
signals_on_stop(int number)
{
    signals_got = number;
}


bool
cmd_interrupted(void)
{
    return signals_got != 0;
}


/*
 * The first signal asks; the second kills, because SA_RESETHAND brought back
 * its default.  The store is safe either way, so SIGPIPE stays as it is too:
 * who closes the pipe wants no more lines and no word about it.
 */

void
cmd_signals_init(void)
{
    struct sigaction  action;

    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = signals_on_stop;
    action.sa_flags = SA_RESTART | (int) SA_RESETHAND;

    (void) sigaction(SIGINT, &action, NULL);
    (void) sigaction(SIGTERM, &action, NULL);
}


static void
signals_on_fault(int number)
{
    static const char  sentence[] = "retentionctl: cannot read the store: its "
        "pages are damaged, or its files were cut; restore it from a backup\n";

    (void) number;
    (void) !write(STDERR_FILENO, sentence, sizeof(sentence) - 1);
    _exit(CMD_STORE);
}


/*
 * LMDB trusts its pages.  Where they are damaged, or a file was cut, reading
 * may end in a fault of memory, which no checksum of a row can prevent.
 */

void
cmd_signals_store(void)
{
    struct sigaction  action;

    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = signals_on_fault;

    (void) sigaction(SIGSEGV, &action, NULL);
    (void) sigaction(SIGBUS, &action, NULL);
}
