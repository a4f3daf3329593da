/* SPDX-License-Identifier: Apache-2.0
 * Proving keys of Groth16: .zkey files of snarkjs, version 1. Sections
 *
 *   1   u32le protocol, 1                 2   header, below
 *   3   nPublic + 1 of G1: IC             4   u32le count, and so many coefficients
 *   5   nVars of G1: A                    6   nVars of G1: B
 *   7   nVars of G2: B                    8   nVars - nPublic - 1 of G1: C, over delta
 *   9   domain of G1: H, over delta       10  hash of the circuit, contributions: zkey_chain.h
 *
 * Header: u32le n8q, q, u32le n8r, r, u32le nVars, nPublic, domain, alpha G1, beta G1, beta G2,
 * gamma G2, delta G1, delta G2. A coefficient: u32le matrix (0 A, 1 B), constraint, signal, and a
 * scalar times R^2, R = 2^256. */
#ifndef KW_PARAMS_ENGINE_ZK_ZKEY_H
#define KW_PARAMS_ENGINE_ZK_ZKEY_H

#include "crypto/hash.h"
#include "params/engine/zk/binfile.h"
#include "params/engine/zk/work.h"

/* What a header has besides numbers. */
typedef struct kw_zk_setup {
    kw_zk_point alpha_g1;
    kw_zk_point beta_g1;
    kw_zk_point beta_g2;
    kw_zk_point gamma_g2;
    kw_zk_point delta_g1;
    kw_zk_point delta_g2;
} kw_zk_setup;

typedef struct kw_zk_zkey {
    const kw_zk_curve *curve;
    uint32_t vars;         /* nVars */
    uint32_t public_count; /* nPublic */
    uint32_t domain;
    uint32_t coefficients;
    uint32_t contributions;
    kw_hash64 circuit;
    kw_zk_binfile file;
} kw_zk_zkey;

/* Structure alone. ZK_INVALID, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_zkey_read(kw_zk_zkey *out, kw_zk_fault *fault,
                                      const kw_zk_source *source, kw_error *err);

/* The points of section 3 or 5..9. */
kw_zk_run kw_zk_zkey_run(const kw_zk_zkey *zkey, uint32_t section);

/* The points of the header, each checked. ZK_INVALID. */
KW_MUST_USE kw_status kw_zk_zkey_setup(kw_zk_setup *out, kw_zk_work *w, const kw_zk_zkey *zkey,
                                       kw_error *err);

/* The file as `job` asks; at KW_ZK_FULL what it says of itself: whether it belongs to a circuit,
 * zkey_circuit.h knows. ZK_INVALID: `fault` says why and where. NO_MEMORY, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_zkey_check(kw_zk_zkey *out, kw_zk_fault *fault, const kw_zk_job *job,
                                       kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_ZKEY_H */
