/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aead.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"

#define AAD kw_span_of_str(KW_STR("tenant|table|id|1"))

static kw_secret_span secret(const char *text)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
}

static kw_secret32 key_of(uint8_t byte)
{
    uint8_t bytes[32];
    memset(bytes, byte, sizeof bytes);
    kw_secret32 key;
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(KW_SPAN(bytes))));
    return key;
}

/* Gives the nonce of the vector. */
static kw_status fill_fixed(void *ctx, kw_mspan out)
{
    const hexed *nonce = ctx;
    assert_int_equal(out.len, nonce->len);
    memcpy(out.ptr, nonce->bytes, out.len);
    return KW_OK;
}

/* D. McGrew and J. Viega, The Galois/Counter Mode of Operation, appendix B, test case 16. */
static void seal__gives_the_bytes_of_test_case_16(void **state)
{
    (void)state;
    hexed nonce = hexed_of("cafebabefacedbaddecaf888");
    hexed raw_key = hexed_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    hexed plain = hexed_of("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                           "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    hexed aad = hexed_of("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    KW_AUTO(kw_secret32) key = {0};
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(hexed_view(&raw_key))));
    KW_AUTO_PTR(kw_aead) aead = NULL;
    EXPECT_OK(kw_aead_new(&aead, (kw_rng){.fill = fill_fixed, .ctx = &nonce}));
    KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
    EXPECT_OK(
        kw_aead_seal(aead, &sealed, &key, kw_secret_span_of(hexed_view(&plain)), hexed_view(&aad)));
    expect_hexed(kw_buf_view(&sealed),
                 "cafebabefacedbaddecaf888"
                 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                 "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                 "76fc6ece0f4e1768cddf8853bb2d551b");
}

/* A sealer with a replayable generator. */
typedef struct fixture {
    seeded_rng rng;
    kw_aead *aead;
} fixture;

static int set_up(void **state)
{
    fixture *f = kw_heap_new(1, sizeof *f);
    assert_non_null(f);
    f->rng.seed = 1;
    EXPECT_OK(kw_aead_new(&f->aead, seeded_rng_port(&f->rng)));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_aead_free(f->aead);
    kw_heap_free(f);
    return 0;
}

static void open__gives_back_what_was_sealed(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    uint8_t text[100] = {1, 2, 3};
    for (size_t len = 0; len <= sizeof text; len++) {
        KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
        KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(1024);
        EXPECT_OK(
            kw_aead_seal(f->aead, &sealed, &key, kw_secret_span_of((kw_span){text, len}), AAD));
        assert_int_equal(sealed.len, len + KW_AEAD_OVERHEAD_BYTES);
        EXPECT_OK(kw_aead_open(f->aead, &plain, &key, kw_buf_view(&sealed), AAD));
        EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&plain), "a test"),
                    ((kw_span){text, len}));
    }
}

static void seal__takes_a_new_nonce_each_time(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    KW_AUTO(kw_buf) first = kw_buf_init(1024);
    KW_AUTO(kw_buf) second = kw_buf_init(1024);
    EXPECT_OK(kw_aead_seal(f->aead, &first, &key, secret("same"), AAD));
    EXPECT_OK(kw_aead_seal(f->aead, &second, &key, secret("same"), AAD));
    assert_memory_not_equal(first.ptr, second.ptr, 12);
}

static void open__refuses_every_changed_bit(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
    EXPECT_OK(kw_aead_seal(f->aead, &sealed, &key, secret("attack at dawn"), AAD));
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(1024);
        sealed.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        EXPECT_STATUS(kw_aead_open(f->aead, &plain, &key, kw_buf_view(&sealed), AAD), KW_CORRUPT);
        assert_int_equal(plain.len, 0);
        sealed.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
}

static void open__refuses_other_key_aad_and_length(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    KW_AUTO(kw_secret32) other = key_of(8);
    KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(1024);
    EXPECT_OK(kw_aead_seal(f->aead, &sealed, &key, secret("attack at dawn"), AAD));
    kw_span whole = kw_buf_view(&sealed);
    EXPECT_STATUS(kw_aead_open(f->aead, &plain, &other, whole, AAD), KW_CORRUPT);
    EXPECT_STATUS(kw_aead_open(f->aead, &plain, &key, whole, (kw_span){0}), KW_CORRUPT);
    for (size_t len = 0; len < whole.len; len++) {
        EXPECT_STATUS(kw_aead_open(f->aead, &plain, &key, (kw_span){whole.ptr, len}, AAD),
                      KW_CORRUPT);
    }
    KW_AUTO(kw_secret_bytes) small = kw_secret_bytes_init(4);
    EXPECT_STATUS(kw_aead_open(f->aead, &small, &key, whole, AAD), KW_LIMIT);
    assert_int_equal(plain.len + small.len, 0);
}

