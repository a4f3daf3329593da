/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"
#include "support/expect.h"
#include "support/remote_world.h"

#define ADDED "{\"id\":\"clinic-a\",\"api_key\":\"kwk1_new\"}"

static void emtp_participants_add__writes_the_new_key_once(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(ADDED));
    const char *words =
        "emtp participants add clinic-a --api-key-out %/new.key --network 10.0.0.0/8 "
        "--role hub --days 30";
    KW_AUTO(command_result) done = remote_world_run(&world, words);
    assert_int_equal(done.exit_code, 0);
    assert_null(strstr(done.out, "kwk1_new"));
    remote_world_expect_request(&world, "POST /v1/emtp/participants HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\"id\":\"clinic-a\"");
    remote_world_expect_request(&world, "\"networks\":[\"10.0.0.0/8\"]");
    remote_world_expect_request(&world, "\"role\":\"hub\"");
    remote_world_expect_request(&world, "\"days\":30");
    tempdir_path path = tempdir_join(&world.dir, "new.key");
    KW_AUTO(kw_buf) key = kw_buf_init(64);
    EXPECT_OK(kw_file_read(&key, path.text, NULL));
    EXPECT_STR(kw_buf_text(&key), "kwk1_new");
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    /* The file is there now: asking again would lose a key. */
    KW_AUTO(command_result) again = remote_world_run(&world, words);
    assert_int_equal(again.exit_code, 65);
    assert_int_equal(tls_peer_requests_count(world.peer), 1);
    remote_world_remove(&world);
}

static void emtp_participants_add__names_a_certificate_instead(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("{\"id\":\"payer-b\"}"));
    KW_AUTO(command_result)
    done = remote_world_run(&world, "emtp participants add payer-b --uri keyward:payer-b --json");
    assert_int_equal(done.exit_code, 0);
    assert_string_equal(done.out, "{\"id\":\"payer-b\"}\n");
    remote_world_expect_request(&world, "\"proof\":\"uri\",\"name\":\"keyward:payer-b\"");
    remote_world_remove(&world);
}

static void emtp_participants_add__wants_exactly_one_proof(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(ADDED));
    static const char *const refused[] = {
        "emtp participants add clinic-a",
        "emtp participants add clinic-a --uri a --dns b",
        "emtp participants add clinic-a --uri a --days 0",
        "emtp participants add clinic-a --uri a --days 367",
        "emtp participants add clinic-a --uri a --role king",
        "emtp participants add clin|c --uri a",
        "emtp participants add",
    };
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        KW_AUTO(command_result) result = remote_world_run(&world, refused[i]);
        assert_int_equal(result.exit_code, 64);
    }
    assert_int_equal(tls_peer_requests_count(world.peer), 0);
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_participants_add__writes_the_new_key_once),
        cmocka_unit_test(emtp_participants_add__names_a_certificate_instead),
        cmocka_unit_test(emtp_participants_add__wants_exactly_one_proof),
    };
    return cmocka_run_group_tests_name("cli/emtp_participants_add", tests, NULL, NULL);
}
