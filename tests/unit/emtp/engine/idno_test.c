/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/idno.h"

#include "support/expect.h"

/* Ends of one number, joined by commas. */
static void expect_ends(const char *text, kw_emtp_profile profile, const char *wanted)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_str number = kw_str_of(text);
    kw_strs ends = {0};
    EXPECT_OK(kw_emtp_idnos_read(&arena, &ends, (kw_strs){&number, 1}, profile));
    KW_AUTO(kw_buf) joined = kw_buf_init(4096);
    for (size_t i = 0; i < ends.count; i++) {
        EXPECT_OK(kw_buf_append_str(&joined, i == 0 ? KW_STR("") : KW_STR(",")));
        EXPECT_OK(kw_buf_append_str(&joined, ends.items[i]));
    }
    EXPECT_STR(kw_buf_text(&joined), wanted);
}

static void idnos_read__gives_ends_of_runs_and_chains(void **state)
{
    (void)state;
    expect_ends("SSN 123-45-6789", KW_EMTP_V1, "456789,56789,6789");
    expect_ends("1234-5678", KW_EMTP_V1, "1234,345678,45678,5678");
    expect_ends("12345", KW_EMTP_V1, "12345,2345");
    expect_ends("12.34 56-78", KW_EMTP_V1, "345678,45678,5678");
    expect_ends("12-34-", KW_EMTP_V1, "1234");
    expect_ends("0001234567890123", KW_EMTP_V1, "0123,890123,90123");
}

static void idnos_read__joins_over_one_separator_only(void **state)
{
    (void)state;
    expect_ends("123", KW_EMTP_V1, "");
    expect_ends("1--2345", KW_EMTP_V1, "2345");
    expect_ends("1234 - 5678", KW_EMTP_V1, "1234,5678");
    expect_ends("A1B2C3D4", KW_EMTP_V1, "");
    expect_ends("12\u00b734", KW_EMTP_V1, "");
    expect_ends("1234/5", KW_EMTP_V1, "1234");
    expect_ends("", KW_EMTP_V1, "");
}

static void idnos_read__knows_runs_alone_in_v1_ref(void **state)
{
    (void)state;
    expect_ends("SSN 123-45-6789", KW_EMTP_V1_REF, "6789");
    expect_ends("1234-5678", KW_EMTP_V1_REF, "1234,5678");
}

static void idnos_read__gives_each_end_of_all_numbers_once(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_str numbers[] = {KW_STR("99991234"), KW_STR("1234"), KW_STR("1234")};
    kw_strs ends = {0};
    EXPECT_OK(kw_emtp_idnos_read(&arena, &ends, (kw_strs){numbers, 3}, KW_EMTP_V1));
    assert_int_equal(ends.count, 3);
    EXPECT_STR(ends.items[0], "1234");
    EXPECT_STR(ends.items[1], "91234");
    EXPECT_STR(ends.items[2], "991234");
    EXPECT_OK(kw_emtp_idnos_read(&arena, &ends, (kw_strs){0}, KW_EMTP_V1));
    assert_int_equal(ends.count, 0);
    KW_AUTO(kw_arena) full = kw_arena_init(64);
    EXPECT_STATUS(kw_emtp_idnos_read(&full, &ends, (kw_strs){numbers, 3}, KW_EMTP_V1), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idnos_read__gives_ends_of_runs_and_chains),
        cmocka_unit_test(idnos_read__joins_over_one_separator_only),
        cmocka_unit_test(idnos_read__knows_runs_alone_in_v1_ref),
        cmocka_unit_test(idnos_read__gives_each_end_of_all_numbers_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
