/* SPDX-License-Identifier: Apache-2.0
 * What the online roles of a repository say, and signed files as they are published. Bodies are
 * ASCII JSON; what is signed of them is their canonical form. */
#ifndef KW_TUF_ENGINE_WRITE_H
#define KW_TUF_ENGINE_WRITE_H

#include "crypto/ed25519.h"
#include "tuf/engine/metadata.h"

/* Somebody who signs with one Ed25519 key, wherever it is kept. */
typedef struct kw_tuf_signer {
    kw_ed25519_public key;
    kw_status (*sign)(void *ctx, kw_ed25519_signature *out, kw_span message, kw_error *err);
    void *ctx;
} kw_tuf_signer;

/* One file in a snapshot or timestamp. */
typedef struct kw_tuf_listing {
    kw_str role; /* ASCII */
    uint64_t version;
    bool has_content;
    uint64_t length; /* bytes */
    kw_hash32 sha256;
} kw_tuf_listing;

typedef struct kw_tuf_head {
    uint64_t version;
    kw_unix_s expires;
} kw_tuf_head;

/* Appends the body of a snapshot or a timestamp, `kind`. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_tuf_write_meta(kw_buf *out, kw_tuf_kind kind, const kw_tuf_head *head,
                                        const kw_tuf_listing *files, size_t count);

/* The keyid of an Ed25519 key: SHA-256 of its canonical form, as 64 hex digits and a NUL. */
typedef struct kw_tuf_keyid_text {
    char text[65];
} kw_tuf_keyid_text;

kw_tuf_keyid_text kw_tuf_keyid_of_ed25519(const kw_ed25519_public *key);

/* Appends the file of a body that one signer signs. BAD_INPUT: the body is no JSON object. LIMIT,
 * NO_MEMORY; what the signer says. */
KW_MUST_USE kw_status kw_tuf_write_signed(kw_buf *out, kw_str body, const kw_tuf_signer *signer,
                                          kw_error *err);

#endif /* KW_TUF_ENGINE_WRITE_H */
