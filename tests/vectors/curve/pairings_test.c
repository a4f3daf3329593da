/* SPDX-License-Identifier: Apache-2.0
 * Pairings of others, beside the project: drand's beacons, the element of GT that tlock hashes,
 * and a Groth16 proof with its key by snarkjs. */
#include "crypto/hash.h"
#include "crypto/keccak.h"

#include "codec/hex.h"

#include "support/curve_backend.h"
#include "support/curve_line.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdlib.h>

#define BLS "bls12-381"
#define BN  "bn254"

static kw_json *read_shared(const char *relative)
{
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, relative)) {
        skip();
    }
    return json_tree_parse(kw_buf_text(&file));
}

/* ---- drand ---- */

typedef struct scheme {
    const char *name;
    const char *curve;
    const char *mode;
    const char *dst;
    const char *hash; /* of the expander and of the message */
} scheme;

static const scheme schemes[] = {
    {"pedersen-bls-chained", BLS, "min_pk", "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
     "sha256"},
    {"pedersen-bls-unchained", BLS, "min_pk", "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
     "sha256"},
    {"bls-unchained-on-g1", BLS, "min_sig", "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
     "sha256"},
    {"bls-unchained-g1-rfc9380", BLS, "min_sig", "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
     "sha256"},
    {"bls-bn254-unchained-on-g1", BN, "min_sig", "BLS_SIG_BN254G1_XMD:KECCAK-256_SVDW_RO_NUL_",
     "keccak256"},
};

static const scheme *find_scheme(kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(schemes); i++) {
        if (kw_str_equal(name, kw_str_of(schemes[i].name))) {
            return &schemes[i];
        }
    }
    fail_msg("a scheme that this test does not know");
    return NULL;
}

/* The hash of the previous signature, when there is one, and the round. */
static kw_hash32 message_of(const scheme *by, kw_str previous, int64_t round)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(256);
    kw_hash32 message;
    EXPECT_OK(kw_hex_decode(&bytes, previous));
    for (int shift = 56; shift >= 0; shift -= 8) {
        EXPECT_OK(kw_buf_append_byte(&bytes, (uint8_t)((uint64_t)round >> shift)));
    }
    if (kw_str_equal(kw_str_of(by->hash), KW_STR("sha256"))) {
        kw_sha256(&message, kw_buf_view(&bytes));
    } else {
        kw_keccak256(&message, kw_buf_view(&bytes));
    }
    return message;
}

static void expect_beacon(const kw_json *beacon, int64_t round, bool verdict)
{
    const scheme *by = find_scheme(json_tree_text(beacon, "scheme"));
    kw_hash32 message = message_of(by, kw_json_text(kw_json_get(beacon, "prevsig")), round);
    KW_AUTO(curve_line) line = curve_line_of(by->curve, "bls.verify");
    curve_line_in_bytes(&line, kw_span_of_str(kw_str_of(by->mode)));
    curve_line_in(&line, json_tree_text(beacon, "pubkey"));
    curve_line_in_bytes(&line, KW_SPAN(message.bytes));
    curve_line_in(&line, json_tree_text(beacon, "sig"));
    curve_line_member(&line, "hash", kw_str_of(by->hash));
    curve_line_dst(&line, kw_str_of(by->dst));
    curve_line_expect_verdict(&line, verdict);
}

static void drand__beacons_verify(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("curves/drand/beacons.json");
    const kw_json *beacons = json_tree_at(root, "beacons");
    assert_int_equal(kw_json_count(beacons), 9);
    for (size_t i = 0; i < kw_json_count(beacons); i++) {
        const kw_json *beacon = kw_json_item(beacons, i);
        int64_t round = json_tree_integer(beacon, "round");
        expect_beacon(beacon, round, json_tree_is_true(beacon, "signature_verifies"));
        expect_beacon(beacon, round + 1, false);
    }
}

static void expect_round(const kw_json *vector, int64_t round, bool verdict)
{
    const kw_json *network = json_tree_at(vector, "network");
    const scheme *by = find_scheme(json_tree_text(network, "scheme"));
    kw_hash32 message = message_of(by, (kw_str){0}, round);
    KW_AUTO(curve_line) line = curve_line_of(by->curve, "bls.verify");
    curve_line_in_bytes(&line, kw_span_of_str(kw_str_of(by->mode)));
    curve_line_in(&line, json_tree_text(network, "public_key"));
    curve_line_in_bytes(&line, KW_SPAN(message.bytes));
    curve_line_in(&line, json_tree_text(vector, "signature"));
    curve_line_dst(&line, kw_str_of(by->dst));
    curve_line_expect_verdict(&line, verdict);
}

