/* SPDX-License-Identifier: Apache-2.0
 * Addresses as text. */
#include "crypto/address_text.h"

#include "codec/hex.h"

#define PREFIX KW_STR("0x")

kw_status kw_address_parse(kw_address *out, kw_str text)
{
    if (!kw_str_starts_with(text, PREFIX)) {
        return KW_BAD_INPUT;
    }
    kw_address read;
    kw_str digits = {text.ptr + PREFIX.len, text.len - PREFIX.len};
    KW_TRY(kw_hex_decode_to(KW_MSPAN(read.bytes), digits));
    *out = read;
    return KW_OK;
}

kw_status kw_address_print(kw_buf *out, const kw_address *address)
{
    KW_TRY(kw_buf_append_str(out, PREFIX));
    return kw_hex_encode(out, KW_SPAN(address->bytes));
}
