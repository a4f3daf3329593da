/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/apikey.h"

#include "support/expect.h"

#include <stdio.h>

static const uint8_t id_entropy[7] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x40};
static const kw_secret32 secret_entropy = {{0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8,
                                            0xf7, 0xf6, 0xf5, 0xf4, 0xf3, 0xf2, 0xf1, 0xf0,
                                            0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08,
                                            0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00}};

/* Made with Python: base64.urlsafe_b64encode and zlib.crc32. */
static const char wanted[] = "kwk1_0123456789___79_Pv6-fj39vX08_Lx8A8ODQwLCgkIBwYFBAMCAQA_eq3PzA";

static void api_key_format__matches_an_independent_encoder(void **state)
{
    (void)state;
    KW_AUTO(kw_api_key_text) key = {{0}};
    kw_api_key_id id;
    kw_api_key_format(&key, &id, id_entropy, &secret_entropy);
    assert_string_equal(id.text, "0123456789");
    assert_string_equal(key.shown, wanted);
}

static void api_key_parse__takes_what_format_made(void **state)
{
    (void)state;
    kw_api_key_id id;
    kw_span hashed;
    EXPECT_OK(kw_api_key_parse(&id, &hashed, kw_str_of(wanted)));
    assert_string_equal(id.text, "0123456789");
    assert_ptr_equal(hashed.ptr, wanted);
    assert_int_equal(hashed.len, KW_API_KEY_HASHED_BYTES);
}

static void api_key_parse__refuses_every_other_character(void **state)
{
    (void)state;
    for (size_t at = 0; at < KW_API_KEY_BYTES; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char copy[KW_API_KEY_BYTES];
            memcpy(copy, wanted, sizeof copy);
            if (copy[at] == (char)byte) {
                continue;
            }
            copy[at] = (char)byte;
            kw_api_key_id id = {"untouched"};
            kw_span hashed = {0};
            EXPECT_STATUS(kw_api_key_parse(&id, &hashed, (kw_str){copy, sizeof copy}),
                          KW_BAD_INPUT);
            assert_string_equal(id.text, "untouched");
            assert_null(hashed.ptr);
        }
    }
}

static void api_key_parse__refuses_other_lengths(void **state)
{
    (void)state;
    char longer[KW_API_KEY_BYTES + 2];
    (void)snprintf(longer, sizeof longer, "%sA", wanted);
    for (size_t len = 0; len < sizeof longer; len++) {
        kw_api_key_id id;
        kw_span hashed;
        EXPECT_STATUS(kw_api_key_parse(&id, &hashed, (kw_str){longer, len}),
                      len == KW_API_KEY_BYTES ? KW_OK : KW_BAD_INPUT);
    }
}

static void api_key_text_drop__leaves_zeros(void **state)
{
    (void)state;
    static const kw_api_key_text zeros = {{0}};
    kw_api_key_text key;
    kw_api_key_id id;
    kw_api_key_format(&key, &id, id_entropy, &secret_entropy);
    kw_api_key_text_drop(&key);
    assert_memory_equal(&key, &zeros, sizeof key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_key_format__matches_an_independent_encoder),
        cmocka_unit_test(api_key_parse__takes_what_format_made),
        cmocka_unit_test(api_key_parse__refuses_every_other_character),
        cmocka_unit_test(api_key_parse__refuses_other_lengths),
        cmocka_unit_test(api_key_text_drop__leaves_zeros),
    };
    return cmocka_run_group_tests_name("guard/engine/apikey", tests, NULL, NULL);
}
