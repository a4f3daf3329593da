/* SPDX-License-Identifier: Apache-2.0
 * Start order: clock, entropy, store, seal, guard, domain, listeners, keys, revocation lists,
 * loops, timer. */
#include "node/daemon.h"

#include "base/heap.h"
#include "crypto/drbg.h"
#include "emtp/api.h"
#include "emtp/service.h"
#include "guard/api.h"
#include "guard/guard.h"
#include "net/openapi.h"
#include "net/server.h"
#include "node/api.h"
#include "node/crl_watch.h"
#include "node/ticker.h"
#include "threshold/api.h"
#include "threshold/service.h"

enum {
    OPENAPI_BYTES_MAX = 4 << 20,
    MOUNTS_MAX = 7,
};

struct kw_daemon {
    const kw_node_config *config;
    const kw_signing_keys *signing;
    const kw_slots_place *slots;
    kw_log *log;
    kw_test_clock test_clock;
    kw_clock clock;
    kw_machine_entropy *entropy;
    kw_drbg *drbg;
    kw_rng rng;
    kw_metrics *metrics;
    kw_store *store;
    kw_sealer *sealer;
    kw_guard *guard;
    kw_emtp *emtp;
    kw_threshold *threshold; /* NULL: this node is no operator */
    kw_mount mounts[MOUNTS_MAX];
    size_t mounts_count;
    kw_node_state state;
    kw_server *server;
    kw_crl_watch crl_watch;
    kw_ticker ticker;
};

typedef struct ev_test_clock {
    kw_str warning;
} ev_test_clock;
static const kw_field test_clock_fields[] = {KW_FIELD(ev_test_clock, warning, 100, KW_REQ)};
KW_LOG_EVENT(ev_test_clock, "test_clock", KW_LOG_WARN, test_clock_fields);

typedef struct ev_test_key {
    kw_str warning;
} ev_test_key;
static const kw_field test_key_fields[] = {KW_FIELD(ev_test_key, warning, 100, KW_REQ)};
KW_LOG_EVENT(ev_test_key, "test_key", KW_LOG_WARN, test_key_fields);

static kw_status start_clock(kw_daemon *daemon, const char *test_clock_path, kw_error *err)
{
    daemon->clock = kw_clock_system();
    if (test_clock_path == NULL) {
        return KW_OK;
    }
    KW_REQUIRE(daemon->config->test.allow, err, KW_REFUSED, "--test-clock needs test.allow");
    daemon->test_clock.path = test_clock_path;
    KW_TRY(kw_test_clock_refresh(&daemon->test_clock, err));
    daemon->clock = kw_test_clock_port(&daemon->test_clock);
    KW_LOG(daemon->log, ev_test_clock,
           .warning = KW_STR("TEST CLOCK: the time of this daemon comes from a file"));
    return KW_OK;
}

static kw_status start_entropy(kw_daemon *daemon, kw_error *err)
{
    KW_TRY_AT(err, kw_machine_entropy_new(&daemon->entropy), "opening the entropy sources");
    kw_entropy_source sources[KW_ENTROPY_SOURCES_MAX];
    kw_drbg_options options = {.sources = sources,
                               .count = kw_machine_entropy_sources(daemon->entropy, sources),
                               .clock = kw_clock_monotonic()};
    KW_TRY(kw_drbg_new(&daemon->drbg, &options, err));
    daemon->rng = kw_drbg_rng(daemon->drbg);
    return KW_OK;
}

static kw_status start_store(kw_daemon *daemon, kw_error *err)
{
    const kw_store_config *config = &daemon->config->store;
    kw_store_options options = {0};
    KW_TRY(kw_store_options_of_url(&options, config->url.ptr, err));
    options.readers_max = config->readers_max;
    KW_TRY_AT(err, kw_store_open(&daemon->store, &options, err), "opening the store");
    kw_seal_options seal = {
        .root = config->seal, .path = config->seal_file.ptr, .rng = daemon->rng};
    KW_TRY_AT(err, kw_sealer_open(&daemon->sealer, daemon->store, &seal, err),
              "unsealing the store");
    return KW_OK;
}

static kw_status start_domains(kw_daemon *daemon, kw_error *err)
{
    kw_guard_ports guard = {.store = daemon->store,
                            .sealer = daemon->sealer,
                            .clock = &daemon->clock,
                            .rng = &daemon->rng,
                            .log = daemon->log,
                            .metrics = daemon->metrics};
    KW_TRY_AT(err, kw_guard_open(&daemon->guard, &daemon->config->guard, &guard, err),
              "opening the guard");
    kw_emtp_ports emtp = {.store = daemon->store,
                          .sealer = daemon->sealer,
                          .rng = &daemon->rng,
                          .clock = &daemon->clock,
                          .guard = daemon->guard};
    KW_TRY_AT(err, kw_emtp_new(&daemon->emtp, &daemon->config->emtp, &emtp, err),
              "opening the EMTP domain");
    return KW_OK;
}

