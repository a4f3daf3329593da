/* SPDX-License-Identifier: Apache-2.0
 * Genuine messages of operators, recorded at one of them and sent again, by those who had sent
 * them, by others and by strangers, while they are fresh and when they are old: nothing changes. */
#include "codec/reader.h"
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/kept_secrets.h"
#include "support/peer_post.h"
#include "support/sealed_text.h"
#include "support/tls_peer.h"
#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    RECORDER = 3, /* the operator in whose place the recorder stands */
    STRANGER = 4, /* a house that is no operator */
    OPERATORS = 0xf,
    MESSAGE_PATHS = 13,
    RECORDED_EPOCHS = 2,
    INTERVAL_S = 8,
    LONG_S = 120, /* the phase of HELLOs lasts 5 s then */
    LEAD_S = 8,   /* of the start before a boundary */
    POSTS_MAX = 4096,
    PATH_CHARS = 32,
};

/* A POST as it came. */
typedef struct recorded {
    char path[PATH_CHARS];
    kw_span body;
} recorded;

typedef struct desk {
    committee *c;
    tls_peer *recorder; /* NULL: it has gone */
    kw_buf heard;
    recorded posts[POSTS_MAX];
    size_t count;
    uint64_t began[RECORDED_EPOCHS + 1]; /* of an epoch: the boundary of the session that made it */
    sealed_text sealed;
} desk;

/* ---- recording ---- */

/* "POST /dkg/hello HTTP/1.1 ..", as far as its body; false: that is cut off. */
static bool read_post(recorded *out, const char *at, const char *end)
{
    static const char length_name[] = "Content-Length: ";
    const char *path = at + strlen("POST ");
    const char *space = memchr(path, ' ', (size_t)(end - path));
    const char *body = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
    const char *length = memmem(at, (size_t)(end - at), length_name, strlen(length_name));
    if (space == NULL || body == NULL || length == NULL) {
        return false;
    }
    assert_true(space - path < PATH_CHARS);
    (void)snprintf(out->path, sizeof out->path, "%.*s", (int)(space - path), path);
    body += 4;
    out->body = (kw_span){(const uint8_t *)body, strtoul(length + strlen(length_name), NULL, 10)};
    return out->body.len <= (size_t)(end - body);
}

/* All of it is of the sessions that began then, or of a handover of their epochs, which has no
 * boundary: sessions that came to nothing are another matter. */
static bool is_of_sessions(const desk *d, const recorded *post)
{
    kw_arena arena = kw_arena_init(1 << 24);
    kw_authenticated_list list;
    bool is_of_all = true;
    EXPECT_OK(kw_authenticated_decode(&list, &arena, post->body, NULL));
    for (size_t i = 0; i < list.count; i++) {
        kw_message_header header;
        EXPECT_OK(kw_message_header_decode(&header, list.items[i].payload));
        is_of_all = is_of_all && header.epoch <= RECORDED_EPOCHS &&
                    (header.timestamp == 0 || header.timestamp == d->began[header.epoch]);
    }
    kw_arena_drop(&arena);
    return is_of_all;
}

static void read_posts(desk *d)
{
    const char *at = (const char *)d->heard.ptr;
    const char *end = at + d->heard.len;
    while ((at = memmem(at, (size_t)(end - at), "POST /", 6)) != NULL) {
        recorded *post = &d->posts[d->count];
        assert_true(d->count < POSTS_MAX);
        d->count += read_post(post, at, end) && is_of_sessions(d, post);
        at += 6;
    }
}

/* From now on house RECORDER is a port that says yes to everything. */
static void record(desk *d)
{
    static const tls_peer_script script = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}, 1};
    const house *h = d->c->houses[RECORDER];
    tempdir_path certificate = house_path(h, "pki/peer.pem");
    tempdir_path key = house_path(h, "pki/peer.key");
    d->recorder = tls_peer_start_as(certificate.text, key.text, &script);
    d->c->file.items[RECORDER].peer_url = kw_str_of(tls_peer_url(d->recorder));
}

/* Keeps what is of the sessions in question. */
static void stop_recording(desk *d)
{
    EXPECT_OK(kw_buf_append_str(&d->heard, tls_peer_requests(d->recorder)));
    tls_peer_stop(d->recorder);
    d->recorder = NULL;
    read_posts(d);
    assert_true(d->count > 0);
}

