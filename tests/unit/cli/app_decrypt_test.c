/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>

#define DECRYPT "app decrypt --cluster %/pinned.json --ca %/ca.pem --in %/a.kw --out %/text.out "

static client_desk desk;
static const kw_purposed payroll = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payroll", 7}};
static const kw_purposed eigenx = {KW_PURPOSE_EIGENX, {(const uint8_t *)"payroll", 7}};

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "text").text,
                                   kw_span_of_str(KW_STR("all salaries")), 0600, NULL));
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* a.kw, encrypted with `options`. */
static void encrypt(const char *options)
{
    char words[400];
    (void)snprintf(words, sizeof words,
                   "app encrypt --cluster %%/pinned.json --app payroll --in %%/text --out %%/a.kw "
                   "%s",
                   options);
    KW_AUTO(command_result) result = client_desk_run(&desk, words);
    assert_int_equal(result.exit_code, 0);
}

static void start_signers(uint16_t from, uint16_t to, const kw_purposed *what)
{
    for (uint16_t member = from; member <= to; member++) {
        client_desk_sign(&desk, member, &desk.second, what);
    }
    client_desk_write(&desk);
}

static void expect_text(const char *name)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&text, client_desk_path(&desk, name).text, NULL));
    EXPECT_STR(kw_buf_text(&text), "all salaries");
}

static void expect_no_file(void)
{
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, client_desk_path(&desk, "text.out").text, NULL),
                  KW_NOT_FOUND);
}

static void app_decrypt__works_with_t_operators(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    start_signers(2, 4, &payroll);
    KW_AUTO(command_result) result = client_desk_run(&desk, DECRYPT "--json");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "{\"app\":\"payroll\",\"file\":"));
    assert_non_null(strstr(result.out, "\"bytes\":12,\"epoch\":2,\"threshold\":3,\"operators\":["));
    expect_text("text.out");
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, client_desk_path(&desk, "text.out").text, NULL));
    assert_int_equal(info.mode, 0600);
}

static void app_decrypt__writes_to_a_pipe(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    start_signers(1, 4, &payroll);
    KW_AUTO(command_result)
    result =
        client_desk_run(&desk, "app decrypt --cluster %/pinned.json --ca %/ca.pem --in %/a.kw");
    assert_int_equal(result.exit_code, 0);
    assert_string_equal(result.out, "all salaries");
}

static void app_decrypt__asks_for_the_id_of_a_hidden_one(void **state)
{
    KW_UNUSED(state);
    encrypt("--hidden");
    start_signers(1, 3, &payroll);
    KW_AUTO(command_result) without = client_desk_run(&desk, DECRYPT);
    assert_int_equal(without.exit_code, kw_status_exit_code(KW_BAD_INPUT));
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
    KW_AUTO(command_result) with = client_desk_run(&desk, DECRYPT "--app payroll");
    assert_int_equal(with.exit_code, 0);
    expect_text("text.out");
}

static void app_decrypt__reads_the_reference_s_form(void **state)
{
    KW_UNUSED(state);
    encrypt("--format eigenx-v1");
    start_signers(1, 3, &eigenx);
    KW_AUTO(command_result) unasked = client_desk_run(&desk, DECRYPT "--app payroll");
    assert_int_equal(unasked.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, DECRYPT "--app payroll --format eigenx-v1");
    assert_int_equal(result.exit_code, 0);
    expect_text("text.out");
}

/* Two of four lie: too few, and both are named. */
static void app_decrypt__names_who_lies_and_leaves_no_file(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    const client_desk_part wrong = {1, 2, 2, &payroll, 0};
    client_desk_say(&desk, 1, &desk.second, &wrong);
    start_signers(3, 4, &payroll);
    KW_AUTO(command_result) result = client_desk_run(&desk, DECRYPT);
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_string_equal(result.out, "");
    assert_non_null(strstr(result.err, " is lying (unauthenticated)\n"));
    assert_non_null(strstr(result.err, " is down (network)\n"));
    assert_non_null(strstr(result.err, "too few operators gave their part of the key: 2 of 4"));
    expect_no_file();
}

static void app_decrypt__leaves_no_file_of_a_damaged_one(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    KW_AUTO(kw_buf) sealed = kw_buf_init(1 << 16);
    tempdir_path path = client_desk_path(&desk, "a.kw");
    EXPECT_OK(kw_file_read(&sealed, path.text, NULL));
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){sealed.ptr, sealed.len - 1}, 0600, NULL));
    start_signers(1, 3, &payroll);
    KW_AUTO(command_result) result = client_desk_run(&desk, DECRYPT);
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_CORRUPT));
    expect_no_file();
}

static void write_text(const char *name, const char *text)
{
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, name).text,
                                   kw_span_of_str(kw_str_of(text)), 0600, NULL));
}

