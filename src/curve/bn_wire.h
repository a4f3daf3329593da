/* SPDX-License-Identifier: Apache-2.0
 * Bytes of BN254, one pair of functions per named standard. Refusals are those of bls_wire.h.
 *
 *   eip196  coordinates big-endian in 32 bytes, the imaginary part (c1) first; infinity is all
 *           zero. Source: EIP-196, EIP-197.
 *   gnark   big-endian, c1 first; 32 and 64 bytes compressed, 64 and 128 not. Top two bits: 10 the
 *           smaller y, 11 the larger y, 01 infinity, 00 both coordinates. Source: gnark-crypto.
 *   ark     compressed, little-endian, c0 first; last byte: bit 7 the larger y, bit 6 infinity.
 *           Source: arkworks ark-serialize, short Weierstrass flags. */
#ifndef KW_CURVE_BN_WIRE_H
#define KW_CURVE_BN_WIRE_H

#include "curve/bn.h"
#include "curve/flags.h"

typedef struct kw_bn_fp_bytes {
    uint8_t bytes[32];
} kw_bn_fp_bytes;

typedef struct kw_bn_fr_bytes {
    uint8_t bytes[32];
} kw_bn_fr_bytes;

/* Bytes of a secret scalar. */
typedef struct kw_bn_secret_bytes {
    uint8_t secret[32];
} kw_bn_secret_bytes;

typedef struct kw_bn_g1_bytes { /* compressed */
    uint8_t bytes[32];
} kw_bn_g1_bytes;

typedef struct kw_bn_g2_bytes { /* compressed */
    uint8_t bytes[64];
} kw_bn_g2_bytes;

typedef struct kw_bn_g1_both { /* both coordinates */
    uint8_t bytes[64];
} kw_bn_g1_both;

typedef struct kw_bn_g2_both {
    uint8_t bytes[128];
} kw_bn_g2_both;

/* Numbers are big-endian. */
KW_MUST_USE kw_status kw_bn_fp_decode(kw_bn_fp *out, kw_span in);
void kw_bn_fp_encode(kw_bn_fp_bytes *out, const kw_bn_fp *a);
KW_MUST_USE kw_status kw_bn_fr_decode(kw_bn_fr *out, kw_span in);
void kw_bn_fr_encode(kw_bn_fr_bytes *out, const kw_bn_fr *a);

/* Little-endian bytes of an element as it stands here, times 2^256 (scalars: 2^256) modulo its
 * prime: the form of snarkjs's files. LENGTH, RANGE. */
KW_MUST_USE kw_status kw_bn_fp_decode_mont(kw_bn_fp *out, kw_span in);
void kw_bn_fp_encode_mont(kw_bn_fp_bytes *out, const kw_bn_fp *a);
KW_MUST_USE kw_status kw_bn_fr_decode_mont(kw_bn_fr *out, kw_span in);
void kw_bn_fr_encode_mont(kw_bn_fr_bytes *out, const kw_bn_fr *a);

/* The point of the curve, in the group or not, with that x and the smaller or the larger y (the
 * flag of compressed forms). NOT_ON_CURVE: no y belongs to x. */
KW_MUST_USE kw_status kw_bn_g1_raw_of_x_var(kw_bn_g1_raw *out, const kw_bn_fp *x, bool is_larger);
KW_MUST_USE kw_status kw_bn_g2_raw_of_x_var(kw_bn_g2_raw *out, const kw_bn_fp2 *x, bool is_larger);

/* Zero is refused: RANGE. CT: constant time for what is accepted. */
KW_MUST_USE kw_status kw_bn_secret_decode(kw_bn_secret *out, kw_span in);
void kw_bn_secret_encode(kw_bn_secret_bytes *out, const kw_bn_secret *k); /* CT: all */
void kw_bn_secret_bytes_drop(kw_bn_secret_bytes *bytes);                  /* wipes */

/* Points. `flags`: kw_point_flags. Decoding is variable time. CT: encoding is constant time in the
 * point. */
KW_MUST_USE kw_status kw_bn_g1_decode_eip196(kw_bn_g1 *out, kw_span in, unsigned flags);
KW_MUST_USE kw_status kw_bn_g2_decode_eip196(kw_bn_g2 *out, kw_span in, unsigned flags);
void kw_bn_g1_encode_eip196(kw_bn_g1_both *out, const kw_bn_g1 *a);
void kw_bn_g2_encode_eip196(kw_bn_g2_both *out, const kw_bn_g2 *a);

/* The length says whether the point is compressed. */
KW_MUST_USE kw_status kw_bn_g1_decode_gnark(kw_bn_g1 *out, kw_span in, unsigned flags);
KW_MUST_USE kw_status kw_bn_g2_decode_gnark(kw_bn_g2 *out, kw_span in, unsigned flags);
void kw_bn_g1_encode_gnark(kw_bn_g1_bytes *out, const kw_bn_g1 *a);
void kw_bn_g2_encode_gnark(kw_bn_g2_bytes *out, const kw_bn_g2 *a);
void kw_bn_g1_encode_gnark_both(kw_bn_g1_both *out, const kw_bn_g1 *a);
void kw_bn_g2_encode_gnark_both(kw_bn_g2_both *out, const kw_bn_g2 *a);

KW_MUST_USE kw_status kw_bn_g1_decode_ark(kw_bn_g1 *out, kw_span in, unsigned flags);
KW_MUST_USE kw_status kw_bn_g2_decode_ark(kw_bn_g2 *out, kw_span in, unsigned flags);
void kw_bn_g1_encode_ark(kw_bn_g1_bytes *out, const kw_bn_g1 *a);
void kw_bn_g2_encode_ark(kw_bn_g2_bytes *out, const kw_bn_g2 *a);

/* n encodings of one length, one after the other: ok[i] is 1 and out[i] the point, or 0 and out[i]
 * stays; the single decoder says why. LENGTH: n is 0, or `in` is not n encodings. */
KW_MUST_USE kw_status kw_bn_batch_g1_decode_eip196(kw_bn_g1 *out, uint8_t *ok, kw_span in, size_t n,
                                                   unsigned flags);
KW_MUST_USE kw_status kw_bn_batch_g2_decode_eip196(kw_bn_g2 *out, uint8_t *ok, kw_span in, size_t n,
                                                   unsigned flags);
KW_MUST_USE kw_status kw_bn_batch_g1_decode_gnark(kw_bn_g1 *out, uint8_t *ok, kw_span in, size_t n,
                                                  unsigned flags);
KW_MUST_USE kw_status kw_bn_batch_g2_decode_gnark(kw_bn_g2 *out, uint8_t *ok, kw_span in, size_t n,
                                                  unsigned flags);
KW_MUST_USE kw_status kw_bn_batch_g1_decode_ark(kw_bn_g1 *out, uint8_t *ok, kw_span in, size_t n,
                                                unsigned flags);
KW_MUST_USE kw_status kw_bn_batch_g2_decode_ark(kw_bn_g2 *out, uint8_t *ok, kw_span in, size_t n,
                                                unsigned flags);

#endif /* KW_CURVE_BN_WIRE_H */
