/* SPDX-License-Identifier: Apache-2.0
 * Is a proving key that of a circuit and of a ceremony? With L_j the Lagrange bases of the domain
 * at tau, a_ij, b_ij, c_ij what wire i has in constraint j (and a_ij = 1 for the public wire
 * i = j - constraints), a key without contributions has
 *
 *   A_i = sum_j a_ij L_j         B_i = sum_j b_ij L_j, in both groups
 *   K_i = sum_j a_ij beta L_j + b_ij alpha L_j + c_ij L_j: IC for public wires, C for others
 *   H_i = L_(2i+1) of twice the domain
 *
 * and contributions divide C and H by delta. Under random multipliers of 128 bits for wires, each
 * of these is one sum over points of the key against one over points of the ceremony: a key that
 * differs in any point passes with chance 2^-128, and no point is made again. */
#ifndef KW_PARAMS_ENGINE_ZK_ZKEY_CIRCUIT_H
#define KW_PARAMS_ENGINE_ZK_ZKEY_CIRCUIT_H

#include "params/engine/zk/ptau.h"
#include "params/engine/zk/r1cs.h"
#include "params/engine/zk/zkey.h"

/* Three files; the jobs' levels do not matter. The key and the ceremony were checked before, at
 * KW_ZK_FULL. Borrowed. */
typedef struct kw_zk_circuit_job {
    const kw_zk_job *zkey;
    const kw_zk_job *ptau;
    const kw_zk_source *r1cs;
} kw_zk_circuit_job;

/* Takes 32 bytes for each wire besides blocks. ZK_INVALID: the files do not belong together;
 * `fault` has the section of the key, or the place in the circuit. NO_MEMORY, or as kw_zk_walk. */
KW_MUST_USE kw_status kw_zk_zkey_circuit_check(kw_zk_fault *fault, const kw_zk_circuit_job *job,
                                               kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_ZKEY_CIRCUIT_H */
