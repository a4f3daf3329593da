/* SPDX-License-Identifier: Apache-2.0
 * Agreements of 1 to 16 members in bad weather, with crashes and faulty members. Each run has its
 * own seed: KW_TEST_SEED with the seed of a failed run begins with that run. KW_TEST_RUNS sets how
 * many there are; KW_SOAK: many. */
#include "support/agreement_world.h"
#include "support/expect.h"

#include <stdlib.h>

enum {
    RUNS = 1500,
    SOAK_RUNS = 50000,
};

static uint64_t runs_wanted(void)
{
    const char *given = getenv("KW_TEST_RUNS");
    if (given != NULL) {
        return strtoull(given, NULL, 10);
    }
    return getenv("KW_SOAK") == NULL ? RUNS : SOAK_RUNS;
}

/* Runs worlds of the sizes from `options.n` to `n_max` in turn. */
static void run_worlds(const char *name, agreement_world_options options, uint16_t n_max)
{
    random_source seeds = random_new(name);
    uint64_t first = seeds.state;
    uint32_t views_max = 0;
    uint64_t runs = runs_wanted();
    uint16_t n_min = options.n;
    for (uint64_t seed = first; seed < first + runs; seed++) {
        options.n = (uint16_t)(n_min + seed % (n_max - n_min + 1U));
        uint32_t views = 0;
        const char *violation = agreement_world_run(&options, seed, &views);
        if (violation != NULL) {
            print_error("KW_TEST_SEED=%llu, n = %u: %s\n", (unsigned long long)seed, options.n,
                        violation);
            fail();
        }
        views_max = KW_MAX(views_max, views);
    }
    print_message("%s: %llu runs, last view %u\n", name, (unsigned long long)runs, views_max);
}

static void dealer_set__is_one_for_all(void **state)
{
    (void)state;
    run_worlds("dealer set", (agreement_world_options){.n = 1}, AGREEMENT_WORLD_MEMBERS_MAX);
}

static void handover__is_one_for_all(void **state)
{
    (void)state;
    run_worlds("handover", (agreement_world_options){.n = 1, .is_handover = true},
               AGREEMENT_WORLD_MEMBERS_MAX);
}

static void lock__holds_against_accomplices(void **state)
{
    (void)state;
    run_worlds("hunt", (agreement_world_options){.n = 4, .is_handover = true, .is_hunt = true}, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealer_set__is_one_for_all),
        cmocka_unit_test(handover__is_one_for_all),
        cmocka_unit_test(lock__holds_against_accomplices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
