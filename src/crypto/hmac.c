/* SPDX-License-Identifier: Apache-2.0
 * HMAC-SHA-256. Source: RFC 2104, FIPS 198-1. Secret inputs: keys, and the messages' contents. */
#include "crypto/hmac.h"

#include "base/cpu.h"
#include "crypto/hmac_group.h"

enum {
    INNER_PAD = 0x36,
    OUTER_PAD = 0x5c,
    WINDOW = 128,          /* messages that are sorted by their blocks at a time */
    PADDING_BYTES_MIN = 9, /* a one bit and 64 bits of length */
};

const uint32_t kw_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The state after the key block: key XOR `pad`, the key being at most one block. */
static void start_padded(kw_sha256_state *out, kw_secret_span key, uint8_t pad)
{
    uint8_t block[KW_SHA256_BLOCK_BYTES];
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < key.len; i++) {
        block[i] = (uint8_t)(key.secret[i] ^ pad);
    }
    kw_sha256_init(out);
    kw_sha256_update(out, KW_SPAN(block));
    kw_wipe(block, sizeof block);
}

kw_hmac_state kw_hmac_begin(kw_secret_span key)
{
    kw_hash32 short_key = {0};
    if (key.len > KW_SHA256_BLOCK_BYTES) {
        kw_sha256(&short_key, (kw_span){key.secret, key.len});
        key = (kw_secret_span){short_key.bytes, sizeof short_key.bytes};
    }
    kw_hmac_state state;
    start_padded(&state.inner, key, INNER_PAD);
    start_padded(&state.outer, key, OUTER_PAD);
    kw_wipe(&short_key, sizeof short_key);
    return state;
}

void kw_hmac_update(kw_hmac_state *state, kw_span bytes)
{
    kw_sha256_update(&state->inner, bytes);
}

void kw_hmac_end(kw_hmac_state *state, kw_hash32 *out)
{
    kw_hash32 inner;
    kw_sha256_final(&state->inner, &inner);
    kw_sha256_update(&state->outer, KW_SPAN(inner.bytes));
    kw_sha256_final(&state->outer, out);
    kw_wipe(&inner, sizeof inner);
}

void kw_hmac_state_drop(kw_hmac_state *state)
{
    kw_wipe(state, sizeof *state);
}

void kw_hmac_sha256(kw_hash32 *out, kw_secret_span key, kw_span message)
{
    KW_AUTO(kw_hmac_state) state = kw_hmac_begin(key);
    kw_hmac_update(&state, message);
    kw_hmac_end(&state, out);
}

bool kw_hmac_sha256_matches(const kw_hash32 *tag, kw_secret_span key, kw_span message)
{
    kw_hash32 right;
    kw_hmac_sha256(&right, key, message);
    kw_mask is_equal = kw_ct_equal(tag->bytes, right.bytes, sizeof right.bytes);
    kw_wipe(&right, sizeof right);
    return kw_declassify_mask(is_equal, "the caller acts on the verdict");
}

bool kw_hmac_backend_is_supported(kw_hmac_backend backend)
{
    kw_cpu cpu = kw_cpu_detect();
    switch (backend) {
    case KW_HMAC_OPENSSL:
        return true;
    case KW_HMAC_SHANI:
        return cpu.has_sha;
    case KW_HMAC_AVX2:
        return cpu.has_avx2;
    case KW_HMAC_AVX512:
        return cpu.has_avx512;
    }
    return false;
}

static kw_hmac_backend fastest_backend(void)
{
    static const kw_hmac_backend by_speed[] = {KW_HMAC_AVX512, KW_HMAC_SHANI, KW_HMAC_AVX2};
    for (size_t i = 0; i < KW_COUNT(by_speed); i++) {
        if (kw_hmac_backend_is_supported(by_speed[i])) {
            return by_speed[i];
        }
    }
    return KW_HMAC_OPENSSL;
}

void kw_hmac_key_init(kw_hmac_key *out, const kw_secret32 *key)
{
    kw_sha256_state state;
    start_padded(&state, kw_secret32_view(key), INNER_PAD);
    kw_sha256_midstate(&state, out->secret_inner);
    start_padded(&state, kw_secret32_view(key), OUTER_PAD);
    kw_sha256_midstate(&state, out->secret_outer);
    kw_wipe(&state, sizeof state);
    out->backend = fastest_backend();
}

void kw_hmac_key_drop(kw_hmac_key *key)
{
    kw_wipe(key, sizeof *key);
}

