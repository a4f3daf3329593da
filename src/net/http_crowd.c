/* SPDX-License-Identifier: Apache-2.0
 * A multi handle of libcurl and its calls. Source: curl_multi_perform(3), libcurl 7.88.
 * Secret inputs: bearer tokens of calls. */
#include "net/http_crowd.h"

#include "base/heap.h"
#include "net/http_attempt.h"
#include "net/limits.h"

/* A call under way. It does not move: libcurl keeps its address. */
typedef struct member {
    struct member *next;
    kw_http_call call;
    kw_http_result result;
    kw_http_attempt attempt;
    void *tag;
} member;

struct kw_http_crowd {
    CURLM *multi;
    kw_http_client_options options; /* texts are owned copies */
    member *members;
    size_t members_count;
    bool is_cut;
};

kw_status kw_http_crowd_new(kw_http_crowd **out, const kw_http_client_options *options,
                            kw_error *err)
{
    KW_AUTO_PTR(kw_http_crowd) crowd = kw_heap_new(1, sizeof *crowd);
    KW_REQUIRE(crowd != NULL, err, KW_NO_MEMORY, "no memory for HTTP calls");
    KW_TRY(kw_http_options_copy(&crowd->options, options, err));
    crowd->multi = curl_multi_init();
    KW_REQUIRE(crowd->multi != NULL, err, KW_NO_MEMORY, "no memory for HTTP calls");
    /* No CURLMOPT_MAX_HOST_CONNECTIONS: libcurl 7.88 forgets some of the calls that wait for it. */
    long kept = options->idle_kept == 0 ? KW_NET_CROWD_CONNECTIONS_KEPT : (long)options->idle_kept;
    CURLMcode code = curl_multi_setopt(crowd->multi, CURLMOPT_MAXCONNECTS, kept);
    KW_ASSERT(code == CURLM_OK);
    *out = crowd;
    crowd = NULL;
    return KW_OK;
}

void kw_http_crowd_free(kw_http_crowd *crowd)
{
    if (crowd == NULL) {
        return;
    }
    KW_ASSERT(crowd->members == NULL);
    if (crowd->multi != NULL) {
        (void)curl_multi_cleanup(crowd->multi);
    }
    kw_http_options_drop(&crowd->options);
    kw_heap_free(crowd);
}

static kw_status start(kw_http_crowd *crowd, member *made, kw_error *err)
{
    made->attempt.easy = curl_easy_init();
    KW_REQUIRE(made->attempt.easy != NULL, err, KW_NO_MEMORY, "no memory for an HTTP call");
    KW_TRY(kw_http_attempt_begin(&made->attempt, 1, err));
    CURL *easy = made->attempt.easy;
    /* A handle lives for one call: TLS sessions that it keeps would resume nothing. */
    bool is_ready = curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
                    curl_easy_setopt(easy, CURLOPT_PRIVATE, made) == CURLE_OK &&
                    curl_multi_add_handle(crowd->multi, easy) == CURLM_OK;
    if (!is_ready) {
        kw_status ended = kw_http_attempt_end(&made->attempt, CURLE_OUT_OF_MEMORY, NULL);
        KW_UNUSED(ended);
        return kw_fail(err, KW_NO_MEMORY, "no memory for an HTTP call");
    }
    return KW_OK;
}

kw_status kw_http_crowd_add(kw_http_crowd *crowd, const kw_http_call *call, void *tag,
                            kw_error *err)
{
    member *made = kw_heap_new(1, sizeof *made);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for an HTTP call");
    made->call = *call;
    made->tag = tag;
    made->attempt =
        (kw_http_attempt){.options = &crowd->options, .call = &made->call, .result = &made->result};
    kw_status st = start(crowd, made, err);
    if (st != KW_OK) {
        curl_easy_cleanup(made->attempt.easy);
        kw_http_result_drop(&made->result);
        kw_heap_free(made);
        return st;
    }
    KW_ASSERT(!crowd->is_cut);
    made->next = crowd->members;
    crowd->members = made;
    crowd->members_count++;
    return KW_OK;
}

size_t kw_http_crowd_count(const kw_http_crowd *crowd)
{
    return crowd->members_count;
}

void kw_http_crowd_turn(kw_http_crowd *crowd, uint32_t wait_ms)
{
    int running = 0;
    CURLMcode code = curl_multi_poll(crowd->multi, NULL, 0, (int)KW_MIN(wait_ms, 1U << 30), NULL);
    KW_ASSERT(code == CURLM_OK || code == CURLM_OUT_OF_MEMORY);
    code = curl_multi_perform(crowd->multi, &running);
    KW_ASSERT(code == CURLM_OK || code == CURLM_OUT_OF_MEMORY);
}

void kw_http_crowd_wake(kw_http_crowd *crowd)
{
    (void)curl_multi_wakeup(crowd->multi);
}

void kw_http_crowd_cut(kw_http_crowd *crowd)
{
    crowd->is_cut = true;
}

/* Takes the call out of libcurl's hands; `code` says how it ended. */
static void take_member(kw_http_crowd *crowd, kw_http_ended *out, member *each, CURLcode code)
{
    (void)curl_multi_remove_handle(crowd->multi, each->attempt.easy);
    *out = (kw_http_ended){.tag = each->tag, .st = kw_http_attempt_end(&each->attempt, code, NULL)};
    out->result = each->result;
    curl_easy_cleanup(each->attempt.easy);
    member **link = &crowd->members;
    while (*link != each) {
        link = &(*link)->next;
    }
    *link = each->next;
    crowd->members_count--;
    kw_heap_free(each);
}

/* The next one that libcurl has done with, and how it ended; NULL: none. */
static member *next_done(kw_http_crowd *crowd, CURLcode *out_code)
{
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(crowd->multi, &left);
    while (message != NULL && message->msg != CURLMSG_DONE) {
        message = curl_multi_info_read(crowd->multi, &left);
    }
    if (message == NULL) {
        return NULL;
    }
    char *tag = NULL;
    *out_code = message->data.result;
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &tag);
    KW_ASSERT(tag != NULL);
    return (member *)(void *)tag;
}

bool kw_http_crowd_take(kw_http_crowd *crowd, kw_http_ended *out)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    member *each = crowd->is_cut ? crowd->members : next_done(crowd, &code);
    if (each == NULL) {
        return false;
    }
    take_member(crowd, out, each, code);
    return true;
}
