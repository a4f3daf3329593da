/* SPDX-License-Identifier: Apache-2.0
 * One request from header to last byte: who is asked when, who waits for whom, what is freed. */
#include "net/exchange.h"

#include "support/expect.h"
#include "support/net_desk.h"
#include "support/net_server.h"

static net_service service;
static const kw_mount mount = {net_server_routes, 0, &service};

static void open_desk(net_desk *desk, const kw_protocol *protocol)
{
    kw_mount whole = mount;
    whole.routes_count = net_server_routes_count;
    memset(&service, 0, sizeof service);
    net_desk_open(desk, &whole, protocol, 1);
}

/* Hands a text in and appends what comes out. */
static kw_str ask(net_desk *desk, kw_buf *out, const char *text)
{
    kw_buf_clear(out);
    desk->conn.protocol->input(&desk->conn, kw_span_of_str(kw_str_of(text)));
    (void)net_desk_pull(desk, out);
    return kw_buf_text(out);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static bool has(kw_str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void request__is_admitted_and_settled_once(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    assert_true(has(ask(&desk, &out, GET("/small")), "HTTP/1.1 200 OK\r\n"));
    assert_int_equal(desk.admitted, 1);
    assert_int_equal(desk.settled, 1);
    assert_int_equal(desk.last_outcome, KW_OK);
    assert_true(has(ask(&desk, &out, GET("/nope")), "HTTP/1.1 404 "));
    assert_int_equal(desk.admitted, 2);
    assert_int_equal(desk.last_outcome, KW_NOT_FOUND);
    assert_true(has(ask(&desk, &out, GET("/echo")), "HTTP/1.1 405 "));
    assert_true(has(kw_buf_text(&out), "allow: POST\r\n"));
    net_desk_close(&desk);
}

static void request__has_an_id_of_its_own(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) first = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) second = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    (void)ask(&desk, &first, GET("/nope"));
    (void)ask(&desk, &second, GET("/nope"));
    const char *id_at = memmem(first.ptr, first.len, "x-request-id: ", 14);
    assert_non_null(id_at);
    char id[25] = {0};
    memcpy(id, id_at + 14, 24);
    assert_true(has(kw_buf_text(&first), id)); /* in the field, and in the body: */
    assert_non_null(
        memmem(id_at + 40, first.len - (size_t)((const uint8_t *)id_at - first.ptr) - 40, id, 24));
    assert_false(has(kw_buf_text(&second), id));
    net_desk_close(&desk);
}

static void refusal_of_the_gate__comes_before_the_handler(void **state)
{
    (void)state;
    const struct {
        kw_status status;
        const char *line;
    } cases[] = {{KW_UNAUTHENTICATED, "HTTP/1.1 401 "},
                 {KW_FORBIDDEN, "HTTP/1.1 403 "},
                 {KW_RATE_LIMITED, "HTTP/1.1 429 "},
                 {KW_NOT_FOUND, "HTTP/1.1 404 "},
                 {KW_AUDIT_UNAVAILABLE, "HTTP/1.1 503 "}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        net_desk desk;
        KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
        open_desk(&desk, &kw_protocol_h1);
        desk.admit_status = cases[i].status;
        assert_true(has(ask(&desk, &out, GET("/slow")), cases[i].line));
        assert_int_equal(desk.last_outcome, cases[i].status);
        assert_int_equal(service.running, 0);
        net_desk_close(&desk);
    }
}

static void response__waits_until_the_gate_lets_go(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    desk.holds = true;
    assert_int_equal(ask(&desk, &out, GET("/small")).len, 0);
    net_desk_let_go(&desk, KW_OK);
    assert_true(net_desk_pull(&desk, &out) > 0);
    assert_true(has(kw_buf_text(&out), "HTTP/1.1 200 OK\r\n"));
    net_desk_close(&desk);
}

static void response__is_replaced_when_it_cannot_be_audited(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    desk.holds = true;
    (void)ask(&desk, &out, GET("/small"));
    net_desk_let_go(&desk, KW_AUDIT_UNAVAILABLE);
    (void)net_desk_pull(&desk, &out);
    assert_true(has(kw_buf_text(&out), "HTTP/1.1 503 "));
    assert_true(has(kw_buf_text(&out), "\"audit_unavailable\""));
    assert_false(has(kw_buf_text(&out), "etag"));
    net_desk_close(&desk);
}

/* A stream that is replaced is closed though it was never opened. */
static void stream__that_is_replaced_is_closed(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    desk.holds = true;
    (void)ask(&desk, &out, GET("/stream"));
    assert_int_equal(service.streams, 0);
    net_desk_let_go(&desk, KW_AUDIT_UNAVAILABLE);
    (void)net_desk_pull(&desk, &out);
    assert_true(has(kw_buf_text(&out), "HTTP/1.1 503 "));
    net_desk_close(&desk); /* the sanitizer finds a source that was not freed */
}

