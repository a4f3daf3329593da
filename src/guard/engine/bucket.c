/* SPDX-License-Identifier: Apache-2.0
 * Token buckets as pairs of atomic words. */
#include "guard/engine/bucket.h"

#include "base/error.h"
#include "base/heap.h"
#include "guard/engine/keyhash.h"

#include <stdatomic.h>

enum {
    WAYS = 8,
    SETS = 65536 / WAYS,
    TIME_BITS = 40,
    UNITS = 256, /* of a token */
    MS_PER_1000_S = 1000000,
    RETRY_AFTER_S_MAX = 86400,
};

static const uint64_t time_mask = ((uint64_t)1 << TIME_BITS) - 1;

/* Two words that change one after the other: for a moment a slot that changes hands may be read
 * with the level of its last owner. That costs or gives one caller a token, which is harmless;
 * a lock here would not be. */
typedef struct slot {
    _Atomic uint64_t tag;  /* hash of the key, with the class in the low bits; 0: empty */
    _Atomic uint64_t word; /* units << TIME_BITS | ms of that level; 0: full */
} slot;

struct kw_buckets {
    kw_bucket_rate rates[KW_BUCKET_CLASSES_COUNT];
    kw_bucket_seed seed;
    slot slots[SETS][WAYS];
};

enum {
    CLASS_BITS = 3,
    CLASS_MASK = (1 << CLASS_BITS) - 1,
    TAG_IN_USE = 1 << CLASS_BITS
};
_Static_assert(KW_BUCKET_CLASSES_COUNT <= CLASS_MASK + 1, "a class fits the tag");

/* A bucket at a moment. */
typedef struct level {
    uint64_t units;
    uint64_t since_ms; /* moment that the units were counted for, <= now */
} level;

kw_buckets *kw_buckets_new(const kw_bucket_rate *rates, kw_bucket_seed seed)
{
    kw_buckets *buckets = kw_heap_new(1, sizeof *buckets);
    if (buckets == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < KW_BUCKET_CLASSES_COUNT; i++) {
        KW_ASSERT(rates[i].burst >= 1 && rates[i].burst <= UINT16_MAX);
        buckets->rates[i] = rates[i];
    }
    buckets->seed = seed;
    return buckets;
}

void kw_buckets_free(kw_buckets *buckets)
{
    kw_heap_free(buckets);
}

/* Time since a stored moment; 0 when the clock went back: nothing is refilled until it has caught
 * up. Only TIME_BITS of both count. */
static uint64_t elapsed_ms(uint64_t since_ms, uint64_t now)
{
    uint64_t elapsed = (now - since_ms) & time_mask;
    return elapsed > time_mask / 2 ? 0 : elapsed;
}

/* The level that a stored word has at `now`. */
static level level_of(uint64_t word, const kw_bucket_rate *rate, uint64_t now)
{
    uint64_t full = (uint64_t)rate->burst * UNITS;
    uint64_t elapsed = elapsed_ms(word, now);
    uint64_t units = word >> TIME_BITS;
    kw_u128 scale = (kw_u128)rate->per_1000_s * UNITS;
    kw_u128 gained = scale * elapsed;
    kw_u128 sum = units + gained / MS_PER_1000_S;
    if (word == 0 || sum >= full) {
        return (level){.units = full, .since_ms = now};
    }
    if (elapsed == 0 || scale == 0) {
        return (level){.units = units, .since_ms = word & time_mask};
    }
    /* The part of a unit that is gained already stays in the bucket as time. */
    uint64_t kept_ms = (uint64_t)(gained % MS_PER_1000_S / scale);
    return (level){.units = (uint64_t)sum, .since_ms = (now - kept_ms) & time_mask};
}

static uint64_t word_of(level l)
{
    uint64_t word = l.units << TIME_BITS | l.since_ms;
    return word == 0 ? 1 : word; /* an empty bucket at moment 0 is not a fresh one */
}

/* The slot to give away: an empty one, else the one that is fullest for its class. */
static slot *victim_of(kw_buckets *buckets, slot *set, uint64_t now, uint64_t *out_tag)
{
    slot *fullest = NULL;
    uint64_t fullest_share = 0;
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t tag = atomic_load_explicit(&set[i].tag, memory_order_relaxed);
        if (tag == 0) {
            *out_tag = 0;
            return &set[i];
        }
        const kw_bucket_rate *rate = &buckets->rates[tag & CLASS_MASK];
        uint64_t word = atomic_load_explicit(&set[i].word, memory_order_relaxed);
        uint64_t share = level_of(word, rate, now).units * UINT16_MAX / rate->burst;
        if (fullest == NULL || share > fullest_share) {
            fullest = &set[i];
            fullest_share = share;
            *out_tag = tag;
        }
    }
    return fullest;
}