static void tlock__signatures_verify(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("curves/tlock/tlock_vectors.json");
    size_t seen = 0;
    for (size_t i = 0; i < kw_json_count(root); i++) {
        const kw_json *vector = kw_json_item(root, i);
        if (kw_json_get(vector, "signature") != NULL) {
            int64_t round = json_tree_integer(vector, "round");
            expect_round(vector, round, true);
            expect_round(vector, round - 1, false);
            seen++;
        }
    }
    assert_in_range(seen, 1, 100);
}

/* ---- the generator of GT, as tlock hashes it ---- */

#define G1_GENERATOR                                   \
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905" \
    "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
#define G2_GENERATOR                                   \
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61a" \
    "b5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" \
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02" \
    "b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"

static void tlock__generator_of_gt(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("curves/tlock/gt_generator.json");
    const kw_json *coeffs = json_tree_at(root, "coeffs");
    KW_AUTO(kw_buf) wanted = kw_buf_init(2048);
    for (size_t i = 0; i < kw_json_count(coeffs); i++) {
        kw_str text = kw_json_text(kw_json_item(coeffs, i));
        EXPECT_OK(kw_buf_append_str(&wanted, (kw_str){text.ptr + 2, text.len - 2}));
    }
    KW_AUTO(curve_line) pairing = curve_line_of(BLS, "pairing");
    curve_line_in(&pairing, KW_STR(G1_GENERATOR));
    curve_line_in(&pairing, KW_STR(G2_GENERATOR));
    curve_line_expect(&pairing, kw_buf_text(&wanted));
    kw_str kyber = json_tree_text(root, "kyber_bytes");
    KW_AUTO(curve_line) square = curve_line_of(BLS, "gt.mul");
    curve_line_in(&square, kyber);
    curve_line_in(&square, kyber);
    curve_line_member(&square, "fmt", KW_STR("gt_kyber"));
    curve_line_expect(&square, json_tree_text(root, "square_kyber_bytes"));
}

/* The first 16 bytes of SHA-256("IBE-H2" | the bytes), so that the order of bytes matters. */
static void tlock__hash_of_the_generator(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("curves/tlock/gt_generator.json");
    KW_AUTO(kw_buf) bytes = kw_buf_init(1024);
    kw_hash32 hash;
    EXPECT_OK(kw_buf_append_str(&bytes, KW_STR("IBE-H2")));
    EXPECT_OK(kw_hex_decode(&bytes, json_tree_text(root, "kyber_bytes")));
    kw_sha256(&hash, kw_buf_view(&bytes));
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_hex_encode(&text, (kw_span){hash.bytes, 16}));
    assert_true(kw_str_equal(kw_buf_text(&text), json_tree_text(root, "gtToHash16")));
}

/* ---- Groth16 by snarkjs: decimal numbers, the real part first ---- */

/* Appends a decimal number as 64 hexadecimal digits. */
static void append_decimal(kw_buf *out, kw_str decimal)
{
    uint8_t bytes[32] = {0};
    for (size_t i = 0; i < decimal.len; i++) {
        unsigned carry = (unsigned)(decimal.ptr[i] - '0');
        assert_in_range(carry, 0, 9);
        for (size_t at = sizeof bytes; at-- > 0;) {
            carry += 10U * bytes[at];
            bytes[at] = (uint8_t)carry;
            carry >>= 8;
        }
        assert_int_equal(carry, 0);
    }
    EXPECT_OK(kw_hex_encode(out, KW_SPAN(bytes)));
}

static kw_str item_text(const kw_json *array, size_t i)
{
    return kw_json_text(kw_json_item(array, i));
}

/* [x, y, "1"]. */
static void append_g1(kw_buf *out, const kw_json *point)
{
    append_decimal(out, item_text(point, 0));
    append_decimal(out, item_text(point, 1));
}

/* [[re, im], [re, im], ["1", "0"]]; EIP-197 has the imaginary part first. */
static void append_g2(kw_buf *out, const kw_json *point)
{
    for (size_t i = 0; i < 2; i++) {
        append_decimal(out, item_text(kw_json_item(point, i), 1));
        append_decimal(out, item_text(kw_json_item(point, i), 0));
    }
}

