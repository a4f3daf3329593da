/* SPDX-License-Identifier: Apache-2.0
 * The allocator of nghttp2 on real sessions: a server and a client that exchange frames in memory,
 * what they do not use given back between them. */
#include "net/h2_memory.h"

#include "base/heap.h"
#include "support/expect.h"

#include <sys/mman.h>

typedef struct side {
    kw_h2_memory memory;
    nghttp2_session *session;
    size_t requests;
    size_t answers;
    size_t body_bytes;
    int32_t asked_id; /* of the last request */
    bool is_slow;     /* does not answer by itself */
} side;

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buf, size_t len,
                         uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
    (void)session;
    (void)id;
    (void)source;
    (void)ctx;
    memset(buf, 'x', len);
    *flags = NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)len;
}

static int answer(nghttp2_session *session, int32_t id)
{
    nghttp2_nv head[] = {
        {(uint8_t *)":status", (uint8_t *)"200", 7, 3, 0},
        {(uint8_t *)"etag", (uint8_t *)"\"one\"", 4, 5, 0},
    };
    const nghttp2_data_provider body = {.read_callback = read_body};
    return nghttp2_submit_response(session, id, head, KW_COUNT(head), &body);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    side *s = ctx;
    if (frame->hd.type != NGHTTP2_HEADERS) {
        return 0;
    }
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        s->answers++;
        return 0;
    }
    s->requests++;
    s->asked_id = frame->hd.stream_id;
    return s->is_slow ? 0 : answer(session, s->asked_id);
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *ctx)
{
    (void)session;
    (void)flags;
    (void)id;
    side *s = ctx;
    s->body_bytes += len;
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(data[i], 'x');
    }
    return 0;
}

static int open_side(side *s, bool is_server)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL; /* as in h2.c */
    assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
    assert_int_equal(nghttp2_option_new(&option), 0);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_deflate_dynamic_table_size(option, 0);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    *s = (side){0};
    kw_h2_memory_begin(&s->memory);
    int failed =
        is_server ? nghttp2_session_server_new3(&s->session, callbacks, s, option, &s->memory.calls)
                  : nghttp2_session_client_new3(&s->session, callbacks, s, NULL, &s->memory.calls);
    kw_h2_memory_made(&s->memory);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return failed;
}

/* All that `from` has to say reaches `to`; true when there was something. */
static bool carry(side *from, side *to)
{
    const uint8_t *bytes = NULL;
    ssize_t len = 0;
    bool has_said = false;
    while ((len = nghttp2_session_mem_send(from->session, &bytes)) > 0) {
        assert_int_equal(nghttp2_session_mem_recv(to->session, bytes, (size_t)len), len);
        has_said = true;
    }
    assert_int_equal(len, 0);
    return has_said;
}

static void ask(side *client)
{
    nghttp2_nv head[] = {
        {(uint8_t *)":method", (uint8_t *)"GET", 7, 3, 0},
        {(uint8_t *)":scheme", (uint8_t *)"https", 7, 5, 0},
        {(uint8_t *)":path", (uint8_t *)"/keys", 5, 5, 0},
        {(uint8_t *)":authority", (uint8_t *)"localhost", 10, 9, 0},
    };
    assert_true(nghttp2_submit_request(client->session, NULL, head, KW_COUNT(head), NULL, NULL) >
                0);
}

static void open_both(side *server, side *client)
{
    assert_int_equal(open_side(server, true), 0);
    assert_int_equal(open_side(client, false), 0);
    assert_int_equal(nghttp2_submit_settings(server->session, 0, NULL, 0), 0);
    assert_int_equal(nghttp2_submit_settings(client->session, 0, NULL, 0), 0);
}

static void close_both(side *server, side *client)
{
    nghttp2_session_del(server->session);
    nghttp2_session_del(client->session);
    assert_null(server->memory.frame);
    assert_null(server->memory.ring);
    assert_null(server->memory.map);
}

static bool is_resident(const void *page)
{
    unsigned char is_in = 0;
    assert_non_null(page);
    assert_int_equal((uintptr_t)page % KW_HEAP_PAGE_BYTES, 0);
    assert_int_equal(mincore((void *)(uintptr_t)page, KW_HEAP_PAGE_BYTES, &is_in), 0);
    return (is_in & 1) != 0;
}

