/* SPDX-License-Identifier: Apache-2.0
 * Fetching keys. Secret inputs: the API key; secret output: the body. */
#include "client/fetch.h"

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    kw_secret_bytes *body = ctx;
    return kw_secret_bytes_append(body, kw_secret_span_of(bytes));
}

kw_status kw_client_fetch(kw_http_client *http, kw_secret_bytes *out_body, kw_client_fetched *out,
                          const kw_client_question *question, kw_error *err)
{
    kw_http_call call = {
        .method = KW_GET,
        .url = question->url,
        .bearer = kw_client_credential_bearer(question->credential),
        .patience_ms = question->patience_ms,
        .is_bounded = true,
        .on_bytes = take_bytes,
        .ctx = out_body,
    };
    kw_http_result result = {0};
    kw_status st = kw_http_client_run(http, &result, &call, err);
    *out = (kw_client_fetched){.retry_after_ms = result.retry_after_ms,
                               .has_server_time = result.has_date,
                               .server_time = result.date_s};
    kw_http_result_drop(&result);
    return st;
}
