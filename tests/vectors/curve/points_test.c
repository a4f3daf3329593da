/* SPDX-License-Identifier: Apache-2.0
 * Published points beside the project: the multiples of both generators by zkcrypto, and the
 * powers of tau of Ethereum's KZG ceremony with a proof of EIP-4844. */
#include "codec/hex.h"

#include "support/curve_backend.h"
#include "support/curve_line.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>

enum {
    MULTIPLES_COUNT = 1000,
    MULTIPLES_STEP = 37, /* of those that are also multiplied out */
    KZG_G1_COUNT = 4096,
    KZG_G2_COUNT = 65,
    KZG_G1_DIGITS = 96,
    KZG_G2_DIGITS = 192,
    SUM_POINTS = 512, /* of one sum of products */
};

#define BLS "bls12-381"
#define ONE "0000000000000000000000000000000000000000000000000000000000000001"

/* ---- zkcrypto ---- */

/* The k-th point of a file of points of `bytes` bytes. */
static kw_span point_at(const kw_buf *file, size_t k, size_t bytes)
{
    return (kw_span){file->ptr + k * bytes, bytes};
}

static void expect_answer(const char *op, kw_span in, kw_span wanted)
{
    KW_AUTO(curve_line) line = curve_line_of(BLS, op);
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    EXPECT_OK(kw_hex_encode(&text, wanted));
    curve_line_in_bytes(&line, in);
    curve_line_expect(&line, kw_buf_text(&text));
}

static void expect_two(const char *op, kw_span a, kw_span b, kw_span wanted)
{
    KW_AUTO(curve_line) line = curve_line_of(BLS, op);
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    EXPECT_OK(kw_hex_encode(&text, wanted));
    curve_line_in_bytes(&line, a);
    curve_line_in_bytes(&line, b);
    curve_line_expect(&line, kw_buf_text(&text));
}

/* 0 G, 1 G, 2 G, ... in both forms: decoded, encoded, added up, some multiplied. */
static void expect_multiples(const char *group, size_t bytes)
{
    char path[128];
    char op[4][16];
    static const char *const names[] = {"decode", "both", "add", "mul"};
    for (size_t i = 0; i < KW_COUNT(op); i++) {
        (void)snprintf(op[i], sizeof op[i], "%s.%s", group, names[i]);
    }
    KW_AUTO(kw_buf) shorts = {0};
    KW_AUTO(kw_buf) longs = {0};
    (void)snprintf(path, sizeof path, "curves/zkcrypto/%s_compressed_valid_test_vectors.dat",
                   group);
    bool is_there = tree_read_shared(&shorts, path);
    (void)snprintf(path, sizeof path, "curves/zkcrypto/%s_uncompressed_valid_test_vectors.dat",
                   group);
    if (!is_there || !tree_read_shared(&longs, path)) {
        skip();
    }
    assert_int_equal(shorts.len, bytes * MULTIPLES_COUNT);
    assert_int_equal(longs.len, 2 * bytes * MULTIPLES_COUNT);
    kw_span base = point_at(&shorts, 1, bytes);
    for (size_t k = 0; k < MULTIPLES_COUNT; k++) {
        kw_span point = point_at(&shorts, k, bytes);
        expect_answer(op[0], point_at(&longs, k, 2 * bytes), point);
        expect_answer(op[1], point, point_at(&longs, k, 2 * bytes));
        if (k > 0) {
            expect_two(op[2], point_at(&shorts, k - 1, bytes), base, point);
        }
        if (k % MULTIPLES_STEP == 0) {
            uint8_t scalar[32] = {[30] = (uint8_t)(k >> 8), [31] = (uint8_t)k};
            expect_two(op[3], base, KW_SPAN(scalar), point);
        }
    }
}

static void zkcrypto__multiples_of_g1(void **state)
{
    (void)state;
    expect_multiples("g1", 48);
}

static void zkcrypto__multiples_of_g2(void **state)
{
    (void)state;
    expect_multiples("g2", 96);
}

