/* SPDX-License-Identifier: Apache-2.0
 * Rows of STP streams: written in transactions, taken over into memory after the commit.
 * Source: emtp.md sections 9.1 and 9.2. */
#include "emtp/stream.h"

#include "base/heap.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "emtp/stream_inner.h"

#include <stdio.h>

kw_status kw_emtp_stream_new(kw_emtp_stream **out, const kw_emtp_stream_options *options,
                             kw_error *err)
{
    kw_emtp_stream *stream = kw_heap_new(1, sizeof *stream + options->name.len);
    KW_REQUIRE(stream != NULL, err, KW_NO_MEMORY, "no memory for a stream");
    stream->options = *options;
    char *name = (char *)(stream + 1);
    memcpy(name, options->name.ptr, options->name.len);
    stream->options.name = (kw_str){name, options->name.len};
    stream->text = kw_buf_init(KW_EMTP_STREAM_BYTES_MAX);
    *out = stream;
    return KW_OK;
}

void kw_emtp_stream_free(kw_emtp_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    KW_ASSERT(stream->followers == NULL);
    kw_buf_drop(&stream->text);
    kw_heap_free(stream->places);
    kw_heap_free(stream);
}

kw_status kw_emtp_stream_next_seq(kw_tx *tx, int64_t *out, kw_str name, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(
        tx, &rows, "SELECT COALESCE(MAX(seq), 0) + 1 FROM emtp_stream_rows WHERE stream = $1",
        KW_SQL_ARGS(kw_sql_text(name)), err));
    return kw_rows_int(&rows, out, 0, err);
}

kw_status kw_emtp_stream_write(kw_tx *tx, kw_str name, kw_unix_s at, const kw_emtp_change *change,
                               kw_error *err)
{
    int64_t seq = 0;
    KW_TRY(kw_emtp_stream_next_seq(tx, &seq, name, err));
    char utc[KW_RFC3339_BYTES];
    kw_utc_format(utc, at);
    kw_stp_row row = {.seq_no = (uint64_t)seq,
                      .timestamp = kw_str_of(utc),
                      .action = change->is_removal ? KW_STP_DELETE : KW_STP_ADD,
                      .key = change->key,
                      .record = change->record};
    KW_AUTO(kw_buf) line = kw_buf_init(KW_STP_LINE_BYTES_MAX);
    KW_TRY_AT(err, kw_stp_row_encode(&line, &row, err), "writing a row of a stream");
    return kw_sql_run(
        tx, NULL, "INSERT INTO emtp_stream_rows (stream, seq, line) VALUES ($1, $2, $3)",
        KW_SQL_ARGS(kw_sql_text(name), kw_sql_int(seq), kw_sql_blob(kw_buf_view(&line))), err);
}

kw_str kw_emtp_stream_line(const kw_emtp_stream *stream, size_t index)
{
    size_t begin = stream->places[index].offset;
    size_t end =
        index + 1 < stream->places_count ? stream->places[index + 1].offset : stream->text.len;
    return (kw_str){(const char *)stream->text.ptr + begin, end - begin};
}

kw_stp_row kw_emtp_stream_row(const kw_emtp_stream *stream, size_t index)
{
    kw_stp_row row = {0};
    kw_str line = kw_emtp_stream_line(stream, index);
    kw_status st = kw_stp_row_parse(&row, (kw_str){line.ptr, line.len - 1}, NULL);
    KW_ASSERT(st == KW_OK); /* take_row has read it */
    return row;
}

size_t kw_emtp_stream_above(const kw_emtp_stream *stream, uint64_t seq)
{
    size_t low = 0;
    size_t high = stream->places_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stream->places[middle].seq > seq) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

kw_status kw_emtp_stream_find(kw_emtp_stream *stream, kw_buf *out, kw_str key)
{
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    for (size_t i = stream->places_count; i > 0; i--) {
        kw_stp_row row = kw_emtp_stream_row(stream, i - 1);
        if (kw_str_equal(row.key, key)) {
            return row.action == KW_STP_DELETE ? KW_NOT_FOUND : kw_buf_append_str(out, row.record);
        }
    }
    return KW_NOT_FOUND;
}

/* From a copy: the mutex is not held while rows are read. */
kw_status kw_emtp_stream_replay(kw_emtp_stream *stream, kw_stp_table *table, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_EMTP_STREAM_BYTES_MAX);
    {
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        KW_TRY_AT(err, kw_buf_append(&text, kw_buf_view(&stream->text)), "copying a stream");
    }
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&text), false);
    KW_TRY_AT(err, kw_stp_table_read(table, &cursor, err), "replaying a stream");
    return KW_OK;
}

static kw_status make_room(kw_emtp_stream *stream, kw_error *err)
{
    if (stream->places_count < stream->places_room) {
        return KW_OK;
    }
    size_t room = stream->places_room == 0 ? 64 : stream->places_room * 2;
    kw_emtp_row_place *more = kw_heap_resize(stream->places, room, sizeof *more);
    KW_REQUIRE(more != NULL, err, KW_NO_MEMORY, "no memory for rows of a stream");
    stream->places = more;
    stream->places_room = room;
    return KW_OK;
}

void kw_emtp_chain_add(kw_hash32 *chain, kw_span line)
{
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, KW_SPAN(chain->bytes));
    kw_sha256_update(&state, line);
    kw_sha256_final(&state, chain);
}

