/* SPDX-License-Identifier: Apache-2.0
 * Are points the Lagrange bases of powers of tau, for every power of two up to one? For a random z,
 * f(X) = 1 + zX + ... + (zX)^(n-1) has f(w^i) = (z^n - 1) / (z w^i - 1), w a root of unity of order
 * n, so that sum f(w^i) L_i = sum z^j tau^j. If any L_i is another, both sides are different
 * polynomials in z of degree < n, which agree with chance below n / r. Neither side needs a
 * transform or memory for n scalars; all powers of two are one equation under random weights. */
#ifndef KW_PARAMS_ENGINE_ZK_LAGRANGE_H
#define KW_PARAMS_ENGINE_ZK_LAGRANGE_H

#include "params/engine/zk/work.h"

typedef struct kw_zk_lagrange {
    kw_zk_run powers; /* 2^power points, or one less: the last counts as infinity */
    kw_zk_run bases;  /* of 2^0, 2^1 ... 2^power, one after the other */
    unsigned power;
} kw_zk_lagrange;

/* Walks over the bases; at KW_ZK_FULL they are checked, and where a power of two fails it is named.
 * The powers were checked before. ZK_INVALID, or as kw_zk_walk. */
KW_MUST_USE kw_status kw_zk_lagrange_check(kw_zk_work *w, const kw_zk_lagrange *in, kw_error *err);

/* The base of snarkjs's roots of unity, a number that is no square in either field. */
#define KW_ZK_ROOT_BASE_SNARKJS 5
/* And that of Ethereum's KZG setup. */
#define KW_ZK_ROOT_BASE_KZG     7

/* scalars[i] = weight f(w^(first + i)) as above, i < n. */
typedef struct kw_zk_evaluations {
    kw_zk_scalar z;
    kw_zk_scalar weight;
    uint64_t root_base;
    unsigned power;
} kw_zk_evaluations;

void kw_zk_evaluate(kw_zk_scalar *out, const kw_zk_curve *curve, const kw_zk_evaluations *in,
                    uint64_t first, size_t n);

#endif /* KW_PARAMS_ENGINE_ZK_LAGRANGE_H */
