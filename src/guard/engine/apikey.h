/* SPDX-License-Identifier: Apache-2.0
 * The text form of API keys, `kwk1_<10 id>_<43 secret>_<6 check>`, 66 characters:
 *   id      10 of "0123456789abcdefghjkmnpqrstvwxyz" (50 bits, public, finds the row)
 *   secret  43 of base64url without padding (256 bits)
 *   check   6 of base64url: CRC-32 (IEEE) of everything before its "_", big endian; a mistyped or
 *           cut key is refused without work, and scanners of leaked files can tell a real one */
#ifndef KW_GUARD_ENGINE_APIKEY_H
#define KW_GUARD_ENGINE_APIKEY_H

#include "base/error.h"
#include "crypto/secret.h"

#define KW_API_KEY_BYTES        66
#define KW_API_KEY_ID_BYTES     10
#define KW_API_KEY_SECRET_BYTES 43

/* What is hashed with the pepper: "kwk1_<id>_<secret>". */
#define KW_API_KEY_HASHED_BYTES (5 + KW_API_KEY_ID_BYTES + 1 + KW_API_KEY_SECRET_BYTES)

/* The public name of a key, NUL-terminated. */
typedef struct kw_api_key_id {
    char text[KW_API_KEY_ID_BYTES + 1];
} kw_api_key_id;

/* A whole key: lives on the stack between its making and its one showing. */
typedef struct kw_api_key_text {
    char shown[KW_API_KEY_BYTES + 1]; /* NUL-terminated */
} kw_api_key_text;

/* Wipes. */
void kw_api_key_text_drop(kw_api_key_text *key);

/* Makes the text from 7 random bytes for the id (their top 50 bits) and 32 for the secret.
 * CT: time depends on nothing but lengths. */
void kw_api_key_format(kw_api_key_text *out, kw_api_key_id *out_id, const uint8_t id_entropy[7],
                       const kw_secret32 *secret_entropy);

/* Checks the shape and the check characters of what a caller sent; `out_hashed` views the bytes
 * that are hashed, inside `text`. BAD_INPUT: not of this form.
 * CT: does not depend on the secret, except for whether its check characters fit. */
KW_MUST_USE kw_status kw_api_key_parse(kw_api_key_id *out, kw_span *out_hashed, kw_str text);

#endif /* KW_GUARD_ENGINE_APIKEY_H */