/* Appends one row of the store. The chain up to the base is known; from there on it moves. */
static kw_status take_row(kw_emtp_stream *stream, uint64_t seq, kw_span line, kw_error *err)
{
    kw_stp_row row = {0};
    bool is_row =
        line.len > 0 && line.ptr[line.len - 1] == '\n' &&
        kw_stp_row_parse(&row, (kw_str){(const char *)line.ptr, line.len - 1}, NULL) == KW_OK &&
        row.seq_no == seq && seq > stream->head.seq;
    KW_REQUIRE(is_row, err, KW_CORRUPT, "a row of a stream in the store");
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    KW_TRY(make_room(stream, err));
    kw_emtp_row_place place = {.seq = seq, .offset = stream->text.len};
    KW_TRY_AT(err, kw_buf_append(&stream->text, line), "keeping a stream in memory");
    stream->places[stream->places_count] = place;
    stream->places_count++;
    if (seq > stream->base.seq) {
        kw_emtp_chain_add(&stream->chain, line);
    }
    stream->head.seq = seq;
    return KW_OK;
}

/* The signed state of the stream. Layout: stream.h. Below the base the chain is not known: after a
 * refresh that failed there, the head of before stands. */
static kw_status sign_head(kw_emtp_stream *stream, kw_error *err)
{
    kw_emtp_stream_head *head = &stream->head;
    if (stream->options.key == NULL || head->seq < stream->base.seq) {
        return KW_OK;
    }
    char chain[2 * sizeof stream->chain.bytes];
    kw_hex_encode_to(chain, KW_SPAN(stream->chain.bytes));
    KW_AUTO(kw_buf) message = kw_buf_init(1024);
    KW_TRY_AT(err,
              kw_buf_append_format(&message, "keyward stp head 1\n%.*s\n%llu\n%.*s\n",
                                   KW_STR_ARG(stream->options.name), (unsigned long long)head->seq,
                                   (int)sizeof chain, chain),
              "signing the head of a stream");
    kw_ed25519_signature signature;
    kw_ed25519_sign(stream->options.key, &signature, kw_buf_view(&message));
    char text[88];
    KW_ASSERT(kw_base64_text_len(sizeof signature.bytes, KW_BASE64_STANDARD) == sizeof text);
    kw_base64_encode_to(text, KW_SPAN(signature.bytes), KW_BASE64_STANDARD);
    int len =
        snprintf(head->text, sizeof head->text, "%llu,%.*s,%.*s", (unsigned long long)head->seq,
                 (int)sizeof chain, chain, (int)sizeof text, text);
    KW_ASSERT(len > 0 && (size_t)len < sizeof head->text);
    return KW_OK;
}

typedef struct refresh_call {
    kw_emtp_stream *stream;
    size_t taken;
} refresh_call;

/* When the store was compacted beyond what we have, the chain goes on from there. */
static kw_status take_base(kw_tx *tx, kw_emtp_stream *stream, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    kw_status st =
        kw_sql_query_one(tx, &rows, "SELECT seq, chain FROM emtp_stream_bases WHERE stream = $1",
                         KW_SQL_ARGS(kw_sql_text(stream->options.name)), err);
    if (st == KW_NOT_FOUND) {
        return KW_OK;
    }
    KW_TRY(st);
    int64_t seq = 0;
    kw_span chain = {0};
    KW_TRY(kw_rows_int(&rows, &seq, 0, err));
    KW_TRY(kw_rows_blob(&rows, &chain, 1, err));
    KW_REQUIRE(seq > 0 && chain.len == sizeof stream->base.chain.bytes, err, KW_CORRUPT,
               "the base of a stream in the store");
    if ((uint64_t)seq > stream->head.seq) {
        stream->base.seq = (uint64_t)seq;
        memcpy(stream->base.chain.bytes, chain.ptr, chain.len);
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        stream->chain = stream->base.chain;
    }
    return KW_OK;
}

static kw_status take_new_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    refresh_call *call = ctx;
    kw_emtp_stream *stream = call->stream;
    KW_TRY(take_base(tx, stream, err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(
        tx, &rows,
        "SELECT seq, line FROM emtp_stream_rows WHERE stream = $1 AND seq > $2 ORDER BY seq",
        KW_SQL_ARGS(kw_sql_text(stream->options.name), kw_sql_int((int64_t)stream->head.seq)),
        err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        int64_t seq = 0;
        kw_span line = {0};
        KW_TRY(kw_rows_int(&rows, &seq, 0, err));
        KW_TRY(kw_rows_blob(&rows, &line, 1, err));
        KW_TRY(take_row(stream, (uint64_t)seq, line, err));
        call->taken++;
    }
}

kw_status kw_emtp_stream_refresh(kw_emtp_stream *stream, kw_store *store, kw_error *err)
{
    KW_AUTO(kw_locked) refreshing = kw_lock(&stream->refreshing);
    refresh_call call = {.stream = stream};
    kw_status st = kw_store_read(store, take_new_rows, &call, err);
    /* What was taken before a failure is as good as ever; readers may have it. */
    if (call.taken > 0 || stream->head.text[0] == '\0') {
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        KW_TRY(sign_head(stream, err));
        kw_emtp_stream_wake(stream);
    }
    return st;
}

void kw_emtp_stream_head_of(kw_emtp_stream *stream, kw_emtp_stream_head *out)
{
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    *out = stream->head;
}
