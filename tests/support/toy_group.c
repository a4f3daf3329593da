/* SPDX-License-Identifier: Apache-2.0
 * A group for whole sessions in microseconds. */
#include "support/toy_group.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/hash.h"
#include "threshold/engine/group/limits.h"

/* ---- integers modulo 2^61 - 1 ---- */
static uint64_t reduce(kw_u128 value)
{
    while (value >= TOY_GROUP_ORDER) {
        value = (value >> 61) + (value & TOY_GROUP_ORDER);
        if (value == TOY_GROUP_ORDER) {
            value = 0;
        }
    }
    return (uint64_t)value;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return reduce((kw_u128)a + b);
}

static uint64_t product(uint64_t a, uint64_t b)
{
    return reduce((kw_u128)a * b);
}

static uint64_t negative(uint64_t a)
{
    return a == 0 ? 0 : TOY_GROUP_ORDER - a;
}

static uint64_t inverse(uint64_t a) /* a^(p - 2) */
{
    uint64_t out = 1;
    uint64_t exponent = TOY_GROUP_ORDER - 2;
    for (uint64_t square = a; exponent > 0; exponent >>= 1) {
        out = (exponent & 1) != 0 ? product(out, square) : out;
        square = product(square, square);
    }
    return out;
}

static uint64_t of_bytes(kw_span bytes)
{
    uint64_t out = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        out = reduce(((kw_u128)out << 8) + bytes.ptr[i]);
    }
    return out;
}

/* Horner over values that lie `stride` words apart. */
static kw_status evaluate(uint64_t *out, const uint64_t *c, size_t stride, size_t t, uint32_t index)
{
    if (t == 0 || index == 0) {
        return KW_ARG;
    }
    uint64_t value = 0;
    for (size_t i = t; i > 0; i--) {
        value = sum(product(value, index), c[(i - 1) * stride]);
    }
    *out = value;
    return KW_OK;
}

enum {
    SCALAR_WORDS = sizeof(kw_group_scalar) / sizeof(uint64_t),
    G1_WORDS = sizeof(kw_group_g1) / sizeof(uint64_t),
    G2_WORDS = sizeof(kw_group_g2) / sizeof(uint64_t),
};

/* ---- scalars ---- */
static kw_group_scalar scalar_of(uint64_t reduced)
{
    return (kw_group_scalar){.words = {reduced}};
}

static kw_group_scalar scalar_of_u64(uint64_t value)
{
    return scalar_of(reduce(value));
}

static kw_group_scalar scalar_of_hash(const kw_hash32 *hash)
{
    kw_reader r = kw_reader_of(KW_SPAN(hash->bytes));
    return scalar_of(kw_read_u64be(&r) & (TOY_GROUP_ORDER >> 1));
}

static void scalar_add(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    *out = scalar_of(sum(a->words[0], b->words[0]));
}

static void scalar_sub(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    *out = scalar_of(sum(a->words[0], negative(b->words[0])));
}

static void scalar_mul(kw_group_scalar *out, const kw_group_scalar *a, const kw_group_scalar *b)
{
    *out = scalar_of(product(a->words[0], b->words[0]));
}

static bool scalar_equal(const kw_group_scalar *a, const kw_group_scalar *b)
{
    return a->words[0] == b->words[0];
}

static bool scalar_is_zero(const kw_group_scalar *a)
{
    return a->words[0] == 0;
}

/* The low 8 of `in.len` big-endian bytes; the others are zero. */
static kw_status decode_word(uint64_t *out, kw_span in)
{
    kw_reader r = kw_reader_of(in);
    for (size_t i = 8; i < in.len; i++) {
        if (kw_read_u8(&r) != 0) {
            return in.len == KW_GROUP_SCALAR_BYTES ? KW_RANGE : KW_ENCODING;
        }
    }
    *out = kw_read_u64be(&r);
    return KW_OK;
}

static void encode_word(uint8_t *out, size_t len, uint64_t value)
{
    memset(out, 0, len);
    for (size_t i = 0; i < sizeof value; i++) {
        out[len - 1 - i] = (uint8_t)(value >> (8 * i));
    }
}

