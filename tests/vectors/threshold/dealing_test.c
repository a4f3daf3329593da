/* SPDX-License-Identifier: Apache-2.0
 * Generators and dealings as an independent implementation computed them. */
#include "threshold/engine/dealing/complaint.h"

#include "codec/hex.h"
#include "crypto/merkle.h"
#include "support/threshold_file.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/message/message.h"

enum {
    N = 4,
    T = 3,
};

static const kw_group *const group = &kw_group_bls12_381;
static threshold_file files[3];
static threshold_file *const file = &files[0];
static threshold_file *const proofs = &files[1];
static threshold_file *const generators = &files[2];

static kw_message_scope scope_of(uint8_t suite)
{
    return (kw_message_scope){
        .group = group, .kind = KW_SESSION_GENESIS, .suite = suite, .n = N, .t = T, .dealers = N};
}

static void generators__match(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(generators, "h");
    assert_int_equal(kw_json_count(rows), 3);
    for (size_t i = 0; i < 3; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_hash32 cluster = threshold_hash(row, "cluster_id");
        kw_hash32 coin = threshold_hash(row, "coin");
        kw_group_g1 h;
        kw_pedersen_generator(&h, group, &cluster, &coin);
        kw_group_g1 wanted = threshold_g1(row, "h");
        assert_true(group->g1_equal(&h, &wanted));
    }
}

static void hashes_per_purpose__match(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(generators, "H1");
    assert_int_equal(kw_json_count(rows), 6);
    for (size_t i = 0; i < 6; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_group_g1 point;
        EXPECT_OK(group->g1_hash(&point, threshold_bytes(generators, row, "message"),
                                 kw_span_of_str(json_tree_text(row, "dst"))));
        kw_group_g1 wanted = threshold_g1(row, "point");
        assert_true(group->g1_equal(&point, &wanted));
    }
}

/* The coefficients and nonces that the vectors give. */
static kw_dealer_secrets secrets_of(const kw_json *row)
{
    kw_dealer_secrets secrets = {
        .t = T, .r = threshold_secret(row, "r"), .nonce_r = threshold_secret(row, "nonce_R")};
    secrets.a = (kw_group_secret *)(uintptr_t)threshold_secrets(file, json_tree_at(row, "a"));
    if (kw_json_get(row, "b") != NULL) {
        secrets.b = (kw_group_secret *)(uintptr_t)threshold_secrets(file, json_tree_at(row, "b"));
    } else {
        secrets.nonce_a0 = threshold_secret(row, "nonce_a0");
    }
    return secrets;
}

/* Every receiver's share, sealed and opened under the K that the vectors give. */
static void check_shares(const kw_json *row, const kw_message_scope *scope, const kw_hash32 *sid,
                         const kw_group_g1 *h)
{
    kw_dealer_secrets secrets = secrets_of(row);
    const kw_json *c = json_tree_at(row, "C");
    kw_commitments commitments = {.t = T};
    if (scope->suite == KW_SUITE_PEDERSEN) {
        commitments.g1 = threshold_g1s(file, c);
    } else {
        commitments.g2 = threshold_g2s(file, c);
    }
    const kw_json *receivers = json_tree_at(row, "receivers");
    uint8_t all[N * 64];
    size_t size = kw_scope_share_bytes(scope);
    for (uint16_t j = 1; j <= N; j++) {
        const kw_json *receiver = kw_json_item(receivers, j - 1u);
        kw_share_place place = {*sid, (uint16_t)json_tree_integer(row, "dealer"), j};
        kw_group_shared_bytes shared;
        EXPECT_OK(kw_hex_decode_to(KW_MSPAN(shared.bytes), json_tree_text(receiver, "K")));
        kw_share share = {0};
        EXPECT_OK(group->poly_eval(&share.f, secrets.a, T, j));
        if (secrets.b != NULL) {
            EXPECT_OK(group->poly_eval(&share.f2, secrets.b, T, j));
        }
        kw_mspan sealed = {&all[(j - 1u) * size], size};
        kw_share_seal(sealed, &share, scope, &place, &shared);
        EXPECT_SPAN(kw_span_of_mspan(sealed), threshold_bytes(file, receiver, "E"));
        kw_share again;
        EXPECT_OK(kw_share_open(&again, kw_span_of_mspan(sealed), scope, &place, &shared));
        assert_true(kw_share_matches(&again, group, &commitments, h, j));
        assert_false(kw_share_matches(&again, group, &commitments, h, (uint16_t)(j + 1)));
        kw_group_secret_bytes clear;
        group->secret_encode(&clear, &again.f);
        kw_span wanted = threshold_bytes(file, receiver, "clear");
        assert_memory_equal(clear.bytes, wanted.ptr, sizeof clear.bytes);
    }
    kw_hash32 root;
    kw_shares_root(&root, &(kw_shares){N, {all, N * size}});
    kw_hash32 wanted = threshold_hash(row, "shares_root");
    assert_memory_equal(root.bytes, wanted.bytes, sizeof root.bytes);
}

