/* SPDX-License-Identifier: Apache-2.0
 * Erasable slots outside the database: 32 random bytes each, the key that opens what one epoch or
 * session left in the store. To erase an epoch is to destroy its slot: write-ahead logs, snapshots
 * and backups of the store keep old rows, but nothing that opens them. A table of functions, so
 * that files and PKCS#11 objects can hold them. Source: threshold.md section 8. */
#ifndef KW_THRESHOLD_SLOTS_H
#define KW_THRESHOLD_SLOTS_H

#include "crypto/rng.h"

/* Ids in no order. Owned; all-zero is the empty list. */
typedef struct kw_slot_ids {
    kw_hash32 *items;
    size_t count;
} kw_slot_ids;

void kw_slot_ids_drop(kw_slot_ids *ids);

/* How a place keeps slots; each as the function of its name below. */
typedef struct kw_slots_ops {
    const char *erasure; /* "hardware": what is destroyed is gone; "best-effort": files */
    kw_status (*make)(void *ctx, const kw_hash32 *id, const kw_secret32 *value, kw_error *err);
    kw_status (*get)(void *ctx, kw_secret32 *out, const kw_hash32 *id, kw_error *err);
    kw_status (*destroy)(void *ctx, const kw_hash32 *id, kw_error *err);
    kw_status (*list)(void *ctx, kw_slot_ids *out, kw_error *err);
    void (*free)(void *ctx);
} kw_slots_ops;

/* The slots of one operator. One thread at a time. */
typedef struct kw_slots kw_slots;

/* Takes `ctx` over, also when it fails. NO_MEMORY. The context of `rng` outlives the slots. */
KW_MUST_USE kw_status kw_slots_new(kw_slots **out, const kw_slots_ops *ops, void *ctx,
                                   const kw_rng *rng, kw_error *err);

/* Takes NULL. */
void kw_slots_free(kw_slots *slots);
KW_AUTO_PTR_DEFINE(kw_slots);

/* A new slot, durable when it is there: its random id and value. ENTROPY_FAILURE; what the place
 * says of writing: IO, NO_SPACE, UNAVAILABLE; a slot that nobody will use may then be there.
 * CT: leaks nothing. */
KW_MUST_USE kw_status kw_slots_make(kw_slots *slots, kw_hash32 *out_id, kw_secret32 *out,
                                    kw_error *err);

/* NOT_FOUND: destroyed, or never made. CORRUPT: not 32 bytes. FORBIDDEN: others may read it. IO.
 * CT: leaks nothing. */
KW_MUST_USE kw_status kw_slots_get(kw_slots *slots, kw_secret32 *out, const kw_hash32 *id,
                                   kw_error *err);

/* Gone for good when OK; a second time is fine, and goes on after a failure. IO, UNAVAILABLE. */
KW_MUST_USE kw_status kw_slots_destroy(kw_slots *slots, const kw_hash32 *id, kw_error *err);

/* All that are there. `out` is empty before. */
KW_MUST_USE kw_status kw_slots_list(kw_slots *slots, kw_slot_ids *out, kw_error *err);

/* "hardware" or "best-effort", for the status page. */
const char *kw_slots_erasure(const kw_slots *slots);

#endif /* KW_THRESHOLD_SLOTS_H */
