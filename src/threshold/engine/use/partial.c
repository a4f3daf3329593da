/* SPDX-License-Identifier: Apache-2.0
 * Partial signatures: BLS with keys in G2, Lagrange in G1. Secret input: the share of _sign. */
#include "threshold/engine/use/partial.h"

#include "threshold/engine/group/limits.h"

enum {
    ARENA_SLACK_BYTES = 1024, /* what the arena adds to five allocations */
};

kw_status kw_partial_sign(kw_group_g1 *out, const kw_group *group, const kw_group_secret *share,
                          const kw_purposed *what)
{
    kw_group_g1 hashed;
    KW_TRY(kw_purposed_hash(&hashed, group, what));
    group->g1_mul(out, &hashed, share);
    return KW_OK;
}

/* Whether `signature` is that of the key; infinity never is. */
static bool is_signature(const kw_group *group, const kw_group_g1 *signature,
                         const kw_group_g1 *hashed, const kw_group_g2 *key)
{
    bool yes = false;
    kw_group_g2 base = group->g2_generator();
    kw_status st = group->pairings_equal(&yes, signature, &base, hashed, key);
    return st == KW_OK && yes;
}

/* VK of the partial's member; infinity, under which nothing verifies, when there is none. */
static kw_group_g2 key_of(const kw_share_keys *keys, const kw_partial *partial)
{
    bool is_known =
        partial->epoch == keys->epoch && partial->member > 0 && partial->member <= keys->n;
    return is_known ? keys->keys[partial->member - 1] : keys->group->g2_infinity();
}

kw_status kw_partial_verify(bool *yes, const kw_share_keys *keys, const kw_partial *partial,
                            const kw_purposed *what)
{
    kw_group_g1 hashed;
    KW_TRY(kw_purposed_hash(&hashed, keys->group, what));
    kw_group_g2 key = key_of(keys, partial);
    *yes = is_signature(keys->group, &partial->signature, &hashed, &key);
    return KW_OK;
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

size_t kw_partials_arena_bytes(const kw_group *group, size_t n)
{
    size_t each = sizeof(kw_group_g2) + sizeof(kw_group_g1) + sizeof(uint32_t);
    size_t scratch = KW_MAX(group->verify_scratch(n), group->g1_interpolate_scratch(n));
    return n * (each + KW_BLS_MULTIPLIER_BYTES) + scratch + ARENA_SLACK_BYTES;
}

/* The partials as the curve takes them, in the arena. */
static kw_status batch_of(kw_group_signatures *out, kw_arena *arena, const kw_partials *in,
                          const kw_share_keys *keys)
{
    kw_group_g2 *vk = kw_arena_new(arena, in->n, sizeof *vk);
    kw_group_g1 *signatures = kw_arena_new(arena, in->n, sizeof *signatures);
    if (vk == NULL || signatures == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < in->n; i++) {
        vk[i] = key_of(keys, &in->items[i]);
        signatures[i] = in->items[i].signature;
    }
    *out = (kw_group_signatures){.keys = vk, .points = signatures, .n = in->n};
    return KW_OK;
}

kw_status kw_partials_verify(uint8_t *ok, kw_arena *arena, const kw_partials *in,
                             const kw_share_keys *keys, const kw_rng *rng)
{
    kw_span dst;
    kw_group_signatures batch;
    KW_TRY(kw_purposed_dst(&dst, &in->what));
    if (!is_count(in->n)) {
        return KW_BAD_INPUT;
    }
    KW_TRY(batch_of(&batch, arena, in, keys));
    kw_mspan weights = {.len = in->n * KW_BLS_MULTIPLIER_BYTES};
    kw_mspan scratch = {.len = in->group->verify_scratch(in->n)};
    weights.ptr = kw_arena_new(arena, 1, weights.len);
    scratch.ptr = kw_arena_new(arena, 1, scratch.len + 1); /* a group may need none */
    if (weights.ptr == NULL || scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(draw_weights(weights, rng)); /* after all that they weigh is fixed */
    batch.weights = kw_span_of_mspan(weights);
    return in->group->verify_all(ok, scratch, &batch, in->what.message, dst);
}

/* The value at zero of the polynomial through the partials. */
static kw_status interpolate(kw_group_g1 *out, kw_arena *arena, const kw_partials *in)
{
    kw_mspan scratch = {.len = in->group->g1_interpolate_scratch(in->n)};
    uint32_t *index = kw_arena_new(arena, in->n, sizeof *index);
    kw_group_g1 *points = kw_arena_new(arena, in->n, sizeof *points);
    scratch.ptr = kw_arena_new(arena, 1, scratch.len + 1); /* a group may need none */
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
    const kw_group_g1_values all = {.index = index, .points = points, .n = in->n};
    kw_status st = in->group->g1_interpolate(out, scratch, &all);
    return st == KW_ARG ? KW_BAD_INPUT : st; /* a member is 0 or there twice */
}

kw_status kw_partials_combine(kw_group_secret_g1 *out, kw_arena *arena, const kw_partials *in,
                              const kw_group_g2 *master)
{
    kw_group_g1 hashed;
    KW_TRY(kw_purposed_hash(&hashed, in->group, &in->what));
    if (!is_count(in->n)) {
        return KW_BAD_INPUT;
    }
    kw_group_g1 whole = {.words = {0}};
    kw_status st = interpolate(&whole, arena, in);
    if (st == KW_OK && is_signature(in->group, &whole, &hashed, master)) {
        kw_group_secret_g1_of_g1(out, &whole);
    } else if (st == KW_OK) {
        st = KW_REFUSED;
    }
    kw_wipe(&whole, sizeof whole); /* the key of an application */
    return st;
}
