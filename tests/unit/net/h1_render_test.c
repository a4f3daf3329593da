/* SPDX-License-Identifier: Apache-2.0
 * Response headers as bytes. */
#include "net/h1_render.h"

#include "support/expect.h"

static const kw_h1_extra extra = {
    .date = {"Sun, 06 Nov 1994 08:49:37 GMT", 29},
    .request_id = {"0123456789abcdef01234567", 24},
};

static kw_reply plain_reply(void)
{
    kw_reply reply = {.http = 200, .has_body = true, .has_length = true, .length = 1234567890123};
    kw_reply_add(&reply, KW_STR("content-type"), KW_STR("text/plain"));
    return reply;
}

static void head__is_written_in_order(void **state)
{
    (void)state;
    uint8_t room[1024];
    kw_reply reply = plain_reply();
    size_t len = kw_h1_render_head(KW_MSPAN(room), &reply, &extra);
    EXPECT_STR(((kw_str){(const char *)room, len}),
               "HTTP/1.1 200 OK\r\n"
               "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "content-type: text/plain\r\n"
               "content-length: 1234567890123\r\n"
               "x-request-id: 0123456789abcdef01234567\r\n"
               "x-content-type-options: nosniff\r\n"
               "strict-transport-security: max-age=31536000\r\n"
               "content-security-policy: default-src 'none'\r\n\r\n");
}

static void head__says_close_and_chunked(void **state)
{
    (void)state;
    uint8_t room[1024];
    kw_reply reply = {.http = 202, .has_body = true};
    kw_h1_extra last = extra;
    last.is_last = true;
    size_t len = kw_h1_render_head(KW_MSPAN(room), &reply, &last);
    assert_non_null(memmem(room, len, "transfer-encoding: chunked\r\n", 28));
    assert_non_null(memmem(room, len, "connection: close\r\n", 19));
    assert_null(memmem(room, len, "content-length", 14));
}

static void head__of_an_answer_without_body_has_no_framing(void **state)
{
    (void)state;
    uint8_t room[1024];
    kw_reply reply = {.http = 304};
    size_t len = kw_h1_render_head(KW_MSPAN(room), &reply, &extra);
    assert_true(kw_str_starts_with((kw_str){(const char *)room, len},
                                   KW_STR("HTTP/1.1 304 Not Modified\r\n")));
    assert_null(memmem(room, len, "content-length", 14));
    assert_null(memmem(room, len, "transfer-encoding", 17));
}

static void head__needs_all_its_room(void **state)
{
    (void)state;
    uint8_t room[1024];
    kw_reply reply = plain_reply();
    size_t len = kw_h1_render_head(KW_MSPAN(room), &reply, &extra);
    for (size_t short_len = 0; short_len < len; short_len++) {
        assert_int_equal(kw_h1_render_head((kw_mspan){room, short_len}, &reply, &extra), 0);
    }
    assert_int_equal(kw_h1_render_head((kw_mspan){room, len}, &reply, &extra), len);
}

static void chunk__is_framed_around_its_data(void **state)
{
    (void)state;
    uint8_t room[64];
    memcpy(room + KW_H1_CHUNK_FRONT, "hello world, here", 17);
    kw_h1_frame_chunk(room, 17);
    assert_memory_equal(room, "0011\r\nhello world, here\r\n", 25);
}

static void end__carries_trailers(void **state)
{
    (void)state;
    uint8_t room[64];
    kw_reply reply = {.http = 200};
    assert_int_equal(kw_h1_render_end(KW_MSPAN(room), &reply), 5);
    assert_memory_equal(room, "0\r\n\r\n", 5);
    const kw_trailer trailers[] = {{"x-a", {"1", 1}}, {"x-b", {"22", 2}}};
    reply.trailers = trailers;
    reply.trailers_count = 2;
    size_t len = kw_h1_render_end(KW_MSPAN(room), &reply);
    EXPECT_STR(((kw_str){(const char *)room, len}), "0\r\nx-a: 1\r\nx-b: 22\r\n\r\n");
    assert_int_equal(kw_h1_render_end((kw_mspan){room, len - 1}, &reply), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head__is_written_in_order),
        cmocka_unit_test(head__says_close_and_chunked),
        cmocka_unit_test(head__of_an_answer_without_body_has_no_framing),
        cmocka_unit_test(head__needs_all_its_room),
        cmocka_unit_test(chunk__is_framed_around_its_data),
        cmocka_unit_test(end__carries_trailers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
