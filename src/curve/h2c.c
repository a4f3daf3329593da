/* SPDX-License-Identifier: Apache-2.0
 * expand_message_xmd, RFC 9380 section 5.3.1. */
#include "curve/h2c.h"

#include "base/ct.h"

enum {
    DST_BYTES_MAX = 255
};

static const uint8_t zeros[KW_H2C_BLOCK_BYTES_MAX];

static void update_byte(const kw_h2c_hash *hash, kw_h2c_state *state, size_t value)
{
    uint8_t byte = (uint8_t)value;
    hash->update(state, (kw_span){&byte, 1});
}

static void update_dst(const kw_h2c_hash *hash, kw_h2c_state *state, kw_span dst)
{
    hash->update(state, dst);
    update_byte(hash, state, dst.len);
}

/* b_0 = H(Z_pad || msg || I2OSP(len, 2) || 0 || DST_prime). */
static void hash_msg(kw_hash32 *out, const kw_h2c_hash *hash, kw_span msg, size_t len, kw_span dst)
{
    kw_h2c_state state;
    hash->init(&state);
    hash->update(&state, (kw_span){zeros, hash->block_bytes});
    hash->update(&state, msg);
    update_byte(hash, &state, len >> 8);
    update_byte(hash, &state, len & 0xff);
    update_byte(hash, &state, 0);
    update_dst(hash, &state, dst);
    hash->final(&state, out);
}

/* b_i = H((b_0 xor b_(i-1)) || i || DST_prime); before the first, `io` is all zero. */
static void hash_next(kw_hash32 *io, const kw_h2c_hash *hash, const kw_hash32 *first, size_t i,
                      kw_span dst)
{
    kw_h2c_state state;
    for (size_t at = 0; at < sizeof io->bytes; at++) {
        io->bytes[at] ^= first->bytes[at];
    }
    hash->init(&state);
    hash->update(&state, KW_SPAN(io->bytes));
    update_byte(hash, &state, i);
    update_dst(hash, &state, dst);
    hash->final(&state, io);
}

static void hash_long_dst(kw_hash32 *out, const kw_h2c_hash *hash, kw_span dst)
{
    kw_h2c_state state;
    hash->init(&state);
    hash->update(&state, kw_span_of_str(KW_STR("H2C-OVERSIZE-DST-")));
    hash->update(&state, dst);
    hash->final(&state, out);
}

kw_status kw_h2c_expand(kw_mspan out, const kw_h2c_hash *hash, kw_span msg, kw_span dst)
{
    if (out.len == 0 || out.len > KW_H2C_EXPANDED_BYTES_MAX || dst.len == 0 ||
        hash->block_bytes > KW_H2C_BLOCK_BYTES_MAX) {
        return KW_ARG;
    }
    kw_hash32 short_dst;
    if (dst.len > DST_BYTES_MAX) {
        hash_long_dst(&short_dst, hash, dst);
        dst = KW_SPAN(short_dst.bytes);
    }
    kw_hash32 first;
    kw_hash32 block = {{0}};
    hash_msg(&first, hash, msg, out.len, dst);
    for (size_t at = 0, i = 1; at < out.len; at += sizeof block.bytes, i++) {
        hash_next(&block, hash, &first, i, dst);
        memcpy(out.ptr + at, block.bytes, KW_MIN(sizeof block.bytes, out.len - at));
    }
    kw_wipe(&first, sizeof first);
    kw_wipe(&block, sizeof block);
    return KW_OK;
}
