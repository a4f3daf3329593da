/* SPDX-License-Identifier: Apache-2.0
 * The random generator: sources, health, mixing, reseeding, failure. Secret inputs: all samples
 * and the state. Source: NIST SP 800-90A rev. 1, SP 800-90B section 4.3. */
#include "crypto/drbg.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "crypto/hmac_drbg.h"
#include "os/secmem.h"
#include "os/thread.h"

enum {
    SEED_BITS = 512,             /* min-entropy asked of each source for a reseed */
    TRIES = 3,                   /* blocks in a row that may be suspect before a source is dead */
    REQUEST_BYTES_MAX = 1 << 16, /* SP 800-90A table 2: 2^19 bits */
};

typedef struct noise {
    kw_entropy_source port;
    kw_health health;
    kw_drbg_source_report report;
} noise;

/* Lives in guarded memory: samples and state are secret. */
typedef struct secrets {
    kw_hmac_drbg state;
    uint8_t block[KW_DRBG_STARTUP_SAMPLES]; /* raw samples of one source */
    kw_hash64 seed;
    kw_sha512_state mixing;
} secrets;

struct kw_drbg {
    kw_mutex mutex; /* guards everything below */
    kw_clock clock;
    kw_fork_mark *mark; /* owned */
    secrets *hidden;    /* owned, guarded memory */
    noise sources[KW_ENTROPY_SOURCES_MAX];
    size_t count;
    bool is_healthy;
    uint32_t requests; /* since the last seed */
    uint64_t reseeds;
    kw_unix_ms seeded_ms;
};

/* Samples that hold SEED_BITS, never more than the block. */
static size_t reseed_samples(const noise *source)
{
    return KW_MIN(2U * SEED_BITS / source->port.health.half_bits,
                  (unsigned)KW_DRBG_STARTUP_SAMPLES);
}

/* Takes `len` raw samples into the block and tests each. */
static kw_health_verdict take_block(kw_drbg *drbg, noise *source, size_t len)
{
    kw_mspan block = {drbg->hidden->block, len};
    if (source->port.sample(source->port.ctx, block) != KW_OK) {
        return KW_HEALTH_FAILED;
    }
    source->report.samples += len;
    kw_health_verdict worst = KW_HEALTH_GOOD;
    for (size_t i = 0; i < len; i++) {
        kw_health_verdict verdict = kw_health_feed(&source->health, block.ptr[i]);
        worst = KW_MAX(worst, verdict);
    }
    return worst;
}

/* A good block of one source goes into the mixture; suspect ones are thrown away. False: the
 * source is dead. */
static bool mix_source(kw_drbg *drbg, noise *source, size_t len)
{
    for (int i = 0; i < TRIES; i++) {
        kw_health_verdict verdict = take_block(drbg, source, len);
        if (verdict == KW_HEALTH_GOOD) {
            kw_sha512_update(&drbg->hidden->mixing, (kw_span){drbg->hidden->block, len});
            return true;
        }
        if (verdict == KW_HEALTH_FAILED) {
            break;
        }
        source->report.suspects++;
        kw_health_init(&source->health, source->port.health);
    }
    source->report.failures++;
    source->report.is_live = false;
    return false;
}

/* Mixes all live sources; false when fewer than two are left, or one of them has died just now:
 * a source that turns bad is an alarm even when others are good. */
static bool mix_all(kw_drbg *drbg, bool is_startup)
{
    static const char label[] = "keyward/drbg/v1";
    size_t live = 0;
    bool has_died = false;
    kw_sha512_init(&drbg->hidden->mixing);
    kw_sha512_update(&drbg->hidden->mixing, KW_SPAN(label));
    for (size_t i = 0; i < drbg->count; i++) {
        noise *source = &drbg->sources[i];
        if (!source->report.is_live) {
            continue;
        }
        size_t len = is_startup ? KW_DRBG_STARTUP_SAMPLES : reseed_samples(source);
        if (mix_source(drbg, source, len)) {
            live++;
        } else {
            has_died = true;
        }
    }
    kw_sha512_final(&drbg->hidden->mixing, &drbg->hidden->seed);
    kw_wipe(drbg->hidden->block, sizeof drbg->hidden->block);
    return live >= KW_DRBG_SOURCES_MIN && !has_died;
}

/* Puts fresh entropy into the state. A failure lasts until it is cleared. */
static kw_status reseed(kw_drbg *drbg, bool is_startup)
{
    drbg->is_healthy = mix_all(drbg, is_startup);
    if (!drbg->is_healthy) {
        kw_wipe(&drbg->hidden->state, sizeof drbg->hidden->state);
        return KW_ENTROPY_FAILURE;
    }
    kw_span seed = KW_SPAN(drbg->hidden->seed.bytes);
    kw_hmac_drbg_reseed(&drbg->hidden->state, kw_secret_span_of(seed));
    kw_wipe(&drbg->hidden->seed, sizeof drbg->hidden->seed);
    drbg->requests = 0;
    drbg->reseeds++;
    drbg->seeded_ms = kw_clock_now_ms(&drbg->clock);
    return KW_OK;
}

