/* SPDX-License-Identifier: Apache-2.0
 * snarkjs makes files of ceremonies, and judges spoilt ones; whatever it refuses, we refuse. */
#include "os/file.h"
#include "params/engine/zk/check.h"
#include "params/engine/zk/zkey_circuit.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/oracle.h"
#include "support/process.h"
#include "support/random_source.h"
#include "support/tempdir.h"
#include "support/zk_case.h"

#include <stdio.h>

enum {
    FLIPS = 16,
};

static int set_up(void **state)
{
    static tempdir dir;
    dir = tempdir_make();
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    tempdir_remove(*state);
    return 0;
}

/* Powers of tau of 2^8, a circuit and its keys, made now. */
static void check_new_ceremony(const tempdir *dir, const char *curve)
{
    char words[256];
    process_result made = {0};
    const char *const argv[] = {
        "node", KW_SOURCE_DIR "/tools/zk_vectors.mjs", dir->path, "8", curve, NULL};
    process_expect(&made, 0, argv, (kw_str){0});
    process_result_drop(&made);
    (void)snprintf(words, sizeof words,
                   "params check %%/%s.ptau %%/%s.zkey %%/%s.r1cs %%/%s.vk.json", curve, curve,
                   curve, curve);
    KW_AUTO(command_result) result = command_line_run_in(dir->path, words);
    if (result.exit_code != 0 || strstr(result.out, "power 8 of 8, 3 contributions") == NULL) {
        fail_msg("%d: %s%s", result.exit_code, result.out, result.err);
    }
}

static void check__takes_a_new_ceremony_on_bn254(void **state)
{
    if (!oracle_is_there()) {
        skip();
    }
    check_new_ceremony(*state, "bn254");
}

static void check__takes_a_new_ceremony_on_bls12_381(void **state)
{
    if (!oracle_is_there()) {
        skip();
    }
    check_new_ceremony(*state, "bls12_381");
}

/* Our verdict on a file and, for a key, on its circuit and ceremony. */
static bool we_take(zk_case *c, zk_case *r1cs, zk_case *ptau)
{
    kw_zk_report report = {.kind = KW_ZK_UNKNOWN};
    const kw_zk_job job = zk_case_job(c, KW_ZK_FULL);
    kw_status st = kw_zk_check(&report, &job, NULL);
    if (st == KW_OK && report.kind == KW_ZK_ZKEY) {
        const kw_zk_job ptau_job = zk_case_job(ptau, KW_ZK_FULL);
        const kw_zk_circuit_job circuit = {&job, &ptau_job, &r1cs->source};
        st = kw_zk_zkey_circuit_check(&report.fault, &circuit, NULL);
    }
    assert_true(st == KW_OK || st == KW_ZK_INVALID);
    kw_zk_report_drop(&report);
    return st == KW_OK;
}

/* Writes copies with one bit changed, each beside our verdict, and asks snarkjs about all. */
static void compare_verdicts(const tempdir *dir, const char *curve, const char *kind)
{
    random_source random = random_fixed(kind);
    zk_case c;
    zk_case r1cs;
    zk_case ptau;
    char name[64];
    bool ours[FLIPS];
    KW_AUTO(kw_buf) lines = kw_buf_init(1 << 16);
    (void)snprintf(name, sizeof name, "%s.%s", curve, kind);
    zk_case_open(&c, name);
    (void)snprintf(name, sizeof name, "%s.r1cs", curve);
    zk_case_open(&r1cs, name);
    (void)snprintf(name, sizeof name, "%s.ptau", curve);
    zk_case_open(&ptau, name);
    for (size_t i = 0; i < FLIPS; i++) {
        uint8_t *byte = &c.bytes.ptr[random_below(&random, c.bytes.len)];
        uint8_t mask = (uint8_t)(1U << random_below(&random, 8));
        *byte ^= i == 0 ? 0 : mask; /* the first is as it was */
        (void)snprintf(name, sizeof name, "%s-%zu.%s", curve, i, kind);
        EXPECT_OK(kw_file_write_atomic(tempdir_join(dir, name).text, c.span, 0600, NULL));
        EXPECT_OK(kw_buf_append_format(&lines,
                                       "%s %s %s/tests/vectors/params/%s.r1cs "
                                       "%s/tests/vectors/params/%s.ptau\n",
                                       kind, tempdir_join(dir, name).text, KW_SOURCE_DIR, curve,
                                       KW_SOURCE_DIR, curve));
        ours[i] = we_take(&c, &r1cs, &ptau);
        *byte ^= i == 0 ? 0 : mask;
    }
    process_result theirs = {0};
    const char *const argv[] = {"node", KW_SOURCE_DIR "/tests/oracle/zk_oracle.mjs", NULL};
    process_expect(&theirs, 0, argv, kw_buf_text(&lines));
    assert_int_equal(theirs.out.len, 2 * FLIPS);
    assert_true(ours[0] && theirs.out.ptr[0] == '1');
    for (size_t i = 0; i < FLIPS; i++) {
        bool their = theirs.out.ptr[2 * i] == '1';
        if (ours[i] && !their) {
            fail_msg("%s-%zu.%s: snarkjs refuses what we take", curve, i, kind);
        }
    }
    process_result_drop(&theirs);
    zk_case_drop(&ptau);
    zk_case_drop(&r1cs);
    zk_case_drop(&c);
}

static void check__refuses_what_snarkjs_refuses(void **state)
{
    if (!oracle_is_there()) {
        skip();
    }
    static const char *const kinds[] = {"ptau", "zkey"};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        compare_verdicts(*state, "bn254", kinds[i]);
        compare_verdicts(*state, "bls12_381", kinds[i]);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(check__takes_a_new_ceremony_on_bn254),
        CASE(check__takes_a_new_ceremony_on_bls12_381),
        CASE(check__refuses_what_snarkjs_refuses),
    };
    return cmocka_run_group_tests_name("interop/zk_snarkjs", tests, NULL, NULL);
}
