/* SPDX-License-Identifier: Apache-2.0
 * The memory of one nghttp2 session. Most of what an idle one holds is not in use: a buffer of
 * 16 KiB, the map of its streams, the ring of a header table without room. They lie on whole pages,
 * which a session at rest returns. */
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
    void *ring; /* of the deflater, which is made first: a page; zeros if its table has no room */
    void *map;  /* of streams: a page; zeros while there are none */
    bool is_making; /* the session is being made: blocks are known by their sizes */
} kw_h2_memory;

/* Before the session is made. */
void kw_h2_memory_begin(kw_h2_memory *memory);

/* After: what has such a size from now on is something else. */
void kw_h2_memory_made(kw_h2_memory *memory);

/* Gives back the buffer's pages, and those of the others that hold zeros only. No frame may be on
 * its way: nghttp2_session_mem_send has returned nothing since the last one. */
void kw_h2_memory_rest(kw_h2_memory *memory);

#endif /* KW_NET_H2_MEMORY_H */
