/* kw_zk_binfile_read, kw_zk_ptau_check
 * SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/ptau.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is refused has a cause and a place within the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_span bytes = {data, size};
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    for (kw_zk_level level = KW_ZK_QUICK; level <= KW_ZK_POINTS; level++) {
        const kw_zk_job job = {.source = &source, .level = level};
        kw_zk_fault fault = {.cause = KW_OK};
        kw_zk_ptau ptau;
        kw_status st = kw_zk_ptau_check(&ptau, &fault, &job, NULL);
        KW_ASSERT(st == KW_OK || st == KW_ZK_INVALID);
        KW_ASSERT(st == KW_OK || fault.cause != KW_OK);
        KW_ASSERT(fault.place.offset <= size);
    }
    return 0;
}
