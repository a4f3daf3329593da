/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/remote_world.h"

static void identity_enable__asks_for_it(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK(""));
    KW_AUTO(command_result) done = remote_world_run(&world, "identity enable ho@st --json");
    assert_int_equal(done.exit_code, 0);
    assert_string_equal(done.out, "{\"id\":\"ho@st\",\"is_enabled\":true}\n");
    remote_world_expect_request(&world, "POST /v1/identities/ho%40st/enable HTTP/1.1\r\n");
    remote_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_enable__asks_for_it),
    };
    return cmocka_run_group_tests_name("cli/identity_enable", tests, NULL, NULL);
}
