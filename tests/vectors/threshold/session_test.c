/* SPDX-License-Identifier: Apache-2.0
 * The sessions of a genesis and of a reshare: each member in turn is an engine with the vectors'
 * random numbers, the others are the vectors' messages. All that it says is what an independent
 * implementation said, byte for byte. */
#include "threshold/engine/message/author.h"
#include "threshold/engine/session/session.h"

#include "curve/bn_wire.h"
#include "support/threshold_file.h"

enum {
    SCRIPT_MAX = 8192,
    DELTA_MS = 1250,
};

typedef struct script {
    uint8_t bytes[SCRIPT_MAX];
    size_t len;
    size_t at;
} script;

typedef union keys {
    kw_bn_secret bn254;
    kw_secp256k1_key ecdsa;
} keys;

typedef struct stage {
    threshold_file file;
    bool is_reshare;
    kw_roster roster_old;
    kw_roster roster_new;
    kw_session_setup setup;
    script random;
    keys own;
    kw_group_secret source;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_session *session;
    uint64_t now;
    unsigned said; /* messages that were compared */
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
        kw_span bytes = threshold_hex(&st->file, kw_json_text(scalar));
        memcpy(&at[KW_GROUP_WIDE_BYTES - bytes.len], bytes.ptr, bytes.len);
    }
    s->len += KW_GROUP_WIDE_BYTES;
}

static const kw_json *list(const stage *st, const char *name)
{
    return json_tree_at(st->file.root, name);
}

static bool is_null(const kw_json *value)
{
    return kw_json_kind_of(value) == KW_JSON_NULL;
}

static kw_roster roster_of(stage *st, const kw_json *members)
{
    kw_roster_entry entries[8];
    kw_roster roster;
    kw_error err;
    size_t count = kw_json_count(members);
    for (size_t i = 0; i < count; i++) {
        const kw_json *member = kw_json_item(members, i);
        entries[i] = (kw_roster_entry){.address = threshold_address(member, "address"),
                                       .curve = (uint8_t)json_tree_integer(member, "curve"),
                                       .key = threshold_bytes(&st->file, member, "key")};
    }
    const kw_roster_source source = {entries, count, &kw_peer_schemes_all, false};
    EXPECT_OK(kw_roster_make(&roster, &st->file.arena, &source, &err));
    return roster;
}

static kw_sid_fields fields_of(const kw_json *session)
{
    return (kw_sid_fields){.kind = (uint8_t)json_tree_integer(session, "kind"),
                           .epoch = (uint64_t)json_tree_integer(session, "epoch"),
                           .timestamp = (uint64_t)json_tree_integer(session, "timestamp"),
                           .attempt = (uint32_t)json_tree_integer(session, "attempt"),
                           .roster_old = threshold_hash(session, "roster_old_hash"),
                           .roster_new = threshold_hash(session, "roster_new_hash"),
                           .t_old = (uint16_t)json_tree_integer(session, "t_old"),
                           .t_new = (uint16_t)json_tree_integer(session, "t_new"),
                           .previous = threshold_hash(session, "previous"),
                           .suite = (uint8_t)json_tree_integer(session, "suite")};
}

/* The object of a list whose text is this address. */
static const kw_json *of_address(const kw_json *items, const char *name, const kw_address *address)
{
    for (size_t i = 0; i < kw_json_count(items); i++) {
        kw_address at = threshold_address(kw_json_item(items, i), name);
        if (memcmp(at.bytes, address->bytes, sizeof at.bytes) == 0) {
            return kw_json_item(items, i);
        }
    }
    return NULL;
}

static kw_peer_signer signer_of(stage *st, const kw_json *member)
{
    kw_span bytes = threshold_bytes(&st->file, member, "secret_key");
    if (json_tree_integer(member, "curve") == KW_PEER_BN254) {
        EXPECT_OK(kw_bn_secret_decode(&st->own.bn254, bytes));
        return kw_peer_bn254_signer(&st->own.bn254);
    }
    kw_secret32 secret;
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(bytes)));
    EXPECT_OK(kw_secp256k1_key_of(&st->own.ecdsa, &secret));
    return kw_peer_ecdsa_signer(&st->own.ecdsa);
}

