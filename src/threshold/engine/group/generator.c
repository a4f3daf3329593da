/* SPDX-License-Identifier: Apache-2.0
 * h, the second generator of Pedersen commitments. Source: threshold.md section 1. */
#include "threshold/engine/group/generator.h"

#include "base/error.h"

#define DST "KEYWARD-V1-PEDERSEN-H_BLS12381G1_XMD:SHA-256_SSWU_RO_"

void kw_pedersen_generator(kw_group_g1 *out, const kw_group *group, const kw_hash32 *cluster_id,
                           const kw_hash32 *coin)
{
    uint8_t message[2 * sizeof(kw_hash32)];
    memcpy(message, cluster_id->bytes, sizeof cluster_id->bytes);
    memcpy(&message[sizeof(kw_hash32)], coin->bytes, sizeof coin->bytes);
    kw_status st = group->g1_hash(out, KW_SPAN(message), kw_span_of_str(KW_STR(DST)));
    KW_ASSERT(st == KW_OK);
}
