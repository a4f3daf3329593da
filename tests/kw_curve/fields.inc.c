/* SPDX-License-Identifier: Apache-2.0
 * Numbers and polynomials of one curve; T(name) is its prefix, LAGRANGE_MAX its limit. What has a
 * public and a secret form is computed in both: they must agree. */

static kw_status agree(bool condition)
{
    return condition ? KW_OK : KW_INTERNAL;
}

static void answer_bytes(curve_answer *out, const uint8_t *bytes, size_t len)
{
    memcpy(curve_answer_room(out, len).ptr, bytes, len);
}

/* ---- scalars ---- */

static void fr_answer(curve_answer *out, const T(fr) * a)
{
    T(fr_bytes) bytes;
    T(fr_encode)(&bytes, a);
    answer_bytes(out, bytes.bytes, sizeof bytes.bytes);
}

static bool fr_is_secret(const T(fr) * a, const T(secret) * secret)
{
    T(secret) twin;
    T(secret_of_fr)(&twin, a);
    return T(secret_equal)(&twin, secret) != 0;
}

/* As a secret it has the same verdict, but zero is none. */
static kw_status fr_read(T(fr) * out, const curve_call *call, size_t index)
{
    T(fr) a;
    T(secret) secret;
    kw_status st = T(fr_decode)(&a, call->in[index]);
    kw_status st_secret = T(secret_decode)(&secret, call->in[index]);
    if (st != KW_OK) {
        return st_secret == st ? st : KW_INTERNAL;
    }
    *out = a;
    return agree(T(fr_is_zero)(&a) ? st_secret == KW_RANGE
                                   : st_secret == KW_OK && fr_is_secret(&a, &secret));
}

typedef void (*fr_binary)(T(fr) * out, const T(fr) * a, const T(fr) * b);
typedef void (*secret_binary)(T(secret) * out, const T(secret) * a, const T(secret) * b);

static kw_status run_binary(curve_answer *out, const curve_call *call, fr_binary run,
                            secret_binary run_secret)
{
    T(fr) a;
    T(fr) b;
    T(secret) sa;
    T(secret) sb;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(fr_read(&a, call, 0));
    KW_TRY(fr_read(&b, call, 1));
    T(secret_of_fr)(&sa, &a);
    T(secret_of_fr)(&sb, &b);
    run(&a, &a, &b);
    run_secret(&sa, &sa, &sb);
    fr_answer(out, &a);
    return agree(fr_is_secret(&a, &sa));
}

static kw_status op_fr_add(curve_answer *out, const curve_call *call)
{
    return run_binary(out, call, T(fr_add), T(secret_add));
}

static kw_status op_fr_sub(curve_answer *out, const curve_call *call)
{
    return run_binary(out, call, T(fr_sub), T(secret_sub));
}

static kw_status op_fr_mul(curve_answer *out, const curve_call *call)
{
    T(fr) a;
    T(fr) square;
    KW_TRY(run_binary(out, call, T(fr_mul), T(secret_mul)));
    KW_TRY(fr_read(&a, call, 0));
    T(fr_sqr)(&square, &a);
    T(fr_mul)(&a, &a, &a);
    return agree(T(fr_equal)(&square, &a));
}

static kw_status op_fr_neg(curve_answer *out, const curve_call *call)
{
    T(fr) a;
    T(secret) s;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(fr_read(&a, call, 0));
    T(secret_of_fr)(&s, &a);
    T(secret_neg)(&s, &s);
    T(fr_neg)(&a, &a);
    fr_answer(out, &a);
    return agree(fr_is_secret(&a, &s));
}

/* The library gives 0 for 0; here that is an argument without an answer. */
static kw_status op_fr_inv(curve_answer *out, const curve_call *call)
{
    T(fr) a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(fr_read(&a, call, 0));
    T(fr) many[] = {a, T(fr_of_u64)(0), T(fr_of_u64)(1), a};
    T(secret) s;
    T(secret_of_fr)(&s, &a);
    T(secret_inv)(&s, &s);
    T(fr) in_variable_time;
    T(fr_inv_var)(&in_variable_time, &a);
    T(fr_inv)(&a, &a);
    KW_TRY(agree(T(fr_equal)(&a, &in_variable_time)));
    T(fr_batch_inv)(many, KW_COUNT(many));
    KW_TRY(agree(fr_is_secret(&a, &s)));
    KW_TRY(agree(T(fr_equal)(&a, &many[0]) && T(fr_equal)(&a, &many[3])));
    KW_TRY(agree(T(fr_is_zero)(&many[1])));
    fr_answer(out, &a);
    return T(fr_is_zero)(&a) ? KW_ARG : KW_OK;
}

