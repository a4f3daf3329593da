/* SPDX-License-Identifier: Apache-2.0
 * A noise source of our own: how long a walk over memory takes, in the lowest bits of the
 * processor's counter. One byte a sample, assessed at H = 0.5 bit; raw, not conditioned. */
#ifndef KW_OS_JITTER_H
#define KW_OS_JITTER_H

#include "base/error.h"
#include "base/span.h"

/* Working memory of the sampler; one thread at a time. */
typedef struct kw_jitter kw_jitter;

/* NULL when there is no memory. */
KW_MUST_USE kw_jitter *kw_jitter_new(void);
void kw_jitter_free(kw_jitter *jitter);
KW_AUTO_PTR_DEFINE(kw_jitter);

/* One raw sample per byte of `out`. UNAVAILABLE: the counter stands still. */
KW_MUST_USE kw_status kw_jitter_sample(kw_jitter *jitter, kw_mspan out);

#endif /* KW_OS_JITTER_H */
