/* SPDX-License-Identifier: Apache-2.0
 * Cables between processes: one thread, one poll. */
#include "support/cables.h"

#include "base/heap.h"
#include "os/clock.h"
#include "os/thread.h"
#include "support/expect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CALLS_MAX = 512, /* connections at a time; more are refused */
    CHUNK_BYTES = 16384,
    LANE_BYTES_MAX = 1 << 20, /* that are on their way; then the sender waits */
    CABLES_MAX = CABLES_ENDS_MAX * CABLES_ENDS_MAX,
    BACKLOG = 64,
};

typedef struct chunk {
    struct chunk *next;
    uint64_t due_ns;
    size_t len;
    size_t sent;
    uint8_t bytes[CHUNK_BYTES];
} chunk;

/* One direction of a connection. */
typedef struct lane {
    chunk *first;
    chunk *last;
    size_t held;   /* bytes */
    bool is_ended; /* the sender has said all */
} lane;

/* A connection: fds[0] is who called, fds[1] who is called; lanes[i] leads away from fds[i]. */
typedef struct call {
    uint32_t cable;
    int fds[2];
    lane lanes[2];
} call;

typedef struct cable {
    int fd; /* listens */
    char url[64];
    cable_state state;
} cable;

struct cables {
    uint32_t ends;
    cable all[CABLES_MAX];           /* from * ends + to; none from an end to itself */
    uint16_t ports[CABLES_ENDS_MAX]; /* of who listens; 0: nobody */
    kw_mutex lock;                   /* states, ports, is_over */
    bool is_over;
    int wake[2];
    kw_thread thread;
    call *calls[CALLS_MAX]; /* the thread's own */
    size_t calls_count;
};

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* ---- what is on its way ---- */

static void drop_first(lane *l)
{
    chunk *first = l->first;
    l->first = first->next;
    if (l->first == NULL) {
        l->last = NULL;
    }
    l->held -= first->len;
    kw_heap_free(first);
}

