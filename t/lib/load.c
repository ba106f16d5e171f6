/*
 * A fixed number of requests over keep-alive connections.
 *
 *     load [-c CONNECTIONS] [-n COUNT] [-t SECONDS] [-H HEADER]... \
 *         PORT REQUESTS RESULTS
 *
 * A line of REQUESTS is "METHOD PATH", or "METHOD PATH<tab>BODY".  Request i
 * is line i modulo the number of lines; ten '#' in it become i, with zeros
 * before it.  RESULTS gets "INDEX STATUS MICROSECONDS" for each, in the order
 * of the answers; STATUS is 0 where none came.  With "-" for RESULTS none is
 * written, which costs less.  A request is sent once: when a connection
 * breaks, what was on its way may have been recorded or not.  After SIGTERM
 * none is begun.
 *
 * The last line of the output has numbers for the benchmarks; "statuses" is
 * followed by "STATUS:COUNT" for each that came.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http_head.h"
#include "load_requests.h"

#define CONNECTIONS_MAX  4096
#define HEADERS_MAX      4096   /* bytes of all -H together */
#define ANSWER_MAX       16384  /* bytes of an answer's head */
#define REFUSED_PAUSE_MS 5      /* between tries to connect */
#define STATUSES_MAX     1000   /* a status has three digits */

struct connection {
    int               fd;       /* -1: not connected */
    bool              is_busy;  /* a request is on its way */
    size_t            index;    /* of that request */
    struct request   *request;
    size_t            sent;
    size_t            received; /* bytes in answer */
    size_t            left;     /* bytes of the body to come */
    bool              has_head;
    struct http_head  head;
    int64_t           start_ns;
    char              answer[ANSWER_MAX + 1];
};

struct load {
    uint16_t            port;
    size_t              connections_n;
    size_t              count;
    int64_t             limit_ns;
    char                headers[HEADERS_MAX];
    struct request     *requests;
    size_t              requests_n;
    struct connection  *connections;
    int                 epoll;
    size_t              next;           /* the request to send next */
    size_t              busy;           /* connections */
    size_t              done;
    size_t              answered;
    uint32_t           *latencies_us;   /* of those answered */
    size_t              statuses[STATUSES_MAX];
    FILE               *results;        /* NULL: not asked for */
};

static void load_next(struct load *load, struct connection *c);

static volatile sig_atomic_t  load_is_stopped;


static void
load_stop(int signal)
{
    load_is_stopped = signal;
}


static void
load_fail(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    verrx(2, format, args);
}


static int64_t
load_now_ns(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}


static void
load_finish(struct load *load, struct connection *c, int status)
{
    uint32_t  us;

    us = (uint32_t) ((load_now_ns() - c->start_ns) / 1000);

    if (load->results != NULL) {
        fprintf(load->results, "%zu %d %u\n", c->index, status, us);
    }

    load->statuses[status]++;

    if (status != 0) {
        load->latencies_us[load->answered++] = us;
    }

    c->is_busy = false;
    load->busy--;
    load->done++;
}


static void
load_close(struct load *load, struct connection *c)
{
    close(c->fd);
    c->fd = -1;

    if (c->is_busy) {
        load_finish(load, c, 0);
    }
}


/* Connects in blocking mode: on loopback that is answered at once. */

static bool
load_connect(struct load *load, struct connection *c)
{
    int                 one;
    struct epoll_event  event;
    struct sockaddr_in  address;

    one = 1;
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(load->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (c->fd < 0) {
        load_fail("cannot make a socket");
    }

    if (connect(c->fd, (struct sockaddr *) &address, sizeof(address)) < 0) {
        close(c->fd);
        c->fd = -1;
        return false;
    }

    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));

    event.events = EPOLLIN;
    event.data.ptr = c;

    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) {
        load_fail("cannot watch a socket");
    }

    return true;
}


/*
 * Requests are far smaller than a socket's buffer, so that the blocking write
 * never waits for a server that reads.
 */

static void
load_send(struct load *load, struct connection *c)
{
    ssize_t  n;

    while (c->sent < c->request->len) {
        n = send(c->fd, c->request->data + c->sent,
                 c->request->len - c->sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            load_close(load, c);
            return;
        }

        c->sent += (size_t) n;
    }
}


static void
load_next(struct load *load, struct connection *c)
{
    char  digits[32];

    if (load->next == load->count) {
        return;
    }

    if (c->fd < 0 && !load_connect(load, c)) {
        return;
    }

    c->is_busy = true;
    load->busy++;
    c->index = load->next++;
    c->request = &load->requests[c->index % load->requests_n];

    if (c->request->mark != NULL) {
        snprintf(digits, sizeof(digits), "%010zu", c->index);
        memcpy(c->request->mark, digits, strlen(INDEX_MARK));
    }

    c->sent = 0;
    c->received = 0;
    c->left = 0;
    c->has_head = false;
    c->start_ns = load_now_ns();

    load_send(load, c);
}


/* Takes the head off what was received; false: there is no whole one yet, or
   none will come. */

static bool
load_take_head(struct load *load, struct connection *c, size_t *body)
{
    ssize_t  len;

    c->answer[c->received] = '\0';
    len = http_head_read(c->answer, &c->head);

    if (len < 0 || (len == 0 && c->received == ANSWER_MAX)) {
        load_close(load, c);
    }

    if (len <= 0) {
        return false;
    }

    if (c->head.is_chunked) {
        load_fail("chunked answers are not understood");
    }

    if (!c->request->is_head && c->head.status != 204
        && c->head.status != 304)
    {
        c->left = c->head.body;
    }

    *body = c->received - (size_t) len;
    c->received = 0;
    c->has_head = true;

    return true;
}


