/* SPDX-License-Identifier: Apache-2.0
 * Operators, made when they are first needed. */
#include "kw_sim/pool.h"

#include "base/heap.h"

const peer *sim_pool_peer(sim_pool *pool, uint32_t number, uint8_t curve)
{
    KW_ASSERT(number < SIM_POOL_MAX);
    peer **slot = curve == KW_PEER_BN254 ? &pool->bn254[number] : &pool->ed25519[number];
    if (*slot == NULL) {
        *slot = kw_heap_new(1, sizeof **slot);
        KW_ASSERT(*slot != NULL);
        peer_make(*slot, number, curve);
    }
    return *slot;
}

const peer *sim_pool_second(sim_pool *pool, uint32_t number, uint8_t curve)
{
    return sim_pool_peer(pool, SIM_POOL_MAX / 2 + number, curve);
}

void sim_pool_drop(sim_pool *pool)
{
    for (size_t i = 0; i < SIM_POOL_MAX; i++) {
        kw_heap_free(pool->ed25519[i]);
        kw_heap_free(pool->bn254[i]);
    }
    *pool = (sim_pool){0};
}
