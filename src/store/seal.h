/* SPDX-License-Identifier: Apache-2.0
 * Secrets at rest: each is one AES-256-GCM record bound to its place, so that a row that was moved,
 * swapped or replayed does not open.
 *
 * root (passphrase by Argon2id, or a 32-byte key file) -> wraps one random KEK, kept in store_seal
 * KEK -> AES-256-GCM, random 96-bit nonce -> record in store_sealed
 * Record: u8 version = 1 | 12 nonce | ciphertext | 16 tag.
 * AAD: "keyward sealed record 1", then tenant, table, object id, each as u16 length (big endian)
 * and bytes, then u64 version. */
#ifndef KW_STORE_SEAL_H
#define KW_STORE_SEAL_H

#include "store/store.h"

/* crypto/secret.h and crypto/rng.h. */
typedef struct kw_secret_bytes kw_secret_bytes;
typedef struct kw_rng kw_rng;

/* The opened KEK in locked memory. Any thread may use one; NULL is a sealed store. */
typedef struct kw_sealer kw_sealer;

typedef enum kw_seal_root {
    KW_SEAL_PASSPHRASE_FILE = 1, /* its bytes without one trailing newline, 8..1024 */
    KW_SEAL_KEY_FILE = 2,        /* exactly 32 raw bytes: a systemd credential or a file */
} kw_seal_root;

/* Opens the sealer of a store. The first time, makes the KEK and wraps it; `rng` is borrowed as
 * long as the sealer lives. The caller owns `*out` (kw_sealer_free).
 * SEALED: the passphrase or key is wrong, of the other kind, missing, or its file is not private
 * (others than its owner may read it). CORRUPT: the header of the seal is damaged.
 * ENTROPY_FAILURE, NO_MEMORY; else as kw_store_write. CT: takes as long as Argon2id; leaks the
 * length of the passphrase. */
KW_MUST_USE kw_status kw_sealer_open(kw_sealer **out, kw_store *store, kw_seal_root root,
                                     const char *path, const kw_rng *rng, kw_error *err);

/* Wipes the KEK. Takes NULL. */
void kw_sealer_free(kw_sealer *sealer);
KW_AUTO_PTR_DEFINE(kw_sealer);

/* The place of a record. `version` is the caller's: it grows with each change of the secret, and
 * the caller keeps the present one in a row of its own: that makes a replayed record fail. */
typedef struct kw_seal_place {
    kw_str tenant;    /* 1..255 bytes */
    kw_str table;     /* the domain's word, 1..63 bytes */
    kw_str object_id; /* 1..255 bytes */
    uint64_t version; /* 1..2^63-1 */
} kw_seal_place;

/* Seals `secret` (borrowed) into the row of (tenant, table, object id), replacing an older version.
 * Part of the transaction of `tx`. SEALED: no sealer. CONFLICT: the row has this version or a
 * newer one. LIMIT: longer than KW_SEAL_SECRET_BYTES_MAX. BAD_INPUT: a part of the place out of
 * range. ENTROPY_FAILURE; else as kw_sql_run. CT: leaks only the length of the secret. */
KW_MUST_USE kw_status kw_seal_put(kw_tx *tx, const kw_sealer *sealer, const kw_seal_place *place,
                                  const kw_secret_bytes *secret, kw_error *err);

/* Opens the record into `out`, empty before and owned by the caller. SEALED: no sealer. NOT_FOUND:
 * no row. CORRUPT: it does not open at this place in this version. CT: leaks only the length. */
KW_MUST_USE kw_status kw_seal_get(kw_tx *tx, const kw_sealer *sealer, kw_secret_bytes *out,
                                  const kw_seal_place *place, kw_error *err);

/* Overwrites and deletes the row, whatever its version. NOT_FOUND: no row. Needs no sealer. */
KW_MUST_USE kw_status kw_seal_delete(kw_tx *tx, const kw_seal_place *place, kw_error *err);

#endif /* KW_STORE_SEAL_H */
