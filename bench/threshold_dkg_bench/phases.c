/* SPDX-License-Identifier: Apache-2.0
 * What a member computes in each phase of a session. */
#include "threshold/engine/dealing/eligible.h"
#include "threshold/engine/group/interpolation.h"
#include "threshold_dkg_bench/work.h"

static void hellos(dkg_work *w)
{
    const kw_pok_place place = {KW_POK_EK, w->place.sid, w->place.sender};
    dkg_make_hello(w, &w->hello);
    for (uint16_t i = 0; i < w->dealers; i++) {
        kw_message hello;
        dkg_read(&hello, w, &w->hello);
        KW_ASSERT(kw_pok_g1_holds(&hello.body.hello.proof, w->group, &place, &hello.body.hello.ek));
    }
}

static void deal(dkg_work *w)
{
    kw_commitments c;
    KW_AUTO(kw_dealer_secrets) secrets = {0};
    dkg_make_deal(w, &secrets, &c, &w->round);
}

static void dealings(dkg_work *w)
{
    for (uint16_t i = 0; i < w->dealers; i++) {
        kw_arena_reset(&w->round);
        kw_message deal;
        kw_message shares;
        kw_dealing dealing;
        KW_AUTO(kw_share) share = {0};
        dkg_read(&deal, w, &w->deal);
        dkg_read(&shares, w, &w->shares);
        const kw_dealing_claim claim = {&deal.body.deal, w->digest, &shares.body.shares, &w->scope,
                                        &w->place};
        dkg_must(kw_dealing_check(&dealing, &claim));
        KW_ASSERT(!w->session->is_reshare ||
                  w->group->g2_equal(&dealing.deal->c.g2[0], &w->key.keys[DKG_OTHER - 1]));
        dkg_must(kw_dealing_open(&share, &dealing, w->self, &w->ek));
    }
}

static void echoes(dkg_work *w)
{
    static kw_judged_echo judged[DKG_MEMBERS_MAX];
    static kw_message read[DKG_MEMBERS_MAX];
    static kw_dealing_ref refs[DKG_MEMBERS_MAX];
    uint16_t count = 0;
    for (uint16_t i = 0; i <= w->others; i++) {
        dkg_read(&read[i], w, &w->echo);
        judged[i] = (kw_judged_echo){{(uint16_t)(i + 1), w->digest}, &read[i].body.echo, NULL};
    }
    const kw_eligible_rule rule = {w->quorum, w->scope.n, w->quorum.q};
    dkg_must(kw_eligible_dealings(refs, &count, judged, w->others + (size_t)1, &rule));
}

static void extracts(dkg_work *w)
{
    dkg_make_extract(w, &w->round);
    kw_message deal;
    dkg_read(&deal, w, &w->deal); /* once: a session keeps what it read */
    for (uint16_t i = 0; i < w->others; i++) {
        kw_arena scratch = kw_arena_init((size_t)16 << 20);
        kw_message extract;
        dkg_must(kw_message_decode(&extract, &scratch, (kw_span){w->extract.bytes, w->extract.len},
                                   &w->scope));
        dkg_must(kw_extract_check(&extract.body.extract, &scratch, &deal.body.deal.c, w->group,
                                  &w->place));
        kw_arena_drop(&scratch);
    }
}

/* The polynomial of one silent dealer from t shares that its commitments confirm. */
static void open_dealer(dkg_work *w, kw_message *opened, const kw_commitments *c, uint16_t at)
{
    const uint16_t t = w->quorum.t;
    kw_poly_point points[DKG_MEMBERS_MAX] = {{0}};
    kw_group_scalar coefficients[DKG_MEMBERS_MAX];
    for (uint16_t j = 0; j < t; j++) {
        const kw_opened_share *from = &opened[j].body.reconstruct.shares[at];
        kw_share share;
        w->group->secret_of_scalar(&share.f, &from->f);
        w->group->secret_of_scalar(&share.f2, &from->f2);
        KW_ASSERT(kw_share_matches(&share, w->group, c, &w->place.h, (uint16_t)(j + 1)));
        points[j] = (kw_poly_point){j + 1U, from->f};
    }
    dkg_must(kw_poly_through_var(coefficients, w->group, points, t, &w->round));
    for (uint16_t k = 0; k < t; k++) {
        kw_group_secret public_one;
        kw_group_g2 a;
        w->group->secret_of_scalar(&public_one, &coefficients[k]);
        w->group->g2_base(&a, &public_one);
        KW_ASSERT(w->group->g2_equal(&a, &w->points[k]));
    }
}