static void take(lane *l, int fd, uint32_t delay_ms)
{
    chunk *taken = kw_heap_new(1, sizeof *taken);
    assert_non_null(taken);
    ssize_t got = read(fd, taken->bytes, sizeof taken->bytes);
    if (got <= 0) {
        kw_heap_free(taken);
        l->is_ended = got == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    taken->len = (size_t)got;
    taken->due_ns = kw_monotonic_ns() + (uint64_t)delay_ms * 1000000;
    if (l->last == NULL) {
        l->first = taken;
    } else {
        l->last->next = taken;
    }
    l->last = taken;
    l->held += taken->len;
}

/* False: nobody takes it any more. */
static bool give(lane *l, int fd)
{
    chunk *first = l->first;
    ssize_t put = send(fd, first->bytes + first->sent, first->len - first->sent, MSG_NOSIGNAL);
    if (put < 0) {
        return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
    }
    first->sent += (size_t)put;
    if (first->sent == first->len) {
        drop_first(l);
    }
    return true;
}

/* ---- connections ---- */

static void end_call(cables *c, size_t at)
{
    call *ended = c->calls[at];
    for (size_t i = 0; i < KW_COUNT(ended->lanes); i++) {
        while (ended->lanes[i].first != NULL) {
            drop_first(&ended->lanes[i]);
        }
        (void)close(ended->fds[i]);
    }
    kw_heap_free(ended);
    c->calls[at] = c->calls[--c->calls_count];
}

static void accept_call(cables *c, uint32_t number)
{
    int fd = accept4(c->all[number].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    uint16_t port = c->ports[number % c->ends];
    if (fd < 0) {
        return;
    }
    if (c->all[number].state.kind == CABLE_CUT || port == 0 || c->calls_count == CALLS_MAX) {
        (void)close(fd);
        return;
    }
    int on = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    assert_true(on >= 0);
    (void)connect(on, (struct sockaddr *)&address, sizeof address);
    call *made = kw_heap_new(1, sizeof *made);
    assert_non_null(made);
    *made = (call){.cable = number, .fds = {fd, on}};
    c->calls[c->calls_count++] = made;
}

/* What a moment lets one end of a connection do. */
static short events_of(const call *on, size_t end, cable_kind kind, uint64_t now_ns)
{
    const lane *out = &on->lanes[end];
    const lane *in = &on->lanes[1 - end];
    bool may_take = !out->is_ended && out->held < LANE_BYTES_MAX;
    bool may_give = kind == CABLE_OPEN && in->first != NULL && in->first->due_ns <= now_ns;
    return (short)((may_take ? POLLIN : 0) | (may_give ? POLLOUT : 0));
}

static bool move_call(call *on, const struct pollfd *polled, const cable_state *state)
{
    bool is_alive = true;
    for (size_t end = 0; end < KW_COUNT(on->fds); end++) {
        short is = polled[end].revents;
        lane *out = &on->lanes[end];
        lane *in = &on->lanes[1 - end];
        if ((is & POLLOUT) != 0 && in->first != NULL) {
            is_alive = give(in, on->fds[end]) && is_alive;
        }
        if ((is & (POLLIN | POLLHUP | POLLERR)) != 0 && !out->is_ended) {
            take(out, on->fds[end], state->delay_ms);
        }
    }
    bool is_done = (on->lanes[0].is_ended && on->lanes[0].first == NULL) ||
                   (on->lanes[1].is_ended && on->lanes[1].first == NULL);
    return is_alive && !is_done;
}

/* ---- the thread ---- */

typedef struct poll_round {
    struct pollfd fds[1 + CABLES_MAX + 2 * CALLS_MAX];
    size_t listeners;
    int timeout_ms;
} poll_round;

static void look_due(poll_round *r, const call *on, cable_kind kind, uint64_t now_ns)
{
    for (size_t i = 0; i < KW_COUNT(on->lanes) && kind == CABLE_OPEN; i++) {
        const chunk *first = on->lanes[i].first;
        if (first != NULL && first->due_ns > now_ns) {
            int wait_ms = (int)((first->due_ns - now_ns) / 1000000) + 1;
            r->timeout_ms = r->timeout_ms < 0 ? wait_ms : KW_MIN(r->timeout_ms, wait_ms);
        }
    }
}

/* Ends what runs over cables that are cut, and says what to wait for. */
static void prepare(cables *c, poll_round *r)
{
    uint64_t now_ns = kw_monotonic_ns();
    r->timeout_ms = -1;
    r->listeners = (size_t)c->ends * c->ends;
    r->fds[0] = (struct pollfd){.fd = c->wake[0], .events = POLLIN};
    for (size_t i = 0; i < r->listeners; i++) {
        r->fds[1 + i] = (struct pollfd){.fd = c->all[i].fd, .events = POLLIN};
    }
    for (size_t i = c->calls_count; i-- > 0;) {
        if (c->all[c->calls[i]->cable].state.kind == CABLE_CUT) {
            end_call(c, i);
        }
    }
    struct pollfd *at = r->fds + 1 + r->listeners;
    for (size_t i = 0; i < c->calls_count; i++) {
        const call *on = c->calls[i];
        cable_kind kind = c->all[on->cable].state.kind;
        for (size_t end = 0; end < KW_COUNT(on->fds); end++, at++) {
            short events = events_of(on, end, kind, now_ns);
            *at = (struct pollfd){.fd = events != 0 ? on->fds[end] : -1, .events = events};
        }
        look_due(r, on, kind, now_ns);
    }
}

static void move_all(cables *c, const poll_round *r)
{
    for (size_t i = c->calls_count; i-- > 0;) {
        const struct pollfd *polled = r->fds + 1 + r->listeners + 2 * i;
        if (!move_call(c->calls[i], polled, &c->all[c->calls[i]->cable].state)) {
            end_call(c, i);
        }
    }
    for (size_t i = 0; i < r->listeners; i++) {
        if ((r->fds[1 + i].revents & POLLIN) != 0) {
            accept_call(c, (uint32_t)i);
        }
    }
}

static void run(void *ctx)
{
    cables *c = ctx;
    poll_round *r = kw_heap_new(1, sizeof *r);
    assert_non_null(r);
    for (bool is_over = false; !is_over;) {
        uint8_t woken[64];
        kw_mutex_lock(&c->lock);
        prepare(c, r);
        kw_mutex_unlock(&c->lock);
        (void)poll(r->fds, 1 + r->listeners + 2 * c->calls_count, r->timeout_ms);
        if ((r->fds[0].revents & POLLIN) != 0) {
            assert_true(read(c->wake[0], woken, sizeof woken) > 0);
        }
        kw_mutex_lock(&c->lock);
        move_all(c, r);
        is_over = c->is_over;
        kw_mutex_unlock(&c->lock);
    }
    while (c->calls_count > 0) {
        end_call(c, 0);
    }
    kw_heap_free(r);
}

/* ---- making and changing ---- */

static void listen_at(cable *made)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    made->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(made->fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(made->fd, BACKLOG), 0);
    assert_int_equal(getsockname(made->fd, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(made->url, sizeof made->url, "https://127.0.0.1:%u", ntohs(address.sin_port));
}

cables *cables_make(uint32_t ends)
{
    cables *c = kw_heap_new(1, sizeof *c);
    assert_non_null(c);
    assert_true(ends <= CABLES_ENDS_MAX);
    c->ends = ends;
    assert_int_equal(pipe2(c->wake, O_CLOEXEC), 0);
    for (uint32_t i = 0; i < ends * ends; i++) {
        c->all[i].fd = -1;
        if (i / ends != i % ends) {
            listen_at(&c->all[i]);
        }
    }
    EXPECT_OK(kw_thread_start(&c->thread, "cables", run, c, NULL));
    return c;
}

static void wake(cables *c)
{
    assert_int_equal(write(c->wake[1], "", 1), 1);
}

void cables_free(cables *c)
{
    kw_mutex_lock(&c->lock);
    c->is_over = true;
    kw_mutex_unlock(&c->lock);
    wake(c);
    kw_thread_join(&c->thread);
    for (uint32_t i = 0; i < c->ends * c->ends; i++) {
        if (c->all[i].fd >= 0) {
            (void)close(c->all[i].fd);
        }
    }
    (void)close(c->wake[0]);
    (void)close(c->wake[1]);
    kw_heap_free(c);
}

const char *cables_url(const cables *c, uint32_t from, uint32_t to)
{
    return c->all[from * c->ends + to].url;
}

void cables_plug(cables *c, uint32_t to, const char *url)
{
    const char *port = strrchr(url, ':');
    assert_non_null(port);
    kw_mutex_lock(&c->lock);
    c->ports[to] = (uint16_t)strtoul(port + 1, NULL, 10);
    kw_mutex_unlock(&c->lock);
}

void cables_set(cables *c, uint32_t from, uint32_t to, cable_state state)
{
    kw_mutex_lock(&c->lock);
    c->all[from * c->ends + to].state = state;
    kw_mutex_unlock(&c->lock);
    wake(c);
}