static void app_decrypt__shows_a_token_and_finds_the_epoch_of_a_time(void **state)
{
    KW_UNUSED(state);
    client_desk_part part = {.version = 2, .what = &payroll, .attested = 2};
    encrypt("");
    write_text("token", "eyJh.bGc.sig\n");
    for (uint16_t member = 1; member <= 3; member++) {
        part.address_of = part.signer = member;
        client_desk_say(&desk, member, &desk.second, &part);
    }
    client_desk_write(&desk);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, DECRYPT "--token-file %/token --attestation-time 4102444800");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\nattested_epoch: 2\nattested_certificate: "));
    kw_str sent = tls_peer_requests(desk.peers[0]);
    static const char wanted[] = "\"token\":\"eyJh.bGc.sig\",\"attestationTime\":4102444800}";
    assert_non_null(memmem(sent.ptr, sent.len, wanted, strlen(wanted)));
    expect_text("text.out");
}

static void app_decrypt__takes_no_earlier_epoch_than_was_seen(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    start_signers(1, 4, &payroll);
    KW_AUTO(command_result) first = client_desk_run(&desk, DECRYPT "--seen %/seen.json");
    assert_int_equal(first.exit_code, 0);
    KW_AUTO(kw_buf) seen = kw_buf_init(1024);
    tempdir_path path = client_desk_path(&desk, "seen.json");
    EXPECT_OK(kw_file_read(&seen, path.text, NULL));
    kw_str text = kw_buf_text(&seen);
    char *epoch = memmem(text.ptr, text.len, "\"epoch\":2", 9);
    assert_non_null(epoch);
    epoch[8] = '3';
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&seen), 0600, NULL));
    EXPECT_OK(kw_file_remove(client_desk_path(&desk, "text.out").text, NULL));
    KW_AUTO(command_result) behind = client_desk_run(&desk, DECRYPT "--seen %/seen.json");
    assert_int_equal(behind.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_non_null(strstr(behind.err, " is behind (refused)\n"));
    assert_non_null(strstr(behind.err, "others are behind: a later epoch than theirs was seen"));
    expect_no_file();
}

/* As after they joined: nobody is overloaded, and asking again soon is in vain. */
static void app_decrypt__tells_who_has_no_share_yet(void **state)
{
    KW_UNUSED(state);
    static const char refusal[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"
                                  "{\"code\":\"unavailable\"}";
    encrypt("");
    start_signers(1, 2, &payroll);
    client_desk_start(&desk, 3, &(tls_peer_script){{refusal}, 1});
    client_desk_start(&desk, 4, &(tls_peer_script){{refusal}, 1});
    client_desk_write(&desk);
    KW_AUTO(command_result) result = client_desk_run(&desk, DECRYPT);
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_UNAVAILABLE));
    assert_non_null(strstr(result.err, " is refusing (unavailable)\n"));
    assert_non_null(strstr(result.err, "2 of 4; they have no share yet: wait for the next epoch"));
    assert_null(strstr(result.err, "busy"));
    expect_no_file();
}

static void app_decrypt__asks_nobody_in_vain(void **state)
{
    KW_UNUSED(state);
    encrypt("");
    start_signers(1, 1, &payroll);
    static const struct {
        const char *words;
        kw_status wanted;
    } rows[] = {
        {DECRYPT "--app other", KW_REFUSED},
        {DECRYPT "--format eigenx-v1", KW_REFUSED},
        {"app decrypt --cluster %/pinned.json --in %/text", KW_CORRUPT},
        {"app decrypt --cluster %/pinned.json --in %/none", KW_NOT_FOUND},
        {"app decrypt --cluster %/cluster.json --in %/a.kw", KW_REFUSED},
        {"app decrypt --cluster %/pinned.json --in %/a.kw --out %/none/a", KW_NOT_FOUND},
        {DECRYPT "--token-file %/none", KW_NOT_FOUND},
        {DECRYPT "--token-file %/text", KW_BAD_INPUT}, /* two words */
        {DECRYPT "--seen %/text", KW_CORRUPT},
        {DECRYPT "--attestation-time -1", KW_USAGE},
        {DECRYPT "--attestation-time now", KW_USAGE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(command_result) result = client_desk_run(&desk, rows[i].words);
        assert_int_equal(result.exit_code, kw_status_exit_code(rows[i].wanted));
    }
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
    expect_no_file();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(app_decrypt__works_with_t_operators, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__writes_to_a_pipe, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__asks_for_the_id_of_a_hidden_one, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__reads_the_reference_s_form, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__names_who_lies_and_leaves_no_file, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__leaves_no_file_of_a_damaged_one, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__shows_a_token_and_finds_the_epoch_of_a_time,
                                        make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__takes_no_earlier_epoch_than_was_seen, make,
                                        drop),
        cmocka_unit_test_setup_teardown(app_decrypt__tells_who_has_no_share_yet, make, drop),
        cmocka_unit_test_setup_teardown(app_decrypt__asks_nobody_in_vain, make, drop),
    };
    return cmocka_run_group_tests_name("cli/app_decrypt", tests, NULL, NULL);
}
