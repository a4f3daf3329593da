/* SPDX-License-Identifier: Apache-2.0
 * Putting a server together, starting, reloading and stopping it. */
#include "net/server.h"

#include "base/heap.h"
#include "net/conn.h"
#include "net/loop.h"

/* Mail of the server to one loop. */
typedef struct notice {
    kw_mail mail;
    kw_loop *loop;
    kw_tls *tls[KW_LISTENERS_COUNT]; /* with a reload: references for the loop */
} notice;

struct kw_server {
    kw_core core;
    kw_pool *pool;                                    /* owned; core has it too */
    kw_listener_config listeners[KW_LISTENERS_COUNT]; /* address and rules, for reloads */
    kw_endpoint addresses[KW_LISTENERS_COUNT];
    bool is_listening[KW_LISTENERS_COUNT];
    kw_tls *tls[KW_LISTENERS_COUNT]; /* newest, for the next reload */
    bool has_started;
    bool has_stopped;
    notice *drains; /* one for each loop, and so the others: stops need no memory */
    notice *cuts;
    size_t loops_count;
    kw_loop loops[];
};

/* ---- rules of listeners ---- */

static kw_status check_listener(kw_listener group, const kw_listener_config *config,
                                const kw_endpoint *address, kw_error *err)
{
    const char *name = kw_listener_name(group);
    bool is_plain = config->certificate_file.len == 0 && config->key_file.len == 0;
    bool is_required = config->client_cert == KW_CLIENT_CERT_REQUIRED;
    bool is_loopback = kw_endpoint_is_loopback(address);
    KW_REQUIRE(!is_plain || (group == KW_LISTENER_METRICS && is_loopback), err, KW_CONFIG,
               "listener %s: only metrics on a loopback address go without TLS", name);
    KW_REQUIRE(!is_plain || config->client_cert == KW_CLIENT_CERT_NONE, err, KW_CONFIG,
               "listener %s: client certificates need TLS", name);
    KW_REQUIRE((group != KW_LISTENER_PEER && group != KW_LISTENER_ADMIN) || is_required, err,
               KW_CONFIG, "listener %s: client_cert must be required", name);
    KW_REQUIRE(group != KW_LISTENER_METRICS || is_loopback || is_required, err, KW_CONFIG,
               "listener %s: client_cert must be required beyond loopback", name);
    return KW_OK;
}

static kw_status load_tls(kw_tls **out, kw_listener group, const kw_listener_config *config,
                          const kw_tls *previous, kw_error *err)
{
    if (config->certificate_file.len == 0) {
        *out = NULL;
        return KW_OK;
    }
    KW_TRY_AT(err, kw_tls_new(out, config, group, previous, err), "loading listener %s",
              kw_listener_name(group));
    return KW_OK;
}

static kw_status open_listener(kw_server *server, kw_listener group,
                               const kw_listener_config *config, kw_error *err)
{
    kw_endpoint *address = &server->addresses[group];
    KW_REQUIRE(kw_endpoint_parse(address, config->address) == KW_OK, err, KW_CONFIG,
               "listener %s: the address is not address:port", kw_listener_name(group));
    KW_TRY(check_listener(group, config, address, err));
    KW_TRY(load_tls(&server->tls[group], group, config, NULL, err));
    server->listeners[group].client_cert = config->client_cert;
    server->is_listening[group] = true;
    for (size_t i = 0; i < server->loops_count; i++) {
        kw_tls *shared = kw_tls_share(server->tls[group]);
        KW_TRY(kw_loop_listen(&server->loops[i], group, address, shared, err));
    }
    return KW_OK;
}

/* ---- making ---- */

static kw_status check_parts(const kw_server_parts *parts, kw_error *err)
{
    const kw_gate *gate = parts->gate;
    KW_REQUIRE(gate != NULL && gate->greet != NULL && gate->admit != NULL && gate->settle != NULL,
               err, KW_CONFIG, "a server needs a complete gate");
    KW_REQUIRE(parts->net != NULL && parts->clock != NULL, err, KW_CONFIG,
               "a server needs a configuration and a clock");
    return KW_OK;
}

static const kw_metric_row requests_row = {
    .name = "keyward_http_requests_total",
    .kind = KW_METRIC_COUNTER,
    .help = "Answered requests by class of status",
    .labels = {"class"},
    .series_max = 6,
};

static kw_status make_metrics(kw_core *core, kw_metrics *metrics)
{
    static const char *const classes[6] = {NULL, NULL, "2xx", "3xx", "4xx", "5xx"};
    if (metrics == NULL) {
        return KW_OK;
    }
    KW_TRY(kw_metrics_add_row(metrics, &requests_row));
    for (size_t i = 2; i < KW_COUNT(classes); i++) {
        kw_str label = kw_str_of(classes[i]);
        core->requests_by_class[i] = kw_metric_series(metrics, &requests_row, &label);
    }
    return KW_OK;
}

