/* SPDX-License-Identifier: Apache-2.0
 * That GNU tar writes the same bytes: tests/interop/bundle_tar_test.c. */
#include "params/engine/bundle_head.h"

#include "support/expect.h"

#include <stdio.h>

static kw_bundle_head head_of(const char *name, uint64_t bytes)
{
    kw_bundle_head head = {.bytes = bytes};
    (void)snprintf(head.name, sizeof head.name, "%s", name);
    return head;
}

/* "dd...d/ee...e": a part of so many bytes, and another one. */
static kw_bundle_head long_head(size_t first, size_t second)
{
    kw_bundle_head head = {.bytes = 1};
    memset(head.name, 'd', first);
    head.name[first] = '/';
    memset(&head.name[first + 1], 'e', second);
    return head;
}

static void expect_round_trip(const kw_bundle_head *head)
{
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    kw_bundle_head again;
    EXPECT_OK(kw_bundle_head_encode(block, head));
    EXPECT_OK(kw_bundle_head_decode(&again, block, NULL));
    assert_string_equal(again.name, head->name);
    assert_true(again.bytes == head->bytes);
}

static void encode__has_the_form_of_the_header(void **state)
{
    (void)state;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    kw_bundle_head head = head_of("cas/0a.chunk", 1234);
    EXPECT_OK(kw_bundle_head_encode(block, &head));
    assert_string_equal((const char *)&block[0], "cas/0a.chunk");
    assert_string_equal((const char *)&block[100], "0000644");
    assert_string_equal((const char *)&block[124], "00000002322");
    assert_string_equal((const char *)&block[136], "00000000000");
    assert_memory_equal(&block[156], "0", 1);
    assert_memory_equal(&block[257],
                        "ustar\0"
                        "00",
                        8);
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < sizeof block; i++) {
        sum += i >= 148 && i < 156 ? 0 : block[i];
    }
    char text[8];
    (void)snprintf(text, sizeof text, "%06o", sum);
    assert_memory_equal(&block[148], text, 7);
    assert_int_equal(block[155], ' ');
}

static void decode__gives_what_was_written(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {
        0,        1, 511, 512, (UINT64_C(1) << 33) - 1, UINT64_C(1) << 33, UINT64_C(9663676416),
        INT64_MAX};
    for (size_t i = 0; i < KW_COUNT(sizes); i++) {
        kw_bundle_head head = head_of("a", sizes[i]);
        expect_round_trip(&head);
    }
    static const size_t parts[][2] = {{1, 1}, {99, 99}, {100, 98}, {155, 43}, {98, 100}, {50, 49}};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        kw_bundle_head head = long_head(parts[i][0], parts[i][1]);
        expect_round_trip(&head);
    }
}

static void encode__writes_large_sizes_in_binary(void **state)
{
    (void)state;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    kw_bundle_head head = head_of("a", UINT64_C(9663676416)); /* 9 GiB */
    EXPECT_OK(kw_bundle_head_encode(block, &head));
    assert_memory_equal(&block[124], "\x80\0\0\0\0\0\0\x02\x40\0\0\0", 12);
}

static void encode__refuses_names_and_sizes_that_do_not_fit(void **state)
{
    (void)state;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES] = {7};
    static const size_t parts[][2] = {{10, 101}, {156, 42}, {101, 0}};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        kw_bundle_head head = long_head(parts[i][0], parts[i][1]);
        EXPECT_STATUS(kw_bundle_head_encode(block, &head), KW_BAD_INPUT);
    }
    kw_bundle_head whole = long_head(0, 0);
    memset(whole.name, 'a', 101);
    EXPECT_STATUS(kw_bundle_head_encode(block, &whole), KW_BAD_INPUT);
    kw_bundle_head large = head_of("a", (uint64_t)INT64_MAX + 1);
    EXPECT_STATUS(kw_bundle_head_encode(block, &large), KW_BAD_INPUT);
    assert_int_equal(block[0], 7);
}

