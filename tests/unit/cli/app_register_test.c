/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void app_register__sends_the_whole_policy(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result)
    json = remote_world_run(&world, "app register backup --access api_key --caller a --caller b "
                                    "--eigenx-v1 --uses-max 9 --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"id\":\"backup\",\"registered\":true}\n");
    remote_world_expect_request(&world, "POST /v1/threshold/apps HTTP/1.1\r\n");
    remote_world_expect_request(
        &world, "{\"id\":\"backup\",\"policy\":{\"access\":\"api_key\",\"callers\":[\"a\",\"b\"],"
                "\"eigenx_v1\":true,\"rate\":10000,\"burst\":100,\"uses_max\":9}}");
    remote_world_remove(&world);
}

static void app_register__sends_what_a_token_must_say(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result)
    json = remote_world_run(&world, "app register backup --access oidc --audience vault "
                                    "--claim group=ops --claim tier=1 --json");
    assert_int_equal(json.exit_code, 0);
    remote_world_expect_request(&world,
                                "{\"id\":\"backup\",\"policy\":{\"access\":\"oidc\","
                                "\"audience\":\"vault\",\"claims\":[\"group=ops\",\"tier=1\"]");
    remote_world_remove(&world);
}

static void app_register__refuses_policies_that_let_in_all_or_nobody(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(""));
    static const struct {
        const char *words;
        int exit_code;
    } cases[] = {
        {"app register backup", 64},
        {"app register backup --access everybody", 64},
        {"app register backup --access open --caller a", 65},
        {"app register backup --access mtls", 65},
        {"app register --access open", 64},
        {"app register backup --access oidc", 65},
        {"app register backup --access open --burst 0", 64},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(command_result) refused = remote_world_run(&world, cases[i].words);
        assert_int_equal(refused.exit_code, cases[i].exit_code);
        assert_string_equal(refused.out, "");
    }
    remote_world_remove(&world);
}

static void app_register__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "app register a --access open");
    assert_int_equal(refused.exit_code, 77);
    assert_non_null(strstr(refused.err, "it is refused (forbidden, request 0123456789abcdef"));
    remote_world_remove(&world);
}

static void app_register__names_the_command_for_one_that_is_there(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("409", "conflict"));
    KW_AUTO(command_result) refused = remote_world_run(&world, "app register a --access open");
    assert_int_equal(refused.exit_code, 65);
    assert_non_null(strstr(refused.err, "a is registered there already: `keyward app policy`"));
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_register__sends_the_whole_policy),
        cmocka_unit_test(app_register__sends_what_a_token_must_say),
        cmocka_unit_test(app_register__refuses_policies_that_let_in_all_or_nobody),
        cmocka_unit_test(app_register__ends_with_the_status_of_a_refusal),
        cmocka_unit_test(app_register__names_the_command_for_one_that_is_there),
    };
    return cmocka_run_group_tests_name("cli/app_register", tests, NULL, NULL);
}
