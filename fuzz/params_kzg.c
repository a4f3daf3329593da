/* kw_zk_kzg_file_decode, kw_zk_kzg_check
 * SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/kzg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const kw_span bytes = {data, size};
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    const kw_zk_job job = {.source = &source, .level = KW_ZK_FULL};
    kw_zk_fault fault = {.cause = KW_OK};
    kw_zk_kzg kzg;
    KW_AUTO(kw_zk_kzg_file) file = {.g1_count = 0};
    kw_status form = kw_zk_kzg_file_decode(&file, &fault, bytes, NULL);
    KW_ASSERT(form == KW_OK || (form == KW_ZK_INVALID && fault.cause != KW_OK));
    fault.cause = KW_OK;
    kw_status st = kw_zk_kzg_check(&kzg, &fault, &job, NULL);
    KW_ASSERT(form == KW_OK || st == form);
    KW_ASSERT(st == KW_OK || (st == KW_ZK_INVALID && fault.cause != KW_OK));
    KW_ASSERT(fault.place.offset <= size || fault.place.offset == KW_ZK_NO_OFFSET);
    return 0;
}
