/* SPDX-License-Identifier: Apache-2.0
 * Carries messages to other operators and questions to them, on a thread of its own: again until
 * their time is over, so many at once to each, to a server whose key is pinned. A member that hangs
 * delays no other. Source: threshold.md section 2. */
#ifndef KW_THRESHOLD_COURIER_H
#define KW_THRESHOLD_COURIER_H

#include "crypto/rng.h"
#include "obs/log.h"
#include "obs/metric.h"
#include "os/clock.h"
#include "threshold/outbox.h"

/* What became of a try. */
typedef struct kw_courier_answer {
    kw_address from;
    kw_cargo_kind kind;
    kw_hash32 hash; /* PULL: what was asked for */
    uint64_t epoch; /* ASK: the same */
    /* OK: 2xx. Else as kw_http_client_run says of the last try; TIMED_OUT also: there was none;
     * CANCELLED: the member is none any more. */
    kw_status st;
    bool is_over;                 /* false: it is tried again. A SEND is so after 401 and 404 */
    const kw_http_result *result; /* of the try; borrowed; all-zero when there was no answer */
} kw_courier_answer;

/* Texts and clocks are copied, the rest is borrowed and outlives the courier. */
typedef struct kw_courier_options {
    const char *ca_file;          /* PEM; NULL: the system's */
    const char *certificate_file; /* PEM, ours as a client; NULL: none */
    const char *key_file;
    uint32_t attempt_ms;     /* of one try; 0: KW_COURIER_ATTEMPT_MS */
    kw_outbox_budget budget; /* of each member; 0: that of limits.h */
    kw_clock clock;          /* Unix time: what `until_ms` means */
    kw_clock pace;           /* kw_clock_monotonic(): what retries and pauses go by */
    const kw_rng *rng;
    kw_log *log;         /* NULL: none */
    kw_metrics *metrics; /* NULL: none; of one courier only */
    void *ctx;
    /* Called on the courier's thread for each try that ended, and for each parcel whose time ends
     * between two; once for each parcel with `is_over`. Until it returns no bytes move. It may
     * send, pull and ask; it must not stop or free the courier. */
    void (*on_answer)(void *ctx, const kw_courier_answer *answer);
} kw_courier_options;

/* Any thread. */
typedef struct kw_courier kw_courier;

/* Starts the thread; knows no members yet. BAD_INPUT: a certificate without its key. NO_MEMORY,
 * LIMIT. */
KW_MUST_USE kw_status kw_courier_open(kw_courier **out, const kw_courier_options *options,
                                      kw_error *err);

/* Cuts what is on its way and ends the thread: `on_answer` is not called any more, also not for
 * what still waited. Whatever is sent from now on is CANCELLED. One thread; may run twice. */
void kw_courier_stop(kw_courier *courier);

/* Stops and frees. Takes NULL. */
void kw_courier_free(kw_courier *courier);

KW_AUTO_PTR_DEFINE(kw_courier);

/* As kw_outbox_members: who may be called from now on, and where. */
KW_MUST_USE kw_status kw_courier_members(kw_courier *courier, const kw_courier_member *members,
                                         size_t count, kw_error *err);

/* Whom to, and how long. */
typedef struct kw_courier_trip {
    const kw_address *to;
    size_t to_count;
    uint64_t until_ms; /* Unix; no try begins after it */
} kw_courier_trip;

/* Makes a POST of `body`, JSON, to `path` of each. Takes the body, in any case. Never blocks. The
 * first of: LIMIT: longer path or body than any, or the budget of a member has no room; NOT_FOUND:
 * one is no member; NO_MEMORY; CANCELLED: stopped. The others get theirs. */
KW_MUST_USE kw_status kw_courier_send(kw_courier *courier, kw_buf *body, const char *path,
                                      const kw_courier_trip *trip);

/* GET /message/0x<64 digits> from each. Statuses of kw_courier_send. */
KW_MUST_USE kw_status kw_courier_pull(kw_courier *courier, const kw_hash32 *hash,
                                      const kw_courier_trip *trip);

/* GET /epoch/<epoch> from each, GET /epoch for 0. Statuses of kw_courier_send. */
KW_MUST_USE kw_status kw_courier_ask(kw_courier *courier, uint64_t epoch,
                                     const kw_courier_trip *trip);

/* A member has called us: if it was down, one call looks at once. */
void kw_courier_heard(kw_courier *courier, const kw_address *from);

/* As kw_outbox_states; for /health and metrics. */
size_t kw_courier_states(kw_courier *courier, kw_courier_state *out, size_t room);

/* The clocks were turned: looks anew what is due. */
void kw_courier_look(kw_courier *courier);

#endif /* KW_THRESHOLD_COURIER_H */
