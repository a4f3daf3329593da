/* SPDX-License-Identifier: Apache-2.0 */
#include "params/checklist.h"

#include "params/intake.h"
#include "support/expect.h"
#include "support/publisher_desk.h"

#define VECTORS KW_SOURCE_DIR "/tests/vectors/params/"

static kw_status run(publisher_desk *desk, kw_buf *report, const kw_draft *draft)
{
    const kw_checklist_ports ports = {desk->blobs, &desk->rng};
    kw_error err = {0};
    *report = kw_buf_init(KW_CHECKLIST_BYTES_MAX);
    kw_status st = kw_checklist_run(report, &ports, draft, &err);
    assert_int_equal(err.status, st);
    return st;
}

static bool has(const kw_buf *report, const char *text)
{
    kw_str whole = kw_buf_text(report);
    kw_str part = kw_str_of(text);
    for (size_t i = 0; i + part.len <= whole.len; i++) {
        if (kw_str_equal((kw_str){whole.ptr + i, part.len}, part)) {
            return true;
        }
    }
    return false;
}

static void run__takes_files_that_belong_together(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) report = {0};
    KW_AUTO(kw_buf) again = {0};
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    EXPECT_OK(run(desk, &report, &row.draft));
    assert_true(has(&report, "\"check\":\"zkey_of_circuit\",\"is_valid\":true"));
    assert_true(has(&report, "\"check\":\"vkey_of_zkey\",\"is_valid\":true"));
    assert_true(has(&report, "],\"is_valid\":true}"));
    EXPECT_OK(run(desk, &again, &row.draft)); /* other multipliers, the same report */
    EXPECT_SPAN(kw_buf_view(&again), kw_buf_view(&report));
}

/* One file of the draft becomes another one. */
static void replace(publisher_desk *desk, kw_draft *draft, kw_params_kind kind, const char *path)
{
    for (size_t i = 0; i < draft->files.count; i++) {
        if (draft->files.items[i].kind == kind) {
            EXPECT_OK(kw_intake_file(desk->blobs, draft, &draft->files.items[i], path, NULL));
        }
    }
}

static void run__refuses_a_file_of_another_ceremony_or_kind(void **state)
{
    publisher_desk *desk = *state;
    static const struct {
        kw_params_kind kind;
        const char *path;
    } cases[] = {
        {KW_PARAMS_VK, VECTORS "bls12_381.vk.json"}, {KW_PARAMS_R1CS, VECTORS "bls12_381.r1cs"},
        {KW_PARAMS_PTAU, VECTORS "bls12_381.ptau"},  {KW_PARAMS_ZKEY, VECTORS "bn254.ptau"},
        {KW_PARAMS_PTAU, VECTORS "bn254.r1cs"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) report = {0};
        char semver[8] = "1.0.0";
        semver[4] = (char)('0' + i);
        kw_draft_row row = publisher_desk_draft(desk, semver);
        replace(desk, &row.draft, cases[i].kind, cases[i].path);
        EXPECT_STATUS(run(desk, &report, &row.draft), KW_ZK_INVALID);
        assert_true(has(&report, "\"is_valid\":false,\"reason\":"));
        assert_true(has(&report, "],\"is_valid\":false}"));
    }
}

static void run__refuses_a_draft_that_says_otherwise(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) of_curve = {0};
    KW_AUTO(kw_buf) of_system = {0};
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    row.draft.curve = KW_STR("bls12-381");
    EXPECT_STATUS(run(desk, &of_curve, &row.draft), KW_ZK_INVALID);
    assert_true(has(&of_curve, "the draft does not say curve bn254"));
    row.draft.curve = KW_STR("bn254");
    row.draft.proof_system = KW_STR("plonk");
    EXPECT_STATUS(run(desk, &of_system, &row.draft), KW_ZK_INVALID);
    assert_true(has(&of_system, "the draft does not say groth16"));
}

static void run__refuses_a_circuit_that_is_none(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) report = {0};
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    replace(desk, &row.draft, KW_PARAMS_R1CS, VECTORS "bn254.vk.json");
    row.draft.files.items += 3; /* the circuit alone */
    row.draft.files.count = 1;
    EXPECT_STATUS(run(desk, &report, &row.draft), KW_ZK_INVALID);
    assert_true(has(&report, "the draft does not say vkey"));
}

static void run__refuses_a_circuit_without_its_powers_of_tau(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) report = {0};
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    assert_int_equal(row.draft.files.items[0].kind, KW_PARAMS_PTAU);
    row.draft.files.items++;
    row.draft.files.count--;
    EXPECT_STATUS(run(desk, &report, &row.draft), KW_ZK_INVALID);
    assert_true(has(&report, "a circuit needs its powers of tau"));
}

static void run__fails_without_the_files(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) report = {0};
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    row.draft.files.items[2].index.bytes[7] ^= 1;
    EXPECT_STATUS(run(desk, &report, &row.draft), KW_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_desk_make, publisher_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(run__takes_files_that_belong_together),
        TEST(run__refuses_a_file_of_another_ceremony_or_kind),
        TEST(run__refuses_a_draft_that_says_otherwise),
        TEST(run__refuses_a_circuit_that_is_none),
        TEST(run__refuses_a_circuit_without_its_powers_of_tau),
        TEST(run__fails_without_the_files),
    };
    return cmocka_run_group_tests_name("unit/params/checklist", tests, NULL, NULL);
}
