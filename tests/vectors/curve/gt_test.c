/* SPDX-License-Identifier: Apache-2.0
 * Published values of e(G1, G2): the first coefficients, as all libraries of curves.md section 9
 * agree on them, and the file of tlock beside the project. */
#include "codec/hex.h"
#include "curve/bls_pair.h"
#include "curve/bn_pair.h"

#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/json_tree.h"
#include "support/tree.h"

/* The bytes of `text`, which may begin with 0x. */
static void expect_text_bytes(kw_span got, kw_str text)
{
    KW_AUTO(kw_buf) wanted = kw_buf_init(1024);
    if (text.len > 2 && text.ptr[1] == 'x') {
        text = (kw_str){text.ptr + 2, text.len - 2};
    }
    EXPECT_OK(kw_hex_decode(&wanted, text));
    assert_int_equal(wanted.len, got.len);
    assert_memory_equal(wanted.ptr, got.ptr, got.len);
}

static kw_bls_gt bls_base(void)
{
    kw_bls_g1 p = kw_bls_g1_generator();
    kw_bls_g2 q = kw_bls_g2_generator();
    kw_bls_gt base;
    kw_bls_pairing(&base, &p, &q);
    return base;
}

static void bls_pairing__of_the_generators(void **state)
{
    (void)state;
    kw_bls_gt base = bls_base();
    kw_bls_gt_bytes bytes;
    kw_bls_gt_encode_coeff(&bytes, &base);
    expect_hexed((kw_span){bytes.bytes, 48}, "1250ebd871fc0a92a7b2d83168d0d727272d441befa15c50"
                                             "3dd8e90ce98db3e7b6d194f60839c508a84305aaca1789b6");
}

/* Both ends of the first coefficient are what was published. */
static void bn_pairing__of_the_generators(void **state)
{
    (void)state;
    kw_bn_g1 p = kw_bn_g1_generator();
    kw_bn_g2 q = kw_bn_g2_generator();
    kw_bn_gt base;
    kw_bn_gt_bytes bytes;
    kw_bn_pairing(&base, &p, &q);
    kw_bn_gt_encode_coeff(&bytes, &base);
    expect_hexed((kw_span){bytes.bytes, 4}, "262b253f");
    expect_hexed((kw_span){bytes.bytes + 29, 3}, "870e95");
}

static void bls_gt__is_what_tlock_has(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, "curves/tlock/gt_generator.json")) {
        skip();
    }
    kw_json *json = json_tree_parse(kw_buf_text(&file));
    kw_bls_gt base = bls_base();
    kw_bls_gt square;
    kw_bls_gt_bytes bytes;
    kw_bls_gt_encode_coeff(&bytes, &base);
    const kw_json *coefficients = json_tree_at(json, "coeffs");
    assert_int_equal(kw_json_count(coefficients), 12);
    for (size_t i = 0; i < 12; i++) {
        expect_text_bytes((kw_span){bytes.bytes + 48 * i, 48},
                          kw_json_text(kw_json_item(coefficients, i)));
    }
    kw_bls_gt_encode_kyber(&bytes, &base);
    expect_text_bytes(KW_SPAN(bytes.bytes), json_tree_text(json, "kyber_bytes"));
    kw_bls_gt_mul(&square, &base, &base);
    kw_bls_gt_encode_kyber(&bytes, &square);
    expect_text_bytes(KW_SPAN(bytes.bytes), json_tree_text(json, "square_kyber_bytes"));
    kw_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bls_pairing__of_the_generators),
        cmocka_unit_test(bn_pairing__of_the_generators),
        cmocka_unit_test(bls_gt__is_what_tlock_has),
    };
    return curve_run_on_backends("vectors/curve/gt", tests, KW_COUNT(tests));
}
