/* SPDX-License-Identifier: Apache-2.0
 * Types of secrets, their texts, and the keys that sign, with the secrets poisoned. */
#include "crypto/note.h"
#include "crypto/secp256k1.h"
#include "support/ct.h"
#include "support/expect.h"

enum {
    KEY_BYTE = 0xaa
};

static kw_secret32 poisoned_key(void)
{
    kw_secret32 key;
    memset(key.secret, KEY_BYTE, sizeof key.secret);
    KW_POISON(key.secret, sizeof key.secret);
    return key;
}

static void expect_key(const kw_secret32 *got)
{
    KW_AUTO(kw_secret32) wanted = poisoned_key();
    assert_true(kw_declassify_mask(kw_secret32_equal(got, &wanted), "a test"));
}

static void secret32_equal__gives_a_mask(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) a = poisoned_key();
    KW_AUTO(kw_secret32) b = poisoned_key();
    assert_true(kw_declassify_mask(kw_secret32_equal(&a, &b), "a test"));
    b.secret[31] ^= 1;
    assert_false(kw_declassify_mask(kw_secret32_equal(&a, &b), "a test"));
}

static void secret32__is_copied_and_mixed(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) key = poisoned_key();
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(64);
    KW_AUTO(kw_secret32) back = {0};
    EXPECT_OK(kw_secret_bytes_append(&bytes, kw_secret32_view(&key)));
    EXPECT_OK(kw_secret32_of(&back, kw_secret_bytes_view(&bytes)));
    expect_key(&back);
    KW_AUTO(kw_secret32) zero = {0};
    kw_secret32_xor(&back, &back, &zero);
    expect_key(&back);
    KW_AUTO_PTR(kw_secret_key) kept = NULL;
    EXPECT_OK(kw_secret_key_new(&kept, &key));
    expect_key(kw_secret_key_view(kept));
}

static void span_copy__keeps_the_poison(void **state)
{
    (void)state;
    uint8_t secret[40];
    uint8_t copy[40];
    memset(secret, 5, sizeof secret);
    KW_POISON(secret, sizeof secret);
    kw_secret_span_copy(KW_MSPAN(copy), kw_secret_span_of(KW_SPAN(secret)));
    kw_span plain = kw_declassify_span(kw_secret_span_of(KW_SPAN(copy)), "a test");
    assert_int_equal(plain.ptr[39], 5);
}

static void secret_bytes_append_base64__has_no_table(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) key = poisoned_key();
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(200);
    EXPECT_OK(kw_secret_bytes_append_base64(&text, &key));
    EXPECT_OK(kw_secret_bytes_append_base64url(&text, &key));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&text), "a test")),
               "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="
               "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo");
}

/* The whole text is poisoned, its padding too: only whether it is valid shows. */
static void secret32_of_base64__shows_only_that_the_text_is_valid(void **state)
{
    (void)state;
    char padded[] = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
    kw_span text = {(const uint8_t *)padded, sizeof padded - 1};
    KW_AUTO(kw_secret32) key = {0};
    KW_POISON(padded, sizeof padded - 1);
    EXPECT_OK(kw_secret32_of_base64(&key, kw_secret_span_of(text)));
    expect_key(&key);
    text.len--;
    kw_wipe(&key, sizeof key);
    EXPECT_OK(kw_secret32_of_base64url(&key, kw_secret_span_of(text)));
    expect_key(&key);
    padded[7] = '*';
    KW_POISON(padded, sizeof padded - 1);
    EXPECT_STATUS(kw_secret32_of_base64url(&key, kw_secret_span_of(text)), KW_BAD_INPUT);
}

static void sign__does_not_branch_on_the_key(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) seed = poisoned_key();
    KW_AUTO(kw_ed25519_key) key = {0};
    kw_ed25519_signature signature;
    kw_ed25519_key_of_seed(&key, &seed);
    kw_ed25519_sign(&key, &signature, kw_span_of_str(KW_STR("message")));
    assert_true(kw_ed25519_verify(&key.public_half, &signature, kw_span_of_str(KW_STR("message"))));
}

static kw_status fill_poisoned(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, KEY_BYTE, out.len);
    KW_POISON(out.ptr, out.len);
    return KW_OK;
}

static void key_generate__does_not_branch_on_what_was_drawn(void **state)
{
    (void)state;
    const kw_rng rng = {.fill = fill_poisoned};
    KW_AUTO(kw_secret32) drawn = {0};
    EXPECT_OK(kw_rng_secret32(&rng, &drawn));
    expect_key(&drawn);
    KW_AUTO(kw_ed25519_key) key = {0};
    KW_AUTO(kw_secret32) seed = {0};
    EXPECT_OK(kw_ed25519_key_generate(&key, &rng));
    kw_ed25519_key_seed(&key, &seed);
    expect_key(&seed);
}

/* A signer, its text, that text read again with the key in it poisoned, and a note by it. */
static void note_signer__does_not_branch_on_the_key(void **state)
{
    (void)state;
    kw_error err = {0};
    KW_AUTO(kw_secret32) seed = poisoned_key();
    KW_AUTO(kw_ed25519_key) key = {0};
    KW_AUTO(kw_note_signer) signer = {0};
    KW_AUTO(kw_note_signer) again = {0};
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(200);
    KW_AUTO(kw_buf) note = kw_buf_init(1000);
    kw_ed25519_key_of_seed(&key, &seed);
    EXPECT_OK(kw_note_signer_init(&signer, KW_STR("a.test"), &key));
    EXPECT_OK(kw_note_signer_format(&text, &signer));
    EXPECT_OK(kw_note_signer_parse(&again, kw_secret_bytes_view(&text), &err));
    EXPECT_OK(kw_note_sign(&again, &note, KW_STR("a text\n"), &err));
    kw_note read;
    size_t count = 0;
    EXPECT_OK(kw_note_parse(&read, kw_buf_view(&note), &err));
    EXPECT_OK(kw_note_verify(&read, &count, &signer.verifier, 1, &err));
    assert_int_equal(count, 1);
}

static void secp256k1__does_not_branch_on_the_key(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) bytes = poisoned_key();
    KW_AUTO(kw_secp256k1_key) key = {0};
    EXPECT_OK(kw_secp256k1_key_of(&key, &bytes));
    kw_address address;
    kw_address again;
    const kw_hash32 hash = {{7}};
    kw_secp256k1_signature signature;
    kw_secp256k1_key_address(&address, &key);
    /* Signing acts on whether the nonce is in range, which it tells valgrind to be public only when
     * the library was built for it; Debian's was not. */
    KW_UNPOISON(&key, sizeof key);
    kw_secp256k1_sign(&signature, &key, &hash);
    EXPECT_OK(kw_secp256k1_recover(&again, &signature, &hash));
    assert_memory_equal(&again, &address, sizeof again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret32_equal__gives_a_mask),
        cmocka_unit_test(secret32__is_copied_and_mixed),
        cmocka_unit_test(span_copy__keeps_the_poison),
        cmocka_unit_test(secret_bytes_append_base64__has_no_table),
        cmocka_unit_test(secret32_of_base64__shows_only_that_the_text_is_valid),
        cmocka_unit_test(sign__does_not_branch_on_the_key),
        cmocka_unit_test(key_generate__does_not_branch_on_what_was_drawn),
        cmocka_unit_test(note_signer__does_not_branch_on_the_key),
        cmocka_unit_test(secp256k1__does_not_branch_on_the_key),
    };
    return cmocka_run_group_tests_name("ct/secret", tests, NULL, NULL);
}
