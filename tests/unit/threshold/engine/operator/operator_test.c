/* SPDX-License-Identifier: Apache-2.0
 * One operator of a cluster of four by hand; whole clusters: tests/sim. */
#include "threshold/engine/operator/operator.h"

#include "base/heap.h"
#include "support/epoch_desk.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"
#include "threshold/engine/dealing/share.h"

enum {
    MEMBERS = 4,
    BOUNDARY_S = 1800000000,
    INTERVAL_S = 240,
    DELTA_MS = 1000,
};

#define BOUNDARY_MS (UINT64_C(1000) * BOUNDARY_S)

typedef struct desk {
    kw_arena arena;
    peer peers[MEMBERS];
    kw_roster roster;
    seeded_rng seeded;
    kw_rng rng;
    kw_operator_setup setup;
    kw_operator *op; /* of peers[0] */
    kw_operator_action action;
} desk;

static void open_desk(desk *d)
{
    *d = (desk){.arena = kw_arena_init(1 << 20), .seeded = {.seed = 7}};
    for (uint32_t i = 0; i < MEMBERS; i++) {
        peer_make(&d->peers[i], i, PEER_ED25519);
    }
    d->roster = peers_roster(d->peers, MEMBERS, &d->arena);
    d->rng = seeded_rng_port(&d->seeded);
    d->setup = (kw_operator_setup){
        .group = &toy_group,
        .schemes = &peer_schemes_test,
        .config = {.suite = KW_SUITE_PEDERSEN,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = DELTA_MS,
                   .genesis_roster = d->roster.hash},
        .self = d->peers[0].address,
        .keys = {{peer_own_key(&d->peers[0], d->peers[0].signer)}},
        .rng = &d->rng,
        .verifier = kw_peer_verifier_of(&d->rng),
    };
    d->op = kw_heap_new(1, sizeof *d->op);
    assert_non_null(d->op);
    EXPECT_OK(kw_operator_init(d->op, &d->setup));
}

static void close_desk(desk *d)
{
    kw_operator_drop(d->op);
    kw_heap_free(d->op);
    kw_arena_drop(&d->arena);
}

static kw_status begin(desk *d)
{
    const kw_operator_boundary boundary = {.timestamp = BOUNDARY_S, .roster = &d->roster};
    return kw_operator_begin(d->op, &boundary, BOUNDARY_MS);
}

/* The next action of that kind; all before it are carried out. IDLE is the end. */
static bool next(desk *d, kw_operator_act wanted)
{
    do {
        kw_operator_next(d->op, &d->action, BOUNDARY_MS);
        if (d->action.act == wanted) {
            return true;
        }
    } while (d->action.act != KW_OPERATOR_IDLE);
    return false;
}

static kw_status take(desk *d, const kw_authenticated *message, kw_operator_reply *reply)
{
    kw_operator_take(d->op, reply, (kw_authenticated_list){message, 1}, &d->peers[1].address,
                     BOUNDARY_MS);
    return reply->st;
}

static void boundary__starts_genesis_with_a_hello(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    assert_int_equal(d.action.to_count, MEMBERS - 1);
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, d.action.messages.items[0].payload));
    assert_int_equal(header.type, KW_MESSAGE_HELLO);
    assert_int_equal(header.epoch, 1);
    close_desk(&d);
}

/* What the action puts into the store. */
static void keep_record(desk *d, kw_operator_record *out)
{
    kw_span copy;
    kw_span bytes = kw_declassify_span(d->action.record.bytes, "a test");
    EXPECT_OK(kw_arena_copy_span(&d->arena, &copy, bytes));
    *out = d->action.record;
    out->bytes = kw_secret_span_of(copy);
}

/* Before the HELLO leaves, its session is durable; a restart sends the same bytes again. */
static void restart__never_signs_a_second_hello(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    kw_operator_record records[8];
    size_t count = 0;
    do {
        kw_operator_next(d.op, &d.action, BOUNDARY_MS);
        if (d.action.act == KW_OPERATOR_PERSIST) {
            keep_record(&d, &records[count++]);
        }
    } while (d.action.act != KW_OPERATOR_SEND);
    assert_in_range(count, 3, 8); /* the table of epochs, the session, the message */
    kw_hash32 hello = d.action.messages.items[0].hash;
    kw_operator_drop(d.op);
    EXPECT_OK(kw_operator_resume(d.op, &d.setup, records, count, BOUNDARY_MS));
    assert_non_null(kw_operator_message(d.op, &hello, NULL));
    EXPECT_OK(begin(&d));
    while (next(&d, KW_OPERATOR_SEND)) {
        for (size_t i = 0; i < d.action.messages.count; i++) {
            assert_memory_equal(&d.action.messages.items[i].hash, &hello, sizeof hello);
        }
    }
    close_desk(&d);
}

