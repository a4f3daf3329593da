/* SPDX-License-Identifier: Apache-2.0
 * One group of one curve for curve.h. Parameters: those of curve.inc.c; GROUP; GROUP_NAME;
 * ELEMENTS, the elements of Fp in a coordinate, of type COORDINATE; MEMBER of kw_zk_point. */

#define G(name)  KW_ZK_GLUE(GROUP, name)
#define CG(name) C(KW_ZK_GLUE(GROUP, name))
#define POINT    C(GROUP)
#define RAW      CG(_raw)

enum {
    G(_elements) = 2 * ELEMENTS,
    G(_wire_bytes) = G(_elements) * FP_BYTES,
    G(_batch) = 64,
};

_Static_assert(sizeof(RAW) == G(_elements) * sizeof(C(fp)), "coordinates stand side by side");

/* Infinity is all zero, as in memory. */
static kw_status G(_read)(RAW *out, const uint8_t *wire, unsigned flags)
{
    C(fp) element[G(_elements)];
    uint8_t any = 0;
    for (size_t i = 0; i < G(_elements); i++) {
        KW_TRY(C(fp_decode_mont)(&element[i], (kw_span){wire + i * FP_BYTES, FP_BYTES}));
    }
    for (size_t i = 0; i < G(_wire_bytes); i++) {
        any |= wire[i];
    }
    if (any == 0 && (flags & KW_ALLOW_INFINITY) == 0) {
        return KW_INFINITY;
    }
    memcpy(out, element, sizeof *out);
    return KW_OK;
}

/* n <= batch points; the index of the first that is wrong. */
static kw_status G(_decode_some)(POINT *points, size_t *out_bad, const uint8_t *wire, size_t n,
                                 unsigned flags)
{
    RAW raw[G(_batch)];
    uint8_t ok[G(_batch)];
    kw_status st = KW_OK;
    size_t good = 0;
    memset(raw, 0, sizeof raw);
    while (good < n && st == KW_OK) {
        st = G(_read)(&raw[good], wire + good * G(_wire_bytes), flags);
        good += st == KW_OK;
    }
    C(KW_ZK_GLUE(batch_, G(_check)))(points, ok, raw, good);
    for (size_t i = 0; i < good; i++) {
        if (ok[i] == 0) {
            good = i;
            st = CG(_check)(&points[i], &raw[i]);
        }
    }
    *out_bad = good;
    return st;
}

static kw_status G(_decode)(void *points, size_t *out_bad, kw_span wire, unsigned flags)
{
    POINT *out = points;
    size_t n = wire.len / G(_wire_bytes);
    for (size_t done = 0; done < n; done += G(_batch)) {
        size_t bad = 0;
        kw_status st = G(_decode_some)(out + done, &bad, wire.ptr + done * G(_wire_bytes),
                                       KW_MIN(n - done, (size_t)G(_batch)), flags);
        if (st != KW_OK) {
            *out_bad = done + bad;
            return st;
        }
    }
    return KW_OK;
}

static kw_status G(_decode_numbers)(void *point, kw_span numbers)
{
    uint8_t wire[G(_wire_bytes)];
    size_t bad = 0;
    if (numbers.len != sizeof wire) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < G(_elements); i++) {
        C(fp) element;
        C(fp_bytes) bytes;
        KW_TRY(C(fp_decode)(&element, (kw_span){numbers.ptr + i * FP_BYTES, FP_BYTES}));
        C(fp_encode_mont)(&bytes, &element);
        memcpy(wire + i * FP_BYTES, bytes.bytes, FP_BYTES);
    }
    return G(_decode)(point, &bad, KW_SPAN(wire), KW_POINT_STRICT);
}

