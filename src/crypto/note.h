/* SPDX-License-Identifier: Apache-2.0
 * Signed notes (C2SP signed-note v1) with Ed25519 keys.
 *
 * note       = text that ends in LF | LF | lines "U+2014 SP name SP base64(id, 4 | sig, 64) LF"
 * vkey       = name "+" hex8(id) "+" base64(01 | public, 32)
 * signer     = "PRIVATE+KEY+" name "+" hex8(id) "+" base64(01 | seed, 32)
 * id         = SHA-256(name | 0A | 01 | public)[0..4), big endian */
#ifndef KW_CRYPTO_NOTE_H
#define KW_CRYPTO_NOTE_H

#include "base/buf.h"
#include "crypto/checkpoint.h" /* what most notes say */
#include "crypto/ed25519.h"

#define KW_NOTE_BYTES_MAX      (128 * 1024)
#define KW_NOTE_SIGNATURES_MAX 64
#define KW_NOTE_NAME_BYTES_MAX 255

/* Who signs: a name without spaces, "+" and control characters. */
typedef struct kw_note_verifier {
    char name[KW_NOTE_NAME_BYTES_MAX + 1]; /* NUL-terminated */
    uint32_t id;
    kw_ed25519_public key;
} kw_note_verifier;

typedef struct kw_note_signer {
    kw_note_verifier verifier;
    kw_ed25519_key key; /* secret */
} kw_note_signer;

void kw_note_signer_drop(kw_note_signer *signer); /* wipes */

/* Copies `key`. BAD_INPUT: not a name. CT: constant time in the key. */
KW_MUST_USE kw_status kw_note_signer_init(kw_note_signer *out, kw_str name,
                                          const kw_ed25519_key *key);

/* Texts of one line without LF. */
KW_MUST_USE kw_status kw_note_vkey_format(kw_buf *out, const kw_note_verifier *verifier);
KW_MUST_USE kw_status kw_note_vkey_parse(kw_note_verifier *out, kw_str text, kw_error *err);

/* CT: constant time for text that is valid; leaks its length. */
KW_MUST_USE kw_status kw_note_signer_format(kw_secret_bytes *out, const kw_note_signer *signer);
KW_MUST_USE kw_status kw_note_signer_parse(kw_note_signer *out, kw_secret_span text, kw_error *err);

typedef struct kw_note_signature {
    kw_str name;    /* borrowed from the note */
    kw_span base64; /* id and signature, still encoded */
    uint32_t id;
} kw_note_signature;

typedef struct kw_note {
    kw_str text; /* borrowed: what is signed, with its last LF */
    size_t count;
    kw_note_signature signatures[KW_NOTE_SIGNATURES_MAX];
} kw_note;

/* Splits at the last empty line; borrows `bytes`. Nothing is verified yet. BAD_INPUT: malformed,
 * control characters, not UTF-8, no signature. LIMIT: too long, too many signatures. */
KW_MUST_USE kw_status kw_note_parse(kw_note *out, kw_span bytes, kw_error *err);

/* Counts the verifiers that signed. REFUSED: a known (name, id) with a signature that fails, which
 * spoils the note. Unknown signers are passed over; *out_count may be 0. */
KW_MUST_USE kw_status kw_note_verify(const kw_note *note, size_t *out_count,
                                     const kw_note_verifier *verifiers, size_t count,
                                     kw_error *err);

/* Appends the note of `text` (which ends in LF) signed by one signer. BAD_INPUT: not a note text.
 * CT: constant time in the key. */
KW_MUST_USE kw_status kw_note_sign(const kw_note_signer *signer, kw_buf *out, kw_str text,
                                   kw_error *err);

#endif /* KW_CRYPTO_NOTE_H */
