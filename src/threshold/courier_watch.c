/* SPDX-License-Identifier: Apache-2.0
 * Metrics and log events of a courier. */
#include "threshold/courier_watch.h"

#include "codec/hex.h"

enum {
    ADDRESS_CHARS = 42,
    OUTCOMES = 4,
};

static const kw_metric_row tries_row = {
    .name = "keyward_courier_tries_total",
    .kind = KW_METRIC_COUNTER,
    .labels = {"member", "outcome"},
    .series_max = KW_COURIER_MEMBERS_MAX * OUTCOMES,
    .help = "calls to other operators: ok, busy (429, 503), refused (other answers), silent"};
static const kw_metric_row lost_row = {
    .name = "keyward_courier_lost_total",
    .kind = KW_METRIC_COUNTER,
    .labels = {"member", "why"},
    .series_max = KW_COURIER_MEMBERS_MAX * 3,
    .help = "messages and questions given up: late, full (the queue), gone (from the roster)"};
static const kw_metric_row seconds_row = {
    .name = "keyward_courier_answer_seconds",
    .kind = KW_METRIC_HISTOGRAM,
    .bounds = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000},
    .units_per_one = 1000,
    .help = "time until another operator answered"};
static const kw_metric_row members_row = {.name = "keyward_courier_members",
                                          .kind = KW_METRIC_GAUGE,
                                          .labels = {"health"},
                                          .series_max = KW_COURIER_HEALTHS,
                                          .help = "other operators by how they answer"};

typedef struct kw_ev_courier_member {
    kw_str member;
    kw_str code; /* how the last try ended */
} kw_ev_courier_member;
static const kw_field courier_member_fields[] = {
    KW_FIELD(kw_ev_courier_member, member, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_ev_courier_member, code, 32, KW_REQ),
};
typedef kw_ev_courier_member kw_ev_courier_member_down;
typedef kw_ev_courier_member kw_ev_courier_member_up;
KW_LOG_EVENT(kw_ev_courier_member_down, "courier_member_down", KW_LOG_WARN, courier_member_fields);
KW_LOG_EVENT(kw_ev_courier_member_up, "courier_member_up", KW_LOG_INFO, courier_member_fields);

typedef struct kw_ev_courier_refused {
    kw_str member;
    kw_str path;
    uint32_t http;
} kw_ev_courier_refused;
static const kw_field courier_refused_fields[] = {
    KW_FIELD(kw_ev_courier_refused, member, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_ev_courier_refused, path, KW_COURIER_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_ev_courier_refused, http, 999, KW_REQ),
};
KW_LOG_EVENT(kw_ev_courier_refused, "courier_refused", KW_LOG_WARN, courier_refused_fields);

kw_status kw_courier_watch_open(kw_courier_watch *watch, kw_error *err)
{
    static const kw_metric_row *const rows[] = {&tries_row, &lost_row, &seconds_row, &members_row};
    static const char *const healths[KW_COURIER_HEALTHS] = {
        [KW_COURIER_UNKNOWN] = "unknown",
        [KW_COURIER_UP] = "up",
        [KW_COURIER_SLOW] = "slow",
        [KW_COURIER_DOWN] = "down",
    };
    if (watch->metrics == NULL) {
        return KW_OK;
    }
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_TRY_AT(err, kw_metrics_add_row(watch->metrics, rows[i]), "metrics of a courier");
    }
    watch->seconds = kw_metric_series(watch->metrics, &seconds_row, NULL);
    for (size_t i = 0; i < KW_COURIER_HEALTHS; i++) {
        kw_str health = kw_str_of(healths[i]);
        watch->members[i] = kw_metric_series(watch->metrics, &members_row, &health);
    }
    return KW_OK;
}

/* As text: the room is the exact size, so that it always fits. */
typedef struct address_text {
    char text[ADDRESS_CHARS];
} address_text;

static kw_str write_address(address_text *room, const kw_address *address)
{
    memcpy(room->text, "0x", 2);
    kw_hex_encode_to(room->text + 2, KW_SPAN(address->bytes));
    return (kw_str){room->text, sizeof room->text};
}

static void count(kw_courier_watch *watch, const kw_metric_row *row, kw_str member,
                  const char *what)
{
    if (watch->metrics != NULL) {
        const kw_str labels[] = {member, kw_str_of(what)};
        kw_metric_add(kw_metric_series(watch->metrics, row, labels), 1);
    }
}

static const char *outcome_of(const kw_parcel_try *tried)
{
    if (!kw_parcel_try_is_answered(tried)) {
        return "silent";
    }
    if (tried->st == KW_OK) {
        return "ok";
    }
    return tried->http == 429 || tried->http == 503 ? "busy" : "refused";
}

void kw_courier_watch_turn(kw_courier_watch *watch, const kw_courier_turn *turn)
{
    address_text room;
    const kw_parcel_try *tried = turn->tried;
    const kw_cargo *cargo = turn->parcel->cargo;
    kw_str member = write_address(&room, &turn->parcel->to);
    kw_str code = kw_str_of(kw_status_name(tried->st));
    count(watch, &tries_row, member, outcome_of(tried));
    if (kw_parcel_try_is_answered(tried)) {
        kw_metric_observe(watch->seconds, tried->took_ms);
    }
    if (turn->is_over && tried->st != KW_OK && cargo->kind == KW_CARGO_SEND) {
        KW_LOG(watch->log, kw_ev_courier_refused, .member = member, .path = kw_str_of(cargo->path),
               .http = (uint32_t)tried->http);
    }
    bool was_down = turn->before == KW_COURIER_DOWN;
    bool is_down = turn->after == KW_COURIER_DOWN;
    if (!was_down && is_down) {
        KW_LOG(watch->log, kw_ev_courier_member_down, .member = member, .code = code);
    } else if (was_down && !is_down) {
        KW_LOG(watch->log, kw_ev_courier_member_up, .member = member, .code = code);
    }
}

static const char *loss_of(kw_status st)
{
    if (st == KW_LIMIT) {
        return "full";
    }
    return st == KW_CANCELLED ? "gone" : "late";
}

void kw_courier_watch_loss(kw_courier_watch *watch, const kw_address *member, kw_status st)
{
    address_text room;
    count(watch, &lost_row, write_address(&room, member), loss_of(st));
}

void kw_courier_watch_census(kw_courier_watch *watch, const kw_courier_census *census)
{
    for (size_t i = 0; i < KW_COURIER_HEALTHS; i++) {
        if (watch->members[i] != NULL) {
            kw_metric_set(watch->members[i], (int64_t)census->counts[i]);
        }
    }
}
