/* SPDX-License-Identifier: Apache-2.0
 * IBE ciphertexts, version 2. Source: threshold.md section 7. Secret inputs: seed, r, key, text. */
#include "threshold/engine/use/ibe_v2.h"

#include "base/checked.h"
#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/curve_secret.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"

enum {
    VERSION = 2,
    CHUNK_EXPONENT = 16, /* 2^16 = KW_IBE_CHUNK_BYTES */
    ROUND_BYTES = 8,
    PREFIX_BYTES_MAX = KW_IBE_HEADER_START_BYTES + KW_THRESHOLD_APP_ID_BYTES_MAX + 32,
    CONTEXT_BYTES_MAX = 4 + PREFIX_BYTES_MAX + 4 + KW_THRESHOLD_APP_ID_BYTES_MAX + 96,
};
_Static_assert(1 << CHUNK_EXPONENT == KW_IBE_CHUNK_BYTES, "the header says the size of chunks");
_Static_assert((int)CONTEXT_BYTES_MAX <= (int)KW_BLS_EXPAND_CONTEXT_BYTES_MAX, "r hashes it");

/* ---- the header ---- */

static bool is_kind(unsigned kind, size_t id_len)
{
    switch (kind) {
    case KW_IBE_APPLICATION:
        return id_len <= KW_THRESHOLD_APP_ID_BYTES_MAX;
    case KW_IBE_TIMELOCK:
        return id_len == 0 || id_len == ROUND_BYTES;
    default: /* a byte of the wire, not an enum */
        return false;
    }
}

/* Reads up to the id. */
static void read_start(kw_reader *r, kw_ibe_header *out, size_t *out_id_len)
{
    kw_str magic = kw_str_of_span(kw_read_span(r, 3));
    uint8_t version = kw_read_u8(r);
    uint8_t kind = kw_read_u8(r);
    uint8_t exponent = kw_read_u8(r);
    *out_id_len = kw_read_u16be(r);
    if (!kw_str_equal(magic, KW_STR("IBE")) || version != VERSION || exponent != CHUNK_EXPONENT ||
        !is_kind(kind, *out_id_len)) {
        kw_read_fail(r);
        return;
    }
    out->kind = (kw_ibe_kind)kind;
}

kw_status kw_ibe_header_bytes(size_t *out, kw_span start)
{
    kw_ibe_header header = {0};
    size_t id_len = 0;
    kw_reader r = kw_reader_of(start);
    read_start(&r, &header, &id_len);
    if (!kw_read_is_good(&r)) {
        return KW_BAD_INPUT;
    }
    *out = KW_IBE_HEADER_BYTES_MIN + id_len;
    return KW_OK;
}

kw_status kw_ibe_header_decode(kw_ibe_header *out, kw_span wire)
{
    kw_ibe_header header = {0};
    size_t id_len = 0;
    kw_reader r = kw_reader_of(wire);
    read_start(&r, &header, &id_len);
    header.id = kw_read_span(&r, id_len);
    kw_read_into(&r, KW_MSPAN(header.master_hash.bytes));
    kw_read_into(&r, KW_MSPAN(header.u_bytes.bytes));
    kw_read_into(&r, KW_MSPAN(header.v.bytes));
    KW_TRY(kw_read_end(&r));
    header.prefix = (kw_span){wire.ptr, KW_IBE_HEADER_START_BYTES + id_len + 32};
    kw_span u = KW_SPAN(header.u_bytes.bytes);
    if (kw_bls_g2_decode_zcash(&header.u, u, KW_POINT_STRICT) != KW_OK) {
        return KW_BAD_INPUT;
    }
    *out = header;
    return KW_OK;
}

/* ---- what sender and opener both compute ---- */

/* LP(prefix) | LP(id) | MPK. */
typedef struct context {
    uint8_t bytes[CONTEXT_BYTES_MAX];
    size_t len;
} context;

static void context_make(context *out, kw_span prefix, const kw_ibe_id *id,
                         const kw_ibe_master *master)
{
    out->len = 4 + prefix.len + 4 + id->len + sizeof master->bytes.bytes;
    kw_writer w = kw_writer_of((kw_mspan){out->bytes, out->len});
    kw_write_span_u32be(&w, prefix);
    kw_write_span_u32be(&w, kw_ibe_id_view(id));
    kw_write_span(&w, KW_SPAN(master->bytes.bytes));
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
}

/* RANGE: r would be 0. */
static kw_status r_of_seed(kw_bls_secret *out, const kw_secret32 *seed, const context *ctx)
{
    return kw_bls_secret_expand(out, seed, (kw_span){ctx->bytes, ctx->len},
                                kw_span_of_str(KW_STR("KEYWARD-V2-IBE-R")));
}

