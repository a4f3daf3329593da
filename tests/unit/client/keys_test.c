/* SPDX-License-Identifier: Apache-2.0 */
#include "client/keys.h"

#include "client/schedule.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tls_peer.h"

#include <signal.h>

#define KEY_A "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B "AgECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define MANIFEST(kid, key, from, to)                                          \
    "{\"kid\":\"" kid "\",\"key\":\"" key "\",\"algorithm\":\"hmac-sha256\"," \
    "\"not_before\":\"" from "T00:00:00Z\",\"not_after\":\"" to "T00:00:00Z\"}"
#define JANUARY      MANIFEST("2026-01", KEY_A, "2026-01-01", "2026-02-01")
#define DECEMBER     MANIFEST("2025-12", KEY_B, "2025-12-01", "2026-01-01")
#define ANSWER(body) "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" body
#define TWO_KEYS     ANSWER("{\"keys\":[" JANUARY "," DECEMBER "]}")
#define ONE_KEY      ANSWER("{\"keys\":[" JANUARY "]}")
#define FORBIDDEN    "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

#define PUT_OFF \
    "HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

typedef struct fixture {
    tempdir dir;
    tempdir_path ca;
    tempdir_path api_key;
    tempdir_path cache;
    tls_peer *peer;
    kw_clock_manual time;
    kw_client_keys_options options;
} fixture;

static void start(fixture *f, const tls_peer_script *script)
{
    *f = (fixture){.dir = tempdir_make()};
    f->ca = tempdir_join(&f->dir, "ca.pem");
    f->api_key = tempdir_join(&f->dir, "api.key");
    f->cache = tempdir_join(&f->dir, "cache");
    EXPECT_OK(
        kw_file_write_atomic(f->api_key.text, kw_span_of_str(KW_STR("kwk1_x\n")), 0600, NULL));
    f->peer = tls_peer_start(&f->dir, script);
    kw_unix_s now = 0;
    assert_true(kw_utc_parse(&now, KW_STR("2026-01-10T08:00:00Z")));
    atomic_store(&f->time.at, now * 1000);
    f->options = (kw_client_keys_options){.server_url = tls_peer_url(f->peer),
                                          .ca_file = f->ca.text,
                                          .api_key_file = f->api_key.text,
                                          .cache_file = f->cache.text,
                                          .rule = {.overlap = 1},
                                          .clock = kw_clock_of_manual(&f->time)};
}

static void stop(fixture *f)
{
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

/* Number of usable keys, or fails with another status than the wanted one. */
static size_t count_usable(kw_client_keys *keys, kw_status wanted)
{
    const kw_client_keyset *set = NULL;
    kw_unix_s now = 0;
    kw_error err = {0};
    EXPECT_STATUS(kw_client_keys_use(keys, &set, &now, &err), wanted);
    size_t count = 0;
    for (size_t i = 0; wanted == KW_OK && i < set->count; i++) {
        count += kw_client_key_is_usable(&set->keys[i], now) ? 1 : 0;
    }
    return count;
}

static void use__asks_once_and_again_when_it_is_due(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS}, 1});
    KW_AUTO_PTR(kw_client_keys) keys = NULL;
    EXPECT_OK(kw_client_keys_open(&keys, &f.options, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 2);
    assert_int_equal(count_usable(keys, KW_OK), 2);
    assert_int_equal(tls_peer_requests_count(f.peer), 1);
    kw_clock_manual_advance(&f.time, KW_REFRESH_HOURLY_MS);
    assert_int_equal(count_usable(keys, KW_OK), 2);
    assert_int_equal(tls_peer_requests_count(f.peer), 2);
    stop(&f);
}

static void refresh__drops_a_key_that_disappeared(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS, ONE_KEY}, 2});
    KW_AUTO_PTR(kw_client_keys) keys = NULL;
    EXPECT_OK(kw_client_keys_open(&keys, &f.options, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 2);
    EXPECT_OK(kw_client_keys_refresh(keys, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 1);
    stop(&f);
}

static void refresh__keeps_the_keys_when_it_fails_and_backs_off(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS, FORBIDDEN, ANSWER("{\"keys\":[{}]}"), NULL}, 4});
    KW_AUTO_PTR(kw_client_keys) keys = NULL;
    EXPECT_OK(kw_client_keys_open(&keys, &f.options, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 2);
    static const kw_status wanted[] = {KW_FORBIDDEN, KW_PEER_REFUSED, KW_NETWORK};
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        EXPECT_STATUS(kw_client_keys_refresh(keys, NULL), wanted[i]);
        int64_t wait_ms = kw_client_keys_next_ms(keys) - atomic_load(&f.time.at);
        assert_in_range(wait_ms, KW_REFRESH_WAIT_MS_MIN, KW_REFRESH_WAIT_MS_MAX);
        assert_int_equal(count_usable(keys, KW_OK), 2);
    }
    assert_int_equal(tls_peer_requests_count(f.peer), 4);
    stop(&f);
}

