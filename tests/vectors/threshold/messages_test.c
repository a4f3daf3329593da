/* SPDX-License-Identifier: Apache-2.0
 * Every body as an independent implementation wrote it: read, built again from its fields, and the
 * payloads that a parser refuses. */
#include "threshold/engine/message/message.h"

#include "support/threshold_file.h"

static threshold_file file;

static kw_message_scope scope_of(const kw_json *ctx)
{
    kw_str instance = json_tree_text(ctx, "instance");
    return (kw_message_scope){
        .group = &kw_group_bls12_381,
        .kind = (kw_session_kind)json_tree_integer(ctx, "kind"),
        .suite = (uint8_t)json_tree_integer(ctx, "suite"),
        .n = (uint16_t)json_tree_integer(ctx, "n"),
        .t = (uint16_t)json_tree_integer(ctx, "t"),
        .dealers = (uint16_t)json_tree_integer(ctx, "n_dealers"),
        .instance = kw_str_equal(instance, KW_STR("open"))       ? KW_INSTANCE_OPEN
                    : kw_str_equal(instance, KW_STR("handover")) ? KW_INSTANCE_HANDOVER
                                                                 : KW_INSTANCE_SET,
    };
}

static kw_proof proof_of(const kw_json *fields, const char *name)
{
    const kw_json *proof = json_tree_at(fields, name);
    return (kw_proof){threshold_scalar(proof, "c"), threshold_scalar(proof, "z")};
}

static kw_hash_list hashes_of(const kw_json *fields, const char *name)
{
    const kw_json *list = json_tree_at(fields, name);
    kw_span joined = threshold_joined(&file, list);
    return (kw_hash_list){(const kw_hash32 *)joined.ptr, (uint16_t)kw_json_count(list)};
}

static kw_hello hello_of(const kw_json *f)
{
    const kw_json *list = json_tree_at(f, "suites");
    size_t count = kw_json_count(list);
    uint8_t *suites = kw_arena_new(&file.arena, count + 1, 1);
    assert_non_null(suites);
    for (size_t i = 0; i < count; i++) {
        int64_t suite = 0;
        assert_true(kw_json_integer(kw_json_item(list, i), &suite));
        suites[i] = (uint8_t)suite;
    }
    return (kw_hello){.suites = {suites, count},
                      .head = threshold_hash(f, "head"),
                      .ek = threshold_g1(f, "ek"),
                      .proof = proof_of(f, "proof")};
}

static kw_deal deal_of(const kw_json *f, const kw_message_scope *scope)
{
    const kw_json *c = json_tree_at(f, "C");
    kw_deal deal = {.n = (uint16_t)json_tree_integer(f, "n"),
                    .c.t = (uint16_t)json_tree_integer(f, "t"),
                    .r = threshold_g1(f, "R"),
                    .proof_r = proof_of(f, "proof_R"),
                    .receivers = hashes_of(f, "receivers"),
                    .shares_root = threshold_hash(f, "shares_root")};
    if (scope->suite == KW_SUITE_PEDERSEN) {
        deal.c.g1 = threshold_g1s(&file, c);
    } else {
        deal.c.g2 = threshold_g2s(&file, c);
    }
    if (kw_json_get(f, "proof_a0") != NULL) {
        deal.proof_a0 = proof_of(f, "proof_a0");
    }
    return deal;
}

static kw_echo echo_of(const kw_json *f)
{
    const kw_json *list = json_tree_at(f, "echo");
    size_t count = kw_json_count(list);
    kw_echo_entry *entries = kw_arena_new(&file.arena, count, sizeof *entries);
    assert_non_null(entries);
    for (size_t i = 0; i < count; i++) {
        const kw_json *item = kw_json_item(list, i);
        entries[i].verdict = (kw_echo_verdict)json_tree_integer(item, "status");
        if (entries[i].verdict != KW_ECHO_MISSING) {
            entries[i].deal = threshold_hash(item, "hash");
        }
        if (entries[i].verdict == KW_ECHO_COMPLAINT) {
            entries[i].p = threshold_g1(item, "P");
            entries[i].proof = proof_of(item, "proof");
        }
    }
    return (kw_echo){entries, (uint16_t)count};
}

