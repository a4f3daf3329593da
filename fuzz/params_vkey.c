/* kw_zk_vkey_decode
 * SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/vkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken has points of the group; what is not, a cause. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
    kw_zk_fault fault = {.cause = KW_OK};
    kw_status st = kw_zk_vkey_decode(&key, &fault, (kw_span){data, size}, NULL);
    KW_ASSERT(st == KW_OK || (st == KW_ZK_INVALID && fault.cause != KW_OK));
    KW_ASSERT((key.ic != NULL) == (st == KW_OK));
    return 0;
}
