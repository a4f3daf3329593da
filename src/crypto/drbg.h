/* SPDX-License-Identifier: Apache-2.0
 * The random generator: at least two live noise sources, health-tested, mixed by SHA-512 into an
 * HMAC-DRBG (NIST SP 800-90A rev. 1, section 10.1.2, SHA-256). Thread-safe. */
#ifndef KW_CRYPTO_DRBG_H
#define KW_CRYPTO_DRBG_H

#include "crypto/entropy_source.h"
#include "crypto/rng.h"
#include "os/clock.h"

#define KW_DRBG_STARTUP_SAMPLES   1024       /* of each source, kept only after the tests passed */
#define KW_DRBG_REQUESTS_PER_SEED (1u << 16) /* then it reseeds */
#define KW_DRBG_SEED_LIFE_MS      60000      /* or after this long */
#define KW_DRBG_SOURCES_MIN       2          /* live ones; fewer is a failure */

typedef struct kw_drbg kw_drbg;

typedef struct kw_drbg_options {
    const kw_entropy_source *sources; /* copied; their contexts outlive the generator */
    size_t count;                     /* KW_DRBG_SOURCES_MIN..KW_ENTROPY_SOURCES_MAX */
    kw_clock clock;                   /* kw_clock_monotonic() */
} kw_drbg_options;

/* Runs the start-up tests and seeds. ENTROPY_FAILURE: fewer than two sources passed. NO_MEMORY. */
KW_MUST_USE kw_status kw_drbg_new(kw_drbg **out, const kw_drbg_options *options, kw_error *err);
void kw_drbg_free(kw_drbg *drbg); /* wipes; takes NULL */
KW_AUTO_PTR_DEFINE(kw_drbg);

/* The port; it lives as long as `drbg`. Requests of any length. */
kw_rng kw_drbg_rng(kw_drbg *drbg);

typedef struct kw_drbg_source_report {
    const char *name;
    bool is_live;
    uint64_t samples;  /* raw ones taken */
    uint64_t suspects; /* blocks discarded at alpha = 2^-20 */
    uint64_t failures; /* alpha = 2^-40, or the source gave nothing */
} kw_drbg_source_report;

/* For metrics, alerts and `keyward entropy test`. */
typedef struct kw_drbg_report {
    bool is_healthy; /* false: every request answers ENTROPY_FAILURE until kw_drbg_clear */
    uint64_t reseeds;
    size_t count;
    kw_drbg_source_report sources[KW_ENTROPY_SOURCES_MAX];
} kw_drbg_report;

void kw_drbg_report_get(kw_drbg *drbg, kw_drbg_report *out);

/* On demand: takes the start-up samples of every live source again and reseeds with them.
 * ENTROPY_FAILURE as above; the failure then lasts. */
KW_MUST_USE kw_status kw_drbg_test(kw_drbg *drbg, kw_error *err);

/* The operator's word after a failure: all sources get a new start-up test. ENTROPY_FAILURE: it
 * failed again. */
KW_MUST_USE kw_status kw_drbg_clear(kw_drbg *drbg, kw_error *err);

#endif /* KW_CRYPTO_DRBG_H */
