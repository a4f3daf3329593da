/* SPDX-License-Identifier: Apache-2.0
 * Readers of STP streams. A reader is a position in the stream, so that a thousand of them cost no
 * copies of rows. Source: emtp.md section 9.2. */
#include "emtp/stream.h"

#include "base/heap.h"
#include "emtp/stream_inner.h"
#include "net/request.h"

#include <stdlib.h>

/* One open answer. Lives from open to closed, which runs exactly once. It remembers SeqNos, not
 * places: rows move when the stream is compacted. */
struct kw_emtp_follower {
    kw_emtp_stream *stream;
    kw_emtp_follower *next; /* in the stream's list */
    kw_waker *waker;        /* NULL: not opened yet */
    uint64_t *pieces;       /* owned: the rows of an active view, sent before the reader follows */
    size_t pieces_count;
    size_t pieces_sent;
    uint64_t above;      /* after the pieces: rows up to here are sent, or not wanted */
    size_t row_sent;     /* bytes of the next row that are sent */
    bool is_caught_up;   /* has reached the end once: from now on it must keep up */
    kw_unix_ms ends_ms;  /* end of the whole answer, monotonic */
    kw_unix_ms quiet_ms; /* end when no row comes until then */
};

/* ---- what to send first ---- */

static size_t first_wanted(const kw_emtp_stream *stream, int64_t since_id)
{
    if (since_id >= 0) {
        return kw_emtp_stream_above(stream, (uint64_t)since_id);
    }
    uint64_t tail = (uint64_t)0 - (uint64_t)since_id;
    return tail >= stream->places_count ? 0 : stream->places_count - (size_t)tail;
}

/* A row and where it stands. */
typedef struct live_row {
    kw_stp_row row;
    size_t index;
} live_row;

static int by_key_then_newest(const void *a, const void *b)
{
    const live_row *one = a;
    const live_row *two = b;
    int order = kw_str_compare(one->row.key, two->row.key);
    return order != 0 ? order : (one->index < two->index) - (one->index > two->index);
}

static int by_seq(const void *a, const void *b)
{
    const uint64_t *one = a;
    const uint64_t *two = b;
    return (*one > *two) - (*one < *two);
}

static bool is_live(const kw_emtp_stream *stream, const kw_stp_row *row, kw_unix_s now)
{
    kw_unix_s expires_at = 0;
    bool is_over =
        stream->options.is_expiring && kw_utc_parse(&expires_at, row->record) && expires_at <= now;
    return row->action == KW_STP_ADD && !is_over;
}

/* The last row of each live key, of all rows from `first` on, in the order of the stream. */
static kw_status pick_active(kw_emtp_follower *follower, size_t first, kw_unix_s now, kw_error *err)
{
    kw_emtp_stream *stream = follower->stream;
    size_t count = stream->places_count - first;
    if (count == 0) {
        return KW_OK;
    }
    live_row *rows = kw_heap_new(count, sizeof *rows);
    follower->pieces = kw_heap_new(count, sizeof *follower->pieces);
    if (rows == NULL || follower->pieces == NULL) {
        kw_heap_free(rows);
        return kw_fail(err, KW_NO_MEMORY, "no memory for an active view");
    }
    for (size_t i = 0; i < count; i++) {
        rows[i] = (live_row){kw_emtp_stream_row(stream, first + i), first + i};
    }
    qsort(rows, count, sizeof *rows, by_key_then_newest);
    for (size_t i = 0; i < count; i++) {
        bool is_last_of_key = i == 0 || !kw_str_equal(rows[i - 1].row.key, rows[i].row.key);
        if (is_last_of_key && is_live(stream, &rows[i].row, now)) {
            follower->pieces[follower->pieces_count] = rows[i].row.seq_no;
            follower->pieces_count++;
        }
    }
    qsort(follower->pieces, follower->pieces_count, sizeof *follower->pieces, by_seq);
    kw_heap_free(rows);
    return KW_OK;
}

/* ---- the pull source; all on a loop thread ---- */

static void opened(void *source, kw_waker *waker)
{
    kw_emtp_follower *follower = source;
    kw_emtp_stream *stream = follower->stream;
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    follower->waker = waker;
}

static void closed(void *source)
{
    kw_emtp_follower *follower = source;
    kw_emtp_stream *stream = follower->stream;
    {
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        kw_emtp_follower **link = &stream->followers;
        while (*link != follower) {
            link = &(*link)->next;
        }
        *link = follower->next;
        stream->followers_count--;
    }
    kw_heap_free(follower->pieces);
    kw_heap_free(follower);
}

/* Copies from a row on, behind what is sent of it, at most to `end`. */
static size_t copy_rows(kw_emtp_follower *follower, kw_mspan out, size_t first, size_t end)
{
    const kw_emtp_stream *stream = follower->stream;
    size_t offset = stream->places[first].offset + follower->row_sent;
    size_t count = KW_MIN(out.len, end - offset);
    memcpy(out.ptr, stream->text.ptr + offset, count);
    return count;
}

/* Sends of the active view; 0: all is sent. A row that is gone was replaced, and what replaced it
 * follows. */
static size_t pull_pieces(kw_emtp_follower *follower, kw_mspan out)
{
    const kw_emtp_stream *stream = follower->stream;
    size_t got = 0;
    while (got < out.len && follower->pieces_sent < follower->pieces_count) {
        uint64_t seq = follower->pieces[follower->pieces_sent];
        size_t at = kw_emtp_stream_above(stream, seq - 1);
        size_t len = 0;
        if (at < stream->places_count && stream->places[at].seq == seq) {
            len = kw_emtp_stream_line(stream, at).len;
            size_t count = copy_rows(follower, (kw_mspan){out.ptr + got, out.len - got}, at,
                                     stream->places[at].offset + len);
            got += count;
            follower->row_sent += count;
        }
        if (follower->row_sent == len) {
            follower->pieces_sent++;
            follower->row_sent = 0;
        }
    }
    return got;
}

