/* SPDX-License-Identifier: Apache-2.0
 * Hazard slots. Source: M. Michael, Hazard Pointers, IEEE TPDS 15(6), 2004. */
#include "os/snapshot.h"

#include <sched.h>

/* How long the publisher lets a reader finish before it looks again; publishing is rare. */
enum {
    PAUSE_NS = 20000
};

void kw_snapshot_init(kw_snapshot *snapshot, void *object, void (*free_object)(void *object))
{
    *snapshot = (kw_snapshot){.free_object = free_object};
    atomic_store(&snapshot->current, object);
}

static void free_if_any(const kw_snapshot *snapshot, void *object)
{
    if (object != NULL) {
        snapshot->free_object(object);
    }
}

void kw_snapshot_drop(kw_snapshot *snapshot)
{
    free_if_any(snapshot, atomic_exchange(&snapshot->current, NULL));
}

static void wait_until_released(const kw_snapshot *snapshot, const void *object)
{
    for (size_t i = 0; i < KW_SNAPSHOT_SLOTS; i++) {
        while (atomic_load(&snapshot->slots[i].held) == object) {
            struct timespec pause = {.tv_nsec = PAUSE_NS};
            (void)nanosleep(&pause, NULL);
        }
    }
}

void kw_snapshot_publish(kw_snapshot *snapshot, void *object)
{
    KW_AUTO(kw_locked) hold = kw_lock(&snapshot->publishing);
    void *old = atomic_exchange(&snapshot->current, object);
    if (old != NULL) {
        wait_until_released(snapshot, old);
    }
    free_if_any(snapshot, old);
}

/* Where a thread looks first: threads have their own, so they rarely meet. */
static size_t first_slot(void)
{
    uint64_t self = (uint64_t)(uintptr_t)pthread_self();
    return (size_t)((self * 0x9e3779b97f4a7c15U) >> 58); /* the top six bits: 0..63 */
}

/* Takes a free slot by putting `object` into it. */
static kw_snapshot_slot *take_slot(kw_snapshot *snapshot, void *object)
{
    for (size_t i = first_slot(), tries = 1;; i = (i + 1) % KW_SNAPSHOT_SLOTS, tries++) {
        void *empty = NULL;
        if (atomic_compare_exchange_strong(&snapshot->slots[i].held, &empty, object)) {
            return &snapshot->slots[i];
        }
        if (tries % KW_SNAPSHOT_SLOTS == 0) {
            (void)sched_yield(); /* all are taken: someone is about to leave */
        }
    }
}

kw_snapshot_hold kw_snapshot_enter(kw_snapshot *snapshot)
{
    void *object = atomic_load(&snapshot->current);
    if (object == NULL) {
        return (kw_snapshot_hold){0};
    }
    kw_snapshot_slot *slot = take_slot(snapshot, object);
    /* The announcement counts only if the object is still current after it was made: then the
     * publisher, who replaces first and looks second, must see it. */
    for (void *seen = atomic_load(&snapshot->current); seen != object;
         seen = atomic_load(&snapshot->current)) {
        object = seen;
        atomic_store(&slot->held, object);
        if (object == NULL) {
            return (kw_snapshot_hold){0};
        }
    }
    return (kw_snapshot_hold){.object = object, .slot = slot};
}

void kw_snapshot_hold_drop(kw_snapshot_hold *hold)
{
    if (hold->slot != NULL) {
        atomic_store_explicit(&hold->slot->held, NULL, memory_order_release);
    }
    *hold = (kw_snapshot_hold){0};
}
