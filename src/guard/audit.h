/* SPDX-License-Identifier: Apache-2.0
 * The audit log of a running node: an append-only hash chain in local segment files, written by
 * one thread that commits in groups. What is acknowledged is on the disk.
 *
 * Folder: <first sequence, 16 digits>.log    segments, guard/engine/chain.h has the record form
 *         <first sequence, 16 digits>.notes  signed checkpoints (C2SP) taken in that segment
 *         vkey                               verifier key of the checkpoints, public */
#ifndef KW_GUARD_AUDIT_H
#define KW_GUARD_AUDIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/utc.h"
#include "guard/engine/chain.h"

typedef struct kw_audit kw_audit;
typedef struct kw_clock kw_clock;
typedef struct kw_ed25519_key kw_ed25519_key;

/* One thing that happened. Only these typed members reach the log: no bodies, no header text, and
 * secret types do not convert to kw_str. Sequence, time, node and previous hash are added by the
 * writer. Texts are UTF-8; control characters are refused. Borrowed for the call. */
typedef struct kw_audit_event {
    kw_str tenant; /* may be empty */
    kw_str actor;  /* identity id; empty when nobody was authenticated */
    kw_auth_method method;
    kw_ip address;    /* all-zero when there is no peer */
    kw_str action;    /* `domain.object.verb` of the route row or use case */
    kw_str object;    /* what it was done to; may be empty */
    kw_str detail;    /* short; may be empty */
    uint64_t version; /* key version, 0 when there is none */
    kw_status outcome;
    kw_str request_id;  /* may be empty */
    kw_str approval_id; /* empty as long as no approvals exist */
} kw_audit_event;

/* Runs on the writer thread when the record is durable (KW_OK) or will never be
 * (KW_AUDIT_UNAVAILABLE); must not block or call kw_audit_*. */
typedef void (*kw_audit_done)(void *data, kw_status st);

/* Receives each new checkpoint on the writer thread; must not block. */
typedef struct kw_audit_sink {
    void (*checkpoint)(void *ctx, kw_str note);
    void *ctx;
} kw_audit_sink;

typedef struct kw_audit_config {
    const char *folder;        /* made with mode 0700 when absent; one process at a time (locked) */
    kw_str node;               /* 1..64 of A-Za-z0-9.-, names the log: origin "<node>/audit" */
    const kw_ed25519_key *key; /* signs checkpoints; must outlive the log */
    const kw_clock *clock;     /* must outlive the log */
    kw_audit_sink sink;        /* all-zero: none */
    uint64_t segment_bytes;    /* 0: KW_AUDIT_SEGMENT_BYTES */
    uint32_t retry_ms;         /* after a failed write; 0: 1,000 */
    unsigned disk_free_percent; /* less than this free: as if full; 0: not asked */
} kw_audit_config;

typedef struct kw_audit_state {
    bool is_available;  /* false: every audited route answers 503 audit_unavailable */
    uint64_t size;      /* durable records */
    uint64_t queued;    /* records that wait for their commit */
    uint64_t refused;   /* records that were not taken since the start */
    uint64_t commits;   /* group commits since the start */
    uint64_t cut_bytes; /* of a torn tail that was cut away at the start */
} kw_audit_state;

/* Opens the log of this node and starts its writer. A tail that a crash left incomplete is cut
 * away: such records were never acknowledged. CORRUPT: an earlier record or a checkpoint does not
 * fit the chain (nothing is changed then: keyward audit verify tells more). CONFLICT: another
 * process has it open. BAD_INPUT, IO, NO_SPACE, NO_MEMORY. */
KW_MUST_USE kw_status kw_audit_open(kw_audit **out, const kw_audit_config *config, kw_error *err);

/* Commits what is queued, signs a last checkpoint, stops the writer. Takes NULL. */
void kw_audit_free(kw_audit *audit);

KW_AUTO_PTR_DEFINE(kw_audit);

/* Queues a record; any thread, takes no lock that is held during input or output. After KW_OK
 * `done` (may be NULL) runs exactly once. AUDIT_UNAVAILABLE: not queued, because the disk cannot
 * be written or the queue (8,192 records, 8 MiB) is full; `done` does not run.
 * BAD_INPUT: a member out of range. NO_MEMORY. */
KW_MUST_USE kw_status kw_audit_append(kw_audit *audit, const kw_audit_event *event,
                                      kw_audit_done done, void *data);

/* The same without a copy: the texts of `event`, and what `arena` gives for the queue, must live
 * until `done` (not NULL) has run, which is then the last that the log has to do with them. */
KW_MUST_USE kw_status kw_audit_append_borrowed(kw_audit *audit, kw_arena *arena,
                                               const kw_audit_event *event, kw_audit_done done,
                                               void *data);

/* As kw_audit_append for refused requests that nobody waits for: they take at most half of the
 * queue, so that a flood of them never stops the others; those beyond are counted, and one record
 * `audit.refusals.dropped` tells their number. */
void kw_audit_note_refusal(kw_audit *audit, const kw_audit_event *event);

/* Appends and waits until the record is durable. Not on a loop thread. */
KW_MUST_USE kw_status kw_audit_append_wait(kw_audit *audit, const kw_audit_event *event,
                                           kw_error *err);

/* False while nothing can be written; one atomic read. */
bool kw_audit_is_available(const kw_audit *audit);

kw_audit_state kw_audit_state_now(kw_audit *audit);

/* The newest signed checkpoint; empty before the first. `out` is emptied first. LIMIT. */
KW_MUST_USE kw_status kw_audit_checkpoint(kw_audit *audit, kw_buf *out);

#endif /* KW_GUARD_AUDIT_H */
