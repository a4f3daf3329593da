/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_calls.h"

#include "support/client_desk.h"
#include "support/expect.h"
#include "support/silent_port.h"

#include <stdio.h>

#define OK_HELLO CLIENT_DESK_OK "hello"
#define REFUSAL  "HTTP/1.1 403 No\r\nConnection: close\r\n\r\nsecret words"

static client_desk desk;

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* After the peers were started. */
static void open_calls(uint32_t timeout_ms)
{
    client_desk_call(&desk, "pinned.json", timeout_ms);
}

static void ask(uint16_t member, const char *body, uint64_t mark)
{
    const kw_client_ask one = {.member = member,
                               .path = "/epoch",
                               .body = kw_secret_span_of(kw_span_of_str(kw_str_of(body))),
                               .mark = mark};
    EXPECT_OK(kw_client_calls_add(desk.calls, &one, NULL));
}

static void calls__bring_bodies_and_refusals(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO}, 1});
    client_desk_start(&desk, 2, &(tls_peer_script){{REFUSAL}, 1});
    client_desk_start(&desk, 3, &(tls_peer_script){{NULL}, 1});
    open_calls(0);
    const kw_status wanted[] = {KW_OK, KW_FORBIDDEN, KW_NETWORK, KW_NETWORK};
    for (uint16_t member = 1; member <= 4; member++) {
        ask(member, "", member * 10U);
    }
    unsigned met = 0;
    kw_client_answer answer = {0};
    while (kw_client_calls_next(desk.calls, &answer)) {
        EXPECT_STATUS(answer.st, wanted[answer.member - 1]);
        assert_int_equal(answer.mark, answer.member * 10U);
        assert_int_equal(answer.posted.len, 0);
        EXPECT_STR(kw_buf_text(&answer.body), answer.member == 1 ? "hello" : "");
        met |= 1U << answer.member;
        kw_client_answer_drop(&answer);
    }
    assert_int_equal(met, 0x1e);
    assert_false(kw_client_calls_next(desk.calls, &answer));
}

#define NAMED(http, name) "HTTP/1.1 " http " No\r\nConnection: close\r\n\r\n{\"code\":\"" name "\"}"

/* One HTTP code stands for many statuses. Who names one of another code is not believed. */
static void calls__take_the_status_that_a_refusal_names(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{NAMED("503", "unavailable")}, 1});
    client_desk_start(&desk, 2, &(tls_peer_script){{NAMED("503", "ok")}, 1});
    client_desk_start(&desk, 3, &(tls_peer_script){{NAMED("409", "bad_state")}, 1});
    client_desk_start(&desk, 4, &(tls_peer_script){{NAMED("200", "unavailable")}, 1});
    open_calls(0);
    const kw_status wanted[] = {KW_UNAVAILABLE, KW_BUSY, KW_BAD_STATE, KW_OK};
    for (uint16_t member = 1; member <= 4; member++) {
        ask(member, "{}", 0);
    }
    unsigned met = 0;
    kw_client_answer answer = {0};
    while (kw_client_calls_next(desk.calls, &answer)) {
        EXPECT_STATUS(answer.st, wanted[answer.member - 1]);
        assert_int_equal(answer.posted.len > 0, answer.st == KW_OK);
        met |= 1U << answer.member;
        kw_client_answer_drop(&answer);
    }
    assert_int_equal(met, 0x1e);
}

static void calls__keep_answers_to_posts_in_secret_memory(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO, REFUSAL}, 2});
    open_calls(0);
    kw_client_answer answer = {0};
    ask(1, "{}", 0);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    EXPECT_OK(answer.st);
    assert_int_equal(answer.body.len, 0);
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&answer.posted), "a test")),
               "hello");
    kw_client_answer_drop(&answer);
    ask(1, "{}", 0);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    EXPECT_STATUS(answer.st, KW_FORBIDDEN);
    assert_int_equal(answer.posted.len, 0);
    kw_client_answer_drop(&answer);
    kw_str sent = tls_peer_requests(desk.peers[0]);
    assert_non_null(memmem(sent.ptr, sent.len, "POST /epoch HTTP/1.1\r\n", 22));
    assert_null(memmem(sent.ptr, sent.len, "Authorization", 13));
}

/* One that hangs neither delays the others nor the end. */
static void calls__do_not_wait_for_who_hangs(void **state)
{
    KW_UNUSED(state);
    silent_port silent = silent_port_open();
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO}, 1});
    open_calls(300000);
    desk.cluster.operators.places = (kw_operator_place[]){desk.cluster.operators.places[0],
                                                          {.public_url = kw_str_of(silent.url)}};
    kw_client_answer answer = {0};
    ask(2, "", 2);
    ask(1, "", 1);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    assert_int_equal(answer.member, 1);
    kw_client_answer_drop(&answer);
    kw_client_calls_free(desk.calls); /* ends the other */
    desk.calls = NULL;
    silent_port_close(&silent);
}

