/* SPDX-License-Identifier: Apache-2.0
 * Signatures of drand's beacons, beside the project: chained and unchained, keys in either group.
 * Scheme bls-unchained-on-g1 signs on G1 with the domain of G2; so do its beacons say. */
#include "codec/hex.h"
#include "crypto/h2c_hashes.h"
#include "crypto/hash.h"
#include "curve/bls_sign.h"
#include "curve/bls_wire.h"

#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

static const kw_bls_suite suite_of_g2 = {
    &kw_h2c_sha256, {(const uint8_t *)"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_", 43}};

static void read_hex(kw_buf *out, const kw_json *beacon, const char *name)
{
    const kw_json *member = kw_json_get(beacon, name);
    if (member != NULL && kw_json_text(member).len > 0) {
        EXPECT_OK(kw_hex_decode(out, kw_json_text(member)));
    }
}

/* SHA-256 of the previous signature, when there is one, and the round. */
static void message_of(kw_hash32 *out, const kw_json *beacon)
{
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    uint8_t round[8];
    uint64_t number = (uint64_t)json_tree_integer(beacon, "round");
    read_hex(&text, beacon, "prevsig");
    for (int i = 0; i < 8; i++) {
        round[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(round)));
    kw_sha256(out, kw_buf_view(&text));
}

/* A verdict on the beacon, with its message changed or not. */
static bool verify(const kw_json *beacon, bool is_changed)
{
    KW_AUTO(kw_buf) key = kw_buf_init(256);
    KW_AUTO(kw_buf) signature = kw_buf_init(256);
    kw_hash32 hash;
    bool yes = false;
    read_hex(&key, beacon, "pubkey");
    read_hex(&signature, beacon, "sig");
    message_of(&hash, beacon);
    hash.bytes[31] ^= is_changed;
    const kw_span message = KW_SPAN(hash.bytes);
    kw_bls_g1 in_g1;
    kw_bls_g2 in_g2;
    if (key.len == 48) {
        EXPECT_OK(kw_bls_g1_decode_zcash(&in_g1, kw_buf_view(&key), KW_POINT_STRICT));
        EXPECT_OK(kw_bls_g2_decode_zcash(&in_g2, kw_buf_view(&signature), KW_POINT_STRICT));
        EXPECT_OK(kw_bls_min_pk_verify(&yes, &in_g1, &in_g2, message, &suite_of_g2));
    } else {
        EXPECT_OK(kw_bls_g2_decode_zcash(&in_g2, kw_buf_view(&key), KW_POINT_STRICT));
        EXPECT_OK(kw_bls_g1_decode_zcash(&in_g1, kw_buf_view(&signature), KW_POINT_STRICT));
        EXPECT_OK(kw_bls_min_sig_verify(&yes, &in_g2, &in_g1, message, &suite_of_g2));
    }
    return yes;
}

static void verify__agrees_with_drand(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, "curves/drand/beacons.json")) {
        skip();
    }
    kw_json *json = json_tree_parse(kw_buf_text(&file));
    const kw_json *beacons = json_tree_at(json, "beacons");
    size_t seen = 0;
    for (size_t i = 0; i < kw_json_count(beacons); i++) {
        const kw_json *beacon = kw_json_item(beacons, i);
        kw_str scheme = json_tree_text(beacon, "scheme");
        if (kw_str_equal(scheme, KW_STR("bls-bn254-unchained-on-g1"))) {
            continue; /* the other curve */
        }
        bool wanted = json_tree_is_true(beacon, "signature_verifies");
        assert_int_equal(verify(beacon, false), wanted);
        assert_false(verify(beacon, true));
        seen++;
    }
    assert_true(seen >= 6);
    kw_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__agrees_with_drand),
    };
    return curve_run_on_backends("vectors/curve/sign", tests, KW_COUNT(tests));
}