/* Random numbers in the order in which a session draws them. */
static void write_script(stage *st)
{
    const kw_json *hello = of_address(list(st, "HELLO"), "sender", &st->setup.self);
    uint16_t dealer =
        kw_roster_index(st->is_reshare ? &st->roster_old : &st->roster_new, &st->setup.self);
    uint16_t member = kw_roster_index(&st->roster_new, &st->setup.self);
    put(st, json_tree_at(hello, "ek_secret"));
    put(st, json_tree_at(hello, "nonce_k"));
    const kw_json *dealing = dealer == 0 ? NULL : kw_json_item(list(st, "dealings"), dealer - 1U);
    if (dealing != NULL && !is_null(dealing)) {
        const kw_json *a = json_tree_at(dealing, "a");
        const kw_json *b = st->is_reshare ? NULL : json_tree_at(dealing, "b");
        const kw_json *extraction = NULL;
        for (size_t i = 0; !st->is_reshare && i < kw_json_count(list(st, "extractions")); i++) {
            const kw_json *at = kw_json_item(list(st, "extractions"), i);
            extraction = json_tree_integer(at, "i") == dealer ? at : extraction;
        }
        put(st, json_tree_at(dealing, "r"));
        put(st, json_tree_at(dealing, "nonce_R"));
        put(st, NULL);
        put(st, extraction == NULL ? NULL : json_tree_at(extraction, "ka"));
        put(st, extraction == NULL ? NULL : json_tree_at(extraction, "kb"));
        for (size_t k = 0; k < kw_json_count(a); k++) {
            put(st, kw_json_item(a, k));
            if (b != NULL) {
                put(st, kw_json_item(b, k));
            }
        }
        st->source = threshold_secrets(&st->file, a)[0];
        st->setup.source = st->is_reshare ? &st->source : NULL;
    }
    const kw_json *echo = member == 0 ? NULL : kw_json_item(list(st, "ECHO"), member - 1U);
    for (size_t i = 0; echo != NULL && i < kw_json_count(json_tree_at(echo, "nonces")); i++) {
        const kw_json *nonce = kw_json_item(json_tree_at(echo, "nonces"), i);
        if (!is_null(nonce)) {
            put(st, nonce);
        }
    }
}

