/* SPDX-License-Identifier: Apache-2.0
 * One STP stream: rows that are kept in the store, held in memory for readers, and followed by
 * open answers until they end. Source: emtp.md sections 9.1 and 9.2. */
#ifndef KW_EMTP_STREAM_H
#define KW_EMTP_STREAM_H

#include "base/buf.h"
#include "base/error.h"
#include "base/utc.h"
#include "emtp/engine/stp_table.h"
#include "emtp/limits.h"
#include "os/clock.h"
#include "store/store.h"

typedef struct kw_ed25519_key kw_ed25519_key;
typedef struct kw_stream_reply kw_stream_reply;

/* Safe for any number of threads. */
typedef struct kw_emtp_stream kw_emtp_stream;

typedef struct kw_emtp_stream_options {
    kw_str name;               /* in the store and in signed heads: "keys", "match/clinic-a" */
    const char *media_type;    /* static; names the schema id */
    bool is_expiring;          /* records are moments; at and past it a row counts as absent */
    const kw_ed25519_key *key; /* signs heads; borrowed; NULL: heads are not signed */
    kw_clock monotonic;        /* how long answers are held */
} kw_emtp_stream_options;

/* Empty until the first refresh. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_stream_new(kw_emtp_stream **out,
                                         const kw_emtp_stream_options *options, kw_error *err);

/* Nobody may follow it any more. Takes NULL. */
void kw_emtp_stream_free(kw_emtp_stream *stream);
KW_AUTO_PTR_DEFINE(kw_emtp_stream);

/* One change of a table. */
typedef struct kw_emtp_change {
    bool is_removal;
    kw_str key;    /* no TAB, CR, LF; not empty */
    kw_str record; /* no CR, LF; empty for a removal */
} kw_emtp_change;

/* Writes the next row of a stream, as part of a transaction; readers see it at the next refresh.
 * BAD_INPUT: a text that cannot stand in a row. */
KW_MUST_USE kw_status kw_emtp_stream_write(kw_tx *tx, kw_str name, kw_unix_s at,
                                           const kw_emtp_change *change, kw_error *err);

/* SeqNo of the next row of a stream, as its transaction sees it. As kw_sql_query_one. */
KW_MUST_USE kw_status kw_emtp_stream_next_seq(kw_tx *tx, int64_t *out, kw_str name, kw_error *err);

/* Takes over the rows that the store has beyond ours, and wakes who follows. CORRUPT: a row that
 * is none, or out of order. LIMIT: more than KW_EMTP_STREAM_BYTES_MAX. */
KW_MUST_USE kw_status kw_emtp_stream_refresh(kw_emtp_stream *stream, kw_store *store,
                                             kw_error *err);

/* Reduces the rows that are older than `before` to the last one of each key, a removal too, in one
 * transaction of at most KW_EMTP_COMPACT_ROWS_MAX rows; `out_count` of them went, and when it is
 * the most, more may be left. Younger rows stay as they are. Whoever replays the rest above any
 * SeqNo has the same live rows as before, and the head stays. Open answers go on. The age of a row
 * is its Timestamp. NO_MEMORY; else as kw_store_write. */
KW_MUST_USE kw_status kw_emtp_stream_compact(kw_emtp_stream *stream, size_t *out_count,
                                             kw_store *store, kw_unix_s before, kw_error *err);

/* Appends the record of a live key to `out`. NOT_FOUND: no such key, or it was removed. LIMIT,
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_stream_find(kw_emtp_stream *stream, kw_buf *out, kw_str key);

/* Applies all rows to a table. As kw_stp_table_read; NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_stream_replay(kw_emtp_stream *stream, kw_stp_table *table,
                                            kw_error *err);

/* What a reader asks for. */
typedef struct kw_emtp_stream_query {
    int64_t since_id; /* > 0: rows above it; < 0: the last rows; 0: all */
    bool is_active;   /* only the last `+` row of each live key; then what follows */
    int hold_s;       /* how long to follow, 0..KW_EMTP_STREAM_HOLD_S_MAX */
    kw_unix_s now;
} kw_emtp_stream_query;

/* "<SeqNo>,<64 hex>,<88 base64>" and a NUL. */
#define KW_EMTP_HEAD_BYTES 176

/* The state of a stream at the moment an answer begins. */
typedef struct kw_emtp_stream_head {
    uint64_t seq;                  /* of the last row; 0: none */
    char text[KW_EMTP_HEAD_BYTES]; /* empty without a signing key; else
        SeqNo, comma, hex of the chain, comma, base64 of the signature. Chain: h(0) = 32 zero bytes,
        h(n) = SHA-256(h(n-1) | line n with its LF), over all rows that were ever written, those
        included that were compacted away. Signed: "keyward stp head 1\n", name, "\n",
        SeqNo, "\n", hex of the chain, "\n". */
} kw_emtp_stream_head;

/* The head of the present end. */
void kw_emtp_stream_head_of(kw_emtp_stream *stream, kw_emtp_stream_head *out);

/* Prepares an answer: fills the pull functions of `out`. BUSY: KW_EMTP_FOLLOWERS_MAX are open.
 * NO_MEMORY. UNAVAILABLE: the stream is closing. */
KW_MUST_USE kw_status kw_emtp_stream_open(kw_emtp_stream *stream, kw_stream_reply *out,
                                          kw_emtp_stream_head *out_head,
                                          const kw_emtp_stream_query *query, kw_error *err);

/* Ends all open answers as soon as their readers have what was written. */
void kw_emtp_stream_close(kw_emtp_stream *stream);

/* Those who follow now. */
size_t kw_emtp_stream_followers(kw_emtp_stream *stream);

#endif /* KW_EMTP_STREAM_H */
