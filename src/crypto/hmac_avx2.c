/* SPDX-License-Identifier: Apache-2.0
 * Eight HMACs at once in 256-bit vectors. Secret inputs: all. */
#define KW_HMAC_LANES 8
#include "crypto/hmac_lanes.h"

void kw_hmac_group_avx2(const kw_hmac_key *key, kw_hmac_group *group)
{
    kw_lanes_hmac(key, group);
}
