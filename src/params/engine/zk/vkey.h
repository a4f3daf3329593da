/* SPDX-License-Identifier: Apache-2.0
 * Verification keys of Groth16 as snarkjs writes them in JSON: protocol, curve ("bn128",
 * "bls12381"), nPublic, vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, vk_alphabeta_12, IC. Points
 * are x, y, z as decimal texts, the real part first, z 1. */
#ifndef KW_PARAMS_ENGINE_ZK_VKEY_H
#define KW_PARAMS_ENGINE_ZK_VKEY_H

#include "params/engine/zk/zkey.h"

/* All-zero is empty. */
typedef struct kw_zk_vkey {
    const kw_zk_curve *curve;
    uint32_t public_count;
    kw_zk_point alpha_g1;
    kw_zk_point beta_g2;
    kw_zk_point gamma_g2;
    kw_zk_point delta_g2;
    kw_zk_point *ic; /* owned: public_count + 1 */
} kw_zk_vkey;

void kw_zk_vkey_drop(kw_zk_vkey *key);

/* Reads a key and checks all of it: each number canonical, each point in its group, none infinity,
 * as many as there are public signals, alphabeta the pairing of both when it is there. `out` is
 * empty before and owned by the caller. ZK_INVALID: `fault` names the member and, in lists, the
 * index. NO_MEMORY. */
KW_MUST_USE kw_status kw_zk_vkey_decode(kw_zk_vkey *out, kw_zk_fault *fault, kw_span json,
                                        kw_error *err);

/* Is the key that of a .zkey, whose job this is: header and IC? ZK_INVALID, or as kw_zk_walk. */
KW_MUST_USE kw_status kw_zk_vkey_match(kw_zk_fault *fault, const kw_zk_vkey *key,
                                       const kw_zk_job *zkey_job, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_VKEY_H */