static kw_status scalar_decode(kw_group_scalar *out, kw_span in)
{
    uint64_t value = 0;
    if (in.len != KW_GROUP_SCALAR_BYTES) {
        return KW_LENGTH;
    }
    KW_TRY(decode_word(&value, in));
    if (value >= TOY_GROUP_ORDER) {
        return KW_RANGE;
    }
    *out = scalar_of(value);
    return KW_OK;
}

static void scalar_encode(kw_group_scalar_bytes *out, const kw_group_scalar *a)
{
    encode_word(out->bytes, sizeof out->bytes, a->words[0]);
}

static kw_status lagrange_zero(kw_group_scalar *l, const uint32_t *index, size_t n)
{
    if (n == 0) {
        return KW_ARG;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t above = 1;
        uint64_t below = 1;
        for (size_t k = 0; k < n; k++) {
            if (k != i) {
                above = product(above, index[k]);
                below = product(below, sum(index[k], negative(index[i])));
            }
        }
        if (below == 0 || index[i] == 0) {
            return KW_ARG;
        }
        l[i] = scalar_of(product(above, inverse(below)));
    }
    return KW_OK;
}

/* ---- secret scalars ---- */
static kw_status secret_of_random(kw_group_secret *out, kw_span random)
{
    if (random.len != KW_GROUP_WIDE_BYTES) {
        return KW_ARG;
    }
    uint64_t value = of_bytes(random);
    if (value == 0) {
        return KW_RANGE;
    }
    *out = (kw_group_secret){.words = {value}};
    return KW_OK;
}

static void secret_of_scalar(kw_group_secret *out, const kw_group_scalar *a)
{
    *out = (kw_group_secret){.words = {a->words[0]}};
}

static kw_status secret_decode(kw_group_secret *out, const kw_group_secret_bytes *in)
{
    kw_group_scalar value;
    KW_TRY(scalar_decode(&value, KW_SPAN(in->bytes)));
    secret_of_scalar(out, &value);
    return KW_OK;
}

static void secret_encode(kw_group_secret_bytes *out, const kw_group_secret *k)
{
    encode_word(out->bytes, sizeof out->bytes, k->words[0]);
}

static void secret_add(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b)
{
    *out = (kw_group_secret){.words = {sum(a->words[0], b->words[0])}};
}

static void secret_mul(kw_group_secret *out, const kw_group_secret *a, const kw_group_secret *b)
{
    *out = (kw_group_secret){.words = {product(a->words[0], b->words[0])}};
}

static kw_status poly_eval(kw_group_secret *out, const kw_group_secret *c, size_t t, uint32_t index)
{
    uint64_t value = 0;
    KW_TRY(evaluate(&value, c->words, SCALAR_WORDS, t, index));
    *out = (kw_group_secret){.words = {value}};
    return KW_OK;
}

static void secret_reveal(kw_group_scalar *out, const kw_group_secret *k)
{
    *out = scalar_of(k->words[0]);
}

static size_t no_scratch(size_t n)
{
    KW_UNUSED(n);
    return 0;
}

