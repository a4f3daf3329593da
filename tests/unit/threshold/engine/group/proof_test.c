/* SPDX-License-Identifier: Apache-2.0
 * Values stand in tests/vectors/threshold; here: what a proof binds, over both groups. */
#include "threshold/engine/group/proof.h"

#include "support/expect.h"
#include "support/toy_group.h"

static const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};

static kw_group_secret secret_of(const kw_group *g, uint64_t value)
{
    kw_group_scalar scalar = g->scalar_of_u64(value);
    kw_group_secret out;
    g->secret_of_scalar(&out, &scalar);
    return out;
}

static void pok__binds_purpose_place_and_point(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret x = secret_of(g, 1234567);
        kw_group_secret nonce = secret_of(g, 7654321);
        kw_pok_place place = {KW_POK_EK, {{1}}, {{2}}};
        kw_group_g1 p1;
        kw_group_g2 p2;
        g->g1_base(&p1, &x);
        g->g2_base(&p2, &x);
        kw_proof one;
        kw_proof two;
        kw_pok_g1_make(&one, g, &place, &x, &nonce);
        kw_pok_g2_make(&two, g, &place, &x, &nonce);
        assert_true(kw_pok_g1_holds(&one, g, &place, &p1));
        assert_true(kw_pok_g2_holds(&two, g, &place, &p2));
        assert_false(kw_pok_g1_holds(&two, g, &place, &p1));
        kw_pok_place others[3] = {place, place, place};
        others[0].purpose = KW_POK_R;
        others[1].sid.bytes[31] = 1;
        others[2].sender.bytes[19] = 1;
        for (size_t i = 0; i < KW_COUNT(others); i++) {
            assert_false(kw_pok_g1_holds(&one, g, &others[i], &p1));
            assert_false(kw_pok_g2_holds(&two, g, &others[i], &p2));
        }
        g->g1_neg(&p1, &p1);
        assert_false(kw_pok_g1_holds(&one, g, &place, &p1));
        g->g2_neg(&p2, &p2);
        assert_false(kw_pok_g2_holds(&two, g, &place, &p2));
    }
}

static kw_dleq_claim claim_of(const kw_group *g, const kw_group_secret *x)
{
    kw_group_secret r = secret_of(g, 555);
    kw_dleq_claim claim = {.sid = {{1}}, .dealer = 2, .member = 3, .deal = {{4}}};
    g->g1_base(&claim.ek, x);
    g->g1_base(&claim.r, &r);
    g->g1_mul(&claim.p, &claim.r, x);
    return claim;
}

static void dleq__binds_all_of_its_claim(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret x = secret_of(g, 99);
        kw_group_secret nonce = secret_of(g, 1001);
        kw_dleq_claim claim = claim_of(g, &x);
        kw_proof proof;
        kw_dleq_make(&proof, g, &claim, &x, &nonce);
        assert_true(kw_dleq_holds(&proof, g, &claim));
        kw_dleq_claim bad[6];
        for (size_t i = 0; i < KW_COUNT(bad); i++) {
            bad[i] = claim;
        }
        bad[0].sid.bytes[0] = 9;
        bad[1].dealer = 3;
        bad[2].member = 2;
        bad[3].deal.bytes[0] = 9;
        g->g1_neg(&bad[4].p, &bad[4].p);
        bad[5].r = g->g1_generator();
        for (size_t i = 0; i < KW_COUNT(bad); i++) {
            assert_false(kw_dleq_holds(&proof, g, &bad[i]));
        }
        /* Another key opens nothing: the proof of a wrong P cannot be made. */
        kw_group_secret y = secret_of(g, 100);
        g->g1_mul(&claim.p, &claim.r, &y);
        kw_dleq_make(&proof, g, &claim, &x, &nonce);
        assert_false(kw_dleq_holds(&proof, g, &claim));
    }
}

typedef struct dealt {
    kw_group_secret a[3];
    kw_group_secret b[3];
    kw_group_g1 c[3];
    kw_group_g2 points[3];
    kw_extraction extraction;
} dealt;

static void deal(dealt *out, const kw_group *g)
{
    kw_group_g1 h;
    EXPECT_OK(g->g1_hash(&h, KW_SPAN("h"), KW_SPAN("a test")));
    for (size_t k = 0; k < 3; k++) {
        out->a[k] = secret_of(g, 11 + k);
        out->b[k] = secret_of(g, 21 + k);
        kw_group_g1 blind;
        g->g1_base(&out->c[k], &out->a[k]);
        g->g1_mul(&blind, &h, &out->b[k]);
        g->g1_add(&out->c[k], &out->c[k], &blind);
        g->g2_base(&out->points[k], &out->a[k]);
    }
    out->extraction =
        (kw_extraction){.sid = {{1}}, .dealer = 2, .t = 3, .c = out->c, .a = out->points, .h = h};
}

static void extraction__finds_every_wrong_point(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        dealt d;
        deal(&d, g);
        kw_arena arena = kw_arena_init(1 << 22);
        kw_group_secret nonces[2] = {secret_of(g, 3), secret_of(g, 4)};
        kw_extraction_secrets secrets = {d.a, d.b, &nonces[0], &nonces[1]};
        kw_extraction_proof proof;
        kw_extraction_make(&proof, g, &d.extraction, &secrets);
        EXPECT_OK(kw_extraction_check(&proof, g, &d.extraction, &arena));
        for (size_t k = 0; k < 3; k++) { /* also when the proof is made for the wrong points */
            kw_group_g2 good = d.points[k];
            kw_group_g2 base = g->g2_generator();
            g->g2_add(&d.points[k], &good, &base);
            EXPECT_STATUS(kw_extraction_check(&proof, g, &d.extraction, &arena), KW_BAD_INPUT);
            kw_extraction_proof lie;
            kw_extraction_make(&lie, g, &d.extraction, &secrets);
            EXPECT_STATUS(kw_extraction_check(&lie, g, &d.extraction, &arena), KW_BAD_INPUT);
            d.points[k] = good;
        }
        d.extraction.dealer = 3;
        EXPECT_STATUS(kw_extraction_check(&proof, g, &d.extraction, &arena), KW_BAD_INPUT);
        kw_arena_drop(&arena);
        arena = kw_arena_init(16);
        EXPECT_STATUS(kw_extraction_check(&proof, g, &d.extraction, &arena), KW_LIMIT);
        kw_arena_drop(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pok__binds_purpose_place_and_point),
        cmocka_unit_test(dleq__binds_all_of_its_claim),
        cmocka_unit_test(extraction__finds_every_wrong_point),
    };
    return cmocka_run_group_tests_name("threshold/engine/proof", tests, NULL, NULL);
}