static kw_propose propose_of(const kw_json *f)
{
    kw_propose propose = {.view = (uint32_t)json_tree_integer(f, "view"),
                          .valid_view = KW_VIEW_NONE};
    int64_t valid = 0;
    if (kw_json_integer(kw_json_get(f, "valid_view"), &valid)) {
        propose.valid_view = (uint32_t)valid;
    }
    if (kw_json_get(f, "digest") != NULL) {
        propose.digest = threshold_hash(f, "digest");
    }
    if (kw_json_get(f, "hashes") != NULL) {
        propose.hashes = hashes_of(f, "hashes");
    }
    const kw_json *opened = kw_json_get(f, "opened");
    uint8_t *bytes = kw_arena_new(&file.arena, kw_json_count(opened) + 1, 2);
    for (size_t i = 0; i < kw_json_count(opened); i++) {
        int64_t dealer = 0;
        assert_true(kw_json_integer(kw_json_item(opened, i), &dealer));
        bytes[2 * i + 1] = (uint8_t)dealer;
    }
    propose.opened = (kw_span){bytes, 2 * kw_json_count(opened)};
    return propose;
}

static kw_vote vote_of(const kw_json *f)
{
    kw_vote vote = {.view = (uint32_t)json_tree_integer(f, "view"),
                    .value = threshold_hash(f, "value")};
    if (kw_json_get(f, "wanted") != NULL) {
        vote.wanted = hashes_of(f, "wanted");
    }
    return vote;
}

static kw_extract extract_of(const kw_json *f)
{
    const kw_json *a = json_tree_at(f, "A");
    return (kw_extract){.a = threshold_g2s(&file, a),
                        .t = (uint16_t)kw_json_count(a),
                        .proof = {threshold_scalar(f, "c"), threshold_scalar(f, "z_a"),
                                  threshold_scalar(f, "z_b")}};
}

static kw_reconstruct reconstruct_of(const kw_json *f)
{
    const kw_json *list = json_tree_at(f, "pairs");
    size_t count = kw_json_count(list);
    kw_opened_share *shares = kw_arena_new(&file.arena, count, sizeof *shares);
    assert_non_null(shares);
    for (size_t i = 0; i < count; i++) {
        const kw_json *item = kw_json_item(list, i);
        shares[i] = (kw_opened_share){(uint16_t)json_tree_integer(item, "i"),
                                      threshold_scalar(item, "f"), threshold_scalar(item, "f2")};
    }
    return (kw_reconstruct){shares, (uint16_t)count};
}

/* The body of a message from the fields that the vectors name. */
static void build(kw_message *out, const kw_json *f, const kw_message_scope *scope)
{
    switch (out->header.type) {
    case KW_MESSAGE_HELLO:
        out->body.hello = hello_of(f);
        break;
    case KW_MESSAGE_DEAL:
        out->body.deal = deal_of(f, scope);
        break;
    case KW_MESSAGE_SHARES:
        out->body.shares = (kw_shares){(uint16_t)kw_json_count(json_tree_at(f, "E")),
                                       threshold_joined(&file, json_tree_at(f, "E"))};
        break;
    case KW_MESSAGE_HAVE:
        out->body.have = (kw_have){hashes_of(f, "have")};
        break;
    case KW_MESSAGE_ECHO:
        out->body.echo = echo_of(f);
        break;
    case KW_MESSAGE_PROPOSE:
        out->body.propose = propose_of(f);
        break;
    case KW_MESSAGE_PREVOTE:
    case KW_MESSAGE_PRECOMMIT:
        out->body.vote = vote_of(f);
        break;
    case KW_MESSAGE_EXTRACT:
        out->body.extract = extract_of(f);
        break;
    case KW_MESSAGE_RECONSTRUCT:
        out->body.reconstruct = reconstruct_of(f);
        break;
    case KW_MESSAGE_COMMIT:
    case KW_MESSAGE_SEAL:
        out->body.commit =
            (kw_commit){.digest = threshold_hash(f, "digest"), .share = threshold_g1(f, "share")};
        break;
    }
}

