/* SPDX-License-Identifier: Apache-2.0 */
#include "os/jitter.h"

#include "base/heap.h"
#include "support/expect.h"

/* H = 0.5 claims that no value is likelier than 2^-0.5 = 71 %. */
static void sample__has_no_value_above_its_claim(void **state)
{
    (void)state;
    static uint8_t samples[16384];
    unsigned counts[256] = {0};
    KW_AUTO_PTR(kw_jitter) jitter = kw_jitter_new();
    assert_non_null(jitter);
    EXPECT_OK(kw_jitter_sample(jitter, KW_MSPAN(samples)));
    for (size_t i = 0; i < sizeof samples; i++) {
        counts[samples[i]]++;
    }
    for (size_t value = 0; value < KW_COUNT(counts); value++) {
        assert_true(counts[value] < sizeof samples * 71 / 100);
    }
}

static void new__reports_missing_memory(void **state)
{
    (void)state;
    kw_heap_fail_at(1);
    assert_null(kw_jitter_new());
    kw_jitter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample__has_no_value_above_its_claim),
        cmocka_unit_test(new__reports_missing_memory),
    };
    return cmocka_run_group_tests_name("os/jitter", tests, NULL, NULL);
}
