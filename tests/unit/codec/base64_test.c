/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/base64.h"

#include "support/expect.h"

static void base64__matches_rfc4648_section_10(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xff\xfe\xfd\xfb\xff", "//79+/8=", "__79-_8"},
    };
    static const kw_base64_form forms[] = {KW_BASE64_STANDARD, KW_BASE64_URL};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (size_t f = 0; f < KW_COUNT(forms); f++) {
            KW_AUTO(kw_buf) text = kw_buf_init(64);
            KW_AUTO(kw_buf) back = kw_buf_init(64);
            kw_span bytes = kw_span_of_str(kw_str_of(cases[i][0]));
            EXPECT_OK(kw_base64_encode(&text, bytes, forms[f]));
            EXPECT_STR(kw_buf_text(&text), cases[i][f + 1]);
            assert_int_equal(text.len, kw_base64_text_len(bytes.len, forms[f]));
            EXPECT_OK(kw_base64_decode(&back, kw_buf_text(&text), forms[f]));
            EXPECT_SPAN(kw_buf_view(&back), bytes);
        }
    }
}

static void base64_encode_to__writes_exactly_the_text(void **state)
{
    (void)state;
    char room[6] = "......";
    kw_base64_encode_to(room + 1, kw_span_of_str(KW_STR("fo")), KW_BASE64_STANDARD);
    assert_memory_equal(room, ".Zm8=.", sizeof room);
    memset(room, '.', sizeof room);
    kw_base64_encode_to(room + 1, kw_span_of_str(KW_STR("fo")), KW_BASE64_URL);
    assert_memory_equal(room, ".Zm8..", sizeof room);
}

static void base64_decode__has_one_spelling_per_value(void **state)
{
    (void)state;
    static const char *const standard[] = {
        "Zg", "Zg=",  "Zg===", "Zh==",  "Zm9=",  "Zm8",      "Zm 8=", "Zm8=\n", "=",
        "==", "====", "Z===",  "Zm9v=", "Zm9vZ", "Zg==Zg==", "Zm9_",  "Zm9-",   "Z\xc3\xa9==",
    };
    static const char *const url[] = {
        "Z", "Zg==", "Zh", "Zm9", "Zm8=", "Zm9v=", "Zm9+", "Zm9/", "Zm9vZ"};
    for (size_t i = 0; i < KW_COUNT(standard); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        EXPECT_STATUS(kw_base64_decode(&out, kw_str_of(standard[i]), KW_BASE64_STANDARD),
                      KW_BAD_INPUT);
        assert_int_equal(out.len, 0);
    }
    for (size_t i = 0; i < KW_COUNT(url); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        EXPECT_STATUS(kw_base64_decode(&out, kw_str_of(url[i]), KW_BASE64_URL), KW_BAD_INPUT);
        assert_int_equal(out.len, 0);
    }
}

static void base64_decode_to__wants_exactly_the_length(void **state)
{
    (void)state;
    uint8_t out[4] = {1, 2, 3, 4};
    for (size_t len = 0; len <= sizeof out; len++) {
        EXPECT_STATUS(kw_base64_decode_to((kw_mspan){out, len}, KW_STR("Zm8="), KW_BASE64_STANDARD),
                      len == 2 ? KW_OK : KW_BAD_INPUT);
    }
    EXPECT_OK(kw_base64_decode_to((kw_mspan){0}, KW_STR(""), KW_BASE64_URL));
    EXPECT_OK(kw_base64_decode_to((kw_mspan){0}, (kw_str){0}, KW_BASE64_STANDARD));
    EXPECT_STATUS(kw_base64_decode_to(KW_MSPAN(out), KW_STR("!!!!!!=="), KW_BASE64_STANDARD),
                  KW_BAD_INPUT);
    assert_int_equal(out[0] | out[1] | out[2] | out[3], 0);
}

static void base64__stops_at_the_maximum_of_the_buffer(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(3);
    EXPECT_STATUS(kw_base64_encode(&out, kw_span_of_str(KW_STR("f")), KW_BASE64_STANDARD),
                  KW_LIMIT);
    EXPECT_STATUS(kw_base64_decode(&out, KW_STR("Zm9vYg=="), KW_BASE64_STANDARD), KW_LIMIT);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64__matches_rfc4648_section_10),
        cmocka_unit_test(base64_encode_to__writes_exactly_the_text),
        cmocka_unit_test(base64_decode__has_one_spelling_per_value),
        cmocka_unit_test(base64_decode_to__wants_exactly_the_length),
        cmocka_unit_test(base64__stops_at_the_maximum_of_the_buffer),
    };
    return cmocka_run_group_tests_name("codec/base64", tests, NULL, NULL);
}
