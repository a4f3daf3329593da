/* SPDX-License-Identifier: Apache-2.0
 * Secrets at rest: each is one AES-256-GCM record bound to its place, so that a row that was moved,
 * swapped or replayed does not open.
 *
 * root (passphrase by Argon2id, or a 32-byte key file) -> wraps one random KEK, kept in store_seal
 * KEK -> AES-256-GCM, random 96-bit nonce -> a record in store_sealed
 * Record: u8 version = 1 | nonce, 12 | ciphertext | tag, 16 bytes.
 * AAD: "keyward sealed record 1", then tenant, table and object id, each behind its length as u16,
 * then version as u64; big endian. */
#ifndef KW_STORE_SEAL_H
#define KW_STORE_SEAL_H

#include "crypto/kdf.h"
#include "crypto/rng.h"
#include "crypto/secret.h"
#include "store/store.h"

/* The opened KEK in locked memory. Any thread may use one; NULL is a sealed store. */
typedef struct kw_sealer kw_sealer;

typedef enum kw_seal_root {
    KW_SEAL_PASSPHRASE_FILE = 1, /* its bytes without one trailing newline, 8..1024 */
    KW_SEAL_KEY_FILE = 2,        /* exactly 32 raw bytes: a systemd credential or a file */
} kw_seal_root;

typedef struct kw_seal_options {
    kw_seal_root root;
    const char *path;      /* of the passphrase or key file; borrowed for the call */
    kw_rng rng;            /* its context outlives the sealer */
    kw_argon2id_cost cost; /* of a new passphrase seal; all-zero: KW_ARGON2ID_DEFAULT */
} kw_seal_options;

/* Opens the sealer of a store, after bringing the store's own tables up to date; the first time,
 * makes the KEK and wraps it. The caller owns `*out` (kw_sealer_free).
 * SEALED: the passphrase or key is wrong, missing, of the other kind or of another length, or its
 * file is not private (os/file.h). CORRUPT: the seal's header is damaged, or gone while records
 * are there: no second KEK is ever made. ENTROPY_FAILURE, NO_MEMORY; else as kw_store_migrate.
 * CT: takes as long as Argon2id; leaks the length of the passphrase and whether it was right. */
KW_MUST_USE kw_status kw_sealer_open(kw_sealer **out, kw_store *store,
                                     const kw_seal_options *options, kw_error *err);

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

/* Deletes the row, whatever its version. NOT_FOUND: no row. Needs no sealer. SQLite overwrites the
 * freed bytes; PostgreSQL keeps a dead row until its vacuum. */
KW_MUST_USE kw_status kw_seal_delete(kw_tx *tx, const kw_seal_place *place, kw_error *err);

#endif /* KW_STORE_SEAL_H */