static void mask_make(kw_secret32 *out, const kw_ibe_shared *shared, const context *ctx,
                      const kw_bls_g2_bytes *u)
{
    kw_hash32 salt;
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, (kw_span){ctx->bytes, ctx->len});
    kw_sha256_update(&state, KW_SPAN(u->bytes));
    kw_sha256_final(&state, &salt);
    kw_hkdf_sha256(out, kw_ibe_shared_view(shared), KW_SPAN(salt.bytes),
                   KW_STR("KEYWARD-V2-IBE-MASK"));
}

static void stream_start(kw_ibe_stream *out, const kw_aead *aead, kw_span header,
                         const kw_secret32 *seed)
{
    *out = (kw_ibe_stream){.aead = aead};
    kw_sha256(&out->header_hash, header);
    kw_hkdf_sha256(&out->key, kw_secret32_view(seed), KW_SPAN(out->header_hash.bytes),
                   KW_STR("KEYWARD-V2-IBE-DEM"));
}

/* ---- sealing ---- */

static kw_status prefix_append(kw_buf *out, const kw_ibe_to *to)
{
    kw_span id = to->is_hidden ? (kw_span){0} : kw_ibe_id_view(&to->id);
    kw_writer w = kw_writer_to(out);
    kw_write_str(&w, KW_STR("IBE"));
    kw_write_u8(&w, VERSION);
    kw_write_u8(&w, (uint8_t)to->id.kind);
    kw_write_u8(&w, CHUNK_EXPONENT);
    kw_write_span_u16be(&w, id);
    kw_write_span(&w, KW_SPAN(to->master->hash.bytes));
    return kw_write_end(&w);
}

/* A seed whose r is not 0. */
static kw_status seed_draw(kw_secret32 *out_seed, kw_bls_secret *out_r, const context *ctx,
                           const kw_rng *rng)
{
    kw_status st = KW_RANGE;
    while (st == KW_RANGE) { /* once, but for one seed in 2^255 */
        KW_TRY(kw_rng_secret32(rng, out_seed));
        st = r_of_seed(out_r, out_seed, ctx);
    }
    return st;
}

/* Writes a header to `header`, which is empty and has room for it. */
static kw_status header_make(kw_buf *header, kw_secret32 *out_seed, const kw_ibe_to *to,
                             const kw_rng *rng)
{
    context ctx;
    KW_TRY(prefix_append(header, to));
    context_make(&ctx, kw_buf_view(header), &to->id, to->master);
    KW_AUTO(kw_bls_secret) r = {{0}};
    KW_AUTO(kw_ibe_shared) shared = {0};
    KW_AUTO(kw_secret32) v = {0};
    kw_bls_g2_bytes u;
    KW_TRY(seed_draw(out_seed, &r, &ctx, rng));
    kw_ibe_share(&shared, &u, to, &r, KW_IBE_COEFF);
    mask_make(&v, &shared, &ctx, &u);
    kw_secret32_xor(&v, &v, out_seed);
    KW_TRY(kw_buf_append(header, KW_SPAN(u.bytes)));
    return kw_buf_append(
        header, kw_declassify_span(kw_secret32_view(&v), "the seed is hidden by a mask used once"));
}

kw_status kw_ibe_v2_seal(kw_ibe_stream *out, kw_buf *out_header, const kw_ibe_to *to,
                         const kw_aead *aead, const kw_rng *rng)
{
    if (!is_kind((unsigned)to->id.kind, to->id.len) || to->id.len == 0) {
        return KW_BAD_INPUT;
    }
    KW_AUTO(kw_secret32) seed = {0};
    KW_AUTO(kw_buf) header = kw_buf_init(KW_IBE_HEADER_BYTES_MAX);
    KW_TRY(header_make(&header, &seed, to, rng));
    KW_TRY(kw_buf_append(out_header, kw_buf_view(&header)));
    stream_start(out, aead, kw_buf_view(&header), &seed);
    return KW_OK;
}

/* ---- opening ---- */

/* Whether the header is for this key: master, kind, id unless hidden. */
static bool is_for(const kw_ibe_header *header, const kw_ibe_key *key)
{
    return header->kind == key->id.kind &&
           kw_hash32_equal(&header->master_hash, &key->master->hash) &&
           (header->id.len == 0 || kw_span_equal_var(header->id, kw_ibe_id_view(&key->id)));
}

/* Whether U = r * G2. */
static kw_mask is_made_with(const kw_bls_g2_bytes *u, const kw_bls_secret *r)
{
    kw_bls_g2 point;
    kw_bls_g2_bytes bytes;
    kw_bls_g2_base_secret(&point, r);
    kw_bls_g2_encode_zcash(&bytes, &point);
    return kw_ct_equal(bytes.bytes, u->bytes, sizeof bytes.bytes);
}

