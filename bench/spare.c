/*
 * What a command takes from the processors, also where no clock counts it: in
 * interrupts, and in a host that works for its virtual machine.
 *
 *     spare SECONDS COMMAND [ARGUMENT]...
 *
 * A thread on each processor counts, as nicely as can be: for SECONDS, until
 * COMMAND ends, and for SECONDS again.  The line "own_s NUMBER taken_s
 * NUMBER" follows the command's output: the processor time that the kernel
 * counts for it, and how much of one processor's time the counting lost.
 */

#define _GNU_SOURCE

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct counter {
    _Alignas(64) atomic_ullong  n;      /* on a line of the cache alone */
    size_t                      cpu;
};

static struct counter  counters[CPU_SETSIZE];
static size_t          counters_n;


static void *
spare_count(void *data)
{
    struct counter      *counter = data;
    cpu_set_t            cpu;
    unsigned long long   n;

    CPU_ZERO(&cpu);
    CPU_SET(counter->cpu, &cpu);

    /* with SCHED_IDLE instead, commits of 256 rows waited some 4 ms each */

    if (sched_setaffinity(0, sizeof(cpu), &cpu) < 0
        || setpriority(PRIO_PROCESS, 0, 19) < 0)
    {
        err(2, "cannot take the idle time of processor %zu", counter->cpu);
    }

    for (n = 1; /* until the program ends */ ; n++) {
        atomic_store_explicit(&counter->n, n, memory_order_relaxed);
    }
}


static void
spare_count_on_each(void)
{
    size_t     i;
    cpu_set_t  cpus;
    pthread_t  thread;

    if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0) {
        err(2, "cannot tell the processors");
    }

    for (i = 0; i < CPU_SETSIZE; i++) {
        if (!CPU_ISSET(i, &cpus)) {
            continue;
        }

        counters[counters_n].cpu = i;

        if (pthread_create(&thread, NULL, spare_count,
                           &counters[counters_n++])
            != 0)
        {
            errx(2, "cannot make a thread");
        }
    }
}


static unsigned long long
spare_counted(void)
{
    size_t              i;
    unsigned long long  sum;

    for (i = 0, sum = 0; i < counters_n; i++) {
        sum += atomic_load_explicit(&counters[i].n, memory_order_relaxed);
    }

    return sum;
}


static double
spare_now_s(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}


/* How far it counts in a second, alone. */
static double
spare_rate_alone(double seconds)
{
    double              begun_s;
    unsigned long long  before;

    before = spare_counted();
    begun_s = spare_now_s();

    usleep((useconds_t) (seconds * 1e6));

    return (double) (spare_counted() - before) / (spare_now_s() - begun_s);
}


static double
spare_own_s(const struct rusage *usage)
{
    return (double) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec)
           + (double) (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}


static void
spare_run(char **command, struct rusage *usage)
{
    int    status;
    pid_t  pid;

    pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(command[0], command);
        err(2, "cannot run '%s'", command[0]);
    }

    if (pid < 0 || wait4(pid, &status, 0, usage) != pid) {
        err(2, "cannot run '%s'", command[0]);
    }

    if (status != 0) {
        errx(2, "'%s' failed", command[0]);
    }
}


int
main(int argc, char **argv)
{
    double              seconds, begun_s, took_s, rate, taken_s;
    struct rusage       usage;
    unsigned long long  before, during;

    seconds = argc > 2 ? strtod(argv[1], NULL) : 0;

    if (!(seconds > 0 && seconds < 3600)) {
        errx(2, "usage: spare SECONDS COMMAND [ARGUMENT]...");
    }

    spare_count_on_each();

    rate = spare_rate_alone(seconds);

    before = spare_counted();
    begun_s = spare_now_s();

    spare_run(argv + 2, &usage);

    during = spare_counted() - before;
    took_s = spare_now_s() - begun_s;

    rate = (rate + spare_rate_alone(seconds)) / 2;
    taken_s = (double) counters_n * (took_s - (double) during / rate);

    printf("own_s %.6f taken_s %.6f\n", spare_own_s(&usage), taken_s);

    return 0;
}
