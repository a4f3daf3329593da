/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crc32.h"

#include "support/expect.h"

static void crc32__gives_published_values(void **state)
{
    (void)state;
    /* The check value of the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC. */
    assert_int_equal(kw_crc32(kw_span_of_str(KW_STR("123456789"))), 0xcbf43926);
    assert_int_equal(kw_crc32((kw_span){0}), 0);
    assert_int_equal(kw_crc32(kw_span_of_str(KW_STR("a"))), 0xe8b7be43);
}

/* The same polynomial, bit by bit. */
static uint32_t slow_crc(kw_span bytes)
{
    uint32_t crc = UINT32_MAX;
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        uint32_t low = (crc ^ (uint32_t)bytes.ptr[bit / 8] >> bit % 8) & 1;
        crc = crc >> 1 ^ (0xedb88320 & (0U - low));
    }
    return ~crc;
}

static void crc32__is_that_of_the_polynomial(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[3] = {(uint8_t)byte, 0x5a, (uint8_t)~byte};
        assert_int_equal(kw_crc32((kw_span){bytes, 1}), slow_crc((kw_span){bytes, 1}));
        assert_int_equal(kw_crc32(KW_SPAN(bytes)), slow_crc(KW_SPAN(bytes)));
    }
}

static void crc32__sees_every_single_bit(void **state)
{
    (void)state;
    uint8_t bytes[43] = {1, 2, 3};
    uint32_t right = kw_crc32(KW_SPAN(bytes));
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_int_not_equal(kw_crc32(KW_SPAN(bytes)), right);
        bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32__gives_published_values),
        cmocka_unit_test(crc32__is_that_of_the_polynomial),
        cmocka_unit_test(crc32__sees_every_single_bit),
    };
    return cmocka_run_group_tests_name("crypto/crc32", tests, NULL, NULL);
}
