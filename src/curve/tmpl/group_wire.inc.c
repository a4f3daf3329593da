/* SPDX-License-Identifier: Apache-2.0
 * Bytes of the points of one group. Parameters: GROUP, BASE, RAW, GROUP_ELEMENTS, the elements of
 * Fp in a coordinate. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

/* The flag bits of an encoding, taken out of its copy in `bytes`. */
KW_TEMPLATE uint8_t G(take_code)(uint8_t *bytes, size_t len, const wire_form *form)
{
    uint8_t *top = form->is_little_endian ? &bytes[len - 1] : &bytes[0];
    uint8_t code = *top & form->mask;
    *top = (uint8_t)(*top ^ code);
    return code;
}

/* OK, INFINITY or ENCODING: what the code says about bytes without flags. */
KW_TEMPLATE kw_status G(judge_code)(uint8_t code, kw_span bytes, bool is_compressed,
                                    const wire_form *form)
{
    uint64_t any = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        any |= bytes.ptr[i];
    }
    uint8_t infinity = is_compressed ? form->infinity : form->infinity_both;
    if (code == infinity && any == 0) {
        return KW_INFINITY;
    }
    bool is_point =
        is_compressed ? code == form->smaller || code == form->larger : code == form->both;
    return is_point ? KW_OK : KW_ENCODING;
}

/* y of the root that the flag names; NOT_ON_CURVE. */
KW_TEMPLATE kw_status G(decompress)(RAW *point, bool is_larger)
{
    BASE right;
    B(sqr)(&right, &point->x);
    B(mul)(&right, &right, &point->x);
    B(add)(&right, &right, &G(b));
    if (B(root)(&point->y, &right) == 0) {
        return KW_NOT_ON_CURVE;
    }
    kw_mask wanted = (uint64_t)0 - (uint64_t)is_larger;
    B(neg_if)(B(is_larger)(&point->y) ^ wanted, &point->y, &point->y);
    return KW_OK;
}

KW_TEMPLATE kw_status G(raw_of_x_var)(RAW *out, const BASE *x, bool is_larger)
{
    RAW point = {*x, B(zero)()};
    KW_TRY(G(decompress)(&point, is_larger));
    *out = point;
    return KW_OK;
}

/* Coordinates as they are written. RANGE, NOT_ON_CURVE. */
KW_TEMPLATE kw_status G(read)(RAW *point, const uint8_t *bytes, bool is_compressed, bool is_larger,
                              const wire_form *form)
{
    kw_mask is_reduced = B(read)(&point->x, bytes, form);
    if (!is_compressed) {
        is_reduced &= B(read)(&point->y, bytes + GROUP_ELEMENTS * form->fp_bytes, form);
    }
    if (is_reduced == 0) {
        return KW_RANGE;
    }
    if (is_compressed) {
        return G(decompress)(point, is_larger);
    }
    return G(raw_is_on_curve)(point) != 0 ? KW_OK : KW_NOT_ON_CURVE;
}

/* A point without the test of its group: infinity is all-zero. The statuses of bls_wire.h. */
KW_TEMPLATE kw_status G(decode_raw)(RAW *out, kw_span in, unsigned flags, const wire_form *form)
{
    uint8_t bytes[2 * GROUP_ELEMENTS * FP_WIRE_BYTES_MAX];
    size_t compressed_len = (size_t)GROUP_ELEMENTS * form->fp_bytes;
    bool is_compressed = form->has_compressed && in.len == compressed_len;
    if (!is_compressed && !(form->has_both && in.len == 2 * compressed_len)) {
        return KW_LENGTH;
    }
    memcpy(bytes, in.ptr, in.len);
    uint8_t code = G(take_code)(bytes, in.len, form);
    kw_status st = G(judge_code)(code, (kw_span){bytes, in.len}, is_compressed, form);
    RAW point = {B(zero)(), B(zero)()};
    if (st == KW_OK) {
        st = G(read)(&point, bytes, is_compressed, code == form->larger, form);
    } else if (st == KW_INFINITY && (flags & KW_ALLOW_INFINITY) != 0) {
        st = KW_OK;
    }
    if (st == KW_OK) {
        *out = point;
    }
    return st;
}

KW_TEMPLATE kw_status G(decode)(GROUP *out, kw_span in, unsigned flags, const wire_form *form)
{
    RAW point;
    KW_TRY(G(decode_raw)(&point, in, flags, form));
    return G(check)(out, &point);
}

/* Each of n encodings of one length by itself: ok[i] is 1 and out[i] the point, or 0 and out[i]
 * stays. LENGTH: n is 0 or the bytes are not n encodings. */
KW_TEMPLATE kw_status G(decode_many)(GROUP *out, uint8_t *ok, const wire_run *run,
                                     const wire_form *form)
{
    size_t compressed_len = (size_t)GROUP_ELEMENTS * form->fp_bytes;
    size_t len = run->n == 0 ? 0 : run->in.len / run->n;
    bool is_known = (form->has_compressed && len == compressed_len) ||
                    (form->has_both && len == 2 * compressed_len);
    if (!is_known || run->in.len != len * run->n) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < run->n; i++) {
        kw_span one = {run->in.ptr + i * len, len};
        ok[i] = G(decode)(&out[i], one, run->flags, form) == KW_OK;
    }
    return KW_OK;
}

/* CT: constant time in the point. */
KW_TEMPLATE void G(encode)(uint8_t *out, const GROUP *a, bool is_compressed, const wire_form *form)
{
    RAW point;
    G(to_raw)(&point, a);
    size_t coordinate_len = (size_t)GROUP_ELEMENTS * form->fp_bytes;
    size_t len = is_compressed ? coordinate_len : 2 * coordinate_len;
    B(write)(out, &point.x, form);
    uint64_t code = form->both;
    if (is_compressed) {
        code = kw_ct_select(B(is_larger)(&point.y), form->larger, form->smaller);
    } else {
        B(write)(out + coordinate_len, &point.y, form);
    }
    uint8_t infinity = is_compressed ? form->infinity : form->infinity_both;
    code = kw_ct_select(G(is_infinity_mask)(a), infinity, code);
    uint8_t *top = form->is_little_endian ? &out[len - 1] : &out[0];
    *top = (uint8_t)(*top | code);
    kw_wipe(&point, sizeof point);
}

#undef G
#undef B
