/* SPDX-License-Identifier: Apache-2.0
 * One curve: its numbers, both groups and its pairing. T(name) is its prefix; the file that
 * includes this knows the encodings, and what only one curve has: it has the functions that are
 * declared here behind it. HAS_SECRETS: it has secret points, secret exponents and signatures. */
#define TX(name) T(name) /* expands its argument first */

#include "kw_curve/fields.inc.c"

#define FLOOR fp2
#include "kw_curve/floor.inc.c"
#undef FLOOR
#define FLOOR fp6
#include "kw_curve/floor.inc.c"
#undef FLOOR
#define FLOOR fp12
#include "kw_curve/floor.inc.c"
#undef FLOOR

/* hash_to_field of two elements, as for a hash to G1, and to G2. */
static kw_status op_fp_hash(curve_answer *out, const curve_call *call)
{
    T(fp) u[2];
    kw_span dst = {0};
    KW_TRY(curve_call_dst(&dst, call, 1));
    KW_TRY(T(hash_to_fp)(u, KW_COUNT(u), call->hash, call->in[0], dst));
    fp_answer(out, &u[0]);
    fp_answer(out, &u[1]);
    return KW_OK;
}

static kw_status op_fp2_hash(curve_answer *out, const curve_call *call)
{
    T(fp2) u[2];
    kw_span dst = {0};
    KW_TRY(curve_call_dst(&dst, call, 1));
    KW_TRY(T(hash_to_fp2)(u, KW_COUNT(u), call->hash, call->in[0], dst));
    fp2_answer(out, &u[0]);
    fp2_answer(out, &u[1]);
    return KW_OK;
}

/* A signature whose verdict is known, with what made it. */
typedef struct min_pk_case {
    const curve_call *call;
    kw_span dst;
    T(g1) key;
    T(g2) sig;
    bool is_valid;
} min_pk_case;

typedef struct min_sig_case {
    const curve_call *call;
    kw_span dst;
    T(g2) key;
    T(g1) sig;
    bool is_valid;
} min_sig_case;

#if HAS_SECRETS
/* INTERNAL unless the value is also what the functions for secret points and exponents give. */
static kw_status g1_mul_agrees(const T(g1) * product, const T(g1) * p, const T(secret) * k);
static kw_status g2_mul_agrees(const T(g2) * product, const T(g2) * q, const T(secret) * k);
static kw_status gt_exp_agrees(const T(gt) * power, const T(gt) * value, const T(fr) * k);
static kw_status pairing_agrees(const T(gt) * value, const T(g1) * p, const T(g2) * q);

/* INTERNAL unless the functions for signatures, one and many, have the same verdict. */
static kw_status min_pk_agrees(const min_pk_case *c);
static kw_status min_sig_agrees(const min_sig_case *c);
#define IF_SECRETS(status) status
#else
#define IF_SECRETS(status) KW_OK
#endif

static void g1_parts(T(fp) * parts[2], T(g1_raw) * raw)
{
    parts[0] = &raw->x;
    parts[1] = &raw->y;
}

static void g2_parts(T(fp) * parts[4], T(g2_raw) * raw)
{
    parts[0] = &raw->x.c0;
    parts[1] = &raw->x.c1;
    parts[2] = &raw->y.c0;
    parts[3] = &raw->y.c1;
}

#define GROUP     g1
#define POINT     T(g1)
#define RAW       T(g1_raw)
#define RAW_PARTS 2
#define G(name)   T(g1_##name)
#include "kw_curve/group.inc.c"
#undef GROUP
#undef POINT
#undef RAW
#undef RAW_PARTS
#undef G

#define GROUP     g2
#define POINT     T(g2)
#define RAW       T(g2_raw)
#define RAW_PARTS 4
#define G(name)   T(g2_##name)
#include "kw_curve/group.inc.c"
#undef GROUP
#undef POINT
#undef RAW
#undef RAW_PARTS
#undef G