static kw_status make_core(kw_server *server, const kw_server_parts *parts, kw_error *err)
{
    kw_core *core = &server->core;
    core->config = *parts->net;
    core->gate = parts->gate;
    core->clock = parts->clock;
    core->log = parts->log;
    core->id_seed = parts->id_seed;
    core->bio_method = kw_conn_bio_method_new();
    KW_REQUIRE(core->bio_method != NULL, err, KW_NO_MEMORY, "no memory for a server");
    KW_TRY(kw_router_new(&core->router, parts->mounts, parts->mounts_count, err));
    KW_TRY_AT(err,
              kw_census_new(&core->census, core->config.connections_max,
                            core->config.connections_per_network_max),
              "counting connections");
    KW_TRY_AT(err, make_metrics(core, parts->metrics), "registering metrics");
    for (size_t i = 0; i < server->loops_count; i++) {
        KW_TRY(kw_loop_init(&server->loops[i], core, (unsigned)i, err));
    }
    return KW_OK;
}

kw_status kw_server_new(kw_server **out, const kw_server_parts *parts, kw_error *err)
{
    KW_TRY(check_parts(parts, err));
    size_t loops = parts->net->loops > 0 ? parts->net->loops : kw_thread_cpu_count();
    loops = KW_MIN(loops, (size_t)KW_NET_LOOPS_MAX);
    KW_AUTO_PTR(kw_server) server = kw_heap_new(1, sizeof *server + loops * sizeof(kw_loop));
    if (server == NULL) {
        return kw_fail(err, KW_NO_MEMORY, "no memory for a server");
    }
    server->loops_count = loops;
    server->drains = kw_heap_new(loops, sizeof(notice));
    server->cuts = kw_heap_new(loops, sizeof(notice));
    KW_REQUIRE(server->drains != NULL && server->cuts != NULL, err, KW_NO_MEMORY,
               "no memory for a server");
    KW_TRY(make_core(server, parts, err));
    for (kw_listener group = KW_LISTENER_PUBLIC; group <= KW_LISTENER_METRICS; group++) {
        if (parts->listeners[group].address.len > 0) {
            KW_TRY(open_listener(server, group, &parts->listeners[group], err));
        }
    }
    *out = server;
    server = NULL;
    return KW_OK;
}

kw_status kw_server_start(kw_server *server, kw_error *err)
{
    size_t workers = server->core.config.workers;
    workers = workers > 0 ? workers : KW_MAX((size_t)4, (size_t)2 * kw_thread_cpu_count());
    KW_TRY(kw_pool_new(&server->pool, workers, server->core.config.worker_queue_max, err));
    server->core.pool = server->pool;
    server->has_started = true;
    for (size_t i = 0; i < server->loops_count; i++) {
        KW_TRY(kw_loop_start(&server->loops[i], err));
    }
    return KW_OK;
}

uint16_t kw_server_port(const kw_server *server, kw_listener listener)
{
    return server->is_listening[listener] ? server->addresses[listener].port : 0;
}

/* ---- reloading ---- */

/* The loop takes the new references and gives the old ones back. */
static void take_tls(kw_mail *mail)
{
    notice *n = (notice *)(void *)mail;
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        kw_listening *listening = &n->loop->listening[i];
        if (n->tls[i] != NULL) {
            kw_tls *old = listening->tls;
            listening->tls = n->tls[i];
            kw_tls_free(old);
        }
    }
    kw_heap_free(n);
}

typedef struct fresh {
    kw_tls *tls[KW_LISTENERS_COUNT];
} fresh;

static void fresh_drop(fresh *f)
{
    for (size_t i = 0; i < KW_LISTENERS_COUNT; i++) {
        kw_tls_free(f->tls[i]);
        f->tls[i] = NULL;
    }
}

static kw_status load_fresh(const kw_server *server, fresh *out,
                            const kw_listener_config *listeners, kw_error *err)
{
    for (kw_listener g = KW_LISTENER_PUBLIC; g <= KW_LISTENER_METRICS; g++) {
        if (!server->is_listening[g]) {
            continue;
        }
        bool was_plain = server->tls[g] == NULL;
        KW_REQUIRE(listeners[g].client_cert == server->listeners[g].client_cert &&
                       (listeners[g].certificate_file.len == 0) == was_plain,
                   err, KW_CONFIG, "listener %s: its rules change only with a restart",
                   kw_listener_name(g));
        KW_TRY(load_tls(&out->tls[g], g, &listeners[g], server->tls[g], err));
    }
    return KW_OK;
}