/* A source that is not there at the start (no RDRAND, say) is left out; one that is there and bad
 * fails the start. */
static kw_status start(kw_drbg *drbg)
{
    for (size_t i = 0; i < drbg->count; i++) {
        noise *source = &drbg->sources[i];
        kw_mspan probe = {drbg->hidden->block, 1};
        source->report.is_live = source->port.sample(source->port.ctx, probe) == KW_OK;
        kw_health_init(&source->health, source->port.health);
    }
    kw_secret_span nothing = {0};
    kw_hmac_drbg_init(&drbg->hidden->state, nothing);
    return reseed(drbg, true);
}

static kw_status check_options(const kw_drbg_options *options, kw_error *err)
{
    KW_REQUIRE(options->count >= KW_DRBG_SOURCES_MIN, err, KW_ENTROPY_FAILURE,
               "%zu noise sources, at least two are needed", options->count);
    KW_REQUIRE(options->count <= KW_ENTROPY_SOURCES_MAX, err, KW_LIMIT, "too many noise sources");
    return KW_OK;
}

kw_status kw_drbg_new(kw_drbg **out, const kw_drbg_options *options, kw_error *err)
{
    KW_TRY(check_options(options, err));
    KW_AUTO_PTR(kw_drbg) drbg = kw_heap_new(1, sizeof *drbg);
    KW_REQUIRE(drbg != NULL, err, KW_NO_MEMORY, "creating the random generator");
    drbg->mark = kw_fork_mark_new();
    drbg->hidden = kw_secmem_new(sizeof *drbg->hidden);
    KW_REQUIRE(drbg->mark != NULL && drbg->hidden != NULL, err, KW_NO_MEMORY,
               "creating the random generator");
    drbg->clock = options->clock;
    drbg->count = options->count;
    for (size_t i = 0; i < options->count; i++) {
        drbg->sources[i].port = options->sources[i];
        drbg->sources[i].report.name = options->sources[i].name;
    }
    KW_TRY_AT(err, start(drbg), "testing the noise sources");
    *out = drbg;
    drbg = NULL;
    return KW_OK;
}

void kw_drbg_free(kw_drbg *drbg)
{
    if (drbg != NULL) {
        kw_secmem_free(drbg->hidden);
        kw_fork_mark_free(drbg->mark);
        kw_heap_free(drbg);
    }
}

static bool needs_seed(kw_drbg *drbg)
{
    kw_unix_ms age = kw_clock_now_ms(&drbg->clock) - drbg->seeded_ms;
    return kw_fork_mark_has_forked(drbg->mark) || drbg->requests >= KW_DRBG_REQUESTS_PER_SEED ||
           age >= KW_DRBG_SEED_LIFE_MS || age < 0;
}

static kw_status fill(void *ctx, kw_mspan out)
{
    kw_drbg *drbg = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&drbg->mutex);
    if (!drbg->is_healthy) {
        return KW_ENTROPY_FAILURE;
    }
    for (size_t at = 0; at < out.len; at += REQUEST_BYTES_MAX) {
        if (needs_seed(drbg)) {
            KW_TRY(reseed(drbg, false));
        }
        size_t len = KW_MIN((size_t)REQUEST_BYTES_MAX, out.len - at);
        kw_secret_span nothing = {0};
        kw_hmac_drbg_generate(&drbg->hidden->state, (kw_mspan){&out.ptr[at], len}, nothing);
        drbg->requests++;
    }
    return KW_OK;
}

kw_rng kw_drbg_rng(kw_drbg *drbg)
{
    return (kw_rng){.fill = fill, .ctx = drbg};
}

void kw_drbg_report_get(kw_drbg *drbg, kw_drbg_report *out)
{
    KW_AUTO(kw_locked) hold = kw_lock(&drbg->mutex);
    *out = (kw_drbg_report){
        .is_healthy = drbg->is_healthy, .reseeds = drbg->reseeds, .count = drbg->count};
    for (size_t i = 0; i < drbg->count; i++) {
        out->sources[i] = drbg->sources[i].report;
    }
}

kw_status kw_drbg_test(kw_drbg *drbg, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&drbg->mutex);
    KW_REQUIRE(drbg->is_healthy, err, KW_ENTROPY_FAILURE, "the generator failed before");
    KW_TRY_AT(err, reseed(drbg, true), "testing the noise sources");
    return KW_OK;
}

kw_status kw_drbg_clear(kw_drbg *drbg, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&drbg->mutex);
    KW_TRY_AT(err, start(drbg), "testing the noise sources");
    return KW_OK;
}
