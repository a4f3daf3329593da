/* SPDX-License-Identifier: Apache-2.0
 * A kw_rng that gives the bytes of a vector, in order. Never in a program. */
#ifndef KW_TESTS_SUPPORT_SCRIPT_RNG_H
#define KW_TESTS_SUPPORT_SCRIPT_RNG_H

#include "crypto/rng.h"

/* Answers ENTROPY_FAILURE when the bytes are used up. */
typedef struct script_rng {
    uint8_t bytes[128];
    size_t len;
    size_t at;
} script_rng;

/* Borrows `rng`. */
kw_rng script_rng_port(script_rng *rng);

/* Puts bytes behind those that are there. */
void script_rng_append(script_rng *rng, kw_span bytes);

#endif /* KW_TESTS_SUPPORT_SCRIPT_RNG_H */
