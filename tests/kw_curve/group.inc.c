/* SPDX-License-Identifier: Apache-2.0
 * One group of a curve: GROUP is its name in operations, G(name) its prefix in the library, POINT
 * its type. Where the library has several ways to a point, all are walked and must agree. */
#define OP(name) KW_GLUE3(op_, GROUP, _##name)
#define F(name)  KW_GLUE3(GROUP, _, name)

/* The decoders of one encoding, for one point and for many. */
typedef struct F(form) {
    kw_status (*one)(POINT *out, kw_span in, unsigned flags);
    kw_status (*batch)(POINT *out, uint8_t *ok, kw_span in, size_t n, unsigned flags);
} F(form);

/* These two know the encodings of the curve; they stand behind this. */
static const F(form) * F(form_of)(const curve_call *call);
static void F(encode)(curve_answer *out, const curve_call *call, const POINT *p);

/* ---- snarkjs: the elements of a raw point one behind the other; F(parts) lists them ---- */

static kw_status F(raw_of_bytes)(RAW *out, kw_span in)
{
    T(fp) * parts[RAW_PARTS];
    F(parts)(parts, out);
    if (in.len != RAW_PARTS * sizeof(T(fp_bytes))) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < RAW_PARTS; i++) {
        kw_span part = {in.ptr + i * sizeof(T(fp_bytes)), sizeof(T(fp_bytes))};
        KW_TRY(T(fp_decode)(parts[i], part));
    }
    return KW_OK;
}

static kw_status F(one_snarkjs)(POINT *out, kw_span in, unsigned flags)
{
    RAW raw;
    POINT p;
    KW_TRY(F(raw_of_bytes)(&raw, in));
    KW_TRY(G(check)(&p, &raw));
    if (G(is_infinity)(&p) && (flags & KW_ALLOW_INFINITY) == 0) {
        return KW_INFINITY;
    }
    *out = p;
    return KW_OK;
}

/* For n = 2 only, and infinity allowed. */
static kw_status F(batch_snarkjs)(POINT *out, uint8_t *ok, kw_span in, size_t n, unsigned flags)
{
    RAW raw[2];
    KW_ASSERT(n == KW_COUNT(raw) && flags == KW_ALLOW_INFINITY);
    for (size_t i = 0; i < n; i++) {
        kw_status st = F(raw_of_bytes)(&raw[i], (kw_span){in.ptr + i * (in.len / n), in.len / n});
        if (st != KW_OK) {
            return st == KW_RANGE ? KW_OK : st; /* ok[i] is 0 already: both are the same */
        }
    }
    TX(KW_GLUE3(batch_, GROUP, _check))(out, ok, raw, n);
    return KW_OK;
}

static void F(answer_snarkjs)(curve_answer *out, const POINT *p)
{
    RAW raw;
    T(fp) * parts[RAW_PARTS];
    G(to_raw)(&raw, p);
    F(parts)(parts, &raw);
    for (size_t i = 0; i < RAW_PARTS; i++) {
        fp_answer(out, parts[i]);
    }
}

/* ---- points in and out ---- */

static kw_status F(read)(POINT *out, const curve_call *call, size_t index, unsigned flags)
{
    if (call->fmt == CURVE_SNARKJS) {
        return F(one_snarkjs)(out, call->in[index], flags);
    }
    return F(form_of)(call)->one(out, call->in[index], flags);
}

static void F(answer)(curve_answer *out, const curve_call *call, const POINT *p)
{
    if (call->fmt == CURVE_SNARKJS) {
        F(answer_snarkjs)(out, p);
    } else {
        F(encode)(out, call, p);
    }
}

/* The batch decoder on the input twice, when one alone gave `st` and the point. */
static kw_status F(batch_agrees)(const curve_call *call, kw_status st, const POINT *p)
{
    POINT twins[2];
    uint8_t ok[2] = {0};
    size_t len = call->in[0].len;
    uint8_t *twice = kw_arena_new(call->arena, 2 * len + 1, 1);
    if (twice == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < 2 * len; i++) {
        twice[i] = call->in[0].ptr[i % len];
    }
    const F(form) snarkjs = {F(one_snarkjs), F(batch_snarkjs)};
    const F(form) *form = call->fmt == CURVE_SNARKJS ? &snarkjs : F(form_of)(call);
    kw_status together = form->batch(twins, ok, (kw_span){twice, 2 * len}, 2, KW_ALLOW_INFINITY);
    KW_TRY(agree(together == (st == KW_LENGTH ? KW_LENGTH : KW_OK)));
    for (size_t i = 0; together == KW_OK && i < KW_COUNT(ok); i++) {
        KW_TRY(agree(ok[i] == (st == KW_OK)));
        KW_TRY(agree(st != KW_OK || G(equal)(&twins[i], p)));
    }
    return KW_OK;
}

