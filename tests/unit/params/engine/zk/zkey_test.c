/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/zkey.h"

#include "support/expect.h"
#include "support/zk_case.h"

static const char *const names[] = {"bn254.zkey", "bls12_381.zkey"};

static kw_status check(zk_case *c, kw_zk_level level)
{
    kw_zk_zkey zkey;
    const kw_zk_job job = zk_case_job(c, level);
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    return kw_zk_zkey_check(&zkey, &c->fault, &job, &c->err);
}

static kw_zk_zkey read_file(zk_case *c)
{
    kw_zk_zkey zkey;
    EXPECT_OK(kw_zk_zkey_read(&zkey, &c->fault, &c->source, &c->err));
    return zkey;
}

static void check__takes_the_files_of_snarkjs(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        zk_case_open(&c, names[i]);
        for (kw_zk_level level = KW_ZK_QUICK; level <= KW_ZK_FULL; level++) {
            EXPECT_OK(check(&c, level));
        }
        const kw_zk_zkey zkey = read_file(&c);
        assert_int_equal(zkey.vars, 6);
        assert_int_equal(zkey.public_count, 2);
        assert_int_equal(zkey.domain, 8);
        assert_int_equal(zkey.contributions, 3);
        assert_int_equal(zkey.coefficients, 6 + 3 + 3);
        assert_int_equal(kw_zk_zkey_run(&zkey, 3).count, 3);
        assert_int_equal(kw_zk_zkey_run(&zkey, 8).count, 3);
        zk_case_drop(&c);
    }
}

/* Infinity stands in sections 5..8 for signals that a matrix does not name, and nowhere else. */
static void check__allows_infinity_where_it_belongs(void **state)
{
    (void)state;
    for (uint32_t section = 3; section <= 9; section++) {
        zk_case c;
        zk_case_open(&c, names[0]);
        const kw_zk_zkey zkey = read_file(&c);
        if (section != 4) {
            const kw_zk_run run = kw_zk_zkey_run(&zkey, section);
            memset(c.bytes.ptr + kw_zk_run_place(&run, 1).offset, 0, run.group->wire_bytes);
            if (section == 3 || section == 9) {
                EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
                zk_case_expect(&c, section, 1, KW_INFINITY);
            } else {
                EXPECT_OK(check(&c, KW_ZK_POINTS));
            }
        }
        zk_case_drop(&c);
    }
}

static void check__names_the_point_that_is_off_the_curve(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        for (uint32_t section = 3; section <= 9; section++) {
            zk_case c;
            zk_case_open(&c, names[i]);
            const kw_zk_zkey zkey = read_file(&c);
            if (section != 4) {
                const kw_zk_run run = kw_zk_zkey_run(&zkey, section);
                c.bytes.ptr[kw_zk_run_place(&run, run.count - 1).offset + 1] ^= 1;
                EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
                zk_case_expect(&c, section, run.count - 1, KW_NOT_ON_CURVE);
                EXPECT_OK(check(&c, KW_ZK_QUICK));
            }
            zk_case_drop(&c);
        }
    }
}

/* Both groups have the same scalars of B. */
static void check__compares_b_in_both_groups(void **state)
{
    (void)state;
    for (uint32_t section = 6; section <= 7; section++) {
        zk_case c;
        zk_case_open(&c, names[section - 6]);
        const kw_zk_zkey zkey = read_file(&c);
        const kw_zk_run run = kw_zk_zkey_run(&zkey, section);
        zk_case_swap(&c, kw_zk_run_place(&run, 0).offset, kw_zk_run_place(&run, 3).offset,
                     run.group->wire_bytes);
        EXPECT_OK(check(&c, KW_ZK_POINTS));
        EXPECT_STATUS(check(&c, KW_ZK_FULL), KW_ZK_INVALID);
        zk_case_expect(&c, 7, KW_ZK_NO_INDEX, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* Matrix, constraint, signal and value of a coefficient. */
static void check__bounds_coefficients(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } cases[] = {{0, 2}, {4, 8}, {8, 6}, {12 + 31, 0xff}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, names[1]);
        const kw_zk_zkey zkey = read_file(&c);
        const kw_zk_section *section = kw_zk_binfile_find(&zkey.file, 4);
        c.bytes.ptr[section->at + 4 + 2 * 44 + cases[i].at] = cases[i].byte;
        EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
        zk_case_expect(&c, 4, 2, KW_RANGE);
        zk_case_drop(&c);
    }
}

/* Where the points of the header stand on BN254, and what is wrong with others there. */
static void check__refuses_a_header_without_a_ceremony(void **state)
{
    (void)state;
    enum {
        ALPHA = 84,
        BETA_G1 = ALPHA + 64,
        BETA_G2 = BETA_G1 + 64,
        GAMMA = BETA_G2 + 128,
        DELTA_G1 = GAMMA + 128,
        DELTA_G2 = DELTA_G1 + 64
    };
    static const struct {
        size_t to;
        size_t from;
        size_t len;
        const char *what;
    } cases[] = {
        {DELTA_G2, GAMMA, 128, "delta is the generator: nobody has contributed"},
        {DELTA_G1, ALPHA, 64, "delta is another in each group"},
        {BETA_G1, ALPHA, 64, "beta is another in each group"},
        {GAMMA, DELTA_G2, 128, "gamma and delta are the same"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, names[0]);
        const kw_zk_zkey zkey = read_file(&c);
        uint8_t *header = c.bytes.ptr + kw_zk_binfile_find(&zkey.file, 2)->at;
        memcpy(header + cases[i].to, header + cases[i].from, cases[i].len);
        EXPECT_STATUS(check(&c, KW_ZK_QUICK), KW_ZK_INVALID);
        assert_string_equal(c.fault.what, cases[i].what);
        zk_case_drop(&c);
    }
}

static void read__refuses_a_header_that_lies(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, names[0]);
    kw_zk_zkey zkey = read_file(&c);
    for (size_t i = 0; i < zkey.file.count; i++) {
        const kw_zk_section *section = &zkey.file.sections[i];
        size_t len = section->id == 1 ? 12 + 4 : 12;
        len = section->id == 2 ? 12 + 84 : len;
        len = section->id == 4 ? 12 + 4 : len;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            uint8_t *byte = &c.bytes.ptr[section->at - 12 + bit / 8];
            *byte = (uint8_t)(*byte ^ 1U << bit % 8);
            kw_status st = kw_zk_zkey_read(&zkey, &c.fault, &c.source, &c.err);
            if (st != KW_ZK_INVALID) {
                print_error("section %u, bit %zu\n", section->id, bit);
                fail();
            }
            *byte = (uint8_t)(*byte ^ 1U << bit % 8);
        }
    }
    for (size_t len = 0; len < c.bytes.len; len += 41) {
        c.span.len = len;
        c.source = kw_zk_source_of_span(&c.span);
        EXPECT_STATUS(kw_zk_zkey_read(&zkey, &c.fault, &c.source, &c.err), KW_ZK_INVALID);
    }
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_the_files_of_snarkjs),
        cmocka_unit_test(check__allows_infinity_where_it_belongs),
        cmocka_unit_test(check__names_the_point_that_is_off_the_curve),
        cmocka_unit_test(check__compares_b_in_both_groups),
        cmocka_unit_test(check__bounds_coefficients),
        cmocka_unit_test(check__refuses_a_header_without_a_ceremony),
        cmocka_unit_test(read__refuses_a_header_that_lies),
    };
    return cmocka_run_group_tests_name("params/engine/zk/zkey", tests, NULL, NULL);
}
