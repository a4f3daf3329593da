/* SPDX-License-Identifier: Apache-2.0
 * Vectors of RFC 9380 appendix J.9.1, J.9.2, J.10.1 and J.10.2 for "abc"; BN254 has none, so its
 * suites are compared with the parts that they join. */
#include "crypto/hash_to_curve.h"

#include "crypto/h2c_hashes.h"
#include "curve/bls_wire.h"
#include "curve/bn_hash.h"
#include "support/expect.h"

#define ABC       kw_span_of_str(KW_STR("abc"))
#define DST(text) kw_span_of_str(KW_STR("QUUX-V01-CS02-with-" text))

/* The first bytes of an encoding, whose three top bits are flags: x, in G2 its c1. */
static void expect_x(const uint8_t *encoded, const uint8_t wanted[16])
{
    assert_int_equal(encoded[0] & 0x1f, wanted[0]);
    assert_memory_equal(encoded + 1, wanted + 1, 15);
}

static void bls_g1__gives_the_points_of_rfc_9380(void **state)
{
    (void)state;
    static const uint8_t ro[16] = {0x03, 0x56, 0x7b, 0xc5, 0xef, 0x9c, 0x69, 0x0c,
                                   0x2a, 0xb2, 0xec, 0xdf, 0x6a, 0x96, 0xef, 0x1c};
    static const uint8_t nu[16] = {0x00, 0x97, 0x69, 0xf3, 0xab, 0x59, 0xbf, 0xd5,
                                   0x51, 0xd5, 0x3a, 0x5f, 0x84, 0x6b, 0x99, 0x84};
    kw_bls_g1 p;
    kw_bls_g1_bytes bytes;
    EXPECT_OK(kw_bls_hash_to_g1_sha256(&p, ABC, DST("BLS12381G1_XMD:SHA-256_SSWU_RO_")));
    kw_bls_g1_encode_zcash(&bytes, &p);
    expect_x(bytes.bytes, ro);
    EXPECT_OK(kw_bls_encode_to_g1_sha256(&p, ABC, DST("BLS12381G1_XMD:SHA-256_SSWU_NU_")));
    kw_bls_g1_encode_zcash(&bytes, &p);
    expect_x(bytes.bytes, nu);
}

static void bls_g2__gives_the_points_of_rfc_9380(void **state)
{
    (void)state;
    static const uint8_t ro[16] = {0x13, 0x9c, 0xdd, 0xbc, 0xcd, 0xc5, 0xe9, 0x1b,
                                   0x96, 0x23, 0xef, 0xd3, 0x8c, 0x49, 0xf8, 0x1a};
    static const uint8_t nu[16] = {0x02, 0x96, 0x23, 0x8e, 0xa8, 0x2c, 0x6d, 0x4a,
                                   0xdb, 0x3c, 0x83, 0x8e, 0xe3, 0xcb, 0x23, 0x46};
    kw_bls_g2 q;
    kw_bls_g2_bytes bytes;
    EXPECT_OK(kw_bls_hash_to_g2_sha256(&q, ABC, DST("BLS12381G2_XMD:SHA-256_SSWU_RO_")));
    kw_bls_g2_encode_zcash(&bytes, &q);
    expect_x(bytes.bytes, ro);
    EXPECT_OK(kw_bls_encode_to_g2_sha256(&q, ABC, DST("BLS12381G2_XMD:SHA-256_SSWU_NU_")));
    kw_bls_g2_encode_zcash(&bytes, &q);
    expect_x(bytes.bytes, nu);
}

static void bn__joins_its_map_with_each_hash(void **state)
{
    (void)state;
    const kw_span dst = DST("BN254");
    kw_bn_g1 p;
    kw_bn_g1 p_wanted;
    kw_bn_g2 q;
    kw_bn_g2 q_wanted;
    EXPECT_OK(kw_bn_hash_to_g1_sha256(&p, ABC, dst));
    EXPECT_OK(kw_bn_hash_to_g1(&p_wanted, &kw_h2c_sha256, ABC, dst));
    assert_true(kw_bn_g1_equal(&p, &p_wanted));
    EXPECT_OK(kw_bn_hash_to_g1_keccak256(&p, ABC, dst));
    assert_false(kw_bn_g1_equal(&p, &p_wanted));
    EXPECT_OK(kw_bn_hash_to_g1(&p_wanted, &kw_h2c_keccak256, ABC, dst));
    assert_true(kw_bn_g1_equal(&p, &p_wanted));
    EXPECT_OK(kw_bn_hash_to_g2_sha256(&q, ABC, dst));
    EXPECT_OK(kw_bn_hash_to_g2(&q_wanted, &kw_h2c_sha256, ABC, dst));
    assert_true(kw_bn_g2_equal(&q, &q_wanted));
    EXPECT_OK(kw_bn_hash_to_g2_keccak256(&q, ABC, dst));
    assert_false(kw_bn_g2_equal(&q, &q_wanted));
    EXPECT_OK(kw_bn_hash_to_g2(&q_wanted, &kw_h2c_keccak256, ABC, dst));
    assert_true(kw_bn_g2_equal(&q, &q_wanted));
}

static void all__refuse_an_empty_domain(void **state)
{
    (void)state;
    const kw_span none = {0};
    kw_bls_g1 p = kw_bls_g1_infinity();
    kw_bls_g2 q = kw_bls_g2_infinity();
    kw_bn_g1 bn_p = kw_bn_g1_infinity();
    kw_bn_g2 bn_q = kw_bn_g2_infinity();
    EXPECT_STATUS(kw_bls_hash_to_g1_sha256(&p, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bls_hash_to_g2_sha256(&q, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bls_encode_to_g1_sha256(&p, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bls_encode_to_g2_sha256(&q, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bn_hash_to_g1_sha256(&bn_p, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bn_hash_to_g2_sha256(&bn_q, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bn_hash_to_g1_keccak256(&bn_p, ABC, none), KW_ARG);
    EXPECT_STATUS(kw_bn_hash_to_g2_keccak256(&bn_q, ABC, none), KW_ARG);
    assert_true(kw_bls_g1_is_infinity(&p) && kw_bls_g2_is_infinity(&q));
    assert_true(kw_bn_g1_is_infinity(&bn_p) && kw_bn_g2_is_infinity(&bn_q));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bls_g1__gives_the_points_of_rfc_9380),
        cmocka_unit_test(bls_g2__gives_the_points_of_rfc_9380),
        cmocka_unit_test(bn__joins_its_map_with_each_hash),
        cmocka_unit_test(all__refuse_an_empty_domain),
    };
    return cmocka_run_group_tests_name("crypto/hash_to_curve", tests, NULL, NULL);
}
