/* SPDX-License-Identifier: Apache-2.0
 * HTTP/2 by hand: frames as a test wants them, and what comes back. */
#ifndef KW_TESTS_SUPPORT_WIRE_H2_H
#define KW_TESTS_SUPPORT_WIRE_H2_H

#include "support/wire_peer.h"

#include <nghttp2/nghttp2.h>

typedef struct wire_h2 {
    wire_peer peer;
    nghttp2_hd_inflater *inflater;
    bool has_goaway;
    uint32_t goaway_code;
    uint32_t goaway_last;
} wire_h2;

/* A field of a request. */
typedef struct wire_line {
    const char *name;
    const char *value;
    size_t value_len; /* 0 = up to its NUL */
} wire_line;

/* Connects with ALPN h2, sends preface and empty SETTINGS. */
void wire_h2_dial(wire_h2 *h, uint16_t port);
void wire_h2_close(wire_h2 *h);

/* False: the connection broke. */
bool wire_h2_frame(wire_h2 *h, uint8_t type, uint8_t flags, uint32_t stream, kw_span payload);

/* HEADERS with END_HEADERS; literals without indexing, at most 127 bytes a text. */
bool wire_h2_headers(wire_h2 *h, uint32_t stream, const wire_line *lines, size_t count,
                     bool is_end);

/* GET or POST with the four pseudo-fields. */
bool wire_h2_get(wire_h2 *h, uint32_t stream, const char *path);
bool wire_h2_post(wire_h2 *h, uint32_t stream, const char *path, const char *media_type);

/* What became of a stream. All-zero is empty. */
typedef struct wire_h2_answer {
    int status;
    kw_buf body;
    kw_buf trailers; /* "name: value\n" */
    kw_buf fields;   /* the same */
    bool is_ended;
    bool is_reset;
    uint32_t reset_code;
} wire_h2_answer;

void wire_h2_answer_drop(wire_h2_answer *answer);

/* Reads until that stream ends or is reset; false when the connection ends (or goes away without
 * it) before. Acknowledges data when `opens_window`. Frames of other streams are passed over. */
bool wire_h2_await(wire_h2 *h, wire_h2_answer *out, uint32_t stream, bool opens_window);

/* Reads to the end of the connection; true when a GOAWAY came. */
bool wire_h2_await_end(wire_h2 *h);

#endif /* KW_TESTS_SUPPORT_WIRE_H2_H */
