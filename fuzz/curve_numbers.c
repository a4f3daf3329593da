/* kw_bls_fp_decode, kw_bls_fr_decode, kw_bls_secret_decode, kw_bn_fp_decode, kw_bn_fr_decode,
 * kw_bn_secret_decode
 * SPDX-License-Identifier: Apache-2.0
 * The first byte chooses the decoder; the verdict is that of comparing bytes with the modulus. */
#include "base/error.h"
#include "curve/bls_wire.h"
#include "curve/bn_wire.h"
#include "curve_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t bls_p[48] = {
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};
static const uint8_t bls_r[32] = {0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8,
                                  0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe,
                                  0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01};
static const uint8_t bn_p[32] = {0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45,
                                 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97, 0x81, 0x6a, 0x91, 0x68, 0x71,
                                 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47};
static const uint8_t bn_r[32] = {0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45,
                                 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9,
                                 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01};

static kw_status verdict(kw_span in, kw_span modulus)
{
    if (in.len != modulus.len) {
        return KW_LENGTH;
    }
    return memcmp(in.ptr, modulus.ptr, in.len) < 0 ? KW_OK : KW_RANGE;
}

static bool is_zero(kw_span in)
{
    uint8_t any = 0;
    for (size_t i = 0; i < in.len; i++) {
        any |= in.ptr[i];
    }
    return any == 0;
}

/* The functions of one kind of number; what is read is written alike. */
#define NUMBER_CHECK(curve, kind, modulus, member)                   \
    static kw_status check_##curve##_##kind(kw_span in)              \
    {                                                                \
        kw_##curve##_##kind value;                                   \
        kw_##curve##_##kind##_bytes bytes;                           \
        kw_status st = kw_##curve##_##kind##_decode(&value, in);     \
        KW_ASSERT(st == verdict_of_##kind(in, KW_SPAN(modulus)));    \
        if (st == KW_OK) {                                           \
            kw_##curve##_##kind##_encode(&bytes, &value);            \
            KW_ASSERT(kw_span_equal_var(KW_SPAN(bytes.member), in)); \
        }                                                            \
        return st;                                                   \
    }

static kw_status verdict_of_fp(kw_span in, kw_span modulus)
{
    return verdict(in, modulus);
}

static kw_status verdict_of_fr(kw_span in, kw_span modulus)
{
    return verdict(in, modulus);
}

/* Zero is no secret. */
static kw_status verdict_of_secret(kw_span in, kw_span modulus)
{
    kw_status st = verdict(in, modulus);
    return st == KW_OK && is_zero(in) ? KW_RANGE : st;
}

NUMBER_CHECK(bls, fp, bls_p, bytes)
NUMBER_CHECK(bls, fr, bls_r, bytes)
NUMBER_CHECK(bls, secret, bls_r, secret)
NUMBER_CHECK(bn, fp, bn_p, bytes)
NUMBER_CHECK(bn, fr, bn_r, bytes)
NUMBER_CHECK(bn, secret, bn_r, secret)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kw_status (*const checks[])(kw_span in) = {check_bls_fp, check_bls_fr, check_bls_secret,
                                                      check_bn_fp,  check_bn_fr,  check_bn_secret};
    if (size > 0) {
        sample((kw_span){data, size},
               checks[data[0] % KW_COUNT(checks)]((kw_span){data + 1, size - 1}));
    }
    return 0;
}
