/* SPDX-License-Identifier: Apache-2.0
 * A generator that repeats itself: SHA-256 over seed and counter. */
#ifndef KW_TESTS_SUPPORT_SEEDED_RNG_H
#define KW_TESTS_SUPPORT_SEEDED_RNG_H

#include "crypto/rng.h"
#include "os/thread.h"

typedef struct seeded_rng {
    kw_mutex mutex;
    uint64_t seed;
    uint64_t counter;
    uint64_t fail_at; /* the n-th fill from now fails with ENTROPY_FAILURE, once; 0: none */
} seeded_rng;

/* The port over `rng`, which outlives it. */
kw_rng seeded_rng_port(seeded_rng *rng);

#endif /* KW_TESTS_SUPPORT_SEEDED_RNG_H */