/* Wherever its record ends. */
static void resume__refuses_a_session_that_is_cut_short(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    kw_operator_record records[8];
    size_t count = 0;
    size_t session = 0;
    do {
        kw_operator_next(d.op, &d.action, BOUNDARY_MS);
        if (d.action.act == KW_OPERATOR_PERSIST) {
            session = d.action.record.kind == KW_RECORD_SESSION ? count : session;
            keep_record(&d, &records[count++]);
        }
    } while (d.action.act != KW_OPERATOR_SEND);
    assert_int_equal(records[session].kind, KW_RECORD_SESSION);
    kw_operator_drop(d.op);
    const kw_secret_span whole = records[session].bytes;
    for (size_t len = 0; len < whole.len; len++) {
        records[session].bytes = kw_secret_span_part(whole, 0, len);
        EXPECT_STATUS(kw_operator_resume(d.op, &d.setup, records, count, BOUNDARY_MS), KW_CORRUPT);
    }
    records[session].bytes = whole;
    EXPECT_OK(kw_operator_resume(d.op, &d.setup, records, count, BOUNDARY_MS));
    close_desk(&d);
}

/* Signs nothing until it is told to. */
typedef struct absent_signer {
    kw_peer_signer inner;
    bool is_here;
} absent_signer;

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    absent_signer *s = ctx;
    return s->is_here ? s->inner.sign(s->inner.ctx, out, hash) : KW_UNAVAILABLE;
}

/* The pitfall: the session that could not say HELLO stood in the table, and never began. */
static void boundary__begins_again_when_the_signer_is_back(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    absent_signer signer = {.inner = d.peers[0].signer};
    d.op->setup.keys.items[0].signer = (kw_peer_signer){sign, &signer};
    for (size_t i = 0; i < 3; i++) {
        EXPECT_STATUS(begin(&d), KW_UNAVAILABLE);
        assert_false(next(&d, KW_OPERATOR_SEND));
    }
    signer.is_here = true;
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    assert_int_equal(d.action.to_count, MEMBERS - 1);
    EXPECT_OK(begin(&d)); /* goes on */
    assert_int_equal(d.op->epochs.count, 1);
    close_desk(&d);
}

static void boundary__needs_the_key_that_the_roster_has(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_own_key own = d.op->setup.keys.items[0];
    d.op->setup.keys.items[0] = peer_own_key(&d.peers[1], d.peers[1].signer);
    EXPECT_STATUS(begin(&d), KW_UNAVAILABLE);
    assert_false(next(&d, KW_OPERATOR_SEND));
    d.op->setup.keys.items[1] = own;
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    assert_true(kw_authenticated_is_from(
        &d.action.messages.items[0],
        kw_roster_at(&d.roster, kw_roster_index(&d.roster, &d.peers[0].address))));
    close_desk(&d);
}

static void genesis__is_refused_by_who_holds_a_pin(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_group_g2 pin = toy_group.g2_generator();
    d.op->setup.pin = &pin;
    EXPECT_OK(begin(&d));
    assert_false(next(&d, KW_OPERATOR_SEND));
    close_desk(&d);
}

static void genesis__needs_the_roster_of_the_configuration(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    d.op->setup.config.genesis_roster.bytes[0] ^= 1;
    EXPECT_OK(begin(&d));
    assert_false(next(&d, KW_OPERATOR_SEND));
    close_desk(&d);
}

/* A node without an epoch does not guess that there is none. */
/* Whether the boundary, so many after the first one, begins a session. */
static bool begins(desk *d, uint64_t number, uint32_t attempt)
{
    const kw_operator_boundary boundary = {
        .timestamp = BOUNDARY_S + number * INTERVAL_S, .attempt = attempt, .roster = &d->roster};
    uint16_t before = d->op->epochs.count;
    EXPECT_OK(kw_operator_begin(d->op, &boundary, boundary.timestamp * 1000));
    while (next(d, KW_OPERATOR_SEND)) {
    }
    return d->op->epochs.count > before;
}

