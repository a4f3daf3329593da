/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/fault.h"

#include "support/expect.h"

static void refuse__names_place_and_cause(void **state)
{
    (void)state;
    static const struct {
        kw_zk_place place;
        const char *what;
        const char *text;
    } cases[] = {
        {{2, "tauG1", 17, 4711},
         NULL,
         "section 2, tauG1 17, byte 4711: a point is not on the curve"},
        {{7, "contributions", KW_ZK_NO_INDEX, 8},
         "too many",
         "section 7, contributions, byte 8: too many"},
        {{0, "line", 3, 40}, "no hex", "line 3, byte 40: no hex"},
        {{0, NULL, KW_ZK_NO_INDEX, 12}, "odd", "byte 12: odd"},
        {{0, "IC", 2, KW_ZK_NO_OFFSET}, "odd", "IC 2: odd"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_zk_fault fault = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_zk_refuse(&fault, &cases[i].place, KW_NOT_ON_CURVE, cases[i].what, &err),
                      KW_ZK_INVALID);
        assert_string_equal(err.text, cases[i].text);
        EXPECT_STATUS(fault.cause, KW_NOT_ON_CURVE);
        assert_int_equal(fault.place.offset, cases[i].place.offset);
        assert_non_null(strstr(cases[i].text, fault.what));
    }
}

static void refuse__cuts_the_largest_place(void **state)
{
    (void)state;
    const kw_zk_place place = {UINT32_MAX, "alphaTauG1 Lagrange", UINT64_MAX - 1, UINT64_MAX - 1};
    kw_zk_fault fault;
    kw_error err = {0};
    EXPECT_STATUS(kw_zk_refuse(&fault, &place, KW_RANGE, NULL, &err), KW_ZK_INVALID);
    assert_in_range(strlen(err.text), 60, KW_ERROR_TEXT_BYTES - 1);
    EXPECT_STATUS(kw_zk_refuse(&fault, &place, KW_RANGE, NULL, NULL), KW_ZK_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuse__names_place_and_cause),
        cmocka_unit_test(refuse__cuts_the_largest_place),
    };
    return cmocka_run_group_tests_name("params/engine/zk/fault", tests, NULL, NULL);
}
