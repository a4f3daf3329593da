/* SPDX-License-Identifier: Apache-2.0
 * An issuer of tokens: signs with Ed25519, and shows the key as a JWKS. */
#ifndef KW_TESTS_SUPPORT_TOKEN_MINT_H
#define KW_TESTS_SUPPORT_TOKEN_MINT_H

#include "base/buf.h"
#include "crypto/ed25519.h"

typedef struct token_mint {
    const char *kid;
    kw_ed25519_key key;
} token_mint;

/* Equal seeds give equal keys. */
token_mint token_mint_make(const char *kid, uint8_t seed);

/* Appends {"keys":[...]} with the key. */
void token_mint_jwks(const token_mint *mint, kw_buf *out);

/* Appends the token of a header and claims, both JSON text; NULL: the header that fits. A NUL
 * follows, which is not counted. */
void token_mint_sign(const token_mint *mint, kw_buf *out, const char *header, const char *claims);

#endif /* KW_TESTS_SUPPORT_TOKEN_MINT_H */