static kw_status OP(decode)(curve_answer *out, const curve_call *call)
{
    POINT p;
    KW_TRY(curve_call_needs(call, 1));
    kw_status st = F(read)(&p, call, 0, KW_ALLOW_INFINITY);
    KW_TRY(F(batch_agrees)(call, st, &p));
    KW_TRY(st);
    F(answer)(out, call, &p);
    return KW_OK;
}

static kw_status OP(add)(curve_answer *out, const curve_call *call)
{
    POINT a;
    POINT b;
    POINT sum;
    POINT again;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(F(read)(&a, call, 0, KW_ALLOW_INFINITY));
    KW_TRY(F(read)(&b, call, 1, KW_ALLOW_INFINITY));
    G(add)(&sum, &a, &b);
    G(add)(&again, &b, &a);
    KW_TRY(agree(G(equal)(&sum, &again)));
    if (G(equal)(&a, &b)) {
        G(dbl)(&again, &a);
        KW_TRY(agree(G(equal)(&sum, &again)));
    }
    F(answer)(out, call, &sum);
    return KW_OK;
}

static kw_status OP(neg)(curve_answer *out, const curve_call *call)
{
    POINT a;
    POINT minus;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(F(read)(&a, call, 0, KW_ALLOW_INFINITY));
    G(neg)(&minus, &a);
    F(answer)(out, call, &minus);
    G(add)(&minus, &minus, &a);
    return agree(G(is_infinity)(&minus));
}

/* Against the windowed walks: double and add. */
static void OP(plain_mul)(POINT *out, const POINT *p, kw_span k)
{
    POINT sum = G(infinity)();
    for (size_t bit = 0; bit < 8 * k.len; bit++) {
        G(dbl)(&sum, &sum);
        if ((k.ptr[bit / 8] >> (7 - bit % 8) & 1) != 0) {
            G(add)(&sum, &sum, p);
        }
    }
    *out = sum;
}

/* Against tables of the point, made here or, for the generator, when the library was. */
static kw_status OP(comb_agrees)(const POINT *product, const POINT *p, const T(secret) * k)
{
    POINT generator = G(generator)();
    POINT again;
    G(comb) comb;
    if (G(equal)(p, &generator)) {
        G(base_secret)(&again, k);
        KW_TRY(agree(G(equal)(product, &again)));
    }
    if (G(is_infinity)(p)) {
        return agree(G(comb_init)(&comb, p) == KW_INFINITY);
    }
    KW_TRY(G(comb_init)(&comb, p));
    G(comb_secret)(&again, &comb, k);
    return agree(G(equal)(product, &again));
}

static kw_status OP(mul)(curve_answer *out, const curve_call *call)
{
    POINT p;
    POINT product;
    POINT again;
    T(fr) k;
    T(secret) secret;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(F(read)(&p, call, 0, KW_ALLOW_INFINITY));
    KW_TRY(fr_read(&k, call, 1));
    T(secret_of_fr)(&secret, &k);
    G(mul_var)(&product, &p, &k);
    G(mul_secret)(&again, &p, &secret);
    KW_TRY(agree(G(equal)(&product, &again)));
    OP(plain_mul)(&again, &p, call->in[1]);
    KW_TRY(agree(G(equal)(&product, &again)));
    KW_TRY(OP(comb_agrees)(&product, &p, &secret));
    KW_TRY(IF_SECRETS(F(mul_agrees)(&product, &p, &secret)));
    F(answer)(out, call, &product);
    return KW_OK;
}

/* Points [0, count) of the inputs. */
static kw_status F(list)(POINT **out, const curve_call *call, size_t count)
{
    POINT *list = kw_arena_new(call->arena, count + 1, sizeof *list);
    if (list == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        KW_TRY(F(read)(&list[i], call, i, KW_ALLOW_INFINITY));
    }
    *out = list;
    return KW_OK;
}

