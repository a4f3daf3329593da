/* kw_bls_g1_decode_zcash, kw_bls_g2_decode_zcash, kw_bls_g1_decode_eip2537,
 * kw_bls_g2_decode_eip2537
 * SPDX-License-Identifier: Apache-2.0
 * The first byte chooses the decoder. */
#include "base/cpu.h"
#include "curve/bls_ops.h"
#include "curve/tmpl/glue.inc.h"
#include "curve_sample.h"

#define CURVE      bls
#define GROUP      g1
#define FORM       zcash
#define SHORT_SIZE bytes
#define BOTH_FORM  zcash_both
#define BOTH_SIZE  both
#include "curve_point.inc.h"

#define CURVE      bls
#define GROUP      g2
#define FORM       zcash
#define SHORT_SIZE bytes
#define BOTH_FORM  zcash_both
#define BOTH_SIZE  both
#include "curve_point.inc.h"

#define CURVE      bls
#define GROUP      g1
#define FORM       eip2537
#define SHORT_SIZE eip2537
#include "curve_point.inc.h"

#define CURVE      bls
#define GROUP      g2
#define FORM       eip2537
#define SHORT_SIZE eip2537
#include "curve_point.inc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kw_status (*const checks[])(kw_span in) = {bls_g1_zcash_check, bls_g2_zcash_check,
                                                      bls_g1_eip2537_check, bls_g2_eip2537_check};
    if (size > 0) {
        sample((kw_span){data, size},
               checks[data[0] % KW_COUNT(checks)]((kw_span){data + 1, size - 1}));
    }
    return 0;
}
