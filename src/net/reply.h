/* SPDX-License-Identifier: Apache-2.0
 * The neutral response: what both protocols serialise. */
#ifndef KW_NET_REPLY_H
#define KW_NET_REPLY_H

#include "net/limits.h"
#include "net/request.h"

#include <stdint.h>

/* Lower-case name; the texts are static or live in the request's arena. */
typedef struct kw_reply_line {
    kw_str name;
    kw_str value;
    bool is_unique; /* differs each time: not worth a place in HPACK's table */
} kw_reply_line;

typedef struct kw_reply {
    int http;
    kw_reply_line lines[KW_NET_REPLY_FIELDS_MAX];
    size_t lines_count;
    bool has_body;   /* false: 204, 304, HEAD */
    bool has_length; /* `length` is what Content-Length says */
    uint64_t length;
    kw_span bytes; /* the body, unless it is streamed */
    size_t bytes_sent;
    bool is_streamed;
    const kw_trailer *trailers; /* known when a streamed body ends */
    size_t trailers_count;
} kw_reply;

/* Adds a line; lines beyond the room are a bug of ours and abort. Empty values are left out. */
void kw_reply_add(kw_reply *reply, kw_str name, kw_str value);

/* Fields that every answer carries; protocols send them first, without lines. */
extern const kw_reply_line kw_reply_fixed[3];

/* What a refusal says besides its status. */
typedef struct kw_refusal {
    kw_status status;
    kw_request_id id;
    uint32_t retry_after_s; /* 0 = the default of the status: 1 when it is retryable */
    int32_t rate_remaining; /* < 0 = not told */
    uint32_t allowed;       /* with METHOD_NOT_ALLOWED: bit (1 << method) */
} kw_refusal;

/* Builds a problem+json answer (RFC 9457) whose texts live in `arena`. Without room in the arena it
 * is an answer without body. */
void kw_reply_refuse(kw_reply *out, kw_arena *arena, const kw_refusal *refusal);

/* Adds the lines that a success's hints ask for. */
void kw_reply_hint(kw_reply *reply, kw_arena *arena, const kw_reply_hints *hints);

/* Room for the decimal digits of any 64-bit number. */
#define KW_DECIMAL_BYTES 20

/* The digits, which stand at the end of `room`. */
kw_str kw_reply_decimal(char room[KW_DECIMAL_BYTES], uint64_t number);

/* "OK", "Not Found"...; "Status" for a code outside the status table. */
const char *kw_http_phrase(int http);

#endif /* KW_NET_REPLY_H */
