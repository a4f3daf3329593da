/* SPDX-License-Identifier: Apache-2.0
 * An immutable object that many threads read while one replaces it. Readers take no lock: each
 * announces what it holds in a slot; the publisher waits for those who hold the old object.
 * Source: M. Michael, Hazard Pointers, IEEE TPDS 15(6), 2004. */
#ifndef KW_OS_SNAPSHOT_H
#define KW_OS_SNAPSHOT_H

#include "os/thread.h"

#include <stdatomic.h>

/* Holds at one moment, over all threads; more of them wait for a free slot. */
#define KW_SNAPSHOT_SLOTS 64

typedef struct kw_snapshot_slot {
    _Atomic(void *) held;
    uint8_t padding[64 - sizeof(void *)]; /* no two on one cache line: readers do not collide */
} kw_snapshot_slot;

/* Made by init only. Members are private. */
typedef struct kw_snapshot {
    _Atomic(void *) current;
    void (*free_object)(void *object);
    kw_mutex publishing;
    kw_snapshot_slot slots[KW_SNAPSHOT_SLOTS];
} kw_snapshot;

/* `object` may be NULL: nothing published yet. `free_object` frees replaced ones. */
void kw_snapshot_init(kw_snapshot *snapshot, void *object, void (*free_object)(void *object));

/* Frees the current object. Nobody may hold it. */
void kw_snapshot_drop(kw_snapshot *snapshot);

/* Puts `object` in place, waits until nobody holds the old one, frees it. Blocks as long as the
 * slowest reader; never call it while holding. */
void kw_snapshot_publish(kw_snapshot *snapshot, void *object);

/* A reader's hold. `object` stays valid and unchanged until drop; NULL when nothing is published.
 * Short: no I/O while holding. */
typedef struct kw_snapshot_hold {
    const void *object;
    kw_snapshot_slot *slot; /* private */
} kw_snapshot_hold;

/* `KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&s);` Any thread, wait-free in practice. */
kw_snapshot_hold kw_snapshot_enter(kw_snapshot *snapshot);

void kw_snapshot_hold_drop(kw_snapshot_hold *hold);

#endif /* KW_OS_SNAPSHOT_H */
