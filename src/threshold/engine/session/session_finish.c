/* SPDX-License-Identifier: Apache-2.0
 * The new epoch: its polynomial, the own share, COMMITs. Source: threshold.md section 6. Secret
 * inputs: shares. */
#include "base/error.h"
#include "threshold/engine/use/partial.h"
#include "threshold/engine/session/session_parts.h"

kw_status session_finish_init(kw_session *s)
{
    kw_arena *arena = s->setup.memory.lasting;
    s->commits = kw_arena_new(arena, s->scope.n, sizeof *s->commits);
    s->keys = kw_arena_new(arena, s->scope.n, sizeof *s->keys);
    return s->commits == NULL || s->keys == NULL ? KW_LIMIT : KW_OK;
}

/* ---- the sum ---- */
/* Dealings that are summed, and with what weight: at genesis all of D as they are; in a reshare the
 * t_old lowest, which are points of the old polynomial, with Lagrange's. */
typedef struct summands {
    const session_deal **deals;
    const kw_group_g2 **points; /* their commitments in G2 */
    kw_group_scalar *weights;   /* NULL: all 1 */
    uint16_t count;
    kw_group_g2 *column; /* [count]: scratch, as the next one */
    kw_mspan msm_scratch;
} summands;

static kw_status weigh(kw_session *s, summands *out)
{
    uint32_t *index = kw_arena_new(s->setup.memory.scratch, out->count, sizeof *index);
    out->weights = kw_arena_new(s->setup.memory.scratch, out->count, sizeof *out->weights);
    if (index == NULL || out->weights == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t i = 0; i < out->count; i++) {
        index[i] = s->decided.refs[i].dealer;
    }
    return s->setup.group->lagrange_zero(out->weights, index, out->count);
}

static kw_status find_summands(kw_session *s, summands *out)
{
    bool is_reshare = s->scope.kind == KW_SESSION_RESHARE;
    kw_arena *scratch = s->setup.memory.scratch;
    out->count = is_reshare ? s->setup.fields.t_old : s->decided.count;
    out->deals = kw_arena_new(scratch, out->count, sizeof(session_deal *));
    out->points = kw_arena_new(scratch, out->count, sizeof(kw_group_g2 *));
    out->column = kw_arena_new(scratch, out->count, sizeof *out->column);
    out->msm_scratch.len = s->setup.group->g2_msm_scratch(out->count);
    out->msm_scratch.ptr = kw_arena_new(scratch, out->msm_scratch.len, 1);
    if (out->deals == NULL || out->points == NULL || out->column == NULL ||
        out->msm_scratch.ptr == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t i = 0; i < out->count; i++) {
        const kw_dealing_ref *ref = &s->decided.refs[i];
        const session_deal *deal = session_deal_of(s, ref->dealer, &ref->hash);
        bool is_hidden = s->scope.suite == KW_SUITE_PEDERSEN;
        out->deals[i] = deal;
        out->points[i] = is_hidden ? s->dealers[ref->dealer - 1].a : deal->deal.c.g2;
    }
    return is_reshare ? weigh(s, out) : KW_OK;
}

/* Coefficient k of the new polynomial in G2. */
static kw_status sum_points(const kw_group *group, kw_group_g2 *out, const summands *in, size_t k)
{
    kw_group_g2 *column = in->column;
    for (uint16_t i = 0; i < in->count; i++) {
        column[i] = in->points[i][k];
    }
    if (in->weights != NULL) {
        const kw_group_g2_terms terms = {column, in->weights, in->count};
        return group->g2_msm(out, in->msm_scratch, &terms);
    }
    *out = group->g2_infinity();
    for (uint16_t i = 0; i < in->count; i++) {
        group->g2_add(out, out, &column[i]);
    }
    return KW_OK;
}

static kw_status sum_polynomial(kw_session *s, const summands *in)
{
    const kw_group *group = s->setup.group;
    s->polynomial = kw_arena_new(s->setup.memory.lasting, s->scope.t, sizeof *s->polynomial);
    if (s->polynomial == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t k = 0; k < s->scope.t; k++) {
        KW_TRY(sum_points(group, &s->polynomial[k], in, k));
    }
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        KW_TRY(group->g2_poly_eval(&s->keys[j - 1], s->polynomial, s->scope.t, j));
    }
    bool is_other = s->scope.kind == KW_SESSION_RESHARE &&
                    !group->g2_equal(&s->polynomial[0], &s->setup.polynomial_old[0]);
    return is_other || group->g2_is_infinity(&s->polynomial[0]) ? KW_REFUSED : KW_OK;
}

/* The own share: none where a dealing in the sum has none for this member. REFUSED: it is not that
 * of the polynomial. */
static kw_status sum_share(kw_session *s, const summands *in)
{
    const kw_group *group = s->setup.group;
    KW_AUTO(kw_group_secret) sum = {0};
    for (uint16_t i = 0; i < in->count; i++) {
        KW_AUTO(kw_group_secret) part = {0};
        if (s->self_new == 0 || in->deals[i]->share_state != SESSION_SHARE_GOOD) {
            return KW_OK;
        }
        part = in->deals[i]->share->f;
        if (in->weights != NULL) {
            KW_AUTO(kw_group_secret) weight = {0};
            group->secret_of_scalar(&weight, &in->weights[i]);
            group->secret_mul(&part, &part, &weight);
        }
        group->secret_add(&sum, &sum, &part);
    }
    kw_group_g2 key;
    group->g2_base(&key, &sum);
    kw_declassify_group_g2(&key, "the public key of a share");
    if (!group->g2_equal(&key, &s->keys[s->self_new - 1])) {
        return KW_REFUSED;
    }
    s->share = sum;
    s->has_share = true;
    return KW_OK;
}

