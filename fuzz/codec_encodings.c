/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_hex_decode, kw_base64_decode, kw_number_parse. A text that is taken is the one
 * spelling of its value. */
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_base64(kw_str text, kw_base64_form form)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) again = kw_buf_init(1 << 20);
    if (kw_base64_decode(&bytes, text, form) == KW_OK) {
        KW_ASSERT(kw_base64_encode(&again, kw_buf_view(&bytes), form) == KW_OK);
        KW_ASSERT(kw_str_equal(kw_buf_text(&again), text));
    }
}

static void check_number(kw_str text)
{
    KW_AUTO(kw_buf) again = kw_buf_init(64);
    kw_number number = {0};
    if (kw_number_parse(&number, text)) {
        KW_ASSERT(kw_buf_append_format(&again, "%s%llu", number.is_negative ? "-" : "",
                                       (unsigned long long)number.magnitude) == KW_OK);
        KW_ASSERT(kw_str_equal(kw_buf_text(&again), text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) again = kw_buf_init(1 << 20);
    check_base64(text, KW_BASE64_STANDARD);
    check_base64(text, KW_BASE64_URL);
    check_number(text);
    if (kw_hex_decode(&bytes, text) == KW_OK) {
        KW_ASSERT(kw_hex_encode(&again, kw_buf_view(&bytes)) == KW_OK);
        KW_ASSERT(kw_str_equal(kw_buf_text(&again), text));
    }
    return 0;
}
