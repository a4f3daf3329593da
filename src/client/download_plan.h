/* SPDX-License-Identifier: Apache-2.0
 * Who fetches what next: the segments of a file, the mirrors that have it, and the time as an
 * argument. Decides alone which mirror is asked, waited for or left. Source: distribution.md
 * section 7. */
#ifndef KW_CLIENT_DOWNLOAD_PLAN_H
#define KW_CLIENT_DOWNLOAD_PLAN_H

#include "base/utc.h"
#include "net/backoff.h"
#include "params/engine/leaf.h"

enum {
    KW_SEGMENT_LEAVES = 64, /* of 64 KiB: 4 MiB are claimed at once */
    KW_MIRRORS_MAX = 16,
    KW_MIRRORS_AT_ONCE = 4,
    KW_MIRROR_CONNECTIONS = 2,
    KW_DOWNLOAD_SLOTS = KW_MIRRORS_AT_ONCE * KW_MIRROR_CONNECTIONS,
    KW_SLOW_MS = 10000,
    KW_SLOW_BYTES_PER_S = 8192,
};

#define KW_DOWNLOAD_BYTES_MAX (UINT64_C(1) << 37) /* of a file: its leaf hashes are 64 MiB */

typedef struct kw_plan_rules {
    uint64_t file_bytes;       /* 1..KW_DOWNLOAD_BYTES_MAX */
    uint32_t mirrors;          /* 1..KW_MIRRORS_MAX; the first are asked first, then the fastest */
    uint32_t slots;            /* connections in all: 1..KW_DOWNLOAD_SLOTS */
    uint32_t slow_ms;          /* a connection that brings fewer than ... */
    uint32_t slow_bytes_per_s; /* ... for so long is cut; 0: any rate will do */
    kw_backoff backoff;        /* of a mirror; attempts_max without a leaf, and it is left */
} kw_plan_rules;

/* What a connection is to ask for: whole leaves. */
typedef struct kw_plan_task {
    uint32_t mirror;
    uint64_t first; /* byte */
    uint64_t end;   /* > first */
} kw_plan_task;

/* How a connection ended. */
typedef enum kw_plan_outcome {
    KW_PLAN_DONE,   /* all leaves came, or nobody waits for them any more */
    KW_PLAN_BROKEN, /* cut off, busy, too slow: the mirror may be asked again */
    KW_PLAN_LYING,  /* a wrong leaf, another answer: the mirror is left for this file */
} kw_plan_outcome;

typedef struct kw_plan_mirror {
    bool is_left;
    uint32_t slots;        /* open now */
    uint32_t failures;     /* in a row, without a leaf */
    kw_unix_ms rests_till; /* not asked before */
    uint64_t bytes;        /* that came */
    uint64_t busy_ms;      /* for which its connections were open */
} kw_plan_mirror;

typedef struct kw_plan_slot {
    bool is_open;
    kw_plan_task task;
    uint64_t segment;
    bool has_leaf;         /* one that was wanted came */
    kw_unix_ms opened_ms;  /* when it was claimed */
    uint64_t bytes;        /* since then */
    kw_unix_ms window_ms;  /* since when its rate is looked at */
    uint64_t window_bytes; /* since then */
} kw_plan_slot;

/* All-zero is empty. Belongs to one thread at a time. */
typedef struct kw_download_plan {
    kw_plan_rules rules;
    uint64_t *have; /* owned; a word for each segment, a bit for each leaf */
    uint64_t segments;
    uint64_t leaves;
    uint64_t leaves_left;
    kw_plan_mirror mirrors[KW_MIRRORS_MAX];
    kw_plan_slot slots[KW_DOWNLOAD_SLOTS];
} kw_download_plan;

/* Nothing of the file is there. LIMIT: more bytes or mirrors than above. NO_MEMORY. */
KW_MUST_USE kw_status kw_download_plan_make(kw_download_plan *out, const kw_plan_rules *rules,
                                            kw_error *err);
void kw_download_plan_drop(kw_download_plan *plan);

/* Bytes of a leaf: 64 KiB, the last one fewer. */
size_t kw_download_plan_leaf_bytes(const kw_download_plan *plan, uint64_t leaf);

bool kw_download_plan_has(const kw_download_plan *plan, uint64_t leaf);

/* A leaf is there, from whatever source. False: it was there before. */
bool kw_download_plan_mark(kw_download_plan *plan, uint64_t leaf);

/* Bytes that are there. */
uint64_t kw_download_plan_bytes(const kw_download_plan *plan);

/* Opens a connection: a segment that nobody fetches; when there is none, one whose connection is
 * late beside what this mirror can do. False: nothing may be opened now. */
KW_MUST_USE bool kw_download_plan_claim(kw_download_plan *plan, unsigned *out_slot,
                                        kw_plan_task *out, kw_unix_ms now_ms);

/* Bytes came over a connection. */
void kw_download_plan_feel(kw_download_plan *plan, unsigned slot, size_t bytes);

/* A leaf of its task came and is what it must be. False: it was there before. */
bool kw_download_plan_take(kw_download_plan *plan, unsigned slot, uint64_t leaf);

/* True when it has brought too little for too long. */
bool kw_download_plan_is_slow(kw_download_plan *plan, unsigned slot, kw_unix_ms now_ms);

/* True when all that it is to bring is there, from others. */
bool kw_download_plan_is_idle(const kw_download_plan *plan, unsigned slot);

typedef struct kw_plan_end {
    kw_plan_outcome outcome;
    kw_unix_ms now_ms;
    uint64_t retry_after_ms; /* that the mirror asked for; 0: it did not */
    uint64_t random;         /* uniform */
} kw_plan_end;

/* Closes a connection; what it did not bring is free again. True: the mirror is left now. */
bool kw_download_plan_end(kw_download_plan *plan, unsigned slot, const kw_plan_end *end);

bool kw_download_plan_is_complete(const kw_download_plan *plan);

/* True when something is missing and no mirror is left to ask. */
bool kw_download_plan_is_hopeless(const kw_download_plan *plan);

#endif /* KW_CLIENT_DOWNLOAD_PLAN_H */
