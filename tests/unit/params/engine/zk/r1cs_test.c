/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/r1cs.h"

#include "support/expect.h"
#include "support/zk_case.h"

static kw_status check(zk_case *c, kw_zk_level level)
{
    kw_zk_r1cs r1cs;
    const kw_zk_job job = zk_case_job(c, level);
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    return kw_zk_r1cs_check(&r1cs, &c->fault, &job, &c->err);
}

static void read__gives_the_terms_in_order(void **state)
{
    (void)state;
    zk_case c;
    kw_zk_r1cs r1cs;
    kw_zk_r1cs_cursor cursor;
    zk_case_open(&c, "bn254.r1cs");
    EXPECT_OK(kw_zk_r1cs_read(&r1cs, &c.fault, &c.source, &c.err));
    assert_ptr_equal(r1cs.curve, &kw_zk_bn254);
    assert_int_equal(r1cs.wires, 6);
    assert_int_equal(r1cs.public_count, 2);
    assert_int_equal(r1cs.constraints, 3);
    /* x x = x^2, x^2 x = x^3, (5 + 7 p - x + x^3) 1 = out: tools/zk_vectors.mjs */
    static const uint32_t wires[9][5] = {{1, 3}, {1, 3},          {1, 4}, {1, 4}, {1, 3},
                                         {1, 5}, {4, 0, 2, 3, 5}, {1, 0}, {1, 1}};
    kw_zk_r1cs_start(&cursor, &r1cs, &c.source, &c.fault);
    for (size_t i = 0; i < KW_COUNT(wires); i++) {
        uint32_t terms = 0;
        EXPECT_OK(kw_zk_r1cs_terms(&terms, &cursor, NULL));
        assert_int_equal(terms, wires[i][0]);
        for (uint32_t k = 0; k < terms; k++) {
            uint32_t wire = 99;
            kw_zk_scalar value;
            EXPECT_OK(kw_zk_r1cs_term(&wire, &value, &cursor, NULL));
            assert_int_equal(wire, wires[i][1 + k]);
            const kw_zk_scalar seven = kw_zk_bn254.scalar_of_u64(7);
            assert_true(kw_zk_bn254.scalar_equal(&value, &seven) == (i == 6 && wire == 2));
        }
        EXPECT_STATUS(kw_zk_r1cs_end(&cursor, NULL),
                      i + 1 == KW_COUNT(wires) ? KW_OK : KW_ZK_INVALID);
    }
    uint32_t terms = 0;
    EXPECT_STATUS(kw_zk_r1cs_terms(&terms, &cursor, NULL), KW_ZK_INVALID);
    EXPECT_OK(check(&c, KW_ZK_FULL));
    zk_case_drop(&c);
}

static void read__refuses_a_header_that_lies(void **state)
{
    (void)state;
    zk_case c;
    kw_zk_r1cs r1cs;
    zk_case_open(&c, "bn254.r1cs");
    EXPECT_OK(kw_zk_r1cs_read(&r1cs, &c.fault, &c.source, &c.err));
    const kw_zk_section *header = kw_zk_binfile_find(&r1cs.file, 1);
    static const struct {
        size_t at; /* in the header */
        uint8_t byte;
    } cases[] = {{0, 31},  {4, 0},   {36, 7}, {36, 3},  {39, 0xff}, {40, 99},
                 {44, 99}, {48, 99}, {52, 5}, {60, 99}, {63, 0x20}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        uint8_t *byte = &c.bytes.ptr[header->at + cases[i].at];
        uint8_t kept = *byte;
        *byte = cases[i].byte;
        EXPECT_STATUS(check(&c, KW_ZK_QUICK), KW_ZK_INVALID);
        assert_int_not_equal(c.fault.cause, KW_OK);
        *byte = kept;
    }
    for (size_t len = 0; len < c.bytes.len; len += 13) {
        c.span.len = len;
        c.source = kw_zk_source_of_span(&c.span);
        EXPECT_STATUS(check(&c, KW_ZK_QUICK), KW_ZK_INVALID);
    }
    zk_case_drop(&c);
}

/* Terms, wires and scalars of the first constraint. */
static void check__refuses_terms_that_cannot_be(void **state)
{
    (void)state;
    static const struct {
        size_t at; /* in the constraints */
        uint8_t byte;
        kw_status cause;
    } cases[] = {{0, 7, KW_RANGE}, {3, 0xff, KW_RANGE}, {4, 6, KW_RANGE}, {8 + 31, 0x31, KW_RANGE}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        kw_zk_r1cs r1cs;
        zk_case_open(&c, "bn254.r1cs");
        EXPECT_OK(kw_zk_r1cs_read(&r1cs, &c.fault, &c.source, &c.err));
        c.bytes.ptr[kw_zk_binfile_find(&r1cs.file, 2)->at + cases[i].at] = cases[i].byte;
        EXPECT_OK(check(&c, KW_ZK_QUICK));
        EXPECT_STATUS(check(&c, KW_ZK_POINTS), KW_ZK_INVALID);
        zk_case_expect(&c, 2, KW_ZK_NO_INDEX, cases[i].cause);
        zk_case_drop(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__gives_the_terms_in_order),
        cmocka_unit_test(read__refuses_a_header_that_lies),
        cmocka_unit_test(check__refuses_terms_that_cannot_be),
    };
    return cmocka_run_group_tests_name("params/engine/zk/r1cs", tests, NULL, NULL);
}
