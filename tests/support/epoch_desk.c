/* SPDX-License-Identifier: Apache-2.0
 * Epochs with their certificates. */
#include "support/epoch_desk.h"

#include "support/expect.h"
#include "threshold/engine/use/partial.h"

void epoch_desk_open(epoch_desk *desk, const kw_group *group, uint8_t curve)
{
    *desk = (epoch_desk){.group = group,
                         .curve = curve,
                         .arena = kw_arena_init(64 << 20),
                         .seeded = {.seed = 17},
                         .cluster_id = {{0xc1, 1}}};
    desk->rng = seeded_rng_port(&desk->seeded);
}

void epoch_desk_close(epoch_desk *desk)
{
    kw_arena_drop(&desk->arena);
}

const desk_epoch *epoch_desk_outgoing(const desk_epoch *epoch)
{
    return epoch->before == NULL ? epoch : epoch->before;
}

static void make_members(epoch_desk *desk, desk_epoch *out, uint32_t first, uint16_t n)
{
    for (uint16_t i = 0; i < n; i++) {
        peer_make(&out->peers[i], first + i, desk->curve);
    }
    out->roster = peers_roster(out->peers, n, &desk->arena);
    for (uint32_t number = first; number < first + n; number++) {
        peer made;
        peer_make(&made, number, desk->curve);
        uint16_t index = kw_roster_index(&out->roster, &made.address);
        peer_make(&out->peers[index - 1], number, desk->curve);
    }
    EXPECT_OK(kw_quorum_of(&out->quorum, n, KW_THRESHOLD_RATIO_DEFAULT));
}

static void make_key(epoch_desk *desk, desk_epoch *out)
{
    const kw_group *group = desk->group;
    for (uint16_t k = 0; k < out->quorum.t; k++) {
        uint8_t random[KW_GROUP_WIDE_BYTES];
        EXPECT_OK(kw_rng_fill(&desk->rng, KW_MSPAN(random)));
        EXPECT_OK(group->secret_of_random(&out->coefficients[k], KW_SPAN(random)));
    }
    if (out->before != NULL) {
        out->coefficients[0] = out->before->coefficients[0];
    }
    for (uint16_t k = 0; k < out->quorum.t; k++) {
        group->g2_base(&out->polynomial[k], &out->coefficients[k]);
    }
    for (uint16_t j = 1; j <= out->quorum.n; j++) {
        EXPECT_OK(group->poly_eval(&out->shares[j - 1], out->coefficients, out->quorum.t, j));
    }
}

static const kw_roster nobody = {0};

static void make_candidate(epoch_desk *desk, desk_epoch *out, uint32_t attempt)
{
    const desk_epoch *before = out->before;
    kw_candidate *c = &out->certificate.candidate;
    uint64_t epoch = before == NULL ? 1 : before->certificate.candidate.fields.epoch + 1;
    *c = (kw_candidate){
        .cluster_id = desk->cluster_id,
        .fields = {.kind = before == NULL ? KW_SESSION_GENESIS : KW_SESSION_RESHARE,
                   .epoch = epoch,
                   .timestamp = 1700000000 + 600 * (epoch - 1),
                   .attempt = attempt,
                   .roster_new = out->roster.hash,
                   .t_new = out->quorum.t,
                   .suite = before == NULL ? KW_SUITE_PEDERSEN : KW_SUITE_FELDMAN},
        .set = {{0x5e, (uint8_t)attempt}},
        .roster_old = &nobody,
        .roster_new = &out->roster,
        .dealings = out->dealings,
        .dealings_count = before == NULL ? out->quorum.q : before->quorum.t,
        .polynomial = out->polynomial,
    };
    if (before != NULL) {
        c->fields.roster_old = before->roster.hash;
        c->fields.t_old = before->quorum.t;
        c->fields.previous = before->certificate.hash;
        c->roster_old = &before->roster;
    }
    for (uint16_t i = 0; i < c->dealings_count; i++) {
        out->dealings[i] = (kw_dealing_ref){(uint16_t)(i + 1), {{0xde, (uint8_t)i}}};
    }
    kw_candidate_name(c, desk->group);
}

kw_authenticated epoch_desk_sign(epoch_desk *desk, const kw_message *message,
                                 const kw_message_scope *scope, const peer *signer)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, message, scope);
    EXPECT_OK(kw_write_end(&w));
    kw_span payload = {0};
    EXPECT_OK(kw_arena_copy_span(&desk->arena, &payload, kw_buf_view(&wire)));
    kw_authenticated made;
    EXPECT_OK(kw_authenticated_make(&made, payload, &signer->signer));
    return made;
}

/* A COMMIT or a SEAL. */
static kw_authenticated sign_share(epoch_desk *desk, const desk_epoch *epoch, kw_message_type type,
                                   const desk_epoch *of, uint16_t index)
{
    const kw_candidate *c = &epoch->certificate.candidate;
    const peer *p = &of->peers[index - 1];
    kw_message_scope scope = kw_candidate_scope(c, desk->group);
    kw_message message = {.header = kw_candidate_header(c, type, &p->address)};
    const kw_purposed what = {type == KW_MESSAGE_COMMIT ? KW_PURPOSE_READY : KW_PURPOSE_EPOCH,
                              KW_SPAN(c->digest.bytes)};
    message.body.commit.digest = c->digest;
    EXPECT_OK(
        kw_partial_sign(&message.body.commit.share, desk->group, &of->shares[index - 1], &what));
    return epoch_desk_sign(desk, &message, &scope, p);
}

