/* SPDX-License-Identifier: Apache-2.0
 * A table of claims with their verdicts. */
#include "kw_sim/verdicts.h"

#include "base/heap.h"
#include "support/peers.h"

enum {
    FIRST_CAPACITY = 1024,
    SAMPLE = 16, /* of so many signatures that were made one is verified */
    KEYS = 1024, /* a power of two */
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

/* ---- schemes ---- */
static kw_status ed25519_decode(kw_peer_key *out, kw_span in)
{
    return peer_ed25519.key_decode(out, in);
}

/* Keys of BN254 that were checked: what is in the table is a pure function of its bytes. */
static struct {
    uint8_t bytes[KW_PEER_KEY_BYTES_MAX];
    kw_peer_key key;
    bool is_known;
} keys[KEYS];

static kw_status bn254_decode(kw_peer_key *out, kw_span in)
{
    if (in.len != kw_peer_bn254.key_bytes) {
        return KW_LENGTH;
    }
    size_t at = 0;
    memcpy(&at, &in.ptr[1], sizeof at); /* its first byte is below that of the field's prime */
    at &= KEYS - 1;
    if (!keys[at].is_known || memcmp(keys[at].bytes, in.ptr, in.len) != 0) {
        kw_peer_key key;
        KW_TRY(kw_peer_bn254.key_decode(&key, in));
        keys[at].key = key;
        keys[at].is_known = true;
        memcpy(keys[at].bytes, in.ptr, in.len);
    }
    *out = keys[at].key;
    return KW_OK;
}

static const sim_scheme *scheme_of(const kw_peer_claim *claim)
{
    return (const sim_scheme *)claim->scheme;
}

static bool verify(const kw_peer_claim *claim)
{
    uint8_t ok = 0;
    sim_verdicts_give(scheme_of(claim)->verdicts, &ok, claim, 1);
    return ok == 1;
}

static sim_scheme wrap(sim_verdicts *v, const kw_peer_scheme *real)
{
    return (sim_scheme){
        .row = {.name = real->name,
                .curve = real->curve,
                .key_bytes = real->key_bytes,
                .key_decode = real == &kw_peer_bn254 ? bn254_decode : ed25519_decode,
                .verify = verify},
        .real = real,
        .verdicts = v,
    };
}

/* ---- the table ---- */
void sim_verdicts_open(sim_verdicts *verdicts, uint64_t seed)
{
    *verdicts = (sim_verdicts){.weights = {.seed = seed}};
    verdicts->wrapped[0] = wrap(verdicts, &peer_ed25519);
    verdicts->wrapped[1] = wrap(verdicts, &kw_peer_bn254);
    verdicts->rows[0] = &verdicts->wrapped[0].row;
    verdicts->rows[1] = &verdicts->wrapped[1].row;
    verdicts->schemes = (kw_peer_schemes){verdicts->rows, SIM_SCHEMES};
    open_table(verdicts, FIRST_CAPACITY);
}

void sim_verdicts_drop(sim_verdicts *verdicts)
{
    kw_heap_free(verdicts->slots);
    kw_heap_free(verdicts->waiting);
    *verdicts = (sim_verdicts){0};
}

static bool is_same_key(const kw_peer_scheme *scheme, const kw_peer_key *a, const kw_peer_key *b)
{
    return scheme->curve == KW_PEER_BN254 ? kw_bn_g2_equal(&a->bn254, &b->bn254)
                                          : memcmp(a->bytes, b->bytes, scheme->key_bytes) == 0;
}

static bool is_of(const sim_verdict *slot, const kw_peer_claim *claim)
{
    return slot->scheme == claim->scheme && slot->signature.len == claim->signature.len &&
           memcmp(slot->hash.bytes, claim->hash->bytes, sizeof slot->hash.bytes) == 0 &&
           memcmp(slot->signature.bytes, claim->signature.ptr, claim->signature.len) == 0 &&
           is_same_key(slot->scheme, &slot->key, claim->key);
}

static size_t first_slot(const sim_verdicts *v, const kw_hash32 *hash)
{
    size_t at = 0;
    memcpy(&at, hash->bytes, sizeof at);
    return at & (v->capacity - 1);
}

/* The slot of the claim, or the free one where it belongs. */
static size_t slot_of(const sim_verdicts *v, const kw_peer_claim *claim)
{
    size_t at = first_slot(v, claim->hash);
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

/* An operator that verifies may be the one that fills it: what the table takes is not the
 * operator's. */
static void grow(sim_verdicts *v)
{
    kw_heap_meter *meter = kw_heap_meter_use(NULL);
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
    (void)kw_heap_meter_use(meter);
}

/* Enters the claim, unless it is there. */
static void enter(sim_verdicts *v, const kw_peer_claim *claim, bool is_made)
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
        slot->is_made = is_made;
        slot->is_known = is_made && v->made++ % SAMPLE != 0;
        slot->ok = slot->is_known ? 1 : 0;
        v->count++;
        if (!slot->is_known) {
            v->waiting[v->waiting_count++] = at;
        }
    }
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
        claims[i].scheme = scheme_of(&claims[i])->real;
    }
    kw_status st = kw_rng_fill(&rng, KW_MSPAN(weights));
    KW_ASSERT(st == KW_OK);
    st = kw_peer_verify_all(ok, claims, n, (kw_span){weights, n * KW_PEER_WEIGHT_BYTES});
    KW_ASSERT(st == KW_OK);
    for (size_t i = 0; i < n; i++) {
        sim_verdict *slot = &v->slots[slots[i]];
        KW_ASSERT(ok[i] == 1 || !slot->is_made);
        slot->is_known = true;
        slot->ok = ok[i];
    }
    v->waiting_count -= n;
    v->computed += n;
}

static uint8_t verdict_of(sim_verdicts *v, const kw_peer_claim *claim)
{
    size_t at = slot_of(v, claim);
    while (!v->slots[at].is_known) {
        compute(v);
    }
    return v->slots[at].ok;
}

void sim_verdicts_made(sim_verdicts *verdicts, const kw_peer_claim *claim)
{
    enter(verdicts, claim, true);
}

bool sim_verdicts_recall(const sim_verdicts *verdicts, kw_peer_signature *out,
                         const kw_peer_claim *claim)
{
    size_t at = first_slot(verdicts, claim->hash);
    for (; verdicts->slots[at].scheme != NULL; at = (at + 1) & (verdicts->capacity - 1)) {
        const sim_verdict *slot = &verdicts->slots[at];
        if (slot->is_made && slot->scheme == claim->scheme &&
            memcmp(slot->hash.bytes, claim->hash->bytes, sizeof slot->hash.bytes) == 0 &&
            is_same_key(slot->scheme, &slot->key, claim->key)) {
            *out = slot->signature;
            return true;
        }
    }
    return false;
}

static bool has_length(const kw_peer_claim *claim)
{
    return claim->signature.len <= KW_THRESHOLD_SIGNATURE_BYTES_MAX;
}

void sim_verdicts_give(sim_verdicts *verdicts, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (has_length(&claims[i])) {
            enter(verdicts, &claims[i], false);
        }
    }
    for (size_t i = 0; i < n; i++) {
        ok[i] = has_length(&claims[i]) ? verdict_of(verdicts, &claims[i]) : 0;
    }
}
