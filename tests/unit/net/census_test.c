/* SPDX-License-Identifier: Apache-2.0
 * Counting connections. */
#include "net/census.h"

#include "base/heap.h"
#include "support/expect.h"

static kw_endpoint v4_of(uint32_t network, uint8_t host)
{
    kw_endpoint a = {.bytes = {[10] = 0xff, [11] = 0xff}};
    a.bytes[12] = (uint8_t)(network >> 16);
    a.bytes[13] = (uint8_t)(network >> 8);
    a.bytes[14] = (uint8_t)network;
    a.bytes[15] = host;
    return a;
}

static void enter__stops_at_both_limits(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_census) census = NULL;
    EXPECT_OK(kw_census_new(&census, 5, 2));
    kw_endpoint a1 = v4_of(1, 1);
    kw_endpoint a2 = v4_of(1, 200);
    EXPECT_OK(kw_census_enter(census, &a1));
    EXPECT_OK(kw_census_enter(census, &a2));
    EXPECT_STATUS(kw_census_enter(census, &a1), KW_BUSY);
    kw_endpoint others[] = {v4_of(2, 1), v4_of(3, 1), v4_of(4, 1), v4_of(5, 1)};
    EXPECT_OK(kw_census_enter(census, &others[0]));
    EXPECT_OK(kw_census_enter(census, &others[1]));
    EXPECT_OK(kw_census_enter(census, &others[2]));
    EXPECT_STATUS(kw_census_enter(census, &others[3]), KW_BUSY);
    kw_census_leave(census, &a2);
    EXPECT_OK(kw_census_enter(census, &others[3]));
    EXPECT_STATUS(kw_census_enter(census, &a2), KW_BUSY);
}

/* Random coming and going beside a plain array of counts. */
static void leave__keeps_the_table_right(void **state)
{
    (void)state;
    enum {
        NETWORKS = 64,
        TOTAL = 200,
        EACH = 5
    };
    KW_AUTO_PTR(kw_census) census = NULL;
    EXPECT_OK(kw_census_new(&census, TOTAL, EACH));
    unsigned counts[NETWORKS] = {0};
    unsigned total = 0;
    uint64_t seed = 12345;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        unsigned n = (unsigned)(seed >> 40) % NETWORKS;
        kw_endpoint address = v4_of(n * 7919, (uint8_t)(seed >> 33));
        if ((seed >> 60) < 8) {
            bool fits = counts[n] < EACH && total < TOTAL;
            EXPECT_STATUS(kw_census_enter(census, &address), fits ? KW_OK : KW_BUSY);
            counts[n] += fits;
            total += fits;
        } else if (counts[n] > 0) {
            kw_census_leave(census, &address);
            counts[n]--;
            total--;
        }
    }
}

static void new__reports_missing_memory(void **state)
{
    (void)state;
    kw_census *census = NULL;
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_census_new(&census, 5, 2), KW_NO_MEMORY);
    assert_null(census);
    kw_census_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enter__stops_at_both_limits),
        cmocka_unit_test(leave__keeps_the_table_right),
        cmocka_unit_test(new__reports_missing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
