/* SPDX-License-Identifier: Apache-2.0
 * Proofs of knowledge, of equal logarithms, of extractions. Source: threshold.md sections 4, 6.
 * Secret inputs: what is proven, and nonces. */
#include "threshold/engine/group/proof.h"

#include "threshold/engine/group/transcript.h"

static void put_g1(kw_transcript *t, const kw_group *group, const kw_group_g1 *p)
{
    kw_group_g1_bytes wire = {{0}};
    group->g1_encode(&wire, p);
    kw_transcript_span(t, kw_group_g1_view(group, &wire));
}

static void put_g2(kw_transcript *t, const kw_group *group, const kw_group_g2 *p)
{
    kw_group_g2_bytes wire = {{0}};
    group->g2_encode(&wire, p);
    kw_transcript_span(t, kw_group_g2_view(group, &wire));
}

static kw_group_scalar challenge_of(kw_transcript *t, const kw_group *group)
{
    kw_hash32 hash;
    kw_transcript_end(t, &hash);
    return group->scalar_of_hash(&hash);
}

/* z = nonce + c x, which the nonce hides. */
static kw_group_scalar answer(const kw_group *group, const kw_group_scalar *c,
                              const kw_group_secret *x, const kw_group_secret *nonce)
{
    KW_AUTO(kw_group_secret) z = {0};
    group->secret_of_scalar(&z, c);
    group->secret_mul(&z, &z, x);
    group->secret_add(&z, &z, nonce);
    kw_group_scalar out;
    kw_declassify_group_secret(group, &out, &z,
                               "the answer of a proof; its nonce hides the secret");
    return out;
}

/* io -= c point. */
static void subtract_g1(kw_group_g1 *io, const kw_group *group, const kw_group_scalar *c,
                        const kw_group_g1 *point)
{
    kw_group_g1 product;
    group->g1_mul_var(&product, point, c);
    group->g1_neg(&product, &product);
    group->g1_add(io, io, &product);
}

/* out = z G1 - c point: the commitment that the answer belongs to. z is public; the generator is
 * multiplied as by a secret because that goes by a table. */
static void recover_g1(kw_group_g1 *out, const kw_group *group, const kw_proof *proof,
                       const kw_group_g1 *point)
{
    kw_group_secret z;
    group->secret_of_scalar(&z, &proof->z);
    group->g1_base(out, &z);
    subtract_g1(out, group, &proof->c, point);
}

static void recover_g2(kw_group_g2 *out, const kw_group *group, const kw_proof *proof,
                       const kw_group_g2 *point)
{
    kw_group_secret z;
    kw_group_g2 product;
    group->secret_of_scalar(&z, &proof->z);
    group->g2_base(out, &z);
    group->g2_mul_var(&product, point, &proof->c);
    group->g2_neg(&product, &product);
    group->g2_add(out, out, &product);
}

/* ---- knowledge of a logarithm ---- */
static kw_transcript pok_start(const kw_pok_place *place)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-POK"));
    kw_transcript_u8(&t, (uint8_t)place->purpose);
    kw_transcript_hash(&t, &place->sid);
    kw_transcript_span(&t, KW_SPAN(place->sender.bytes));
    return t;
}

static kw_group_scalar pok_g1_challenge(const kw_group *group, const kw_pok_place *place,
                                        const kw_group_g1 *point, const kw_group_g1 *commitment)
{
    kw_transcript t = pok_start(place);
    kw_group_g1 base = group->g1_generator();
    put_g1(&t, group, &base);
    put_g1(&t, group, point);
    put_g1(&t, group, commitment);
    return challenge_of(&t, group);
}

static kw_group_scalar pok_g2_challenge(const kw_group *group, const kw_pok_place *place,
                                        const kw_group_g2 *point, const kw_group_g2 *commitment)
{
    kw_transcript t = pok_start(place);
    kw_group_g2 base = group->g2_generator();
    put_g2(&t, group, &base);
    put_g2(&t, group, point);
    put_g2(&t, group, commitment);
    return challenge_of(&t, group);
}

void kw_pok_g1_make(kw_proof *out, const kw_group *group, const kw_pok_place *place,
                    const kw_group_secret *x, const kw_group_secret *nonce)
{
    kw_group_g1 point;
    kw_group_g1 commitment;
    group->g1_base(&point, x);
    group->g1_base(&commitment, nonce);
    kw_declassify_group_g1(&point, "what is claimed is public");
    kw_declassify_group_g1(&commitment, "whoever verifies computes it");
    out->c = pok_g1_challenge(group, place, &point, &commitment);
    out->z = answer(group, &out->c, x, nonce);
}

