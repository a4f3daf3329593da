/* SPDX-License-Identifier: Apache-2.0
 * What both phases of a ceremony share: the tail of a contribution, beacons, and proofs that
 * somebody knew a secret. Formats and derivations as iden3/snarkjs 9a8f1c0 has them. */
#ifndef KW_PARAMS_ENGINE_ZK_CEREMONY_H
#define KW_PARAMS_ENGINE_ZK_CEREMONY_H

#include "params/engine/zk/work.h"

/* u32le type, u32le length, and so many bytes of parameters: u8 kind, ascending, then 1: u8 length,
 * name; 2: u8 exponent; 3: u8 length, beacon. */
typedef struct kw_zk_tail {
    bool is_beacon;
    unsigned exponent; /* 2^exponent hashes */
    uint8_t beacon_len;
    uint8_t beacon[255];
    uint8_t name_len;
    char name[255]; /* as it is written, not checked to be UTF-8 */
} kw_zk_tail;

/* Reads the tail at *io_at, which moves behind it. ZK_INVALID: no such tail within `end`, a beacon
 * without its parameters, or of more work than KW_ZK_BEACON_EXP_MAX. */
KW_MUST_USE kw_status kw_zk_tail_read(kw_zk_tail *out, kw_zk_work *w, uint64_t *io_at, uint64_t end,
                                      const kw_zk_place *place, kw_error *err);

/* The stream of a beacon: SHA-256, 2^exponent times. */
kw_zk_draw kw_zk_tail_draw(const kw_zk_tail *tail);

/* That somebody knew x: s and x s in G1, x p in G2, p a point that follows from the transcript. */
typedef struct kw_zk_proof {
    kw_zk_point g1_s;
    kw_zk_point g1_sx;
    kw_zk_point g2_spx;
} kw_zk_proof;

/* Is x of the proof, by the point p, that of g1_s, g1_sx? */
bool kw_zk_proof_holds(const kw_zk_curve *curve, const kw_zk_proof *proof,
                       const kw_zk_point *g2_sp);

/* Adds points of a file, as they stand in `wire`, to a transcript. */
void kw_zk_hash_wire(kw_blake2b_state *hash, const kw_zk_group *group, kw_span wire);
void kw_zk_hash_point(kw_blake2b_state *hash, const kw_zk_group *group, const kw_zk_point *point);

#endif /* KW_PARAMS_ENGINE_ZK_CEREMONY_H */
