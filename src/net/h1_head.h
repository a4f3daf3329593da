/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 entry: first a strict scan that finds the end of the header and refuses what llhttp lets
 * pass, then llhttp over the complete header. Pure. Source: RFC 9112; hardening.md section 1. */
#ifndef KW_NET_H1_HEAD_H
#define KW_NET_H1_HEAD_H

#include "net/head.h"

/* Remembers where it is between pieces. All-zero is the start of a message. */
typedef struct kw_h1_scan {
    size_t bytes;      /* seen so far, end of header included */
    size_t line_bytes; /* of the current line */
    size_t lines;      /* complete, request line included */
    bool has_colon;    /* in the current line */
    bool has_cr;       /* the last byte was CR */
    bool is_complete;  /* the empty line was seen */
} kw_h1_scan;

typedef struct kw_h1_limits {
    size_t bytes_max;
    size_t fields_max;
} kw_h1_limits;

/* Looks at the next bytes; *out_used of them belong to this header (all, unless it is complete).
 * BAD_INPUT: a CR without LF or an LF without CR, NUL or another control, a field line that is not
 * a token directly before a colon (obs-fold, space before the colon). HEADERS_TOO_LARGE. */
KW_MUST_USE kw_status kw_h1_scan_push(kw_h1_scan *scan, size_t *out_used, kw_span bytes,
                                      const kw_h1_limits *limits);

/* Reads a complete header (from the request line to the empty line) whose bytes live in `arena`.
 * BAD_INPUT: anything RFC 9112 does not allow, HTTP/1.0 and other versions, Content-Length beside
 * Transfer-Encoding, repeated or not plain Content-Length, a Transfer-Encoding other than
 * `chunked`, a missing or repeated Host, an absolute target of another host, an upgrade to h2c.
 * `out` is zeroed before. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_h1_head_parse(kw_http_head *out, kw_arena *arena, kw_str text);

#endif /* KW_NET_H1_HEAD_H */
