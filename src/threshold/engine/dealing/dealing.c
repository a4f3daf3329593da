/* SPDX-License-Identifier: Apache-2.0
 * One dealer's part of a session. Source: threshold.md sections 4, 6. Secret inputs: coefficients,
 * r, nonces, session keys. */
#include "threshold/engine/dealing/dealing.h"

enum {
    SINGLES = 5, /* r and the nonces */
};

static bool has_blinding(const kw_message_scope *scope)
{
    return scope->suite == KW_SUITE_PEDERSEN;
}

void kw_dealer_secrets_drop(kw_dealer_secrets *secrets)
{
    if (secrets->a != NULL) {
        kw_wipe(secrets->a, secrets->t * sizeof *secrets->a);
    }
    if (secrets->b != NULL) {
        kw_wipe(secrets->b, secrets->t * sizeof *secrets->b);
    }
    kw_wipe(secrets, sizeof *secrets);
}

size_t kw_dealer_random_bytes(const kw_message_scope *scope)
{
    size_t polynomials = has_blinding(scope) ? 2 : 1;
    return (polynomials * scope->t + SINGLES) * KW_GROUP_WIDE_BYTES;
}

static kw_status draw(kw_group_secret *out, const kw_group *group, kw_reader *random)
{
    return group->secret_of_random(out, kw_read_span(random, KW_GROUP_WIDE_BYTES));
}

static kw_status draw_all(kw_dealer_secrets *secrets, const kw_message_scope *scope,
                          kw_reader *random)
{
    kw_group_secret *const singles[SINGLES] = {&secrets->r, &secrets->nonce_r, &secrets->nonce_a0,
                                               &secrets->nonce_a, &secrets->nonce_b};
    for (size_t i = 0; i < SINGLES; i++) {
        KW_TRY(draw(singles[i], scope->group, random));
    }
    for (size_t k = 0; k < scope->t; k++) {
        KW_TRY(draw(&secrets->a[k], scope->group, random));
        if (secrets->b != NULL) {
            KW_TRY(draw(&secrets->b[k], scope->group, random));
        }
    }
    return KW_OK;
}

kw_status kw_dealer_secrets_draw(kw_dealer_secrets *out, kw_arena *arena,
                                 const kw_message_scope *scope, kw_span random,
                                 const kw_group_secret *source)
{
    if (random.len != kw_dealer_random_bytes(scope)) {
        return KW_ARG;
    }
    KW_AUTO(kw_dealer_secrets) secrets = {.t = scope->t};
    secrets.a = kw_arena_new(arena, scope->t, sizeof *secrets.a);
    if (has_blinding(scope)) {
        secrets.b = kw_arena_new(arena, scope->t, sizeof *secrets.b);
    }
    if (secrets.a == NULL || (has_blinding(scope) && secrets.b == NULL)) {
        return KW_LIMIT;
    }
    kw_reader r = kw_reader_of(random);
    KW_TRY(draw_all(&secrets, scope, &r));
    if (source != NULL) {
        secrets.a[0] = *source;
    }
    *out = secrets;
    kw_wipe(&secrets, sizeof secrets); /* the arrays are the caller's now */
    return KW_OK;
}

/* ---- making ---- */
static kw_status commit_in_g1(kw_commitments *out, kw_arena *arena, const kw_dealing_parts *parts)
{
    const kw_group *group = parts->scope->group;
    const kw_dealer_secrets *secrets = parts->secrets;
    kw_group_g1 *points = kw_arena_new(arena, secrets->t, sizeof *points);
    if (points == NULL) {
        return KW_LIMIT;
    }
    for (size_t k = 0; k < secrets->t; k++) {
        kw_group_g1 blind;
        group->g1_base(&points[k], &secrets->a[k]);
        group->g1_mul(&blind, &parts->place->h, &secrets->b[k]);
        group->g1_add(&points[k], &points[k], &blind);
        kw_declassify_group_g1(&points[k], "a commitment: it hides or everyone may know it");
        kw_wipe(&blind, sizeof blind); /* without it the point shows a_k before its time */
    }
    *out = (kw_commitments){.g1 = points, .t = secrets->t};
    return KW_OK;
}

