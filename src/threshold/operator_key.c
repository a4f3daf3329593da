/* SPDX-License-Identifier: Apache-2.0
 * An operator's secret in guarded memory. Secret inputs: its bytes. */
#include "threshold/operator_key.h"

#include "curve/bn_wire.h"
#include "os/secmem.h"
#include "threshold/operator_key_file.h"

enum {
    DRAWS_MAX = 512, /* of 32 bytes, of which at least one in six is a key */
};

/* Lives in guarded memory as a whole; blocks there are aligned when they are multiples of 16. */
struct kw_operator_secret {
    _Alignas(16) kw_secret32 bytes;
    union {
        kw_bn_secret bn254;
        kw_secp256k1_key ecdsa;
    } key;
    uint8_t public_bytes[KW_PEER_KEY_BYTES_MAX];
    uint16_t public_len;
    uint8_t curve;
};

/* CT: constant time for what is accepted. */
static kw_status derive_bn254(kw_operator_secret *secret)
{
    kw_bn_g2 point;
    kw_bn_g2_both wire;
    kw_span bytes = kw_declassify_span(kw_secret32_view(&secret->bytes),
                                       "goes into a type for secrets at once");
    KW_TRY(kw_bn_secret_decode(&secret->key.bn254, bytes));
    kw_bn_g2_base_secret(&point, &secret->key.bn254);
    kw_bn_g2_encode_eip196(&wire, &point);
    memcpy(secret->public_bytes, wire.bytes, sizeof wire.bytes);
    secret->public_len = sizeof wire.bytes;
    return KW_OK;
}

/* CT: constant time for what is accepted. */
static kw_status derive_ecdsa(kw_operator_secret *secret)
{
    kw_address address;
    KW_TRY(kw_secp256k1_key_of(&secret->key.ecdsa, &secret->bytes));
    kw_secp256k1_key_address(&address, &secret->key.ecdsa);
    memcpy(secret->public_bytes, address.bytes, sizeof address.bytes);
    secret->public_len = sizeof address.bytes;
    return KW_OK;
}

kw_status kw_operator_secret_of(kw_operator_secret **out, uint8_t curve, const kw_secret32 *bytes)
{
    if (curve != KW_PEER_BN254 && curve != KW_PEER_ECDSA) {
        return KW_ARG;
    }
    KW_AUTO_PTR(kw_operator_secret) secret = kw_secmem_new(sizeof *secret);
    if (secret == NULL) {
        return KW_NO_MEMORY;
    }
    *secret = (kw_operator_secret){.bytes = *bytes, .curve = curve};
    KW_TRY(curve == KW_PEER_BN254 ? derive_bn254(secret) : derive_ecdsa(secret));
    *out = secret;
    secret = NULL;
    return KW_OK;
}

kw_status kw_operator_secret_make(kw_operator_secret **out, uint8_t curve, const kw_rng *rng)
{
    kw_status st = KW_RANGE;
    for (int i = 0; i < DRAWS_MAX && st == KW_RANGE; i++) {
        KW_AUTO(kw_secret32) bytes = {0};
        KW_TRY(kw_rng_secret32(rng, &bytes));
        st = kw_operator_secret_of(out, curve, &bytes);
    }
    return st == KW_RANGE ? KW_ENTROPY_FAILURE : st;
}

void kw_operator_secret_free(kw_operator_secret *secret)
{
    kw_secmem_free(secret);
}

/* ---- from files ---- */
static kw_status read_raw(kw_secret32 *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(sizeof *out);
    kw_status st = kw_secret_bytes_read_file(&bytes, path, false, err);
    if (st == KW_NO_MEMORY) {
        return st;
    }
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "the operator key %s cannot be used (%s)", path,
               kw_status_name(st));
    st = kw_secret32_of(out, kw_secret_bytes_view(&bytes));
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "%s: an operator key has exactly 32 bytes", path);
    return KW_OK;
}

static kw_status read_token(kw_secret32 *out, const kw_operator_key_options *options, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(KW_HSM_SECRET_BYTES_MAX);
    kw_status st = kw_hsm_get(options->token, &bytes, kw_str_of(options->path), err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_SEALED, "the token has no operator key %s",
               options->path);
    KW_TRY_AT(err, st, "reading the operator key");
    st = kw_secret32_of(out, kw_secret_bytes_view(&bytes));
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "%s: an operator key has exactly 32 bytes",
               options->path);
    return KW_OK;
}

static kw_status read_bytes(kw_secret32 *out, const kw_operator_key_options *options, kw_error *err)
{
    uint8_t curve = options->curve;
    switch (options->source) {
    case KW_OPERATOR_KEY_RAW:
        return read_raw(out, options->path, err);
    case KW_OPERATOR_KEY_TOKEN:
        return read_token(out, options, err);
    case KW_OPERATOR_KEY_SEALED:
        KW_TRY(
            kw_operator_key_file_read(out, &curve, options->path, options->passphrase_path, err));
        KW_REQUIRE(curve == options->curve, err, KW_CONFIG, "%s: a key of another curve",
                   options->path);
        return KW_OK;
    }
    return kw_fail(err, KW_CONFIG, "no such source of an operator key");
}

kw_status kw_operator_secret_open(kw_operator_secret **out, const kw_operator_key_options *options,
                                  kw_error *err)
{
    KW_AUTO(kw_secret32) bytes = {0};
    KW_TRY(read_bytes(&bytes, options, err));
    kw_status st = kw_operator_secret_of(out, options->curve, &bytes);
    KW_REQUIRE(st != KW_ARG, err, KW_CONFIG, "no such curve of an operator key");
    KW_REQUIRE(st != KW_RANGE, err, KW_CORRUPT, "%s: not a key of this curve", options->path);
    KW_REQUIRE(st == KW_OK, err, st, "no locked memory for the operator key");
    return KW_OK;
}

/* ---- its use ---- */
uint8_t kw_operator_secret_curve(const kw_operator_secret *secret)
{
    return secret->curve;
}

kw_span kw_operator_secret_public(const kw_operator_secret *secret)
{
    return (kw_span){secret->public_bytes, secret->public_len};
}

kw_peer_signer kw_operator_secret_signer(const kw_operator_secret *secret)
{
    return secret->curve == KW_PEER_BN254 ? kw_peer_bn254_signer(&secret->key.bn254)
                                          : kw_peer_ecdsa_signer(&secret->key.ecdsa);
}

const kw_secret32 *kw_operator_secret_view(const kw_operator_secret *secret)
{
    return &secret->bytes;
}

kw_status kw_operator_secret_prove(const kw_operator_secret *secret, kw_peer_signature *out,
                                   const kw_address *address)
{
    kw_hash32 digest;
    kw_roster_entry entry = {
        .address = *address, .curve = secret->curve, .key = kw_operator_secret_public(secret)};
    kw_peer_signer signer = kw_operator_secret_signer(secret);
    kw_possession_digest(&digest, &entry);
    return signer.sign(signer.ctx, out, &digest);
}
