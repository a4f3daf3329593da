/* SPDX-License-Identifier: Apache-2.0
 * SplitMix64 (S. Vigna, public domain algorithm). */
#include "support/random_source.h"

#include "os/clock.h"
#include "os/env.h"
#include "support/expect.h"

random_source random_new(const char *name)
{
    uint64_t seed = kw_monotonic_ns();
    const char *given = kw_env_get("KW_TEST_SEED");
    if (given != NULL) {
        assert_true(kw_str_to_u64(kw_str_of(given), UINT64_MAX, &seed));
    }
    print_message("%s: KW_TEST_SEED=%llu\n", name, (unsigned long long)seed);
    return (random_source){seed};
}

random_source random_fixed(const char *name)
{
    bool is_new = kw_env_get("KW_SOAK") != NULL || kw_env_get("KW_TEST_SEED") != NULL;
    return is_new ? random_new(name) : (random_source){1};
}

uint64_t random_u64(random_source *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t random_below(random_source *random, uint64_t bound)
{
    return random_u64(random) % bound;
}
