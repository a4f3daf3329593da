/* SPDX-License-Identifier: Apache-2.0
 * Sessions of a genesis, of one in either suite and of one that opens a dealer, and of a reshare:
 * each member in turn is an engine with the vectors' random numbers, the others are the vectors'
 * messages. All that it says is what an independent implementation said, byte for byte. */
#include "threshold/engine/message/author.h"
#include "threshold/engine/session/session.h"

#include "crypto/hash.h"
#include "support/session_file.h"

enum {
    SCRIPT_MAX = 8192,
    DELTA_MS = 1250,
};

/* Files, by their place in `files`. */
enum {
    GENESIS,
    RESHARE,
    FELDMAN,
    OPEN,
    FILES,
};

static threshold_file files[FILES];

typedef struct script {
    uint8_t bytes[SCRIPT_MAX];
    size_t len;
    size_t at;
} script;

typedef struct stage {
    session_file from;
    kw_session_setup setup;
    script random;
    session_file_keys own;
    kw_group_secret source;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_session *session;
    uint64_t now;
    unsigned said;  /* messages that were compared */
    uint8_t deed;   /* the last that it reported; 0: none */
    kw_address who; /* did it */
    bool has_share;
    kw_group_secret share;
} stage;

/* What is not in the script is weights of batches, which nobody sees. */
static kw_status fill(void *ctx, kw_mspan out)
{
    script *s = ctx;
    for (size_t i = 0; i < out.len; i++) {
        out.ptr[i] = s->at < s->len ? s->bytes[s->at++] : (uint8_t)(i + 1);
    }
    return KW_OK;
}

/* 64 random bytes that give this scalar; none: one that nothing shows. */
static void put(stage *st, const kw_json *scalar)
{
    script *s = &st->random;
    assert_in_range(s->len, 0, SCRIPT_MAX - KW_GROUP_WIDE_BYTES);
    uint8_t *at = &s->bytes[s->len];
    memset(at, 0, KW_GROUP_WIDE_BYTES);
    at[KW_GROUP_WIDE_BYTES - 1] = 1;
    if (scalar != NULL) {
        kw_span bytes = threshold_hex(st->from.file, kw_json_text(scalar));
        memcpy(&at[KW_GROUP_WIDE_BYTES - bytes.len], bytes.ptr, bytes.len);
    }
    s->len += KW_GROUP_WIDE_BYTES;
}

static void put_dealing(stage *st, const kw_json *dealing, uint16_t dealer)
{
    const kw_json *a = json_tree_at(dealing, "a");
    const kw_json *b = kw_json_get(dealing, "b");
    const kw_json *extraction = session_file_extraction(&st->from, dealer);
    put(st, json_tree_at(dealing, "r"));
    put(st, json_tree_at(dealing, "nonce_R"));
    put(st, kw_json_get(dealing, "nonce_a0"));
    put(st, extraction == NULL ? NULL : json_tree_at(extraction, "ka"));
    put(st, extraction == NULL ? NULL : json_tree_at(extraction, "kb"));
    for (size_t k = 0; k < kw_json_count(a); k++) {
        put(st, kw_json_item(a, k));
        if (b != NULL) {
            put(st, kw_json_item(b, k));
        }
    }
}

/* Random numbers in the order in which a session draws them. */
static void write_script(stage *st)
{
    const session_file *from = &st->from;
    const kw_address *self = &st->setup.self;
    const kw_json *hello = session_file_message(from, KW_MESSAGE_HELLO, KW_INSTANCE_SET, self);
    put(st, json_tree_at(hello, "ek_secret"));
    put(st, json_tree_at(hello, "nonce_k"));
    uint16_t dealer = kw_roster_index(session_file_dealers(from), self);
    const kw_json *dealing = session_file_dealing(from, dealer);
    if (dealing != NULL) {
        put_dealing(st, dealing, dealer);
        st->source = threshold_secrets(from->file, json_tree_at(dealing, "a"))[0];
        st->setup.source = from->is_reshare ? &st->source : NULL;
    }
    const kw_json *echo = session_file_message(from, KW_MESSAGE_ECHO, KW_INSTANCE_SET, self);
    const kw_json *nonces = echo == NULL ? NULL : json_tree_at(echo, "nonces");
    for (size_t i = 0; nonces != NULL && i < kw_json_count(nonces); i++) {
        if (kw_json_kind_of(kw_json_item(nonces, i)) != KW_JSON_NULL) {
            put(st, kw_json_item(nonces, i));
        }
    }
}

