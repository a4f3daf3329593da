/* SPDX-License-Identifier: Apache-2.0
 * One event, one line, one write. Lines are put together without a lock, so threads never wait for
 * each other here. */
#include "obs/log.h"

#include "base/heap.h"
#include "codec/json.h"

#include <stdatomic.h>

const kw_enum_name kw_log_level_names[4] = {
    {"debug", KW_LOG_DEBUG},
    {"info", KW_LOG_INFO},
    {"warn", KW_LOG_WARN},
    {"error", KW_LOG_ERROR},
};

struct kw_log {
    kw_log_sink sink;
    _Atomic int least;
    _Atomic uint64_t lost; /* lines that the sink refused since the last one it took */
};

/* A moment and the head of a line. */
typedef struct head {
    kw_unix_ms at_ms;
    const kw_log_event *event;
    uint64_t lost;
} head;

kw_status kw_log_new(kw_log **out, const kw_log_sink *sink, kw_log_level least)
{
    kw_log *log = kw_heap_new(1, sizeof *log);
    if (log == NULL) {
        return KW_NO_MEMORY;
    }
    log->sink = *sink;
    atomic_init(&log->least, (int)least);
    atomic_init(&log->lost, 0);
    *out = log;
    return KW_OK;
}

void kw_log_free(kw_log *log)
{
    kw_heap_free(log);
}

void kw_log_set_level(kw_log *log, kw_log_level least)
{
    atomic_store_explicit(&log->least, (int)least, memory_order_relaxed);
}

bool kw_log_wants(const kw_log *log, kw_log_level level)
{
    return log != NULL && (int)level >= atomic_load_explicit(&log->least, memory_order_relaxed);
}

static void write_moment(kw_json_writer *w, kw_unix_ms at_ms)
{
    kw_unix_s at_s = at_ms / 1000 - (at_ms % 1000 < 0);
    bool is_printable = at_s >= KW_UTC_S_MIN && at_s <= KW_UTC_S_MAX;
    char seconds[KW_RFC3339_BYTES];
    kw_utc_format(seconds, is_printable ? at_s : 0);
    KW_AUTO(kw_buf) text = kw_buf_init(KW_RFC3339_BYTES + 8);
    kw_status st =
        kw_buf_append_format(&text, "%.19s.%03dZ", seconds, (int)(at_ms - at_s * 1000) % 1000);
    kw_json_write_key(w, KW_STR("ts"));
    kw_json_write_str(w, kw_buf_text(&text));
    w->st = w->st == KW_OK ? st : w->st;
}

static void write_head(kw_json_writer *w, const head *h)
{
    kw_json_open_object(w);
    write_moment(w, h->at_ms);
    kw_json_write_key(w, KW_STR("level"));
    kw_json_write_str(w, kw_str_of(kw_log_level_names[h->event->level].name));
    kw_json_write_key(w, KW_STR("event"));
    kw_json_write_str(w, kw_str_of(h->event->name));
    if (h->lost > 0) {
        kw_json_write_key(w, KW_STR("lost"));
        kw_json_write_u64(w, h->lost);
    }
}

static kw_status end_line(kw_json_writer *w)
{
    kw_json_close_object(w);
    KW_TRY(kw_json_write_end(w));
    return kw_buf_append_byte(w->out, '\n');
}

static kw_status format_line(kw_buf *line, const head *h, const void *fields)
{
    kw_json_writer w = kw_json_writer_to(line);
    write_head(&w, h);
    kw_json_write_members(&w, &h->event->schema, fields, KW_JSON_REDACT);
    return end_line(&w);
}

/* An event whose fields do not fit still says that it happened. */
static kw_status format_cut_line(kw_buf *line, const head *h)
{
    kw_buf_clear(line);
    kw_json_writer w = kw_json_writer_to(line);
    write_head(&w, h);
    kw_json_write_key(&w, KW_STR("cut"));
    kw_json_write_bool(&w, true);
    return end_line(&w);
}

void kw_log_write(kw_log *log, const kw_log_event *event, const void *fields)
{
    if (!kw_log_wants(log, event->level)) {
        return;
    }
    head h = {.at_ms = log->sink.now_ms(log->sink.now_ctx),
              .event = event,
              .lost = atomic_exchange_explicit(&log->lost, 0, memory_order_relaxed)};
    KW_AUTO(kw_buf) line = kw_buf_init(KW_LOG_LINE_BYTES_MAX);
    kw_status st = format_line(&line, &h, fields);
    if (st == KW_LIMIT) {
        st = format_cut_line(&line, &h);
    }
    if (st == KW_OK) {
        st = log->sink.write(log->sink.ctx, kw_buf_view(&line));
    }
    if (st != KW_OK) {
        (void)atomic_fetch_add_explicit(&log->lost, h.lost + 1, memory_order_relaxed);
    }
}
