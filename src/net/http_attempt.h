/* SPDX-License-Identifier: Apache-2.0
 * One attempt of an HTTP call on a handle of libcurl: what http_client.c repeats and http_crowd.c
 * runs side by side. Of no use outside these two. */
#ifndef KW_NET_HTTP_ATTEMPT_H
#define KW_NET_HTTP_ATTEMPT_H

#include "net/http_client.h"

#include <curl/curl.h>

/* Copies options with their texts. BAD_INPUT: certificate without key. NO_MEMORY. */
KW_MUST_USE kw_status kw_http_options_copy(kw_http_client_options *out,
                                           const kw_http_client_options *options, kw_error *err);

/* Frees the texts of a copy. May run twice. */
void kw_http_options_drop(kw_http_client_options *options);

/* The caller fills the first four, borrowed from begin to end; libcurl keeps its address. */
typedef struct kw_http_attempt {
    const kw_http_client_options *options;
    const kw_http_call *call;
    kw_http_result *result;
    CURL *easy;
    struct curl_slist *fields; /* owned */
    kw_status st;              /* first failure inside a callback */
    size_t dropped_bytes;      /* of a body that is not kept */
    bool is_address_refused;   /* by `only_global` */
    bool has_streamed;         /* bytes went to on_bytes: the call cannot run twice */
} kw_http_attempt;

/* Empties the result and makes the handle ready to run. BAD_INPUT: the URL is not https. NO_MEMORY.
 * On failure there is nothing to end. */
KW_MUST_USE kw_status kw_http_attempt_begin(kw_http_attempt *now, uint32_t attempts, kw_error *err);

/* Reads what libcurl made of it; statuses of kw_http_client_run. */
KW_MUST_USE kw_status kw_http_attempt_end(kw_http_attempt *now, CURLcode code, kw_error *err);

#endif /* KW_NET_HTTP_ATTEMPT_H */
