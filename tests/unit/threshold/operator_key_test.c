/* SPDX-License-Identifier: Apache-2.0
 * An operator's secret signs as the roster's schemes verify, and comes out of its files. */
#include "threshold/operator_key.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"
#include "support/softhsm.h"
#include "support/tempdir.h"
#include "threshold/operator_key_file.h"

#include <sys/stat.h>
#include <unistd.h>

static const uint8_t curves[] = {KW_PEER_BN254, KW_PEER_ECDSA};

static kw_secret32 secret_of(const char *hex)
{
    kw_secret32 secret = {0};
    hexed bytes = hexed_of(hex);
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(hexed_view(&bytes))));
    return secret;
}

#define ONE  "0000000000000000000000000000000000000000000000000000000000000001"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static const char *const orders[] = {
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001",
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};

static void of__refuses_what_is_no_key(void **state)
{
    KW_UNUSED(state);
    kw_operator_secret *secret = NULL;
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        kw_secret32 zero = secret_of(ZERO);
        kw_secret32 order = secret_of(orders[i]);
        EXPECT_STATUS(kw_operator_secret_of(&secret, curves[i], &zero), KW_RANGE);
        EXPECT_STATUS(kw_operator_secret_of(&secret, curves[i], &order), KW_RANGE);
    }
    kw_secret32 one = secret_of(ONE);
    for (uint8_t curve = 3; curve != 0; curve++) {
        EXPECT_STATUS(kw_operator_secret_of(&secret, curve, &one), KW_ARG);
    }
    EXPECT_STATUS(kw_operator_secret_of(&secret, 0, &one), KW_ARG);
    assert_null(secret);
}

/* The generators themselves: EIP-197, and the address that belongs to the secret key 1. */
static void of__gives_the_known_public_keys(void **state)
{
    KW_UNUSED(state);
    static const char *const known[] = {
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
        "7e5f4552091a69125d5dfcb7b8c2659029395bdf"};
    kw_secret32 one = secret_of(ONE);
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        KW_AUTO_PTR(kw_operator_secret) secret = NULL;
        EXPECT_OK(kw_operator_secret_of(&secret, curves[i], &one));
        expect_hexed(kw_operator_secret_public(secret), known[i]);
        assert_int_equal(kw_operator_secret_curve(secret), curves[i]);
        assert_true(kw_declassify_mask(kw_secret32_equal(kw_operator_secret_view(secret), &one),
                                       "a test knows both"));
    }
}

static kw_operator_secret *make(uint8_t curve, uint64_t seed)
{
    kw_operator_secret *secret = NULL;
    seeded_rng rng = {.seed = seed};
    kw_rng port = seeded_rng_port(&rng);
    EXPECT_OK(kw_operator_secret_make(&secret, curve, &port));
    return secret;
}

/* A roster from a file takes the operator, and no other's proof. */
static void prove__is_what_a_roster_asks_for(void **state)
{
    KW_UNUSED(state);
    kw_address address = {{7}};
    kw_address other = {{8}};
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        KW_AUTO_PTR(kw_operator_secret) secret = make(curves[i], 3);
        kw_peer_signature proof;
        kw_roster roster;
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        EXPECT_OK(kw_operator_secret_prove(secret, &proof, &address));
        kw_roster_entry entry = {.address = address,
                                 .curve = curves[i],
                                 .key = kw_operator_secret_public(secret),
                                 .possession = kw_peer_signature_view(&proof)};
        kw_roster_source source = {&entry, 1, &kw_peer_schemes_all, true};
        EXPECT_OK(kw_roster_make(&roster, &arena, &source, NULL));
        entry.address = other;
        EXPECT_STATUS(kw_roster_make(&roster, &arena, &source, NULL), KW_UNAUTHENTICATED);
    }
}

