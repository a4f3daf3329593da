/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

#define TIME "\"2026-01-10T08:00:00Z\""
#define KEY(id, is_revoked) \
    "{\"id\":\"" id "\",\"created\":" TIME ",\"expires\":" TIME ",\"is_revoked\":" is_revoked "}"
#define ENTRY                                                                            \
    "{\"id\":\"host\",\"tenant\":\"root\",\"kind\":\"api_key\",\"is_enabled\":true,"     \
    "\"is_configured\":false,\"created\":" TIME                                          \
    ",\"roles\":[{\"role\":\"auditor\",\"expires\":" TIME                                \
    "}],\"networks\":[\"10.0.0.0/8\"],\"api_keys\":[" KEY("0123456789", "true") "," KEY( \
        "123456789a", "false") "]}"
#define SHOWN                                                                             \
    "{\"id\":\"host\",\"tenant\":\"root\",\"proof\":\"api_key\",\"roles\":[\"auditor\"]," \
    "\"networks\":[\"10.0.0.0/8\"],\"api_keys\":1,\"enabled\":true,\"configured\":false}"

static void identity_list__asks_and_shows_the_answer(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK("{\"identities\":[" ENTRY "]}"));
    KW_AUTO(command_result) json = remote_world_run(&world, "identity list --after a@b --json");
    assert_int_equal(json.exit_code, 0);
    assert_string_equal(json.out, "{\"identities\":[" SHOWN "]}\n");
    remote_world_expect_request(&world, "GET /v1/identities?after=a%40b HTTP/1.1\r\n");
    KW_AUTO(command_result) text = remote_world_run(&world, "identity list");
    assert_int_equal(text.exit_code, 0);
    assert_non_null(strstr(text.out, "auditor"));
    remote_world_remove(&world);
}

static void identity_list__ends_with_the_status_of_a_refusal(void **state)
{
    KW_UNUSED(state);
    remote_world closed = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result) refused = remote_world_run(&closed, "identity list");
    assert_int_equal(refused.exit_code, 77);
    assert_string_equal(refused.out, "");
    remote_world_remove(&closed);
    remote_world other = remote_world_make(REMOTE_OK("{\"apps\":[]}"));
    KW_AUTO(command_result) strange = remote_world_run(&other, "identity list");
    assert_int_equal(strange.exit_code, 76);
    assert_string_equal(strange.out, "");
    remote_world_remove(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_list__asks_and_shows_the_answer),
        cmocka_unit_test(identity_list__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/identity_list", tests, NULL, NULL);
}
