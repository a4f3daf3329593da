/* SPDX-License-Identifier: Apache-2.0
 * The group that keys live in, as a table: the protocol does its arithmetic through it only. The
 * product has BLS12-381; test programs bring a small group that fills the same table. Source:
 * threshold.md sections 1, 10. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_GROUP_H
#define KW_THRESHOLD_ENGINE_GROUP_GROUP_H

#include "base/span.h"
#include "curve/bls_sign.h"

/* Values of any group, each as large as the largest needs. Who is no group names no member. */
typedef union kw_group_scalar { /* public, modulo the order r; all-zero is 0 */
    kw_bls_fr bls;
    uint64_t words[4];
} kw_group_scalar;

typedef union kw_group_g1 { /* valid: in the group of order r; infinity is one */
    kw_bls_g1 bls;
    uint64_t words[18];
} kw_group_g1;

typedef union kw_group_g2 {
    kw_bls_g2 bls;
    uint64_t words[36];
} kw_group_g2;

/* A secret scalar; all-zero is 0. KW_AUTO wipes it. */
typedef union kw_group_secret {
    kw_bls_secret bls;
    uint64_t words[4];
} kw_group_secret;

void kw_group_secret_drop(kw_group_secret *k);

/* A secret point, such as the key of an application. KW_AUTO wipes it. */
typedef union kw_group_secret_g1 {
    kw_bls_secret_g1 bls;
    uint64_t words[18];
} kw_group_secret_g1;

void kw_group_secret_g1_drop(kw_group_secret_g1 *p);
void kw_group_secret_g1_of_g1(kw_group_secret_g1 *out, const kw_group_g1 *p);

enum {
    KW_GROUP_SCALAR_BYTES = 32, /* big-endian, in every group */
    KW_GROUP_G1_BYTES_MAX = 48,
    KW_GROUP_G2_BYTES_MAX = 96,
    KW_GROUP_WIDE_BYTES = 64, /* of random bytes that become a secret scalar */
};

/* Encodings; of a point the first kw_group.g1_bytes or g2_bytes count, the rest is zeros. */
typedef struct kw_group_scalar_bytes {
    uint8_t bytes[KW_GROUP_SCALAR_BYTES];
} kw_group_scalar_bytes;

typedef struct kw_group_g1_bytes {
    uint8_t bytes[KW_GROUP_G1_BYTES_MAX];
} kw_group_g1_bytes;

typedef struct kw_group_g2_bytes {
    uint8_t bytes[KW_GROUP_G2_BYTES_MAX];
} kw_group_g2_bytes;

/* Encodings of secrets. Only groups, and what hashes or encrypts them, name the member. */
typedef struct kw_group_secret_bytes {
    uint8_t bytes[KW_GROUP_SCALAR_BYTES];
} kw_group_secret_bytes;

typedef struct kw_group_shared_bytes { /* of a point that two members share */
    uint8_t bytes[KW_GROUP_G1_BYTES_MAX];
} kw_group_shared_bytes;

void kw_group_secret_bytes_drop(kw_group_secret_bytes *bytes); /* wipes */
void kw_group_shared_bytes_drop(kw_group_shared_bytes *bytes); /* wipes */

/* Sums of products; borrows. `scratch` is aligned to 8 bytes. */
typedef struct kw_group_g1_terms {
    const kw_group_g1 *points;
    const kw_group_scalar *scalars;
    size_t n;
} kw_group_g1_terms;

typedef struct kw_group_g2_terms {
    const kw_group_g2 *points;
    const kw_group_scalar *scalars;
    size_t n;
} kw_group_g2_terms;

/* Points of a polynomial: f(index[i]) = points[i]. Borrows. */
typedef struct kw_group_g1_values {
    const uint32_t *index; /* distinct, none 0 */
    const kw_group_g1 *points;
    size_t n;
} kw_group_g1_values;

/* Signatures of one message, each under a key of its own. Borrows. `weights` has
 * KW_BLS_MULTIPLIER_BYTES for each, none all-zero, drawn after everything else is fixed. */
