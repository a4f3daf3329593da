/* SPDX-License-Identifier: Apache-2.0
 * The structured log: one JSON line per event, {"ts","level","event", then the event's fields}.
 * An event is a struct with a field table, so its members are typed and KW_SECRET ones redacted.
 *
 *     typedef struct kw_ev_share_rejected {
 *         kw_str request_id;
 *         kw_str key_id;
 *         uint32_t member;
 *     } kw_ev_share_rejected;
 *     static const kw_field share_rejected_fields[] = {KW_FIELD(kw_ev_share_rejected, ...), ...};
 *     KW_LOG_EVENT(kw_ev_share_rejected, "share_rejected", KW_LOG_WARN, share_rejected_fields);
 *
 *     KW_LOG(log, kw_ev_share_rejected, .key_id = id, .member = 3); */
#ifndef KW_OBS_LOG_H
#define KW_OBS_LOG_H

#include "base/error.h"
#include "base/utc.h"
#include "codec/field.h"

typedef enum kw_log_level {
    KW_LOG_DEBUG,
    KW_LOG_INFO,
    KW_LOG_WARN,
    KW_LOG_ERROR,
} kw_log_level;

/* Names of the levels, for options. */
extern const kw_enum_name kw_log_level_names[4];

/* What an event is called and what it carries. */
typedef struct kw_log_event {
    const char *name;
    kw_log_level level;
    kw_schema schema;
} kw_log_event;

/* Defines `type`_event for this file. */
#define KW_LOG_EVENT(type, event_name, event_level, rows) \
    static const kw_log_event type##_event = {            \
        .name = (event_name), .level = (event_level), .schema = KW_SCHEMA_OF(type, rows)}

/* KW_LOG(log, event type, designated members...); `log` may be NULL. */
#define KW_LOG(log, type, ...) kw_log_write((log), &type##_event, &(const type){__VA_ARGS__})

/* Longest line, newline included: what a pipe takes in one piece. A longer event keeps its ts,
 * level and name, and says "cut":true. */
#define KW_LOG_LINE_BYTES_MAX 4096

/* Where lines go, and the time they carry. Handles of one log may be used by all threads. */
typedef struct kw_log kw_log;

/* A port, so that tests keep lines in memory. `write` takes a whole line in one piece or drops it;
 * called by many threads at once. `now_ms` gives Unix milliseconds. */
typedef struct kw_log_sink {
    kw_status (*write)(void *ctx, kw_span line);
    void *ctx;
    kw_unix_ms (*now_ms)(void *now_ctx);
    void *now_ctx;
} kw_log_sink;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_log_new(kw_log **out, const kw_log_sink *sink, kw_log_level least);
void kw_log_free(kw_log *log);
KW_AUTO_PTR_DEFINE(kw_log);

/* Events below `least` are dropped from now on. */
void kw_log_set_level(kw_log *log, kw_log_level least);

bool kw_log_wants(const kw_log *log, kw_log_level level);

/* Writes one line with one call of the sink. Never fails: lines that the sink refuses are counted,
 * and the next line that passes says "lost":n. `log` may be NULL. */
void kw_log_write(kw_log *log, const kw_log_event *event, const void *fields);

#endif /* KW_OBS_LOG_H */