/* ---- sending again ---- */

/* One way to send what was recorded. */
typedef struct replay {
    uint32_t to;      /* house */
    uint32_t from;    /* house whose certificate */
    const char *pair; /* which of its certificates */
    size_t each;      /* so many of each path */
    int http;         /* what all must be answered with */
} replay;

static size_t earlier_on_path(const desk *d, size_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < at; i++) {
        count += strcmp(d->posts[i].path, d->posts[at].path) == 0;
    }
    return count;
}

static void expect_answer(desk *d, const replay *r, const char *path, size_t at)
{
    const house *to = d->c->houses[r->to];
    const house *from = d->c->houses[r->from];
    int http = peer_post(to, from, r->pair, path, d->posts[at].body);
    if (http != r->http) {
        fail_msg("%s by house %u: %d, not %d", path, (unsigned)r->from, http, r->http);
    }
}

static void expect_answers(desk *d, replay r)
{
    for (size_t i = 0; i < d->count; i++) {
        if (earlier_on_path(d, i) < r.each) {
            expect_answer(d, &r, d->posts[i].path, i);
        }
    }
}

/* The first of each path, sent to another path. */
static void expect_answers_elsewhere(desk *d, replay r)
{
    static const char share[] = "/dkg/share";
    for (size_t i = 0; i < d->count; i++) {
        bool is_share = strcmp(d->posts[i].path, share) == 0;
        if (earlier_on_path(d, i) == 0) {
            expect_answer(d, &r, is_share ? "/reshare/share" : share, i);
        }
    }
}

/* No operator of the first ones has a proof of fraud. */
static void expect_nobody_convicted(desk *d, uint32_t houses)
{
    for (uint32_t i = 0; i < houses; i++) {
        char url[128];
        const char *text = NULL;
        process_result result = {0};
        (void)snprintf(url, sizeof url, "%s/health", d->c->houses[i]->metrics_url);
        assert_int_equal(house_get(d->c->houses[i], &result, HOUSE_NOBODY, url), 200);
        EXPECT_OK(kw_buf_c_text(&result.out, &text));
        assert_non_null(strstr(text, "\"frauds\":0"));
        process_result_drop(&result);
    }
}

/* ---- tests ---- */

static desk the_desk; /* large; of the test that runs */

static desk *make_desk(committee_plan plan)
{
    desk *d = &the_desk;
    *d = (desk){.c = committee_make(&plan), .heard = kw_buf_init(1 << 24)};
    record(d);
    return d;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    desk *d = &the_desk;
    if (d->recorder != NULL) {
        tls_peer_stop(d->recorder);
    }
    kw_buf_drop(&d->heard);
    committee_free(d->c);
    return 0;
}

/* Its certificate says it, behind the id of the cluster and its own number. */
static uint64_t boundary_of_epoch(desk *d, uint64_t epoch)
{
    char path[64];
    process_result certificate = {0};
    (void)snprintf(path, sizeof path, "/epoch/%u", (unsigned)epoch);
    assert_int_equal(committee_get(d->c, 0, path, &certificate), 200);
    kw_reader r = kw_reader_of(kw_buf_view(&certificate.out));
    (void)kw_read_span(&r, strlen("KWC1") + 2 + sizeof(kw_hash32));
    assert_int_equal(kw_read_u64be(&r), epoch);
    uint64_t boundary = kw_read_u64be(&r);
    assert_true(kw_read_is_good(&r));
    process_result_drop(&certificate);
    return boundary;
}

/* Two epochs are made without the recorder, and recorded. */
static desk *record_two_epochs(void)
{
    desk *d =
        make_desk((committee_plan){.count = 5, .genesis = 4, .suite = 2, .interval_s = INTERVAL_S});
    for (uint32_t i = 0; i < d->c->plan.count; i++) {
        if (i != RECORDER) {
            committee_start(d->c, i);
        }
    }
    committee_list(d->c, OPERATORS);
    for (uint32_t i = 0; i < RECORDER; i++) {
        (void)committee_wait_epoch(d->c, i, RECORDED_EPOCHS);
    }
    for (uint64_t epoch = 1; epoch <= RECORDED_EPOCHS; epoch++) {
        d->began[epoch] = boundary_of_epoch(d, epoch);
    }
    stop_recording(d);
    return d;
}