static kw_status start_operator(kw_daemon *daemon, kw_error *err)
{
    kw_threshold_ports ports = {.store = daemon->store,
                                .signing = daemon->signing,
                                .slots = daemon->slots,
                                .rng = &daemon->rng,
                                .clock = &daemon->clock,
                                .log = daemon->log,
                                .metrics = daemon->metrics};
    if (!kw_threshold_config_is_on(&daemon->config->threshold)) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_threshold_new(&daemon->threshold, &daemon->config->threshold, &ports, err),
              "opening the threshold domain");
    kw_guard_admit_members(daemon->guard, kw_threshold_members(daemon->threshold));
    return KW_OK;
}

/* All tables that the program knows; those without a context serve nothing. */
static size_t list_mounts(const kw_daemon *daemon, kw_mount out[MOUNTS_MAX])
{
    const kw_mount mounts[] = {
        {kw_node_routes, kw_node_routes_count, (void *)&daemon->state},
        {kw_emtp_routes, kw_emtp_routes_count, daemon->emtp},
        {kw_emtp_admin_routes, kw_emtp_admin_routes_count, daemon->emtp},
        {kw_guard_admin_routes, kw_guard_admin_routes_count, daemon->guard},
        {kw_threshold_routes, kw_threshold_routes_count, daemon->threshold},
        {kw_threshold_admin_routes, kw_threshold_admin_routes_count, daemon->threshold},
        {kw_threshold_peer_routes, kw_threshold_peer_routes_count, daemon->threshold},
    };
    _Static_assert(KW_COUNT(mounts) == MOUNTS_MAX, "one row for each table");
    memcpy(out, mounts, sizeof mounts);
    return MOUNTS_MAX;
}

static kw_status mount(kw_daemon *daemon, kw_error *err)
{
    kw_mount all[MOUNTS_MAX];
    kw_guard_routes tables[MOUNTS_MAX];
    size_t count = list_mounts(daemon, all);
    for (size_t i = 0; i < count; i++) {
        tables[i] = (kw_guard_routes){all[i].routes, all[i].routes_count};
        if (all[i].context != NULL) {
            daemon->mounts[daemon->mounts_count++] = all[i];
        }
    }
    KW_TRY(kw_guard_check_routes(tables, count, err));
    daemon->state.metrics = daemon->metrics;
    daemon->state.threshold = daemon->threshold;
    daemon->state.audit = kw_guard_audit(daemon->guard);
    daemon->state.is_failing = &daemon->ticker.is_failing;
    daemon->state.openapi = kw_buf_init(OPENAPI_BYTES_MAX);
    KW_TRY_AT(err, kw_openapi_write(&daemon->state.openapi, all, count, KW_VERSION),
              "writing the OpenAPI document");
    return KW_OK;
}

static kw_status bind_listeners(kw_daemon *daemon, kw_error *err)
{
    kw_server_parts parts = {.net = &daemon->config->net,
                             .mounts = daemon->mounts,
                             .mounts_count = daemon->mounts_count,
                             .gate = kw_guard_gate(daemon->guard),
                             .clock = &daemon->clock,
                             .log = daemon->log,
                             .metrics = daemon->metrics};
    kw_node_listeners(daemon->config, parts.listeners);
    KW_TRY_AT(
        err, kw_rng_fill(&daemon->rng, (kw_mspan){(uint8_t *)&parts.id_seed, sizeof parts.id_seed}),
        "seeding request ids");
    daemon->crl_watch.emtp = daemon->emtp;
    daemon->crl_watch.log = daemon->log;
    daemon->crl_watch.metrics = daemon->metrics;
    KW_TRY(kw_crl_watch_open(&daemon->crl_watch, err));
    kw_crl_watch_note(&daemon->crl_watch, parts.listeners);
    KW_TRY(kw_server_new(&daemon->server, &parts, err));
    daemon->crl_watch.server = daemon->server;
    return KW_OK;
}

/* "127.0.0.1:8443": the configured host and the port that is really bound. */
static kw_status address_of(const kw_daemon *daemon, kw_buf *out, kw_listener listener)
{
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    kw_node_listeners(daemon->config, listeners);
    kw_str host = listeners[listener].address;
    while (host.len > 0 && host.ptr[host.len - 1] != ':') {
        host.len--;
    }
    return kw_buf_append_format(out, "%.*s%u", KW_STR_ARG(host),
                                (unsigned)kw_server_port(daemon->server, listener));
}

static kw_status start_keys(kw_daemon *daemon, kw_error *err)
{
    KW_AUTO(kw_buf) url = kw_buf_init(256);
    KW_TRY_AT(err, kw_buf_append_str(&url, KW_STR("https://")), "the public URL");
    KW_TRY_AT(err, address_of(daemon, &url, KW_LISTENER_PUBLIC), "the public URL");
    if (daemon->config->emtp.test_key) {
        KW_LOG(daemon->log, ev_test_key,
               .warning = KW_STR("TEST KEY: this daemon serves a key that everybody knows"));
    }
    return kw_emtp_start(daemon->emtp, kw_buf_text(&url), err);
}

