/* SPDX-License-Identifier: Apache-2.0
 * A circuit breaker, pure: may a peer that did not answer be called? After some failures in a row
 * it opens; then now and again one call looks whether the peer is back (half-open). */
#ifndef KW_THRESHOLD_BREAKER_H
#define KW_THRESHOLD_BREAKER_H

#include "base/error.h"

#include <stdint.h>

typedef enum kw_breaker_mode {
    KW_BREAKER_CLOSED, /* calls go through */
    KW_BREAKER_OPEN,   /* none does before `due_ms` */
    KW_BREAKER_HALF,   /* one is on its way; its end decides */
} kw_breaker_mode;

/* All-zero is closed. */
typedef struct kw_breaker {
    kw_breaker_mode mode;
    uint32_t failures; /* in a row */
    uint64_t due_ms;   /* meaningful when open */
} kw_breaker;

/* When the next call may begin: 0 is at once, UINT64_MAX after the end of the one on its way. */
uint64_t kw_breaker_due_ms(const kw_breaker *breaker);

/* A call begins, which kw_breaker_due_ms allowed. */
void kw_breaker_begin(kw_breaker *breaker);

/* A call was answered, whatever the answer says. */
void kw_breaker_answered(kw_breaker *breaker);

/* A call ended without an answer. `random` spreads when the next one looks. */
void kw_breaker_failed(kw_breaker *breaker, uint64_t now_ms, uint64_t random);

/* The peer called us: when open, one call may look at once, and the answer is true. */
bool kw_breaker_heard(kw_breaker *breaker);

#endif /* KW_THRESHOLD_BREAKER_H */
