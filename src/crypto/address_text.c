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
    kw_address read = {0};
    kw_str digits = {text.ptr + PREFIX.len, text.len - PREFIX.len};
    KW_TRY(kw_hex_decode_to(KW_MSPAN(read.bytes), digits));
    *out = read;
    return KW_OK;
}

void kw_address_write(char out[KW_ADDRESS_TEXT_BYTES], const kw_address *address)
{
    memcpy(out, PREFIX.ptr, PREFIX.len);
    kw_hex_encode_to(out + PREFIX.len, KW_SPAN(address->bytes));
    out[KW_ADDRESS_TEXT_BYTES - 1] = '\0';
}

kw_status kw_address_print(kw_buf *out, const kw_address *address)
{
    char text[KW_ADDRESS_TEXT_BYTES];
    kw_address_write(text, address);
    return kw_buf_append_str(out, kw_str_of(text));
}
