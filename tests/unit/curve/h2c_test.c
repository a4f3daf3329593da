/* SPDX-License-Identifier: Apache-2.0
 * Hashing to fields and curves. Expected values are those of RFC 9380, appendices K.1 and K.2 (the
 * expander) and J.9, J.10 (BLS12-381). */
#include "curve/h2c.h"

#include "crypto/h2c_hashes.h"
#include "curve/bls_hash.h"
#include "curve/bls_wire.h"
#include "curve/bn_hash.h"
#include "curve/bn_wire.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/hexed.h"

static const char short_dst[] = "QUUX-V01-CS02-with-expander-SHA256-128";
static const char long_dst[] =
    "QUUX-V01-CS02-with-expander-SHA256-128-long-DST-1111111111111111111111111111111111111111"
    "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
    "11111111111111111111111111111111111111111111111111111111111111111111111111111111";

static void expand__gives_the_published_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *dst;
        const char *msg;
        size_t len;
        const char *hex;
    } cases[] = {
        {short_dst, "", 32, "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235"},
        {short_dst, "abc", 32, "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615"},
        {short_dst, "", 128,
         "af84c27ccfd45d41914fdff5df25293e221afc53d8ad2ac06d5e3e29485dadbee0d121587713a3e0"
         "dd4d5e69e93eb7cd4f5df4cd103e188cf60cb02edc3edf18eda8576c412b18ffb658e3dd6ec84946"
         "9b979d444cf7b26911a08e63cf31f9dcc541708d3491184472c2c29bb749d4286b004ceb5ee6b9a7"
         "fa5b646c993f0ced"},
        {short_dst, "abc", 128,
         "abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a647e6c3163d40b76"
         "a73cf6a5674ef1d890f95b664ee0afa5359a5c4e07985635bbecbac65d747d3d2da7ec2b8221b17b"
         "0ca9dc8a1ac1c07ea6a1e60583e2cb00058e77b7b72a298425cd1b941ad4ec65e8afc50303a22c0f"
         "99b0509b4c895f40"},
        {long_dst, "", 32, "e8dc0c8b686b7ef2074086fbdd2f30e3f8bfbd3bdf177f73f04b97ce618a3ed3"},
        {long_dst, "abc", 32, "52dbf4f36cf560fca57dedec2ad924ee9c266341d8f3d6afe5171733b16bbb12"},
        {long_dst, "", 128,
         "14604d85432c68b757e485c8894db3117992fc57e0e136f71ad987f789a0abc287c47876978e2388"
         "a02af86b1e8d1342e5ce4f7aaa07a87321e691f6fba7e0072eecc1218aebb89fb14a0662322d5edb"
         "d873f0eb35260145cd4e64f748c5dfe60567e126604bcab1a3ee2dc0778102ae8a5cfd1429ebc0fa"
         "6bf1a53c36f55dfc"},
        {long_dst, "abc", 128,
         "1a30a5e36fbdb87077552b9d18b9f0aee16e80181d5b951d0471d55b66684914aef87dbb3626eaab"
         "f5ded8cd0686567e503853e5c84c259ba0efc37f71c839da2129fe81afdaec7fbdc0ccd4c794727a"
         "17c0d20ff0ea55e1389d6982d1241cb8d165762dbc39fb0cee4474d2cbbd468a835ae5b2f20e4f95"
         "9f56ab24cd6fe267"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        uint8_t bytes[128];
        kw_span msg = kw_span_of_str(kw_str_of(cases[i].msg));
        kw_span dst = kw_span_of_str(kw_str_of(cases[i].dst));
        EXPECT_OK(kw_h2c_expand((kw_mspan){bytes, cases[i].len}, &kw_h2c_sha256, msg, dst));
        expect_hexed((kw_span){bytes, cases[i].len}, cases[i].hex);
    }
}

static void expand__refuses_no_dst_and_impossible_lengths(void **state)
{
    (void)state;
    static uint8_t bytes[KW_H2C_EXPANDED_BYTES_MAX + 1];
    kw_span dst = kw_span_of_str(KW_STR("x"));
    kw_mspan all = {bytes, sizeof bytes};
    kw_mspan most = {bytes, sizeof bytes - 1};
    EXPECT_STATUS(kw_h2c_expand(all, &kw_h2c_sha256, dst, dst), KW_ARG);
    EXPECT_STATUS(kw_h2c_expand((kw_mspan){bytes, 0}, &kw_h2c_sha256, dst, dst), KW_ARG);
    EXPECT_STATUS(kw_h2c_expand(most, &kw_h2c_sha256, dst, (kw_span){0}), KW_ARG);
    kw_h2c_hash wide = kw_h2c_sha256;
    wide.block_bytes = KW_H2C_BLOCK_BYTES_MAX + 1;
    EXPECT_STATUS(kw_h2c_expand(most, &wide, dst, dst), KW_ARG);
    EXPECT_OK(kw_h2c_expand(most, &kw_h2c_sha256, dst, dst));
    EXPECT_OK(kw_h2c_expand(most, &kw_h2c_keccak256, dst, dst));
}

static void hash_to_g1__gives_the_published_point(void **state)
{
    (void)state;
    kw_bls_g1 point;
    kw_bls_g1_both bytes;
    kw_span dst = kw_span_of_str(KW_STR("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"));
    EXPECT_OK(kw_bls_hash_to_g1(&point, &kw_h2c_sha256, kw_span_of_str(KW_STR("abc")), dst));
    kw_bls_g1_encode_zcash_both(&bytes, &point);
    expect_hexed(KW_SPAN(bytes.bytes),
                 "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655"
                 "d3c68900be2f69030b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af21553331"
                 "1f0b8dfaaa154fa6b88176c229f2885d");
    EXPECT_STATUS(kw_bls_hash_to_g1(&point, &kw_h2c_sha256, dst, (kw_span){0}), KW_ARG);
}