kw_authenticated epoch_desk_commit(epoch_desk *desk, const desk_epoch *epoch, uint16_t index)
{
    return sign_share(desk, epoch, KW_MESSAGE_COMMIT, epoch, index);
}

kw_authenticated epoch_desk_seal(epoch_desk *desk, const desk_epoch *epoch, uint16_t index)
{
    return sign_share(desk, epoch, KW_MESSAGE_SEAL, epoch_desk_outgoing(epoch), index);
}

static kw_message vote_of(const desk_epoch *epoch, kw_message_type type, const peer *sender)
{
    const kw_candidate *c = &epoch->certificate.candidate;
    kw_message message = {.header = {.type = type,
                                     .cluster_id = c->cluster_id,
                                     .epoch = c->fields.epoch,
                                     .sender = sender->address}};
    kw_certificate_iid(&message.header.sid, &epoch->certificate);
    return message;
}

kw_authenticated epoch_desk_vote(epoch_desk *desk, const desk_epoch *epoch, kw_message_type type,
                                 uint16_t index, uint32_t view)
{
    const kw_candidate *c = &epoch->certificate.candidate;
    const peer *p = &epoch_desk_outgoing(epoch)->peers[index - 1];
    kw_message_scope scope = kw_candidate_scope(c, desk->group);
    scope.instance = KW_INSTANCE_HANDOVER;
    kw_message message = vote_of(epoch, type, p);
    message.body.vote = (kw_vote){.view = view, .value = c->digest};
    return epoch_desk_sign(desk, &message, &scope, p);
}

kw_authenticated epoch_desk_propose(epoch_desk *desk, const desk_epoch *epoch, uint16_t index,
                                    uint32_t view)
{
    const kw_candidate *c = &epoch->certificate.candidate;
    const peer *p = &epoch_desk_outgoing(epoch)->peers[index - 1];
    kw_message_scope scope = kw_candidate_scope(c, desk->group);
    scope.instance = KW_INSTANCE_HANDOVER;
    kw_hash32 hashes[EPOCH_DESK_MEMBERS_MAX];
    for (size_t i = 0; i < c->commits.count; i++) {
        hashes[i] = c->commits.items[i].hash;
    }
    kw_message message = vote_of(epoch, KW_MESSAGE_PROPOSE, p);
    message.body.propose = (kw_propose){.view = view,
                                        .valid_view = KW_VIEW_NONE,
                                        .digest = c->digest,
                                        .hashes = {hashes, (uint16_t)c->commits.count}};
    return epoch_desk_sign(desk, &message, &scope, p);
}

static void certify(epoch_desk *desk, desk_epoch *out)
{
    kw_certificate *certificate = &out->certificate;
    uint16_t n = out->quorum.n;
    uint16_t b = epoch_desk_outgoing(out)->quorum.b;
    kw_authenticated *commits = kw_arena_new(&desk->arena, n, sizeof *commits);
    kw_authenticated *votes = kw_arena_new(&desk->arena, b, sizeof *votes);
    assert_true(commits != NULL && votes != NULL);
    for (uint16_t j = 1; j <= n; j++) {
        commits[j - 1] = epoch_desk_commit(desk, out, j);
    }
    for (uint16_t j = 1; j <= b; j++) {
        votes[j - 1] = epoch_desk_vote(desk, out, KW_MESSAGE_PRECOMMIT, j, 0);
    }
    certificate->candidate.commits = (kw_authenticated_list){commits, n};
    certificate->precommits = (kw_authenticated_list){votes, b};
    const kw_purposed what = {KW_PURPOSE_EPOCH, KW_SPAN(certificate->candidate.digest.bytes)};
    EXPECT_OK(kw_partial_sign(&certificate->canary, desk->group, &out->coefficients[0], &what));
    kw_certificate_name(certificate, desk->group);
}

void epoch_desk_make(epoch_desk *desk, desk_epoch *out, const desk_epoch *before, desk_plan plan)
{
    assert_true(plan.n <= EPOCH_DESK_MEMBERS_MAX);
    *out = (desk_epoch){.before = before};
    make_members(desk, out, plan.first, plan.n);
    make_key(desk, out);
    make_candidate(desk, out, plan.attempt);
    certify(desk, out);
}

kw_head epoch_desk_head(const epoch_desk *desk, const desk_epoch *epoch)
{
    const desk_epoch *before = epoch->before;
    kw_head head = {.cluster_id = desk->cluster_id,
                    .suite = KW_SUITE_PEDERSEN,
                    .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                    .roster = &epoch->roster};
    return before == NULL ? head : kw_head_after(&head, &before->certificate);
}

kw_candidate_judge epoch_desk_judge(epoch_desk *desk, kw_arena *arena)
{
    return (kw_candidate_judge){desk->group, kw_peer_verifier_of(&desk->rng), &desk->rng, arena};
}
