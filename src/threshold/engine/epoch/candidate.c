/* SPDX-License-Identifier: Apache-2.0
 * An epoch as one session made it. Source: threshold.md section 6. */
#include "threshold/engine/epoch/candidate.h"

#include "crypto/hash.h"
#include "threshold/engine/use/partial.h"

void kw_candidate_name(kw_candidate *candidate, const kw_group *group)
{
    kw_sid(&candidate->sid, &candidate->cluster_id, &candidate->fields);
    const kw_digest_fields fields = {
        .sid = candidate->sid,
        .set = candidate->set,
        .dealings = candidate->dealings,
        .dealings_count = candidate->dealings_count,
        .t = candidate->fields.t_new,
        .polynomial = candidate->polynomial,
        .roster_new = candidate->fields.roster_new,
    };
    kw_epoch_digest(&candidate->digest, group, &fields);
}

kw_message_scope kw_candidate_scope(const kw_candidate *candidate, const kw_group *group)
{
    uint16_t n = candidate->roster_new->n;
    return (kw_message_scope){
        .group = group,
        .kind = (kw_session_kind)candidate->fields.kind,
        .suite = candidate->fields.suite,
        .n = n,
        .t = candidate->fields.t_new,
        .dealers = candidate->roster_old->n > 0 ? candidate->roster_old->n : n,
    };
}

kw_message_header kw_candidate_header(const kw_candidate *candidate, kw_message_type type,
                                      const kw_address *sender)
{
    return (kw_message_header){
        .type = type,
        .suite = candidate->fields.suite,
        .cluster_id = candidate->cluster_id,
        .sid = candidate->sid,
        .epoch = candidate->fields.epoch,
        .timestamp = candidate->fields.timestamp,
        .attempt = candidate->fields.attempt,
        .sender = *sender,
    };
}

/* Kind 3 has no handover, hence no certificate of this form. */
static bool is_genesis_fields(const kw_candidate *c)
{
    return c->fields.kind == KW_SESSION_GENESIS && c->fields.epoch == 1 && c->roster_old->n == 0 &&
           c->fields.t_old == 0 && kw_hash32_is_none(&c->fields.previous) &&
           (c->fields.suite == KW_SUITE_FELDMAN || c->fields.suite == KW_SUITE_PEDERSEN);
}

static bool is_reshare_fields(const kw_candidate *c)
{
    kw_quorum old;
    return c->fields.kind == KW_SESSION_RESHARE && c->fields.epoch > 1 &&
           kw_quorum_of_threshold(&old, c->roster_old->n, c->fields.t_old) == KW_OK &&
           !kw_hash32_is_none(&c->fields.previous) && c->fields.suite == KW_SUITE_FELDMAN;
}

static kw_status check_names(const kw_candidate *c, const kw_group *group)
{
    kw_candidate named = *c;
    kw_candidate_name(&named, group);
    bool is_named = kw_hash32_equal(&named.sid, &c->sid) &&
                    kw_hash32_equal(&named.digest, &c->digest) &&
                    kw_hash32_equal(&c->fields.roster_old, &c->roster_old->hash) &&
                    kw_hash32_equal(&c->fields.roster_new, &c->roster_new->hash);
    return is_named ? KW_OK : KW_REFUSED;
}

static kw_status check_dealings(const kw_candidate *c, const kw_quorum *quorum)
{
    bool is_first = c->fields.kind == KW_SESSION_GENESIS;
    uint16_t dealers = is_first ? c->roster_new->n : c->roster_old->n;
    uint16_t least = is_first ? quorum->q : c->fields.t_old;
    uint16_t last = 0;
    for (size_t i = 0; i < c->dealings_count; i++) {
        if (c->dealings[i].dealer <= last) {
            return KW_ENCODING;
        }
        last = c->dealings[i].dealer;
    }
    return c->dealings_count >= least && last <= dealers ? KW_OK : KW_REFUSED;
}

static bool is_same_header(const kw_message_header *a, const kw_message_header *b)
{
    return a->type == b->type && a->suite == b->suite &&
           kw_hash32_equal(&a->cluster_id, &b->cluster_id) && kw_hash32_equal(&a->sid, &b->sid) &&
           a->epoch == b->epoch && a->timestamp == b->timestamp && a->attempt == b->attempt;
}

/* Header and digest; the share is read by who needs it, for it costs a multiplication. */
static kw_status check_commit(const kw_candidate *c, const kw_group *group,
                              const kw_authenticated *commit, uint16_t *last)
{
    kw_message_header header;
    KW_TRY(kw_message_header_decode(&header, commit->payload));
    kw_message_header wanted = kw_candidate_header(c, KW_MESSAGE_COMMIT, &header.sender);
    uint16_t index = kw_roster_index(c->roster_new, &header.sender);
    kw_reader r = kw_reader_of(commit->payload);
    kw_hash32 digest;
    (void)kw_read_span(&r, KW_MESSAGE_HEADER_BYTES);
    kw_read_into(&r, KW_MSPAN(digest.bytes));
    (void)kw_read_span(&r, group->g1_bytes);
    KW_TRY(kw_read_end(&r));
    if (index == 0 || !is_same_header(&header, &wanted) || !kw_hash32_equal(&digest, &c->digest)) {
        return KW_REFUSED;
    }
    if (index <= *last) {
        return KW_ENCODING;
    }
    *last = index;
    return KW_OK;
}

