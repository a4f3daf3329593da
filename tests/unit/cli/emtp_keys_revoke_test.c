/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void emtp_keys_revoke__asks_and_shows_the_answer(void **state)
{
    (void)state;
    remote_world world =
        remote_world_make(REMOTE_OK("{\"kid\":\"2026-01\",\"replacement\":\"2026-01.1\"}"));
    KW_AUTO(command_result) json = remote_world_run(&world, "emtp keys revoke 2026-01 --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"kid\":\"2026-01\",\"replacement\":\"2026-01.1\"}\n");
    remote_world_expect_request(&world, "POST /v1/emtp/keys/2026-01/revoke HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\r\nAuthorization: Bearer kwk1_test\r\n");
    remote_world_remove(&world);
}

static void emtp_keys_revoke__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("410", "gone"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "emtp keys revoke 2026-01");
    assert_int_equal(refused.exit_code, 66);
    assert_string_equal(refused.out, "");
    assert_non_null(strstr(refused.err, "it is refused (gone, request 0123456789abcdef"));
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_keys_revoke__asks_and_shows_the_answer),
        cmocka_unit_test(emtp_keys_revoke__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/emtp_keys_revoke", tests, NULL, NULL);
}