static void open_stage(stage *st, threshold_file *file, const kw_json *member)
{
    session_file_read(&st->from, file);
    const kw_json *session = session_file_at(&st->from, "session");
    st->setup = (kw_session_setup){
        .group = &kw_group_bls12_381,
        .cluster_id = threshold_hash(session, "cluster_id"),
        .fields = st->from.fields,
        .roster_old = &st->from.roster_old,
        .roster_new = &st->from.roster_new,
        .head = st->from.fields.previous,
        .delta_ms = DELTA_MS,
        .give_up_ms = UINT64_MAX,
        .self = threshold_address(member, "address"),
        .signer = session_file_signer(&st->own, file, member),
        .rng = {fill, &st->random},
        .memory = {&st->lasting, &st->secrets, &st->scratch},
    };
    EXPECT_OK(
        kw_quorum_of_threshold(&st->setup.quorum, st->from.roster_new.n, st->setup.fields.t_new));
    if (st->setup.fields.suite == KW_SUITE_PEDERSEN) {
        st->setup.h = threshold_g1(file->root, "h");
    }
    if (st->from.is_reshare) {
        const kw_json *polynomial = json_tree_at(files[GENESIS].root, "public_polynomial");
        st->setup.polynomial_old = threshold_g2s(&files[GENESIS], polynomial);
    }
    write_script(st);
    const kw_session_memory_bytes bytes = kw_session_memory_bytes_of(&st->setup);
    st->lasting = kw_arena_init(bytes.lasting);
    st->secrets = kw_arena_init(bytes.secrets);
    st->scratch = kw_arena_init(bytes.scratch);
    st->now = st->setup.fields.timestamp * 1000;
}

static void close_stage(stage *st)
{
    kw_session_drop(st->session);
    kw_arena_drop(&st->lasting);
    kw_arena_drop(&st->secrets);
    kw_arena_drop(&st->scratch);
}

static void expect_said(stage *st, const kw_authenticated *message)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, message->payload));
    kw_hash32 sid = threshold_hash(session_file_at(&st->from, "session"), "sid");
    bool is_set = kw_hash32_equal(&header.sid, &sid);
    const kw_json *wanted = session_file_message(
        &st->from, header.type, is_set ? KW_INSTANCE_SET : KW_INSTANCE_OPEN, &header.sender);
    assert_non_null(wanted);
    EXPECT_SPAN(message->payload, threshold_bytes(st->from.file, wanted, "payload"));
    EXPECT_SPAN(kw_peer_signature_view(&message->signature),
                threshold_bytes(st->from.file, wanted, "signature"));
    st->said++;
}

static void act_on(stage *st, const kw_session_action *action)
{
    assert_int_not_equal(action->act, KW_SESSION_ABORTED);
    if (action->act == KW_SESSION_SEND) {
        for (size_t i = 0; i < action->letters_count; i++) {
            expect_said(st, &action->letters[i]->message);
        }
    } else if (action->act == KW_SESSION_FRAUD) {
        const kw_audience *audience = kw_session_audience(st->session);
        st->deed = action->evidence->number;
        st->who = *kw_audience_at(audience, action->evidence->culprit)->address;
    } else if (action->act == KW_SESSION_PREPARED) {
        st->share = *kw_session_share(st->session);
        st->has_share = true;
        kw_session_share_sealed(st->session);
    }
}

static void run(stage *st)
{
    kw_session_action action;
    do {
        kw_session_next(st->session, &action, st->now);
        act_on(st, &action);
    } while (action.act != KW_SESSION_IDLE);
}

/* What all others say of that type. */
static void hear(stage *st, kw_message_type type, kw_instance instance)
{
    const kw_author_rosters rosters = {session_file_dealers(&st->from), &st->from.roster_new};
    const kw_audience *audience = kw_session_audience(st->session);
    for (uint16_t rank = 1; rank <= audience->count; rank++) {
        const kw_address *sender = kw_audience_at(audience, rank)->address;
        const kw_json *said = session_file_message(&st->from, type, instance, sender);
        if (said == NULL || kw_address_equal(sender, &st->setup.self)) {
            continue;
        }
        kw_authenticated message = session_file_authenticated(st->from.file, said);
        kw_message_header header;
        EXPECT_OK(kw_message_header_decode(&header, message.payload));
        const kw_member *author = kw_author_of(&rosters, &header, instance);
        assert_true(author != NULL && kw_authenticated_is_from(&message, author));
        EXPECT_OK(kw_session_take(st->session, &message, rank, st->now));
    }
    run(st);
}

/* Moments of the phases, in Delta: who did not deal is waited for, as who does not extract. */
static void run_session(stage *st)
{
    EXPECT_OK(kw_session_begin(&st->session, &st->setup, st->now));
    run(st);
    hear(st, KW_MESSAGE_HELLO, KW_INSTANCE_SET);
    hear(st, KW_MESSAGE_DEAL, KW_INSTANCE_SET);
    hear(st, KW_MESSAGE_SHARES, KW_INSTANCE_SET);
    st->now += 2 * DELTA_MS;
    hear(st, KW_MESSAGE_HAVE, KW_INSTANCE_SET);
    for (unsigned type = KW_MESSAGE_ECHO; type <= KW_MESSAGE_EXTRACT; type++) {
        hear(st, (kw_message_type)type, KW_INSTANCE_SET);
    }
    if (st->from.is_opening) {
        st->now += 2 * DELTA_MS;
        run(st);
        for (unsigned type = KW_MESSAGE_PROPOSE; type <= KW_MESSAGE_PRECOMMIT; type++) {
            hear(st, (kw_message_type)type, KW_INSTANCE_OPEN);
        }
    }
    hear(st, KW_MESSAGE_RECONSTRUCT, KW_INSTANCE_SET);
    hear(st, KW_MESSAGE_COMMIT, KW_INSTANCE_SET);
}

