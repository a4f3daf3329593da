/* SPDX-License-Identifier: Apache-2.0
 * The first half of a genesis session, made again from its secrets: every HELLO, DEAL, SHARES, ECHO
 * and EXTRACT with its signature, byte for byte. Dealer 3 sent member 2 a bad share. */
#include "threshold/engine/dealing/complaint.h"

#include "support/session_file.h"
#include "threshold/engine/message/authenticated.h"

enum {
    N = 4,
    BAD_DEALER = 3,
    ITS_VICTIM = 2,
};

static const kw_message_scope scope = {.group = &kw_group_bls12_381,
                                       .kind = KW_SESSION_GENESIS,
                                       .suite = KW_SUITE_PEDERSEN,
                                       .n = N,
                                       .t = 3,
                                       .dealers = N};
static const uint8_t suites[] = {1, 2};

static threshold_file file;
static kw_message_header header; /* but for type and sender */
static kw_group_g1 h;
static kw_group_secret ek[N];
static kw_receiver receivers[N];

static const kw_json *at(const char *list, size_t i)
{
    return kw_json_item(json_tree_at(file.root, list), i);
}

static int set_up(void **state)
{
    (void)state;
    const kw_json *session = json_tree_at(file.root, "session");
    header = (kw_message_header){.suite = scope.suite,
                                 .cluster_id = threshold_hash(session, "cluster_id"),
                                 .sid = threshold_hash(session, "sid"),
                                 .epoch = 1,
                                 .timestamp = (uint64_t)json_tree_integer(session, "timestamp")};
    h = threshold_g1(file.root, "h");
    for (size_t j = 0; j < N; j++) {
        ek[j] = threshold_secret(at("HELLO", j), "ek_secret");
        scope.group->g1_base(&receivers[j].ek, &ek[j]);
        receivers[j].hello = threshold_hash(at("HELLO", j), "hash");
    }
    return 0;
}

/* A message of that member, its body yet to be filled. */
static kw_message message_of(kw_message_type type, size_t member)
{
    kw_message message = {.header = header};
    message.header.type = type;
    message.header.sender = threshold_address(at("roster", member - 1), "address");
    return message;
}

/* Payload, hash and signature are those of the vectors. */
static void expect_signed(const kw_message *message, size_t member, const kw_json *wanted)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, message, &scope);
    EXPECT_OK(kw_write_end(&w));
    EXPECT_SPAN(kw_buf_view(&wire), threshold_bytes(&file, wanted, "payload"));
    session_file_keys own;
    kw_peer_signer signer = session_file_signer(&own, &file, at("roster", member - 1));
    kw_authenticated signed_one;
    EXPECT_OK(kw_authenticated_make(&signed_one, kw_buf_view(&wire), &signer));
    kw_hash32 hash = threshold_hash(wanted, "hash");
    assert_memory_equal(signed_one.hash.bytes, hash.bytes, sizeof hash.bytes);
    EXPECT_SPAN(kw_peer_signature_view(&signed_one.signature),
                threshold_bytes(&file, wanted, "signature"));
}

static void hellos__are_made_byte_for_byte(void **state)
{
    (void)state;
    for (size_t j = 1; j <= N; j++) {
        const kw_json *wanted = at("HELLO", j - 1);
        kw_message message = message_of(KW_MESSAGE_HELLO, j);
        const kw_pok_place place = {KW_POK_EK, header.sid, message.header.sender};
        kw_group_secret nonce = threshold_secret(wanted, "nonce_k");
        message.body.hello = (kw_hello){.suites = KW_SPAN(suites), .ek = receivers[j - 1].ek};
        kw_pok_g1_make(&message.body.hello.proof, scope.group, &place, &ek[j - 1], &nonce);
        expect_signed(&message, j, wanted);
    }
}

/* A dealing as its dealer sent it. */
typedef struct sent {
    kw_dealing_place place;
    kw_message deal;
    kw_message shares;
    kw_dealing dealing; /* checked */
} sent;

static void receive(sent *out, uint16_t dealer)
{
    const kw_json *wanted = at("dealings", dealer - 1u);
    const kw_json *deal = json_tree_at(wanted, "DEAL");
    EXPECT_OK(kw_message_decode(&out->deal, &file.arena, threshold_bytes(&file, deal, "payload"),
                                &scope));
    kw_span shares = threshold_bytes(&file, json_tree_at(wanted, "SHARES"), "payload");
    EXPECT_OK(kw_message_decode(&out->shares, &file.arena, shares, &scope));
    out->place = (kw_dealing_place){header.sid, out->deal.header.sender, dealer, h};
    const kw_dealing_claim claimed = {&out->deal.body.deal, threshold_hash(deal, "hash"),
                                      &out->shares.body.shares, &scope, &out->place};
    EXPECT_OK(kw_dealing_check(&out->dealing, &claimed));
}

