/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 bit by bit: no table that a secret byte could index. Secret inputs: the bytes. */
#include "crypto/crc32.h"

enum {
    BITS = 8
};

uint32_t kw_crc32(kw_span bytes)
{
    const uint32_t polynomial = 0xedb88320; /* 0x04c11db7 mirrored */
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= bytes.ptr[i];
        for (int bit = 0; bit < BITS; bit++) {
            crc = (crc >> 1) ^ (polynomial & (0U - (crc & 1)));
        }
    }
    return ~crc;
}
