/* SPDX-License-Identifier: Apache-2.0
 * Notices on their way: an errand's URL gets a POST about its SURL. Many are under way at once on
 * few threads, so a receiver that hangs delays no other (emtp.md section 9.4). */
#ifndef KW_EMTP_COURIERS_H
#define KW_EMTP_COURIERS_H

#include "emtp/errand_queue.h"
#include "net/http_client.h"

typedef struct kw_couriers_options {
    const kw_http_client_options *http; /* copied */
    size_t threads;                     /* 1..KW_EMTP_COURIERS_MAX */
    size_t calls_max;                   /* under way at once on each thread; >= 1 */
    void *ctx;
    /* A notice is over: OK, or the status of its last try. On any of the threads; must not call
     * kw_couriers_*. */
    void (*ended)(void *ctx, const kw_errand *errand, kw_status st);
} kw_couriers_options;

/* Safe for any number of threads. */
typedef struct kw_couriers kw_couriers;

/* Starts the threads. BAD_INPUT: a certificate without its key. NO_MEMORY, LIMIT. */
KW_MUST_USE kw_status kw_couriers_new(kw_couriers **out, const kw_couriers_options *options,
                                      kw_error *err);

/* Drops what is pending, cuts what is on its way. Takes NULL. */
void kw_couriers_free(kw_couriers *couriers);
KW_AUTO_PTR_DEFINE(kw_couriers);

/* As kw_errand_queue_ask. What it asks for is sent after the next kw_couriers_go at the latest.
 * Never blocks. */
KW_MUST_USE kw_status kw_couriers_ask(kw_couriers *couriers, kw_str key, kw_str to, kw_str about);

/* Wakes the threads: once for many that were asked for. */
void kw_couriers_go(kw_couriers *couriers);

/* As kw_errand_queue_drop_key. */
void kw_couriers_drop_key(kw_couriers *couriers, kw_str key);

/* Pending or on their way. */
size_t kw_couriers_count(kw_couriers *couriers);

#endif /* KW_EMTP_COURIERS_H */
