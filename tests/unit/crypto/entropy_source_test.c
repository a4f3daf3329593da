/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/entropy_source.h"

#include "base/heap.h"
#include "crypto/drbg.h"
#include "support/expect.h"

static void machine_entropy__has_two_live_sources_at_least(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_machine_entropy) entropy = NULL;
    EXPECT_OK(kw_machine_entropy_new(&entropy));
    kw_entropy_source sources[KW_ENTROPY_SOURCES_MAX];
    size_t count = kw_machine_entropy_sources(entropy, sources);
    assert_true(count <= KW_ENTROPY_SOURCES_MAX);
    size_t live = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t samples[64];
        kw_status st = sources[i].sample(sources[i].ctx, KW_MSPAN(samples));
        assert_true(st == KW_OK || st == KW_UNAVAILABLE);
        live += st == KW_OK ? 1 : 0;
    }
    assert_true(live >= KW_DRBG_SOURCES_MIN);
}

static void machine_entropy__seeds_the_generator(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_machine_entropy) entropy = NULL;
    EXPECT_OK(kw_machine_entropy_new(&entropy));
    kw_entropy_source sources[KW_ENTROPY_SOURCES_MAX];
    const kw_drbg_options options = {.sources = sources,
                                     .count = kw_machine_entropy_sources(entropy, sources),
                                     .clock = kw_clock_monotonic()};
    kw_error err = {0};
    KW_AUTO_PTR(kw_drbg) drbg = NULL;
    EXPECT_OK(kw_drbg_new(&drbg, &options, &err));
    kw_rng rng = kw_drbg_rng(drbg);
    KW_AUTO(kw_secret32) first = {0};
    KW_AUTO(kw_secret32) second = {0};
    EXPECT_OK(kw_rng_secret32(&rng, &first));
    EXPECT_OK(kw_drbg_test(drbg, &err));
    EXPECT_OK(kw_rng_secret32(&rng, &second));
    assert_true(kw_secret32_equal(&first, &second) == 0);
}

static void machine_entropy_new__reports_missing_memory(void **state)
{
    (void)state;
    kw_machine_entropy *entropy = NULL;
    for (uint64_t nth = 1; nth <= 2; nth++) {
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_machine_entropy_new(&entropy), KW_NO_MEMORY);
        assert_null(entropy);
    }
    kw_heap_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machine_entropy__has_two_live_sources_at_least),
        cmocka_unit_test(machine_entropy__seeds_the_generator),
        cmocka_unit_test(machine_entropy_new__reports_missing_memory),
    };
    return cmocka_run_group_tests_name("crypto/entropy_source", tests, NULL, NULL);
}
