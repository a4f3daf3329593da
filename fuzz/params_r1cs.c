/* kw_zk_r1cs_check
 * SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/r1cs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_span bytes = {data, size};
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    const kw_zk_job job = {.source = &source, .level = KW_ZK_POINTS};
    kw_zk_fault fault = {.cause = KW_OK};
    kw_zk_r1cs r1cs;
    kw_status st = kw_zk_r1cs_check(&r1cs, &fault, &job, NULL);
    KW_ASSERT(st == KW_OK || (st == KW_ZK_INVALID && fault.cause != KW_OK));
    KW_ASSERT(fault.place.offset <= size);
    return 0;
}
