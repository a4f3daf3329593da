/* SPDX-License-Identifier: Apache-2.0
 * Random numbers for property tests: the seed is printed, and KW_TEST_SEED replays it. */
#ifndef KW_TESTS_SUPPORT_RANDOM_SOURCE_H
#define KW_TESTS_SUPPORT_RANDOM_SOURCE_H

#include <stdint.h>

typedef struct random_source {
    uint64_t state;
} random_source;

/* Seeds from KW_TEST_SEED, else from the clock, and prints the seed under `name`. */
random_source random_new(const char *name);

/* The same seed each time, for what takes long to look into: changes with the code only. Under
 * KW_SOAK or KW_TEST_SEED as random_new. */
random_source random_fixed(const char *name);

uint64_t random_u64(random_source *random);

/* 0 .. bound - 1; bound > 0. Slightly uneven for huge bounds. */
uint64_t random_below(random_source *random, uint64_t bound);

#endif /* KW_TESTS_SUPPORT_RANDOM_SOURCE_H */
