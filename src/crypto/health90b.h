/* SPDX-License-Identifier: Apache-2.0
 * The continuous health tests of NIST SP 800-90B section 4.4 on raw samples: repetition count
 * (RCT, 4.4.1) and adaptive proportion (APT, 4.4.2). Pure. */
#ifndef KW_CRYPTO_HEALTH90B_H
#define KW_CRYPTO_HEALTH90B_H

#include "base/macros.h"

#include <stdbool.h>
#include <stdint.h>

/* What is known of a source: `half_bits` is the assessed min-entropy of one sample in halves of a
 * bit (H = 0.5 is 1, H = 8 is 16). */
typedef struct kw_health_source {
    uint8_t half_bits; /* 1..16 */
    bool is_binary;    /* samples are 0 or 1: the APT window is 1024, else 512 */
} kw_health_source;

/* A count that reaches a cutoff has probability 2^-alpha_log2 on good data. */
typedef struct kw_health_cutoffs {
    uint32_t repetitions; /* RCT: 1 + ceil(alpha / H) */
    uint32_t proportion;  /* APT: 1 + critbinom(W, 2^-H, 1 - 2^-alpha) */
    uint32_t window;      /* W */
} kw_health_cutoffs;

/* `alpha_log2`: 1..60. Computes; nothing is tabulated. */
kw_health_cutoffs kw_health_cutoffs_of(kw_health_source source, unsigned alpha_log2);

typedef enum kw_health_verdict {
    KW_HEALTH_GOOD,
    KW_HEALTH_SUSPECT, /* a cutoff of alpha = 2^-20 was reached: discard the samples, alert */
    KW_HEALTH_FAILED,  /* one of alpha = 2^-40: the source is dead until it is cleared */
} kw_health_verdict;

/* Running tests of one source. */
typedef struct kw_health {
    kw_health_cutoffs suspect; /* alpha = 2^-20 */
    kw_health_cutoffs failed;  /* alpha = 2^-40 */
    bool has_sample;           /* `last` and `window_first` are set */
    uint8_t last;              /* the latest sample */
    uint8_t window_first;      /* the sample whose copies are counted */
    uint32_t run;              /* equal samples up to now */
    uint32_t seen;             /* samples of this window */
    uint32_t copies;           /* of `window_first` in this window */
} kw_health;

void kw_health_init(kw_health *health, kw_health_source source);

/* Feeds one raw sample. */
kw_health_verdict kw_health_feed(kw_health *health, uint8_t sample);

#endif /* KW_CRYPTO_HEALTH90B_H */