static void calls__end_by_their_time_limit(void **state)
{
    KW_UNUSED(state);
    silent_port silent = silent_port_open();
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO}, 1});
    open_calls(100);
    desk.cluster.operators.places = &(kw_operator_place){.public_url = kw_str_of(silent.url)};
    kw_client_answer answer = {0};
    ask(1, "", 0);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    EXPECT_STATUS(answer.st, KW_TIMED_OUT);
    assert_true(answer.took_ms >= 100);
    kw_client_answer_drop(&answer);
    silent_port_close(&silent);
}

static void forget__drops_what_comes_later(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO, CLIENT_DESK_OK "later"}, 2});
    open_calls(0);
    kw_client_answer answer = {0};
    ask(1, "", 1);
    kw_client_calls_forget(desk.calls);
    assert_false(kw_client_calls_next(desk.calls, &answer));
    ask(1, "", 2);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    assert_int_equal(answer.mark, 2);
    kw_client_answer_drop(&answer);
    assert_false(kw_client_calls_next(desk.calls, &answer));
}

/* What a watcher was told. */
typedef struct waited {
    size_t times;
    size_t most;
    size_t least;
} waited;

static void note_wait(void *ctx, size_t open)
{
    waited *w = ctx;
    w->times++;
    w->most = KW_MAX(w->most, open);
    w->least = KW_MIN(w->least, open);
}

static void watch__tells_how_many_are_under_way(void **state)
{
    KW_UNUSED(state);
    silent_port silent = silent_port_open();
    waited w = {.least = 99};
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO}, 1});
    desk.hung = silent.url;
    open_calls(300);
    kw_client_calls_watch(desk.calls, (kw_client_watcher){note_wait, &w});
    kw_client_answer answer = {0};
    ask(1, "", 0);
    ask(2, "", 0);
    while (kw_client_calls_next(desk.calls, &answer)) {
        kw_client_answer_drop(&answer);
    }
    assert_true(w.times > 0);
    assert_int_equal(w.most, 2);
    assert_true(w.least >= 1);
    size_t before = w.times;
    kw_client_calls_watch(desk.calls, (kw_client_watcher){.on_wait = NULL});
    ask(1, "", 0);
    assert_true(kw_client_calls_next(desk.calls, &answer));
    kw_client_answer_drop(&answer);
    assert_int_equal(w.times, before);
    silent_port_close(&silent);
}

static void add__refuses_what_cannot_be_asked(void **state)
{
    KW_UNUSED(state);
    char path[500] = "/";
    client_desk_start(&desk, 1, &(tls_peer_script){{OK_HELLO}, 1});
    open_calls(0);
    memset(path + 1, 'a', sizeof path - 2);
    const kw_client_ask one = {.member = 1, .path = path};
    EXPECT_STATUS(kw_client_calls_add(desk.calls, &one, NULL), KW_LIMIT);
    static const uint8_t body[16385] = {1};
    const kw_client_ask large = {
        .member = 1, .path = "/", .body = kw_secret_span_of(KW_SPAN(body))};
    EXPECT_STATUS(kw_client_calls_add(desk.calls, &large, NULL), KW_LIMIT);
    kw_client_answer answer = {0};
    assert_false(kw_client_calls_next(desk.calls, &answer));
    const kw_client_credential nobody = {0};
    const kw_client_calls_options no_key = {
        .cluster = &desk.cluster, .credential = &nobody, .cert_file = "cert.pem"};
    kw_client_calls *none = NULL;
    EXPECT_STATUS(kw_client_calls_open(&none, &no_key, NULL), KW_BAD_INPUT);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls__bring_bodies_and_refusals, make, drop),
        cmocka_unit_test_setup_teardown(calls__take_the_status_that_a_refusal_names, make, drop),
        cmocka_unit_test_setup_teardown(calls__keep_answers_to_posts_in_secret_memory, make, drop),
        cmocka_unit_test_setup_teardown(calls__do_not_wait_for_who_hangs, make, drop),
        cmocka_unit_test_setup_teardown(calls__end_by_their_time_limit, make, drop),
        cmocka_unit_test_setup_teardown(forget__drops_what_comes_later, make, drop),
        cmocka_unit_test_setup_teardown(watch__tells_how_many_are_under_way, make, drop),
        cmocka_unit_test_setup_teardown(add__refuses_what_cannot_be_asked, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold_calls", tests, NULL, NULL);
}
