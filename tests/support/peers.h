/* SPDX-License-Identifier: Apache-2.0
 * Operators with keys of every scheme, Ed25519 among them, which only tests accept. */
#ifndef KW_TESTS_SUPPORT_PEERS_H
#define KW_TESTS_SUPPORT_PEERS_H

#include "crypto/ed25519.h"
#include "threshold/engine/roster/own_key.h"

enum {
    PEER_ED25519 = 200, /* its number in a roster */
    PEERS_MAX = 512,
};

extern const kw_peer_scheme peer_ed25519;

/* The product's schemes and that one. */
extern const kw_peer_schemes peer_schemes_test;

/* An operator; its signer borrows it, so it stays where it is. */
typedef struct peer {
    kw_address address;
    uint8_t curve;
    uint8_t secret[32]; /* of its key, big-endian */
    kw_bn_secret bn254;
    kw_secp256k1_key ecdsa;
    kw_ed25519_key ed25519;
    kw_peer_key key;
    uint8_t key_bytes[KW_PEER_KEY_BYTES_MAX];
    kw_peer_signer signer;
} peer;

/* Operator `number`; equal numbers give equal peers. Addresses do not follow the numbers. */
void peer_make(peer *out, uint32_t number, uint8_t curve);

kw_roster_entry peer_entry(const peer *p);

/* The key of the peer as an operator is told; with `signer` in the place of its own. */
kw_own_key peer_own_key(const peer *p, kw_peer_signer signer);

/* The roster of `count` of them; fails the test when it is refused. */
kw_roster peers_roster(const peer *peers, size_t count, kw_arena *arena);

/* A signature by the peer. */
kw_peer_signature peer_sign(const peer *p, const kw_hash32 *hash);

#endif /* KW_TESTS_SUPPORT_PEERS_H */
