/* SPDX-License-Identifier: Apache-2.0
 * The header of an HTTP/1.1 response as bytes. Pure. */
#ifndef KW_NET_H1_RENDER_H
#define KW_NET_H1_RENDER_H

#include "net/reply.h"

/* What stands in it beside the reply. */
typedef struct kw_h1_extra {
    kw_str date;
    kw_str request_id; /* empty: left out */
    bool is_last;      /* Connection: close */
} kw_h1_extra;

/* Writes status line, fields and the empty line; 0 when `out` is too short. A body without length
 * is announced as chunked. */
size_t kw_h1_render_head(kw_mspan out, const kw_reply *reply, const kw_h1_extra *extra);

/* Bytes of the frame around a chunk: in front "hhhh\r\n", behind "\r\n". */
#define KW_H1_CHUNK_FRONT 6
#define KW_H1_CHUNK_BACK  2

/* Frames the `len` (1..65535) data bytes that stand KW_H1_CHUNK_FRONT bytes into `at`. */
void kw_h1_frame_chunk(uint8_t *at, size_t len);

/* Writes the last chunk with its trailers; 0 when `out` is too short. */
size_t kw_h1_render_end(kw_mspan out, const kw_reply *reply);

#endif /* KW_NET_H1_RENDER_H */
