/* SPDX-License-Identifier: Apache-2.0
 * Public keys of TUF metadata (TUF 1.0.34 section 4.2), and what one of them signed. */
#ifndef KW_TUF_ENGINE_KEYS_H
#define KW_TUF_ENGINE_KEYS_H

#include "codec/json.h"

typedef enum kw_tuf_key_kind {
    KW_TUF_KEY_UNKNOWN, /* a type or scheme that this build does not know: verifies nothing */
    KW_TUF_KEY_ED25519,
    KW_TUF_KEY_ECDSA_P256,
    KW_TUF_KEY_RSA_PSS,
    KW_TUF_KEY_RSA_PKCS1,
} kw_tuf_key_kind;

/* Borrows the file that it stands in. */
typedef struct kw_tuf_key {
    kw_str keyid; /* its name there */
    kw_tuf_key_kind kind;
    kw_str value; /* Ed25519: 64 hex digits; the others: PEM */
} kw_tuf_key;

/* Whether the name of a key must be the hash of the key. */
typedef enum kw_tuf_keyids {
    KW_TUF_KEYIDS_STRICT, /* our repositories */
    KW_TUF_KEYIDS_OPAQUE, /* foreign ones: any name */
} kw_tuf_keyids;

/* SHA-256 of the canonical form of a key, all its members with it. Statuses of
 * kw_tuf_cjson_write. */
KW_MUST_USE kw_status kw_tuf_keyid_of(kw_hash32 *out, const kw_json *key, kw_error *err);

/* Reads {"keytype","scheme","keyval":{"public"}}; a key of an unknown kind is one. BAD_INPUT: not
 * that form. HASH: strict, and `keyid` is not the hash of the key. */
KW_MUST_USE kw_status kw_tuf_key_read(kw_tuf_key *out, kw_str keyid, const kw_json *key,
                                      kw_tuf_keyids rule, kw_error *err);

/* True when `signature`, in lower-case hex, is of this key over `message`; `out_id` is then what
 * makes the key one among others, whatever its name and the layout of its text. False for any
 * defect, of the key as well. */
KW_MUST_USE bool kw_tuf_key_verify(const kw_tuf_key *key, kw_hash32 *out_id, kw_span message,
                                   kw_str signature);

#endif /* KW_TUF_ENGINE_KEYS_H */