static void boundary__reshares_at_every_third_one_or_by_hand(void **state)
{
    (void)state;
    desk d;
    epoch_desk epochs;
    desk_epoch first;
    open_desk(&d);
    d.op->setup.config.reshare_every = 3;
    epoch_desk_open(&epochs, &toy_group, PEER_ED25519);
    epochs.cluster_id = d.op->cluster_id;
    epoch_desk_make(&epochs, &first, NULL, (desk_plan){.first = 0, .n = MEMBERS});
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&file, &first.certificate, &toy_group));
    EXPECT_OK(kw_operator_take_file(d.op, &d.peers[1].address, kw_buf_view(&file), BOUNDARY_MS));
    for (uint64_t number = 0; number < 5; number++) {
        assert_int_equal(begins(&d, number, 0), number % 3 == 0);
    }
    assert_true(begins(&d, 4, 1));
    assert_false(begins(&d, 4, 1)); /* it goes on */
    assert_true(begins(&d, 4, 2));
    epoch_desk_close(&epochs);
    close_desk(&d);
}

static void boundary__asks_the_members_for_an_epoch(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    for (size_t i = 1; i < MEMBERS; i++) {
        assert_true(next(&d, KW_OPERATOR_ASK));
        assert_int_equal(d.action.epoch, 0);
        assert_int_equal(d.action.to_count, 1);
    }
    close_desk(&d);
}

static void take__says_what_is_wrong_with_a_message(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append(&wire, d.action.messages.items[0].payload));
    kw_operator_reply reply;
    kw_authenticated message;
    /* In the name of another member, signed by a third one. */
    memcpy(&wire.ptr[92], d.peers[2].address.bytes, sizeof d.peers[2].address.bytes);
    EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&wire), &d.peers[3].signer));
    EXPECT_STATUS(take(&d, &message, &reply), KW_UNAUTHENTICATED);
    /* Of a stranger. */
    memset(&wire.ptr[92], 0xee, sizeof d.peers[2].address.bytes);
    EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&wire), &d.peers[3].signer));
    EXPECT_STATUS(take(&d, &message, &reply), KW_UNAUTHENTICATED);
    /* Of another session: its sender learns what is the newest here. */
    wire.ptr[40] ^= 1;
    EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&wire), &d.peers[3].signer));
    EXPECT_STATUS(take(&d, &message, &reply), KW_NOT_FOUND);
    assert_true(reply.has_head);
    wire.ptr[0] ^= 1;
    EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&wire), &d.peers[3].signer));
    EXPECT_STATUS(take(&d, &message, &reply), KW_BAD_INPUT);
    close_desk(&d);
}

/* Of a flood of heads only so many are followed. */
static void heads__are_followed_within_bounds(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    while (next(&d, KW_OPERATOR_SEND)) {
    }
    size_t pulls = 0;
    for (uint8_t i = 1; i < 100; i++) {
        kw_hash32 head = {{i}};
        kw_operator_take_head(d.op, &d.peers[1].address, &head);
        while (next(&d, KW_OPERATOR_PULL)) {
            pulls++;
        }
    }
    assert_in_range(pulls, 1, 2);
    const kw_hash32 other = {{0xff}}; /* who floods takes nothing from the others */
    kw_operator_take_head(d.op, &d.peers[2].address, &other);
    assert_true(next(&d, KW_OPERATOR_PULL));
    close_desk(&d);
}

static void file__that_is_no_certificate_is_refused(void **state)
{
    (void)state;
    static const char certificate[] = "KWC1 and junk";
    static const char candidate[] = "KWD1 and junk";
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    const kw_address *from = &d.peers[1].address;
    EXPECT_STATUS(kw_operator_take_file(d.op, from, (kw_span){0}, BOUNDARY_MS), KW_END);
    EXPECT_STATUS(kw_operator_take_file(d.op, from, KW_SPAN(certificate), BOUNDARY_MS),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_operator_take_file(d.op, from, KW_SPAN(candidate), BOUNDARY_MS), KW_BAD_INPUT);
    assert_null(kw_operator_decoded(d.op, 0));
    assert_int_equal(kw_operator_certificate(d.op, 0).len, 0);
    kw_operator_key key;
    assert_false(kw_operator_key_of(d.op, &key, 0));
    close_desk(&d);
}

