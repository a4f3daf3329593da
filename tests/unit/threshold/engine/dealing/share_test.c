/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/dealing/share.h"

#include "support/dealt.h"
#include "support/expect.h"
#include "support/toy_group.h"

static const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};

static kw_share share_of(const dealt *d, uint16_t member)
{
    kw_share share = {0};
    EXPECT_OK(d->scope.group->poly_eval(&share.f, d->secrets.a, 3, member));
    if (d->secrets.b != NULL) {
        EXPECT_OK(d->scope.group->poly_eval(&share.f2, d->secrets.b, 3, member));
    }
    return share;
}

static void share__matches_its_member_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KW_COUNT(groups); i++) {
        dealt d;
        dealt_prepare(&d, groups[i / 2], (uint8_t)(1 + i % 2), NULL);
        dealt_make(&d);
        for (uint16_t j = 1; j <= DEALT_MEMBERS; j++) {
            KW_AUTO(kw_share) share = share_of(&d, j);
            for (uint16_t k = 1; k <= DEALT_MEMBERS; k++) {
                bool matches = kw_share_matches(&share, groups[i / 2], &d.deal.c, &d.place.h, k);
                assert_int_equal(matches, j == k);
            }
            kw_share_drop(&share); /* zeros are no share of these polynomials */
            assert_false(kw_share_matches(&share, groups[i / 2], &d.deal.c, &d.place.h, j));
        }
        dealt_drop(&d);
    }
}

/* A dealer may choose a polynomial that is zero at one member: that share is valid, and who
 * complains about it lies. */
static void share__of_zero_is_a_share(void **state)
{
    (void)state;
    const kw_group *g = &kw_group_bls12_381;
    kw_group_scalar two = g->scalar_of_u64(2);
    kw_group_scalar minus = g->scalar_of_u64(0);
    kw_group_scalar one = g->scalar_of_u64(1);
    g->scalar_sub(&minus, &minus, &one);
    kw_group_secret f[2]; /* 2 - x */
    g->secret_of_scalar(&f[0], &two);
    g->secret_of_scalar(&f[1], &minus);
    kw_group_g2 points[2];
    g->g2_base(&points[0], &f[0]);
    g->g2_base(&points[1], &f[1]);
    kw_share share = {0};
    EXPECT_OK(g->poly_eval(&share.f, f, 2, 2));
    kw_message_scope scope = {.group = g, .suite = KW_SUITE_FELDMAN, .n = 2, .t = 2};
    const kw_share_place place = {{{1}}, 1, 2};
    const kw_group_shared_bytes shared = {{5}};
    uint8_t sealed[32];
    kw_share_seal(KW_MSPAN(sealed), &share, &scope, &place, &shared);
    kw_share again;
    EXPECT_OK(kw_share_open(&again, KW_SPAN(sealed), &scope, &place, &shared));
    assert_true(kw_share_matches(&again, g, &(kw_commitments){.g2 = points, .t = 2}, NULL, 2));
    assert_false(kw_share_matches(&again, g, &(kw_commitments){.g2 = points, .t = 2}, NULL, 1));
}

static void share_open__depends_on_place_and_key(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &toy_group, KW_SUITE_PEDERSEN, NULL);
    dealt_make(&d);
    kw_share share = share_of(&d, 1);
    const kw_share_place place = {{{1}}, 2, 1};
    const kw_group_shared_bytes shared = {{5}};
    uint8_t sealed[64];
    kw_share_seal(KW_MSPAN(sealed), &share, &d.scope, &place, &shared);
    kw_share again;
    EXPECT_OK(kw_share_open(&again, KW_SPAN(sealed), &d.scope, &place, &shared));
    assert_memory_equal(&again, &share, sizeof share);
    kw_share_place others[] = {place, place, place};
    others[0].sid.bytes[31] = 1;
    others[1].dealer = 3;
    others[2].member = 3;
    for (size_t i = 0; i < KW_COUNT(others); i++) { /* 61 bits of 256 are never hit by chance */
        EXPECT_STATUS(kw_share_open(&again, KW_SPAN(sealed), &d.scope, &others[i], &shared),
                      KW_RANGE);
    }
    const kw_group_shared_bytes other = {{6}};
    EXPECT_STATUS(kw_share_open(&again, KW_SPAN(sealed), &d.scope, &place, &other), KW_RANGE);
    EXPECT_STATUS(kw_share_open(&again, (kw_span){sealed, 63}, &d.scope, &place, &shared),
                  KW_LENGTH);
    EXPECT_STATUS(kw_share_open(&again, (kw_span){sealed, 32}, &d.scope, &place, &shared),
                  KW_LENGTH);
    dealt_drop(&d);
}

static void shares_root__follows_every_share(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &toy_group, KW_SUITE_PEDERSEN, NULL);
    dealt_make(&d);
    for (uint16_t j = 1; j <= DEALT_MEMBERS; j++) {
        kw_hash32 root;
        dealt_share_bytes(&d, j)[63] ^= 1;
        kw_shares_root(&root, &d.shares);
        assert_memory_not_equal(root.bytes, d.deal.shares_root.bytes, sizeof root.bytes);
        dealt_share_bytes(&d, j)[63] ^= 1;
        kw_shares_root(&root, &d.shares);
        assert_memory_equal(root.bytes, d.deal.shares_root.bytes, sizeof root.bytes);
    }
    dealt_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share__matches_its_member_only),
        cmocka_unit_test(share__of_zero_is_a_share),
        cmocka_unit_test(share_open__depends_on_place_and_key),
        cmocka_unit_test(shares_root__follows_every_share),
    };
    return cmocka_run_group_tests_name("threshold/engine/share", tests, NULL, NULL);
}
