/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void app_policy__sends_and_shows_the_whole_policy(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result)
    json = remote_world_run(&world, "app policy a@b --access mtls --caller host --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"access\":\"mtls\",\"callers\":[\"host\"],\"rate\":10000,"
                                  "\"burst\":100,\"uses_max\":0}\n");
    remote_world_expect_request(&world, "PUT /v1/threshold/apps/a%40b/policy HTTP/1.1\r\n");
    remote_world_expect_request(
        &world, "{\"policy\":{\"access\":\"mtls\",\"callers\":[\"host\"],\"rate\":10000,"
                "\"burst\":100,\"uses_max\":0}}");
    remote_world_remove(&world);
}

static void app_policy__refuses_what_the_operator_would(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("404", "not_found"));
    KW_AUTO(command_result) bad = remote_world_run(&world, "app policy a --access mtls");
    assert_int_equal(bad.exit_code, 65);
    KW_AUTO(command_result) refused = remote_world_run(&world, "app policy a --access open");
    assert_int_equal(refused.exit_code, 66);
    assert_string_equal(refused.out, "");
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_policy__sends_and_shows_the_whole_policy),
        cmocka_unit_test(app_policy__refuses_what_the_operator_would),
    };
    return cmocka_run_group_tests_name("cli/app_policy", tests, NULL, NULL);
}
