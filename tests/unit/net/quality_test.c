/* SPDX-License-Identifier: Apache-2.0
 * Quality values. */
#include "net/quality.h"

#include "support/expect.h"

static void split__reads_name_and_quality(void **state)
{
    (void)state;
    const struct {
        const char *item;
        const char *name;
        int quality;
    } cases[] = {{"gzip", "gzip", 1000},
                 {" gzip ; q=0.5", "gzip", 500},
                 {"a/b;level=1;Q=0.125", "a/b", 125},
                 {"a;q=0", "a", 0},
                 {"a;q=0.", "a", 0},
                 {"a;q=1", "a", 1000},
                 {"a;q=1.000", "a", 1000},
                 {"a;q=1.9", "a", 1000},
                 {"a;q=0.9999", "a", 999},
                 {"a;q=x", "a", 0},
                 {"a;q=", "a", 1000},
                 {"a;quality=0", "a", 1000},
                 {"", "", 1000},
                 {";q=0.3", "", 300}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_str name = {0};
        assert_int_equal(kw_quality_split(kw_str_of(cases[i].item), &name), cases[i].quality);
        EXPECT_STR(name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split__reads_name_and_quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
