/* SPDX-License-Identifier: Apache-2.0
 * One member of a session of the vectors. */
#include "support/session_stage.h"

#include "crypto/hash.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/message/author.h"

/* What is not in the script is weights of batches, which nobody sees. */
static kw_status fill(void *ctx, kw_mspan out)
{
    session_stage *st = ctx;
    for (size_t i = 0; i < out.len; i++) {
        bool is_written = st->script_at < st->script_len;
        out.ptr[i] = is_written ? st->script[st->script_at++] : (uint8_t)(i + 1);
    }
    return KW_OK;
}

void session_stage_put(session_stage *st, const kw_json *scalar)
{
    assert_in_range(st->script_len, 0, SESSION_STAGE_SCRIPT_MAX - KW_GROUP_WIDE_BYTES);
    uint8_t *at = &st->script[st->script_len];
    memset(at, 0, KW_GROUP_WIDE_BYTES);
    at[KW_GROUP_WIDE_BYTES - 1] = 1;
    if (scalar != NULL) {
        kw_span bytes = threshold_hex(st->from.file, kw_json_text(scalar));
        memcpy(&at[KW_GROUP_WIDE_BYTES - bytes.len], bytes.ptr, bytes.len);
    }
    st->script_len += KW_GROUP_WIDE_BYTES;
}

static void put_dealing(session_stage *st, const kw_json *dealing, uint16_t dealer)
{
    const kw_json *a = json_tree_at(dealing, "a");
    const kw_json *b = kw_json_get(dealing, "b");
    const kw_json *extraction = session_file_extraction(&st->from, dealer);
    session_stage_put(st, json_tree_at(dealing, "r"));
    session_stage_put(st, json_tree_at(dealing, "nonce_R"));
    session_stage_put(st, kw_json_get(dealing, "nonce_a0"));
    session_stage_put(st, extraction == NULL ? NULL : json_tree_at(extraction, "ka"));
    session_stage_put(st, extraction == NULL ? NULL : json_tree_at(extraction, "kb"));
    for (size_t k = 0; k < kw_json_count(a); k++) {
        session_stage_put(st, kw_json_item(a, k));
        if (b != NULL) {
            session_stage_put(st, kw_json_item(b, k));
        }
    }
}

void session_stage_put_all(session_stage *st)
{
    const session_file *from = &st->from;
    const kw_address *self = &st->setup.self;
    const kw_json *hello = session_file_message(from, KW_MESSAGE_HELLO, KW_INSTANCE_SET, self);
    session_stage_put(st, json_tree_at(hello, "ek_secret"));
    session_stage_put(st, json_tree_at(hello, "nonce_k"));
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
            session_stage_put(st, kw_json_item(nonces, i));
        }
    }
}

void session_stage_open(session_stage *st, threshold_file *file, const kw_json *member,
                        threshold_file *before)
{
    *st = (session_stage){0};
    session_file_read(&st->from, file);
    const kw_json *session = session_file_at(&st->from, "session");
    st->setup = (kw_session_setup){
        .group = &kw_group_bls12_381,
        .cluster_id = threshold_hash(session, "cluster_id"),
        .fields = st->from.fields,
        .roster_old = &st->from.roster_old,
        .roster_new = &st->from.roster_new,
        .head = st->from.fields.previous,
        .delta_ms = SESSION_STAGE_DELTA_MS,
        .give_up_ms = UINT64_MAX,
        .self = threshold_address(member, "address"),
        .signer = session_file_signer(&st->own, file, member),
        .rng = {fill, st},
        .memory = {&st->lasting, &st->secrets, &st->scratch},
    };
    EXPECT_OK(
        kw_quorum_of_threshold(&st->setup.quorum, st->from.roster_new.n, st->setup.fields.t_new));
    if (st->setup.fields.suite == KW_SUITE_PEDERSEN) {
        const kw_hash32 coin = threshold_hash(session_file_at(&st->from, "cluster"), "coin");
        kw_pedersen_generator(&st->setup.h, st->setup.group, &st->setup.cluster_id, &coin);
    }
    if (st->from.is_reshare) {
        const kw_json *polynomial = json_tree_at(before->root, "public_polynomial");
        st->setup.polynomial_old = threshold_g2s(before, polynomial);
    }
    const kw_session_memory_bytes bytes = kw_session_memory_bytes_of(&st->setup);
    st->lasting = kw_arena_init(bytes.lasting);
    st->secrets = kw_arena_init(bytes.secrets);
    st->scratch = kw_arena_init(bytes.scratch);
    st->now = st->setup.fields.timestamp * 1000;
}

void session_stage_close(session_stage *st)
{
    kw_session_drop(st->session);
    kw_arena_drop(&st->lasting);
    kw_arena_drop(&st->secrets);
    kw_arena_drop(&st->scratch);
}

static void expect_said(session_stage *st, const kw_authenticated *message)
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

static void act_on(session_stage *st, const kw_session_action *action)
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
        if (!st->never_seals) {
            kw_session_share_sealed(st->session);
        }
    }
}

void session_stage_run(session_stage *st)
{
    kw_session_action action;
    do {
        kw_session_next(st->session, &action, st->now);
        act_on(st, &action);
    } while (action.act != KW_SESSION_IDLE);
}

void session_stage_hear(session_stage *st, kw_message_type type, kw_instance instance)
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
    session_stage_run(st);
}