static void rest__lets_the_session_go_on(void **state)
{
    (void)state;
    side server;
    side client;
    open_both(&server, &client);
    for (size_t round = 1; round <= 5; round++) {
        ask(&client);
        while (carry(&client, &server) || carry(&server, &client)) {
            kw_h2_memory_rest(&client.memory);
            kw_h2_memory_rest(&server.memory);
        }
        assert_int_equal(server.requests, round);
        assert_int_equal(client.answers, round);
        assert_true(client.body_bytes >= round * 10000);
        kw_h2_memory_rest(&server.memory);
        assert_false(is_resident(server.memory.frame));
        assert_false(is_resident(server.memory.ring));
        assert_false(is_resident(server.memory.map));
        assert_true(is_resident(client.memory.ring)); /* its table has room, and entries */
    }
    close_both(&server, &client);
}

static void rest__keeps_streams_that_are_open(void **state)
{
    (void)state;
    side server;
    side client;
    open_both(&server, &client);
    server.is_slow = true;
    ask(&client);
    while (carry(&client, &server) || carry(&server, &client)) {
    }
    assert_int_equal(server.requests, 1);
    kw_h2_memory_rest(&server.memory);
    kw_h2_memory_rest(&client.memory);
    assert_false(is_resident(server.memory.frame));
    assert_true(is_resident(server.memory.map));
    assert_true(is_resident(client.memory.map));
    assert_int_equal(answer(server.session, server.asked_id), 0);
    while (carry(&server, &client) || carry(&client, &server)) {
    }
    assert_int_equal(client.answers, 1);
    kw_h2_memory_rest(&server.memory);
    assert_false(is_resident(server.memory.map));
    close_both(&server, &client);
}

static void rest__knows_no_buffer_but_that_of_the_session(void **state)
{
    (void)state;
    kw_h2_memory memory;
    kw_h2_memory_begin(&memory);
    kw_h2_memory_rest(&memory); /* nothing is known yet */
    void *first = memory.calls.malloc(17000, &memory);
    assert_ptr_equal(memory.frame, first);
    void *second = memory.calls.malloc(17000, &memory);
    assert_null(memory.frame); /* which of the two it is cannot be told */
    kw_h2_memory_made(&memory);
    void *third = memory.calls.malloc(17000, &memory);
    assert_null(memory.frame);
    memory.calls.free(first, &memory);
    memory.calls.free(second, &memory);
    memory.calls.free(third, &memory);
    kw_h2_memory_begin(&memory);
    first = memory.calls.malloc(17000, &memory);
    memset(first, 1, 17000);
    second = memory.calls.realloc(first, 40000, &memory); /* it grew into another block */
    assert_non_null(second);
    assert_null(memory.frame);
    kw_h2_memory_rest(&memory);
    assert_int_equal(((const uint8_t *)second)[16999], 1);
    memory.calls.free(second, &memory);
}

static void rest__keeps_what_took_the_place_of_a_known_block(void **state)
{
    (void)state;
    kw_h2_memory memory;
    kw_h2_memory_begin(&memory);
    void *map = memory.calls.calloc(256, 16, &memory);
    void *ring = memory.calls.malloc(1024, &memory);
    assert_ptr_equal(memory.map, map);
    assert_ptr_equal(memory.ring, ring);
    void *other = memory.calls.malloc(1024, &memory); /* the ring of the inflater */
    assert_ptr_equal(memory.ring, ring);
    kw_h2_memory_made(&memory);
    void *grown = memory.calls.realloc(ring, 1024, &memory);
    assert_non_null(grown);
    assert_null(memory.ring);
    memory.calls.free(map, &memory);
    assert_null(memory.map);
    map = memory.calls.calloc(256, 16, &memory);
    assert_null(memory.map); /* it may share its page */
    kw_h2_memory_rest(&memory);
    memory.calls.free(map, &memory);
    memory.calls.free(other, &memory);
    memory.calls.free(grown, &memory);
}

static void session__that_has_no_memory_is_not_made(void **state)
{
    (void)state;
    side server;
    uint64_t nth = 1;
    for (int failed = -1; failed != 0; nth++) {
        kw_heap_fail_at(nth);
        failed = open_side(&server, true);
        kw_heap_fail_at(0);
        assert_true(failed == 0 || failed == NGHTTP2_ERR_NOMEM);
    }
    assert_true(nth > 4); /* at least the session, its tables and its buffer were refused */
    nghttp2_session_del(server.session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rest__lets_the_session_go_on),
        cmocka_unit_test(rest__keeps_streams_that_are_open),
        cmocka_unit_test(rest__knows_no_buffer_but_that_of_the_session),
        cmocka_unit_test(rest__keeps_what_took_the_place_of_a_known_block),
        cmocka_unit_test(session__that_has_no_memory_is_not_made),
    };
    return cmocka_run_group_tests_name("net/h2_memory", tests, NULL, NULL);
}
