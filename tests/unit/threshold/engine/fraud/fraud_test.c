/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/fraud/fraud.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/toy_group.h"

static fraud_desk desk;
static const kw_candidate_form form = {&toy_group, &kw_peer_schemes_all};

/* ---- what is judged ---- */
static void open_desk(kw_session_kind kind, uint8_t suite)
{
    fraud_desk_open(&desk, &toy_group, kind, suite);
}

static void open_genesis(void)
{
    open_desk(KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
}

static void open_reshare(void)
{
    open_desk(KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
}

static int close_desk(void **state)
{
    KW_UNUSED(state);
    fraud_desk_close(&desk);
    return 0;
}

static peer *dealer(void)
{
    return &desk.dealers[DEALT_DEALER - 1];
}

static peer *victim(void)
{
    return &desk.receivers[FRAUD_DESK_VICTIM - 1];
}

/* A reason that convicts names somebody, any other nobody. */
#define EXPECT_REASON(file, wanted)                                            \
    do {                                                                       \
        kw_fraud_verdict kw_got = fraud_desk_judge(&desk, file);               \
        if (kw_got.reason != (wanted)) {                                       \
            fail_msg("got: %s", kw_fraud_reason_text(kw_got.reason));          \
        }                                                                      \
        assert_int_equal(kw_fraud_convicts(kw_got.reason), kw_got.index != 0); \
        assert_int_equal(kw_got.index != 0, kw_got.roster != NULL);            \
    } while (0)

static void expect_guilty(const kw_fraud_file *file, kw_fraud_reason wanted, const peer *member)
{
    EXPECT_REASON(file, wanted);
    kw_fraud_verdict verdict = fraud_desk_judge(&desk, file);
    assert_true(kw_fraud_convicts(wanted));
    assert_true(kw_address_equal(&verdict.member, &member->address));
    assert_int_equal(verdict.index, kw_roster_index(verdict.roster, &member->address));
    assert_true(kw_hash32_equal(&verdict.sid, &desk.dealt.place.sid));
    assert_true(kw_hash32_equal(&verdict.cluster_id, &desk.cluster_id));
}

static void expect_other(const kw_fraud_file *file, const peer *member)
{
    kw_fraud_verdict verdict = fraud_desk_judge(&desk, file);
    assert_true(kw_address_equal(&verdict.other, &member->address));
    assert_int_equal(verdict.instance, KW_INSTANCE_SET);
    assert_true(kw_hash32_equal(&verdict.instance_id, &verdict.sid));
}

static void spoil_share(void)
{
    dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
    dealt_fix_root(&desk.dealt);
}

/* Signs anew what was changed in the payload of one message. */
static void sign_again(size_t i, const peer *sender)
{
    EXPECT_OK(kw_authenticated_make(&desk.messages[i], desk.messages[i].payload, &sender->signer));
}

static uint8_t *payload(size_t i)
{
    return (uint8_t *)(uintptr_t)desk.messages[i].payload.ptr;
}

/* ---- shares and complaints ---- */
static const struct {
    kw_session_kind kind;
    uint8_t suite;
} sessions[] = {
    {KW_SESSION_GENESIS, KW_SUITE_FELDMAN},
    {KW_SESSION_GENESIS, KW_SUITE_PEDERSEN},
    {KW_SESSION_RESHARE, KW_SUITE_FELDMAN},
};
static const kw_group *const groups[] = {&toy_group, &kw_group_bls12_381};

static void complaint__convicts_dealer_or_complainer(void **state)
{
    for (size_t i = 0; i < KW_COUNT(sessions) * KW_COUNT(groups); i++) {
        fraud_desk_open(&desk, groups[i / KW_COUNT(sessions)],
                        sessions[i % KW_COUNT(sessions)].kind,
                        sessions[i % KW_COUNT(sessions)].suite);
        kw_fraud_file good = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
        expect_guilty(&good, KW_FRAUD_COMPLAINT_FALSE, victim());
        expect_other(&good, dealer());
        good.kind = KW_FRAUD_SHARE;
        EXPECT_REASON(&good, KW_FRAUD_SHARE_GOOD);
        spoil_share();
        kw_fraud_file bad = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
        expect_guilty(&bad, KW_FRAUD_SHARE_BAD, dealer());
        expect_other(&bad, victim());
        bad.kind = KW_FRAUD_COMPLAINT;
        EXPECT_REASON(&bad, KW_FRAUD_COMPLAINT_TRUE);
        close_desk(state);
    }
}

static void complaint__convicts_a_share_plus_order(void **state)
{
    for (uint8_t i = 0; i < 3; i++) {
        fraud_desk_open(&desk, &kw_group_bls12_381, KW_SESSION_GENESIS,
                        i < 2 ? KW_SUITE_PEDERSEN : KW_SUITE_FELDMAN);
        dealt_add_order(&desk.dealt, FRAUD_DESK_VICTIM, i % 2);
        dealt_fix_root(&desk.dealt);
        kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
        expect_guilty(&file, KW_FRAUD_SHARE_BAD, dealer());
        close_desk(state);
    }
}

/* Another session key of the same member would open the share to noise. */
static void complaint__needs_the_hello_that_was_dealt_to(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    kw_message hello = fraud_desk_message(&desk, KW_MESSAGE_HELLO, victim());
    hello.body.hello.ek = desk.dealt.receivers[0].ek;
    hello.body.hello.suites = (kw_span){(const uint8_t *)"\2", 1};
    desk.messages[1] = fraud_desk_sign(&desk, &hello, victim());
    EXPECT_REASON(&file, KW_FRAUD_HELLO_UNNAMED);
    desk.messages[1] = desk.hellos[0]; /* named, but another member's */
    EXPECT_REASON(&file, KW_FRAUD_SENDERS);
}

static void sign_echo(const kw_echo_entry *entry, size_t dealer_index)
{
    kw_message echo = fraud_desk_message(&desk, KW_MESSAGE_ECHO, victim());
    kw_echo_entry entries[DEALT_MEMBERS] = {{.verdict = KW_ECHO_MISSING}};
    entries[dealer_index - 1] = *entry;
    echo.body.echo = (kw_echo){entries, DEALT_MEMBERS};
    desk.messages[3] = fraud_desk_sign(&desk, &echo, victim());
}

static kw_echo_entry signed_entry(void)
{
    kw_message echo;
    EXPECT_OK(kw_message_decode(&echo, &desk.arena, desk.messages[3].payload, &desk.dealt.scope));
    return echo.body.echo.entries[DEALT_DEALER - 1];
}

static void complaint__must_be_about_the_deal_and_hold(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    spoil_share();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    kw_echo_entry good = signed_entry();
    kw_echo_entry entry = good;
    entry.verdict = KW_ECHO_OK;
    sign_echo(&entry, DEALT_DEALER);
    EXPECT_REASON(&file, KW_FRAUD_COMPLAINT_VOID);
    entry = good;
    entry.deal.bytes[0] ^= 1; /* about another DEAL */
    sign_echo(&entry, DEALT_DEALER);
    EXPECT_REASON(&file, KW_FRAUD_COMPLAINT_VOID);
    entry = good;
    entry.p = desk.dealt.receivers[0].ek; /* opens something else */
    sign_echo(&entry, DEALT_DEALER);
    EXPECT_REASON(&file, KW_FRAUD_COMPLAINT_VOID);
    sign_echo(&good, 3); /* about another dealer */
    EXPECT_REASON(&file, KW_FRAUD_COMPLAINT_VOID);
    file.kind = KW_FRAUD_COMPLAINT;
    EXPECT_REASON(&file, KW_FRAUD_COMPLAINT_VOID);
    sign_echo(&good, DEALT_DEALER);
    file.kind = KW_FRAUD_SHARE;
    expect_guilty(&file, KW_FRAUD_SHARE_BAD, dealer());
}

/* Shares that the DEAL does not promise are no shares of it: whoever signed both is caught as an
 * equivocator. */
static void complaint__needs_the_shares_of_the_deal(void **state)
{
    open_genesis();
    dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    EXPECT_REASON(&file, KW_FRAUD_DEALING_INVALID);
    close_desk(state);
    open_genesis(); /* nobody complains where r is not proven */
    desk.dealt.deal.proof_r.z = toy_group.scalar_of_u64(1);
    file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    EXPECT_REASON(&file, KW_FRAUD_DEALING_INVALID);
}

static void complaint__is_between_one_dealer_and_one_member(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    spoil_share();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    kw_message shares = fraud_desk_message(&desk, KW_MESSAGE_SHARES, &desk.dealers[0]);
    shares.body.shares = desk.dealt.shares;
    kw_authenticated was = desk.messages[2];
    desk.messages[2] = fraud_desk_sign(&desk, &shares, &desk.dealers[0]);
    EXPECT_REASON(&file, KW_FRAUD_SENDERS);
    desk.messages[2] = was;
    desk.messages[1] = desk.hellos[3];
    EXPECT_REASON(&file, KW_FRAUD_SENDERS);
}

/* ---- sessions, rosters, signatures ---- */
static void session__is_what_the_messages_name(void **state)
{
    KW_UNUSED(state);
    open_reshare();
    spoil_share();
    const kw_fraud_file good = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    expect_guilty(&good, KW_FRAUD_SHARE_BAD, dealer());
    kw_fraud_file file = good;
    file.session.config.coin.bytes[0] ^= 1; /* a false h would convict an honest dealer */
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
    file = good;
    file.session.cluster.chain_id++;
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
    file = good;
    file.session.fields.attempt++;
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
    file = good;
    file.session.fields.previous.bytes[0] ^= 1;
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
    file = good;
    file.session.roster_new = good.session.roster_old;
    EXPECT_REASON(&file, KW_FRAUD_ROSTERS);
    file.session.fields.roster_new = file.session.roster_new.hash;
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
}

static void session__must_be_possible(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    const kw_fraud_file good = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    static const uint8_t kinds[] = {0, KW_SESSION_RESHARE, 4, 255};
    kw_fraud_file file = good;
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        file.session.fields.kind = kinds[i];
        EXPECT_REASON(&file, KW_FRAUD_SESSION);
    }
    static const uint16_t thresholds[] = {0, 1, 4, 513, UINT16_MAX};
    file = good;
    for (size_t i = 0; i < KW_COUNT(thresholds); i++) {
        file.session.fields.t_new = thresholds[i];
        EXPECT_REASON(&file, KW_FRAUD_SESSION);
    }
    file = good;
    file.session.roster_old = good.session.roster_new; /* a genesis continues nothing */
    file.session.fields.roster_old = good.session.fields.roster_new;
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
    file = good;
    file.session.roster_new = (kw_roster){0};
    file.session.fields.roster_new = (kw_hash32){{0}};
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
}

/* What the engine has no group for can still be signed twice. */
static void session__of_another_suite_has_only_equivocations(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    desk.session.fields.suite = KW_SUITE_TOKEN;
    desk.session.fields.kind = KW_SESSION_TOKEN_KEY;
    kw_sid(&desk.dealt.place.sid, &desk.cluster_id, &desk.session.fields);
    kw_fraud_file file = fraud_desk_vote_twice(&desk);
    expect_guilty(&file, KW_FRAUD_TWO_BODIES, victim());
    file = fraud_desk_extract(&desk, false);
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
    file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    for (size_t i = 0; i < 4; i++) { /* the HELLO is of before */
        sign_again(i, i % 2 == 0 ? dealer() : victim());
    }
    memcpy(payload(1) + 40, desk.dealt.place.sid.bytes, 32);
    sign_again(1, victim());
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
}

static void signature__must_be_the_senders(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    spoil_share();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    for (size_t i = 0; i < 4; i++) {
        kw_authenticated was = desk.messages[i];
        desk.messages[i].signature.bytes[desk.messages[i].signature.len - 2] ^= 1;
        EXPECT_REASON(&file, KW_FRAUD_SIGNATURE);
        desk.messages[i] = was;
        sign_again(i, i % 2 == 0 ? victim() : dealer());
        EXPECT_REASON(&file, KW_FRAUD_SIGNATURE);
        desk.messages[i] = was;
        desk.messages[i].signature.len--;
        EXPECT_REASON(&file, KW_FRAUD_SIGNATURE);
        desk.messages[i] = was;
    }
    expect_guilty(&file, KW_FRAUD_SHARE_BAD, dealer());
}

static void body__must_be_well_formed(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    spoil_share();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    payload(0)[KW_MESSAGE_HEADER_BYTES + 1] ^= 1; /* t: the degree of another polynomial */
    sign_again(0, dealer());
    EXPECT_REASON(&file, KW_FRAUD_BODY);
    file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    desk.messages[3].payload.len--;
    sign_again(3, victim());
    EXPECT_REASON(&file, KW_FRAUD_BODY);
}

/* ---- equivocation ---- */
static void equivocation__is_two_bodies_in_one_place(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_fraud_file file = fraud_desk_vote_twice(&desk);
    expect_guilty(&file, KW_FRAUD_TWO_BODIES, victim());
    desk.messages[1] = desk.messages[0];
    EXPECT_REASON(&file, KW_FRAUD_ONE_BODY);
    kw_authenticated first = desk.messages[0];
    kw_message other =
        fraud_desk_vote(&desk, victim(), KW_INSTANCE_SET); /* PREVOTE and PRECOMMIT */
    other.body.vote.view = 5;
    desk.messages[1] = fraud_desk_sign(&desk, &other, victim());
    EXPECT_REASON(&file, KW_FRAUD_TWO_PLACES);
    desk.messages[0] = desk.messages[1];
    other.body.vote.view = 6;
    desk.messages[1] = fraud_desk_sign(&desk, &other, victim());
    EXPECT_REASON(&file, KW_FRAUD_TWO_PLACES);
    kw_message opening = fraud_desk_vote(&desk, victim(), KW_INSTANCE_OPEN);
    opening.body.vote.view = 5;
    desk.messages[1] = fraud_desk_sign(&desk, &opening, victim());
    EXPECT_REASON(&file, KW_FRAUD_TWO_PLACES);
    desk.messages[0] = first;
    other = fraud_desk_message(&desk, KW_MESSAGE_PREVOTE, dealer());
    other.body.vote = (kw_vote){.view = 5, .value = {{2}}};
    desk.messages[1] = fraud_desk_sign(&desk, &other, dealer());
    EXPECT_REASON(&file, KW_FRAUD_SENDERS);
}

/* The attempts of a boundary are sessions of their own. */
static void equivocation__is_not_to_take_part_in_two_attempts(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_fraud_file file = fraud_desk_vote_twice(&desk);
    kw_sid_fields next = desk.session.fields;
    next.attempt = 1;
    kw_message vote = fraud_desk_vote(&desk, victim(), KW_INSTANCE_SET);
    vote.header.type = KW_MESSAGE_PREVOTE;
    vote.body.vote.view = 5;
    kw_sid(&vote.header.sid, &desk.cluster_id, &next);
    vote.header.attempt = 1;
    desk.messages[1] = fraud_desk_sign(&desk, &vote, victim());
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
    file.session.fields = next;
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
}

static void equivocation__reads_no_bodies(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_message echo = fraud_desk_message(&desk, KW_MESSAGE_ECHO, victim());
    kw_echo_entry entries[DEALT_MEMBERS] = {{.verdict = KW_ECHO_MISSING}};
    echo.body.echo = (kw_echo){entries, DEALT_MEMBERS};
    kw_fraud_file file = fraud_desk_twice(&desk, &echo, victim());
    expect_guilty(&file, KW_FRAUD_TWO_BODIES, victim()); /* the other has a verdict 1, no hash */
    kw_message vote = fraud_desk_vote(&desk, victim(), KW_INSTANCE_SET);
    file = fraud_desk_twice(&desk, &vote, victim());
    desk.messages[1].payload.len = KW_MESSAGE_HEADER_BYTES + 3; /* less than a view */
    sign_again(1, victim());
    EXPECT_REASON(&file, KW_FRAUD_BODY);
    echo.header.sid = fraud_desk_vote(&desk, victim(), KW_INSTANCE_OPEN).header.sid; /* no vote */
    file = fraud_desk_twice(&desk, &echo, victim());
    EXPECT_REASON(&file, KW_FRAUD_OTHER_SESSION);
}

/* ---- extraction ---- */
static void extraction__convicts_when_its_proof_fails(void **state)
{
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        fraud_desk_open(&desk, groups[i], KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
        kw_fraud_file file = fraud_desk_extract(&desk, false);
        expect_guilty(&file, KW_FRAUD_EXTRACT_BAD, dealer());
        file = fraud_desk_extract(&desk, true);
        EXPECT_REASON(&file, KW_FRAUD_EXTRACT_GOOD);
        close_desk(state);
    }
    open_genesis();
    kw_fraud_file file = fraud_desk_extract(&desk, true);
    kw_message deal = fraud_desk_message(&desk, KW_MESSAGE_DEAL, &desk.dealers[0]);
    deal.body.deal = desk.dealt.deal; /* of another dealer */
    desk.messages[0] = fraud_desk_sign(&desk, &deal, &desk.dealers[0]);
    EXPECT_REASON(&file, KW_FRAUD_SENDERS);
}

static void extraction__is_of_suite_2_only(void **state)
{
    KW_UNUSED(state);
    open_desk(KW_SESSION_GENESIS, KW_SUITE_FELDMAN);
    kw_message extract = fraud_desk_message(&desk, KW_MESSAGE_EXTRACT, dealer());
    kw_group_g2 points[3];
    for (size_t k = 0; k < 3; k++) {
        points[k] = toy_group.g2_generator();
    }
    extract.body.extract = (kw_extract){.a = points, .t = 3};
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    desk.messages[1] = fraud_desk_sign(&desk, &extract, dealer());
    file = fraud_desk_file(&desk, KW_FRAUD_EXTRACTION, 2);
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
}

/* ---- source ---- */
static void source__must_be_the_share_of_the_epoch_before(void **state)
{
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        fraud_desk_open(&desk, groups[i], KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
        kw_fraud_file file = fraud_desk_source(&desk, false);
        expect_guilty(&file, KW_FRAUD_SOURCE_WRONG, dealer());
        file = fraud_desk_source(&desk, true);
        EXPECT_REASON(&file, KW_FRAUD_SOURCE_RIGHT);
        close_desk(state);
    }
    open_genesis(); /* continues nothing */
    (void)fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    kw_fraud_file file = fraud_desk_file(&desk, KW_FRAUD_SOURCE, 1);
    EXPECT_REASON(&file, KW_FRAUD_SESSION);
}

/* The polynomial is believed because the session names the hash over it. */
static void source__is_measured_by_the_certificate_that_is_named(void **state)
{
    KW_UNUSED(state);
    open_reshare();
    kw_fraud_file file = fraud_desk_source(&desk, true);
    desk_epoch other;
    epoch_desk_make(&desk.epochs, &other, NULL, (desk_plan){10, DEALT_MEMBERS, 1});
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    EXPECT_OK(kw_certificate_encode(&wire, &other.certificate, &toy_group));
    file.certificate = kw_buf_view(&wire); /* another polynomial of the same roster */
    EXPECT_REASON(&file, KW_FRAUD_CERTIFICATE);
    file.certificate = (kw_span){0};
    EXPECT_REASON(&file, KW_FRAUD_CERTIFICATE);
    KW_AUTO(kw_buf) cut = kw_buf_init(FRAUD_DESK_ROOM);
    EXPECT_OK(kw_buf_append(&cut, kw_buf_view(&desk.certificate)));
    file.certificate = (kw_span){cut.ptr, cut.len - 1};
    EXPECT_REASON(&file, KW_FRAUD_CERTIFICATE);
    static const size_t counts[] = {94, 96, 97}; /* old: 1024 members; new: 1028, none */
    file.certificate = kw_buf_view(&cut);
    EXPECT_REASON(&file, KW_FRAUD_SOURCE_RIGHT);
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        cut.ptr[counts[i]] ^= 4;
        EXPECT_REASON(&file, KW_FRAUD_CERTIFICATE);
        cut.ptr[counts[i]] ^= 4;
    }
    EXPECT_REASON(&file, KW_FRAUD_SOURCE_RIGHT);
}

