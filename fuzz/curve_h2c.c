/* kw_h2c_expand
 * SPDX-License-Identifier: Apache-2.0
 * Lengths of tag, message and output come from the input; a second expander, written straight from
 * RFC 9380 sections 5.3.1 and 5.3.3, gives the same bytes. */
#include "base/buf.h"
#include "crypto/h2c_hashes.h"
#include "crypto/hash.h"
#include "crypto/keccak.h"
#include "curve_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEADER_BYTES = 4, /* hash, output length, tag length */
};

typedef void (*hash_all)(kw_hash32 *out, kw_span bytes);

static void append(kw_buf *buf, kw_span bytes)
{
    kw_status st = kw_buf_append(buf, bytes);
    KW_ASSERT(st == KW_OK);
}

static void append_zeros(kw_buf *buf, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        append(buf, (kw_span){(const uint8_t *)"", 1});
    }
}

/* DST_prime: the tag, hashed when it is long, and its length. */
static void make_tag(kw_buf *out, hash_all hash, kw_span dst)
{
    kw_hash32 short_tag;
    if (dst.len > 255) {
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
        append(&text, kw_span_of_str(KW_STR("H2C-OVERSIZE-DST-")));
        append(&text, dst);
        hash(&short_tag, kw_buf_view(&text));
        dst = KW_SPAN(short_tag.bytes);
    }
    uint8_t len = (uint8_t)dst.len;
    append(out, dst);
    append(out, (kw_span){&len, 1});
}

static void expand(kw_mspan out, hash_all hash, size_t block_bytes, kw_span msg, kw_span dst)
{
    KW_AUTO(kw_buf) tag = kw_buf_init(1 << 10);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    kw_hash32 first;
    kw_hash32 block = {{0}};
    const uint8_t lengths[] = {(uint8_t)(out.len >> 8), (uint8_t)out.len, 0};
    make_tag(&tag, hash, dst);
    append_zeros(&text, block_bytes);
    append(&text, msg);
    append(&text, KW_SPAN(lengths));
    append(&text, kw_buf_view(&tag));
    hash(&first, kw_buf_view(&text));
    for (size_t at = 0; at < out.len; at += sizeof block) {
        uint8_t number = (uint8_t)(at / sizeof block + 1);
        for (size_t i = 0; i < sizeof block; i++) {
            block.bytes[i] ^= first.bytes[i];
        }
        kw_buf_clear(&text);
        append(&text, KW_SPAN(block.bytes));
        append(&text, (kw_span){&number, 1});
        append(&text, kw_buf_view(&tag));
        hash(&block, kw_buf_view(&text));
        memcpy(out.ptr + at, block.bytes, KW_MIN(sizeof block, out.len - at));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t ours[KW_H2C_EXPANDED_BYTES_MAX + 1];
    static uint8_t theirs[KW_H2C_EXPANDED_BYTES_MAX];
    if (size < HEADER_BYTES) {
        return 0;
    }
    bool is_sha = data[0] % 2 == 0;
    const kw_h2c_hash *hash = is_sha ? &kw_h2c_sha256 : &kw_h2c_keccak256;
    size_t len = ((size_t)data[1] << 8 | data[2]) % (sizeof ours + 1);
    size_t tag_len = KW_MIN((size_t)data[3] * 3, size - HEADER_BYTES);
    kw_span tag = {data + HEADER_BYTES, tag_len};
    kw_span msg = {tag.ptr + tag_len, size - HEADER_BYTES - tag_len};
    kw_status st = kw_h2c_expand((kw_mspan){ours, len}, hash, msg, tag);
    bool is_fine = len > 0 && len <= sizeof theirs && tag_len > 0;
    KW_ASSERT(st == (is_fine ? KW_OK : KW_ARG));
    sample((kw_span){data, size}, st);
    if (is_fine) {
        expand((kw_mspan){theirs, len}, is_sha ? kw_sha256 : kw_keccak256, is_sha ? 64 : 136, msg,
               tag);
        KW_ASSERT(memcmp(ours, theirs, len) == 0);
    }
    return 0;
}
