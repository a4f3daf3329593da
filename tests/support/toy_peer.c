/* SPDX-License-Identifier: Apache-2.0
 * Signatures that anybody can make. */
#include "support/toy_peer.h"

#include "crypto/hash.h"

static kw_status key_decode(kw_peer_key *out, kw_span in)
{
    if (in.len != TOY_PEER_KEY_BYTES) {
        return KW_LENGTH;
    }
    *out = (kw_peer_key){0};
    memcpy(out->bytes, in.ptr, in.len);
    return KW_OK;
}

static kw_hash32 signature_of(const uint8_t key[TOY_PEER_KEY_BYTES], const kw_hash32 *hash)
{
    kw_hash32 out;
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, (kw_span){key, TOY_PEER_KEY_BYTES});
    kw_sha256_update(&state, KW_SPAN(hash->bytes));
    kw_sha256_final(&state, &out);
    return out;
}

static bool verify(const kw_peer_claim *claim)
{
    kw_hash32 good = signature_of(claim->key->bytes, claim->hash);
    return kw_span_equal_var(claim->signature, KW_SPAN(good.bytes));
}

static const kw_peer_scheme toy_peer = {
    .name = "toy",
    .curve = TOY_PEER,
    .key_bytes = TOY_PEER_KEY_BYTES,
    .key_decode = key_decode,
    .verify = verify,
};
static const kw_peer_scheme *const rows[] = {&toy_peer};
const kw_peer_schemes toy_peer_schemes = {rows, KW_COUNT(rows)};

kw_address toy_peer_address(uint8_t number)
{
    return (kw_address){{number}};
}

kw_roster_entry toy_peer_entry(const kw_address *address)
{
    return (kw_roster_entry){
        .address = *address, .curve = TOY_PEER, .key = KW_SPAN(address->bytes)};
}

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    const kw_address *address = ctx;
    kw_hash32 bytes = signature_of(address->bytes, hash);
    *out = (kw_peer_signature){.len = sizeof bytes.bytes};
    memcpy(out->bytes, bytes.bytes, sizeof bytes.bytes);
    return KW_OK;
}

kw_peer_signer toy_peer_signer(const kw_address *address)
{
    return (kw_peer_signer){.sign = sign, .ctx = (void *)(uintptr_t)address};
}

kw_own_key toy_peer_own_key(const kw_address *address)
{
    return (kw_own_key){
        .curve = TOY_PEER, .key = KW_SPAN(address->bytes), .signer = toy_peer_signer(address)};
}