/* A session that names a certificate of other members names nobody's share. */
static void source__is_counted_in_the_roster_of_the_certificate(void **state)
{
    KW_UNUSED(state);
    open_reshare();
    desk_epoch other;
    epoch_desk_make(&desk.epochs, &other, NULL, (desk_plan){11, DEALT_MEMBERS, 0});
    desk.session.fields.previous = other.certificate.hash;
    kw_sid(&desk.dealt.place.sid, &desk.cluster_id, &desk.session.fields);
    kw_fraud_file file = fraud_desk_source(&desk, false);
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    EXPECT_OK(kw_certificate_encode(&wire, &other.certificate, &toy_group));
    file.certificate = kw_buf_view(&wire);
    EXPECT_REASON(&file, KW_FRAUD_CERTIFICATE);
}

/* ---- memory, making ---- */
/* Growing arenas give LIMIT, then the verdict. */
static void expect_room_counts(const kw_fraud_file *good, kw_fraud_reason wanted, size_t step)
{
    size_t limits = 0;
    for (size_t room = 0; room < 96 * step; room += step) {
        KW_AUTO(kw_arena) arena = kw_arena_init(room);
        kw_fraud_verdict verdict;
        kw_status st = kw_fraud_judge(&verdict, &arena, good, &form);
        if (st == KW_OK) {
            assert_int_equal(verdict.reason, wanted);
        } else {
            EXPECT_STATUS(st, KW_LIMIT);
            limits++;
        }
    }
    assert_in_range(limits, 4, 95);
}

