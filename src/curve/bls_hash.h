/* SPDX-License-Identifier: Apache-2.0
 * Hashing to the groups of BLS12-381: the suites of RFC 9380 section 8.8: SHA-256, SSWU. */
#ifndef KW_CURVE_BLS_HASH_H
#define KW_CURVE_BLS_HASH_H

#include "curve/bls.h"
#include "curve/h2c.h"

/* hash_to_field: `count` elements, 1 or 2. ARG: another count, or the DST is empty. CT: leaks
 * lengths only. */
KW_MUST_USE kw_status kw_bls_hash_to_fp(kw_bls_fp *u, size_t count, const kw_h2c_hash *hash,
                                        kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bls_hash_to_fp2(kw_bls_fp2 *u, size_t count, const kw_h2c_hash *hash,
                                         kw_span msg, kw_span dst);

/* hash_to_curve (RO): indifferentiable from a random oracle. ARG: the DST is empty.
 * CT: leaks lengths only, of `msg` and `dst`. */
KW_MUST_USE kw_status kw_bls_hash_to_g1(kw_bls_g1 *out, const kw_h2c_hash *hash, kw_span msg,
                                        kw_span dst);
KW_MUST_USE kw_status kw_bls_hash_to_g2(kw_bls_g2 *out, const kw_h2c_hash *hash, kw_span msg,
                                        kw_span dst);

/* encode_to_curve (NU): not all points are reached. Else as above. */
KW_MUST_USE kw_status kw_bls_encode_to_g1(kw_bls_g1 *out, const kw_h2c_hash *hash, kw_span msg,
                                          kw_span dst);
KW_MUST_USE kw_status kw_bls_encode_to_g2(kw_bls_g2 *out, const kw_h2c_hash *hash, kw_span msg,
                                          kw_span dst);

/* map_to_curve and clear_cofactor of one field element, as in EIP-2537. CT: constant time. */
void kw_bls_map_to_g1(kw_bls_g1 *out, const kw_bls_fp *u);
void kw_bls_map_to_g2(kw_bls_g2 *out, const kw_bls_fp2 *u);

#endif /* KW_CURVE_BLS_HASH_H */