static void peer__that_leaves_is_settled_all_the_same(void **state)
{
    (void)state;
    const char *const texts[] = {
        "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 5\r\n\r\na=",
        GET("/stream?rows=1000000"),
        "POST /sum HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        net_desk desk;
        KW_AUTO(kw_buf) out = kw_buf_init(100000);
        open_desk(&desk, &kw_protocol_h1);
        (void)ask(&desk, &out, texts[i]);
        net_desk_close(&desk); /* compares admitted with settled */
        assert_int_equal(service.streams, 0);
    }
}

static void worker__may_outlive_its_connection(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    (void)ask(&desk, &out, GET("/slow"));
    while (atomic_load(&service.running) == 0) {
        kw_sleep_ms(1);
    }
    atomic_store(&service.may_finish, true);
    net_desk_close(&desk);
    assert_int_equal(desk.settled, 1);
    assert_int_equal(desk.last_outcome, KW_OK);
}

static void gate__may_outlive_the_connection(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    desk.holds = true;
    (void)ask(&desk, &out, GET("/small"));
    kw_held_release(desk.held, KW_OK); /* posted; delivered after the connection is gone */
    net_desk_close(&desk);
}

static void stream__is_pulled_only_as_far_as_there_is_room(void **state)
{
    (void)state;
    net_desk desk;
    open_desk(&desk, &kw_protocol_h1);
    desk.conn.protocol->input(&desk.conn, kw_span_of_str(KW_STR(GET("/stream?rows=100000000"))));
    uint8_t room[KW_NET_RECORD_BYTES];
    size_t len = desk.conn.protocol->output(&desk.conn, KW_MSPAN(room));
    assert_true(len > 0 && len <= sizeof room);
    net_desk_close(&desk);
}

static void waker__brings_a_waiting_stream_back(void **state)
{
    (void)state;
    net_desk desk;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    open_desk(&desk, &kw_protocol_h1);
    (void)ask(&desk, &out, GET("/stream?rows=2000"));
    while (!has(kw_buf_text(&out), "x-rows: 2000\r\n")) {
        net_desk_deliver(&desk, true);
        (void)net_desk_pull(&desk, &out);
    }
    assert_true(has(kw_buf_text(&out), "row 1999\n"));
    net_desk_close(&desk);
}

/* ---- step by step, with a protocol that only remembers ---- */

static kw_exchange *replied; /* the last one that was ready; reset by each test */

static kw_status quiet_open(kw_conn *conn)
{
    KW_UNUSED(conn);
    return KW_OK;
}

static void quiet_close(kw_conn *conn)
{
    KW_UNUSED(conn);
}

static void remember(kw_conn *conn, kw_exchange *x)
{
    KW_UNUSED(conn);
    replied = x;
}

static const kw_protocol quiet = {.open = quiet_open, .close = quiet_close, .reply = remember};

static kw_exchange *new_request(net_desk *desk, kw_method method, const char *target)
{
    replied = NULL;
    kw_exchange *x = kw_exchange_new(&desk->conn);
    assert_non_null(x);
    x->head.method = method;
    x->head.target = kw_str_of(target);
    return x;
}

static void steps__of_a_request_without_body(void **state)
{
    (void)state;
    net_desk desk;
    uint8_t room[100];
    open_desk(&desk, &quiet);
    kw_exchange *x = new_request(&desk, KW_GET, "/small");
    assert_false(kw_exchange_begin(x));
    assert_ptr_equal(replied, x);
    assert_int_equal(x->reply.http, 200);
    assert_false(kw_exchange_wants_body(x));
    size_t total = 0;
    kw_pull_slot slot = {.out = KW_MSPAN(room)};
    while (kw_exchange_pull(x, &slot) == KW_PULL_DATA) {
        total += slot.got;
    }
    assert_int_equal(total, 256);
    kw_exchange_end(x);
    assert_int_equal(desk.loop.spare_count, 1);
    assert_ptr_equal(new_request(&desk, KW_GET, "/small"), x); /* the same memory serves again */
    kw_exchange_end(x);
    kw_exchange_free_spare(&desk.loop);
    assert_int_equal(desk.loop.spare_count, 0);
    net_desk_close(&desk);
}

static kw_exchange *new_form(net_desk *desk)
{
    kw_exchange *x = new_request(desk, KW_POST, "/form");
    x->head.has_body = true;
    x->head.has[KW_HTTP_HEAD_CONTENT_TYPE] = true;
    x->head.value[KW_HTTP_HEAD_CONTENT_TYPE] = KW_STR("application/x-www-form-urlencoded");
    assert_true(kw_exchange_begin(x));
    assert_true(kw_exchange_wants_body(x));
    return x;
}