static void in_g1(curve_line *line, const kw_json *point)
{
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    append_g1(&text, point);
    curve_line_in(line, kw_buf_text(&text));
}

static void in_g2(curve_line *line, const kw_json *point)
{
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    append_g2(&text, point);
    curve_line_in(line, kw_buf_text(&text));
}

static void in_negated(curve_line *line, const kw_json *point)
{
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    KW_AUTO(curve_line) negation = curve_line_of(BN, "g1.neg");
    in_g1(&negation, point);
    curve_line_take(&negation, &text);
    curve_line_in(line, kw_buf_text(&text));
}

/* IC[0] + sum of input[i] IC[i + 1]. */
static void in_inputs(curve_line *line, const kw_json *ic, const kw_json *inputs)
{
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    KW_AUTO(curve_line) sum = curve_line_of(BN, "g1.msm");
    for (size_t i = 0; i < kw_json_count(ic); i++) {
        in_g1(&sum, kw_json_item(ic, i));
    }
    for (size_t i = 0; i < kw_json_count(ic); i++) {
        KW_AUTO(kw_buf) scalar = kw_buf_init(64);
        append_decimal(&scalar, i == 0 ? KW_STR("1") : item_text(inputs, i - 1));
        curve_line_in(&sum, kw_buf_text(&scalar));
    }
    curve_line_take(&sum, &text);
    curve_line_in(line, kw_buf_text(&text));
}

/* e(-A, B) e(alpha, beta) e(inputs, gamma) e(C, delta) = 1. */
static void expect_proof(const kw_json *key, const kw_json *proof, const kw_json *inputs,
                         bool verdict)
{
    KW_AUTO(curve_line) line = curve_line_of(BN, "pairing.check");
    in_negated(&line, json_tree_at(proof, "pi_a"));
    in_g2(&line, json_tree_at(proof, "pi_b"));
    in_g1(&line, json_tree_at(key, "vk_alpha_1"));
    in_g2(&line, json_tree_at(key, "vk_beta_2"));
    in_inputs(&line, json_tree_at(key, "IC"), inputs);
    in_g2(&line, json_tree_at(key, "vk_gamma_2"));
    in_g1(&line, json_tree_at(proof, "pi_c"));
    in_g2(&line, json_tree_at(key, "vk_delta_2"));
    curve_line_expect_verdict(&line, verdict);
}

static void groth16__proof_verifies(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) key = read_shared("curves/groth16-own/verification_key.json");
    KW_AUTO_PTR(kw_json) proof = read_shared("curves/groth16-own/proof.json");
    KW_AUTO_PTR(kw_json) inputs = read_shared("curves/groth16-own/public.json");
    KW_AUTO_PTR(kw_json) others = json_tree_parse(KW_STR("[\"7776\",\"2\"]"));
    assert_int_equal(kw_json_count(inputs), 2);
    expect_proof(key, proof, inputs, true);
    expect_proof(key, proof, others, false);
}

/* snarkjs keeps e(alpha, beta): twelve numbers, in our order when the brackets are taken away. */
static void groth16__key_holds_our_pairing(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) key = read_shared("curves/groth16-own/verification_key.json");
    const kw_json *value = json_tree_at(key, "vk_alphabeta_12");
    KW_AUTO(kw_buf) wanted = kw_buf_init(1024);
    for (size_t i = 0; i < 12; i++) {
        const kw_json *six = kw_json_item(value, i / 6);
        append_decimal(&wanted, item_text(kw_json_item(six, i / 2 % 3), i % 2));
    }
    KW_AUTO(curve_line) line = curve_line_of(BN, "pairing");
    in_g1(&line, json_tree_at(key, "vk_alpha_1"));
    in_g2(&line, json_tree_at(key, "vk_beta_2"));
    curve_line_expect(&line, kw_buf_text(&wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drand__beacons_verify),   cmocka_unit_test(tlock__signatures_verify),
        cmocka_unit_test(tlock__generator_of_gt),  cmocka_unit_test(tlock__hash_of_the_generator),
        cmocka_unit_test(groth16__proof_verifies), cmocka_unit_test(groth16__key_holds_our_pairing),
    };
    return curve_run_on_backends("vectors/curve/pairings", tests, KW_COUNT(tests));
}
