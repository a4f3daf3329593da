/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

#define ENTRY                                                                                   \
    "{\"id\":\"backup\",\"policy\":{\"access\":\"mtls\",\"callers\":[\"host\"],\"rate\":10000," \
    "\"burst\":100,\"uses_max\":7},\"uses\":3,\"registered\":\"2026-01-10T08:00:00Z\"}"

#define SHOWN                                                                            \
    "{\"id\":\"backup\",\"access\":\"mtls\",\"callers\":[\"host\"],\"eigenx_v1\":false," \
    "\"rate\":10000,\"burst\":100,\"uses_max\":7,\"uses\":3,"                            \
    "\"registered\":\"2026-01-10T08:00:00Z\"}"

static void app_list__asks_and_shows_the_answer(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("{\"apps\":[" ENTRY "],\"has_more\":false}"));
    KW_AUTO(command_result) json = remote_world_run(&world, "app list --after a@b --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"apps\":[" SHOWN "],\"has_more\":false}\n");
    remote_world_expect_request(&world, "GET /v1/threshold/apps?after=a%40b HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\r\nAuthorization: Bearer kwk1_test\r\n");
    KW_AUTO(command_result) text = remote_world_run(&world, "app list");
    assert_int_equal(text.exit_code, 0);
    assert_non_null(strstr(text.out, "backup"));
    assert_non_null(strstr(text.out, "mtls"));
    remote_world_remove(&world);
}

static void app_list__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "app list");
    assert_int_equal(refused.exit_code, 77);
    assert_string_equal(refused.out, "");
    assert_non_null(strstr(refused.err, "it is refused (forbidden, request 0123456789abcdef"));
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_list__asks_and_shows_the_answer),
        cmocka_unit_test(app_list__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/app_list", tests, NULL, NULL);
}
