/* SPDX-License-Identifier: Apache-2.0
 * Ethereum's KZG setup on BLS12-381 (EIP-4844): powers of tau in both groups, and the same of G1 in
 * Lagrange form over the roots of unity that 7 gives. */
#ifndef KW_PARAMS_ENGINE_ZK_KZG_H
#define KW_PARAMS_ENGINE_ZK_KZG_H

#include "params/engine/zk/kzg_file.h"
#include "params/engine/zk/work.h"

typedef struct kw_zk_kzg {
    size_t g1_count;
    size_t g2_count;
    bool is_bit_reversed; /* the order of the Lagrange form; known at KW_ZK_FULL */
    kw_hash32 points;     /* SHA-256 of all compressed points: the same for text and JSON */
} kw_zk_kzg;

/* The file as `job` asks: generators, a tau that is neither 0 nor 1; every point; powers by one
 * pairing equation in each group, and the Lagrange form as lagrange.h has it, in natural order or
 * bit-reversed. ZK_INVALID: `fault` says why and where. NO_MEMORY, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_kzg_check(kw_zk_kzg *out, kw_zk_fault *fault, const kw_zk_job *job,
                                      kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_KZG_H */