typedef struct kw_group_signatures {
    const kw_group_g2 *keys;
    const kw_group_g1 *points;
    size_t n;
    kw_span weights;
} kw_group_signatures;

/* One group with its pairing. Outputs may be inputs and are written on success only. Decoders take
 * the bytes of one value and refuse all but the canonical encoding: LENGTH, ENCODING, RANGE,
 * NOT_ON_CURVE, INFINITY, NOT_IN_SUBGROUP; `_all` takes those of n values and may write those
 * before the refused one. Variable time where no secret comes in.
 * CT: constant time in every secret. */
typedef struct kw_group {
    const char *name; /* "bls12-381" */
    uint16_t g1_bytes;
    uint16_t g2_bytes;

    /* ---- public scalars ---- */
    kw_group_scalar (*scalar_of_u64)(uint64_t value);
    /* The hash as an integer, top bits cleared so that all values are below r: Hs of proofs. */
    kw_group_scalar (*scalar_of_hash)(const kw_hash32 *hash);
    void (*scalar_add)(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b);
    void (*scalar_sub)(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b);
    void (*scalar_mul)(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b);
    bool (*scalar_equal)(const kw_group_scalar *a, const kw_group_scalar *b);
    bool (*scalar_is_zero)(const kw_group_scalar *a);
    kw_status (*scalar_decode)(kw_group_scalar *out, kw_span in);
    void (*scalar_encode)(kw_group_scalar_bytes *out, const kw_group_scalar *a);
    /* Coefficients l[i] with f(0) = sum l[i] f(index[i]). ARG: n is 0, an index is 0 or twice. */
    kw_status (*lagrange_zero)(kw_group_scalar *l, const uint32_t *index, size_t n);

    /* ---- secret scalars ---- */
    /* KW_GROUP_WIDE_BYTES random bytes modulo r. ARG: another length. RANGE: zero. */
    kw_status (*secret_of_random)(kw_group_secret *out, kw_span random);
    void (*secret_of_scalar)(kw_group_secret *out, const kw_group_scalar *a);
    /* RANGE: not below r. Zero is accepted: a share may be it. */
    kw_status (*secret_decode)(kw_group_secret *out, const kw_group_secret_bytes *in);
    void (*secret_encode)(kw_group_secret_bytes *out, const kw_group_secret *k);
    void (*secret_add)(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b);
    void (*secret_mul)(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b);
    /* out = sum c[i] index^i. ARG: t or index is 0. */
    kw_status (*poly_eval)(kw_group_secret *out, const kw_group_secret *c, size_t t,
                           uint32_t index);
    void (*secret_reveal)(kw_group_scalar *out, const kw_group_secret *k);

    /* ---- G1 ---- */
    kw_group_g1 (*g1_infinity)(void);
    kw_group_g1 (*g1_generator)(void);
    void (*g1_add)(kw_group_g1 *out, const kw_group_g1 *a, const kw_group_g1 *b);
    void (*g1_neg)(kw_group_g1 *out, const kw_group_g1 *a);
    bool (*g1_equal)(const kw_group_g1 *a, const kw_group_g1 *b);
    bool (*g1_is_infinity)(const kw_group_g1 *a);
    void (*g1_base)(kw_group_g1 *out, const kw_group_secret *k); /* k G1 */
    void (*g1_mul)(kw_group_g1 *out, const kw_group_g1 *p, const kw_group_secret *k);
    void (*g1_mul_var)(kw_group_g1 *out, const kw_group_g1 *p, const kw_group_scalar *k);
    /* The encoding of k p, which stays secret. */
    void (*g1_share)(kw_group_shared_bytes *out, const kw_group_g1 *p, const kw_group_secret *k);
    /* hash_to_curve. ARG: the DST is empty. */
    kw_status (*g1_hash)(kw_group_g1 *out, kw_span message, kw_span dst);
    kw_status (*g1_decode)(kw_group_g1 *out, kw_span in); /* infinity is refused */
    kw_status (*g1_decode_all)(kw_group_g1 *out, kw_span in, size_t n);
    void (*g1_encode)(kw_group_g1_bytes *out, const kw_group_g1 *a);
    /* out = sum index^i c[i]. ARG: t is 0, index is 0 or above 2^16. */
    kw_status (*g1_poly_eval)(kw_group_g1 *out, const kw_group_g1 *c, size_t t, uint32_t index);
    size_t (*g1_msm_scratch)(size_t n); /* bytes */
    kw_status (*g1_msm)(kw_group_g1 *out, kw_mspan scratch, const kw_group_g1_terms *in);
    /* f(0) of the polynomial of degree below n. ARG: as lagrange_zero, or scratch is too short. */
    size_t (*g1_interpolate_scratch)(size_t n);
    kw_status (*g1_interpolate)(kw_group_g1 *out, kw_mspan scratch, const kw_group_g1_values *in);

    /* ---- G2; each as its namesake of G1 ---- */
    kw_group_g2 (*g2_infinity)(void);
    kw_group_g2 (*g2_generator)(void);
    void (*g2_add)(kw_group_g2 *out, const kw_group_g2 *a, const kw_group_g2 *b);
    void (*g2_neg)(kw_group_g2 *out, const kw_group_g2 *a);
    bool (*g2_equal)(const kw_group_g2 *a, const kw_group_g2 *b);
    bool (*g2_is_infinity)(const kw_group_g2 *a);
    void (*g2_base)(kw_group_g2 *out, const kw_group_secret *k);
    void (*g2_mul)(kw_group_g2 *out, const kw_group_g2 *p, const kw_group_secret *k);
    void (*g2_mul_var)(kw_group_g2 *out, const kw_group_g2 *p, const kw_group_scalar *k);
    kw_status (*g2_decode)(kw_group_g2 *out, kw_span in);
    kw_status (*g2_decode_all)(kw_group_g2 *out, kw_span in, size_t n);
    void (*g2_encode)(kw_group_g2_bytes *out, const kw_group_g2 *a);
    kw_status (*g2_poly_eval)(kw_group_g2 *out, const kw_group_g2 *c, size_t t, uint32_t index);
    size_t (*g2_msm_scratch)(size_t n);
    kw_status (*g2_msm)(kw_group_g2 *out, kw_mspan scratch, const kw_group_g2_terms *in);

    /* Whether e(a, b) = e(c, d). INFINITY: one of the four is. */
    kw_status (*pairings_equal)(bool *yes, const kw_group_g1 *a, const kw_group_g2 *b,
                                const kw_group_g1 *c, const kw_group_g2 *d);
    /* ok[i] is 1 where e(points[i], G2) = e(hash of the message, keys[i]), else 0, also for
     * infinity. ARG: n is 0; scratch, weights or DST are not as said. */
    size_t (*verify_scratch)(size_t n);
    kw_status (*verify_all)(uint8_t *ok, kw_mspan scratch, const kw_group_signatures *in,
                            kw_span message, kw_span dst);
} kw_group;

