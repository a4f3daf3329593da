/* SPDX-License-Identifier: Apache-2.0
 * Both curves as tables, in the forms in which ceremonies write them: affine points, coordinates
 * little-endian in Montgomery form, the real part first, infinity all zero. Everything is public,
 * and everything is variable time. */
#ifndef KW_PARAMS_ENGINE_ZK_CURVE_H
#define KW_PARAMS_ENGINE_ZK_CURVE_H

#include "base/span.h"
#include "base/status.h"
#include "curve/bls.h"
#include "curve/bn.h"
#include "curve/flags.h"
#include "params/engine/zk/draw.h"

enum {
    KW_ZK_FP_BYTES_MAX = 48,
    KW_ZK_FR_BYTES = 32,
    KW_ZK_G1_BYTES_MAX = 2 * KW_ZK_FP_BYTES_MAX,
    KW_ZK_G2_BYTES_MAX = 4 * KW_ZK_FP_BYTES_MAX,
};

/* A point of either group of either curve; the table that made it says which. */
typedef union kw_zk_point {
    kw_bn_g1 bn_g1;
    kw_bn_g2 bn_g2;
    kw_bls_g1 bls_g1;
    kw_bls_g2 bls_g2;
} kw_zk_point;

typedef union kw_zk_scalar {
    kw_bn_fr bn;
    kw_bls_fr bls;
} kw_zk_scalar;

_Static_assert(sizeof(kw_zk_scalar) == sizeof(kw_bn_fr),
               "an array of one is an array of the other");
_Static_assert(sizeof(kw_zk_scalar) == sizeof(kw_bls_fr), "an array of one is one of the other");

/* scalars[i] points[i], i < n. */
typedef struct kw_zk_terms {
    const void *points; /* packed, point_bytes each */
    const kw_zk_scalar *scalars;
    size_t n;
    unsigned bits; /* scalars are below 2^bits; 0: of any size */
} kw_zk_terms;

typedef struct kw_zk_group {
    const char *name;   /* "G1" */
    size_t wire_bytes;  /* of a point in a file */
    size_t point_bytes; /* of a point in a packed array */

    /* wire / wire_bytes points, each canonical, on the curve, and by itself in the group; infinity
     * only with KW_ALLOW_INFINITY. RANGE, NOT_ON_CURVE, NOT_IN_SUBGROUP, INFINITY: of the first
     * that is wrong, whose index goes to `out_bad`. */
    kw_status (*decode)(void *points, size_t *out_bad, kw_span wire, unsigned flags);

    /* The same points as hashes of ceremonies take them: big-endian, imaginary part first, as many
     * bytes. The wire is one that decode accepted. */
    void (*to_hashed)(uint8_t *out, kw_span wire);

    /* One point from canonical numbers, big-endian, the real part first: x, then y. As decode. */
    kw_status (*decode_numbers)(void *point, kw_span numbers);
    void (*encode)(uint8_t *wire, const kw_zk_point *point);

    kw_zk_point (*generator)(void);
    kw_zk_point (*infinity)(void);
    kw_zk_point (*at)(const void *points, size_t index);
    bool (*equal)(const kw_zk_point *a, const kw_zk_point *b);
    void (*add)(kw_zk_point *out, const kw_zk_point *a, const kw_zk_point *b);
    void (*mul)(kw_zk_point *out, const kw_zk_point *p, const kw_zk_scalar *k);

    /* io += the terms, at most KW_ZK_BLOCK_POINTS; scratch as msm_scratch says. */
    void (*sum)(kw_zk_point *io, kw_mspan scratch, const kw_zk_terms *terms);
    size_t (*sum_scratch)(size_t n);

    /* The next point of a ceremony's stream. */
    void (*draw)(kw_zk_point *out, kw_zk_draw *draw);
} kw_zk_group;

typedef struct kw_zk_curve {
    const char *name;      /* "bn254" */
    const char *vkey_name; /* in a verification key: "bn128" */
    size_t fp_bytes;       /* 32 or 48 */
    const uint8_t *q;      /* base field, little-endian, fp_bytes */
    const uint8_t *r;      /* scalar field, little-endian, KW_ZK_FR_BYTES */
    unsigned two_adicity;  /* of r - 1 */
    const kw_zk_group *g1;
    const kw_zk_group *g2;

    /* e(a, d) = e(b, c): b is to a as d is to c. a, b of G1; c, d of G2; infinity is a point. */
    bool (*same_ratio)(const kw_zk_point *a, const kw_zk_point *b, const kw_zk_point *c,
                       const kw_zk_point *d);

    /* e(p, q) as twelve numbers, big-endian: c0.c0.c0, c0.c0.c1, c0.c1.c0 and so on. */
    void (*pairing)(uint8_t *out, const kw_zk_point *p, const kw_zk_point *q);

    /* Scalars. */
    kw_zk_scalar (*scalar_of_u64)(uint64_t value);
    void (*scalar_of_u128)(kw_zk_scalar *out, const uint8_t bytes[16]); /* big-endian */
    void (*scalar_of_wide)(kw_zk_scalar *out, const uint8_t bytes[48]); /* big-endian, mod r */
    kw_status (*scalar_decode)(kw_zk_scalar *out, kw_span number);      /* little-endian; RANGE */
    kw_status (*scalar_decode_mont)(kw_zk_scalar *out, kw_span wire);   /* RANGE */
    void (*scalar_add)(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b);
    void (*scalar_sub)(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b);
    void (*scalar_mul)(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b);
    void (*scalar_batch_inv)(kw_zk_scalar *io, size_t n); /* zeros stay */
    bool (*scalar_equal)(const kw_zk_scalar *a, const kw_zk_scalar *b);
    void (*scalar_draw)(kw_zk_scalar *out, kw_zk_draw *draw);
} kw_zk_curve;

extern const kw_zk_curve kw_zk_bn254;
extern const kw_zk_curve kw_zk_bls12_381;

/* The curve with that base field, little-endian; NULL: neither. */
const kw_zk_curve *kw_zk_curve_of_base(kw_span q);

/* The curve with that scalar field, little-endian; NULL: neither. */
const kw_zk_curve *kw_zk_curve_of_order(kw_span r);

/* base^((r - 1) / 2^power): a root of unity of order 2^power when `base` is no square.
 * `power` is at most the 2-adicity. */
void kw_zk_root_of_unity(const kw_zk_curve *curve, kw_zk_scalar *out, uint64_t base,
                         unsigned power);

#endif /* KW_PARAMS_ENGINE_ZK_CURVE_H */
