/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381 as a row of the group table. */
#include "threshold/engine/group/group.h"

#include "base/error.h"
#include "crypto/h2c_hashes.h"
#include "crypto/hash_to_curve.h"
#include "curve/bls_batch.h"
#include "curve/bls_pair.h"
#include "curve/bls_wire.h"

/* An array of the union is an array of its member: sums and polynomials rely on it. */
_Static_assert(sizeof(kw_group_scalar) == sizeof(kw_bls_fr), "a scalar is as large as its member");
_Static_assert(sizeof(kw_group_secret) == sizeof(kw_bls_secret), "so is a secret one");
_Static_assert(sizeof(kw_group_g1) == sizeof(kw_bls_g1), "and a point of G1");
_Static_assert(sizeof(kw_group_secret_g1) == sizeof(kw_group_g1), "and a secret one");
_Static_assert(sizeof(kw_group_g2) == sizeof(kw_bls_g2), "and a point of G2");
_Static_assert(sizeof(kw_bls_secret_bytes) == sizeof(kw_group_secret_bytes), "the same bytes");

void kw_group_secret_drop(kw_group_secret *k)
{
    kw_wipe(k, sizeof *k);
}

void kw_group_secret_g1_drop(kw_group_secret_g1 *p)
{
    kw_wipe(p, sizeof *p);
}

void kw_group_secret_g1_of_g1(kw_group_secret_g1 *out, const kw_group_g1 *p)
{
    memcpy(out->words, p->words, sizeof out->words); /* whichever group it is of */
}

void kw_group_secret_bytes_drop(kw_group_secret_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}

void kw_group_shared_bytes_drop(kw_group_shared_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}

void kw_declassify_group_secret(const kw_group *group, kw_group_scalar *out,
                                const kw_group_secret *k, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    group->secret_reveal(out, k);
}

void kw_declassify_group_secret_g1(kw_group_g1 *out, const kw_group_secret_g1 *p,
                                   const char *reason)
{
    KW_UNUSED(reason);
    memcpy(out->words, p->words, sizeof out->words);
    kw_ct_mark_public(out, sizeof *out);
}

void kw_declassify_group_g1(kw_group_g1 *p, const char *reason)
{
    KW_UNUSED(reason);
    kw_ct_mark_public(p, sizeof *p);
}

void kw_declassify_group_g2(kw_group_g2 *p, const char *reason)
{
    KW_UNUSED(reason);
    kw_ct_mark_public(p, sizeof *p);
}

/* ---- scalars ---- */
static kw_group_scalar scalar_of_u64(uint64_t value)
{
    return (kw_group_scalar){.bls = kw_bls_fr_of_u64(value)};
}

static kw_group_scalar scalar_of_hash(const kw_hash32 *hash)
{
    kw_hash32 cleared = *hash;
    cleared.bytes[0] &= 0x3f; /* below 2^254, and r is above it */
    kw_group_scalar out;
    kw_status st = kw_bls_fr_decode(&out.bls, KW_SPAN(cleared.bytes));
    KW_ASSERT(st == KW_OK);
    return out;
}

static void scalar_add(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    kw_bls_fr_add(&out->bls, &a->bls, &b->bls);
}

static void scalar_sub(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    kw_bls_fr_sub(&out->bls, &a->bls, &b->bls);
}

static void scalar_mul(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    kw_bls_fr_mul(&out->bls, &a->bls, &b->bls);
}

static bool scalar_equal(const kw_group_scalar *a, const kw_group_scalar *b)
{
    return kw_bls_fr_equal(&a->bls, &b->bls);
}

static bool scalar_is_zero(const kw_group_scalar *a)
{
    return kw_bls_fr_is_zero(&a->bls);
}

static kw_status scalar_decode(kw_group_scalar *out, kw_span in)
{
    return kw_bls_fr_decode(&out->bls, in);
}

static void scalar_encode(kw_group_scalar_bytes *out, const kw_group_scalar *a)
{
    kw_bls_fr_bytes wire;
    kw_bls_fr_encode(&wire, &a->bls);
    memcpy(out->bytes, wire.bytes, sizeof wire.bytes);
}

static kw_status lagrange_zero(kw_group_scalar *l, const uint32_t *index, size_t n)
{
    return kw_bls_lagrange_zero(&l->bls, index, n);
}