/* ---- the candidate ---- */
static kw_candidate candidate_of(const kw_session *s)
{
    return (kw_candidate){.cluster_id = s->setup.cluster_id,
                          .fields = s->setup.fields,
                          .set = s->decided.value,
                          .roster_old = s->setup.roster_old,
                          .roster_new = s->setup.roster_new,
                          .dealings = s->decided.refs,
                          .dealings_count = s->decided.count,
                          .polynomial = s->polynomial,
                          .commits = {s->commits, s->commits_count}};
}

bool kw_session_candidate(const kw_session *session, kw_candidate *out)
{
    if (session->commits_count < session->setup.quorum.q) {
        return false;
    }
    *out = candidate_of(session);
    kw_candidate_name(out, session->setup.group);
    return true;
}

const kw_group_secret *kw_session_share(const kw_session *session)
{
    return session->has_share ? &session->share : NULL;
}

void kw_session_share_sealed(kw_session *session)
{
    session->is_sealed = session->is_sealed || session->has_share;
}

void session_finish(kw_session *s)
{
    summands in = {0};
    if (find_summands(s, &in) != KW_OK || sum_polynomial(s, &in) != KW_OK ||
        sum_share(s, &in) != KW_OK) {
        session_fail(s);
        return;
    }
    kw_candidate candidate = candidate_of(s);
    kw_candidate_name(&candidate, s->setup.group);
    s->digest = candidate.digest;
    s->phase = s->has_share ? KW_SESSION_PREPARING : KW_SESSION_COMMITS;
    s->owes_prepared = s->has_share && !s->is_sealed;
}

/* ---- COMMIT ---- */
static kw_purposed purpose_of(const kw_session *s)
{
    return (kw_purposed){KW_PURPOSE_READY, KW_SPAN(s->digest.bytes)};
}

bool session_run_preparing(kw_session *s, uint64_t now)
{
    if (!s->is_sealed) {
        return false;
    }
    const kw_purposed what = purpose_of(s);
    kw_message m = {.header.type = KW_MESSAGE_COMMIT};
    m.body.commit.digest = s->digest;
    if (kw_partial_sign(&m.body.commit.share, s->setup.group, &s->share, &what) != KW_OK) {
        session_fail(s);
        return true;
    }
    kw_declassify_group_g1(&m.body.commit.share, "a COMMIT is sent to everyone");
    s->phase = KW_SESSION_COMMITS;
    kw_group_secret_drop(&s->ek); /* makes the dealings unreadable */
    s->has_key = false;
    if (session_letter(s, s->self, KW_MESSAGE_COMMIT) == NULL) {
        session_say(s, &m, &s->sid, now);
    }
    return true;
}

kw_status session_read_commit(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    session_commit *read = kw_arena_new(s->setup.memory.lasting, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    *read = (session_commit){.commit = m->body.commit, .member = session_member_of(s, letter)};
    letter->read = read;
    s->commits_new++;
    return KW_OK;
}

/* The COMMIT of a member that counts, or may count. */
static const kw_letter *find_commit(const kw_session *s, uint16_t member, bool is_new)
{
    const kw_letter *at = session_letter(s, session_rank_of(s, member), KW_MESSAGE_COMMIT);
    const kw_letter *found = NULL;
    for (; at != NULL; at = at->second) {
        const session_commit *read = at->read;
        if (read == NULL || !session_is_same(&read->commit.digest, &s->digest)) {
            continue;
        }
        if (read->state == SESSION_COMMIT_VALID) {
            return is_new ? NULL : at;
        }
        if (read->state == SESSION_COMMIT_NEW && is_new && found == NULL) {
            found = at;
        }
    }
    return found;
}

static void list_commits(kw_session *s)
{
    s->commits_count = 0;
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        const kw_letter *letter = find_commit(s, j, false);
        if (letter != NULL) {
            s->commits[s->commits_count++] = letter->message;
        }
    }
}

/* All COMMITs that are new, in one batch. */
static bool judge_commits(kw_session *s)
{
    kw_arena *scratch = s->setup.memory.scratch;
    uint16_t n = s->scope.n;
    kw_partial *partials = kw_arena_new(scratch, n, sizeof *partials);
    const kw_letter **letters = kw_arena_new(scratch, n, sizeof(kw_letter *));
    uint8_t *ok = kw_arena_new(scratch, n, 1);
    if (partials == NULL || letters == NULL || ok == NULL) {
        return false;
    }
    size_t count = 0;
    for (uint16_t j = 1; j <= n; j++) {
        const kw_letter *letter = find_commit(s, j, true);
        if (letter != NULL) {
            const session_commit *read = letter->read;
            letters[count] = letter;
            partials[count++] = (kw_partial){s->setup.fields.epoch, j, read->commit.share};
        }
    }
    const kw_partials all = {s->setup.group, partials, count, purpose_of(s)};
    const kw_share_keys keys = {s->setup.group, s->setup.fields.epoch, s->keys, n};
    if (count > 0 && kw_partials_verify(ok, scratch, &all, &keys, &s->setup.rng) != KW_OK) {
        return false; /* no memory: again at the next step */
    }
    s->commits_new = 0;
    for (size_t i = 0; i < count; i++) {
        session_commit *read = letters[i]->read;
        read->state = ok[i] != 0 ? SESSION_COMMIT_VALID : SESSION_COMMIT_VOID;
        s->commits_new = (uint16_t)(s->commits_new + (ok[i] == 0)); /* it may have a second one */
    }
    list_commits(s);
    return true;
}

bool session_run_commits(kw_session *s, uint64_t now)
{
    KW_UNUSED(now);
    if (s->commits_new == 0 || s->commits_new + s->commits_count < s->setup.quorum.q) {
        return false;
    }
    return judge_commits(s);
}
