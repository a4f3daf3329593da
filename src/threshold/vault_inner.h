/* SPDX-License-Identifier: Apache-2.0
 * What the files of the vault share. */
#ifndef KW_THRESHOLD_VAULT_INNER_H
#define KW_THRESHOLD_VAULT_INNER_H

#include "crypto/hash.h"
#include "threshold/vault.h"
#include "threshold/vault_rows.h"
#include "threshold/vault_seal.h"

/* Which slot seals the records of a kind and scope, committed or staged. */
typedef struct kw_vault_scope {
    kw_record_kind kind;
    kw_hash32 scope;
    kw_hash32 slot;
} kw_vault_scope;

/* One PERSIST or ERASE. */
typedef struct kw_vault_step {
    bool is_erasure;
    kw_vault_row row;    /* its record points into `sealed` */
    uint64_t epoch;      /* of a certificate ... */
    uint64_t session_at; /* ... and of its session */
    kw_buf sealed;       /* owned */
} kw_vault_step;

struct kw_vault {
    kw_store *store;
    kw_slots *slots;
    kw_secret_key *operator_key; /* owned */
    kw_aead *aead;               /* owned */
    kw_hash32 cluster_id;
    kw_hash32 lasting;            /* slot of what is never erased for secrecy */
    kw_secret_key *lasting_value; /* owned: its value, which any reader wants; NULL: not yet */
    kw_vault_scope *scopes;
    size_t scopes_count;
    size_t scopes_capacity;
    kw_vault_step *steps; /* in the order in which they came */
    size_t steps_count;
    size_t steps_capacity;
    kw_hash32 *spent; /* slots to be destroyed after the next commit */
    size_t spent_count;
    size_t spent_capacity;
};

/* Whether records of this kind open with the lasting slot. */
static inline bool kw_vault_is_lasting(kw_record_kind kind)
{
    return kind == KW_RECORD_CERTIFICATE || kind == KW_RECORD_EPOCHS;
}

/* The place of a record of this vault. */
kw_vault_place kw_vault_place_of(const kw_vault *vault, const kw_vault_row *row);

/* Room for one more of `count` elements of `size` bytes: `items` or what it moved to, NULL when
 * there is no memory and `items` is untouched. */
KW_MUST_USE void *kw_vault_room(void *items, size_t count, size_t *capacity, size_t size);

/* The value of a slot. As kw_slots_get; NO_MEMORY. CT: leaks nothing. */
KW_MUST_USE kw_status kw_vault_slot_of(kw_vault *vault, kw_secret32 *out, const kw_hash32 *slot,
                                       kw_error *err);

/* The key of a slot's records. NOT_FOUND and what else slots.h says. CT: leaks nothing. */
KW_MUST_USE kw_status kw_vault_key_of(kw_vault *vault, kw_secret32 *out, const kw_hash32 *slot,
                                      kw_error *err);

/* Opens a row into `out`, which has its maximum. CORRUPT, also when its slot is gone. CT: leaks
 * lengths. */
KW_MUST_USE kw_status kw_vault_open_row(kw_vault *vault, kw_secret_bytes *out,
                                        const kw_vault_row *row, kw_error *err);

/* The witness: nothing, sealed at the place of the vault itself. CT: constant time in the key. */
KW_MUST_USE kw_status kw_vault_make_witness(const kw_vault *vault, kw_vault_header *header,
                                            const kw_secret32 *key, kw_error *err);

#endif /* KW_THRESHOLD_VAULT_INNER_H */
