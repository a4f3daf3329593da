/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/note.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

/* From the documentation of golang.org/x/mod/sumdb/note. */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_PRIVATE \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
/* From C2SP's vectors. */
#define FOO "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static kw_secret_span secret(const char *text)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
}

static void vkey__round_trips_published_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {PETER, FOO};
    static const char *const names[] = {"PeterNeumann", "example.com/foo"};
    for (size_t i = 0; i < KW_COUNT(keys); i++) {
        kw_note_verifier verifier;
        EXPECT_OK(kw_note_vkey_parse(&verifier, kw_str_of(keys[i]), NULL));
        assert_string_equal(verifier.name, names[i]);
        KW_AUTO(kw_buf) text = kw_buf_init(400);
        EXPECT_OK(kw_note_vkey_format(&text, &verifier));
        EXPECT_STR(kw_buf_text(&text), keys[i]);
    }
}

static void signer__round_trips_a_published_key(void **state)
{
    (void)state;
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_parse(&signer, secret(PETER_PRIVATE), NULL));
    KW_AUTO(kw_buf) vkey = kw_buf_init(400);
    EXPECT_OK(kw_note_vkey_format(&vkey, &signer.verifier));
    EXPECT_STR(kw_buf_text(&vkey), PETER);
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(400);
    EXPECT_OK(kw_note_signer_format(&text, &signer));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&text), "a test")),
               PETER_PRIVATE);
    static const kw_note_signer zeros;
    kw_note_signer_drop(&signer);
    assert_memory_equal(&signer, &zeros, sizeof zeros);
}

static void vkey_parse__refuses_malformed_keys(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* other hash */
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  /* other name */
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* type 2 */
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_note_verifier verifier = {.id = 7};
        EXPECT_STATUS(kw_note_vkey_parse(&verifier, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
        assert_int_equal(verifier.id, 7);
    }
}

static void signer_parse__refuses_malformed_keys_without_showing_them(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        PETER,
        "PRIVATE+KEY+",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+",
        "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+Peter Neumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO(kw_note_signer) signer = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_note_signer_parse(&signer, secret(bad[i]), &err), KW_BAD_INPUT);
        assert_null(strstr(err.text, "EKFAL"));
    }
}

static void signer_init__takes_names_of_one_word(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 2};
    kw_rng rng = seeded_rng_port(&source);
    KW_AUTO(kw_ed25519_key) key = {0};
    EXPECT_OK(kw_ed25519_key_generate(&key, &rng));
    char longest[KW_NOTE_NAME_BYTES_MAX + 1];
    memset(longest, 'a', sizeof longest);
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_init(&signer, (kw_str){longest, KW_NOTE_NAME_BYTES_MAX}, &key));
    assert_int_equal(strlen(signer.verifier.name), KW_NOTE_NAME_BYTES_MAX);
    EXPECT_OK(kw_note_signer_init(&signer,
                                  KW_STR("n\xc3\xb8"
                                         "de/audit"),
                                  &key));
    static const char *const bad[] = {"",
                                      "a b",
                                      "a+b",
                                      "a\nb",
                                      "a\xc2\xa0"
                                      "b",
                                      "a\xe2\x80\x83"
                                      "b",
                                      "\xff"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_note_signer_init(&signer, kw_str_of(bad[i]), &key), KW_BAD_INPUT);
    }
    EXPECT_STATUS(kw_note_signer_init(&signer, (kw_str){longest, sizeof longest}, &key),
                  KW_BAD_INPUT);
}

static void format__fails_without_room(void **state)
{
    (void)state;
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_parse(&signer, secret(PETER_PRIVATE), NULL));
    KW_AUTO(kw_buf) small = kw_buf_init(20);
    EXPECT_STATUS(kw_note_vkey_format(&small, &signer.verifier), KW_LIMIT);
    KW_AUTO(kw_secret_bytes) secret_small = kw_secret_bytes_init(50);
    EXPECT_STATUS(kw_note_signer_format(&secret_small, &signer), KW_LIMIT);
    assert_int_equal(small.len + secret_small.len, 0);
    KW_AUTO(kw_secret_bytes) room = kw_secret_bytes_init(200);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_note_signer_format(&room, &signer), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(room.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vkey__round_trips_published_keys),
        cmocka_unit_test(signer__round_trips_a_published_key),
        cmocka_unit_test(vkey_parse__refuses_malformed_keys),
        cmocka_unit_test(signer_parse__refuses_malformed_keys_without_showing_them),
        cmocka_unit_test(signer_init__takes_names_of_one_word),
        cmocka_unit_test(format__fails_without_room),
    };
    return cmocka_run_group_tests_name("crypto/note_key", tests, NULL, NULL);
}
