/* SPDX-License-Identifier: Apache-2.0
 * Token buckets in one fixed table, shared by all threads without a lock (hardening.md section 4).
 * Time is an argument. A table of keys that anyone can send must not grow: 65,536 slots in sets
 * of eight; a full set drops its fullest bucket, which is the one whose loss changes least. */
#ifndef KW_GUARD_ENGINE_BUCKET_H
#define KW_GUARD_ENGINE_BUCKET_H

#include "base/span.h"
#include "base/utc.h"

/* name, its spelling in options */
#define KW_BUCKET_CLASS_TABLE(X) \
    X(PREAUTH, "preauth")        \
    X(READ, "read")              \
    X(CRYPTO, "crypto")          \
    X(ADMIN, "admin")            \
    X(HEAVY, "heavy")

typedef enum kw_bucket_class {
#define X(name, spelling) KW_BUCKET_##name,
    KW_BUCKET_CLASS_TABLE(X)
#undef X
    KW_BUCKET_CLASSES_COUNT
} kw_bucket_class;

/* Refill and size of the buckets of one class. */
typedef struct kw_bucket_rate {
    uint32_t per_1000_s; /* tokens in 1,000 seconds: 200 a second is 200,000; 0 = never refilled */
    uint32_t burst;      /* tokens of a full bucket, 1..65,535 */
} kw_bucket_rate;

/* What the table needs to tell keys apart; all-zero is valid only in tests, because a caller who
 * knows the seed can aim at one set. */
typedef struct kw_bucket_seed {
    uint64_t words[2]; /* from the CSPRNG */
} kw_bucket_seed;

typedef struct kw_bucket_verdict {
    bool is_allowed;
    uint32_t remaining;     /* whole tokens left */
    uint32_t retry_after_s; /* 0 when allowed; else whole seconds until `cost` is there, rounded up,
                               at most 86,400 */
} kw_bucket_verdict;

typedef struct kw_buckets kw_buckets;

/* 1 MiB of slots; NULL: no memory. `rates` has KW_BUCKET_CLASSES_COUNT rows and is copied. */
KW_MUST_USE kw_buckets *kw_buckets_new(const kw_bucket_rate *rates, kw_bucket_seed seed);

/* Takes NULL. No thread may use the table any more. */
void kw_buckets_free(kw_buckets *buckets);

KW_AUTO_PTR_DEFINE(kw_buckets);

/* Takes `cost` whole tokens from the bucket of (class, key), which starts full; nothing is taken
 * when there are fewer. `now_ms` should be monotonic; a step back only delays the refill.
 * Refill is exact for rates whose 1/256 tokens fall on whole milliseconds (all defaults); else a
 * caller loses less than 1/256 token for each token it takes. */
kw_bucket_verdict kw_buckets_take(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key,
                                  uint32_t cost, kw_unix_ms now_ms);

/* Returns tokens, up to a full bucket; a bucket that was dropped meanwhile is full anyway. */
void kw_buckets_give(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key, uint32_t count,
                     kw_unix_ms now_ms);

/* Takes up to `cost` tokens, leaving at least none: the price of a failed login. */
void kw_buckets_charge(kw_buckets *buckets, kw_bucket_class bucket_class, kw_span key,
                       uint32_t cost, kw_unix_ms now_ms);

#endif /* KW_GUARD_ENGINE_BUCKET_H */
