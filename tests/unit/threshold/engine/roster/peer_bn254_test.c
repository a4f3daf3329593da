/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/peer.h"

#include "curve/bn_wire.h"
#include "support/expect.h"
#include "support/peers.h"

static void bn254_verify__binds_key_and_hash(void **state)
{
    (void)state;
    peer a;
    peer b;
    peer_make(&a, 1, KW_PEER_BN254);
    peer_make(&b, 2, KW_PEER_BN254);
    kw_hash32 hash = {{5}};
    kw_hash32 other = {{6}};
    kw_peer_signature signature = peer_sign(&a, &hash);
    kw_span wire = kw_peer_signature_view(&signature);
    assert_true(kw_peer_bn254.verify(&(kw_peer_claim){&kw_peer_bn254, &a.key, &hash, wire}));
    assert_false(kw_peer_bn254.verify(&(kw_peer_claim){&kw_peer_bn254, &b.key, &hash, wire}));
    assert_false(kw_peer_bn254.verify(&(kw_peer_claim){&kw_peer_bn254, &a.key, &other, wire}));
    wire.len--;
    assert_false(kw_peer_bn254.verify(&(kw_peer_claim){&kw_peer_bn254, &a.key, &hash, wire}));
}

/* Two forgeries whose errors cancel out pass a plain sum; own weights find both. */
static void bn254_verify_all__finds_errors_that_cancel_out(void **state)
{
    (void)state;
    peer p;
    peer_make(&p, 3, KW_PEER_BN254);
    kw_hash32 hashes[2] = {{{1}}, {{2}}};
    kw_peer_signature signatures[2];
    kw_peer_claim claims[2];
    kw_bn_g1 error = kw_bn_g1_generator();
    for (size_t i = 0; i < 2; i++) {
        signatures[i] = peer_sign(&p, &hashes[i]);
        kw_bn_g1 point;
        EXPECT_OK(kw_bn_g1_decode_eip196(&point, kw_peer_signature_view(&signatures[i]), 0));
        kw_bn_g1_add(&point, &point, &error);
        kw_bn_g1_neg(&error, &error);
        kw_bn_g1_both wire;
        kw_bn_g1_encode_eip196(&wire, &point);
        memcpy(signatures[i].bytes, wire.bytes, sizeof wire.bytes);
        claims[i] = (kw_peer_claim){&kw_peer_bn254, &p.key, &hashes[i],
                                    kw_peer_signature_view(&signatures[i])};
    }
    uint8_t weights[2 * KW_PEER_WEIGHT_BYTES] = {[0] = 1, [16] = 1};
    uint8_t ok[2] = {0, 0};
    EXPECT_OK(kw_peer_verify_all(ok, claims, 2, KW_SPAN(weights)));
    assert_int_equal(ok[0] + ok[1], 2); /* equal weights are what the contract forbids */
    weights[17] = 1;
    EXPECT_OK(kw_peer_verify_all(ok, claims, 2, KW_SPAN(weights)));
    assert_int_equal(ok[0] + ok[1], 0);
}

static void bn254_key__refuses_infinity_and_lengths(void **state)
{
    (void)state;
    uint8_t wire[129] = {0};
    kw_peer_key key;
    EXPECT_STATUS(kw_peer_bn254.key_decode(&key, (kw_span){wire, 128}), KW_INFINITY);
    EXPECT_STATUS(kw_peer_bn254.key_decode(&key, (kw_span){wire, 127}), KW_LENGTH);
    EXPECT_STATUS(kw_peer_bn254.key_decode(&key, (kw_span){wire, 129}), KW_LENGTH);
    wire[127] = 1;
    EXPECT_STATUS(kw_peer_bn254.key_decode(&key, (kw_span){wire, 128}), KW_NOT_ON_CURVE);
    memset(wire, 0xff, sizeof wire);
    EXPECT_STATUS(kw_peer_bn254.key_decode(&key, (kw_span){wire, 128}), KW_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bn254_verify__binds_key_and_hash),
        cmocka_unit_test(bn254_verify_all__finds_errors_that_cancel_out),
        cmocka_unit_test(bn254_key__refuses_infinity_and_lengths),
    };
    return cmocka_run_group_tests_name("threshold/engine/peer_bn254", tests, NULL, NULL);
}
