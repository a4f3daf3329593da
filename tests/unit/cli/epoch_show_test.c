/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "os/file.h"

#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>

static client_desk desk;

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* Starts a member that shows one file, then another for ever. */
static void show(uint16_t index, const kw_buf *first, const kw_buf *then)
{
    client_desk_start(&desk, index, &(tls_peer_script){{CLIENT_DESK_OK, CLIENT_DESK_OK}, 2});
    tls_peer_append(desk.peers[index - 1], 0, kw_buf_view(first));
    tls_peer_append(desk.peers[index - 1], 1, kw_buf_view(then));
    client_desk_write(&desk);
}

static void expect_text(const command_result *result, const char *text)
{
    if (strstr(result->out, text) == NULL) {
        fail_msg("no \"%s\" in: %s%s", text, result->out, result->err);
    }
}

static void epoch_show__names_the_epoch_and_its_operators(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, &desk.second_file);
    show(2, &desk.first_file, &desk.first_file);
    KW_AUTO(command_result)
    text = client_desk_run(&desk, "epoch show --cluster %/pinned.json --ca %/ca.pem");
    assert_int_equal(text.exit_code, 0);
    expect_text(&text, "trust: sealed by the pinned key\nepoch: 2\n");
    expect_text(&text, "threshold: 3\nmembers: 4\n");
    expect_text(&text, " good      2 ");
    expect_text(&text, " down      - ");
    expect_text(&text, desk.master_key);
    KW_AUTO(command_result)
    json = client_desk_run(&desk, "epoch show --cluster %/pinned.json --ca %/ca.pem --json");
    expect_text(&json, "\"epoch\":2,\"timestamp\":1700000600,\"threshold\":3,\"members\":4");
    expect_text(&json, "\"standing\":\"down\",\"epoch\":null,");
    expect_text(&json, "\"problem\":\"network\"");
}

static void epoch_show__proves_a_key_by_the_genesis_votes(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file, &desk.second_file);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "epoch show --cluster %/cluster.json --ca %/ca.pem");
    assert_int_equal(result.exit_code, 1);
    expect_text(&result, "trust: the genesis operators voted for it; no key is pinned\nepoch: 2\n");
    expect_text(&result, desk.master_key);
}

static void epoch_show__says_when_nothing_vouches(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, &desk.second_file); /* the first is kept by nobody */
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "epoch show --cluster %/cluster.json --ca %/ca.pem");
    assert_int_equal(result.exit_code, 1);
    expect_text(&result, "trust: none: the operators say so, and no key is pinned\nepoch: 2\n");
}

static void epoch_show__does_not_go_back(void **state)
{
    KW_UNUSED(state);
    static const char words[] =
        "epoch show --cluster %/pinned.json --ca %/ca.pem --seen %/seen.json";
    show(1, &desk.second_file, &desk.first_file);
    KW_AUTO(command_result) newest = client_desk_run(&desk, words);
    assert_int_equal(newest.exit_code, 0);
    KW_AUTO(command_result) older = client_desk_run(&desk, words);
    assert_int_equal(older.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_non_null(strstr(older.err, "the operators show epoch 1, and 2 was seen before"));
    assert_string_equal(older.out, "");
}

static void epoch_show__writes_certificates_that_verify(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file, &desk.first_file);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    KW_AUTO(command_result)
    result = client_desk_run(
        &desk, "epoch show --cluster %/pinned.json --ca %/ca.pem --epoch 1 --out %/1.kwc");
    assert_int_equal(result.exit_code, 0);
    EXPECT_OK(kw_file_read(&file, client_desk_path(&desk, "1.kwc").text, NULL));
    EXPECT_SPAN(kw_buf_view(&file), kw_buf_view(&desk.first_file));
}

