/* SPDX-License-Identifier: Apache-2.0
 * A random generator for one program. */
#include "client/randomness.h"

kw_status kw_client_randomness_open(kw_client_randomness *out, kw_error *err)
{
    KW_AUTO(kw_client_randomness) made = {0};
    kw_entropy_source sources[KW_ENTROPY_SOURCES_MAX];
    KW_TRY_AT(err, kw_machine_entropy_new(&made.entropy), "opening the noise sources");
    kw_drbg_options options = {.sources = sources,
                               .count = kw_machine_entropy_sources(made.entropy, sources),
                               .clock = kw_clock_monotonic()};
    KW_TRY_AT(err, kw_drbg_new(&made.drbg, &options, err), "seeding the random generator");
    *out = made;
    made = (kw_client_randomness){0};
    return KW_OK;
}

void kw_client_randomness_drop(kw_client_randomness *randomness)
{
    kw_drbg_free(randomness->drbg);
    kw_machine_entropy_free(randomness->entropy);
    *randomness = (kw_client_randomness){0};
}

kw_rng kw_client_randomness_rng(const kw_client_randomness *randomness)
{
    return kw_drbg_rng(randomness->drbg);
}