/* Finds the bucket or makes a full one. */
static slot *slot_of(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key, uint64_t now)
{
    uint64_t hash = kw_keyhash(buckets->seed.words, key);
    uint64_t tag = (hash & ~(uint64_t)CLASS_MASK) | TAG_IN_USE | (uint64_t)bucket_class;
    /* The class takes part in the choice of the set: an identity's buckets spread. */
    slot *set = buckets->slots[((hash >> 32) ^ (uint64_t)bucket_class) % SETS];
    for (;;) {
        for (size_t i = 0; i < WAYS; i++) {
            if (atomic_load_explicit(&set[i].tag, memory_order_acquire) == tag) {
                return &set[i];
            }
        }
        uint64_t old = 0;
        slot *victim = victim_of(buckets, set, now, &old);
        /* Lost: another thread took the slot, perhaps for this very key; look again. */
        if (atomic_compare_exchange_strong(&victim->tag, &old, tag)) {
            atomic_store_explicit(&victim->word, 0, memory_order_release);
            return victim;
        }
    }
}

/* Whole seconds from `now` until the bucket of a stored word holds `cost_units`, rounded up. */
static uint32_t seconds_until(uint64_t word, uint64_t cost_units, const kw_bucket_rate *rate,
                              uint64_t now)
{
    if (rate->per_1000_s == 0 || cost_units > (uint64_t)rate->burst * UNITS) {
        return RETRY_AFTER_S_MAX;
    }
    kw_u128 scale = (kw_u128)rate->per_1000_s * UNITS;
    uint64_t missing = cost_units - (word >> TIME_BITS);
    kw_u128 wait_ms = ((kw_u128)missing * MS_PER_1000_S + scale - 1) / scale;
    wait_ms -= elapsed_ms(word, now);
    kw_u128 seconds = (wait_ms + 999) / 1000;
    return seconds > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : (uint32_t)seconds;
}

kw_bucket_verdict kw_buckets_take(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key,
                                  uint32_t cost, kw_unix_ms now_ms)
{
    const kw_bucket_rate *rate = &buckets->rates[bucket_class];
    uint64_t now = (uint64_t)now_ms & time_mask;
    uint64_t cost_units = (uint64_t)cost * UNITS;
    slot *s = slot_of(buckets, bucket_class, key, now);
    uint64_t word = atomic_load_explicit(&s->word, memory_order_acquire);
    for (;;) {
        level l = level_of(word, rate, now);
        if (l.units < cost_units) {
            return (kw_bucket_verdict){.remaining = (uint32_t)(l.units / UNITS),
                                       .retry_after_s = seconds_until(word, cost_units, rate, now)};
        }
        l.units -= cost_units;
        if (atomic_compare_exchange_weak(&s->word, &word, word_of(l))) {
            return (kw_bucket_verdict){.is_allowed = true,
                                       .remaining = (uint32_t)(l.units / UNITS)};
        }
    }
}

void kw_buckets_give(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key, uint32_t count,
                     kw_unix_ms now_ms)
{
    const kw_bucket_rate *rate = &buckets->rates[bucket_class];
    uint64_t now = (uint64_t)now_ms & time_mask;
    uint64_t full = (uint64_t)rate->burst * UNITS;
    slot *s = slot_of(buckets, bucket_class, key, now);
    uint64_t word = atomic_load_explicit(&s->word, memory_order_acquire);
    for (;;) {
        level l = level_of(word, rate, now);
        l.units = KW_MIN(full, l.units + (uint64_t)count * UNITS);
        if (atomic_compare_exchange_weak(&s->word, &word, word_of(l))) {
            return;
        }
    }
}

void kw_buckets_charge(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key,
                       uint32_t cost, kw_unix_ms now_ms)
{
    const kw_bucket_rate *rate = &buckets->rates[bucket_class];
    uint64_t now = (uint64_t)now_ms & time_mask;
    slot *s = slot_of(buckets, bucket_class, key, now);
    uint64_t word = atomic_load_explicit(&s->word, memory_order_acquire);
    for (;;) {
        level l = level_of(word, rate, now);
        l.units -= KW_MIN(l.units, (uint64_t)cost * UNITS);
        if (atomic_compare_exchange_weak(&s->word, &word, word_of(l))) {
            return;
        }
    }
}
