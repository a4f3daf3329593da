/* kw_bn_g1_decode_eip196, kw_bn_g2_decode_eip196, kw_bn_g1_decode_gnark, kw_bn_g2_decode_gnark,
 * kw_bn_g1_decode_ark, kw_bn_g2_decode_ark
 * SPDX-License-Identifier: Apache-2.0
 * The first byte chooses the decoder. */
#include "base/cpu.h"
#include "curve/bn_ops.h"
#include "curve/tmpl/glue.inc.h"
#include "curve_sample.h"

#define CURVE      bn
#define GROUP      g1
#define FORM       eip196
#define SHORT_SIZE both
#include "curve_point.inc.h"

#define CURVE      bn
#define GROUP      g2
#define FORM       eip196
#define SHORT_SIZE both
#include "curve_point.inc.h"

#define CURVE      bn
#define GROUP      g1
#define FORM       gnark
#define SHORT_SIZE bytes
#define BOTH_FORM  gnark_both
#define BOTH_SIZE  both
#include "curve_point.inc.h"

#define CURVE      bn
#define GROUP      g2
#define FORM       gnark
#define SHORT_SIZE bytes
#define BOTH_FORM  gnark_both
#define BOTH_SIZE  both
#include "curve_point.inc.h"

#define CURVE      bn
#define GROUP      g1
#define FORM       ark
#define SHORT_SIZE bytes
#include "curve_point.inc.h"

#define CURVE      bn
#define GROUP      g2
#define FORM       ark
#define SHORT_SIZE bytes
#include "curve_point.inc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kw_status (*const checks[])(kw_span in) = {bn_g1_eip196_check, bn_g2_eip196_check,
                                                      bn_g1_gnark_check,  bn_g2_gnark_check,
                                                      bn_g1_ark_check,    bn_g2_ark_check};
    if (size > 0) {
        sample((kw_span){data, size},
               checks[data[0] % KW_COUNT(checks)]((kw_span){data + 1, size - 1}));
    }
    return 0;
}
