/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/dealing/dealing.h"

#include "support/dealt.h"
#include "support/expect.h"
#include "support/toy_group.h"
#include "support/toy_message.h"

static const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};

static void dealing__is_checked_and_opened_by_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KW_COUNT(groups); i++) {
        const kw_group *g = groups[i / 2];
        dealt d;
        dealt_prepare(&d, g, (uint8_t)(1 + i % 2), NULL);
        dealt_make(&d);
        kw_dealing dealing;
        EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
        kw_group_scalar shares[3];
        static const uint32_t index[] = {1, 2, 3};
        for (uint16_t j = 1; j <= DEALT_MEMBERS; j++) {
            kw_share share;
            EXPECT_OK(kw_dealing_open(&share, &dealing, j, &d.ek[j - 1]));
            if (j <= 3) {
                g->secret_reveal(&shares[j - 1], &share.f);
            }
            const kw_group_secret *other = &d.ek[j % DEALT_MEMBERS];
            kw_status st = kw_dealing_open(&share, &dealing, j, other);
            assert_true(st == KW_REFUSED || st == KW_RANGE);
        }
        kw_group_scalar l[3]; /* any t shares are those of a_0 */
        kw_group_scalar sum = g->scalar_of_u64(0);
        EXPECT_OK(g->lagrange_zero(l, index, 3));
        for (size_t k = 0; k < 3; k++) {
            g->scalar_mul(&l[k], &l[k], &shares[k]);
            g->scalar_add(&sum, &sum, &l[k]);
        }
        kw_group_scalar wanted;
        g->secret_reveal(&wanted, &d.secrets.a[0]);
        assert_true(g->scalar_equal(&sum, &wanted));
        dealt_drop(&d);
    }
}

static void dealing_check__finds_wrong_proofs_and_roots(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        dealt d;
        dealt_prepare(&d, &toy_group, suite, NULL);
        dealt_make(&d);
        kw_dealing dealing = {.hash = {{1}}};
        dealt_share_bytes(&d, 3)[0] ^= 1;
        EXPECT_STATUS(kw_dealing_check(&dealing, &d.claim), KW_CONFLICT);
        dealt_share_bytes(&d, 3)[0] ^= 1;
        d.deal.proof_a0.z.words[0] ^= 1;
        EXPECT_STATUS(kw_dealing_check(&dealing, &d.claim),
                      suite == 1 ? KW_UNAUTHENTICATED : KW_OK);
        d.deal.proof_a0.z.words[0] ^= 1;
        d.deal.proof_r.z.words[0] ^= 1;
        EXPECT_STATUS(kw_dealing_check(&dealing, &d.claim), KW_UNAUTHENTICATED);
        d.deal.proof_r.z.words[0] ^= 1;
        EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
        dealt_drop(&d);
    }
}

/* Who sends on another's R would have K of that dealing opened by complaints about his own. */
static void dealing_check__refuses_a_copied_r(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &kw_group_bls12_381, KW_SUITE_PEDERSEN, NULL);
    dealt_make(&d);
    kw_dealing dealing;
    EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
    d.place.sender.bytes[0]++; /* same R, same proof, another dealer */
    d.place.dealer++;
    EXPECT_STATUS(kw_dealing_check(&dealing, &d.claim), KW_UNAUTHENTICATED);
    dealt_drop(&d);
}

static void dealing_open__finds_bad_shares(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        dealt d;
        dealt_prepare(&d, &kw_group_bls12_381, suite, NULL);
        dealt_make(&d);
        kw_share share = {0};
        dealt_share_bytes(&d, 2)[31] ^= 1;
        EXPECT_STATUS(kw_dealing_open(&share, &d.dealing, 2, &d.ek[1]), KW_REFUSED);
        dealt_share_bytes(&d, 2)[31] ^= 1;
        EXPECT_OK(kw_dealing_open(&share, &d.dealing, 2, &d.ek[1]));
        for (size_t half = 0; half < suite; half++) { /* equal modulo r, and refused all the same */
            dealt_add_order(&d, (uint16_t)(3 + half), half);
            uint16_t member = (uint16_t)(3 + half);
            EXPECT_STATUS(kw_dealing_open(&share, &d.dealing, member, &d.ek[member - 1]), KW_RANGE);
        }
        dealt_drop(&d);
    }
}

