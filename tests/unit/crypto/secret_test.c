/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secret.h"

#include "os/fault.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_OF_0_TO_31 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static kw_secret_span span_of(const char *text)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
}

static kw_str shown(const kw_secret_bytes *bytes)
{
    return kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(bytes), "a test"));
}

/* The bytes 0..31. */
static kw_secret32 counting(void)
{
    uint8_t bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    kw_secret32 value;
    EXPECT_OK(kw_secret32_of(&value, kw_secret_span_of(KW_SPAN(bytes))));
    return value;
}

static void secret32_of__takes_32_bytes_only(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    for (size_t len = 0; len <= sizeof bytes; len++) {
        KW_AUTO(kw_secret32) value = {0};
        EXPECT_STATUS(kw_secret32_of(&value, kw_secret_span_of((kw_span){bytes, len})),
                      len == 32 ? KW_OK : KW_BAD_INPUT);
    }
}

static void secret32__is_wiped_by_drop_and_compared_whole(void **state)
{
    (void)state;
    static const kw_secret32 zeros;
    kw_secret32 value = counting();
    KW_AUTO(kw_secret32) same = counting();
    assert_true(kw_secret32_equal(&value, &same) == ~(kw_mask)0);
    for (size_t i = 0; i < sizeof same.secret; i++) {
        kw_secret32 other = same;
        other.secret[i] ^= 0x10;
        assert_true(kw_secret32_equal(&value, &other) == 0);
    }
    kw_secret32_drop(&value);
    assert_memory_equal(&value, &zeros, sizeof zeros);
}

static void base64__round_trips(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) value = counting();
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(200);
    EXPECT_OK(kw_secret_bytes_append_base64(&text, &value));
    EXPECT_STR(shown(&text), TEXT_OF_0_TO_31);
    KW_AUTO(kw_secret32) back = {0};
    EXPECT_OK(kw_secret32_of_base64(&back, kw_secret_bytes_view(&text)));
    assert_true(kw_secret32_equal(&value, &back) != 0);
    memset(value.secret, 0xfb, sizeof value.secret); /* '-' and '_' instead of '+' and '/' */
    text.len = 0;
    EXPECT_OK(kw_secret_bytes_append_base64url(&text, &value));
    EXPECT_STR(shown(&text), "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s");
    EXPECT_OK(kw_secret32_of_base64url(&back, kw_secret_bytes_view(&text)));
    assert_true(kw_secret32_equal(&value, &back) != 0);
}

static void secret32_of_base64__refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",    /* no padding */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",   /* a stray bit */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=A",  /* more behind */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", /* white space */
        " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", /* 31 bytes */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g", /* 33 bytes */
        "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=", /* the other alphabet */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh!=",
    };
    KW_AUTO(kw_secret32) value = counting();
    KW_AUTO(kw_secret32) before = value;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_secret32_of_base64(&value, span_of(bad[i])), KW_BAD_INPUT);
    }
    EXPECT_STATUS(kw_secret32_of_base64url(&value, span_of(TEXT_OF_0_TO_31)), KW_BAD_INPUT);
    assert_true(kw_secret32_equal(&value, &before) != 0);
}

static void secret_key__keeps_its_own_copy(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) value = counting();
    KW_AUTO(kw_secret32) same = counting();
    KW_AUTO_PTR(kw_secret_key) key = NULL;
    EXPECT_OK(kw_secret_key_new(&key, &value));
    kw_secret32_drop(&value);
    assert_true(kw_secret32_equal(kw_secret_key_view(key), &same) != 0);
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_ALLOCATE, 1);
    kw_secret_key *none = NULL;
    EXPECT_STATUS(kw_secret_key_new(&none, &same), KW_NO_MEMORY);
    kw_os_faults_use(NULL);
    assert_null(none);
    kw_secret_key_free(NULL);
}

