/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/ceremony.h"

#include "support/expect.h"
#include "support/hexed.h"

static kw_status read_tail(kw_zk_tail *out, kw_span bytes, uint64_t *io_at)
{
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    const kw_zk_job job = {.source = &source};
    kw_zk_fault fault = {.cause = KW_OK};
    kw_zk_work w = {.job = &job, .curve = &kw_zk_bn254, .fault = &fault};
    const kw_zk_place place = {7, "contribution", 0, 0};
    return kw_zk_tail_read(out, &w, io_at, bytes.len, &place, NULL);
}

static void tail__has_name_and_beacon(void **state)
{
    (void)state;
    /* type 1, 11 bytes: name "ab", exponent 3, beacon 01 02 03; and one byte behind it */
    const hexed bytes = hexed_of("010000000b0000000102616202030303010203ff");
    kw_zk_tail tail;
    uint64_t at = 0;
    EXPECT_OK(read_tail(&tail, hexed_view(&bytes), &at));
    assert_int_equal(at, 19);
    assert_true(tail.is_beacon);
    assert_int_equal(tail.exponent, 3);
    EXPECT_STR(((kw_str){tail.name, tail.name_len}), "ab");
    expect_hexed((kw_span){tail.beacon, tail.beacon_len}, "010203");
}

static void tail__refuses_what_is_no_tail(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",                     /* nothing */
        "00000000000000",       /* too short */
        "0200000000000000",     /* a type that is not known */
        "0000000001000000",     /* its parameters are cut off */
        "00000000020000000401", /* a kind that is not known */
        "00000000020000000105", /* a name that is cut off */
        "0000000006000000"
        "010161"
        "010162", /* twice the same */
        "0000000004000000"
        "0203"
        "0100",             /* not in order */
        "0100000000000000", /* a beacon without one */
        "0100000002000000"
        "0203", /* without its bytes */
        "0100000003000000"
        "030101", /* without its exponent */
        "0100000005000000"
        "0219"
        "030101",               /* more hashes than anyone does */
        "00000000040300000000", /* longer than parameters are */
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        const hexed bytes = hexed_of(cases[i]);
        kw_zk_tail tail = {.exponent = 77};
        uint64_t at = 0;
        EXPECT_STATUS(read_tail(&tail, hexed_view(&bytes), &at), KW_ZK_INVALID);
        assert_int_equal(tail.exponent, 77);
    }
}

/* 2^2 times SHA-256 of 01 02 03, by Python's hashlib. */
static void tail_draw__hashes_as_often_as_it_says(void **state)
{
    (void)state;
    kw_zk_tail tail = {.is_beacon = true, .exponent = 2, .beacon_len = 3, .beacon = {1, 2, 3}};
    kw_zk_draw draw = kw_zk_tail_draw(&tail);
    uint8_t turned[32];
    for (size_t i = 0; i < sizeof turned; i++) {
        turned[i] = draw.seed.bytes[i / 4 * 4 + 3 - i % 4];
    }
    expect_hexed(KW_SPAN(turned),
                 "6c16d455e4f8afa7e125ff527f37bbe90cdbf5fc0ebd61df50235189979c35ba");
    tail.exponent = 0;
    draw = kw_zk_tail_draw(&tail);
    assert_int_equal(draw.seed.bytes[3], 0x03); /* 039058c6..., SHA-256 of 01 02 03 once */
    assert_int_equal(draw.seed.bytes[2], 0x90);
}

static void proof__holds_for_one_secret_alone(void **state)
{
    (void)state;
    const kw_zk_curve *c = &kw_zk_bls12_381;
    const kw_zk_scalar x = c->scalar_of_u64(11);
    const kw_zk_point base = c->g2->generator();
    kw_zk_proof proof = {.g1_s = c->g1->generator()};
    c->g1->mul(&proof.g1_sx, &proof.g1_s, &x);
    c->g2->mul(&proof.g2_spx, &base, &x);
    assert_true(kw_zk_proof_holds(c, &proof, &base));
    c->g2->add(&proof.g2_spx, &proof.g2_spx, &base);
    assert_false(kw_zk_proof_holds(c, &proof, &base));
}

static void hash_point__is_that_of_its_bytes(void **state)
{
    (void)state;
    const kw_zk_group *g = kw_zk_bn254.g2;
    const kw_zk_point generator = g->generator();
    uint8_t wire[KW_ZK_G2_BYTES_MAX];
    uint8_t digests[2][64];
    kw_blake2b_state hash;
    g->encode(wire, &generator);
    for (size_t i = 0; i < 2; i++) {
        kw_blake2b_init(&hash, 64);
        if (i == 0) {
            kw_zk_hash_point(&hash, g, &generator);
        } else {
            kw_zk_hash_wire(&hash, g, (kw_span){wire, g->wire_bytes});
        }
        kw_blake2b_final(&hash, KW_MSPAN(digests[i]));
    }
    assert_memory_equal(digests[0], digests[1], 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tail__has_name_and_beacon),
        cmocka_unit_test(tail__refuses_what_is_no_tail),
        cmocka_unit_test(tail_draw__hashes_as_often_as_it_says),
        cmocka_unit_test(proof__holds_for_one_secret_alone),
        cmocka_unit_test(hash_point__is_that_of_its_bytes),
    };
    return cmocka_run_group_tests_name("params/engine/zk/ceremony", tests, NULL, NULL);
}