static void refresh__comes_back_when_the_server_asks_for_it(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{PUT_OFF, PUT_OFF, TWO_KEYS, PUT_OFF, ONE_KEY}, 5});
    KW_AUTO_PTR(kw_client_keys) keys = NULL;
    EXPECT_OK(kw_client_keys_open(&keys, &f.options, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 2); /* there were none: it waited */
    assert_int_equal(tls_peer_requests_count(f.peer), 3);
    atomic_store(&f.time.at, kw_client_keys_next_ms(keys));
    assert_int_equal(count_usable(keys, KW_OK), 2); /* who has keys does not wait */
    assert_int_equal(tls_peer_requests_count(f.peer), 4);
    EXPECT_OK(kw_client_keys_refresh(keys, NULL));
    assert_int_equal(count_usable(keys, KW_OK), 1);
    stop(&f);
}

static void cache__serves_another_client_without_a_network(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS}, 1});
    f.options.is_offline = true;
    KW_AUTO_PTR(kw_client_keys) too_early = NULL;
    EXPECT_OK(kw_client_keys_open(&too_early, &f.options, NULL));
    assert_int_equal(count_usable(too_early, KW_UNAVAILABLE), 0);
    EXPECT_STATUS(kw_client_keys_refresh(too_early, NULL), KW_UNAVAILABLE);

    f.options.is_offline = false;
    KW_AUTO_PTR(kw_client_keys) online = NULL;
    EXPECT_OK(kw_client_keys_open(&online, &f.options, NULL));
    assert_int_equal(count_usable(online, KW_OK), 2);

    f.options.is_offline = true;
    KW_AUTO_PTR(kw_client_keys) offline = NULL;
    EXPECT_OK(kw_client_keys_open(&offline, &f.options, NULL));
    assert_int_equal(count_usable(offline, KW_OK), 2);
    kw_clock_manual_advance(&f.time, INT64_C(40) * 86400 * 1000);
    assert_int_equal(count_usable(offline, KW_OK), 1); /* December's overlap is over */
    kw_clock_manual_advance(&f.time, INT64_C(40) * 86400 * 1000);
    assert_int_equal(count_usable(offline, KW_UNAVAILABLE), 0);
    stop(&f);
}

static void cache__saves_the_second_of_two_requests(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS}, 1});
    KW_AUTO_PTR(kw_client_keys) first = NULL;
    KW_AUTO_PTR(kw_client_keys) second = NULL;
    EXPECT_OK(kw_client_keys_open(&first, &f.options, NULL));
    EXPECT_OK(kw_client_keys_open(&second, &f.options, NULL));
    assert_int_equal(count_usable(first, KW_OK), 2);
    assert_int_equal(count_usable(second, KW_OK), 2);
    assert_int_equal(tls_peer_requests_count(f.peer), 1);
    stop(&f);
}

static void open__refuses_bad_options(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{TWO_KEYS}, 1});
    static const char *const urls[] = {"http://localhost:1", "localhost", "", "https://a:1/"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_client_keys *keys = NULL;
        f.options.server_url = urls[i];
        EXPECT_STATUS(kw_client_keys_open(&keys, &f.options, NULL), KW_BAD_INPUT);
        assert_null(keys);
    }
    stop(&f);
}

static void skew__is_the_difference_to_the_servers_date(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{"HTTP/1.1 200 OK\r\nDate: Sat, 10 Jan 2026 08:02:00 GMT\r\n"
                                  "Connection: close\r\n\r\n{\"keys\":[" JANUARY "]}"},
                                 1});
    KW_AUTO_PTR(kw_client_keys) keys = NULL;
    EXPECT_OK(kw_client_keys_open(&keys, &f.options, NULL));
    assert_int_equal(kw_client_keys_skew_s(keys), 0);
    assert_int_equal(count_usable(keys, KW_OK), 1);
    assert_int_equal(kw_client_keys_skew_s(keys), 120);
    stop(&f);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(use__asks_once_and_again_when_it_is_due),
        cmocka_unit_test(refresh__drops_a_key_that_disappeared),
        cmocka_unit_test(refresh__keeps_the_keys_when_it_fails_and_backs_off),
        cmocka_unit_test(refresh__comes_back_when_the_server_asks_for_it),
        cmocka_unit_test(cache__serves_another_client_without_a_network),
        cmocka_unit_test(cache__saves_the_second_of_two_requests),
        cmocka_unit_test(open__refuses_bad_options),
        cmocka_unit_test(skew__is_the_difference_to_the_servers_date),
    };
    return cmocka_run_group_tests_name("client/keys", tests, NULL, NULL);
}
