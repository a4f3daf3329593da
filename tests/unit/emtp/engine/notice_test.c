/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/notice.h"

#include "support/expect.h"

enum {
    ARENA_BYTES_MAX = 64 << 10
};

static int new_arena(void **state)
{
    static kw_arena arena;
    arena = kw_arena_init(ARENA_BYTES_MAX);
    *state = &arena;
    return 0;
}

static int drop_arena(void **state)
{
    kw_arena_drop(*state);
    return 0;
}

/* The three published bodies of STP, typed in. */
static void notice_parse__reads_published_bodies(void **state)
{
    kw_emtp_notice notice = {0};
    EXPECT_OK(
        kw_emtp_notice_parse(&notice, *state, KW_STR("surl=https://example.com/table"), NULL));
    EXPECT_STR(notice.surl, "https://example.com/table");
    assert_int_equal(notice.nurls_count, 0);

    EXPECT_OK(kw_emtp_notice_parse(&notice, *state,
                                   KW_STR("surl=https://example.com/table"
                                          "&manifest_notify=https://example.com/notify"
                                          "&grant_notify=https://example.com/grant_notify"),
                                   NULL));
    assert_int_equal(notice.nurls_count, 2);
    EXPECT_STR(notice.nurls[1].name, "grant_notify");
    EXPECT_STR(notice.nurls[1].url, "https://example.com/grant_notify");

    EXPECT_OK(kw_emtp_notice_parse(&notice, *state,
                                   KW_STR("surl=https://example.com/table"
                                          "&weirdParam=https://example.com/x"
                                          "&manifest_notify=https://example.com/notify"),
                                   NULL));
    assert_int_equal(notice.nurls_count, 1);
}

static void notice_parse__reads_encoded_values_and_the_alias(void **state)
{
    kw_emtp_notice notice = {0};
    EXPECT_OK(kw_emtp_notice_parse(
        &notice, *state,
        KW_STR("table=https%3A%2F%2Fa.example%2Fx%3Fq%3D1&match=https://b.example/n%20m"
               "&keys=HTTPS%3A%2F%2Fc.example%2F&my_nurl=https://d.example"),
        NULL));
    EXPECT_STR(notice.surl, "https://a.example/x?q=1");
    assert_int_equal(notice.nurls_count, 3);
    EXPECT_STR(notice.nurls[0].url, "https://b.example/n%20m"); /* raw: its escapes stay */
    EXPECT_STR(notice.nurls[1].name, "keys");
}

static void notice_parse__takes_a_handshake(void **state)
{
    kw_emtp_notice notice = {.nurls_count = 7};
    EXPECT_OK(kw_emtp_notice_parse(&notice, *state, KW_STR(""), NULL));
    assert_int_equal(notice.surl.len, 0);
    assert_int_equal(notice.nurls_count, 0);
    EXPECT_OK(kw_emtp_notice_parse(&notice, *state, KW_STR("hello=1"), NULL));
}

static void notice_parse__refuses(void **state)
{
    static const char *const bodies[] = {
        "surl=https://a.example/&surl=https://a.example/",
        "surl=https://a.example/&table=https://a.example/",
        "keys=https://a.example/&keys=https://b.example/",
        "surl=http://a.example/",
        "surl=",
        "surl=ftp%3A%2F%2Fa.example",
        "surl=https://",
        "surl=https://user@a.example/",
        "surl=https://a.example/#part",
        "surl=https://a.example/\tx",
        "surl=https%3A%2F%2Fa.example%2F%0A",
        "surl=https%3A%2F%2Fa%GG",
        "surl=%",
        "%FF=1",
        "full_name=John+Tolkien",
        "surl=https://a.example/&dob=1892-01-03",
        "phones=1",
        "addresses=1",
        "idnos=1",
        "bad%20name_notify=https://a.example/",
    };
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        kw_emtp_notice notice = {.nurls_count = 7};
        kw_error err = {0};
        kw_status st = kw_emtp_notice_parse(&notice, *state, kw_str_of(bodies[i]), &err);
        if (st != KW_BAD_INPUT) {
            fail_msg("%s: %s", bodies[i], kw_status_name(st));
        }
        assert_int_equal(err.status, KW_BAD_INPUT);
        assert_int_equal(notice.nurls_count, 7);
    }
}

