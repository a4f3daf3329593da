/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/zkey_circuit.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/zk_case.h"

#include <stdio.h>

static const char *const curves[] = {"bn254", "bls12_381"};

typedef struct desk {
    zk_case zkey;
    zk_case ptau;
    zk_case r1cs;
} desk;

static void open_desk(desk *d, const char *curve)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.zkey", curve);
    zk_case_open(&d->zkey, name);
    (void)snprintf(name, sizeof name, "%s.ptau", curve);
    zk_case_open(&d->ptau, name);
    (void)snprintf(name, sizeof name, "%s.r1cs", curve);
    zk_case_open(&d->r1cs, name);
}

static void close_desk(desk *d)
{
    zk_case_drop(&d->zkey);
    zk_case_drop(&d->ptau);
    zk_case_drop(&d->r1cs);
}

static kw_status check(desk *d)
{
    const kw_zk_job zkey = zk_case_job(&d->zkey, KW_ZK_FULL);
    const kw_zk_job ptau = zk_case_job(&d->ptau, KW_ZK_FULL);
    const kw_zk_circuit_job job = {&zkey, &ptau, &d->r1cs.source};
    d->zkey.fault = (kw_zk_fault){.cause = KW_OK};
    d->zkey.err = (kw_error){.status = KW_OK};
    return kw_zk_zkey_circuit_check(&d->zkey.fault, &job, &d->zkey.err);
}

static void check__takes_the_keys_that_snarkjs_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        desk d;
        open_desk(&d, curves[i]);
        EXPECT_OK(check(&d));
        close_desk(&d);
    }
}

/* Valid points in another order: the section is named. */
static void check__refuses_points_of_another_circuit(void **state)
{
    (void)state;
    static const struct {
        uint32_t section;
        uint64_t low;
        uint64_t high;
    } cases[] = {{3, 0, 1}, {5, 0, 3}, {6, 0, 3}, {7, 0, 3}, {8, 0, 1}, {9, 2, 7}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        desk d;
        kw_zk_zkey zkey;
        open_desk(&d, curves[i % 2]);
        EXPECT_OK(kw_zk_zkey_read(&zkey, &d.zkey.fault, &d.zkey.source, NULL));
        const kw_zk_run run = kw_zk_zkey_run(&zkey, cases[i].section);
        zk_case_swap(&d.zkey, kw_zk_run_place(&run, cases[i].low).offset,
                     kw_zk_run_place(&run, cases[i].high).offset, run.group->wire_bytes);
        EXPECT_STATUS(check(&d), KW_ZK_INVALID);
        zk_case_expect(&d.zkey, cases[i].section, KW_ZK_NO_INDEX, KW_REFUSED);
        close_desk(&d);
    }
}

/* Matrix, row, wire or value: the coefficient is named. */
static void check__compares_every_coefficient(void **state)
{
    (void)state;
    const size_t places[] = {0, 4, 8, 12};
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        desk d;
        kw_zk_zkey zkey;
        open_desk(&d, curves[0]);
        EXPECT_OK(kw_zk_zkey_read(&zkey, &d.zkey.fault, &d.zkey.source, NULL));
        const kw_zk_section *section = kw_zk_binfile_find(&zkey.file, 4);
        d.zkey.bytes.ptr[section->at + 4 + 5 * 44 + places[i]] ^= 1;
        EXPECT_STATUS(check(&d), KW_ZK_INVALID);
        zk_case_expect(&d.zkey, 4, 5, KW_REFUSED);
        close_desk(&d);
    }
}

/* A circuit with another number in one constraint, and one with a public input less. */
static void check__refuses_another_circuit(void **state)
{
    (void)state;
    desk d;
    kw_zk_r1cs r1cs;
    open_desk(&d, curves[1]);
    EXPECT_OK(kw_zk_r1cs_read(&r1cs, &d.r1cs.fault, &d.r1cs.source, NULL));
    uint8_t *constraints = d.r1cs.bytes.ptr + kw_zk_binfile_find(&r1cs.file, 2)->at;
    uint8_t *c_value = constraints + 2 * 40 + 8; /* of the first constraint's C: not in section 4 */
    assert_int_equal(*c_value, 1);
    *c_value = 2;
    EXPECT_STATUS(check(&d), KW_ZK_INVALID);
    zk_case_expect(&d.zkey, 8, KW_ZK_NO_INDEX, KW_REFUSED);
    *c_value = 1;
    uint8_t *header = d.r1cs.bytes.ptr + kw_zk_binfile_find(&r1cs.file, 1)->at;
    header[44] = 0; /* public inputs */
    EXPECT_STATUS(check(&d), KW_ZK_INVALID);
    zk_case_expect(&d.zkey, 2, KW_ZK_NO_INDEX, KW_REFUSED);
    close_desk(&d);
}

static void check__refuses_another_ceremony(void **state)
{
    (void)state;
    desk d;
    kw_zk_ptau ptau;
    open_desk(&d, curves[0]);
    EXPECT_OK(kw_zk_ptau_read(&ptau, &d.ptau.fault, &d.ptau.source, NULL));
    const kw_zk_run alpha = kw_zk_ptau_run(&ptau, 4);
    zk_case_swap(&d.ptau, alpha.place.offset, kw_zk_run_place(&alpha, 1).offset, 64);
    EXPECT_STATUS(check(&d), KW_ZK_INVALID);
    zk_case_expect(&d.zkey, 2, KW_ZK_NO_INDEX, KW_REFUSED);
    zk_case_drop(&d.ptau);
    zk_case_open(&d.ptau, "bls12_381.ptau");
    EXPECT_STATUS(check(&d), KW_ZK_INVALID);
    zk_case_expect(&d.zkey, 2, KW_ZK_NO_INDEX, KW_REFUSED);
    close_desk(&d);
}

static void check__survives_every_failing_allocation(void **state)
{
    (void)state;
    desk d;
    open_desk(&d, curves[0]);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st == KW_NO_MEMORY; k++) {
        kw_heap_fail_at(k);
        st = check(&d);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_in_range(k, 1, 18);
    }
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_the_keys_that_snarkjs_made),
        cmocka_unit_test(check__refuses_points_of_another_circuit),
        cmocka_unit_test(check__compares_every_coefficient),
        cmocka_unit_test(check__refuses_another_circuit),
        cmocka_unit_test(check__refuses_another_ceremony),
        cmocka_unit_test(check__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("params/engine/zk/zkey_circuit", tests, NULL, NULL);
}