/* What G1 and G2 have in common: `P` is the prefix, `SIZE` the bytes of an encoding. */
#define TOY_POINTS(P, SIZE)                                                                       \
    static kw_group_##P P##_of(uint64_t logarithm)                                                \
    {                                                                                             \
        return (kw_group_##P){.words = {logarithm}};                                              \
    }                                                                                             \
    static kw_group_##P P##_infinity(void)                                                        \
    {                                                                                             \
        return P##_of(0);                                                                         \
    }                                                                                             \
    static kw_group_##P P##_generator(void)                                                       \
    {                                                                                             \
        return P##_of(1);                                                                         \
    }                                                                                             \
    static void P##_add(kw_group_##P *out, const kw_group_##P *a, const kw_group_##P *b)          \
    {                                                                                             \
        *out = P##_of(sum(a->words[0], b->words[0]));                                             \
    }                                                                                             \
    static void P##_neg(kw_group_##P *out, const kw_group_##P *a)                                 \
    {                                                                                             \
        *out = P##_of(negative(a->words[0]));                                                     \
    }                                                                                             \
    static bool P##_equal(const kw_group_##P *a, const kw_group_##P *b)                           \
    {                                                                                             \
        return a->words[0] == b->words[0];                                                        \
    }                                                                                             \
    static bool P##_is_infinity(const kw_group_##P *a)                                            \
    {                                                                                             \
        return a->words[0] == 0;                                                                  \
    }                                                                                             \
    static void P##_base(kw_group_##P *out, const kw_group_secret *k)                             \
    {                                                                                             \
        *out = P##_of(k->words[0]);                                                               \
    }                                                                                             \
    static void P##_mul(kw_group_##P *out, const kw_group_##P *p, const kw_group_secret *k)       \
    {                                                                                             \
        *out = P##_of(product(p->words[0], k->words[0]));                                         \
    }                                                                                             \
    static void P##_mul_var(kw_group_##P *out, const kw_group_##P *p, const kw_group_scalar *k)   \
    {                                                                                             \
        *out = P##_of(product(p->words[0], k->words[0]));                                         \
    }                                                                                             \
    static kw_status P##_decode(kw_group_##P *out, kw_span in)                                    \
    {                                                                                             \
        uint64_t value = 0;                                                                       \
        KW_TRY(decode_point(&value, in, SIZE));                                                   \
        *out = P##_of(value);                                                                     \
        return KW_OK;                                                                             \
    }                                                                                             \
    static kw_status P##_decode_all(kw_group_##P *out, kw_span in, size_t n)                      \
    {                                                                                             \
        if (in.len != n * (SIZE)) {                                                               \
            return KW_LENGTH;                                                                     \
        }                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                          \
            KW_TRY(P##_decode(&out[i], (kw_span){in.ptr + i * (SIZE), (SIZE)}));                  \
        }                                                                                         \
        return KW_OK;                                                                             \
    }                                                                                             \
    static void P##_encode(kw_group_##P##_bytes *out, const kw_group_##P *a)                      \
    {                                                                                             \
        memset(out, 0, sizeof *out);                                                              \
        encode_word(out->bytes, (SIZE), a->words[0]);                                             \
    }                                                                                             \
    static kw_status P##_poly_eval(kw_group_##P *out, const kw_group_##P *c, size_t t,            \
                                   uint32_t index)                                                \
    {                                                                                             \
        uint64_t value = 0;                                                                       \
        KW_TRY(evaluate(&value, c->words, sizeof *c / sizeof value, t, index));                   \
        *out = P##_of(value);                                                                     \
        return KW_OK;                                                                             \
    }                                                                                             \
    static kw_status P##_msm(kw_group_##P *out, kw_mspan scratch, const kw_group_##P##_terms *in) \
    {                                                                                             \
        KW_UNUSED(scratch);                                                                       \
        uint64_t value = 0;                                                                       \
        for (size_t i = 0; i < in->n; i++) {                                                      \
            value = sum(value, product(in->points[i].words[0], in->scalars[i].words[0]));         \
        }                                                                                         \
        *out = P##_of(value);                                                                     \
        return KW_OK;                                                                             \
    }

static kw_status decode_point(uint64_t *out, kw_span in, size_t size)
{
    uint64_t value = 0;
    if (in.len != size) {
        return KW_LENGTH;
    }
    KW_TRY(decode_word(&value, in));
    if (value >> 63 != 0) {
        return KW_NOT_IN_SUBGROUP;
    }
    if (value >= TOY_GROUP_ORDER) {
        return KW_RANGE;
    }
    if (value == 0) {
        return KW_INFINITY;
    }
    *out = value;
    return KW_OK;
}

TOY_POINTS(g1, TOY_GROUP_G1_BYTES)
TOY_POINTS(g2, TOY_GROUP_G2_BYTES)

static void g1_share(kw_group_shared_bytes *out, const kw_group_g1 *p, const kw_group_secret *k)
{
    memset(out, 0, sizeof *out);
    encode_word(out->bytes, TOY_GROUP_G1_BYTES, product(p->words[0], k->words[0]));
}

