/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/note.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

/* From the documentation of golang.org/x/mod/sumdb/note. */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_PRIVATE \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define DASH "\xe2\x80\x94"
#define TEXT                                                     \
    "If you think cryptography is the answer to your problem,\n" \
    "then you don't know what your problem is.\n"
#define BY_PETER                                                                             \
    DASH " PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvq" \
         "fqdngotpRZb6KE6RyyBwJnAM=\n"
/* Well-formed, of a key nobody here knows. */
#define BY_STRANGER                                                                       \
    DASH " stranger AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
         "AAAAAAAAAAAAAAAAAAAAAAA=\n"

static kw_status parse(kw_note *out, const char *note)
{
    return kw_note_parse(out, kw_span_of_str(kw_str_of(note)), NULL);
}

static kw_note_verifier peter(void)
{
    kw_note_verifier verifier;
    EXPECT_OK(kw_note_vkey_parse(&verifier, KW_STR(PETER), NULL));
    return verifier;
}

static void verify__accepts_a_published_note(void **state)
{
    (void)state;
    kw_note_verifier verifier = peter();
    kw_note note;
    EXPECT_OK(parse(&note, TEXT "\n" BY_PETER));
    EXPECT_STR(note.text, TEXT);
    assert_int_equal(note.count, 1);
    EXPECT_STR(note.signatures[0].name, "PeterNeumann");
    assert_int_equal(note.signatures[0].id, 0xc74f20a3);
    size_t count = 0;
    EXPECT_OK(kw_note_verify(&note, &count, &verifier, 1, NULL));
    assert_int_equal(count, 1);
}

static void sign__gives_the_published_note(void **state)
{
    (void)state;
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_parse(&signer,
                                   kw_secret_span_of(kw_span_of_str(KW_STR(PETER_PRIVATE))), NULL));
    KW_AUTO(kw_buf) note = kw_buf_init(KW_NOTE_BYTES_MAX);
    EXPECT_OK(kw_note_sign(&signer, &note, KW_STR(TEXT), NULL));
    EXPECT_STR(kw_buf_text(&note), TEXT "\n" BY_PETER);
    static const char *const bad[] = {"", "no line end", "a\tb\n", "\xff\n", "a\r\n"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_note_sign(&signer, &note, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
    }
    KW_AUTO(kw_buf) small = kw_buf_init(150);
    EXPECT_STATUS(kw_note_sign(&signer, &small, KW_STR(TEXT), NULL), KW_LIMIT);
    assert_int_equal(small.len, 0);
}

static void verify__passes_over_strangers_and_counts_verifiers_once(void **state)
{
    (void)state;
    kw_note_verifier verifier = peter();
    kw_note note;
    size_t count = 9;
    EXPECT_OK(parse(&note, TEXT "\n" BY_STRANGER BY_PETER BY_PETER));
    EXPECT_OK(kw_note_verify(&note, &count, &verifier, 1, NULL));
    assert_int_equal(count, 1);
    EXPECT_OK(parse(&note, TEXT "\n" BY_STRANGER));
    EXPECT_OK(kw_note_verify(&note, &count, &verifier, 1, NULL));
    assert_int_equal(count, 0);
    verifier.id ^= 1; /* the same name with another key is a stranger too */
    EXPECT_OK(parse(&note, TEXT "\n" BY_PETER));
    EXPECT_OK(kw_note_verify(&note, &count, &verifier, 1, NULL));
    assert_int_equal(count, 0);
}

static void verify__refuses_notes_with_one_wrong_signature_of_a_known_key(void **state)
{
    (void)state;
    kw_note_verifier verifier = peter();
    kw_note note;
    size_t count = 9;
    EXPECT_OK(parse(&note, "Another text.\n\n" BY_PETER));
    EXPECT_STATUS(kw_note_verify(&note, &count, &verifier, 1, NULL), KW_REFUSED);
    EXPECT_OK(parse(&note, TEXT "\n" BY_PETER DASH " PeterNeumann x08go/ZJkuBS\n"));
    EXPECT_STATUS(kw_note_verify(&note, &count, &verifier, 1, NULL), KW_REFUSED);
    EXPECT_OK(parse(&note, TEXT "\n" BY_PETER DASH " PeterNeumann x08go/ZJ!!\n"));
    EXPECT_STATUS(kw_note_verify(&note, &count, &verifier, 1, NULL), KW_REFUSED);
    assert_int_equal(count, 9);
}

