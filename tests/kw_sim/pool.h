/* SPDX-License-Identifier: Apache-2.0
 * Operators that simulated clusters draw their members from, made once for all runs: keys of BN254
 * cost as much as a small session. */
#ifndef KW_TESTS_KW_SIM_POOL_H
#define KW_TESTS_KW_SIM_POOL_H

#include "support/peers.h"

enum {
    SIM_POOL_MAX = 320, /* numbers 0 .. SIM_POOL_MAX - 1 */
};

/* All-zero is a valid pool: operators, and behind them those that lend their keys. Peers stay where
 * they are. */
typedef struct sim_pool {
    peer *ed25519[SIM_POOL_MAX]; /* owned; NULL: not made yet */
    peer *bn254[SIM_POOL_MAX];
} sim_pool;

/* `curve` is PEER_ED25519 or KW_PEER_BN254. */
const peer *sim_pool_peer(sim_pool *pool, uint32_t number, uint8_t curve);
/* Whose key is the second one of that operator. */
const peer *sim_pool_second(sim_pool *pool, uint32_t number, uint8_t curve);
void sim_pool_drop(sim_pool *pool);

#endif /* KW_TESTS_KW_SIM_POOL_H */