static kw_status start_timer(kw_daemon *daemon, kw_error *err)
{
    daemon->ticker.emtp = daemon->emtp;
    daemon->ticker.guard = daemon->guard;
    daemon->ticker.clock = &daemon->clock;
    daemon->ticker.test_clock = daemon->test_clock.path != NULL ? &daemon->test_clock : NULL;
    daemon->ticker.log = daemon->log;
    return kw_ticker_start(&daemon->ticker, err);
}

static kw_status start(kw_daemon *daemon, const char *test_clock_path, kw_error *err)
{
    KW_TRY(start_clock(daemon, test_clock_path, err));
    KW_TRY(start_entropy(daemon, err));
    KW_TRY_AT(err, kw_metrics_new(&daemon->metrics), "the metrics");
    KW_TRY(start_store(daemon, err));
    KW_TRY(start_domains(daemon, err));
    KW_TRY(start_operator(daemon, err));
    KW_TRY(mount(daemon, err));
    KW_TRY(bind_listeners(daemon, err));
    KW_TRY_AT(err, start_keys(daemon, err), "making the epoch keys");
    KW_TRY(kw_crl_watch_publish(&daemon->crl_watch, err));
    KW_TRY(start_timer(daemon, err));
    KW_TRY(kw_server_start(daemon->server, err));
    if (daemon->threshold != NULL) {
        KW_TRY_AT(err, kw_threshold_start(daemon->threshold, err), "starting the operator");
    }
    daemon->state.is_ready = true;
    return KW_OK;
}

kw_status kw_daemon_start(kw_daemon **out, const kw_daemon_options *options, kw_error *err)
{
    kw_daemon *daemon = kw_heap_new(1, sizeof *daemon);
    KW_REQUIRE(daemon != NULL, err, KW_NO_MEMORY, "no memory for the daemon");
    daemon->config = options->config;
    daemon->signing = options->signing;
    daemon->slots = options->slots;
    daemon->log = options->log;
    kw_status st = start(daemon, options->test_clock_path, err);
    if (st != KW_OK) {
        kw_daemon_free(daemon);
        return st;
    }
    *out = daemon;
    return KW_OK;
}

kw_status kw_daemon_describe(const kw_daemon *daemon, kw_buf *out)
{
    for (int listener = KW_LISTENER_PUBLIC; listener < KW_LISTENERS_COUNT; listener++) {
        if (kw_server_port(daemon->server, (kw_listener)listener) == 0) {
            continue;
        }
        KW_TRY(kw_buf_append_format(out, "listening %s ", kw_listener_name((kw_listener)listener)));
        KW_TRY(address_of(daemon, out, (kw_listener)listener));
        KW_TRY(kw_buf_append_byte(out, '\n'));
    }
    return kw_buf_append_str(out, KW_STR("ready\n"));
}

kw_status kw_daemon_reload(kw_daemon *daemon, const kw_node_config *config, kw_error *err)
{
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    kw_node_listeners(config, listeners);
    return kw_crl_watch_reload(&daemon->crl_watch, listeners, err);
}

void kw_daemon_look(kw_daemon *daemon, const kw_node_config *config)
{
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    kw_node_listeners(config, listeners);
    kw_crl_watch_look(&daemon->crl_watch, listeners);
}

typedef struct ev_cut_off {
    kw_str code;
} ev_cut_off;
static const kw_field cut_off_fields[] = {KW_FIELD(ev_cut_off, code, 32, KW_REQ)};
KW_LOG_EVENT(ev_cut_off, "requests_cut_off", KW_LOG_WARN, cut_off_fields);

/* New work ends first, then what serves it, then what it stands on. */
void kw_daemon_free(kw_daemon *daemon)
{
    if (daemon == NULL) {
        return;
    }
    daemon->state.is_ready = false;
    kw_ticker_stop(&daemon->ticker);
    if (daemon->emtp != NULL) {
        kw_emtp_stop(daemon->emtp);
    }
    if (daemon->threshold != NULL) {
        kw_threshold_stop(daemon->threshold);
    }
    if (daemon->server != NULL) {
        kw_status st = kw_server_stop(daemon->server);
        if (st != KW_OK) {
            KW_LOG(daemon->log, ev_cut_off, .code = kw_str_of(kw_status_name(st)));
        }
    }
    kw_server_free(daemon->server);
    kw_threshold_free(daemon->threshold);
    kw_emtp_free(daemon->emtp);
    kw_guard_free(daemon->guard);
    kw_sealer_free(daemon->sealer);
    kw_store_free(daemon->store);
    kw_metrics_free(daemon->metrics);
    kw_drbg_free(daemon->drbg);
    kw_machine_entropy_free(daemon->entropy);
    kw_buf_drop(&daemon->state.openapi);
    kw_heap_free(daemon);
}