/* The group of the product: zcash encodings, RFC 9380 suite BLS12381G1_XMD:SHA-256_SSWU_RO_. */
extern const kw_group kw_group_bls12_381;

/* The way from secret to public; `reason` is a literal that says why that is right.
 * CT: constant time. */
void kw_declassify_group_secret(const kw_group *group, kw_group_scalar *out,
                                const kw_group_secret *k, const char *reason);

/* The same for a secret point. CT: constant time. */
void kw_declassify_group_secret_g1(kw_group_g1 *out, const kw_group_secret_g1 *p,
                                   const char *reason);

/* The same for a point that is about to be sent or compared; it stays where it is. */
void kw_declassify_group_g1(kw_group_g1 *p, const char *reason);
void kw_declassify_group_g2(kw_group_g2 *p, const char *reason);

/* The bytes of a point or scalar as this group writes them. */
static inline kw_span kw_group_g1_view(const kw_group *group, const kw_group_g1_bytes *bytes)
{
    return (kw_span){bytes->bytes, group->g1_bytes};
}

static inline kw_span kw_group_g2_view(const kw_group *group, const kw_group_g2_bytes *bytes)
{
    return (kw_span){bytes->bytes, group->g2_bytes};
}

#endif /* KW_THRESHOLD_ENGINE_GROUP_GROUP_H */