/* ---- KZG ---- */

/* Words of the file: two counts, G1 in Lagrange form, G2, G1 as powers. */
typedef struct setup {
    kw_buf file;
    kw_str words[2 + 2 * KZG_G1_COUNT + KZG_G2_COUNT];
} setup;

static void setup_drop(setup *s)
{
    kw_buf_drop(&s->file);
}

static kw_str setup_lagrange(const setup *s, size_t i)
{
    return s->words[2 + i];
}

static kw_str setup_g2(const setup *s, size_t i)
{
    return s->words[2 + KZG_G1_COUNT + i];
}

static kw_str setup_g1(const setup *s, size_t i)
{
    return s->words[2 + KZG_G1_COUNT + KZG_G2_COUNT + i];
}

static void setup_read(setup *s)
{
    if (!tree_read_shared(&s->file, "curves/kzg/trusted_setup.txt")) {
        skip();
    }
    kw_str rest = kw_buf_text(&s->file);
    for (size_t i = 0; i < KW_COUNT(s->words); i++) {
        (void)kw_str_split(rest, '\n', &s->words[i], &rest);
    }
    EXPECT_STR(s->words[0], "4096");
    EXPECT_STR(s->words[1], "65");
    assert_int_equal(setup_g1(s, KZG_G1_COUNT - 1).len, KZG_G1_DIGITS);
    assert_int_equal(kw_str_trim(rest).len, 0);
}

static void append_sum(kw_buf *out, const setup *s, size_t first)
{
    KW_AUTO(curve_line) line = curve_line_of(BLS, "g1.msm");
    for (size_t i = 0; i < SUM_POINTS; i++) {
        curve_line_in(&line, setup_lagrange(s, first + i));
    }
    for (size_t i = 0; i < SUM_POINTS; i++) {
        curve_line_in(&line, KW_STR(ONE));
    }
    curve_line_take(&line, out);
}

/* Every point is checked while it is read; the Lagrange basis adds up to the constant 1. */
static void kzg__lagrange_points_add_up_to_the_generator(void **state)
{
    (void)state;
    static setup s;
    KW_AUTO(kw_buf) sum = kw_buf_init(KZG_G1_DIGITS);
    setup_read(&s);
    append_sum(&sum, &s, 0);
    for (size_t first = SUM_POINTS; first < KZG_G1_COUNT; first += SUM_POINTS) {
        KW_AUTO(kw_buf) part = kw_buf_init(KZG_G1_DIGITS);
        append_sum(&part, &s, first);
        KW_AUTO(curve_line) line = curve_line_of(BLS, "g1.add");
        curve_line_in(&line, kw_buf_text(&sum));
        curve_line_in(&line, kw_buf_text(&part));
        kw_buf_clear(&sum);
        curve_line_take(&line, &sum);
    }
    assert_true(kw_str_equal(kw_buf_text(&sum), setup_g1(&s, 0)));
    setup_drop(&s);
}

static void append_negated(kw_buf *out, const char *op, kw_str point)
{
    KW_AUTO(curve_line) line = curve_line_of(BLS, op);
    curve_line_in(&line, point);
    curve_line_take(&line, out);
}

/* e(tau^(i+1) G1, G2) = e(tau^i G1, tau G2), and the same for G2; some i of many. */
static void kzg__powers_are_powers(void **state)
{
    (void)state;
    static setup s;
    setup_read(&s);
    for (size_t i = 0; i + 1 < KZG_G1_COUNT; i += 455) {
        KW_AUTO(kw_buf) minus = kw_buf_init(KZG_G1_DIGITS);
        append_negated(&minus, "g1.neg", setup_g1(&s, i));
        KW_AUTO(curve_line) line = curve_line_of(BLS, "pairing.check");
        curve_line_in(&line, setup_g1(&s, i + 1));
        curve_line_in(&line, setup_g2(&s, 0));
        curve_line_in(&line, kw_buf_text(&minus));
        curve_line_in(&line, setup_g2(&s, 1));
        curve_line_expect_verdict(&line, true);
    }
    for (size_t i = 0; i + 1 < KZG_G2_COUNT; i += 9) {
        KW_AUTO(kw_buf) minus = kw_buf_init(KZG_G1_DIGITS);
        append_negated(&minus, "g1.neg", setup_g1(&s, 1));
        KW_AUTO(curve_line) line = curve_line_of(BLS, "pairing.check");
        curve_line_in(&line, setup_g1(&s, 0));
        curve_line_in(&line, setup_g2(&s, i + 1));
        curve_line_in(&line, kw_buf_text(&minus));
        curve_line_in(&line, setup_g2(&s, i));
        curve_line_expect_verdict(&line, true);
    }
    setup_drop(&s);
}