static void signer__signs_for_its_public_key(void **state)
{
    KW_UNUSED(state);
    kw_hash32 hash = {{1, 2, 3}};
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        KW_AUTO_PTR(kw_operator_secret) secret = make(curves[i], 4);
        KW_AUTO_PTR(kw_operator_secret) other = make(curves[i], 5);
        const kw_peer_scheme *scheme = kw_peer_scheme_of(&kw_peer_schemes_all, curves[i]);
        kw_peer_signer signer = kw_operator_secret_signer(secret);
        kw_peer_signature signature;
        kw_peer_key key;
        EXPECT_OK(signer.sign(signer.ctx, &signature, &hash));
        kw_peer_claim claim = {scheme, &key, &hash, kw_peer_signature_view(&signature)};
        EXPECT_OK(scheme->key_decode(&key, kw_operator_secret_public(secret)));
        assert_true(scheme->verify(&claim));
        EXPECT_OK(scheme->key_decode(&key, kw_operator_secret_public(other)));
        assert_false(scheme->verify(&claim));
    }
}

static void make__needs_random_bytes_that_are_keys(void **state)
{
    KW_UNUSED(state);
    kw_operator_secret *secret = NULL;
    seeded_rng rng = {.seed = 1, .requests = 1, .fail_after = 1};
    kw_rng port = seeded_rng_port(&rng);
    EXPECT_STATUS(kw_operator_secret_make(&secret, KW_PEER_BN254, &port), KW_ENTROPY_FAILURE);
    EXPECT_STATUS(kw_operator_secret_make(&secret, 9, &port), KW_ENTROPY_FAILURE);
    rng.fail_after = 0;
    EXPECT_STATUS(kw_operator_secret_make(&secret, 9, &port), KW_ARG);
    assert_null(secret);
}

static kw_status all_ones(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0xff, out.len);
    return KW_OK;
}

static void make__gives_up_on_a_generator_that_is_stuck(void **state)
{
    KW_UNUSED(state);
    kw_operator_secret *secret = NULL;
    kw_rng stuck = {.fill = all_ones};
    EXPECT_STATUS(kw_operator_secret_make(&secret, KW_PEER_BN254, &stuck), KW_ENTROPY_FAILURE);
    EXPECT_STATUS(kw_operator_secret_make(&secret, KW_PEER_ECDSA, &stuck), KW_ENTROPY_FAILURE);
}

/* ---- files ---- */
typedef struct desk {
    tempdir dir;
    tempdir_path key;
    tempdir_path passphrase;
} desk;

static desk make_desk(void)
{
    desk d = {.dir = tempdir_make()};
    d.key = tempdir_join(&d.dir, "operator.key");
    d.passphrase = tempdir_join(&d.dir, "passphrase");
    kw_span words = kw_span_of_str(KW_STR("correct horse\n"));
    EXPECT_OK(kw_file_write_atomic(d.passphrase.text, words, 0600, NULL));
    return d;
}

static void desk_drop(desk *d)
{
    tempdir_remove(&d->dir);
}

static kw_status open_with(const desk *d, kw_operator_key_source source, uint8_t curve)
{
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    kw_error err = {0};
    kw_operator_key_options options = {source, d->key.text, d->passphrase.text, curve, NULL};
    kw_status st = kw_operator_secret_open(&secret, &options, &err);
    assert_int_equal(err.status, st);
    assert_true((secret != NULL) == (st == KW_OK));
    return st;
}

static void open__reads_raw_files_of_32_bytes(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = make_desk();
    uint8_t bytes[33] = {0};
    bytes[31] = 1;
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_RAW, KW_PEER_BN254), KW_SEALED);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        EXPECT_OK(kw_file_write_atomic(d.key.text, (kw_span){bytes, len}, 0600, NULL));
        EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_RAW, KW_PEER_BN254),
                      len == 32 ? KW_OK : KW_SEALED);
    }
    EXPECT_OK(kw_file_write_atomic(d.key.text, (kw_span){bytes, 32}, 0644, NULL));
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_RAW, KW_PEER_BN254), KW_SEALED);
    assert_int_equal(chmod(d.key.text, 0400), 0);
    EXPECT_OK(open_with(&d, KW_OPERATOR_KEY_RAW, KW_PEER_ECDSA));
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_RAW, 3), KW_CONFIG);
    EXPECT_STATUS(open_with(&d, (kw_operator_key_source)0, KW_PEER_ECDSA), KW_CONFIG);
    memset(bytes, 0xff, sizeof bytes);
    EXPECT_OK(kw_file_write_atomic(d.key.text, (kw_span){bytes, 32}, 0600, NULL));
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_RAW, KW_PEER_BN254), KW_CORRUPT);
}

