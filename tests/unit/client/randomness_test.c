/* SPDX-License-Identifier: Apache-2.0 */
#include "client/randomness.h"

#include "base/heap.h"
#include "support/expect.h"

static void open__gives_bytes_that_differ(void **state)
{
    (void)state;
    KW_AUTO(kw_client_randomness) randomness = {0};
    EXPECT_OK(kw_client_randomness_open(&randomness, NULL));
    kw_client_randomness moved = randomness;
    randomness = (kw_client_randomness){0};
    kw_rng rng = kw_client_randomness_rng(&moved);
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(a)));
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(b)));
    assert_memory_not_equal(a, b, sizeof a);
    kw_client_randomness_drop(&moved);
    kw_client_randomness_drop(&moved);
}

static void open__leaves_nothing_without_memory(void **state)
{
    (void)state;
    kw_status st = KW_NO_MEMORY;
    for (size_t k = 1; k < 20 && st != KW_OK; k++) {
        KW_AUTO(kw_client_randomness) randomness = {0};
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_client_randomness_open(&randomness, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
            assert_int_equal(err.status, st);
            assert_null(randomness.drbg);
            assert_null(randomness.entropy);
        } else {
            assert_in_range(k, 2, 19);
        }
    }
    EXPECT_OK(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__gives_bytes_that_differ),
        cmocka_unit_test(open__leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests_name("client/randomness", tests, NULL, NULL);
}