static kw_status post_fresh(kw_server *server, const fresh *f)
{
    for (size_t i = 0; i < server->loops_count; i++) {
        notice *n = kw_heap_new(1, sizeof *n);
        if (n == NULL) {
            return KW_NO_MEMORY;
        }
        n->mail.deliver = take_tls;
        n->loop = &server->loops[i];
        for (size_t g = 0; g < KW_LISTENERS_COUNT; g++) {
            n->tls[g] = kw_tls_share(f->tls[g]);
        }
        kw_loop_post(n->loop, &n->mail);
    }
    return KW_OK;
}

kw_status kw_server_reload(kw_server *server, const kw_listener_config *listeners, kw_error *err)
{
    KW_REQUIRE(server->has_started && !server->has_stopped, err, KW_BAD_STATE,
               "the server does not run");
    KW_AUTO(fresh) f = {{0}};
    KW_TRY(load_fresh(server, &f, listeners, err));
    KW_TRY_AT(err, post_fresh(server, &f), "handing out certificates");
    for (size_t g = 0; g < KW_LISTENERS_COUNT; g++) {
        kw_tls *old = server->tls[g];
        server->tls[g] = f.tls[g];
        f.tls[g] = old;
    }
    return KW_OK;
}

const kw_x509_crls *kw_server_crls(const kw_server *server, kw_listener listener)
{
    const kw_tls *tls = server->tls[listener];
    return tls == NULL ? NULL : kw_tls_crls(tls);
}

/* ---- stopping ---- */

static void deliver_drain(kw_mail *mail)
{
    kw_loop_drain(((notice *)(void *)mail)->loop);
}

static void deliver_cut(kw_mail *mail)
{
    kw_loop_cut(((notice *)(void *)mail)->loop);
}

static void post_to_all(kw_server *server, notice *notices, void (*deliver)(kw_mail *))
{
    for (size_t i = 0; i < server->loops_count; i++) {
        notices[i].mail.deliver = deliver;
        notices[i].loop = &server->loops[i];
        kw_loop_post(&server->loops[i], &notices[i].mail);
    }
}

static uint64_t sum_of(kw_server *server, kw_tally tally)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < server->loops_count; i++) {
        sum += atomic_load_explicit(&server->loops[i].tallies[tally], memory_order_relaxed);
    }
    return sum;
}

/* Waits until no connection is left; false at the deadline. */
static bool await_empty(kw_server *server)
{
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)server->core.config.drain_ms * 1000 * 1000;
    while (sum_of(server, KW_TALLY_OPEN) > 0 || sum_of(server, KW_TALLY_IN_FLIGHT) > 0) {
        if (kw_monotonic_ns() >= deadline_ns) {
            return false;
        }
        kw_sleep_ms(5);
    }
    return true;
}

/* True when nothing had to be cut. */
static bool stop(kw_server *server)
{
    if (!server->has_started || server->has_stopped) {
        return true;
    }
    server->has_stopped = true;
    post_to_all(server, server->drains, deliver_drain);
    bool is_empty = await_empty(server);
    if (!is_empty) {
        post_to_all(server, server->cuts, deliver_cut);
    }
    for (size_t i = 0; i < server->loops_count; i++) {
        kw_thread_join(&server->loops[i].thread);
    }
    return is_empty;
}

kw_status kw_server_stop(kw_server *server)
{
    return stop(server) ? KW_OK : KW_TIMED_OUT;
}

void kw_server_free(kw_server *server)
{
    if (server == NULL) {
        return;
    }
    (void)stop(server);
    kw_pool_free(server->pool);
    for (size_t i = 0; i < server->loops_count; i++) {
        kw_loop_drop(&server->loops[i]);
    }
    for (size_t g = 0; g < KW_LISTENERS_COUNT; g++) {
        kw_tls_free(server->tls[g]);
    }
    kw_router_free(server->core.router);
    kw_census_free(server->core.census);
    BIO_meth_free(server->core.bio_method);
    kw_heap_free(server->drains);
    kw_heap_free(server->cuts);
    kw_heap_free(server);
}

void kw_server_count(kw_server *server, kw_server_counts *out)
{
    *out = (kw_server_counts){
        .connections_open = sum_of(server, KW_TALLY_OPEN),
        .connections_accepted = sum_of(server, KW_TALLY_ACCEPTED),
        .connections_refused = sum_of(server, KW_TALLY_REFUSED),
        .handshakes_failed = sum_of(server, KW_TALLY_HANDSHAKES_FAILED),
        .resumptions = sum_of(server, KW_TALLY_RESUMED),
        .requests = sum_of(server, KW_TALLY_REQUESTS),
        .requests_in_flight = sum_of(server, KW_TALLY_IN_FLIGHT),
        .requests_failed = sum_of(server, KW_TALLY_FAILED),
        .protocol_errors = sum_of(server, KW_TALLY_PROTOCOL_ERRORS),
        .timeouts = sum_of(server, KW_TALLY_TIMEOUTS),
        .bytes_in = sum_of(server, KW_TALLY_BYTES_IN),
        .bytes_out = sum_of(server, KW_TALLY_BYTES_OUT),
    };
}
