/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/check.h"

#include "support/expect.h"
#include "support/zk_case.h"
#include "support/zk_setup.h"

static kw_status check_bytes(kw_zk_report *report, kw_span bytes)
{
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    const kw_zk_job job = {.source = &source, .level = KW_ZK_FULL, .seed = {{9}}};
    *report = (kw_zk_report){.kind = KW_ZK_UNKNOWN};
    return kw_zk_check(report, &job, NULL);
}

static void check__knows_files_by_their_first_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        kw_zk_kind kind;
    } files[] = {{"bn254.ptau", KW_ZK_PTAU},
                 {"bls12_381.zkey", KW_ZK_ZKEY},
                 {"bn254.r1cs", KW_ZK_R1CS},
                 {"bn254.vk.json", KW_ZK_VKEY}};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        zk_case c;
        kw_zk_report report;
        zk_case_open(&c, files[i].name);
        EXPECT_OK(check_bytes(&report, c.span));
        assert_int_equal(report.kind, files[i].kind);
        EXPECT_STATUS(report.fault.cause, KW_OK);
        const bool is_bls = kw_str_starts_with(kw_str_of(files[i].name), KW_STR("bls"));
        assert_string_equal(kw_zk_report_curve(&report)->name, is_bls ? "bls12-381" : "bn254");
        kw_zk_report_drop(&report);
        zk_case_drop(&c);
    }
    for (int is_json = 0; is_json < 2; is_json++) {
        const zk_setup_form form = {
            .g1_count = 4, .g2_count = 2, .tau = 77, .is_json = is_json == 1};
        KW_AUTO(kw_buf) file = kw_buf_init(1 << 16);
        kw_zk_report report;
        zk_setup_write(&file, &form);
        EXPECT_OK(check_bytes(&report, kw_buf_view(&file)));
        assert_string_equal(kw_zk_kind_name(report.kind), "kzg");
        assert_string_equal(kw_zk_report_curve(&report)->name, "bls12-381");
        kw_zk_report_drop(&report);
    }
}

static void check__refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *kind;
    } files[] = {{"", "unknown"},       {"wtns\1\0\0\0", "unknown"},
                 {"<html>", "unknown"}, {"{", "vkey"},
                 {"[]", "unknown"},     {"ptau", "ptau"},
                 {"zkey", "zkey"},      {"r1cs", "r1cs"},
                 {"12", "kzg"},         {"pta", "unknown"}};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        kw_zk_report report;
        EXPECT_STATUS(check_bytes(&report, kw_span_of_str(kw_str_of(files[i].bytes))),
                      KW_ZK_INVALID);
        assert_string_equal(kw_zk_kind_name(report.kind), files[i].kind);
        assert_int_not_equal(report.fault.cause, KW_OK);
        kw_zk_report_drop(&report);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__knows_files_by_their_first_bytes),
        cmocka_unit_test(check__refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests_name("params/engine/zk/check", tests, NULL, NULL);
}