/* A certificate of epoch 2 for who knows the key alone, with a bit flipped behind `mark`. */
static kw_status take_flipped(desk *d, const desk_epoch *epoch, const uint8_t *mark)
{
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&file, &epoch->certificate, &toy_group));
    if (mark != NULL) {
        uint8_t *at = memmem(file.ptr, file.len, mark, 32);
        assert_non_null(at);
        at[31] ^= 1;
    }
    return kw_operator_take_file(d->op, &d->peers[1].address, kw_buf_view(&file), BOUNDARY_MS);
}

/* The pitfall: the canary holds whatever stands under the COMMITs and precommits, and who adopted
 * such a file showed it to members that know nothing but the chain from genesis. */
static void file__of_a_later_epoch_is_judged_with_all_its_signatures(void **state)
{
    (void)state;
    desk d;
    epoch_desk epochs;
    desk_epoch first;
    desk_epoch second;
    open_desk(&d);
    epoch_desk_open(&epochs, &toy_group, PEER_ED25519);
    epochs.cluster_id = d.op->cluster_id;
    epoch_desk_make(&epochs, &first, NULL, (desk_plan){.first = 11, .n = 4});
    epoch_desk_make(&epochs, &second, &first, (desk_plan){.first = 12, .n = 5});
    EXPECT_STATUS(take_flipped(&d, &second, NULL), KW_NOT_FOUND);
    d.op->setup.pin = &first.polynomial[0];
    const kw_authenticated *commit = &second.certificate.candidate.commits.items[1];
    const kw_authenticated *precommit = &second.certificate.precommits.items[1];
    EXPECT_STATUS(take_flipped(&d, &second, commit->signature.bytes), KW_UNAUTHENTICATED);
    EXPECT_STATUS(take_flipped(&d, &second, precommit->signature.bytes), KW_UNAUTHENTICATED);
    assert_null(kw_operator_decoded(d.op, 0));
    EXPECT_OK(take_flipped(&d, &second, NULL));
    assert_non_null(kw_operator_decoded(d.op, 2));
    epoch_desk_close(&epochs);
    close_desk(&d);
}

static void resume__refuses_records_of_somebody_else(void **state)
{
    (void)state;
    static const uint8_t junk[] = {1, 2, 3};
    desk d;
    open_desk(&d);
    for (kw_record_kind kind = KW_RECORD_CERTIFICATE; kind < KW_RECORD_SESSION; kind++) {
        kw_operator_record record = {.kind = kind, .bytes = kw_secret_span_of(KW_SPAN(junk))};
        record.id.bytes[31] = 1;
        kw_operator_drop(d.op);
        EXPECT_STATUS(kw_operator_resume(d.op, &d.setup, &record, 1, BOUNDARY_MS), KW_CORRUPT);
    }
    close_desk(&d);
}

/* Sound one by one, they are more than there are epochs. */
static void resume__refuses_shares_that_no_epoch_has(void **state)
{
    (void)state;
    static const uint8_t share[10 + 32] = {[7] = 1, [9] = 1, [41] = 5}; /* epoch 1, member 1 */
    static const uint8_t nobody[10 + 32] = {[7] = 1, [41] = 5};
    kw_operator_record records[KW_OPERATOR_SHARES_MAX + 1];
    for (uint8_t i = 0; i < KW_COUNT(records); i++) {
        records[i] = (kw_operator_record){.kind = KW_RECORD_SHARE,
                                          .scope = {{(uint8_t)(i + 1)}},
                                          .bytes = kw_secret_span_of(KW_SPAN(share))};
    }
    desk d;
    open_desk(&d);
    kw_operator_drop(d.op);
    EXPECT_OK(kw_operator_resume(d.op, &d.setup, records, KW_OPERATOR_SHARES_MAX, BOUNDARY_MS));
    kw_operator_drop(d.op);
    EXPECT_STATUS(kw_operator_resume(d.op, &d.setup, records, KW_COUNT(records), BOUNDARY_MS),
                  KW_CORRUPT);
    records[1].scope = records[0].scope; /* one session, two shares */
    EXPECT_STATUS(kw_operator_resume(d.op, &d.setup, records, 2, BOUNDARY_MS), KW_CORRUPT);
    records[0].bytes = kw_secret_span_of(KW_SPAN(nobody));
    EXPECT_STATUS(kw_operator_resume(d.op, &d.setup, records, 1, BOUNDARY_MS), KW_CORRUPT);
    close_desk(&d);
}