/* ---- secret scalars ---- */
static kw_status secret_of_random(kw_group_secret *out, kw_span random)
{
    if (random.len != KW_GROUP_WIDE_BYTES) {
        return KW_ARG;
    }
    return kw_bls_secret_from_wide(&out->bls, random);
}

static void secret_of_scalar(kw_group_secret *out, const kw_group_scalar *a)
{
    kw_bls_secret_of_fr(&out->bls, &a->bls);
}

static kw_status secret_decode(kw_group_secret *out, const kw_group_secret_bytes *in)
{
    static const kw_group_secret_bytes zero = {{0}};
    kw_mask is_zero = kw_ct_equal(in->bytes, zero.bytes, sizeof zero.bytes);
    if (kw_declassify_mask(is_zero, "a share is zero with negligible chance, or by its dealer")) {
        *out = (kw_group_secret){0};
        return KW_OK;
    }
    return kw_bls_secret_decode(&out->bls, KW_SPAN(in->bytes));
}

static void secret_encode(kw_group_secret_bytes *out, const kw_group_secret *k)
{
    KW_AUTO(kw_bls_secret_bytes) wire = {{0}};
    kw_bls_secret_encode(&wire, &k->bls);
    memcpy(out, &wire, sizeof wire);
}

static void secret_add(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b)
{
    kw_bls_secret_add(&out->bls, &a->bls, &b->bls);
}

static void secret_mul(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b)
{
    kw_bls_secret_mul(&out->bls, &a->bls, &b->bls);
}

static kw_status poly_eval(kw_group_secret *out, const kw_group_secret *c, size_t t, uint32_t index)
{
    return kw_bls_poly_eval(&out->bls, &c->bls, t, index);
}

static void secret_reveal(kw_group_scalar *out, const kw_group_secret *k)
{
    kw_declassify_bls_secret(&out->bls, &k->bls, "who calls kw_declassify_group_secret says why");
}

/* ---- G1 ---- */
static kw_group_g1 g1_infinity(void)
{
    return (kw_group_g1){.bls = kw_bls_g1_infinity()};
}

static kw_group_g1 g1_generator(void)
{
    return (kw_group_g1){.bls = kw_bls_g1_generator()};
}

static void g1_add(kw_group_g1 *out, const kw_group_g1 *a, const kw_group_g1 *b)
{
    kw_bls_g1_add(&out->bls, &a->bls, &b->bls);
}

static void g1_neg(kw_group_g1 *out, const kw_group_g1 *a)
{
    kw_bls_g1_neg(&out->bls, &a->bls);
}

static bool g1_equal(const kw_group_g1 *a, const kw_group_g1 *b)
{
    return kw_bls_g1_equal(&a->bls, &b->bls);
}

static bool g1_is_infinity(const kw_group_g1 *a)
{
    return kw_bls_g1_is_infinity(&a->bls);
}

static void g1_base(kw_group_g1 *out, const kw_group_secret *k)
{
    kw_bls_g1_base_secret(&out->bls, &k->bls);
}

static void g1_mul(kw_group_g1 *out, const kw_group_g1 *p, const kw_group_secret *k)
{
    kw_bls_g1_mul_secret(&out->bls, &p->bls, &k->bls);
}

static void g1_mul_var(kw_group_g1 *out, const kw_group_g1 *p, const kw_group_scalar *k)
{
    kw_bls_g1_mul_var(&out->bls, &p->bls, &k->bls);
}

static void g1_share(kw_group_shared_bytes *out, const kw_group_g1 *p, const kw_group_secret *k)
{
    kw_bls_g1 point;
    kw_bls_g1_mul_secret(&point, &p->bls, &k->bls);
    kw_bls_g1_bytes wire;
    kw_bls_g1_encode_zcash(&wire, &point);
    memcpy(out->bytes, wire.bytes, sizeof wire.bytes);
    kw_wipe(&point, sizeof point);
    kw_wipe(&wire, sizeof wire);
}

static kw_status g1_hash(kw_group_g1 *out, kw_span message, kw_span dst)
{
    return kw_bls_hash_to_g1_sha256(&out->bls, message, dst);
}

