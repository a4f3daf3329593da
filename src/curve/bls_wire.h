/* SPDX-License-Identifier: Apache-2.0
 * Bytes of BLS12-381, one pair of functions per named standard. Every value has one encoding; all
 * others are refused, in this order: LENGTH, ENCODING (flag bits), RANGE (a coordinate >= p, a
 * scalar >= r), NOT_ON_CURVE, INFINITY (unless allowed), NOT_IN_SUBGROUP. Nothing is written then.
 *
 *   zcash    big-endian, c1 before c0; 48 and 96 bytes compressed, 96 and 192 not. Top bits of the
 *            first byte: compressed, infinity, y is the larger root. Source: zcash protocol
 *            specification section 5.4.9.2.
 *   eip2537  each coordinate big-endian in 64 bytes, c0 before c1; infinity is all zero. */
#ifndef KW_CURVE_BLS_WIRE_H
#define KW_CURVE_BLS_WIRE_H

#include "curve/bls.h"
#include "curve/flags.h"

typedef struct kw_bls_fp_bytes {
    uint8_t bytes[48];
} kw_bls_fp_bytes;

typedef struct kw_bls_fr_bytes {
    uint8_t bytes[32];
} kw_bls_fr_bytes;

/* Bytes of a secret scalar. */
typedef struct kw_bls_secret_bytes {
    uint8_t secret[32];
} kw_bls_secret_bytes;

typedef struct kw_bls_g1_bytes { /* compressed */
    uint8_t bytes[48];
} kw_bls_g1_bytes;

typedef struct kw_bls_g2_bytes { /* compressed */
    uint8_t bytes[96];
} kw_bls_g2_bytes;

typedef struct kw_bls_g1_both { /* both coordinates */
    uint8_t bytes[96];
} kw_bls_g1_both;

typedef struct kw_bls_g2_both {
    uint8_t bytes[192];
} kw_bls_g2_both;

typedef struct kw_bls_g1_eip2537 {
    uint8_t bytes[128];
} kw_bls_g1_eip2537;

typedef struct kw_bls_g2_eip2537 {
    uint8_t bytes[256];
} kw_bls_g2_eip2537;

/* Numbers are big-endian. */
KW_MUST_USE kw_status kw_bls_fp_decode(kw_bls_fp *out, kw_span in);
void kw_bls_fp_encode(kw_bls_fp_bytes *out, const kw_bls_fp *a);
KW_MUST_USE kw_status kw_bls_fr_decode(kw_bls_fr *out, kw_span in);
void kw_bls_fr_encode(kw_bls_fr_bytes *out, const kw_bls_fr *a);

/* Little-endian bytes of an element as it stands here, times 2^384 (scalars: 2^256) modulo its
 * prime: the form of snarkjs's files. LENGTH, RANGE. */
KW_MUST_USE kw_status kw_bls_fp_decode_mont(kw_bls_fp *out, kw_span in);
void kw_bls_fp_encode_mont(kw_bls_fp_bytes *out, const kw_bls_fp *a);
KW_MUST_USE kw_status kw_bls_fr_decode_mont(kw_bls_fr *out, kw_span in);
void kw_bls_fr_encode_mont(kw_bls_fr_bytes *out, const kw_bls_fr *a);

/* The point of the curve, in the group or not, with that x and the smaller or the larger y (the
 * flag of compressed forms). NOT_ON_CURVE: no y belongs to x. */
KW_MUST_USE kw_status kw_bls_g1_raw_of_x_var(kw_bls_g1_raw *out, const kw_bls_fp *x,
                                             bool is_larger);
KW_MUST_USE kw_status kw_bls_g2_raw_of_x_var(kw_bls_g2_raw *out, const kw_bls_fp2 *x,
                                             bool is_larger);

/* Zero is refused: RANGE. CT: constant time for what is accepted. */
KW_MUST_USE kw_status kw_bls_secret_decode(kw_bls_secret *out, kw_span in);
void kw_bls_secret_encode(kw_bls_secret_bytes *out, const kw_bls_secret *k); /* CT: all */
void kw_bls_secret_bytes_drop(kw_bls_secret_bytes *bytes);                   /* wipes */

/* Points. The length says whether one is compressed; `flags`: kw_point_flags. Decoding is
 * variable time. CT: encoding is constant time in the point. */
KW_MUST_USE kw_status kw_bls_g1_decode_zcash(kw_bls_g1 *out, kw_span in, unsigned flags);
KW_MUST_USE kw_status kw_bls_g2_decode_zcash(kw_bls_g2 *out, kw_span in, unsigned flags);
void kw_bls_g1_encode_zcash(kw_bls_g1_bytes *out, const kw_bls_g1 *a);
void kw_bls_g2_encode_zcash(kw_bls_g2_bytes *out, const kw_bls_g2 *a);
void kw_bls_g1_encode_zcash_both(kw_bls_g1_both *out, const kw_bls_g1 *a);
void kw_bls_g2_encode_zcash_both(kw_bls_g2_both *out, const kw_bls_g2 *a);

KW_MUST_USE kw_status kw_bls_g1_decode_eip2537(kw_bls_g1 *out, kw_span in, unsigned flags);
KW_MUST_USE kw_status kw_bls_g2_decode_eip2537(kw_bls_g2 *out, kw_span in, unsigned flags);
void kw_bls_g1_encode_eip2537(kw_bls_g1_eip2537 *out, const kw_bls_g1 *a);
void kw_bls_g2_encode_eip2537(kw_bls_g2_eip2537 *out, const kw_bls_g2 *a);

/* out = a + b of encoded points, infinity among them, which need not be in the group: what G1ADD
 * and G2ADD of EIP-2537 do. All else that is wrong is refused as above. */
KW_MUST_USE kw_status kw_bls_g1_add_eip2537(kw_bls_g1_eip2537 *out, kw_span a, kw_span b);
KW_MUST_USE kw_status kw_bls_g2_add_eip2537(kw_bls_g2_eip2537 *out, kw_span a, kw_span b);

/* n encodings of one length, one after the other: ok[i] is 1 and out[i] the point, or 0 and out[i]
 * stays; the single decoder says why. LENGTH: n is 0, or `in` is not n encodings. */
KW_MUST_USE kw_status kw_bls_batch_g1_decode_zcash(kw_bls_g1 *out, uint8_t *ok, kw_span in,
                                                   size_t n, unsigned flags);
KW_MUST_USE kw_status kw_bls_batch_g2_decode_zcash(kw_bls_g2 *out, uint8_t *ok, kw_span in,
                                                   size_t n, unsigned flags);
KW_MUST_USE kw_status kw_bls_batch_g1_decode_eip2537(kw_bls_g1 *out, uint8_t *ok, kw_span in,
                                                     size_t n, unsigned flags);
KW_MUST_USE kw_status kw_bls_batch_g2_decode_eip2537(kw_bls_g2 *out, uint8_t *ok, kw_span in,
                                                     size_t n, unsigned flags);

#endif /* KW_CURVE_BLS_WIRE_H */
