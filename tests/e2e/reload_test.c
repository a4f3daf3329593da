/* SPDX-License-Identifier: Apache-2.0
 * SIGHUP and SIGTERM while clients are served: certificates and log change without one failed
 * request, and a stop answers what it took. */
#include "support/expect.h"
#include "support/house_wire.h"

#include "os/file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PEERS = 24
};

static int set_up(void **state)
{
    house *h = house_make("");
    assert_int_equal(setenv("KEYWARD_LOG_FILE", house_path(h, "events.log").text, 1), 0);
    house_start(h);
    assert_int_equal(unsetenv("KEYWARD_LOG_FILE"), 0);
    house_register(h);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

static void dial_all(const house *h, wire_peer peers[PEERS])
{
    for (size_t i = 0; i < PEERS; i++) {
        house_dial(h, &peers[i], HOUSE_CLINIC);
    }
}

static void close_all(wire_peer peers[PEERS])
{
    for (size_t i = 0; i < PEERS; i++) {
        wire_close(&peers[i]);
    }
}

static void send_all(const house *h, wire_peer peers[PEERS])
{
    KW_AUTO(kw_buf) request = kw_buf_init(4096);
    house_write_request(h, &request, HOUSE_CLINIC, "GET /keys", NULL);
    for (size_t i = 0; i < PEERS; i++) {
        assert_true(wire_send(&peers[i], kw_buf_view(&request)));
    }
}

static void expect_all_answered(wire_peer peers[PEERS])
{
    wire_response response = {0};
    for (size_t i = 0; i < PEERS; i++) {
        assert_true(wire_read_response(&peers[i], &response, false));
        assert_int_equal(response.status, 200);
    }
    wire_response_drop(&response);
}

/* Requests are under way on all connections while the signal arrives, and after it. */
static void reload_under_load(house *h, wire_peer peers[PEERS])
{
    send_all(h, peers);
    process_signal(&h->daemon, SIGHUP);
    expect_all_answered(peers);
    send_all(h, peers);
    expect_all_answered(peers);
}

static void move(const house *h, const char *from, const char *to)
{
    assert_int_equal(rename(house_path(h, from).text, house_path(h, to).text), 0);
}

static void remove_log(const house *h)
{
    assert_int_equal(unlink(house_path(h, "events.log").text), 0);
}

/* The serial number of the certificate that a new connection is shown. */
static void shown_serial(const house *h, char *out, size_t size)
{
    wire_peer peer;
    house_dial(h, &peer, HOUSE_CLINIC);
    X509 *certificate = SSL_get1_peer_certificate(peer.ssl);
    assert_non_null(certificate);
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = BN_bn2hex(number);
    (void)snprintf(out, size, "%s", hex);
    OPENSSL_free(hex);
    BN_free(number);
    X509_free(certificate);
    wire_close(&peer);
}

static void replace_certificate(house *h)
{
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_NOBODY,
              "dev-ca issue %/pki next --server --host localhost --host 127.0.0.1");
    if (geteuid() == 0) {
        const char *const argv[] = {"chown", "--reference", house_path(h, "pki/server.key").text,
                                    house_path(h, "pki/next.key").text, NULL};
        process_expect(&result, 0, argv, (kw_str){0});
    }
    move(h, "pki/next.key", "pki/server.key");
    move(h, "pki/next.pem", "pki/server.pem");
    process_result_drop(&result);
}

static void sighup__changes_certificate_and_log_under_load(void **state)
{
    house *h = *state;
    wire_peer peers[PEERS];
    char before[80];
    char after[80];
    shown_serial(h, before, sizeof before);
    dial_all(h, peers);
    replace_certificate(h);
    move(h, "events.log", "events.log.1");
    reload_under_load(h, peers);
    house_wait_for_text(h, "events.log", "\"daemon_reloaded\"");
    shown_serial(h, after, sizeof after);
    assert_string_not_equal(before, after);
    for (int round = 0; round < 5; round++) {
        reload_under_load(h, peers);
    }
    close_all(peers);
}

static void sighup__keeps_what_it_has_when_the_new_is_broken(void **state)
{
    house *h = *state;
    wire_peer peers[PEERS];
    char before[80];
    char after[80];
    shown_serial(h, before, sizeof before);
    dial_all(h, peers);
    move(h, "pki/server.pem", "pki/server.good");
    EXPECT_OK(kw_file_write_atomic(house_path(h, "pki/server.pem").text,
                                   kw_span_of_str(KW_STR("no certificate\n")), 0644, NULL));
    reload_under_load(h, peers);
    house_wait_for_text(h, "events.log", "\"daemon_reloaded\"");
    shown_serial(h, after, sizeof after);
    assert_string_equal(before, after);

    move(h, "pki/server.good", "pki/server.pem");
    remove_log(h);
    reload_under_load(h, peers);
    house_wait_for_text(h, "events.log", "\"code\":\"ok\"");
    close_all(peers);
}

static void sigterm__answers_what_was_asked_and_ends_with_0(void **state)
{
    house *h = *state;
    wire_peer peers[PEERS];
    dial_all(h, peers);
    send_all(h, peers);
    expect_all_answered(peers);
    send_all(h, peers);
    process_signal(&h->daemon, SIGTERM);
    expect_all_answered(peers);
    for (size_t i = 0; i < PEERS; i++) {
        wire_read_all(&peers[i]);
        assert_int_equal(peers[i].in.len, 0);
        assert_true(peers[i].was_clean); /* close_notify, not a reset */
    }
    close_all(peers);
    assert_int_equal(process_wait(&h->daemon), 0);
}

/* "succeeded, 0 failed" of h2load, which runs over HTTP/2 with many streams. */
static void sighup__fails_no_http2_stream(void **state)
{
    house *h = *state;
    KW_AUTO(kw_buf) key = kw_buf_init(256);
    EXPECT_OK(kw_file_read(&key, house_path(h, "clinic.key").text, NULL));
    char header[300];
    char url[128];
    (void)snprintf(header, sizeof header, "Authorization: Bearer %.*s",
                   KW_STR_ARG(kw_str_trim(kw_buf_text(&key))));
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    const char *const argv[] = {"h2load", "-n", "4000", "-c", "8", "-m",
                                "8",      "-H", header, url,  NULL};
    process load = process_start(argv, house_path(h, "h2load.log").text);
    KW_AUTO(kw_buf) line = kw_buf_init(4096);
    bool has_summary = false;
    while (process_read_line(&load, &line)) {
        kw_str text = kw_buf_text(&line);
        if (kw_str_starts_with(text, KW_STR("progress: "))) {
            process_signal(&h->daemon, SIGHUP);
        }
        if (kw_str_starts_with(text, KW_STR("requests: "))) {
            EXPECT_STR(text, "requests: 4000 total, 4000 started, 4000 done, 4000 succeeded, "
                             "0 failed, 0 errored, 0 timeout");
            has_summary = true;
        }
    }
    assert_int_equal(process_wait(&load), 0);
    assert_true(has_summary);
    house_wait_for_text(h, "events.log", "\"daemon_reloaded\"");
}

int main(void)
{
#define IN_A_HOUSE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(sighup__changes_certificate_and_log_under_load),
        IN_A_HOUSE(sighup__keeps_what_it_has_when_the_new_is_broken),
        IN_A_HOUSE(sighup__fails_no_http2_stream),
        IN_A_HOUSE(sigterm__answers_what_was_asked_and_ends_with_0),
    };
    return cmocka_run_group_tests_name("e2e/reload", tests, NULL, NULL);
}
