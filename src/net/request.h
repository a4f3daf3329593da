/* SPDX-License-Identifier: Apache-2.0
 * What a handler may see of a request, and the special bodies a route row can name. Handlers see
 * no header text, no status numbers and no JSON. */
#ifndef KW_NET_REQUEST_H
#define KW_NET_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/utc.h"
#include "net/route.h"

/* Who asks, as the gate established it. The texts live at least as long as the request. */
typedef struct kw_caller {
    kw_str id;            /* stable identity name, empty for anonymous */
    kw_str display;       /* for logs */
    kw_str tenant;        /* namespace, empty = the root tenant */
    const void *identity; /* the gate's own; opaque to everyone else */
} kw_caller;

/* 24 lower-case hexadecimal digits; unique over restarts. */
typedef struct kw_request_id {
    char text[24];
} kw_request_id;

/* How a success is told; the zero fits most answers. */
typedef enum kw_success {
    KW_SUCCESS_OK,       /* 200, or 204 when the row's `out` is kw_no_body */
    KW_SUCCESS_CREATED,  /* 201; set `location` too */
    KW_SUCCESS_ACCEPTED, /* 202 */
} kw_success;

/* Typed wishes for the answer; all-zero is a plain answer that no one may store. */
typedef struct kw_reply_hints {
    kw_success success;
    kw_str etag;            /* without quotes; 1..64 of A-Za-z0-9._- ; empty = none */
    bool is_cacheable;      /* false: Cache-Control: no-store */
    bool is_public;         /* with is_cacheable: shared caches may store it too */
    bool is_immutable;      /* with is_cacheable */
    uint32_t max_age_s;     /* with is_cacheable */
    kw_str location;        /* path of what was created */
    uint32_t retry_after_s; /* for refusals; 0 = the default of the status */
    bool is_not_modified;   /* set by kw_request_is_current */
} kw_reply_hints;

/* What the audit record of this request says beside who, what route and what outcome. The texts
 * live as long as the request: they are its input, in its arena, or constants. */
typedef struct kw_audit_note {
    kw_str object; /* such as the kid or the participant; public */
    kw_str detail; /* short, public */
} kw_audit_note;

/* The part of a request that handlers may touch. Belongs to one thread at a time: the loop, or the
 * worker while the handler runs there. */
struct kw_request {
    void *context;           /* the service of the mount */
    const kw_route *route;   /* its row */
    const kw_caller *caller; /* never NULL in a handler */
    kw_arena *arena;         /* dies after the answer was sent; results may live here */
    kw_unix_ms now_ms;       /* when the request's header arrived, by the server's clock */
    kw_request_id id;
    kw_reply_hints reply; /* the handler may fill it */
    kw_audit_note audit;  /* the handler may fill it */
};

/* Sets the answer's entity tag and tells whether the caller holds that version already
 * (If-None-Match). When true the handler returns KW_OK at once: the answer is "not modified". */
bool kw_request_is_current(kw_request *request, kw_str etag);

/* The best of `offered` (media types such as "application/json", most wanted first) for the
 * request's Accept field, by index; an absent field accepts the first.
 * NOT_ACCEPTABLE: none is accepted. */
KW_MUST_USE kw_status kw_request_choose(const kw_request *request, size_t *out,
                                        const char *const *offered, size_t offered_count,
                                        kw_error *err);

/* Adds a reply field. `name` must stand in the row's `reply_fields`; `value` is visible ASCII and
 * spaces, and is copied. BAD_INPUT: another byte in it. LIMIT. */
KW_MUST_USE kw_status kw_reply_field(kw_request *request, const char *name, kw_str value);

/* ---- special types for a row's `in` and `out` ---- */

/* in: no body, no parameters. out: success has no body. */
typedef struct kw_no_body {
    char unused;
} kw_no_body;

/* in: an application/x-www-form-urlencoded body as it came (another media type is refused). */
typedef struct kw_form_body {
    kw_str text;
} kw_form_body;

/* in: any body as bytes. */
typedef struct kw_raw_body {
    kw_str media_type; /* as sent, without parameters; may be empty */
    kw_span bytes;
} kw_raw_body;

/* in: a body that the handler pulls itself, so that it is never in memory as a whole. Only for
 * routes that run on the pool; `body_bytes_max` still bounds the sum. */
typedef struct kw_pull_body {
    kw_str media_type;
} kw_pull_body;

/* The next bytes of a kw_pull_body: blocks until there are some. *out_got = 0 only at the end.
 * NETWORK: the peer is gone. TOO_LARGE. TIMED_OUT: it sent too slowly. */
KW_MUST_USE kw_status kw_request_read(kw_request *request, kw_mspan out, size_t *out_got,
                                      kw_error *err);

/* out: bytes of any media type. `bytes` live in the request's arena, in static memory, or as long
 * as `release` was not called. */
typedef struct kw_raw_reply {
    const char *media_type; /* static, with parameters: "application/json" */
    kw_span bytes;
    void (*release)(void *owner); /* called once, on any thread, when the bytes are not needed any
                                     more; NULL = nothing to release. Wipes secrets. */
    void *owner;
    bool may_compress; /* by the caller's Accept-Encoding; never with secrets next to input */
} kw_raw_reply;

/* A name and a value behind a streamed body. */
typedef struct kw_trailer {
    const char *name; /* lower case */
    kw_str value;
} kw_trailer;

typedef enum kw_pull {
    KW_PULL_DATA, /* `got` bytes were written */
    KW_PULL_WAIT, /* nothing now; pull again when woken or after `wait_ms` */
    KW_PULL_END,  /* the body is complete */
    KW_PULL_FAIL, /* the connection or stream is cut, so that the peer sees a broken body */
} kw_pull;

typedef struct kw_pull_slot {
    kw_mspan out;               /* where the bytes go, at least 1 KiB */
    kw_unix_ms now_ms;          /* by the server's clock */
    bool is_draining;           /* the server stops: END as soon as the body may end */
    size_t got;                 /* to set with DATA: 1..out.len */
    uint32_t wait_ms;           /* to set with WAIT; 0 = until woken */
    const kw_trailer *trailers; /* to set with END; may be NULL */
    size_t trailers_count;
} kw_pull_slot;

/* A handle that tells the loop to pull again. */
typedef struct kw_waker kw_waker;

/* From any thread, never blocks, may be called often (wakes merge). The handle is valid from
 * kw_stream_reply.opened until kw_stream_reply.closed returns; the source's own lock keeps a wake
 * from running later. */
void kw_waker_wake(kw_waker *waker);

/* out: a body that is pulled while the peer takes it, for as long as it wants to. All functions
 * run on the loop thread and must not block. */
typedef struct kw_stream_reply {
    const char *media_type;                        /* static */
    void (*opened)(void *source, kw_waker *waker); /* once, before the first pull; may be NULL */
    kw_pull (*pull)(void *source, kw_pull_slot *slot); /* only when the peer can take bytes */
    void (*closed)(void *source);                      /* exactly once, also when never opened:
                                                           frees the source */
    void *source;
    bool may_compress;
} kw_stream_reply;

extern const kw_schema kw_no_body_schema;
extern const kw_schema kw_form_body_schema;
extern const kw_schema kw_raw_body_schema;
extern const kw_schema kw_pull_body_schema;
extern const kw_schema kw_raw_reply_schema;
extern const kw_schema kw_stream_reply_schema;

#endif /* KW_NET_REQUEST_H */
