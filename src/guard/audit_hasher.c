/* SPDX-License-Identifier: Apache-2.0
 * A ring of slabs: the caller's thread cuts frames into free slabs and takes hashed ones back in
 * order, the others hash what is filled. */
#include "guard/audit_hasher.h"

#include "base/heap.h"
#include "crypto/merkle.h"
#include "os/thread.h"

enum {
    THREADS_MAX = 8,
    SLABS_MAX = 4 * THREADS_MAX,
    BYTES_PER_THREAD = 1 << 20, /* for less, starting a thread does not pay */
};

struct kw_audit_hasher {
    const kw_span *segments;
    size_t segments_count;
    size_t segment; /* the one that is being cut */
    kw_span rest;   /* of it */

    kw_mutex mutex; /* the counters and `is_hashed` */
    kw_cond changed;
    uint64_t filled;  /* slabs cut so far; slab i is in ring[i % slabs] */
    uint64_t claimed; /* slabs that a thread took */
    uint64_t taken;   /* slabs that the caller got; the last of them is still his */
    bool is_hashed[SLABS_MAX];
    bool is_stopping;
    size_t threads_count;
    kw_thread threads[THREADS_MAX];
    size_t slabs;        /* in the ring */
    kw_audit_slab *ring; /* owned */
};

static void hash_slab(kw_audit_slab *slab)
{
    for (size_t i = 0; i < slab->count; i++) {
        kw_span bytes = slab->records[i];
        kw_merkle_leaf(&slab->hashes[i], bytes);
        kw_span guard = {bytes.ptr + bytes.len, KW_AUDIT_FRAME_TAIL_BYTES};
        kw_audit_record record;
        slab->is_good[i] =
            kw_span_equal_var(guard, (kw_span){slab->hashes[i].bytes, KW_AUDIT_FRAME_TAIL_BYTES}) &&
            kw_audit_record_decode_unchecked(&record, bytes) == KW_OK;
        if (slab->is_good[i]) {
            slab->links[i] = kw_audit_link_of(&record);
        }
    }
}

static void run(void *ctx)
{
    kw_audit_hasher *hasher = ctx;
    kw_mutex_lock(&hasher->mutex);
    while (!hasher->is_stopping) {
        if (hasher->claimed == hasher->filled) {
            kw_cond_wait(&hasher->changed, &hasher->mutex);
            continue;
        }
        size_t index = hasher->claimed % hasher->slabs;
        hasher->claimed++;
        kw_mutex_unlock(&hasher->mutex);
        hash_slab(&hasher->ring[index]);
        kw_mutex_lock(&hasher->mutex);
        hasher->is_hashed[index] = true;
        kw_cond_broadcast(&hasher->changed);
    }
    kw_mutex_unlock(&hasher->mutex);
}

/* Cuts the next frames into a slab; false behind the last segment. */
static bool cut(kw_audit_hasher *hasher, kw_audit_slab *slab)
{
    if (hasher->segment == hasher->segments_count) {
        return false;
    }
    slab->segment = hasher->segment;
    slab->count = 0;
    slab->frame_bytes = 0;
    size_t len = 0;
    kw_status st = KW_OK;
    while (slab->count < KW_AUDIT_SLAB_RECORDS) {
        st = kw_audit_frame_length(&len, hasher->rest);
        if (st != KW_OK) {
            break;
        }
        slab->records[slab->count] =
            (kw_span){hasher->rest.ptr + KW_AUDIT_FRAME_HEAD_BYTES,
                      len - KW_AUDIT_FRAME_HEAD_BYTES - KW_AUDIT_FRAME_TAIL_BYTES};
        slab->count++;
        slab->frame_bytes += len;
        hasher->rest = (kw_span){hasher->rest.ptr + len, hasher->rest.len - len};
    }
    slab->is_last = st != KW_OK || hasher->rest.len == 0;
    slab->bytes_left = slab->is_last ? hasher->rest.len : 0;
    if (slab->is_last) {
        hasher->segment++;
        hasher->rest = hasher->segment < hasher->segments_count ? hasher->segments[hasher->segment]
                                                                : (kw_span){0};
    }
    return true;
}

/* Fills all slabs that are free. `taken` slabs are the caller's, those before are free. */
static void fill(kw_audit_hasher *hasher)
{
    while (hasher->filled - hasher->taken < hasher->slabs) {
        size_t index = hasher->filled % hasher->slabs;
        if (!cut(hasher, &hasher->ring[index])) {
            return;
        }
        KW_AUTO(kw_locked) hold = kw_lock(&hasher->mutex);
        hasher->is_hashed[index] = false;
        hasher->filled++;
        kw_cond_broadcast(&hasher->changed);
    }
}

const kw_audit_slab *kw_audit_hasher_next(kw_audit_hasher *hasher)
{
    fill(hasher);
    if (hasher->taken == hasher->filled) {
        return NULL;
    }
    size_t index = hasher->taken % hasher->slabs;
    if (hasher->threads_count == 0) {
        hash_slab(&hasher->ring[index]);
        hasher->taken++;
        return &hasher->ring[index];
    }
    KW_AUTO(kw_locked) hold = kw_lock(&hasher->mutex);
    while (!hasher->is_hashed[index]) {
        kw_cond_wait(&hasher->changed, &hasher->mutex);
    }
    hasher->taken++;
    return &hasher->ring[index];
}

/* 0: the caller's own thread does it. */
static size_t threads_for(const kw_span *segments, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += segments[i].len;
    }
    size_t most = KW_MIN((size_t)kw_thread_cpu_count(), (size_t)THREADS_MAX);
    return KW_MIN(most, bytes / BYTES_PER_THREAD);
}

kw_status kw_audit_hasher_new(kw_audit_hasher **out, const kw_span *segments, size_t count,
                              kw_error *err)
{
    KW_AUTO_PTR(kw_audit_hasher) hasher = kw_heap_new(1, sizeof *hasher);
    KW_REQUIRE(hasher != NULL, err, KW_NO_MEMORY, "starting to hash");
    hasher->segments = segments;
    hasher->segments_count = count;
    hasher->rest = count > 0 ? segments[0] : (kw_span){0};
    size_t threads = threads_for(segments, count);
    hasher->slabs = threads == 0 ? 1 : 4 * threads;
    hasher->ring = kw_heap_new(hasher->slabs, sizeof *hasher->ring);
    KW_REQUIRE(hasher->ring != NULL, err, KW_NO_MEMORY, "starting to hash");
    for (size_t i = 0; i < threads; i++) {
        KW_TRY(kw_thread_start(&hasher->threads[i], "kw-audit-hash", run, hasher, err));
        hasher->threads_count++;
    }
    *out = hasher;
    hasher = NULL;
    return KW_OK;
}

void kw_audit_hasher_free(kw_audit_hasher *hasher)
{
    if (hasher == NULL) {
        return;
    }
    kw_mutex_lock(&hasher->mutex);
    hasher->is_stopping = true;
    kw_cond_broadcast(&hasher->changed);
    kw_mutex_unlock(&hasher->mutex);
    for (size_t i = 0; i < hasher->threads_count; i++) {
        kw_thread_join(&hasher->threads[i]);
    }
    kw_heap_free(hasher->ring);
    kw_heap_free(hasher);
}
