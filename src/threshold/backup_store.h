/* SPDX-License-Identifier: Apache-2.0
 * The database's part of a backup, certificates and applications: out of the store of an operator,
 * which may run, and into an empty one. */
#ifndef KW_THRESHOLD_BACKUP_STORE_H
#define KW_THRESHOLD_BACKUP_STORE_H

#include "store/store.h"
#include "threshold/backup_walk.h"
#include "threshold/slots_place.h"

/* Whose records are read. Borrows. */
typedef struct kw_backup_source {
    kw_store *store;
    const kw_slots_place *slots; /* of the one slot that opens certificates; never locked */
    const kw_secret32 *operator_key;
    kw_slots_owner owner;
} kw_backup_source;

/* Shows certificates and applications in the order of a backup, as they are at one moment.
 * NOT_FOUND: no operator ever ran on this store. CONFIG: it is that of another cluster. SEALED:
 * another operator key made it. GONE: the slots are not those of this store. CORRUPT: a record does
 * not open. Else as kw_store_read and what `visit` returns. CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_store_read(const kw_backup_source *source, kw_backup_visit visit,
                                           void *ctx, kw_error *err);

/* Where a backup goes. Borrows. */
typedef struct kw_backup_target {
    kw_store *store;
    kw_slots *slots;
    const kw_secret32 *operator_key; /* kw_backup_store_fill */
    kw_hash32 cluster_id;            /* the same */
    kw_rng rng;
    uint64_t at; /* Unix seconds, later than anything that this operator signed */
} kw_backup_target;

/* Makes a store on which no operator goes on that of one which rejoined at that moment: it says
 * nothing until a certificate of a later boundary comes. Before anything else is put in its place:
 * a daemon that starts on half of a restored node stays silent, too. Slots that are there are
 * destroyed. REFUSED: an operator goes on from this store. Else as kw_vault_rejoin. */
KW_MUST_USE kw_status kw_backup_store_prepare(const kw_backup_target *target, kw_error *err);

/* Puts what a backup holds into a store that was prepared. After a failure prepare it again.
 * CONFLICT: an application is registered there on other terms. Else as kw_backup_each and
 * kw_vault_open. CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_store_fill(const kw_backup_target *target, kw_backup_reader *reader,
                                           kw_error *err);

#endif /* KW_THRESHOLD_BACKUP_STORE_H */
