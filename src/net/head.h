/* SPDX-License-Identifier: Apache-2.0
 * The neutral header of a request: what HTTP/1.1 and HTTP/2 both become. Fields that no one here
 * reads are checked by the protocols, counted and dropped. */
#ifndef KW_NET_HEAD_H
#define KW_NET_HEAD_H

#include "base/arena.h"
#include "base/error.h"
#include "net/route.h"

/* The request fields that the house reads: name, and whether lines with the same name join with a
 * comma (lists) or are refused (single values). */
#define KW_HTTP_HEAD_FIELD_TABLE(X)                  \
    X(ACCEPT, "accept", true)                        \
    X(ACCEPT_ENCODING, "accept-encoding", true)      \
    X(AUTHORIZATION, "authorization", false)         \
    X(CONNECTION, "connection", true)                \
    X(CONTENT_ENCODING, "content-encoding", false)   \
    X(CONTENT_LENGTH, "content-length", false)       \
    X(CONTENT_TYPE, "content-type", false)           \
    X(EXPECT, "expect", false)                       \
    X(HOST, "host", false)                           \
    X(HTTP2_SETTINGS, "http2-settings", false)       \
    X(IF_NONE_MATCH, "if-none-match", true)          \
    X(TRANSFER_ENCODING, "transfer-encoding", false) \
    X(UPGRADE, "upgrade", true)

typedef enum kw_http_head_field {
#define X(name, text, joins) KW_HTTP_HEAD_##name,
    KW_HTTP_HEAD_FIELD_TABLE(X)
#undef X
    KW_HTTP_HEAD_FIELDS_COUNT
} kw_http_head_field;

/* All-zero is an empty header. Texts live in the arena of the request. */
typedef struct kw_http_head {
    kw_method method; /* NONE: a method that no route can have */
    bool is_head;     /* HEAD: answered as GET without its body */
    kw_str target;    /* "/path?query", begins with '/' */
    kw_str authority; /* host and port */
    bool has[KW_HTTP_HEAD_FIELDS_COUNT];
    kw_str value[KW_HTTP_HEAD_FIELDS_COUNT];
    bool has_body;           /* DATA or chunks may follow, or content-length > 0 */
    bool has_content_length; /* then: */
    uint64_t content_length;
    bool is_chunked;       /* HTTP/1.1 only */
    bool is_last;          /* the peer wants no further request on this connection */
    bool expects_continue; /* 100-continue */
} kw_http_head;

/* Sets the method from its name. */
void kw_http_head_set_method(kw_http_head *head, kw_str name);

/* True when kw_http_head_add would keep the field. */
bool kw_http_head_keeps(kw_str name);

/* Takes a field line in; an unknown name is dropped. The texts must live in `arena` already (joined
 * ones are new there). BAD_INPUT: a second line of a single-valued field. LIMIT. */
KW_MUST_USE kw_status kw_http_head_add(kw_http_head *head, kw_arena *arena, kw_str name,
                                       kw_str value);

/* What is common to both protocols, after the last field: method and target are there,
 * Content-Length is a plain number, Expect is 100-continue or absent. BAD_INPUT. */
KW_MUST_USE kw_status kw_http_head_finish(kw_http_head *head);

/* Walks a comma-separated list: takes the next element, trimmed, off `rest`; skips empty ones. */
bool kw_list_next(kw_str *rest, kw_str *out);

#endif /* KW_NET_HEAD_H */
