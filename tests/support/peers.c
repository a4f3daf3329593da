/* SPDX-License-Identifier: Apache-2.0
 * Operators with keys of every scheme. */
#include "support/peers.h"

#include "crypto/hash.h"
#include "curve/bn_wire.h"
#include "support/expect.h"

static kw_status ed25519_key_decode(kw_peer_key *out, kw_span in)
{
    if (in.len != sizeof out->bytes) {
        return KW_LENGTH;
    }
    *out = (kw_peer_key){0};
    memcpy(out->bytes, in.ptr, in.len);
    return KW_OK;
}

static bool ed25519_verify(const kw_peer_claim *claim)
{
    kw_ed25519_public key;
    kw_ed25519_signature signature;
    if (claim->signature.len != sizeof signature.bytes) {
        return false;
    }
    memcpy(key.bytes, claim->key->bytes, sizeof key.bytes);
    memcpy(signature.bytes, claim->signature.ptr, sizeof signature.bytes);
    return kw_ed25519_verify(&key, &signature, KW_SPAN(claim->hash->bytes));
}

const kw_peer_scheme peer_ed25519 = {
    .name = "ed25519",
    .curve = PEER_ED25519,
    .key_bytes = 32,
    .key_decode = ed25519_key_decode,
    .verify = ed25519_verify,
};

static const kw_peer_scheme *const rows[] = {&kw_peer_ecdsa, &kw_peer_bn254, &peer_ed25519};
const kw_peer_schemes peer_schemes_test = {rows, KW_COUNT(rows)};

static kw_status ed25519_sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    kw_ed25519_signature signature;
    kw_ed25519_sign(ctx, &signature, KW_SPAN(hash->bytes));
    *out = (kw_peer_signature){.len = sizeof signature.bytes};
    memcpy(out->bytes, signature.bytes, sizeof signature.bytes);
    return KW_OK;
}

static kw_hash32 seed_of(uint32_t number, uint8_t what)
{
    const uint32_t input[] = {number, what};
    kw_hash32 seed;
    kw_sha256(&seed, KW_SPAN(input));
    seed.bytes[0] &= 0x0f; /* below the orders of all curves */
    return seed;
}

static void make_bn254(peer *out, const kw_hash32 *seed)
{
    EXPECT_OK(kw_bn_secret_decode(&out->bn254, KW_SPAN(seed->bytes)));
    kw_bn_g2 key;
    kw_bn_g2_base_secret(&key, &out->bn254);
    kw_bn_g2_both wire;
    kw_bn_g2_encode_eip196(&wire, &key);
    memcpy(out->key_bytes, wire.bytes, sizeof wire.bytes);
    out->signer = kw_peer_bn254_signer(&out->bn254);
}

static void make_others(peer *out, const kw_secret32 *seed)
{
    if (out->curve == KW_PEER_ECDSA) {
        EXPECT_OK(kw_secp256k1_key_of(&out->ecdsa, seed));
        kw_address address;
        kw_secp256k1_key_address(&address, &out->ecdsa);
        memcpy(out->key_bytes, address.bytes, sizeof address.bytes);
        out->signer = kw_peer_ecdsa_signer(&out->ecdsa);
    } else {
        kw_ed25519_key_of_seed(&out->ed25519, seed);
        memcpy(out->key_bytes, out->ed25519.public_half.bytes, 32);
        out->signer = (kw_peer_signer){.sign = ed25519_sign, .ctx = &out->ed25519};
    }
}

void peer_make(peer *out, uint32_t number, uint8_t curve)
{
    *out = (peer){.curve = curve};
    kw_hash32 name = seed_of(number, 0);
    memcpy(out->address.bytes, &name.bytes[1], sizeof out->address.bytes);
    kw_hash32 seed = seed_of(number, curve);
    memcpy(out->secret, seed.bytes, sizeof out->secret);
    if (curve == KW_PEER_BN254) {
        make_bn254(out, &seed);
    } else {
        kw_secret32 secret;
        EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(KW_SPAN(seed.bytes))));
        make_others(out, &secret);
    }
    const kw_peer_scheme *scheme = kw_peer_scheme_of(&peer_schemes_test, curve);
    EXPECT_OK(scheme->key_decode(&out->key, (kw_span){out->key_bytes, scheme->key_bytes}));
}

kw_roster_entry peer_entry(const peer *p)
{
    const kw_peer_scheme *scheme = kw_peer_scheme_of(&peer_schemes_test, p->curve);
    return (kw_roster_entry){
        .address = p->address, .curve = p->curve, .key = {p->key_bytes, scheme->key_bytes}};
}

kw_own_key peer_own_key(const peer *p, kw_peer_signer signer)
{
    return (kw_own_key){.curve = p->curve, .key = peer_entry(p).key, .signer = signer};
}

kw_roster peers_roster(const peer *peers, size_t count, kw_arena *arena)
{
    assert_in_range(count, 1, PEERS_MAX);
    kw_roster_entry entries[PEERS_MAX];
    for (size_t i = 0; i < count; i++) {
        entries[i] = peer_entry(&peers[i]);
    }
    kw_roster roster;
    kw_error err;
    kw_roster_source source = {entries, count, &peer_schemes_test, false};
    EXPECT_OK(kw_roster_make(&roster, arena, &source, &err));
    return roster;
}

kw_peer_signature peer_sign(const peer *p, const kw_hash32 *hash)
{
    kw_peer_signature out;
    EXPECT_OK(p->signer.sign(p->signer.ctx, &out, hash));
    return out;
}