static void encode_to_g1__gives_the_published_point(void **state)
{
    (void)state;
    kw_bls_g1 point;
    kw_bls_g1_both bytes;
    kw_span dst = kw_span_of_str(KW_STR("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_NU_"));
    EXPECT_OK(kw_bls_encode_to_g1(&point, &kw_h2c_sha256, kw_span_of_str(KW_STR("abc")), dst));
    kw_bls_g1_encode_zcash_both(&bytes, &point);
    expect_hexed(KW_SPAN(bytes.bytes),
                 "009769f3ab59bfd551d53a5f846b9984c59b97d6842b20a2c565baa167945e3d026a3755b6345df8"
                 "ec7e6acb6868ae6d1532c00cf61aa3d0ce3e5aa20c3b531a2abd2c770a790a2613818303c6b830ff"
                 "c0ecf6c357af3317b9575c567f11cd2c");
    EXPECT_STATUS(kw_bls_encode_to_g1(&point, &kw_h2c_sha256, dst, (kw_span){0}), KW_ARG);
}

static void hash_to_g2__gives_the_published_point(void **state)
{
    (void)state;
    kw_bls_g2 point;
    kw_bls_g2_both bytes;
    kw_span dst = kw_span_of_str(KW_STR("QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"));
    EXPECT_OK(kw_bls_hash_to_g2(&point, &kw_h2c_sha256, kw_span_of_str(KW_STR("abc")), dst));
    kw_bls_g2_encode_zcash_both(&bytes, &point);
    expect_hexed(KW_SPAN(bytes.bytes),
                 "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3"
                 "a2acf73a41177fd802c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbe"
                 "c7780ccc7954725f4168aff2787776e600aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e"
                 "03866e9f3d49ac1e1ce70dd94a733534f106d4cec0eddd161787327b68159716a37440985269cf58"
                 "4bcb1e621d3a7202be6ea05c4cfe244aeb197642555a0645fb87bf7466b2ba48");
    EXPECT_STATUS(kw_bls_hash_to_g2(&point, &kw_h2c_sha256, dst, (kw_span){0}), KW_ARG);
}

static void encode_to_g2__gives_the_published_point(void **state)
{
    (void)state;
    kw_bls_g2 point;
    kw_bls_g2_both bytes;
    kw_span dst = kw_span_of_str(KW_STR("QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_NU_"));
    EXPECT_OK(kw_bls_encode_to_g2(&point, &kw_h2c_sha256, kw_span_of_str(KW_STR("abc")), dst));
    kw_bls_g2_encode_zcash_both(&bytes, &point);
    expect_hexed(KW_SPAN(bytes.bytes),
                 "0296238ea82c6d4adb3c838ee3cb2346049c90b96d602d7bb1b469b905c9228be25c627bffee872d"
                 "ef773d5b2a2eb57d108ed59fd9fae381abfd1d6bce2fd2fa220990f0f837fa30e0f27914ed6e1454"
                 "db0d1ee957b219f61da6ff8be0d6441f153606c417e59fb331b7ae6bce4fbf7c5190c33ce9402b5e"
                 "be2b70e44fca614f3f1382a3625ed5493843d0b0a652fc3f033f90f6057aadacae7963b0a0b379dd"
                 "46750c1c94a6357c99b65f63b79e321ff50fe3053330911c56b6ceea08fee656");
    EXPECT_STATUS(kw_bls_encode_to_g2(&point, &kw_h2c_sha256, dst, (kw_span){0}), KW_ARG);
}

/* chain.md: x grows from the digest modulo p until x^3 + 3 is a square. */
static void try_and_increment__takes_the_next_point(void **state)
{
    (void)state;
    kw_hash32 digest = {{0}};
    kw_bn_g1 point;
    kw_bn_g1_both bytes;
    digest.bytes[31] = 1; /* 1 + 3 = 4: y = 2 or -2 */
    EXPECT_OK(kw_bn_g1_try_and_increment_var(&point, &digest));
    kw_bn_g1_encode_eip196(&bytes, &point);
    assert_int_equal(bytes.bytes[31], 1);
    kw_bn_g1 same;
    EXPECT_OK(kw_bn_g1_decode_eip196(&same, KW_SPAN(bytes.bytes), KW_POINT_STRICT));
    memset(digest.bytes, 0xff, sizeof digest.bytes);
    EXPECT_OK(kw_bn_g1_try_and_increment_var(&point, &digest));
    kw_bn_g1_encode_eip196(&bytes, &point);
    EXPECT_OK(kw_bn_g1_decode_eip196(&same, KW_SPAN(bytes.bytes), KW_POINT_STRICT));
    assert_true(kw_bn_g1_equal(&same, &point));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expand__gives_the_published_bytes),
        cmocka_unit_test(expand__refuses_no_dst_and_impossible_lengths),
        cmocka_unit_test(hash_to_g1__gives_the_published_point),
        cmocka_unit_test(encode_to_g1__gives_the_published_point),
        cmocka_unit_test(hash_to_g2__gives_the_published_point),
        cmocka_unit_test(encode_to_g2__gives_the_published_point),
        cmocka_unit_test(try_and_increment__takes_the_next_point),
    };
    return curve_run_on_backends("curve/h2c", tests, KW_COUNT(tests));
}
