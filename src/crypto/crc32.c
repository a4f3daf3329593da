/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 byte by byte without a table that a secret byte could index: the checksum is linear, so a
 * byte adds what each of its bits adds. Secret inputs: the bytes. */
#include "crypto/crc32.h"

enum {
    BITS = 8
};

uint32_t kw_crc32(kw_span bytes)
{
    /* What bit i leaves behind after eight steps; the last is the polynomial, 0x04c11db7 mirrored,
     * and the one before bit i's, shifted once more, is bit i's. */
    static const uint32_t left_by[BITS] = {0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832,
                                           0x1db71064, 0x3b6e20c8, 0x76dc4190, 0xedb88320};
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        uint32_t low = (crc ^ bytes.ptr[i]) & 0xff;
        crc >>= BITS;
        for (unsigned bit = 0; bit < BITS; bit++) {
            crc ^= left_by[bit] & (0U - (low >> bit & 1));
        }
    }
    return ~crc;
}
