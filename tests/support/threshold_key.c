/* SPDX-License-Identifier: Apache-2.0
 * Shamir shares by the group's own polynomials. */
#include "support/threshold_key.h"

#include "support/expect.h"
#include "support/seeded_rng.h"

static void draw(kw_group_secret *out, const kw_group *group, const kw_rng *rng)
{
    uint8_t random[KW_GROUP_WIDE_BYTES];
    EXPECT_OK(kw_rng_fill(rng, KW_MSPAN(random)));
    EXPECT_OK(group->secret_of_random(out, KW_SPAN(random)));
}

static void share_out(threshold_key *key, const kw_group_secret *constant, uint64_t seed)
{
    const kw_group *group = key->group;
    seeded_rng source = {.seed = seed};
    kw_rng rng = seeded_rng_port(&source);
    kw_group_secret f[THRESHOLD_KEY_MEMBERS_MAX];
    assert_true(key->n <= THRESHOLD_KEY_MEMBERS_MAX && key->t > 0 && key->t <= key->n);
    f[0] = *constant;
    for (uint32_t i = 1; i < key->t; i++) {
        draw(&f[i], group, &rng);
    }
    key->secret = f[0];
    group->g2_base(&key->master, &key->secret);
    for (uint32_t j = 1; j <= key->n; j++) {
        EXPECT_OK(group->poly_eval(&key->shares[j - 1], f, key->t, j));
        group->g2_base(&key->keys[j - 1], &key->shares[j - 1]);
    }
}

void threshold_key_deal(threshold_key *out, const kw_group *group, uint32_t n, uint32_t t,
                        uint64_t seed)
{
    seeded_rng source = {.seed = ~seed};
    kw_rng rng = seeded_rng_port(&source);
    kw_group_secret constant;
    draw(&constant, group, &rng);
    *out = (threshold_key){.group = group, .n = n, .t = t, .epoch = 1};
    share_out(out, &constant, seed);
}

void threshold_key_reshare(threshold_key *out, const threshold_key *from, uint64_t seed)
{
    *out =
        (threshold_key){.group = from->group, .n = from->n, .t = from->t, .epoch = from->epoch + 1};
    share_out(out, &from->secret, seed);
}

kw_partial threshold_key_sign(const threshold_key *key, uint32_t member, const kw_purposed *what)
{
    kw_partial partial = {.epoch = key->epoch, .member = member};
    EXPECT_OK(kw_partial_sign(&partial.signature, key->group, &key->shares[member - 1], what));
    return partial;
}

kw_status threshold_key_combine(kw_group_g1 *out, const kw_partials *in, const kw_group_g2 *master)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(kw_partials_arena_bytes(in->group, in->n));
    KW_AUTO(kw_group_secret_g1) whole = {.words = {0}};
    KW_TRY(kw_partials_combine(&whole, &arena, in, master));
    kw_declassify_group_secret_g1(out, &whole, "tests look at all keys");
    return KW_OK;
}

kw_group_g1 threshold_key_whole(const threshold_key *key, const kw_purposed *what)
{
    kw_group_g1 whole;
    EXPECT_OK(kw_purposed_hash(&whole, key->group, what));
    key->group->g1_mul(&whole, &whole, &key->secret);
    return whole;
}
