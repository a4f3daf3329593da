/* SPDX-License-Identifier: Apache-2.0
 * IBE ciphertexts, version 2: secure against chosen ciphertexts (Fujisaki and Okamoto), streamed.
 *
 *   header = "IBE" | 0x02 | u8 kind (1 application, 2 timelock) | u8 16 | u16 L | id[L]
 *            | SHA-256(MPK) | U[96] | V[32]; integers big-endian; prefix = all before U
 *   id     : application id, or u64 round (L = 8); L = 0 hides it
 *   ctx    = LP(prefix) | LP(id) | MPK[96]; LP(x) = u32 length | x
 *   seed   = 32 random bytes; r = expand_message_xmd(seed | ctx, "KEYWARD-V2-IBE-R", 64) mod order
 *   U      = r * G2
 *   V      = seed xor HKDF(gt_coeff(e(r * Q_id, MPK)), salt = SHA-256(ctx | U),
 *            "KEYWARD-V2-IBE-MASK")
 *   key    = HKDF(seed, salt = SHA-256(header), "KEYWARD-V2-IBE-DEM"); then chunks, ibe_stream.h
 *
 * The opener makes r again from the seed: a U that is not r * G2 was not made by an honest sender.
 * Source: threshold.md section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_IBE_V2_H
#define KW_THRESHOLD_ENGINE_USE_IBE_V2_H

#include "threshold/engine/use/ibe.h"
#include "threshold/engine/use/ibe_stream.h"

enum {
    KW_IBE_HEADER_START_BYTES = 8, /* all before the id: they say how long the header is */
    KW_IBE_HEADER_BYTES_MIN = KW_IBE_HEADER_START_BYTES + 32 + 96 + 32,
    KW_IBE_HEADER_BYTES_MAX = KW_IBE_HEADER_BYTES_MIN + KW_THRESHOLD_APP_ID_BYTES_MAX,
};

/* What a header says to who has no key. */
typedef struct kw_ibe_header {
    kw_ibe_kind kind;
    kw_span id; /* empty when it is hidden; views the wire */
    kw_hash32 master_hash;
    kw_bls_g2 u; /* valid, not infinity */
    kw_bls_g2_bytes u_bytes;
    kw_hash32 v;
    kw_span prefix; /* views the wire */
} kw_ibe_header;

/* How many bytes the header has that starts so. BAD_INPUT: fewer than KW_IBE_HEADER_START_BYTES,
 * another version, kind, chunk size or length of an id. */
KW_MUST_USE kw_status kw_ibe_header_bytes(size_t *out, kw_span start);

/* Exactly a header. BAD_INPUT: anything else. */
KW_MUST_USE kw_status kw_ibe_header_decode(kw_ibe_header *out, kw_span wire);

/* Appends a header to `out_header`; `out` then seals the chunks. BAD_INPUT: a kind that v2 has not.
 * LIMIT, NO_MEMORY, ENTROPY_FAILURE. `aead` outlives the stream.
 * CT: leaks kind and length of the id. */
KW_MUST_USE kw_status kw_ibe_v2_seal(kw_ibe_stream *out, kw_buf *out_header, const kw_ibe_to *to,
                                     const kw_aead *aead, const kw_rng *rng);

/* Opens a header; `out` then opens the chunks. CORRUPT: whatever is wrong with it or with the key
 * for it. CT: leaks the verdict. */
KW_MUST_USE kw_status kw_ibe_v2_open(kw_ibe_stream *out, kw_span header, const kw_ibe_key *key,
                                     const kw_aead *aead);

/* A whole ciphertext in memory, as above. `out` is empty before, and on failure.
 * CT: leaks lengths, and the kind of the id. */
KW_MUST_USE kw_status kw_ibe_v2_encrypt(kw_buf *out, const kw_ibe_to *to, kw_secret_span plain,
                                        const kw_aead *aead, const kw_rng *rng);

/* Its inverse; `out`, empty before, has the text on success only. CORRUPT, LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_ibe_v2_decrypt(kw_secret_bytes *out, kw_span sealed, const kw_ibe_key *key,
                                        const kw_aead *aead);

#endif /* KW_THRESHOLD_ENGINE_USE_IBE_V2_H */
