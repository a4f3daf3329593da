/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/ptau_chain.h"

#include "support/expect.h"
#include "support/zk_case.h"

enum {
    FIXED = 1504,       /* bytes of a contribution on BN254 before its parameters */
    POINTS = 448 + 768, /* of its points */
    FIRST = 4,          /* of the section */
    SECOND = FIRST + FIXED + 2 + 5,
    BEACON = SECOND + FIXED + 2 + 6,
    BEACON_PARAMS = 2 + 6 + 2 + 2 + 32,
};

static kw_status walk(zk_case *c, kw_zk_level level, kw_zk_stand *stand)
{
    kw_zk_ptau ptau;
    KW_AUTO(kw_zk_work) w = {0};
    const kw_zk_job job = zk_case_job(c, level);
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c->fault, &c->source, &c->err));
    EXPECT_OK(kw_zk_work_init(&w, &job, ptau.curve, &c->fault, &c->err));
    return kw_zk_ptau_chain_check(stand, &w, &ptau, &c->err);
}

static uint8_t *section_of(zk_case *c)
{
    kw_zk_ptau ptau;
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c->fault, &c->source, &c->err));
    const kw_zk_section *section = kw_zk_binfile_find(&ptau.file, 7);
    assert_int_equal(section->size, BEACON + FIXED + BEACON_PARAMS);
    return c->bytes.ptr + section->at;
}

static void check__follows_the_chain_to_its_end(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, "bn254.ptau");
    kw_zk_stand stand;
    EXPECT_OK(walk(&c, KW_ZK_QUICK, &stand));
    EXPECT_OK(walk(&c, KW_ZK_FULL, &stand));
    const uint8_t *beacon = section_of(&c) + BEACON;
    uint8_t wire[KW_ZK_G2_BYTES_MAX];
    kw_zk_bn254.g1->encode(wire, &stand.tau_g1);
    assert_memory_equal(wire, beacon, 64);
    kw_zk_bn254.g2->encode(wire, &stand.beta_g2);
    assert_memory_equal(wire, beacon + 320, 128);
    assert_memory_equal(stand.next_challenge.bytes, beacon + POINTS + 216, 64);
    zk_case_drop(&c);
}

/* A bit of whatever a contribution holds, where it stands and why it is refused. */
static void check__refuses_a_bit_of_any_part(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t mask;
        uint64_t index;
        kw_status cause;
    } cases[] = {
        {FIRST + 3, 1, 0, KW_NOT_ON_CURVE},            /* tau in G1 */
        {SECOND + 64 + 5, 1, 1, KW_NOT_ON_CURVE},      /* tau in G2 */
        {SECOND + 448 + 9, 1, 1, KW_NOT_ON_CURVE},     /* a proof in G1 */
        {BEACON + POINTS - 9, 1, 2, KW_NOT_ON_CURVE},  /* a proof in G2 */
        {FIRST + 31, 0x80, 0, KW_RANGE},               /* a coordinate */
        {FIRST + POINTS + 208, 1, 0, KW_BAD_INPUT},    /* a hash that has ended */
        {FIRST + POINTS + 201, 1, 0, KW_BAD_INPUT},    /* more than a block waits */
        {FIRST + POINTS + 216 + 7, 1, 1, KW_REFUSED},  /* what the second answers */
        {SECOND + POINTS + 216 + 7, 1, 2, KW_REFUSED}, /* what the beacon answers */
        {BEACON + FIXED + 8, 1, 2, KW_BAD_INPUT},      /* kind of a parameter */
        {BEACON + FIXED + 9, 1, 2, KW_REFUSED},        /* 2^11 hashes */
        {BEACON + FIXED + 9, 0x20, 2, KW_LIMIT},       /* 2^42 hashes */
        {BEACON + FIXED + 20, 1, 2, KW_REFUSED},       /* the beacon's bytes */
        {BEACON + POINTS + 280, 2, 2, KW_BAD_INPUT},   /* neither person nor beacon */
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        kw_zk_stand stand;
        zk_case_open(&c, "bn254.ptau");
        uint8_t *byte = section_of(&c) + cases[i].at;
        *byte = (uint8_t)(*byte ^ cases[i].mask);
        EXPECT_STATUS(walk(&c, KW_ZK_FULL, &stand), KW_ZK_INVALID);
        zk_case_expect(&c, 7, cases[i].index, cases[i].cause);
        zk_case_drop(&c);
    }
}

/* Valid points of another contribution: the links are wrong. */
static void check__refuses_points_that_do_not_follow(void **state)
{
    (void)state;
    static const struct {
        size_t at; /* of the point in a contribution */
        size_t len;
    } points[] = {{0, 64},    {64, 128}, {192, 64}, {256, 64},
                  {320, 128}, {448, 64}, {512, 64}, {448 + 384, 128}};
    for (size_t i = 0; i < KW_COUNT(points); i++) {
        zk_case c;
        kw_zk_stand stand;
        zk_case_open(&c, "bn254.ptau");
        uint64_t at = (uint64_t)(section_of(&c) - c.bytes.ptr);
        zk_case_swap(&c, at + FIRST + points[i].at, at + SECOND + points[i].at, points[i].len);
        EXPECT_OK(walk(&c, KW_ZK_POINTS, &stand));
        EXPECT_STATUS(walk(&c, KW_ZK_FULL, &stand), KW_ZK_INVALID);
        zk_case_expect(&c, 7, 0, KW_REFUSED);
        zk_case_drop(&c);
    }
}

/* A file that says it is of a longer ceremony begins with another challenge. */
static void check__begins_with_the_challenge_of_the_ceremony(void **state)
{
    (void)state;
    zk_case c;
    kw_zk_stand stand;
    zk_case_open(&c, "bn254.ptau");
    kw_zk_ptau ptau;
    EXPECT_OK(kw_zk_ptau_read(&ptau, &c.fault, &c.source, &c.err));
    const kw_zk_section *header = kw_zk_binfile_find(&ptau.file, 1);
    c.bytes.ptr[header->at + header->size - 4] = 5;
    EXPECT_STATUS(walk(&c, KW_ZK_FULL, &stand), KW_ZK_INVALID);
    zk_case_expect(&c, 7, 0, KW_REFUSED);
    c.bytes.ptr[header->at + header->size - 4] = 28; /* known without hashing 100 GB */
    EXPECT_STATUS(walk(&c, KW_ZK_FULL, &stand), KW_ZK_INVALID);
    zk_case_expect(&c, 7, 0, KW_REFUSED);
    c.bytes.ptr[header->at + header->size - 4] = 27;
    EXPECT_STATUS(walk(&c, KW_ZK_FULL, &stand), KW_ZK_INVALID);
    zk_case_expect(&c, 1, KW_ZK_NO_INDEX, KW_LIMIT);
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__follows_the_chain_to_its_end),
        cmocka_unit_test(check__refuses_a_bit_of_any_part),
        cmocka_unit_test(check__refuses_points_that_do_not_follow),
        cmocka_unit_test(check__begins_with_the_challenge_of_the_ceremony),
    };
    return cmocka_run_group_tests_name("params/engine/zk/ptau_chain", tests, NULL, NULL);
}