static void notice_parse__keeps_its_limits(void **state)
{
    KW_AUTO(kw_buf) form = kw_buf_init(ARENA_BYTES_MAX);
    for (int i = 0; i < KW_EMTP_NURLS_MAX; i++) {
        EXPECT_OK(kw_buf_append_format(&form, "n%d_notify=https://a.example/&", i));
    }
    kw_emtp_notice notice = {0};
    EXPECT_OK(kw_emtp_notice_parse(&notice, *state, kw_buf_text(&form), NULL));
    assert_int_equal(notice.nurls_count, KW_EMTP_NURLS_MAX);
    EXPECT_OK(kw_buf_append_str(&form, KW_STR("one_more_notify=https://a.example/")));
    EXPECT_STATUS(kw_emtp_notice_parse(&notice, *state, kw_buf_text(&form), NULL), KW_LIMIT);

    kw_buf_clear(&form);
    EXPECT_OK(kw_buf_append_str(&form, KW_STR("surl=https://a.example/")));
    while (form.len < 5 + KW_EMTP_URL_BYTES_MAX) {
        EXPECT_OK(kw_buf_append_byte(&form, 'x'));
    }
    EXPECT_OK(kw_emtp_notice_parse(&notice, *state, kw_buf_text(&form), NULL));
    EXPECT_OK(kw_buf_append_byte(&form, 'x'));
    EXPECT_STATUS(kw_emtp_notice_parse(&notice, *state, kw_buf_text(&form), NULL), KW_LIMIT);

    kw_arena small = kw_arena_init(8);
    EXPECT_STATUS(kw_emtp_notice_parse(&notice, &small, KW_STR("surl=https://a.example/"), NULL),
                  KW_LIMIT);
    kw_arena_drop(&small);
}

static void notice_write__is_read_back(void **state)
{
    KW_AUTO(kw_buf) body = kw_buf_init(4096);
    EXPECT_OK(kw_emtp_notice_write(&body, KW_STR("https://a.example:8443/v1/emtp/stp/keys?x=1&y")));
    kw_emtp_notice notice = {0};
    EXPECT_OK(kw_emtp_notice_parse(&notice, *state, kw_buf_text(&body), NULL));
    EXPECT_STR(notice.surl, "https://a.example:8443/v1/emtp/stp/keys?x=1&y");
    KW_AUTO(kw_buf) small = kw_buf_init(8);
    EXPECT_STATUS(kw_emtp_notice_write(&small, KW_STR("https://a.example/")), KW_LIMIT);
}

static void host_is_listed__compares_whole_hosts(void **state)
{
    (void)state;
    kw_str hosts = KW_STR("a.example b.example");
    assert_true(kw_emtp_host_is_listed(hosts, KW_STR("https://a.example/x")));
    assert_true(kw_emtp_host_is_listed(hosts, KW_STR("https://B.EXAMPLE:8443/x")));
    static const char *const others[] = {"https://xa.example/", "https://a.example.evil/",
                                         "https://example/", "https://a.example b.example/",
                                         "no url"};
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        assert_false(kw_emtp_host_is_listed(hosts, kw_str_of(others[i])));
    }
    assert_false(kw_emtp_host_is_listed(KW_STR(""), KW_STR("https://a.example/")));
}

#define NOTICE_TEST(name) cmocka_unit_test_setup_teardown(name, new_arena, drop_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NOTICE_TEST(notice_parse__reads_published_bodies),
        NOTICE_TEST(notice_parse__reads_encoded_values_and_the_alias),
        NOTICE_TEST(notice_parse__takes_a_handshake),
        NOTICE_TEST(notice_parse__refuses),
        NOTICE_TEST(notice_parse__keeps_its_limits),
        NOTICE_TEST(notice_write__is_read_back),
        cmocka_unit_test(host_is_listed__compares_whole_hosts),
    };
    return cmocka_run_group_tests_name("emtp/engine/notice", tests, NULL, NULL);
}
