/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_switch.h"

#include "support/expect.h"
#include "support/remote_world.h"

static void identity_switch__ends_with_the_status_of_a_refusal(void **state)
{
    KW_UNUSED(state);
    static const char *const lines[] = {"identity disable host", "identity enable host"};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        remote_world world = remote_world_make(REMOTE_REFUSAL("404", "not_found"));
        KW_AUTO(command_result) refused = remote_world_run(&world, lines[i]);
        assert_int_equal(refused.exit_code, 66);
        assert_string_equal(refused.out, "");
        remote_world_remove(&world);
    }
}

static void identity_switch__wants_an_id(void **state)
{
    KW_UNUSED(state);
    static const char *const lines[] = {"identity disable", "identity enable"};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        remote_world world = remote_world_make(REMOTE_OK(""));
        KW_AUTO(command_result) nobody = remote_world_run(&world, lines[i]);
        assert_int_equal(nobody.exit_code, 64);
        remote_world_remove(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_switch__ends_with_the_status_of_a_refusal),
        cmocka_unit_test(identity_switch__wants_an_id),
    };
    return cmocka_run_group_tests_name("cli/identity_switch", tests, NULL, NULL);
}
