/* SPDX-License-Identifier: Apache-2.0
 * The memory of one nghttp2 session. Most of what an idle one holds is a buffer of 16 KiB, in use
 * only while a frame is on its way; it gets whole pages, and a session at rest returns them. */
#ifndef KW_NET_H2_MEMORY_H
#define KW_NET_H2_MEMORY_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stddef.h>

/* Must outlive the session and not move. */
typedef struct kw_h2_memory {
    nghttp2_mem calls; /* for nghttp2_session_server_new3 */
    void *frame;       /* the buffer; NULL: not known, nothing is given back */
    size_t frame_bytes;
    bool is_making; /* the session is being made: the large block is the buffer */
} kw_h2_memory;

/* Before the session is made. */
void kw_h2_memory_begin(kw_h2_memory *memory);

/* After: what is large from now on is not the buffer. */
void kw_h2_memory_made(kw_h2_memory *memory);

/* Gives the buffer's pages back. No frame may be on its way: nghttp2_session_mem_send has returned
 * nothing since the last one. */
void kw_h2_memory_rest(kw_h2_memory *memory);

#endif /* KW_NET_H2_MEMORY_H */