static void secret_bytes__grows_to_its_maximum_and_no_further(void **state)
{
    (void)state;
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(1000);
    for (int i = 0; i < 1000; i++) {
        EXPECT_OK(kw_secret_bytes_append_str(&bytes, KW_STR("x")));
    }
    EXPECT_STATUS(kw_secret_bytes_append_str(&bytes, KW_STR("x")), KW_LIMIT);
    EXPECT_STATUS(kw_secret_bytes_reserve(&bytes, SIZE_MAX), KW_LIMIT);
    assert_int_equal(bytes.len, 1000);
    kw_str text = shown(&bytes);
    for (size_t i = 0; i < text.len; i++) {
        assert_int_equal(text.ptr[i], 'x');
    }
    EXPECT_OK(kw_secret_bytes_append(&bytes, kw_secret_span_of((kw_span){0})));
    KW_AUTO(kw_secret_bytes) taken = kw_secret_bytes_take(&bytes);
    assert_int_equal(taken.len, 1000);
    assert_int_equal(bytes.len, 0);
    kw_secret_bytes_drop(&taken);
    kw_secret_bytes_drop(&taken); /* may run twice */
}

static void secret_bytes_clear__wipes_and_keeps_the_room(void **state)
{
    KW_UNUSED(state);
    static const uint8_t zero[4] = {0};
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(1000);
    kw_secret_bytes_clear(&bytes); /* has no room yet */
    EXPECT_OK(kw_secret_bytes_append_str(&bytes, KW_STR("abcd")));
    const uint8_t *room = bytes.secret;
    size_t capacity = bytes.capacity;
    kw_secret_bytes_clear(&bytes);
    assert_memory_equal(room, zero, sizeof zero);
    assert_int_equal(bytes.len, 0);
    EXPECT_OK(kw_secret_bytes_append_str(&bytes, KW_STR("ef")));
    assert_ptr_equal(bytes.secret, room);
    assert_int_equal(bytes.capacity, capacity);
    assert_memory_equal(room, "ef\0", 4);
}

static void secret_bytes__is_unchanged_when_memory_is_missing(void **state)
{
    (void)state;
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(100000);
    EXPECT_OK(kw_secret_bytes_append_str(&bytes, KW_STR("kept")));
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_ALLOCATE, 1);
    EXPECT_STATUS(kw_secret_bytes_reserve(&bytes, 50000), KW_NO_MEMORY);
    kw_os_faults_use(NULL);
    EXPECT_STR(shown(&bytes), "kept");
}

static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void secret_bytes_read_file__cuts_one_line_end_of_texts(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *text;
    } cases[] = {{"pass word", "pass word"}, {"pass\n", "pass"}, {"pass\r\n", "pass"},
                 {"pass\n\n", "pass\n"},     {"\n", ""},         {"pass ", "pass "}};
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "secret");
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        put_file(path.text, cases[i].file, 0600);
        KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(100);
        KW_AUTO(kw_secret_bytes) raw = kw_secret_bytes_init(100);
        EXPECT_OK(kw_secret_bytes_read_file(&text, path.text, true, NULL));
        EXPECT_STR(shown(&text), cases[i].text);
        EXPECT_OK(kw_secret_bytes_read_file(&raw, path.text, false, NULL));
        EXPECT_STR(shown(&raw), cases[i].file);
    }
    tempdir_remove(&dir);
}

static void secret_bytes_read_file__refuses_open_absent_and_long_files(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "secret");
    kw_error err = {0};
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(8);
    EXPECT_STATUS(kw_secret_bytes_read_file(&out, path.text, true, &err), KW_NOT_FOUND);
    put_file(path.text, "12345678", 0640);
    EXPECT_STATUS(kw_secret_bytes_read_file(&out, path.text, true, &err), KW_FORBIDDEN);
    put_file(path.text, "123456789", 0600);
    EXPECT_STATUS(kw_secret_bytes_read_file(&out, path.text, true, &err), KW_LIMIT);
    assert_null(out.secret);
    assert_null(strstr(err.text, "1234"));
    tempdir_remove(&dir);
}