static void
load_receive(struct load *load, struct connection *c)
{
    ssize_t  n;
    size_t   body;

    n = recv(c->fd, c->answer + c->received, ANSWER_MAX - c->received,
             MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }

    if (n <= 0 || !c->is_busy) {
        load_close(load, c);
        return;
    }

    body = (size_t) n;

    if (!c->has_head) {
        c->received += (size_t) n;

        if (!load_take_head(load, c, &body)) {
            return;
        }
    }

    c->left -= body < c->left ? body : c->left;

    if (c->left > 0) {
        return;
    }

    load_finish(load, c, c->head.status);

    if (c->head.is_last) {
        load_close(load, c);
    }
}


/* Those that answered have sent their next one, so mostly none is left. */

static void
load_next_all(struct load *load)
{
    size_t  i;

    for (i = 0; i < load->connections_n; i++) {
        if (load->busy == load->connections_n || load->next == load->count) {
            return;
        }

        if (!load->connections[i].is_busy) {
            load_next(load, &load->connections[i]);
        }
    }
}


static void
load_run(struct load *load)
{
    int                  i, n;
    size_t               k;
    int64_t              end_ns;
    struct epoll_event   events[256];
    struct connection   *c;

    end_ns = load_now_ns() + load->limit_ns;

    while (load->done < load->count && load_now_ns() < end_ns) {
        load->count = load_is_stopped ? load->next : load->count;

        load_next_all(load);

        n = epoll_wait(load->epoll, events, 256, REFUSED_PAUSE_MS);

        for (i = 0; i < n; i++) {
            c = events[i].data.ptr;

            load_receive(load, c);

            if (!c->is_busy) {
                load_next(load, c);
            }
        }
    }

    /* What is still on its way at the end of the time has no answer. */

    for (k = 0; k < load->connections_n; k++) {
        if (load->connections[k].fd >= 0) {
            load_close(load, &load->connections[k]);
        }
    }
}


static int
load_compare(const void *one, const void *two)
{
    uint32_t  a = *(const uint32_t *) one;
    uint32_t  b = *(const uint32_t *) two;

    return (a > b) - (a < b);
}


static void
load_report(struct load *load, double seconds)
{
    size_t     i;
    uint32_t  *us = load->latencies_us;
    size_t     n = load->answered;

    qsort(us, n, sizeof(*us), load_compare);

    printf("requests %zu answered %zu seconds %.3f per_second %.0f "
           "p50_us %u p99_us %u max_us %u statuses",
           load->done, n, seconds, seconds > 0 ? (double) n / seconds : 0,
           n ? us[n / 2] : 0, n ? us[n * 99 / 100] : 0, n ? us[n - 1] : 0);

    for (i = 0; i < STATUSES_MAX; i++) {
        if (load->statuses[i] > 0) {
            printf(" %zu:%zu", i, load->statuses[i]);
        }
    }

    printf("\n");
}


static size_t
load_number(const char *text, size_t max)
{
    char           *end;
    unsigned long   n;

    n = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || n == 0 || n > max) {
        load_fail("'%s' is not a number from 1 to %zu", text, max);
    }

    return n;
}


static void
load_options(struct load *load, int argc, char **argv)
{
    int     option;
    size_t  used;

    load->connections_n = 16;
    load->count = 1000;
    load->limit_ns = 120 * (int64_t) 1000000000;

    while ((option = getopt(argc, argv, "c:n:t:H:")) != -1) {
        switch (option) {

        case 'c':
            load->connections_n = load_number(optarg, CONNECTIONS_MAX);
            break;

        case 'n':
            load->count = load_number(optarg, 100000000);
            break;

        case 't':
            load->limit_ns = (int64_t) load_number(optarg, 86400) * 1000000000;
            break;

        case 'H':
            used = strlen(load->headers);

            if (used + strlen(optarg) + 3 > HEADERS_MAX) {
                load_fail("too many headers");
            }

            strcat(strcat(load->headers, optarg), "\r\n");
            break;

        default:
            exit(2);
        }
    }

    if (argc - optind != 3) {
        load_fail("PORT, REQUESTS and RESULTS are needed");
    }

    load->port = (uint16_t) load_number(argv[optind], 65535);
}


int
main(int argc, char **argv)
{
    size_t              i;
    int64_t             start_ns;
    static struct load  load;

    load_options(&load, argc, argv);
    load.requests = load_requests_read(argv[optind + 1], load.port,
                                       load.headers, &load.requests_n);

    if (strcmp(argv[optind + 2], "-") != 0) {
        load.results = fopen(argv[optind + 2], "w");

        if (load.results == NULL) {
            load_fail("cannot write '%s'", argv[optind + 2]);
        }
    }

    load.connections = calloc(load.connections_n, sizeof(struct connection));
    load.latencies_us = calloc(load.count, sizeof(uint32_t));

    if (load.connections == NULL || load.latencies_us == NULL) {
        load_fail("out of memory");
    }

    load.epoll = epoll_create1(EPOLL_CLOEXEC);

    for (i = 0; i < load.connections_n; i++) {
        load.connections[i].fd = -1;
    }

    signal(SIGTERM, load_stop);

    start_ns = load_now_ns();
    load_run(&load);
    load_report(&load, (double) (load_now_ns() - start_ns) / 1e9);

    if (load.results != NULL && fclose(load.results) != 0) {
        load_fail("cannot write '%s'", argv[optind + 2]);
    }

    return load.done == load.count ? 0 : 1;
}
