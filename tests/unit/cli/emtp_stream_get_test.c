/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

#include <stdio.h>

static command_result get(const remote_world *world, const char *more)
{
    char words[512];
    (void)snprintf(words, sizeof words,
                   "emtp stream get %s/v1/emtp/stp/keys --ca %%/ca.pem --api-key-file %%/api.key%s",
                   tls_peer_url(world->peer), more);
    return remote_world_run_bare(world, words);
}

static void emtp_stream_get__prints_the_rows_and_ends(void **state)
{
    (void)state;
    static const char row[] = "4\t2026-01-01T00:00:00Z\t+\tk\tr\n";
    remote_world world = remote_world_make(REMOTE_OK("4\t2026-01-01T00:00:00Z\t+\tk\tr\n"));
    KW_AUTO(command_result) plain = get(&world, "");
    assert_int_equal(plain.exit_code, 0);
    assert_string_equal(plain.out, row);
    KW_AUTO(command_result) tail = get(&world, " --since -1 --active");
    assert_int_equal(tail.exit_code, 0);
    remote_world_expect_request(
        &world, "GET /v1/emtp/stp/keys?since_id=-1&view=active&hold=0 HTTP/1.1\r\n");
    remote_world_remove(&world);
}

static void emtp_stream_get__ends_with_the_status_of_a_refusal(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("403", "forbidden"));
    KW_AUTO(command_result) refused = get(&world, "");
    assert_int_equal(refused.exit_code, 77);
    KW_AUTO(command_result) misused = get(&world, " --since x");
    assert_int_equal(misused.exit_code, 64);
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_stream_get__prints_the_rows_and_ends),
        cmocka_unit_test(emtp_stream_get__ends_with_the_status_of_a_refusal),
    };
    return cmocka_run_group_tests_name("cli/emtp_stream_get", tests, NULL, NULL);
}