static void dealing__leaves_out_who_sent_no_hello(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &toy_group, KW_SUITE_PEDERSEN, NULL);
    d.receivers[1] = (kw_receiver){0};
    dealt_make(&d);
    static const uint8_t zeros[64] = {0};
    assert_memory_equal(dealt_share_bytes(&d, 2), zeros, sizeof zeros);
    kw_dealing dealing;
    EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
    kw_share share;
    EXPECT_STATUS(kw_dealing_open(&share, &dealing, 2, &d.ek[1]), KW_NOT_FOUND);
    EXPECT_OK(kw_dealing_open(&share, &dealing, 3, &d.ek[2]));
    for (size_t at = 0; at < sizeof zeros; at += sizeof zeros - 1) { /* a word in its place */
        dealt_share_bytes(&d, 2)[at] = 1;
        dealt_fix_root(&d);
        EXPECT_STATUS(kw_dealing_check(&dealing, &d.claim), KW_ENCODING);
        dealt_share_bytes(&d, 2)[at] = 0;
    }
    dealt_drop(&d);
}

static void dealing__of_a_reshare_deals_its_source(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        const kw_group *g = groups[i];
        kw_group_scalar value = g->scalar_of_u64(31337);
        kw_group_secret source;
        g->secret_of_scalar(&source, &value);
        dealt d;
        dealt_prepare(&d, g, KW_SUITE_FELDMAN, &source);
        dealt_make(&d);
        kw_dealing dealing;
        EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
        kw_group_g2 vk;
        g->g2_base(&vk, &source);
        assert_true(g->g2_equal(&dealing.deal->c.g2[0], &vk));
        dealt_drop(&d);
    }
}

static void dealer_secrets__are_drawn_once_and_wiped(void **state)
{
    (void)state;
    kw_message_scope scope = {.group = &toy_group, .suite = KW_SUITE_PEDERSEN, .n = 4, .t = 3};
    kw_arena arena = kw_arena_init(1 << 16);
    kw_dealer_secrets secrets = {0};
    static uint8_t random[11 * KW_GROUP_WIDE_BYTES];
    assert_int_equal(kw_dealer_random_bytes(&scope), sizeof random);
    EXPECT_STATUS(kw_dealer_secrets_draw(&secrets, &arena, &scope, KW_SPAN(random), NULL),
                  KW_RANGE);
    for (size_t i = 0; i < sizeof random; i++) {
        random[i] = (uint8_t)(i / KW_GROUP_WIDE_BYTES + 1);
    }
    kw_span shorter = {random, sizeof random - 1};
    EXPECT_STATUS(kw_dealer_secrets_draw(&secrets, &arena, &scope, shorter, NULL), KW_ARG);
    EXPECT_OK(kw_dealer_secrets_draw(&secrets, &arena, &scope, KW_SPAN(random), NULL));
    const uint64_t seen[] = {secrets.r.words[0],        secrets.nonce_r.words[0],
                             secrets.nonce_a0.words[0], secrets.nonce_a.words[0],
                             secrets.nonce_b.words[0],  secrets.a[0].words[0],
                             secrets.a[2].words[0],     secrets.b[0].words[0]};
    for (size_t i = 1; i < KW_COUNT(seen); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(seen[i] != seen[k]);
        }
    }
    const kw_group_secret *a = secrets.a;
    kw_dealer_secrets_drop(&secrets);
    assert_true(a[0].words[0] == 0 && a[2].words[0] == 0);
    assert_null(secrets.a);
    kw_dealer_secrets_drop(&secrets);
    kw_arena small = kw_arena_init(64);
    EXPECT_STATUS(kw_dealer_secrets_draw(&secrets, &small, &scope, KW_SPAN(random), NULL),
                  KW_LIMIT);
    kw_arena_drop(&small);
    kw_arena_drop(&arena);
}