/* It said all that the vectors have of it. */
static void expect_all_said(const stage *st)
{
    unsigned wanted = 0;
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
        for (int i = 0; i < (is_vote ? 2 : 1); i++) {
            kw_instance instance = i == 0 ? KW_INSTANCE_SET : KW_INSTANCE_OPEN;
            wanted += session_file_message(&st->from, (kw_message_type)type, instance,
                                           &st->setup.self) != NULL;
        }
    }
    assert_int_equal(st->said, wanted);
}

static void expect_end(stage *st)
{
    kw_candidate candidate;
    expect_all_said(st);
    assert_true(kw_session_candidate(st->session, &candidate));
    const kw_hash32 digest = threshold_hash(st->from.file->root, "digest");
    EXPECT_SPAN(KW_SPAN(candidate.digest.bytes), KW_SPAN(digest.bytes));
    assert_int_equal(candidate.commits.count, 4);
    uint16_t member = kw_roster_index(&st->from.roster_new, &st->setup.self);
    assert_int_equal(st->has_share, member != 0);
    if (member != 0) {
        kw_group_secret_bytes got;
        kw_group_secret_bytes wanted;
        const kw_group *group = st->setup.group;
        group->secret_encode(&got, &st->share);
        group->secret_encode(
            &wanted,
            &threshold_secrets(st->from.file, session_file_at(&st->from, "shares"))[member - 1]);
        assert_memory_equal(got.bytes, wanted.bytes, sizeof got.bytes);
    }
}

/* What every honest member reports of whom: number of the deed, 0: none; index of its dealer. */
typedef struct plot {
    uint8_t deed;
    uint16_t dealer;
} plot;

static void expect_deed(const stage *st, const plot *wanted)
{
    assert_int_equal(st->deed, wanted->deed);
    if (wanted->deed != 0) {
        kw_address guilty = st->from.roster_new.members[wanted->dealer - 1].address;
        assert_true(kw_address_equal(&st->who, &guilty));
    }
}

/* The session of that member of a roster. */
static void play(threshold_file *file, const char *roster, size_t at, plot wanted)
{
    static stage st;
    memset(&st, 0, sizeof st);
    open_stage(&st, file, kw_json_item(json_tree_at(file->root, roster), at));
    run_session(&st);
    expect_end(&st);
    expect_deed(&st, &wanted);
    close_stage(&st);
}

static void genesis__is_made_byte_for_byte(void **state)
{
    (void)state;
    static const size_t honest[] = {0, 1, 3}; /* 1 complains about 2 */
    for (size_t i = 0; i < KW_COUNT(honest); i++) {
        play(&files[GENESIS], "roster", honest[i], (plot){1, 3});
    }
}

static void reshare__is_made_byte_for_byte(void **state)
{
    (void)state;
    /* Member 1 is new, 2 has no share to deal, 3 and 4 deal. */
    for (size_t at = 0; at < 4; at++) {
        play(&files[RESHARE], "roster_new", at, (plot){0});
    }
    const kw_json *roster = json_tree_at(files[RESHARE].root, "roster_old");
    for (size_t at = 0; at < 4; at++) { /* who leaves: deals and looks on */
        kw_address address = threshold_address(kw_json_item(roster, at), "address");
        const kw_json *staying = json_tree_at(files[RESHARE].root, "roster_new");
        if (session_file_of_address(staying, "address", &address) == NULL) {
            play(&files[RESHARE], "roster_old", at, (plot){0});
        }
    }
}

static void genesis_of_suite_1__is_made_byte_for_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < 4; at++) {
        play(&files[FELDMAN], "roster", at, (plot){0});
    }
}

static void opening__is_made_byte_for_byte(void **state)
{
    (void)state;
    static const size_t honest[] = {0, 2, 3};
    for (size_t i = 0; i < KW_COUNT(honest); i++) {
        play(&files[OPEN], "roster", honest[i], (plot){4, 2});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__is_made_byte_for_byte),
        cmocka_unit_test(reshare__is_made_byte_for_byte),
    };
    const struct CMUnitTest own_tests[] = {
        cmocka_unit_test(genesis_of_suite_1__is_made_byte_for_byte),
        cmocka_unit_test(opening__is_made_byte_for_byte),
    };
    const threshold_suite suite = {.group = "threshold/session",
                                   .names = {"genesis.json", "reshare.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    const threshold_suite own = {.group = "threshold/session",
                                 .names = {"genesis_suite1.json", "open.json"},
                                 .is_own = true,
                                 .tests = own_tests,
                                 .count = KW_COUNT(own_tests)};
    return threshold_suite_run(&suite, files) + threshold_suite_run(&own, &files[FELDMAN]);
}
