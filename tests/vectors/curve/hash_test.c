/* SPDX-License-Identifier: Apache-2.0
 * Hashing to curves on published data beside the project: RFC 9380 for BLS12-381, gnark-crypto for
 * BN254 (SVDW, SHA-256), and our own table for the map of EigenLayer's contracts. */
#include "support/curve_backend.h"
#include "support/curve_line.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>

static kw_json *read_shared(const char *relative)
{
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, relative)) {
        skip();
    }
    return json_tree_parse(kw_buf_text(&file));
}

/* Appends a number, "0x1a" or without 0x, as `digits` hexadecimal digits. */
static void append_number(kw_buf *out, kw_str number, size_t digits)
{
    size_t skipped = kw_str_starts_with(number, KW_STR("0x")) ? 2 : 0;
    kw_str text = {number.ptr + skipped, number.len - skipped};
    assert_in_range(text.len, 1, digits);
    for (size_t i = text.len; i < digits; i++) {
        EXPECT_OK(kw_buf_append_byte(out, '0'));
    }
    EXPECT_OK(kw_buf_append_str(out, text));
}

/* A coordinate, "c0" or "c0,c1", in the order of the encoding. */
static void append_coordinate(kw_buf *out, kw_str text, size_t digits, bool is_imaginary_first)
{
    kw_str c0 = {0};
    kw_str c1 = {0};
    if (!kw_str_split(text, ',', &c0, &c1)) {
        append_number(out, text, digits);
        return;
    }
    append_number(out, is_imaginary_first ? c1 : c0, digits);
    append_number(out, is_imaginary_first ? c0 : c1, digits);
}

static void expect_hash(const char *curve, const char *op, kw_str dst, kw_str msg, kw_str point)
{
    KW_AUTO(curve_line) line = curve_line_of(curve, op);
    curve_line_in_bytes(&line, kw_span_of_str(msg));
    curve_line_dst(&line, dst);
    curve_line_member(&line, "fmt",
                      kw_str_equal(kw_str_of(curve), KW_STR("bn254")) ? KW_STR("eip196")
                                                                      : KW_STR("eip2537"));
    curve_line_expect(&line, point);
}

/* ---- RFC 9380 ---- */

/* A field element of the map has 48 bytes. */
static void expect_map(const char *op, kw_str u, kw_str point)
{
    KW_AUTO(curve_line) line = curve_line_of("bls12-381", op);
    kw_str part = {0};
    bool has_more = true;
    while (has_more) {
        has_more = kw_str_split(u, ',', &part, &u);
        curve_line_in(&line, part);
    }
    curve_line_member(&line, "fmt", KW_STR("eip2537"));
    curve_line_expect(&line, point);
}

/* `file` names the suite; `op` is hash or encode_to_curve of the group. */
static void expect_suite(const char *file, const char *op, const char *map_op)
{
    char path[128];
    assert_in_range(snprintf(path, sizeof path, "curves/rfc9380/BLS12381%s.json", file), 1,
                    sizeof path - 1);
    KW_AUTO_PTR(kw_json) root = read_shared(path);
    const kw_json *vectors = json_tree_at(root, "vectors");
    assert_int_equal(kw_json_count(vectors), 5);
    for (size_t i = 0; i < kw_json_count(vectors); i++) {
        const kw_json *v = kw_json_item(vectors, i);
        const kw_json *p = json_tree_at(v, "P");
        KW_AUTO(kw_buf) point = kw_buf_init(1024);
        append_coordinate(&point, json_tree_text(p, "x"), 128, false);
        append_coordinate(&point, json_tree_text(p, "y"), 128, false);
        expect_hash("bls12-381", op, json_tree_text(root, "dst"), json_tree_text(v, "msg"),
                    kw_buf_text(&point));
        const kw_json *u = json_tree_at(v, "u");
        if (kw_json_count(u) == 1) { /* NU: the point is the map of one element */
            expect_map(map_op, kw_json_text(kw_json_item(u, 0)), kw_buf_text(&point));
        }
    }
}

static void rfc9380__g1(void **state)
{
    (void)state;
    expect_suite("G1_XMD-SHA-256_SSWU_RO_", "g1.hash", "g1.map");
    expect_suite("G1_XMD-SHA-256_SSWU_NU_", "g1.encode_to_curve", "g1.map");
}

