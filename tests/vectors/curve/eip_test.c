/* SPDX-License-Identifier: Apache-2.0
 * The precompiles of EIP-196, EIP-197 and EIP-2537 on the test data of go-ethereum, which lies
 * beside the project; skipped when it does not. */
#include "support/curve_backend.h"
#include "support/curve_line.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>

enum {
    G1_DIGITS = 256, /* hexadecimal digits of an encoded point of EIP-2537 */
    G2_DIGITS = 512,
    FP_DIGITS = 128,
    SCALAR_DIGITS = 64,
    BN_G1_DIGITS = 128,
    BN_G2_DIGITS = 256,
};

/* Calls `run` with each case of a file. */
static void each_case(const char *name, void (*run)(const kw_json *item, kw_str input))
{
    char path[128];
    assert_in_range(snprintf(path, sizeof path, "curves/eip2537-196-197/%s.json", name), 1,
                    sizeof path - 1);
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, path)) {
        skip();
    }
    KW_AUTO_PTR(kw_json) root = json_tree_parse(kw_buf_text(&file));
    assert_in_range(kw_json_count(root), 1, 1000);
    kw_str unused = {0};
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(root, &at, &unused, &item);) {
        run(item, json_tree_text(item, "Input"));
    }
}

/* Takes up to `digits` from the front. */
static kw_str cut(kw_str *input, size_t digits)
{
    size_t len = KW_MIN(digits, input->len);
    kw_str part = {input->ptr, len};
    *input = (kw_str){input->ptr + len, input->len - len};
    return part;
}

/* The scalar modulo r: EIP-196 and EIP-2537 take any 32 bytes, the library refuses those >= r. */
static void append_reduced(kw_buf *out, const char *curve, kw_str digits)
{
    KW_AUTO(kw_buf) wide = kw_buf_init(128);
    EXPECT_OK(kw_buf_append_format(&wide, "%032d%.*s", 0, KW_STR_ARG(digits)));
    KW_AUTO(curve_line) line = curve_line_of(curve, "fr.wide");
    curve_line_in(&line, kw_buf_text(&wide));
    curve_line_take(&line, out);
}

/* ---- what is accepted ---- */

