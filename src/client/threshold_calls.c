/* SPDX-License-Identifier: Apache-2.0
 * Calls to operators. Secret inputs: the API key, bodies; secret outputs: bodies of answers. */
#include "client/threshold_calls.h"

#include "base/heap.h"
#include "net/problem.h"

#include <stdio.h>

enum {
    PATH_BYTES_MAX = 128,
    BODY_BYTES_MAX = 16384,
    PARTIAL_BYTES_MAX = 4096,
    URL_BYTES_MAX = KW_OPERATOR_URL_BYTES_MAX + PATH_BYTES_MAX,
    REFUSAL_ARENA_MAX = 16384,
    WAIT_MS = 1000, /* between two looks: calls end by their own time limit */
};

struct kw_client_calls {
    kw_client_calls_options options;
    kw_http_crowd *crowd;
    uint64_t round; /* of what is asked now; what is older was forgotten */
    size_t open;    /* calls of it */
    kw_client_watcher watcher;
};

/* One under way; it stays where it is. */
typedef struct call {
    char url[URL_BYTES_MAX];
    kw_secret_bytes body;
    uint64_t started_ns;
    uint64_t round;
    kw_client_answer answer;
} call;

void kw_client_answer_drop(kw_client_answer *answer)
{
    kw_buf_drop(&answer->body);
    kw_secret_bytes_drop(&answer->posted);
    *answer = (kw_client_answer){0};
}

kw_status kw_client_calls_open(kw_client_calls **out, const kw_client_calls_options *options,
                               kw_error *err)
{
    const kw_http_client_options http = {
        .ca_file = options->ca_file,
        .certificate_file = options->cert_file,
        .key_file = options->key_file,
        .total_ms = options->timeout_ms,
        .body_bytes_max = KW_THRESHOLD_CERTIFICATE_BYTES_MAX,
        .idle_kept = options->cluster->operators.roster.n,
        .only_http1 = true,
    };
    KW_TRY_AT(err, kw_http_client_setup(err), "starting the HTTP client");
    KW_AUTO_PTR(kw_client_calls) made = kw_heap_new(1, sizeof *made);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for calls");
    made->options = *options;
    KW_TRY_AT(err, kw_http_crowd_new(&made->crowd, &http, err), "starting the HTTP client");
    *out = made;
    made = NULL;
    return KW_OK;
}

static void drop_call(call *one)
{
    kw_client_answer_drop(&one->answer);
    kw_secret_bytes_drop(&one->body);
    kw_heap_free(one);
}

void kw_client_calls_free(kw_client_calls *calls)
{
    if (calls == NULL) {
        return;
    }
    if (calls->crowd != NULL) {
        kw_http_ended ended = {0};
        kw_http_crowd_cut(calls->crowd);
        while (kw_http_crowd_take(calls->crowd, &ended)) {
            drop_call(ended.tag);
            kw_http_result_drop(&ended.result);
        }
    }
    kw_http_crowd_free(calls->crowd);
    kw_heap_free(calls);
}

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    call *one = ctx;
    return kw_secret_bytes_append(&one->answer.posted, kw_secret_span_of(bytes));
}

static kw_status begin(kw_client_calls *calls, call *one, const kw_client_ask *ask, kw_error *err)
{
    const kw_client_cluster *cluster = calls->options.cluster;
    kw_str base = cluster->operators.places[ask->member - 1].public_url;
    int len = snprintf(one->url, sizeof one->url, "%.*s%s", KW_STR_ARG(base), ask->path);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof one->url, err, KW_LIMIT, "a URL is too long");
    one->started_ns = kw_monotonic_ns();
    one->round = calls->round;
    one->body = kw_secret_bytes_init(BODY_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_append(&one->body, ask->body), "keeping the body of a call");
    one->answer = (kw_client_answer){
        .member = ask->member,
        .mark = ask->mark,
        .posted = kw_secret_bytes_init(PARTIAL_BYTES_MAX),
    };
    bool is_post = ask->body.len > 0;
    const kw_http_call http = {
        .method = is_post ? KW_POST : KW_GET,
        .url = one->url,
        .bearer = kw_client_credential_bearer_at(calls->options.credential, base),
        .media_type = is_post ? "application/json" : NULL,
        .body = kw_declassify_span(kw_secret_bytes_view(&one->body), "it goes out inside TLS"),
        .is_bounded = true,
        .on_bytes = is_post ? take_bytes : NULL,
        .ctx = one,
    };
    return kw_http_crowd_add(calls->crowd, &http, one, err);
}

kw_status kw_client_calls_add(kw_client_calls *calls, const kw_client_ask *ask, kw_error *err)
{
    KW_ASSERT(ask->member >= 1 && ask->member <= calls->options.cluster->operators.roster.n);
    call *one = kw_heap_new(1, sizeof *one);
    KW_REQUIRE(one != NULL, err, KW_NO_MEMORY, "no memory for a call");
    kw_status st = begin(calls, one, ask, err);
    if (st != KW_OK) {
        drop_call(one);
        return st;
    }
    calls->open++;
    return KW_OK;
}

/* What an operator that refuses names itself: that it has no share is not that it is busy. */
static kw_status status_of(const kw_http_ended *ended)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(REFUSAL_ARENA_MAX);
    kw_problem told = {.words = {0}};
    bool is_told = ended->st != KW_OK && kw_problem_read(&told, &arena, &ended->result);
    return is_told ? kw_problem_status(&told, &ended->result, ended->st) : ended->st;
}

/* The answer leaves its call, unless it was forgotten. */
static bool hand_over(kw_client_calls *calls, kw_http_ended *ended, kw_client_answer *out)
{
    call *one = ended->tag;
    bool is_wanted = one->round == calls->round;
    if (is_wanted) {
        calls->open--;
        *out = one->answer;
        one->answer = (kw_client_answer){0};
        out->st = status_of(ended);
        out->took_ms = (uint32_t)((kw_monotonic_ns() - one->started_ns) / 1000000);
        if (out->st == KW_OK) {
            out->body = kw_buf_take(&ended->result.body);
        } else {
            kw_secret_bytes_drop(&out->posted);
        }
    }
    drop_call(one);
    kw_http_result_drop(&ended->result);
    return is_wanted;
}

void kw_client_calls_watch(kw_client_calls *calls, kw_client_watcher watcher)
{
    calls->watcher = watcher;
}

bool kw_client_calls_next(kw_client_calls *calls, kw_client_answer *out)
{
    kw_http_ended ended = {0};
    while (calls->open > 0) {
        if (kw_http_crowd_take(calls->crowd, &ended)) {
            if (hand_over(calls, &ended, out)) {
                return true;
            }
        } else {
            if (calls->watcher.on_wait != NULL) {
                calls->watcher.on_wait(calls->watcher.ctx, calls->open);
            }
            kw_http_crowd_turn(calls->crowd, WAIT_MS);
        }
    }
    return false;
}

void kw_client_calls_forget(kw_client_calls *calls)
{
    calls->round++;
    calls->open = 0;
}
