/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/draw.h"

#include "support/expect.h"

static const uint8_t digest[32] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                   17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

/* As class ChaCha of ffjavascript 0.3 gives them for the same digest. */
static void draw__gives_the_words_of_ffjavascript(void **state)
{
    (void)state;
    kw_zk_draw draw = kw_zk_draw_of(digest);
    assert_int_equal(kw_zk_draw_u32(&draw), 0xaf629f98);
    assert_int_equal(kw_zk_draw_u64(&draw), 0x732a949ae46279ee);
    draw = kw_zk_draw_of(digest);
    for (int i = 0; i < 40; i++) { /* past a block */
        kw_zk_draw again = kw_zk_draw_of(digest);
        uint32_t word = kw_zk_draw_u32(&draw);
        for (int k = 0; k < i; k++) {
            (void)kw_zk_draw_u32(&again);
        }
        assert_int_equal(word, kw_zk_draw_u32(&again));
    }
}

static void draw_number__keeps_the_low_bits_alone(void **state)
{
    (void)state;
    kw_zk_draw draw = kw_zk_draw_of(digest);
    kw_zk_draw same = draw;
    uint8_t number[16];
    kw_zk_draw_number(number, &draw, 2, 67);
    uint64_t low = kw_zk_draw_u64(&same);
    uint64_t high = kw_zk_draw_u64(&same) & 7;
    for (size_t i = 0; i < sizeof number; i++) {
        uint64_t word = i < 8 ? low : high;
        assert_int_equal(number[i], word >> 8 * (i % 8) & 0xff);
    }
}

static void draw__differs_with_the_digest(void **state)
{
    (void)state;
    uint8_t other[32];
    memcpy(other, digest, sizeof other);
    other[31] ^= 1;
    kw_zk_draw a = kw_zk_draw_of(digest);
    kw_zk_draw b = kw_zk_draw_of(other);
    assert_int_not_equal(kw_zk_draw_u64(&a), kw_zk_draw_u64(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draw__gives_the_words_of_ffjavascript),
        cmocka_unit_test(draw_number__keeps_the_low_bits_alone),
        cmocka_unit_test(draw__differs_with_the_digest),
    };
    return cmocka_run_group_tests_name("params/engine/zk/draw", tests, NULL, NULL);
}