static void judge__gives_no_verdict_without_room(void **state)
{
    open_genesis();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    expect_room_counts(&file, KW_FRAUD_COMPLAINT_FALSE, 48);
    file = fraud_desk_extract(&desk, true);
    expect_room_counts(&file, KW_FRAUD_EXTRACT_GOOD, 96);
    close_desk(state);
    open_reshare();
    file = fraud_desk_source(&desk, false);
    expect_room_counts(&file, KW_FRAUD_SOURCE_WRONG, 256);
}

/* The first of 512 with ECDSA keys deals points that fit nothing. */
static kw_fraud_file largest_extraction(kw_arena *arena, peer *peers)
{
    const kw_group *group = &kw_group_bls12_381;
    for (uint32_t k = 0; k < KW_THRESHOLD_MEMBERS_MAX; k++) {
        peer_make(&peers[k], k, KW_PEER_ECDSA);
    }
    desk.session.roster_new = peers_roster(peers, KW_THRESHOLD_MEMBERS_MAX, arena);
    desk.session.fields.roster_new = desk.session.roster_new.hash;
    desk.session.fields.t_new = 342;
    desk.dealt.scope.n = desk.dealt.scope.dealers = KW_THRESHOLD_MEMBERS_MAX;
    desk.dealt.scope.t = 342;
    kw_sid(&desk.dealt.place.sid, &desk.cluster_id, &desk.session.fields);
    kw_group_g1 *c = kw_arena_new(arena, 342, sizeof *c);
    kw_group_g2 *a = kw_arena_new(arena, 342, sizeof *a);
    kw_hash32 *hellos = kw_arena_new(arena, KW_THRESHOLD_MEMBERS_MAX, sizeof *hellos);
    for (size_t k = 0; k < 342; k++) {
        c[k] = group->g1_generator();
        a[k] = group->g2_generator();
    }
    kw_message deal = fraud_desk_message(&desk, KW_MESSAGE_DEAL, &peers[0]);
    deal.body.deal = (kw_deal){.n = KW_THRESHOLD_MEMBERS_MAX,
                               .c = {.t = 342, .g1 = c},
                               .r = c[0],
                               .receivers = {hellos, KW_THRESHOLD_MEMBERS_MAX}};
    kw_message extract = fraud_desk_message(&desk, KW_MESSAGE_EXTRACT, &peers[0]);
    extract.body.extract = (kw_extract){.a = a, .t = 342};
    desk.messages[0] = fraud_desk_sign(&desk, &deal, &peers[0]);
    desk.messages[1] = fraud_desk_sign(&desk, &extract, &peers[0]);
    return fraud_desk_file(&desk, KW_FRAUD_EXTRACTION, 2);
}

