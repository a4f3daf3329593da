/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

#include <stdio.h>

static command_result follow(const remote_world *world, const char *more)
{
    char words[512];
    (void)snprintf(words, sizeof words,
                   "emtp stream follow %s/s --ca %%/ca.pem --api-key-file %%/api.key%s",
                   tls_peer_url(world->peer), more);
    return remote_world_run_bare(world, words);
}

static void emtp_stream_follow__goes_on_until_it_is_refused(void **state)
{
    (void)state;
    static const tls_peer_script script = {{REMOTE_OK("1\tt\t+\tk\ta\n"),
                                            REMOTE_OK("2\tt\t+\tk\tb\n"),
                                            REMOTE_REFUSAL("403", "forbidden")},
                                           3};
    remote_world world = remote_world_make_script(&script);
    KW_AUTO(command_result) followed = follow(&world, "");
    assert_int_equal(followed.exit_code, 77);
    assert_string_equal(followed.out, "1\tt\t+\tk\ta\n2\tt\t+\tk\tb\n");
    remote_world_expect_request(&world, "GET /s?since_id=0 HTTP/1.1\r\n");
    remote_world_expect_request(&world, "GET /s?since_id=1 HTTP/1.1\r\n");
    remote_world_expect_request(&world, "GET /s?since_id=2 HTTP/1.1\r\n");
    remote_world_remove(&world);
}

static void emtp_stream_follow__starts_behind_a_row(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_REFUSAL("410", "gone"));
    KW_AUTO(command_result) refused = follow(&world, " --since 9");
    assert_int_equal(refused.exit_code, 66);
    assert_string_equal(refused.out, "");
    remote_world_expect_request(&world, "GET /s?since_id=9 HTTP/1.1\r\n");
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_stream_follow__goes_on_until_it_is_refused),
        cmocka_unit_test(emtp_stream_follow__starts_behind_a_row),
    };
    return cmocka_run_group_tests_name("cli/emtp_stream_follow", tests, NULL, NULL);
}
