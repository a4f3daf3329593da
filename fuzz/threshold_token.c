/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_jwks_parse, kw_token_verify. The input is a set of keys, a NUL, and a token. What
 * verifies is of the issuer. */
#include "threshold/token.h"

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, 0, size);
    size_t keys_len = end == NULL ? size : (size_t)(end - data);
    kw_jwks *jwks = NULL;
    if (kw_jwks_parse(&jwks, (kw_span){data, keys_len}, NULL) != KW_OK) {
        return 0;
    }
    if (end != NULL) {
        KW_AUTO_PTR(kw_json) claims = NULL;
        kw_str token = {(const char *)end + 1, size - keys_len - 1};
        kw_str issuer = KW_STR("joe");
        if (kw_token_verify(jwks, &claims, token, issuer, 1300819379, NULL) == KW_OK) {
            KW_ASSERT(kw_token_says(claims, KW_STR("iss"), issuer));
        }
    }
    kw_jwks_free(jwks);
    return 0;
}