static void init__refuses_a_configuration_that_no_cluster_can_have(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_operator_setup bad[5];
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        bad[i] = d.setup;
    }
    bad[0].config.interval_s = 0;
    bad[1].config.reshare_every = 0;
    bad[2].config.delta_ms = KW_SESSION_DELTA_MS_MIN - 1;
    bad[3].config.suite = KW_SUITE_TOKEN;
    bad[4].config.suite = 0;
    kw_operator_drop(d.op);
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_operator_init(d.op, &bad[i]), KW_CONFIG);
        EXPECT_STATUS(kw_operator_resume(d.op, &bad[i], NULL, 0, BOUNDARY_MS), KW_CONFIG);
    }
    d.setup.config.delta_ms = KW_SESSION_DELTA_MS_MIN;
    EXPECT_OK(kw_operator_init(d.op, &d.setup));
    close_desk(&d);
}

/* Who does not carry actions out is told so, and loses nothing. */
static void inputs__wait_while_many_actions_do(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_operator_boundary boundary = {.timestamp = BOUNDARY_S, .roster = &d.roster};
    kw_status st = KW_OK;
    while (st == KW_OK && boundary.attempt < KW_OPERATOR_AGENDA_MAX) {
        st = kw_operator_begin(d.op, &boundary, BOUNDARY_MS);
        boundary.attempt++;
    }
    EXPECT_STATUS(st, KW_BUSY);
    const char junk[] = "KWC1 and junk";
    EXPECT_STATUS(kw_operator_take_file(d.op, &d.peers[1].address, KW_SPAN(junk), BOUNDARY_MS),
                  KW_BUSY);
    while (next(&d, KW_OPERATOR_SEND)) {
    }
    EXPECT_OK(kw_operator_begin(d.op, &boundary, BOUNDARY_MS));
    close_desk(&d);
}

/* SHARES of the member `at`, with the same content whoever says them. */
static kw_authenticated make_shares(desk *d, size_t at, kw_hash32 *root)
{
    static const uint8_t encrypted[MEMBERS * 2 * KW_GROUP_SCALAR_BYTES] = {1};
    const kw_message_scope scope = {.group = &toy_group,
                                    .kind = KW_SESSION_GENESIS,
                                    .suite = KW_SUITE_PEDERSEN,
                                    .n = MEMBERS,
                                    .t = 3,
                                    .dealers = MEMBERS};
    kw_message m;
    EXPECT_OK(kw_message_header_decode(&m.header, d->action.messages.items[0].payload));
    m.header.type = KW_MESSAGE_SHARES;
    m.header.sender = d->peers[at].address;
    m.body.shares = (kw_shares){.encrypted = KW_SPAN(encrypted), .n = MEMBERS};
    kw_shares_root(root, &m.body.shares);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, &m, &scope);
    EXPECT_OK(kw_write_end(&w));
    kw_span copy;
    EXPECT_OK(kw_arena_copy_span(&d->arena, &copy, kw_buf_view(&wire)));
    kw_authenticated out;
    EXPECT_OK(kw_authenticated_make(&out, copy, &d->peers[at].signer));
    return out;
}

/* The pitfall: who asked for SHARES by their root got a copy by another dealer, again and again. */
static void message__gives_all_of_a_name(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    kw_hash32 root;
    kw_authenticated shares[MEMBERS];
    for (size_t i = 1; i < MEMBERS; i++) {
        shares[i] = make_shares(&d, i, &root);
    }
    while (next(&d, KW_OPERATOR_SEND)) {
    }
    assert_null(kw_operator_message(d.op, &root, NULL));
    kw_operator_reply reply;
    const kw_authenticated *at = NULL;
    for (size_t i = 1; i < MEMBERS; i++) {
        EXPECT_OK(take(&d, &shares[i], &reply));
    }
    for (size_t i = 1; i < MEMBERS; i++) {
        at = kw_operator_message(d.op, &root, at);
        assert_non_null(at);
        assert_memory_equal(&at->hash, &shares[i].hash, sizeof at->hash);
        assert_ptr_equal(kw_operator_message(d.op, &at->hash, NULL), at);
        assert_null(kw_operator_message(d.op, &at->hash, at));
    }
    assert_null(kw_operator_message(d.op, &root, at));
    close_desk(&d);
}

