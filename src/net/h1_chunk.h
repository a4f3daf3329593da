/* SPDX-License-Identifier: Apache-2.0
 * The chunked coding of HTTP/1.1 (RFC 9112 section 7.1), read strictly: llhttp takes more than the
 * grammar says, and one lenient reader is half of a smuggled request. Pure. */
#ifndef KW_NET_H1_CHUNK_H
#define KW_NET_H1_CHUNK_H

#include "base/error.h"
#include "base/span.h"

typedef enum kw_chunk_state {
    KW_CHUNK_SIZE_FIRST, /* the first digit of a size */
    KW_CHUNK_SIZE,
    KW_CHUNK_EXTENSION,
    KW_CHUNK_SIZE_LF,
    KW_CHUNK_DATA,
    KW_CHUNK_DATA_CR,
    KW_CHUNK_DATA_LF,
    KW_CHUNK_TRAILER_FIRST, /* the first byte of a trailer line */
    KW_CHUNK_TRAILER,
    KW_CHUNK_TRAILER_LF,
    KW_CHUNK_END_LF,
    KW_CHUNK_END,
} kw_chunk_state;

/* All-zero is the start of a body. */
typedef struct kw_chunk_reader {
    kw_chunk_state state;
    uint64_t left;   /* of the size being read, or of the data */
    size_t overhead; /* extension bytes of this chunk; bytes of the trailers */
} kw_chunk_reader;

/* Takes the next bytes: *out_used were read, and *out_data (a view, maybe empty) is body data among
 * them. Call again with the rest until it is used up or the state is END. BAD_INPUT: a size with
 * sign, 0x, no digit or more than 15 digits, an extension over KW_NET_CHUNK_EXTENSION_BYTES_MAX
 * bytes, a bare CR or LF, a control byte. HEADERS_TOO_LARGE: trailers (which are dropped) over 8
 * KiB. */
KW_MUST_USE kw_status kw_chunk_read(kw_chunk_reader *reader, size_t *out_used, kw_span *out_data,
                                    kw_span bytes);

#endif /* KW_NET_H1_CHUNK_H */
