/* SPDX-License-Identifier: Apache-2.0
 * The suites as pairs of a map of curve/ and a hash of crypto/. */
#include "crypto/hash_to_curve.h"

#include "crypto/h2c_hashes.h"
#include "curve/bls_hash.h"
#include "curve/bn_hash.h"

#define SUITE(map, hash, point)                                       \
    kw_status kw_##map##_##hash(point *out, kw_span msg, kw_span dst) \
    {                                                                 \
        return kw_##map(out, &kw_h2c_##hash, msg, dst);               \
    }

SUITE(bls_hash_to_g1, sha256, kw_bls_g1)
SUITE(bls_hash_to_g2, sha256, kw_bls_g2)
SUITE(bls_encode_to_g1, sha256, kw_bls_g1)
SUITE(bls_encode_to_g2, sha256, kw_bls_g2)
SUITE(bn_hash_to_g1, sha256, kw_bn_g1)
SUITE(bn_hash_to_g2, sha256, kw_bn_g2)
SUITE(bn_hash_to_g1, keccak256, kw_bn_g1)
SUITE(bn_hash_to_g2, keccak256, kw_bn_g2)
