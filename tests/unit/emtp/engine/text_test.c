/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/text.h"

#include "support/expect.h"

enum {
    ARENA_BYTES = 1 << 20
};

static void expect_normalised(const char *text, const char *wanted)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_str got = {0};
    EXPECT_OK(kw_emtp_text_normalise(&arena, &got, kw_str_of(text)));
    EXPECT_STR(got, wanted);
}

static void normalise__keeps_letters_and_digits_in_upper_case(void **state)
{
    (void)state;
    expect_normalised("", "");
    expect_normalised("   ", "");
    expect_normalised("abcXYZ019", "ABCXYZ019");
    expect_normalised("  a\t\tb -- c  ", "A B C");
    expect_normalised("Mr. Jos\u00e9 Garc\u00eda-L\u00f3pez", "MR JOSE GARCIA LOPEZ");
}

static void normalise__maps_code_points_by_their_full_upper_case(void **state)
{
    (void)state;
    expect_normalised("stra\u00dfe", "STRASSE");
    expect_normalised("\u0131", "I");
    expect_normalised("\U0001d6a4", "I");
    expect_normalised("\ufb01", "FI");
    expect_normalised("\u2168", "IX");
    expect_normalised("\uff2c\uff25\uff25", "LEE");
    expect_normalised("\u00bd", "1 2");
    expect_normalised("e\u0301", "E");
}

static void normalise__makes_spaces_of_what_has_no_base_letter(void **state)
{
    (void)state;
    expect_normalised("\u0141ukasz", "UKASZ");
    expect_normalised("a\u00d8b\u00c6c\u0110d", "A B C D");
    expect_normalised("\u0418\u0432\u0430\u043d", "");
    expect_normalised("\u674e \u5c0f\u9f99", "");
    expect_normalised("\ud55c\uae00", "");
    expect_normalised("a\u200bb", "A B");
    expect_normalised("a\u00adb", "A B");
}

static void normalise__takes_invalid_bytes_as_spaces(void **state)
{
    (void)state;
    expect_normalised("a\xff"
                      "b\xc3",
                      "A B");
    expect_normalised("a\xed\xa0\x80z", "A Z");
    expect_normalised("\xf4\x90\x80\x80", "");
}

static void normalise__never_outgrows_its_room(void **state)
{
    (void)state;
    char text[4];
    for (uint32_t point = 0x80; point < 0x20000; point++) {
        size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        text[0] = (char)((0xf00 >> len) | (point >> (6 * (len - 1))));
        for (size_t i = 1; i < len; i++) {
            text[i] = (char)(0x80 | (point >> (6 * (len - 1 - i)) & 0x3f));
        }
        KW_AUTO(kw_arena) arena = kw_arena_init(4096);
        kw_str got = {0};
        EXPECT_OK(kw_emtp_text_normalise(&arena, &got, (kw_str){text, len}));
        assert_in_range(got.len, 0, 2 * len);
        assert_true(kw_str_is_made_of(got, " "));
    }
}

static void normalise__reports_a_full_arena(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(16);
    kw_str got = KW_STR("as before");
    EXPECT_STATUS(kw_emtp_text_normalise(&arena, &got, KW_STR("more than eight")), KW_LIMIT);
    EXPECT_STR(got, "as before");
}

static void words__are_views_of_the_text(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_strs words = {0};
    EXPECT_OK(kw_emtp_text_words(&arena, &words, KW_STR("J R TOLKIEN")));
    assert_int_equal(words.count, 3);
    EXPECT_STR(words.items[0], "J");
    EXPECT_STR(words.items[2], "TOLKIEN");
    EXPECT_OK(kw_emtp_text_words(&arena, &words, KW_STR("")));
    assert_int_equal(words.count, 0);
    KW_AUTO(kw_arena) full = kw_arena_init(16);
    EXPECT_STATUS(kw_emtp_text_words(&full, &words, KW_STR("A B")), KW_LIMIT);
}

static void line__separates_words_by_one_space(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_emtp_line line = {0};
    EXPECT_OK(kw_emtp_line_new(&arena, &line, 16));
    kw_emtp_line_add_word(&line, KW_STR(""));
    kw_emtp_line_add_word(&line, KW_STR("A"));
    kw_emtp_line_add_word(&line, KW_STR(""));
    kw_emtp_line_add_word(&line, KW_STR("B"));
    kw_emtp_line_add(&line, KW_STR("|C"));
    EXPECT_STR(kw_emtp_line_text(&line), "A B|C");
    KW_AUTO(kw_arena) full = kw_arena_init(16);
    EXPECT_STATUS(kw_emtp_line_new(&full, &line, 17), KW_LIMIT);
}

static void digits__are_ascii_digits(void **state)
{
    (void)state;
    assert_true(kw_emtp_text_is_digits(KW_STR("0189")));
    assert_false(kw_emtp_text_is_digits(KW_STR("")));
    assert_false(kw_emtp_text_is_digits(KW_STR("1 2")));
    assert_true(kw_emtp_text_has_digit(KW_STR("NV 89501")));
    assert_false(kw_emtp_text_has_digit(KW_STR("NV")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalise__keeps_letters_and_digits_in_upper_case),
        cmocka_unit_test(normalise__maps_code_points_by_their_full_upper_case),
        cmocka_unit_test(normalise__makes_spaces_of_what_has_no_base_letter),
        cmocka_unit_test(normalise__takes_invalid_bytes_as_spaces),
        cmocka_unit_test(normalise__never_outgrows_its_room),
        cmocka_unit_test(normalise__reports_a_full_arena),
        cmocka_unit_test(words__are_views_of_the_text),
        cmocka_unit_test(line__separates_words_by_one_space),
        cmocka_unit_test(digits__are_ascii_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
