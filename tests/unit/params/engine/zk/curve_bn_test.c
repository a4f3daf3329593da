/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"
#include "curve/bn_wire.h"
#include "params/engine/zk/curve.h"
#include "support/expect.h"
#include "support/hexed.h"

/* A point of the twist outside the group, as a file has it; false: none with a small x. */
static bool outsider(uint8_t *wire)
{
    for (uint64_t x = 1; x < 40; x++) {
        const kw_bn_fp2 coordinate = {kw_bn_fp_of_u64(x), kw_bn_fp_of_u64(0)};
        kw_bn_g2_raw raw;
        if (kw_bn_g2_raw_of_x_var(&raw, &coordinate, false) == KW_OK) {
            const kw_bn_fp element[] = {raw.x.c0, raw.x.c1, raw.y.c0, raw.y.c1};
            for (size_t i = 0; i < KW_COUNT(element); i++) {
                kw_bn_fp_bytes bytes;
                kw_bn_fp_encode_mont(&bytes, &element[i]);
                memcpy(wire + i * sizeof bytes.bytes, bytes.bytes, sizeof bytes.bytes);
            }
            return true;
        }
    }
    return false;
}

#define CURVE    kw_zk_bn254
#define OUTSIDER outsider
#define DRAWN_G1                                                                       \
    "1380b61ed52e56d8c04dc9603ccc4f892ff264549ed7790f140c7e2e9af6c5bd0368c2439a403b51" \
    "43ac04c36b1345e264350c2388919dcd03b94c8ed9ff5b98"
#define DRAWN_G2                                                                       \
    "080e8a33f50a7766e7243ddbdb638f72f9488fcd7add24a24e80651d43633acc08b68a7f8b4cb6e7" \
    "f91a0282d756cdbc49619144c9133b8a58305074bb5f83d7277db6ad2c17422b3c3b787bde5d065e" \
    "26b1f92ced166203dca893c3c9f6bf8329d9ac5f426baae668ca2f7c866bd8f663084a8adfd6da34" \
    "5420de05dd55da1b"
#include "unit/params/engine/zk/curve_cases.inc.h"

int main(void)
{
    const struct CMUnitTest tests[] = {CURVE_CASES};
    return cmocka_run_group_tests_name("params/engine/zk/curve_bn", tests, NULL, NULL);
}
