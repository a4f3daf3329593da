/* SPDX-License-Identifier: Apache-2.0
 * The random generator of a program that is no daemon: noise sources of the machine, and the
 * generator over them. */
#ifndef KW_CLIENT_RANDOMNESS_H
#define KW_CLIENT_RANDOMNESS_H

#include "crypto/drbg.h"

/* All-zero is none. It may move: what points into it is on the heap. */
typedef struct kw_client_randomness {
    kw_machine_entropy *entropy;
    kw_drbg *drbg;
} kw_client_randomness;

/* `out` is empty before. ENTROPY_FAILURE, NO_MEMORY. */
KW_MUST_USE kw_status kw_client_randomness_open(kw_client_randomness *out, kw_error *err);
void kw_client_randomness_drop(kw_client_randomness *randomness); /* wipes; may run twice */

/* The port; it lives as long as the generator. */
kw_rng kw_client_randomness_rng(const kw_client_randomness *randomness);

#endif /* KW_CLIENT_RANDOMNESS_H */