static void seal__fails_without_room_or_entropy(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    KW_AUTO(kw_buf) small = kw_buf_init(KW_AEAD_OVERHEAD_BYTES);
    EXPECT_STATUS(kw_aead_seal(f->aead, &small, &key, secret("x"), AAD), KW_LIMIT);
    f->rng.requests = f->rng.fail_after = 1; /* the next one fails */
    EXPECT_STATUS(kw_aead_seal(f->aead, &small, &key, secret(""), AAD), KW_ENTROPY_FAILURE);
    assert_int_equal(small.len, 0);
}

static void once__is_sealed_without_its_nonce(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
    EXPECT_OK(kw_aead_seal(f->aead, &sealed, &key, secret("attack at dawn"), AAD));
    kw_aead_once once = {.key = &key};
    memcpy(once.nonce, sealed.ptr, sizeof once.nonce);
    KW_AUTO(kw_buf) bare = kw_buf_init(1024);
    EXPECT_OK(kw_aead_seal_once(f->aead, &bare, &once, secret("attack at dawn"), AAD));
    EXPECT_SPAN(kw_buf_view(&bare), ((kw_span){sealed.ptr + 12, sealed.len - 12}));
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(1024);
    EXPECT_OK(kw_aead_open_once(f->aead, &plain, &once, kw_buf_view(&bare), AAD));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&plain), "a test")),
               "attack at dawn");
}

static void once__refuses_another_nonce_and_short_texts(void **state)
{
    fixture *f = *state;
    KW_AUTO(kw_secret32) key = key_of(7);
    kw_aead_once once = {.key = &key};
    KW_AUTO(kw_buf) sealed = kw_buf_init(1024);
    EXPECT_OK(kw_aead_seal_once(f->aead, &sealed, &once, secret("attack at dawn"), AAD));
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(1024);
    for (size_t len = 0; len < sealed.len; len++) {
        EXPECT_STATUS(kw_aead_open_once(f->aead, &plain, &once, (kw_span){sealed.ptr, len}, AAD),
                      KW_CORRUPT);
    }
    once.nonce[11] ^= 1;
    EXPECT_STATUS(kw_aead_open_once(f->aead, &plain, &once, kw_buf_view(&sealed), AAD), KW_CORRUPT);
    assert_int_equal(plain.len, 0);
    KW_AUTO(kw_buf) small = kw_buf_init(KW_AEAD_TAG_BYTES);
    EXPECT_STATUS(kw_aead_seal_once(f->aead, &small, &once, secret("x"), AAD), KW_LIMIT);
    assert_int_equal(small.len, 0);
}

static void opener__opens_and_never_seals(void **state)
{
    const fixture *f = *state;
    KW_AUTO_PTR(kw_aead) opener = NULL;
    KW_AUTO(kw_buf) sealed = kw_buf_init(64);
    KW_AUTO(kw_buf) none = kw_buf_init(64);
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(64);
    KW_AUTO(kw_secret32) key = key_of(1);
    EXPECT_OK(kw_aead_new_opener(&opener));
    EXPECT_OK(kw_aead_seal(f->aead, &sealed, &key, secret("text"), AAD));
    EXPECT_OK(kw_aead_open(opener, &opened, &key, kw_buf_view(&sealed), AAD));
    assert_int_equal(opened.len, 4);
    EXPECT_STATUS(kw_aead_seal(opener, &none, &key, secret("text"), AAD), KW_ENTROPY_FAILURE);
    assert_int_equal(none.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal__gives_the_bytes_of_test_case_16),
        cmocka_unit_test_setup_teardown(open__gives_back_what_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seal__takes_a_new_nonce_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(open__refuses_every_changed_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(open__refuses_other_key_aad_and_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(once__is_sealed_without_its_nonce, set_up, tear_down),
        cmocka_unit_test_setup_teardown(once__refuses_another_nonce_and_short_texts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(opener__opens_and_never_seals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seal__fails_without_room_or_entropy, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("crypto/aead", tests, NULL, NULL);
}
