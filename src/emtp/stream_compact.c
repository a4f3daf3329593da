/* SPDX-License-Identifier: Apache-2.0
 * Compaction of streams: what may go is found without the readers' lock, leaves the store, then the
 * memory. Source: emtp.md section 9.2. */
#include "emtp/stream.h"

#include "base/heap.h"
#include "emtp/stream_inner.h"

#include <stdlib.h>

/* What a compaction does. The marks and the order are owned. */
typedef struct plan {
    kw_emtp_stream *stream;
    size_t old_count;         /* rows from the first on that are old */
    bool *marks;              /* of these: it goes */
    size_t count;             /* marked */
    kw_emtp_stream_base base; /* as it will be */
} plan;

static void plan_drop(plan *p)
{
    kw_heap_free(p->marks);
}

/* Clocks step: the first row that is young ends what is old. What was old stays so. */
static size_t count_old(const kw_emtp_stream *stream, kw_unix_s before)
{
    size_t count = kw_emtp_stream_above(stream, KW_MAX(stream->base.seq, stream->tidy_seq));
    kw_unix_s at = 0;
    while (count < stream->places_count &&
           kw_utc_parse(&at, kw_emtp_stream_row(stream, count).timestamp) && at < before) {
        count++;
    }
    return count;
}

typedef struct old_row {
    kw_str key;
    size_t index;
} old_row;

static int by_key_then_newest(const void *a, const void *b)
{
    const old_row *one = a;
    const old_row *two = b;
    int order = kw_str_compare(one->key, two->key);
    return order != 0 ? order : (one->index < two->index) - (one->index > two->index);
}

/* Marks old rows that another old row of their key follows. */
static void mark_replaced(plan *p, old_row *rows)
{
    for (size_t i = 0; i < p->old_count; i++) {
        rows[i] = (old_row){kw_emtp_stream_row(p->stream, i).key, i};
    }
    qsort(rows, p->old_count, sizeof *rows, by_key_then_newest);
    for (size_t i = 1; i < p->old_count; i++) {
        if (kw_str_equal(rows[i - 1].key, rows[i].key)) {
            p->marks[rows[i].index] = true;
            p->count++;
        }
    }
}

/* The oldest ones go first; the others wait for the next compaction. */
static void bound_marks(plan *p)
{
    for (size_t i = p->old_count; p->count > KW_EMTP_COMPACT_ROWS_MAX; i--) {
        p->count -= p->marks[i - 1] ? 1 : 0;
        p->marks[i - 1] = false;
    }
}

/* The chain at the last old row: all rows above the present base are still there. */
static void advance_base(plan *p)
{
    const kw_emtp_stream *stream = p->stream;
    p->base = stream->base;
    for (size_t i = kw_emtp_stream_above(stream, stream->base.seq); i < p->old_count; i++) {
        kw_emtp_chain_add(&p->base.chain, kw_span_of_str(kw_emtp_stream_line(stream, i)));
        p->base.seq = stream->places[i].seq;
    }
}

/* `refreshing` is held, so that rows and places stay as they are. */
static kw_status make_plan(plan *p, kw_unix_s before, kw_error *err)
{
    p->old_count = count_old(p->stream, before);
    if (p->old_count == 0 || p->stream->places[p->old_count - 1].seq == p->stream->tidy_seq) {
        return KW_OK;
    }
    old_row *rows = kw_heap_new(p->old_count, sizeof *rows);
    p->marks = kw_heap_new(p->old_count, sizeof *p->marks);
    if (rows == NULL || p->marks == NULL) {
        kw_heap_free(rows);
        return kw_fail(err, KW_NO_MEMORY, "no memory to compact a stream");
    }
    mark_replaced(p, rows);
    kw_heap_free(rows);
    bound_marks(p);
    advance_base(p);
    return KW_OK;
}

/* Another node of this store may have compacted more: its base stays. */
static kw_status write_plan(kw_tx *tx, void *ctx, kw_error *err)
{
    const plan *p = ctx;
    kw_sql_value name = kw_sql_text(p->stream->options.name);
    for (size_t i = 0; i < p->old_count; i++) {
        if (p->marks[i]) {
            KW_TRY(
                kw_sql_run(tx, NULL, "DELETE FROM emtp_stream_rows WHERE stream = $1 AND seq = $2",
                           KW_SQL_ARGS(name, kw_sql_int((int64_t)p->stream->places[i].seq)), err));
        }
    }
    return kw_sql_run(tx, NULL,
                      "INSERT INTO emtp_stream_bases (stream, seq, chain) VALUES ($1, $2, $3)"
                      " ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq,"
                      " chain = excluded.chain WHERE emtp_stream_bases.seq < excluded.seq",
                      KW_SQL_ARGS(name, kw_sql_int((int64_t)p->base.seq),
                                  kw_sql_blob(KW_SPAN(p->base.chain.bytes))),
                      err);
}

/* The rest moves together. */
static void squeeze(kw_emtp_stream *stream, const plan *p)
{
    size_t kept = 0;
    size_t len = 0;
    for (size_t i = 0; i < stream->places_count; i++) {
        kw_str line = kw_emtp_stream_line(stream, i);
        if (i < p->old_count && p->marks[i]) {
            continue;
        }
        memmove(stream->text.ptr + len, line.ptr, line.len);
        stream->places[kept] = (kw_emtp_row_place){stream->places[i].seq, len};
        kept++;
        len += line.len;
    }
    stream->places_count = kept;
    stream->text.len = len;
}

/* Out of the memory, but for rows in the middle of which a reader is: those wait. */
static void forget_rows(plan *p)
{
    kw_emtp_stream *stream = p->stream;
    size_t wanted = p->count;
    size_t marked = 0;
    uint64_t last_old = stream->places[p->old_count - 1].seq;
    {
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        kw_emtp_followers_spare(stream, p->marks, p->old_count);
        for (size_t i = 0; i < p->old_count; i++) {
            marked += p->marks[i];
        }
        squeeze(stream, p);
    }
    stream->base = p->base;
    bool is_done = marked == wanted && wanted < KW_EMTP_COMPACT_ROWS_MAX;
    stream->tidy_seq = is_done ? last_old : 0;
}

kw_status kw_emtp_stream_compact(kw_emtp_stream *stream, size_t *out_count, kw_store *store,
                                 kw_unix_s before, kw_error *err)
{
    KW_AUTO(kw_locked) refreshing = kw_lock(&stream->refreshing);
    KW_AUTO(plan) p = {.stream = stream};
    *out_count = 0;
    KW_TRY(make_plan(&p, before, err));
    if (p.count == 0) {
        stream->tidy_seq = p.old_count > 0 ? stream->places[p.old_count - 1].seq : 0;
        return KW_OK;
    }
    KW_TRY(kw_store_write(store, write_plan, &p, err));
    forget_rows(&p);
    *out_count = p.count;
    return KW_OK;
}