static void shares__are_those_of_the_vectors(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(file, "suite2");
    kw_message_scope scope = scope_of(KW_SUITE_PEDERSEN);
    kw_hash32 sid = threshold_hash(file->root, "sid");
    kw_group_g1 h = threshold_g1(file->root, "h");
    assert_int_equal(kw_json_count(rows), 2);
    check_shares(kw_json_item(rows, 0), &scope, &sid, &h);
    check_shares(kw_json_item(rows, 1), &scope, &sid, &h);
    const kw_json *genesis = threshold_part(file, "suite1_genesis");
    sid = threshold_hash(json_tree_at(genesis, "session"), "sid");
    scope = scope_of(KW_SUITE_FELDMAN);
    rows = json_tree_at(genesis, "dealings");
    check_shares(kw_json_item(rows, 0), &scope, &sid, &h);
    check_shares(kw_json_item(rows, 1), &scope, &sid, &h);
}

/* Session keys are not in the file, so the shares come from it; all else is made again. */
static void feldman_payloads__are_made_byte_for_byte(void **state)
{
    (void)state;
    const kw_json *rows = json_tree_at(threshold_part(file, "suite1_genesis"), "dealings");
    kw_message_scope scope = scope_of(KW_SUITE_FELDMAN);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_span payload = threshold_bytes(file, json_tree_at(row, "DEAL"), "payload");
        kw_span shares_payload = threshold_bytes(file, json_tree_at(row, "SHARES"), "payload");
        kw_message deal;
        kw_message shares;
        EXPECT_OK(kw_message_decode(&deal, &file->arena, payload, &scope));
        EXPECT_OK(kw_message_decode(&shares, &file->arena, shares_payload, &scope));
        kw_dealing_place place = {.sid = deal.header.sid,
                                  .sender = deal.header.sender,
                                  .dealer = (uint16_t)json_tree_integer(row, "dealer")};
        kw_dealing dealing;
        EXPECT_OK(kw_dealing_check(
            &dealing,
            &(kw_dealing_claim){&deal.body.deal, {{0}}, &shares.body.shares, &scope, &place}));
        kw_dealer_secrets secrets = secrets_of(row);
        kw_receiver receivers[N] = {0}; /* nobody: no key is needed */
        kw_dealing_parts parts = {&scope, &place, &secrets, receivers};
        kw_shares none;
        kw_message made = deal;
        EXPECT_OK(kw_dealing_make(&made.body.deal, &none, &file->arena, &parts));
        made.body.deal.receivers = deal.body.deal.receivers;
        kw_shares_root(&made.body.deal.shares_root, &shares.body.shares);
        KW_AUTO(kw_buf) wire = kw_buf_init(1 << 12);
        kw_writer w = kw_writer_to(&wire);
        kw_message_write(&w, &made, &scope);
        EXPECT_OK(kw_write_end(&w));
        EXPECT_SPAN(kw_buf_view(&wire), payload);
    }
}

static void shares_root__is_that_of_rfc_6962(void **state)
{
    (void)state;
    const kw_json *roots = threshold_part(file, "roots");
    assert_int_equal(kw_json_count(roots), 5);
    for (size_t i = 0; i <= kw_json_count(roots); i++) {
        const kw_json *row =
            i < 5 ? kw_json_item(roots, i) : threshold_part(file, "root_with_zero_receiver");
        const kw_json *leaves = json_tree_at(row, "E");
        kw_hash32 root;
        kw_shares_root(
            &root, &(kw_shares){(uint16_t)kw_json_count(leaves), threshold_joined(file, leaves)});
        kw_hash32 wanted = threshold_hash(row, "root");
        assert_memory_equal(root.bytes, wanted.bytes, sizeof root.bytes);
    }
    const kw_json *paths = threshold_part(file, "audit_paths");
    for (size_t i = 0; i < kw_json_count(paths); i++) {
        const kw_json *row = kw_json_item(paths, i);
        kw_span path = threshold_joined(file, json_tree_at(row, "path"));
        kw_merkle_proof proof = {.count = path.len / 32};
        memcpy(proof.hashes, path.ptr, path.len);
        kw_merkle_leaf_at claim = {.index = (uint64_t)json_tree_integer(row, "j") - 1};
        kw_merkle_leaf(&claim.leaf, threshold_bytes(file, row, "leaf"));
        kw_merkle_head head = {N, threshold_hash(row, "root")};
        assert_true(kw_merkle_verify_inclusion(&proof, &claim, &head));
    }
}