static kw_status g1_decode(kw_group_g1 *out, kw_span in)
{
    if (in.len != sizeof(kw_bls_g1_bytes)) {
        return KW_LENGTH; /* the curve also reads both coordinates */
    }
    return kw_bls_g1_decode_zcash(&out->bls, in, KW_POINT_STRICT);
}

static kw_status g1_decode_all(kw_group_g1 *out, kw_span in, size_t n)
{
    if (in.len != n * sizeof(kw_bls_g1_bytes)) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < n; i++) {
        KW_TRY(g1_decode(&out[i],
                         (kw_span){in.ptr + i * sizeof(kw_bls_g1_bytes), sizeof(kw_bls_g1_bytes)}));
    }
    return KW_OK;
}

static void g1_encode(kw_group_g1_bytes *out, const kw_group_g1 *a)
{
    kw_bls_g1_bytes wire;
    kw_bls_g1_encode_zcash(&wire, &a->bls);
    memcpy(out->bytes, wire.bytes, sizeof wire.bytes);
}

static kw_status g1_poly_eval(kw_group_g1 *out, const kw_group_g1 *c, size_t t, uint32_t index)
{
    return kw_bls_g1_poly_eval(&out->bls, &c->bls, t, index);
}

static kw_status g1_msm(kw_group_g1 *out, kw_mspan scratch, const kw_group_g1_terms *in)
{
    kw_bls_g1_msm_in terms = {&in->points->bls, &in->scalars->bls, in->n, 0};
    return kw_bls_g1_msm_var(&out->bls, scratch, &terms);
}

static kw_status g1_interpolate(kw_group_g1 *out, kw_mspan scratch, const kw_group_g1_values *in)
{
    kw_bls_g1_interpolate_in values = {in->index, &in->points->bls, in->n};
    return kw_bls_g1_interpolate(&out->bls, scratch, &values);
}

/* ---- G2 ---- */
static kw_group_g2 g2_infinity(void)
{
    return (kw_group_g2){.bls = kw_bls_g2_infinity()};
}

static kw_group_g2 g2_generator(void)
{
    return (kw_group_g2){.bls = kw_bls_g2_generator()};
}

static void g2_add(kw_group_g2 *out, const kw_group_g2 *a, const kw_group_g2 *b)
{
    kw_bls_g2_add(&out->bls, &a->bls, &b->bls);
}

static void g2_neg(kw_group_g2 *out, const kw_group_g2 *a)
{
    kw_bls_g2_neg(&out->bls, &a->bls);
}

static bool g2_equal(const kw_group_g2 *a, const kw_group_g2 *b)
{
    return kw_bls_g2_equal(&a->bls, &b->bls);
}

static bool g2_is_infinity(const kw_group_g2 *a)
{
    return kw_bls_g2_is_infinity(&a->bls);
}

static void g2_base(kw_group_g2 *out, const kw_group_secret *k)
{
    kw_bls_g2_base_secret(&out->bls, &k->bls);
}

static void g2_mul(kw_group_g2 *out, const kw_group_g2 *p, const kw_group_secret *k)
{
    kw_bls_g2_mul_secret(&out->bls, &p->bls, &k->bls);
}

static void g2_mul_var(kw_group_g2 *out, const kw_group_g2 *p, const kw_group_scalar *k)
{
    kw_bls_g2_mul_var(&out->bls, &p->bls, &k->bls);
}

static kw_status g2_decode(kw_group_g2 *out, kw_span in)
{
    if (in.len != sizeof(kw_bls_g2_bytes)) {
        return KW_LENGTH;
    }
    return kw_bls_g2_decode_zcash(&out->bls, in, KW_POINT_STRICT);
}

static kw_status g2_decode_all(kw_group_g2 *out, kw_span in, size_t n)
{
    if (in.len != n * sizeof(kw_bls_g2_bytes)) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < n; i++) {
        KW_TRY(g2_decode(&out[i],
                         (kw_span){in.ptr + i * sizeof(kw_bls_g2_bytes), sizeof(kw_bls_g2_bytes)}));
    }
    return KW_OK;
}

static void g2_encode(kw_group_g2_bytes *out, const kw_group_g2 *a)
{
    kw_bls_g2_bytes wire;
    kw_bls_g2_encode_zcash(&wire, &a->bls);
    memcpy(out->bytes, wire.bytes, sizeof wire.bytes);
}