/* CORRUPT for all that can be wrong. */
static kw_status seed_open(kw_secret32 *out, const kw_ibe_header *header, const kw_ibe_key *key)
{
    context ctx;
    KW_AUTO(kw_ibe_shared) shared = {0};
    KW_AUTO(kw_secret32) seed = {0};
    KW_AUTO(kw_secret32) mask = {0};
    KW_AUTO(kw_bls_secret) r = {{0}};
    context_make(&ctx, header->prefix, &key->id, key->master);
    KW_TRY(kw_ibe_unshare(&shared, key, &header->u, KW_IBE_COEFF));
    mask_make(&mask, &shared, &ctx, &header->u_bytes);
    KW_TRY(kw_secret32_of(&seed, kw_secret_span_of(KW_SPAN(header->v.bytes))));
    kw_secret32_xor(&seed, &seed, &mask);
    if (r_of_seed(&r, &seed, &ctx) != KW_OK ||
        !kw_declassify_mask(is_made_with(&header->u_bytes, &r), "the verdict on a ciphertext")) {
        return KW_CORRUPT;
    }
    *out = seed;
    return KW_OK;
}

kw_status kw_ibe_v2_open(kw_ibe_stream *out, kw_span header, const kw_ibe_key *key,
                         const kw_aead *aead)
{
    kw_ibe_header decoded;
    if (kw_ibe_header_decode(&decoded, header) != KW_OK || !is_for(&decoded, key)) {
        return KW_CORRUPT;
    }
    KW_AUTO(kw_secret32) seed = {0};
    KW_TRY(seed_open(&seed, &decoded, key));
    stream_start(out, aead, header, &seed);
    return KW_OK;
}

/* ---- in memory ---- */

/* Chunks that `len` bytes make, of `full` bytes each: the last is there even when it is empty. */
static size_t chunks_count(size_t len, size_t full)
{
    return len == 0 ? 1 : len / full + (len % full != 0);
}

static kw_status chunks_seal(kw_buf *out, kw_ibe_stream *stream, kw_secret_span plain)
{
    size_t tags = chunks_count(plain.len, KW_IBE_CHUNK_BYTES) * KW_AEAD_TAG_BYTES;
    size_t len_all = 0;
    if (!kw_size_add(plain.len, tags, &len_all)) {
        return KW_LIMIT;
    }
    KW_TRY(kw_buf_reserve(out, len_all)); /* at once, rather than by growing */
    for (size_t at = 0; !kw_ibe_stream_has_ended(stream);) {
        size_t len = KW_MIN(plain.len - at, (size_t)KW_IBE_CHUNK_BYTES);
        kw_secret_span chunk = kw_secret_span_part(plain, at, len);
        KW_TRY(kw_ibe_stream_seal(stream, out, chunk, at + len == plain.len));
        at += len;
    }
    return KW_OK;
}

kw_status kw_ibe_v2_encrypt(kw_buf *out, const kw_ibe_to *to, kw_secret_span plain,
                            const kw_aead *aead, const kw_rng *rng)
{
    KW_ASSERT(out->len == 0);
    KW_AUTO(kw_ibe_stream) stream = {0};
    kw_status st = kw_ibe_v2_seal(&stream, out, to, aead, rng);
    if (st == KW_OK) {
        st = chunks_seal(out, &stream, plain);
    }
    if (st != KW_OK) {
        kw_buf_clear(out);
    }
    return st;
}

static kw_status chunks_open(kw_secret_bytes *out, kw_ibe_stream *stream, kw_span sealed)
{
    size_t tags = chunks_count(sealed.len, KW_IBE_SEALED_CHUNK_BYTES) * KW_AEAD_TAG_BYTES;
    if (sealed.len < tags) {
        return KW_CORRUPT;
    }
    KW_TRY(kw_secret_bytes_reserve(out, sealed.len - tags));
    for (size_t at = 0; !kw_ibe_stream_has_ended(stream);) {
        size_t len = KW_MIN(sealed.len - at, (size_t)KW_IBE_SEALED_CHUNK_BYTES);
        KW_TRY(kw_ibe_stream_open(stream, out, (kw_span){sealed.ptr + at, len},
                                  at + len == sealed.len));
        at += len;
    }
    return KW_OK;
}

kw_status kw_ibe_v2_decrypt(kw_secret_bytes *out, kw_span sealed, const kw_ibe_key *key,
                            const kw_aead *aead)
{
    KW_ASSERT(out->len == 0);
    size_t len = 0;
    if (kw_ibe_header_bytes(&len, sealed) != KW_OK || len > sealed.len) {
        return KW_CORRUPT;
    }
    KW_AUTO(kw_ibe_stream) stream = {0};
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(out->max);
    KW_TRY(kw_ibe_v2_open(&stream, (kw_span){sealed.ptr, len}, key, aead));
    KW_TRY(chunks_open(&plain, &stream, (kw_span){sealed.ptr + len, sealed.len - len}));
    kw_secret_bytes_drop(out);
    *out = kw_secret_bytes_take(&plain);
    return KW_OK;
}
