/* SPDX-License-Identifier: Apache-2.0
 * Agreements of 1 to 16 members in bad weather, with crashes and faulty members. Each run has its
 * own seed: KW_TEST_SEED with the seed of a failed run begins with that run. KW_TEST_RUNS sets how
 * many there are. */
#include "support/agreement_world.h"
#include "support/expect.h"

#include <stdlib.h>

enum {
    RUNS = 1500
};

static uint64_t runs_wanted(void)
{
    const char *given = getenv("KW_TEST_RUNS");
    return given == NULL ? RUNS : strtoull(given, NULL, 10);
}

static void run_worlds(const char *name, bool is_handover)
{
    random_source seeds = random_new(name);
    uint64_t first = seeds.state;
    uint32_t views_max = 0;
    uint64_t runs = runs_wanted();
    for (uint64_t seed = first; seed < first + runs; seed++) {
        uint16_t n = (uint16_t)(1 + seed % AGREEMENT_WORLD_MEMBERS_MAX);
        agreement_world_options options = {.n = n, .is_handover = is_handover};
        uint32_t views = 0;
        const char *violation = agreement_world_run(&options, seed, &views);
        if (violation != NULL) {
            print_error("KW_TEST_SEED=%llu, n = %u: %s\n", (unsigned long long)seed, n, violation);
            fail();
        }
        views_max = KW_MAX(views_max, views);
    }
    print_message("%s: %llu runs, last view %u\n", name, (unsigned long long)runs, views_max);
}

static void dealer_set__is_one_for_all(void **state)
{
    (void)state;
    run_worlds("dealer set", false);
}

static void handover__is_one_for_all(void **state)
{
    (void)state;
    run_worlds("handover", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealer_set__is_one_for_all),
        cmocka_unit_test(handover__is_one_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