static kw_dealer_secrets secrets_of(uint16_t dealer)
{
    const kw_json *row = at("dealings", dealer - 1u);
    return (kw_dealer_secrets){
        .a = (kw_group_secret *)(uintptr_t)threshold_secrets(&file, json_tree_at(row, "a")),
        .b = (kw_group_secret *)(uintptr_t)threshold_secrets(&file, json_tree_at(row, "b")),
        .r = threshold_secret(row, "r"),
        .nonce_r = threshold_secret(row, "nonce_R"),
        .t = 3};
}

static void dealings__are_made_byte_for_byte(void **state)
{
    (void)state;
    for (uint16_t i = 1; i <= N; i++) {
        const kw_json *wanted = at("dealings", i - 1u);
        sent got;
        receive(&got, i);
        kw_dealer_secrets secrets = secrets_of(i);
        const kw_dealing_parts parts = {&scope, &got.place, &secrets, receivers};
        kw_message deal = message_of(KW_MESSAGE_DEAL, i);
        kw_message shares = message_of(KW_MESSAGE_SHARES, i);
        EXPECT_OK(kw_dealing_make(&deal.body.deal, &shares.body.shares, &file.arena, &parts));
        if (i == BAD_DEALER) { /* the honest dealing differs in one share, and so in the root */
            kw_span bad = kw_shares_at(got.dealing.shares, ITS_VICTIM);
            uint8_t *good = (uint8_t *)(uintptr_t)kw_shares_at(&shares.body.shares, ITS_VICTIM).ptr;
            assert_memory_not_equal(good, bad.ptr, bad.len);
            memcpy(good, bad.ptr, bad.len);
            kw_shares_root(&deal.body.deal.shares_root, &shares.body.shares);
        }
        expect_signed(&deal, i, json_tree_at(wanted, "DEAL"));
        expect_signed(&shares, i, json_tree_at(wanted, "SHARES"));
    }
}

static void judge(kw_echo_entry *out, const sent *got, uint16_t member, const kw_json *nonce)
{
    kw_share share;
    kw_status st = kw_dealing_open(&share, &got->dealing, member, &ek[member - 1]);
    bool is_bad = got->place.dealer == BAD_DEALER && member == ITS_VICTIM;
    EXPECT_STATUS(st, is_bad ? KW_REFUSED : KW_OK);
    *out = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = got->dealing.hash};
    if (is_bad) {
        kw_group_scalar value;
        kw_group_secret k;
        kw_span bytes = threshold_hex(&file, kw_json_text(nonce));
        EXPECT_OK(scope.group->scalar_decode(&value, bytes));
        scope.group->secret_of_scalar(&k, &value);
        kw_complaint_make(out, &got->dealing, member, &ek[member - 1], &k);
        kw_complaint_verdict verdict =
            kw_complaint_judge(out, &got->dealing, member, &receivers[member - 1].ek);
        assert_int_equal(verdict, KW_COMPLAINT_TRUE);
    }
}

static void echoes__say_who_is_bad(void **state)
{
    (void)state;
    for (uint16_t j = 1; j <= N; j++) {
        const kw_json *wanted = at("ECHO", j - 1u);
        kw_echo_entry entries[N];
        for (uint16_t i = 1; i <= N; i++) {
            sent got;
            receive(&got, i);
            judge(&entries[i - 1], &got, j, kw_json_item(json_tree_at(wanted, "nonces"), i - 1u));
        }
        kw_message message = message_of(KW_MESSAGE_ECHO, j);
        message.body.echo = (kw_echo){entries, N};
        expect_signed(&message, j, wanted);
    }
}

static void extractions__are_made_byte_for_byte(void **state)
{
    (void)state;
    const kw_json *rows = json_tree_at(file.root, "extractions");
    assert_int_equal(kw_json_count(rows), 3);
    for (size_t row = 0; row < 3; row++) {
        const kw_json *wanted = kw_json_item(rows, row);
        uint16_t dealer = (uint16_t)json_tree_integer(wanted, "i");
        sent got;
        receive(&got, dealer);
        kw_dealer_secrets secrets = secrets_of(dealer);
        secrets.nonce_a = threshold_secret(wanted, "ka");
        secrets.nonce_b = threshold_secret(wanted, "kb");
        const kw_dealing_parts parts = {&scope, &got.place, &secrets, receivers};
        kw_message message = message_of(KW_MESSAGE_EXTRACT, dealer);
        EXPECT_OK(
            kw_extract_make(&message.body.extract, &file.arena, &got.dealing.deal->c, &parts));
        expect_signed(&message, dealer, json_tree_at(wanted, "EXTRACT"));
        EXPECT_OK(kw_extract_check(&message.body.extract, &file.arena, &got.dealing.deal->c,
                                   scope.group, &got.place));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hellos__are_made_byte_for_byte),
        cmocka_unit_test(dealings__are_made_byte_for_byte),
        cmocka_unit_test(echoes__say_who_is_bad),
        cmocka_unit_test(extractions__are_made_byte_for_byte),
    };
    const threshold_suite suite = {.group = "threshold/genesis_dealings",
                                   .names = {"genesis.json"},
                                   .set_up = set_up,
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
