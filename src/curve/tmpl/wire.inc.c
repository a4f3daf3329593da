/* SPDX-License-Identifier: Apache-2.0
 * Bytes of field elements and scalars, and what tells the encodings of points apart. Parameter:
 * FP_LIMBS. CT: constant time for what is accepted; a refusal shows which rule it broke. */

enum {
    FP_BYTES = 8 * FP_LIMBS,
    FP_WIRE_BYTES_MAX = 64, /* of one coordinate in Fp, in any encoding */
};

/* An encoding of points. The top byte is the most significant one. Its flag bits hold one of the
 * codes; when `both` and `infinity_both` are the same, infinity is what is all zero. */
typedef struct wire_form {
    uint8_t fp_bytes; /* of one element of Fp; those above FP_BYTES are 0 */
    bool is_little_endian;
    bool is_imaginary_first; /* c1 before c0 */
    bool has_compressed;
    bool has_both;
    uint8_t mask;
    uint8_t smaller; /* compressed, y is the smaller root */
    uint8_t larger;
    uint8_t infinity;
    uint8_t both;
    uint8_t infinity_both;
} wire_form;

/* Encodings one after the other. */
typedef struct wire_run {
    kw_span in;
    size_t n;
    unsigned flags;
} wire_run;

/* All ones when the element was < p. */
KW_TEMPLATE kw_mask fp_read(fp *o, const uint8_t *in, const wire_form *form)
{
    uint8_t bytes[FP_BYTES];
    size_t padding = form->fp_bytes - FP_BYTES;
    uint64_t padded = 0;
    for (size_t i = 0; i < padding; i++) {
        padded |= in[i];
    }
    for (size_t i = 0; i < FP_BYTES; i++) {
        bytes[i] = form->is_little_endian ? in[FP_BYTES - 1 - i] : in[padding + i];
    }
    return fp_of_bytes(o, bytes) & ~kw_ct_nonzero(padded);
}

KW_TEMPLATE void fp_write(uint8_t *out, const fp *a, const wire_form *form)
{
    uint8_t bytes[FP_BYTES];
    size_t padding = form->fp_bytes - FP_BYTES;
    fp_to_bytes(bytes, a);
    memset(out, 0, padding);
    for (size_t i = 0; i < FP_BYTES; i++) {
        out[padding + i] = form->is_little_endian ? bytes[FP_BYTES - 1 - i] : bytes[i];
    }
    kw_wipe(bytes, sizeof bytes);
}

KW_TEMPLATE kw_mask fp2_read(fp2 *o, const uint8_t *in, const wire_form *form)
{
    const uint8_t *second = in + form->fp_bytes;
    return fp_read(&o->c0, form->is_imaginary_first ? second : in, form) &
           fp_read(&o->c1, form->is_imaginary_first ? in : second, form);
}

KW_TEMPLATE void fp2_write(uint8_t *out, const fp2 *a, const wire_form *form)
{
    uint8_t *second = out + form->fp_bytes;
    fp_write(form->is_imaginary_first ? second : out, &a->c0, form);
    fp_write(form->is_imaginary_first ? out : second, &a->c1, form);
}

KW_TEMPLATE kw_status fp_decode(fp *out, kw_span in)
{
    fp a;
    if (in.len != FP_BYTES) {
        return KW_LENGTH;
    }
    if (fp_of_bytes(&a, in.ptr) == 0) {
        return KW_RANGE;
    }
    *out = a;
    return KW_OK;
}

/* Little-endian in Montgomery form, as the words of an element are: R is 2^(64 limbs). */
KW_TEMPLATE kw_status fp_decode_mont(fp *out, kw_span in)
{
    fp a;
    if (in.len != sizeof a) {
        return KW_LENGTH;
    }
    if (fp_of_mont_bytes(&a, in.ptr) == 0) {
        return KW_RANGE;
    }
    *out = a;
    return KW_OK;
}

KW_TEMPLATE kw_status fr_decode_mont(fr *out, kw_span in)
{
    fr a;
    if (in.len != sizeof a) {
        return KW_LENGTH;
    }
    if (fr_of_mont_bytes(&a, in.ptr) == 0) {
        return KW_RANGE;
    }
    *out = a;
    return KW_OK;
}

KW_TEMPLATE kw_status fr_decode(fr *out, kw_span in)
{
    fr a;
    if (in.len != sizeof a) {
        return KW_LENGTH;
    }
    if (fr_of_bytes(&a, in.ptr) == 0) {
        return KW_RANGE;
    }
    *out = a;
    return KW_OK;
}

KW_TEMPLATE kw_status secret_decode(secret *out, kw_span in)
{
    fr a;
    if (in.len != sizeof a) {
        return KW_LENGTH;
    }
    kw_mask verdict = fr_of_bytes(&a, in.ptr);
    verdict &= ~fr_is_zero(&a);
    bool is_fine = kw_declassify_mask(verdict, "a refusal is public, and a scalar is rarely one");
    if (is_fine) {
        secret_close(out, &a);
    }
    kw_wipe(&a, sizeof a);
    return is_fine ? KW_OK : KW_RANGE;
}

KW_TEMPLATE void fp_encode(T(fp_bytes) * out, const fp *a)
{
    fp_to_bytes(out->bytes, a);
}

KW_TEMPLATE void fp_encode_mont(T(fp_bytes) * out, const fp *a)
{
    fp_to_mont_bytes(out->bytes, a);
}

KW_TEMPLATE void fr_encode_mont(T(fr_bytes) * out, const fr *a)
{
    fr_to_mont_bytes(out->bytes, a);
}

KW_TEMPLATE void fr_encode(T(fr_bytes) * out, const fr *a)
{
    fr_to_bytes(out->bytes, a);
}

KW_TEMPLATE void secret_encode(T(secret_bytes) * out, const secret *k)
{
    fr a = secret_open(k);
    fr_to_bytes(out->secret, &a);
    kw_wipe(&a, sizeof a);
}
