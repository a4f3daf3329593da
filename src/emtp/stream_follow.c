/* SPDX-License-Identifier: Apache-2.0
 * Readers of STP streams. A reader is a position in the stream's text, so that a thousand of them
 * cost no copies of rows. Source: emtp.md section 9.2. */
#include "emtp/stream.h"

#include "base/heap.h"
#include "emtp/stream_inner.h"
#include "net/request.h"

#include <stdlib.h>

/* A stretch of the text that is sent before the reader follows the end. */
typedef struct piece {
    size_t offset;
    size_t len;
} piece;

/* One open answer. Lives from open to closed, which runs exactly once. */
struct kw_emtp_follower {
    kw_emtp_stream *stream;
    kw_emtp_follower *next; /* in the stream's list, once opened */
    kw_waker *waker;        /* NULL: not opened yet */
    piece *pieces;          /* owned: the rows of an active view */
    size_t pieces_count;
    size_t pieces_sent;
    size_t piece_sent;   /* bytes of the present piece */
    uint64_t above;      /* beyond the end: rows up to here are not wanted; 0: none */
    size_t at;           /* next byte of the text after the pieces */
    bool is_caught_up;   /* has reached the end once: from now on it must keep up */
    kw_unix_ms ends_ms;  /* end of the whole answer, monotonic */
    kw_unix_ms quiet_ms; /* end when no row comes until then */
};

/* ---- what to send first ---- */

/* Index of the first row above `seq`. */
static size_t first_above(const kw_emtp_stream *stream, uint64_t seq)
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

static size_t first_wanted(const kw_emtp_stream *stream, int64_t since_id)
{
    if (since_id >= 0) {
        return first_above(stream, (uint64_t)since_id);
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

static int by_offset(const void *a, const void *b)
{
    const piece *one = a;
    const piece *two = b;
    return (one->offset > two->offset) - (one->offset < two->offset);
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
            follower->pieces[follower->pieces_count] =
                (piece){.offset = stream->places[rows[i].index].offset,
                        .len = kw_emtp_stream_line(stream, rows[i].index).len};
            follower->pieces_count++;
        }
    }
    qsort(follower->pieces, follower->pieces_count, sizeof *follower->pieces, by_offset);
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
    follower->next = stream->followers;
    stream->followers = follower;
}

static void closed(void *source)
{
    kw_emtp_follower *follower = source;
    kw_emtp_stream *stream = follower->stream;
    {
        KW_AUTO(kw_locked) hold = kw_lock(&stream->mutex);
        kw_emtp_follower **link = &stream->followers;
        while (*link != NULL && *link != follower) {
            link = &(*link)->next;
        }
        if (*link != NULL) {
            *link = follower->next;
        }
        stream->followers_count--;
    }
    kw_heap_free(follower->pieces);
    kw_heap_free(follower);
}

static size_t copy_text(const kw_emtp_stream *stream, kw_mspan out, size_t offset, size_t len)
{
    size_t count = KW_MIN(out.len, len);
    memcpy(out.ptr, stream->text.ptr + offset, count);
    return count;
}

/* Sends of the active view; 0: all is sent. */
static size_t pull_pieces(kw_emtp_follower *follower, kw_mspan out)
{
    size_t got = 0;
    while (got < out.len && follower->pieces_sent < follower->pieces_count) {
        const piece *now = &follower->pieces[follower->pieces_sent];
        size_t count =
            copy_text(follower->stream, (kw_mspan){out.ptr + got, out.len - got},
                      now->offset + follower->piece_sent, now->len - follower->piece_sent);
        got += count;
        follower->piece_sent += count;
        if (follower->piece_sent == now->len) {
            follower->pieces_sent++;
            follower->piece_sent = 0;
        }
    }
    return got;
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

/* A reader that asked beyond the end gets nothing before a row above its SeqNo (C25). */
static void skip_unwanted(kw_emtp_follower *follower)
{
    if (follower->above == 0) {
        return;
    }
    const kw_emtp_stream *stream = follower->stream;
    size_t first = first_above(stream, follower->above);
    bool has_come = first < stream->places_count;
    follower->at = has_come ? stream->places[first].offset : stream->text.len;
    follower->above = has_come ? 0 : follower->above;
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
    skip_unwanted(follower);
    size_t left = stream->text.len - follower->at;
    if (left == 0) {
        return pull_nothing(follower, slot, now_ms);
    }
    if (follower->is_caught_up && left > KW_EMTP_STREAM_BACKLOG_MAX) {
        return KW_PULL_FAIL; /* a slow reader comes back with its last SeqNo */
    }
    slot->got = copy_text(stream, slot->out, follower->at, left);
    follower->at += slot->got;
    follower->quiet_ms = now_ms + KW_EMTP_STREAM_QUIET_MS;
    return KW_PULL_DATA;
}

/* ---- doors ---- */

static kw_status start(kw_emtp_follower *follower, const kw_emtp_stream_query *query, kw_error *err)
{
    kw_emtp_stream *stream = follower->stream;
    size_t first = first_wanted(stream, query->since_id);
    follower->ends_ms = kw_clock_now_ms(&stream->options.monotonic) + query->hold_s * INT64_C(1000);
    bool is_beyond = query->since_id > 0 && (uint64_t)query->since_id > stream->head.seq;
    follower->above = is_beyond ? (uint64_t)query->since_id : 0;
    follower->at = first < stream->places_count ? stream->places[first].offset : stream->text.len;
    if (query->is_active) {
        follower->at = stream->text.len;
        return pick_active(follower, first, query->now, err);
    }
    return KW_OK;
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
        kw_waker_wake(each->waker);
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
