/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/hex.h"

#include "support/expect.h"

static void hex__round_trips_every_byte(void **state)
{
    (void)state;
    uint8_t bytes[256];
    uint8_t back[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    KW_AUTO(kw_buf) text = kw_buf_init(512);
    EXPECT_OK(kw_hex_encode(&text, KW_SPAN(bytes)));
    assert_memory_equal(text.ptr, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_memory_equal(text.ptr + 508, "feff", 4);
    EXPECT_OK(kw_hex_decode_to(KW_MSPAN(back), kw_buf_text(&text)));
    assert_memory_equal(back, bytes, sizeof bytes);
    KW_AUTO(kw_buf) again = kw_buf_init(256);
    EXPECT_OK(kw_hex_decode(&again, kw_buf_text(&text)));
    EXPECT_SPAN(kw_buf_view(&again), KW_SPAN(bytes));
}

/* Four bytes are encoded at once, the rest one by one: both must give the same. */
static void hex_encode_to__gives_the_same_for_every_length_and_byte(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef";
    for (size_t len = 0; len < 12; len++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t bytes[12];
            char text[24];
            memset(bytes, 0, sizeof bytes);
            memset(text, 'x', sizeof text);
            bytes[value % 12] = (uint8_t)value;
            kw_hex_encode_to(text, (kw_span){bytes, len});
            for (size_t i = 0; i < len; i++) {
                assert_int_equal(text[2 * i], digits[bytes[i] >> 4]);
                assert_int_equal(text[2 * i + 1], digits[bytes[i] & 15]);
            }
            assert_true(len == 12 || text[2 * len] == 'x');
        }
    }
}

static void hex_decode_to__refuses_every_other_character(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        char high[2] = {(char)c, '0'};
        char low[2] = {'0', (char)c};
        uint8_t out[1] = {7};
        EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(out), (kw_str){high, 2}),
                      is_digit ? KW_OK : KW_BAD_INPUT);
        EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(out), (kw_str){low, 2}),
                      is_digit ? KW_OK : KW_BAD_INPUT);
        assert_true(is_digit || out[0] == 0);
    }
}

static void hex_decode__refuses_other_lengths(void **state)
{
    (void)state;
    uint8_t out[2] = {1, 1};
    EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(out), KW_STR("000")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(out), KW_STR("0000ff")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(out), KW_STR("")), KW_BAD_INPUT);
    assert_int_equal(out[0] + out[1], 0);
    KW_AUTO(kw_buf) buf = kw_buf_init(2);
    EXPECT_STATUS(kw_hex_decode(&buf, KW_STR("0")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_hex_decode(&buf, KW_STR("zz")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_hex_decode(&buf, KW_STR("000000")), KW_LIMIT);
    assert_int_equal(buf.len, 0);
    EXPECT_OK(kw_hex_decode(&buf, KW_STR("")));
    EXPECT_STATUS(kw_hex_encode(&buf, KW_SPAN(out)), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex__round_trips_every_byte),
        cmocka_unit_test(hex_encode_to__gives_the_same_for_every_length_and_byte),
        cmocka_unit_test(hex_decode_to__refuses_every_other_character),
        cmocka_unit_test(hex_decode__refuses_other_lengths),
    };
    return cmocka_run_group_tests_name("codec/hex", tests, NULL, NULL);
}
