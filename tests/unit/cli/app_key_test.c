/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app_key.h"

#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>
#include <stdlib.h>

/* A command's surroundings, with what it prints. */
typedef struct terminal {
    kw_cli cli;
    kw_arena arena;
    char *out;
    char *err;
    size_t out_len;
    size_t err_len;
} terminal;

static client_desk desk;
static kw_cluster_remote remote;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    tempdir_path path = client_desk_path(&desk, "pinned.json");
    const kw_cluster_options options = {.cluster = kw_str_of(path.text)};
    EXPECT_OK(kw_cluster_remote_open(&remote, &options, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_cluster_remote_drop(&remote);
    client_desk_close(&desk);
    return 0;
}

static void terminal_open(terminal *t)
{
    *t = (terminal){.arena = kw_arena_init(1 << 16)};
    t->cli = (kw_cli){.out = open_memstream(&t->out, &t->out_len),
                      .err = open_memstream(&t->err, &t->err_len),
                      .arena = &t->arena};
    assert_non_null(t->cli.out);
    assert_non_null(t->cli.err);
}

static void terminal_close(terminal *t)
{
    assert_int_equal(fclose(t->cli.out), 0);
    assert_int_equal(fclose(t->cli.err), 0);
    free(t->out);
    free(t->err);
    kw_arena_drop(&t->arena);
}

static void report__tells_faults_where_the_result_is_elsewhere(void **state)
{
    KW_UNUSED(state);
    terminal t;
    kw_client_app_key key = {.application = {.epoch = 2, .threshold = 3}};
    const kw_app_key_asker asker = {.cli = &t.cli, .remote = &remote};
    key.application.members[1] =
        (kw_client_member){.standing = KW_CLIENT_LYING, .st = KW_BAD_INPUT, .took_ms = 5};
    kw_app_reply reply = {.app = KW_STR("payroll")};
    terminal_open(&t);
    EXPECT_OK(kw_app_key_report(&asker, &key, &reply, NULL));
    assert_int_equal(fflush(t.cli.err), 0);
    assert_int_equal(fflush(t.cli.out), 0);
    assert_int_equal(t.out_len, 0);
    assert_non_null(strstr(t.err, " is lying (bad_input)\n"));
    assert_null(strstr(t.err, "slow"));
    assert_null(strstr(t.err, "attestation"));
    terminal_close(&t);
}

static void report__tells_the_epoch_of_a_time(void **state)
{
    KW_UNUSED(state);
    terminal t;
    const kw_client_app_key key = {.application = {.epoch = 2, .threshold = 3},
                                   .attested = {1, {{0xab}}}};
    const kw_app_key_asker asker = {.cli = &t.cli, .remote = &remote};
    kw_app_reply to_pipe = {.app = KW_STR("payroll")};
    kw_app_reply to_file = {.app = KW_STR("payroll"), .file = KW_STR("a.txt")};
    terminal_open(&t);
    EXPECT_OK(kw_app_key_report(&asker, &key, &to_pipe, NULL));
    EXPECT_OK(kw_app_key_report(&asker, &key, &to_file, NULL));
    assert_int_equal(fflush(t.cli.err), 0);
    assert_int_equal(fflush(t.cli.out), 0);
    assert_non_null(strstr(t.err, "epoch at the attestation time: 1\n"));
    assert_non_null(strstr(t.out, "attested_epoch: 1\nattested_certificate: ab0000"));
    terminal_close(&t);
}

static void report__prints_all_beside_a_file(void **state)
{
    KW_UNUSED(state);
    terminal t;
    const kw_client_app_key key = {.application = {.epoch = 2, .threshold = 3}};
    const kw_app_key_asker asker = {.cli = &t.cli, .remote = &remote};
    kw_app_reply reply = {.app = KW_STR("payroll"), .file = KW_STR("a.txt"), .bytes = 9};
    terminal_open(&t);
    EXPECT_OK(kw_app_key_report(&asker, &key, &reply, NULL));
    assert_int_equal(fflush(t.cli.out), 0);
    assert_non_null(strstr(t.out, "file: a.txt\nbytes: 9\nepoch: 2\nthreshold: 3\noperators:\n"));
    assert_non_null(strstr(t.out, "slow"));
    terminal_close(&t);
}

/* All are down: each is named. */
static void ask__names_who_failed(void **state)
{
    KW_UNUSED(state);
    terminal t;
    tempdir_path ca = client_desk_path(&desk, "none.pem");
    const kw_cluster_options options = {.ca = kw_str_of(ca.text), .timeout = 1000};
    kw_ibe_id id;
    kw_error err = {0};
    KW_AUTO(kw_client_app_key) key = {.application = {.threshold = 0}};
    const kw_app_key_options terms = {.attestation_time = 0};
    const kw_app_key_asker asker = {&t.cli, &remote, &options, &terms};
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, kw_span_of_str(KW_STR("payroll"))));
    terminal_open(&t);
    EXPECT_STATUS(kw_app_key_ask(&asker, &key, &id, &err), KW_UNAVAILABLE);
    assert_int_equal(err.status, KW_UNAVAILABLE);
    assert_int_equal(fflush(t.cli.err), 0);
    unsigned lines = 0;
    for (const char *at = t.err; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    assert_int_equal(lines, CLIENT_DESK_MEMBERS);
    assert_non_null(strstr(t.err, " is down ("));
    terminal_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__tells_faults_where_the_result_is_elsewhere),
        cmocka_unit_test(report__tells_the_epoch_of_a_time),
        cmocka_unit_test(report__prints_all_beside_a_file),
        cmocka_unit_test(ask__names_who_failed),
    };
    return cmocka_run_group_tests_name("cli/app_key", tests, set_up, tear_down);
}
