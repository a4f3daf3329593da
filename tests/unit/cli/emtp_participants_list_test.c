/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void emtp_participants_list__asks_and_shows_the_answer(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("{\"participants\":[],\"has_more\":false}"));
    KW_AUTO(command_result)
    json = remote_world_run(&world, "emtp participants list --after a@b --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"participants\":[],\"has_more\":false}\n");
    remote_world_expect_request(&world, "GET /v1/emtp/participants?after=a%40b HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\r\nAuthorization: Bearer kwk1_test\r\n");
    remote_world_remove(&world);
}

static void emtp_participants_list__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result)
    refused = remote_world_run(&world, "emtp participants list --after a@b");
    assert_int_equal(refused.exit_code, 77);
    assert_string_equal(refused.out, "");
    assert_non_null(strstr(refused.err, "it is refused (forbidden, request 0123456789abcdef"));
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_participants_list__asks_and_shows_the_answer),
        cmocka_unit_test(emtp_participants_list__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/emtp_participants_list", tests, NULL, NULL);
}
