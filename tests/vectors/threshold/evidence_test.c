/* SPDX-License-Identifier: Apache-2.0
 * Proofs of fraud as independent implementations made them, with their verdicts. */
#include "threshold/engine/fraud/fraud.h"

#include "crypto/hash.h"
#include "support/threshold_file.h"
#include "support/vector_file.h"

/* How the vectors word a reason. */
static const struct {
    const char *why;
    kw_fraud_reason reason;
} words[] = {
    {"commitment", KW_FRAUD_SHARE_BAD},
    {"f >= r", KW_FRAUD_SHARE_BAD},
    {"share passes", KW_FRAUD_COMPLAINT_FALSE},
    {"two bodies", KW_FRAUD_TWO_BODIES},
    {"proof fails", KW_FRAUD_EXTRACT_BAD},
    {"HELLO not named", KW_FRAUD_HELLO_UNNAMED},
    {"sid", KW_FRAUD_OTHER_SESSION},
    {"signature", KW_FRAUD_SIGNATURE},
    {"not the same slot", KW_FRAUD_TWO_PLACES},
    {"proof holds", KW_FRAUD_EXTRACT_GOOD},
    {"C_0 != VK_i", KW_FRAUD_SOURCE_WRONG},
    {"C_0 = VK_i", KW_FRAUD_SOURCE_RIGHT},
    {"previous certificate", KW_FRAUD_CERTIFICATE},
};

static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
static threshold_file file;

static int open_file(void **state)
{
    (void)state;
    threshold_file_open(&file, THRESHOLD_SHARED, "evidence.json");
    return 0;
}

static int close_file(void **state)
{
    (void)state;
    threshold_file_drop(&file);
    return 0;
}

static void expect_reason(kw_fraud_reason got, kw_str why)
{
    for (size_t i = 0; i < KW_COUNT(words); i++) {
        if (kw_str_equal(why, kw_str_of(words[i].why))) {
            assert_string_equal(kw_fraud_reason_text(got), kw_fraud_reason_text(words[i].reason));
            return;
        }
    }
    fail_msg("no word for %.*s", KW_STR_ARG(why));
}

static void expect_same_bytes(const kw_fraud_file *proof, kw_span bytes)
{
    KW_AUTO(kw_buf) again = kw_buf_init(bytes.len);
    kw_writer w = kw_writer_to(&again);
    kw_fraud_file_write(&w, proof);
    EXPECT_OK(kw_write_end(&w));
    EXPECT_SPAN(kw_buf_view(&again), bytes);
}

static void files__have_the_verdicts_given(void **state)
{
    (void)state;
    if (file.root == NULL) {
        skip();
    }
    const kw_json *rows = threshold_part(&file, "cases");
    kw_hash32 cluster_id = threshold_hash(threshold_part(&file, "cluster"), "cluster_id");
    assert_int_equal(kw_json_count(rows), 16);
    for (size_t i = 0; i < 16; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_span bytes = threshold_bytes(&file, row, "file");
        kw_fraud_file proof;
        kw_fraud_verdict verdict;
        kw_error err = {.status = KW_OK};
        EXPECT_OK(kw_fraud_file_decode(&proof, &file.arena, bytes, &kw_peer_schemes_all, &err));
        expect_same_bytes(&proof, bytes);
        EXPECT_OK(kw_fraud_judge(&verdict, &file.arena, &proof, &form));
        expect_reason(verdict.reason, json_tree_text(row, "why"));
        assert_int_equal(kw_fraud_convicts(verdict.reason), json_tree_is_true(row, "proven"));
        if (kw_fraud_convicts(verdict.reason)) {
            kw_address guilty = threshold_address(row, "guilty");
            assert_true(kw_address_equal(&verdict.member, &guilty));
            assert_int_equal(proof.kind, json_tree_integer(row, "fp"));
            assert_true(kw_hash32_equal(&verdict.cluster_id, &cluster_id));
        }
    }
}

static const kw_json *case_of(kw_str name)
{
    const kw_json *rows = threshold_part(&file, "cases");
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        const kw_json *row = kw_json_item(rows, i);
        if (kw_str_equal(json_tree_text(row, "name"), name)) {
            return row;
        }
    }
    fail();
    return NULL;
}

