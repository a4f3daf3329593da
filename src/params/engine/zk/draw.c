/* SPDX-License-Identifier: Apache-2.0
 * Words of ChaCha20. */
#include "params/engine/zk/draw.h"

#include "crypto/chacha20.h"

kw_zk_draw kw_zk_draw_of(const uint8_t digest[32])
{
    kw_zk_draw draw = {.used = sizeof draw.bytes};
    for (size_t i = 0; i < sizeof draw.seed.bytes; i++) {
        draw.seed.bytes[i] = digest[i / 4 * 4 + 3 - i % 4];
    }
    return draw;
}

uint32_t kw_zk_draw_u32(kw_zk_draw *draw)
{
    if (draw->used == sizeof draw->bytes) {
        kw_chacha20_stream(KW_MSPAN(draw->bytes), &draw->seed, draw->block++);
        draw->used = 0;
    }
    uint32_t word = 0;
    for (size_t i = 4; i-- > 0;) {
        word = word << 8 | draw->bytes[draw->used + i];
    }
    draw->used += 4;
    return word;
}

uint64_t kw_zk_draw_u64(kw_zk_draw *draw)
{
    uint64_t high = kw_zk_draw_u32(draw);
    return high << 32 | kw_zk_draw_u32(draw);
}

void kw_zk_draw_number(uint8_t *out, kw_zk_draw *draw, size_t words, unsigned bits)
{
    for (size_t i = 0; i < words; i++) {
        uint64_t word = kw_zk_draw_u64(draw);
        for (size_t k = 0; k < 8; k++) {
            size_t first = 8 * (8 * i + k); /* bit of this byte */
            unsigned left = first < bits ? (unsigned)(bits - first) : 0;
            uint8_t mask = (uint8_t)(left >= 8 ? 0xffU : (1U << left) - 1);
            out[8 * i + k] = (uint8_t)(word >> 8 * k) & mask;
        }
    }
}
