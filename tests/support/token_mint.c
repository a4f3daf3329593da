/* SPDX-License-Identifier: Apache-2.0
 * Tokens for tests. */
#include "support/token_mint.h"

#include "codec/base64.h"
#include "support/expect.h"

token_mint token_mint_make(const char *kid, uint8_t seed)
{
    token_mint mint = {.kid = kid};
    kw_secret32 secret = {.secret = {seed}};
    kw_ed25519_key_of_seed(&mint.key, &secret);
    return mint;
}

void token_mint_jwks(const token_mint *mint, kw_buf *out)
{
    EXPECT_OK(kw_buf_append_format(
        out, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"", mint->kid));
    EXPECT_OK(kw_base64_encode(out, KW_SPAN(mint->key.public_half.bytes), KW_BASE64_URL));
    EXPECT_OK(kw_buf_append_str(out, KW_STR("\"}]}")));
}

void token_mint_sign(const token_mint *mint, kw_buf *out, const char *header, const char *claims)
{
    KW_AUTO(kw_buf) fitting = kw_buf_init(256);
    kw_ed25519_signature signature;
    size_t start = out->len;
    EXPECT_OK(kw_buf_append_format(&fitting, "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}", mint->kid));
    kw_str head = header == NULL ? kw_buf_text(&fitting) : kw_str_of(header);
    EXPECT_OK(kw_base64_encode(out, kw_span_of_str(head), KW_BASE64_URL));
    EXPECT_OK(kw_buf_append_byte(out, '.'));
    EXPECT_OK(kw_base64_encode(out, kw_span_of_str(kw_str_of(claims)), KW_BASE64_URL));
    kw_ed25519_sign(&mint->key, &signature, (kw_span){out->ptr + start, out->len - start});
    EXPECT_OK(kw_buf_append_byte(out, '.'));
    EXPECT_OK(kw_base64_encode(out, KW_SPAN(signature.bytes), KW_BASE64_URL));
    EXPECT_OK(kw_buf_append_byte(out, '\0'));
    out->len--;
}
