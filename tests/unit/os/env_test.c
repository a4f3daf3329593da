/* SPDX-License-Identifier: Apache-2.0 */
#include "os/env.h"

#include "support/expect.h"

#include <stdlib.h>

static void env_get__finds_or_gives_null(void **state)
{
    (void)state;
    assert_int_equal(setenv("KWTEST_A", "one=1", 1), 0);
    assert_string_equal(kw_env_get("KWTEST_A"), "one=1");
    assert_null(kw_env_get("KWTEST_ABSENT"));
}

static void add_up(void *ctx, kw_str name, kw_str value)
{
    size_t *sum = ctx;
    if (kw_str_equal(name, KW_STR("KWTEST_A"))) {
        EXPECT_STR(value, "one=1");
    } else {
        EXPECT_STR(name, "KWTEST_B");
        EXPECT_STR(value, "");
    }
    *sum += 1;
}

static void env_each__visits_names_with_the_prefix(void **state)
{
    (void)state;
    assert_int_equal(setenv("KWTEST_A", "one=1", 1), 0);
    assert_int_equal(setenv("KWTEST_B", "", 1), 0);
    assert_int_equal(setenv("XKWTEST_C", "no", 1), 0);
    size_t count = 0;
    kw_env_each(KW_STR("KWTEST_"), add_up, &count);
    assert_int_equal(count, 2);
    kw_env_each(KW_STR("KWTEST_NOTHING"), add_up, &count);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(env_get__finds_or_gives_null),
        cmocka_unit_test(env_each__visits_names_with_the_prefix),
    };
    return cmocka_run_group_tests_name("os/env", tests, NULL, NULL);
}
