/* SPDX-License-Identifier: Apache-2.0
 * Revocation lists by files. Their age goes by the system's clock, as TLS does at each handshake.
 * Source: hardening.md section 1, emtp.md section 11. */
#include "node/crl_watch.h"

enum {
    PATH_BYTES_MAX = 4096
};

/* ---- events and metrics ---- */

typedef struct ev_crl_loaded {
    kw_str listener;
    uint64_t revoked;
    kw_unix_s next_update;
} ev_crl_loaded;
static const kw_field crl_loaded_fields[] = {
    KW_FIELD(ev_crl_loaded, listener, 16, KW_REQ),
    KW_FIELD(ev_crl_loaded, revoked, KW_X509_REVOKED_MAX, KW_REQ),
    KW_FIELD(ev_crl_loaded, next_update, KW_UTC_S_MAX, KW_REQ | KW_TIME),
};
KW_LOG_EVENT(ev_crl_loaded, "crl_loaded", KW_LOG_INFO, crl_loaded_fields);

/* The listener's client certificates are refused until a newer list comes. */
typedef struct ev_crl_too_old {
    kw_str listener;
    kw_unix_s next_update;
} ev_crl_too_old;
static const kw_field crl_too_old_fields[] = {
    KW_FIELD(ev_crl_too_old, listener, 16, KW_REQ),
    KW_FIELD(ev_crl_too_old, next_update, KW_UTC_S_MAX, KW_REQ | KW_TIME),
};
KW_LOG_EVENT(ev_crl_too_old, "crl_too_old", KW_LOG_ERROR, crl_too_old_fields);

/* The files of a reload, revocation lists or others; what was in use stays in use. */
typedef struct ev_files_refused {
    kw_str code;
    kw_str text;
} ev_files_refused;
static const kw_field files_refused_fields[] = {KW_FIELD(ev_files_refused, code, 32, KW_REQ),
                                                KW_FIELD(ev_files_refused, text, 160, KW_REQ)};
KW_LOG_EVENT(ev_files_refused, "listener_files_refused", KW_LOG_ERROR, files_refused_fields);

typedef struct ev_crl_unpublished {
    kw_str code;
    kw_str text;
} ev_crl_unpublished;
static const kw_field crl_unpublished_fields[] = {KW_FIELD(ev_crl_unpublished, code, 32, KW_REQ),
                                                  KW_FIELD(ev_crl_unpublished, text, 160, KW_REQ)};
KW_LOG_EVENT(ev_crl_unpublished, "crl_unpublished", KW_LOG_ERROR, crl_unpublished_fields);

static const kw_metric_row revoked_row = {.name = "keyward_crl_revoked_certificates",
                                          .kind = KW_METRIC_GAUGE,
                                          .labels = {"listener"},
                                          .series_max = KW_LISTENERS_COUNT,
                                          .help = "entries of the revocation lists in use"};
static const kw_metric_row next_update_row = {
    .name = "keyward_crl_next_update_timestamp_seconds",
    .kind = KW_METRIC_GAUGE,
    .labels = {"listener"},
    .series_max = KW_LISTENERS_COUNT,
    .help = "when the revocation lists in use become too old, Unix time"};
static const kw_metric_row accepted_row = {
    .name = "keyward_listener_files_accepted",
    .kind = KW_METRIC_GAUGE,
    .help = "0 while a file of a listener, such as a newer revocation list, is refused"};

kw_status kw_crl_watch_open(kw_crl_watch *watch, kw_error *err)
{
    static const kw_metric_row *const rows[] = {&revoked_row, &next_update_row, &accepted_row};
    for (size_t i = 0; i < KW_COUNT(rows) && watch->metrics != NULL; i++) {
        KW_TRY_AT(err, kw_metrics_add_row(watch->metrics, rows[i]), "metrics of revocation lists");
    }
    return KW_OK;
}

static void set_gauge(kw_crl_watch *watch, const kw_metric_row *row, const kw_str *label,
                      int64_t value)
{
    if (watch->metrics != NULL) {
        kw_metric_set(kw_metric_series(watch->metrics, row, label), value);
    }
}

/* ---- files ---- */