static const char *result_of(const kw_json *row)
{
    kw_span clear = threshold_bytes(file, row, "clear");
    kw_share share = {0};
    kw_group_secret_bytes half;
    memcpy(half.bytes, clear.ptr, sizeof half.bytes);
    if (group->secret_decode(&share.f, &half) == KW_RANGE) {
        return "f >= r";
    }
    memcpy(half.bytes, &clear.ptr[32], sizeof half.bytes);
    if (group->secret_decode(&share.f2, &half) == KW_RANGE) {
        return "f' >= r";
    }
    const kw_json *dealings = threshold_part(file, "suite2");
    const kw_json *dealing = kw_json_item(dealings, (size_t)json_tree_integer(row, "dealer") - 1);
    kw_commitments c = {.t = T, .g1 = threshold_g1s(file, json_tree_at(dealing, "C"))};
    kw_group_g1 h = threshold_g1(file->root, "h");
    uint16_t member = (uint16_t)json_tree_integer(row, "j");
    return kw_share_matches(&share, group, &c, &h, member) ? "ok" : "commitment";
}

static void opened_shares__have_the_results_given(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(file, "share_tests");
    assert_int_equal(kw_json_count(rows), 5);
    for (size_t i = 0; i < 5; i++) {
        const kw_json *row = kw_json_item(rows, i);
        EXPECT_STR(json_tree_text(row, "result"), result_of(row));
    }
}

/* The complaint of proofs.json: its proof holds, and the share that it opens is bad. */
static void complaint__convicts_the_dealer(void **state)
{
    (void)state;
    const kw_json *row = threshold_part(proofs, "complaint");
    const kw_json *dleq = kw_json_item(threshold_part(proofs, "dleq"), 0);
    const kw_json *extraction = kw_json_item(threshold_part(proofs, "extract"), 0);
    kw_message_scope scope = scope_of(KW_SUITE_PEDERSEN);
    uint16_t member = (uint16_t)json_tree_integer(row, "member");
    kw_dealing_place place = {.sid = threshold_hash(dleq, "sid"),
                              .dealer = (uint16_t)json_tree_integer(row, "dealer"),
                              .h = threshold_g1(extraction, "h")};
    uint8_t all[N * 64] = {0};
    kw_span sealed = threshold_bytes(proofs, row, "E");
    memcpy(&all[(member - 1) * 64], sealed.ptr, sealed.len);
    kw_shares shares = {N, {all, sizeof all}};
    static const kw_hash32 hellos[N] = {{{1}}, {{2}}, {{3}}, {{4}}};
    kw_deal deal = {.n = N,
                    .c = {.t = T, .g1 = threshold_g1s(proofs, json_tree_at(row, "C"))},
                    .r = threshold_g1(dleq, "R"),
                    .receivers = {hellos, N}};
    kw_dealing dealing = {&deal, threshold_hash(dleq, "deal_hash"), &shares, &scope, &place};
    kw_echo_entry entry;
    kw_group_secret ek_secret = threshold_secret(dleq, "x");
    kw_group_secret nonce = threshold_secret(dleq, "k");
    kw_complaint_make(&entry, &dealing, member, &ek_secret, &nonce);
    kw_group_g1 ek = threshold_g1(dleq, "ek");
    kw_group_g1 p = threshold_g1(dleq, "P");
    kw_group_scalar c = threshold_scalar(dleq, "c");
    assert_true(group->g1_equal(&entry.p, &p));
    assert_true(group->scalar_equal(&entry.proof.c, &c));
    assert_int_equal(kw_complaint_judge(&entry, &dealing, member, &ek), KW_COMPLAINT_TRUE);
    kw_group_scalar one = group->scalar_of_u64(1);
    group->scalar_add(&entry.proof.z, &entry.proof.z, &one);
    assert_int_equal(kw_complaint_judge(&entry, &dealing, member, &ek), KW_COMPLAINT_VOID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generators__match),
        cmocka_unit_test(hashes_per_purpose__match),
        cmocka_unit_test(shares__are_those_of_the_vectors),
        cmocka_unit_test(feldman_payloads__are_made_byte_for_byte),
        cmocka_unit_test(shares_root__is_that_of_rfc_6962),
        cmocka_unit_test(opened_shares__have_the_results_given),
        cmocka_unit_test(complaint__convicts_the_dealer),
    };
    const threshold_suite suite = {.group = "threshold/dealing",
                                   .names = {"dealing.json", "proofs.json", "generators.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, files);
}
