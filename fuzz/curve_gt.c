/* kw_bls_gt_decode_coeff, kw_bls_gt_decode_kyber, kw_bn_gt_decode_coeff, kw_bn_gt_decode_kyber
 * SPDX-License-Identifier: Apache-2.0
 * The first byte chooses the decoder. What is taken has order r, by plain exponentiation. */
#include "base/error.h"
#include "curve/bls_pair.h"
#include "curve/bn_pair.h"
#include "curve_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The coefficients in the other order. */
static void reverse(uint8_t *out, kw_span in)
{
    size_t width = in.len / 12;
    for (size_t i = 0; i < 12; i++) {
        memcpy(&out[i * width], &in.ptr[(11 - i) * width], width);
    }
}

/* One order of the coefficients; `other` is the second one. */
#define GT_CHECK(curve, order, other)                                                  \
    static kw_status check_##curve##_##order(kw_span in)                               \
    {                                                                                  \
        kw_##curve##_gt value;                                                         \
        kw_##curve##_gt power;                                                         \
        kw_##curve##_gt_bytes bytes;                                                   \
        kw_status st = kw_##curve##_gt_decode_##order(&value, in);                     \
        KW_ASSERT((st == KW_LENGTH) == (in.len != sizeof bytes.bytes));                \
        if (st == KW_LENGTH) {                                                         \
            return st;                                                                 \
        }                                                                              \
        reverse(bytes.bytes, in);                                                      \
        KW_ASSERT(kw_##curve##_gt_decode_##other(&power, KW_SPAN(bytes.bytes)) == st); \
        if (st != KW_OK) {                                                             \
            KW_ASSERT(st == KW_RANGE || st == KW_NOT_IN_SUBGROUP);                     \
            return st;                                                                 \
        }                                                                              \
        KW_ASSERT(kw_##curve##_gt_equal(&value, &power));                              \
        kw_##curve##_gt_encode_##order(&bytes, &value);                                \
        KW_ASSERT(kw_span_equal_var(KW_SPAN(bytes.bytes), in));                        \
        kw_##curve##_gt one = kw_##curve##_gt_one();                                   \
        kw_##curve##_fr minus_one = kw_##curve##_fr_of_u64(1);                         \
        kw_##curve##_fr_neg(&minus_one, &minus_one);                                   \
        kw_##curve##_gt_exp_var(&power, &value, &minus_one);                           \
        kw_##curve##_gt_mul(&power, &power, &value);                                   \
        KW_ASSERT(kw_##curve##_gt_equal(&power, &one));                                \
        return KW_OK;                                                                  \
    }

GT_CHECK(bls, coeff, kyber)
GT_CHECK(bls, kyber, coeff)
GT_CHECK(bn, coeff, kyber)
GT_CHECK(bn, kyber, coeff)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kw_status (*const checks[])(kw_span in) = {check_bls_coeff, check_bls_kyber,
                                                      check_bn_coeff, check_bn_kyber};
    if (size > 0) {
        sample((kw_span){data, size},
               checks[data[0] % KW_COUNT(checks)]((kw_span){data + 1, size - 1}));
    }
    return 0;
}
