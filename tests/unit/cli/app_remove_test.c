/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void app_remove__asks_and_shows_the_answer(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result) json = remote_world_run(&world, "app remove a:b --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"id\":\"a:b\",\"removed\":true}\n");
    remote_world_expect_request(&world, "DELETE /v1/threshold/apps/a%3Ab HTTP/1.1\r\n");
    remote_world_remove(&world);
}

static void app_remove__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("404", "not_found"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "app remove backup");
    assert_int_equal(refused.exit_code, 66);
    assert_string_equal(refused.out, "");
    assert_non_null(strstr(refused.err, "it is refused (not_found, request 0123456789abcdef"));
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_remove__asks_and_shows_the_answer),
        cmocka_unit_test(app_remove__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/app_remove", tests, NULL, NULL);
}