static void open__reads_sealed_files_with_their_passphrase(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = make_desk();
    KW_AUTO_PTR(kw_operator_secret) secret = make(KW_PEER_BN254, 6);
    KW_AUTO_PTR(kw_operator_secret) again = NULL;
    seeded_rng rng = {.seed = 2};
    kw_operator_key_lock lock = {.passphrase =
                                     kw_secret_span_of(kw_span_of_str(KW_STR("correct horse"))),
                                 .cost = {.memory_kib = 64, .passes = 1},
                                 .rng = seeded_rng_port(&rng)};
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_SEALED, KW_PEER_BN254), KW_SEALED);
    EXPECT_OK(kw_operator_key_file_write(d.key.text, secret, &lock, NULL));
    kw_operator_key_options options = {KW_OPERATOR_KEY_SEALED, d.key.text, d.passphrase.text,
                                       KW_PEER_BN254, NULL};
    EXPECT_OK(kw_operator_secret_open(&again, &options, NULL));
    EXPECT_SPAN(kw_operator_secret_public(again), kw_operator_secret_public(secret));
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_SEALED, KW_PEER_ECDSA), KW_CONFIG);
    kw_span wrong = kw_span_of_str(KW_STR("correct house\n"));
    EXPECT_OK(kw_file_write_atomic(d.passphrase.text, wrong, 0600, NULL));
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_SEALED, KW_PEER_BN254), KW_SEALED);
    assert_int_equal(unlink(d.passphrase.text), 0);
    EXPECT_STATUS(open_with(&d, KW_OPERATOR_KEY_SEALED, KW_PEER_BN254), KW_SEALED);
}

static void open__reads_32_bytes_of_a_token(void **state)
{
    KW_UNUSED(state);
    static const uint8_t bytes[33] = {[31] = 1};
    KW_AUTO(softhsm) soft = softhsm_make();
    KW_AUTO_PTR(kw_hsm) token = NULL;
    softhsm_add(&soft, "keys");
    kw_hsm_options where = softhsm_options(&soft, "keys");
    EXPECT_OK(kw_hsm_open(&token, &where, NULL));
    static const char *const names[] = {"31", "32", "33", "none", ""};
    for (size_t i = 0; i < 3; i++) {
        kw_secret_span value = kw_secret_span_of((kw_span){bytes, 31 + i});
        EXPECT_OK(kw_hsm_put(token, kw_str_of(names[i]), value, NULL));
    }
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        KW_AUTO_PTR(kw_operator_secret) secret = NULL;
        kw_error err = {0};
        kw_operator_key_options options = {.source = KW_OPERATOR_KEY_TOKEN,
                                           .path = names[i],
                                           .curve = KW_PEER_BN254,
                                           .token = token};
        kw_status wanted = i == 1 ? KW_OK : i == 4 ? KW_BAD_INPUT : KW_SEALED;
        EXPECT_STATUS(kw_operator_secret_open(&secret, &options, &err), wanted);
        assert_int_equal(err.status, wanted);
        assert_true((secret != NULL) == (wanted == KW_OK));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of__refuses_what_is_no_key),
        cmocka_unit_test(of__gives_the_known_public_keys),
        cmocka_unit_test(prove__is_what_a_roster_asks_for),
        cmocka_unit_test(signer__signs_for_its_public_key),
        cmocka_unit_test(make__needs_random_bytes_that_are_keys),
        cmocka_unit_test(make__gives_up_on_a_generator_that_is_stuck),
        cmocka_unit_test(open__reads_raw_files_of_32_bytes),
        cmocka_unit_test(open__reads_sealed_files_with_their_passphrase),
        cmocka_unit_test(open__reads_32_bytes_of_a_token),
    };
    return cmocka_run_group_tests_name("threshold/operator_key", tests, NULL, NULL);
}
