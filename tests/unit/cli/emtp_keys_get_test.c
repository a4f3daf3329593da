/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"
#include "support/expect.h"
#include "support/remote_world.h"

#define KEY_BASE64 "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEYS                                                                    \
    "{\"keys\":[{\"kid\":\"2026-01\",\"key\":\"" KEY_BASE64                     \
    "\",\"algorithm\":\"hmac-sha256\",\"not_before\":\"2026-01-01T00:00:00Z\"," \
    "\"not_after\":\"2026-02-01T00:00:00Z\"}]}"

static void emtp_keys_get__writes_a_private_file_and_shows_no_key(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(KEYS));
    KW_AUTO(command_result)
    done = remote_world_run(&world, "emtp keys get --out %/keys.json --json");
    assert_int_equal(done.exit_code, 0);
    assert_non_null(strstr(done.out, "\"kid\":\"2026-01\""));
    assert_null(strstr(done.out, KEY_BASE64));
    remote_world_expect_request(&world, "GET /keys HTTP/1.1\r\n");
    tempdir_path path = tempdir_join(&world.dir, "keys.json");
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(kw_file_read(&text, path.text, NULL));
    EXPECT_STR(kw_buf_text(&text), KEYS);
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    remote_world_remove(&world);
}

static void emtp_keys_get__comes_back_when_the_server_asks_for_it(void **state)
{
    (void)state;
    static const char put_off[] = "HTTP/1.1 503 No\r\nRetry-After: 0\r\nConnection: close\r\n\r\n";
    remote_world world =
        remote_world_make_script(&(tls_peer_script){{put_off, put_off, REMOTE_OK(KEYS)}, 3});
    KW_AUTO(command_result) done = remote_world_run(&world, "emtp keys get --out %/keys.json");
    assert_int_equal(done.exit_code, 0);
    assert_int_equal(tls_peer_requests_count(world.peer), 3);
    remote_world_remove(&world);
}

static void emtp_keys_get__does_not_wait_for_a_server_that_is_long_away(void **state)
{
    (void)state;
    remote_world world =
        remote_world_make("HTTP/1.1 503 No\r\nRetry-After: 3600\r\nConnection: close\r\n\r\n");
    KW_AUTO(command_result) done = remote_world_run(&world, "emtp keys get --out %/keys.json");
    assert_int_equal(done.exit_code, 75);
    assert_non_null(strstr(done.err, "may succeed later"));
    assert_int_equal(tls_peer_requests_count(world.peer), 1);
    remote_world_remove(&world);
}

static void emtp_keys_get__writes_nothing_when_the_answer_is_no_key_set(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("{\"keys\":[{}]}"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "emtp keys get --out %/keys.json");
    assert_int_equal(refused.exit_code, 65);
    kw_file_info info = {0};
    EXPECT_STATUS(kw_file_stat(&info, tempdir_join(&world.dir, "keys.json").text, NULL),
                  KW_NOT_FOUND);
    KW_AUTO(command_result) unnamed = remote_world_run(&world, "emtp keys get");
    assert_int_equal(unnamed.exit_code, 64);
    remote_world_remove(&world);
}

static void emtp_keys_get__shows_the_keys_only_when_told_to(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(KEYS));
    KW_AUTO(command_result) shown = remote_world_run(&world, "emtp keys get --show-secret");
    assert_int_equal(shown.exit_code, 0);
    assert_string_equal(shown.out, KEYS);
    KW_AUTO(command_result)
    both = remote_world_run(&world, "emtp keys get --show-secret --out %/k");
    assert_int_equal(both.exit_code, 64);
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_keys_get__writes_a_private_file_and_shows_no_key),
        cmocka_unit_test(emtp_keys_get__comes_back_when_the_server_asks_for_it),
        cmocka_unit_test(emtp_keys_get__does_not_wait_for_a_server_that_is_long_away),
        cmocka_unit_test(emtp_keys_get__writes_nothing_when_the_answer_is_no_key_set),
        cmocka_unit_test(emtp_keys_get__shows_the_keys_only_when_told_to),
    };
    return cmocka_run_group_tests_name("cli/emtp_keys_get", tests, NULL, NULL);
}
