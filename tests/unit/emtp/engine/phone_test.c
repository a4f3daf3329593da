/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/phone.h"

#include "support/expect.h"

typedef struct phone_case {
    const char *text;
    const char *e164;
    const char *national;
    const char *last10;
} phone_case;

static void expect_phones(const phone_case *cases, size_t count, const kw_emtp_options *options)
{
    for (size_t i = 0; i < count; i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_emtp_phone phone = {0};
        EXPECT_OK(kw_emtp_phone_read(&arena, &phone, kw_str_of(cases[i].text), options));
        EXPECT_STR(phone.e164, cases[i].e164);
        EXPECT_STR(phone.national, cases[i].national);
        EXPECT_STR(phone.last10, cases[i].last10);
    }
}

static void phone_read__knows_us_and_international_numbers(void **state)
{
    (void)state;
    static const phone_case cases[] = {
        {"(212) 555-0100", "+12125550100", "2125550100", "2125550100"},
        {"+1-212-555-0100", "+12125550100", "2125550100", "2125550100"},
        {"1 212 555 0100", "+12125550100", "2125550100", "2125550100"},
        {"+44 20 7946 0958", "+442079460958", "2079460958", "2079460958"},
        {"0044 20 7946 0958", "+442079460958", "2079460958", "2079460958"},
        {"+49 30 123456", "+4930123456", "30123456", "4930123456"},
        {"+7 495 123 45 67", "+74951234567", "4951234567", "4951234567"},
        {"+44 (0)20 7946 0958", "+4402079460958", "02079460958", "2079460958"},
        {"tel:+353 1 234 5678", "+35312345678", "12345678", "5312345678"},
    };
    expect_phones(cases, KW_COUNT(cases), &(kw_emtp_options){0});
}

static void phone_read__invents_no_number(void **state)
{
    (void)state;
    static const phone_case cases[] = {
        {"5550100", "", "5550100", ""},
        {"911", "", "", ""},
        {"", "", "", ""},
        {"+", "", "", ""},
        {"+91", "", "", ""},
        {"0123", "", "0123", ""},
        {"+0 12345678", "", "012345678", ""},
        {"000 5550100", "", "0005550100", "0005550100"},
        {"00", "", "", ""},
        {"+999123456789012345", "", "123456789012345", "6789012345"},
        {"+1234567", "", "234567", ""},
        {"\u0662\u0661\u0662", "", "", ""},
        {"22125550100", "", "22125550100", "2125550100"},
        {"1+2125550100", "+12125550100", "2125550100", "2125550100"},
    };
    expect_phones(cases, KW_COUNT(cases), &(kw_emtp_options){0});
}

static void phone_read__cuts_an_extension_once(void **state)
{
    (void)state;
    static const phone_case cases[] = {
        {"212-555-0100 x123", "+12125550100", "2125550100", "2125550100"},
        {"212-555-0100 ext. 9  ", "+12125550100", "2125550100", "2125550100"},
        {"2125550100#12", "+12125550100", "2125550100", "2125550100"},
        {"5550100EXT.: 44", "", "5550100", ""},
        {"55-01 x123456", "+15501123456", "5501123456", "5501123456"},
        {"2125550100 x1234567", "", "21255501001234567", "1001234567"},
        {"2125550100 x", "+12125550100", "2125550100", "2125550100"},
        {"2125550100 x1 x2", "", "21255501001", "1255501001"},
        {"2125550100 x1\t", "", "21255501001", "1255501001"},
    };
    expect_phones(cases, KW_COUNT(cases), &(kw_emtp_options){0});
}

static void phone_read__completes_us_numbers_at_home_only(void **state)
{
    (void)state;
    static const phone_case cases[] = {
        {"55-01 x123456", "", "5501123456", "5501123456"},
        {"(212) 555-0100", "", "2125550100", "2125550100"},
        {"12125550100", "", "12125550100", "2125550100"},
        {"+1 212 555 0100", "+12125550100", "2125550100", "2125550100"},
    };
    expect_phones(cases, KW_COUNT(cases), &(kw_emtp_options){.phones_not_from_us = true});
}

static void phone_read__follows_the_reference_in_v1_ref(void **state)
{
    (void)state;
    static const phone_case cases[] = {
        {"+49 30 123456", "+14930123456", "4930123456", "4930123456"},
        {"0044 20 7946 0958", "+00442079460958", "00442079460958", "2079460958"},
        {"12125550100", "+12125550100", "2125550100", "2125550100"},
        {"911", "911", "911", ""},
        {"ext", "", "", ""},
        {"2125550100 x1", "+21255501001", "21255501001", "1255501001"},
    };
    expect_phones(cases, KW_COUNT(cases), &(kw_emtp_options){.profile = KW_EMTP_V1_REF});
}

static void phone_read__reports_a_full_arena(void **state)
{
    (void)state;
    kw_emtp_phone phone = {0};
    KW_AUTO(kw_arena) none = kw_arena_init(8);
    EXPECT_STATUS(
        kw_emtp_phone_read(&none, &phone, KW_STR("+1 212 555 0100"), &(kw_emtp_options){0}),
        KW_LIMIT);
    KW_AUTO(kw_arena) one_line = kw_arena_init(16);
    EXPECT_STATUS(
        kw_emtp_phone_read(&one_line, &phone, KW_STR("+1 212 555 0100"), &(kw_emtp_options){0}),
        KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_read__knows_us_and_international_numbers),
        cmocka_unit_test(phone_read__invents_no_number),
        cmocka_unit_test(phone_read__cuts_an_extension_once),
        cmocka_unit_test(phone_read__completes_us_numbers_at_home_only),
        cmocka_unit_test(phone_read__follows_the_reference_in_v1_ref),
        cmocka_unit_test(phone_read__reports_a_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