static void opens(dkg_work *w)
{
    static kw_message opened[DKG_MEMBERS_MAX];
    kw_message deal;
    dkg_read(&deal, w, &w->deal);
    for (uint16_t j = 0; j <= w->others; j++) {
        dkg_read(&opened[j], w, &w->opened[j]);
    }
    for (uint16_t i = 0; i < w->quorum.f; i++) {
        open_dealer(w, opened, &deal.body.deal.c, i);
    }
}

/* One coefficient of the new polynomial: a sum, or Lagrange's. */
static void sum_column(dkg_work *w, kw_group_g2 *out, size_t k, const kw_group_scalar *weights)
{
    kw_group_g2 column[DKG_MEMBERS_MAX];
    uint16_t count = weights != NULL ? w->quorum.t : (uint16_t)(w->dealers + 1);
    kw_group_g2 sum = w->group->g2_infinity();
    for (uint16_t i = 0; i < count; i++) {
        column[i] = w->points[k];
        w->group->g2_add(&sum, &sum, &column[i]);
    }
    if (weights != NULL) {
        kw_mspan scratch = {.len = w->group->g2_msm_scratch(count)};
        scratch.ptr = kw_arena_new(&w->round, 1, scratch.len);
        dkg_must(scratch.ptr == NULL ? KW_LIMIT : KW_OK);
        dkg_must(w->group->g2_msm(&sum, scratch, &(kw_group_g2_terms){column, weights, count}));
        kw_arena_reset(&w->round);
    }
    *out = sum;
}

static void evaluate(dkg_work *w, const kw_group_g2 *polynomial, uint16_t count)
{
    for (uint16_t j = 1; j <= count; j++) {
        kw_group_g2 vk;
        dkg_must(w->group->g2_poly_eval(&vk, polynomial, w->quorum.t, j));
    }
}

static void key(dkg_work *w)
{
    kw_group_g2 polynomial[DKG_MEMBERS_MAX];
    kw_group_g2 own;
    kw_group_scalar weights[DKG_MEMBERS_MAX];
    uint32_t index[DKG_MEMBERS_MAX];
    for (uint16_t i = 0; i < w->quorum.t; i++) {
        index[i] = (uint32_t)i + 1;
    }
    dkg_must(w->group->lagrange_zero(weights, index, w->quorum.t));
    for (size_t k = 0; k < w->quorum.t; k++) {
        sum_column(w, &polynomial[k], k, w->session->is_reshare ? weights : NULL);
    }
    evaluate(w, polynomial, w->quorum.n);
    w->group->g2_base(&own, &w->key.shares[w->self - 1]);
}

static void commits(dkg_work *w)
{
    uint8_t ok[DKG_MEMBERS_MAX];
    kw_share_keys keys = threshold_key_keys(&w->key);
    for (size_t i = 0; i < 2; i++) { /* COMMITs, then SEALs */
        kw_arena_reset(&w->round);
        (void)threshold_key_sign(&w->key, w->self, &w->epoch);
        kw_partials in = {w->group, w->partials, w->others + (size_t)1, w->epoch};
        dkg_must(kw_partials_verify(ok, &w->round, &in, &keys, &w->rng));
    }
    evaluate(w, w->points, w->quorum.t); /* the handover computes the keys of those who seal */
    kw_arena_reset(&w->round);
    KW_AUTO(kw_group_secret_g1) canary = {.words = {0}};
    kw_partials in = {w->group, w->partials, w->quorum.t, w->epoch};
    dkg_must(kw_partials_combine(&canary, &w->round, &in, &w->key.master));
}

static void signatures(dkg_work *w)
{
    uint8_t ok[DKG_MEMBERS_MAX];
    const kw_peer_verifier verifier = kw_peer_book_verifier(&w->book);
    for (size_t i = 0; i < dkg_messages(w->session); i++) {
        dkg_must(verifier.verify(verifier.ctx, ok, w->claims, w->others));
        KW_ASSERT(ok[0] == 1);
        (void)peer_sign(&w->peers[0], &w->digest);
    }
}

const dkg_phase dkg_phases[DKG_PHASES] = {
    {"hello", hellos},  {"deal", deal},         {"dealings", dealings},
    {"echoes", echoes}, {"extracts", extracts}, {"opened", opens},
    {"key", key},       {"commits", commits},   {"signatures", signatures},
};

bool dkg_has(const dkg_session *session, const dkg_phase *phase)
{
    if (phase->run == extracts) {
        return session->suite == KW_SUITE_PEDERSEN;
    }
    return phase->run != opens || session->faults == DKG_OPENED;
}
