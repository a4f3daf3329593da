/* SPDX-License-Identifier: Apache-2.0
 * A table of claims with their verdicts. */
#include "kw_sim/verdicts.h"

#include "base/heap.h"

enum {
    FIRST_CAPACITY = 1024,
    WEIGHTS_BYTES = KW_PEER_AT_ONCE * KW_PEER_WEIGHT_BYTES,
};

static void open_table(sim_verdicts *v, size_t capacity)
{
    v->capacity = capacity;
    v->slots = kw_heap_new(capacity, sizeof *v->slots);
    v->waiting = kw_heap_new(capacity, sizeof *v->waiting);
    KW_ASSERT(v->slots != NULL && v->waiting != NULL);
    v->count = 0;
    v->waiting_count = 0;
}

sim_verdicts sim_verdicts_new(uint64_t seed)
{
    sim_verdicts v = {.weights = {.seed = seed}};
    open_table(&v, FIRST_CAPACITY);
    return v;
}

void sim_verdicts_drop(sim_verdicts *verdicts)
{
    kw_heap_free(verdicts->slots);
    kw_heap_free(verdicts->waiting);
    *verdicts = (sim_verdicts){0};
}

static bool is_same_key(const kw_peer_scheme *scheme, const kw_peer_key *a, const kw_peer_key *b)
{
    return scheme == &kw_peer_bn254 ? kw_bn_g2_equal(&a->bn254, &b->bn254)
                                    : memcmp(a->bytes, b->bytes, scheme->key_bytes) == 0;
}

static bool is_of(const sim_verdict *slot, const kw_peer_claim *claim)
{
    return slot->scheme == claim->scheme && slot->signature.len == claim->signature.len &&
           memcmp(slot->hash.bytes, claim->hash->bytes, sizeof slot->hash.bytes) == 0 &&
           memcmp(slot->signature.bytes, claim->signature.ptr, claim->signature.len) == 0 &&
           is_same_key(slot->scheme, &slot->key, claim->key);
}

/* The slot of the claim, or the free one where it belongs. */
static size_t slot_of(const sim_verdicts *v, const kw_peer_claim *claim)
{
    size_t at = 0;
    memcpy(&at, claim->hash->bytes, sizeof at);
    at &= v->capacity - 1;
    while (v->slots[at].scheme != NULL && !is_of(&v->slots[at], claim)) {
        at = (at + 1) & (v->capacity - 1);
    }
    return at;
}

static kw_peer_claim claim_of(const sim_verdict *slot)
{
    return (kw_peer_claim){slot->scheme, &slot->key, &slot->hash,
                           kw_peer_signature_view(&slot->signature)};
}

static void grow(sim_verdicts *v)
{
    sim_verdicts old = *v;
    open_table(v, 2 * old.capacity);
    for (size_t i = 0; i < old.capacity; i++) {
        const sim_verdict *slot = &old.slots[i];
        if (slot->scheme != NULL) {
            kw_peer_claim claim = claim_of(slot);
            size_t at = slot_of(v, &claim);
            v->slots[at] = *slot;
            v->count++;
            if (!slot->is_known) {
                v->waiting[v->waiting_count++] = at;
            }
        }
    }
    kw_heap_free(old.slots);
    kw_heap_free(old.waiting);
}

/* The slot of the claim, which is there from now on. */
static size_t enter(sim_verdicts *v, const kw_peer_claim *claim)
{
    if (2 * v->count >= v->capacity) {
        grow(v);
    }
    size_t at = slot_of(v, claim);
    sim_verdict *slot = &v->slots[at];
    if (slot->scheme == NULL) {
        *slot = (sim_verdict){.scheme = claim->scheme, .key = *claim->key, .hash = *claim->hash};
        KW_ASSERT(claim->signature.len <= sizeof slot->signature.bytes);
        slot->signature.len = (uint8_t)claim->signature.len;
        memcpy(slot->signature.bytes, claim->signature.ptr, claim->signature.len);
        v->waiting[v->waiting_count++] = at;
        v->count++;
    }
    return at;
}

/* Verifies up to a batch of what waits, the newest first. */
static void compute(sim_verdicts *v)
{
    kw_peer_claim claims[KW_PEER_AT_ONCE];
    uint8_t ok[KW_PEER_AT_ONCE];
    uint8_t weights[WEIGHTS_BYTES];
    kw_rng rng = seeded_rng_port(&v->weights);
    size_t n = KW_MIN(v->waiting_count, (size_t)KW_PEER_AT_ONCE);
    const size_t *slots = &v->waiting[v->waiting_count - n];
    for (size_t i = 0; i < n; i++) {
        claims[i] = claim_of(&v->slots[slots[i]]);
    }
    kw_status st = kw_rng_fill(&rng, KW_MSPAN(weights));
    KW_ASSERT(st == KW_OK);
    st = kw_peer_verify_all(ok, claims, n, (kw_span){weights, n * KW_PEER_WEIGHT_BYTES});
    KW_ASSERT(st == KW_OK);
    for (size_t i = 0; i < n; i++) {
        v->slots[slots[i]].is_known = true;
        v->slots[slots[i]].ok = ok[i];
    }
    v->waiting_count -= n;
    v->computed += n;
}

void sim_verdicts_expect(sim_verdicts *verdicts, const kw_peer_claim *claim)
{
    if (claim->signature.len <= KW_THRESHOLD_SIGNATURE_BYTES_MAX) {
        (void)enter(verdicts, claim);
    }
}

void sim_verdicts_give(sim_verdicts *verdicts, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sim_verdicts_expect(verdicts, &claims[i]);
    }
    for (size_t i = 0; i < n; i++) {
        ok[i] = 0;
        if (claims[i].signature.len <= KW_THRESHOLD_SIGNATURE_BYTES_MAX) {
            size_t at = slot_of(verdicts, &claims[i]);
            while (!verdicts->slots[at].is_known) {
                compute(verdicts);
            }
            ok[i] = verdicts->slots[at].ok;
        }
    }
    verdicts->asked += n;
}
