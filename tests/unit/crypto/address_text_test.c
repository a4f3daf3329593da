/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/address_text.h"

#include "support/expect.h"

static void address_parse__reads_what_print_writes(void **state)
{
    (void)state;
    kw_address address = {{0x00, 0x01, 0xab, 0xff}};
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_address_print(&text, &address));
    assert_true(
        kw_str_equal(kw_buf_text(&text), KW_STR("0x0001abff00000000000000000000000000000000")));
    char written[KW_ADDRESS_TEXT_BYTES];
    kw_address_write(written, &address);
    assert_true(kw_str_equal(kw_buf_text(&text), kw_str_of(written)));
    kw_address read;
    EXPECT_OK(kw_address_parse(&read, kw_buf_text(&text)));
    assert_true(kw_address_equal(&read, &address));
}

static void address_parse__refuses_other_spellings(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "0x",
        "0001abff00000000000000000000000000000000",
        "0X0001abff00000000000000000000000000000000",
        "0x0001aBff00000000000000000000000000000000",
        "0x0001abff0000000000000000000000000000000",
        "0x0001abff000000000000000000000000000000000",
        "0x0001abff0000000000000000000000000000000g",
        " 0x0001abff0000000000000000000000000000000",
    };
    kw_address address = {{7}};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_address_parse(&address, kw_str_of(bad[i])), KW_BAD_INPUT);
    }
    assert_int_equal(address.bytes[0], 7);
}

static void address_print__needs_room(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(41);
    EXPECT_STATUS(kw_address_print(&text, &(kw_address){{0}}), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_parse__reads_what_print_writes),
        cmocka_unit_test(address_parse__refuses_other_spellings),
        cmocka_unit_test(address_print__needs_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