static kw_status g2_poly_eval(kw_group_g2 *out, const kw_group_g2 *c, size_t t, uint32_t index)
{
    return kw_bls_g2_poly_eval(&out->bls, &c->bls, t, index);
}

static kw_status g2_msm(kw_group_g2 *out, kw_mspan scratch, const kw_group_g2_terms *in)
{
    kw_bls_g2_msm_in terms = {&in->points->bls, &in->scalars->bls, in->n, 0};
    return kw_bls_g2_msm_var(&out->bls, scratch, &terms);
}

static kw_status pairings_equal(bool *yes, const kw_group_g1 *a, const kw_group_g2 *b,
                                const kw_group_g1 *c, const kw_group_g2 *d)
{
    kw_bls_g1 minus_c;
    kw_bls_g1_neg(&minus_c, &c->bls);
    const kw_bls_pair pairs[] = {{.p = &a->bls, .q = &b->bls}, {.p = &minus_c, .q = &d->bls}};
    return kw_bls_pair_product_is_one(yes, pairs, KW_COUNT(pairs), KW_POINT_STRICT);
}

static kw_status verify_all(uint8_t *ok, kw_mspan scratch, const kw_group_signatures *in,
                            kw_span message, kw_span dst)
{
    const kw_bls_suite suite = {.hash = &kw_h2c_sha256, .dst = dst};
    const kw_bls_min_sig_batch batch = {&in->keys->bls, &in->points->bls, in->n, in->weights};
    return kw_bls_min_sig_verify_same(ok, scratch, &batch, message, &suite);
}

const kw_group kw_group_bls12_381 = {
    .name = "bls12-381",
    .g1_bytes = sizeof(kw_bls_g1_bytes),
    .g2_bytes = sizeof(kw_bls_g2_bytes),
    .scalar_of_u64 = scalar_of_u64,
    .scalar_of_hash = scalar_of_hash,
    .scalar_add = scalar_add,
    .scalar_sub = scalar_sub,
    .scalar_mul = scalar_mul,
    .scalar_equal = scalar_equal,
    .scalar_is_zero = scalar_is_zero,
    .scalar_decode = scalar_decode,
    .scalar_encode = scalar_encode,
    .lagrange_zero = lagrange_zero,
    .secret_of_random = secret_of_random,
    .secret_of_scalar = secret_of_scalar,
    .secret_decode = secret_decode,
    .secret_encode = secret_encode,
    .secret_add = secret_add,
    .secret_mul = secret_mul,
    .poly_eval = poly_eval,
    .secret_reveal = secret_reveal,
    .g1_infinity = g1_infinity,
    .g1_generator = g1_generator,
    .g1_add = g1_add,
    .g1_neg = g1_neg,
    .g1_equal = g1_equal,
    .g1_is_infinity = g1_is_infinity,
    .g1_base = g1_base,
    .g1_mul = g1_mul,
    .g1_mul_var = g1_mul_var,
    .g1_share = g1_share,
    .g1_hash = g1_hash,
    .g1_decode = g1_decode,
    .g1_decode_all = g1_decode_all,
    .g1_encode = g1_encode,
    .g1_poly_eval = g1_poly_eval,
    .g1_msm_scratch = kw_bls_g1_msm_scratch,
    .g1_msm = g1_msm,
    .g1_interpolate_scratch = kw_bls_g1_interpolate_scratch,
    .g1_interpolate = g1_interpolate,
    .g2_infinity = g2_infinity,
    .g2_generator = g2_generator,
    .g2_add = g2_add,
    .g2_neg = g2_neg,
    .g2_equal = g2_equal,
    .g2_is_infinity = g2_is_infinity,
    .g2_base = g2_base,
    .g2_mul = g2_mul,
    .g2_mul_var = g2_mul_var,
    .g2_decode = g2_decode,
    .g2_decode_all = g2_decode_all,
    .g2_encode = g2_encode,
    .g2_poly_eval = g2_poly_eval,
    .g2_msm_scratch = kw_bls_g2_msm_scratch,
    .g2_msm = g2_msm,
    .pairings_equal = pairings_equal,
    .verify_scratch = kw_bls_verify_same_scratch,
    .verify_all = verify_all,
};
