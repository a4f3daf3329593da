/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/utf8.h"

#include "support/expect.h"

static bool is_scalar(uint32_t c)
{
    return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static void utf8__round_trips_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (is_scalar(c)) {
            char bytes[4];
            kw_str text = {bytes, kw_utf8_encode_to(bytes, c)};
            kw_str rest = text;
            uint32_t back = 0;
            assert_true(kw_utf8_is_valid(text));
            assert_true(kw_utf8_next(&rest, &back));
            assert_int_equal(back, c);
            assert_int_equal(rest.len, 0);
        }
    }
}

static void utf8_is_valid__refuses_ill_formed_sequences(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2\x41",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "abcdefgh\xff",
        "abcdefghi\xe2\x82",
        "\xe2\x28\xa1",
        "\xf0\x9f\x98",
        "\xf0\x9f\x41\x80",
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_str text = kw_str_of(cases[i]);
        assert_false(kw_utf8_is_valid(text));
        assert_false(kw_utf8_is_line(text));
    }
    assert_true(kw_utf8_is_valid(KW_STR("")));
    assert_true(kw_utf8_is_valid(KW_STR("plain ascii, longer than eight bytes")));
    assert_true(kw_utf8_is_valid((kw_str){"a\0b", 3}));
}

static void utf8_next__takes_one_byte_of_what_is_broken(void **state)
{
    (void)state;
    kw_str rest = KW_STR("\xe2\x82"
                         "A");
    uint32_t c = 0;
    assert_false(kw_utf8_next(&rest, &c));
    assert_int_equal(c, KW_UTF8_REPLACEMENT);
    assert_false(kw_utf8_next(&rest, &c));
    assert_true(kw_utf8_next(&rest, &c));
    assert_int_equal(c, 'A');
    assert_int_equal(rest.len, 0);
}

static void utf8_plain_prefix__stops_at_every_other_byte(void **state)
{
    (void)state;
    uint8_t text[21];
    assert_int_equal(kw_utf8_plain_prefix((kw_span){0}), 0);
    for (size_t at = 0; at < sizeof text; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            bool is_plain = byte >= 0x20 && byte < 0x7f;
            memset(text, "\x20~\x5f\x40"[byte % 4], sizeof text);
            text[at] = (uint8_t)byte;
            size_t wanted = is_plain ? sizeof text : at;
            assert_int_equal(kw_utf8_plain_prefix(KW_SPAN(text)), wanted);
            text[sizeof text - 1] = 0xff; /* what follows the first one changes nothing */
            wanted = is_plain ? sizeof text - 1 : at;
            assert_int_equal(kw_utf8_plain_prefix(KW_SPAN(text)), KW_MIN(wanted, sizeof text - 1));
        }
    }
}

static void utf8_is_line__refuses_controls(void **state)
{
    (void)state;
    assert_true(kw_utf8_is_line((kw_str){0}));
    assert_true(kw_utf8_is_line(KW_STR("J\xc3\xbcrgen ~")));
    assert_false(kw_utf8_is_line(KW_STR("a long text, and then\ta tab")));
    assert_false(kw_utf8_is_line(KW_STR("a long text, \xc3\xbc, and then\x7f")));
    assert_false(kw_utf8_is_line(KW_STR("a long text, and then \xc3")));
    for (int c = 0; c < 0x80; c++) {
        char byte = (char)c;
        assert_int_equal(kw_utf8_is_line((kw_str){&byte, 1}), c >= 0x20 && c != 0x7f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8__round_trips_every_code_point),
        cmocka_unit_test(utf8_is_valid__refuses_ill_formed_sequences),
        cmocka_unit_test(utf8_next__takes_one_byte_of_what_is_broken),
        cmocka_unit_test(utf8_plain_prefix__stops_at_every_other_byte),
        cmocka_unit_test(utf8_is_line__refuses_controls),
    };
    return cmocka_run_group_tests_name("codec/utf8", tests, NULL, NULL);
}
