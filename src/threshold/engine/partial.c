/* SPDX-License-Identifier: Apache-2.0
 * Partial signatures: BLS with keys in G2 (curve/bls_sign.h), Lagrange in G1. Secret input: the
 * share of _sign. */
#include "threshold/engine/partial.h"

#include "curve/bls_batch.h"
#include "threshold/engine/limits.h"

enum {
    ARENA_SLACK_BYTES = 1024, /* what the arena adds to five allocations */
};

kw_status kw_partial_sign(kw_bls_g1 *out, const kw_bls_secret *share, const kw_purposed *what)
{
    kw_bls_suite suite;
    KW_TRY(kw_purposed_suite(&suite, what));
    return kw_bls_min_sig_sign(out, share, what->message, &suite);
}

/* VK of the partial's member; infinity, under which nothing verifies, when there is none. */
static kw_bls_g2 key_of(const kw_share_keys *keys, const kw_partial *partial)
{
    bool is_known =
        partial->epoch == keys->epoch && partial->member > 0 && partial->member <= keys->n;
    return is_known ? keys->keys[partial->member - 1] : kw_bls_g2_infinity();
}

kw_status kw_partial_verify(bool *yes, const kw_share_keys *keys, const kw_partial *partial,
                            const kw_purposed *what)
{
    kw_bls_suite suite;
    KW_TRY(kw_purposed_suite(&suite, what));
    kw_bls_g2 key = key_of(keys, partial);
    kw_status st = kw_bls_min_sig_verify(yes, &key, &partial->signature, what->message, &suite);
    if (st == KW_INFINITY) {
        *yes = false;
        return KW_OK;
    }
    return st;
}

static bool is_count(size_t n)
{
    return n > 0 && n <= KW_THRESHOLD_MEMBERS_MAX;
}

/* One weight for each, none zero. */
static kw_status draw_weights(kw_mspan out, const kw_rng *rng)
{
    KW_TRY(kw_rng_fill(rng, out));
    for (size_t at = 0; at < out.len; at += KW_BLS_MULTIPLIER_BYTES) {
        uint8_t any = 0;
        for (size_t i = 0; i < KW_BLS_MULTIPLIER_BYTES; i++) {
            any |= out.ptr[at + i];
        }
        out.ptr[at] |= any == 0; /* all-zero happens to nobody, but is refused below */
    }
    return KW_OK;
}

size_t kw_partials_arena_bytes(size_t n)
{
    size_t each = sizeof(kw_bls_g2) + sizeof(kw_bls_g1) + sizeof(uint32_t);
    size_t scratch = KW_MAX(kw_bls_verify_same_scratch(n), kw_bls_g1_interpolate_scratch(n));
    return n * (each + KW_BLS_MULTIPLIER_BYTES) + scratch + ARENA_SLACK_BYTES;
}

/* The partials as the curve takes them, in the arena. */
static kw_status batch_of(kw_bls_min_sig_batch *out, kw_arena *arena, const kw_partials *in,
                          const kw_share_keys *keys)
{
    kw_bls_g2 *vk = kw_arena_new(arena, in->n, sizeof *vk);
    kw_bls_g1 *signatures = kw_arena_new(arena, in->n, sizeof *signatures);
    if (vk == NULL || signatures == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < in->n; i++) {
        vk[i] = key_of(keys, &in->items[i]);
        signatures[i] = in->items[i].signature;
    }
    *out = (kw_bls_min_sig_batch){.keys = vk, .signatures = signatures, .n = in->n};
    return KW_OK;
}

kw_status kw_partials_verify(uint8_t *ok, kw_arena *arena, const kw_partials *in,
                             const kw_share_keys *keys, const kw_rng *rng)
{
    kw_bls_suite suite;
    kw_bls_min_sig_batch batch;
    KW_TRY(kw_purposed_suite(&suite, &in->what));
    if (!is_count(in->n)) {
        return KW_BAD_INPUT;
    }
    KW_TRY(batch_of(&batch, arena, in, keys));
    kw_mspan weights = {.len = in->n * KW_BLS_MULTIPLIER_BYTES};
    kw_mspan scratch = {.len = kw_bls_verify_same_scratch(in->n)};
    weights.ptr = kw_arena_new(arena, 1, weights.len);
    scratch.ptr = kw_arena_new(arena, 1, scratch.len);
    if (weights.ptr == NULL || scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(draw_weights(weights, rng)); /* after all that they weigh is fixed */
    batch.multipliers = kw_span_of_mspan(weights);
    return kw_bls_min_sig_verify_same(ok, scratch, &batch, in->what.message, &suite);
}

/* The value at zero of the polynomial through the partials. */
static kw_status interpolate(kw_bls_g1 *out, kw_arena *arena, const kw_partials *in)
{
    kw_mspan scratch = {.len = kw_bls_g1_interpolate_scratch(in->n)};
    uint32_t *index = kw_arena_new(arena, in->n, sizeof *index);
    kw_bls_g1 *points = kw_arena_new(arena, in->n, sizeof *points);
    scratch.ptr = kw_arena_new(arena, 1, scratch.len);
    if (index == NULL || points == NULL || scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < in->n; i++) {
        if (in->items[i].epoch != in->items[0].epoch) {
            return KW_BAD_INPUT;
        }
        index[i] = in->items[i].member;
        points[i] = in->items[i].signature;
    }
    const kw_bls_g1_interpolate_in all = {.index = index, .points = points, .n = in->n};
    kw_status st = kw_bls_g1_interpolate(out, scratch, &all);
    return st == KW_ARG ? KW_BAD_INPUT : st; /* a member is 0 or there twice */
}

kw_status kw_partials_combine(kw_bls_g1 *out, kw_arena *arena, const kw_partials *in,
                              const kw_bls_g2 *master)
{
    kw_bls_suite suite;
    KW_TRY(kw_purposed_suite(&suite, &in->what));
    if (!is_count(in->n)) {
        return KW_BAD_INPUT;
    }
    kw_bls_g1 whole;
    bool yes = false;
    KW_TRY(interpolate(&whole, arena, in));
    kw_status st = kw_bls_min_sig_verify(&yes, master, &whole, in->what.message, &suite);
    if (st == KW_OK && yes) {
        *out = whole;
    } else if (st == KW_OK || st == KW_INFINITY) {
        st = KW_REFUSED;
    }
    kw_wipe(&whole, sizeof whole); /* the key of an application */
    return st;
}
