/* SPDX-License-Identifier: Apache-2.0
 * Shamir shares by the curve's own polynomials. */
#include "support/threshold_key.h"

#include "crypto/curve_secret.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

static void share_out(threshold_key *key, const kw_bls_secret *constant, uint64_t seed)
{
    seeded_rng source = {.seed = seed};
    kw_rng rng = seeded_rng_port(&source);
    kw_bls_secret f[THRESHOLD_KEY_MEMBERS_MAX];
    assert_true(key->n <= THRESHOLD_KEY_MEMBERS_MAX && key->t > 0 && key->t <= key->n);
    f[0] = *constant;
    for (uint32_t i = 1; i < key->t; i++) {
        EXPECT_OK(kw_bls_secret_random(&f[i], &rng));
    }
    key->secret = f[0];
    kw_bls_g2_base_secret(&key->master, &key->secret);
    for (uint32_t j = 1; j <= key->n; j++) {
        EXPECT_OK(kw_bls_poly_eval(&key->shares[j - 1], f, key->t, j));
        kw_bls_g2_base_secret(&key->keys[j - 1], &key->shares[j - 1]);
    }
}

void threshold_key_deal(threshold_key *out, uint32_t n, uint32_t t, uint64_t seed)
{
    seeded_rng source = {.seed = ~seed};
    kw_rng rng = seeded_rng_port(&source);
    kw_bls_secret constant;
    EXPECT_OK(kw_bls_secret_random(&constant, &rng));
    *out = (threshold_key){.n = n, .t = t, .epoch = 1};
    share_out(out, &constant, seed);
}

void threshold_key_reshare(threshold_key *out, const threshold_key *from, uint64_t seed)
{
    *out = (threshold_key){.n = from->n, .t = from->t, .epoch = from->epoch + 1};
    share_out(out, &from->secret, seed);
}

kw_partial threshold_key_sign(const threshold_key *key, uint32_t member, const kw_purposed *what)
{
    kw_partial partial = {.epoch = key->epoch, .member = member};
    EXPECT_OK(kw_partial_sign(&partial.signature, &key->shares[member - 1], what));
    return partial;
}

kw_bls_g1 threshold_key_whole(const threshold_key *key, const kw_purposed *what)
{
    kw_bls_g1 whole;
    EXPECT_OK(kw_purposed_hash(&whole, what));
    kw_bls_g1_mul_secret(&whole, &whole, &key->secret);
    return whole;
}
