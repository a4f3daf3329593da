/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/form.h"

#include "support/expect.h"

static void form_next__walks_pairs(void **state)
{
    (void)state;
    kw_str rest = KW_STR("&a=1&&b&=c&d=e=f&");
    static const char *const wanted[][2] = {{"a", "1"}, {"b", ""}, {"", "c"}, {"d", "e=f"}};
    kw_str name = {0};
    kw_str value = {0};
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        assert_true(kw_form_next(&rest, &name, &value));
        EXPECT_STR(name, wanted[i][0]);
        EXPECT_STR(value, wanted[i][1]);
    }
    assert_false(kw_form_next(&rest, &name, &value));
    rest = (kw_str){0};
    assert_false(kw_form_next(&rest, &name, &value));
}

static void form_decode__decodes_and_refuses(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str out = {0};
    EXPECT_OK(kw_form_decode(&arena, &out, KW_STR("a+b%2Bc%c3%BC%2f")));
    EXPECT_STR(out, "a b+c\xc3\xbc/");
    EXPECT_OK(kw_form_decode(&arena, &out, KW_STR("")));
    assert_int_equal(out.len, 0);
    static const char *const refused[] = {"%",  "%1",  "%g0", "%0g", "%00",
                                          "a%", "%ff", "%c3", "%+1"};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        EXPECT_STATUS(kw_form_decode(&arena, &out, kw_str_of(refused[i])), KW_BAD_INPUT);
    }
    KW_AUTO(kw_arena) none = kw_arena_init(0);
    EXPECT_STATUS(kw_form_decode(&none, &out, KW_STR("a")), KW_LIMIT);
}

static void path_decode__keeps_plus_and_refuses_hidden_slashes(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str out = {0};
    EXPECT_OK(kw_path_decode(&arena, &out, KW_STR("a+b%20c")));
    EXPECT_STR(out, "a+b c");
    EXPECT_STATUS(kw_path_decode(&arena, &out, KW_STR("a%2Fb")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_path_decode(&arena, &out, KW_STR("a%2fb")), KW_BAD_INPUT);
    EXPECT_STATUS(kw_path_decode(&arena, &out, KW_STR("%00")), KW_BAD_INPUT);
}

static void url_encode__is_read_back_by_form_decode(void **state)
{
    (void)state;
    char all[255];
    for (size_t i = 0; i < sizeof all; i++) {
        all[i] = (char)(i % 127 + 1);
    }
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str back = {0};
    EXPECT_OK(kw_url_encode(&text, (kw_str){all, sizeof all}));
    assert_true(kw_str_is_made_of(kw_buf_text(&text), "-._~%"));
    EXPECT_OK(kw_form_decode(&arena, &back, kw_buf_text(&text)));
    assert_true(kw_str_equal(back, (kw_str){all, sizeof all}));
    KW_AUTO(kw_buf) small = kw_buf_init(2);
    EXPECT_STATUS(kw_url_encode(&small, KW_STR(" ")), KW_LIMIT);
}

static void url_parse__splits_the_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *scheme;
        const char *host;
        uint16_t port;
        bool is_ipv6;
        const char *path;
        const char *query;
    } cases[] = {
        {"https://example.org", "https", "example.org", 0, false, "", ""},
        {"https://example.org/", "https", "example.org", 0, false, "/", ""},
        {"stp+tcp://h:1/a/b?c=d&e", "stp+tcp", "h", 1, false, "/a/b", "c=d&e"},
        {"http://[::1]:65535/x?", "http", "::1", 65535, true, "/x", ""},
        {"http://[2001:db8::192.0.2.1]?q", "http", "2001:db8::192.0.2.1", 0, true, "", "q"},
        {"https://h?a=/b://c", "https", "h", 0, false, "", "a=/b://c"},
        {"https://127.0.0.1:8443/v1/keys", "https", "127.0.0.1", 8443, false, "/v1/keys", ""},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_url url = {0};
        EXPECT_OK(kw_url_parse(&url, kw_str_of(cases[i].text)));
        EXPECT_STR(url.scheme, cases[i].scheme);
        EXPECT_STR(url.host, cases[i].host);
        assert_int_equal(url.port, cases[i].port);
        assert_int_equal(url.is_ipv6, cases[i].is_ipv6);
        EXPECT_STR(url.path, cases[i].path);
        EXPECT_STR(url.query, cases[i].query);
    }
}

static void url_parse__refuses(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "https",
        "https:",
        "https:/",
        "https://",
        "https:///p",
        "//h/p",
        "/p",
        "h/p",
        "://h",
        "1https://h",
        "ht_tps://h",
        "https://u@h",
        "https://u:p@h",
        "https://h:",
        "https://h:0",
        "https://h:65536",
        "https://h:+1",
        "https://h:01",
        "https://h:1a",
        "https://h#f",
        "https://h/#f",
        "https://h/a b",
        "https://h/\t",
        "https://h\n",
        "https://h/\\",
        "https://h\xc3\xbc",
        "https://[::1",
        "https://::1]",
        "https://[::1]x",
        "https://[]",
        "https://[::1%25eth0]",
        "https://h%41",
        "https://h/\x7f",
        "https://h/<",
        "https://h/|",
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_url url = {.port = 7};
        kw_status st = kw_url_parse(&url, kw_str_of(cases[i]));
        if (st != KW_BAD_INPUT) {
            print_error("%s\n", cases[i]);
        }
        EXPECT_STATUS(st, KW_BAD_INPUT);
        assert_int_equal(url.port, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_next__walks_pairs),
        cmocka_unit_test(form_decode__decodes_and_refuses),
        cmocka_unit_test(path_decode__keeps_plus_and_refuses_hidden_slashes),
        cmocka_unit_test(url_encode__is_read_back_by_form_decode),
        cmocka_unit_test(url_parse__splits_the_parts),
        cmocka_unit_test(url_parse__refuses),
    };
    return cmocka_run_group_tests_name("codec/form", tests, NULL, NULL);
}
