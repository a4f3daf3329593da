/* SPDX-License-Identifier: Apache-2.0
 * Proofs as an independent implementation made them from given nonces. */
#include "threshold/engine/group/proof.h"

#include "support/threshold_file.h"

static const kw_group *const group = &kw_group_bls12_381;
static threshold_file file;

static kw_pok_place place_of(const kw_json *row)
{
    return (kw_pok_place){(kw_pok_purpose)json_tree_integer(row, "purpose"),
                          threshold_hash(row, "sid"), threshold_address(row, "sender")};
}

static kw_proof proof_of(const kw_json *row)
{
    return (kw_proof){threshold_scalar(row, "c"), threshold_scalar(row, "z")};
}

static void expect_scalar(const kw_group_scalar *got, const kw_json *row, const char *name)
{
    kw_group_scalar wanted = threshold_scalar(row, name);
    assert_true(group->scalar_equal(got, &wanted));
}

static bool is_in_g2(const kw_json *row)
{
    return json_tree_text(row, "base").len == (size_t)2 * group->g2_bytes;
}

static bool pok_holds(const kw_json *row)
{
    kw_pok_place place = place_of(row);
    kw_proof proof = proof_of(row);
    if (is_in_g2(row)) {
        kw_group_g2 point = threshold_g2(row, "X");
        return kw_pok_g2_holds(&proof, group, &place, &point);
    }
    kw_group_g1 point = threshold_g1(row, "X");
    return kw_pok_g1_holds(&proof, group, &place, &point);
}

static void poks__are_made_and_hold(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "poks");
    assert_int_equal(kw_json_count(rows), 5);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_group_secret x = threshold_secret(row, "x");
        kw_group_secret nonce = threshold_secret(row, "k");
        kw_pok_place place = place_of(row);
        kw_proof proof;
        if (is_in_g2(row)) {
            kw_pok_g2_make(&proof, group, &place, &x, &nonce);
        } else {
            kw_pok_g1_make(&proof, group, &place, &x, &nonce);
        }
        expect_scalar(&proof.c, row, "c");
        expect_scalar(&proof.z, row, "z");
        assert_true(pok_holds(row));
    }
}

static void poks__of_anything_else_fail(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "poks_refused");
    assert_int_equal(kw_json_count(rows), 5);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        assert_false(pok_holds(kw_json_item(rows, i)));
    }
}

static kw_dleq_claim claim_of(const kw_json *row)
{
    return (kw_dleq_claim){.sid = threshold_hash(row, "sid"),
                           .dealer = (uint16_t)json_tree_integer(row, "i"),
                           .member = (uint16_t)json_tree_integer(row, "j"),
                           .deal = threshold_hash(row, "deal_hash"),
                           .ek = threshold_g1(row, "ek"),
                           .r = threshold_g1(row, "R"),
                           .p = threshold_g1(row, "P")};
}

static void dleq__is_made_and_holds(void **state)
{
    (void)state;
    const kw_json *row = kw_json_item(threshold_part(&file, "dleq"), 0);
    kw_dleq_claim claim = claim_of(row);
    kw_group_secret x = threshold_secret(row, "x");
    kw_group_secret nonce = threshold_secret(row, "k");
    kw_proof proof;
    kw_dleq_make(&proof, group, &claim, &x, &nonce);
    expect_scalar(&proof.c, row, "c");
    expect_scalar(&proof.z, row, "z");
    assert_true(kw_dleq_holds(&proof, group, &claim));
}

static void dleq__of_anything_else_fails(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "dleq_refused");
    assert_int_equal(kw_json_count(rows), 5);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        kw_dleq_claim claim = claim_of(kw_json_item(rows, i));
        kw_proof proof = proof_of(kw_json_item(rows, i));
        assert_false(kw_dleq_holds(&proof, group, &claim));
    }
}

static kw_extraction extraction_of(const kw_json *row, const kw_json *a)
{
    const kw_json *c = json_tree_at(row, "C");
    return (kw_extraction){.sid = threshold_hash(row, "sid"),
                           .dealer = (uint16_t)json_tree_integer(row, "i"),
                           .t = (uint16_t)kw_json_count(c),
                           .c = threshold_g1s(&file, c),
                           .a = threshold_g2s(&file, a),
                           .h = threshold_g1(row, "h")};
}

static void extraction__is_made_and_checked(void **state)
{
    (void)state;
    const kw_json *row = kw_json_item(threshold_part(&file, "extract"), 0);
    kw_extraction extraction = extraction_of(row, json_tree_at(row, "A"));
    kw_group_secret nonce_a = threshold_secret(row, "ka");
    kw_group_secret nonce_b = threshold_secret(row, "kb");
    kw_extraction_secrets secrets = {threshold_secrets(&file, json_tree_at(row, "a")),
                                     threshold_secrets(&file, json_tree_at(row, "b")), &nonce_a,
                                     &nonce_b};
    kw_extraction_proof proof;
    kw_extraction_make(&proof, group, &extraction, &secrets);
    /* The vectors hold c, z_a and z_b at the end of the payload. */
    const kw_json *message = json_tree_at(row, "EXTRACT");
    kw_span payload = threshold_bytes(&file, message, "payload");
    const kw_group_scalar *const parts[] = {&proof.c, &proof.z_a, &proof.z_b};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        kw_group_scalar_bytes wire;
        group->scalar_encode(&wire, parts[i]);
        EXPECT_SPAN(KW_SPAN(wire.bytes), ((kw_span){&payload.ptr[payload.len - 96 + 32 * i], 32}));
    }
    EXPECT_OK(kw_extraction_check(&proof, group, &extraction, &file.arena));
    const kw_json *refused = threshold_part(&file, "extract_refused");
    assert_int_equal(kw_json_count(refused), 3);
    for (size_t i = 0; i < 3; i++) {
        const kw_json *bad = kw_json_item(refused, i);
        kw_extraction other = extraction_of(row, json_tree_at(bad, "A"));
        other.dealer = (uint16_t)json_tree_integer(bad, "i");
        proof = (kw_extraction_proof){threshold_scalar(bad, "c"), threshold_scalar(bad, "z_a"),
                                      threshold_scalar(bad, "z_b")};
        EXPECT_STATUS(kw_extraction_check(&proof, group, &other, &file.arena), KW_BAD_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poks__are_made_and_hold),
        cmocka_unit_test(poks__of_anything_else_fail),
        cmocka_unit_test(dleq__is_made_and_holds),
        cmocka_unit_test(dleq__of_anything_else_fails),
        cmocka_unit_test(extraction__is_made_and_checked),
    };
    const threshold_suite suite = {.group = "threshold/proofs",
                                   .names = {"proofs.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
