/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"
#include "curve/bls_wire.h"
#include "params/engine/zk/curve.h"
#include "support/expect.h"
#include "support/hexed.h"

/* A point of the twist outside the group, as a file has it; false: none with a small x. */
static bool outsider(uint8_t *wire)
{
    for (uint64_t x = 1; x < 40; x++) {
        const kw_bls_fp2 coordinate = {kw_bls_fp_of_u64(x), kw_bls_fp_of_u64(0)};
        kw_bls_g2_raw raw;
        if (kw_bls_g2_raw_of_x_var(&raw, &coordinate, false) == KW_OK) {
            const kw_bls_fp element[] = {raw.x.c0, raw.x.c1, raw.y.c0, raw.y.c1};
            for (size_t i = 0; i < KW_COUNT(element); i++) {
                kw_bls_fp_bytes bytes;
                kw_bls_fp_encode_mont(&bytes, &element[i]);
                memcpy(wire + i * sizeof bytes.bytes, bytes.bytes, sizeof bytes.bytes);
            }
            return true;
        }
    }
    return false;
}

#define CURVE    kw_zk_bls12_381
#define OUTSIDER outsider
#define DRAWN_G1                                                                       \
    "029fa11f4ec378a10cc0c97cd683b5dae92260a06b6aa9e9504481a14211f3a8684c6b88542360eb" \
    "5ae05962363586ae1986951a96f13d21424c1dd2fa1e20540acfdfafc2bccf404fc9b5c28a851225" \
    "69d675e743a610e3506bfe0e8f50a69e"
#define DRAWN_G2                                                                       \
    "0cadceaf286a91b792a0f78f25bb50ce645965a0e20da6ac48928b1c913c2cd07d577824c6b12415" \
    "f2070cb54ea2bc9f008bbce42c2031e87cb9fe0665366ea4c1c1d0083719a645d70c4fee7e383bfd" \
    "a380ab6afa88a7b800b6d06bd9d8352217338b369e6fd79a4650b6710ff7b16ed734f683f93594e1" \
    "f3fcf627108f9b5572b115b7ff4c61e49df296bde01bebd80153545f8e7b780327e7fc31fc1eb594" \
    "c4912a3bd332565e94d4adb682b699fb9d1a7e2e7e2eafd51d83826d4a2a7706"
#include "unit/params/engine/zk/curve_cases.inc.h"

int main(void)
{
    const struct CMUnitTest tests[] = {CURVE_CASES};
    return cmocka_run_group_tests_name("params/engine/zk/curve_bls", tests, NULL, NULL);
}
