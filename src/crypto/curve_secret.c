/* SPDX-License-Identifier: Apache-2.0
 * Secret scalars and points as bytes. Source: RFC 9380 sections 5.2 and 5.3. Secret inputs: seeds,
 * scalars, points. */
#include "crypto/curve_secret.h"

#include "crypto/h2c_hashes.h"

enum {
    WIDE_BYTES = 64, /* far beyond 255 + 128 bits: the bias of the remainder is below 2^-256 */
};

kw_status kw_bls_secret_random(kw_bls_secret *out, const kw_rng *rng)
{
    KW_AUTO(kw_secret32) high = {0};
    KW_AUTO(kw_secret32) low = {0};
    KW_TRY(kw_rng_secret32(rng, &high));
    KW_TRY(kw_rng_secret32(rng, &low));
    uint8_t wide[WIDE_BYTES];
    memcpy(wide, high.secret, sizeof high.secret);
    memcpy(wide + sizeof high.secret, low.secret, sizeof low.secret);
    kw_status st = kw_bls_secret_from_wide(out, KW_SPAN(wide));
    kw_wipe(wide, sizeof wide);
    return st;
}

kw_status kw_bls_secret_expand(kw_bls_secret *out, const kw_secret32 *seed, kw_span context,
                               kw_span dst)
{
    if (context.len > KW_BLS_EXPAND_CONTEXT_BYTES_MAX) {
        return KW_ARG;
    }
    uint8_t message[sizeof seed->secret + KW_BLS_EXPAND_CONTEXT_BYTES_MAX];
    uint8_t wide[WIDE_BYTES];
    memcpy(message, seed->secret, sizeof seed->secret);
    if (context.len > 0) {
        memcpy(message + sizeof seed->secret, context.ptr, context.len);
    }
    kw_span whole = {message, sizeof seed->secret + context.len};
    kw_status st = kw_h2c_expand(KW_MSPAN(wide), &kw_h2c_sha256, whole, dst);
    if (st == KW_OK) {
        st = kw_bls_secret_from_wide(out, KW_SPAN(wide));
    }
    kw_wipe(message, sizeof seed->secret);
    kw_wipe(wide, sizeof wide);
    return st;
}

void kw_bls_secret_g1_encode(kw_bls_secret_g1_bytes *out, const kw_bls_secret_g1 *p)
{
    kw_bls_g1_bytes bytes;
    kw_bls_g1_encode_zcash(&bytes, &p->secret);
    memcpy(out->secret, bytes.bytes, sizeof out->secret);
    kw_wipe(&bytes, sizeof bytes);
}

void kw_bls_secret_g1_bytes_drop(kw_bls_secret_g1_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}

void kw_bls_secret_g2_encode(kw_bls_secret_g2_bytes *out, const kw_bls_secret_g2 *q)
{
    kw_bls_g2_bytes bytes;
    kw_bls_g2_encode_zcash(&bytes, &q->secret);
    memcpy(out->secret, bytes.bytes, sizeof out->secret);
    kw_wipe(&bytes, sizeof bytes);
}

void kw_bls_secret_g2_bytes_drop(kw_bls_secret_g2_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}
