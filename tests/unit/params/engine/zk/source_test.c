/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/source.h"

#include "support/expect.h"

static void read__gives_any_place_within_the_file(void **state)
{
    (void)state;
    const kw_span bytes = kw_span_of_str(KW_STR("0123456789"));
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    uint8_t room[4];
    assert_int_equal(source.size, 10);
    EXPECT_OK(kw_zk_read(&source, 6, KW_MSPAN(room), NULL));
    EXPECT_STR(kw_str_of_span(KW_SPAN(room)), "6789");
    EXPECT_OK(kw_zk_read(&source, 10, (kw_mspan){0}, NULL));
}

static void read__refuses_what_lies_behind_the_end(void **state)
{
    (void)state;
    const kw_span bytes = kw_span_of_str(KW_STR("0123456789"));
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    uint8_t room[4];
    kw_error err = {0};
    EXPECT_STATUS(kw_zk_read(&source, 7, KW_MSPAN(room), &err), KW_ZK_INVALID);
    EXPECT_STATUS(err.status, KW_ZK_INVALID);
    EXPECT_STATUS(kw_zk_read(&source, 11, (kw_mspan){0}, NULL), KW_ZK_INVALID);
    EXPECT_STATUS(kw_zk_read(&source, UINT64_MAX, KW_MSPAN(room), NULL), KW_ZK_INVALID);
    EXPECT_STATUS(kw_zk_read(&source, UINT64_MAX - 2, KW_MSPAN(room), NULL), KW_ZK_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__gives_any_place_within_the_file),
        cmocka_unit_test(read__refuses_what_lies_behind_the_end),
    };
    return cmocka_run_group_tests_name("params/engine/zk/source", tests, NULL, NULL);
}
