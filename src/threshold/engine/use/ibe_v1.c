/* SPDX-License-Identifier: Apache-2.0
 * IBE ciphertexts of the reference system. Source: chain.md, appendix. Secret inputs: r, key,
 * text. */
#include "threshold/engine/use/ibe_v1.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/curve_secret.h"
#include "crypto/kdf.h"

enum {
    VERSION = 1,
    INFO_BYTES = 18, /* of the text before the id */
};

kw_status kw_ibe_v1_decode(kw_ibe_v1 *out, kw_span wire)
{
    kw_ibe_v1 parts;
    kw_reader r = kw_reader_of(wire);
    kw_str magic = kw_str_of_span(kw_read_span(&r, 3));
    uint8_t version = kw_read_u8(&r);
    kw_read_into(&r, KW_MSPAN(parts.c1_bytes.bytes));
    kw_read_into(&r, KW_MSPAN(parts.nonce));
    parts.body = kw_read_rest(&r);
    KW_TRY(kw_read_end(&r));
    if (!kw_str_equal(magic, KW_STR("IBE")) || version != VERSION ||
        parts.body.len < KW_AEAD_TAG_BYTES) {
        return KW_BAD_INPUT;
    }
    kw_span c1 = KW_SPAN(parts.c1_bytes.bytes);
    if (kw_bls_g2_decode_zcash(&parts.c1, c1, KW_POINT_STRICT) != KW_OK) {
        return KW_BAD_INPUT;
    }
    *out = parts;
    return KW_OK;
}

static void key_make(kw_secret32 *out, const kw_ibe_shared *shared, const kw_ibe_id *id)
{
    uint8_t info[INFO_BYTES + KW_THRESHOLD_APP_ID_BYTES_MAX];
    size_t len = INFO_BYTES + (size_t)id->len;
    kw_writer w = kw_writer_of((kw_mspan){info, len});
    kw_write_str(&w, KW_STR("IBE-encryption|v1|"));
    kw_write_span(&w, kw_ibe_id_view(id));
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    kw_hkdf_sha256(out, kw_ibe_shared_view(shared),
                   kw_span_of_str(KW_STR("eigenx-kms-go-ibe-encryption")),
                   kw_str_of_span((kw_span){info, len}));
}

/* What is authenticated beside the text. */
typedef struct bound {
    uint8_t bytes[KW_THRESHOLD_APP_ID_BYTES_MAX + 1 + 96];
    size_t len;
} bound;

static kw_span bound_make(bound *out, const kw_ibe_id *id, const kw_bls_g2_bytes *c1)
{
    out->len = id->len + 1 + sizeof c1->bytes;
    kw_writer w = kw_writer_of((kw_mspan){out->bytes, out->len});
    kw_write_span(&w, kw_ibe_id_view(id));
    kw_write_u8(&w, VERSION);
    kw_write_span(&w, KW_SPAN(c1->bytes));
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    return (kw_span){out->bytes, out->len};
}

static kw_status start_append(kw_buf *out, const kw_bls_g2_bytes *c1, const kw_aead_once *once)
{
    kw_writer w = kw_writer_to(out);
    kw_write_str(&w, KW_STR("IBE"));
    kw_write_u8(&w, VERSION);
    kw_write_span(&w, KW_SPAN(c1->bytes));
    kw_write_span(&w, KW_SPAN(once->nonce));
    return kw_write_end(&w);
}

kw_status kw_ibe_v1_encrypt(kw_buf *out, const kw_ibe_to *to, kw_secret_span plain,
                            const kw_aead *aead, const kw_rng *rng)
{
    if (to->id.kind != KW_IBE_EIGENX || to->is_hidden) {
        return KW_BAD_INPUT;
    }
    KW_AUTO(kw_bls_secret) r = {{0}};
    KW_AUTO(kw_ibe_shared) shared = {0};
    KW_AUTO(kw_secret32) key = {0};
    kw_aead_once once = {.key = &key};
    kw_bls_g2_bytes c1;
    bound aad;
    KW_TRY(kw_bls_secret_random(&r, rng));
    KW_TRY(kw_rng_fill(rng, KW_MSPAN(once.nonce)));
    kw_ibe_share(&shared, &c1, to, &r, KW_IBE_KYBER);
    key_make(&key, &shared, &to->id);
    size_t before = out->len;
    kw_status st = start_append(out, &c1, &once);
    if (st == KW_OK) {
        st = kw_aead_seal_once(aead, out, &once, plain, bound_make(&aad, &to->id, &c1));
    }
    if (st != KW_OK) {
        out->len = before;
    }
    return st;
}

kw_status kw_ibe_v1_decrypt(kw_secret_bytes *out, kw_span sealed, const kw_ibe_key *key,
                            const kw_aead *aead)
{
    kw_ibe_v1 parts;
    if (key->id.kind != KW_IBE_EIGENX || kw_ibe_v1_decode(&parts, sealed) != KW_OK) {
        return KW_CORRUPT;
    }
    KW_AUTO(kw_ibe_shared) shared = {0};
    KW_AUTO(kw_secret32) text_key = {0};
    kw_aead_once once = {.key = &text_key};
    bound aad;
    KW_TRY(kw_ibe_unshare(&shared, key, &parts.c1, KW_IBE_KYBER));
    key_make(&text_key, &shared, &key->id);
    memcpy(once.nonce, parts.nonce, sizeof once.nonce);
    return kw_aead_open_once(aead, out, &once, parts.body,
                             bound_make(&aad, &key->id, &parts.c1_bytes));
}
