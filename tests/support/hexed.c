/* SPDX-License-Identifier: Apache-2.0
 * Typed-in vectors. */
#include "support/hexed.h"

#include "codec/hex.h"
#include "support/expect.h"

hexed hexed_of(const char *text)
{
    hexed value = {.len = strlen(text) / 2};
    assert_true(value.len <= sizeof value.bytes);
    EXPECT_OK(kw_hex_decode_to((kw_mspan){value.bytes, value.len}, kw_str_of(text)));
    return value;
}

void expect_hexed(kw_span got, const char *text)
{
    hexed wanted = hexed_of(text);
    EXPECT_SPAN(got, hexed_view(&wanted));
}