static kw_group_g2 *commit_in_g2(kw_arena *arena, const kw_dealing_parts *parts)
{
    const kw_dealer_secrets *secrets = parts->secrets;
    kw_group_g2 *points = kw_arena_new(arena, secrets->t, sizeof *points);
    for (size_t k = 0; points != NULL && k < secrets->t; k++) {
        parts->scope->group->g2_base(&points[k], &secrets->a[k]);
        kw_declassify_group_g2(&points[k], "a commitment that everyone gets");
    }
    return points;
}

static kw_status commit(kw_commitments *out, kw_arena *arena, const kw_dealing_parts *parts)
{
    if (has_blinding(parts->scope)) {
        return commit_in_g1(out, arena, parts);
    }
    *out = (kw_commitments){.g2 = commit_in_g2(arena, parts), .t = parts->secrets->t};
    return out->g2 != NULL ? KW_OK : KW_LIMIT;
}

static void seal_for(kw_mspan out, const kw_dealing_parts *parts, uint16_t member)
{
    const kw_group *group = parts->scope->group;
    const kw_dealer_secrets *secrets = parts->secrets;
    const kw_share_place place = {parts->place->sid, parts->place->dealer, member};
    KW_AUTO(kw_share) share = {0};
    KW_AUTO(kw_group_shared_bytes) shared = {{0}};
    kw_status st = group->poly_eval(&share.f, secrets->a, secrets->t, member);
    KW_ASSERT(st == KW_OK);
    if (secrets->b != NULL) {
        st = group->poly_eval(&share.f2, secrets->b, secrets->t, member);
        KW_ASSERT(st == KW_OK);
    }
    group->g1_share(&shared, &parts->receivers[member - 1].ek, &secrets->r);
    kw_share_seal(out, &share, parts->scope, &place, &shared);
}

/* Shares of all receivers and the hashes that name them; zeros for who sent no HELLO. */
static kw_status seal_all(kw_shares *out, kw_hash_list *out_receivers, kw_arena *arena,
                          const kw_dealing_parts *parts)
{
    uint16_t n = parts->scope->n;
    size_t size = kw_scope_share_bytes(parts->scope);
    uint8_t *encrypted = kw_arena_new(arena, n, size);
    kw_hash32 *receivers = kw_arena_new(arena, n, sizeof *receivers);
    if (encrypted == NULL || receivers == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t j = 1; j <= n; j++) {
        receivers[j - 1] = parts->receivers[j - 1].hello;
        if (!kw_hash32_is_none(&receivers[j - 1])) {
            seal_for((kw_mspan){&encrypted[(j - 1) * size], size}, parts, j);
        }
    }
    *out = (kw_shares){n, {encrypted, n * size}};
    *out_receivers = (kw_hash_list){receivers, n};
    return KW_OK;
}

kw_status kw_dealing_make(kw_deal *out_deal, kw_shares *out_shares, kw_arena *arena,
                          const kw_dealing_parts *parts)
{
    const kw_group *group = parts->scope->group;
    const kw_dealer_secrets *secrets = parts->secrets;
    kw_pok_place place = {KW_POK_R, parts->place->sid, parts->place->sender};
    kw_deal deal = {.n = parts->scope->n};
    kw_shares shares = {0};
    KW_TRY(commit(&deal.c, arena, parts));
    KW_TRY(seal_all(&shares, &deal.receivers, arena, parts));
    kw_shares_root(&deal.shares_root, &shares);
    group->g1_base(&deal.r, &secrets->r);
    kw_declassify_group_g1(&deal.r, "the public half of r");
    kw_pok_g1_make(&deal.proof_r, group, &place, &secrets->r, &secrets->nonce_r);
    if (kw_scope_proves_a0(parts->scope)) {
        place.purpose = KW_POK_A0;
        kw_pok_g2_make(&deal.proof_a0, group, &place, &secrets->a[0], &secrets->nonce_a0);
    }
    *out_deal = deal;
    *out_shares = shares;
    return KW_OK;
}

