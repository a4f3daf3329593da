/* SPDX-License-Identifier: Apache-2.0
 * One record as the vault writes it: u8 version = 1 | what kw_aead_seal makes. Its AAD is
 *
 *   "keyward vault record 1" | 32 cluster id | u8 kind | 32 scope | 32 id | u16 schema = 1
 *
 * all of fixed length. The epoch is in it by scope or id: a sid, a handover's id and the hash of a
 * certificate are made from it. Source: threshold.md section 8. */
#ifndef KW_THRESHOLD_VAULT_SEAL_H
#define KW_THRESHOLD_VAULT_SEAL_H

#include "crypto/aead.h"

enum {
    KW_VAULT_SEAL_OVERHEAD_BYTES = 1 + KW_AEAD_OVERHEAD_BYTES,
};

/* Where a record stands; it opens nowhere else. */
typedef struct kw_vault_place {
    kw_hash32 cluster_id;
    uint8_t kind; /* kw_record_kind; 0: the vault's own witness */
    kw_hash32 scope;
    kw_hash32 id;
} kw_vault_place;

/* The key of the records of one slot. CT: constant time. */
void kw_vault_key(kw_secret32 *out, const kw_secret32 *operator_key, const kw_secret32 *slot);

/* Appends the record. LIMIT, NO_MEMORY, ENTROPY_FAILURE. CT: leaks lengths. */
KW_MUST_USE kw_status kw_vault_seal(const kw_aead *aead, kw_buf *out, const kw_secret32 *key,
                                    const kw_vault_place *place, kw_secret_span plain);

/* Appends what was sealed. CORRUPT: it does not open with this key at this place. LIMIT, NO_MEMORY.
 * CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_vault_unseal(const kw_aead *aead, kw_secret_bytes *out,
                                      const kw_secret32 *key, const kw_vault_place *place,
                                      kw_span record);

#endif /* KW_THRESHOLD_VAULT_SEAL_H */