/* out = a + (minus b) k, the three in hexadecimal. */
static void append_minus_product(kw_buf *out, const char *group, kw_str a, kw_str b, kw_str k)
{
    char op[16];
    KW_AUTO(kw_buf) minus = kw_buf_init(KZG_G2_DIGITS);
    (void)snprintf(op, sizeof op, "%s.neg", group);
    append_negated(&minus, op, b);
    (void)snprintf(op, sizeof op, "%s.msm", group);
    KW_AUTO(curve_line) line = curve_line_of(BLS, op);
    curve_line_in(&line, a);
    curve_line_in(&line, kw_buf_text(&minus));
    curve_line_in(&line, KW_STR(ONE));
    curve_line_in(&line, k);
    curve_line_take(&line, out);
}

/* EIP-4844: e(C - y G1, -G2) e(proof, tau G2 - z G2) = 1. */
static void expect_evaluation(const setup *s, kw_str input, bool verdict, kw_str z)
{
    kw_str y = {input.ptr + 128, 64};
    kw_str commitment = {input.ptr + 192, KZG_G1_DIGITS};
    kw_str proof = {input.ptr + 192 + KZG_G1_DIGITS, KZG_G1_DIGITS};
    KW_AUTO(kw_buf) left = kw_buf_init(KZG_G1_DIGITS);
    KW_AUTO(kw_buf) right = kw_buf_init(KZG_G2_DIGITS);
    KW_AUTO(kw_buf) minus = kw_buf_init(KZG_G2_DIGITS);
    append_minus_product(&left, "g1", commitment, setup_g1(s, 0), y);
    append_minus_product(&right, "g2", setup_g2(s, 1), setup_g2(s, 0), z);
    append_negated(&minus, "g2.neg", setup_g2(s, 0));
    KW_AUTO(curve_line) line = curve_line_of(BLS, "pairing.check");
    curve_line_in(&line, kw_buf_text(&left));
    curve_line_in(&line, kw_buf_text(&minus));
    curve_line_in(&line, proof);
    curve_line_in(&line, kw_buf_text(&right));
    curve_line_expect_verdict(&line, verdict);
}

static void kzg__proof_of_eip4844(void **state)
{
    (void)state;
    static setup s;
    KW_AUTO(kw_buf) file = {0};
    setup_read(&s);
    assert_true(tree_read_shared(&file, "curves/eip2537-196-197/pointEvaluation.json"));
    KW_AUTO_PTR(kw_json) root = json_tree_parse(kw_buf_text(&file));
    kw_str input = json_tree_text(kw_json_item(root, 0), "Input");
    assert_int_equal(input.len, 384);
    kw_str z = {input.ptr + 64, 64};
    expect_evaluation(&s, input, true, z);
    expect_evaluation(&s, input, false, KW_STR(ONE));
    setup_drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zkcrypto__multiples_of_g1),
        cmocka_unit_test(zkcrypto__multiples_of_g2),
        cmocka_unit_test(kzg__lagrange_points_add_up_to_the_generator),
        cmocka_unit_test(kzg__powers_are_powers),
        cmocka_unit_test(kzg__proof_of_eip4844),
    };
    return curve_run_on_backends("vectors/curve/points", tests, KW_COUNT(tests));
}