static void name__is_safe_only_inside_its_folder(void **state)
{
    (void)state;
    static const char *const safe[] = {
        "a", "a/b", "cas/0a/0a.chunk", ".well-known/x.json", "...", "a..b", "-x", "0/1.root.json"};
    static const char *const refused[] = {
        "",       "/", "/a",  "a/",   "a//b", ".",     "..",  "../a",     "a/..", "a/./b",
        "a/../b", "A", "a b", "a\\b", "a:b",  "a%2fb", "a\n", "\xc3\xa4", "a/b*"};
    for (size_t i = 0; i < KW_COUNT(safe); i++) {
        assert_true(kw_bundle_name_is_safe(kw_str_of(safe[i])));
    }
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        assert_false(kw_bundle_name_is_safe(kw_str_of(refused[i])));
    }
    char name[KW_BUNDLE_NAME_BYTES_MAX + 1];
    memset(name, 'a', sizeof name);
    assert_true(kw_bundle_name_is_safe((kw_str){name, KW_BUNDLE_NAME_BYTES_MAX}));
    assert_false(kw_bundle_name_is_safe((kw_str){name, KW_BUNDLE_NAME_BYTES_MAX + 1}));
    assert_false(kw_bundle_name_is_safe((kw_str){"a\0b", 3}));
}

/* The sum that goes with a block, so that only what it says is wrong. */
static void mend_sum(uint8_t block[KW_BUNDLE_BLOCK_BYTES])
{
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < KW_BUNDLE_BLOCK_BYTES; i++) {
        sum += i >= 148 && i < 156 ? 0 : block[i];
    }
    (void)snprintf((char *)&block[148], 7, "%06o", sum);
}

static void decode__refuses_links_devices_and_every_other_field(void **state)
{
    (void)state;
    uint8_t good[KW_BUNDLE_BLOCK_BYTES];
    kw_bundle_head head = head_of("some/file", 77);
    kw_bundle_head got = {.bytes = 5};
    kw_error err = {0};
    EXPECT_OK(kw_bundle_head_encode(good, &head));
    for (const char *type = "123456789gxLKSV"; *type != '\0'; type++) {
        uint8_t block[KW_BUNDLE_BLOCK_BYTES];
        memcpy(block, good, sizeof block);
        block[156] = (uint8_t)*type;
        mend_sum(block);
        EXPECT_STATUS(kw_bundle_head_decode(&got, block, &err), KW_BAD_INPUT);
        assert_non_null(strstr(err.text, "no plain file"));
    }
    /* Any change of any byte, with the sum mended: no two heads say the same. */
    for (size_t i = 0; i < sizeof good; i++) {
        uint8_t block[KW_BUNDLE_BLOCK_BYTES];
        memcpy(block, good, sizeof block);
        block[i] ^= 1;
        if (i < 148 || i >= 156) {
            mend_sum(block);
        }
        kw_status st = kw_bundle_head_decode(&got, block, &err);
        bool is_another = st == KW_OK && (strcmp(got.name, head.name) != 0 || got.bytes != 77);
        assert_true(st == KW_BAD_INPUT || is_another);
    }
    static const char *const unsafe[] = {"../x", "/etc/passwd", "a/../../x"};
    for (size_t i = 0; i < KW_COUNT(unsafe); i++) {
        uint8_t block[KW_BUNDLE_BLOCK_BYTES];
        memcpy(block, good, sizeof block);
        (void)snprintf((char *)block, 100, "%s", unsafe[i]);
        mend_sum(block);
        EXPECT_STATUS(kw_bundle_head_decode(&got, block, &err), KW_BAD_INPUT);
        assert_non_null(strstr(err.text, "leave its folder"));
    }
}

static void decode__takes_zeros_as_the_end(void **state)
{
    (void)state;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES] = {0};
    kw_bundle_head got = head_of("x", 5);
    EXPECT_OK(kw_bundle_head_decode(&got, block, NULL));
    assert_string_equal(got.name, "");
    assert_true(got.bytes == 0);
    block[511] = 1;
    EXPECT_STATUS(kw_bundle_head_decode(&got, block, NULL), KW_BAD_INPUT);
}

static void padding__fills_the_block(void **state)
{
    (void)state;
    assert_int_equal(kw_bundle_padding(0), 0);
    assert_int_equal(kw_bundle_padding(1), 511);
    assert_int_equal(kw_bundle_padding(512), 0);
    assert_int_equal(kw_bundle_padding(INT64_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode__has_the_form_of_the_header),
        cmocka_unit_test(decode__gives_what_was_written),
        cmocka_unit_test(encode__writes_large_sizes_in_binary),
        cmocka_unit_test(encode__refuses_names_and_sizes_that_do_not_fit),
        cmocka_unit_test(name__is_safe_only_inside_its_folder),
        cmocka_unit_test(decode__refuses_links_devices_and_every_other_field),
        cmocka_unit_test(decode__takes_zeros_as_the_end),
        cmocka_unit_test(padding__fills_the_block),
    };
    return cmocka_run_group_tests_name("params/engine/bundle_head", tests, NULL, NULL);
}
