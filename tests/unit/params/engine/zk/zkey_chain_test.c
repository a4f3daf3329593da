/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/zkey_chain.h"

#include "support/expect.h"
#include "support/zk_case.h"

enum {
    FIXED = 3 * 64 + 128 + 64 + 8, /* bytes of a contribution on BN254 before its parameters */
    FIRST = 64 + 4,
    SECOND = FIRST + FIXED + 2 + 5,
    BEACON = SECOND + FIXED + 2 + 6,
    BEACON_PARAMS = 2 + 6 + 2 + 2 + 32,
};

static kw_status walk(zk_case *c, kw_zk_level level)
{
    kw_zk_zkey zkey;
    kw_zk_setup setup;
    KW_AUTO(kw_zk_work) w = {0};
    const kw_zk_job job = zk_case_job(c, level);
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    EXPECT_OK(kw_zk_zkey_read(&zkey, &c->fault, &c->source, &c->err));
    EXPECT_OK(kw_zk_work_init(&w, &job, zkey.curve, &c->fault, &c->err));
    EXPECT_OK(kw_zk_zkey_setup(&setup, &w, &zkey, &c->err));
    return kw_zk_zkey_chain_check(&w, &zkey, &setup, &c->err);
}

static uint8_t *section_of(zk_case *c)
{
    kw_zk_zkey zkey;
    EXPECT_OK(kw_zk_zkey_read(&zkey, &c->fault, &c->source, &c->err));
    const kw_zk_section *section = kw_zk_binfile_find(&zkey.file, 10);
    assert_int_equal(section->size, BEACON + FIXED + BEACON_PARAMS);
    return c->bytes.ptr + section->at;
}

static void check__follows_the_chain(void **state)
{
    (void)state;
    static const char *const names[] = {"bn254.zkey", "bls12_381.zkey"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        zk_case_open(&c, names[i]);
        EXPECT_OK(walk(&c, KW_ZK_QUICK));
        EXPECT_OK(walk(&c, KW_ZK_FULL));
        zk_case_drop(&c);
    }
}

static void check__refuses_a_bit_of_any_part(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t mask;
        uint64_t index;
        kw_status cause;
    } cases[] = {
        {3, 1, 0, KW_REFUSED},                       /* hash of the circuit */
        {FIRST + 3, 1, 0, KW_NOT_ON_CURVE},          /* delta */
        {SECOND + 64 + 5, 1, 1, KW_NOT_ON_CURVE},    /* a proof in G1 */
        {SECOND + 192 + 9, 1, 1, KW_NOT_ON_CURVE},   /* in G2 */
        {FIRST + 31, 0x80, 0, KW_RANGE},             /* a coordinate */
        {SECOND + 320 + 7, 1, 1, KW_REFUSED},        /* a transcript */
        {BEACON + FIXED - 8, 2, 2, KW_BAD_INPUT},    /* neither person nor beacon */
        {BEACON + FIXED + 9, 1, 2, KW_REFUSED},      /* 2^11 hashes */
        {BEACON + FIXED + 20, 1, 2, KW_REFUSED},     /* the beacon's bytes */
        {BEACON + FIXED - 4, 0x40, 2, KW_BAD_INPUT}, /* length of parameters */
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        zk_case_open(&c, "bn254.zkey");
        uint8_t *byte = section_of(&c) + cases[i].at;
        *byte = (uint8_t)(*byte ^ cases[i].mask);
        EXPECT_STATUS(walk(&c, KW_ZK_FULL), KW_ZK_INVALID);
        zk_case_expect(&c, 10, cases[i].index, cases[i].cause);
        zk_case_drop(&c);
    }
}

/* Valid points of another contribution. */
static void check__refuses_points_that_do_not_follow(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        size_t len;
    } points[] = {{0, 64}, {64, 64}, {128, 64}, {192, 128}};
    for (size_t i = 0; i < KW_COUNT(points); i++) {
        zk_case c;
        zk_case_open(&c, "bn254.zkey");
        uint64_t at = (uint64_t)(section_of(&c) - c.bytes.ptr);
        zk_case_swap(&c, at + FIRST + points[i].at, at + SECOND + points[i].at, points[i].len);
        EXPECT_STATUS(walk(&c, KW_ZK_FULL), KW_ZK_INVALID);
        zk_case_expect(&c, 10, 0, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* A chain without its last contribution ends with another delta. */
static void check__wants_the_delta_of_the_header(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, "bn254.zkey");
    uint8_t *section = section_of(&c);
    size_t cut = FIXED + BEACON_PARAMS;
    section[64] = 2;
    uint64_t size = BEACON;
    for (size_t i = 0; i < 8; i++) {
        section[i - 8] = (uint8_t)(size >> 8 * i);
    }
    assert_ptr_equal(section + BEACON + cut, c.bytes.ptr + c.bytes.len); /* the last section */
    c.bytes.len -= cut;
    zk_case_changed(&c);
    EXPECT_OK(walk(&c, KW_ZK_QUICK));
    EXPECT_STATUS(walk(&c, KW_ZK_POINTS), KW_ZK_INVALID);
    zk_case_expect(&c, 10, KW_ZK_NO_INDEX, KW_REFUSED);
    section[64] = 1;
    EXPECT_STATUS(walk(&c, KW_ZK_QUICK), KW_ZK_INVALID);
    zk_case_expect(&c, 10, KW_ZK_NO_INDEX, KW_LENGTH);
    section[64] = 3;
    EXPECT_STATUS(walk(&c, KW_ZK_QUICK), KW_ZK_INVALID);
    zk_case_expect(&c, 10, 2, KW_LENGTH);
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__follows_the_chain),
        cmocka_unit_test(check__refuses_a_bit_of_any_part),
        cmocka_unit_test(check__refuses_points_that_do_not_follow),
        cmocka_unit_test(check__wants_the_delta_of_the_header),
    };
    return cmocka_run_group_tests_name("params/engine/zk/zkey_chain", tests, NULL, NULL);
}