static void span_part__views_inside(void **state)
{
    (void)state;
    kw_secret_span all = kw_secret_span_of(kw_span_of_str(KW_STR("abcdef")));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_span_part(all, 2, 3), "a test")), "cde");
    assert_int_equal(kw_secret_span_part(all, 6, 0).len, 0);
    assert_int_equal(kw_secret_span_part((kw_secret_span){0}, 0, 0).len, 0);
}

static void span_copy__copies_whole_secrets(void **state)
{
    (void)state;
    const uint8_t bytes[4] = {1, 2, 3, 4};
    uint8_t copy[4] = {9, 9, 9, 9};
    kw_secret_span span = kw_secret_span_of(KW_SPAN(bytes));
    kw_secret_span_copy((kw_mspan){copy, 2}, kw_secret_span_part(span, 1, 2));
    const uint8_t wanted[4] = {2, 3, 9, 9};
    EXPECT_SPAN(KW_SPAN(copy), KW_SPAN(wanted));
    kw_secret_span_copy((kw_mspan){0}, (kw_secret_span){0});
    kw_secret_span_copy(KW_MSPAN(copy), span);
    EXPECT_SPAN(KW_SPAN(copy), KW_SPAN(bytes));
}

static void secret32_xor__is_its_own_inverse(void **state)
{
    (void)state;
    kw_secret32 a;
    kw_secret32 b;
    for (size_t i = 0; i < sizeof a.secret; i++) {
        a.secret[i] = (uint8_t)(7 * i + 1);
        b.secret[i] = (uint8_t)(i * i);
    }
    kw_secret32 sum = {0};
    kw_secret32_xor(&sum, &a, &b);
    assert_int_equal(sum.secret[0], 1);
    assert_int_equal(sum.secret[2], 15 ^ 4);
    assert_true(kw_secret32_equal(&sum, &a) == 0);
    kw_secret32_xor(&sum, &sum, &b); /* in place */
    assert_true(kw_secret32_equal(&sum, &a) != 0);
}

static void secret_arena__hands_out_zeros_and_wipes(void **state)
{
    (void)state;
    kw_arena arena = kw_secret_arena_init(3 * 4096);
    uint8_t *first = kw_arena_new(&arena, 100, 1);
    uint8_t *second = kw_arena_new(&arena, 2, 4096);
    assert_true(first != NULL && second != NULL);
    assert_null(kw_arena_new(&arena, 1, 4096)); /* more than the maximum */
    memset(first, 7, 100);
    memset(second, 7, 2 * 4096);
    kw_arena_wipe(&arena);
    uint8_t *again = kw_arena_new(&arena, 2, 4096);
    assert_non_null(again);
    for (size_t i = 0; i < 2 * 4096; i++) {
        assert_int_equal(again[i], 0);
    }
    kw_arena_drop(&arena);
    assert_non_null(kw_arena_new(&arena, 1, 1)); /* with the same source */
    kw_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_arena__hands_out_zeros_and_wipes),
        cmocka_unit_test(span_part__views_inside),
        cmocka_unit_test(span_copy__copies_whole_secrets),
        cmocka_unit_test(secret32_xor__is_its_own_inverse),
        cmocka_unit_test(secret32_of__takes_32_bytes_only),
        cmocka_unit_test(secret32__is_wiped_by_drop_and_compared_whole),
        cmocka_unit_test(base64__round_trips),
        cmocka_unit_test(secret32_of_base64__refuses_what_is_not_canonical),
        cmocka_unit_test(secret_key__keeps_its_own_copy),
        cmocka_unit_test(secret_bytes__grows_to_its_maximum_and_no_further),
        cmocka_unit_test(secret_bytes_clear__wipes_and_keeps_the_room),
        cmocka_unit_test(secret_bytes__is_unchanged_when_memory_is_missing),
        cmocka_unit_test(secret_bytes_read_file__cuts_one_line_end_of_texts),
        cmocka_unit_test(secret_bytes_read_file__refuses_open_absent_and_long_files),
    };
    return cmocka_run_group_tests_name("crypto/secret", tests, NULL, NULL);
}
