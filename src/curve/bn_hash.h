/* SPDX-License-Identifier: Apache-2.0
 * Hashing to the groups of BN254: SVDW (RFC 9380 section 6.6.1) with SHA-256 or Keccak-256. */
#ifndef KW_CURVE_BN_HASH_H
#define KW_CURVE_BN_HASH_H

#include "curve/bn.h"
#include "curve/h2c.h"

/* hash_to_field: `count` elements, 1 or 2. ARG: another count, or the DST is empty. CT: leaks
 * lengths only. */
KW_MUST_USE kw_status kw_bn_hash_to_fp(kw_bn_fp *u, size_t count, const kw_h2c_hash *hash,
                                       kw_span msg, kw_span dst);
KW_MUST_USE kw_status kw_bn_hash_to_fp2(kw_bn_fp2 *u, size_t count, const kw_h2c_hash *hash,
                                        kw_span msg, kw_span dst);

/* hash_to_curve (RO): indifferentiable from a random oracle. ARG: the DST is empty.
 * CT: leaks lengths only, of `msg` and `dst`. */
KW_MUST_USE kw_status kw_bn_hash_to_g1(kw_bn_g1 *out, const kw_h2c_hash *hash, kw_span msg,
                                       kw_span dst);
KW_MUST_USE kw_status kw_bn_hash_to_g2(kw_bn_g2 *out, const kw_h2c_hash *hash, kw_span msg,
                                       kw_span dst);

/* encode_to_curve (NU): not all points are reached. Else as above. */
KW_MUST_USE kw_status kw_bn_encode_to_g1(kw_bn_g1 *out, const kw_h2c_hash *hash, kw_span msg,
                                         kw_span dst);
KW_MUST_USE kw_status kw_bn_encode_to_g2(kw_bn_g2 *out, const kw_h2c_hash *hash, kw_span msg,
                                         kw_span dst);

/* map_to_curve and clear_cofactor of one field element. CT: constant time. */
void kw_bn_map_to_g1(kw_bn_g1 *out, const kw_bn_fp *u);
void kw_bn_map_to_g2(kw_bn_g2 *out, const kw_bn_fp2 *u);

enum {
    KW_BN_INCREMENTS_MAX = 256 /* half of all x are taken, so this is never reached */
};

/* The map of EigenLayer's contracts: x = digest mod p, then x + 1 until x^3 + 3 is a square; the
 * root (x^3 + 3)^((p + 1) / 4) as it is. LIMIT: no point in KW_BN_INCREMENTS_MAX steps. */
KW_MUST_USE kw_status kw_bn_g1_try_and_increment_var(kw_bn_g1 *out, const kw_hash32 *digest);

#endif /* KW_CURVE_BN_HASH_H */
