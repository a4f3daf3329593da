/* SPDX-License-Identifier: Apache-2.0
 * HTTP calls to others, through libcurl: https with TLS 1.3 and verification that nothing switches
 * off, bounded in time and size, no redirects. */
#ifndef KW_NET_HTTP_CLIENT_H
#define KW_NET_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/utc.h"
#include "net/backoff.h"
#include "net/route.h"
#include "os/clock.h"

/* Once per process, in main, before threads: libcurl's global set-up. LIMIT: it failed. */
KW_MUST_USE kw_status kw_http_client_setup(kw_error *err);

/* Belongs to one thread at a time; keeps its connections between calls. */
typedef struct kw_http_client kw_http_client;

/* Texts are NUL-terminated, copied, and may be NULL or 0 where a default is named. */
typedef struct kw_http_client_options {
    const char *ca_file; /* PEM; NULL = the system's */
    const char
        *pinned_spki; /* "sha256//<base64>;sha256//..": one must match as well; NULL = none */
    const char *certificate_file; /* PEM, our client certificate; NULL = none */
    const char *key_file;
    uint32_t connect_ms;    /* 0 = 5,000 */
    uint32_t total_ms;      /* of one attempt; 0 = 10,000. Streams: see `idle_ms` of the call */
    size_t body_bytes_max;  /* of an answer; 0 = 16 MiB */
    uint32_t idle_kept;     /* connections that a crowd keeps; 0 = KW_NET_CROWD_CONNECTIONS_KEPT */
    kw_backoff backoff;     /* all-zero = one attempt */
    bool only_global;       /* refuse loopback and private addresses after resolution: for URLs
                                 that a stranger named */
    bool plain_loopback;    /* http:// URLs too, of addresses that are loopback after resolution */
    bool only_http1;        /* for single small calls: what begins an HTTP/2 connection costs more
                                 than they do */
    const char *user_agent; /* NULL = "keyward/<version>" */
    uint64_t (*random)(void *ctx); /* for jitter; NULL only without back-off and patience */
    void *random_ctx;
} kw_http_client_options;

/* BAD_INPUT: certificate without key, back-off without random. NO_MEMORY. */
KW_MUST_USE kw_status kw_http_client_new(kw_http_client **out,
                                         const kw_http_client_options *options, kw_error *err);

/* Takes NULL. */
void kw_http_client_free(kw_http_client *client);

KW_AUTO_PTR_DEFINE(kw_http_client);

/* "sha256//", 44 characters and a NUL. */
#define KW_HTTP_PIN_BYTES 53

/* The text that pins one key: the SHA-256 of its SubjectPublicKeyInfo. */
void kw_http_pin_format(char out[KW_HTTP_PIN_BYTES], const kw_hash32 *spki);

typedef struct kw_http_field {
    const char *name;
    const char *value; /* no CR, LF or NUL */
} kw_http_field;

/* One call. Everything is borrowed until it returns. */
typedef struct kw_http_call {
    kw_method method;
    const char *url; /* https only, but for `plain_loopback` */
    const kw_http_field *fields;
    size_t fields_count;
    const char *bearer;     /* "Authorization: Bearer <this>"; NULL = none. Secret */
    const char *media_type; /* of `body` */
    kw_span body;
    const char *pinned_spki; /* as that of the options, and in its place; NULL = that */
    uint32_t total_ms;       /* the same; 0 = that of the options */
    bool is_repeatable;      /* a POST that may run twice; GET, PUT, DELETE always may */
    /* A GET answered 429 or 503 with Retry-After is sent again, after that time and some jitter, if
     * this begins within so long after the first; 0 = never. Apart from the back-off. */
    uint32_t patience_ms;
    bool drops_body; /* the answer's body is counted against body_bytes_max, and not kept */
    /* Streaming: called for each piece of a 2xx body, which is then not gathered. Not KW_OK stops
     * the call with that status. With a stream idle_ms applies in place of `total_ms`. */
    kw_status (*on_bytes)(void *ctx, kw_span bytes);
    void *ctx;
    bool is_bounded;            /* streams: `total_ms` applies, and idle_ms does not */
    uint32_t idle_ms;           /* streams: no byte for so long = TIMED_OUT; 0 = 60,000 */
    const _Atomic bool *cancel; /* looked at every second; true = CANCELLED. NULL = never */
} kw_http_call;

/* The answer. All-zero is empty; drop frees. */
typedef struct kw_http_result {
    int http;             /* status code of the last attempt; 0 = none */
    uint32_t attempts;    /* made */
    kw_buf body;          /* of any status; gathered up to body_bytes_max */
    char media_type[128]; /* Content-Type as sent, cut */
    char etag[80];        /* with its quotes; empty = none */
    bool has_date;
    kw_unix_s date_s; /* Date field: compare with the own clock for skew */
    bool has_retry_after;
    uint64_t retry_after_ms; /* 0 also when there is none */
    uint32_t max_age_s;      /* of Cache-Control; 0 = none */
    kw_buf fields;           /* all field lines "name: value\n", names in lower case, <= 16 KiB */
} kw_http_result;

void kw_http_result_drop(kw_http_result *result);

/* Value of a field by lower-case name; empty when absent. Lives as long as the result. */
kw_str kw_http_result_field(const kw_http_result *result, const char *name);

/* Performs the call with retries; blocks (never on a loop thread). `out` is dropped by the caller
 * in any case. KW_OK: a 2xx or 304 came. Else the status that the answer's code maps to by the
 * status table (401 UNAUTHENTICATED, 404 NOT_FOUND, 429 RATE_LIMITED...), or NETWORK, TIMED_OUT,
 * LIMIT (answer too large), CANCELLED, PEER_REFUSED (TLS verification or pin failed, another
 * answer), FORBIDDEN (address not allowed, plain http:// to one that is not loopback), BAD_INPUT
 * (URL is not https; patience without random). */
KW_MUST_USE kw_status kw_http_client_run(kw_http_client *client, kw_http_result *out,
                                         const kw_http_call *call, kw_error *err);

#endif /* KW_NET_HTTP_CLIENT_H */