static kw_status op_fr_wide(curve_answer *out, const curve_call *call)
{
    T(fr) a;
    T(secret) s;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fr_from_wide)(&a, call->in[0]));
    fr_answer(out, &a);
    kw_status st = T(secret_from_wide)(&s, call->in[0]);
    return agree(T(fr_is_zero)(&a) ? st == KW_RANGE : st == KW_OK && fr_is_secret(&a, &s));
}

/* ---- elements of Fp ---- */

static void fp_answer(curve_answer *out, const T(fp) * a)
{
    T(fp_bytes) bytes;
    T(fp_encode)(&bytes, a);
    answer_bytes(out, bytes.bytes, sizeof bytes.bytes);
}

static bool fp_is_zero(const T(fp) * a)
{
    static const T(fp) zero = {{0}};
    return memcmp(a, &zero, sizeof zero) == 0;
}

static bool fp_equal(const T(fp) * a, const T(fp) * b)
{
    return T(fp_cmp)(a, b) == 0;
}

typedef void (*fp_binary)(T(fp) * out, const T(fp) * a, const T(fp) * b);

static kw_status run_fp_binary(curve_answer *out, const curve_call *call, fp_binary run)
{
    T(fp) a;
    T(fp) b;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(T(fp_decode)(&a, call->in[0]));
    KW_TRY(T(fp_decode)(&b, call->in[1]));
    T(fp) result;
    run(&result, &a, &b);
    fp_answer(out, &result);
    T(fp_sqr)(&b, &a);
    T(fp_mul)(&a, &a, &a);
    return agree(fp_equal(&a, &b));
}

static kw_status op_fp_add(curve_answer *out, const curve_call *call)
{
    return run_fp_binary(out, call, T(fp_add));
}

static kw_status op_fp_sub(curve_answer *out, const curve_call *call)
{
    return run_fp_binary(out, call, T(fp_sub));
}

static kw_status op_fp_mul(curve_answer *out, const curve_call *call)
{
    return run_fp_binary(out, call, T(fp_mul));
}

static kw_status op_fp_neg(curve_answer *out, const curve_call *call)
{
    T(fp) a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fp_decode)(&a, call->in[0]));
    T(fp_neg)(&a, &a);
    fp_answer(out, &a);
    return KW_OK;
}

static kw_status op_fp_inv(curve_answer *out, const curve_call *call)
{
    T(fp) a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fp_decode)(&a, call->in[0]));
    T(fp) many[] = {a, T(fp_of_u64)(0), T(fp_of_u64)(1), a};
    T(fp) in_variable_time;
    T(fp_inv_var)(&in_variable_time, &a);
    T(fp_inv)(&a, &a);
    T(fp_batch_inv)(many, KW_COUNT(many));
    KW_TRY(agree(fp_equal(&a, &in_variable_time) && fp_is_zero(&many[1])));
    KW_TRY(agree(fp_equal(&a, &many[0]) && fp_equal(&a, &many[3])));
    fp_answer(out, &a);
    return fp_is_zero(&a) ? KW_ARG : KW_OK;
}

static kw_status op_fp_wide(curve_answer *out, const curve_call *call)
{
    T(fp) a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fp_from_wide)(&a, call->in[0]));
    fp_answer(out, &a);
    return KW_OK;
}

static kw_status op_fp_sqrt(curve_answer *out, const curve_call *call)
{
    T(fp) a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(T(fp_decode)(&a, call->in[0]));
    if (!T(fp_sqrt)(&a, &a)) {
        return KW_ARG;
    }
    fp_answer(out, &a);
    return KW_OK;
}

/* ---- polynomials over Fr ---- */