/* The pitfall: a record of a session that is over, and its messages gone, stopped every start. */
static void resume__erases_a_session_that_is_over(void **state)
{
    (void)state;
    static const uint8_t junk[] = {1, 2, 3};
    desk d;
    open_desk(&d);
    const kw_operator_record record = {
        .kind = KW_RECORD_SESSION, .scope = {{7}}, .bytes = kw_secret_span_of(KW_SPAN(junk))};
    kw_operator_drop(d.op);
    EXPECT_OK(kw_operator_resume(d.op, &d.setup, &record, 1, BOUNDARY_MS));
    assert_true(next(&d, KW_OPERATOR_ERASE));
    assert_int_equal(d.action.record.kind, KW_RECORD_SESSION);
    assert_memory_equal(&d.action.record.scope, &record.scope, sizeof record.scope);
    close_desk(&d);
}

/* An own message is not shown before the record that knows of it is durable. */
static void message__of_its_own_waits_until_it_is_durable(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    EXPECT_OK(begin(&d));
    assert_true(next(&d, KW_OPERATOR_SEND));
    kw_hash32 hello = d.action.messages.items[0].hash;
    assert_null(kw_operator_message(d.op, &hello, NULL));
    while (next(&d, KW_OPERATOR_SEND)) {
    }
    assert_non_null(kw_operator_message(d.op, &hello, NULL));
    assert_int_equal(kw_secret_bytes_view(&d.op->record).len, 0); /* and no copy of it stays */
    close_desk(&d);
}

/* The pitfall: without its session, nothing tells the genesis roster, and the node never starts. */
static void resume__lets_a_handover_wait_for_its_roster(void **state)
{
    (void)state;
    static const uint8_t junk[] = {1, 2, 3};
    desk d;
    open_desk(&d);
    const kw_operator_record record = {.kind = KW_RECORD_HANDOVER,
                                       .bytes = kw_secret_span_of(KW_SPAN(junk))};
    kw_operator_drop(d.op);
    EXPECT_OK(kw_operator_resume(d.op, &d.setup, &record, 1, BOUNDARY_MS));
    EXPECT_STATUS(begin(&d), KW_CORRUPT); /* of another handover: no vote is cast beside it */
    assert_null(d.op->handover);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundary__starts_genesis_with_a_hello),
        cmocka_unit_test(restart__never_signs_a_second_hello),
        cmocka_unit_test(resume__refuses_a_session_that_is_cut_short),
        cmocka_unit_test(boundary__begins_again_when_the_signer_is_back),
        cmocka_unit_test(boundary__needs_the_key_that_the_roster_has),
        cmocka_unit_test(genesis__is_refused_by_who_holds_a_pin),
        cmocka_unit_test(genesis__needs_the_roster_of_the_configuration),
        cmocka_unit_test(boundary__reshares_at_every_third_one_or_by_hand),
        cmocka_unit_test(boundary__asks_the_members_for_an_epoch),
        cmocka_unit_test(take__says_what_is_wrong_with_a_message),
        cmocka_unit_test(heads__are_followed_within_bounds),
        cmocka_unit_test(file__that_is_no_certificate_is_refused),
        cmocka_unit_test(file__of_a_later_epoch_is_judged_with_all_its_signatures),
        cmocka_unit_test(resume__refuses_records_of_somebody_else),
        cmocka_unit_test(resume__refuses_shares_that_no_epoch_has),
        cmocka_unit_test(init__refuses_a_configuration_that_no_cluster_can_have),
        cmocka_unit_test(inputs__wait_while_many_actions_do),
        cmocka_unit_test(message__gives_all_of_a_name),
        cmocka_unit_test(resume__erases_a_session_that_is_over),
        cmocka_unit_test(message__of_its_own_waits_until_it_is_durable),
        cmocka_unit_test(resume__lets_a_handover_wait_for_its_roster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
