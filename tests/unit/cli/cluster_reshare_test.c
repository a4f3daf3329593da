/* SPDX-License-Identifier: Apache-2.0
 * Whom it asks and what it makes of their answers; that an epoch comes of it shows
 * tests/e2e/cluster_reshare_test.c. */
#include "cli/commands.h"

#include "codec/json.h"
#include "crypto/address_text.h"
#include "os/clock.h"
#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"
#include "support/rarely.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    INTERVAL_S = 600, /* of the desk's cluster */
    STRANGER = 0,
};

static client_desk desk;
static uint64_t boundary;
static char boundary_text[KW_RFC3339_BYTES];
static char answers[CLIENT_DESK_MEMBERS][512];

/* rare.json: the desk's cluster, were its epochs years apart. */
static void write_rare(void)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows rows = {0};
    EXPECT_OK(kw_file_read(&json, client_desk_path(&desk, "pinned.json").text, NULL));
    EXPECT_OK(kw_json_decode(&rows, &arena, &kw_cluster_rows_schema, kw_buf_view(&json), NULL));
    rows.reshare_every = rarely(INTERVAL_S);
    kw_buf_clear(&json);
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, &rows, KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "rare.json").text, kw_buf_view(&json),
                                   0600, NULL));
}

static int make(void **state)
{
    KW_UNUSED(state);
    kw_clock clock = kw_clock_system();
    client_desk_open(&desk);
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "api.key").text,
                                   kw_span_of_str(KW_STR("kwk1_test\n")), 0600, NULL));
    boundary = ((uint64_t)kw_clock_now_ms(&clock) / 1000 / INTERVAL_S + 2) * INTERVAL_S;
    kw_utc_format(boundary_text, (kw_unix_s)boundary);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* Starts the peer `at`, who answers as the member `who`. */
static void answer_as(uint16_t at, uint16_t who, uint64_t when)
{
    char address[KW_ADDRESS_TEXT_BYTES] = "0x0000000000000000000000000000000000000001";
    if (who != STRANGER) {
        kw_address_write(address,
                         &desk.first.certificate.candidate.roster_new->members[who - 1].address);
    }
    (void)snprintf(answers[at - 1], sizeof answers[0],
                   CLIENT_DESK_OK "{\"operatorAddress\":\"%s\",\"boundary\":%" PRIu64
                                  ",\"attempt\":1}",
                   address, when);
    client_desk_start(&desk, at, &(tls_peer_script){{answers[at - 1]}, 1});
}

static void refuse(uint16_t at)
{
    static const char refusal[] =
        "HTTP/1.1 409 No\r\nConnection: close\r\nContent-Type: application/problem+json\r\n\r\n"
        "{\"type\":\"about:blank\",\"title\":\"no\",\"status\":409,\"code\":\"conflict\"}";
    client_desk_start(&desk, at, &(tls_peer_script){{refusal}, 1});
}

/* Runs the command at all four, for the boundary, without waiting. */
static command_result ask_all(void)
{
    char words[1024];
    client_desk_write(&desk);
    write_rare();
    (void)snprintf(words, sizeof words,
                   "cluster reshare --cluster %%/rare.json --ca %%/ca.pem --api-key-file "
                   "%%/api.key --no-wait --boundary %s --admin %s --admin %s --admin %s "
                   "--admin %s --json",
                   boundary_text, client_desk_url(&desk, 1), client_desk_url(&desk, 2),
                   client_desk_url(&desk, 3), client_desk_url(&desk, 4));
    return client_desk_run(&desk, words);
}

static void expect_part(const command_result *r, const char *text)
{
    if (strstr(r->out, text) == NULL) {
        fail_msg("no %s in %s%s", text, r->out, r->err);
    }
}

static void reshare__asks_everybody_for_the_boundary(void **state)
{
    KW_UNUSED(state);
    char body[64];
    for (uint16_t at = 1; at <= CLIENT_DESK_MEMBERS; at++) {
        answer_as(at, at, boundary);
    }
    KW_AUTO(command_result) r = ask_all();
    assert_int_equal(r.exit_code, 0);
    expect_part(&r, "\"due\":false,\"taking_part\":4,\"needed\":3,\"epoch\":null,");
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary);
    for (size_t i = 0; i < CLIENT_DESK_MEMBERS; i++) {
        kw_str got = tls_peer_requests(desk.peers[i]);
        assert_non_null(memmem(got.ptr, got.len, body, strlen(body)));
        assert_true(kw_str_starts_with(got, KW_STR("POST /v1/threshold/reshare HTTP/1.1\r\n")));
        assert_non_null(memmem(got.ptr, got.len, "Bearer kwk1_test\r\n", 18));
    }
}

