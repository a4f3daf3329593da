/* SPDX-License-Identifier: Apache-2.0
 * A stream over a store, somebody who writes its rows one second after another, and readers that
 * pull by hand. */
#ifndef KW_TESTS_SUPPORT_STREAM_DESK_H
#define KW_TESTS_SUPPORT_STREAM_DESK_H

#include "crypto/ed25519.h"
#include "emtp/engine/stp_table.h"
#include "emtp/stream.h"
#include "net/request.h"

#define STREAM_DESK_AT ((kw_unix_s)1767225600) /* 2026-01-01T00:00:00Z, of row 0 */

typedef struct stream_desk {
    kw_store *store; /* borrowed */
    kw_ed25519_key key;
    kw_emtp_stream *stream;
    int64_t rows;   /* written */
    kw_buf history; /* all of them, as they stood in the stream */
} stream_desk;

/* A stream "t" over a store whose tables it makes when there are none. It must not move. */
void stream_desk_make(stream_desk *desk, kw_store *store);
void stream_desk_drop(stream_desk *desk);

/* A second stream over the same store, as another node or a restart has it; not refreshed. The
 * caller frees it. */
kw_emtp_stream *stream_desk_twin(stream_desk *desk);

/* Writes the next row, one second younger than the last, and refreshes. NULL: a removal. */
void stream_desk_put(stream_desk *desk, const char *key, const char *record);

/* The same without a refresh, `count` times in one transaction: records "0", "1", ... */
void stream_desk_put_many(stream_desk *desk, const char *key, int count);

/* Compacts what is older than row `row`; gives how many rows went. */
size_t stream_desk_compact(stream_desk *desk, int64_t row);

/* The head as text is the chain over the whole history, signed. */
void stream_desk_expect_head(const stream_desk *desk, kw_emtp_stream *stream);

/* A reader's answer. */
typedef struct stream_reader {
    kw_stream_reply reply;
    kw_emtp_stream_head head;
    kw_buf got;
} stream_reader;

void stream_reader_open(stream_reader *reader, kw_emtp_stream *stream, int64_t since_id,
                        bool is_active);

/* Pulls once, at most `most` bytes; false when it ended or there is nothing now. */
bool stream_reader_pull(stream_reader *reader, size_t most);

/* Pulls all there is. */
void stream_reader_pull_all(stream_reader *reader);

/* Closes the answer; what it got stays. */
void stream_reader_close(stream_reader *reader);
void stream_reader_drop(stream_reader *reader);

/* SeqNos of rows of a text, with a space behind each. */
void stream_expect_seqs(kw_str text, const char *wanted);

#endif /* KW_TESTS_SUPPORT_STREAM_DESK_H */
