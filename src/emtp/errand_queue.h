/* SPDX-License-Identifier: Apache-2.0
 * Calls to others that may be late but not lost at the first failure: at most one pending for each
 * key, retries after 1, 5 and 30 seconds, then dropped (emtp.md section 9.4). The queue only knows
 * what is due; errands.c and couriers.c do it. */
#ifndef KW_EMTP_ERRAND_QUEUE_H
#define KW_EMTP_ERRAND_QUEUE_H

#include "base/error.h"
#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

/* What to do; NUL-terminated texts. */
typedef struct kw_errand {
    const char *key;   /* whose it is; one pending for each */
    const char *to;    /* URL to call */
    const char *about; /* what it is about */
} kw_errand;

enum {
    KW_ERRAND_LANES = 4096 /* hosts are told apart by a hash of so many values */
};

struct kw_errand_entry;

/* By value; its owner locks, and sets the first three members: how many errands may run at once to
 * one host and port (0: any number), and what it wants to hear when an errand is over, OK or the
 * status of its last try. It is called with the queue in use. */
typedef struct kw_errand_queue {
    uint16_t host_max;
    void *ctx;
    void (*ended)(void *ctx, const kw_errand *errand, kw_status st);
    struct kw_errand_entry *entries;
    size_t count; /* pending or running */
    uint16_t running[KW_ERRAND_LANES];
} kw_errand_queue;

/* Drops all; nothing that was taken may be used after it. */
void kw_errand_queue_drop(kw_errand_queue *queue);

/* Makes an errand pending. One that is pending for the key stays as it is; one that runs is done
 * again afterwards, for the change may have come after the other side looked.
 * LIMIT: KW_ERRANDS_MAX are pending. NO_MEMORY. */
KW_MUST_USE kw_status kw_errand_queue_ask(kw_errand_queue *queue, kw_str key, kw_str to,
                                          kw_str about, uint64_t now_ns);

/* Drops the pending errand of a key; one that runs gets no further try. */
void kw_errand_queue_drop_key(kw_errand_queue *queue, kw_str key);

/* The errand that is due for longest, to a host that may take one more: it runs, and is borrowed,
 * until it is settled. NULL: no such one is due before `out_due_ns`, UINT64_MAX for never. */
const kw_errand *kw_errand_queue_take(kw_errand_queue *queue, uint64_t *out_due_ns,
                                      uint64_t now_ns);

/* How a try ended. */
typedef struct kw_errand_try {
    kw_status st;
    bool is_final; /* a further try would be of no use */
} kw_errand_try;

/* Says how the try of a taken errand ended: it is over, or waits for its next try. */
void kw_errand_queue_settle(kw_errand_queue *queue, const kw_errand *taken, kw_errand_try tried,
                            uint64_t now_ns);

#endif /* KW_EMTP_ERRAND_QUEUE_H */
