/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/kzg.h"

#include "support/expect.h"
#include "support/tree.h"
#include "support/zk_setup.h"

enum {
    G1_LINE = 97, /* digits and the end of the line */
    G2_LINE = 193,
    N1 = 8,
    N2 = 3,
    HEAD = 4, /* "8\n3\n" */
    G2_AT = HEAD + N1 * G1_LINE,
    MONOMIAL_AT = G2_AT + N2 * G2_LINE,
};

static const zk_setup_form plain = {.g1_count = N1, .g2_count = N2, .tau = 123456789};

typedef struct outcome {
    kw_zk_kzg kzg;
    kw_zk_fault fault;
    kw_error err;
} outcome;

static kw_status check(outcome *o, const kw_buf *file, kw_zk_level level)
{
    const kw_span bytes = kw_buf_view(file);
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    const kw_zk_job job = {.source = &source, .level = level, .seed = {{5}}};
    *o = (outcome){.err = {.status = KW_OK}};
    kw_status st = kw_zk_kzg_check(&o->kzg, &o->fault, &job, &o->err);
    assert_int_equal(o->err.status, st);
    return st;
}

static kw_buf make(const zk_setup_form *form)
{
    kw_buf out = kw_buf_init(1 << 16);
    zk_setup_write(&out, form);
    return out;
}

static void check__takes_either_form_and_order(void **state)
{
    (void)state;
    kw_hash32 points = {{0}};
    for (int i = 0; i < 4; i++) {
        zk_setup_form form = plain;
        form.is_json = i % 2 == 1;
        form.is_reversed = i / 2 == 1;
        KW_AUTO(kw_buf) file = make(&form);
        outcome o;
        EXPECT_OK(check(&o, &file, KW_ZK_QUICK));
        EXPECT_OK(check(&o, &file, KW_ZK_POINTS));
        EXPECT_OK(check(&o, &file, KW_ZK_FULL));
        assert_int_equal(o.kzg.g1_count, N1);
        assert_int_equal(o.kzg.g2_count, N2);
        assert_true(o.kzg.is_bit_reversed == form.is_reversed);
        if (form.is_json) { /* the digest is that of the points, whatever the form */
            assert_memory_equal(&o.kzg.points, &points, sizeof points);
        }
        points = o.kzg.points;
    }
}

/* Swaps two lines of a list. */
static void swap(kw_buf *file, size_t list_at, size_t line, size_t a, size_t b)
{
    for (size_t i = 0; i < line; i++) {
        uint8_t *one = &file->ptr[list_at + a * line + i];
        uint8_t *other = &file->ptr[list_at + b * line + i];
        uint8_t kept = *one;
        *one = *other;
        *other = kept;
    }
}

static void check__names_the_power_that_is_wrong(void **state)
{
    (void)state;
    outcome o;
    KW_AUTO(kw_buf) file = make(&plain);
    swap(&file, MONOMIAL_AT, G1_LINE, 4, 7);
    EXPECT_OK(check(&o, &file, KW_ZK_POINTS));
    EXPECT_STATUS(check(&o, &file, KW_ZK_FULL), KW_ZK_INVALID);
    assert_string_equal(o.fault.place.part, "g1_monomial");
    assert_int_equal(o.fault.place.index, 4);
    assert_int_equal(o.fault.place.offset, MONOMIAL_AT + 4 * G1_LINE);
    swap(&file, MONOMIAL_AT, G1_LINE, 4, 7);
    memcpy(file.ptr + G2_AT + 2 * G2_LINE, file.ptr + G2_AT + G2_LINE, G2_LINE);
    EXPECT_STATUS(check(&o, &file, KW_ZK_FULL), KW_ZK_INVALID);
    assert_string_equal(o.fault.place.part, "g2_monomial");
    assert_int_equal(o.fault.place.index, 2);
    assert_int_equal(o.fault.place.offset, G2_AT + 2 * G2_LINE);
}

static void check__refuses_another_lagrange_form(void **state)
{
    (void)state;
    outcome o;
    KW_AUTO(kw_buf) file = make(&plain);
    swap(&file, HEAD, G1_LINE, 1, 2);
    EXPECT_OK(check(&o, &file, KW_ZK_POINTS));
    EXPECT_STATUS(check(&o, &file, KW_ZK_FULL), KW_ZK_INVALID);
    assert_string_equal(o.fault.place.part, "g1_lagrange");
    EXPECT_STATUS(o.fault.cause, KW_REFUSED);
}

static void check__wants_generators_and_a_secret(void **state)
{
    (void)state;
    outcome o;
    for (uint64_t tau = 0; tau < 2; tau++) {
        zk_setup_form form = plain;
        KW_AUTO(kw_buf) file = kw_buf_init(1 << 16);
        form.tau = tau;
        form.is_reversed = false;
        if (tau == 1) { /* a root of unity: its Lagrange form has no formula, and is not reached */
            form.tau = 2;
            zk_setup_write(&file, &form);
            memcpy(file.ptr + MONOMIAL_AT + G1_LINE, file.ptr + MONOMIAL_AT, G1_LINE);
        } else {
            zk_setup_write(&file, &form);
        }
        EXPECT_STATUS(check(&o, &file, KW_ZK_QUICK), KW_ZK_INVALID);
        EXPECT_STATUS(o.fault.cause, tau == 0 ? KW_INFINITY : KW_REFUSED);
        assert_int_equal(o.fault.place.index, 1);
    }
    KW_AUTO(kw_buf) file = make(&plain);
    swap(&file, MONOMIAL_AT, G1_LINE, 0, 1);
    EXPECT_STATUS(check(&o, &file, KW_ZK_QUICK), KW_ZK_INVALID);
    assert_int_equal(o.fault.place.index, 0);
    assert_string_equal(o.fault.what, "not the generator");
}

/* A digit of any line: the line is named, at KW_ZK_POINTS at the latest. */
static void check__refuses_a_digit_of_any_point(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = make(&plain);
    for (size_t at = HEAD + 50; at < file.len; at += G1_LINE) {
        outcome o;
        uint8_t kept = file.ptr[at];
        file.ptr[at] = kept == '0' ? '1' : '0';
        kw_status st = check(&o, &file, KW_ZK_FULL);
        EXPECT_STATUS(st, KW_ZK_INVALID);
        size_t line = at < G2_AT || at >= MONOMIAL_AT ? G1_LINE : G2_LINE;
        assert_in_range(at - o.fault.place.offset, 0, line);
        file.ptr[at] = kept;
    }
}

/* The file of the mainnet ceremony: the natural order, in which its points are published. */
static void check__takes_the_mainnet_setup(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_ZK_SETUP_BYTES_MAX);
    if (!tree_read_shared(&file, "curves/kzg/trusted_setup.txt")) {
        skip();
    }
    outcome o;
    EXPECT_OK(check(&o, &file, KW_ZK_FULL));
    assert_int_equal(o.kzg.g1_count, 4096);
    assert_int_equal(o.kzg.g2_count, 65);
    assert_false(o.kzg.is_bit_reversed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_either_form_and_order),
        cmocka_unit_test(check__names_the_power_that_is_wrong),
        cmocka_unit_test(check__refuses_another_lagrange_form),
        cmocka_unit_test(check__wants_generators_and_a_secret),
        cmocka_unit_test(check__refuses_a_digit_of_any_point),
        cmocka_unit_test(check__takes_the_mainnet_setup),
    };
    return cmocka_run_group_tests_name("params/engine/zk/kzg", tests, NULL, NULL);
}
