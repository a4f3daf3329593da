/* SPDX-License-Identifier: Apache-2.0
 * The committed vectors of the threshold engine are what @noble/curves gives today. */
#include "support/expect.h"
#include "support/oracle.h"
#include "support/process.h"

static void vectors__are_those_of_the_generator(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        skip();
    }
    process_result result = {0};
    const char *const argv[] = {"node", KW_SOURCE_DIR "/tools/threshold_vectors.mjs", "--check",
                                NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    process_result_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors__are_those_of_the_generator),
    };
    return cmocka_run_group_tests_name("interop/threshold_noble", tests, NULL, NULL);
}