void kw_pok_g2_make(kw_proof *out, const kw_group *group, const kw_pok_place *place,
                    const kw_group_secret *x, const kw_group_secret *nonce)
{
    kw_group_g2 point;
    kw_group_g2 commitment;
    group->g2_base(&point, x);
    group->g2_base(&commitment, nonce);
    kw_declassify_group_g2(&point, "what is claimed is public");
    kw_declassify_group_g2(&commitment, "whoever verifies computes it");
    out->c = pok_g2_challenge(group, place, &point, &commitment);
    out->z = answer(group, &out->c, x, nonce);
}

bool kw_pok_g1_holds(const kw_proof *proof, const kw_group *group, const kw_pok_place *place,
                     const kw_group_g1 *point)
{
    kw_group_g1 commitment;
    recover_g1(&commitment, group, proof, point);
    kw_group_scalar c = pok_g1_challenge(group, place, point, &commitment);
    return group->scalar_equal(&c, &proof->c);
}

bool kw_pok_g2_holds(const kw_proof *proof, const kw_group *group, const kw_pok_place *place,
                     const kw_group_g2 *point)
{
    kw_group_g2 commitment;
    recover_g2(&commitment, group, proof, point);
    kw_group_scalar c = pok_g2_challenge(group, place, point, &commitment);
    return group->scalar_equal(&c, &proof->c);
}

/* ---- equal logarithms ---- */
static kw_group_scalar dleq_challenge(const kw_group *group, const kw_dleq_claim *claim,
                                      const kw_group_g1 *t1, const kw_group_g1 *t2)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-DLEQ"));
    kw_transcript_hash(&t, &claim->sid);
    kw_transcript_u16(&t, claim->dealer);
    kw_transcript_u16(&t, claim->member);
    kw_transcript_hash(&t, &claim->deal);
    put_g1(&t, group, &claim->ek);
    put_g1(&t, group, &claim->r);
    put_g1(&t, group, &claim->p);
    put_g1(&t, group, t1);
    put_g1(&t, group, t2);
    return challenge_of(&t, group);
}

void kw_dleq_make(kw_proof *out, const kw_group *group, const kw_dleq_claim *claim,
                  const kw_group_secret *x, const kw_group_secret *nonce)
{
    kw_group_g1 t1;
    kw_group_g1 t2;
    group->g1_base(&t1, nonce);
    group->g1_mul(&t2, &claim->r, nonce);
    kw_declassify_group_g1(&t1, "whoever verifies computes it");
    kw_declassify_group_g1(&t2, "whoever verifies computes it");
    out->c = dleq_challenge(group, claim, &t1, &t2);
    out->z = answer(group, &out->c, x, nonce);
}

bool kw_dleq_holds(const kw_proof *proof, const kw_group *group, const kw_dleq_claim *claim)
{
    kw_group_g1 t1;
    kw_group_g1 t2;
    recover_g1(&t1, group, proof, &claim->ek);
    group->g1_mul_var(&t2, &claim->r, &proof->z);
    subtract_g1(&t2, group, &proof->c, &claim->p);
    kw_group_scalar c = dleq_challenge(group, claim, &t1, &t2);
    return group->scalar_equal(&c, &proof->c);
}

/* ---- extraction ---- */
static kw_transcript extraction_start(kw_str label, const kw_group *group,
                                      const kw_extraction *extraction)
{
    kw_transcript t = kw_transcript_of(label);
    kw_transcript_hash(&t, &extraction->sid);
    kw_transcript_u16(&t, extraction->dealer);
    bool has_c = extraction->c_wire.len > 0;
    bool has_a = extraction->a_wire.len > 0;
    kw_transcript_span(&t, extraction->c_wire);
    for (size_t k = 0; k < extraction->t && !has_c; k++) {
        put_g1(&t, group, &extraction->c[k]);
    }
    kw_transcript_span(&t, extraction->a_wire);
    for (size_t k = 0; k < extraction->t && !has_a; k++) {
        put_g2(&t, group, &extraction->a[k]);
    }
    return t;
}

static kw_group_scalar extraction_rho(const kw_group *group, const kw_extraction *extraction)
{
    kw_transcript t = extraction_start(KW_STR("KEYWARD-V1-RHO"), group, extraction);
    return challenge_of(&t, group);
}

static kw_group_scalar extraction_challenge(const kw_group *group, const kw_extraction *extraction,
                                            const kw_group_g1 *t1, const kw_group_g2 *t2)
{
    kw_transcript t = extraction_start(KW_STR("KEYWARD-V1-EXT"), group, extraction);
    put_g1(&t, group, t1);
    put_g2(&t, group, t2);
    return challenge_of(&t, group);
}

/* out = sum rho^k coefficients[k]. */
static void combine(kw_group_secret *out, const kw_group *group, const kw_group_secret *rho,
                    const kw_group_secret *coefficients, size_t t)
{
    KW_AUTO(kw_group_secret) sum = {0};
    for (size_t k = t; k > 0; k--) {
        group->secret_mul(&sum, &sum, rho);
        group->secret_add(&sum, &sum, &coefficients[k - 1]);
    }
    *out = sum;
}

