/* SPDX-License-Identifier: Apache-2.0
 * Tokens of an identity provider (OpenID Connect): signed claims, and the set of keys that sign
 * them. A token never says by which algorithm it is judged: its key does. Source: RFC 7515, 7517,
 * 7519, 8725. */
#ifndef KW_THRESHOLD_TOKEN_H
#define KW_THRESHOLD_TOKEN_H

#include "base/utc.h"
#include "codec/json.h"
#include "crypto/jws_key.h"

/* Keys of one issuer. Immutable. */
typedef struct kw_jwks kw_jwks;

/* Reads {"keys": [...]}. Keys of other kinds, or for encryption, are passed over. BAD_INPUT: no
 * such JSON, a key of ours that is none, two with one kid, more than KW_JWKS_KEYS_MAX, or none that
 * can sign. LIMIT: too deep. NO_MEMORY. */
KW_MUST_USE kw_status kw_jwks_parse(kw_jwks **out, kw_span json, kw_error *err);

/* Takes NULL; `void *` because kw_snapshot frees it. */
void kw_jwks_free(void *jwks);

/* The claims of a token that one of the keys signed, that is valid now, and that is of the issuer;
 * the caller frees them. UNAUTHENTICATED: any defect of the token. NO_MEMORY. */
KW_MUST_USE kw_status kw_token_verify(const kw_jwks *jwks, kw_json **out, kw_str token,
                                      kw_str issuer, kw_unix_s now, kw_error *err);

/* Whether a claim is that text, or a list with it. */
bool kw_token_says(const kw_json *claims, kw_str name, kw_str value);

#endif /* KW_THRESHOLD_TOKEN_H */
