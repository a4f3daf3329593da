/* SPDX-License-Identifier: Apache-2.0
 * The schemes of the product, and secp256k1, one of them. Secret inputs: a signer's key. */
#include "threshold/engine/roster/peer.h"

#include "base/error.h"
#include "crypto/secp256k1.h"

static const kw_peer_scheme *const rows[] = {&kw_peer_ecdsa, &kw_peer_bn254};

const kw_peer_schemes kw_peer_schemes_all = {rows, KW_COUNT(rows)};

const kw_peer_scheme *kw_peer_scheme_of(const kw_peer_schemes *schemes, uint8_t curve)
{
    for (size_t i = 0; i < schemes->count; i++) {
        if (schemes->rows[i]->curve == curve) {
            return schemes->rows[i];
        }
    }
    return NULL;
}

static kw_status check_weights(kw_span weights, size_t n)
{
    static const uint8_t zero[KW_PEER_WEIGHT_BYTES] = {0};
    if (n > SIZE_MAX / KW_PEER_WEIGHT_BYTES || weights.len != n * KW_PEER_WEIGHT_BYTES) {
        return KW_ARG;
    }
    for (size_t i = 0; i < n; i++) {
        kw_span weight = {&weights.ptr[i * KW_PEER_WEIGHT_BYTES], KW_PEER_WEIGHT_BYTES};
        if (kw_span_equal_var(weight, KW_SPAN(zero))) {
            return KW_ARG;
        }
    }
    return KW_OK;
}

/* Verdicts on those of at most KW_PEER_AT_ONCE claims that are of the scheme. */
static void verify_some(uint8_t *ok, const kw_peer_claims *in, const kw_peer_scheme *scheme)
{
    kw_peer_claim own[KW_PEER_AT_ONCE];
    uint8_t own_weights[KW_PEER_AT_ONCE * KW_PEER_WEIGHT_BYTES];
    uint8_t own_ok[KW_PEER_AT_ONCE];
    size_t from[KW_PEER_AT_ONCE];
    size_t count = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (in->items[i].scheme == scheme) {
            memcpy(&own_weights[count * KW_PEER_WEIGHT_BYTES],
                   &in->weights.ptr[i * KW_PEER_WEIGHT_BYTES], KW_PEER_WEIGHT_BYTES);
            own[count] = in->items[i];
            from[count] = i;
            count++;
        }
    }
    if (scheme->verify_all != NULL) {
        const kw_span weights = {own_weights, count * KW_PEER_WEIGHT_BYTES};
        scheme->verify_all(own_ok, &(kw_peer_claims){own, count, weights, in->book});
    }
    for (size_t k = 0; k < count; k++) {
        bool is_good = scheme->verify_all != NULL ? own_ok[k] == 1 : scheme->verify(&own[k]);
        ok[from[k]] = is_good ? 1 : 0;
    }
}

/* At most KW_PEER_AT_ONCE claims of any schemes: the first of a scheme judges for all of it. */
static void verify_block(uint8_t *ok, const kw_peer_claims *in)
{
    for (size_t i = 0; i < in->n; i++) {
        size_t first = 0;
        while (in->items[first].scheme != in->items[i].scheme) {
            first++;
        }
        if (first == i) {
            verify_some(ok, in, in->items[i].scheme);
        }
    }
}

kw_status kw_peer_verify_all(uint8_t *ok, const kw_peer_claim *claims, size_t n, kw_span weights)
{
    KW_TRY(check_weights(weights, n));
    for (size_t at = 0; at < n; at += KW_PEER_AT_ONCE) {
        size_t count = KW_MIN(n - at, (size_t)KW_PEER_AT_ONCE);
        kw_span own = {&weights.ptr[at * KW_PEER_WEIGHT_BYTES], count * KW_PEER_WEIGHT_BYTES};
        verify_block(&ok[at], &(kw_peer_claims){&claims[at], count, own, NULL});
    }
    return KW_OK;
}

/* One weight for each claim; all-zero, which happens to nobody, would be refused. */
static kw_status draw_weights(kw_mspan out, const kw_rng *rng)
{
    KW_TRY(kw_rng_fill(rng, out));
    for (size_t at = 0; at < out.len; at += KW_PEER_WEIGHT_BYTES) {
        uint8_t any = 0;
        for (size_t i = 0; i < KW_PEER_WEIGHT_BYTES; i++) {
            any |= out.ptr[at + i];
        }
        out.ptr[at] |= any == 0;
    }
    return KW_OK;
}

kw_status kw_peer_verify_drawn(uint8_t *ok, const kw_peer_claims *in, const kw_rng *rng)
{
    uint8_t weights[KW_PEER_AT_ONCE * KW_PEER_WEIGHT_BYTES];
    for (size_t at = 0; at < in->n; at += KW_PEER_AT_ONCE) {
        size_t count = KW_MIN(in->n - at, (size_t)KW_PEER_AT_ONCE);
        kw_mspan own = {weights, count * KW_PEER_WEIGHT_BYTES};
        KW_TRY(draw_weights(own, rng));
        verify_block(&ok[at],
                     &(kw_peer_claims){&in->items[at], count, kw_span_of_mspan(own), in->book});
    }
    return KW_OK;
}

static kw_status verify_plain(void *ctx, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    return kw_peer_verify_drawn(ok, &(kw_peer_claims){.items = claims, .n = n}, ctx);
}

kw_peer_verifier kw_peer_verifier_of(const kw_rng *rng)
{
    return (kw_peer_verifier){verify_plain, (void *)(uintptr_t)rng};
}

static kw_status key_decode(kw_peer_key *out, kw_span in)
{
    static const kw_address nobody = {{0}};
    if (in.len != sizeof out->ecdsa.bytes) {
        return KW_LENGTH;
    }
    kw_peer_key key = {0};
    memcpy(key.ecdsa.bytes, in.ptr, in.len);
    if (kw_address_equal(&key.ecdsa, &nobody)) {
        return KW_RANGE;
    }
    *out = key;
    return KW_OK;
}

static bool verify(const kw_peer_claim *claim)
{
    kw_secp256k1_signature signature;
    if (claim->signature.len != sizeof signature.bytes) {
        return false;
    }
    memcpy(signature.bytes, claim->signature.ptr, sizeof signature.bytes);
    kw_address signer;
    return kw_secp256k1_recover(&signer, &signature, claim->hash) == KW_OK &&
           kw_address_equal(&signer, &claim->key->ecdsa);
}

const kw_peer_scheme kw_peer_ecdsa = {
    .name = "secp256k1",
    .curve = KW_PEER_ECDSA,
    .key_bytes = sizeof(kw_address),
    .key_decode = key_decode,
    .verify = verify,
};

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    kw_secp256k1_signature signature;
    kw_secp256k1_sign(&signature, ctx, hash);
    kw_peer_signature wire = {.len = sizeof signature.bytes};
    memcpy(wire.bytes, signature.bytes, sizeof signature.bytes);
    *out = wire;
    return KW_OK;
}

kw_peer_signer kw_peer_ecdsa_signer(const kw_secp256k1_key *key)
{
    return (kw_peer_signer){.sign = sign, .ctx = (void *)(uintptr_t)key};
}
