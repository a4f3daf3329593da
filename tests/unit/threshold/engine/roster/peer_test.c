/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/peer.h"

#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"

enum {
    CLAIMS = 150, /* more than two equations */
};

/* Claims of three schemes by turns, each with its own hash and weight. */
typedef struct crowd {
    peer peers[9];
    kw_hash32 hashes[CLAIMS];
    kw_peer_signature signatures[CLAIMS];
    kw_peer_claim claims[CLAIMS];
    uint8_t weights[CLAIMS * KW_PEER_WEIGHT_BYTES];
    uint8_t ok[CLAIMS];
} crowd;

static crowd all;

static void gather(void)
{
    static const uint8_t curves[] = {KW_PEER_BN254, KW_PEER_ECDSA, PEER_ED25519};
    for (uint32_t i = 0; i < KW_COUNT(all.peers); i++) {
        peer_make(&all.peers[i], i, curves[i % 3]);
    }
    for (uint32_t i = 0; i < CLAIMS; i++) {
        const peer *p = &all.peers[i % KW_COUNT(all.peers)];
        all.hashes[i] = (kw_hash32){{(uint8_t)i, 77}};
        all.signatures[i] = peer_sign(p, &all.hashes[i]);
        all.claims[i] = (kw_peer_claim){kw_peer_scheme_of(&peer_schemes_test, p->curve), &p->key,
                                        &all.hashes[i], kw_peer_signature_view(&all.signatures[i])};
        all.weights[i * KW_PEER_WEIGHT_BYTES] = (uint8_t)(i + 1);
        all.weights[i * KW_PEER_WEIGHT_BYTES + 9] = (uint8_t)(3 * i + 1);
    }
}

static kw_span weights_of(size_t n)
{
    return (kw_span){all.weights, n * KW_PEER_WEIGHT_BYTES};
}

static void peer_verify_all__judges_each_claim_of_many(void **state)
{
    (void)state;
    gather();
    EXPECT_OK(kw_peer_verify_all(all.ok, all.claims, CLAIMS, weights_of(CLAIMS)));
    for (size_t i = 0; i < CLAIMS; i++) {
        assert_int_equal(all.ok[i], 1);
    }
    static const size_t broken[] = {0, 1, 2, 27, 63, 64, 66, 149};
    for (size_t i = 0; i < KW_COUNT(broken); i++) {
        all.hashes[broken[i]].bytes[5] ^= 1; /* the last byte may lead to the same point of BN254 */
    }
    EXPECT_OK(kw_peer_verify_all(all.ok, all.claims, CLAIMS, weights_of(CLAIMS)));
    size_t at = 0;
    for (size_t i = 0; i < CLAIMS; i++) {
        bool is_broken = at < KW_COUNT(broken) && broken[at] == i;
        assert_int_equal(all.ok[i], is_broken ? 0 : 1);
        assert_int_equal(all.claims[i].scheme->verify(&all.claims[i]), !is_broken);
        at += is_broken ? 1 : 0;
    }
    EXPECT_OK(kw_peer_verify_all(all.ok, all.claims, 0, (kw_span){0}));
}

static void peer_verify_all__refuses_missing_and_zero_weights(void **state)
{
    (void)state;
    gather();
    EXPECT_STATUS(kw_peer_verify_all(all.ok, all.claims, 2, weights_of(1)), KW_ARG);
    EXPECT_STATUS(kw_peer_verify_all(all.ok, all.claims, 2, weights_of(3)), KW_ARG);
    memset(&all.weights[KW_PEER_WEIGHT_BYTES], 0, KW_PEER_WEIGHT_BYTES);
    EXPECT_STATUS(kw_peer_verify_all(all.ok, all.claims, 2, weights_of(2)), KW_ARG);
    EXPECT_OK(kw_peer_verify_all(all.ok, all.claims, 1, weights_of(1)));
}

static void peer_verifier__draws_its_weights(void **state)
{
    (void)state;
    gather();
    seeded_rng seeded = {.seed = 5};
    kw_rng rng = seeded_rng_port(&seeded);
    kw_peer_verifier verifier = kw_peer_verifier_of(&rng);
    all.hashes[70].bytes[5] ^= 1;
    EXPECT_OK(verifier.verify(verifier.ctx, all.ok, all.claims, CLAIMS));
    for (size_t i = 0; i < CLAIMS; i++) {
        assert_int_equal(all.ok[i], i == 70 ? 0 : 1);
    }
    assert_int_equal(seeded.requests, (CLAIMS + KW_PEER_AT_ONCE - 1) / KW_PEER_AT_ONCE);
    seeded.fail_after = seeded.requests + 1;
    EXPECT_STATUS(verifier.verify(verifier.ctx, all.ok, all.claims, CLAIMS), KW_ENTROPY_FAILURE);
}

static void peer_scheme__knows_its_rows(void **state)
{
    (void)state;
    assert_ptr_equal(kw_peer_scheme_of(&kw_peer_schemes_all, KW_PEER_BN254), &kw_peer_bn254);
    assert_ptr_equal(kw_peer_scheme_of(&kw_peer_schemes_all, KW_PEER_ECDSA), &kw_peer_ecdsa);
    assert_null(kw_peer_scheme_of(&kw_peer_schemes_all, PEER_ED25519));
    assert_null(kw_peer_scheme_of(&kw_peer_schemes_all, 0));
}

static void peer_ecdsa__refuses_keys_and_lengths(void **state)
{
    (void)state;
    kw_peer_key key;
    uint8_t wire[21] = {0};
    EXPECT_STATUS(kw_peer_ecdsa.key_decode(&key, (kw_span){wire, 20}), KW_RANGE);
    EXPECT_STATUS(kw_peer_ecdsa.key_decode(&key, (kw_span){wire, 21}), KW_LENGTH);
    EXPECT_STATUS(kw_peer_ecdsa.key_decode(&key, (kw_span){wire, 19}), KW_LENGTH);
    gather();
    kw_peer_claim claim = all.claims[1];
    assert_true(kw_peer_ecdsa.verify(&claim));
    claim.signature.len--;
    assert_false(kw_peer_ecdsa.verify(&claim));
    claim = all.claims[1];
    claim.key = all.claims[4].key;
    assert_false(kw_peer_ecdsa.verify(&claim));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_verify_all__judges_each_claim_of_many),
        cmocka_unit_test(peer_verify_all__refuses_missing_and_zero_weights),
        cmocka_unit_test(peer_verifier__draws_its_weights),
        cmocka_unit_test(peer_scheme__knows_its_rows),
        cmocka_unit_test(peer_ecdsa__refuses_keys_and_lengths),
    };
    return cmocka_run_group_tests_name("threshold/engine/peer", tests, NULL, NULL);
}
