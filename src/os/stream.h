/* SPDX-License-Identifier: Apache-2.0
 * Bytes in order, in constant memory: standard input and output, files, and files that appear
 * only when they are whole. One thread at a time; no buffering of its own. */
#ifndef KW_OS_STREAM_H
#define KW_OS_STREAM_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is a closed stream. */
typedef struct kw_stream {
    bool is_open;
    bool is_owned;   /* drop closes the descriptor */
    int fd;          /* meaningful when open */
    char *path;      /* owned: final name of an atomic file, else NULL */
    char *temporary; /* owned: its name until commit, else NULL */
} kw_stream;

/* Borrowed standard descriptors. */
kw_stream kw_stream_stdin(void);
kw_stream kw_stream_stdout(void);
kw_stream kw_stream_stderr(void);

/* Reads a file. `out` is closed before. */
KW_MUST_USE kw_status kw_stream_open(kw_stream *out, const char *path, kw_error *err);

/* Writes a file that appears under `path` at kw_stream_commit, as in kw_file_write_atomic. */
KW_MUST_USE kw_status kw_stream_create(kw_stream *out, const char *path, unsigned mode,
                                       kw_error *err);

/* Reads what is there, at most room.len (> 0) bytes; *out_len = 0 at the end. */
KW_MUST_USE kw_status kw_stream_read(kw_stream *stream, size_t *out_len, kw_mspan room,
                                     kw_error *err);

/* Fills all of `room` from offset `at` of a file, wherever reading stands. CORRUPT: the file ends
 * before. */
KW_MUST_USE kw_status kw_stream_read_at(const kw_stream *stream, uint64_t at, kw_mspan room,
                                        kw_error *err);

/* Writes all bytes. CANCELLED: the reader of a pipe is gone. */
KW_MUST_USE kw_status kw_stream_write(kw_stream *stream, kw_span bytes, kw_error *err);

/* Makes a created file durable under its final name and closes the stream. */
KW_MUST_USE kw_status kw_stream_commit(kw_stream *stream, kw_error *err);

/* Closes; a created file that was not committed is removed. May run twice. */
void kw_stream_drop(kw_stream *stream);

/* True when it is a terminal. */
bool kw_stream_is_terminal(const kw_stream *stream);

/* Width of the terminal in columns; 0 when the stream is none or does not say. */
unsigned kw_stream_columns(const kw_stream *stream);

#endif /* KW_OS_STREAM_H */
