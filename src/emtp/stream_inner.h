/* SPDX-License-Identifier: Apache-2.0
 * The state of a stream, shared by stream.c (rows), stream_compact.c (rows that go) and
 * stream_follow.c (readers) and nobody else. */
#ifndef KW_EMTP_STREAM_INNER_H
#define KW_EMTP_STREAM_INNER_H

#include "base/buf.h"
#include "emtp/engine/stp_row.h"
#include "emtp/stream.h"
#include "os/thread.h"

typedef struct kw_emtp_follower kw_emtp_follower;

/* Where a row stands in the text. */
typedef struct kw_emtp_row_place {
    uint64_t seq;
    size_t offset; /* of its first byte; it ends where the next begins */
} kw_emtp_row_place;

/* End of what was compacted: above it every row that was written is there. */
typedef struct kw_emtp_stream_base {
    uint64_t seq;    /* of a row that is there; 0: nothing was compacted */
    kw_hash32 chain; /* over all rows that were ever written, up to that one */
} kw_emtp_stream_base;

/* `refreshing` is taken before `mutex`, and `mutex` is the last one that anyone takes: it is held
 * for copies in memory only, because loop threads take it; wakers are called under it. */
struct kw_emtp_stream {
    kw_emtp_stream_options options; /* the name is owned */
    kw_mutex refreshing;            /* held by the one who takes over rows */
    kw_mutex mutex;                 /* guards everything below; changed under both */
    kw_buf text;                    /* all rows in order, each with its LF */
    kw_emtp_row_place *places;      /* owned, ascending seq */
    size_t places_count;
    size_t places_room;
    kw_hash32 chain;             /* over all rows that were ever written, up to the head */
    kw_emtp_stream_base base;    /* changed and read under `refreshing` alone */
    uint64_t tidy_seq;           /* as far as this there is nothing to compact; like the base */
    kw_emtp_stream_head head;    /* of the present end */
    kw_emtp_follower *followers; /* open answers; each belongs to its answer */
    size_t followers_count;
    bool is_closing;
};

/* One row as text; its LF counts. Mutex or `refreshing` held. */
kw_str kw_emtp_stream_line(const kw_emtp_stream *stream, size_t index);

/* The row as it reads; views of the text. Mutex or `refreshing` held. */
kw_stp_row kw_emtp_stream_row(const kw_emtp_stream *stream, size_t index);

/* Index of the first row above `seq`. Mutex or `refreshing` held. */
size_t kw_emtp_stream_above(const kw_emtp_stream *stream, uint64_t seq);

/* Moves a chain on by one row. */
void kw_emtp_chain_add(kw_hash32 *chain, kw_span line);

/* Unmarks rows that a reader has got a part of; `count` marks, of the first rows. Mutex held. */
void kw_emtp_followers_spare(const kw_emtp_stream *stream, bool *marks, size_t count);

/* Wakes all followers. Mutex held. */
void kw_emtp_stream_wake(kw_emtp_stream *stream);

#endif /* KW_EMTP_STREAM_INNER_H */