/* `op` of two points. */
static void run_add(const kw_json *item, kw_str input, const char *op, size_t digits)
{
    KW_AUTO(curve_line) line = curve_line_of("bls12-381", op);
    curve_line_in(&line, cut(&input, digits));
    curve_line_in(&line, input);
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

static void g1_add(const kw_json *item, kw_str input)
{
    run_add(item, input, "g1.add", G1_DIGITS);
}

static void g2_add(const kw_json *item, kw_str input)
{
    run_add(item, input, "g2.add", G2_DIGITS);
}

/* The line of a sum of products: points, then scalars modulo r. Broken scalars stay. */
static curve_line msm_line(kw_str input, const char *op, size_t digits)
{
    curve_line line = curve_line_of("bls12-381", op);
    kw_str rest = input;
    while (rest.len > 0) {
        curve_line_in(&line, cut(&rest, digits));
        (void)cut(&rest, SCALAR_DIGITS);
    }
    for (rest = input; rest.len > 0;) {
        (void)cut(&rest, digits);
        kw_str scalar = cut(&rest, SCALAR_DIGITS);
        KW_AUTO(kw_buf) reduced = kw_buf_init(SCALAR_DIGITS);
        if (scalar.len == SCALAR_DIGITS) {
            append_reduced(&reduced, "bls12-381", scalar);
            scalar = kw_buf_text(&reduced);
        }
        curve_line_in(&line, scalar);
    }
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    return line;
}

static void run_msm(const kw_json *item, kw_str input, const char *op, size_t digits)
{
    KW_AUTO(curve_line) line = msm_line(input, op, digits);
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

static void g1_mul(const kw_json *item, kw_str input)
{
    run_msm(item, input, "g1.mul", G1_DIGITS);
}

static void g2_mul(const kw_json *item, kw_str input)
{
    run_msm(item, input, "g2.mul", G2_DIGITS);
}

static void g1_msm(const kw_json *item, kw_str input)
{
    run_msm(item, input, "g1.msm", G1_DIGITS);
}

static void g2_msm(const kw_json *item, kw_str input)
{
    run_msm(item, input, "g2.msm", G2_DIGITS);
}

/* A field element of 64 bytes without its zeros; broken ones stay as they are. */
static kw_str unpadded(kw_str digits)
{
    bool is_padded = digits.len == FP_DIGITS &&
                     kw_str_starts_with(digits, KW_STR("00000000000000000000000000000000"));
    return is_padded ? (kw_str){digits.ptr + 32, digits.len - 32} : digits;
}

static curve_line map_line(kw_str input, const char *op, size_t elements)
{
    curve_line line = curve_line_of("bls12-381", op);
    for (size_t i = 0; i < elements; i++) {
        bool is_last = i + 1 == elements;
        curve_line_in(&line, unpadded(cut(&input, is_last ? input.len : FP_DIGITS)));
    }
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    return line;
}

static void g1_map(const kw_json *item, kw_str input)
{
    KW_AUTO(curve_line) line = map_line(input, "g1.map", 1);
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

static void g2_map(const kw_json *item, kw_str input)
{
    KW_AUTO(curve_line) line = map_line(input, "g2.map", 2);
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

/* Pairs of points; a broken last one is shorter. */
static curve_line pairing_line(const char *curve, kw_str input, size_t g1_digits, size_t g2_digits)
{
    curve_line line = curve_line_of(curve, "pairing.check");
    while (input.len > 0) {
        curve_line_in(&line, cut(&input, g1_digits));
        curve_line_in(&line, cut(&input, g2_digits));
    }
    return line;
}

static void expect_pairing(const kw_json *item, curve_line *line)
{
    kw_str expected = json_tree_text(item, "Expected");
    curve_line_expect_verdict(line, kw_str_ends_with(expected, KW_STR("1")));
}

static void bls_pairing(const kw_json *item, kw_str input)
{
    KW_AUTO(curve_line) line = pairing_line("bls12-381", input, G1_DIGITS, G2_DIGITS);
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    expect_pairing(item, &line);
}

static void bn_pairing(const kw_json *item, kw_str input)
{
    KW_AUTO(curve_line) line = pairing_line("bn254", input, BN_G1_DIGITS, BN_G2_DIGITS);
    expect_pairing(item, &line);
}

/* Input of EIP-196: cut, or continued with zeros, to its length. */
static void append_exact(kw_buf *out, kw_str input, size_t digits)
{
    EXPECT_OK(kw_buf_append_str(out, cut(&input, digits)));
    while (out->len < digits) {
        EXPECT_OK(kw_buf_append_byte(out, '0'));
    }
}

static void bn_add(const kw_json *item, kw_str input)
{
    KW_AUTO(kw_buf) exact = kw_buf_init(512);
    append_exact(&exact, input, (size_t)2 * BN_G1_DIGITS);
    kw_str rest = kw_buf_text(&exact);
    KW_AUTO(curve_line) line = curve_line_of("bn254", "g1.add");
    curve_line_in(&line, cut(&rest, BN_G1_DIGITS));
    curve_line_in(&line, rest);
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

static void bn_mul(const kw_json *item, kw_str input)
{
    KW_AUTO(kw_buf) exact = kw_buf_init(512);
    KW_AUTO(kw_buf) scalar = kw_buf_init(512);
    append_exact(&exact, input, BN_G1_DIGITS + SCALAR_DIGITS);
    kw_str rest = kw_buf_text(&exact);
    KW_AUTO(curve_line) line = curve_line_of("bn254", "g1.mul");
    curve_line_in(&line, cut(&rest, BN_G1_DIGITS));
    append_reduced(&scalar, "bn254", rest);
    curve_line_in(&line, kw_buf_text(&scalar));
    curve_line_expect(&line, json_tree_text(item, "Expected"));
}

#define GOOD_TEST(run, file)                               \
    static void run##__gives_what_geth_gives(void **state) \
    {                                                      \
        (void)state;                                       \
        each_case(file, run);                              \
    }

GOOD_TEST(g1_add, "blsG1Add")
GOOD_TEST(g1_mul, "blsG1Mul")
GOOD_TEST(g1_msm, "blsG1MultiExp.every10")
GOOD_TEST(g1_map, "blsMapG1")
GOOD_TEST(g2_add, "blsG2Add")
GOOD_TEST(g2_mul, "blsG2Mul")
GOOD_TEST(g2_msm, "blsG2MultiExp.every10")
GOOD_TEST(g2_map, "blsMapG2")
GOOD_TEST(bls_pairing, "blsPairing")
GOOD_TEST(bn_add, "bn256Add")
GOOD_TEST(bn_mul, "bn256ScalarMul")
GOOD_TEST(bn_pairing, "bn256Pairing")

/* ---- what is refused ---- */

typedef struct reason {
    const char *theirs;
    kw_status ours;
} reason;

static const reason reasons[] = {
    {"invalid field element top bytes", KW_RANGE},
    {"invalid fp.Element encoding", KW_RANGE},
    {"invalid point: not on curve", KW_NOT_ON_CURVE},
    {"g1 point is not on correct subgroup", KW_NOT_IN_SUBGROUP},
    {"g2 point is not on correct subgroup", KW_NOT_IN_SUBGROUP},
};

/* geth looks at the length of the whole input, we at that of each part: then any refusal counts. */
static void expect_refusal(const kw_json *item, curve_line *line)
{
    kw_str text = json_tree_text(item, "ExpectedError");
    for (size_t i = 0; i < KW_COUNT(reasons); i++) {
        if (kw_str_equal(text, kw_str_of(reasons[i].theirs))) {
            curve_line_expect_error(line, reasons[i].ours);
            return;
        }
    }
    EXPECT_STR(text, "invalid input length");
    curve_line_run(line);
    assert_true(kw_str_starts_with(kw_buf_text(&line->answer), KW_STR("{\"id\":null,\"error\":")));
}

static void refused_add(const kw_json *item, kw_str input, const char *op, size_t digits)
{
    KW_AUTO(curve_line) line = curve_line_of("bls12-381", op);
    curve_line_in(&line, cut(&input, digits));
    curve_line_in(&line, input);
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    expect_refusal(item, &line);
}

static void refused_g1_add(const kw_json *item, kw_str input)
{
    refused_add(item, input, "g1.add", G1_DIGITS);
}

static void refused_g2_add(const kw_json *item, kw_str input)
{
    refused_add(item, input, "g2.add", G2_DIGITS);
}

/* EIP-2537 refuses an empty sum; ours is infinity. */
static void refused_msm(const kw_json *item, kw_str input, const char *op, size_t digits)
{
    KW_AUTO(curve_line) line = msm_line(input, op, digits);
    if (input.len > 0 || kw_str_ends_with(kw_str_of(op), KW_STR("mul"))) {
        expect_refusal(item, &line);
    }
}

static void refused_g1_mul(const kw_json *item, kw_str input)
{
    refused_msm(item, input, "g1.mul", G1_DIGITS);
}

static void refused_g2_mul(const kw_json *item, kw_str input)
{
    refused_msm(item, input, "g2.mul", G2_DIGITS);
}

static void refused_g1_msm(const kw_json *item, kw_str input)
{
    refused_msm(item, input, "g1.msm", G1_DIGITS);
}

static void refused_g2_msm(const kw_json *item, kw_str input)
{
    refused_msm(item, input, "g2.msm", G2_DIGITS);
}

/* The padding is geth's to look at: we take 48 bytes, so a broken one is too long here. */
static void refused_map(const kw_json *item, kw_str input, const char *op, size_t elements)
{
    KW_AUTO(curve_line) line = map_line(input, op, elements);
    kw_str text = json_tree_text(item, "ExpectedError");
    if (kw_str_equal(text, KW_STR("invalid field element top bytes"))) {
        curve_line_expect_error(&line, KW_LENGTH);
    } else {
        expect_refusal(item, &line);
    }
}

static void refused_g1_map(const kw_json *item, kw_str input)
{
    refused_map(item, input, "g1.map", 1);
}

static void refused_g2_map(const kw_json *item, kw_str input)
{
    refused_map(item, input, "g2.map", 2);
}

/* EIP-2537 refuses an empty input, EIP-197 takes it: our product of nothing is one. */
static void refused_pairing(const kw_json *item, kw_str input)
{
    KW_AUTO(curve_line) line = pairing_line("bls12-381", input, G1_DIGITS, G2_DIGITS);
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    if (input.len == 0) {
        curve_line_expect_verdict(&line, true);
    } else {
        expect_refusal(item, &line);
    }
}

#define BAD_TEST(run, file)                                    \
    static void run##__refuses_what_geth_refuses(void **state) \
    {                                                          \
        (void)state;                                           \
        each_case(file, run);                                  \
    }

BAD_TEST(refused_g1_add, "fail-blsG1Add")
BAD_TEST(refused_g1_mul, "fail-blsG1Mul")
BAD_TEST(refused_g1_msm, "fail-blsG1MultiExp")
BAD_TEST(refused_g1_map, "fail-blsMapG1")
BAD_TEST(refused_g2_add, "fail-blsG2Add")
BAD_TEST(refused_g2_mul, "fail-blsG2Mul")
BAD_TEST(refused_g2_msm, "fail-blsG2MultiExp")
BAD_TEST(refused_g2_map, "fail-blsMapG2")
BAD_TEST(refused_pairing, "fail-blsPairing")

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g1_add__gives_what_geth_gives),
        cmocka_unit_test(g1_mul__gives_what_geth_gives),
        cmocka_unit_test(g1_msm__gives_what_geth_gives),
        cmocka_unit_test(g1_map__gives_what_geth_gives),
        cmocka_unit_test(g2_add__gives_what_geth_gives),
        cmocka_unit_test(g2_mul__gives_what_geth_gives),
        cmocka_unit_test(g2_msm__gives_what_geth_gives),
        cmocka_unit_test(g2_map__gives_what_geth_gives),
        cmocka_unit_test(bls_pairing__gives_what_geth_gives),
        cmocka_unit_test(bn_add__gives_what_geth_gives),
        cmocka_unit_test(bn_mul__gives_what_geth_gives),
        cmocka_unit_test(bn_pairing__gives_what_geth_gives),
        cmocka_unit_test(refused_g1_add__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g1_mul__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g1_msm__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g1_map__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g2_add__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g2_mul__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g2_msm__refuses_what_geth_refuses),
        cmocka_unit_test(refused_g2_map__refuses_what_geth_refuses),
        cmocka_unit_test(refused_pairing__refuses_what_geth_refuses),
    };
    return curve_run_on_backends("vectors/curve/eip", tests, KW_COUNT(tests));
}