static void rfc9380__g2(void **state)
{
    (void)state;
    expect_suite("G2_XMD-SHA-256_SSWU_RO_", "g2.hash", "g2.map");
    expect_suite("G2_XMD-SHA-256_SSWU_NU_", "g2.encode_to_curve", "g2.map");
}

static void expect_expander(const char *relative)
{
    KW_AUTO_PTR(kw_json) root = read_shared(relative);
    const kw_json *tests = json_tree_at(root, "tests");
    assert_int_equal(kw_json_count(tests), 10);
    for (size_t i = 0; i < kw_json_count(tests); i++) {
        const kw_json *t = kw_json_item(tests, i);
        KW_AUTO(kw_buf) len = kw_buf_init(8);
        append_number(&len, json_tree_text(t, "len_in_bytes"), 4);
        KW_AUTO(curve_line) line = curve_line_of("bls12-381", "expand");
        curve_line_in_bytes(&line, kw_span_of_str(json_tree_text(t, "msg")));
        curve_line_in(&line, kw_buf_text(&len));
        curve_line_dst(&line, json_tree_text(root, "DST"));
        curve_line_expect(&line, json_tree_text(t, "uniform_bytes"));
    }
}

static void rfc9380__expander(void **state)
{
    (void)state;
    expect_expander("curves/rfc9380/expand_message_xmd_SHA256_38.json");
    expect_expander("curves/rfc9380/expand_message_xmd_SHA256_256.json"); /* a DST over 255 bytes */
}

/* ---- BN254 ---- */

static void expect_gnark_set(const kw_json *root, const char *set_name, const char *op)
{
    const kw_json *set = json_tree_at(root, set_name);
    const kw_json *cases = json_tree_at(set, "cases");
    assert_int_equal(kw_json_count(cases), 5);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        const kw_json *c = kw_json_item(cases, i);
        const kw_json *p = json_tree_at(c, "P");
        KW_AUTO(kw_buf) point = kw_buf_init(512);
        append_coordinate(&point, kw_json_text(kw_json_item(p, 0)), 64, true);
        append_coordinate(&point, kw_json_text(kw_json_item(p, 1)), 64, true);
        expect_hash("bn254", op, json_tree_text(set, "dst"), json_tree_text(c, "msg"),
                    kw_buf_text(&point));
    }
}

static void bn254__hashes_as_gnark_does(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("curves/bn254-h2c/bn254_svdw_sha256.json");
    expect_gnark_set(root, "hashToG1Vector", "g1.hash");
    expect_gnark_set(root, "hashToG2Vector", "g2.hash");
    expect_gnark_set(root, "encodeToG1Vector", "g1.encode_to_curve");
    expect_gnark_set(root, "encodeToG2Vector", "g2.encode_to_curve");
}

/* x and y, and the signature under the secret key 123456789. */
static void expect_increment(const kw_json *v)
{
    KW_AUTO(kw_buf) point = kw_buf_init(256);
    append_number(&point, json_tree_text(v, "x"), 64);
    append_number(&point, json_tree_text(v, "y"), 64);
    KW_AUTO(curve_line) line = curve_line_of("bn254", "g1.increment");
    curve_line_in(&line, json_tree_text(v, "digest"));
    curve_line_expect(&line, kw_buf_text(&point));
    KW_AUTO(curve_line) sign = curve_line_of("bn254", "g1.mul");
    curve_line_in(&sign, kw_buf_text(&point));
    curve_line_in(&sign,
                  KW_STR("00000000000000000000000000000000000000000000000000000000075bcd15"));
    curve_line_expect(&sign, json_tree_text(v, "signature_sk_123456789"));
}

static void bn254__increments_as_eigenlayer_does(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("chain/chain.json");
    const kw_json *vectors = json_tree_at(json_tree_at(root, "bn254_hash_to_g1"), "vectors");
    assert_in_range(kw_json_count(vectors), 4, 1000);
    for (size_t i = 0; i < kw_json_count(vectors); i++) {
        expect_increment(kw_json_item(vectors, i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc9380__g1),
        cmocka_unit_test(rfc9380__g2),
        cmocka_unit_test(rfc9380__expander),
        cmocka_unit_test(bn254__hashes_as_gnark_does),
        cmocka_unit_test(bn254__increments_as_eigenlayer_does),
    };
    return curve_run_on_backends("vectors/curve/hash", tests, KW_COUNT(tests));
}
