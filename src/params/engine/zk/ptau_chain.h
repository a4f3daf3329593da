/* SPDX-License-Identifier: Apache-2.0
 * Contributions of a .ptau file: u32le count, and each as
 *
 *   tau G1, tau G2, alpha G1, beta G1, beta G2     what the ceremony came to
 *   three times s and x s of G1, three x p of G2   proofs for tau, alpha, beta
 *   216 bytes   BLAKE2b over what the contributor answered, before the proofs: 128 bytes of block,
 *               8 u64le of chain, u64le in it, u64le bytes of the block, u64le 0
 *   64 bytes    the next challenge: BLAKE2b of the answer's hash and all points of the file
 *   tail        ceremony.h */
#ifndef KW_PARAMS_ENGINE_ZK_PTAU_CHAIN_H
#define KW_PARAMS_ENGINE_ZK_PTAU_CHAIN_H

#include "crypto/hash.h"
#include "params/engine/zk/ceremony.h"
#include "params/engine/zk/ptau.h"

/* Where a ceremony stands: what a contribution came to. */
typedef struct kw_zk_stand {
    kw_zk_point tau_g1;
    kw_zk_point tau_g2;
    kw_zk_point alpha_g1;
    kw_zk_point beta_g1;
    kw_zk_point beta_g2;
    kw_hash64 response;       /* of the last answer */
    kw_hash64 next_challenge; /* what the next one answers */
} kw_zk_stand;

/* Walks the contributions: points at KW_ZK_POINTS, links and proofs at KW_ZK_FULL. `out` is the
 * stand after the last (at KW_ZK_QUICK only structure is read, and `out` stays). ZK_INVALID. */
KW_MUST_USE kw_status kw_zk_ptau_chain_check(kw_zk_stand *out, kw_zk_work *w,
                                             const kw_zk_ptau *ptau, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_PTAU_CHAIN_H */
