/* SPDX-License-Identifier: Apache-2.0
 * Noise sources as a port, and the three every machine is asked for. */
#ifndef KW_CRYPTO_ENTROPY_SOURCE_H
#define KW_CRYPTO_ENTROPY_SOURCE_H

#include "base/error.h"
#include "base/span.h"
#include "crypto/health90b.h"

typedef struct kw_entropy_source {
    const char *name;                             /* for reports: "jitter" */
    kw_status (*sample)(void *ctx, kw_mspan out); /* one raw sample a byte; under the DRBG's lock */
    void *ctx;
    kw_health_source health;
} kw_entropy_source;

/* Jitter (H = 0.5), RDSEED or RDRAND (H = 8, vendor-conditioned), getrandom (H = 8, conditioned by
 * the kernel: monitored, without a 90B claim). */
#define KW_ENTROPY_SOURCES_MAX 4

typedef struct kw_machine_entropy kw_machine_entropy;

/* Owns the samplers behind the sources. NO_MEMORY. */
KW_MUST_USE kw_status kw_machine_entropy_new(kw_machine_entropy **out);
void kw_machine_entropy_free(kw_machine_entropy *entropy);
KW_AUTO_PTR_DEFINE(kw_machine_entropy);

/* Writes the sources, which live as long as `entropy`, and returns their count, <= the maximum. */
size_t kw_machine_entropy_sources(kw_machine_entropy *entropy,
                                  kw_entropy_source out[KW_ENTROPY_SOURCES_MAX]);

#endif /* KW_CRYPTO_ENTROPY_SOURCE_H */
