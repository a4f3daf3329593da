/* SPDX-License-Identifier: Apache-2.0
 * Sixteen HMACs at once in 512-bit vectors. Secret inputs: all. */
#define KW_HMAC_LANES 16
#include "crypto/hmac_lanes.h"

void kw_hmac_group_avx512(const kw_hmac_key *key, kw_hmac_group *group)
{
    kw_lanes_hmac(key, group);
}
