/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of a courier fails once, those of its thread too: callers hear of it, and what
 * was taken is sent all the same. */
#include "base/heap.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/net_certs.h"
#include "support/silent_port.h"
#include "support/tls_peer.h"
#include "threshold/courier.h"

#include <signal.h>

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

enum {
    TRIES_MAX = 200,
    START_MS = 1000000,
};

/* Zeros: nothing waits between tries. */
static kw_status fill_zeros(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0, out.len);
    return KW_OK;
}

static const kw_rng zeros = {.fill = fill_zeros};
static const kw_address self[] = {{{1}}};

/* What the courier said of the parcel under test, a SEND. */
typedef struct ear {
    kw_mutex mutex;
    kw_cond changed;
    uint64_t fail_at; /* once an ASK is over, on the courier's thread */
    bool is_armed;
    bool is_over;
    unsigned failures;
    kw_status st;
} ear;

static void on_answer(void *ctx, const kw_courier_answer *answer)
{
    ear *e = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&e->mutex);
    if (answer->kind == KW_CARGO_ASK) {
        kw_heap_fail_at(e->fail_at);
        e->is_armed = true;
    } else {
        e->st = answer->st;
        e->is_over = answer->is_over;
        e->failures += answer->is_over ? 0 : 1;
        if (answer->is_over) {
            kw_heap_fail_at(0);
        }
    }
    kw_cond_broadcast(&e->changed);
}

static kw_courier_options options_of(ear *e, kw_clock_manual *manual, const char *ca_file)
{
    return (kw_courier_options){.ca_file = ca_file,
                                .clock = kw_clock_of_manual(manual),
                                .pace = kw_clock_of_manual(manual),
                                .rng = &zeros,
                                .ctx = e,
                                .on_answer = on_answer};
}

static kw_status send_one(kw_courier *courier)
{
    kw_buf body = kw_buf_init(16);
    kw_courier_trip trip = {.to = self, .to_count = 1, .until_ms = START_MS + 1000000};
    EXPECT_OK(kw_buf_append_byte(&body, '1'));
    return kw_courier_send(courier, &body, "/dkg/hello", &trip);
}

/* ---- callers ---- */

static kw_status use(const char *url, kw_metrics *metrics, uint64_t fail_at)
{
    static ear deaf;
    kw_clock_manual manual = {.at = START_MS};
    kw_courier_options options = options_of(&deaf, &manual, "no.pem");
    kw_courier_member member = {.address = self[0], .peer_url = kw_str_of(url)};
    kw_courier_trip trip = {.to = self, .to_count = 1, .until_ms = START_MS + 1000000};
    kw_hash32 hash = {{0}};
    kw_error err = {0};
    KW_AUTO_PTR(kw_courier) courier = NULL;
    KW_AUTO(kw_buf) body = kw_buf_init(16);
    options.metrics = metrics;
    EXPECT_OK(kw_buf_append_byte(&body, '1'));
    kw_heap_fail_at(fail_at);
    KW_TRY(kw_courier_open(&courier, &options, &err));
    KW_TRY(kw_courier_members(courier, &member, 1, &err));
    KW_TRY(kw_courier_send(courier, &body, "/dkg/hello", &trip));
    KW_TRY(kw_courier_pull(courier, &hash, &trip));
    return kw_courier_ask(courier, 0, &trip);
}

static void callers__hear_of_it(void **state)
{
    (void)state;
    silent_port silent = silent_port_open();
    kw_status st = KW_NO_MEMORY;
    uint64_t nth = 0;
    while (st != KW_OK) {
        KW_AUTO_PTR(kw_metrics) metrics = NULL;
        EXPECT_OK(kw_metrics_new(&metrics));
        assert_in_range(++nth, 1, TRIES_MAX);
        st = use(silent.url, metrics, nth);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
        }
    }
    assert_in_range(nth, 10, TRIES_MAX); /* something was allocated */
    silent_port_close(&silent);
}

/* ---- the thread ---- */

typedef struct desk {
    tempdir dir;
    tls_peer *peer;
    kw_clock_manual manual;
    ear ear;
    kw_courier *courier;
} desk;

static void open_desk(desk *d)
{
    d->dir = tempdir_make();
    d->peer = tls_peer_start(&d->dir, &(tls_peer_script){{OK_EMPTY}, 1});
    d->manual.at = START_MS;
    tempdir_path ca = tempdir_join(&d->dir, "ca.pem");
    tempdir_path certificate = tempdir_join(&d->dir, "peer.pem");
    kw_courier_options options = options_of(&d->ear, &d->manual, ca.text);
    kw_courier_member member = {.address = self[0],
                                .peer_url = kw_str_of(tls_peer_url(d->peer)),
                                .tls_spki = net_certs_spki(certificate.text)};
    EXPECT_OK(kw_courier_open(&d->courier, &options, NULL));
    EXPECT_OK(kw_courier_members(d->courier, &member, 1, NULL));
}

static void close_desk(desk *d)
{
    kw_courier_free(d->courier);
    tls_peer_stop(d->peer);
    tempdir_remove(&d->dir);
}

/* Makes the n-th allocation of the courier's thread from now on fail: a question whose time is over
 * gets us there. */
static void arm(desk *d, uint64_t nth)
{
    kw_courier_trip past = {.to = self, .to_count = 1, .until_ms = START_MS};
    kw_mutex_lock(&d->ear.mutex);
    d->ear.fail_at = nth;
    d->ear.is_armed = false;
    d->ear.is_over = false;
    d->ear.failures = 0;
    kw_mutex_unlock(&d->ear.mutex);
    EXPECT_OK(kw_courier_ask(d->courier, 0, &past));
    KW_AUTO(kw_locked) hold = kw_lock(&d->ear.mutex);
    while (!d->ear.is_armed) {
        kw_cond_wait(&d->ear.changed, &d->ear.mutex);
    }
}

static void thread__sends_it_all_the_same(void **state)
{
    (void)state;
    static desk d;
    open_desk(&d);
    uint64_t nth = 0;
    do {
        assert_in_range(++nth, 1, TRIES_MAX);
        arm(&d, nth);
        EXPECT_OK(send_one(d.courier));
        KW_AUTO(kw_locked) hold = kw_lock(&d.ear.mutex);
        while (!d.ear.is_over) {
            kw_cond_wait(&d.ear.changed, &d.ear.mutex);
        }
        EXPECT_OK(d.ear.st);
        assert_in_range(d.ear.failures, 0, 1);
    } while (d.ear.failures > 0);
    assert_in_range(nth, 5, TRIES_MAX);
    close_desk(&d);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers__hear_of_it),
        cmocka_unit_test(thread__sends_it_all_the_same),
    };
    return cmocka_run_group_tests_name("fault/threshold/courier", tests, NULL, NULL);
}