static kw_status g1_hash(kw_group_g1 *out, kw_span message, kw_span dst)
{
    if (dst.len == 0) {
        return KW_ARG;
    }
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, message);
    kw_sha256_update(&state, dst);
    kw_hash32 hash;
    kw_sha256_final(&state, &hash);
    *out = g1_of(1 + of_bytes(KW_SPAN(hash.bytes)) % (TOY_GROUP_ORDER - 1));
    return KW_OK;
}

static kw_status pairings_equal(bool *yes, const kw_group_g1 *a, const kw_group_g2 *b,
                                const kw_group_g1 *c, const kw_group_g2 *d)
{
    if (g1_is_infinity(a) || g2_is_infinity(b) || g1_is_infinity(c) || g2_is_infinity(d)) {
        return KW_INFINITY;
    }
    *yes = product(a->words[0], b->words[0]) == product(c->words[0], d->words[0]);
    return KW_OK;
}

static kw_status g1_interpolate(kw_group_g1 *out, kw_mspan scratch, const kw_group_g1_values *in)
{
    KW_UNUSED(scratch);
    kw_group_scalar l[KW_THRESHOLD_MEMBERS_MAX];
    if (in->n > KW_COUNT(l)) {
        return KW_ARG;
    }
    KW_TRY(lagrange_zero(l, in->index, in->n));
    return g1_msm(out, scratch, &(kw_group_g1_terms){in->points, l, in->n});
}

static kw_status verify_all(uint8_t *ok, kw_mspan scratch, const kw_group_signatures *in,
                            kw_span message, kw_span dst)
{
    KW_UNUSED(scratch);
    kw_group_g1 hashed;
    kw_group_g2 base = g2_generator();
    if (in->n == 0 || in->weights.len != in->n * KW_BLS_MULTIPLIER_BYTES) {
        return KW_ARG;
    }
    KW_TRY(g1_hash(&hashed, message, dst));
    for (size_t i = 0; i < in->n; i++) { /* cheaper than a sum of them */
        bool yes = false;
        kw_status st = pairings_equal(&yes, &in->points[i], &base, &hashed, &in->keys[i]);
        ok[i] = st == KW_OK && yes;
    }
    return KW_OK;
}

#define ROW(name) .name = name
const kw_group toy_group = {
    .name = "toy",
    .g1_bytes = TOY_GROUP_G1_BYTES,
    .g2_bytes = TOY_GROUP_G2_BYTES,
    ROW(scalar_of_u64),
    ROW(scalar_of_hash),
    ROW(scalar_add),
    ROW(scalar_sub),
    ROW(scalar_mul),
    ROW(scalar_equal),
    ROW(scalar_is_zero),
    ROW(scalar_decode),
    ROW(scalar_encode),
    ROW(lagrange_zero),
    ROW(secret_of_random),
    ROW(secret_of_scalar),
    ROW(secret_decode),
    ROW(secret_encode),
    ROW(secret_add),
    ROW(secret_mul),
    ROW(poly_eval),
    ROW(secret_reveal),
    ROW(g1_infinity),
    ROW(g1_generator),
    ROW(g1_add),
    ROW(g1_neg),
    ROW(g1_equal),
    ROW(g1_is_infinity),
    ROW(g1_base),
    ROW(g1_mul),
    ROW(g1_mul_var),
    ROW(g1_share),
    ROW(g1_hash),
    ROW(g1_decode),
    ROW(g1_decode_all),
    ROW(g1_encode),
    ROW(g1_poly_eval),
    .g1_msm_scratch = no_scratch,
    ROW(g1_msm),
    .g1_interpolate_scratch = no_scratch,
    ROW(g1_interpolate),
    ROW(g2_infinity),
    ROW(g2_generator),
    ROW(g2_add),
    ROW(g2_neg),
    ROW(g2_equal),
    ROW(g2_is_infinity),
    ROW(g2_base),
    ROW(g2_mul),
    ROW(g2_mul_var),
    ROW(g2_decode),
    ROW(g2_decode_all),
    ROW(g2_encode),
    ROW(g2_poly_eval),
    .g2_msm_scratch = no_scratch,
    ROW(g2_msm),
    ROW(pairings_equal),
    .verify_scratch = no_scratch,
    ROW(verify_all),
};
#undef ROW
