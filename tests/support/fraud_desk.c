/* SPDX-License-Identifier: Apache-2.0
 * A cluster of four, two of whom may misbehave. */
#include "support/fraud_desk.h"

#include "support/expect.h"
#include "threshold/engine/dealing/complaint.h"
#include "threshold/engine/group/generator.h"

static const kw_hash32 coin = {{4, 5}};

enum {
    FIRST = 10, /* number of the peer that leaves */
};

/* Peers FIRST + 0..3 or + 1..4 by their index; where keys are mixed, every other one is ECDSA. */
static kw_roster make_roster(fraud_desk *desk, peer *out, uint32_t from, bool is_mixed)
{
    peer peers[DEALT_MEMBERS];
    for (uint32_t k = 0; k < DEALT_MEMBERS; k++) {
        bool is_ecdsa = is_mixed && (from + k) % 2 == 1;
        peer_make(&peers[k], from + k, is_ecdsa ? KW_PEER_ECDSA : KW_PEER_BN254);
    }
    kw_roster roster = peers_roster(peers, DEALT_MEMBERS, &desk->arena);
    for (uint32_t k = 0; k < DEALT_MEMBERS; k++) { /* made where it stays: its signer borrows it */
        uint16_t index = kw_roster_index(&roster, &peers[k].address);
        peer_make(&out[index - 1], from + k, peers[k].curve);
    }
    return roster;
}

static void make_cluster(fraud_desk *desk, bool is_reshare)
{
    kw_fraud_session *session = &desk->session;
    kw_roster first = make_roster(desk, desk->dealers, FIRST, !is_reshare);
    session->roster_old = is_reshare ? first : (kw_roster){0};
    session->roster_new = make_roster(desk, desk->receivers, FIRST + is_reshare, true);
    session->config = (kw_config_fields){.suite = KW_SUITE_PEDERSEN,
                                         .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                                         .interval_s = 30,
                                         .reshare_every = 1,
                                         .coin = coin,
                                         .genesis_roster = first.hash};
    session->cluster = (kw_cluster_fields){.chain_id = 31337, .set_id = 7};
    kw_config_hash(&session->cluster.config_hash, &session->config);
    kw_cluster_id(&desk->cluster_id, &session->cluster);
}

/* The epoch that a reshare continues. */
static void make_before(fraud_desk *desk, const kw_group *group)
{
    epoch_desk_open(&desk->epochs, group, KW_PEER_BN254);
    desk->epochs.cluster_id = desk->cluster_id;
    epoch_desk_make(&desk->epochs, &desk->before, NULL,
                    (desk_plan){.first = FIRST, .n = DEALT_MEMBERS});
    EXPECT_OK(kw_certificate_encode(&desk->certificate, &desk->before.certificate, group));
}

static void make_session(fraud_desk *desk)
{
    kw_fraud_session *session = &desk->session;
    const kw_message_scope *scope = &desk->dealt.scope;
    bool is_reshare = scope->kind == KW_SESSION_RESHARE;
    session->fields = (kw_sid_fields){.kind = (uint8_t)scope->kind,
                                      .epoch = is_reshare ? 2 : 1,
                                      .timestamp = 1783120020,
                                      .roster_old = session->roster_old.hash,
                                      .roster_new = session->roster_new.hash,
                                      .t_old = is_reshare ? scope->t : 0,
                                      .t_new = scope->t,
                                      .suite = scope->suite};
    if (is_reshare) {
        session->fields.previous = desk->before.certificate.hash;
    }
    kw_dealing_place *place = &desk->dealt.place;
    kw_sid(&place->sid, &desk->cluster_id, &session->fields);
    place->sender = desk->dealers[DEALT_DEALER - 1].address;
    kw_pedersen_generator(&place->h, scope->group, &desk->cluster_id, &coin);
}

static kw_group_secret secret_of(const kw_group *group, uint64_t value)
{
    kw_group_scalar scalar = group->scalar_of_u64(value);
    kw_group_secret out;
    group->secret_of_scalar(&out, &scalar);
    return out;
}

static void say_hello(fraud_desk *desk)
{
    static const uint8_t suites[] = {1, 2};
    const kw_group *group = desk->dealt.scope.group;
    for (size_t j = 0; j < DEALT_MEMBERS; j++) {
        const peer *sender = &desk->receivers[j];
        kw_message message = fraud_desk_message(desk, KW_MESSAGE_HELLO, sender);
        const kw_pok_place place = {KW_POK_EK, message.header.sid, sender->address};
        kw_group_secret nonce = secret_of(group, 100 + j);
        message.body.hello =
            (kw_hello){.suites = KW_SPAN(suites), .ek = desk->dealt.receivers[j].ek};
        kw_pok_g1_make(&message.body.hello.proof, group, &place, &desk->dealt.ek[j], &nonce);
        desk->hellos[j] = fraud_desk_sign(desk, &message, sender);
        desk->dealt.receivers[j].hello = desk->hellos[j].hash;
    }
}