/* The same messages, said to prove something else. */
static void files__of_another_number_prove_nothing(void **state)
{
    (void)state;
    if (file.root == NULL) {
        skip();
    }
    const kw_json *rows = threshold_part(&file, "other_number_in_byte_4");
    assert_int_equal(kw_json_count(rows), 3);
    static const kw_fraud_reason wanted[] = {KW_FRAUD_COMPLAINT_TRUE, KW_FRAUD_SHARE_GOOD};
    for (size_t i = 0; i < 3; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_span bytes = threshold_bytes(&file, case_of(json_tree_text(row, "file_of")), "file");
        ((uint8_t *)(uintptr_t)bytes.ptr)[4] = (uint8_t)json_tree_integer(row, "byte_4");
        kw_fraud_file proof;
        kw_fraud_verdict verdict;
        kw_error err;
        kw_status st = kw_fraud_file_decode(&proof, &file.arena, bytes, &kw_peer_schemes_all, &err);
        EXPECT_STATUS(st, i < 2 ? KW_OK : KW_BAD_INPUT);
        if (st == KW_OK) {
            EXPECT_OK(kw_fraud_judge(&verdict, &file.arena, &proof, &form));
            assert_int_equal(verdict.reason, wanted[i]);
        }
    }
}

/* ---- tests/vectors/threshold/evidence.json, made by tests/oracle/threshold_evidence.mjs ---- */
static kw_fraud_reason reason_named(kw_str name)
{
    static const char *const names[] = {
#define X(upper, convicts, text) [KW_FRAUD_##upper] = #upper,
        KW_FRAUD_REASON_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        if (kw_str_equal(name, kw_str_of(names[i]))) {
            return (kw_fraud_reason)i;
        }
    }
    fail_msg("no reason %.*s", KW_STR_ARG(name));
    return KW_FRAUD_UNDECIDED;
}

static void expect_case(const kw_json *row, const kw_hash32 *cluster_id)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(2 * (size_t)KW_THRESHOLD_FRAUD_ARENA_MAX);
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_THRESHOLD_FRAUD_BYTES_MAX);
    vector_append(&bytes, json_tree_at(row, "file"));
    kw_fraud_file proof;
    kw_fraud_verdict verdict;
    EXPECT_OK(
        kw_fraud_file_decode(&proof, &arena, kw_buf_view(&bytes), &kw_peer_schemes_all, NULL));
    expect_same_bytes(&proof, kw_buf_view(&bytes));
    assert_int_equal(proof.kind, json_tree_integer(row, "kind"));
    EXPECT_OK(kw_fraud_judge(&verdict, &arena, &proof, &form));
    kw_fraud_reason wanted = reason_named(json_tree_text(row, "reason"));
    if (verdict.reason != wanted) {
        fail_msg("%.*s: %s", KW_STR_ARG(json_tree_text(row, "name")),
                 kw_fraud_reason_text(verdict.reason));
    }
    assert_int_equal(kw_fraud_convicts(wanted), json_tree_text(row, "guilty").len > 0);
    if (kw_fraud_convicts(wanted)) {
        kw_address guilty = threshold_address(row, "guilty");
        assert_true(kw_address_equal(&verdict.member, &guilty));
        assert_true(kw_hash32_equal(&verdict.cluster_id, cluster_id));
    }
}

static void own_files__have_the_verdicts_given(void **state)
{
    (void)state;
    kw_json *root = vector_file("tests/vectors/threshold/evidence.json");
    kw_hash32 cluster_id = threshold_hash(root, "cluster_id");
    const kw_json *rows = json_tree_at(root, "cases");
    assert_in_range(kw_json_count(rows), 25, 100);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        expect_case(kw_json_item(rows, i), &cluster_id);
    }
    kw_json_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__have_the_verdicts_given),
        cmocka_unit_test(files__of_another_number_prove_nothing),
        cmocka_unit_test(own_files__have_the_verdicts_given),
    };
    return cmocka_run_group_tests_name("threshold/evidence", tests, open_file, close_file);
}
