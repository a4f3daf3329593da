/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void identity_add__names_a_certificate(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result)
    done = remote_world_run(&world, "identity add host --uri keyward:host --network 10.0.0.0/8 "
                                    "--json");
    assert_int_equal(done.exit_code, 0);
    assert_string_equal(done.out, "{\"id\":\"host\",\"proof\":\"uri\"}\n");
    remote_world_expect_request(&world, "POST /v1/identities HTTP/1.1\r\n");
    remote_world_expect_request(&world, "{\"id\":\"host\",\"tenant\":\"root\",\"kind\":\"uri\","
                                        "\"name\":\"keyward:host\","
                                        "\"networks\":[\"10.0.0.0/8\"]}");
    remote_world_remove(&world);
}

static void identity_add__says_how_api_keys_are_made(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result)
    done = remote_world_run(&world, "identity add host --role auditor --days 2");
    assert_int_equal(done.exit_code, 0);
    assert_string_equal(done.out, "id: host\nproof: api_key\n");
    assert_non_null(strstr(done.err, "`keyward identity key host` makes its API key"));
    remote_world_expect_request(&world, "\"kind\":\"api_key\"");
    remote_world_expect_request(&world, "\"roles\":[{\"role\":\"auditor\",\"expires\":\"20");
    remote_world_remove(&world);
}

static void identity_add__wants_one_proof_at_most(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK(""));
    static const char *const refused[] = {
        "identity add",
        "identity add ho|st --uri a",
        "identity add host --uri a --dns b",
        "identity add host --spki 00",
        "identity add host --uri a --days 0",
        "identity add host --uri a --days 367",
        "identity add host --uri a --role king",
        "identity add host --uri a --role anonymous",
    };
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        KW_AUTO(command_result) result = remote_world_run(&world, refused[i]);
        assert_int_equal(result.exit_code, 64);
        assert_string_equal(result.out, "");
    }
    assert_int_equal(tls_peer_requests_count(world.peer), 0);
    remote_world_remove(&world);
}

static void identity_add__ends_with_the_status_of_a_refusal(void **state)
{
    KW_UNUSED(state);
    remote_world there = remote_world_make(REMOTE_REFUSAL("409", "conflict"));
    KW_AUTO(command_result) twice = remote_world_run(&there, "identity add host");
    assert_int_equal(twice.exit_code, 65);
    assert_non_null(strstr(twice.err, "host, or another with that certificate, is there already"));
    remote_world_remove(&there);
    remote_world closed = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result) refused = remote_world_run(&closed, "identity add host");
    assert_int_equal(refused.exit_code, 77);
    assert_non_null(strstr(refused.err, "it is refused (forbidden, request 0123456789abcdef"));
    remote_world_remove(&closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_add__names_a_certificate),
        cmocka_unit_test(identity_add__says_how_api_keys_are_made),
        cmocka_unit_test(identity_add__wants_one_proof_at_most),
        cmocka_unit_test(identity_add__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/identity_add", tests, NULL, NULL);
}