static void old_messages__are_of_no_session(void **state)
{
    KW_UNUSED(state);
    desk *d = record_two_epochs();
    size_t paths = 0;
    for (size_t i = 0; i < d->count; i++) {
        paths += earlier_on_path(d, i) == 0;
    }
    assert_int_equal(paths, MESSAGE_PATHS);
    d->sealed = sealed_text_make(d->c);
    /* Dealings are kept until the epoch after the next, for members that were cut off. */
    (void)committee_wait_epoch(d->c, 1, RECORDED_EPOCHS + 2);
    expect_answers(d, (replay){.to = 1, .from = 0, .pair = "peer", .each = 4, .http = 404});
    expect_answers(d, (replay){.to = 1, .from = 2, .pair = "peer", .each = 1, .http = 404});
    expect_answers_elsewhere(d, (replay){.to = 1, .from = 0, .pair = "peer", .http = 400});
    expect_answers(d, (replay){.to = 1, .from = STRANGER, .pair = "peer", .each = 1, .http = 401});
    expect_answers(d, (replay){.to = 1, .from = 1, .pair = "member", .each = 1, .http = 401});
    expect_answers(d, (replay){.to = 1, .from = 1, .pair = "server", .each = 1, .http = 0});
    expect_nobody_convicted(d, RECORDER);
    (void)committee_wait_epoch(d->c, 1, committee_newest(d->c, 1) + 1);
    committee_expect_sound(d->c);
    sealed_text_expect_opens(d->c, &d->sealed);
    kept_secrets_expect(d->c);
}

/* Beside it operators ask for certificates. */
static void wait_for_hellos(desk *d, size_t wanted)
{
    static const char hello[] = "POST /dkg/hello";
    for (size_t seen = 0, count = 0; count < wanted;) {
        tls_peer_wait(d->recorder, ++seen);
        kw_str heard = tls_peer_requests(d->recorder);
        const char *at = heard.ptr;
        for (count = 0; (at = memmem(at, (size_t)(heard.ptr + heard.len - at), hello,
                                     sizeof hello - 1)) != NULL;
             at++) {
            count++;
        }
    }
}

/* A session of two, who are too few: it lasts, and comes to nothing. */
static desk *record_hellos(void)
{
    desk *d =
        make_desk((committee_plan){.count = 4, .genesis = 4, .suite = 2, .interval_s = LONG_S});
    kw_clock system = kw_clock_system();
    int64_t now_s = kw_clock_now_ms(&system) / 1000;
    int64_t ahead_s = LONG_S - (now_s + LEAD_S) % LONG_S;
    d->began[1] = (uint64_t)(now_s + LEAD_S + ahead_s);
    for (uint32_t i = 0; i < 2; i++) {
        char offset[32];
        (void)snprintf(offset, sizeof offset, "+%d", (int)ahead_s);
        house_set_clock(d->c->houses[i], offset);
        committee_start(d->c, i);
    }
    committee_list(d->c, OPERATORS);
    wait_for_hellos(d, 2);
    stop_recording(d);
    return d;
}

static void messages_of_a_session_that_runs__are_known(void **state)
{
    KW_UNUSED(state);
    desk *d = record_hellos();
    for (size_t i = 0; i < d->count; i++) {
        assert_string_equal(d->posts[i].path, "/dkg/hello");
    }
    for (uint32_t to = 0; to < 2; to++) {
        expect_answers(d, (replay){to, 1 - to, "peer", 2, 204});
        expect_answers(d, (replay){to, RECORDER, "peer", 2, 204});
        expect_answers(d, (replay){to, to, "member", 2, 401});
    }
    static const char *const none[] = {NULL};
    for (uint32_t i = 0; i < 2; i++) { /* it still runs: nothing was known of one that is over */
        house_expect_nowhere(d->c->houses[i], kw_span_of_str(KW_STR("session_aborted")), none);
    }
    expect_nobody_convicted(d, 2);
    process_result result = {0};
    assert_int_equal(committee_get(d->c, 0, "/epoch", &result), 404);
    process_result_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(old_messages__are_of_no_session, tear_down),
        cmocka_unit_test_teardown(messages_of_a_session_that_runs__are_known, tear_down),
    };
    return cmocka_run_group_tests_name("e2e/threshold_replay", tests, NULL, NULL);
}
