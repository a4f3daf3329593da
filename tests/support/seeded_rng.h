/* SPDX-License-Identifier: Apache-2.0
 * A kw_rng whose bytes follow from a number, so that a test replays. Never in a program. */
#ifndef KW_TESTS_SUPPORT_SEEDED_RNG_H
#define KW_TESTS_SUPPORT_SEEDED_RNG_H

#include "crypto/rng.h"

/* SHA-256(seed | counter) in counter order. After `fail_after` requests (0: never) it answers
 * ENTROPY_FAILURE. Any thread; who comes first gets which bytes then differs. */
typedef struct seeded_rng {
    uint64_t seed;
    _Atomic uint64_t counter;
    _Atomic uint64_t requests;
    uint64_t fail_after;
} seeded_rng;

/* Borrows `rng`. */
kw_rng seeded_rng_port(seeded_rng *rng);

#endif /* KW_TESTS_SUPPORT_SEEDED_RNG_H */
