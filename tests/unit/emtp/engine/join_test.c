/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/join.h"

#include "support/expect.h"

static kw_emtk_record record_of(uint32_t row, uint8_t tier, uint8_t token)
{
    return kw_emtk_record_make(row, tier, &(kw_hash32){{token, token}});
}

static void join_part__finds_shared_tokens(void **state)
{
    (void)state;
    kw_emtk_record a[] = {record_of(1, 1, 1), record_of(2, 1, 1), record_of(1, 2, 3),
                          record_of(5, 3, 9)};
    kw_emtk_record b[] = {record_of(7, 3, 1), record_of(7, 1, 3), record_of(8, 1, 4)};
    KW_AUTO(kw_emtk_join) join = {.pairs = kw_emtp_pairs_init(100)};
    kw_emtk left = {.records = a, .count = KW_COUNT(a)};
    kw_emtk right = {.records = b, .count = KW_COUNT(b)};
    EXPECT_OK(kw_emtk_join_part(&join, &left, &right, KW_EMTP_BUCKET_MAX));
    EXPECT_OK(kw_emtp_pairs_sum(&join.pairs));
    static const kw_emtp_pair wanted[] = {{1, 7, 2, 2}, {2, 7, 1, 3}};
    assert_int_equal(join.pairs.count, KW_COUNT(wanted));
    assert_memory_equal(join.pairs.items, wanted, sizeof wanted);
    assert_int_equal(join.tokens_shared, 2);
    assert_int_equal(join.tokens_skipped, 0);
}

static void join_part__skips_tokens_in_too_many_rows(void **state)
{
    (void)state;
    kw_emtk_record a[] = {record_of(1, 1, 1), record_of(2, 1, 1), record_of(3, 1, 2)};
    kw_emtk_record b[] = {record_of(1, 1, 1), record_of(2, 1, 1), record_of(3, 1, 2)};
    kw_emtk both = {.records = a, .count = KW_COUNT(a)};
    kw_emtk other = {.records = b, .count = KW_COUNT(b)};
    KW_AUTO(kw_emtk_join) four = {.pairs = kw_emtp_pairs_init(100)};
    EXPECT_OK(kw_emtk_join_part(&four, &both, &other, 4));
    assert_int_equal(four.pairs.count, 5);
    assert_int_equal(four.tokens_skipped, 0);
    KW_AUTO(kw_emtk_join) three = {.pairs = kw_emtp_pairs_init(100)};
    EXPECT_OK(kw_emtk_join_part(&three, &both, &other, 3));
    assert_int_equal(three.pairs.count, 1);
    assert_int_equal(three.tokens_shared, 2);
    assert_int_equal(three.tokens_skipped, 1);
}

static void join_part__holds_the_limit_of_pairs(void **state)
{
    (void)state;
    kw_emtk_record a[] = {record_of(1, 1, 1), record_of(2, 1, 1)};
    kw_emtk part = {.records = a, .count = KW_COUNT(a)};
    KW_AUTO(kw_emtk_join) join = {.pairs = kw_emtp_pairs_init(0)};
    EXPECT_STATUS(kw_emtk_join_part(&join, &part, &part, KW_EMTP_BUCKET_MAX), KW_LIMIT);
    kw_emtk none = {0};
    EXPECT_OK(kw_emtk_join_part(&join, &part, &none, KW_EMTP_BUCKET_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_part__finds_shared_tokens),
        cmocka_unit_test(join_part__skips_tokens_in_too_many_rows),
        cmocka_unit_test(join_part__holds_the_limit_of_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