static void judge__has_room_for_the_largest_session(void **state)
{
    KW_UNUSED(state);
    static peer peers[KW_THRESHOLD_MEMBERS_MAX];
    fraud_desk_open(&desk, &kw_group_bls12_381, KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
    kw_fraud_file file = largest_extraction(&desk.arena, peers);
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_FRAUD_BYTES_MAX);
    fraud_desk_write(&wire, &file);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    const kw_candidate_form product = {&kw_group_bls12_381, &kw_peer_schemes_all};
    kw_fraud_file read;
    kw_fraud_verdict verdict;
    EXPECT_OK(kw_fraud_file_decode(&read, &arena, kw_buf_view(&wire), product.schemes, NULL));
    EXPECT_OK(kw_fraud_judge(&verdict, &arena, &read, &product));
    assert_int_equal(verdict.reason, KW_FRAUD_EXTRACT_BAD);
    assert_true(kw_address_equal(&verdict.member, &peers[0].address));
}

static void judge__refuses_what_no_file_holds(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_fraud_file file = fraud_desk_vote_twice(&desk);
    kw_fraud_verdict verdict = {.index = 77};
    file.messages.count = 1;
    EXPECT_STATUS(kw_fraud_judge(&verdict, &desk.arena, &file, &form), KW_BAD_INPUT);
    file.messages.count = 2;
    file.kind = (kw_fraud_kind)9;
    EXPECT_STATUS(kw_fraud_judge(&verdict, &desk.arena, &file, &form), KW_BAD_INPUT);
    assert_int_equal(verdict.index, 77);
}