/* All-zero: no list is configured, or the file cannot be looked at. */
static kw_file_info look_at(const kw_listener_config *listener)
{
    kw_file_info info = {0};
    char path[PATH_BYTES_MAX];
    if (listener->crl_file.len == 0 || listener->crl_file.len >= sizeof path) {
        return info;
    }
    memcpy(path, listener->crl_file.ptr, listener->crl_file.len);
    path[listener->crl_file.len] = '\0';
    return kw_file_stat(&info, path, NULL) == KW_OK ? info : (kw_file_info){0};
}

void kw_crl_watch_note(kw_crl_watch *watch, const kw_listener_config *listeners)
{
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        watch->seen[i] = look_at(&listeners[i]);
    }
}

static bool has_changed(const kw_crl_watch *watch, const kw_listener_config *listeners)
{
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        kw_file_info now = look_at(&listeners[i]);
        if (now.size != watch->seen[i].size || now.modified_ms != watch->seen[i].modified_ms) {
            return true;
        }
    }
    return false;
}

/* ---- reports ---- */

static void show(kw_crl_watch *watch)
{
    for (kw_listener g = KW_LISTENER_PUBLIC; g < KW_LISTENERS_COUNT; g++) {
        const kw_x509_crls *crls = kw_server_crls(watch->server, g);
        if (crls != NULL) {
            kw_str name = kw_str_of(kw_listener_name(g));
            set_gauge(watch, &revoked_row, &name, (int64_t)crls->count);
            set_gauge(watch, &next_update_row, &name, crls->next_update);
            KW_LOG(watch->log, ev_crl_loaded, .listener = name, .revoked = crls->count,
                   .next_update = crls->next_update);
        }
    }
}

/* Reports lists that have become too old, once. */
static void check_age(kw_crl_watch *watch)
{
    kw_clock clock = kw_clock_system();
    kw_unix_s now = kw_clock_now_ms(&clock) / 1000;
    for (kw_listener g = KW_LISTENER_PUBLIC; g < KW_LISTENERS_COUNT; g++) {
        const kw_x509_crls *crls = kw_server_crls(watch->server, g);
        bool is_old = crls != NULL && crls->next_update <= now;
        if (is_old && !watch->was_old[g]) {
            KW_LOG(watch->log, ev_crl_too_old, .listener = kw_str_of(kw_listener_name(g)),
                   .next_update = crls->next_update);
        }
        watch->was_old[g] = is_old;
    }
}

/* ---- what is done ---- */

static kw_status try_to_publish(kw_crl_watch *watch, kw_error *err)
{
    const kw_x509_crls *crls = kw_server_crls(watch->server, KW_LISTENER_PUBLIC);
    kw_error why = {0};
    kw_status st = crls == NULL ? KW_OK : kw_emtp_take_crls(watch->emtp, crls, &why);
    if (st != KW_OK && !watch->is_unpublished) {
        KW_LOG(watch->log, ev_crl_unpublished, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(why.text));
    }
    watch->is_unpublished = st != KW_OK;
    return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", why.text);
}

kw_status kw_crl_watch_publish(kw_crl_watch *watch, kw_error *err)
{
    set_gauge(watch, &accepted_row, NULL, 1);
    show(watch);
    check_age(watch);
    return try_to_publish(watch, err);
}

kw_status kw_crl_watch_reload(kw_crl_watch *watch, const kw_listener_config *listeners,
                              kw_error *err)
{
    kw_error why = {0};
    bool is_news = !watch->is_refused || has_changed(watch, listeners);
    kw_crl_watch_note(watch, listeners);
    kw_status st = kw_server_reload(watch->server, listeners, &why);
    watch->is_refused = st != KW_OK;
    if (st != KW_OK) {
        if (is_news) {
            KW_LOG(watch->log, ev_files_refused, .code = kw_str_of(kw_status_name(st)),
                   .text = kw_str_of(why.text));
        }
        set_gauge(watch, &accepted_row, NULL, 0);
        return kw_fail(err, st, "%s", why.text);
    }
    kw_status published = kw_crl_watch_publish(watch, NULL);
    KW_UNUSED(published); /* reported, and tried again at the next look */
    return KW_OK;
}

void kw_crl_watch_look(kw_crl_watch *watch, const kw_listener_config *listeners)
{
    kw_status st = KW_OK;
    if (watch->is_refused || has_changed(watch, listeners)) {
        st = kw_crl_watch_reload(watch, listeners, NULL);
    } else if (watch->is_unpublished) {
        st = try_to_publish(watch, NULL);
    }
    KW_UNUSED(st); /* reported where it failed */
    check_age(watch);
}
