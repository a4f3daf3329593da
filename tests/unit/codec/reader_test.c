/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/reader.h"

#include "support/expect.h"

static void read__takes_every_width_in_both_orders(void **state)
{
    (void)state;
    static const uint8_t wire[] = {1, 1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 1,
                                   2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9};
    uint8_t two[2];
    kw_reader r = kw_reader_of(KW_SPAN(wire));
    assert_int_equal(kw_read_u8(&r), 1);
    assert_int_equal(kw_read_u16be(&r), 0x0102);
    assert_int_equal(kw_read_u32be(&r), 0x01020304);
    assert_true(kw_read_u64be(&r) == UINT64_C(0x0102030405060708));
    assert_int_equal(kw_read_u16le(&r), 0x0201);
    assert_int_equal(kw_read_u32le(&r), 0x04030201);
    assert_true(kw_read_u64le(&r) == UINT64_C(0x0807060504030201));
    assert_int_equal(kw_read_left(&r), 2);
    EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
    kw_read_into(&r, KW_MSPAN(two));
    assert_int_equal(two[1], 9);
    EXPECT_OK(kw_read_end(&r));
}

static void read_end__refuses_short_and_trailing(void **state)
{
    (void)state;
    uint8_t wire[8] = {0};
    for (size_t len = 0; len <= sizeof wire; len++) {
        kw_reader r = kw_reader_of((kw_span){wire, len});
        (void)kw_read_u32be(&r);
        (void)kw_read_u8(&r);
        EXPECT_STATUS(kw_read_end(&r), len == 5 ? KW_OK : KW_BAD_INPUT);
    }
}

static void read__gives_zeros_and_consumes_nothing_after_a_failure(void **state)
{
    (void)state;
    static const uint8_t wire[] = {7, 7, 7};
    uint8_t out[2] = {9, 9};
    kw_reader r = kw_reader_of(KW_SPAN(wire));
    assert_int_equal(kw_read_u32be(&r), 0);
    assert_false(kw_read_is_good(&r));
    assert_int_equal(kw_read_left(&r), 0);
    assert_int_equal(kw_read_u8(&r), 0);
    kw_read_into(&r, KW_MSPAN(out));
    assert_int_equal(out[0] + out[1], 0);
    assert_int_equal(kw_read_rest(&r).len, 0);
    EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
}

static void read_span__bounds_the_length_it_was_sent(void **state)
{
    (void)state;
    static const uint8_t wire[] = {2, 'a', 'b', 0, 1, 'c', 0, 0, 0, 1, 'd'};
    kw_reader r = kw_reader_of(KW_SPAN(wire));
    EXPECT_STR(kw_str_of_span(kw_read_span_u8(&r, 2)), "ab");
    EXPECT_STR(kw_str_of_span(kw_read_span_u16be(&r, 1)), "c");
    EXPECT_STR(kw_str_of_span(kw_read_span_u32be(&r, 1)), "d");
    EXPECT_OK(kw_read_end(&r));

    kw_reader over_max = kw_reader_of(KW_SPAN(wire));
    assert_int_equal(kw_read_span_u8(&over_max, 1).len, 0);
    assert_false(kw_read_is_good(&over_max));
    static const uint8_t lying[] = {0xff, 0xff, 0xff, 0xff, 1};
    kw_reader beyond = kw_reader_of(KW_SPAN(lying));
    assert_int_equal(kw_read_span_u32be(&beyond, SIZE_MAX).len, 0);
    assert_false(kw_read_is_good(&beyond));
}

static void read_fail__sticks(void **state)
{
    (void)state;
    static const uint8_t wire[] = {1};
    kw_reader r = kw_reader_of(KW_SPAN(wire));
    kw_read_fail(&r);
    assert_int_equal(kw_read_u8(&r), 0);
    EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
}

static void reader_of__takes_the_empty_span(void **state)
{
    (void)state;
    kw_reader r = kw_reader_of((kw_span){0});
    EXPECT_OK(kw_read_end(&r));
    assert_int_equal(kw_read_u8(&r), 0);
    EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__takes_every_width_in_both_orders),
        cmocka_unit_test(read_end__refuses_short_and_trailing),
        cmocka_unit_test(read__gives_zeros_and_consumes_nothing_after_a_failure),
        cmocka_unit_test(read_span__bounds_the_length_it_was_sent),
        cmocka_unit_test(read_fail__sticks),
        cmocka_unit_test(reader_of__takes_the_empty_span),
    };
    return cmocka_run_group_tests_name("codec/reader", tests, NULL, NULL);
}