/* Scalars [from, from + count) of the inputs; NULL: no memory. */
static kw_status frs_read(T(fr) * *out, const curve_call *call, size_t from, size_t count)
{
    T(fr) *list = kw_arena_new(call->arena, count + 1, sizeof *list);
    if (list == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        KW_TRY(fr_read(&list[i], call, from + i));
    }
    *out = list;
    return KW_OK;
}

/* The input as an index of 32 bits; false when it is larger. */
static bool is_index(uint32_t *out, kw_span bytes)
{
    uint64_t above = 0;
    uint32_t low = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        above |= low >> 24;
        low = low << 8 | bytes.ptr[i];
    }
    *out = low;
    return above == 0;
}

static void horner(T(fr) * out, const T(fr) * c, size_t count, const T(fr) * x)
{
    *out = T(fr_of_u64)(0);
    for (size_t i = count; i-- > 0;) {
        T(fr_mul)(out, out, x);
        T(fr_add)(out, out, &c[i]);
    }
}

/* The library takes indices of 32 bits; others are evaluated here. */
static kw_status op_poly_eval(curve_answer *out, const curve_call *call)
{
    T(fr) *c = NULL;
    T(fr) value;
    T(secret) s;
    uint32_t index = 0;
    if (call->count < 2) {
        return KW_ARG;
    }
    size_t count = call->count - 1;
    KW_TRY(frs_read(&c, call, 0, call->count));
    T(secret) *secrets = kw_arena_new(call->arena, count, sizeof *secrets);
    if (secrets == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        T(secret_of_fr)(&secrets[i], &c[i]);
    }
    horner(&value, c, count, &c[count]);
    if (is_index(&index, call->in[count])) {
        KW_TRY(T(poly_eval)(&s, secrets, count, index));
        KW_TRY(agree(fr_is_secret(&value, &s)));
    }
    fr_answer(out, &value);
    return KW_OK;
}

/* The coefficient of index i by its definition: the product of x[k] / (x[k] - x[i]). */
static void lagrange_one(T(fr) * out, const T(fr) * x, size_t count, size_t i)
{
    T(fr) above = T(fr_of_u64)(1);
    T(fr) below = above;
    for (size_t k = 0; k < count; k++) {
        T(fr) difference;
        if (k != i) {
            T(fr_sub)(&difference, &x[k], &x[i]);
            T(fr_mul)(&below, &below, &difference);
            T(fr_mul)(&above, &above, &x[k]);
        }
    }
    T(fr_inv)(&below, &below);
    T(fr_mul)(out, &above, &below);
}

/* All indices, when each has 32 bits: by the library. */
static kw_status lagrange_small(bool *out_is_small, T(fr) * l, const curve_call *call)
{
    uint32_t *index = kw_arena_new(call->arena, call->count + 1, sizeof *index);
    if (index == NULL) {
        return KW_LIMIT;
    }
    *out_is_small = true;
    for (size_t i = 0; i < call->count; i++) {
        *out_is_small = *out_is_small && is_index(&index[i], call->in[i]);
    }
    return *out_is_small ? T(lagrange_zero)(l, index, call->count) : KW_OK;
}

static kw_status op_lagrange(curve_answer *out, const curve_call *call)
{
    T(fr) *x = NULL;
    bool is_small = false;
    KW_TRY(frs_read(&x, call, 0, call->count));
    if (call->count > LAGRANGE_MAX) {
        return KW_ARG;
    }
    T(fr) *l = kw_arena_new(call->arena, call->count + 1, sizeof *l);
    if (l == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(lagrange_small(&is_small, l, call));
    for (size_t i = 0; i < call->count; i++) {
        T(fr) one;
        lagrange_one(&one, x, call->count, i);
        KW_TRY(agree(!is_small || T(fr_equal)(&one, &l[i])));
        if (T(fr_is_zero)(&one)) {
            return KW_ARG; /* an index is 0 or there twice */
        }
        fr_answer(out, &one);
    }
    return KW_OK;
}

static kw_status op_expand(curve_answer *out, const curve_call *call)
{
    kw_span dst = {0};
    uint32_t len = 0;
    KW_TRY(curve_call_dst(&dst, call, 2));
    if (!is_index(&len, call->in[1]) || len > KW_H2C_EXPANDED_BYTES_MAX) {
        return KW_ARG;
    }
    return kw_h2c_expand(curve_answer_room(out, len), call->hash, call->in[0], dst);
}