static void prove__files_only_what_convicts(void **state)
{
    KW_UNUSED(state);
    open_genesis();
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    KW_AUTO(kw_buf) out = kw_buf_init(FRAUD_DESK_ROOM);
    kw_arena *arena = &desk.arena;
    EXPECT_STATUS(kw_fraud_prove(&out, arena, &file, &form), KW_REFUSED);
    assert_int_equal(out.len, 0);
    file.kind = KW_FRAUD_COMPLAINT;
    EXPECT_OK(kw_fraud_prove(&out, arena, &file, &form));
    KW_AUTO(kw_buf) wanted = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wanted, &file);
    EXPECT_SPAN(kw_buf_view(&out), kw_buf_view(&wanted));
    KW_AUTO(kw_buf) small = kw_buf_init(100);
    EXPECT_STATUS(kw_fraud_prove(&small, arena, &file, &form), KW_LIMIT);
    file.messages.count = 3;
    EXPECT_STATUS(kw_fraud_prove(&out, arena, &file, &form), KW_BAD_INPUT);
}

static void reasons__are_told_apart(void **state)
{
    KW_UNUSED(state);
    static const char *const texts[] = {
#define X(name, convicts, text) text,
        KW_FRAUD_REASON_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        assert_string_equal(kw_fraud_reason_text((kw_fraud_reason)i), texts[i]);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(texts[i], texts[k]);
        }
    }
    assert_false(kw_fraud_convicts(KW_FRAUD_UNDECIDED));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, close_desk)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaint__convicts_dealer_or_complainer),
        cmocka_unit_test(complaint__convicts_a_share_plus_order),
        CASE(complaint__needs_the_hello_that_was_dealt_to),
        CASE(complaint__must_be_about_the_deal_and_hold),
        CASE(complaint__needs_the_shares_of_the_deal),
        CASE(complaint__is_between_one_dealer_and_one_member),
        CASE(session__is_what_the_messages_name),
        CASE(session__must_be_possible),
        CASE(session__of_another_suite_has_only_equivocations),
        CASE(signature__must_be_the_senders),
        CASE(body__must_be_well_formed),
        CASE(equivocation__is_two_bodies_in_one_place),
        CASE(equivocation__is_not_to_take_part_in_two_attempts),
        CASE(equivocation__reads_no_bodies),
        CASE(extraction__convicts_when_its_proof_fails),
        CASE(extraction__is_of_suite_2_only),
        CASE(source__must_be_the_share_of_the_epoch_before),
        CASE(source__is_measured_by_the_certificate_that_is_named),
        CASE(source__is_counted_in_the_roster_of_the_certificate),
        CASE(judge__gives_no_verdict_without_room),
        CASE(judge__has_room_for_the_largest_session),
        CASE(judge__refuses_what_no_file_holds),
        CASE(prove__files_only_what_convicts),
        cmocka_unit_test(reasons__are_told_apart),
    };
    return cmocka_run_group_tests_name("threshold/engine/fraud", tests, NULL, NULL);
}