static void steps__of_a_request_with_body(void **state)
{
    (void)state;
    net_desk desk;
    bool is_full = true;
    open_desk(&desk, &quiet);
    kw_exchange *x = new_form(&desk);
    assert_true(kw_exchange_body(x, &is_full, kw_span_of_str(KW_STR("a="))));
    assert_true(kw_exchange_body(x, &is_full, kw_span_of_str(KW_STR("b"))));
    assert_false(is_full);
    assert_null(replied);
    kw_exchange_body_end(x);
    assert_ptr_equal(replied, x);
    EXPECT_STR(kw_str_of_span(x->reply.bytes), "a=b");
    kw_exchange_end(x);
    net_desk_close(&desk);
}

static void steps__of_a_body_that_fails(void **state)
{
    (void)state;
    net_desk desk;
    bool is_full = false;
    static const uint8_t much[5000];
    open_desk(&desk, &quiet);
    kw_exchange *x = new_form(&desk);
    assert_false(kw_exchange_body(x, &is_full, KW_SPAN(much)));
    assert_int_equal(x->reply.http, 413);
    assert_false(kw_exchange_body(x, &is_full, KW_SPAN(much)));
    kw_exchange_end(x);
    x = new_form(&desk);
    kw_exchange_fail_body(x, KW_BAD_INPUT);
    assert_int_equal(x->reply.http, 400);
    kw_exchange_end(x);
    net_desk_close(&desk);
}

static void refuse__asks_nobody(void **state)
{
    (void)state;
    net_desk desk;
    open_desk(&desk, &quiet);
    kw_exchange *x = new_request(&desk, KW_GET, "/small");
    kw_exchange_refuse(x, KW_HEADERS_TOO_LARGE);
    assert_ptr_equal(replied, x);
    assert_int_equal(x->reply.http, 431);
    assert_int_equal(desk.admitted, 0);
    kw_exchange_end(x);
    net_desk_close(&desk);
}

static void due__is_told_once(void **state)
{
    (void)state;
    net_desk desk;
    open_desk(&desk, &quiet);
    kw_exchange *x = new_request(&desk, KW_GET, "/small");
    assert_false(kw_exchange_is_due(x, UINT64_MAX)); /* nothing was asked for */
    x->pull_at_ms = 100;
    assert_false(kw_exchange_is_due(x, 99));
    assert_true(kw_exchange_is_due(x, 100));
    assert_false(kw_exchange_is_due(x, 101));
    kw_exchange_end(x);
    net_desk_close(&desk);
}

/* Every allocation of ours while a request is served: an answer, a refusal or the end of the
 * connection, and nothing is lost. */
static void request__survives_each_failing_allocation(void **state)
{
    (void)state;
    const char *const texts[] = {
        GET("/small"), GET("/items/a?n=2"), GET("/stream?rows=3"),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
         "Content-Length: 12\r\n\r\n{\"text\":\"x\"}")};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        bool is_served = false;
        for (uint64_t nth = 1; !is_served; nth++) {
            net_desk desk;
            KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
            EXPECT_OK(kw_buf_reserve(&out, 4096));
            open_desk(&desk, &kw_protocol_h1);
            kw_heap_fail_at(nth);
            kw_str text = ask(&desk, &out, texts[i]);
            kw_heap_fail_at(0);
            is_served = has(text, "HTTP/1.1 200 OK\r\n");
            assert_true(is_served || net_desk_is_over(&desk) || has(text, "HTTP/1.1 503 ") ||
                        has(text, "HTTP/1.1 422 "));
            net_desk_close(&desk);
            assert_true(nth < 100);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request__is_admitted_and_settled_once),
        cmocka_unit_test(request__has_an_id_of_its_own),
        cmocka_unit_test(refusal_of_the_gate__comes_before_the_handler),
        cmocka_unit_test(response__waits_until_the_gate_lets_go),
        cmocka_unit_test(response__is_replaced_when_it_cannot_be_audited),
        cmocka_unit_test(stream__that_is_replaced_is_closed),
        cmocka_unit_test(peer__that_leaves_is_settled_all_the_same),
        cmocka_unit_test(worker__may_outlive_its_connection),
        cmocka_unit_test(gate__may_outlive_the_connection),
        cmocka_unit_test(stream__is_pulled_only_as_far_as_there_is_room),
        cmocka_unit_test(waker__brings_a_waiting_stream_back),
        cmocka_unit_test(steps__of_a_request_without_body),
        cmocka_unit_test(steps__of_a_request_with_body),
        cmocka_unit_test(steps__of_a_body_that_fails),
        cmocka_unit_test(refuse__asks_nobody),
        cmocka_unit_test(due__is_told_once),
        cmocka_unit_test(request__survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