static void open_stage(stage *st, const char *name, const kw_json *member)
{
    const kw_json *session = list(st, "session");
    st->is_reshare = strcmp(name, "reshare.json") == 0;
    if (st->is_reshare) {
        st->roster_old = roster_of(st, list(st, "roster_old"));
    }
    st->roster_new = roster_of(st, list(st, st->is_reshare ? "roster_new" : "roster"));
    st->setup = (kw_session_setup){
        .group = &kw_group_bls12_381,
        .cluster_id = threshold_hash(session, "cluster_id"),
        .fields = fields_of(session),
        .roster_old = &st->roster_old,
        .roster_new = &st->roster_new,
        .head = threshold_hash(session, "previous"),
        .delta_ms = DELTA_MS,
        .give_up_ms = UINT64_MAX,
        .self = threshold_address(member, "address"),
        .signer = signer_of(st, member),
        .rng = {fill, &st->random},
        .memory = {&st->lasting, &st->secrets, &st->scratch},
    };
    EXPECT_OK(kw_quorum_of_threshold(&st->setup.quorum, st->roster_new.n, st->setup.fields.t_new));
    if (!st->is_reshare) {
        st->setup.h = threshold_g1(st->file.root, "h");
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
    threshold_file_drop(&st->file);
}

/* The vectors' message of that type and sender; NULL: none. */
static const kw_json *message_of(const stage *st, kw_message_type type, const kw_address *sender)
{
    uint16_t member = kw_roster_index(&st->roster_new, sender);
    uint16_t dealer = kw_roster_index(st->is_reshare ? &st->roster_old : &st->roster_new, sender);
    const kw_json *agreement = list(st, "agreement");
    switch ((int)type) {
    case KW_MESSAGE_HELLO:
        return of_address(list(st, "HELLO"), "sender", sender);
    case KW_MESSAGE_DEAL:
    case KW_MESSAGE_SHARES: {
        const kw_json *at = dealer == 0 ? NULL : kw_json_item(list(st, "dealings"), dealer - 1U);
        return at == NULL || is_null(at)
                   ? NULL
                   : json_tree_at(at, type == KW_MESSAGE_DEAL ? "DEAL" : "SHARES");
    }
    case KW_MESSAGE_PROPOSE:
        return json_tree_integer(agreement, "proposer_of_view_0") == member
                   ? json_tree_at(agreement, "PROPOSE")
                   : NULL;
    case KW_MESSAGE_EXTRACT:
        for (size_t i = 0; !st->is_reshare && i < kw_json_count(list(st, "extractions")); i++) {
            const kw_json *at = kw_json_item(list(st, "extractions"), i);
            if (json_tree_integer(at, "i") == member) {
                return json_tree_at(at, "EXTRACT");
            }
        }
        return NULL;
    default:
        break;
    }
    if (member == 0) {
        return NULL;
    }
    const kw_json *items = NULL;
    items = type == KW_MESSAGE_HAVE ? list(st, "HAVE") : items;
    items = type == KW_MESSAGE_ECHO ? list(st, "ECHO") : items;
    items = type == KW_MESSAGE_COMMIT ? list(st, "COMMIT") : items;
    items = type == KW_MESSAGE_PREVOTE ? json_tree_at(agreement, "PREVOTE") : items;
    items = type == KW_MESSAGE_PRECOMMIT ? json_tree_at(agreement, "PRECOMMIT") : items;
    return kw_json_item(items, member - 1U);
}

static void expect_said(stage *st, const kw_authenticated *message)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, message->payload));
    const kw_json *wanted = message_of(st, header.type, &header.sender);
    assert_non_null(wanted);
    EXPECT_SPAN(message->payload, threshold_bytes(&st->file, wanted, "payload"));
    EXPECT_SPAN(kw_peer_signature_view(&message->signature),
                threshold_bytes(&st->file, wanted, "signature"));
    st->said++;
}

static void run(stage *st)
{
    kw_session_action action;
    do {
        kw_session_next(st->session, &action, st->now);
        assert_int_not_equal(action.act, KW_SESSION_ABORTED);
        for (size_t i = 0; action.act == KW_SESSION_SEND && i < action.letters_count; i++) {
            expect_said(st, &action.letters[i]->message);
        }
        if (action.act == KW_SESSION_PREPARED) {
            st->share = *kw_session_share(st->session);
            st->has_share = true;
            kw_session_share_sealed(st->session);
        }
    } while (action.act != KW_SESSION_IDLE);
}

/* What all others say of that type. */
static void hear(stage *st, kw_message_type type)
{
    const kw_audience *audience = kw_session_audience(st->session);
    for (uint16_t rank = 1; rank <= audience->count; rank++) {
        const kw_address *sender = kw_audience_at(audience, rank)->address;
        const kw_json *said = message_of(st, type, sender);
        if (said == NULL || memcmp(sender->bytes, st->setup.self.bytes, 20) == 0) {
            continue;
        }
        kw_authenticated message = {.payload = threshold_bytes(&st->file, said, "payload"),
                                    .hash = threshold_hash(said, "hash")};
        kw_span signature = threshold_bytes(&st->file, said, "signature");
        message.signature.len = (uint8_t)signature.len;
        memcpy(message.signature.bytes, signature.ptr, signature.len);
        kw_message_header header;
        EXPECT_OK(kw_message_header_decode(&header, message.payload));
        const kw_author_rosters rosters = {st->is_reshare ? &st->roster_old : &st->roster_new,
                                           &st->roster_new};
        const kw_member *author = kw_author_of(&rosters, &header, KW_INSTANCE_SET);
        assert_true(author != NULL && kw_authenticated_is_from(&message, author));
        EXPECT_OK(kw_session_take(st->session, &message, rank, st->now));
    }
    run(st);
}