void fraud_desk_open(fraud_desk *desk, const kw_group *group, kw_session_kind kind, uint8_t suite)
{
    bool is_reshare = kind == KW_SESSION_RESHARE;
    *desk = (fraud_desk){.arena = kw_arena_init(FRAUD_DESK_ARENA),
                         .certificate = kw_buf_init(FRAUD_DESK_ROOM)};
    make_cluster(desk, is_reshare);
    if (is_reshare) {
        make_before(desk, group);
    }
    dealt_prepare(&desk->dealt, group, suite,
                  is_reshare ? &desk->before.shares[DEALT_DEALER - 1] : NULL);
    make_session(desk);
    say_hello(desk);
    dealt_make(&desk->dealt);
}

void fraud_desk_close(fraud_desk *desk)
{
    dealt_drop(&desk->dealt);
    epoch_desk_close(&desk->epochs);
    kw_buf_drop(&desk->certificate);
    kw_arena_drop(&desk->arena);
}

kw_message fraud_desk_message(const fraud_desk *desk, kw_message_type type, const peer *sender)
{
    const kw_sid_fields *fields = &desk->session.fields;
    return (kw_message){.header = {.type = type,
                                   .suite = fields->suite,
                                   .cluster_id = desk->cluster_id,
                                   .sid = desk->dealt.place.sid,
                                   .epoch = fields->epoch,
                                   .timestamp = fields->timestamp,
                                   .attempt = fields->attempt,
                                   .sender = sender->address}};
}

kw_authenticated fraud_desk_sign(fraud_desk *desk, const kw_message *message, const peer *sender)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, message, &desk->dealt.scope);
    EXPECT_OK(kw_write_end(&w));
    kw_span payload;
    EXPECT_OK(kw_arena_copy_span(&desk->arena, &payload, kw_buf_view(&wire)));
    kw_authenticated out;
    EXPECT_OK(kw_authenticated_make(&out, payload, &sender->signer));
    return out;
}

kw_fraud_file fraud_desk_file(fraud_desk *desk, kw_fraud_kind kind, size_t count)
{
    return (kw_fraud_file){.kind = kind,
                           .session = desk->session,
                           .messages = {desk->messages, count},
                           .certificate = kw_buf_view(&desk->certificate)};
}

static void sign_deal(fraud_desk *desk)
{
    const peer *dealer = &desk->dealers[DEALT_DEALER - 1];
    kw_message deal = fraud_desk_message(desk, KW_MESSAGE_DEAL, dealer);
    deal.body.deal = desk->dealt.deal;
    desk->messages[0] = fraud_desk_sign(desk, &deal, dealer);
    desk->dealt.dealing.hash = desk->messages[0].hash;
}

kw_fraud_file fraud_desk_complain(fraud_desk *desk, kw_fraud_kind kind)
{
    const peer *dealer = &desk->dealers[DEALT_DEALER - 1];
    const peer *victim = &desk->receivers[FRAUD_DESK_VICTIM - 1];
    kw_message shares = fraud_desk_message(desk, KW_MESSAGE_SHARES, dealer);
    kw_message echo = fraud_desk_message(desk, KW_MESSAGE_ECHO, victim);
    kw_echo_entry entries[DEALT_MEMBERS] = {{.verdict = KW_ECHO_MISSING}};
    sign_deal(desk);
    kw_group_secret nonce = secret_of(desk->dealt.scope.group, 4711);
    kw_complaint_make(&entries[DEALT_DEALER - 1], &desk->dealt.dealing, FRAUD_DESK_VICTIM,
                      &desk->dealt.ek[FRAUD_DESK_VICTIM - 1], &nonce);
    shares.body.shares = desk->dealt.shares;
    echo.body.echo = (kw_echo){entries, DEALT_MEMBERS};
    desk->messages[1] = desk->hellos[FRAUD_DESK_VICTIM - 1];
    desk->messages[2] = fraud_desk_sign(desk, &shares, dealer);
    desk->messages[3] = fraud_desk_sign(desk, &echo, victim);
    return fraud_desk_file(desk, kind, 4);
}

