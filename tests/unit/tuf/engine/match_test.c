/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/match.h"

#include "crypto/hash.h"
#include "support/expect.h"

static bool matches(const char *pattern, const char *path)
{
    return kw_tuf_path_matches(kw_str_of(pattern), kw_str_of(path));
}

static void pattern__covers_paths(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"*", ""},
        {"*", "foo"},
        {"foo", "foo"},
        {"*.py", "a.py"},
        {"*.py", ".py"},
        {"foo-*", "foo-"},
        {"foo-?", "foo-2"},
        {"f?o*.*p?", "foo-bar.cpp"},
        {"*a*b*c", "xxaxxbxxbxxc"},
        {"*aab", "aaaab"},
        {"a*/b*/c", "abc/b/c"},
        {"*/*", "/"},
        {"targets/*.tgz", "targets/foo.tgz"},
        {"releases/*/*", "releases/x/x_v1"},
        {"**", "anything"},
        {"*?", "a"},
        {"[a]", "[a]"},
        {"a*/a*b/c", "a/ab/c"},
        {"\xc3\xa9*", "\xc3\xa9t"},
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        print_message("%s %s\n", cases[i][0], cases[i][1]);
        assert_true(matches(cases[i][0], cases[i][1]));
    }
}

static void pattern__does_not_cover_others(void **state)
{
    static const char *const cases[][2] = {
        {"", "a"},
        {"?", ""},
        {"?", "/"},
        {"*", "foo/bar"},
        {"*", "/"},
        {"*/*", "a"},
        {"foo*", "foo/bar"},
        {"foo?bar", "foo/bar"},
        {"targets/*.tgz", "targets/foo.txt"},
        {"targets/*.tgz", "targets/a/foo.tgz"},
        {"Foo", "foo"},
        {"foo", "foo "},
        {"foo-?", "foo-22"},
        {"foo-?", "foo-"},
        {"*.py", "a.pyc"},
        {"*a*b*c", "xxcxxbxxa"},
        {"a*/b", "a/xb"},
        {"*a/b", "ab/b"},
        {"*b/c", "b/b/c"},
        {"[ab]", "a"},
        {"releases/*/*", "releases/x"},
        {"releases/*/*", "releases/x/y/z"},
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        print_message("%s %s\n", cases[i][0], cases[i][1]);
        assert_false(matches(cases[i][0], cases[i][1]));
    }
}

/* What fnmatch makes of it segment by segment, slowly and by definition. */
static bool matches_by_definition(const char *pattern, const char *path)
{
    if (*pattern == '\0') {
        return *path == '\0';
    }
    if (*pattern == '*') {
        return matches_by_definition(pattern + 1, path) ||
               (*path != '\0' && *path != '/' && matches_by_definition(pattern, path + 1));
    }
    bool is_one = *pattern == *path || (*pattern == '?' && *path != '\0' && *path != '/');
    return is_one && *path != '\0' && matches_by_definition(pattern + 1, path + 1);
}

/* All texts over an alphabet, by number. */
static void text_of(char *out, unsigned number, const char *alphabet, unsigned letters)
{
    while (number > 0) {
        *out++ = alphabet[(number - 1) % letters];
        number = (number - 1) / letters;
    }
    *out = '\0';
}

static void pattern__agrees_with_its_definition_on_all_short_texts(void **state)
{
    (void)state;
    char pattern[8];
    char path[8];
    size_t covered = 0;
    for (unsigned p = 0; p < 1 + 4 + 16 + 64 + 256 + 1024; p++) {
        text_of(pattern, p, "a/*?", 4);
        for (unsigned t = 0; t < 1 + 2 + 4 + 8 + 16 + 32 + 64; t++) {
            text_of(path, t, "a/", 2);
            bool is_covered = matches(pattern, path);
            assert_int_equal(is_covered, matches_by_definition(pattern, path));
            covered += is_covered ? 1 : 0;
        }
    }
    assert_true(covered > 1000);
}