static void reshare__is_enough_with_a_quorum(void **state)
{
    KW_UNUSED(state);
    for (uint16_t at = 1; at <= 3; at++) {
        answer_as(at, at, boundary);
    }
    KW_AUTO(command_result) r = ask_all(); /* the fourth is down */
    assert_int_equal(r.exit_code, 0);
    expect_part(&r, "\"taking_part\":3,\"needed\":3,");
    expect_part(&r, "\"address\":null,\"takes_part\":false,\"problem\":\"network\"");
}

static void reshare__says_that_too_few_take_part(void **state)
{
    KW_UNUSED(state);
    answer_as(1, 1, boundary);
    answer_as(2, 2, boundary);
    refuse(3);
    answer_as(4, 4, boundary + INTERVAL_S); /* something else than what was asked for */
    KW_AUTO(command_result) r = ask_all();
    assert_int_equal(r.exit_code, 2);
    expect_part(&r, "\"taking_part\":2,\"needed\":3,");
    expect_part(&r, "\"problem\":\"conflict\"");
    expect_part(&r, "\"problem\":\"peer_refused\"");
}

static void reshare__counts_operators_of_the_cluster_once(void **state)
{
    KW_UNUSED(state);
    answer_as(1, 1, boundary);
    answer_as(2, 2, boundary);
    answer_as(3, 2, boundary);
    answer_as(4, STRANGER, boundary);
    KW_AUTO(command_result) r = ask_all();
    assert_int_equal(r.exit_code, 2);
    expect_part(&r, "\"taking_part\":2,\"needed\":3,");
}

static void reshare__asks_nobody_where_an_epoch_is_due(void **state)
{
    KW_UNUSED(state);
    answer_as(1, 1, boundary);
    char words[512];
    client_desk_write(&desk);
    (void)snprintf(words, sizeof words,
                   "cluster reshare --cluster %%/pinned.json --ca %%/ca.pem --no-wait --json "
                   "--admin %s --api-key-file %%/api.key",
                   client_desk_url(&desk, 1));
    KW_AUTO(command_result) r = client_desk_run(&desk, words);
    assert_int_equal(r.exit_code, 0);
    expect_part(&r, "\"due\":true,\"taking_part\":0,\"needed\":3,\"epoch\":null,");
    expect_part(&r, "\"operators\":[]");
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

static void reshare__refuses_what_makes_no_sense(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *words;
        const char *error;
        int exit_code;
    } rows[] = {
        {"--cluster %/rare.json", "give --admin", 64},
        {"--cluster %/rare.json --admin https://localhost:1", "give --api-key-file", 64},
        {"--cluster %/rare.json --admin http://localhost:1 --api-key-file %/api.key",
         "is not https://host:port", 64},
        {"--cluster %/rare.json --admin https://localhost:1/ --api-key-file %/api.key",
         "is not https://host:port", 64},
        {"--cluster %/rare.json --boundary 2026-01-01T00:00:00Z", "has passed", 64},
        {"--cluster %/rare.json --boundary 2126-01-01T00:00:01Z", "is no boundary", 64},
        {"--cluster %/cluster.json", "no key is pinned", 65},
        {"--cluster %/rare.json --cert %/api.key", "go together", 64},
        {"--cluster %/nowhere.json", "nowhere.json", 66},
    };
    write_rare();
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        char words[512];
        (void)snprintf(words, sizeof words, "cluster reshare %s", rows[i].words);
        KW_AUTO(command_result) r = client_desk_run(&desk, words);
        if (r.exit_code != rows[i].exit_code || strstr(r.err, rows[i].error) == NULL) {
            fail_msg("%s: %d %s", words, r.exit_code, r.err);
        }
    }
}

/* Nobody took it: there is nothing to wait for. */
static void reshare__does_not_wait_without_hope(void **state)
{
    KW_UNUSED(state);
    refuse(1);
    client_desk_write(&desk);
    write_rare();
    char words[512];
    (void)snprintf(words, sizeof words,
                   "cluster reshare --cluster %%/rare.json --ca %%/ca.pem --api-key-file "
                   "%%/api.key --admin %s --json",
                   client_desk_url(&desk, 1));
    KW_AUTO(command_result) r = client_desk_run(&desk, words);
    assert_int_equal(r.exit_code, 2);
    expect_part(&r, "\"taking_part\":0,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reshare__asks_everybody_for_the_boundary, make, drop),
        cmocka_unit_test_setup_teardown(reshare__is_enough_with_a_quorum, make, drop),
        cmocka_unit_test_setup_teardown(reshare__says_that_too_few_take_part, make, drop),
        cmocka_unit_test_setup_teardown(reshare__counts_operators_of_the_cluster_once, make, drop),
        cmocka_unit_test_setup_teardown(reshare__asks_nobody_where_an_epoch_is_due, make, drop),
        cmocka_unit_test_setup_teardown(reshare__refuses_what_makes_no_sense, make, drop),
        cmocka_unit_test_setup_teardown(reshare__does_not_wait_without_hope, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