/* Moments of the phases, in Delta: who did not deal is waited for. */
static void run_session(stage *st)
{
    EXPECT_OK(kw_session_begin(&st->session, &st->setup, st->now));
    run(st);
    hear(st, KW_MESSAGE_HELLO);
    hear(st, KW_MESSAGE_DEAL);
    hear(st, KW_MESSAGE_SHARES);
    st->now += 2 * DELTA_MS;
    hear(st, KW_MESSAGE_HAVE);
    for (unsigned type = KW_MESSAGE_ECHO; type <= KW_MESSAGE_COMMIT; type++) {
        hear(st, (kw_message_type)type);
    }
}

static void expect_end(stage *st, unsigned said)
{
    kw_candidate candidate;
    assert_int_equal(st->said, said);
    assert_true(kw_session_candidate(st->session, &candidate));
    const kw_hash32 digest = threshold_hash(st->file.root, "digest");
    EXPECT_SPAN(KW_SPAN(candidate.digest.bytes), KW_SPAN(digest.bytes));
    assert_int_equal(candidate.commits.count, 4);
    uint16_t member = kw_roster_index(&st->roster_new, &st->setup.self);
    assert_int_equal(st->has_share, member != 0);
    if (member != 0) {
        kw_group_secret_bytes got;
        kw_group_secret_bytes wanted;
        const kw_group *group = st->setup.group;
        group->secret_encode(&got, &st->share);
        group->secret_encode(&wanted,
                             &threshold_secrets(&st->file, list(st, "shares"))[member - 1]);
        assert_memory_equal(got.bytes, wanted.bytes, sizeof got.bytes);
    }
}

/* One member's session; false: the vectors are not there. */
static bool play(const char *name, const char *roster, size_t at, unsigned said)
{
    static stage st;
    memset(&st, 0, sizeof st);
    if (!threshold_file_open(&st.file, name)) {
        return false;
    }
    open_stage(&st, name, kw_json_item(list(&st, roster), at));
    const kw_json *polynomial = NULL;
    threshold_file before = {0};
    if (st.is_reshare) {
        assert_true(threshold_file_open(&before, "genesis.json"));
        polynomial = json_tree_at(before.root, "public_polynomial");
        st.setup.polynomial_old = threshold_g2s(&before, polynomial);
    }
    run_session(&st);
    expect_end(&st, said);
    close_stage(&st);
    if (polynomial != NULL) {
        threshold_file_drop(&before);
    }
    return true;
}

static void genesis__is_made_byte_for_byte(void **state)
{
    (void)state;
    /* HELLO DEAL SHARES HAVE ECHO PREVOTE PRECOMMIT EXTRACT COMMIT, and PROPOSE of member 4. */
    if (!play("genesis.json", "roster", 0, 9)) {
        skip();
    }
    play("genesis.json", "roster", 1, 9); /* complains */
    play("genesis.json", "roster", 3, 10);
}

static void reshare__is_made_byte_for_byte(void **state)
{
    (void)state;
    /* Member 1 is new and proposes, 2 has no share to deal, 3 and 4 deal. */
    if (!play("reshare.json", "roster_new", 0, 7)) {
        skip();
    }
    play("reshare.json", "roster_new", 1, 6);
    play("reshare.json", "roster_new", 2, 8);
    play("reshare.json", "roster_new", 3, 8);
    play("reshare.json", "roster_old", 2, 3); /* leaves: deals and looks on */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__is_made_byte_for_byte),
        cmocka_unit_test(reshare__is_made_byte_for_byte),
    };
    return cmocka_run_group_tests_name("threshold/session", tests, NULL, NULL);
}