void kw_hmac_key_tag(const kw_hmac_key *key, kw_hash32 *out, kw_span message)
{
    KW_AUTO(kw_hmac_state) state = {0};
    kw_sha256_resume(&state.inner, key->secret_inner, 1);
    kw_sha256_resume(&state.outer, key->secret_outer, 1);
    kw_hmac_update(&state, message);
    kw_hmac_end(&state, out);
}

/* A back-end as the batch sees it. */
typedef struct lanes {
    void (*run)(const kw_hmac_key *key, kw_hmac_group *group);
    size_t width;
} lanes;

static lanes lanes_of(kw_hmac_backend backend)
{
    switch (backend) {
    case KW_HMAC_OPENSSL:
        break;
    case KW_HMAC_SHANI:
        return (lanes){kw_hmac_group_shani, 2};
    case KW_HMAC_AVX2:
        return (lanes){kw_hmac_group_avx2, 8};
    case KW_HMAC_AVX512:
        return (lanes){kw_hmac_group_avx512, 16};
    }
    return (lanes){0};
}

static size_t blocks_of(size_t message_bytes)
{
    return (message_bytes + PADDING_BYTES_MIN + KW_SHA256_BLOCK_BYTES - 1) / KW_SHA256_BLOCK_BYTES;
}

/* FIPS 180-4 section 5.1.1; the length counts the key block too. */
static void pad_into(uint8_t *room, size_t blocks, kw_span message)
{
    size_t bytes = blocks * KW_SHA256_BLOCK_BYTES;
    if (message.len > 0) {
        memcpy(room, message.ptr, message.len);
    }
    memset(&room[message.len], 0, bytes - message.len);
    room[message.len] = 0x80;
    uint64_t bits = __builtin_bswap64((uint64_t)(message.len + KW_SHA256_BLOCK_BYTES) * 8);
    memcpy(&room[bytes - sizeof bits], &bits, sizeof bits);
}

/* One window of messages, sorted by their number of blocks, and where the lanes compute. */
typedef struct batch {
    const kw_hmac_key *key;
    lanes by;
    const kw_span *messages; /* of this window */
    kw_hash32 *out;
    uint8_t order[KW_HMAC_BLOCKS_MAX][WINDOW]; /* [blocks - 1]: indices into `messages` */
    size_t counts[KW_HMAC_BLOCKS_MAX];
    kw_hmac_group group;
} batch;

/* Messages that are too long for the lanes are done here. */
static void sort_window(batch *b, size_t count)
{
    memset(b->counts, 0, sizeof b->counts);
    for (size_t i = 0; i < count; i++) {
        size_t blocks = blocks_of(b->messages[i].len);
        if (blocks > KW_HMAC_BLOCKS_MAX) {
            kw_hmac_key_tag(b->key, &b->out[i], b->messages[i]);
        } else {
            b->order[blocks - 1][b->counts[blocks - 1]++] = (uint8_t)i;
        }
    }
}

/* One run of the lanes over `count` messages. */
static void run_group(batch *b, const uint8_t *order, size_t count)
{
    for (size_t lane = 0; lane < count; lane++) {
        pad_into(b->group.input[lane], b->group.blocks, b->messages[order[lane]]);
    }
    b->by.run(b->key, &b->group);
    for (size_t lane = 0; lane < count; lane++) {
        b->out[order[lane]] = b->group.tags[lane];
    }
}

static void run_window(batch *b)
{
    for (size_t blocks = 1; blocks <= KW_HMAC_BLOCKS_MAX; blocks++) {
        b->group.blocks = blocks;
        const uint8_t *order = b->order[blocks - 1];
        size_t count = b->counts[blocks - 1];
        for (size_t at = 0; at < count; at += b->by.width) {
            run_group(b, &order[at], KW_MIN(b->by.width, count - at));
        }
    }
}

static void tag_one_by_one(const kw_hmac_key *key, kw_hash32 *out, const kw_span *messages,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kw_hmac_key_tag(key, &out[i], messages[i]);
    }
}

void kw_hmac_key_tag_many(const kw_hmac_key *key, kw_hash32 *out, const kw_span *messages,
                          size_t count)
{
    lanes by = lanes_of(key->backend);
    if (by.run == NULL) {
        tag_one_by_one(key, out, messages, count);
        return;
    }
    batch b = {.key = key, .by = by};
    for (size_t at = 0; at < count; at += WINDOW) {
        size_t window = KW_MIN((size_t)WINDOW, count - at);
        b.messages = &messages[at];
        b.out = &out[at];
        sort_window(&b, window);
        run_window(&b);
    }
    kw_wipe(&b.group, sizeof b.group); /* held the messages */
}
