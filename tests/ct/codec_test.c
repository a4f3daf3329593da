/* SPDX-License-Identifier: Apache-2.0
 * Texts of bytes that may be secret: hexadecimal and base64, both ways, everything poisoned. */
#include "codec/base64.h"
#include "codec/hex.h"
#include "support/ct.h"
#include "support/expect.h"

static const uint8_t wanted[] = {0x00, 0x9f, 0xa0, 0xff, 0x7e, 0x5b, 0x10, 0xc3, 0x3e, 0xf4};

static void hex__has_no_table(void **state)
{
    (void)state;
    uint8_t bytes[sizeof wanted];
    uint8_t back[sizeof wanted];
    char text[2 * sizeof wanted];
    memcpy(bytes, wanted, sizeof bytes);
    KW_POISON(bytes, sizeof bytes);
    kw_hex_encode_to(text, KW_SPAN(bytes));
    EXPECT_OK(kw_hex_decode_to(KW_MSPAN(back), (kw_str){text, sizeof text}));
    KW_UNPOISON(back, sizeof back);
    assert_memory_equal(back, wanted, sizeof back);
    text[3] = 'F';
    KW_POISON(text, sizeof text);
    EXPECT_STATUS(kw_hex_decode_to(KW_MSPAN(back), (kw_str){text, sizeof text}), KW_BAD_INPUT);
}

static void expect_base64(kw_base64_form form)
{
    uint8_t bytes[sizeof wanted];
    uint8_t back[sizeof wanted];
    char text[24];
    memcpy(bytes, wanted, sizeof bytes);
    KW_POISON(bytes, sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        kw_str whole = {text, kw_base64_text_len(len, form)};
        kw_base64_encode_to(text, (kw_span){bytes, len}, form);
        KW_POISON(text, sizeof text); /* the padding too */
        EXPECT_OK(kw_base64_decode_to((kw_mspan){back, len}, whole, form));
        KW_UNPOISON(back, sizeof back);
        EXPECT_SPAN(((kw_span){back, len}), ((kw_span){wanted, len}));
    }
    text[0] = '?';
    KW_POISON(text, sizeof text);
    kw_str whole = {text, kw_base64_text_len(sizeof back, form)};
    EXPECT_STATUS(kw_base64_decode_to(KW_MSPAN(back), whole, form), KW_BAD_INPUT);
}

static void base64__has_no_table(void **state)
{
    (void)state;
    expect_base64(KW_BASE64_STANDARD);
    expect_base64(KW_BASE64_URL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex__has_no_table),
        cmocka_unit_test(base64__has_no_table),
    };
    return cmocka_run_group_tests_name("ct/codec", tests, NULL, NULL);
}
