/* SPDX-License-Identifier: Apache-2.0
 * Notices of a revoked key, from the notify handshake to the receiver: over HTTPS, to those who
 * answer and those who do not. */
#include "support/expect.h"
#include "support/house_emtp.h"
#include "support/tls_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define NO_CONTENT "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
#define FORM_TYPE  "Content-Type: application/x-www-form-urlencoded\r\n"
#define KEY_BYTES  64

/* Starts a house with a clinic and a member, whose notices may name localhost. */
static house *start(const char *yaml)
{
    house *h = house_make("");
    process_result result = {0};
    house_configure(h, yaml);
    house_issue_server(h, "receiver");
    house_start(h);
    house_run(h, &result, 0, HOUSE_SECURITY,
              "emtp participants add clinic --api-key-out %/clinic.key --notice-host localhost");
    house_run(h, &result, 0, HOUSE_SECURITY,
              "emtp participants add member --uri keyward:member --notice-host localhost");
    process_result_drop(&result);
    return h;
}

#define TRUSTS_HOUSE "  notify_ca_file: %/pki/ca.pem\n"

static int set_up(void **state)
{
    *state = start("test:\n  allow: true\nemtp:\n  notify_private: true\n" TRUSTS_HOUSE);
    return 0;
}

/* As in production: nothing on this machine may get a notice. */
static int set_up_without_switch(void **state)
{
    *state = start("emtp:\n" TRUSTS_HOUSE);
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

static tls_peer *receiver_start(const house *h, const tls_peer_script *script)
{
    tempdir_path certificate = house_path(h, "pki/receiver.pem");
    tempdir_path key = house_path(h, "pki/receiver.key");
    return tls_peer_start_as(certificate.text, key.text, script);
}

static const char *port_of(const char *url)
{
    return strrchr(url, ':') + 1;
}

/* The handshake: keys go to `url` under `name`. */
static int announce(house *h, house_who who, const char *name, const char *url)
{
    char form[512];
    (void)snprintf(form, sizeof form, "%s=%s/n", name, url);
    return house_notify(h, who, form);
}

/* The first kid of GET /keys: the current one. */
static void read_current(house *h, char out[KEY_BYTES])
{
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *kid = strstr(text, "\"kid\":\"") + strlen("\"kid\":\"");
    (void)snprintf(out, KEY_BYTES, "%.*s", (int)strcspn(kid, "\""), kid);
    process_result_drop(&result);
}

/* Revokes the current key; `kid` is its name. */
static void revoke_current(house *h, char kid[KEY_BYTES])
{
    process_result result = {0};
    char words[128];
    read_current(h, kid);
    (void)snprintf(words, sizeof words, "emtp keys revoke %s", kid);
    house_run(h, &result, 0, HOUSE_OFFICER, words);
    process_result_drop(&result);
}

/* What the SURL of a notice gives the clinic: the revoked key gone, its replacement there. */
static void expect_rows(house *h, const char *query, const char *kid, bool is_active)
{
    process_result result = {0};
    char url[256];
    char gone[256];
    char came[256];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/keys?hold=0%s", h->public_url, query);
    (void)snprintf(gone, sizeof gone, "\t%s\t%s/v1/emtp/manifests/%s\t", is_active ? "+" : "-",
                   h->public_url, kid);
    (void)snprintf(came, sizeof came, "\t+\t%s/v1/emtp/manifests/%s.1\t", h->public_url, kid);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *end = strstr(text, gone);
    assert_int_equal(end == NULL, is_active);
    assert_non_null(strstr(is_active ? text : end, came)); /* in this order */
    process_result_drop(&result);
}

static void notices__tell_of_a_revoked_key(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    tls_peer *receiver = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    assert_int_equal(announce(h, HOUSE_CLINIC, "keys", tls_peer_url(receiver)), 204);
    revoke_current(h, kid);
    tls_peer_wait(receiver, 1);

    /* The receiver is asked to look at the key stream... */
    char body[256];
    (void)snprintf(body, sizeof body,
                   "\r\n\r\nsurl=https%%3A%%2F%%2F127.0.0.1%%3A%s%%2Fv1%%2Femtp%%2Fstp%%2Fkeys",
                   port_of(h->public_url));
    kw_str request = tls_peer_requests(receiver);
    assert_true(kw_str_starts_with(request, KW_STR("POST /n HTTP/1.1\r\n")));
    assert_true(kw_str_ends_with(request, kw_str_of(body)));
    assert_non_null(memmem(request.ptr, request.len, FORM_TYPE, strlen(FORM_TYPE)));

    /* ...and finds the change there, and in GET /keys. */
    expect_rows(h, "", kid, false);
    expect_rows(h, "&view=active", kid, true);
    char replacement[KEY_BYTES];
    read_current(h, replacement);
    assert_int_equal(strncmp(replacement, kid, strlen(kid)), 0);
    assert_string_equal(replacement + strlen(kid), ".1");

    /* Who wants to hear of keys is known after a restart. */
    house_stop(h);
    house_start(h);
    revoke_current(h, kid);
    tls_peer_wait(receiver, 2);
    tls_peer_stop(receiver);
}

static void notices__come_again_to_who_was_down(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    tls_peer *receiver = receiver_start(h, &(tls_peer_script){{NULL, NO_CONTENT}, 2});
    int closed = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* refuses connections */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(closed, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(closed, (struct sockaddr *)&address, &size), 0);
    char url[64];
    (void)snprintf(url, sizeof url, "https://localhost:%u", ntohs(address.sin_port));
    assert_int_equal(announce(h, HOUSE_CLINIC, "keys", tls_peer_url(receiver)), 204);
    assert_int_equal(announce(h, HOUSE_MEMBER, "keys", url), 204);
    revoke_current(h, kid);
    tls_peer_wait(receiver, 1); /* gets no answer; the other was refused by then, or soon is */
    assert_int_equal(listen(closed, 1), 0);
    tls_peer_wait(receiver, 2);
    struct pollfd awaited = {.fd = closed, .events = POLLIN};
    assert_int_equal(poll(&awaited, 1, PROCESS_LIMIT_MS), 1);
    (void)close(closed);
    tls_peer_stop(receiver);
}

/* Eight ports whose connections nobody accepts. */
enum {
    SILENT_COUNT = 8
};

static void silence_start(int *out_fd, char *url, size_t url_size)
{
    *out_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(*out_fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(*out_fd, 4), 0);
    assert_int_equal(getsockname(*out_fd, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(url, url_size, "https://localhost:%u", ntohs(address.sin_port));
}

/* The daemon is connected there, and has not given up. */
static void expect_waiting(int silent)
{
    struct pollfd awaited = {.fd = silent, .events = POLLIN};
    assert_int_equal(poll(&awaited, 1, PROCESS_LIMIT_MS), 1);
    int fd = accept(silent, NULL, NULL);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    char hello[4096];
    ssize_t got = 1;
    while (got > 0) {
        got = recv(fd, hello, sizeof hello, 0);
    }
    assert_int_equal(got, -1); /* 0: the daemon closed it */
    (void)close(fd);
}

static void notices__are_not_delayed_by_who_hangs(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    char name[32];
    char url[64];
    int silent[SILENT_COUNT];
    tls_peer *receiver = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    assert_int_equal(announce(h, HOUSE_MEMBER, "keys", tls_peer_url(receiver)), 204);
    for (int i = 0; i < SILENT_COUNT; i++) {
        (void)snprintf(name, sizeof name, "n%d_notify", i);
        silence_start(&silent[i], url, sizeof url);
        assert_int_equal(announce(h, HOUSE_CLINIC, name, url), 204);
    }
    revoke_current(h, kid);
    tls_peer_wait(receiver, 1);
    for (int i = 0; i < SILENT_COUNT; i++) {
        expect_waiting(silent[i]);
    }
    house_stop(h); /* does not wait for them either */
    for (int i = 0; i < SILENT_COUNT; i++) {
        (void)close(silent[i]);
    }
    tls_peer_stop(receiver);
}

static void notices__follow_no_redirect(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    char redirect[256];
    tls_peer *target = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    (void)snprintf(redirect, sizeof redirect,
                   "HTTP/1.1 307 Elsewhere\r\nLocation: %s/n\r\nContent-Length: 0\r\n"
                   "Connection: close\r\n\r\n",
                   tls_peer_url(target));
    tls_peer *receiver = receiver_start(h, &(tls_peer_script){{redirect, NO_CONTENT}, 2});
    assert_int_equal(announce(h, HOUSE_CLINIC, "keys", tls_peer_url(receiver)), 204);
    revoke_current(h, kid);
    tls_peer_wait(receiver, 2); /* a redirect is a failure: it was tried again */
    assert_int_equal(tls_peer_requests_count(target), 0);
    tls_peer_stop(receiver);
    tls_peer_stop(target);
}

static void notices__go_to_registered_hosts_only(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    tls_peer *listed = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    tls_peer *unlisted = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    const char *port = port_of(tls_peer_url(unlisted));
    char url[64];
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%s", port);
    assert_int_equal(announce(h, HOUSE_MEMBER, "keys", url), 403);
    (void)snprintf(url, sizeof url, "https://localhost.example:%s", port);
    assert_int_equal(announce(h, HOUSE_MEMBER, "keys", url), 403);
    (void)snprintf(url, sizeof url, "http://localhost:%s", port);
    assert_int_equal(announce(h, HOUSE_MEMBER, "keys", url), 400);
    assert_int_equal(announce(h, HOUSE_CLINIC, "keys", tls_peer_url(listed)), 204);
    revoke_current(h, kid);
    tls_peer_wait(listed, 1);
    process_result result = {0};
    house_wait(h, &result, HOUSE_NOBODY, "audit show %/data/audit --action emtp.notify.out",
               "emtp.notify.out  clinic");
    assert_null(memmem(result.out.ptr, result.out.len, "member", strlen("member")));
    process_result_drop(&result);
    assert_int_equal(tls_peer_requests_count(unlisted), 0);
    tls_peer_stop(listed);
    tls_peer_stop(unlisted);
}

static void notices__stay_away_from_private_addresses(void **state)
{
    house *h = *state;
    char kid[KEY_BYTES];
    tls_peer *receiver = receiver_start(h, &(tls_peer_script){{NO_CONTENT}, 1});
    assert_int_equal(announce(h, HOUSE_CLINIC, "keys", tls_peer_url(receiver)), 204);
    revoke_current(h, kid);
    process_result result = {0};
    house_wait(h, &result, HOUSE_NOBODY, "audit show %/data/audit --action emtp.notify.out",
               "forbidden         emtp.notify.out  clinic");
    process_result_drop(&result);
    assert_int_equal(tls_peer_requests_count(receiver), 0);
    tls_peer_stop(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(notices__tell_of_a_revoked_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices__come_again_to_who_was_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices__are_not_delayed_by_who_hangs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices__follow_no_redirect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices__go_to_registered_hosts_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices__stay_away_from_private_addresses,
                                        set_up_without_switch, tear_down),
    };
    return cmocka_run_group_tests_name("notices", tests, NULL, NULL);
}
