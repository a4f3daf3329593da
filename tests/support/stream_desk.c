/* SPDX-License-Identifier: Apache-2.0
 * Streams for tests. */
#include "support/stream_desk.h"

#include "codec/hex.h"
#include "crypto/hash.h"
#include "emtp/schema.h"
#include "support/expect.h"

#include <stdio.h>

enum {
    HISTORY_BYTES_MAX = 64 << 20
};

kw_emtp_stream *stream_desk_twin(stream_desk *desk)
{
    kw_emtp_stream *stream = NULL;
    kw_emtp_stream_options options = {.name = KW_STR("t"),
                                      .media_type = "text/sequence",
                                      .key = &desk->key,
                                      .monotonic = kw_clock_monotonic()};
    EXPECT_OK(kw_emtp_stream_new(&stream, &options, NULL));
    return stream;
}

void stream_desk_make(stream_desk *desk, kw_store *store)
{
    *desk = (stream_desk){.store = store, .history = kw_buf_init(HISTORY_BYTES_MAX)};
    EXPECT_OK(
        kw_store_migrate(store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count, NULL));
    kw_secret32 seed = {0};
    kw_ed25519_key_of_seed(&desk->key, &seed);
    desk->stream = stream_desk_twin(desk);
}

void stream_desk_drop(stream_desk *desk)
{
    kw_emtp_stream_free(desk->stream);
    kw_buf_drop(&desk->history);
}

typedef struct write_call {
    stream_desk *desk;
    const char *key;
    const char *record; /* NULL: a removal */
    int count;          /* 0: one row with `record`; else so many, with a number for a record */
} write_call;

static kw_status write_row(kw_tx *tx, stream_desk *desk, const kw_emtp_change *change,
                           kw_error *err)
{
    desk->rows++;
    kw_unix_s at = STREAM_DESK_AT + desk->rows;
    char utc[KW_RFC3339_BYTES];
    kw_utc_format(utc, at);
    EXPECT_OK(kw_buf_append_format(&desk->history, "%lld\t%s\t%c\t%.*s\t%.*s\n",
                                   (long long)desk->rows, utc, change->is_removal ? '-' : '+',
                                   KW_STR_ARG(change->key), KW_STR_ARG(change->record)));
    return kw_emtp_stream_write(tx, KW_STR("t"), at, change, err);
}

static kw_status write_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    write_call *call = ctx;
    kw_emtp_change change = {.is_removal = call->record == NULL && call->count == 0,
                             .key = kw_str_of(call->key),
                             .record = kw_str_of(call->record)};
    if (call->count == 0) {
        return write_row(tx, call->desk, &change, err);
    }
    for (int i = 0; i < call->count; i++) {
        char record[16];
        (void)snprintf(record, sizeof record, "%d", i);
        change.record = kw_str_of(record);
        KW_TRY(write_row(tx, call->desk, &change, err));
    }
    return KW_OK;
}

void stream_desk_put(stream_desk *desk, const char *key, const char *record)
{
    write_call call = {.desk = desk, .key = key, .record = record};
    EXPECT_OK(kw_store_write(desk->store, write_rows, &call, NULL));
    EXPECT_OK(kw_emtp_stream_refresh(desk->stream, desk->store, NULL));
}

void stream_desk_put_many(stream_desk *desk, const char *key, int count)
{
    write_call call = {.desk = desk, .key = key, .count = count};
    EXPECT_OK(kw_store_write(desk->store, write_rows, &call, NULL));
}

size_t stream_desk_compact(stream_desk *desk, int64_t row)
{
    size_t count = 0;
    kw_error err = {0};
    kw_status st =
        kw_emtp_stream_compact(desk->stream, &count, desk->store, STREAM_DESK_AT + row, &err);
    if (st != KW_OK) {
        fail_msg("%s: %s", kw_status_name(st), err.text);
    }
    return count;
}

void stream_desk_expect_head(const stream_desk *desk, kw_emtp_stream *stream)
{
    kw_hash32 chain = {{0}};
    for (kw_str rest = kw_buf_text(&desk->history); rest.len > 0;) {
        kw_str line = {0};
        kw_str next = {0};
        assert_true(kw_str_split(rest, '\n', &line, &next));
        kw_sha256_state sha;
        kw_sha256_init(&sha);
        kw_sha256_update(&sha, KW_SPAN(chain.bytes));
        kw_sha256_update(&sha, (kw_span){(const uint8_t *)line.ptr, line.len + 1});
        kw_sha256_final(&sha, &chain);
        rest = next;
    }
    char hex[2 * sizeof chain.bytes];
    char wanted[128];
    kw_emtp_stream_head head = {0};
    kw_hex_encode_to(hex, KW_SPAN(chain.bytes));
    (void)snprintf(wanted, sizeof wanted, "%lld,%.*s,", (long long)desk->rows, (int)sizeof hex,
                   hex);
    kw_emtp_stream_head_of(stream, &head);
    if (!kw_str_starts_with(kw_str_of(head.text), kw_str_of(wanted))) {
        fail_msg("the head is %s, wanted %s", head.text, wanted);
    }
}

void stream_reader_open(stream_reader *reader, kw_emtp_stream *stream, int64_t since_id,
                        bool is_active)
{
    *reader = (stream_reader){.got = kw_buf_init(HISTORY_BYTES_MAX)};
    kw_emtp_stream_query query = {
        .since_id = since_id, .is_active = is_active, .hold_s = 300, .now = STREAM_DESK_AT};
    EXPECT_OK(kw_emtp_stream_open(stream, &reader->reply, &reader->head, &query, NULL));
}

bool stream_reader_pull(stream_reader *reader, size_t most)
{
    uint8_t window[4096];
    kw_pull_slot slot = {.out = {window, KW_MIN(most, sizeof window)}};
    if (reader->reply.pull(reader->reply.source, &slot) != KW_PULL_DATA) {
        return false;
    }
    assert_in_range(slot.got, 1, slot.out.len);
    EXPECT_OK(kw_buf_append(&reader->got, (kw_span){window, slot.got}));
    return true;
}

void stream_reader_pull_all(stream_reader *reader)
{
    while (stream_reader_pull(reader, SIZE_MAX)) {
    }
}

void stream_reader_close(stream_reader *reader)
{
    if (reader->reply.closed != NULL) {
        reader->reply.closed(reader->reply.source);
        reader->reply.closed = NULL;
    }
}

void stream_reader_drop(stream_reader *reader)
{
    stream_reader_close(reader);
    kw_buf_drop(&reader->got);
}

void stream_expect_seqs(kw_str text, const char *wanted)
{
    char got[256] = "";
    for (kw_str rest = text; rest.len > 0;) {
        kw_str line = {0};
        kw_str seq = {0};
        assert_true(kw_str_split(rest, '\n', &line, &rest));
        assert_true(kw_str_split(line, '\t', &seq, &line));
        size_t len = strlen(got);
        (void)snprintf(got + len, sizeof got - len, "%.*s ", KW_STR_ARG(seq));
    }
    assert_string_equal(got, wanted);
}
