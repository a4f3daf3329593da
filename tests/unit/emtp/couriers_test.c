/* SPDX-License-Identifier: Apache-2.0
 * Notices over TLS to scripted receivers. That a daemon sends them is shown by
 * tests/e2e/notices_test.c. */
#include "emtp/couriers.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/silent_port.h"
#include "support/tls_peer.h"

#include <signal.h>
#include <stdio.h>

#define NO_CONTENT "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
#define BUSY       "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

/* What was said to be over. */
typedef struct log {
    kw_mutex mutex;
    kw_cond changed;
    unsigned ends;
    kw_status last;
    char key[32]; /* of the last */
} log;

static void ended(void *ctx, const kw_errand *errand, kw_status st)
{
    log *l = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    l->ends++;
    l->last = st;
    (void)snprintf(l->key, sizeof l->key, "%s", errand->key);
    kw_cond_broadcast(&l->changed);
}

static void wait_for_ends(log *l, unsigned wanted)
{
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    while (l->ends < wanted) {
        kw_cond_wait(&l->changed, &l->mutex);
    }
}

typedef struct fixture {
    tempdir dir;
    tls_peer *peer;
    log log;
    kw_couriers *couriers;
} fixture;

/* Must not move afterwards. */
static void start(fixture *f, const tls_peer_script *script, size_t threads, bool only_global)
{
    *f = (fixture){.dir = tempdir_make()};
    f->peer = tls_peer_start(&f->dir, script);
    tempdir_path ca = tempdir_join(&f->dir, "ca.pem");
    kw_http_client_options http = {.ca_file = ca.text, .only_global = only_global};
    kw_couriers_options options = {
        .http = &http, .threads = threads, .calls_max = 100, .ctx = &f->log, .ended = ended};
    EXPECT_OK(kw_couriers_new(&f->couriers, &options, NULL));
}

static void stop(fixture *f)
{
    kw_couriers_free(f->couriers);
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

static void tell(fixture *f, const char *key, const char *url)
{
    EXPECT_OK(kw_couriers_ask(f->couriers, kw_str_of(key), kw_str_of(url),
                              KW_STR("https://keys.example/stp?a=1")));
    kw_couriers_go(f->couriers);
}

static void couriers__end_with_the_answer(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{NO_CONTENT}, 1}, 2, false);
    char url[128];
    (void)snprintf(url, sizeof url, "%s/n", tls_peer_url(f.peer));
    tell(&f, "k", url);
    wait_for_ends(&f.log, 1);
    EXPECT_STATUS(f.log.last, KW_OK);
    assert_int_equal(kw_couriers_count(f.couriers), 0);
    stop(&f);
}

static void couriers__try_again_after_a_failure(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{BUSY, NO_CONTENT}, 2}, 2, false);
    tell(&f, "k", tls_peer_url(f.peer));
    wait_for_ends(&f.log, 1); /* after the first wait, one second */
    EXPECT_STATUS(f.log.last, KW_OK);
    assert_int_equal(tls_peer_requests_count(f.peer), 2);
    const char *text = tls_peer_requests(f.peer).ptr;
    assert_non_null(strstr(text, "\r\n\r\nsurl=https%3A%2F%2Fkeys.example%2Fstp%3Fa%3D1POST /"));
    assert_non_null(strstr(text, "Content-Type: application/x-www-form-urlencoded\r\n"));
    stop(&f);
}

static void couriers__deliver_beside_receivers_that_hang(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{NO_CONTENT}, 1}, 2, false);
    silent_port silent = silent_port_open();
    char url[80];
    char key[32];
    for (int i = 0; i < 50; i++) {
        (void)snprintf(key, sizeof key, "silent %d", i);
        (void)snprintf(url, sizeof url, "%s/%d", silent.url, i);
        tell(&f, key, url);
    }
    tell(&f, "good", tls_peer_url(f.peer));
    wait_for_ends(&f.log, 1);
    assert_string_equal(f.log.key, "good");
    assert_int_equal(kw_couriers_count(f.couriers), 50);
    stop(&f); /* does not wait for them */
    silent_port_close(&silent);
}

static void couriers__do_not_repeat_a_forbidden_address(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{NO_CONTENT}, 1}, 2, true);
    tell(&f, "inside", tls_peer_url(f.peer));
    wait_for_ends(&f.log, 1);
    EXPECT_STATUS(f.log.last, KW_FORBIDDEN);
    assert_int_equal(kw_couriers_count(f.couriers), 0);
    assert_int_equal(tls_peer_requests_count(f.peer), 0);
    stop(&f);
}

static void couriers_drop_key__ends_what_waits_for_its_retry(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{NO_CONTENT}, 1}, 1, false);
    tell(&f, "bad", "http://no.https/"); /* fails at once; the one thread has it first */
    tell(&f, "good", tls_peer_url(f.peer));
    wait_for_ends(&f.log, 1);
    assert_string_equal(f.log.key, "good");
    assert_int_equal(kw_couriers_count(f.couriers), 1);
    kw_couriers_drop_key(f.couriers, KW_STR("bad"));
    assert_int_equal(kw_couriers_count(f.couriers), 0);
    assert_int_equal(f.log.ends, 1);
    stop(&f);
}

static void couriers_new__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    kw_http_client_options http = {.certificate_file = "a.pem"};
    kw_couriers_options options = {.http = &http, .threads = 1, .calls_max = 1};
    kw_couriers *couriers = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_couriers_new(&couriers, &options, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_null(couriers);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(couriers__end_with_the_answer),
        cmocka_unit_test(couriers__try_again_after_a_failure),
        cmocka_unit_test(couriers__deliver_beside_receivers_that_hang),
        cmocka_unit_test(couriers__do_not_repeat_a_forbidden_address),
        cmocka_unit_test(couriers_drop_key__ends_what_waits_for_its_retry),
        cmocka_unit_test(couriers_new__refuses_a_certificate_without_key),
    };
    return cmocka_run_group_tests_name("emtp/couriers", tests, NULL, NULL);
}