/* ---- extraction ---- */
kw_status kw_extract_make(kw_extract *out, kw_arena *arena, const kw_commitments *c,
                          const kw_dealing_parts *parts)
{
    const kw_dealer_secrets *secrets = parts->secrets;
    const kw_dealing_place *place = parts->place;
    kw_extract extract = {.a = commit_in_g2(arena, parts), .t = secrets->t};
    if (extract.a == NULL) {
        return KW_LIMIT;
    }
    const kw_extraction extraction = {.sid = place->sid,
                                      .dealer = place->dealer,
                                      .t = c->t,
                                      .c = c->g1,
                                      .a = extract.a,
                                      .h = place->h,
                                      .c_wire = c->wire};
    const kw_extraction_secrets opening = {secrets->a, secrets->b, &secrets->nonce_a,
                                           &secrets->nonce_b};
    kw_extraction_make(&extract.proof, parts->scope->group, &extraction, &opening);
    *out = extract;
    return KW_OK;
}

kw_status kw_extract_check(const kw_extract *extract, kw_arena *arena, const kw_commitments *c,
                           const kw_group *group, const kw_dealing_place *place)
{
    if (extract->t != c->t || c->g1 == NULL) {
        return KW_BAD_INPUT;
    }
    const kw_extraction extraction = {.sid = place->sid,
                                      .dealer = place->dealer,
                                      .t = c->t,
                                      .c = c->g1,
                                      .a = extract->a,
                                      .h = place->h,
                                      .c_wire = c->wire,
                                      .a_wire = extract->wire};
    return kw_extraction_check(&extract->proof, group, &extraction, arena);
}

/* ---- checking ---- */
/* Whether the shares of those without a HELLO are zeros: nobody could say what else they are. */
static bool leaves_out_nobodies(const kw_dealing_claim *claim)
{
    static const uint8_t zeros[2 * KW_GROUP_SCALAR_BYTES];
    for (uint16_t j = 1; j <= claim->shares->n; j++) {
        kw_span sealed = kw_shares_at(claim->shares, j);
        if (kw_hash32_is_none(&claim->deal->receivers.items[j - 1]) &&
            !kw_span_equal_var(sealed, (kw_span){zeros, sealed.len})) {
            return false;
        }
    }
    return true;
}

kw_status kw_dealing_check(kw_dealing *out, const kw_dealing_claim *claim)
{
    const kw_deal *deal = claim->deal;
    const kw_group *group = claim->scope->group;
    kw_pok_place place = {KW_POK_R, claim->place->sid, claim->place->sender};
    if (!kw_pok_g1_holds(&deal->proof_r, group, &place, &deal->r)) {
        return KW_UNAUTHENTICATED;
    }
    place.purpose = KW_POK_A0;
    if (kw_scope_proves_a0(claim->scope) &&
        !kw_pok_g2_holds(&deal->proof_a0, group, &place, &deal->c.g2[0])) {
        return KW_UNAUTHENTICATED;
    }
    kw_hash32 root;
    kw_shares_root(&root, claim->shares);
    if (!kw_span_equal_var(KW_SPAN(root.bytes), KW_SPAN(deal->shares_root.bytes))) {
        return KW_CONFLICT;
    }
    if (!leaves_out_nobodies(claim)) {
        return KW_ENCODING;
    }
    *out = (kw_dealing){deal, claim->hash, claim->shares, claim->scope, claim->place};
    return KW_OK;
}

kw_status kw_dealing_open(kw_share *out, const kw_dealing *dealing, uint16_t member,
                          const kw_group_secret *ek)
{
    const kw_message_scope *scope = dealing->scope;
    KW_ASSERT(member >= 1 && member <= scope->n);
    if (kw_hash32_is_none(&dealing->deal->receivers.items[member - 1])) {
        return KW_NOT_FOUND;
    }
    KW_AUTO(kw_group_shared_bytes) shared = {{0}};
    KW_AUTO(kw_share) share = {0};
    scope->group->g1_share(&shared, &dealing->deal->r, ek);
    const kw_share_place place = {dealing->place->sid, dealing->place->dealer, member};
    kw_span sealed = kw_shares_at(dealing->shares, member);
    KW_TRY(kw_share_open(&share, sealed, scope, &place, &shared));
    if (!kw_share_matches(&share, scope->group, &dealing->deal->c, &dealing->place->h, member)) {
        return KW_REFUSED;
    }
    *out = share;
    return KW_OK;
}
