/* SPDX-License-Identifier: Apache-2.0
 * h, the second generator of Pedersen commitments. Source: threshold.md section 1. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_GENERATOR_H
#define KW_THRESHOLD_ENGINE_GROUP_GENERATOR_H

#include "threshold/engine/group/group.h"

/* hash_to_curve of cluster and coin: nobody knows its logarithm, and no dealer chooses it. */
void kw_pedersen_generator(kw_group_g1 *out, const kw_group *group, const kw_hash32 *cluster_id,
                           const kw_hash32 *coin);

#endif /* KW_THRESHOLD_ENGINE_GROUP_GENERATOR_H */
