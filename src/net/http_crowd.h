/* SPDX-License-Identifier: Apache-2.0
 * HTTP calls side by side on one thread: one that hangs delays no other. No retries of its own;
 * limits and verification are those of http_client.h. */
#ifndef KW_NET_HTTP_CROWD_H
#define KW_NET_HTTP_CROWD_H

#include "net/http_client.h"

/* Belongs to one thread at a time, but for kw_http_crowd_wake. Keeps some idle connections; how
 * many calls run at once, and to one host, is up to who adds them. */
typedef struct kw_http_crowd kw_http_crowd;

/* The back-off of the options is not used. BAD_INPUT: certificate without key. NO_MEMORY. */
KW_MUST_USE kw_status kw_http_crowd_new(kw_http_crowd **out, const kw_http_client_options *options,
                                        kw_error *err);

/* Everything was taken, after kw_http_crowd_cut if need be. Takes NULL. */
void kw_http_crowd_free(kw_http_crowd *crowd);

KW_AUTO_PTR_DEFINE(kw_http_crowd);

/* Begins a call. What it points to is borrowed until it was taken; `tag` tells it from others.
 * BAD_INPUT: the URL is not https. NO_MEMORY. */
KW_MUST_USE kw_status kw_http_crowd_add(kw_http_crowd *crowd, const kw_http_call *call, void *tag,
                                        kw_error *err);

/* Calls that were added and not taken. */
size_t kw_http_crowd_count(const kw_http_crowd *crowd);

/* Moves bytes; when nothing is ready, waits until something is, for at most `wait_ms`. */
void kw_http_crowd_turn(kw_http_crowd *crowd, uint32_t wait_ms);

/* Ends a wait of kw_http_crowd_turn, or the next. From any thread. */
void kw_http_crowd_wake(kw_http_crowd *crowd);

/* Ends all that is under way with CANCELLED; nothing may be added any more. */
void kw_http_crowd_cut(kw_http_crowd *crowd);

/* A call that ended. */
typedef struct kw_http_ended {
    void *tag;
    kw_status st;          /* as of kw_http_client_run */
    kw_http_result result; /* the taker drops it */
} kw_http_ended;

/* Takes a call that has ended; false: none has. */
bool kw_http_crowd_take(kw_http_crowd *crowd, kw_http_ended *out);

#endif /* KW_NET_HTTP_CROWD_H */