/* A committed polynomial at a small index. */
static kw_status OP(poly_eval)(curve_answer *out, const curve_call *call)
{
    POINT *c = NULL;
    T(fr) x;
    POINT value;
    uint32_t index = 0;
    if (call->count < 2) {
        return KW_ARG;
    }
    KW_TRY(F(list)(&c, call, call->count - 1));
    KW_TRY(fr_read(&x, call, call->count - 1));
    if (!is_index(&index, call->in[call->count - 1])) {
        return KW_ARG;
    }
    KW_TRY(G(poly_eval)(&value, c, call->count - 1, index));
    F(answer)(out, call, &value);
    return KW_OK;
}

/* Scratch of the size that the library asks for. */
static kw_status F(scratch)(kw_mspan *out, const curve_call *call, size_t len)
{
    *out = (kw_mspan){kw_arena_new(call->arena, len + 1, 1), len};
    return out->ptr == NULL ? KW_LIMIT : KW_OK;
}

/* The sum again, from products that the library makes as one batch. */
static kw_status OP(batch_sum)(POINT *out, const curve_call *call, const POINT *points,
                               const T(fr) * scalars, size_t n)
{
    POINT *products = kw_arena_new(call->arena, n + 1, sizeof *products);
    if (products == NULL) {
        return KW_LIMIT;
    }
    TX(KW_GLUE3(batch_, GROUP, _mul_var))(products, points, scalars, n);
    POINT sum = G(infinity)();
    for (size_t i = 0; i < n; i++) {
        G(add)(&sum, &sum, &products[i]);
    }
    *out = sum;
    return KW_OK;
}

static kw_status OP(msm)(curve_answer *out, const curve_call *call)
{
    POINT *points = NULL;
    T(fr) *scalars = NULL;
    kw_mspan scratch = {0};
    POINT sum;
    POINT again;
    size_t n = call->count / 2;
    if (call->count % 2 != 0) {
        return KW_ARG;
    }
    KW_TRY(F(list)(&points, call, n));
    KW_TRY(frs_read(&scalars, call, n, n));
    TX(KW_GLUE(GROUP, _msm_in)) in = {.points = points, .scalars = scalars, .n = n};
    KW_TRY(F(scratch)(&scratch, call, G(msm_scratch)(n)));
    KW_TRY(G(msm_var)(&sum, scratch, &in));
    KW_TRY(OP(batch_sum)(&again, call, points, scalars, n));
    KW_TRY(agree(G(equal)(&sum, &again)));
    F(answer)(out, call, &sum);
    return KW_OK;
}

/* Points, then as many indices of 32 bits: what their polynomial has at zero. */
static kw_status OP(interpolate)(curve_answer *out, const curve_call *call)
{
    POINT *points = NULL;
    kw_mspan scratch = {0};
    POINT value;
    size_t n = call->count / 2;
    if (call->count % 2 != 0) {
        return KW_ARG;
    }
    KW_TRY(F(list)(&points, call, n));
    uint32_t *index = kw_arena_new(call->arena, n + 1, sizeof *index);
    if (index == NULL) {
        return KW_LIMIT;
    }
    bool is_small = true;
    for (size_t i = 0; i < n; i++) {
        T(fr) unused;
        KW_TRY(fr_read(&unused, call, n + i));
        is_small = is_index(&index[i], call->in[n + i]) && is_small;
    }
    TX(KW_GLUE(GROUP, _interpolate_in)) in = {.index = index, .points = points, .n = n};
    KW_TRY(is_small ? KW_OK : KW_ARG);
    KW_TRY(F(scratch)(&scratch, call, G(interpolate_scratch)(n)));
    KW_TRY(G(interpolate)(&value, scratch, &in));
    F(answer)(out, call, &value);
    return KW_OK;
}

/* ---- from messages ---- */

static kw_status OP(hash)(curve_answer *out, const curve_call *call)
{
    POINT p;
    kw_span dst = {0};
    KW_TRY(curve_call_dst(&dst, call, 1));
    KW_TRY(TX(KW_GLUE(hash_to_, GROUP))(&p, call->hash, call->in[0], dst));
    F(answer)(out, call, &p);
    return KW_OK;
}

static kw_status OP(encode_to_curve)(curve_answer *out, const curve_call *call)
{
    POINT p;
    kw_span dst = {0};
    KW_TRY(curve_call_dst(&dst, call, 1));
    KW_TRY(TX(KW_GLUE(encode_to_, GROUP))(&p, call->hash, call->in[0], dst));
    F(answer)(out, call, &p);
    return KW_OK;
}
#undef OP
#undef F
