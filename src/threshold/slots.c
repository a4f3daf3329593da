/* SPDX-License-Identifier: Apache-2.0
 * Slots wherever they are kept. Secret inputs: their values. */
#include "threshold/slots.h"

#include "base/heap.h"

struct kw_slots {
    const kw_slots_ops *ops;
    void *ctx; /* owned */
    kw_rng rng;
};

void kw_slot_ids_drop(kw_slot_ids *ids)
{
    kw_heap_free(ids->items);
    *ids = (kw_slot_ids){0};
}

kw_status kw_slots_new(kw_slots **out, const kw_slots_ops *ops, void *ctx, const kw_rng *rng,
                       kw_error *err)
{
    kw_slots *slots = kw_heap_new(1, sizeof *slots);
    if (slots == NULL) {
        ops->free(ctx);
        return kw_fail(err, KW_NO_MEMORY, "no memory for slots");
    }
    *slots = (kw_slots){.ops = ops, .ctx = ctx, .rng = *rng};
    *out = slots;
    return KW_OK;
}

void kw_slots_free(kw_slots *slots)
{
    if (slots == NULL) {
        return;
    }
    slots->ops->free(slots->ctx);
    kw_heap_free(slots);
}

kw_status kw_slots_make(kw_slots *slots, kw_hash32 *out_id, kw_secret32 *out, kw_error *err)
{
    kw_hash32 id = {{0}};
    KW_AUTO(kw_secret32) value = {0};
    KW_TRY_AT(err, kw_rng_fill(&slots->rng, KW_MSPAN(id.bytes)), "naming a slot");
    KW_TRY_AT(err, kw_rng_secret32(&slots->rng, &value), "filling a slot");
    KW_TRY_AT(err, slots->ops->make(slots->ctx, &id, &value, err), "making a slot");
    *out_id = id;
    *out = value;
    return KW_OK;
}

kw_status kw_slots_get(kw_slots *slots, kw_secret32 *out, const kw_hash32 *id, kw_error *err)
{
    KW_TRY_AT(err, slots->ops->get(slots->ctx, out, id, err), "opening a slot");
    return KW_OK;
}

kw_status kw_slots_destroy(kw_slots *slots, const kw_hash32 *id, kw_error *err)
{
    KW_TRY_AT(err, slots->ops->destroy(slots->ctx, id, err), "destroying a slot");
    return KW_OK;
}

kw_status kw_slots_list(kw_slots *slots, kw_slot_ids *out, kw_error *err)
{
    KW_ASSERT(out->items == NULL);
    KW_TRY_AT(err, slots->ops->list(slots->ctx, out, err), "listing the slots");
    return KW_OK;
}

const char *kw_slots_erasure(const kw_slots *slots)
{
    return slots->ops->erasure;
}
