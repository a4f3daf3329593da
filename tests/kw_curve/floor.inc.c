/* SPDX-License-Identifier: Apache-2.0
 * One floor of the tower over Fp: FLOOR is its name, a type of the library too. Elements come and
 * go as their coefficients in Fp, lowest first, which is how they lie in memory. */
#define OP(name)   KW_GLUE3(op_, FLOOR, _##name)
#define L(name)    TX(KW_GLUE3(FLOOR, _, name))
#define FLOOR_PART sizeof(T(fp_bytes))

typedef TX(FLOOR) FLOOR;

static kw_status KW_GLUE(FLOOR, _read)(FLOOR *out, const curve_call *call, size_t index)
{
    kw_span in = call->in[index];
    T(fp) *parts = (T(fp) *)out;
    if (in.len != sizeof *out / sizeof *parts * FLOOR_PART) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < sizeof *out / sizeof *parts; i++) {
        KW_TRY(T(fp_decode)(&parts[i], (kw_span){in.ptr + i * FLOOR_PART, FLOOR_PART}));
    }
    return KW_OK;
}

static void KW_GLUE(FLOOR, _answer)(curve_answer *out, const FLOOR *a)
{
    const T(fp) *parts = (const T(fp) *)a;
    for (size_t i = 0; i < sizeof *a / sizeof *parts; i++) {
        fp_answer(out, &parts[i]);
    }
}

static bool KW_GLUE(FLOOR, _equal)(const FLOOR *a, const FLOOR *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* The sum less one is the other, and by the negative as well; the square is a product. */
static kw_status KW_GLUE(FLOOR, _agrees)(const FLOOR *a, const FLOOR *b)
{
    FLOOR x;
    FLOOR y;
    L(add)(&x, a, b);
    L(sub)(&y, &x, b);
    KW_TRY(agree(KW_GLUE(FLOOR, _equal)(&y, a)));
    L(neg)(&y, b);
    L(add)(&x, &x, &y);
    KW_TRY(agree(KW_GLUE(FLOOR, _equal)(&x, a)));
    L(sqr)(&x, a);
    L(mul)(&y, a, a);
    return agree(KW_GLUE(FLOOR, _equal)(&x, &y));
}

static kw_status OP(mul)(curve_answer *out, const curve_call *call)
{
    FLOOR a;
    FLOOR b;
    FLOOR product;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(KW_GLUE(FLOOR, _read)(&a, call, 0));
    KW_TRY(KW_GLUE(FLOOR, _read)(&b, call, 1));
    L(mul)(&product, &a, &b);
    KW_GLUE(FLOOR, _answer)(out, &product);
    return KW_GLUE(FLOOR, _agrees)(&a, &b);
}

static kw_status OP(inv)(curve_answer *out, const curve_call *call)
{
    FLOOR a;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(KW_GLUE(FLOOR, _read)(&a, call, 0));
    L(inv)(&a, &a);
    KW_GLUE(FLOOR, _answer)(out, &a);
    const FLOOR zero = {0};
    return KW_GLUE(FLOOR, _equal)(&a, &zero) ? KW_ARG : KW_OK;
}

static kw_status OP(frobenius)(curve_answer *out, const curve_call *call)
{
    FLOOR a;
    uint32_t power = 0;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(KW_GLUE(FLOOR, _read)(&a, call, 0));
    if (!is_index(&power, call->in[1]) || power < 1 || power > 3) {
        return KW_ARG;
    }
    L(frobenius)(&a, &a, (int)power);
    KW_GLUE(FLOOR, _answer)(out, &a);
    return KW_OK;
}

#undef OP
#undef L
#undef FLOOR_PART