static void verify__refuses_every_changed_bit_of_the_text(void **state)
{
    (void)state;
    kw_note_verifier verifier = peter();
    char bytes[] = TEXT "\n" BY_PETER;
    const size_t text_bits = (sizeof TEXT - 1) * 8;
    for (size_t bit = 0; bit < text_bits; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        kw_note note;
        size_t count = 0;
        /* A change may spoil the form; else the signature must fail. */
        if (kw_note_parse(&note, (kw_span){(uint8_t *)bytes, sizeof bytes - 1}, NULL) == KW_OK) {
            EXPECT_STATUS(kw_note_verify(&note, &count, &verifier, 1, NULL), KW_REFUSED);
        }
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
}

static void parse__splits_at_the_last_empty_line(void **state)
{
    (void)state;
    kw_note note;
    EXPECT_OK(parse(&note, "first\n\nsecond\n\n" BY_STRANGER));
    EXPECT_STR(note.text, "first\n\nsecond\n");
    EXPECT_OK(parse(&note, "\n\n" BY_STRANGER));
    EXPECT_STR(note.text, "\n");
}

static void parse__refuses_malformed_notes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n" BY_STRANGER,                      /* no empty line */
        "text\n\n- stranger AAAAAAAAAAAA\n",       /* a hyphen */
        "text\n\n" DASH "stranger AAAAAAAAAAAA\n", /* no space */
        "text\n\n" DASH "  AAAAAAAAAAAA\n",        /* no name */
        "text\n\n" DASH " stranger\n",             /* no signature */
        "text\n\n" DASH " stranger AAAA\n",        /* shorter than an id */
        "text\n\n" DASH " stranger !!!!!!!!\n",    /* not base64 */
        "text\n\n" DASH " stranger AAAAAAAAAAAA",  /* no line end */
        "te\txt\n\n" BY_STRANGER,
        "te\xff\n\n" BY_STRANGER,
        "text\r\n\n" BY_STRANGER,
        "text\n\n" BY_STRANGER "more\n",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_note note = {.count = 7};
        EXPECT_STATUS(parse(&note, bad[i]), KW_BAD_INPUT);
        assert_int_equal(note.count, 7);
    }
}

static void parse__limits_length_and_signatures(void **state)
{
    (void)state;
    kw_note note;
    KW_AUTO(kw_buf) text = kw_buf_init(KW_NOTE_BYTES_MAX + 1);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("text\n\n")));
    for (size_t i = 0; i < KW_NOTE_SIGNATURES_MAX; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR(BY_STRANGER)));
    }
    EXPECT_OK(kw_note_parse(&note, kw_buf_view(&text), NULL));
    assert_int_equal(note.count, KW_NOTE_SIGNATURES_MAX);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR(BY_STRANGER)));
    EXPECT_STATUS(kw_note_parse(&note, kw_buf_view(&text), NULL), KW_LIMIT);
    while (text.len <= KW_NOTE_BYTES_MAX) {
        EXPECT_OK(kw_buf_append_byte(&text, '\n'));
    }
    EXPECT_STATUS(kw_note_parse(&note, kw_buf_view(&text), NULL), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__accepts_a_published_note),
        cmocka_unit_test(sign__gives_the_published_note),
        cmocka_unit_test(verify__passes_over_strangers_and_counts_verifiers_once),
        cmocka_unit_test(verify__refuses_notes_with_one_wrong_signature_of_a_known_key),
        cmocka_unit_test(verify__refuses_every_changed_bit_of_the_text),
        cmocka_unit_test(parse__splits_at_the_last_empty_line),
        cmocka_unit_test(parse__refuses_malformed_notes),
        cmocka_unit_test(parse__limits_length_and_signatures),
    };
    return cmocka_run_group_tests_name("crypto/note", tests, NULL, NULL);
}