static void epoch_show__fails_without_an_epoch(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{NULL}, 1});
    client_desk_write(&desk);
    KW_AUTO(command_result)
    down = client_desk_run(&desk, "epoch show --cluster %/pinned.json --ca %/ca.pem");
    assert_int_equal(down.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    client_desk_start(&desk, 2, &(tls_peer_script){{CLIENT_DESK_OK "KWC1"}, 1});
    client_desk_write(&desk);
    KW_AUTO(command_result)
    lying = client_desk_run(&desk, "epoch show --cluster %/pinned.json --ca %/ca.pem");
    assert_int_equal(lying.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_non_null(strstr(lying.err, "that can be believed"));
    KW_AUTO(command_result) usage = client_desk_run(&desk, "epoch show");
    assert_int_equal(usage.exit_code, kw_status_exit_code(KW_USAGE));
    KW_AUTO(command_result)
    half = client_desk_run(&desk, "epoch show --cluster %/pinned.json --cert %/ca.pem");
    assert_int_equal(half.exit_code, kw_status_exit_code(KW_USAGE));
}

static void epoch_show__says_that_nobody_has_that_epoch(void **state)
{
    KW_UNUSED(state);
    static const char words[] = "epoch show --cluster %/pinned.json --ca %/ca.pem --epoch 9";
    const tls_peer_script none = {{"HTTP/1.1 404 No\r\nConnection: close\r\n\r\n"}, 1};
    for (uint16_t index = 1; index < CLIENT_DESK_MEMBERS; index++) {
        client_desk_start(&desk, index, &none);
    }
    client_desk_write(&desk);
    KW_AUTO(command_result) one_is_down = client_desk_run(&desk, words);
    assert_int_equal(one_is_down.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    client_desk_start(&desk, CLIENT_DESK_MEMBERS, &none);
    client_desk_write(&desk);
    KW_AUTO(command_result) all = client_desk_run(&desk, words);
    assert_int_equal(all.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    assert_non_null(strstr(all.err, "no operator has epoch 9"));
}

static void epoch_show__doubts_the_authorities(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, &desk.second_file);
    KW_AUTO(command_result) result = client_desk_run(&desk, "epoch show --cluster %/pinned.json");
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_non_null(strstr(result.err, "1 of 4 operators (peer_refused) show a certificate of no"));
}

/* An API key goes to the operator that made it, and to no other. */
static void epoch_show__sends_each_operator_its_own_key(void **state)
{
    KW_UNUSED(state);
    char keys[256];
    show(1, &desk.second_file, &desk.second_file);
    show(2, &desk.second_file, &desk.second_file);
    show(3, &desk.second_file, &desk.second_file);
    (void)snprintf(keys, sizeof keys, "%s kwk1_one\n%s kwk1_two\n", client_desk_url(&desk, 1),
                   client_desk_url(&desk, 2));
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "api.keys").text,
                                   kw_span_of_str(kw_str_of(keys)), 0600, NULL));
    KW_AUTO(command_result)
    result = client_desk_run(
        &desk, "epoch show --cluster %/pinned.json --ca %/ca.pem --api-key-file %/api.keys");
    assert_int_equal(result.exit_code, 0);
    static const struct {
        const char *own; /* "" : none */
        const char *other;
    } rows[] = {{"Bearer kwk1_one", "kwk1_two"}, {"Bearer kwk1_two", "kwk1_one"}, {"", "kwk1_"}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_str sent = tls_peer_requests(desk.peers[i]);
        assert_true(sent.len > 0);
        assert_non_null(memmem(sent.ptr, sent.len, rows[i].own, strlen(rows[i].own)));
        assert_null(memmem(sent.ptr, sent.len, rows[i].other, strlen(rows[i].other)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(epoch_show__names_the_epoch_and_its_operators, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__proves_a_key_by_the_genesis_votes, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__says_when_nothing_vouches, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__does_not_go_back, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__writes_certificates_that_verify, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__fails_without_an_epoch, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__says_that_nobody_has_that_epoch, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__doubts_the_authorities, make, drop),
        cmocka_unit_test_setup_teardown(epoch_show__sends_each_operator_its_own_key, make, drop),
    };
    return cmocka_run_group_tests_name("cli/epoch_show", tests, NULL, NULL);
}
