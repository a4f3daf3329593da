/* SPDX-License-Identifier: Apache-2.0
 * Which curve a file means, and roots of unity. */
#include "params/engine/zk/curve.h"

static const kw_zk_curve *const curves[] = {&kw_zk_bn254, &kw_zk_bls12_381};

const kw_zk_curve *kw_zk_curve_of_base(kw_span q)
{
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        if (kw_span_equal_var(q, (kw_span){curves[i]->q, curves[i]->fp_bytes})) {
            return curves[i];
        }
    }
    return NULL;
}

const kw_zk_curve *kw_zk_curve_of_order(kw_span r)
{
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        if (kw_span_equal_var(r, (kw_span){curves[i]->r, KW_ZK_FR_BYTES})) {
            return curves[i];
        }
    }
    return NULL;
}

/* Bit `at` of r - 1, which is even. */
static unsigned bit_of_order(const kw_zk_curve *curve, unsigned at)
{
    unsigned bit = curve->r[at / 8] >> at % 8 & 1;
    return at == 0 ? 0 : bit;
}

void kw_zk_root_of_unity(const kw_zk_curve *curve, kw_zk_scalar *out, uint64_t base, unsigned power)
{
    const kw_zk_scalar b = curve->scalar_of_u64(base);
    kw_zk_scalar root = curve->scalar_of_u64(1);
    for (unsigned at = 8 * KW_ZK_FR_BYTES; at-- > power;) {
        curve->scalar_mul(&root, &root, &root);
        if (bit_of_order(curve, at) == 1) {
            curve->scalar_mul(&root, &root, &b);
        }
    }
    *out = root;
}
