/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 byte by byte without a table that a secret byte could index: the checksum is linear, so a
 * byte adds what each of its bits adds. Secret inputs: the bytes. */
#include "crypto/crc32.h"

enum {
    BITS = 8
};

/* `left`: what a bit that is set leaves behind after eight steps. */
static uint32_t left_by(uint32_t byte, unsigned bit, uint32_t left)
{
    return left & (0U - (byte >> bit & 1));
}

/* The constant of bit 7 is the polynomial, 0x04c11db7 mirrored; each other one is its neighbour's,
 * moved by one more step. */
static uint32_t left_by_all(uint32_t byte)
{
    return left_by(byte, 0, 0x77073096) ^ left_by(byte, 1, 0xee0e612c) ^
           left_by(byte, 2, 0x076dc419) ^ left_by(byte, 3, 0x0edb8832) ^
           left_by(byte, 4, 0x1db71064) ^ left_by(byte, 5, 0x3b6e20c8) ^
           left_by(byte, 6, 0x76dc4190) ^ left_by(byte, 7, 0xedb88320);
}

uint32_t kw_crc32(kw_span bytes)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc = crc >> BITS ^ left_by_all((crc ^ bytes.ptr[i]) & 0xff);
    }
    return ~crc;
}