static void G(_to_hashed)(uint8_t *out, kw_span wire)
{
    for (size_t at = 0; at < wire.len; at += ELEMENTS * FP_BYTES) {
        for (size_t i = 0; i < ELEMENTS; i++) {
            C(fp) element;
            C(fp_bytes) number;
            kw_span in = {wire.ptr + at + i * FP_BYTES, FP_BYTES};
            KW_ASSERT(C(fp_decode_mont)(&element, in) == KW_OK);
            C(fp_encode)(&number, &element);
            memcpy(out + at + (ELEMENTS - 1 - i) * FP_BYTES, number.bytes, FP_BYTES);
        }
    }
}

static void G(_encode)(uint8_t *wire, const kw_zk_point *point)
{
    C(fp) element[G(_elements)];
    RAW raw;
    CG(_to_raw)(&raw, &point->MEMBER);
    memcpy(element, &raw, sizeof element);
    for (size_t i = 0; i < G(_elements); i++) {
        C(fp_bytes) bytes;
        C(fp_encode_mont)(&bytes, &element[i]);
        memcpy(wire + i * FP_BYTES, bytes.bytes, FP_BYTES);
    }
}

static kw_zk_point G(_generator)(void)
{
    return (kw_zk_point){.MEMBER = CG(_generator)()};
}

static kw_zk_point G(_infinity)(void)
{
    return (kw_zk_point){.MEMBER = CG(_infinity)()};
}

static kw_zk_point G(_at)(const void *points, size_t index)
{
    const POINT *all = points;
    return (kw_zk_point){.MEMBER = all[index]};
}

static bool G(_equal)(const kw_zk_point *a, const kw_zk_point *b)
{
    return CG(_equal)(&a->MEMBER, &b->MEMBER);
}

static void G(_add)(kw_zk_point *out, const kw_zk_point *a, const kw_zk_point *b)
{
    CG(_add)(&out->MEMBER, &a->MEMBER, &b->MEMBER);
}

static void G(_mul)(kw_zk_point *out, const kw_zk_point *p, const kw_zk_scalar *k)
{
    CG(_mul_var)(&out->MEMBER, &p->MEMBER, &k->SCALAR);
}

static size_t G(_sum_scratch)(size_t n)
{
    return CG(_msm_scratch)(n);
}

static void G(_sum)(kw_zk_point *io, kw_mspan scratch, const kw_zk_terms *terms)
{
    POINT sum;
    const CG(_msm_in) in = {terms->points, (const C(fr) *)terms->scalars, terms->n, terms->bits};
    KW_ASSERT(CG(_msm_var)(&sum, scratch, &in) == KW_OK);
    CG(_add)(&io->MEMBER, &io->MEMBER, &sum);
}

/* x, and which of both y; again until there is one; then the cofactor. */
static void G(_draw)(kw_zk_point *out, kw_zk_draw *draw)
{
    RAW raw;
    kw_status st = KW_NOT_ON_CURVE;
    while (st != KW_OK) {
        C(fp) x[ELEMENTS];
        COORDINATE coordinate;
        for (size_t i = 0; i < ELEMENTS; i++) {
            draw_fp(&x[i], draw);
        }
        memcpy(&coordinate, x, sizeof coordinate);
        bool is_larger = (kw_zk_draw_u32(draw) & 1) == 1;
        st = CG(_raw_of_x_var)(&raw, &coordinate, is_larger);
    }
    G(_clear)(&out->MEMBER, &raw);
}

static const kw_zk_group G(_group) = {
    .name = GROUP_NAME,
    .wire_bytes = G(_wire_bytes),
    .point_bytes = sizeof(POINT),
    .decode = G(_decode),
    .decode_numbers = G(_decode_numbers),
    .to_hashed = G(_to_hashed),
    .encode = G(_encode),
    .generator = G(_generator),
    .infinity = G(_infinity),
    .at = G(_at),
    .equal = G(_equal),
    .add = G(_add),
    .mul = G(_mul),
    .sum = G(_sum),
    .sum_scratch = G(_sum_scratch),
    .draw = G(_draw),
};

#undef G
#undef CG
#undef POINT
#undef RAW
