/* SPDX-License-Identifier: Apache-2.0
 * Calls to the operators of a cluster, side by side on one thread: one that hangs delays no
 * other. */
#ifndef KW_CLIENT_THRESHOLD_CALLS_H
#define KW_CLIENT_THRESHOLD_CALLS_H

#include "client/credential.h"
#include "client/threshold_cluster.h"
#include "net/http_crowd.h"

/* Borrowed while the calls live. Texts are NUL-terminated; NULL or 0: the default. */
typedef struct kw_client_calls_options {
    const kw_client_cluster *cluster;
    const kw_client_credential *credential; /* empty: callers without a name */
    const char *ca_file;                    /* PEM; NULL: the system's authorities */
    const char *cert_file;                  /* PEM, with key_file */
    const char *key_file;
    uint32_t timeout_ms; /* of one call; 0: 10,000 */
} kw_client_calls_options;

/* Belongs to one thread at a time. */
typedef struct kw_client_calls kw_client_calls;

/* Does not connect. BAD_INPUT: certificate without key. NO_MEMORY. */
KW_MUST_USE kw_status kw_client_calls_open(kw_client_calls **out,
                                           const kw_client_calls_options *options, kw_error *err);

/* Ends what is under way. Takes NULL. */
void kw_client_calls_free(kw_client_calls *calls);
KW_AUTO_PTR_DEFINE(kw_client_calls);

/* One call. */
typedef struct kw_client_ask {
    uint16_t member;     /* whom: rank in the cluster's operators, from 1 */
    const char *path;    /* "/epoch" */
    kw_secret_span body; /* JSON of a POST; empty: a GET */
    uint64_t mark;       /* tells calls to one member apart */
} kw_client_ask;

/* Begins a call; everything is copied. LIMIT: its URL or body is too long. BAD_INPUT: it is not
 * https. NO_MEMORY. */
KW_MUST_USE kw_status kw_client_calls_add(kw_client_calls *calls, const kw_client_ask *ask,
                                          kw_error *err);

/* How a call ended. All-zero is none. */
typedef struct kw_client_answer {
    uint16_t member;
    uint64_t mark;
    kw_status st;           /* as of kw_http_client_run, and of kw_problem_status */
    uint32_t took_ms;       /* since it was added */
    kw_buf body;            /* of a 2xx to a GET; the taker drops both */
    kw_secret_bytes posted; /* of a 2xx to a POST: partial signatures are parts of keys */
} kw_client_answer;

void kw_client_answer_drop(kw_client_answer *answer); /* wipes */

/* Who is told while others wait: how many calls are under way, once a second and at each change. */
typedef struct kw_client_watcher {
    void (*on_wait)(void *ctx, size_t open); /* NULL: nobody */
    void *ctx;
} kw_client_watcher;

/* From now on. */
void kw_client_calls_watch(kw_client_calls *calls, kw_client_watcher watcher);

/* Waits for the next one that ends; `out` is empty before. False: none is under way. */
bool kw_client_calls_next(kw_client_calls *calls, kw_client_answer *out);

/* What was asked so far concerns nobody any more: its answers are dropped when they come, and their
 * connections kept. */
void kw_client_calls_forget(kw_client_calls *calls);

#endif /* KW_CLIENT_THRESHOLD_CALLS_H */