static void extract__opens_what_was_dealt(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        const kw_group *g = groups[i];
        dealt d;
        dealt_prepare(&d, g, KW_SUITE_PEDERSEN, NULL);
        dealt_make(&d);
        kw_extract extract;
        EXPECT_OK(kw_extract_make(&extract, &d.arena, &d.deal.c, &d.parts));
        EXPECT_OK(kw_extract_check(&extract, &d.arena, &d.deal.c, g, &d.place));
        kw_group_g2 a0;
        g->g2_base(&a0, &d.secrets.a[0]);
        assert_true(g->g2_equal(&a0, &extract.a[0]));
        kw_extract other = extract;
        kw_group_g2 points[3] = {extract.a[0], extract.a[2], extract.a[1]};
        other.a = points;
        EXPECT_STATUS(kw_extract_check(&other, &d.arena, &d.deal.c, g, &d.place), KW_BAD_INPUT);
        other = extract;
        other.t = 2;
        EXPECT_STATUS(kw_extract_check(&other, &d.arena, &d.deal.c, g, &d.place), KW_BAD_INPUT);
        d.place.dealer++;
        EXPECT_STATUS(kw_extract_check(&extract, &d.arena, &d.deal.c, g, &d.place), KW_BAD_INPUT);
        kw_commitments feldman = {.g2 = extract.a, .t = 3};
        EXPECT_STATUS(kw_extract_check(&extract, &d.arena, &feldman, g, &d.place), KW_BAD_INPUT);
        kw_arena small = kw_arena_init(64);
        EXPECT_STATUS(kw_extract_make(&extract, &small, &d.deal.c, &d.parts), KW_LIMIT);
        EXPECT_STATUS(kw_dealing_make(&d.deal, &d.shares, &small, &d.parts), KW_LIMIT);
        kw_arena_drop(&small);
        dealt_drop(&d);
    }
}

/* What arrives is hashed as it stands, what is made is encoded for that: the same bytes. */
static void extract__is_checked_in_the_bytes_that_came(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        const kw_group *g = groups[i];
        dealt d;
        dealt_prepare(&d, g, KW_SUITE_PEDERSEN, NULL);
        dealt_make(&d);
        kw_message deal = toy_message(KW_MESSAGE_DEAL, &d.scope);
        kw_message extract = toy_message(KW_MESSAGE_EXTRACT, &d.scope);
        deal.body.deal = d.deal;
        EXPECT_OK(kw_extract_make(&extract.body.extract, &d.arena, &d.deal.c, &d.parts));
        KW_AUTO(kw_buf) deal_wire = kw_buf_init(1 << 16);
        KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
        toy_message_write(&deal_wire, &deal, &d.scope);
        toy_message_write(&wire, &extract, &d.scope);
        EXPECT_OK(toy_message_read(&deal, &d.arena, kw_buf_view(&deal_wire), &d.scope));
        EXPECT_OK(toy_message_read(&extract, &d.arena, kw_buf_view(&wire), &d.scope));
        const kw_commitments *c = &deal.body.deal.c;
        assert_int_equal(c->wire.len, 3 * g->g1_bytes);
        assert_int_equal(extract.body.extract.wire.len, 3 * g->g2_bytes);
        EXPECT_OK(kw_extract_check(&extract.body.extract, &d.arena, c, g, &d.place));
        EXPECT_OK(kw_extract_check(&extract.body.extract, &d.arena, &d.deal.c, g, &d.place));
        kw_commitments other = *c;
        other.wire = (kw_span){deal_wire.ptr, c->wire.len};
        EXPECT_STATUS(kw_extract_check(&extract.body.extract, &d.arena, &other, g, &d.place),
                      KW_BAD_INPUT);
        dealt_drop(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealing__is_checked_and_opened_by_all),
        cmocka_unit_test(dealing_check__finds_wrong_proofs_and_roots),
        cmocka_unit_test(dealing_check__refuses_a_copied_r),
        cmocka_unit_test(dealing_open__finds_bad_shares),
        cmocka_unit_test(dealing__leaves_out_who_sent_no_hello),
        cmocka_unit_test(dealing__of_a_reshare_deals_its_source),
        cmocka_unit_test(dealer_secrets__are_drawn_once_and_wiped),
        cmocka_unit_test(extract__opens_what_was_dealt),
        cmocka_unit_test(extract__is_checked_in_the_bytes_that_came),
    };
    return cmocka_run_group_tests_name("threshold/engine/dealing", tests, NULL, NULL);
}