kw_fraud_file fraud_desk_extract(fraud_desk *desk, bool is_good)
{
    dealt *d = &desk->dealt;
    const peer *dealer = &desk->dealers[DEALT_DEALER - 1];
    kw_message extract = fraud_desk_message(desk, KW_MESSAGE_EXTRACT, dealer);
    EXPECT_OK(kw_extract_make(&extract.body.extract, &d->arena, &d->deal.c, &d->parts));
    if (!is_good) {
        kw_group_scalar one = d->scope.group->scalar_of_u64(1);
        kw_group_scalar *z = &extract.body.extract.proof.z_a;
        d->scope.group->scalar_add(z, z, &one);
    }
    sign_deal(desk);
    desk->messages[1] = fraud_desk_sign(desk, &extract, dealer);
    return fraud_desk_file(desk, KW_FRAUD_EXTRACTION, 2);
}

kw_fraud_file fraud_desk_source(fraud_desk *desk, bool is_good)
{
    dealt *d = &desk->dealt;
    const kw_group *group = d->scope.group;
    d->secrets.a[0] = desk->before.shares[DEALT_DEALER - 1];
    if (!is_good) {
        kw_group_secret one = secret_of(group, 1);
        group->secret_add(&d->secrets.a[0], &d->secrets.a[0], &one);
    }
    dealt_make(d);
    sign_deal(desk);
    return fraud_desk_file(desk, KW_FRAUD_SOURCE, 1);
}

kw_message fraud_desk_vote(const fraud_desk *desk, const peer *sender, kw_instance instance)
{
    kw_message vote = fraud_desk_message(desk, KW_MESSAGE_PRECOMMIT, sender);
    vote.body.vote.value = (kw_hash32){{1}};
    if (instance == KW_INSTANCE_OPEN) {
        kw_open_id(&vote.header.sid, &desk->dealt.place.sid);
    }
    if (instance == KW_INSTANCE_HANDOVER) {
        kw_handover_id(&vote.header.sid, &desk->cluster_id, desk->session.fields.epoch,
                       &desk->session.fields.previous);
        vote.header.suite = 0;
        vote.header.timestamp = 0;
        vote.header.attempt = 0;
    }
    return vote;
}

kw_fraud_file fraud_desk_twice(fraud_desk *desk, const kw_message *message, const peer *sender)
{
    desk->messages[0] = fraud_desk_sign(desk, message, sender);
    kw_span other;
    EXPECT_OK(kw_arena_copy_span(&desk->arena, &other, desk->messages[0].payload));
    ((uint8_t *)(uintptr_t)other.ptr)[other.len - 1] ^= 1;
    EXPECT_OK(kw_authenticated_make(&desk->messages[1], other, &sender->signer));
    return fraud_desk_file(desk, KW_FRAUD_EQUIVOCATION, 2);
}

kw_fraud_file fraud_desk_vote_twice(fraud_desk *desk)
{
    const peer *voter = &desk->receivers[FRAUD_DESK_VICTIM - 1];
    for (uint8_t i = 0; i < 2; i++) {
        kw_message vote = fraud_desk_message(desk, KW_MESSAGE_PREVOTE, voter);
        vote.body.vote = (kw_vote){.view = 5, .value = {{i}}};
        desk->messages[i] = fraud_desk_sign(desk, &vote, voter);
    }
    return fraud_desk_file(desk, KW_FRAUD_EQUIVOCATION, 2);
}

void fraud_desk_write(kw_buf *out, const kw_fraud_file *file)
{
    kw_writer w = kw_writer_to(out);
    kw_fraud_file_write(&w, file);
    EXPECT_OK(kw_write_end(&w));
}

kw_fraud_verdict fraud_desk_judge(fraud_desk *desk, const kw_fraud_file *file)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    KW_AUTO(kw_buf) again = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, file);
    kw_arena *arena = &desk->arena;
    kw_span bytes;
    EXPECT_OK(kw_arena_copy_span(arena, &bytes, kw_buf_view(&wire)));
    kw_error err = {.status = KW_OK};
    EXPECT_OK(kw_fraud_file_decode(&desk->judged, arena, bytes, &kw_peer_schemes_all, &err));
    fraud_desk_write(&again, &desk->judged);
    EXPECT_SPAN(kw_buf_view(&again), bytes);
    kw_fraud_verdict verdict;
    const kw_candidate_form form = {desk->dealt.scope.group, &kw_peer_schemes_all};
    EXPECT_OK(kw_fraud_judge(&verdict, arena, &desk->judged, &form));
    return verdict;
}
