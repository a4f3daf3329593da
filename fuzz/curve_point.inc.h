/* SPDX-License-Identifier: Apache-2.0
 * One decoder of points. Parameters: CURVE (bls, bn), GROUP (g1, g2), FORM (zcash ...), SHORT_SIZE
 * and, when the encoding has a second form with both coordinates, BOTH_FORM and BOTH_SIZE. */
#define NAME(text)     KW_GLUE3(CURVE, _, KW_GLUE3(GROUP, _, KW_GLUE3(FORM, _, text)))
#define LIB(text)      KW_GLUE3(kw_, CURVE, KW_GLUE(_, text))
#define POINT          LIB(GROUP)
#define OPS(backend)   KW_GLUE3(kw_, CURVE, _ops_##backend)
#define DECODE         KW_GLUE3(GROUP, _decode_, FORM)
#define ENCODE(form)   LIB(KW_GLUE3(GROUP, _encode_, form))
#define ENCODED(size)  LIB(KW_GLUE3(GROUP, _, size))
#define OF_GROUP(text) LIB(KW_GLUE3(GROUP, _, text))

/* The bytes say the point in its one way. */
static void NAME(expect_same)(const POINT *p, kw_span in)
{
    ENCODED(SHORT_SIZE) bytes;
#ifdef BOTH_FORM
    ENCODED(BOTH_SIZE) both;
    if (in.len == sizeof both.bytes) {
        ENCODE(BOTH_FORM)(&both, p);
        KW_ASSERT(kw_span_equal_var(KW_SPAN(both.bytes), in));
        return;
    }
#endif
    ENCODE(FORM)(&bytes, p);
    KW_ASSERT(kw_span_equal_var(KW_SPAN(bytes.bytes), in));
}

/* -p is the only other point with these coordinates; it decodes, and is encoded otherwise. */
static void NAME(expect_twin)(const POINT *p, kw_span in)
{
    POINT minus;
    POINT sum;
    ENCODED(SHORT_SIZE) bytes;
    OF_GROUP(neg)(&minus, p);
    ENCODE(FORM)(&bytes, &minus);
    KW_ASSERT(OPS(c).DECODE(&sum, KW_SPAN(bytes.bytes), KW_ALLOW_INFINITY) == KW_OK);
    KW_ASSERT(OF_GROUP(equal)(&sum, &minus));
    OF_GROUP(add)(&sum, &sum, p);
    KW_ASSERT(OF_GROUP(is_infinity)(&sum));
    bool is_same = in.len == sizeof bytes.bytes && kw_span_equal_var(KW_SPAN(bytes.bytes), in);
    KW_ASSERT(is_same == (OF_GROUP(is_infinity)(p) && in.len == sizeof bytes.bytes));
}

/* Both back-ends and both policies, one verdict; on failure the output stays as it was. */
static kw_status NAME(judge)(POINT *out, kw_span in)
{
    POINT poison;
    memset(&poison, 0xa5, sizeof poison);
    POINT strict = poison;
    POINT twin = poison;
    POINT p = poison;
    kw_status st = OPS(c).DECODE(&p, in, KW_ALLOW_INFINITY);
    kw_status st_strict = OPS(c).DECODE(&strict, in, KW_POINT_STRICT);
    bool is_infinity = st == KW_OK && OF_GROUP(is_infinity)(&p);
    KW_ASSERT(st_strict == (is_infinity ? KW_INFINITY : st));
    KW_ASSERT(st == KW_OK || memcmp(&p, &poison, sizeof p) == 0);
    KW_ASSERT(st_strict == KW_OK || memcmp(&strict, &poison, sizeof p) == 0);
    if (kw_cpu_now()->has_bmi2_adx) {
        KW_ASSERT(OPS(adx).DECODE(&twin, in, KW_ALLOW_INFINITY) == st);
        KW_ASSERT(st != KW_OK || OF_GROUP(equal)(&p, &twin));
    }
    *out = p;
    return st;
}

static kw_status NAME(check)(kw_span in)
{
    POINT p;
    kw_status st = NAME(judge)(&p, in);
    if (st == KW_OK) {
        NAME(expect_same)(&p, in);
        NAME(expect_twin)(&p, in);
    }
    return st;
}

#undef NAME
#undef LIB
#undef POINT
#undef OPS
#undef DECODE
#undef ENCODE
#undef ENCODED
#undef OF_GROUP
#undef CURVE
#undef GROUP
#undef FORM
#undef SHORT_SIZE
#undef BOTH_FORM
#undef BOTH_SIZE