/* Remembers that the text from row `first` on was sent up to `end`. */
static void move_on(kw_emtp_follower *follower, size_t first, size_t end)
{
    const kw_emtp_stream *stream = follower->stream;
    size_t low = first; /* the rows below it are sent in full */
    size_t high = stream->places_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        kw_str line = kw_emtp_stream_line(stream, middle);
        if (stream->places[middle].offset + line.len <= end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    follower->above = low > first ? stream->places[low - 1].seq : follower->above;
    follower->row_sent = low < stream->places_count ? end - stream->places[low].offset : 0;
}

/* Nothing to send: end, or wait for a row until one of the deadlines. */
static kw_pull pull_nothing(kw_emtp_follower *follower, kw_pull_slot *slot, kw_unix_ms now_ms)
{
    if (!follower->is_caught_up) {
        follower->is_caught_up = true;
        follower->quiet_ms = now_ms + KW_EMTP_STREAM_QUIET_MS;
    }
    kw_unix_ms until = KW_MIN(follower->ends_ms, follower->quiet_ms);
    if (follower->stream->is_closing || slot->is_draining || now_ms >= until) {
        return KW_PULL_END;
    }
    slot->wait_ms = (uint32_t)(until - now_ms);
    return KW_PULL_WAIT;
}

static kw_pull pull(void *source, kw_pull_slot *slot)
{
    kw_emtp_follower *follower = source;
    kw_emtp_stream *stream = follower->stream;
    kw_unix_ms now_ms = kw_clock_now_ms(&stream->options.monotonic);
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    slot->got = pull_pieces(follower, slot->out);
    if (slot->got > 0) {
        return KW_PULL_DATA;
    }
    size_t first = kw_emtp_stream_above(stream, follower->above);
    if (first == stream->places_count) {
        return pull_nothing(follower, slot, now_ms);
    }
    size_t from = stream->places[first].offset + follower->row_sent;
    if (follower->is_caught_up && stream->text.len - from > KW_EMTP_STREAM_BACKLOG_MAX) {
        return KW_PULL_FAIL; /* a slow reader comes back with its last SeqNo */
    }
    slot->got = copy_rows(follower, slot->out, first, stream->text.len);
    move_on(follower, first, from + slot->got);
    follower->quiet_ms = now_ms + KW_EMTP_STREAM_QUIET_MS;
    return KW_PULL_DATA;
}

/* ---- doors ---- */

static kw_status start(kw_emtp_follower *follower, const kw_emtp_stream_query *query, kw_error *err)
{
    kw_emtp_stream *stream = follower->stream;
    size_t first = first_wanted(stream, query->since_id);
    follower->ends_ms = kw_clock_now_ms(&stream->options.monotonic) + query->hold_s * INT64_C(1000);
    follower->above = first > 0 ? stream->places[first - 1].seq : 0;
    if (query->is_active) {
        follower->above = stream->head.seq;
    }
    if (query->since_id > 0) { /* beyond the end it gets nothing before a row above (C25) */
        follower->above = KW_MAX(follower->above, (uint64_t)query->since_id);
    }
    return query->is_active ? pick_active(follower, first, query->now, err) : KW_OK;
}

kw_status kw_emtp_stream_open(kw_emtp_stream *stream, kw_stream_reply *out,
                              kw_emtp_stream_head *out_head, const kw_emtp_stream_query *query,
                              kw_error *err)
{
    kw_emtp_follower *follower = kw_heap_new(1, sizeof *follower);
    KW_REQUIRE(follower != NULL, err, KW_NO_MEMORY, "no memory for a reader of a stream");
    follower->stream = stream;
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    kw_status st = KW_OK;
    if (stream->is_closing) {
        st = kw_fail(err, KW_UNAVAILABLE, "the stream is closing");
    } else if (stream->followers_count >= KW_EMTP_FOLLOWERS_MAX) {
        st = kw_fail(err, KW_BUSY, "too many open readers of this stream");
    } else {
        st = start(follower, query, err);
    }
    if (st != KW_OK) {
        kw_heap_free(follower->pieces);
        kw_heap_free(follower);
        return st;
    }
    follower->next = stream->followers;
    stream->followers = follower;
    stream->followers_count++;
    *out_head = stream->head;
    *out = (kw_stream_reply){.media_type = stream->options.media_type,
                             .opened = opened,
                             .pull = pull,
                             .closed = closed,
                             .source = follower,
                             .may_compress = true};
    return KW_OK;
}

void kw_emtp_stream_wake(kw_emtp_stream *stream)
{
    for (kw_emtp_follower *each = stream->followers; each != NULL; each = each->next) {
        if (each->waker != NULL) {
            kw_waker_wake(each->waker);
        }
    }
}

void kw_emtp_followers_spare(const kw_emtp_stream *stream, bool *marks, size_t count)
{
    for (const kw_emtp_follower *each = stream->followers; each != NULL; each = each->next) {
        bool has_pieces = each->pieces_sent < each->pieces_count;
        uint64_t below = has_pieces ? each->pieces[each->pieces_sent] - 1 : each->above;
        size_t next = kw_emtp_stream_above(stream, below);
        if (each->row_sent > 0 && next < count) {
            marks[next] = false;
        }
    }
}

void kw_emtp_stream_close(kw_emtp_stream *stream)
{
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    stream->is_closing = true;
    kw_emtp_stream_wake(stream);
}

size_t kw_emtp_stream_followers(kw_emtp_stream *stream)
{
    KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
    return stream->followers_count;
}
