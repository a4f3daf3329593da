/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/ptau.h"

#include "support/expect.h"
#include "support/zk_case.h"

#include <stdio.h>

static const char *const names[] = {"bn254.ptau", "bls12_381.ptau"};

static kw_status check(zk_case *c, kw_zk_level level)
{
    kw_zk_ptau ptau;
    const kw_zk_job job = zk_case_job(c, level);
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    return kw_zk_ptau_check(&ptau, &c->fault, &job, &c->err);
}

static kw_zk_ptau read_file(zk_case *c)
{
    kw_zk_ptau ptau;
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c->fault, &c->source, &c->err));
    return ptau;
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
        const kw_zk_ptau ptau = read_file(&c);
        assert_int_equal(ptau.power, 3);
        assert_int_equal(ptau.ceremony_power, 3);
        assert_int_equal(ptau.contributions, 3);
        assert_true(ptau.is_prepared);
        assert_ptr_equal(ptau.curve, i == 0 ? &kw_zk_bn254 : &kw_zk_bls12_381);
        assert_int_equal(kw_zk_ptau_run(&ptau, 2).count, 15);
        assert_int_equal(kw_zk_ptau_run(&ptau, 12).count, 31);
        zk_case_drop(&c);
    }
}

static void check__names_the_point_that_is_off_the_curve(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        zk_case_open(&c, names[i]);
        const kw_zk_ptau ptau = read_file(&c);
        static const uint32_t sections[] = {2, 3, 4, 5, 12, 13, 14, 15};
        for (size_t k = 0; k < KW_COUNT(sections); k++) {
            const kw_zk_run run = kw_zk_ptau_run(&ptau, sections[k]);
            const kw_zk_place place = kw_zk_run_place(&run, run.count - 1);
            c.bytes.ptr[place.offset + 2] ^= 4;
            EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
            zk_case_expect(&c, sections[k], run.count - 1, KW_NOT_ON_CURVE);
            EXPECT_STATUS(check(&c, KW_ZK_FULL), KW_ZK_INVALID);
            zk_case_expect(&c, sections[k], run.count - 1, KW_NOT_ON_CURVE);
            EXPECT_OK(check(&c, KW_ZK_QUICK));
            c.bytes.ptr[place.offset + 2] ^= 4;
        }
        EXPECT_OK(check(&c, KW_ZK_POINTS));
        zk_case_drop(&c);
    }
}

