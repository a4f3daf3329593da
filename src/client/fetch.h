/* SPDX-License-Identifier: Apache-2.0
 * One call of GET /keys: the answer goes straight into secret memory. */
#ifndef KW_CLIENT_FETCH_H
#define KW_CLIENT_FETCH_H

#include "base/utc.h"
#include "client/credential.h"
#include "net/http_client.h"

/* What came back beside the body. */
typedef struct kw_client_fetched {
    uint64_t retry_after_ms; /* that the server asked for; 0: it did not */
    bool has_server_time;
    kw_unix_s server_time; /* its Date field */
} kw_client_fetched;

/* What to ask for. Borrowed. */
typedef struct kw_client_question {
    const char *url;
    const kw_client_credential *credential;
    uint32_t patience_ms; /* with a server that asks for it: see kw_http_call; 0: none */
} kw_client_question;

/* Appends the body to `out_body`. `out` is filled in any case. Statuses of kw_http_client_run;
 * LIMIT: the answer passes the maximum of `out_body`. */
KW_MUST_USE kw_status kw_client_fetch(kw_http_client *http, kw_secret_bytes *out_body,
                                      kw_client_fetched *out, const kw_client_question *question,
                                      kw_error *err);

#endif /* KW_CLIENT_FETCH_H */