void kw_extraction_make(kw_extraction_proof *out, const kw_group *group,
                        const kw_extraction *extraction, const kw_extraction_secrets *secrets)
{
    kw_group_g1 t1;
    kw_group_g1 hidden;
    kw_group_g2 t2;
    group->g1_base(&t1, secrets->nonce_a);
    group->g1_mul(&hidden, &extraction->h, secrets->nonce_b);
    group->g1_add(&t1, &t1, &hidden);
    kw_wipe(&hidden, sizeof hidden);
    group->g2_base(&t2, secrets->nonce_a);
    kw_declassify_group_g1(&t1, "whoever verifies computes it");
    kw_declassify_group_g2(&t2, "whoever verifies computes it");
    kw_group_scalar power = extraction_rho(group, extraction);
    kw_group_secret rho;
    group->secret_of_scalar(&rho, &power);
    KW_AUTO(kw_group_secret) a = {0};
    KW_AUTO(kw_group_secret) b = {0};
    combine(&a, group, &rho, secrets->a, extraction->t);
    combine(&b, group, &rho, secrets->b, extraction->t);
    out->c = extraction_challenge(group, extraction, &t1, &t2);
    out->z_a = answer(group, &out->c, &a, secrets->nonce_a);
    out->z_b = answer(group, &out->c, &b, secrets->nonce_b);
}

/* -c rho^k for k = 0 .. t - 1. */
static void weigh(kw_group_scalar *out, const kw_group *group, const kw_extraction *extraction,
                  const kw_group_scalar *c)
{
    kw_group_scalar rho = extraction_rho(group, extraction);
    kw_group_scalar power = group->scalar_of_u64(0);
    group->scalar_sub(&power, &power, c);
    for (size_t k = 0; k < extraction->t; k++) {
        out[k] = power;
        group->scalar_mul(&power, &power, &rho);
    }
}

/* One check at work. */
typedef struct check {
    const kw_group *group;
    const kw_extraction *extraction;
    const kw_extraction_proof *proof;
    kw_group_scalar *weights; /* -c rho^k, and two places to spare */
    kw_arena *arena;
} check;

/* out = z_a G1 + z_b h - c sum rho^k C_k. */
static kw_status recover_t1(kw_group_g1 *out, const check *in)
{
    const kw_group *group = in->group;
    size_t t = in->extraction->t;
    kw_group_g1 *points = kw_arena_new(in->arena, t + 2, sizeof *points);
    kw_mspan scratch = {.len = group->g1_msm_scratch(t + 2)};
    scratch.ptr = kw_arena_new(in->arena, 1, scratch.len + 1);
    if (points == NULL || scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    memcpy(points, in->extraction->c, t * sizeof *points);
    points[t] = group->g1_generator();
    points[t + 1] = in->extraction->h;
    in->weights[t] = in->proof->z_a;
    in->weights[t + 1] = in->proof->z_b;
    return group->g1_msm(out, scratch, &(kw_group_g1_terms){points, in->weights, t + 2});
}

/* out = z_a G2 - c sum rho^k A_k. */
static kw_status recover_t2(kw_group_g2 *out, const check *in)
{
    const kw_group *group = in->group;
    size_t t = in->extraction->t;
    kw_group_g2 *points = kw_arena_new(in->arena, t + 1, sizeof *points);
    kw_mspan scratch = {.len = group->g2_msm_scratch(t + 1)};
    scratch.ptr = kw_arena_new(in->arena, 1, scratch.len + 1);
    if (points == NULL || scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    memcpy(points, in->extraction->a, t * sizeof *points);
    points[t] = group->g2_generator();
    in->weights[t] = in->proof->z_a;
    return group->g2_msm(out, scratch, &(kw_group_g2_terms){points, in->weights, t + 1});
}

kw_status kw_extraction_check(const kw_extraction_proof *proof, const kw_group *group,
                              const kw_extraction *extraction, kw_arena *arena)
{
    kw_group_scalar *weights = kw_arena_new(arena, extraction->t + (size_t)2, sizeof *weights);
    if (weights == NULL) {
        return KW_LIMIT;
    }
    weigh(weights, group, extraction, &proof->c);
    const check in = {group, extraction, proof, weights, arena};
    kw_group_g1 t1;
    kw_group_g2 t2;
    KW_TRY(recover_t1(&t1, &in));
    KW_TRY(recover_t2(&t2, &in));
    kw_group_scalar c = extraction_challenge(group, extraction, &t1, &t2);
    return group->scalar_equal(&c, &proof->c) ? KW_OK : KW_BAD_INPUT;
}
