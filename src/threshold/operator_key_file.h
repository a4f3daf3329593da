/* SPDX-License-Identifier: Apache-2.0
 * An operator's secret under a passphrase. File, 89 bytes, big-endian:
 *
 *   "KWK1" | u8 curve | u32 Argon2id memory in KiB | u32 passes | 16 salt | 60 sealed
 *
 * sealed: the 32 bytes, as kw_aead_seal leaves them, under Argon2id(passphrase, salt), with AAD
 * "keyward operator key 1" and all before it. */
#ifndef KW_THRESHOLD_OPERATOR_KEY_FILE_H
#define KW_THRESHOLD_OPERATOR_KEY_FILE_H

#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "threshold/operator_key.h"

enum {
    KW_OPERATOR_KEY_FILE_BYTES = 89,
    KW_OPERATOR_KEY_SEALED_BYTES = 32 + KW_AEAD_OVERHEAD_BYTES,
};

typedef struct kw_operator_key_file {
    uint8_t curve; /* KW_PEER_ECDSA or KW_PEER_BN254 */
    kw_argon2id_cost cost;
    kw_argon2id_salt salt;
    uint8_t sealed[KW_OPERATOR_KEY_SEALED_BYTES];
} kw_operator_key_file;

void kw_operator_key_file_encode(uint8_t out[KW_OPERATOR_KEY_FILE_BYTES],
                                 const kw_operator_key_file *file);

/* BAD_INPUT: wrong length, magic or curve, or a cost that nobody should pay. `out` is written only
 * on success. */
KW_MUST_USE kw_status kw_operator_key_file_decode(kw_operator_key_file *out, kw_span wire);

/* How a new file is sealed. Borrows. */
typedef struct kw_operator_key_lock {
    kw_secret_span passphrase; /* KW_SEAL_PASSPHRASE_BYTES_MIN .. MAX bytes */
    kw_argon2id_cost cost;     /* all-zero: KW_ARGON2ID_DEFAULT */
    kw_rng rng;
} kw_operator_key_lock;

/* Writes a new file with mode 0600. CONFLICT: there is one: a key is never written over. BAD_INPUT:
 * the length of the passphrase, or the cost. ENTROPY_FAILURE, NO_MEMORY; else as os/file.h.
 * CT: as Argon2id; leaks the length of the passphrase. */
KW_MUST_USE kw_status kw_operator_key_file_write(const char *path, const kw_operator_secret *secret,
                                                 const kw_operator_key_lock *lock, kw_error *err);

/* Opens a file with the passphrase in another, without one newline at its end. SEALED: the
 * passphrase is wrong, or a file is missing, not private or of another length. CORRUPT: it is no
 * file of ours. NO_MEMORY. CT: as Argon2id; leaks the passphrase's length and whether it was
 * right. */
KW_MUST_USE kw_status kw_operator_key_file_read(kw_secret32 *out, uint8_t *out_curve,
                                                const char *path, const char *passphrase_path,
                                                kw_error *err);

#endif /* KW_THRESHOLD_OPERATOR_KEY_FILE_H */