static void pattern__of_many_stars_takes_no_time(void **state)
{
    (void)state;
    char pattern[KW_TUF_PATH_BYTES_MAX + 1] = {0};
    char path[KW_TUF_PATH_BYTES_MAX + 1] = {0};
    for (size_t i = 0; i + 1 < sizeof pattern; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    memset(path, 'a', sizeof path - 1);
    assert_true(matches(pattern, path));
    path[sizeof path - 2] = 'b';
    assert_false(matches(pattern, path)); /* by trying all ways this would never end */
}

static kw_hash32 hash_of(const char *path)
{
    kw_hash32 hash;
    kw_sha256(&hash, kw_span_of_str(kw_str_of(path)));
    return hash;
}

/* SHA-256("path") = a0af9f865bf637e6736817f4ce552e4cdf7b8c36ea75bc254c1d1f0af744b5bf */
static void prefix__is_hex_of_the_hash(void **state)
{
    (void)state;
    kw_hash32 hash = hash_of("path");
    assert_true(kw_tuf_prefix_matches(KW_STR(""), &hash));
    assert_true(kw_tuf_prefix_matches(KW_STR("a"), &hash));
    assert_true(kw_tuf_prefix_matches(KW_STR("a0af9f86"), &hash));
    assert_true(kw_tuf_prefix_matches(
        KW_STR("a0af9f865bf637e6736817f4ce552e4cdf7b8c36ea75bc254c1d1f0af744b5bf"), &hash));
    assert_false(kw_tuf_prefix_matches(KW_STR("A0"), &hash));
    assert_false(kw_tuf_prefix_matches(KW_STR("a1"), &hash));
    assert_false(kw_tuf_prefix_matches(
        KW_STR("a0af9f865bf637e6736817f4ce552e4cdf7b8c36ea75bc254c1d1f0af744b5bf0"), &hash));
}

static void bin__is_the_first_bits(void **state)
{
    (void)state;
    kw_hash32 hash = hash_of("path");
    assert_int_equal(kw_tuf_bin_of(&hash, 1), 1);
    assert_int_equal(kw_tuf_bin_of(&hash, 6), 0x28);
    assert_int_equal(kw_tuf_bin_of(&hash, 8), 0xa0);
    assert_int_equal(kw_tuf_bin_of(&hash, 9), 0x141);
    assert_int_equal(kw_tuf_bin_of(&hash, 32), 0xa0af9f86);
    static const unsigned digits[] = {1, 1, 1, 1, 2, 2, 2, 2, 3}; /* of 1 to 9 bits */
    for (unsigned bits = 1; bits <= KW_COUNT(digits); bits++) {
        assert_int_equal(kw_tuf_bin_digits(bits), digits[bits - 1]);
    }
    assert_int_equal(kw_tuf_bin_digits(32), KW_TUF_BIN_DIGITS_MAX);
}

static void quote__leaves_unreserved_characters(void **state)
{
    static const char *const cases[][2] = {{"targets", "targets"}, {"a-b_c.d~9", "a-b_c.d~9"},
                                           {"a/b", "a%2Fb"},       {"..", ".."},
                                           {"%2F", "%252F"},       {"\x01\xff+", "%01%FF%2B"}};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_tuf_quoted quoted;
        EXPECT_OK(kw_tuf_quote(&quoted, kw_str_of(cases[i][0])));
        assert_string_equal(quoted.text, cases[i][1]);
    }
}

static void quote__refuses_empty_and_long_names(void **state)
{
    (void)state;
    kw_tuf_quoted quoted = {"x"};
    char name[KW_TUF_FILE_NAME_BYTES_MAX + 1];
    memset(name, 'a', sizeof name);
    EXPECT_STATUS(kw_tuf_quote(&quoted, KW_STR("")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tuf_quote(&quoted, (kw_str){name, sizeof name}), KW_LIMIT);
    memset(name, '/', sizeof name);
    EXPECT_STATUS(kw_tuf_quote(&quoted, (kw_str){name, sizeof name / 3 + 1}), KW_LIMIT);
    assert_string_equal(quoted.text, "x");
    EXPECT_OK(kw_tuf_quote(&quoted, (kw_str){name, sizeof name / 3}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern__covers_paths),
        cmocka_unit_test(pattern__does_not_cover_others),
        cmocka_unit_test(pattern__agrees_with_its_definition_on_all_short_texts),
        cmocka_unit_test(pattern__of_many_stars_takes_no_time),
        cmocka_unit_test(prefix__is_hex_of_the_hash),
        cmocka_unit_test(bin__is_the_first_bits),
        cmocka_unit_test(quote__leaves_unreserved_characters),
        cmocka_unit_test(quote__refuses_empty_and_long_names),
    };
    return cmocka_run_group_tests_name("tuf/engine/match", tests, NULL, NULL);
}
