/* SPDX-License-Identifier: Apache-2.0
 * What handlers may ask of a request. */
#include "net/request.h"

#include "net/exchange.h"
#include "support/expect.h"

static const kw_route route = {.reply_fields = {"STP-Last-SeqNo", "X-Other"}};

/* An exchange by itself; the caller drops its arena. */
static kw_exchange blank(void)
{
    kw_exchange x = {.arena = kw_arena_init(65536), .request.route = &route};
    return x;
}

static bool is_current(const char *if_none_match)
{
    kw_exchange x = blank();
    x.head.value[KW_HTTP_HEAD_IF_NONE_MATCH] = kw_str_of(if_none_match);
    bool holds = kw_request_is_current(&x.request, KW_STR("v1.2"));
    assert_int_equal(holds, x.request.reply.is_not_modified);
    EXPECT_STR(x.request.reply.etag, "v1.2");
    return holds;
}

static void is_current__compares_weakly(void **state)
{
    (void)state;
    const char *const same[] = {"\"v1.2\"", "W/\"v1.2\"", "*", "\"a\", \"v1.2\"", "\"v1.2\",\"b\""};
    const char *const other[] = {NULL,   "",           "v1.2",      "\"v1.2",   "\"v1.3\"",
                                 "\"\"", "w/\"v1.2\"", "\"v1.2x\"", "\"xv1.2\""};
    for (size_t i = 0; i < KW_COUNT(same); i++) {
        assert_true(is_current(same[i]));
    }
    for (size_t i = 0; i < KW_COUNT(other); i++) {
        assert_false(is_current(other[i]));
    }
}

static const char *const offered[] = {"application/json", "text/sequence", "application/stp+tsv"};

static kw_status choose(const char *accept, size_t *out)
{
    kw_exchange x = blank();
    x.head.value[KW_HTTP_HEAD_ACCEPT] = kw_str_of(accept);
    return kw_request_choose(&x.request, out, offered, KW_COUNT(offered), NULL);
}

static void choose__follows_range_and_quality(void **state)
{
    (void)state;
    const struct {
        const char *accept;
        size_t choice;
    } cases[] = {{NULL, 0},
                 {"*/*", 0},
                 {"application/*", 0},
                 {"text/sequence", 1},
                 {"TEXT/Sequence; charset=utf-8", 1},
                 {"application/stp+tsv", 2},
                 {"application/json;q=0.5, text/sequence", 1},
                 {"application/json;q=0.5, text/sequence;q=0.4", 0},
                 {"*/*;q=0.1, application/stp+tsv;q=0.2", 2},
                 {"application/json;q=0, */*", 1},
                 {"text/html, application/xhtml+xml, */*;q=0.8", 0},
                 {"application/json;q=0.999, text/sequence;q=1.0", 1},
                 {"application/json;q=0.123, text/sequence;q=0.12", 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        size_t choice = 99;
        EXPECT_OK(choose(cases[i].accept, &choice));
        assert_int_equal(choice, cases[i].choice);
    }
}

static void choose__says_when_nothing_fits(void **state)
{
    (void)state;
    const char *const accepts[] = {"text/html", "image/*", "*/*;q=0", "application/json;q=0", "x"};
    for (size_t i = 0; i < KW_COUNT(accepts); i++) {
        size_t choice = 0;
        EXPECT_STATUS(choose(accepts[i], &choice), KW_NOT_ACCEPTABLE);
    }
}

static void reply_field__is_declared_and_clean(void **state)
{
    (void)state;
    kw_exchange x = blank();
    x.request.arena = &x.arena;
    EXPECT_OK(kw_reply_field(&x.request, "STP-Last-SeqNo", KW_STR("42 x")));
    assert_int_equal(x.reply.lines_count, 1);
    EXPECT_STR(x.reply.lines[0].name, "stp-last-seqno");
    EXPECT_STR(x.reply.lines[0].value, "42 x");
    const kw_str bad[] = {
        KW_STR("a\rb"), KW_STR("a\nb"), {"a\0b", 3}, KW_STR("a\x7f"), KW_STR("\xc3\xa9")};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_reply_field(&x.request, "X-Other", bad[i]), KW_BAD_INPUT);
    }
    assert_int_equal(x.reply.lines_count, 1);
    kw_arena none = kw_arena_init(0);
    x.request.arena = &none;
    EXPECT_STATUS(kw_reply_field(&x.request, "X-Other", KW_STR("1")), KW_LIMIT);
    kw_arena_drop(&x.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_current__compares_weakly),
        cmocka_unit_test(choose__follows_range_and_quality),
        cmocka_unit_test(choose__says_when_nothing_fits),
        cmocka_unit_test(reply_field__is_declared_and_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