/* Good points at a wrong place: only what belongs together says so, and where. */
static void check__names_powers_that_are_not_in_order(void **state)
{
    (void)state;
    static const struct {
        uint32_t section;
        uint64_t low;
        uint64_t high;
        uint64_t named;
    } cases[] = {{2, 5, 9, 5}, {2, 13, 14, 13}, {3, 2, 3, 2}, {4, 1, 2, 1}, {5, 6, 7, 6}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, names[i % 2]);
        const kw_zk_ptau ptau = read_file(&c);
        const kw_zk_run run = kw_zk_ptau_run(&ptau, cases[i].section);
        zk_case_swap(&c, kw_zk_run_place(&run, cases[i].low).offset,
                     kw_zk_run_place(&run, cases[i].high).offset, run.group->wire_bytes);
        EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID); /* its hash is another */
        zk_case_expect(&c, 7, 2, KW_REFUSED);
        EXPECT_STATUS(check(&c, KW_ZK_FULL), KW_ZK_INVALID);
        zk_case_expect(&c, cases[i].section, cases[i].named, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* What sections 2..6 begin with is what the last contribution came to. */
static void check__compares_with_the_last_contribution(void **state)
{
    (void)state;
    static const struct {
        uint32_t section;
        uint64_t low;
    } cases[] = {{2, 1}, {3, 1}, {4, 0}, {5, 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, names[0]);
        const kw_zk_ptau ptau = read_file(&c);
        const kw_zk_run run = kw_zk_ptau_run(&ptau, cases[i].section);
        zk_case_swap(&c, kw_zk_run_place(&run, cases[i].low).offset,
                     kw_zk_run_place(&run, 3).offset, run.group->wire_bytes);
        EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
        zk_case_expect(&c, cases[i].section, cases[i].low, KW_REFUSED);
        zk_case_drop(&c);
    }
}

static void check__wants_generators_first(void **state)
{
    (void)state;
    for (uint32_t section = 2; section <= 3; section++) {
        zk_case c;
        zk_case_open(&c, names[1]);
        const kw_zk_ptau ptau = read_file(&c);
        const kw_zk_run run = kw_zk_ptau_run(&ptau, section);
        zk_case_swap(&c, run.place.offset, kw_zk_run_place(&run, 4).offset, run.group->wire_bytes);
        EXPECT_STATUS(check(&c, KW_ZK_QUICK), KW_ZK_INVALID);
        zk_case_expect(&c, section, 0, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* A power of two of Lagrange bases is named by where it begins. */
static void check__names_lagrange_bases_of_another_power(void **state)
{
    (void)state;
    static const struct {
        uint32_t section;
        uint64_t low;
        uint64_t high;
        uint64_t named;
    } cases[] = {{12, 16, 17, 15}, {12, 3, 4, 3}, {13, 1, 2, 1}, {14, 8, 9, 7}, {15, 0, 1, 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, names[i % 2]);
        const kw_zk_ptau ptau = read_file(&c);
        const kw_zk_run run = kw_zk_ptau_run(&ptau, cases[i].section);
        zk_case_swap(&c, kw_zk_run_place(&run, cases[i].low).offset,
                     kw_zk_run_place(&run, cases[i].high).offset, run.group->wire_bytes);
        EXPECT_OK(check(&c, KW_ZK_POINTS));
        EXPECT_STATUS(check(&c, KW_ZK_FULL), KW_ZK_INVALID);
        zk_case_expect(&c, cases[i].section, cases[i].named, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* Every bit of the header, of the sections' headers, and every shorter or longer file. */
static void read__refuses_a_header_that_lies(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, names[0]);
    kw_zk_ptau ptau = read_file(&c);
    for (size_t i = 0; i < ptau.file.count; i++) {
        const kw_zk_section *section = &ptau.file.sections[i];
        size_t len = section->id == 1 ? 12 + (size_t)section->size : 12;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            uint8_t *byte = &c.bytes.ptr[section->at - 12 + bit / 8];
            *byte = (uint8_t)(*byte ^ 1U << bit % 8);
            bool is_ceremony_power = section->id == 1 && bit / 8 >= len - 4;
            kw_status st = kw_zk_ptau_read(&ptau, &c.fault, &c.source, &c.err);
            if (st != KW_ZK_INVALID && !is_ceremony_power) {
                print_error("section %u, bit %zu\n", section->id, bit);
                fail();
            }
            *byte = (uint8_t)(*byte ^ 1U << bit % 8);
        }
    }
    for (size_t len = 0; len < c.bytes.len; len += 97) {
        c.span.len = len;
        c.source = kw_zk_source_of_span(&c.span);
        EXPECT_STATUS(kw_zk_ptau_read(&ptau, &c.fault, &c.source, &c.err), KW_ZK_INVALID);
    }
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_the_files_of_snarkjs),
        cmocka_unit_test(check__names_the_point_that_is_off_the_curve),
        cmocka_unit_test(check__names_powers_that_are_not_in_order),
        cmocka_unit_test(check__compares_with_the_last_contribution),
        cmocka_unit_test(check__wants_generators_first),
        cmocka_unit_test(check__names_lagrange_bases_of_another_power),
        cmocka_unit_test(read__refuses_a_header_that_lies),
    };
    return cmocka_run_group_tests_name("params/engine/zk/ptau", tests, NULL, NULL);
}
