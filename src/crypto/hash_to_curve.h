/* SPDX-License-Identifier: Apache-2.0
 * Hashing to curves in one call: suites of RFC 9380 with their hash. `dst` is the domain separation
 * tag, which the protocol chooses. All: ARG: the DST is empty. CT: leaks lengths only. */
#ifndef KW_CRYPTO_HASH_TO_CURVE_H
#define KW_CRYPTO_HASH_TO_CURVE_H

#include "curve/bls.h"
#include "curve/bn.h"

/* BLS12381G1_XMD:SHA-256_SSWU_RO_ and _NU_, and those of G2 (RFC 9380 section 8.8). */
KW_MUST_USE kw_status kw_bls_hash_to_g1_sha256(kw_bls_g1 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bls_hash_to_g2_sha256(kw_bls_g2 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bls_encode_to_g1_sha256(kw_bls_g1 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bls_encode_to_g2_sha256(kw_bls_g2 *out, kw_span msg, kw_span dst);

/* BN254G1_XMD:SHA-256_SVDW_RO_ and with KECCAK-256, as drand's evmnet has it; and those of G2. */
KW_MUST_USE kw_status kw_bn_hash_to_g1_sha256(kw_bn_g1 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bn_hash_to_g2_sha256(kw_bn_g2 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bn_hash_to_g1_keccak256(kw_bn_g1 *out, kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bn_hash_to_g2_keccak256(kw_bn_g2 *out, kw_span msg, kw_span dst);

#endif /* KW_CRYPTO_HASH_TO_CURVE_H */
