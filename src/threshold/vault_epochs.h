/* SPDX-License-Identifier: Apache-2.0
 * Certificates in a vault by epoch and by time. Any of these sees what is committed. */
#ifndef KW_THRESHOLD_VAULT_EPOCHS_H
#define KW_THRESHOLD_VAULT_EPOCHS_H

#include "threshold/vault.h"

typedef struct kw_vault_version {
    uint64_t epoch;
    uint64_t timestamp; /* of the session that made it; Unix seconds */
    kw_hash32 hash;     /* of the certificate */
} kw_vault_version;

/* A certificate and where it stands. All-zero is empty. */
typedef struct kw_vault_epoch {
    kw_vault_version version;
    kw_buf certificate; /* the file; owned */
} kw_vault_epoch;

void kw_vault_epoch_drop(kw_vault_epoch *epoch);

/* The epoch whose share serves. `out` is empty before, here and below. NOT_FOUND: none does.
 * CORRUPT; else as kw_store_read. */
KW_MUST_USE kw_status kw_vault_load_active(kw_vault *vault, kw_vault_epoch *out, kw_error *err);

/* The epoch that was the newest at that moment (Unix seconds), by the times of the sessions; in
 * O(log n). NOT_FOUND: it is before the oldest that is kept. CORRUPT. */
KW_MUST_USE kw_status kw_vault_load_at_time(kw_vault *vault, kw_vault_epoch *out, uint64_t time_s,
                                            kw_error *err);

/* NOT_FOUND: there is no certificate of this epoch. CORRUPT. */
KW_MUST_USE kw_status kw_vault_load(kw_vault *vault, kw_vault_epoch *out, uint64_t epoch,
                                    kw_error *err);

/* The newest first; owned. All-zero is the empty list. */
typedef struct kw_vault_versions {
    kw_vault_version *items;
    size_t count;
} kw_vault_versions;

void kw_vault_versions_drop(kw_vault_versions *list);

/* `out` is empty before. LIMIT: more than KW_VAULT_VERSIONS_MAX. */
KW_MUST_USE kw_status kw_vault_list_versions(kw_vault *vault, kw_vault_versions *out,
                                             kw_error *err);

/* Deletes certificates whose successor's session is `retention_s` old or more, but never the newest
 * KW_OPERATOR_ERAS_MAX, from which a restart goes on. `out_deleted`: how many. */
KW_MUST_USE kw_status kw_vault_prune(kw_vault *vault, uint64_t *out_deleted, uint64_t retention_s,
                                     uint64_t now_s, kw_error *err);

#endif /* KW_THRESHOLD_VAULT_EPOCHS_H */
