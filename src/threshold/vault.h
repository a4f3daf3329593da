/* SPDX-License-Identifier: Apache-2.0
 * What one operator keeps: its records, sealed in the store, each scope under a key of its own that
 * an erasure destroys. A record is AES-256-GCM under
 *
 *     HKDF-SHA256(ikm = operator key, salt = the scope's slot, info "kms-keyshare-encryption")
 *
 * The host stages what the operator says, commits, and only then acts:
 *
 *     PERSIST, ERASE -> kw_vault_stage;   any other action: kw_vault_commit, then carry it out
 *
 * Certificates and the table of epochs say nothing secret and are never erased for secrecy: one
 * lasting slot serves them all. Source: threshold.md section 8. */
#ifndef KW_THRESHOLD_VAULT_H
#define KW_THRESHOLD_VAULT_H

#include "store/store.h"
#include "threshold/engine/operator/operator.h"
#include "threshold/slots.h"

/* One thread at a time. */
typedef struct kw_vault kw_vault;

typedef struct kw_vault_options {
    kw_store *store;                 /* outlives the vault; has one vault */
    kw_slots *slots;                 /* outlives the vault; of this vault alone */
    const kw_secret32 *operator_key; /* borrowed for the call */
    kw_hash32 cluster_id;
    kw_rng rng; /* its context outlives the vault */
} kw_vault_options;

/* Opens, after bringing the tables up to date; the first time, makes the vault. Slots that no
 * record needs any more, such as those of an erasure that a crash cut short, are destroyed.
 * SEALED: another operator key made it. CONFIG: it is of another cluster. CORRUPT: there are slots
 * of a vault that is not in this store, or rows that are none; nothing is destroyed then. GONE:
 * slots are missing that records need. No crash does that: the store is a copy, perhaps an old one,
 * with which the operator would sign twice; kw_vault_rejoin is the way out. Else as kw_store_write
 * and slots.h. */
KW_MUST_USE kw_status kw_vault_open(kw_vault **out, const kw_vault_options *options, kw_error *err);

/* What was staged and not committed is lost. Takes NULL. */
void kw_vault_free(kw_vault *vault);
KW_AUTO_PTR_DEFINE(kw_vault);

/* Seals what a PERSIST or ERASE says and keeps it for the next commit. After a failure nothing was
 * staged: stage the same action again. LIMIT: the record, or what is staged, is too large.
 * ENTROPY_FAILURE, NO_MEMORY; what slots.h says of making one. CT: leaks lengths. */
KW_MUST_USE kw_status kw_vault_stage(kw_vault *vault, const kw_operator_action *action,
                                     kw_error *err);

/* Makes all that was staged durable as one transaction, then destroys the slots of what it erased.
 * After a failure nothing is lost: call it again. The transaction may have been done even so, when
 * only the destroying failed (IO) or the connection broke (UNAVAILABLE); twice does no harm. Else
 * as kw_store_write. Nothing staged: OK at once. */
KW_MUST_USE kw_status kw_vault_commit(kw_vault *vault, kw_error *err);

/* Opened records. All-zero is the empty list. */
typedef struct kw_vault_records {
    kw_operator_record *items; /* owned; what they point to, too */
    size_t count;
    kw_secret_bytes *opened; /* private: `count` of them */
} kw_vault_records;

void kw_vault_records_drop(kw_vault_records *records); /* wipes; may run twice */

/* What is committed, for kw_operator_resume: of certificates the newest KW_OPERATOR_ERAS_MAX, of
 * all else everything. `out` is empty before. CORRUPT: a record does not open at its place. Else as
 * kw_store_read and slots.h. CT: leaks lengths. */
KW_MUST_USE kw_status kw_vault_read(kw_vault *vault, kw_vault_records *out, kw_error *err);

/* Seals every record anew under another operator key, in one transaction, and goes on with it. What
 * is staged must be committed before: BAD_STATE. After a failure the old key is in force, but for
 * UNAVAILABLE, which leaves open which one. CT: leaks lengths. */
KW_MUST_USE kw_status kw_vault_rekey(kw_vault *vault, const kw_secret32 *operator_key,
                                     kw_error *err);

#endif /* KW_THRESHOLD_VAULT_H */
