/* SPDX-License-Identifier: Apache-2.0
 * A vault on a fresh store and a fresh folder of slots, and short words for what an operator tells
 * it: scopes and ids are numbers, records are texts. */
#ifndef KW_TESTS_SUPPORT_VAULT_DESK_H
#define KW_TESTS_SUPPORT_VAULT_DESK_H

#include "support/seeded_rng.h"
#include "support/stores.h"
#include "threshold/slots_file.h"
#include "threshold/vault.h"

typedef struct vault_desk {
    stores *all;
    char where[1024];
    tempdir dir; /* its folder "slots" */
    tempdir_path folder;
    seeded_rng rng;
    kw_rng port;
    kw_secret32 key;
    kw_hash32 cluster_id;
    kw_store *store;
    kw_slots *slots;
    kw_vault *vault; /* NULL while it is closed */
} vault_desk;

/* Opens a new one; `desk` stays where it is. vault_desk_drop closes and removes it. */
void vault_desk_make(vault_desk *desk, stores *all);
void vault_desk_drop(vault_desk *desk);

/* As after a crash: what was not committed is gone. The second opens and says how that went. */
void vault_desk_close(vault_desk *desk);
KW_MUST_USE kw_status vault_desk_open(vault_desk *desk);
void vault_desk_restart(vault_desk *desk); /* both; fails the test unless OK */

kw_hash32 vault_desk_hash(uint32_t number);
kw_secret32 vault_desk_key(uint8_t byte); /* an operator key of equal bytes */

/* Stages. */
KW_MUST_USE kw_status vault_desk_persist(vault_desk *desk, kw_record_kind kind, uint32_t scope,
                                         uint32_t id, const char *text);
KW_MUST_USE kw_status vault_desk_erase(vault_desk *desk, kw_record_kind kind, uint32_t scope);

/* A certificate of an epoch whose session began at that time; its scope is the epoch. */
KW_MUST_USE kw_status vault_desk_certificate(vault_desk *desk, uint64_t epoch, uint64_t session_at);

/* Whether the committed records hold this one with this text; fails the test when they cannot be
 * read. */
bool vault_desk_has(vault_desk *desk, kw_record_kind kind, uint32_t scope, uint32_t id,
                    const char *text);

size_t vault_desk_records(vault_desk *desk); /* how many are committed, of those a restart needs */
size_t vault_desk_slots(vault_desk *desk);   /* how many there are, the lasting one too */

#endif /* KW_TESTS_SUPPORT_VAULT_DESK_H */