kw_status kw_candidate_check(const kw_candidate *candidate, const kw_group *group)
{
    const kw_candidate *c = candidate;
    kw_quorum quorum;
    if (!is_genesis_fields(c) && !is_reshare_fields(c)) {
        return KW_REFUSED;
    }
    KW_TRY(kw_quorum_of_threshold(&quorum, c->roster_new->n, c->fields.t_new));
    KW_TRY(check_dealings(c, &quorum));
    KW_TRY(check_names(c, group));
    if (c->commits.count < quorum.q || c->commits.count > quorum.n) {
        return KW_LENGTH;
    }
    uint16_t last = 0;
    for (size_t i = 0; i < c->commits.count; i++) {
        KW_TRY(check_commit(c, group, &c->commits.items[i], &last));
    }
    return KW_OK;
}

static bool are_good(const uint8_t *ok, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ok[i] != 1) {
            return false;
        }
    }
    return true;
}

kw_status kw_candidate_judge_signatures(const kw_candidate_judge *judge, const kw_roster *roster,
                                        kw_authenticated_list list)
{
    kw_peer_claim *claims = kw_arena_new(judge->arena, KW_MAX(list.count, 1), sizeof *claims);
    uint8_t *ok = kw_arena_new(judge->arena, KW_MAX(list.count, 1), 1);
    if (claims == NULL || ok == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < list.count; i++) {
        kw_message_header header;
        KW_TRY(kw_message_header_decode(&header, list.items[i].payload));
        uint16_t index = kw_roster_index(roster, &header.sender);
        if (index == 0) {
            return KW_UNAUTHENTICATED;
        }
        claims[i] = kw_authenticated_claim(&list.items[i], kw_roster_at(roster, index));
    }
    KW_TRY(judge->verifier.verify(judge->verifier.ctx, ok, claims, list.count));
    return are_good(ok, list.count) ? KW_OK : KW_UNAUTHENTICATED;
}

/* The shares of the COMMITs, and the keys they are to be under, at the members' indices. */
static kw_status read_shares(kw_partial *out, kw_group_g2 *keys, const kw_candidate *c,
                             const kw_candidate_judge *judge)
{
    kw_message_scope scope = kw_candidate_scope(c, judge->group);
    for (size_t i = 0; i < c->commits.count; i++) {
        kw_message message;
        KW_TRY(kw_message_decode(&message, judge->arena, c->commits.items[i].payload, &scope));
        uint16_t index = kw_roster_index(c->roster_new, &message.header.sender);
        out[i] = (kw_partial){c->fields.epoch, index, message.body.commit.share};
        KW_TRY(judge->group->g2_poly_eval(&keys[index - 1], c->polynomial, c->fields.t_new, index));
    }
    return KW_OK;
}

static kw_status prove_shares(const kw_candidate *c, const kw_candidate_judge *judge)
{
    size_t n = c->commits.count;
    kw_partial *partials = kw_arena_new(judge->arena, n, sizeof *partials);
    kw_group_g2 *keys = kw_arena_new(judge->arena, c->roster_new->n, sizeof *keys);
    uint8_t *ok = kw_arena_new(judge->arena, n, 1);
    if (partials == NULL || keys == NULL || ok == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(read_shares(partials, keys, c, judge));
    const kw_partials all = {
        judge->group, partials, n, {KW_PURPOSE_READY, KW_SPAN(c->digest.bytes)}};
    const kw_share_keys under = {judge->group, c->fields.epoch, keys, c->roster_new->n};
    KW_TRY(kw_partials_verify(ok, judge->arena, &all, &under, judge->rng));
    return are_good(ok, n) ? KW_OK : KW_UNAUTHENTICATED;
}

kw_status kw_candidate_prove(const kw_candidate *candidate, const kw_candidate_judge *judge)
{
    KW_TRY(kw_candidate_judge_signatures(judge, candidate->roster_new, candidate->commits));
    return prove_shares(candidate, judge);
}

/* NULL when the arena is full; never for nothing to copy. */
static void *copied(kw_arena *arena, const void *from, size_t count, size_t size)
{
    void *to = kw_arena_new(arena, KW_MAX(count, 1), size);
    if (to != NULL && count > 0) {
        memcpy(to, from, count * size);
    }
    return to;
}

static const kw_roster *copied_roster(kw_arena *arena, const kw_roster *from)
{
    kw_roster *roster = copied(arena, from, 1, sizeof *from);
    if (roster != NULL) {
        roster->members = copied(arena, from->members, from->n, sizeof *from->members);
    }
    return roster == NULL || roster->members == NULL ? NULL : roster;
}

static kw_status copy_list(kw_authenticated_list *out, kw_arena *arena, kw_authenticated_list from)
{
    kw_authenticated *items = copied(arena, from.items, from.count, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < from.count; i++) {
        KW_TRY(kw_arena_copy_span(arena, &items[i].payload, from.items[i].payload));
    }
    *out = (kw_authenticated_list){items, from.count};
    return KW_OK;
}

kw_status kw_candidate_copy(kw_candidate *out, kw_arena *arena, const kw_candidate *candidate)
{
    kw_candidate copy = *candidate;
    copy.roster_old = copied_roster(arena, candidate->roster_old);
    copy.roster_new = copied_roster(arena, candidate->roster_new);
    copy.dealings =
        copied(arena, candidate->dealings, candidate->dealings_count, sizeof *candidate->dealings);
    copy.polynomial = copied(arena, candidate->polynomial, candidate->fields.t_new,
                             sizeof *candidate->polynomial);
    if (copy.roster_old == NULL || copy.roster_new == NULL || copy.dealings == NULL ||
        copy.polynomial == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(copy_list(&copy.commits, arena, candidate->commits));
    *out = copy;
    return KW_OK;
}