static kw_status op_g1_map(curve_answer *out, const curve_call *call)
{
    T(fp) u;
    T(g1) p;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fp_decode)(&u, call->in[0]));
    T(map_to_g1)(&p, &u);
    g1_answer(out, call, &p);
    return KW_OK;
}

static kw_status op_g2_map(curve_answer *out, const curve_call *call)
{
    T(fp2) u;
    T(g2) p;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(T(fp_decode)(&u.c0, call->in[0]));
    KW_TRY(T(fp_decode)(&u.c1, call->in[1]));
    T(map_to_g2)(&p, &u);
    g2_answer(out, call, &p);
    return KW_OK;
}

#include "kw_curve/pairing.inc.c"

/* The operations that both curves have: docs/protocol/kw_curve.md. */
static const curve_row rows_of_both[] = {
    {"fr.add", op_fr_add},
    {"fr.sub", op_fr_sub},
    {"fr.neg", op_fr_neg},
    {"fr.mul", op_fr_mul},
    {"fr.inv", op_fr_inv},
    {"fr.wide", op_fr_wide},
    {"fp.add", op_fp_add},
    {"fp.sub", op_fp_sub},
    {"fp.neg", op_fp_neg},
    {"fp.mul", op_fp_mul},
    {"fp.inv", op_fp_inv},
    {"fp.wide", op_fp_wide},
    {"fp.sqrt", op_fp_sqrt},
    {"fp.hash", op_fp_hash},
    {"fp2.mul", op_fp2_mul},
    {"fp2.inv", op_fp2_inv},
    {"fp2.frobenius", op_fp2_frobenius},
    {"fp2.hash", op_fp2_hash},
    {"fp6.mul", op_fp6_mul},
    {"fp6.inv", op_fp6_inv},
    {"fp6.frobenius", op_fp6_frobenius},
    {"fp12.mul", op_fp12_mul},
    {"fp12.inv", op_fp12_inv},
    {"fp12.frobenius", op_fp12_frobenius},
    {"g1.decode", op_g1_decode},
    {"g1.neg", op_g1_neg},
    {"g1.mul", op_g1_mul},
    {"g1.msm", op_g1_msm},
    {"g1.poly_eval", op_g1_poly_eval},
    {"g1.interpolate", op_g1_interpolate},
    {"g1.hash", op_g1_hash},
    {"g1.encode_to_curve", op_g1_encode_to_curve},
    {"g1.map", op_g1_map},
    {"g2.decode", op_g2_decode},
    {"g2.neg", op_g2_neg},
    {"g2.mul", op_g2_mul},
    {"g2.msm", op_g2_msm},
    {"g2.poly_eval", op_g2_poly_eval},
    {"g2.interpolate", op_g2_interpolate},
    {"g2.hash", op_g2_hash},
    {"g2.encode_to_curve", op_g2_encode_to_curve},
    {"g2.map", op_g2_map},
    {"pairing", op_pairing},
    {"pairing.check", op_pairing_check},
    {"bls.verify", op_bls_verify},
    {"gt.decode", op_gt_decode},
    {"gt.mul", op_gt_mul},
    {"gt.inv", op_gt_inv},
    {"gt.exp", op_gt_exp},
    {"gt.squares", op_gt_squares},
    {"poly.eval", op_poly_eval},
    {"lagrange", op_lagrange},
    {"expand", op_expand},
};

/* The operation among those that only this curve has, then among those of both; NULL: neither. */
static const curve_row *find_row(const curve_row *own, size_t own_count, kw_str op)
{
    for (size_t i = 0; i < own_count + KW_COUNT(rows_of_both); i++) {
        const curve_row *row = i < own_count ? &own[i] : &rows_of_both[i - own_count];
        if (kw_str_equal(op, kw_str_of(row->name))) {
            return row;
        }
    }
    return NULL;
}
