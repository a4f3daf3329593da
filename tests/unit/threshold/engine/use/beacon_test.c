/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/beacon.h"

#include "support/expect.h"
#include "support/hexed.h"

static const kw_beacon_schedule schedule = {.start_s = 1000, .period_s = 30};

static void message__is_cluster_then_round(void **state)
{
    (void)state;
    kw_hash32 cluster;
    memset(cluster.bytes, 0xab, sizeof cluster.bytes);
    kw_beacon_message message = kw_beacon_message_of(&cluster, 0x0102030405060708);
    expect_hexed(KW_SPAN(message.bytes),
                 "abababababababababababababababababababababababababababababababab"
                 "0102030405060708");
}

static void due__counts_periods_from_the_start(void **state)
{
    (void)state;
    uint64_t due = 0;
    EXPECT_OK(kw_beacon_due(&due, &schedule, 0));
    assert_int_equal(due, 1000);
    EXPECT_OK(kw_beacon_due(&due, &schedule, 7));
    assert_int_equal(due, 1210);
}

static void due__refuses_the_end_of_time(void **state)
{
    (void)state;
    uint64_t due = 5;
    EXPECT_STATUS(kw_beacon_due(&due, &schedule, UINT64_MAX), KW_RANGE);
    EXPECT_STATUS(kw_beacon_due(&due, &schedule, UINT64_MAX / 30), KW_RANGE);
    kw_beacon_schedule still = {.start_s = 1000};
    EXPECT_STATUS(kw_beacon_due(&due, &still, 0), KW_RANGE);
    assert_int_equal(due, 5);
    assert_false(kw_beacon_is_due(&schedule, UINT64_MAX, UINT64_MAX));
}

static void is_due__has_two_seconds_of_tolerance(void **state)
{
    (void)state;
    assert_true(kw_beacon_is_due(&schedule, 7, 1210));
    assert_true(kw_beacon_is_due(&schedule, 7, 1208));
    assert_true(kw_beacon_is_due(&schedule, 7, UINT64_MAX));
    assert_false(kw_beacon_is_due(&schedule, 7, 1207));
    assert_false(kw_beacon_is_due(&schedule, 8, 1210));
    assert_false(kw_beacon_is_due(&schedule, 0, 0));
}

static void newest__is_the_last_that_is_due(void **state)
{
    (void)state;
    uint64_t round = 99;
    EXPECT_OK(kw_beacon_newest(&round, &schedule, 1000));
    assert_int_equal(round, 0);
    EXPECT_OK(kw_beacon_newest(&round, &schedule, 1029));
    assert_int_equal(round, 0);
    EXPECT_OK(kw_beacon_newest(&round, &schedule, 1030));
    assert_int_equal(round, 1);
}

static void newest__needs_a_start_and_a_period(void **state)
{
    (void)state;
    uint64_t round = 99;
    kw_beacon_schedule still = {.start_s = 1000};
    EXPECT_STATUS(kw_beacon_newest(&round, &schedule, 999), KW_NOT_FOUND);
    EXPECT_STATUS(kw_beacon_newest(&round, &still, 2000), KW_RANGE);
    assert_int_equal(round, 99);
}

/* Made with Python's hashlib: sha256(bytes(48)). */
static void value__is_the_hash_of_the_signature(void **state)
{
    (void)state;
    static const uint8_t signature[48];
    kw_hash32 value;
    EXPECT_OK(kw_beacon_value(&value, KW_SPAN(signature)));
    expect_hexed(KW_SPAN(value.bytes),
                 "17b0761f87b081d5cf10757ccc89f12be355c70e2e29df288b65b30710dcbcd1");
    EXPECT_STATUS(kw_beacon_value(&value, (kw_span){signature, 47}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_beacon_value(&value, (kw_span){0}), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message__is_cluster_then_round),
        cmocka_unit_test(due__counts_periods_from_the_start),
        cmocka_unit_test(due__refuses_the_end_of_time),
        cmocka_unit_test(is_due__has_two_seconds_of_tolerance),
        cmocka_unit_test(newest__is_the_last_that_is_due),
        cmocka_unit_test(newest__needs_a_start_and_a_period),
        cmocka_unit_test(value__is_the_hash_of_the_signature),
    };
    return cmocka_run_group_tests_name("threshold/beacon", tests, NULL, NULL);
}