static void expect_bytes(const kw_message *message, const kw_message_scope *scope, kw_span wanted)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, message, scope);
    EXPECT_OK(kw_write_end(&w));
    EXPECT_SPAN(kw_buf_view(&wire), wanted);
}

static void bodies__are_read_and_built_byte_for_byte(void **state)
{
    (void)state;
    const kw_json *cases = threshold_part(&file, "accepted");
    assert_int_equal(kw_json_count(cases), 21);
    unsigned seen = 0;
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        const kw_json *item = kw_json_item(cases, i);
        print_message("%.*s\n", KW_STR_ARG(json_tree_text(item, "type")));
        kw_message_scope scope = scope_of(json_tree_at(item, "ctx"));
        kw_span payload = threshold_bytes(&file, item, "payload");
        kw_arena arena = kw_arena_init(KW_THRESHOLD_MESSAGE_ARENA_MAX);
        kw_message message;
        EXPECT_OK(kw_message_decode(&message, &arena, payload, &scope));
        expect_bytes(&message, &scope, payload);
        kw_message built = {0};
        EXPECT_OK(kw_message_header_decode(&built.header, payload));
        build(&built, json_tree_at(item, "fields"), &scope);
        expect_bytes(&built, &scope, payload);
        for (size_t len = 0; len < payload.len; len++) {
            kw_status st = kw_message_decode(&message, &arena, (kw_span){payload.ptr, len}, &scope);
            assert_int_not_equal(st, KW_OK);
        }
        seen |= 1u << built.header.type;
        kw_arena_drop(&arena);
    }
    assert_int_equal(seen, 0x1ffe); /* types 1 to 12 */
}

static void payloads__are_refused_for_their_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        kw_status wanted;
    } reasons[] = {
        {"trailing byte", KW_BAD_INPUT},
        {"one byte short", KW_BAD_INPUT},
        {"magic", KW_BAD_INPUT},
        {"flags", KW_BAD_INPUT},
        {"type 13", KW_BAD_INPUT},
        {"ek infinity", KW_INFINITY},
        {"ek off the subgroup", KW_NOT_IN_SUBGROUP},
        {"ek not compressed", KW_ENCODING},
        {"suites descending", KW_ENCODING},
        {"proof c >= r", KW_RANGE},
        {"proof z >= r", KW_RANGE},
        {"DEAL t + 1", KW_LENGTH},
        {"DEAL n - 1", KW_LENGTH},
        {"DEAL C_2 infinity", KW_INFINITY},
        {"DEAL with an extra point", KW_LENGTH},
        {"SHARES count 3", KW_LENGTH},
        {"ECHO status 3", KW_BAD_INPUT},
        {"ECHO count 5", KW_LENGTH},
        {"PREVOTE wanted with a value", KW_ENCODING},
        {"PROPOSE duplicate hash", KW_ENCODING},
        {"PROPOSE valid view = view", KW_ENCODING},
    };
    const kw_json *refused = threshold_part(&file, "refused");
    kw_message_scope scope = scope_of(json_tree_at(refused, "context"));
    const kw_json *cases = json_tree_at(refused, "cases");
    assert_int_equal(kw_json_count(cases), KW_COUNT(reasons));
    for (size_t i = 0; i < KW_COUNT(reasons); i++) {
        const kw_json *item = kw_json_item(cases, i);
        EXPECT_STR(json_tree_text(item, "name"), reasons[i].name);
        kw_message message = {.header.epoch = 77};
        kw_span payload = threshold_bytes(&file, item, "payload");
        kw_status got = kw_message_decode(&message, &file.arena, payload, &scope);
        if (got != reasons[i].wanted) {
            fail_msg("%s: %s", reasons[i].name, kw_status_name(got));
        }
        assert_int_equal(message.header.epoch, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies__are_read_and_built_byte_for_byte),
        cmocka_unit_test(payloads__are_refused_for_their_reason),
    };
    const threshold_suite suite = {.group = "threshold/messages",
                                   .names = {"messages.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
