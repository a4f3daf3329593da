/* SPDX-License-Identifier: Apache-2.0
 * Text form of API keys. The secret part passes through here: no table, no branch on its bytes. */
#include "guard/engine/apikey.h"

#include "base/ct.h"
#include "codec/base64.h"
#include "crypto/crc32.h"

static const char prefix[] = "kwk1_";
static const char id_alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

enum {
    PREFIX_BYTES = sizeof prefix - 1,
    SECRET_AT = PREFIX_BYTES + KW_API_KEY_ID_BYTES + 1,
    CHECK_AT = KW_API_KEY_HASHED_BYTES + 1,
    CHECK_BYTES = 6,
};
_Static_assert(CHECK_AT + CHECK_BYTES == KW_API_KEY_BYTES, "layout of the header comment");

void kw_api_key_text_drop(kw_api_key_text *key)
{
    kw_wipe(key, sizeof *key);
}

static void put_check(char out[CHECK_BYTES], const char *text)
{
    uint32_t crc = kw_crc32((kw_span){(const uint8_t *)text, KW_API_KEY_HASHED_BYTES});
    const uint8_t bytes[4] = {(uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8),
                              (uint8_t)crc};
    kw_base64_encode_to(out, KW_SPAN(bytes), KW_BASE64_URL);
}

void kw_api_key_format(kw_api_key_text *out, kw_api_key_id *out_id, const uint8_t id_entropy[7],
                       const kw_secret32 *secret_entropy)
{
    kw_span secret = kw_declassify_span(kw_secret32_view(secret_entropy),
                                        "the key's text is shown to its holder, once");
    kw_api_key_id id = {{0}};
    uint64_t bits = 0;
    for (size_t i = 0; i < 7; i++) {
        bits = bits << 8 | id_entropy[i];
    }
    for (unsigned i = 0; i < KW_API_KEY_ID_BYTES; i++) {
        id.text[i] = id_alphabet[bits >> (51 - 5 * i) & 31];
    }
    memcpy(out->shown, prefix, PREFIX_BYTES);
    memcpy(out->shown + PREFIX_BYTES, id.text, KW_API_KEY_ID_BYTES);
    out->shown[SECRET_AT - 1] = '_';
    kw_base64_encode_to(out->shown + SECRET_AT, secret, KW_BASE64_URL);
    out->shown[CHECK_AT - 1] = '_';
    put_check(out->shown + CHECK_AT, out->shown);
    out->shown[KW_API_KEY_BYTES] = '\0';
    *out_id = id;
}

/* All ones when the byte is a base64url digit. */
static kw_mask is_digit(uint8_t byte)
{
    kw_mask upper = kw_ct_lt((uint64_t)(uint8_t)(byte - 'A'), 26);
    kw_mask lower = kw_ct_lt((uint64_t)(uint8_t)(byte - 'a'), 26);
    kw_mask number = kw_ct_lt((uint64_t)(uint8_t)(byte - '0'), 10);
    return upper | lower | number | kw_ct_eq(byte, '-') | kw_ct_eq(byte, '_');
}

kw_status kw_api_key_parse(kw_api_key_id *out, kw_span *out_hashed, kw_str text)
{
    if (text.len != KW_API_KEY_BYTES || !kw_str_starts_with(text, KW_STR("kwk1_")) ||
        text.ptr[SECRET_AT - 1] != '_' || text.ptr[CHECK_AT - 1] != '_') {
        return KW_BAD_INPUT;
    }
    kw_api_key_id id = {{0}};
    for (size_t i = 0; i < KW_API_KEY_ID_BYTES; i++) {
        char c = text.ptr[PREFIX_BYTES + i];
        if (c == '\0' || strchr(id_alphabet, c) == NULL) {
            return KW_BAD_INPUT;
        }
        id.text[i] = c;
    }
    kw_mask are_digits = ~(kw_mask)0;
    for (size_t i = 0; i < KW_API_KEY_SECRET_BYTES; i++) {
        are_digits &= is_digit((uint8_t)text.ptr[SECRET_AT + i]);
    }
    char check[CHECK_BYTES];
    put_check(check, text.ptr);
    are_digits &=
        kw_ct_equal((const uint8_t *)check, (const uint8_t *)text.ptr + CHECK_AT, CHECK_BYTES);
    if (are_digits == 0) {
        return KW_BAD_INPUT;
    }
    *out = id;
    *out_hashed = (kw_span){(const uint8_t *)text.ptr, KW_API_KEY_HASHED_BYTES};
    return KW_OK;
}
